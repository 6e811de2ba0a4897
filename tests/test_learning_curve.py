"""The learning curve trains on what it says; one half of validation chooses, the other scores."""

import numpy as np
import pytest

from helpers.evaluation.learning_curve import learning_curve
from helpers.text.labelled_texts import Corpus, Split

CORPUS = Corpus(
    "toy",
    ["a", "b"],
    Split([f"train {i}" for i in range(20)], [i % 2 for i in range(20)]),
    Split([f"held out {i}" for i in range(11)], [0] * 11),
    Split(["secret"], [0]),
)


def test_sizes_seeds_and_scores():
    seen, halves = [], {}

    def fit(corpus, seed):
        seen.append((seed, frozenset(corpus.train.texts)))
        chosen_on = set(corpus.validation.texts)

        def predict(part):
            both = chosen_on, set(part.texts)
            assert [len(half) for half in both] == [5, 6]
            assert set.union(*both) == set(CORPUS.validation.texts)
            halves.setdefault(seed, []).append(both)
            return np.arange(len(part)) % 2

        return predict

    scores = learning_curve(CORPUS, fit, sizes=[2, 5, 20], seeds=[3, 4])
    assert scores.shape == (3, 2) and (scores == 0.5).all()
    by_seed = {seed: [texts for s, texts in seen if s == seed] for seed in (3, 4)}
    for small, middle, whole in by_seed.values():
        assert [len(small), len(middle), len(whole)] == [2, 5, 20]
        assert small < middle < whole
    assert by_seed[3][1] != by_seed[4][1]
    assert all(cut == cuts[0] for cuts in halves.values() for cut in cuts)
    assert halves[3][0] != halves[4][0]


def test_another_metric():
    scores = learning_curve(
        CORPUS, lambda c, s: lambda part: np.ones(6), [1], [0], metric=lambda y, p: 7.0
    )
    assert scores.tolist() == [[7.0]]


@pytest.mark.parametrize("size", [0, 21])
def test_a_size_that_is_not_there(size):
    with pytest.raises(ValueError, match="toy has 20 training texts"):
        learning_curve(CORPUS, None, [size])


@pytest.mark.parametrize("held", [0, 1])
def test_without_two_halves(held):
    few = Corpus("toy", ["a"], CORPUS.train, CORPUS.validation.take(range(held)), CORPUS.test)
    with pytest.raises(ValueError, match=f"toy has {held} validation texts; halves need two"):
        learning_curve(few, None, [1])
