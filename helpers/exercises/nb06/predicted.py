"""06-predicted: three numbers about Adam, committed before they are measured."""

from functools import cache

import numpy as np

from helpers.exercises import predictions
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.scratch import functions, network
from helpers.scratch.initialization import draw_weights
from helpers.scratch.optimizers import Adam
from helpers.sources import corpora, published_vectors
from helpers.text.preprocess import simple_tokens

LEVEL, RATE = 0.1, 0.01
QUESTIONS = (
    (
        "the way under small gradients",
        "A factor common to all gradients is in the mean m and in the root of s, and cancels. Only "
        "the length of plain descent's steps depends on the unit of the loss",
    ),
    (
        "the length of a step along pure noise",
        "Gradients that change their sign by chance nearly cancel in the mean m, but not in the "
        "mean of squares s. With β₁ = 0.9 the root of 0.1 / 1.9 is left, 0.23 of the rate",
    ),
    (
        "the headlines read",
        "A batch of 32 points in nearly the same direction as all 342, so it needs only a few "
        "steps more, and each step reads a tenth as many headlines",
    ),
)


@cache
def averages() -> tuple[np.ndarray, np.ndarray]:
    """Return newsroom's training part as centred means of word vectors (342, 50), and labels."""
    glove, part = published_vectors.load("glove-6b-50d"), corpora.load("newsroom").train
    rows = [[glove.index(w) for w in simple_tokens(t) if w in glove] for t in part.texts]
    means = np.array([glove.matrix[row].mean(axis=0, dtype=np.float64) for row in rows])
    return means - means.mean(axis=0), np.array(part.labels)


def _way(size: float) -> float:
    """How far Adam goes in 50 steps whose gradients are ``size`` times as large as drawn."""
    weights, adam = {"w": np.zeros(20)}, Adam(0.01)
    for gradient in np.random.default_rng(0).normal(1, 1, size=(50, 20)):
        adam.step(weights, {"w": size * gradient})
    return float(np.linalg.norm(weights["w"]))


def _length_in_noise() -> float:
    """Root of the mean square of Adam's steps, at rate 1, along gradients that are pure noise."""
    weights, adam, random = {"w": np.zeros(4000)}, Adam(1.0), np.random.default_rng(0)
    for _ in range(400):
        before = weights["w"].copy()
        adam.step(weights, {"w": random.normal(size=4000)})
    return float(np.sqrt(np.mean((weights["w"] - before) ** 2)))


def _read(size: int, seed: int) -> int:
    """How many headlines Adam reads in batches of ``size`` until the loss is below LEVEL."""
    X, labels = averages()
    weights, adam = draw_weights([50, 32, 3], "he", seed), Adam(RATE)
    random, read = np.random.default_rng(seed), 0
    while read < 100 * len(X):
        for rows in network.batches(len(X), size, random):
            if functions.cross_entropy(network.forward(weights, X).scores, labels) < LEVEL:
                return read
            _, gradients = network.loss_and_gradients(weights, X[rows], labels[rows])
            adam.step(weights, gradients)
            read += len(rows)
    return read


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers; the last compares the sums of five seeds."""
    small, all_of_them = (sum(_read(size, seed) for seed in range(5)) for size in (32, 342))
    return _way(0.01) / _way(1.0), _length_in_noise(), small / all_of_them


PREDICTED = Exercise(
    name="06-predicted",
    title="Predict, then run",
    difficulty=2,
    minutes=10,
    prompt="""
Commit to three numbers between 0 and 1 before anything is measured. The check then measures them
and explains the first that is off by more than 0.1. A wrong guess is no mistake: it shows
you where your picture of Adam differs from Adam.

1. Adam takes 50 steps. Then it starts again from the same place, but every gradient is only a
   **hundredth** as large. How far does it get, as a **share** of before?
2. The gradient of a weight is pure noise: normal, mean 0, standard deviation 1, drawn anew at each
   step. After some hundred steps, how long is Adam's typical step (root of the mean square), as a
   **share** of the learning rate?
3. Newsroom has 342 training headlines. A small network learns them with Adam, once in batches of
   32, once with all 342 in each step, both at rate 0.01, until the training loss is 0.1. How many
   headlines does it read in batches, as a **share** of what it reads with all at once?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.5, 0.5, 0.5]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [share of the way, share of the rate, share of the headlines]
""",
    hints=(
        "For the first: write down m and the root of s with every g divided by 100. For the "
        "second: which of the two means does a change of sign make small? For the third: are a few "
        "steps along a mean of 32 worse than along a mean of 342, and what does each step cost?",
        "The first is what a fraction gives whose two parts shrink alike. The second is the root "
        "of (1 - β₁) / (1 + β₁). For the third, the batch needs only a few steps more than all.",
    ),
    solution="""
# 1. m and the root of s both shrink to a hundredth, so each step stays as long as it was.
# 2. m is a mean over about ten draws of either sign. Its variance is the geometric sum
#    0.1**2 * (1 + 0.81 + 0.81**2 + ...) = 0.1 / 1.9, and s is near 1: the root is 0.23.
# 3. A few more steps, each with 32 / 342 of the headlines: a little more than 0.09.
predicted = [1.0, 0.23, 0.12]
# Instead of guessing you could measure all three with `adam` and `train` of the notebook.
""",
    stages={
        "shape": predictions.shares(),
        "values": predictions.compared(measured, QUESTIONS),
    },
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("1.0, 0.23, 0.12", "1.0, 0.23"), fails="shape"),
        Wrong("writes per cent", "write 30 % as 0.3", ("[1.0, 0.23", "[100, 23"), fails="shape"),
        Wrong("writes words", "expected numbers", ("[1.0, 0.23, 0.12]", '"none"'), fails="shape"),
        Wrong("thinks of descent", "the unit of the loss", ("[1.0,", "[0.01,")),
        Wrong("takes a root", "the unit of the loss", ("[1.0,", "[0.1,")),
        Wrong("expects full steps", "nearly cancel", ("0.23,", "1.0,")),
        Wrong("expects no step", "nearly cancel", ("0.23,", "0.0,")),
        Wrong("expects the texts to count", "nearly the same direction", ("0.12]", "1.0]")),
        Wrong("takes a root of the texts", "nearly the same direction", ("0.12]", "0.31]")),
    ),
    right=(
        Right("as a tuple", ("[1.0, 0.23, 0.12]", "(0.95, 0.3, 0.1)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([1, 0.2, 0.15])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([1.0, 0.25, 0.12])"),
        Right("by formulas", code="predicted = [1, (0.1 / 1.9) ** 0.5, 1.2 * 32 / 342]"),
    ),
    shows=(
        "Measured: gradients of any unit give the same way, pure noise leaves 0.23 of a step, and "
        "batches of 32 read about a ninth of the headlines."
    ),
)
