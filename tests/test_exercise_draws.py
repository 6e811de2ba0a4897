"""The checks of random answers: their numbers are exact, and chance seldom decides.

09-interval and 09-permutation take any generator, so their bounds are held against the exact
distributions: right answers stay within, the commonest mistakes without, almost always.
"""

import numpy as np
import pytest
from scipy.stats import binom, binomtest
from test_exercise_bank import made_by

from helpers.exercises import bank
from helpers.exercises.answer import Answer
from helpers.exercises.marking import mark_here
from helpers.exercises.nb09 import interval, permutation

SELDOM = 1e-4


def end_within(share, draws, lowest, highest):
    """Return how likely the quantile ``share`` of so many draws lies within the bounds."""
    # the quantile is at most k if the share of draws up to k is at least ``share``
    needed = np.ceil(share * draws)
    counts = binom(400, 0.6)
    below = binom.sf(needed - 1, draws, counts.cdf(lowest * 400 - 1e-9))
    up_to = binom.sf(needed - 1, draws, counts.cdf(highest * 400))
    return up_to - below


@pytest.mark.parametrize(
    ("end", "right", "wrong"), [("LOW", 0.025, (0.005, 0.05)), ("HIGH", 0.975, (0.995, 0.95))]
)
def test_the_intervals_bounds_tell_a_right_end_from_a_wrong_one(end, right, wrong):
    bounds = getattr(interval, end)
    assert end_within(right, interval.DRAWS, *bounds) > 1 - SELDOM
    for share in wrong:
        assert end_within(share, interval.DRAWS, *bounds) < SELDOM


def test_nine_of_ten_has_the_interval_that_the_check_asks_for():
    assert list(binom(10, 0.9).ppf([0.025, 0.975])) == [7, 10]
    assert binom(10, 0.9).cdf(6) < 0.02 and binom(10, 0.9).cdf(7) > 0.05


def test_the_permutation_cases_have_the_p_that_is_written_there():
    first, second, due = next(iter(permutation.score_cases().values()))
    discordant = int((first > second).sum()), int((first != second).sum())
    assert binomtest(*discordant).pvalue == pytest.approx(due, abs=1e-4)
    for first, second, due in permutation.score_cases().values():
        gaps = (first - second)[first != second]
        if len(gaps) < 16:
            assert permutation.exact_p(gaps) == pytest.approx(due, abs=1e-4)


def test_the_permutation_cases_tell_each_mistake_from_what_is_right():
    for words, test in permutation.known_tests().items():
        ps = [
            (test(first, second, np.random.default_rng(1)), due)
            for first, second, due in permutation.score_cases().values()
        ]
        assert not all(permutation.about(p, due) for p, due in ps), words


@pytest.mark.parametrize("name", ["09-interval", "09-permutation"])
def test_right_answers_pass_with_any_seed(name):
    exercise = bank.find(name)
    for seed in range(4):
        code = exercise.solution.replace("default_rng(0)", f"default_rng({seed + 100})")
        found = mark_here(exercise, made_by(code, exercise))
        assert found.right, str(found)


@pytest.mark.parametrize(
    ("ends", "why"),
    [
        (lambda right, repeats: (1.0, 1.0), "differ from draw to draw"),
        (lambda right, repeats: (right.mean(), right.mean()), "with replacement"),
        (lambda right, repeats: (4 / 7, 4 / 7), "make the generator once"),
        (lambda right, repeats: (0.6, 0.6), "differ from draw to draw"),
    ],
)
def test_an_interval_without_width_is_not_blamed_on_the_wrong_mistake(ends, why):
    assert why in interval.why_no_width(Answer(ends))
