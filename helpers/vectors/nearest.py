"""The nearest rows of a matrix by cosine, and the nearest spellings of a word.

Notebook 02 builds it; whatever is searched by angle can use it. NumPy only; knows no words
beyond their letters.
"""

import difflib
from collections.abc import Collection, Sequence

import numpy as np


def unit(vector: np.ndarray, what: str = "the vector") -> np.ndarray:
    """Return the vector divided by its length, same shape (dimensions,).

    Raises
    ------
    ValueError
        If it is zero or not finite, so that it has no direction; ``what`` names it there.

    >>> unit(np.array([3.0, 4.0]))
    array([0.6, 0.8])
    """
    length = np.sqrt(np.sum(vector * vector))
    if not np.isfinite(length) or length == 0:
        raise ValueError(f"{what} has length {length}, so it has no direction")
    return vector / length


def nearest_rows(
    matrix: np.ndarray,
    lengths: np.ndarray,
    direction: np.ndarray,
    n: int,
    left_out: Collection[int] = (),
) -> list[tuple[int, float]]:
    """Return the n rows that make the smallest angles with a direction.

    Parameters
    ----------
    matrix
        Shape (rows, dimensions).
    lengths
        The Euclidean length of each row, shape (rows,). Rows of length zero never come back.
    direction
        A vector of length one, shape (dimensions,).
    n
        How many, at least one; fewer come back if there are no more.
    left_out
        Rows that shall not come back.

    Returns
    -------
    Pairs (row, cosine), the nearest first; of equal cosines the earlier row first.

    >>> matrix = np.array([[2.0, 0.0], [0.0, 0.0], [3.0, 4.0]])
    >>> nearest_rows(matrix, np.array([2.0, 0.0, 5.0]), np.array([1.0, 0.0]), n=3)
    [(0, 1.0), (2, 0.6)]
    """
    if direction.shape != matrix.shape[1:]:
        raise ValueError(f"a vector of shape {direction.shape}; expected {matrix.shape[1:]}")
    if n < 1:
        raise ValueError(f"n is {n}; ask for one neighbour or more")
    products = matrix @ direction.astype(matrix.dtype, copy=False)  # (rows,)
    cosines = np.full(len(matrix), -np.inf, products.dtype)
    np.divide(products, lengths, out=cosines, where=lengths > 0)
    cosines[list(left_out)] = -np.inf
    # Ties at the border are all kept for the sort, so that the earlier row wins there too.
    border = np.partition(cosines, -n)[-n] if n < len(cosines) else -np.inf
    best = np.flatnonzero((cosines >= border) & (cosines > -np.inf))
    best = best[np.argsort(-cosines[best], kind="stable")][:n]
    return [(int(i), float(np.clip(cosines[i], -1, 1))) for i in best]


def near_spellings(word: str, words: Sequence[str]) -> list[str]:
    """Return up to three of ``words`` that are spelled nearly like ``word``, quickly.

    Comparing with hundreds of thousands of words takes seconds, so only those are compared
    that begin alike and are about as long, the first 10,000 of them.

    >>> near_spellings("elefant", ["dog", "elephant", "element"])
    ['elephant', 'element']
    """
    likely = (w for w in words if w[:1] == word[:1] and abs(len(w) - len(word)) < 3)
    candidates = [w for w, _ in zip(likely, range(10_000), strict=False)]
    return difflib.get_close_matches(word, candidates, n=3, cutoff=0.7)
