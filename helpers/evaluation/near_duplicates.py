"""Texts of the test part that the training part holds already, nearly word by word; notebook 09.

Compares sets of five words in a row (shingles), all test texts with all training texts at once, by
one sparse matrix product. Any two lists of texts will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer


@dataclass(frozen=True)
class Pair:
    """Text ``index`` and the text ``other`` most like it; ``similarity`` from 0 to 1."""

    index: int
    other: int
    similarity: float


def near_duplicates(
    texts: Sequence[str], others: Sequence[str], threshold: float = 0.5, words: int = 5
) -> list[Pair]:
    """Find for each of ``texts`` the most similar of ``others``, if it is similar enough.

    Parameters
    ----------
    texts, others
        E.g. the test and the training part; words are what stands between spaces.
    threshold
        Smallest Jaccard similarity: shared shingles over all shingles of both.
    words
        Length of a shingle; a shorter text is one shingle.

    Returns
    -------
    Pairs, the most similar first.

    Raises
    ------
    ValueError
        If the threshold is not above 0 and at most 1, or a shingle has no word.

    Source: Broder (1997), On the resemblance and containment of documents.

    >>> near_duplicates(["oil rose a lot today again"], ["x", "oil rose a lot today again"])
    [Pair(index=0, other=1, similarity=1.0)]
    """
    if not 0 < threshold <= 1 or words < 1:
        raise ValueError(
            f"threshold {threshold}, {words} words: give 0 < threshold <= 1, words >= 1"
        )
    if not len(texts) or not len(others):
        return []
    counter = CountVectorizer(analyzer=lambda text: shingles(text, words), binary=True)
    known = counter.fit_transform(others).astype(np.int32)  # (others, shingles)
    asked = counter.transform(texts).astype(np.int32)  # (texts, shingles that are known)
    shared = (asked @ known.T).tocoo()
    sizes = np.array([len(shingles(text, words)) for text in texts])
    other_sizes = np.asarray(known.sum(axis=1)).ravel()
    both = sizes[shared.row] + other_sizes[shared.col] - shared.data
    similarity = shared.data / both
    best: dict[int, Pair] = {}
    for i in np.flatnonzero(similarity >= threshold):
        pair = Pair(int(shared.row[i]), int(shared.col[i]), float(similarity[i]))
        if pair.index not in best or _order(pair) < _order(best[pair.index]):
            best[pair.index] = pair
    return sorted(best.values(), key=_order)


def shingles(text: str, words: int = 5) -> set[str]:
    """Return every run of ``words`` words of a text, each once.

    >>> sorted(shingles("a b c d", words=3))
    ['a b c', 'b c d']
    """
    split = text.split()
    last = max(len(split) - words, 0)
    return {" ".join(split[i : i + words]) for i in range(last + 1)} if split else set()


def _order(pair: Pair) -> tuple:
    return -pair.similarity, pair.index, pair.other
