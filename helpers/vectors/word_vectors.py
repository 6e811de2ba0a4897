"""Words as vectors: look one up, find its neighbours, complete an analogy.

Notebook 02 builds it. The matrix stays on disk until it is needed (memory-mapped), so that the
first answer comes in well under a second; NumPy only. Published vectors come by name from
:mod:`helpers.sources.published_vectors`. Reading other people's text files is left to
:mod:`helpers.vectors.formats`, testing vectors to :mod:`helpers.vectors.tests_of_meaning`.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from helpers.vectors.nearest import near_spellings, nearest_rows, unit


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
        """Return a copy of the word's vector, shape (dimensions,); raises as :meth:`index`."""
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
            lower = word.lower()
            near = [lower] if lower in self._index else near_spellings(word, self.words)
            hint = f"; near in spelling: {', '.join(map(repr, near))}" if near else ""
            raise UnknownWord(f"no vector for {word!r}{hint}") from None

    def unit(self, word: str) -> np.ndarray:
        """Return the word's vector divided by its length, shape (dimensions,).

        Raises
        ------
        ValueError
            If the vector is zero or not finite: then it has no direction.
        """
        return unit(self[word], f"the vector of {word!r}")

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
        return self._nearest(unit(np.asarray(word_or_vector), "the vector"), n, set())

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
        return self._nearest(unit(vector, f"{b!r} - {a!r} + {c!r}"), n, asked)

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

    def _nearest(self, direction: np.ndarray, n: int, rows: set[int]) -> list[tuple[str, float]]:
        found = nearest_rows(self.matrix, self.lengths, direction, n, left_out=rows)
        return [(self.words[row], cosine) for row, cosine in found]


def load(folder: str | Path) -> WordVectors:
    """Open the word vectors in a folder that ``formats.save`` wrote.

    Parameters
    ----------
    folder
        Holds ``vectors.npy`` and ``words.txt``.

    Returns
    -------
    Vectors whose matrix is memory-mapped: numbers are read from disk when they are first used.

    Raises
    ------
    FileNotFoundError
        If one of the two is not there.
    ValueError
        If they do not belong together.
    """
    folder = Path(folder)
    for name in ("vectors.npy", "words.txt"):
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"there is no {name} in {folder}; helpers.vectors.formats.save writes such a "
                "folder, and helpers.sources.published_vectors opens published vectors by name"
            )
    matrix = np.load(folder / "vectors.npy", mmap_mode="r")
    # Words may hold characters that str.splitlines takes for line ends: only "\n" is one.
    words = (folder / "words.txt").read_bytes().decode("utf-8").split("\n")
    if words.pop() != "":
        raise ValueError(f"{folder / 'words.txt'} is cut off: its last line has no end")
    return WordVectors(words, matrix)


def matrix_for(
    vectors: WordVectors, tokens: Iterable[str], seed: int = 0
) -> tuple[np.ndarray, float]:
    """Collect the vectors of tokens, row i for token i: a model's first layer.

    Parameters
    ----------
    vectors
        Where to look the words up.
    tokens
        In the order of their ids, as a ``Vocabulary`` gives them: first padding and the unknown
        word, which are no words. Their rows become zero, for they say nothing; words without a
        vector get normal random rows around zero, as spread out as those found.
    seed
        Decides the random rows; the same seed gives the same matrix.

    Returns
    -------
    The matrix, float32, shape (tokens, dimensions), and the share of the words that were found
    (padding and unknown are not counted; 0.0 if there are no words).

    >>> vectors = WordVectors(["cat", "dog"], np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> matrix, share = matrix_for(vectors, ["<pad>", "<unk>", "dog", "unicorn"])
    >>> matrix[:3], share
    (array([[0., 0.],
           [0., 0.],
           [3., 4.]], dtype=float32), 0.5)
    """
    tokens = list(tokens)
    wanted = {token: i for i, token in enumerate(tokens) if i > 1}
    found = [(wanted[word], row) for row, word in enumerate(vectors.words) if word in wanted]
    ids, rows = [i for i, _ in found], [row for _, row in found]
    if len(set(ids)) < len(ids):
        vectors.index(vectors.words[0])  # says which word has two rows
    matrix = np.empty((len(tokens), vectors.dimensions), np.float32)
    matrix[ids] = vectors.matrix[rows]
    spread = matrix[ids].std() if ids else 0.1
    without = np.ones(len(tokens), bool)
    without[ids] = False
    generator = np.random.default_rng(seed)
    matrix[without] = generator.normal(0, spread, (without.sum(), vectors.dimensions))
    matrix[:2] = 0
    return matrix, len(ids) / max(1, len(tokens) - 2)
