"""What skip-gram with negative sampling draws by chance: kept words, windows, noise words.

Notebook 03 builds it. Probabilities, and the pairs of a text without a loop over pairs. NumPy
only; knows no vectors and no gradients: those are :mod:`helpers.vectors.skip_gram`.
"""

from collections.abc import Sequence

import numpy as np


def keep_probabilities(counts: Sequence[int] | np.ndarray, subsample: float = 1e-3) -> np.ndarray:
    """Return how likely an occurrence of each word is to stay in the text of an epoch.

    With f a word's share of all occurrences and t = ``subsample``, that is
    min(1, sqrt(t / f) + t / f): half of "the" and of its like may go, rare words all stay.

    Parameters
    ----------
    counts
        How often each word occurs, shape (words,), each at least 1.
    subsample
        The threshold t, a share of the text; 0 keeps everything.

    Returns
    -------
    Probabilities, float64, shape (words,).

    Raises
    ------
    ValueError
        If a count is below 1 or the threshold is negative.

    Source: Mikolov, Sutskever et al. (2013) give sqrt(t / f); their program, whose formula
    this is, adds t / f.

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
    """Return how likely each word is to be drawn as a noise word: its count ** power, normed.

    Power 1 draws as the text does, 0 draws every word alike; 3/4 was found best.

    Parameters
    ----------
    counts
        How often each word occurs, shape (words,), each at least 1.
    power
        The exponent, at least 0.

    Returns
    -------
    Probabilities that sum to 1, float64, shape (words,).

    Raises
    ------
    ValueError
        If a count is below 1 or the power is negative.

    Source: Mikolov, Sutskever et al. (2013).

    >>> noise_probabilities([16, 1]).round(3)
    array([0.889, 0.111])
    """
    counts = _counts(counts)
    if not 0 <= power < np.inf:
        raise ValueError(f"power is {power}; use 0 or more, such as 0.75")
    weights = counts**power
    return weights / weights.sum()


def noise_table(probabilities: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return a long list in which each word stands as often as its probability says.

    A noise word is then the word at a random place of the list: far quicker than a search among
    the probabilities. What the list's length rounds off goes to one side or the other by one
    random shift, so that a new list for each epoch is right on average.

    Parameters
    ----------
    probabilities
        As :func:`noise_probabilities` gives them, shape (words,).
    generator
        Where the shift comes from.

    Returns
    -------
    Ids of words, int32, shape (places,): at least 2 ** 20 places, and 16 for each word.

    >>> table = noise_table(np.array([0.75, 0.25]), np.random.default_rng(0))
    >>> np.bincount(table) / len(table)
    array([0.75, 0.25])
    """
    length = max(2**20, 16 * len(probabilities))
    ends = np.cumsum(probabilities)
    marks = (np.arange(length) + generator.random()) * (ends[-1] / length)
    below = np.searchsorted(marks, ends[:-1])  # how many marks lie in the words so far
    return np.repeat(
        np.arange(len(probabilities), dtype=np.int32), np.diff(below, prepend=0, append=length)
    )


def reaches(
    sentences: np.ndarray, window: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw how far the window of each place reaches to its left and to its right.

    The reach is 1, 2, ... or ``window``, all alike likely, and ends with the sentence. So a
    word d places away is met with probability (window - d + 1) / window: near words count more.

    Parameters
    ----------
    sentences
        The number of each place's sentence, shape (places,); a sentence's places stand together.
    window
        The largest reach, at least 1.
    generator
        Where the draws come from.

    Returns
    -------
    Places to the left and to the right that are met, int32, each of shape (places,).

    >>> left, right = reaches(np.array([7, 7, 7, 8]), 1, np.random.default_rng(0))
    >>> left, right
    (array([0, 1, 1, 0], dtype=int32), array([1, 1, 0, 0], dtype=int32))
    """
    places = len(sentences)
    drawn = generator.integers(1, window, places, np.int32, endpoint=True)
    ends = np.flatnonzero(np.diff(sentences)) + 1
    bounds = np.concatenate(([0], ends, [places])) if places else np.array([0])
    lengths = np.diff(bounds)
    at = np.arange(places, dtype=np.int32)
    left = at - np.repeat(bounds[:-1], lengths).astype(np.int32)
    right = np.repeat(bounds[1:], lengths).astype(np.int32) - 1 - at
    return np.minimum(drawn, left), np.minimum(drawn, right)


def skip_gram_pairs(
    left: np.ndarray, right: np.ndarray, window: int
) -> tuple[np.ndarray, np.ndarray]:
    """List all pairs (place of the centre word, place of a word in its window).

    One comparison for each of the 2 * window distances, none for each pair.

    Parameters
    ----------
    left, right
        How far each place's window reaches, as :func:`reaches` draws it, shape (places,).
    window
        The largest reach.

    Returns
    -------
    Places of the centres and of the context words, each of shape (pairs,).

    >>> centres, contexts = skip_gram_pairs(np.array([0, 1, 1]), np.array([1, 1, 0]), window=1)
    >>> centres, contexts
    (array([0, 1, 1, 2]), array([1, 0, 2, 1]))
    """
    offsets = np.concatenate((np.arange(-window, 0), np.arange(1, window + 1)))
    met = (offsets >= -left[:, None]) & (offsets <= right[:, None])  # (places, 2 window)
    centres, columns = np.nonzero(met)
    return centres, centres + offsets[columns]


def _counts(counts: Sequence[int] | np.ndarray) -> np.ndarray:
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 1 or not len(counts) or not ((counts >= 1) & (counts < np.inf)).all():
        raise ValueError("counts must be a list of numbers, each 1 or more, and not empty")
    return counts
