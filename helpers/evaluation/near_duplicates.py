"""Texts of the test part that the training part holds already, nearly word by word; notebook 09.

Compares sets of five words in a row (shingles), all test texts with all training texts at once, by
one sparse matrix product. Any two lists of texts will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array


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
    matrix = _shingle_matrix([*others, *texts], words)  # (others + texts, shingles)
    known, asked = matrix[: len(others)], matrix[len(others) :]
    shared = (asked @ known.T).tocoo()  # (texts, others)
    sizes, other_sizes = (np.diff(part.indptr) for part in (asked, known))
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


def _shingle_matrix(texts: Sequence[str], words: int) -> csr_array:
    """Say which text (row) has which shingle (column): ones, each once.

    All texts stand in one long array of word numbers. A run of k + 1 words is a run of k and one
    word more, so each round numbers the pairs (run, next word) that occur; no string is built.
    """
    numbers: dict[str, int] = {"": 0}  # 0 fills texts that are shorter than a shingle
    lines = []
    for text in texts:
        line = [numbers.setdefault(word, len(numbers)) for word in text.split()]
        filling = [0] * (words - len(line)) if line else []
        lines.append(np.array(line + filling, dtype=np.int64))
    stream, lengths = np.concatenate(lines), [len(line) for line in lines]
    runs = np.arange(len(stream))[: max(len(stream) - words + 1, 0)]  # where each may begin
    rows = np.repeat(np.arange(len(texts)), lengths)
    runs = runs[rows[runs] == rows[runs + words - 1]]  # those that end in the same text
    numbered = stream[runs]
    for k in range(1, words):
        pairs = numbered * len(numbers) + stream[runs + k]
        numbered = np.unique(pairs, return_inverse=True)[1]
    width = int(numbered.max(initial=-1)) + 1
    shape = len(texts), max(width, 1)
    matrix = csr_array((np.ones(len(runs), dtype=np.int32), (rows[runs], numbered)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def _order(pair: Pair) -> tuple:
    return -pair.similarity, pair.index, pair.other
