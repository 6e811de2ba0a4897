"""04-smoothing: one-hot targets with a share spread evenly over all classes."""

from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora


def _smoothed(labels: np.ndarray, classes: int, epsilon: float) -> np.ndarray:
    one_hot = (np.asarray(labels)[:, None] == np.arange(classes)) * 1.0
    return (1 - epsilon) * one_hot + epsilon / classes


def _one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    return _smoothed(labels, classes, 0)


MISTAKES = {
    "that is the plain one-hot row, epsilon has no effect": lambda n, k, e: _one_hot(n, k),
    "epsilon is shared among the other classes, a recipe of its own; here all classes share it, "
    "the true one too": lambda n, k, e: (
        (1 - e) * _one_hot(n, k) + (1 - _one_hot(n, k)) * e / (k - 1)
    ),
    "nothing is taken from the true class, so a row sums to more than 1": (
        lambda n, k, e: _one_hot(n, k) + e / k
    ),
    "the share that is taken away isn't handed out, so a row sums to less than 1": (
        lambda n, k, e: (1 - e) * _one_hot(n, k)
    ),
    "the true class gets no part of the even share, so a row sums to less than 1": (
        lambda n, k, e: np.where(_one_hot(n, k) > 0, 1 - e, e / k)
    ),
    "every class gets the whole epsilon, so a row sums to more than 1": (
        lambda n, k, e: (1 - e) * _one_hot(n, k) + e
    ),
    "epsilon and 1 - epsilon have changed places": lambda n, k, e: _smoothed(n, k, 1 - e),
    "epsilon is the share of each class here; it should be shared by all of them": (
        lambda n, k, e: (1 - e * (k - 1)) * _one_hot(n, k) + e * (1 - _one_hot(n, k))
    ),
    "epsilon has no effect; yours is always 0.1": lambda n, k, e: _smoothed(n, k, 0.1),
    "epsilon has no effect; yours is always 0.2": lambda n, k, e: _smoothed(n, k, 0.2),
    "that is the even share alone, without the labels": (
        lambda n, k, e: np.full((len(n), k), 1 / k)
    ),
}  # fmt: skip


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(404)
    labels = np.array([2, 0, 1, 2, 3])
    cases = [(np.array([1, 0]), 2, 0.2), (labels, 4, 0.2), (labels, 5, 0.5), (labels, 4, 0.1)]
    cases += [(np.array([0]), 3, 0.3), (np.array([1, 1]), 6, 0.4), (np.array([2, 0, 1]), 3, 0.25)]
    cases += [
        (np.array([0, 0, 0, 0]), 2, 0.1),
        (labels, 4, 0.0),
        (labels, 4, 1.0),
        (labels, 7, 0.01),
    ]
    cases += [(np.array([4]), 5, 0.9), (np.array([1, 0], dtype=np.int32), 3, 0.125)]
    for rows, classes in ((6, 2), (3, 10), (40, 8), (200, 30)):
        cases.append((random.integers(0, classes, rows), classes, random.integers(1, 60) / 64))
    return cases


def _shape(answer: Answer) -> None:
    answer.array(np.array([2, 0, 1, 2, 3]), 4, 0.2, shape=(5, 4))


def _values(answer: Answer) -> None:
    against(answer, _smoothed, _cases(), ("labels", "classes", "epsilon"), MISTAKES)


@cache
def _newsroom() -> list[Case]:
    labels = np.array(corpora.load("newsroom").train.labels)
    return [Case((labels, 3, 0.1), f"newsroom's {len(labels)} training labels and epsilon = 0.1")]


def _real(answer: Answer) -> None:
    against(answer, _smoothed, _newsroom(), mistakes=MISTAKES)


SMOOTHING = Exercise(
    name="04-smoothing",
    title="Label smoothing",
    difficulty=2,
    minutes=10,
    prompt="""
A one-hot target is reached only by infinite scores. Szegedy et al. (2016) take the share ε away
from the true class and spread it evenly over *all* K classes, the true one included; that is
*label smoothing (标签平滑)*. Return these target rows, shape (rows, classes). `cross_entropy` and
*p − y* take them as they are.
""",
    answer="smoothed_targets",
    starter='''
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    """Class numbers (rows,), how many classes, the share to spread -> targets (rows, classes).

    Example: smoothed_targets(np.array([1]), 4, 0.2) is [[0.05, 0.85, 0.05, 0.05]].
    """
    return ...  # your turn
''',
    hints=(
        "With 4 classes and epsilon = 0.2 every class gets 0.05, and the true one 0.8 in addition.",
        "np.eye(classes) has a row for each class; picked by the labels, its rows are the one-hot "
        "targets. How much of their 1 is left, and what does every class get?",
    ),
    solution="""
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    # What is left of the one-hot row, and the same small part for every class; a row sums to 1.
    return (1 - epsilon) * np.eye(classes)[labels] + epsilon / classes


# Another way: np.full((len(labels), classes), ...) first, then add the rest at the true classes.
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "smooths a single row",
            says="expected shape (5, 4)",
            change=("[labels]", "[labels[0]]"),
            fails="shape",
        ),
        Wrong(
            "leaves epsilon out",
            says="epsilon has no effect",
            change=(
                "(1 - epsilon) * np.eye(classes)[labels] + epsilon / classes",
                "np.eye(classes)[labels]",
            ),
        ),
        Wrong("takes nothing away", says="sums to more than 1", change=("(1 - epsilon) * ", "")),
        Wrong("hands nothing out", says="isn't handed out", change=(" + epsilon / classes", "")),
        Wrong(
            "spares the true class",
            says="a recipe of its own",
            code="""
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    y = np.eye(classes)[labels]
    return (1 - epsilon) * y + (1 - y) * epsilon / (classes - 1) if classes > 1 else y
""",
        ),
        Wrong(
            "fixes the number of classes",
            says="expected shape (2, 2)",
            change=(
                "np.eye(classes)[labels] + epsilon / classes",
                "np.eye(4)[labels] + epsilon / 4",
            ),
        ),
        Wrong("divides by 4 alone", says="expected", change=("epsilon / classes", "epsilon / 4")),
        Wrong(
            "takes the number of classes from the labels",
            says="expected shape",
            change=("np.eye(classes)[labels]", "np.eye(labels.max() + 1)[labels]"),
        ),
        Wrong(
            "divides by the classes that occur",
            says="expected",
            change=("epsilon / classes", "epsilon / len(np.unique(labels))"),
        ),
        Wrong(
            "divides by the rows",
            says="expected",
            change=("epsilon / classes", "epsilon / len(labels)"),
        ),
        Wrong(
            "gives the true class nothing of the share",
            says="no part of the even share",
            code="""
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    targets = np.full((len(labels), classes), epsilon / classes)
    targets[np.arange(len(labels)), labels] = 1 - epsilon
    return targets
""",
        ),
        Wrong(
            "gives everyone all of epsilon",
            says="the whole epsilon",
            change=("epsilon / classes", "epsilon"),
        ),
        Wrong(
            "swaps the shares",
            says="have changed places",
            change=(
                "(1 - epsilon) * np.eye(classes)[labels] + epsilon / classes",
                "epsilon * np.eye(classes)[labels] + (1 - epsilon) / classes",
            ),
        ),
        Wrong(
            "fixes epsilon",
            says="yours is always 0.1",
            change=(
                "(1 - epsilon) * np.eye(classes)[labels] + epsilon / classes",
                "0.9 * np.eye(classes)[labels] + 0.1 / classes",
            ),
        ),
        Wrong(
            "counts labels from 1",
            says="expected",
            change=("np.eye(classes)[labels]", "np.eye(classes)[labels - 1]"),
        ),
        Wrong(
            "takes a softmax",
            says="expected",
            code="""
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    powers = np.exp((1 - epsilon) * np.eye(classes)[labels])
    return powers / powers.sum(axis=1, keepdims=True)
""",
        ),
        Wrong(
            "rounds",
            says="expected",
            change=(
                "return (1 - epsilon) * np.eye(classes)[labels] + epsilon / classes",
                "return np.round((1 - epsilon) * np.eye(classes)[labels] + epsilon / classes, 2)",
            ),
        ),
    ),
    right=(
        Right(
            "in torch's float32",
            code="""
import torch
from torch.nn import functional


def smoothed_targets(labels, classes, epsilon):
    one_hot = functional.one_hot(torch.tensor(labels).long(), classes).float().requires_grad_()
    return torch.lerp(one_hot, torch.full_like(one_hot, 1 / classes), epsilon)
""",
        ),
        Right(
            "row by row, as lists",
            code="""
def smoothed_targets(labels, classes, epsilon):
    return [
        [epsilon / classes + (1 - epsilon if k == label else 0) for k in range(classes)]
        for label in labels
    ]
""",
        ),
        Right(
            "by filling and adding",
            code="""
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    targets = np.full((len(labels), classes), epsilon / classes, dtype=np.float32)
    targets[np.arange(len(labels)), labels] += 1 - epsilon
    return targets
""",
        ),
        Right(
            "as a generator of rows",
            code="""
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    even = epsilon / classes
    for label in labels:
        yield np.where(np.arange(classes) == label, 1 - epsilon + even, even)
""",
        ),
        Right(
            "as whole numbers over a denominator",
            (
                "(1 - epsilon) * np.eye(classes)[labels] + epsilon / classes",
                "((1 - epsilon) * classes * np.eye(classes)[labels] + epsilon) / classes",
            ),
        ),
    ),
    shows="The smoothed rows are distributions still, so the loss and p - y take them as they are.",
)
