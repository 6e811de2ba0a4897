"""A step of skip-gram against plain loops, autograd and torch.optim; its batches likewise."""

import math
from collections import Counter

import numpy as np
import pytest
import torch
from torch.nn.functional import logsigmoid

from helpers.vectors import skip_gram
from helpers.vectors.negative_sampling import reaches
from helpers.vectors.skip_gram_batches import Epoch, Text, number
from helpers.vectors.skip_gram_settings import SkipGramSettings

SETTINGS = SkipGramSettings(
    window=3, negatives=4, subsample=0, block_size=5, block_noise=6, blocks=2, seed=1
)
WORDS = 7


@pytest.fixture
def text():
    generator = np.random.default_rng(0)
    ids = generator.integers(0, WORDS, 43, dtype=np.int32)
    sentences = np.repeat(np.arange(5, dtype=np.int32), [11, 1, 20, 2, 9])
    return Text(ids, sentences, np.bincount(ids, minlength=WORDS))


@pytest.fixture
def matrices():
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(WORDS, 8, generator=generator, dtype=torch.float64) for _ in range(2)]


def doubled(batch):
    """The batch, its weights in float64."""
    return skip_gram.Batch(
        batch.centres,
        batch.others,
        batch.met.double(),
        batch.noise_weight.double(),
        batch.centre_samples.double(),
        batch.other_samples.double(),
    )


def plain_loss(batch, vectors, output, settings=SETTINGS):
    """The objective as it is written in the paper: pair by pair; and the number of pairs."""
    total, pairs = torch.zeros((), dtype=vectors.dtype), 0
    size, window = settings.block_size, settings.window
    for b in range(settings.blocks):
        near, noise = batch.others[b, : size + 2 * window], batch.others[b, size + 2 * window :]
        for t in range(size):
            centre = vectors[batch.centres[b, t]]
            for k in range(2 * window + 1):
                if batch.met[b, t, k]:
                    pairs += 1
                    total = total - logsigmoid(centre @ output[near[t + k]])
                    share = settings.negatives / settings.block_noise
                    for word in noise:  # negatives draws, the mean over the noise words
                        total = total - share * logsigmoid(-(centre @ output[word]))
    return total, pairs


def batches_of(text, settings=SETTINGS):
    epoch = Epoch(text, settings, np.random.default_rng(settings.seed))
    return [epoch[i] for i in range(len(epoch))]


def test_an_epoch_is_made_of_batches_and_ends(text):
    epoch = Epoch(text, SETTINGS, np.random.default_rng(0))
    assert len(epoch) == 5  # 43 places, 2 * 5 in a batch
    with pytest.raises(IndexError, match="batch 5 of 5"):
        epoch[5]


def test_batches_hold_the_pairs_of_a_plain_loop(text):
    generator = np.random.default_rng(SETTINGS.seed)
    generator.random(len(text.ids), np.float32)  # the draws that decide which words are kept
    left, right = reaches(text.sentences, SETTINGS.window, generator)
    expected = Counter(
        (int(text.ids[centre]), int(text.ids[other]))
        for centre in range(len(text.ids))
        for other in range(centre - left[centre], centre + right[centre] + 1)
        if other != centre
    )
    found = Counter()
    for batch in batches_of(text):
        for b, t, k in batch.met.nonzero().tolist():
            found[batch.centres[b, t].item(), batch.others[b, t + k].item()] += 1
    assert found == expected and found.total() > 100


def test_each_pair_has_its_number_of_noise_words(text):
    for batch in batches_of(text):
        pairs = batch.met.sum(-1, keepdim=True)
        drawn = batch.noise_weight * SETTINGS.block_noise
        torch.testing.assert_close(drawn, pairs * SETTINGS.negatives)


def test_noise_words_and_kept_words_follow_their_probabilities():
    counts = np.array([6000, 3000, 1000])
    ids = np.repeat(np.arange(3, dtype=np.int32), counts)
    text = Text(ids, np.zeros(len(ids), np.int32), counts)
    settings = SkipGramSettings(subsample=0.05, blocks=4)
    batches = batches_of(text, settings)
    noise = torch.cat([batch.others[:, -settings.block_noise :].reshape(-1) for batch in batches])
    weights = counts**0.75
    shares = np.bincount(noise, minlength=3) / len(noise)
    np.testing.assert_allclose(shares, weights / weights.sum(), atol=0.03)
    kept = torch.cat([batch.centres[batch.met.sum(-1) > 0] for batch in batches])
    ratio = 0.05 / (counts / counts.sum())
    np.testing.assert_allclose(
        np.bincount(kept, minlength=3) / counts, np.minimum(1, np.sqrt(ratio) + ratio), atol=0.03
    )


def test_the_loss_is_that_of_a_plain_loop(text, matrices):
    for batch in map(doubled, batches_of(text)):
        total, pairs = skip_gram.loss(batch, *skip_gram.rows(*matrices, batch))
        expected, expected_pairs = plain_loss(batch, *matrices)
        torch.testing.assert_close(total, expected)
        assert pairs == expected_pairs > 0


def test_the_gradients_are_those_of_autograd(text, matrices):
    for batch in map(doubled, batches_of(text)):
        looked_up = [rows.requires_grad_() for rows in skip_gram.rows(*matrices, batch)]
        total, _ = skip_gram.loss(batch, *looked_up)
        expected = torch.autograd.grad(total, looked_up)
        with torch.no_grad():
            found = skip_gram.gradients(batch, *looked_up)
        for one, other in zip(found, expected, strict=True):
            torch.testing.assert_close(one, other)
            assert one.abs().max() > 0.1


def test_a_step_is_one_of_plain_gradient_descent_on_the_plain_loss(text, matrices):
    batch = doubled(batches_of(text)[1])
    parameters = [torch.nn.Parameter(matrix.clone()) for matrix in matrices]
    optimizer = torch.optim.SGD(parameters, lr=0.03)
    plain_loss(batch, *parameters)[0].backward()
    optimizer.step()
    skip_gram.step(*matrices, batch, learning_rate=0.03)
    for matrix, expected in zip(matrices, parameters, strict=True):
        torch.testing.assert_close(matrix, expected.data)


def test_the_limit_scales_back_the_words_that_are_above_it_and_no_others(text, matrices):
    batch = doubled(batches_of(text)[0])
    start = [matrix.clone() for matrix in matrices]
    free, limited = ([m.clone() for m in start] for _ in range(2))
    rate, limit = 0.03, 0.5
    skip_gram.step(*free, batch, rate)
    skip_gram.step(*limited, batch, rate, limit)
    scaled = 0
    for i, (ids, samples) in enumerate(
        [(batch.centres, batch.centre_samples), (batch.others, batch.other_samples)]
    ):
        totals = torch.bincount(ids.reshape(-1), samples.reshape(-1), minlength=WORDS)
        factors = (limit / (rate * totals)).clamp(max=1)  # 1 for words that are not in the batch
        scaled += int((factors < 1).sum())
        torch.testing.assert_close(limited[i] - start[i], (free[i] - start[i]) * factors[:, None])
    assert 0 < scaled < 2 * WORDS


def test_samples_are_counted_right_on_average():
    settings = SkipGramSettings(window=4, negatives=3, subsample=0, block_size=6, block_noise=5)
    ids = np.zeros(60_000, np.int32)
    text = Text(ids, np.zeros(len(ids), np.int32), np.array([60_000, 1]))
    centre = other = expected = 0.0
    for batch in batches_of(text, settings):
        centre += batch.centre_samples.sum().item()
        other += batch.other_samples.sum().item()
        expected += (batch.met.sum() * (1 + settings.negatives)).item()
    assert centre == pytest.approx(expected, rel=0.02)
    assert other == pytest.approx(expected, rel=0.02)


def test_words_without_a_vector_are_left_out_before_windows_are_drawn():
    text = number([["rare", "a", "rare", "b"], [], ["b", "b"]], {"b": 3, "a": 1})
    assert text.ids.tolist() == [1, 0, 0, 0]
    assert text.sentences.tolist() == [0, 0, 2, 2]
    assert text.counts.tolist() == [3, 1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dimensions": 0}, "dimensions is 0; use a whole number, 1 or more"),
        ({"window": 2.0}, "window is 2.0; use a whole number"),
        ({"negatives": True}, "negatives is True; use a whole number"),
        ({"seed": -1}, "seed is -1; use a whole number, 0 or more"),
        ({"subsample": 1}, "subsample is 1; use a share"),
        ({"subsample": math.nan}, "subsample is nan; use a share"),
        ({"noise_power": -1}, "noise_power is -1; use 0 or more"),
        ({"step_limit": 0}, "step_limit is 0; use a number above 0"),
        ({"learning_rate": 0.01, "final_learning_rate": 0.02}, "neither be negative nor rise"),
        ({"learning_rate": math.nan}, "learning rate would go from nan"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(changes, said):
    with pytest.raises(ValueError, match=said):
        SkipGramSettings(**changes)
