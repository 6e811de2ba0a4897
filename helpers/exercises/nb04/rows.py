"""04-rows: the softmax of every row, safe for scores of any size."""

from functools import cache

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.inputs import numbers
from helpers.scratch.functions import softmax

SCORES = np.array([[2.0, 1.0, 0.0], [0.5, 0.5, 3.0], [-1.0, 0.0, 1.5], [0.25, 0.125, 0.0]])


def _divided(exponentials: np.ndarray, axis: int | None = 1) -> np.ndarray:
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _largest(scores: np.ndarray) -> np.ndarray:
    return scores.max(axis=1, keepdims=True)


MISTAKES = {
    "the columns sum to 1, so the sum runs over the wrong axis": (
        lambda s: _divided(np.exp(s), 0),
        lambda s: _divided(np.exp(s - _largest(s)), 0),
        lambda s: softmax(s.T).T,
    ),
    "the whole array sums to 1, so the sum runs over all axes instead of the last": (
        lambda s: _divided(np.exp(s), None),
        lambda s: _divided(np.exp(s - _largest(s)), None),
    ),
    "the row's sum has not been divided out": (
        np.exp,
        lambda s: np.exp(s - _largest(s)),
        lambda s: np.exp(s - s.max()),
    ),
    "the largest score of each column was taken away, which changes the row's probabilities; "
    "take away the largest of each row": lambda s: _divided(np.exp(s - s.max(axis=0))),
    "exp() is missing: the scores themselves were divided by their sum": _divided,
    "those are the logarithms; probabilities are asked for": lambda s: np.log(softmax(s)),
    "that is the softmax of the scores with their sign reversed": lambda s: softmax(-s),
    "each score went through a sigmoid of its own": lambda s: 1 / (1 + np.exp(-s)),
    "each score went through a sigmoid of its own before the division": (
        lambda s: _divided(1 / (1 + np.exp(-s)))
    ),
    "that is 1 for the largest score and 0 for the others": (
        lambda s: (s == _largest(s)) * 1.0,
        lambda s: np.eye(s.shape[1])[s.argmax(axis=1)],
    ),
    "the base is 2; it should be e": lambda s: _divided(2.0**s),
    "softmax is taken twice": lambda s: softmax(softmax(s)),
    "the scores are divided by their spread first": (
        lambda s: softmax((s - s.mean(1, keepdims=True)) / s.std(1, keepdims=True))
    ),
    "the scores are divided by the root of their number first": (
        lambda s: softmax(s / np.sqrt(s.shape[1]))
    ),
}

# What goes wrong only with large scores.
UNSAFE = {
    "exp overflows; take each row's largest score away first": lambda s: _divided(np.exp(s)),
    "each row needs its own largest score taken away, not the largest of the whole array": (
        lambda s: _divided(np.exp(s - s.max()))
    ),
    "exp overflows: what you take away from a row leaves large scores; take its largest": (
        lambda s: _divided(np.exp(s - s.min(axis=1, keepdims=True))),
        lambda s: _divided(np.exp(s - s.mean(axis=1, keepdims=True))),
        lambda s: _divided(np.exp(s - s[:, :1])),
        lambda s: _divided(np.exp(s - s[:, -1:])),
        lambda s: _divided(np.exp(s - np.abs(s).max(axis=1, keepdims=True))),
    ),
}


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(401)
    tables = [np.array([[0.0, 1.0]]), np.array([[0.0, 0.0]]), np.array([[3.0]]), SCORES]
    for shape in ((1, 4), (4, 1), (2, 2), (3, 3), (5, 2), (2, 6), (30, 20)):
        tables += [numbers(random, *shape, scale=scale) for scale in (1, 0.125, 4)]
    tables += [np.array([[1.0, 2.0, 3.0], [3.0, 3.0, 0.0]]), SCORES.astype(np.float32), SCORES - 8]
    return [(table,) for table in tables]


@cache
def _far_apart() -> list[tuple]:
    """Return scores as a step that was far too large, or a mask, gives them: thousands apart."""
    random = np.random.default_rng(402)
    tables = [[[0, 3000, 1]], [[1000, 1001]], [[-1000, -1001, -999]], [[3000, 0, 1]], [[0, -3000]]]
    tables = [np.array(table, dtype=float) for table in tables]
    tables += [
        SCORES + 1000,
        SCORES - 1000,
        np.array([[1.0, 2.0], [2001.0, 2000.0], [-3000.0, 0.0]]),
    ]
    tables += [SCORES + np.array([[0.0], [2000.0], [0.0], [-2000.0]]), SCORES.round() * 1024]
    for shape in ((3, 3), (6, 4), (20, 10)):
        rows = numbers(random, *shape)
        tables += [rows + random.integers(-3, 4, (len(rows), 1)) * 1024, rows * 1024]
    tables += [np.array([[0.0, 5000.0, 3.0]]), np.array([[5000, 4999.0]], dtype=np.float32)]
    return [(table,) for table in tables]


def _shape(answer: Answer) -> None:
    answer.array(SCORES, shape=SCORES.shape)


def _values(answer: Answer) -> None:
    p = answer.array(SCORES, shape=SCORES.shape)
    against(answer, softmax, _cases(), ["scores"], MISTAKES)
    if (p < 0).any():  # -0.0 is no negative number, so this is only what tolerance would hide
        raise Diagnosis("A probability is a little below 0; probabilities are never negative.")


def _real(answer: Answer) -> None:
    try:
        against(answer, softmax, _far_apart(), ["scores"], UNSAFE)
    except Diagnosis as found:
        raise Diagnosis(f"Right for small scores. {found}") from None


ROWS = Exercise(
    name="04-rows",
    title="A softmax for a whole batch",
    difficulty=1,
    minutes=5,
    prompt="""
Write the softmax of every row of a batch, shape (rows, classes). Each row must sum to one. A
healthy network's scores stay small, but one bad step can make them huge, and notebook 11 sets some
to a huge negative number on purpose. So scores thousands apart must not spoil one another.
""",
    answer="softmax_rows",
    starter='''
import numpy as np


def softmax_rows(scores):
    """Scores (rows, classes) -> probabilities of the same shape.

    Example: softmax_rows(np.array([[0.0, 0.0], [5.0, 5.0]])) is [[0.5, 0.5], [0.5, 0.5]].
    """
    return ...  # your turn
''',
    hints=(
        "Along which axis does each sum, and each maximum, have to run, and which shape must it "
        "keep to be divided row by row?",
        "One number for each row has shape (rows, 1) if its axis is kept with keepdims=True, and "
        "can then be taken away from its own row, or divide it. exp() of which number is never too "
        "large?",
    ),
    solution="""
import numpy as np


def softmax_rows(scores):
    # A row's largest score becomes 0, so no exponential exceeds 1. keepdims keeps the shape
    # (rows, 1), which is stretched along each row.
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# Another way: np.exp(scores - scipy.special.logsumexp(scores, axis=1, keepdims=True)).
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "forgets to keep the axis",
            says="keepdims=True",
            change=("exponentials.sum(axis=1, keepdims=True)", "exponentials.sum(axis=1)"),
            fails="shape",
        ),
        Wrong(
            "sums down the columns",
            says="the sum runs over the wrong axis",
            change=("exponentials.sum(axis=1,", "exponentials.sum(axis=0,"),
        ),
        Wrong(
            "sums over the whole batch",
            says="the sum runs over all axes",
            change=("exponentials.sum(axis=1, keepdims=True)", "exponentials.sum()"),
        ),
        Wrong(
            "takes away the columns' largest scores",
            says="take away the largest of each row",
            change=("scores.max(axis=1,", "scores.max(axis=0,"),
        ),
        Wrong(
            "divides by nothing",
            says="the row's sum has not been divided out",
            change=("exponentials / exponentials.sum(axis=1, keepdims=True)", "exponentials"),
        ),
        Wrong(
            "leaves exp out",
            says="exp() is missing",
            code="""
def softmax_rows(scores):
    return scores / scores.sum(axis=1, keepdims=True)
""",
        ),
        Wrong(
            "returns logarithms",
            says="those are the logarithms",
            change=(
                "exponentials / exponentials.sum(axis=1, keepdims=True)",
                "np.log(exponentials / exponentials.sum(axis=1, keepdims=True))",
            ),
        ),
        Wrong(
            "turns the scores round",
            says="their sign reversed",
            change=(
                "np.exp(scores - scores.max(axis=1, keepdims=True))",
                "np.exp(scores.min(axis=1, keepdims=True) - scores)",
            ),
        ),
        Wrong(
            "takes a sigmoid",
            says="a sigmoid of its own",
            code="""
import numpy as np


def softmax_rows(scores):
    return 1 / (1 + np.exp(-scores))
""",
        ),
        Wrong(
            "takes the largest alone",
            says="1 for the largest score",
            code="""
import numpy as np


def softmax_rows(scores):
    return np.eye(scores.shape[1])[scores.argmax(axis=1)]
""",
        ),
        Wrong(
            "changes its input",
            says="changes its input",
            fails="shape",
            code="""
import numpy as np


def softmax_rows(scores):
    scores -= scores.max(axis=1, keepdims=True)
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
""",
        ),
        Wrong(
            "takes nothing away",
            says="exp overflows; take",
            change=("scores - scores.max(axis=1, keepdims=True)", "scores"),
            fails="real data",
        ),
        Wrong(
            "takes away the largest score of all",
            says="its own largest score",
            change=("scores.max(axis=1, keepdims=True)", "scores.max()"),
            fails="real data",
        ),
        Wrong(
            "takes away the smallest of the row",
            says="leaves large scores",
            change=("scores.max(axis=1,", "scores.min(axis=1,"),
            fails="real data",
        ),
        Wrong(
            "takes away the first score",
            says="leaves large scores",
            change=("scores.max(axis=1, keepdims=True)", "scores[:, :1]"),
            fails="real data",
        ),
        Wrong(
            "takes away the mean",
            says="leaves large scores",
            change=("scores.max(axis=1,", "scores.mean(axis=1,"),
            fails="real data",
        ),
        Wrong(
            "cuts large scores off",
            says="expected",
            code="""
import numpy as np


def softmax_rows(scores):
    exponentials = np.exp(np.clip(scores, -500, 500))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
""",
            fails="real data",
        ),
        Wrong(
            "adds a little below the line",
            says="expected",
            change=(
                "exponentials.sum(axis=1, keepdims=True)",
                "(exponentials.sum(axis=1, keepdims=True) + 1e-3)",
            ),
        ),
    ),
    right=(
        Right("in float32", ("scores - scores.max", "scores.astype(np.float32) - scores.max")),
        Right(
            "in torch, with a gradient",
            code="""
import torch


def softmax_rows(scores):
    return torch.tensor(scores, dtype=torch.float64, requires_grad=True).softmax(dim=-1)
""",
        ),
        Right(
            "row by row, as lists of Python's numbers",
            code="""
import math


def softmax_rows(scores):
    rows = []
    for row in scores.tolist():
        powers = [math.exp(score - max(row)) for score in row]
        rows.append([power / sum(powers) for power in powers])
    return rows
""",
        ),
        Right(
            "by logarithms, with SciPy",
            code="""
import numpy as np
from scipy.special import logsumexp


def softmax_rows(scores):
    return np.exp(scores - logsumexp(scores, axis=1, keepdims=True))
""",
        ),
        Right(
            "transposed and back, in torch's float32",
            code="""
import torch


def softmax_rows(scores):
    columns = torch.tensor(scores.T, dtype=torch.float32)
    powers = (columns - columns.amax(0)).exp()
    return (powers / powers.sum(0)).T
""",
        ),
    ),
    shows="Each row is a distribution of its own, and scores of any size are safe.",
)
