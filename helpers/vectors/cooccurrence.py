"""How often do two words stand near each other? Counts for GloVe's objective; notebook 03.

NumPy and SciPy. One pass over the text for each distance, no loop over pairs.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse


def cooccurrences(
    sentences: Sequence[Sequence[int]], words: int, window: int = 5
) -> sparse.csr_matrix:
    """Count for all pairs of words how often they stand at most ``window`` places apart.

    A pair that is d places apart counts 1 / d, in both directions; pairs do not reach from one
    sentence into the next.

    Parameters
    ----------
    sentences
        Ids of words, from 0 to words - 1; negative ids stand for words without a vector and count
        nowhere, but keep their place.
    words
        Size of the vocabulary.

    Returns
    -------
    Counts, float32, sparse and symmetric, of shape (words, words).

    Raises
    ------
    ValueError
        If an id is too large, or the window is below 1.

    Source: Pennington, Socher and Manning (2014), section 4.2.

    >>> cooccurrences([[0, 1, 2]], words=3, window=2).toarray().tolist()
    [[0.0, 1.0, 0.5], [1.0, 0.0, 1.0], [0.5, 1.0, 0.0]]
    """
    if window < 1:
        raise ValueError(f"the window is {window}; give 1 or more")
    lengths = np.array([len(sentence) for sentence in sentences], dtype=np.int64)
    ids = np.fromiter((i for sentence in sentences for i in sentence), np.int64, lengths.sum())
    if ids.size and ids.max() >= words:
        raise ValueError(f"an id is {ids.max()}; there are {words} words, from 0 to {words - 1}")
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    total = sparse.csr_matrix((words, words), dtype=np.float32)
    for distance in range(1, min(window, len(ids) - 1) + 1 if len(ids) else 0):
        left, right = ids[:-distance], ids[distance:]
        there = (sentence[:-distance] == sentence[distance:]) & (left >= 0) & (right >= 0)
        left, right = left[there], right[there]
        ones = np.full(len(left), 1 / distance, dtype=np.float32)
        total = total + sparse.coo_matrix((ones, (left, right)), (words, words)).tocsr()
    return (total + total.T).tocsr()
