"""Training word vectors: the loss falls, topics come apart, the seed decides, errors are clear."""

import math
import random

import numpy as np
import pytest
import torch

from helpers.vectors.word2vec import SkipGramSettings, train

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
    for topic in (SEA, KITCHEN):
        for word in topic:
            nearest = {name for name, _ in trained.vectors.neighbours(word, 7)}
            assert nearest == set(topic) - {word}


def test_the_loss_falls_and_the_words_seen_are_counted(trained):
    thirds = np.array_split(trained.losses, 3)
    assert thirds[0].mean() > thirds[1].mean() > thirds[2].mean()
    assert trained.words_seen == sorted(set(trained.words_seen))
    assert 0 < trained.words_seen[0] and trained.words_seen[-1] <= 600 * 10 * SMALL.epochs


def test_every_report_is_called_and_kept():
    told = []
    trained = train(two_topics(100), SMALL, report=lambda words, loss: told.append((words, loss)))
    assert told == list(zip(trained.words_seen, trained.losses, strict=True)) != []


def test_words_come_by_falling_count_and_rare_ones_are_dropped(trained):
    text = [["a", "b"]] * 5 + [["b", "rare"]] * 4
    small = train(text, SkipGramSettings(dimensions=3, epochs=1, subsample=0))
    assert list(small.vectors.words) == list(small.output_vectors.words) == ["b", "a"]
    assert small.counts.tolist() == [9, 5] and small.vectors.matrix.dtype == np.float32
    assert small.words_per_second == pytest.approx(18 / small.seconds)
    assert (np.diff(trained.counts) <= 0).all() and trained.counts.sum() == 6000


def test_the_seed_decides(trained):
    again, other = (
        train(two_topics(), SkipGramSettings(**vars(SMALL) | {"seed": s})) for s in (0, 1)
    )
    assert (again.vectors.matrix == trained.vectors.matrix).all()
    assert again.losses == trained.losses
    assert not np.allclose(other.vectors.matrix, trained.vectors.matrix)


def test_the_start_is_that_of_word2vec():
    text = [["a", "b"]] * 500
    still = SkipGramSettings(dimensions=50, learning_rate=0, final_learning_rate=0, min_count=1)
    fresh = train(text, still)
    assert np.abs(fresh.vectors.matrix).max() <= 0.5 / 50
    assert np.abs(fresh.vectors.matrix).max() > 0.4 / 50
    assert not fresh.output_vectors.matrix.any()
    assert fresh.losses == pytest.approx([6 * math.log(2)] * len(fresh.losses)) != []


def test_repeated_words_do_not_blow_the_vectors_up():
    text = [*two_topics(200), ["boo"] * 3000]
    settings = SkipGramSettings(dimensions=16, epochs=6, subsample=0, learning_rate=0.1)
    assert train(text, settings).vectors.lengths.max() < 20
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
        (["a text", "not cut"], TypeError, "'a text' is a text; cut it into tokens first"),
    ],
)
def test_a_text_that_teaches_nothing_is_refused(sentences, error, said):
    with pytest.raises(error, match=said):
        train(sentences, SkipGramSettings(dimensions=4, subsample=0))
