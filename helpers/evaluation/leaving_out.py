"""What did each word of a text do? Leave it out and look at the score; notebook 16 builds it.

Knows no model: it asks a function for the score of each text, the probability of the first class.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike


def log_odds(probability: ArrayLike) -> np.ndarray:
    """Return ln(p / (1 - p)), the score that a sigmoid turns into p; 0 for p = 0.5.

    Probabilities of 0 and 1 count as 1e-7 and 1 - 1e-7, so that nothing is infinite.

    >>> log_odds([0.5, 0.9]).round(2).tolist()
    [0.0, 2.2]
    """
    p = np.clip(np.asarray(probability, dtype=float), 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))


def leave_one_out(words: Sequence[str], score: Callable[[list[str]], ArrayLike]) -> np.ndarray:
    """Return how far the log odds fall when each word is left out, shape (words,).

    For a model that adds up a weight for each word, that is the word's weight. Where words act
    together, the numbers need not add up to anything.

    Parameters
    ----------
    words
        A text in pieces, two or more; they are joined by spaces.
    score
        From texts to the probability of the first class for each, shape (texts,).

    Raises
    ------
    ValueError
        If there are fewer than two words: without its only word, a text is empty.

    Source: Li, Monroe and Jurafsky (2016).

    >>> leave_one_out(["a", "fine", "film"], lambda ts: [0.9 if "fine" in t else 0.5 for t in ts])
    array([0.        , 2.19722458, 0.        ])
    """
    words = list(words)
    if len(words) < 2:
        raise ValueError(f"{words} has {len(words)} words; leaving one out needs two or more")
    shorter = [" ".join(words[:i] + words[i + 1 :]) for i in range(len(words))]
    whole, *rest = log_odds(score([" ".join(words), *shorter]))
    return whole - np.array(rest)
