"""02-cosines: the cosines of all rows of one matrix with all rows of another, without a loop."""

from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.inputs import numbers
from helpers.exercises.restrictions import steps
from helpers.sources import published_vectors

A = np.array([[3.0, 4.0], [1.0, 0.0], [-2.0, 2.0]])
B = np.array([[4.0, 3.0], [0.0, 5.0]])


def _length(x: np.ndarray, axis: int | None = 1) -> np.ndarray:
    return np.linalg.norm(x, axis=axis, keepdims=True)


def _cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = np.asarray(a, float), np.asarray(b, float)
    return (a / _length(a)) @ (b / _length(b)).T


MISTAKES = {
    "that is the plain dot product; it still has to be divided by both lengths": (
        lambda a, b: a @ b.T
    ),
    "the lengths of A's rows are divided out, those of B's are not": (
        lambda a, b: a / _length(a) @ b.T
    ),
    "the lengths of B's rows are divided out, those of A's are not": (
        lambda a, b: a @ (b / _length(b)).T
    ),
    "the squared lengths are divided out; take their roots": (
        lambda a, b: (a / _length(a) ** 2) @ (b / _length(b) ** 2).T
    ),
    "the roots of the lengths are divided out; a length is one root of a sum of squares": (
        lambda a, b: (a / _length(a) ** 0.5) @ (b / _length(b) ** 0.5).T
    ),
    "that is the Euclidean distance, not the cosine": (
        lambda a, b: np.linalg.norm(a[:, None] - b, axis=2)
    ),
    "that is 1 - cosine, the cosine distance": lambda a, b: 1 - _cosines(a, b),
    "the sign is lost; vectors that point apart have a cosine below 0": (
        lambda a, b: np.abs(_cosines(a, b))
    ),
    "the sign is reversed": lambda a, b: -_cosines(a, b),
    "what lies below 0 is cut off; cosines go from -1 to 1": (
        lambda a, b: np.maximum(_cosines(a, b), 0)
    ),
    "that is (1 + cosine) / 2, shifted into the range from 0 to 1": (
        lambda a, b: (1 + _cosines(a, b)) / 2
    ),
    "that is the square of the cosine": lambda a, b: _cosines(a, b) ** 2,
    "the lengths run over axis 0, down the columns, instead of along each row": (
        lambda a, b: (a / _length(a, 0)) @ (b / _length(b, 0)).T
    ),
    "each matrix is divided by one number, its own total length, not row by row": (
        lambda a, b: (a / _length(a, None)) @ (b / _length(b, None)).T
    ),
    "rows are divided by the sum of their absolute values, not by their length": (
        lambda a, b: (
            (a / np.abs(a).sum(1, keepdims=True)) @ (b / np.abs(b).sum(1, keepdims=True)).T
        )
    ),
    "the rows' means are taken away first: that is a correlation, not a cosine": (
        lambda a, b: _cosines(a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True))
    ),
    "that is the angle in radians; its cosine is asked for": (
        lambda a, b: np.arccos(np.clip(_cosines(a, b), -1, 1))
    ),
}  # fmt: skip


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(201)
    cases = [(np.array([[2.0]]), np.array([[-4.0]])), (A, B), (B, A), (A, A)]
    shapes = (
        (1, 1, 3),
        (1, 4, 2),
        (4, 1, 2),
        (2, 2, 2),
        (3, 3, 3),
        (3, 5, 2),
        (5, 3, 4),
        (40, 30, 50),
    )
    for m, n, d in shapes:
        for scale in (1.0, 1 / 64, 64.0):
            cases.append((numbers(random, m, d, scale=scale), numbers(random, n, d)))
    rows = numbers(random, 6, 4) * 2.0 ** np.arange(-6, 6, 2)[:, None]  # of very different lengths
    cases += [(rows, rows[::-1] * -3), (rows.astype(np.float32), rows[1:].astype(np.float32))]
    return [
        *cases,
        (np.array([[3.0, 4.0], [-5.0, 12.0]]), np.array([[1.0, 0.0], [6.0, -8.0], [2.0, 2.0]])),
    ]


def _shape(answer: Answer) -> None:
    answer.array(A, B, shape=(3, 2))


def _values(answer: Answer) -> None:
    against(answer, _cosines, _cases(), "AB", MISTAKES)
    random = np.random.default_rng(202)
    few = steps(answer, numbers(random, 3, 2), numbers(random, 2, 2))
    many = steps(answer, numbers(random, 60, 50), numbers(random, 40, 50))
    if many > few + 30:
        raise Diagnosis(
            f"The cosines are right, but with 60 and 40 rows your code runs {many:,} lines of "
            f"Python, with 3 and 2 rows {few:,}: it loops. One product of matrices does it all."
        )


@cache
def _glove() -> list[Case]:
    glove = published_vectors.load("glove-6b-50d")
    words = ["bank", "money", "river", "film", "actor", "chip"]
    rows = np.array([glove[word] for word in words])
    said = f"GloVe's vectors of {words[0]} and {words[1]}, and of {', '.join(words)}"
    return [
        Case((kind(rows[:2]), kind(rows)), said + told)
        for kind, told in ((np.float64, ""), (np.float32, ", in float32"))
    ]


def _real(answer: Answer) -> None:
    against(answer, _cosines, _glove(), mistakes=MISTAKES)


COSINES = Exercise(
    name="02-cosines",
    title="All cosines at once",
    difficulty=1,
    minutes=8,
    prompt="""
Given $A$, shape $(m, d)$, and $B$, shape $(n, d)$, return the cosines of every row of $A$ with
every row of $B$, shape $(m, n)$, without a loop.
""",
    answer="all_cosines",
    starter='''
import numpy as np


def all_cosines(A, B):
    """Two sets of vectors (m, d) and (n, d) -> cosines (m, n)."""
    return ...  # your turn
''',
    hints=(
        "Bring the rows to length one before you multiply.",
        "np.linalg.norm along one axis gives a length for each row; only with that axis kept, of "
        "shape (m, 1), does it meet its own row. And which product takes every row with every row?",
    ),
    solution="""
import numpy as np


def all_cosines(A, B):
    A = A / np.linalg.norm(A, axis=1, keepdims=True)
    B = B / np.linalg.norm(B, axis=1, keepdims=True)
    return A @ B.T
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "multiplies the wrong way round",
            "shape (2, 3), expected shape (3, 2)",
            ("A @ B.T", "B @ A.T"),
            fails="shape",
        ),
        Wrong(
            "forgets to keep the axis",
            "keepdims=True",
            ("A, axis=1, keepdims=True", "A, axis=1"),
            fails="shape",
        ),
        Wrong("changes its input", "changes its input", ("A = A / np", "A /= np"), fails="shape"),
        Wrong(
            "takes the dot product",
            "the plain dot product",
            code="""
def all_cosines(A, B):
    return A @ B.T
""",
        ),
        Wrong(
            "forgets B",
            "those of B's are not",
            ("    B = B / np.linalg.norm(B, axis=1, keepdims=True)\n", ""),
        ),
        Wrong(
            "forgets A",
            "those of A's are not",
            ("    A = A / np.linalg.norm(A, axis=1, keepdims=True)\n", ""),
        ),
        Wrong(
            "takes one length for all",
            "divided by one number",
            code="""
import numpy as np


def all_cosines(A, B):
    return A @ B.T / np.linalg.norm(A) / np.linalg.norm(B)
""",
        ),
        Wrong(
            "takes the cosine distance",
            "the cosine distance",
            ("return A @ B.T", "return 1 - A @ B.T"),
        ),
        Wrong(
            "measures down the columns",
            "down the columns",
            code="""
import numpy as np


def all_cosines(A, B):
    return (A / np.linalg.norm(A, axis=0)) @ (B / np.linalg.norm(B, axis=0)).T
""",
        ),
        Wrong(
            "takes absolute values", "the sign is lost", ("return A @ B.T", "return abs(A @ B.T)")
        ),
        Wrong(
            "cuts at 0", "below 0 is cut off", ("return A @ B.T", "return np.clip(A @ B.T, 0, 1)")
        ),
        Wrong(
            "divides by sums",
            "the sum of their absolute values",
            code="""
import numpy as np


def all_cosines(A, B):
    A = A / np.abs(A).sum(axis=1, keepdims=True)
    B = B / np.abs(B).sum(axis=1, keepdims=True)
    return A @ B.T
""",
        ),
        Wrong(
            "takes means away",
            "that is a correlation",
            code="""
import numpy as np


def all_cosines(A, B):
    return np.corrcoef(A, B)[: len(A), len(A) :]
""",
        ),
        Wrong(
            "loops",
            "it loops",
            code="""
import numpy as np


def all_cosines(A, B):
    return np.array([[a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in B] for a in A])
""",
        ),
        Wrong(
            "loops over the rows of A",
            "it loops",
            code="""
import numpy as np


def all_cosines(A, B):
    lengths = np.linalg.norm(B, axis=1)
    return np.stack([B @ a / (lengths * np.linalg.norm(a)) for a in A])
""",
        ),
        Wrong(
            "adds 1 to the lengths",
            "expected",
            (
                "A = A / np.linalg.norm(A, axis=1, keepdims=True)",
                "A = A / (np.linalg.norm(A, axis=1, keepdims=True) + 1)",
            ),
        ),
        Wrong(
            "pairs the rows",
            "could not be broadcast",
            fails="shape",
            code="""
import numpy as np


def all_cosines(A, B):
    products = (A * B).sum(axis=1)
    return products / np.linalg.norm(A, axis=1) / np.linalg.norm(B, axis=1)
""",
        ),
    ),
    right=(
        Right(
            "by one division",
            code="""
import numpy as np


def all_cosines(A, B):
    lengths = np.outer(np.linalg.norm(A, axis=1), np.linalg.norm(B, axis=1))
    return A @ B.T / lengths
""",
        ),
        Right(
            "in torch, with a gradient",
            code="""
import torch
from torch.nn import functional


def all_cosines(A, B):
    A = torch.tensor(A, dtype=torch.float32, requires_grad=True)
    B = torch.tensor(B, dtype=torch.float32)
    return functional.normalize(A) @ functional.normalize(B).T
""",
        ),
        Right(
            "by SciPy, as a list",
            code="""
from scipy.spatial.distance import cdist


def all_cosines(A, B):
    return (1 - cdist(A, B, "cosine")).tolist()
""",
        ),
        Right(
            "by einsum, in float32",
            code="""
import numpy as np


def all_cosines(A, B):
    A, B = A.astype(np.float32), B.astype(np.float32)
    squares = np.einsum("md,md->m", A, A)[:, None] * np.einsum("nd,nd->n", B, B)
    return np.einsum("md,nd->mn", A, B) * squares**-0.5
""",
        ),
        Right(
            "with a loop over the two matrices",
            code="""
import numpy as np


def all_cosines(A, B):
    units = []
    for matrix in (A, B):
        units.append(matrix / np.sqrt((matrix.astype(float) ** 2).sum(axis=-1, keepdims=True)))
    return np.clip(units[0] @ units[1].T, -1, 1)
""",
        ),
    ),
    shows="One matrix product gives all cosines, once every row has length one.",
)
