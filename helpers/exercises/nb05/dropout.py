"""Dropout backwards."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.exercise import Exercise, Right, Wrong

RANDOM = np.random.default_rng(5)
D_H = RANDOM.normal(size=(4, 6))
KEPT = np.array([[1, 0, 1, 1, 0, 1], [0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 1], [1, 1, 0, 1, 1, 1]])


def _dropout_shape(answer: Answer) -> None:
    answer.array(D_H, KEPT, 0.25, shape=D_H.shape)


def _dropout_cases() -> Iterator[tuple]:
    yield np.array([[3.0, -2.0]]), np.array([[1, 0]]), 0.25
    yield np.array([[-1.5, 4.0, 2.0], [6.0, 5.0, -3.0]]), np.array([[1, 0, 1], [0, 1, 1]]), 0.2
    yield np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([[0, 0], [1, 1]]), 0.6  # a silent text
    yield np.array([[2.0], [-1.0], [5.0]]), np.array([[1], [1], [0]]), 0.75
    yield np.array([[2.0, -7.0, 1.0]]), np.array([[1, 1, 1]]), 0.1  # all kept, by luck
    yield np.array([[0.5, -0.5]]), np.array([[1, 1]]), 0.0
    random = np.random.default_rng(50)
    for texts, units, rate in ((4, 6, 0.5), (5, 1, 0.3), (3, 3, 0.9), (7, 4, 0.45)):
        mask = (random.random((texts, units)) >= rate).astype(int)
        yield random.normal(size=(texts, units)).round(2), mask, rate


def _dropout_values(answer: Answer) -> None:
    mistakes = {
        "the same units must be silent as in the forward pass; the mask is missing": (
            lambda d, m, r: d / (1 - r)
        ),
        "the forward pass divided by 1 - rate, so the backward pass does, too": (
            lambda d, m, r: d * m
        ),
        "that divides by the rate; what was kept is divided by 1 - rate": lambda d, m, r: d * m / r,
        "that multiplies by 1 - rate instead of dividing": lambda d, m, r: d * m * (1 - r),
        "that divides by 1 - rate twice": lambda d, m, r: d * m / (1 - r) ** 2,
        "that divides by the share of the units kept this time; the forward pass divided by "
        "1 - rate": lambda d, m, r: d * m / m.mean(),
        "the mask is inverted: the gradient of the units that were kept is wanted": (
            lambda d, m, r: d * (1 - m) / (1 - r)
        ),
        "the mask of the first text is used for all; each has its own": (
            lambda d, m, r: d * m[0] / (1 - r)
        ),
        "the loss's gradient does not occur in it": lambda d, m, r: m / (1 - r),
    }
    names = ["d_out", "mask", "rate"]
    against(answer, lambda d, m, r: d * m / (1 - r), _dropout_cases(), names, mistakes)


def _dropout_real(answer: Answer) -> None:
    """As many texts as an epoch has, at a rate that no other case has."""
    random = np.random.default_rng(0)
    masks, d_h = (random.random((3000, 5)) >= 0.35).astype(int), random.normal(size=(3000, 5))
    got = answer.array(d_h, masks, 0.35, shape=d_h.shape)
    expect(got, d_h * masks / 0.65, "For 3,000 texts and a rate of 0.35")


DROPOUT = Exercise(
    name="05-dropout",
    title="Dropout backwards",
    difficulty=1,
    minutes=8,
    prompt="""
Dropout (随机失活) sets each hidden unit to zero with probability `rate` and divides the others by
$1 - \\text{rate}$, so that the mean stays: $h' = h \\cdot m / (1 - \\text{rate})$, entry by entry,
where the mask $m$ is 1 for a unit that is kept. Given the loss's gradient in $h'$ and the mask that
was used, both of shape (texts, units), return its gradient in $h$.
""",
    answer="dropout_backward",
    starter='''
def dropout_backward(d_out, mask, rate):
    """Gradient in the output (texts, units), mask of 0 and 1, rate -> gradient in the input.

    Example: d_out [[3, -2]], mask [[1, 0]] and rate 0.25 give [[4, 0]].
    """
    return ...  # your turn
''',
    hints=(
        "Each number of h is multiplied by one number. What is the derivative of a product with a "
        "constant?",
        "The constant is mask / (1 - rate), forwards and backwards alike.",
    ),
    solution="""
def dropout_backward(d_out, mask, rate):
    # Each unit was multiplied by one constant, so its gradient is multiplied by the same one.
    # Another way is a choice, np.where(mask == 1, a, b), of the scaled gradient and 0.
    return d_out * mask / (1 - rate)
""",
    stages={"shape": _dropout_shape, "values": _dropout_values, "real data": _dropout_real},
    wrong=(
        Wrong(
            "sums over the texts",
            "shape (6,), expected shape (4, 6)",
            ("d_out * mask / (1 - rate)", "(d_out * mask).sum(axis=0)"),
            fails="shape",
        ),
        Wrong(
            "changes its input",
            "changes its input",
            ("return d_out *", "d_out *= mask\n    return d_out *"),
            fails="shape",
        ),
        Wrong("forgets the mask", "the mask is missing", ("d_out * mask /", "d_out /")),
        Wrong("forgets the division", "divided by 1 - rate", (" / (1 - rate)", "")),
        Wrong("divides by the rate", "divides by the rate", ("/ (1 - rate)", "/ rate")),
        Wrong("multiplies", "instead of dividing", ("/ (1 - rate)", "* (1 - rate)")),
        Wrong("turns the mask round", "the mask is inverted", ("* mask", "* (1 - mask)")),
        Wrong("divides twice", "1 - rate twice", ("(1 - rate)", "(1 - rate) ** 2")),
        Wrong(
            "divides by the share kept",
            "the share of the units kept",
            ("(1 - rate)", "mask.mean()"),
        ),
        Wrong("fixes the rate", "rate = 0.2", ("(1 - rate)", "0.75")),
        Wrong("takes the larger of both", "rate = 0.6", ("(1 - rate)", "max(rate, 1 - rate)")),
        Wrong("takes one mask for all", "each has its own", ("* mask /", "* mask[0] /")),
        Wrong("forgets the gradient", "does not occur in it", ("d_out * mask /", "mask /")),
        Wrong(
            "loses negative gradients", "expected [-1.88", ("* mask /", "* (d_out > 0) * mask /")
        ),
        Wrong(
            "divides by each text's mask",
            "at [0, 0] is nan",
            ("* mask /", "* mask / mask.max(axis=1, keepdims=True) /"),
        ),
        Wrong(
            "rounds",
            "7.7778",
            ("d_out * mask / (1 - rate)", "(d_out * mask / (1 - rate)).round(3)"),
        ),
    ),
    right=(
        Right(
            "chooses",
            code="""
import numpy as np


def dropout_backward(d_out, mask, rate):
    return np.where(mask == 1, d_out / (1 - rate), 0.0)
""",
        ),
        Right(
            "in float32",
            ("d_out * mask / (1 - rate)", '(d_out * mask / (1 - rate)).astype("float32")'),
        ),
        Right(
            "lists in lists",
            code="""
def dropout_backward(d_out, mask, rate):
    rows = zip(d_out, mask, strict=True)
    return [[g * m / (1 - rate) for g, m in zip(*row, strict=True)] for row in rows]
""",
        ),
        Right(
            "a tensor, from autograd",
            code="""
import torch


def dropout_backward(d_out, mask, rate):
    h = torch.ones(d_out.shape, dtype=torch.float64, requires_grad=True)
    out = h * torch.tensor(mask) / (1 - rate)
    out.backward(torch.tensor(d_out))
    return h.grad.requires_grad_()
""",
        ),
    ),
    shows="What multiplies forwards multiplies backwards: silent units get no gradient.",
)
