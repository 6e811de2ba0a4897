"""A schedule that falls as one over the root of the steps."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.exercise import Exercise, Right, Wrong


def _root(step: int, warmup: int) -> float:
    t = step + 1
    return min(t / warmup, (warmup / t) ** 0.5)


def _root_shape(answer: Answer) -> None:
    answer.number(0, 10)


def _root_values(answer: Answer) -> None:
    def both(climb: Callable, fall: Callable) -> Callable:
        return lambda step, warmup: (climb if step < warmup else fall)(step, warmup, step + 1)

    def climbs(step: int, warmup: int, t: int) -> float:
        return t / warmup

    def falls(step: int, warmup: int, t: int) -> float:
        return (warmup / t) ** 0.5

    mistakes = {
        "the climb is right, but after the warm-up the rate falls": both(climbs, lambda s, w, t: 1),
        "steps count from 0, so the first of them is the share 1 / warmup, not 0": (
            lambda s, w: min(s / w, (w / max(s, 1)) ** 0.5)
        ),
        "the first step is the share 1 / warmup already, and the last of the warm-up is 1": both(
            lambda s, w, t: s / max(w - 1, 1), falls
        ),
        "the climb is right, but the fall counts the steps done as well, so t = step + 1": both(
            climbs, lambda s, w, t: (w / s) ** 0.5
        ),
        "the climb reaches 1 a step too late; at the last step of the warm-up it is 1": (
            lambda s, w: min((s + 1) / (w + 1), (w / (s + 1)) ** 0.5)
        ),
        "whole division cuts off the climb's fraction; divide with /, not with //": (
            lambda s, w: min((s + 1) // w, (w / (s + 1)) ** 0.5)
        ),
        "that falls as 1 / t, not as its root": both(climbs, lambda s, w, t: w / t),
        "that falls as the third root of 1 / t, not as its square root": both(
            climbs, lambda s, w, t: (w / t) ** (1 / 3)
        ),
        "the fall counts the steps since the warm-up; it is the root of all steps done": both(
            climbs, lambda s, w, t: (t - w + 1) ** -0.5
        ),
        "the share jumps after the warm-up, from 1 to 1 / √n; it goes on from 1": (
            lambda s, w: (s + 1) / w if s < w else (s + 1) ** -0.5
        ),
        "that is Vaswani's formula without the scale: the share is 1 at the end of the "
        "warm-up": lambda s, w: min((s + 1) * w**-1.5, (s + 1) ** -0.5),
        "there is no climb": lambda s, w: (w / (s + 1)) ** 0.5,
        "there is no fall": lambda s, w: (s + 1) / w,
        "the climb is even, not a root": both(lambda s, w, t: (t / w) ** 0.5, falls),
        "of the climb and the fall the larger is taken; the smaller is the share": (
            lambda s, w: max((s + 1) / w, (w / (s + 1)) ** 0.5)
        ),
        "the share never falls below 0.1 there; the formula has no floor": both(
            climbs, lambda s, w, t: max(0.1, (w / t) ** 0.5)
        ),
    }
    steps = ((0, 4), (1, 4), (3, 4), (4, 4), (8, 4), (0, 1), (1, 1), (8, 1), (0, 10), (9, 10))
    later = ((10, 10), (39, 10), (99, 4), (1999, 10), (99, 100), (499, 100), (49_999, 2))
    against(answer, _root, (*steps, *later), ["step", "warmup"], mistakes)


def _root_real(answer: Answer) -> None:
    """Over the 4,000 steps of a training the share is what the formula says at each of them."""
    steps = range(0, 4000, 7)
    shares = np.array([answer.number(step, 100) for step in steps])
    due = np.array([_root(step, 100) for step in steps])
    expect(shares, due, "For a warm-up of 100 and every seventh of 4,000 steps")


ROOT = Exercise(
    name="06-root",
    title="A schedule without an end",
    difficulty=2,
    minutes=10,
    prompt="""
Cosine decay must know the number of steps in advance. The first Transformer (Vaswani et al., 2017)
used a schedule that needn't. Let $n$ be the number of the step, counted from 1.

- During the warm-up, the share of the full rate climbs evenly. At the last step of the warm-up it
  is 1.
- After that it falls like $1 / \\sqrt n$: at four times as many steps it is half as large.

The two pieces meet without a jump. Return the share. The argument `step` counts from 0, as in this
notebook, so $n$ = `step` + 1.
""",
    answer="inverse_root",
    starter='''
def inverse_root(step, warmup):
    """Step counted from 0, length of the warm-up (1 or more) -> share of the full rate.

    Example: with warmup = 4 the steps 0, 1, 2, 3 have 1/4, 1/2, 3/4, 1, and step 15 has 1/2.
    """
    return ...  # your turn
''',
    hints=(
        "Count the steps done, t = step + 1. What is the climb in t, so that it is 1 at "
        "t = warmup?",
        "The fall is a constant divided by the root of t. Which constant lets it go on where the "
        "climb ends? And which of the two is the smaller before that place, and which behind it?",
    ),
    solution="""
def inverse_root(step, warmup):
    t = step + 1
    # The fall is a constant over the root of t, and root(warmup) makes it 1 at t = warmup. Before
    # that place the climb is the smaller of the two, after it the fall; an if does it as well.
    return min(t / warmup, (warmup / t) ** 0.5)
""",
    stages={"shape": _root_shape, "values": _root_values, "real data": _root_real},
    wrong=(
        Wrong("counts from 0", "not 0", ("t = step + 1", "t = max(step, 1e-9)")),
        Wrong("forgets the root", "not as its root", (" ** 0.5", "")),
        Wrong(
            "takes the paper's formula",
            "without the scale",
            ("min(t / warmup, (warmup / t) ** 0.5)", "min(t * warmup**-1.5, t**-0.5)"),
        ),
        Wrong("never falls", "after the warm-up the rate falls", ("(warmup / t) ** 0.5", "1.0")),
        Wrong(
            "never climbs",
            "there is no climb",
            ("min(t / warmup, (warmup / t) ** 0.5)", "(warmup / t) ** 0.5"),
        ),
        Wrong("divides whole", "not with //", ("t / warmup", "t // warmup")),
        Wrong("takes the larger", "the larger is taken", ("min(", "max(")),
        Wrong(
            "climbs as a root", "even, not a root", ("min(t / warmup,", "min((t / warmup) ** 0.5,")
        ),
        Wrong(
            "lets the fall count from 0",
            "counts the steps done as well",
            (
                "return min(t / warmup, (warmup / t) ** 0.5)",
                "return t / warmup if t <= warmup else (warmup / step) ** 0.5",
            ),
        ),
        Wrong(
            "counts anew after the warm-up",
            "the root of all steps done",
            (
                "return min(t / warmup, (warmup / t) ** 0.5)",
                "return t / warmup if t <= warmup else (t - warmup + 1) ** -0.5",
            ),
        ),
        Wrong(
            "jumps",
            "the share jumps",
            (
                "return min(t / warmup, (warmup / t) ** 0.5)",
                "return t / warmup if t <= warmup else t**-0.5",
            ),
        ),
        Wrong(
            "stops at a tenth",
            "has no floor",
            (
                "min(t / warmup, (warmup / t) ** 0.5)",
                "min(t / warmup, max(0.1, (warmup / t) ** 0.5))",
            ),
        ),
        Wrong(
            "ends",
            "step = 1999 and warmup = 10 you return 0",
            ("    return", "    if t > 100 * warmup:\n        return 0.0\n    return"),
        ),
        Wrong(
            "has no fall without a warm-up",
            "step = 1 and warmup = 1 you return 1",
            ("    return", "    if warmup == 1:\n        return 1.0\n    return"),
        ),
        Wrong(
            "returns a text",
            "expected numbers",
            ("return min(t / warmup, (warmup / t) ** 0.5)", 'return "1"'),
            fails="shape",
        ),
    ),
    right=(
        Right(
            "the paper's formula with its scale",
            (
                "min(t / warmup, (warmup / t) ** 0.5)",
                "warmup**0.5 * min(t**-0.5, t * warmup**-1.5)",
            ),
        ),
        Right(
            "a tensor that wants a gradient",
            code="""
import torch


def inverse_root(step, warmup):
    t = torch.tensor(step + 1.0, requires_grad=True)
    return torch.minimum(t / warmup, (warmup / t).sqrt())
""",
        ),
        Right(
            "in float32",
            code="""
import numpy as np


def inverse_root(step, warmup):
    t, w = np.float32(step + 1), np.float32(warmup)
    return np.minimum(t / w, np.sqrt(w / t))
""",
        ),
        Right(
            "in two pieces, fractions and a whole number",
            code="""
from fractions import Fraction


def inverse_root(step, warmup):
    t = step + 1
    if t == warmup:
        return 1
    return Fraction(t, warmup) if t < warmup else (warmup / t) ** 0.5
""",
        ),
        Right(
            "an array without axes",
            code="""
import numpy as np


def inverse_root(step, warmup):
    t = step + 1
    return np.where(t <= warmup, t / warmup, np.sqrt(warmup / t))
""",
        ),
    ),
    shows="The climb and the fall meet at the end of the warm-up, and no total is needed.",
)
