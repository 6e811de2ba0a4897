"""Word vectors trained from zero on running text: skip-gram with negative sampling.

Notebook 03 builds it. On any device, no loop over pairs. What is drawn by chance is in
:mod:`helpers.vectors.negative_sampling`, the gradient in :mod:`helpers.vectors.skip_gram`,
texts in :mod:`helpers.text.running_text`.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from helpers.progress import progress
from helpers.text.vocabulary import Vocabulary
from helpers.vectors import skip_gram
from helpers.vectors.negative_sampling import keep_probabilities, noise_probabilities, reaches
from helpers.vectors.word_vectors import WordVectors

_REPORTS = 100  # how often the loss is measured in a training


@dataclass(frozen=True)
class SkipGramSettings:
    """All that decides the result, besides the text.

    dimensions: numbers in a vector. window: how far a context word may be. negatives: noise
    words for each pair. epochs: how often the text is gone through. min_count: rarer words are
    dropped before anything else. subsample, noise_power: see ``negative_sampling``. The learning
    rate falls along a straight line from ``learning_rate`` to ``final_learning_rate``.
    block_size words that stand together share ``block_noise`` noise words; a step is
    ``batch_blocks`` blocks. threads: for PyTorch on the CPU; None leaves it as it is.
    """

    dimensions: int = 100
    window: int = 5
    negatives: int = 5
    epochs: int = 5
    min_count: int = 5
    subsample: float = 1e-3
    noise_power: float = 0.75
    learning_rate: float = 0.025
    final_learning_rate: float = 0.0001
    block_size: int = 16
    block_noise: int = 16
    batch_blocks: int = 32
    threads: int | None = None
    seed: int = 0

    def __post_init__(self):
        counted = "dimensions window negatives epochs min_count block_size block_noise batch_blocks"
        for name in counted.split():
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{name} is {value!r}; use a whole number, 1 or more")
        if self.threads is not None and (type(self.threads) is not int or self.threads < 1):
            raise ValueError(f"threads is {self.threads!r}; use 1 or more, or None")
        if type(self.seed) is not int or self.seed < 0:
            raise ValueError(f"seed is {self.seed!r}; use a whole number, 0 or more")
        if not 0 <= self.final_learning_rate <= self.learning_rate:
            raise ValueError(
                f"the learning rate would go from {self.learning_rate} to "
                f"{self.final_learning_rate}; it must not be negative and must not rise"
            )
        keep_probabilities([1], self.subsample)
        noise_probabilities([1], self.noise_power)


@dataclass(frozen=True)
class Trained:
    """What a training brought.

    vectors: the words' vectors (of words as centres), the most frequent word first.
    output_vectors: the same words' vectors as context and noise words.
    counts: how often each word occurred, int64, shape (words,).
    losses: mean loss in nats per pair at each report; words_seen: words of text gone through by
    then. seconds: from sentences to vectors; words_per_second: words of text (all of them, times
    epochs) by these seconds.
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
        Where to train; None is the CPU. The same seed gives the same vectors on the same machine.
    report
        Called about a hundred times with (words seen, mean loss in nats per pair since the last
        report's batch).

    Raises
    ------
    ValueError
        If fewer than two different words occur ``min_count`` times, or no word has a neighbour;
        or if the loss is no longer finite.
    TypeError
        If a sentence is a text instead of a list of words.

    Source: Mikolov, Sutskever et al. (2013).

    >>> text = [["salt", "and", "pepper"], ["day", "and", "night"]] * 20
    >>> trained = train(text, SkipGramSettings(dimensions=4, epochs=2, subsample=0))
    >>> trained.vectors
    WordVectors(5 words, 4 dimensions)
    """
    settings = settings or SkipGramSettings()
    began = time.perf_counter()
    device = torch.device(device or "cpu")
    vocabulary = Vocabulary.from_tokens(sentences, min_count=settings.min_count)
    counts = np.fromiter(vocabulary.counts.values(), np.int64)
    if len(counts) < 2:
        raise ValueError(
            f"{len(counts)} words occur {settings.min_count} times or more; give more text or "
            "lower min_count"
        )
    words_of_text = sum(map(len, sentences))
    ids, numbers = _flatten(sentences, vocabulary)
    generator = np.random.default_rng(settings.seed)
    shape = (len(counts), settings.dimensions)
    start = (generator.random(shape, np.float32) - 0.5) / settings.dimensions
    vectors = torch.from_numpy(start).to(device)
    output = torch.zeros_like(vectors)
    losses, seen = [], []
    threads = torch.get_num_threads()
    try:
        if settings.threads:
            torch.set_num_threads(settings.threads)
        for batch, share, measured in _batches(ids, numbers, counts, settings, generator, device):
            if measured:
                rows = vectors[batch.centres], output[batch.others]
                pairs = skip_gram.pairs_in(batch).item()
                if pairs:
                    losses.append(skip_gram.loss(batch, *rows).item() / pairs)
                    seen.append(round(share * words_of_text * settings.epochs))
                    _insist_finite(losses[-1], settings)
                    if report:
                        report(seen[-1], losses[-1])
            fall = settings.learning_rate - settings.final_learning_rate
            skip_gram.step(vectors, output, batch, settings.learning_rate - share * fall)
        matrices = [matrix.cpu().numpy() for matrix in (vectors, output)]
    finally:
        torch.set_num_threads(threads)
    if not losses:
        raise ValueError("no word has a neighbour: every sentence has one word at most")
    _insist_finite(float(np.abs(matrices).sum()), settings)
    words = list(vocabulary.counts)
    seconds = time.perf_counter() - began
    return Trained(
        *(WordVectors(words, matrix) for matrix in matrices),
        counts,
        losses,
        seen,
        seconds,
        words_of_text * settings.epochs / seconds,
    )


def _flatten(
    sentences: Sequence[Sequence[str]], vocabulary: Vocabulary
) -> tuple[np.ndarray, np.ndarray]:
    """Return each kept word's id (from 0, the most frequent) and its sentence's number."""
    every = [np.array(vocabulary.ids(sentence), np.int32) for sentence in sentences]
    numbers = np.repeat(np.arange(len(every), dtype=np.int32), [len(ids) for ids in every])
    ids = np.concatenate(every) - 2  # padding and the unknown word have no vectors here
    known = ids >= 0
    return ids[known], numbers[known]


def _batches(
    ids: np.ndarray,
    numbers: np.ndarray,
    counts: np.ndarray,
    settings: SkipGramSettings,
    generator: np.random.Generator,
    device: torch.device,
) -> Iterator[tuple[skip_gram.Batch, float, bool]]:
    """Yield (batch, share of the training gone by, whether the loss is to be measured)."""
    size, window, blocks = settings.block_size, settings.window, settings.batch_blocks
    keep = keep_probabilities(counts, settings.subsample).astype(np.float32)
    noise_ends = np.cumsum(noise_probabilities(counts, settings.noise_power))
    around = torch.arange(-window, window + 1, dtype=torch.int32, device=device)
    bar = progress(range(settings.epochs), "word2vec")
    for epoch in bar:
        kept = generator.random(len(ids), np.float32) < keep[ids]
        text, left_right = ids[kept], reaches(numbers[kept], window, generator)
        steps = -(-len(text) // (size * blocks))
        places = steps * size * blocks
        padded = np.zeros(places + 2 * window, np.int64)
        padded[window : window + len(text)] = text
        padded = torch.from_numpy(padded).to(device)
        left, right = (
            torch.from_numpy(np.pad(reach, (0, places - len(text)))).to(device)
            for reach in left_right
        )
        reports = min(steps, max(1, _REPORTS // settings.epochs))
        measured = {i * steps // reports for i in range(reports)}
        for number in range(steps):
            first = number * size * blocks
            drawn = generator.random((blocks, settings.block_noise))
            noise = np.searchsorted(noise_ends, drawn).clip(max=len(counts) - 1)
            noise = torch.from_numpy(noise).to(device)
            here = padded[first : first + size * blocks + 2 * window]
            near = here.unfold(0, size + 2 * window, size)
            reach = [r[first : first + size * blocks].view(blocks, size, 1) for r in (left, right)]
            met = ((around >= -reach[0]) & (around <= reach[1]) & (around != 0)).float()
            weight = (reach[0] + reach[1]) * (settings.negatives / settings.block_noise)
            batch = skip_gram.Batch(
                here[window : window + size * blocks].view(blocks, size),
                torch.cat((near, noise), dim=1),
                met,
                weight,
            )
            share = (epoch + number / steps) / settings.epochs
            yield batch, share, number in measured


def _insist_finite(number: float, settings: SkipGramSettings) -> None:
    if not np.isfinite(number):
        raise ValueError(
            f"the loss is no longer finite with learning_rate={settings.learning_rate} and "
            f"batch_blocks={settings.batch_blocks}; lower one of them"
        )
