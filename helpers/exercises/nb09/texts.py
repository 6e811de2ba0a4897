"""How many test texts an interval needs."""

import math
from collections.abc import Callable

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_number


def _texts_shape(answer: Answer) -> None:
    got = answer.number(0.9, 0.02)
    if got != round(got):
        raise Diagnosis(f"You return {got:g}; texts come whole, so round up.")


def _texts_values(answer: Answer) -> None:
    def exact(a: float, h: float) -> float:
        return 1.96**2 * a * (1 - a) / h**2

    def rounded(function: Callable) -> Callable:
        return lambda a, h: math.ceil(function(a, h))

    mistakes = {
        "the 1.96 is missing; that interval holds 68 %": rounded(lambda a, h: a * (1 - a) / h**2),
        "the 1.96 is squared, too": rounded(lambda a, h: exact(a, h) / 1.96),
        "that is 2² in place of 1.96²; the formula has 1.96": rounded(
            lambda a, h: 4 * a * (1 - a) / h**2
        ),
        "that is for an interval of 90 %; 95 % needs 1.96": rounded(
            lambda a, h: 1.645**2 * a * (1 - a) / h**2
        ),
        "that is for an interval of 99 %; 95 % needs 1.96": rounded(
            lambda a, h: 2.576**2 * a * (1 - a) / h**2
        ),
        "that is the root of the number": rounded(lambda a, h: exact(a, h) ** 0.5),
        "half the interval is asked for, not the whole of it": rounded(
            lambda a, h: exact(a, h) / 4
        ),
        "h is half the interval already; it was halved again": rounded(
            lambda a, h: 4 * exact(a, h)
        ),
        "round up: with one text fewer the interval is too wide": (
            lambda a, h: math.ceil(exact(a, h)) - 1
        ),
        "round up, not to the nearest: with one text fewer the interval is too wide": (
            lambda a, h: round(exact(a, h))
        ),
        "that is a text more than needed; the smallest number is wanted": (
            lambda a, h: math.ceil(exact(a, h)) + 1
        ),
        "the variance is a (1 - a), not a": rounded(lambda a, h: exact(a, h) / (1 - a)),
        "the variance is a (1 - a), not (1 - a)²": rounded(lambda a, h: exact(a, h) / a * (1 - a)),
        "the variance is a (1 - a); its root was not squared": rounded(
            lambda a, h: 1.96**2 * (a * (1 - a)) ** 0.5 / h**2
        ),
        "that takes a (1 - a) as 1/4, its largest value, whatever a is": rounded(
            lambda a, h: 1.96**2 / 4 / h**2
        ),
        "h must be squared, too": rounded(lambda a, h: exact(a, h) * h),
        "the two inputs are swapped: the accuracy comes first, then half the interval": rounded(
            lambda a, h: exact(h, a)
        ),
        "the fraction is turned round": rounded(lambda a, h: 1 / exact(a, h)),
    }

    def read(result: object, due: float) -> float:
        got = as_number(result)
        if got != round(got):
            raise Diagnosis(f"You return {got:g}; texts come whole, so round up.")
        return got

    # none so near to a whole number that another rounding of 1.96 would change it
    cases = ((0.5, 0.1), (0.9, 0.1), (0.9, 0.02), (0.8, 0.2), (0.6, 0.03), (0.97, 0.01), (0.7, 0.3))
    due = rounded(exact)
    against(answer, due, cases, ["accuracy", "half"], mistakes, read, tolerance=1e-7)


TEXTS = Exercise(
    name="09-texts",
    title="How many test texts?",
    difficulty=2,
    minutes=8,
    prompt="""
You are about to have test texts labelled by hand, which costs money. You expect an accuracy of
about $a$ and want to know it to within plus or minus $h$ (half the 95 % interval). Return the
smallest sufficient number of texts by the plain formula, $h = 1.96 \\sqrt{a(1 - a)/n}$. (It's good
enough for planning, as long as the number comes out large.)
""",
    answer="texts_needed",
    starter='''
import math


def texts_needed(accuracy, half):
    """Expected accuracy, half the width of the interval -> a whole number of texts.

    Example: texts_needed(0.5, 0.25) is 16.
    """
    return ...  # your turn
''',
    hints=(
        "Half the interval is 1.96 times the root of a (1 - a) / n. Solve for n.",
        "Square both sides: h² = 1.96² a (1 - a) / n. math.ceil rounds up.",
    ),
    solution="""
import math


def texts_needed(accuracy, half):
    # Square the formula and solve it for n. Round up: with one text fewer h would be exceeded.
    return math.ceil(1.96**2 * accuracy * (1 - accuracy) / half**2)


# Another way, good for any interval: count n upwards until it is narrow enough.
""",
    stages={"shape": _texts_shape, "values": _texts_values},
    wrong=(
        Wrong(
            "swaps the inputs",
            "the two inputs are swapped",
            ("accuracy * (1 - accuracy) / half**2", "half * (1 - half) / accuracy**2"),
        ),
        Wrong(
            "does not round",
            "round up",
            code="def texts_needed(a, half):\n    return 1.96**2 * a * (1 - a) / half**2",
            fails="shape",
        ),
        Wrong(
            "prints",
            "is its return line missing",
            (
                "return math.ceil(1.96**2 * accuracy * (1 - accuracy) / half**2)",
                "print(math.ceil(1.96**2 * accuracy * (1 - accuracy) / half**2))",
            ),
            fails="shape",
        ),
        Wrong("rounds down", "one text fewer", ("math.ceil", "math.floor")),
        Wrong("rounds to the nearest", "one text fewer", ("math.ceil", "round")),
        Wrong("adds one", "a text more than needed", ("half**2)", "half**2) + 1")),
        Wrong("forgets 1.96", "the 1.96 is missing", ("1.96**2 * ", "")),
        Wrong("does not square 1.96", "the 1.96 is squared", ("1.96**2", "1.96")),
        Wrong("takes 2", "the formula has 1.96", ("1.96**2", "2**2")),
        Wrong("takes 90 %", "95 % needs 1.96", ("1.96**2", "1.645**2")),
        Wrong("takes the whole width", "not the whole of it", ("half**2", "(2 * half) ** 2")),
        Wrong("halves again", "it was halved again", ("half**2", "(half / 2) ** 2")),
        Wrong("does not square the half", "h must be squared", ("half**2", "half")),
        Wrong("takes the largest variance", "whatever a is", ("accuracy * (1 - accuracy)", "0.25")),
        Wrong(
            "takes the root of the variance",
            "its root was not squared",
            ("accuracy * (1 - accuracy)", "math.sqrt(accuracy * (1 - accuracy))"),
        ),
        Wrong(
            "forgets to square",
            "the root of the number",
            code="""
import math


def texts_needed(accuracy, half):
    return math.ceil(1.96 * math.sqrt(accuracy * (1 - accuracy)) / half)
""",
        ),
        Wrong(
            "takes at least a hundred",
            "you return 100: expected 97",
            code="""
import math


def texts_needed(accuracy, half):
    return max(100, math.ceil(1.96**2 * accuracy * (1 - accuracy) / half**2))
""",
        ),
    ),
    right=(
        Right(
            "a float of NumPy",
            code="""
import numpy as np


def texts_needed(accuracy, half):
    return np.ceil(1.96**2 * accuracy * (1 - accuracy) / half**2)
""",
        ),
        Right(
            "1.96 to more digits",
            code="""
import math
from statistics import NormalDist


def texts_needed(accuracy, half):
    z = NormalDist().inv_cdf(0.975)
    return math.ceil(accuracy * (1 - accuracy) * (z / half) ** 2)
""",
        ),
        Right(
            "one text more each time",
            code="""
def texts_needed(accuracy, half):
    n = 1
    while 1.96 * (accuracy * (1 - accuracy) / n) ** 0.5 > half:
        n += 1
    return n
""",
        ),
        Right(
            "a tensor that wants a gradient",
            code="""
import torch


def texts_needed(accuracy, half):
    a = torch.tensor(accuracy, requires_grad=True)
    return torch.ceil(1.96**2 * a * (1 - a) / half**2)
""",
        ),
        Right(
            "whole division of the negative",
            (
                "math.ceil(1.96**2 * accuracy * (1 - accuracy) / half**2)",
                "-int(-(1.96**2) * accuracy * (1 - accuracy) // half**2)",
            ),
        ),
    ),
    shows="Half the width costs four times the texts, and 0.97 to within 0.01 over a thousand.",
)
