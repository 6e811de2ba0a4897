"""04-backward: the loss's gradient in the scores, through a softmax, without its Jacobian."""

from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.inputs import numbers
from helpers.exercises.restrictions import largest_memory
from helpers.scratch.functions import softmax
from helpers.sources import corpora

P = np.array([[0.25, 0.5, 0.25], [0.125, 0.125, 0.75], [0.5, 0.375, 0.125], [1.0, 0.0, 0.0]])
GRADIENT = np.array([[1.0, 0.0, 0.0], [0.0, -2.0, 1.0], [0.5, 0.25, 3.0], [-1.0, 2.0, 0.0]])


def _backward(p: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Return the product with the Jacobian, by its definition, row by row."""
    each = [np.diag(row) - np.outer(row, row) for row in np.asarray(p, float)]
    return np.stack([jacobian @ row for jacobian, row in zip(each, g, strict=True)])


MISTAKES = {
    "that is the diagonal of the Jacobian alone, p (1 - p) g; the other classes are missing": (
        lambda p, g: p * (1 - p) * g
    ),
    "that is p * g; the part with -p_i p_j, a sum over the classes, is missing": np.multiply,
    "the factor p in front is missing": lambda p, g: g - (p * g).sum(axis=1, keepdims=True),
    "the factor p has to multiply the whole bracket, the sum too": (
        lambda p, g: p * g - (p * g).sum(axis=1, keepdims=True)
    ),
    "the sum runs over the rows (axis 0) instead of the classes": (
        lambda p, g: p * (g - (p * g).sum(axis=0))
    ),
    "the sum runs over rows and classes at once": lambda p, g: p * (g - (p * g).sum()),
    "the g in the sum is not weighted by p": lambda p, g: p * (g - g.sum(axis=1, keepdims=True)),
    "the mean of g is taken without p as its weights": (
        lambda p, g: p * (g - g.mean(axis=1, keepdims=True))
    ),
    "the mean of p * g is taken where its sum is asked for": (
        lambda p, g: p * (g - (p * g).mean(axis=1, keepdims=True))
    ),
    "the sum is added instead of taken away": (
        lambda p, g: p * (g + (p * g).sum(axis=1, keepdims=True))
    ),
    "the sign is reversed": lambda p, g: -_backward(p, g),
    "that is p - g, which holds only where g is the truth itself": lambda p, g: p - g,
    "the sum alone, without the part g_j p_j": (
        lambda p, g: -p * (p * g).sum(axis=1, keepdims=True)
    ),
    "the gradient is divided by the number of rows; p and g say nothing of a mean": (
        lambda p, g: _backward(p, g) / len(p)
    ),
}


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(403)
    half = np.array([[0.5, 0.5]])
    cases = [(half, np.array([[1.0, 3.0]])), (P, GRADIENT), (half, np.array([[2.0, 2.0]]))]
    cases += [(np.array([[1.0]]), np.array([[5.0]])), (P, np.ones((4, 3))), (P, -P)]
    for shape in ((1, 4), (2, 2), (3, 3), (4, 1), (5, 2), (2, 7), (30, 20)):
        for scale in (1.0, 64.0):
            drawn = random.multinomial(1024, softmax(numbers(random, *shape)))
            cases.append((drawn / 1024, numbers(random, *shape, scale=scale)))
    return [*cases, (P.astype(np.float32), GRADIENT.astype(np.float32))]


def _shape(answer: Answer) -> None:
    answer.array(P, GRADIENT, shape=P.shape)


def _values(answer: Answer) -> None:
    against(answer, _backward, _cases(), "pg", MISTAKES)
    p = np.full((3, 600), 1 / 600)
    most = largest_memory(answer, p, p)
    if most > 20 * p.nbytes:
        raise Diagnosis(
            "The numbers are right, but for 3 rows of 600 classes your code needs "
            f"{most / 1e6:.1f} MB at once, and p is only {p.nbytes / 1e6:.2f} MB: it builds a "
            "Jacobian, 600 by 600."
        )


@cache
def _newsroom() -> list[Case]:
    """Return the gradient of the cross-entropy of newsroom's labels; it must give p - y."""
    labels = np.array(corpora.load("newsroom").validation.labels)
    p, y = softmax(np.random.default_rng(0).normal(size=(len(labels), 3))), np.eye(3)[labels]
    return [Case((p, -y / p), f"the cross-entropy of {len(y)} newsroom labels, g = -y / p,")]


def _real(answer: Answer) -> None:
    against(answer, _backward, _newsroom(), mistakes=MISTAKES)


BACKWARD = Exercise(
    name="04-backward",
    title="Through softmax backwards",
    difficulty=2,
    minutes=10,
    prompt=r"""
Given $p$ and the gradient $g_i = \partial L/\partial p_i$, both of shape (rows, classes), return
$\partial L / \partial z_j = \sum_i g_i\, p_i (\delta_{ij} - p_j)$ for every row, without building
a Jacobian. Notebook 11 needs this step inside attention.
""",
    answer="softmax_backward",
    starter='''
def softmax_backward(p, g):
    """Probabilities and the loss's gradient in them -> its gradient in the scores, same shape.

    Example: p = [[0.5, 0.5]] and g = [[1.0, 3.0]] give [[-0.5, 0.5]].
    """
    return ...  # your turn
''',
    hints=(
        "Split the bracket as in the derivation of p - y. The second part has one sum a row, "
        "the sum of g times p.",
        "The first part is g_j p_j. The second is minus p_j times the row's sum. What do both "
        "have in common?",
    ),
    solution="""
def softmax_backward(p, g):
    # g_j p_j - p_j * (the row's mean of g, weighted by p): how far g_j is above that mean.
    return p * (g - (p * g).sum(axis=1, keepdims=True))


# Another way: np.einsum("ni,nij->nj", g, J) with all Jacobians J, K times the memory.
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "sums everything",
            says="shape (), expected shape (4, 3)",
            code="""
def softmax_backward(p, g):
    return (p * (g - (p * g).sum())).sum()
""",
            fails="shape",
        ),
        Wrong(
            "takes the diagonal alone",
            says="diagonal of the Jacobian alone",
            code="""
def softmax_backward(p, g):
    return p * (1 - p) * g
""",
        ),
        Wrong(
            "loses the bracket",
            says="multiply the whole bracket",
            change=(
                "p * (g - (p * g).sum(axis=1, keepdims=True))",
                "p * g - (p * g).sum(axis=1, keepdims=True)",
            ),
        ),
        Wrong("sums over the texts", says="instead of the classes", change=("axis=1", "axis=0")),
        Wrong("weighs nothing", says="not weighted by p", change=("(p * g).sum(", "g.sum(")),
        Wrong(
            "sums over all",
            says="over rows and classes at once",
            change=(".sum(axis=1, keepdims=True)", ".sum()"),
        ),
        Wrong(
            "forgets the sum",
            says="that is p * g",
            change=("p * (g - (p * g).sum(axis=1, keepdims=True))", "p * g"),
        ),
        Wrong(
            "forgets p in front",
            says="the factor p in front is missing",
            change=("return p * (", "return ("),
        ),
        Wrong("takes the mean", says="the mean of p * g", change=("(p * g).sum", "(p * g).mean")),
        Wrong("adds", says="added instead of taken away", change=("g - (p", "g + (p")),
        Wrong(
            "turns the sign round",
            says="the sign is reversed",
            change=("return p", "return -p"),
        ),
        Wrong(
            "averages over the rows",
            says="divided by the number of rows",
            change=("keepdims=True))", "keepdims=True)) / len(p)"),
        ),
        Wrong(
            "returns p - g",
            says="that is p - g",
            code="""
def softmax_backward(p, g):
    return p - g
""",
        ),
        Wrong(
            "builds every Jacobian",
            says="it builds a Jacobian",
            code="""
import numpy as np


def softmax_backward(p, g):
    jacobians = np.eye(p.shape[1]) * p[:, None, :] - p[:, :, None] * p[:, None, :]
    return (jacobians @ g[..., None])[..., 0]
""",
        ),
        Wrong(
            "builds one Jacobian at a time",
            says="it builds a Jacobian",
            code="""
import numpy as np


def softmax_backward(p, g):
    return np.stack([(np.diag(a) - np.outer(a, a)) @ b for a, b in zip(p, g)])
""",
        ),
        Wrong(
            "changes its input",
            says="changes its input",
            fails="shape",
            code="""
def softmax_backward(p, g):
    g -= (p * g).sum(axis=1, keepdims=True)
    return p * g
""",
        ),
        Wrong(
            "divides by p",
            says="expected",
            code="""
import numpy as np


def softmax_backward(p, g):
    return p - p * g / np.maximum(p, 1e-9)
""",
        ),
    ),
    right=(
        Right(
            "in float32",
            ("return p * (g", "p, g = p.astype('float32'), g.astype('float32')\n    return p * (g"),
        ),
        Right(
            "by autograd, in torch",
            code="""
import torch


def softmax_backward(p, g):
    scores = torch.log(torch.tensor(p, dtype=torch.float64)).clamp(min=-200).requires_grad_()
    scores.softmax(dim=1).backward(torch.tensor(g, dtype=torch.float64))
    return scores.grad
""",
        ),
        Right(
            "with einsum",
            code="""
import numpy as np


def softmax_backward(p, g):
    return p * g - p * np.einsum("rc,rc->r", p, g)[:, None]
""",
        ),
        Right(
            "row by row, as lists",
            code="""
def softmax_backward(p, g):
    rows = []
    for p_row, g_row in zip(p.tolist(), g.tolist()):
        weighed = sum(a * b for a, b in zip(p_row, g_row))
        rows.append([a * (b - weighed) for a, b in zip(p_row, g_row)])
    return rows
""",
        ),
    ),
    shows="p * (g - sum(p * g)) is the product with the Jacobian, without ever building it.",
)
