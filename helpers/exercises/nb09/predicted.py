"""09-predicted: three numbers about luck, committed before they are computed."""

from functools import cache

import numpy as np
from scipy.stats import binom

from helpers.evaluation.intervals import wilson
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared, shares

NEAR = (0.03, 0.1, 0.01)  # how far each prediction may be off
QUESTIONS = (
    (
        "the lower end of the interval",
        "Coins that show heads with 0.89 still show thirty heads in a row now and then. The lower "
        "root is n / (n + z²): four texts' worth of doubt remain, however many there are",
    ),
    (
        "the chance of at least one",
        "Each variant stays above 0.05 with a probability of 0.95, but all twenty with only "
        "0.95 ** 20 = 0.36. (Splits come whole, so p < 0.05 is a little rarer than 0.05.) Try "
        "enough variants, and one will look good",
    ),
    (
        "the calibration error",
        "The share of correct answers among 100 has a standard deviation of 0.03, so it is seldom "
        "just 0.9, and ECE takes the gap without its sign. Its mean is 0.8 standard deviations. "
        "Calibration errors of a few hundredths mean nothing on so few texts",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers, the last two exactly, by summing over all that may happen."""
    uneven = 2 * binom(1000, 0.5).cdf(np.arange(501))
    most = int(np.flatnonzero(uneven < 0.05).max())  # the largest smaller side with p < 0.05
    k = np.arange(101)
    gap = float(binom(100, 0.9).pmf(k) @ np.abs(k / 100 - 0.9))
    return wilson(30, 30).low, float(1 - (1 - uneven[most]) ** 20), gap


def _three(answer: Answer) -> None:
    """Three numbers, each a share."""
    if (got := answer.array().size) != 3:
        numbers = "1 number" if got == 1 else f"{got} numbers"
        raise Diagnosis(
            f"You give {numbers}; three numbers are asked for: [lower end, chance of at least one, "
            "ECE]."
        )
    shares()(answer)


PREDICTED = Exercise(
    name="09-predicted",
    title="Predict, then run",
    difficulty=2,
    minutes=10,
    prompt="""
Commit to three numbers before anything is computed. The check then computes them and explains the
first that is off. A prediction that misses is no mistake: it shows you where your picture of luck
differs from luck.

1. A classifier has all of 30 held-out texts correct. Where does Wilson's 95 % interval of its
   accuracy **begin** (within 0.03)?
2. You try twenty variants of a classifier. In truth all of them are exactly as good as the one you
   have. Each disagrees with it on 1,000 texts, every time on other ones, and gets McNemar's test.
   How likely is it that **at least one** of the twenty has p < 0.05 (within 0.1)?
3. A classifier says 0.9 every time, and is correct with a probability of exactly 0.9: it's
   perfectly calibrated. What **ECE** will 100 texts show on average (within 0.01)?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.99, 0.05, 0]: the check says what the first was computed to be, and why.
predicted = ...  # your turn: [lower end, chance of at least one, ECE]
""",
    hints=(
        "For the first: for 100 of 100 it began at 0.963. For the second: how likely is it that "
        "all twenty stay above 0.05? For the third: how far does a share of 100 texts scatter?",
        "Where every answer is correct, the lower root is n / (n + z²). All twenty staying "
        "above 0.05 is a product of equal factors. And the mean distance from the middle of a bell "
        "curve is 0.8 standard deviations.",
    ),
    solution="""
# 1. The lower root of Wilson's formula for a share of 1 is n / (n + z²) = 30 / 33.84.
# 2. Each variant stays above 0.05 with 0.95, all twenty with 0.95 ** 20 = 0.36.
# 3. The share scatters by 0.03; the mean distance of a bell curve is 0.8 standard deviations.
predicted = [0.89, 0.64, 0.024]
# Instead you could draw: np.abs(random.binomial(100, 0.9, 10_000) / 100 - 0.9).mean()
""",
    stages={"shape": _three, "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong("gives two", "three numbers are", ("0.89, 0.64, 0.024", "0.89, 0.64"), fails="shape"),
        Wrong("writes per cent", "write 30 % as 0.3", ("0.89,", "89,"), fails="shape"),
        Wrong("gives a negative error", "between 0 and 1", ("0.024", "-0.024"), fails="shape"),
        Wrong("writes a word", "expected numbers", ("[0.89, 0.64, 0.024]", "'1'"), fails="shape"),
        Wrong("takes the plain formula", "in a row now and then", ("0.89,", "1.0,")),
        Wrong("takes 100 texts", "in a row now and then", ("0.89,", "0.963,")),
        Wrong("thinks of the middle", "in a row now and then", ("0.89,", "0.5,")),
        Wrong("takes one test for twenty", "one will look good", ("0.64,", "0.05,")),
        Wrong("adds up", "one will look good", ("0.64,", "1.0,")),
        Wrong("takes the chance of none", "one will look good", ("0.64,", "0.36,")),
        Wrong("expects no error", "without its sign", ("0.024", "0.0")),
        Wrong("expects a tenth", "without its sign", ("0.024", "0.1")),
    ),
    right=(
        Right("as a tuple", ("[0.89, 0.64, 0.024]", "(0.88, 0.6, 0.025)")),
        Right("by formulas", code="predicted = [30 / 33.84, 1 - 0.95**20, 0.8 * 0.03]"),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.9, 0.65, 0.03])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.886, 0.61, 0.024])"),
    ),
    shows="Computed: the interval begins at 0.89, one of twenty looks different with a chance "
    "of 0.61, and a perfect classifier shows an ECE of 0.02.",
)
