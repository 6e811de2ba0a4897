"""Macro-F1 from a confusion matrix."""

from collections.abc import Iterator

import numpy as np

from helpers.evaluation import by_hand
from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora

TABLE = np.array([[8, 1, 1], [2, 3, 0], [4, 0, 0]])  # true class (row), class named (column)


def _each_f1(table: np.ndarray) -> np.ndarray:
    return 2 * np.diag(table) / (table.sum(axis=0) + table.sum(axis=1))


def _macro_shape(answer: Answer) -> None:
    answer.number(np.array([[3, 1, 0], [2, 4, 1], [0, 1, 5]]))


def _macro_cases() -> Iterator[tuple]:
    for table in (
        [[3, 1], [2, 4]],
        [[5, 0], [0, 2]],
        [[2, 0], [1, 0]],  # the second class is never named
        TABLE,  # the third is named, but never correctly
        [[4, 0, 1], [2, 0, 0], [0, 0, 3]],
        [[6, 1, 0, 2], [0, 3, 1, 0], [1, 0, 1, 0], [2, 2, 0, 9]],
        [[7]],
    ):
        yield (np.array(table),)
    random = np.random.default_rng(90)
    for classes in (2, 3, 5, 8):
        table = random.integers(0, 9, size=(classes, classes))
        table[:, random.integers(classes)] *= random.integers(2)  # perhaps never named
        yield (table + (table.sum(axis=1) == 0)[:, None] * np.eye(classes, dtype=int)[::-1],)


def _macro_values(answer: Answer) -> None:
    def rates(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Precision, 0 where a class is never named, and recall."""
        found = np.diag(table)
        return found / table.sum(axis=0).clip(1), found / table.sum(axis=1)

    def harmonic(p: np.ndarray, r: np.ndarray) -> np.ndarray:
        return 2 * p * r / (p + r)

    def raw(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.diag(table) / table.sum(axis=0), np.diag(table) / table.sum(axis=1)

    zero = (
        "a class that is never named has no precision (0 / 0), and one that is never found has "
        "P + R = 0; both have the F1 0. 2 TP / (2 TP + FP + FN) never divides by zero where a "
        "class occurs"
    )
    mistakes = {
        "that is the accuracy (micro-F1): classes of all sizes should count the same": (
            lambda t: t.trace() / t.sum()
        ),
        "that is the mean recall": lambda t: rates(t)[1].mean(),
        "that is the mean precision": lambda t: rates(t)[0].mean(),
        "that is F1 of the mean precision and the mean recall; take each class's F1 first": (
            lambda t: harmonic(rates(t)[0].mean(), rates(t)[1].mean())
        ),
        "that is the mean of precision and recall; F1 is their harmonic mean": (
            lambda t: np.mean(rates(t))
        ),
        "that is the root of precision times recall; F1 is their harmonic mean": (
            lambda t: np.sqrt(rates(t)[0] * rates(t)[1]).mean()
        ),
        "that is the sum over the classes; divide by their number": lambda t: _each_f1(t).sum(),
        "the sum is divided by 3, whatever the number of classes": (
            lambda t: _each_f1(t).sum() / 3
        ),
        "that goes through three classes, whatever their number": (
            lambda t: sum(_each_f1(t)[k] for k in range(3)) / len(t)
        ),
        "the classes were weighed by their size": (
            lambda t: np.average(_each_f1(t), weights=t.sum(axis=1))
        ),
        "the classes were weighed by how often they are named": (
            lambda t: np.average(_each_f1(t), weights=t.sum(axis=0))
        ),
        "a class that is never named was left out; its F1 is 0, and it counts": (
            lambda t: _each_f1(t)[t.sum(axis=0) > 0].mean()
        ),
        "a class that is never named counts 1; its F1 is 0": (
            lambda t: np.where(t.sum(axis=0) == 0, 1, _each_f1(t)).mean()
        ),
        "a class whose F1 is 0 was left out; it counts as well": (
            lambda t: _each_f1(t)[_each_f1(t) > 0].mean()
        ),
        zero: lambda t: harmonic(*raw(t)).mean(),
        "a class that is never named has no precision (0 / 0); its F1 is 0. "
        "2 TP / (2 TP + FP + FN) never divides by zero where a class occurs": lambda t: (
            2 * raw(t)[0] * raw(t)[1] / (raw(t)[0] + raw(t)[1] + 1e-12)
        ).mean(),
        "that is TP / (TP + FP + FN); F1 counts the hits twice, above and below the line": (
            lambda t: (_each_f1(t) / (2 - _each_f1(t))).mean()
        ),
        "2 TP was added below the line as well; row plus column is 2 TP + FP + FN already": (
            lambda t: (_each_f1(t) / (1 + _each_f1(t))).mean()
        ),
        "the 2 of 2 TP is missing above the line": lambda t: _each_f1(t).mean() / 2,
        "that is in per cent; F1 lies between 0 and 1": lambda t: 100 * _each_f1(t).mean(),
        "that is the middle class's F1, not the mean": lambda t: np.median(_each_f1(t)),
        "that is the smallest F1, not the mean": lambda t: _each_f1(t).min(),
        "that is F2, which cares more for the recall": lambda t: (
            5 * rates(t)[0] * rates(t)[1] / (4 * rates(t)[0] + rates(t)[1]).clip(1e-9)
        ).mean(),
    }
    against(answer, lambda t: _each_f1(t).mean(), _macro_cases(), ["table"], mistakes)


def _macro_real(answer: Answer) -> None:
    labels = np.array(corpora.load("newsroom").train.labels)
    guesses = np.where(np.arange(len(labels)) % 3 == 0, 0, labels)
    table = np.zeros((3, 3), dtype=int)
    np.add.at(table, (labels, guesses), 1)
    case = Case((table,), f"{len(labels)} newsroom labels")
    against(answer, lambda _: by_hand.macro_f1(labels, guesses, 3), [case])


MACRO = Exercise(
    name="09-macro",
    title="Macro-F1 from a confusion matrix",
    difficulty=2,
    minutes=10,
    prompt="""
A colleague sends you nothing but a confusion matrix, shape (classes, classes): true classes in the
rows, classes named in the columns. Return macro-F1. Every class occurs in a row; some may never be
named, and their F1 is 0.
""",
    answer="macro_f1",
    starter='''
import numpy as np


def macro_f1(table):
    """Confusion matrix (true classes, classes named) -> mean F1 of the classes.

    Example: [[3, 1], [0, 2]] has F1 6/7 and 4/5, so macro-F1 is 0.829.
    """
    return ...  # your turn
''',
    hints=(
        "Where in the matrix are TP, TP + FP and TP + FN of class k?",
        "TP is the diagonal, TP + FN the sum of a row, TP + FP the sum of a column; and "
        "2 TP + FP + FN is the sum of both.",
    ),
    solution="""
import numpy as np


def macro_f1(table):
    # A row sums to TP + FN, a column to TP + FP, so both together are 2 TP + FP + FN. That is
    # above 0 for every class that occurs, also for one that is never named.
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    return np.mean(2 * np.diag(table) / (rows + columns))


# Another way: precision and recall by themselves, with np.nan_to_num where a class is never named.
""",
    stages={"shape": _macro_shape, "values": _macro_values, "real data": _macro_real},
    wrong=(
        Wrong(
            "returns each class's",
            "expected a single number",
            ("np.mean(2 * np.diag(table) / (rows + columns))", "np.diag(table) / rows"),
            fails="shape",
        ),
        Wrong(
            "takes the accuracy",
            "that is the accuracy",
            code="def macro_f1(table):\n    return table.trace() / table.sum()",
        ),
        Wrong(
            "takes the recall",
            "the mean recall",
            ("np.mean(2 * np.diag(table) / (rows + columns))", "np.mean(np.diag(table) / rows)"),
        ),
        Wrong(
            "adds up",
            "divide by their number",
            (
                "np.mean(2 * np.diag(table) / (rows + columns))",
                "np.sum(2 * np.diag(table) / (rows + columns))",
            ),
        ),
        Wrong(
            "divides by three",
            "divided by 3",
            (
                "np.mean(2 * np.diag(table) / (rows + columns))",
                "np.sum(2 * np.diag(table) / (rows + columns)) / 3",
            ),
        ),
        Wrong(
            "goes through three classes",
            "three classes, whatever",
            code="""
def macro_f1(table):
    total = 0
    for k in range(3):
        total += 2 * table[k, k] / (table[k].sum() + table[:, k].sum())
    return total / len(table)
""",
        ),
        Wrong(
            "weighs by size",
            "weighed by their size",
            (
                "np.mean(2 * np.diag(table) / (rows + columns))",
                "np.average(2 * np.diag(table) / (rows + columns), weights=rows)",
            ),
        ),
        Wrong(
            "divides zero by zero",
            "both have the F1 0",
            code="""
import numpy as np


def macro_f1(table):
    found = np.diag(table)
    precision, recall = found / table.sum(axis=0), found / table.sum(axis=1)
    return np.mean(2 * precision * recall / (precision + recall))
""",
        ),
        Wrong(
            "divides by a class never named",
            "has no precision",
            code="""
import numpy as np


def macro_f1(table):
    found = np.diag(table)
    precision, recall = found / table.sum(axis=0), found / table.sum(axis=1)
    return np.mean(2 * precision * recall / (precision + recall + 1e-12))
""",
        ),
        Wrong(
            "leaves out what is never named",
            "was left out; its F1 is 0",
            code="""
import numpy as np


def macro_f1(table):
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    return np.mean((2 * np.diag(table) / (rows + columns))[columns > 0])
""",
        ),
        Wrong(
            "leaves out zeros",
            "whose F1 is 0 was left out",
            code="""
import numpy as np


def macro_f1(table):
    f1 = 2 * np.diag(table) / (table.sum(axis=1) + table.sum(axis=0))
    return f1[f1 > 0].mean()
""",
        ),
        Wrong(
            "gives 1 to what is never named",
            "counts 1; its F1 is 0",
            (
                "np.mean(2 * np.diag(table) / (rows + columns))",
                "np.mean(np.where(columns, 2 * np.diag(table) / (rows + columns), 1))",
            ),
        ),
        Wrong(
            "averages first",
            "take each class's F1 first",
            code="""
import numpy as np


def macro_f1(table):
    found = np.diag(table)
    precision = np.mean(found / table.sum(axis=0).clip(1))
    recall = np.mean(found / table.sum(axis=1))
    return 2 * precision * recall / (precision + recall)
""",
        ),
        Wrong(
            "takes the union",
            "F1 counts the hits twice",
            (
                "np.mean(2 * np.diag(table) / (rows + columns))",
                "np.mean(np.diag(table) / (rows + columns - np.diag(table)))",
            ),
        ),
        Wrong(
            "counts TP four times",
            "is 2 TP + FP + FN already",
            ("/ (rows + columns)", "/ (2 * np.diag(table) + rows + columns)"),
        ),
        Wrong("gives per cent", "that is in per cent", ("np.mean(2 ", "np.mean(200 ")),
        Wrong(
            "rounds",
            "expected 0.697",
            (
                "np.mean(2 * np.diag(table) / (rows + columns))",
                "round(np.mean(2 * np.diag(table) / (rows + columns)), 2)",
            ),
        ),
    ),
    right=(
        Right(
            "scikit-learn",
            code="""
import numpy as np
from sklearn.metrics import f1_score


def macro_f1(table):
    labels, guesses = np.indices(table.shape).reshape(2, -1).repeat(table.ravel(), axis=1)
    return f1_score(labels, guesses, average="macro", zero_division=0)
""",
        ),
        Right(
            "precision and recall, nan becomes zero",
            code="""
import numpy as np


def macro_f1(table):
    found = np.diag(table)
    precision, recall = found / table.sum(axis=0), found / table.sum(axis=1)
    return np.nan_to_num(2 * precision * recall / (precision + recall)).mean()
""",
        ),
        Right(
            "class by class",
            code="""
def macro_f1(table):
    scores = []
    for k in range(len(table)):
        hits, misses = table[k][k], sum(table[k]) - table[k][k]
        alarms = sum(row[k] for row in table) - hits
        scores.append(2 * hits / (2 * hits + alarms + misses))
    return sum(scores) / len(scores)
""",
        ),
        Right(
            "a float32 tensor that wants a gradient",
            code="""
import torch


def macro_f1(table):
    t = torch.tensor(table, dtype=torch.float32, requires_grad=True)
    return (2 * t.diag() / (t.sum(dim=0) + t.sum(dim=1))).mean()
""",
        ),
    ),
    shows="A confusion matrix holds every metric of this notebook but calibration.",
)
