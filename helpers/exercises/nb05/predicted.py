"""05-predicted: three numbers about networks, committed before they are measured."""

from functools import cache

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared
from helpers.scratch import functions, network
from helpers.scratch.initialization import draw_weights

NEAR = (0.1, 0.1, 1.0)  # how far each prediction may be off
QUESTIONS = (
    (
        "the loss on XOR",
        "A border may get three corners, but then the fourth is confidently wrong, and that costs "
        "more than it gains. The loss is smallest with p = 1/2 at every corner: ln 2",
    ),
    (
        "the share of units that pass nothing back",
        "Right after a symmetric draw, z is as often below 0 as above it, and a ReLU is flat below",
    ),
    (
        "the power of ten",
        "Each sigmoid on the way back multiplies by at most 1/4, and here W.T keeps the size, so "
        "eight layers make about 0.25 ** 8, or 10 ** -4.8, and slopes below 1/4 take some more",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers; the last two are means over five draws."""
    corners, labels = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    net = draw_weights([2, 2], "large", seed=1)
    for _ in range(5_000):
        loss, gradients = network.loss_and_gradients(net, corners, labels)
        for name in net:
            net[name] -= 0.5 * gradients[name]
    silent, powers = [], []
    for seed in range(5):
        x = np.random.default_rng(seed).normal(size=(200, 100))
        net = draw_weights([100, 100, 3], "he", seed)
        silent.append(np.mean(network.forward(net, x).outputs[1] == 0))
        deep = draw_weights([100] * 10 + [3], "glorot", seed)
        kept = network.forward(deep, x, "sigmoid")
        d_scores = functions.cross_entropy_gradient(kept.scores, np.arange(200) % 3)
        found = network.backward(deep, kept, d_scores, "sigmoid")
        sizes = [np.sqrt(np.mean(found[name] ** 2)) for name in ("W1", "W9")]
        powers.append(np.log10(sizes[0] / sizes[1]))
    return loss, float(np.mean(silent)), float(np.mean(powers))


def _shape(answer: Answer) -> None:
    loss, share, power = answer.array(shape=(3,))
    if loss < 0:
        raise Diagnosis(f"The first is {loss:g}; a cross-entropy is never negative.")
    if not 0 <= share <= 1:
        raise Diagnosis(f"The second is {share:g}; a share lies between 0 and 1 (30 % is 0.3).")
    if not -30 <= power <= 30:
        raise Diagnosis(f"The third is {power:g}; the power alone is asked for, -2 for 0.01.")
    if 0 < power < 0.1:
        raise Diagnosis(f"The third is {power:g}; give the exponent, such as -2 for 0.01.")


PREDICTED = Exercise(
    name="05-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them and explains the
first that is off. A wrong guess is no mistake: it shows you where your picture of a
network differs from the network.

1. A classifier *without* a hidden layer is trained on XOR's four corners until its loss no longer
   falls. What is the **loss**, in nats (within 0.1)?
2. A layer of ReLU units has just been drawn with He's scale, and texts go through it. For what
   **share** of the units and texts does no gradient pass (within 0.1)?
3. Take nine hidden layers of 100 *sigmoid* units, drawn with Glorot's scale ($D\\sigma^2 = 1$), on
   inputs of size 1. Divide the size of the gradient of $W_1$ by that of $W_9$. Which **power of
   ten** is it (the exponent, within 1)?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.2, 0.9, -1]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [loss, share, power of ten]
""",
    hints=(
        "For the first: what does it cost to be wrong at one corner of four, compared with being "
        "unsure at all four? For the third: what is the largest slope of a sigmoid?",
        "The first is the loss of guessing evenly between two classes. Half of all z are negative. "
        "Eight layers lie between W1 and W9, and each passes at most a quarter.",
    ),
    solution="""
# 1. ln 2: where no border fits, the loss is smallest with p = 1/2 everywhere.
# 2. A half: z is symmetric around 0, and a ReLU is flat below it.
# 3. Eight sigmoids pass a quarter each at most: 0.25 ** 8 is about 10 ** -4.8.
predicted = [0.69, 0.5, -5]
# Instead of guessing you could measure all three with `forward` and `backward` of the notebook.
""",
    stages={"shape": _shape, "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("0.69, 0.5, -5", "0.69, 0.5"), fails="shape"),
        Wrong("writes per cent", "30 % is 0.3", ("0.5, -5", "50, -5"), fails="shape"),
        Wrong("gives a negative loss", "never negative", ("0.69,", "-0.69,"), fails="shape"),
        Wrong("writes out the number", "the power alone", ("-5]", "-100000]"), fails="shape"),
        Wrong("thinks of three corners", "confidently wrong", ("0.69,", "0.25,")),
        Wrong("expects XOR to be learned", "more than it gains", ("0.69,", "0.0,")),
        Wrong("takes ln 3", "ln 2", ("0.69,", "1.0986,")),
        Wrong("expects all to pass", "flat below", ("0.5, -5", "0.0, -5")),
        Wrong("expects most to be silent", "flat below", ("0.5, -5", "0.9, -5")),
        Wrong("expects no loss on the way", "at most 1/4", ("-5]", "0]")),
        Wrong("turns the ratio round", "at most 1/4", ("-5]", "5]")),
        Wrong("gives the ratio", "give the exponent", ("-5]", "0.00001]"), fails="shape"),
    ),
    right=(
        Right("as a tuple", ("[0.69, 0.5, -5]", "(0.7, 0.45, -4.8)")),
        Right(
            "as an array", code="import numpy as np\npredicted = np.array([np.log(2), 0.5, -5.2])"
        ),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.69, 0.5, -5.0])"),
        Right(
            "by formulas",
            code="from math import log, log10\npredicted = [log(2), 1 / 2, 8 * log10(1 / 4)]",
        ),
    ),
    shows="Measured: ln 2 = 0.69 on XOR, half of the ReLUs silent, and nearly all of the gradient "
    "lost in eight sigmoid layers.",
)
