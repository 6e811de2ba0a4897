"""Paired comparisons: McNemar's exact test, and the bootstrap of a difference."""

import numpy as np
import pytest
from scipy.stats import binom

from helpers.evaluation import metrics
from helpers.evaluation.comparing import difference, mcnemar

TRUTH = np.zeros(100, dtype=int)


def with_errors(*places):
    guesses = TRUTH.copy()
    guesses[list(places)] = 1
    return guesses


def test_counts_and_p_value_by_hand():
    """8 against 2 of 10 that differ: 2 (1 + 10 + 45) / 1024 = 0.109."""
    found = mcnemar(TRUTH, with_errors(0, 1, 50), with_errors(*range(2, 10), 50))
    assert (found.only_first, found.only_second) == (8, 2)
    assert found.p_value == pytest.approx(2 * 56 / 1024) == pytest.approx(2 * binom.cdf(2, 10, 0.5))


def test_a_sentence_never_says_that_p_is_zero():
    unlike = mcnemar(TRUTH, TRUTH, with_errors(*range(40)))
    assert str(unlike) == "only the first right on 40, only the second on 0, p < 0.001"
    assert str(mcnemar(TRUTH, TRUTH, with_errors(*range(11)))).endswith("p = 0.001")  # 0.00098


def test_items_on_which_both_are_right_or_wrong_do_not_count():
    few = mcnemar(TRUTH[:10], with_errors(0)[:10], with_errors(1, 2, 3)[:10])
    many = mcnemar(TRUTH, with_errors(0), with_errors(1, 2, 3))
    assert few == many


def test_the_same_predictions_differ_in_nothing():
    assert mcnemar(TRUTH, with_errors(3), with_errors(3)).p_value == 1.0


def test_under_equality_small_p_values_are_as_rare_as_they_say():
    random = np.random.default_rng(0)
    found = [
        mcnemar(TRUTH, *(random.random((2, 100)) < 0.3).astype(int)).p_value for _ in range(1000)
    ]
    assert 0.01 < np.mean(np.array(found) <= 0.05) <= 0.06  # exact, so a little careful


def test_a_paired_difference_is_narrower_than_the_two_intervals_suggest():
    random = np.random.default_rng(0)
    first = (random.random(1000) < 0.2).astype(int)  # wrong on a fifth
    second = first.copy()
    second[np.flatnonzero(first)[:25]] = 0  # as the first, but 25 errors fewer
    truth = np.zeros(1000, dtype=int)
    found = difference(metrics.accuracy, truth, second, first, repeats=500)
    assert found.value == pytest.approx(0.025) and found.low > 0.01 and found.high < 0.04


def test_bad_input():
    with pytest.raises(ValueError, match="lists about the same items"):
        mcnemar(TRUTH, TRUTH[:5], TRUTH)
