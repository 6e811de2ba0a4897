"""Counts equal a plain loop; GloVe's gradients equal autograd's; a small fit finds two topics."""

import numpy as np
import pytest
import torch
from scipy import sparse

from helpers.vectors.cooccurrence import cooccurrences
from helpers.vectors.glove_objective import fit, loss_and_gradients, weight


@pytest.mark.parametrize("window", [1, 3, 20])
def test_counts_equal_a_plain_loop(window):
    random = np.random.default_rng(0)
    sentences = [random.integers(-1, 6, size=random.integers(0, 12)).tolist() for _ in range(15)]
    due = np.zeros((6, 6))
    for sentence in sentences:
        for i, one in enumerate(sentence):
            for j, other in enumerate(sentence):
                if 0 < abs(i - j) <= window and min(one, other) >= 0:
                    due[one, other] += 1 / abs(i - j)
    assert due.sum() > 0
    np.testing.assert_allclose(cooccurrences(sentences, 6, window).toarray(), due, rtol=1e-5)


def test_no_text_no_counts():
    assert cooccurrences([], 3).nnz == cooccurrences([[], [1]], 3).nnz == 0
    with pytest.raises(ValueError, match="no two words co-occur"):
        fit(cooccurrences([], 3))


@pytest.mark.parametrize(
    ("options", "said"), [({"window": 0}, "the window is 0"), ({"words": 2}, "an id is 2")]
)
def test_bad_input(options, said):
    with pytest.raises(ValueError, match=said):
        cooccurrences([[0, 2]], **{"words": 3, "window": 1} | options)


def test_gradients_equal_autograd():
    random = torch.Generator().manual_seed(0)
    given = [
        torch.randn(shape, generator=random).double() for shape in ((9, 4), (9, 4), (9,), (9,))
    ]
    counts = (torch.rand(9, generator=random) * 30 + 0.1).double()
    _, ours = loss_and_gradients(*given, counts)
    leaves = [value.clone().requires_grad_() for value in given]
    error = (leaves[0] * leaves[1]).sum(1) + leaves[2] + leaves[3] - counts.log()
    (weight(counts) * error**2).sum().backward()
    for gradient, leaf in zip(ours, leaves, strict=True):
        torch.testing.assert_close(gradient, leaf.grad)


def test_the_loss_falls_and_words_of_one_topic_come_together():
    random = np.random.default_rng(0)
    topics = np.arange(5), np.arange(5, 10)
    sentences = [random.choice(topics[i % 2], size=12).tolist() for i in range(300)]
    counts = cooccurrences(sentences, 10)
    fitted = fit(counts + sparse.csr_matrix(np.full((10, 10), 0.1)), dimensions=8, epochs=60)
    assert fitted.losses[-1] < 0.2 * fitted.losses[0]
    units = fitted.vectors / np.linalg.norm(fitted.vectors, axis=1, keepdims=True)
    cosines = units @ units.T
    assert cosines[:5, :5].mean() > cosines[:5, 5:].mean() + 0.2


def test_same_seed_same_vectors():
    counts = cooccurrences([[0, 1, 2, 1], [2, 0, 1]], 3)
    one, again = fit(counts, 4, 2), fit(counts, 4, 2)
    assert np.array_equal(one.vectors, again.vectors)
    assert not np.array_equal(one.vectors, fit(counts, 4, 2, seed=1).vectors)
