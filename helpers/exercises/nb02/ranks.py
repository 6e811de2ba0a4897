"""02-ranks: Spearman's correlation with equal values, written without SciPy."""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.stats import rankdata, spearmanr

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.restrictions import calls
from helpers.sources import published_vectors, word_tests

FIRST = [3.0, 9.0, 4.0, 7.0, 1.0], [0.5, -1.0, -0.75, -0.875, -0.25]


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1])


def _of_ranks(kind: str) -> Callable:
    return lambda x, y: _pearson(rankdata(x, kind), rankdata(y, kind))


def _right(x: list[float], y: list[float]) -> float:
    return float(spearmanr(x, y).statistic)


def _shortcut(x: list[float], y: list[float]) -> float:
    n, apart = len(x), rankdata(x) - rankdata(y)
    return 1 - 6 * float(np.sum(apart**2)) / (n * (n**2 - 1))


def _kendall(x: list[float], y: list[float]) -> float:
    signs = [np.sign(np.subtract.outer(v, v)) for v in (x, y)]
    return float(
        (signs[0] * signs[1]).sum() / np.sqrt((signs[0] ** 2).sum() * (signs[1] ** 2).sum())
    )


MISTAKES = {
    "that is Pearson's correlation of the values themselves; rank them first": (
        lambda x, y: _pearson(x, y)
    ),
    "the sign is reversed: one of the two is ranked downwards": lambda x, y: -_right(x, y),
    "the sign is lost; values that fall as the others rise have a correlation below 0": (
        lambda x, y: abs(_right(x, y))
    ),
    "np.argsort says which value comes at a place, not which place a value has; apply it twice "
    "to get ranks": lambda x, y: _pearson(
        np.argsort(x, kind="stable"), np.argsort(y, kind="stable")
    ),
    "equal values got different ranks, by their order in the list; they share the mean": (
        _of_ranks("ordinal")
    ),
    "equal values share a rank, but the next value's rank must leave room for all of them": (
        _of_ranks("dense")
    ),
    "equal values share their lowest rank, not the mean of their ranks": _of_ranks("min"),
    "equal values share their highest rank, not the mean of their ranks": _of_ranks("max"),
    "1 - 6 Σ d² / (n (n² - 1)) holds only where no values are equal; take Pearson's correlation "
    "of the ranks": _shortcut,
    "that is the covariance of the ranks, not yet divided by both spreads": (
        lambda x, y: float(np.cov(rankdata(x), rankdata(y), bias=True)[0, 1])
    ),
    "that is the covariance of the ranks, divided by n - 1, but not by both spreads": (
        lambda x, y: float(np.cov(rankdata(x), rankdata(y))[0, 1])
    ),
    "one of the two goes in as it is, without being ranked": (
        lambda x, y: _pearson(rankdata(x), y)
    ),
    "the second of the two goes in ranked, the first as it is": (
        lambda x, y: _pearson(x, rankdata(y))
    ),
    "that is the square of the correlation": lambda x, y: _right(x, y) ** 2,
    "that is Kendall's correlation, which counts pairs in order": _kendall,
}


@cache
def _different(kind: Callable) -> list[tuple]:
    """Return pairs of lists of ``kind`` without equal values."""
    random = np.random.default_rng(204)
    pairs = [FIRST, ([1.0, 2.0], [5.0, 3.0]), ([-1.0, 0.0, 4.0], [2.0, 1.0, 7.0])]
    pairs += [(random.permutation(n) - 0.5, random.permutation(n) / 8) for n in (4, 6, 11, 60)]
    near = 1 + 2.0**-20 * random.permutation(7)  # that no rounding may take for equal
    pairs += [(near, random.permutation(7)), (random.permutation(7) * 1e4, -near)]
    pairs += [(near, [1, 20, 3, 1 + 2.0**-20, 4, 1 + 2.0**-19, 0.5])]
    return [tuple(kind([float(v) for v in values]) for values in pair) for pair in pairs]


@cache
def _equal(kind: Callable) -> list[tuple]:
    """Return pairs of lists of ``kind`` with equal values in one or both."""
    random = np.random.default_rng(205)
    pairs = [([1, 1, 2], [3, 1, 2]), ([2, 1, 1, 1], [1, 3, 2, 4]), ([0, 0, 1, 1], [0, 1, 1, 1])]
    pairs += [([3, 3, 7, 3, 2, 6], [0.25, 0.5, -0.5, 0.375, 0, 0.25])]
    pairs += [([5, 5, 5, 1, 2], [3, 1, 4, 2, 2]), ([-1, -1, 0, 3, 0], [5, 5, -2, -2, -2])]
    pairs += [([1, 1, 2, 2, 2, 3, 3], 1 + 2.0**-20 * random.permutation(7))]
    for n, levels in ((5, 3), (8, 4), (20, 3), (60, 5), (150, 40)):
        pairs.append((random.integers(-levels, levels, n), random.integers(0, levels, n) / 4))
    return [tuple(kind([float(v) for v in values]) for values in pair) for pair in pairs]


def _kind(answer: Answer) -> Callable:
    """Return list or np.array, whichever the answer takes; it may be written for either."""
    try:
        answer.number(*map(list, FIRST))
    except Diagnosis as found:
        if not str(found).startswith("Your code stopped"):
            raise
        answer.number(*map(np.array, FIRST))
        return np.array
    return list


def _shape(answer: Answer) -> None:
    _kind(answer)


def _values(answer: Answer) -> None:
    kind = _kind(answer)
    against(answer, _right, _different(kind), "xy", MISTAKES)
    try:
        against(answer, _right, _equal(kind), "xy", MISTAKES)
    except Diagnosis as found:
        raise Diagnosis(f"Right without equal values. {found}") from None
    if calls(answer, "scipy", *_equal(kind)[0]):
        raise Diagnosis("The number is right, but your code calls SciPy; write the ranks yourself.")


@cache
def _people() -> tuple[np.ndarray, np.ndarray]:
    glove = published_vectors.load("glove-6b-50d")
    pairs = [p for p in word_tests.similarity_pairs("wordsim353") if p[0] in glove]
    pairs = [p for p in pairs if p[1] in glove][:120]
    people = np.array([score for *_, score in pairs])
    return people, np.array([glove.similarity(one, other) for one, other, _ in pairs])


def _real(answer: Answer) -> None:
    kind = _kind(answer)
    both = tuple(kind(values) for values in _people())
    said = f"{len(both[0])} pairs of WordSim-353 and GloVe's cosines"
    against(answer, _right, [Case(both, said)], mistakes=MISTAKES)


RANKS = Exercise(
    name="02-ranks",
    title="Rank correlation with equal values",
    difficulty=3,
    minutes=15,
    prompt="""
Write Spearman's correlation yourself. Equal values share the mean of the ranks that they take up
together; the result is Pearson's correlation of the ranks. Do not call SciPy.
""",
    answer="spearman",
    starter='''
import numpy as np


def spearman(x, y):
    """Two lists of numbers, shape (n) each -> one number from -1 to 1."""
    return ...  # your turn
''',
    hints=(
        "A value's rank is the number of smaller values, plus half of one more than the number of "
        "values equal to it (itself included).",
        "An array of shape (n, 1) compared with one of shape (n,) gives a table of all pairs. "
        "Count along its rows: how many are smaller, how many equal? np.corrcoef does the second "
        "step, and returns a table too.",
    ),
    solution="""
import numpy as np


def spearman(x, y):
    def ranks(v):
        v = np.asarray(v)
        smaller = (v[None, :] < v[:, None]).sum(axis=1)
        equal = (v[None, :] == v[:, None]).sum(axis=1)
        return smaller + (equal + 1) / 2

    return np.corrcoef(ranks(x), ranks(y))[0, 1]
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns the whole matrix",
            "shape (2, 2), expected a single number",
            ("[0, 1]", ""),
            fails="shape",
        ),
        Wrong("does not rank", "rank them first", ("ranks(x), ranks(y)", "x, y")),
        Wrong(
            "sorts once",
            "apply it twice",
            code="""
import numpy as np


def spearman(x, y):
    return np.corrcoef(np.argsort(x), np.argsort(y))[0, 1]
""",
        ),
        Wrong(
            "ranks one downwards",
            "the sign is reversed",
            ("ranks(x), ranks(y)", "ranks(-np.asarray(x)), ranks(y)"),
        ),
        Wrong(
            "gives equal values the lowest rank",
            "share their lowest rank",
            ("smaller + (equal + 1) / 2", "smaller"),
        ),
        Wrong(
            "gives equal values the highest rank",
            "share their highest rank",
            ("smaller + (equal + 1) / 2", "smaller + equal"),
        ),
        Wrong(
            "ranks equal values by their order",
            "by their order in the list",
            code="""
import numpy as np


def spearman(x, y):
    def ranks(v):
        return np.argsort(np.argsort(v, kind="stable"))

    return np.corrcoef(ranks(x), ranks(y))[0, 1]
""",
        ),
        Wrong(
            "takes the shortcut",
            "holds only where no values are equal",
            code="""
import numpy as np


def spearman(x, y):
    def ranks(v):
        v = np.asarray(v)
        equal = (v[None, :] == v[:, None]).sum(axis=1)
        return (v[None, :] < v[:, None]).sum(axis=1) + (equal + 1) / 2

    n = len(x)
    return 1 - 6 * ((ranks(x) - ranks(y)) ** 2).sum() / (n * (n**2 - 1))
""",
        ),
        Wrong(
            "leaves no room after equal values",
            "must leave room for all",
            code="""
import numpy as np


def spearman(x, y):
    ranks = [np.unique(v, return_inverse=True)[1] for v in (x, y)]
    return np.corrcoef(*ranks)[0, 1]
""",
        ),
        Wrong(
            "calls SciPy",
            "your code calls SciPy",
            code="""
from scipy.stats import spearmanr


def spearman(x, y):
    return spearmanr(x, y)[0]
""",
        ),
        Wrong(
            "calls SciPy for the ranks",
            "your code calls SciPy",
            code="""
import numpy as np
import scipy.stats as st


def spearman(x, y):
    return np.corrcoef(st.rankdata(x), st.rankdata(y))[0, 1]
""",
        ),
        Wrong(
            "takes near values for equal",
            "expected",
            ("(v[None, :] == v[:, None])", "np.isclose(v[None, :], v[:, None])"),
        ),
        Wrong(
            "takes the absolute value",
            "the sign is lost",
            (
                "return np.corrcoef(ranks(x), ranks(y))[0, 1]",
                "return abs(np.corrcoef(ranks(x), ranks(y))[0, 1])",
            ),
        ),
        Wrong("ranks x alone", "without being ranked", ("ranks(x), ranks(y)", "ranks(x), y")),
        Wrong(
            "returns the covariance",
            "not yet divided",
            (
                "np.corrcoef(ranks(x), ranks(y))[0, 1]",
                "np.cov(ranks(x), ranks(y), bias=True)[0, 1]",
            ),
        ),
        Wrong(
            "counts pairs in order",
            "Kendall's",
            code="""
import numpy as np


def spearman(x, y):
    a, b = (np.sign(np.subtract.outer(v, v)) for v in (x, y))
    return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())
""",
        ),
    ),
    right=(
        Right(
            "in plain Python, for lists",
            code="""
def spearman(x, y):
    def ranks(v):
        ordered = sorted(v)
        return [ordered.index(a) + (v.count(a) + 1) / 2 for a in v]

    a, b = ranks(x), ranks(y)
    mean = (len(x) + 1) / 2
    top = sum((p - mean) * (q - mean) for p, q in zip(a, b))
    return top / (sum((p - mean) ** 2 for p in a) * sum((q - mean) ** 2 for q in b)) ** 0.5
""",
        ),
        Right(
            "for arrays alone",
            code="""
import numpy as np


def spearman(x, y):
    def ranks(v):
        smaller = (v < v[:, None]).sum(axis=1)
        return smaller - (v > v[:, None]).sum(axis=1)

    return np.corrcoef(ranks(x), ranks(y))[0, 1]
""",
        ),
        Right(
            "in torch, in float32",
            code="""
import torch


def spearman(x, y):
    def ranks(v):
        v = torch.tensor(v, dtype=torch.float32, requires_grad=True)
        return torch.sign(v[:, None] - v).sum(dim=1)

    a, b = ranks(x), ranks(y)
    return (a @ b) / (a.norm() * b.norm())
""",
        ),
        Right(
            "by unique values",
            code="""
import numpy as np


def spearman(x, y):
    def ranks(v):
        _, place, count = np.unique(v, return_inverse=True, return_counts=True)
        return (np.cumsum(count) - (count - 1) / 2)[place]

    a, b = (ranks(v) - ranks(v).mean() for v in (x, y))
    return np.float32(np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b))
""",
        ),
    ),
    shows="Spearman's correlation is Pearson's of the ranks, and equal values share a mean rank.",
)
