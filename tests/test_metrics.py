"""Metrics against hand-worked numbers, and refusals that say what is wrong."""

import numpy as np
import pytest

from helpers.evaluation import metrics

LABELS = [0, 0, 0, 1, 1, 2]
GUESSES = [0, 0, 1, 1, 0, 2]


def test_accuracy_counts_by_hand():
    assert metrics.accuracy(LABELS, GUESSES) == pytest.approx(4 / 6)


def test_macro_f1_by_hand():
    # class 0: precision 2/3, recall 2/3; class 1: 1/2, 1/2; class 2: 1, 1
    assert metrics.macro_f1(LABELS, GUESSES) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)


def test_confusion_has_true_classes_in_rows():
    expected = [[2, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert metrics.confusion(LABELS, GUESSES, classes=3).tolist() == expected
    assert metrics.confusion(LABELS, GUESSES, classes=4).shape == (4, 4)


def test_report_names_classes_also_those_never_met():
    lines = metrics.report(LABELS, GUESSES, ["art", "bank", "code", "dance"]).splitlines()
    assert lines[2].split() == ["art", "0.667", "0.667", "0.667", "3"]
    assert lines[5].split() == ["dance", "0.000", "0.000", "0.000", "0"]


@pytest.mark.parametrize(
    ("labels", "guesses", "message"),
    [
        ([0, 1], [0], r"labels have shape \(2,\), predictions \(1,\)"),
        ([0, 1], np.zeros((2, 3)), r"predictions \(2, 3\); .*take argmax"),
        ([], [], r"there are no items"),
        ([0, 1], [0.2, 0.9], r"predictions are float64, expected whole class numbers"),
        ([0, -1], [0, 1], r"labels\[1\] is -1, expected a class from 0 or more"),
    ],
)
def test_lists_that_do_not_belong_together_are_refused(labels, guesses, message):
    with pytest.raises(ValueError, match=message):
        metrics.accuracy(labels, guesses)


def test_a_class_without_a_name_is_refused():
    with pytest.raises(ValueError, match=r"predictions\[2\] is 2, expected a class from 0 to 1"):
        metrics.report([0, 1, 1], [0, 1, 2], ["art", "bank"])
