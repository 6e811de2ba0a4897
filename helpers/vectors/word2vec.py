"""Word vectors trained from zero on running text: skip-gram with negative sampling.

Notebook 03 builds it. On any device, with no loop over pairs. Batches come from
:mod:`helpers.vectors.skip_gram_batches`, a step is in :mod:`helpers.vectors.skip_gram`, texts
are in :mod:`helpers.sources.running_text`.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from helpers.progress import progress
from helpers.text.vocabulary import Vocabulary
from helpers.vectors import skip_gram
from helpers.vectors.skip_gram_batches import Epoch, Text, number
from helpers.vectors.skip_gram_settings import SkipGramSettings
from helpers.vectors.word_vectors import WordVectors

__all__ = ["SkipGramSettings", "Trained", "train"]
_REPORTS = 100  # in a training
_MEASURED = 8  # the loss is measured in each step of so many, for it takes time


@dataclass(frozen=True)
class Trained:
    """What a training brought.

    Parameters
    ----------
    vectors
        The vectors of words as centres, the most frequent word first: what is used afterwards.
    output_vectors
        The vectors of the same words as context and noise words.
    counts
        How often each word occurs in the text, int64, shape (words,).
    losses
        Mean loss in nats per pair since the last report, before the steps that learnt from these
        pairs; the very first is near (1 + negatives) * ln 2, where nothing is known.
    words_seen
        Words of text that had been gone through at each report, dropped ones included.
    seconds, words_per_second
        From sentences to vectors, and all words of text times epochs by these seconds.
    """

    vectors: WordVectors
    output_vectors: WordVectors
    counts: np.ndarray
    losses: list[float]
    words_seen: list[int]
    seconds: float
    words_per_second: float


def train(
    sentences: Sequence[Sequence[str]],
    settings: SkipGramSettings | None = None,
    device: torch.device | str | None = None,
    report: Callable[[int, float], None] | None = None,
) -> Trained:
    """Train word vectors.

    Parameters
    ----------
    sentences
        Lists of words. A window never reaches beyond its sentence.
    settings
        None takes the defaults.
    device
        Where to train; None is the CPU.
    report
        Called up to a hundred times, with the words seen and the loss that ``Trained`` keeps.

    Raises
    ------
    TypeError
        If a sentence is a text instead of a list of words.
    ValueError
        If fewer than two different words occur ``min_count`` times, or if no word has a
        neighbour.
    FloatingPointError
        If the loss is no longer finite; the message says what to lower.

    Source: Mikolov, Sutskever et al. (2013).

    >>> text = [["salt", "and", "pepper"], ["day", "and", "night"]] * 20
    >>> train(text, SkipGramSettings(dimensions=4, epochs=2, subsample=0)).vectors
    WordVectors(5 words, 4 dimensions)
    """
    settings = settings or SkipGramSettings()
    began = time.perf_counter()
    sentences = list(sentences)
    counts = Vocabulary.from_tokens(sentences, min_count=settings.min_count).counts
    if len(counts) < 2:
        raise ValueError(
            f"{len(counts)} words occur {settings.min_count} times or more, two are needed; give "
            "more text or lower min_count"
        )
    text = number(sentences, counts)
    words = sum(map(len, sentences))
    generator = np.random.default_rng(settings.seed)
    shape = (len(counts), settings.dimensions)
    start = (generator.random(shape, np.float32) - 0.5) / settings.dimensions
    matrices = (
        torch.from_numpy(start).to(device or "cpu"),
        torch.zeros(shape, device=device or "cpu"),
    )
    losses, seen = [], []
    with _one_thread(), progress(total=100, description="word2vec", unit="%") as bar:
        for share, loss in _descend(matrices, text, settings, generator):
            _insist_finite(torch.tensor(loss), settings)
            losses.append(loss)
            seen.append(round(share * words * settings.epochs))
            bar.update(round(100 * share) - bar.n)
            if report:
                report(seen[-1], loss)
    if not losses:
        raise ValueError("no word has a neighbour: every sentence has one known word at most")
    for matrix in matrices:  # the loss was last seen before the last steps
        _insist_finite(matrix, settings)
    vectors, output = (WordVectors(list(counts), matrix.cpu().numpy()) for matrix in matrices)
    seconds = time.perf_counter() - began
    rate = words * settings.epochs / seconds
    return Trained(vectors, output, text.counts, losses, seen, seconds, rate)


def _descend(
    matrices: tuple[torch.Tensor, torch.Tensor],
    text: Text,
    settings: SkipGramSettings,
    generator: np.random.Generator,
) -> Iterator[tuple[float, float]]:
    """Go through all epochs; yield (share of the training gone by, mean loss since the last)."""
    device = matrices[0].device
    fall = settings.learning_rate - settings.final_learning_rate
    measured = torch.zeros(2, device=device)  # sum of losses, pairs
    for epoch in range(settings.epochs):
        batches = Epoch(text, settings, generator, device)
        for i in range(len(batches)):
            batch = batches[i]
            share = (epoch + i / len(batches)) / settings.epochs
            if i % _MEASURED == 0:
                looked_up = skip_gram.rows(*matrices, batch)
                measured += torch.stack(skip_gram.loss(batch, *looked_up))
            learning_rate = settings.learning_rate - share * fall
            skip_gram.step(*matrices, batch, learning_rate, settings.step_limit)
            after = (epoch + (i + 1) / len(batches)) / settings.epochs
            if int(after * _REPORTS) > int(share * _REPORTS):
                loss, pairs = measured.tolist()
                measured.zero_()
                if pairs:
                    yield after, loss / pairs


def _insist_finite(numbers: torch.Tensor, settings: SkipGramSettings) -> None:
    if not numbers.isfinite().all():
        raise FloatingPointError(
            f"numbers grew beyond all bounds; lower learning_rate (now {settings.learning_rate}) "
            f"or step_limit (now {settings.step_limit})"
        )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let PyTorch use one thread on the CPU meanwhile.

    A step takes half a millisecond. To share each operation in it among threads gains nothing on
    a machine that has nothing else to do, and makes it ten times slower on one that has.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
