"""Loops, forbidden libraries and large tables are seen, however the answer is written."""

import sys
import tracemalloc

import numpy as np
import pytest
import scipy.stats

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.restrictions import calls, largest_memory, steps

SMALL, LARGE = np.ones((3, 4)), np.ones((300, 4))


def with_while(x):
    i, total = 0, 0
    while i < len(x):
        total, i = total + x[i].sum(), i + 1
    return total


@pytest.mark.parametrize(
    "loop",
    [
        with_while,
        lambda x: sum(row.sum() for row in x),
        lambda x: [row.sum() for row in x],
        lambda x: list(map(lambda row: row.sum(), x)),
        lambda x: np.apply_along_axis(lambda row: row.sum(), 1, x),
        lambda x: np.vectorize(lambda one: one + 1)(x),
        lambda x: {i: row for i, row in enumerate(x)},
    ],
)
def test_a_loop_over_the_input_takes_steps_that_grow(loop):
    assert steps(Answer(loop), LARGE) > steps(Answer(loop), SMALL) + 290


@pytest.mark.parametrize(
    "vectorised", [np.sum, lambda x: x @ x.T, lambda x: [m.sum() for m in (x, x)], np.linalg.norm]
)
def test_work_without_such_a_loop_takes_as_many(vectorised):
    assert steps(Answer(vectorised), LARGE) <= steps(Answer(vectorised), SMALL) + 20


@pytest.mark.parametrize(
    "function",
    [
        lambda x: scipy.stats.rankdata(x),
        lambda x: __import__("scipy.stats").stats.rankdata(x),
        lambda x: scipy.special.logsumexp(x),
    ],
)
def test_a_call_into_a_library_is_seen(function):
    assert calls(Answer(function), "scipy", SMALL)
    assert not calls(Answer(np.sort), "scipy", SMALL)


def test_large_tables_are_seen():
    assert largest_memory(Answer(lambda x: x + 1), LARGE) < 2 * LARGE.nbytes
    assert largest_memory(Answer(lambda x: (x @ x.T).sum()), LARGE) >= 300 * 300 * 8


@pytest.mark.parametrize(
    "look", [steps, lambda answer, x: calls(answer, "scipy", x), largest_memory]
)
def test_errors_are_told_and_nothing_is_left_behind(look):
    before = sys.gettrace(), sys.getprofile(), tracemalloc.is_tracing()
    with pytest.raises(Diagnosis, match="ZeroDivisionError"):
        look(Answer(lambda x: 1 / 0), SMALL)
    assert (sys.gettrace(), sys.getprofile(), tracemalloc.is_tracing()) == before
