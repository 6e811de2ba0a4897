"""An answer is run on copies and in a time limit, and all that goes wrong becomes a sentence."""

import numpy as np
import pytest
import torch

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect, show
from helpers.exercises.diagnosis import Diagnosis, NotAttempted

X = np.array([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize("thing", [..., lambda x: ...])
def test_what_is_still_the_starter_is_not_attempted(thing):
    with pytest.raises(NotAttempted):
        Answer(thing).result(X)


def test_a_part_of_a_class_is_asked_through_the_answer():
    class Half:
        def first(self, x):
            return x + 1

        def second(self, x):
            return ...

    answer = Answer(Half)
    second = lambda half, x: half().second(x)  # noqa: E731
    with pytest.raises(NotAttempted):
        answer.through(second).number(1)
    answer.using(lambda half: half().first(1))
    assert answer.through(lambda half, x: half().first(x)).number(1) == 2
    with pytest.raises(Diagnosis, match="the starter's dots"):
        answer.through(second).number(1)
    with pytest.raises(Diagnosis, match="a value of the type str"):
        Answer("text").through(second).number(1)
    with pytest.raises(NotAttempted):
        Answer(...).through(second).number(1)


def test_a_value_is_returned_as_a_copy():
    value = [1, [2]]
    result = Answer(value).result()
    result[1].append(3)
    assert value == [1, [2]]
    assert Answer(np.int64(7)).number() == Answer(torch.tensor(7)).number() == 7.0


def test_inputs_and_results_are_copies():
    kept = []

    def keeps(x):
        kept.append(x)
        return x

    result = Answer(keeps).result(X)
    assert kept[0] is not X and result is not kept[0]
    assert np.array_equal(result, X)


@pytest.mark.parametrize(
    ("value", "change"),
    [
        (X, lambda x: x.__setitem__(0, 9)),
        (torch.ones(2), lambda x: x.zero_()),
        ([1, [2]], lambda x: x[1].append(3)),
        ({"a": X}, lambda x: x["a"].fill(0)),
        ({1, 2}, lambda x: x.clear()),
    ],
    ids=["array", "tensor", "list", "dictionary", "set"],
)
def test_a_changed_input_is_found_and_the_original_stays(value, change):
    before = repr(value)

    def changes(x):
        change(x)
        return 1

    with pytest.raises(Diagnosis, match="changes its input"):
        Answer(changes).result(value)
    assert repr(value) == before
    assert Answer(changes).result(value, may_change=True) == 1


def test_nan_in_an_input_is_no_change():
    assert Answer(lambda x: 1).result(np.array([np.nan])) == 1


def stops(x):
    return x.nothing


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (3, "A function is asked for; this is a value of the type int"),
        (lambda x: None, "returns None; is its return line missing"),
        (stops, "in the line `return x.nothing` with AttributeError"),
        (lambda: 1, "TypeError"),
        (lambda x: x / x.sum(axis=1)[:1].repeat(3), "needs keepdims=True"),
        (lambda x: exit(), "SystemExit"),
        (lambda x: (_ for _ in ()).throw(MemoryError), "MemoryError"),
    ],
)
def test_every_error_becomes_a_sentence(thing, said):
    with pytest.raises(Diagnosis) as found:
        Answer(thing).result(X)
    assert said in str(found.value)


def test_a_stop_by_the_reader_comes_through():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Answer(interrupted).result(X)


def test_an_endless_loop_is_stopped():
    def endless(x):
        while True:
            pass

    with pytest.raises(Diagnosis, match=r"longer than 0\.1 s and was stopped"):
        Answer(endless, seconds=0.1).result(X)


def test_expect_names_the_known_mistake_or_shows_the_row_farthest_off():
    expect(X, X + 1e-9, "For X")
    with pytest.raises(Diagnosis, match=r"^For X, row 0, you return \[2, 4\]: twice as much\.$"):
        expect(np.array([[2.0, 4.0], [3.0, 4.0]]), X, "For X", {"twice as much": [[2, 4], [3, 4]]})
    with pytest.raises(Diagnosis, match=r"row 1, you return \[3, 5\]: expected \[3, 4\]\.$"):
        expect(np.array([[1.0, 2.0], [3.0, 5.0]]), X, "For X")
    with pytest.raises(Diagnosis, match=r"you return 2: expected 1\.$"):
        expect(2.0, 1.0, "For x")


def test_expect_holds_small_numbers_to_a_difference_and_large_ones_to_a_share():
    expect(1e9 + 1, 1e9, "")
    expect(1e-9, 0.0, "")
    for result, expected in ((1e9 + 1e4, 1e9), (1e-4, 0.0)):
        with pytest.raises(Diagnosis):
            expect(result, expected, "")


def test_long_arrays_are_shown_by_their_beginning():
    assert show(np.arange(20)) == "[0, 1, 2, 3, 4, 5, 6, 7, …]"
    assert show(X) == "[[1, 2], [3, 4]]"
