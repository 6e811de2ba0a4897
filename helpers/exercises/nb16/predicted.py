"""16-predicted: three numbers about behavioural tests, committed before they are computed."""

from functools import cache

import numpy as np

from helpers.evaluation.behaviour import check
from helpers.evaluation.intervals import wilson
from helpers.evaluation.review_tests import minimum
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared, shares
from helpers.text.preprocess import simple_tokens

NEAR = (0.01, 0.03, 0.04)  # how far each prediction may be off
QUESTIONS = (
    (
        "the share of failures where the order decides",
        "Both sentences of a pair have the same words, so a sum gives both the same score. That "
        "score lies on one side of 0.5, which is wrong for exactly one of the two",
    ),
    (
        "the upper end of the interval",
        "No failure in 30 cases doesn't mean that there are none. With a failure rate of 0.1, "
        "thirty cases in a row still go well once in 24 times. The upper end is z² / (n + z²)",
        "Thirty cases without a failure do rule out high rates: at 0.2 it happens once in 800 "
        "times. The upper end is z² / (n + z²)",
    ),
    (
        "the share of errors with a negation",
        "Out of 1,000 texts, 100 have a negation and 40 of these go wrong. Of the 900 others, 45 "
        "do. Few texts with a high rate make as many errors as many texts with a low one",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers: by a sum with drawn weights, by Wilson, and by counting."""
    test = next(test for test in minimum() if test.name == "then and now")
    words = sorted({w for case in test.cases for w in simple_tokens(case.texts[0])})
    drawn = np.random.default_rng(16).normal(size=len(words))
    weights = dict(zip(words, drawn, strict=True))
    sums = [sum(weights[w] for w in sorted(set(simple_tokens(c.texts[0])))) for c in test.cases]
    known = {c.texts[0]: 1 / (1 + np.exp(-z)) for c, z in zip(test.cases, sums, strict=True)}
    failed = check(test, lambda texts: [known[text] for text in texts]).rate.value
    errors = 0.1 * 0.4, 0.9 * 0.05
    return failed, wilson(0, 30).high, errors[0] / sum(errors)


def _three(answer) -> None:
    if (got := answer.array().size) != 3:
        numbers = "1 number" if got == 1 else f"{got} numbers"
        raise Diagnosis(
            f"You give {numbers}; three are asked for: [share where the order decides, upper end, "
            "share of errors]."
        )
    shares()(answer)


PREDICTED = Exercise(
    name="16-predicted",
    title="Predict, then run",
    difficulty=2,
    minutes=10,
    prompt="""
Commit to three numbers before anything is computed. The check then computes them and explains the
first that's off. A miss isn't a mistake: it shows you where your picture of tests differs from what
they measure.

1. The test *then and now* has pairs of sentences with the same words in another order, such as "I
   used to find these films dull, now I find them funny." and its opposite. A model adds up one
   weight for each word; the weights are drawn at random. What share of the cases **fails** (within
   0.01)?
2. A model passes all of 30 cases. Where does Wilson's 95 % interval of its failure rate **end**
   (within 0.03)?
3. One text in ten has a negation. A model gets 40 % of those wrong, and 5 % of the others. What
   share of its **errors** has a negation (within 0.04)?
""",
    answer="predicted",
    starter="""
# Try predicted = [1, 0, 0.1]: the check says what the first was computed to be, and why.
predicted = ...  # your turn: [share where the order decides, upper end, share of errors]
""",
    hints=(
        "For the first: what are the scores of the two sentences of a pair? For the second: at "
        "which rate do thirty cases without a failure get unlikely? For the third: take 1,000 "
        "texts and count.",
        "Two equal scores, two different sides. An exercise of notebook 09 asks for the lower end "
        "of 30 correct out of 30: the same, seen from the other side. 40 errors against 45.",
    ),
    solution="""
# 1. Both sentences of a pair have the same sum, so exactly one of them is wrong.
# 2. z² / (n + z²) = 3.84 / 33.84.
# 3. 0.1 * 0.4 = 0.04 of all texts, against 0.9 * 0.05 = 0.045.
predicted = [0.5, 0.11, 0.47]
# Instead you could compute: intervals.wilson(0, 30).high, and 0.04 / (0.04 + 0.045)
""",
    stages={"shape": _three, "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong("gives two", "three are asked for", ("0.5, 0.11, 0.47", "0.5, 0.11"), fails="shape"),
        Wrong("writes per cent", "write 30 % as 0.3", ("0.5,", "50,"), fails="shape"),
        Wrong("writes a word", "expected numbers", ("[0.5, 0.11, 0.47]", "'half'"), fails="shape"),
        Wrong("expects all to fail", "exactly one of the two", ("0.5,", "1.0,")),
        Wrong("expects a quarter", "exactly one of the two", ("0.5,", "0.25,")),
        Wrong("trusts thirty cases", "doesn't mean that there are none", ("0.11,", "0.0,")),
        Wrong("trusts one in thirty", "doesn't mean that there are none", ("0.11,", "0.033,")),
        Wrong("trusts nothing", "do rule out high rates", ("0.11,", "0.5,")),
        Wrong("takes the share of texts", "Few texts with a high rate", ("0.47]", "0.1]")),
        Wrong("takes the rate", "Few texts with a high rate", ("0.47]", "0.4]")),
        Wrong("takes the ratio of the rates", "Few texts with a high rate", ("0.47]", "0.89]")),
    ),
    right=(
        Right("as a tuple", ("[0.5, 0.11, 0.47]", "(1 / 2, 0.12, 0.48)")),
        Right("by formulas", code="predicted = [0.5, 3.84 / 33.84, 0.04 / 0.085]"),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.5, 0.1, 0.45])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.5, 0.11, 0.47])"),
    ),
    shows="Computed: half of the cases fail, the interval ends at 0.11, and 0.47 of the errors "
    "have a negation.",
)
