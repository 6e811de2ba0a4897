"""Word vectors trained from zero on running text: skip-gram with negative sampling.

Notebook 03 derives the gradient and builds this. Read it from the top: settings, the text as
numbers, its batches, one step, the training. A batch is made of blocks of neighbouring words that
share their noise words, so all scores of a block are one matrix product and nothing loops over
pairs. Leaves draws to :mod:`helpers.vectors.negative_sampling`, cutting texts and using vectors to
others. Sources: Mikolov, Sutskever et al. (2013); sharing: Ji, Satish, Li and Dubey (2016).
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from helpers.vectors import negative_sampling

_COUNTED = "dimensions window negatives epochs min_count block_size block_noise blocks".split()
_REPORTS = 100  # in a training
_MEASURED = 8  # the loss is measured in one of so many steps, because it takes time


@dataclass(frozen=True)
class SkipGramSettings:
    """Settings of skip-gram with negative sampling; the defaults are word2vec's usual ones.

    All gradients of a step are taken at the same point, so the sum of one word's many would
    overshoot: hence ``step_limit`` (``math.inf`` for none). Nonsense is a ValueError.

    >>> SkipGramSettings(epochs=0)
    Traceback (most recent call last):
    ValueError: epochs is 0; use a whole number, 1 or more
    """

    dimensions: int = 100  # numbers in a vector
    window: int = 5  # words to either side that may be context
    negatives: int = 5  # noise words for each pair of centre and context
    epochs: int = 5  # times through the text
    min_count: int = 5  # rarer words are dropped before anything else
    subsample: float = 1e-3  # see negative_sampling.keep_probabilities
    noise_power: float = 0.75  # see negative_sampling.noise_probabilities
    learning_rate: float = 0.025  # falls in a straight line
    final_learning_rate: float = 0.0001  # to here
    block_size: int = 16  # so many neighbouring places
    block_noise: int = 16  # share so many noise words
    blocks: int = 32  # so many blocks make one step
    step_limit: float = 2.0  # of learning rate * samples of a word in a step; above, scaled back
    seed: int = 0  # the same gives the same vectors on a machine, on a GPU up to the last digits

    def __post_init__(self):
        for name, least in [*((name, 1) for name in _COUNTED), ("seed", 0)]:
            value = getattr(self, name)
            if type(value) is not int or value < least:
                raise ValueError(f"{name} is {value!r}; use a whole number, {least} or more")
        negative_sampling.keep_probabilities([1], self.subsample)  # raises what it would then
        negative_sampling.noise_probabilities([1], self.noise_power)
        if not self.step_limit > 0:
            raise ValueError(f"step_limit is {self.step_limit}; use a number above 0, such as 2")
        first, last = self.learning_rate, self.final_learning_rate
        if not 0 <= last <= first < math.inf:
            raise ValueError(f"learning rate from {first} to {last}: it can't be negative or rise")


class Text(NamedTuple):
    """A text as numbers: the word at each place, as its row, and the number of its sentence."""

    words: list[str]  # the most frequent first, words of the same count by their characters
    counts: np.ndarray  # how often each occurs, int64, shape (words,)
    ids: np.ndarray  # int32, shape (places,)
    sentences: np.ndarray  # int32, shape (places,)


def number(sentences: Sequence[Sequence[str]], min_count: int = 1) -> Text:
    """Count words, leave out the rare ones, and turn the others into rows.

    >>> number([["a", "b"], ["b"]]).ids
    array([1, 0, 0], dtype=int32)
    """
    counted: Counter[str] = Counter()
    for sentence in sentences:
        if isinstance(sentence, str):
            raise TypeError(f"{sentence[:30]!r} is a text; cut it into words first")
        counted.update(sentence)
    words = sorted((w for w in counted if counted[w] >= min_count), key=lambda w: (-counted[w], w))
    rows = dict(zip(words, range(len(words)), strict=True))
    lengths = [len(sentence) for sentence in sentences]
    found = map(rows.get, chain.from_iterable(sentences), repeat(-1))
    ids = np.fromiter(found, np.int32, count=sum(lengths))
    sentence_of = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    counts = np.array([counted[word] for word in words], np.int64)
    return Text(words, counts, ids[ids >= 0], sentence_of[ids >= 0])


class Batch(NamedTuple):
    """Blocks of neighbouring centre words, and the *others* that a block is scored with.

    Others are the places in and around the block, then its noise words.
    """

    centres: Tensor  # rows of words, int64, shape (blocks, size)
    others: Tensor  # rows of words, int64, shape (blocks, others)
    truth: Tensor  # 1 for a place and 0 for a noise word, shape (others,)
    weights: Tensor  # see negative_sampling.window_weights, shape (blocks, size, others)


def batches(
    text: Text, settings: SkipGramSettings, generator: np.random.Generator, device="cpu"
) -> Iterator[tuple[float, Batch]]:
    """Go through a text ``epochs`` times: yield the share of all that is done, and a batch to do.

    In each epoch frequent words are thinned out first, and windows close over the gaps, as in
    word2vec. Places that fill up the last batch have no window and so no effect.
    """
    size, window, noise = settings.block_size, settings.window, settings.block_noise
    width, places = size + 2 * window, size * settings.blocks
    table = negative_sampling.window_weights(size, window, settings.negatives, noise)
    table = torch.from_numpy(table).to(device).view(-1, width + noise)
    truth = torch.tensor([1.0] * width + [0.0] * noise, device=device)
    keep = negative_sampling.keep_probabilities(text.counts, settings.subsample).astype(np.float32)
    likely = negative_sampling.noise_probabilities(text.counts, settings.noise_power)
    for epoch in range(settings.epochs):
        kept = generator.random(len(text.ids), np.float32) < keep[text.ids]
        left, right = negative_sampling.reaches(text.sentences[kept], window, generator)
        steps = -(-len(left) // places)
        missing = steps * places - len(left)
        ids = np.pad(text.ids[kept].astype(np.int64), (window, window + missing))
        at = np.arange(len(left), dtype=np.int32) % size  # in its block
        rows = (left * (window + 1) + right) * size + at  # of the table
        drawn = negative_sampling.noise_table(likely, generator)
        drawn = drawn[generator.integers(len(drawn), size=(steps, settings.blocks, noise))]
        arrays = ids, np.pad(rows, (0, missing)), drawn.astype(np.int64)
        ids, rows, drawn = (torch.from_numpy(array).to(device) for array in arrays)
        for i in range(steps):
            start, end = i * places, (i + 1) * places
            centres = ids[start + window : end + window].view(-1, size)
            around = ids[start : end + 2 * window].unfold(0, width, size)  # (blocks, width)
            others = torch.cat((around, drawn[i]), dim=1)
            weights = table.index_select(0, rows[start:end]).view(-1, size, width + noise)
            batch = Batch(centres, others, truth, weights)
            yield (epoch + i / steps) / settings.epochs, batch


def loss(v: Tensor, u: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the sum of all pairs' losses in nats, and how many pairs there are.

    A centre c and a word o of its window cost -ln sigmoid(u_o · v_c) and, for each noise word n,
    -ln sigmoid(-u_n · v_c); softplus(z) is -ln sigmoid(-z). ``v`` and ``u`` have a row for each
    word, shape (words, d).
    """
    scores = functional.embedding(batch.centres, v) @ functional.embedding(batch.others, u).mT
    losses = functional.softplus(scores * (1 - 2 * batch.truth)) * batch.weights
    return losses.sum(), (batch.weights * batch.truth).sum()


def step(v: Tensor, u: Tensor, batch: Batch, rate: float, limit: float = math.inf) -> None:
    """Go one step of this learning rate down the gradient of :func:`loss`, changing v and u.

    The error of a score is its sigmoid minus the truth. The derivative in v_c is the sum of these
    errors times u_o over all others o, that in u_o the sum of errors times v_c over all centres.
    Where rate times samples of a word is above the limit, its step is scaled back to the limit.
    """
    v_rows, u_rows = functional.embedding(batch.centres, v), functional.embedding(batch.others, u)
    errors = torch.bmm(v_rows, u_rows.mT).sigmoid_().sub_(batch.truth).mul_(batch.weights)
    for matrix, ids, gradient, samples in (
        (v, batch.centres, torch.bmm(errors, u_rows), batch.weights.sum(dim=2)),
        (u, batch.others, torch.bmm(errors.mT, v_rows), batch.weights.sum(dim=1)),
    ):
        ids, gradient = ids.reshape(-1), gradient.view(-1, matrix.shape[1])
        total = matrix.new_zeros(len(matrix)).index_add_(0, ids, samples.view(-1))
        excess = (total.index_select(0, ids) * (rate / limit)).clamp_(min=1)
        matrix.index_add_(0, ids, gradient.mul_((-rate / excess)[:, None]))


class Trained(NamedTuple):
    """What a training brought; ``WordVectors(trained.words, trained.matrix)`` answers questions.

    A loss is the mean since the last report, in nats per pair, before the steps that learn from
    these pairs. The first is (1 + negatives) * ln 2, where nothing is known and no word was seen.
    """

    words: list[str]  # the most frequent first
    matrix: np.ndarray  # their vectors as centres, float32, shape (words, dimensions)
    output_matrix: np.ndarray  # their vectors as context and noise words, likewise
    counts: np.ndarray  # how often each occurs, int64, shape (words,)
    losses: list[float]
    words_seen: list[int]  # of the text, dropped ones included, at each report


def train(
    sentences: Sequence[Sequence[str]],
    settings: SkipGramSettings | None = None,
    device: torch.device | str = "cpu",
    report: Callable[[int, float], None] | None = None,
) -> Trained:
    """Train word vectors.

    Parameters
    ----------
    sentences
        Lists of words; no window reaches beyond its list.
    report
        Called up to a hundred times with the words seen so far and the loss, as in ``Trained``:
        ``print`` will do, and notebook 03 moves a progress bar with it.

    Raises
    ------
    TypeError
        If a list of words is a text.
    ValueError
        If fewer than two words occur ``min_count`` times, or none has a neighbour.
    FloatingPointError
        If numbers are no longer finite; the message says what to lower.

    >>> text = [["salt", "and", "pepper"], ["day", "and", "night"]] * 20
    >>> train(text, SkipGramSettings(dimensions=4, epochs=2, subsample=0)).matrix.shape
    (5, 4)
    """
    settings = settings or SkipGramSettings()
    sentences = list(sentences)
    text = number(sentences, settings.min_count)
    if len(text.words) < 2:
        found = f"{len(text.words)} words occur {settings.min_count} times or more"
        raise ValueError(f"{found}, two are needed; give more text or lower min_count")
    if not (text.sentences[1:] == text.sentences[:-1]).any():
        raise ValueError("no word has a neighbour: every sentence has one known word at most")
    generator = np.random.default_rng(settings.seed)
    shape = (len(text.words), settings.dimensions)
    start = (generator.random(shape, np.float32) - 0.5) / settings.dimensions
    v, u = torch.from_numpy(start).to(device), torch.zeros(shape, device=device)
    words = sum(map(len, sentences)) * settings.epochs
    fall = settings.learning_rate - settings.final_learning_rate
    losses, seen, measured = [], [], torch.zeros(2, device=device)  # sum of losses, pairs
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # steps are too short to share; on a busy machine more wait for each
    try:
        for i, (share, batch) in enumerate(batches(text, settings, generator, device)):
            due = share * _REPORTS >= len(losses)
            if i % _MEASURED == 0 or (due and not measured[1]):
                measured += torch.stack(loss(v, u, batch))
            if due and measured[1] > 0:
                if not measured.isfinite().all():
                    break
                losses.append((measured[0] / measured[1]).item())
                seen.append(round(share * words))
                measured.zero_()
                if report:
                    report(seen[-1], losses[-1])
            step(v, u, batch, settings.learning_rate - share * fall, settings.step_limit)
    finally:
        torch.set_num_threads(threads)
    if not all(numbers.isfinite().all() for numbers in (measured, v, u)):
        rate, limit = settings.learning_rate, settings.step_limit
        said = f"lower learning_rate (now {rate}) or step_limit (now {limit})"
        raise FloatingPointError(f"numbers grew beyond all bounds; {said}")
    return Trained(text.words, v.cpu().numpy(), u.cpu().numpy(), text.counts, losses, seen)
