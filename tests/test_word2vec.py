"""word2vec: batches and a step against plain loops, autograd and torch.optim; then the training.

In the training the loss falls, topics come apart, the seed decides, and errors are clear.
"""

import math
import random
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import logsigmoid

from helpers.text.vocabulary import Vocabulary
from helpers.vectors.negative_sampling import reaches
from helpers.vectors.word2vec import SkipGramSettings, Text, batches, loss, number, step, train
from helpers.vectors.word_vectors import WordVectors

SETTINGS = SkipGramSettings(
    window=3, negatives=4, epochs=1, subsample=0, block_size=5, block_noise=6, blocks=2, seed=1
)
WORDS = 7


# --- text, batches, one step ----------------------------------------------------------------


def numbered(ids, sentences, counts=None):
    counts = np.bincount(ids, minlength=WORDS) if counts is None else np.array(counts)
    return Text([f"word {i}" for i in range(len(counts))], counts, ids, sentences)


@pytest.fixture
def text():
    generator = np.random.default_rng(0)
    ids = generator.integers(0, WORDS, 43, dtype=np.int32)
    sentences = np.repeat(np.arange(5, dtype=np.int32), [11, 1, 20, 2, 9])
    return numbered(ids, sentences)


@pytest.fixture
def matrices():
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(WORDS, 8, generator=generator, dtype=torch.float64) for _ in range(2)]


def doubled(batch):
    """The batch, its weights in float64."""
    return batch._replace(truth=batch.truth.double(), weights=batch.weights.double())


def plain_loss(batch, vectors, output, settings=SETTINGS):
    """The objective as it is written in the paper: pair by pair; and the number of pairs."""
    total, pairs = torch.zeros((), dtype=vectors.dtype), 0
    size, window = settings.block_size, settings.window
    for b in range(settings.blocks):
        near, noise = batch.others[b, : size + 2 * window], batch.others[b, size + 2 * window :]
        for t in range(size):
            centre = vectors[batch.centres[b, t]]
            for k in range(2 * window + 1):
                if batch.weights[b, t, t + k]:
                    pairs += 1
                    total = total - logsigmoid(centre @ output[near[t + k]])
                    share = settings.negatives / settings.block_noise
                    for word in noise:  # negatives draws, the mean over the noise words
                        total = total - share * logsigmoid(-(centre @ output[word]))
    return total, pairs


def batches_of(text, settings=SETTINGS):
    return [batch for _, batch in batches(text, settings, np.random.default_rng(settings.seed))]


def near(batch, settings=SETTINGS):
    """The weights of the places around the centres, without those of the noise words."""
    return batch.weights[:, :, : -settings.block_noise]


def test_all_epochs_are_gone_through_in_even_shares(text):
    settings = SkipGramSettings(**vars(SETTINGS) | {"epochs": 3})
    shares = [share for share, _ in batches(text, settings, np.random.default_rng(0))]
    assert shares == pytest.approx(np.arange(15) / 15)  # 43 places, 2 * 5 in a batch
    one, _, two = (batches_of(text, settings)[5 * epoch] for epoch in range(3))
    assert (one.centres == two.centres).all() and (one.others != two.others).any()


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
        assert set(near(batch).unique().tolist()) == {0, 1}
        for b, t, place in near(batch).nonzero().tolist():
            found[batch.centres[b, t].item(), batch.others[b, place].item()] += 1
    assert found == expected and found.total() > 100


def test_each_pair_has_its_number_of_noise_words(text):
    for batch in batches_of(text):
        pairs, drawn = near(batch).sum(-1), batch.weights[:, :, -SETTINGS.block_noise :]
        torch.testing.assert_close(drawn.sum(-1), pairs * SETTINGS.negatives)
        assert (drawn == drawn[:, :, :1]).all() and drawn.any()
        assert batch.truth.tolist() == [1] * 11 + [0] * 6


def test_noise_words_and_kept_words_follow_their_probabilities():
    counts = np.array([6000, 3000, 1000])
    ids = np.repeat(np.arange(3, dtype=np.int32), counts)
    text = numbered(ids, np.zeros(len(ids), np.int32), counts)
    settings = SkipGramSettings(subsample=0.05, blocks=4, epochs=1)
    batches = batches_of(text, settings)
    noise = torch.cat([batch.others[:, -settings.block_noise :].reshape(-1) for batch in batches])
    weights = counts**0.75
    shares = np.bincount(noise, minlength=3) / len(noise)
    np.testing.assert_allclose(shares, weights / weights.sum(), atol=0.03)
    kept = torch.cat([batch.centres[near(batch, settings).sum(-1) > 0] for batch in batches])
    ratio = 0.05 / (counts / counts.sum())
    np.testing.assert_allclose(
        np.bincount(kept, minlength=3) / counts, np.minimum(1, np.sqrt(ratio) + ratio), atol=0.03
    )


def test_the_loss_is_that_of_a_plain_loop(text, matrices):
    for batch in map(doubled, batches_of(text)):
        total, pairs = loss(*matrices, batch)
        expected, expected_pairs = plain_loss(batch, *matrices)
        torch.testing.assert_close(total, expected)
        assert pairs == expected_pairs > 0


def test_a_step_goes_down_autograds_gradient_of_the_loss(text, matrices):
    for batch in map(doubled, batches_of(text)):
        before = [matrix.clone().requires_grad_() for matrix in matrices]
        total, _ = loss(*before, batch)
        expected = torch.autograd.grad(total, before)
        step(*matrices, batch, rate=0.01)
        for old, new, gradient in zip(before, matrices, expected, strict=True):
            torch.testing.assert_close(old.detach() - new, 0.01 * gradient)
            assert gradient.abs().max() > 0.1


def test_a_step_is_one_of_plain_gradient_descent_on_the_plain_loss(text, matrices):
    batch = doubled(batches_of(text)[1])
    parameters = [torch.nn.Parameter(matrix.clone()) for matrix in matrices]
    optimizer = torch.optim.SGD(parameters, lr=0.03)
    plain_loss(batch, *parameters)[0].backward()
    optimizer.step()
    step(*matrices, batch, rate=0.03)
    for matrix, expected in zip(matrices, parameters, strict=True):
        torch.testing.assert_close(matrix, expected.data)


def test_the_limit_scales_back_the_words_that_are_above_it_and_no_others(text, matrices):
    batch = doubled(batches_of(text)[0])
    start = [matrix.clone() for matrix in matrices]
    free, limited = ([m.clone() for m in start] for _ in range(2))
    rate, limit = 0.03, 0.5
    step(*free, batch, rate)
    step(*limited, batch, rate, limit)
    scaled = 0
    totals = torch.zeros(2, WORDS, dtype=torch.float64)  # samples of each word, one by one
    for b, t, place in batch.weights.nonzero().tolist():
        totals[0, batch.centres[b, t]] += batch.weights[b, t, place]
        totals[1, batch.others[b, place]] += batch.weights[b, t, place]
    for i, total in enumerate(totals):
        factors = (limit / (rate * total)).clamp(max=1)  # 1 for words that are not in the batch
        scaled += int((factors < 1).sum())
        torch.testing.assert_close(limited[i] - start[i], (free[i] - start[i]) * factors[:, None])
    assert 0 < scaled < 2 * WORDS


def test_rare_words_are_left_out_before_windows_are_drawn():
    text = number([["rare", "a", "rarer", "b"], [], ["b", "b", "a"]], min_count=2)
    assert (text.words, text.counts.tolist()) == (["b", "a"], [3, 2])
    assert text.ids.tolist() == [1, 0, 0, 0, 1]
    assert text.sentences.tolist() == [0, 0, 2, 2, 2]


words = st.text("abcä", min_size=1, max_size=2)


@given(st.lists(st.lists(words)), st.integers(1, 3))
def test_words_have_the_order_and_the_counts_of_the_vocabulary(sentences, min_count):
    expected = Vocabulary.from_tokens(sentences, min_count=min_count).counts
    text = number(sentences, min_count)
    assert dict(zip(text.words, text.counts.tolist(), strict=True)) == expected
    assert text.words == list(expected)
    kept = [word for sentence in sentences for word in sentence if word in expected]
    assert [text.words[i] for i in text.ids] == kept


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dimensions": 0}, "dimensions is 0; use a whole number, 1 or more"),
        ({"window": 2.0}, "window is 2.0; use a whole number"),
        ({"negatives": True}, "negatives is True; use a whole number"),
        ({"seed": -1}, "seed is -1; use a whole number, 0 or more"),
        ({"subsample": 1}, "subsample is 1; use a share"),
        ({"subsample": math.nan}, "subsample is nan; use a share"),
        ({"noise_power": -1}, "noise power is -1; use 0 or more"),
        ({"step_limit": 0}, "step_limit is 0; use a number above 0"),
        (
            {"learning_rate": 0.01, "final_learning_rate": 0.02},
            "learning rate from 0.01 to 0.02: it can't be negative or rise",
        ),
        ({"learning_rate": math.nan}, "learning rate from nan"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(changes, said):
    with pytest.raises(ValueError, match=said):
        SkipGramSettings(**changes)


# --- training -------------------------------------------------------------------------------

SEA = "sail harbour anchor tide deck crew mast storm".split()
KITCHEN = "salt pepper oven spoon butter flour recipe pan".split()
SMALL = SkipGramSettings(dimensions=16, epochs=8, subsample=0, blocks=2, learning_rate=0.05)


def two_topics(sentences=600):
    """Sentences about the sea or the kitchen, with words that belong to both."""
    chooser = random.Random(0)
    both = ["the", "and", "of"]
    return [
        [chooser.choice(topic + both) for _ in range(10)]
        for topic in (chooser.choice([SEA, KITCHEN]) for _ in range(sentences))
    ]


@pytest.fixture(scope="module")
def trained():
    return train(two_topics(), SMALL)


def test_words_of_one_topic_come_together(trained):
    vectors = WordVectors(trained.words, trained.matrix)
    for topic in (SEA, KITCHEN):
        for word in topic:
            nearest = {name for name, _ in vectors.neighbours(word, 7)}
            assert nearest == set(topic) - {word}


def test_the_loss_falls_and_the_words_seen_are_counted(trained):
    thirds = np.array_split(trained.losses, 3)
    assert thirds[0].mean() > thirds[1].mean() > thirds[2].mean()
    assert trained.words_seen == sorted(set(trained.words_seen))
    words = 600 * 10 * SMALL.epochs
    assert trained.words_seen[0] == 0 and 0.9 * words < trained.words_seen[-1] < words
    assert len(trained.losses) == len(trained.words_seen) <= 100


def test_every_report_is_called_and_kept():
    told = []
    trained = train(two_topics(100), SMALL, report=lambda words, loss: told.append((words, loss)))
    assert told == list(zip(trained.words_seen, trained.losses, strict=True)) != []


def test_words_come_by_falling_count_and_rare_ones_are_dropped(trained):
    text = [["a", "b"]] * 5 + [["b", "rare"]] * 4
    small = train(text, SkipGramSettings(dimensions=3, epochs=1, subsample=0))
    assert small.words == ["b", "a"] and small.counts.tolist() == [9, 5]
    for matrix in (small.matrix, small.output_matrix):
        assert type(matrix) is np.ndarray and matrix.dtype == np.float32 and matrix.shape == (2, 3)
    assert (np.diff(trained.counts) <= 0).all() and trained.counts.sum() == 6000


def test_the_seed_decides(trained):
    again, other = (
        train(two_topics(), SkipGramSettings(**vars(SMALL) | {"seed": s})) for s in (0, 1)
    )
    assert (again.matrix == trained.matrix).all()
    assert again.losses == trained.losses
    assert not np.allclose(other.matrix, trained.matrix)


def test_the_start_is_that_of_word2vec():
    text = [["a", "b"]] * 500
    still = SkipGramSettings(dimensions=50, learning_rate=0, final_learning_rate=0, min_count=1)
    fresh = train(text, still)
    assert np.abs(fresh.matrix).max() <= 0.5 / 50
    assert np.abs(fresh.matrix).max() > 0.4 / 50
    assert not fresh.output_matrix.any()
    assert fresh.losses == pytest.approx([6 * math.log(2)] * len(fresh.losses)) != []


@pytest.mark.parametrize("seed", range(3))
def test_repeated_words_do_not_blow_the_vectors_up(seed):
    text = [*two_topics(200), ["boo"] * 3000]
    settings = SkipGramSettings(dimensions=16, epochs=6, subsample=0, learning_rate=0.1, seed=seed)
    assert np.linalg.norm(train(text, settings).matrix, axis=1).max() < 3
    free = SkipGramSettings(**vars(settings) | {"step_limit": math.inf, "learning_rate": 5.0})
    with pytest.raises(FloatingPointError, match=r"lower learning_rate \(now 5.0\)"):
        train(text, free)


def test_pytorch_has_one_thread_for_the_training_and_all_afterwards():
    before, seen = torch.get_num_threads(), set()
    try:
        torch.set_num_threads(3)
        train(two_topics(50), SMALL, report=lambda *_: seen.add(torch.get_num_threads()))
        assert seen == {1} and torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


@pytest.mark.gpu
@pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA GPU, and PyTorch sees none here"
)
def test_it_trains_on_a_gpu(trained):
    on_gpu = train(two_topics(), SMALL, device="cuda")
    assert on_gpu.losses[-1] == pytest.approx(trained.losses[-1], rel=0.02)


@pytest.mark.parametrize(
    ("sentences", "error", "said"),
    [
        ([], ValueError, "0 words occur 5 times or more, two are needed"),
        ([["a"] * 9, ["b"]], ValueError, "1 words occur 5 times or more"),
        ([["a"], ["b"]] * 9, ValueError, "no word has a neighbour"),
        (["a text", "not cut"], TypeError, "'a text' is a text; cut it into words first"),
    ],
)
def test_a_text_that_teaches_nothing_is_refused(sentences, error, said):
    with pytest.raises(error, match=said):
        train(sentences, SkipGramSettings(dimensions=4, subsample=0))
