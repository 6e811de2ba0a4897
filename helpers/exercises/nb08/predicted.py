"""08-predicted: three numbers about symptoms, committed before they are measured."""

from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb08.repair_check import newsroom
from helpers.exercises.predictions import compared, shares

NEAR = (0.05, 0.15, 0.04)  # how far each prediction may be off
QUESTIONS = (
    (
        "the loss after softmax was taken twice",
        "The best that can be handed over is the probabilities (1, 0, 0). The second softmax turns "
        "them into e / (e + 2) = 0.58 for the right class, and -ln 0.58 = 0.55",
    ),
    (
        "the share of training texts with shuffled labels",
        "Each text has words of its own, and a vector for each of them is enough to learn any "
        "label by rote. On validation it is a third, as guessing is. So a training accuracy "
        "proves nothing, and a validation accuracy that stayed high would prove a leak",
    ),
    (
        "the best of twenty",
        "A share of 100 guesses varies by about 0.05 around 1/3, and the largest of twenty lies "
        "nearly two such steps up, though nobody knows anything",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers: a trained loss, a mean over three seeds, and over 2,000 draws."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        floor = _softmax_twice()
        shuffled = float(np.mean([_shuffled(seed) for seed in range(3)]))
    guesses = np.random.default_rng(0).binomial(100, 1 / 3, size=(2_000, 20))
    return floor, shuffled, float(guesses.max(axis=1).mean() / 100)


def _softmax_twice() -> float:
    layer, texts, labels = nn.Linear(6, 3), torch.eye(6), torch.arange(6) % 3
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(400):
        loss = functional.cross_entropy(layer(texts).softmax(dim=1), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def _shuffled(seed: int, epochs: int = 40) -> float:
    """Return the share of training texts that averaged vectors learn with shuffled labels."""
    batches, _, words = newsroom()
    generator = torch.Generator().manual_seed(seed)
    counts = [len(labels) for _, labels in batches]
    every = torch.cat([labels for _, labels in batches])
    labels = every[torch.randperm(len(every), generator=generator)].split(counts)
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.EmbeddingBag(words, 50, mode="mean", padding_idx=0), nn.Linear(50, 3)
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    pairs = [(ids, mixed) for (ids, _), mixed in zip(batches, labels, strict=True)]
    for ids, mixed in pairs * epochs:
        loss = functional.cross_entropy(network(ids), mixed)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    right = sum((network(ids).argmax(dim=1) == mixed).sum().item() for ids, mixed in pairs)
    return right / len(every)


PREDICTED = Exercise(
    name="08-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit three numbers before anything is measured. The check then measures them and explains the
first that is off. A prediction that misses is no mistake: it shows you where your picture differs
from the program.

1. A network with **three classes** ends in softmax, and its probabilities go to `cross_entropy`,
   which takes a softmax of its own. It is trained until every text is classified correctly and the
   loss no longer falls. What is the **loss**, in nats (within 0.05)?
2. Newsroom's **training labels are shuffled**, so no text says anything about its label. A network
   of averaged word vectors is trained on them for forty epochs. What **share of the training
   texts** does it classify "correctly", that is, as the shuffled labels say (within 0.15)?
3. **Twenty** programs guess among three classes at random, on a test part of **100** texts. The one
   with the best accuracy is reported. What is its **accuracy**, on average (within 0.04)?
""",
    answer="predicted",
    starter="""
# For example, predicted = [0.0, 0.33, 0.33] is told what the first was measured to be, and why.
predicted = ...  # your turn: [loss, share, accuracy]
""",
    hints=(
        "For the first: which probabilities are the best that the network can hand over, and what "
        "does softmax make of the numbers 1, 0 and 0? For the third: the share of 100 guesses has "
        "a standard deviation of about 0.05.",
        "The first is -ln of e / (e + 1 + 1). For the second, a network has more weights than "
        "there are texts. The largest of twenty draws lies nearly two standard deviations above "
        "the mean.",
    ),
    solution="""
import math

# 1. softmax of (1, 0, 0) gives the right class e / (e + 2), so the loss can't fall below 0.55.
# 2. Nearly all: 342 texts have some 2,600 words, and a word that only one text has gives it away.
# 3. 1/3 plus nearly two standard deviations of sqrt(1/3 * 2/3 / 100) = 0.047.
predicted = [-math.log(math.e / (math.e + 2)), 1.0, 0.42]
# Instead of reasoning you could simulate: the third is one line with numpy's binomial.
""",
    stages={
        "shape": shares(what="each of the three"),
        "values": compared(measured, QUESTIONS, NEAR),
    },
    wrong=(
        Wrong("gives two", "expected shape (3,)", (", 1.0, 0.42]", ", 1.0]"), fails="shape"),
        Wrong("writes per cent", "write 30 % as 0.3", ("0.42]", "42]"), fails="shape"),
        Wrong("gives a negative loss", "between 0 and 1", ("[-math", "[math"), fails="shape"),
        Wrong("expects a loss of 0", "-ln 0.58", ("-math.log(math.e / (math.e + 2))", "0.0")),
        Wrong(
            "gives the probability", "-ln 0.58", ("-math.log(math.e / (math.e + 2))", "0.576 + 0.1")
        ),
        Wrong("forgets a class", "-ln 0.58", ("(math.e + 2)", "(math.e + 1)")),
        Wrong("expects guessing", "by rote", (", 1.0,", ", 0.333,")),
        Wrong("expects a half", "by rote", (", 1.0,", ", 0.5,")),
        Wrong("expects a third of the best", "two such steps", ("0.42]", "0.333]")),
        Wrong("expects half of the best", "two such steps", ("0.42]", "0.5]")),
        Wrong("takes one step", "two such steps", ("0.42]", "0.375]")),
    ),
    right=(
        Right("as a tuple of rounded numbers", code="predicted = (0.55, 0.98, 0.42)"),
        Right(
            "as an array",
            code="import numpy as np\n"
            "predicted = np.array([np.log(np.e + 2) - 1, 1, 1 / 3 + 1.87 * 0.047])",
        ),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.551, 0.95, 0.43])"),
        Right(
            "simulated",
            code="import numpy as np\nbest = np.random.default_rng(1).binomial(100, 1 / 3, "
            "(900, 20)).max(1).mean()\npredicted = [0.55, 0.97, best / 100]",
        ),
    ),
    shows="Measured: 0.55 for softmax taken twice, nearly all of shuffled labels learned by rote, "
    "and 0.42 for the luckiest of twenty guessers.",
)
