"""11-predicted: three numbers about attention, committed before they are measured."""

from functools import cache

import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared
from helpers.models.attention import attend, causal_mask
from helpers.models.blocks import Block

QUESTIONS = (
    (
        "the share of weight on the first token",
        "Token i shares its weight evenly among i tokens, and the first is among them each time: "
        "the mean of 1, 1/2, 1/3 and 1/4",
    ),
    (
        "the share of multiplications spent on mixing",
        "Mixing takes 2 n² d of them and the linear layers take 12 n d², so the share "
        "is n / (n + 6 d)",
    ),
    (
        "the loss with a forgotten mask",
        "All digits but the last can be read off one place to the right; the last is a guess at "
        "ln 10, and it is one of 16",
        "Without a mask the answers are in the input, one place to the right, so only the last of "
        "16 digits is a guess at ln 10",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers."""
    zeros = torch.zeros(4, 8)
    _, weights = attend(zeros, zeros, zeros, causal_mask(4))
    n, d = 512, 128
    block, X = Block(d, 4, 4 * d, dropout=0.0), torch.zeros(1, n, d)
    with torch.no_grad(), FlopCounterMode(display=False) as mixing:
        attend(*block.attention.project(X))
    with torch.no_grad(), FlopCounterMode(display=False) as rest:
        block.attention.project(X), block.attention.output(X), block.feed_forward(X)
    with torch.no_grad(), FlopCounterMode(display=False) as maps:
        block.attention.project(X)
    mixed = mixing.get_total_flops() - maps.get_total_flops()
    share = mixed / (mixed + rest.get_total_flops())
    return float(weights[:, 0].mean()), share, _forgotten_mask()


def _forgotten_mask() -> float:
    """Return the loss of a model that learns to predict random digits without a causal mask."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        digit, place = nn.Embedding(10, 32), nn.Embedding(16, 32)
        block, scores = Block(32, 2, 64, 0.0, norm_first=True), nn.Linear(32, 10)
        parts = nn.ModuleList([digit, place, block, scores])
        optimizer = torch.optim.Adam(parts.parameters(), lr=0.01)
        for _ in range(150):
            ids = torch.randint(10, (32, 17))
            X = block(digit(ids[:, :-1]) + place.weight)  # causal=True is forgotten
            loss = functional.cross_entropy(scores(X).flatten(0, 1), ids[:, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return loss.item()


def _shape(answer: Answer) -> None:
    numbers = answer.array(shape=(3,))
    for place, number in enumerate(numbers[:2], 1):
        if not 0 <= number <= 1:
            raise Diagnosis(
                f"Prediction {place} is {number:g}; a share lies between 0 and 1 (write 30 % as "
                "0.3)."
            )
    if numbers[2] < 0:
        raise Diagnosis(f"The third is {numbers[2]:g}; a cross-entropy is never negative.")


PREDICTED = Exercise(
    name="11-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=12,
    prompt="""
Commit to three numbers before anything is measured, each within 0.1. The check then measures them
and explains the first that is off. A wrong guess is no mistake: it shows you where your picture of
attention differs from what attention does.

1. Four tokens, a causal mask, and all queries and keys zero. What **share** of all the weight goes
   to the first token?
2. A block of width $d = 128$ reads a text of $n = 512$ tokens. What **share** of its
   multiplications is spent on mixing (scores and mixtures)? The rest is in its linear layers.
3. A block, given learned positions, is trained to predict the next digit at each of 16 places. The
   digits are random, so nobody can predict them. But the causal mask was forgotten: each place sees
   all 16 digits. What is the **loss**, in nats, after training?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.9, 0.1, 2.0]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [share, share, loss]
""",
    hints=(
        "For the first, write down the four rows of weights. For the second, look at what the "
        "notebook counts. For the third: which of the 16 answers are in the input, and where?",
        "The rows are (1), (1/2, 1/2) and so on. The share is n / (n + 6 d). In the third, only "
        "the last answer is not in the input, and a guess among ten costs ln 10.",
    ),
    solution="""
# 1. Equal scores share the weight evenly among what is visible: (1 + 1/2 + 1/3 + 1/4) / 4 = 0.52.
# 2. 2 n² d of 2 n² d + 12 n d² is n / (n + 6 d) = 512 / 1280 = 0.4.
# 3. 15 of 16 answers can be read off, the last costs ln 10 = 2.30: 2.30 / 16 = 0.14.
predicted = [0.52, 0.4, 0.14]
# Instead of guessing you could measure all three with the notebook's `attend` and a block.
""",
    stages={"shape": _shape, "values": compared(measured, QUESTIONS, 0.1)},
    wrong=(
        Wrong("gives two", "expected shape (3,)", (", 0.14]", "]"), fails="shape"),
        Wrong("writes per cent", "30 % as 0.3", ("[0.52,", "[52,"), fails="shape"),
        Wrong("gives a negative loss", "never negative", ("0.14]", "-0.14]"), fails="shape"),
        Wrong("thinks of a quarter each", "the mean of 1, 1/2", ("[0.52,", "[0.25,")),
        Wrong("thinks of all", "the mean of 1, 1/2", ("[0.52,", "[1,")),
        Wrong("takes n / 6 d for the share", "n / (n + 6 d)", (" 0.4,", " 0.67,")),
        Wrong("counts attention's maps alone", "n / (n + 6 d)", (" 0.4,", " 0.2,")),
        Wrong("expects ln 10", "the answers are in the input", ("0.14]", "2.3]")),
        Wrong("expects half of it", "the answers are in the input", ("0.14]", "1.15]")),
        Wrong("expects no loss at all", "the last is a guess", ("0.14]", "0.0]")),
    ),
    right=(
        Right("as a tuple", ("[0.52, 0.4, 0.14]", "(0.5, 0.42, 0.15)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([25 / 48, 0.4, 0.14])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.52, 0.4, 0.14])"),
        Right(
            "by formulas",
            code="from math import log\npredicted = [25 / 48, 512 / (512 + 768), log(10) / 16]",
        ),
    ),
    shows="Measured: half of the weight on the first of four tokens, 0.4 of the work in mixing at "
    "n = 4 d, and a loss of about ln 10 / 16 where the answers can be seen.",
)
