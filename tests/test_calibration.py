"""Reliability and temperature: right on made-up classifiers whose calibration is known."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from helpers.evaluation.calibration import fit_temperature, reliability
from helpers.scratch.functions import cross_entropy, softmax

RANDOM = np.random.default_rng(0)
SCORES = RANDOM.normal(size=(20_000, 3)) * 2
TRUTH = np.array([RANDOM.choice(3, p=p) for p in softmax(SCORES)])  # labels drawn as it says


def test_a_classifier_whose_word_is_true_has_no_error():
    found = reliability(softmax(SCORES), TRUTH)
    assert found.error < 0.015
    assert found.items.sum() == len(TRUTH)
    np.testing.assert_allclose(found.confidence, found.accuracy, atol=0.05)


def test_the_temperature_that_was_taken_away_is_found():
    for factor in (0.5, 1.0, 3.0):
        found = fit_temperature(SCORES * factor, TRUTH)
        assert found == pytest.approx(factor, rel=0.05)
        assert reliability(softmax(SCORES * factor / found), TRUTH).error < 0.02
    assert reliability(softmax(SCORES * 3), TRUTH).error > 0.1


def test_the_temperature_is_the_best_of_a_grid_and_names_the_same_classes():
    found = fit_temperature(SCORES[:300] * 2, TRUTH[:300])
    grid = [cross_entropy(SCORES[:300] * 2 / t, TRUTH[:300]) for t in np.geomspace(0.1, 20, 200)]
    assert cross_entropy(SCORES[:300] * 2 / found, TRUTH[:300]) <= min(grid) + 1e-9
    assert (softmax(SCORES / found).argmax(1) == SCORES.argmax(1)).all()


def test_bins_are_those_of_scikit_learn():
    p = softmax(SCORES[:500])
    right, sure = p.argmax(1) == TRUTH[:500], p.max(1)
    share, mean = calibration_curve(right, sure, n_bins=10)
    found = reliability(p, TRUTH[:500])
    np.testing.assert_allclose(found.accuracy, share)
    np.testing.assert_allclose(found.confidence, mean)


def test_the_error_by_hand():
    """Two at 0.8, one of them right (gap 0.3); one at 1.0, right (gap 0): (2 * 0.3) / 3."""
    found = reliability([[0.8, 0.2], [0.2, 0.8], [1.0, 0.0]], [0, 0, 0])
    assert found.error == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("p", "labels", "said"),
    [
        ([[0.5, 0.5]], [0, 1], r"labels \(2,\)"),
        ([0.5, 0.5], [0, 1], r"shape \(2,\)"),
        ([[2.0, 1.0]], [0], "row 0 sums to 3.000; give probabilities, not scores"),
        ([[1.5, -0.5]], [0], "give probabilities"),
    ],
)
def test_bad_input(p, labels, said):
    with pytest.raises(ValueError, match=said):
        reliability(p, labels)
