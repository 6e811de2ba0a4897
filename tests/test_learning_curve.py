"""The learning curve trains on what it says and looks at validation texts only."""

import numpy as np
import pytest

from helpers.evaluation.learning_curve import learning_curve
from helpers.text.labelled_texts import Corpus, Split

CORPUS = Corpus(
    "toy",
    ["a", "b"],
    Split([f"train {i}" for i in range(20)], [i % 2 for i in range(20)]),
    Split(["held out"] * 10, [0, 1] * 5),
    Split(["secret"], [0]),
)


def test_sizes_seeds_and_scores():
    seen = []

    def fit(corpus, seed):
        seen.append((seed, frozenset(corpus.train.texts)))

        def predict(part):
            assert part.texts == CORPUS.validation.texts
            return np.zeros(len(part), dtype=int)

        return predict

    scores = learning_curve(CORPUS, fit, sizes=[2, 5, 20], seeds=[3, 4])
    assert scores.shape == (3, 2) and (scores == 0.5).all()
    by_seed = {seed: [texts for s, texts in seen if s == seed] for seed in (3, 4)}
    for small, middle, whole in by_seed.values():
        assert [len(small), len(middle), len(whole)] == [2, 5, 20]
        assert small < middle < whole
    assert by_seed[3][1] != by_seed[4][1]


def test_another_metric():
    scores = learning_curve(
        CORPUS, lambda c, s: lambda part: np.ones(10), [1], [0], metric=lambda y, p: 7.0
    )
    assert scores.tolist() == [[7.0]]


@pytest.mark.parametrize("size", [0, 21])
def test_a_size_that_is_not_there(size):
    with pytest.raises(ValueError, match="toy has 20 training texts"):
        learning_curve(CORPUS, None, [size])


def test_without_validation_texts():
    with pytest.raises(ValueError, match="no validation part"):
        learning_curve(Corpus("toy", ["a"], CORPUS.train, Split([], []), CORPUS.test), None, [1])
