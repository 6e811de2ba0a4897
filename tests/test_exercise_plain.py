"""Results of every usual type are read; what is none gets a sentence, never an internal error."""

from collections import Counter, deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse
import torch

from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.plain import as_array, as_list, as_number, plain

X = np.array([[1.0, 2.0], [3.0, 4.0]])
LEAF = torch.tensor(X, requires_grad=True)


class Table:
    """Says its numbers as pandas' tables do."""

    def to_numpy(self):
        return X


@pytest.mark.parametrize(
    "result",
    [
        *(X, X.astype(int), X.astype(np.float32), X.astype(np.float16), X.tolist(), tuple(X)),
        *(LEAF, LEAF * 1, LEAF.float() * 1, LEAF.bfloat16(), LEAF.to_sparse(), list(LEAF * 1)),
        *(torch.nn.Parameter(torch.tensor(X)), [[LEAF[0, 0], 2], [3, np.float32(4)]]),
        *((row for row in X), map(list, X), zip([1, 3], [2, 4], strict=True), deque(X)),
        *(
            Table(),
            scipy.sparse.csr_matrix(X),
            np.asmatrix(X),
            {1: X[0], 2: X[1]}.values(),
        ),
        *([[Decimal(1), Fraction(2)], [3, 4.0]], X.astype(object), X.T.copy().T),
    ],
    ids=lambda result: type(result).__name__,
)
def test_numbers_of_every_kind_are_taken(result):
    assert np.array_equal(as_array(plain(result), (2, 2)), X)


def test_numbers_of_less_precision_keep_it():
    assert as_array(X.astype(np.float32)).dtype == np.float32
    assert as_array(torch.tensor(X).bfloat16()).dtype == np.float16
    assert as_array(np.int32(3)).dtype == np.float64
    assert type(as_number(torch.tensor(3))) is float
    assert type(as_number(np.float32(3))) is np.float32


@pytest.mark.parametrize("result", [7, 7.0, np.int64(7), np.array(7), torch.tensor(7.0), True + 6])
def test_one_number_of_every_kind(result):
    assert as_number(plain(result)) == 7


@pytest.mark.parametrize(
    "result",
    [["a", "b"], ("a", "b"), np.array(["a", "b"]), (c for c in "ab"), map(str, "ab"), deque("ab")],
    ids=lambda result: type(result).__name__,
)
def test_lists_of_every_kind(result):
    items = as_list(plain(result), of=str)
    assert items == ["a", "b"] and all(type(item) is str for item in items)


def test_nothing_is_shared_with_the_original():
    for original in ([1, [2]], {"a": [1]}, X.copy(), LEAF, {1, 2}, Counter("aab")):
        copy = plain(original)
        assert copy is not original
    nested = {"a": [1]}
    plain(nested)["a"].append(2)
    assert nested == {"a": [1]}
    tensor = torch.zeros(2)
    plain(tensor)[0] = 1
    assert tensor[0] == 0


class Uncopied:
    def __deepcopy__(self, memo):
        raise TypeError("cannot pickle")


def forever():
    while True:
        yield 0


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("seven", "'seven' (of the type str), expected numbers"),
        ([[1], [1, 2]], "expected numbers"),
        (X[0], "shape (2,), expected shape (2, 2)"),
        (np.array([[1, 2], [3, np.inf]]), "at [1, 1] is inf"),
        (object(), "expected numbers"),
        (X * 1j, "expected numbers"),
        (Uncopied(), "of the type Uncopied, which the check can't copy"),
        (forever(), "more than 1,000,000 items; does it ever end?"),
    ],
)
def test_what_is_no_such_array_is_said(result, said):
    with pytest.raises(Diagnosis) as found:
        as_array(plain(result), (2, 2))
    assert said in str(found.value)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("ab", "You return 'ab' (a str), expected a list of tokens."),
        ({"a": 1}, "(a dict), expected a list of tokens."),
        (["a", 1], "Item 1 of your result is 1 (a int), expected tokens."),
        (3, "You return 3 (a int)"),
    ],
)
def test_what_is_no_such_list_is_said(result, said):
    with pytest.raises(Diagnosis) as found:
        as_list(result, str, "tokens")
    assert said in str(found.value)
