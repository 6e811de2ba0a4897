"""Counts, precision, recall and F1 by hand are scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from helpers.evaluation import by_hand

pairs = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*(st.lists(st.integers(0, 4), min_size=n, max_size=n) for _ in range(2)))
)


@given(pairs)
def test_equal_to_scikit_learn(both):
    labels, guesses = both
    counts = by_hand.count(labels, guesses, classes=5)
    options = {"labels": range(5), "average": None, "zero_division": 0}
    due = metrics.precision_recall_fscore_support(labels, guesses, **options)
    for ours, theirs in zip((counts.precision, counts.recall, counts.f1), due, strict=False):
        np.testing.assert_allclose(ours, theirs)
    assert by_hand.macro_f1(labels, guesses, 5) == pytest.approx(
        metrics.f1_score(labels, guesses, average="macro", zero_division=0)
    )
    micro = metrics.f1_score(labels, guesses, average="micro")
    assert by_hand.micro_f1(labels, guesses, 5) == pytest.approx(micro)
    assert micro == pytest.approx(np.mean(np.array(labels) == guesses))


@pytest.mark.parametrize(
    ("labels", "guesses", "said"),
    [
        ([0, 1], [0], "labels have shape"),
        ([[0]], [[0]], "labels have shape"),
        ([0, 5], [0, 1], "outside 0 to 4"),
        ([0, 1], [0, -1], "outside 0 to 4"),
    ],
)
def test_bad_input(labels, guesses, said):
    with pytest.raises(ValueError, match=said):
        by_hand.count(labels, guesses, classes=5)
