"""Words as vectors: look one up, find its neighbours, complete an analogy.

Notebook 02 builds it. The matrix stays on disk until it is needed (memory-mapped), so that the
first answer comes in well under a second; NumPy only. Reading other people's text files is
:mod:`helpers.vectors.formats`, testing vectors :mod:`helpers.vectors.tests_of_meaning`, and
putting them into a model :mod:`helpers.vectors.embedding_matrix`.
"""

import difflib
import os
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from helpers import assets


class UnknownWord(KeyError):
    """A word that has no vector; the message names words that are spelled nearly so."""

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError itself would show the sentence in quotes


class WordVectors:
    """Words and their vectors: row i of the matrix belongs to word i.

    Parameters
    ----------
    words
        All different; the most frequent first, where their frequency is known.
    matrix
        Shape (words, dimensions), floating point; may be memory-mapped. Not copied.

    Raises
    ------
    ValueError
        If words and matrix do not fit together.

    >>> v = WordVectors(["up", "down", "left"], np.array([[0.0, 2.0], [0.0, -1.0], [-3.0, 0.0]]))
    >>> v["up"]
    array([0., 2.])
    >>> v.similarity("up", "down")
    -1.0
    >>> v.neighbours("up", n=1)
    [('left', 0.0)]
    """

    def __init__(self, words: Sequence[str], matrix: np.ndarray):
        matrix = np.asarray(matrix)  # a plain view, where it is memory-mapped
        if matrix.ndim != 2 or matrix.shape[1] == 0 or not np.issubdtype(matrix.dtype, np.floating):
            raise ValueError(
                f"the matrix has shape {matrix.shape} and type {matrix.dtype}; expected floating "
                "point numbers of shape (words, dimensions)"
            )
        if len(words) != len(matrix):
            raise ValueError(f"{len(words):,} words, but {len(matrix):,} rows in the matrix")
        self.words, self.matrix = words, matrix

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return self.matrix.shape[1]

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        return f"WordVectors({len(self):,} words, {self.dimensions} dimensions)"

    def __contains__(self, word: str) -> bool:
        return word in self._index

    def __getitem__(self, word: str) -> np.ndarray:
        """Return a copy of the word's vector, shape (dimensions,)."""
        return self.matrix[self.index(word)].copy()

    def index(self, word: str) -> int:
        """Return the word's row.

        Raises
        ------
        UnknownWord
            A KeyError that names up to three words spelled nearly so.
        """
        if not isinstance(word, str):
            raise TypeError(f"a word is asked for, not {type(word).__name__}")
        try:
            return self._index[word]
        except KeyError:
            near = self._near_spellings(word)
            hint = f"; near in spelling: {', '.join(map(repr, near))}" if near else ""
            raise UnknownWord(f"no vector for {word!r}{hint}") from None

    def unit(self, word: str) -> np.ndarray:
        """Return the word's vector divided by its length, shape (dimensions,).

        Raises
        ------
        UnknownWord
            If the word has no vector.
        ValueError
            If its vector is zero or not finite: then it has no direction.
        """
        return _unit(self[word], f"the vector of {word!r}")

    def similarity(self, a: str, b: str) -> float:
        """Return the cosine of the angle between two words' vectors, from -1 to 1.

        Raises as :meth:`unit` does.
        """
        return float(np.clip(self.unit(a) @ self.unit(b), -1, 1))

    def neighbours(self, word_or_vector: str | np.ndarray, n: int = 10) -> list[tuple[str, float]]:
        """Return the n words whose vectors make the smallest angles with the given one.

        Parameters
        ----------
        word_or_vector
            A word, which is then not its own neighbour, or a vector of shape (dimensions,).
        n
            How many; fewer come back if there are no more. Words whose vector is zero have no
            direction and are nobody's neighbours.

        Returns
        -------
        Pairs (word, cosine), the nearest first; of equal cosines the earlier word first.
        """
        if isinstance(word_or_vector, str):
            return self._nearest(self.unit(word_or_vector), n, {self.index(word_or_vector)})
        return self._nearest(_unit(np.asarray(word_or_vector), "the vector"), n, set())

    def analogy(self, a: str, b: str, c: str, n: int = 1) -> list[tuple[str, float]]:
        """Complete "a is to b as c is to ...": the words nearest to b - a + c.

        The three vectors are first brought to length one (3CosAdd); the three words of the
        question are not among the answers.

        Returns
        -------
        n pairs (word, cosine), the best first.

        Source: Mikolov, Yih and Zweig (2013); the name 3CosAdd: Levy and Goldberg (2014).

        >>> grid = np.array([[1.0, 1.0], [1.0, -1.0], [2.0, 1.0], [1.0, -0.2], [-1.0, 0.0]])
        >>> v = WordVectors(["man", "woman", "king", "queen", "pear"], grid)
        >>> v.analogy("man", "woman", "king")[0][0]
        'queen'
        """
        vector = self.unit(b) - self.unit(a) + self.unit(c)
        asked = {self.index(word) for word in (a, b, c)}
        return self._nearest(_unit(vector, f"{b!r} - {a!r} + {c!r}"), n, asked)

    def most_frequent(self, count: int) -> "WordVectors":
        """Return the first ``count`` words alone; nothing is copied from the matrix."""
        return WordVectors(self.words[:count], self.matrix[:count])

    @cached_property
    def lengths(self) -> np.ndarray:
        """The Euclidean length of every vector, shape (words,).

        Raises
        ------
        ValueError
            If a vector is not finite; the message names its word.
        """
        lengths = np.sqrt(np.einsum("ij,ij->i", self.matrix, self.matrix))
        if not np.isfinite(lengths).all():
            bad = self.words[int(np.argmin(np.isfinite(lengths)))]
            raise ValueError(f"the vector of {bad!r} has a number that is not finite, or too large")
        return lengths

    @cached_property
    def _index(self) -> dict[str, int]:
        index = dict(zip(self.words, range(len(self.words)), strict=True))
        if len(index) < len(self.words):  # a later twin has taken the earlier one's place
            twin = next(word for i, word in enumerate(self.words) if index[word] != i)
            raise ValueError(f"the word {twin!r} stands more than once among the words")
        return index

    def _nearest(self, unit: np.ndarray, n: int, left_out: set[int]) -> list[tuple[str, float]]:
        if unit.shape != (self.dimensions,):
            raise ValueError(f"a vector of shape {unit.shape}; expected ({self.dimensions},)")
        if n < 1:
            raise ValueError(f"n is {n}; ask for one neighbour or more")
        lengths = self.lengths
        products = self.matrix @ unit.astype(self.matrix.dtype, copy=False)  # (words,)
        cosines = np.full(len(self), -np.inf, products.dtype)
        np.divide(products, lengths, out=cosines, where=lengths > 0)
        cosines[list(left_out)] = -np.inf
        # Ties at the border are all kept for the sort, so that the earlier word wins there too.
        border = np.partition(cosines, -n)[-n] if n < len(self) else -np.inf
        best = np.flatnonzero((cosines >= border) & (cosines > -np.inf))
        best = best[np.argsort(-cosines[best], kind="stable")][:n]
        return [(self.words[i], float(np.clip(cosines[i], -1, 1))) for i in best]

    def _near_spellings(self, word: str) -> list[str]:
        if word.lower() in self._index:
            return [word.lower()]
        # Comparing with every word takes seconds; those alike at first sight are enough.
        likely = (w for w in self.words if w[:1] == word[:1] and abs(len(w) - len(word)) < 3)
        candidates = [w for w, _ in zip(likely, range(10_000), strict=False)]
        return difflib.get_close_matches(word, candidates, n=3, cutoff=0.75)


def load(name_or_folder: str | Path) -> WordVectors:
    """Open the word vectors of an asset, or of a folder that :func:`save` wrote.

    Parameters
    ----------
    name_or_folder
        An asset's name (``"glove-6b-50d"``), or a ``Path``.

    Returns
    -------
    Vectors whose matrix is memory-mapped: numbers are read from disk when they are first used.

    Raises
    ------
    ValueError
        If ``vectors.npy`` and ``words.txt`` there do not belong together.
    """
    folder = assets.path(name_or_folder) if isinstance(name_or_folder, str) else name_or_folder
    matrix = np.load(folder / "vectors.npy", mmap_mode="r")
    # Words may hold characters that str.splitlines takes for line ends: only "\n" is one.
    words = (folder / "words.txt").read_bytes().decode("utf-8").split("\n")
    if words.pop() != "":
        raise ValueError(f"{folder / 'words.txt'} is cut off: its last line has no end")
    return WordVectors(words, matrix)


def save(vectors: WordVectors, folder: str | Path) -> None:
    """Write ``vectors.npy`` and ``words.txt`` into a new folder, whole or not at all.

    A text file takes seconds to minutes to read (:mod:`helpers.vectors.formats`);
    what is saved here opens at once: ``load(Path(folder))``.

    Raises
    ------
    FileExistsError
        If the folder exists already.
    ValueError
        If a word has a line break inside.
    """
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(f"{folder} exists already; delete it or choose another name")
    broken = next((word for word in vectors.words if "\n" in word), None)
    if broken is not None:
        raise ValueError(f"the word {broken!r} has a line break inside")
    beside = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    shutil.rmtree(beside, ignore_errors=True)  # left behind by a killed process of that number
    beside.mkdir(parents=True)
    np.save(beside / "vectors.npy", vectors.matrix)
    (beside / "words.txt").write_bytes("".join(f"{word}\n" for word in vectors.words).encode())
    os.rename(beside, folder)


def _unit(vector: np.ndarray, what: str) -> np.ndarray:
    length = np.sqrt(np.sum(vector * vector))
    if not np.isfinite(length) or length == 0:
        raise ValueError(f"{what} has length {length}, so it has no direction")
    return vector / length
