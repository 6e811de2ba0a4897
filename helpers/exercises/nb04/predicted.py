"""04-predicted: three numbers about losses and labels, committed before they are measured."""

from functools import cache

import numpy as np

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb04.classifier_check import fitted, newsroom
from helpers.exercises.predictions import compared, shares
from helpers.scratch.functions import softmax

DRAWS = 10  # of the labels, for the second and the third number
QUESTIONS = (
    (
        "the share of the loss that comes from one text in ten",
        "The nine good texts cost 0.105 nats each, the bad one 4.6: the logarithm is steep near 0, "
        "so a few confident errors can make up most of a mean loss",
    ),
    (
        "the accuracy after half of the training labels were drawn anew",
        "Random labels pull equally often towards each class, so these pulls nearly cancel. The "
        "labels that are still true all pull one way. What random labels cost is far less than "
        "their share",
    ),
    (
        "the training accuracy with labels in a random order",
        "With 153 numbers for 342 texts, some of the noise can be fitted: the weights lean towards "
        "whatever accidents the order holds. On new texts this is worth nothing (about a third is "
        "right), which is why accuracy on the training part proves little",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers; the second and third are means over DRAWS draws of the labels."""
    losses = -np.log([0.9] * 9 + [0.01])
    (x, labels), (held_out, truth) = newsroom()
    noisy, shuffled = [], []
    for seed in range(DRAWS):
        random = np.random.default_rng(seed)
        drawn = np.where(
            random.random(len(labels)) < 0.5, random.integers(0, 3, len(labels)), labels
        )
        W, b = fitted(x, drawn, 3)
        noisy.append((softmax(held_out @ W + b).argmax(axis=1) == truth).mean())
        order = random.permutation(labels)
        W, b = fitted(x, order, 3)
        shuffled.append((softmax(x @ W + b).argmax(axis=1) == order).mean())
    return float(losses[-1] / losses.sum()), float(np.mean(noisy)), float(np.mean(shuffled))


PREDICTED = Exercise(
    name="04-predicted",
    title="Predict, then run",
    difficulty=2,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures, and explains the first
that is off by more than 0.1. A wrong guess is no mistake: it shows you where your
picture of a loss differs from the loss.

1. A model gives the right class the probability 0.9 for nine texts, and 0.01 for a tenth text.
   Which **share** of the mean loss comes from that one text?
2. For every training text of newsroom a coin is tossed; at heads, its label is replaced by a class
   drawn at random (so about a third of all labels are now wrong). The softmax classifier of this
   notebook is trained on them. Which **share** of the validation texts, with their true labels,
   does it classify correctly?
3. Now all 342 training labels are put in a random order, and the same classifier is trained. Which
   **share of these random labels** does it reproduce on the *training* texts?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.1, 0.1, 0.1]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [share of the loss, validation share, training share]
""",
    hints=(
        "The first needs no computer: compare -ln 0.9 and -ln 0.01. For the second, ask in which "
        "direction a random label pulls on average. For the third, count the weights.",
        "The first is over four fifths. The second is nearer to 1 than to two thirds. The third is "
        "halfway between guessing and two thirds.",
    ),
    solution="""
# 1. -ln 0.01 = 4.61, and nine times -ln 0.9 is 0.95: the one text has 4.61 / 5.55 of the sum.
# 2. Random labels pull evenly to all sides. The true ones, two thirds, decide for most texts.
# 3. 153 numbers can fit part of the noise of 342 labels, so more than a third, far below all.
predicted = [0.83, 0.9, 0.5]
# Instead of guessing you could run `train` above on such labels, for the second and the third.
""",
    stages={"shape": shares(), "values": compared(measured, QUESTIONS)},
    wrong=(
        Wrong(
            "gives two numbers",
            "expected shape (3,)",
            ("0.83, 0.9, 0.5", "0.83, 0.9"),
            fails="shape",
        ),
        Wrong(
            "writes per cent", "write 30 % as 0.3", ("0.83, 0.9, 0.5", "83, 90, 50"), fails="shape"
        ),
        Wrong("writes words", "", ("[0.83, 0.9, 0.5]", '"most of it"'), fails="shape"),
        Wrong("leaves one open", "", ("0.9, 0.5", "0.9, float('nan')"), fails="shape"),
        Wrong("counts texts instead of nats", "logarithm is steep", ("0.83", "0.1")),
        Wrong("takes half for the one text", "logarithm is steep", ("0.83", "0.5")),
        Wrong("takes the share of true labels", "nearly cancel", ("0.9,", "0.67,")),
        Wrong("takes the share of coins", "nearly cancel", ("0.9,", "0.5,")),
        Wrong("expects guessing in training", "can be fitted", ("0.5]", "0.33]")),
        Wrong("expects that everything is learnt", "can be fitted", ("0.5]", "0.99]")),
    ),
    right=(
        Right("as a tuple", ("[0.83, 0.9, 0.5]", "(0.8, 0.85, 0.55)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.85, 0.95, 0.45])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.9, 0.85, 0.5])"),
        Right("as fractions", code="predicted = [5 / 6, 9 / 10, 1 / 2]"),
        Right(
            "with the first worked out",
            code="""
import math

bad, good = -math.log(0.01), -9 * math.log(0.9)
predicted = [bad / (bad + good), 0.88, 0.53]
""",
        ),
    ),
    shows="A few confident errors make most of a loss; random labels cost less than their share.",
)
