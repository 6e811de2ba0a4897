"""A bootstrap interval."""

import math

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong

RIGHT = np.repeat([1.0, 0.0], [240, 160])
SPREAD = math.sqrt(0.6 * 0.4 / 400)  # of the accuracy on 400 texts, 0.0245
DRAWS = 5000
# By the binomial distribution 95 % of the draws have 221 to 259 right of 400. The ends from 5,000
# draws leave these bounds about once in 50,000 times; where 5 % is left out they come into them as
# seldom. Each bound lies between two counts.
LOW, HIGH = (0.5440, 0.5563), (0.6437, 0.6560)


def _interval_shape(answer: Answer) -> None:
    low, high = answer.array(RIGHT, 500, shape=(2,))
    if low > high and abs(low - 0.6) < 2 * SPREAD and high < 0.2:
        raise Diagnosis(
            f"You return {low:.3f} and {high:.3f}: that looks like the middle and half the width; "
            "the two ends are asked for."
        )
    if low > high:
        raise Diagnosis(
            f"You return {low:.3f} and {high:.3f}: the lower end comes first. (If you pick them "
            "from a list of means, is it sorted?)"
        )


def _interval_values(answer: Answer) -> None:
    low, high = answer.array(RIGHT, DRAWS, shape=(2,))
    if not (LOW[0] < low < LOW[1] and HIGH[0] < high < HIGH[1]):
        raise Diagnosis(
            f"For 240 right of 400 and {DRAWS:,} draws you return {low:.4g} to {high:.4g}, "
            f"expected about 0.552 to 0.648: {_why_so_wide(answer, low, high)}."
        )
    _one_draw(answer)
    # Nine right of ten: 7 to 10 right in 95 % of the draws, whatever the generator
    low, high = answer.array(np.array([1.0] * 9 + [0.0]), 4000, shape=(2,))
    if high > 1 + 1e-6:
        raise Diagnosis(
            f"For 9 right of 10 your interval ends at {high:.3f}, above 1, where no draw's mean "
            "can be. Take the ends from the draws' means themselves."
        )
    if abs(low - 0.7) > 0.01 or abs(high - 1) > 0.01:
        raise Diagnosis(
            f"For 9 right of 10 and 4,000 draws you return {low:.3f} to {high:.3f}, expected 0.7 "
            "to 1: of the means of draws of ten texts, 2.5 % lie below the one and none above the "
            "other."
        )


def _one_draw(answer: Answer) -> None:
    """A single draw has one mean, so both ends are there: do the draws number ``repeats``?"""
    try:
        low, high = answer.array(RIGHT, 1, shape=(2,))
    except Diagnosis:
        return  # some ways to take quantiles want two numbers
    if abs(high - low) > 1e-6:
        raise Diagnosis(
            f"For a single draw (repeats = 1) you return {low:.3f} to {high:.3f}; one draw has one "
            "mean, so both ends should be equal. Does your interval come from `repeats` draws?"
        )


def why_no_width(answer: Answer) -> str:
    """Say why both ends are one, if five right of seven tell."""
    low, high = 7 * answer.array(np.array([1.0] * 5 + [0.0] * 2), 50, shape=(2,))
    if high - low < 1e-6 and abs(low - 5) < 1e-6:
        return "every draw has just the texts of the sample; draw with replacement"
    if high - low < 1e-6 and abs(low - round(low)) < 1e-6 and 0 < round(low) < 7:
        return "every draw is the same; make the generator once, before the first draw"
    return "the ends are two of the draws' means, and these differ from draw to draw"


def _why_so_wide(answer: Answer, low: float, high: float) -> str:
    """Say what gives an interval of 240 right of 400, if its ends tell."""
    below, above = (0.6 - low) / SPREAD, (high - 0.6) / SPREAD

    def near(first: float, second: float) -> bool:
        return abs(below - first) < 0.2 and abs(above - second) < 0.2

    if high > 1:
        return "an accuracy is at most 1; divide each draw's sum by the size of the draw"
    if high - low < 1e-6:
        return why_no_width(answer)
    if abs(low - 0.352) < 0.005 and abs(high - 0.448) < 0.005:
        return "that is the share of the wrong answers"
    if near(1.96, 1.645):
        return "the upper end leaves out 5 %; leave out 2.5 % at either end"
    if near(1.645, 1.96):
        return "the lower end leaves out 5 %; leave out 2.5 % at either end"
    if near(1.645, 1.645):
        return "that holds 90 %; leave out 2.5 % at either end"
    if near(1, 1):
        return "that is one standard deviation to either side, which holds 68 %"
    if abs(below - 3.4) < 0.6 and abs(above + 2.35) < 0.35:
        return "both ends lie among the lowest means; np.percentile counts to 100, np.quantile to 1"
    if min(below, above) > 6:
        return (
            "that is far too wide. Each draw has as many texts as `right`, and the ends are two of "
            "the draws' means"
        )
    if max(below, above) < 0.4:
        return (
            "the draws' means are spread more widely. The ends are two of these means, and each "
            "draw has as many texts as `right`"
        )
    return (
        "of the means of all draws, each of as many texts as `right`, 2.5 % lie below the interval "
        "and 2.5 % above it"
    )


def _interval_real(answer: Answer) -> None:
    few, many = (np.tile([1.0, 1.0, 1.0, 0.0], n) for n in (25, 400))
    narrow, wide = (np.ptp(answer.array(x, 1000, shape=(2,))) for x in (many, few))
    ratio = wide / max(narrow, 1e-9)
    if not 3 < ratio < 5.5:
        raise Diagnosis(
            f"For 100 texts your interval is {wide:.3f} wide, for 1,600 {narrow:.3f}. Sixteen "
            "times the texts should make it about 4 times narrower, the root of 16. Does the size "
            "of a draw, or what its sum is divided by, follow the number of texts?"
        )


INTERVAL = Exercise(
    name="09-interval",
    title="A bootstrap of your own",
    difficulty=2,
    minutes=10,
    prompt="""
`right`, shape (texts), holds 1 where a classifier was right and 0 where it was wrong. Return the
two ends of the 95 % bootstrap interval of its accuracy: of the accuracies of `repeats` draws, the
middle 95 %.
""",
    answer="accuracy_interval",
    starter='''
import numpy as np


def accuracy_interval(right, repeats):
    """Ones and zeros (texts), number of draws -> (lower end, upper end)."""
    return ...  # your turn
''',
    hints=(
        "One draw: np.random.default_rng(0) gives a generator; its choice(right, size=len(right)) "
        "draws with replacement. What do you keep of each draw?",
        "Keep the mean of each draw. The interval holds the middle 95 % of these means: which "
        "share of them lies below its lower end, and which below its upper? Look up np.quantile.",
    ),
    solution="""
import numpy as np


def accuracy_interval(right, repeats):
    random = np.random.default_rng(0)
    means = [random.choice(right, size=len(right)).mean() for _ in range(repeats)]
    return np.quantile(means, [0.025, 0.975])
""",
    stages={"shape": _interval_shape, "values": _interval_values, "real data": _interval_real},
    wrong=(
        Wrong(
            "returns the means",
            "expected shape (2,)",
            ("np.quantile(means, [0.025, 0.975])", "means"),
            fails="shape",
        ),
        Wrong(
            "turns the ends round",
            "the lower end comes first",
            ("[0.025, 0.975]", "[0.975, 0.025]"),
            fails="shape",
        ),
        Wrong(
            "returns the middle and half",
            "the middle and half the width",
            ("np.quantile(means, [0.025, 0.975])", "np.mean(means), 1.96 * np.std(means)"),
            fails="shape",
        ),
        Wrong(
            "draws without replacement",
            "draw with replacement",
            ("size=len(right))", "size=len(right), replace=False)"),
        ),
        Wrong(
            "draws the same again",
            "make the generator once",
            ("random.choice", "np.random.default_rng(0).choice"),
        ),
        Wrong(
            "leaves out 5 % at either end", "that holds 90 %", ("[0.025, 0.975]", "[0.05, 0.95]")
        ),
        Wrong("leaves out 5 % above", "the upper end leaves out 5 %", ("0.975", "0.95")),
        Wrong("leaves out 5 % below", "the lower end leaves out 5 %", ("0.025", "0.05")),
        Wrong(
            "takes shares for per cent",
            "np.percentile counts to 100",
            ("np.quantile", "np.percentile"),
        ),
        Wrong("draws few", "far too wide", ("size=len(right)", "size=10")),
        Wrong("adds up", "divide each draw's sum", (".mean()", ".sum()")),
        Wrong(
            "takes one standard deviation",
            "one standard deviation",
            (
                "np.quantile(means, [0.025, 0.975])",
                "np.mean(means) - np.std(means), np.mean(means) + np.std(means)",
            ),
        ),
        Wrong(
            "takes quantiles of the texts",
            "the ends are two of the draws' means",
            code="""
import numpy as np


def accuracy_interval(right, repeats):
    return np.quantile(right, [0.025, 0.975])
""",
        ),
        Wrong(
            "takes the formula",
            "one draw has one mean",
            code="""
import numpy as np


def accuracy_interval(right, repeats):
    half = 1.96 * np.std(right) / np.sqrt(len(right))
    return np.mean(right) - half, np.mean(right) + half
""",
        ),
        Wrong(
            "draws a thousand times", "come from `repeats` draws", ("range(repeats)", "range(1000)")
        ),
        Wrong(
            "goes beyond 1",
            "above 1, where no draw's mean",
            (
                "np.quantile(means, [0.025, 0.975])",
                "np.mean(means) + 1.96 * np.std(means) * np.array([-1, 1])",
            ),
        ),
        Wrong(
            "draws at most 400",
            "the root of 16",
            ("size=len(right)", "size=min(len(right), 400)"),
            fails="real data",
        ),
    ),
    right=(
        Right(
            "all draws at once",
            code="""
import numpy as np


def accuracy_interval(right, repeats):
    draws = np.random.default_rng(7).integers(len(right), size=(repeats, len(right)))
    return tuple(np.percentile(right[draws].mean(axis=1), [2.5, 97.5]))
""",
        ),
        Right(
            "without a seed, in Python",
            code="""
import random


def accuracy_interval(right, repeats):
    texts, n = right.tolist(), len(right)
    means = sorted(sum(random.choices(texts, k=n)) / n for _ in range(repeats))
    return [means[int(0.025 * repeats)], means[min(int(0.975 * repeats), repeats - 1)]]
""",
        ),
        Right(
            "coins of the same accuracy",
            code="""
import numpy as np


def accuracy_interval(right, repeats):
    counts = np.random.default_rng(3).binomial(len(right), right.mean(), size=repeats)
    return np.quantile(counts / len(right), (0.025, 0.975)).astype(np.float32)
""",
        ),
        Right(
            "a tensor",
            code="""
import torch


def accuracy_interval(right, repeats):
    texts = torch.tensor(right)
    draws = torch.randint(len(texts), (repeats, len(texts)))
    ends = torch.tensor([0.025, 0.975], dtype=torch.float64)
    return torch.quantile(texts[draws].mean(dim=1), ends).requires_grad_()
""",
        ),
    ),
    shows="The sample itself says how far another sample would be off.",
)
