"""What skip-gram with negative sampling draws: kept words, noise words, windows and their weights.

Notebook 03 builds it. NumPy only; knows no vectors and no gradients, which are in
:mod:`helpers.vectors.word2vec`. Source: Mikolov, Sutskever et al. (2013).
"""

from collections.abc import Sequence

import numpy as np


def keep_probabilities(counts: Sequence[int] | np.ndarray, subsample: float = 1e-3) -> np.ndarray:
    """Return how likely an occurrence of each word is to stay in the text of an epoch.

    With f a word's share of all occurrences and t = ``subsample``, that is
    min(1, sqrt(t / f) + t / f), as in word2vec's program (the paper has the root alone): most of
    "the" may go, rare words all stay. A threshold of 0 keeps everything. ``counts`` and the result
    have shape (words,). A count below 1 or a threshold outside [0, 1) is a ValueError.

    >>> keep_probabilities([9_000, 900, 100], subsample=0.01).round(3)
    array([0.117, 0.444, 1.   ])
    """
    counts = _counts(counts)
    if not 0 <= subsample < 1:
        raise ValueError(f"subsample is {subsample}; use a share such as 1e-3, or 0 for none")
    if subsample == 0:
        return np.ones(len(counts))
    ratio = subsample * counts.sum() / counts
    return np.minimum(1.0, np.sqrt(ratio) + ratio)


def noise_probabilities(counts: Sequence[int] | np.ndarray, power: float = 0.75) -> np.ndarray:
    """Return how likely each word is to be drawn as noise: its count ** power, over their sum.

    Power 1 draws as the text does, 0 draws all words alike; 3/4 was found best. ``counts`` and the
    result have shape (words,). A count below 1 or a negative power is a ValueError.

    >>> noise_probabilities([16, 1]).round(3)
    array([0.889, 0.111])
    """
    counts = _counts(counts)
    if not 0 <= power < np.inf:
        raise ValueError(f"the noise power is {power}; use 0 or more, such as 0.75")
    weights = counts**power
    return weights / weights.sum()


def noise_table(probabilities: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return a long list, int32, that holds each word's row as often as its probability says.

    A noise word is then whatever is at a random place of the list, which is much faster than a
    search among the probabilities. The list has 2 ** 20 places or more; a random shift decides
    which way their number is rounded, so that a new list for each epoch is right on average.

    >>> table = noise_table(np.array([0.75, 0.25]), np.random.default_rng(0))
    >>> np.bincount(table) / len(table)
    array([0.75, 0.25])
    """
    length = max(2**20, 16 * len(probabilities))
    ends = np.cumsum(probabilities)
    marks = (np.arange(length) + generator.random()) * (ends[-1] / length)
    below = np.searchsorted(marks, ends[:-1])  # how many marks lie in the words so far
    rows = np.arange(len(probabilities), dtype=np.int32)
    return np.repeat(rows, np.diff(below, prepend=0, append=length))


def reaches(
    sentences: np.ndarray, window: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw how many places each window reaches to its left and to its right.

    The reach is 1, 2, ... or ``window``, all equally likely, and ends with the sentence. So a word
    d places away is met with probability (window - d + 1) / window: near words count more.
    ``sentences`` holds the number of each place's sentence, whose places are side by side. It and
    both results, int32, have shape (places,).

    >>> reaches(np.array([7, 7, 7, 8]), 1, np.random.default_rng(0))
    (array([0, 1, 1, 0], dtype=int32), array([1, 1, 0, 0], dtype=int32))
    """
    places = len(sentences)
    drawn = generator.integers(1, window, places, np.int32, endpoint=True)
    starts = np.flatnonzero(np.diff(sentences, prepend=-1)).astype(np.int32)
    lengths = np.diff(starts, append=np.int32(places))
    left = np.arange(places, dtype=np.int32) - np.repeat(starts, lengths)
    right = np.repeat(lengths, lengths) - 1 - left
    return np.minimum(drawn, left), np.minimum(drawn, right)


def window_weights(size: int, window: int, negatives: int, noise: int) -> np.ndarray:
    """Return how much each word that a block of ``size`` centres is scored with counts.

    These others are the places from ``window`` before the block to ``window`` after it, then its
    ``noise`` words. A place counts 1 if it is in the centre's window, else 0. A noise word counts
    as often as it is used: ``negatives`` for each place in the window, shared by all noise words.
    The indices of the table are the window's reach to the left and to the right, the centre's
    place in the block, and the other: float32, shape (window + 1, window + 1, size, others).

    >>> window_weights(size=2, window=1, negatives=3, noise=2)[0, 1]  # reaching to the right only
    array([[0. , 0. , 1. , 0. , 1.5, 1.5],
           [0. , 0. , 0. , 1. , 1.5, 1.5]], dtype=float32)
    """
    width = size + 2 * window
    left, right, at, other = np.ogrid[: window + 1, : window + 1, :size, : width + noise]
    away = other - window - at
    near = (away >= -left) & (away <= right) & (away != 0)
    return np.where(other < width, near, (left + right) * negatives / noise).astype(np.float32)


def _counts(counts: Sequence[int] | np.ndarray) -> np.ndarray:
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 1 or not len(counts) or not ((counts >= 1) & (counts < np.inf)).all():
        raise ValueError("counts must be a list of numbers, each 1 or more, and not empty")
    return counts
