"""07-predicted: three numbers about training loops, committed before they are measured."""

from functools import cache

import numpy as np
import torch

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared
from helpers.text.batches import pad

NEAR = (0.05, 0.5, 0.04)  # how far each prediction may be off
QUESTIONS = (
    (
        "the share of padding",
        "One long text makes all 128 rows 400 wide, 51,200 places, and only 127 times 50 and 400 "
        "of them hold words",
    ),
    (
        "how many times as far the weight moves",
        "Gradients that are never set to zero add up: the steps are 1, 2, 3 … 10 times as long, 55 "
        "in all instead of 10. On a real loss that soon goes past every minimum",
    ),
    (
        "the accuracy of the best of twenty epochs of guessing",
        "One epoch scatters around 1/3 by about five points, the standard deviation of 86 guesses, "
        "and the best of twenty lies nearly two of those above. The test part, asked once, would "
        "give 0.33. This is why the number that chose an epoch is not the number to report",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers; the last is a mean over a thousand runs."""
    ids, _ = pad([[2] * 50] * 127 + [[2] * 400])
    ends = []
    for zero in (False, True):
        weight = torch.zeros(1, requires_grad=True)
        optimizer = torch.optim.SGD([weight], lr=1.0)
        for _ in range(10):
            if zero:
                optimizer.zero_grad()
            (2 * weight).sum().backward()
            optimizer.step()
        ends.append(weight.item())
    right = np.random.default_rng(7).binomial(86, 1 / 3, size=(1000, 20))
    return float((ids == 0).mean()), ends[0] / ends[1], float((right.max(axis=1) / 86).mean())


def _shape(answer: Answer) -> None:
    padding, factor, best = answer.array(shape=(3,))
    for place, share in ((1, padding), (3, best)):
        if not 0 <= share <= 1:
            raise Diagnosis(
                f"Prediction {place} is {share:g}; a share lies between 0 and 1 (30 % is 0.3)."
            )
    if factor <= 0:
        raise Diagnosis(f"Prediction 2 is {factor:g}; a factor is asked for, 1 for equally far.")


PREDICTED = Exercise(
    name="07-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them and explains the
first that's wrong. A prediction that misses is no mistake: it shows you where your picture of
training differs from training.

1. A batch has 127 texts of 50 words and one of 400. Which **share** of its places is padding
   (within 0.05)?
2. A loss falls evenly: the gradient of its only weight is 2, wherever the weight is. Somebody has
   forgotten `optimizer.zero_grad()`. **How many times** as far does the weight move in ten steps of
   plain gradient descent as it would with it (within 0.5)?
3. A network has learned nothing. In each of 20 epochs it guesses, anew, one of three classes for
   each of 86 validation texts, and the best epoch is kept. What **accuracy** on the validation part
   does the log show for that epoch, on average over many runs (within 0.04)?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.5, 1, 0.33]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [share, factor, accuracy]
""",
    hints=(
        "For the first, how wide is each row? For the second, which gradient does the third step "
        "use? For the third, how far does the number of correct guesses scatter from run to run?",
        "The batch has 128 x 400 places. The steps grow like 1, 2, 3. The standard deviation of 86 "
        "guesses is sqrt(1/3 * 2/3 / 86), about 0.05, and the best of 20 lies nearly two above.",
    ),
    solution="""
# 1. 128 * 400 places, 127 * 50 + 400 words.
# 2. backward() adds, so step k uses k gradients: 1 + 2 + ... + 10 = 55 instead of 10.
# 3. 1/3 and nearly two standard deviations of 0.05: the best of 20 looks ten points too good.
predicted = [0.87, 5.5, 0.43]
# Instead of guessing you could draw it: np.random.default_rng(0).binomial(86, 1 / 3, 20).max() / 86
""",
    stages={"shape": _shape, "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("0.87, 5.5, 0.43", "0.87, 5.5"), fails="shape"),
        Wrong("writes per cent", "30 % is 0.3", ("0.87,", "87,"), fails="shape"),
        Wrong("gives the hits", "30 % is 0.3", ("0.43]", "37]"), fails="shape"),
        Wrong("expects no movement", "a factor is asked for", ("5.5", "0"), fails="shape"),
        Wrong("takes the long text for harmless", "400 wide", ("0.87,", "0.1,")),
        Wrong("takes the share of words", "400 wide", ("0.87,", "0.13,")),
        Wrong("expects no difference", "add up", ("5.5", "1")),
        Wrong("counts the steps", "add up", ("5.5", "10")),
        Wrong("gives the sum", "add up", ("5.5", "55")),
        Wrong("expects guessing", "best of twenty", ("0.43]", "0.33]")),
        Wrong("expects a certainty", "best of twenty", ("0.43]", "0.6]")),
        Wrong("takes two classes", "best of twenty", ("0.43]", "0.5]")),
    ),
    right=(
        Right("as a tuple", ("[0.87, 5.5, 0.43]", "(0.85, 5.4, 0.42)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.9, 5.2, 0.45])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.87, 5.5, 0.43])"),
        Right(
            "by formulas",
            code="predicted = [1 - (127 * 50 + 400) / (128 * 400), 55 / 10, 1 / 3 + 1.9 * 0.051]",
        ),
        Right(
            "with the third drawn",
            code="""
import numpy as np

best = np.random.default_rng(0).binomial(86, 1 / 3, size=(200, 20)).max(axis=1) / 86
predicted = [0.87, 5.5, best.mean()]
""",
        ),
    ),
    shows="Measured: 87 % padding for one long text, 5.5 times too far without zero_grad, and 43 % "
    "for the best of twenty guesses.",
)
