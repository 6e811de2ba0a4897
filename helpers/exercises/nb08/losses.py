"""Two losses to expect before training."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora

LABELS = np.array([0, 0, 0, 0, 0, 0, 1, 1])


def _shares(labels: np.ndarray, classes: int) -> np.ndarray:
    """The shares of the classes that occur."""
    shares = np.bincount(labels, minlength=classes) / len(labels)
    return shares[shares > 0]


def _entropy(shares: np.ndarray) -> float:
    return float(-(shares * np.log(shares)).sum())


def _losses(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.array([math.log(classes), _entropy(_shares(labels, classes))])


def _losses_shape(answer: Answer) -> None:
    answer.array(LABELS, 2, shape=(2,))


def _losses_cases() -> Iterator[tuple]:
    for labels, classes in (
        ([0, 0, 0, 1], 2),
        ([0, 1], 3),  # the last class does not occur
        ([2, 2, 0], 3),  # the one between does not
        ([1, 1, 1], 3),
        ([0, 1, 1, 3], 4),
        ([3, 1, 1, 1, 4, 4], 7),
        ([0, 0], 1),
    ):
        yield np.array(labels), classes
    random = np.random.default_rng(80)
    for texts, classes in ((20, 3), (12, 5), (30, 8)):
        shares = random.dirichlet(np.ones(classes))
        yield random.choice(classes, size=texts, p=shares), classes


def _losses_values(answer: Answer) -> None:
    def second(function: Callable) -> Callable:
        """A mistake in the second number only, made of the shares of the classes that occur."""
        return lambda y, k: np.array([math.log(k), function(_shares(y, k))])

    def from_shares(y: np.ndarray, k: int) -> list[float]:
        every = (np.bincount(y, minlength=k) + 1) / (len(y) + k)
        return [math.log(k), _entropy(every)]

    def of_all_classes(y: np.ndarray, k: int) -> list[float]:
        return [math.log(k), _entropy(np.bincount(y, minlength=k) / len(y))]

    mistakes = {
        "the second is the entropy of the classes' shares, not that of guessing evenly": (
            lambda y, k: np.full(2, math.log(k))
        ),
        "the two have changed places": lambda y, k: _losses(y, k)[::-1],
        "logarithms to the base 2 count bits; the loss is in nats, so take ln": (
            lambda y, k: _losses(y, k) / math.log(2)
        ),
        "these are logarithms to the base 10; the loss is in nats, so take ln": (
            lambda y, k: _losses(y, k) / math.log(10)
        ),
        "the shares weigh the logarithms; a plain mean of -ln(share) is not it": second(
            lambda s: -np.log(s).mean()
        ),
        "the weighted logarithms are added up; the shares have divided already": second(
            lambda s: _entropy(s) / len(s)
        ),
        "the second is the loss of always naming the largest class with its share": second(
            lambda s: -math.log(s.max())
        ),
        "the sign is turned round": lambda y, k: -_losses(y, k),
        "the sign of the second is turned round": second(lambda s: -_entropy(s)),
        "the number of classes is given; not all of them occur in these labels": (
            lambda y, k: np.array([math.log(len(set(y))), _losses(y, k)[1]])
        ),
        "the number of classes is given; the largest label may be a smaller one": (
            lambda y, k: np.array([math.log(y.max() + 1), _losses(y, k)[1]])
        ),
        "the second is divided by ln K; the loss is not": (
            lambda y, k: np.array([math.log(k), _losses(y, k)[1] / math.log(k)])
        ),
        "these are the exponentials; the loss is their logarithm": lambda y, k: np.exp(
            _losses(y, k)
        ),
        "that is 1 less the squared shares; the entropy has logarithms": second(
            lambda s: 1 - (s**2).sum()
        ),
        "the second is the sum over the texts; the mean is wanted": (
            lambda y, k: np.array([math.log(k), _losses(y, k)[1] * len(y)])
        ),
        "the second is made of counts; divide them by the number of texts": (
            lambda y, k: np.array([math.log(k), _entropy(_shares(y, k) * len(y))])
        ),
        "1 was added to each count; the shares are those of the labels": from_shares,
        "0 ln 0 is NaN for the computer; a class that doesn't occur should add 0": of_all_classes,
    }
    against(answer, _losses, _losses_cases(), ["labels", "classes"], mistakes)


def _losses_real(answer: Answer) -> None:
    labels = np.array(corpora.load("reuters-r8").train.labels)
    against(answer, _losses, [Case((labels, 8), "R8's training labels")])


LOSSES = Exercise(
    name="08-losses",
    title="Two losses to expect",
    difficulty=2,
    minutes=10,
    prompt="""
Before training, the loss should be near $\\ln K$. The next stop is known beforehand, too: a network
that has learned *only how frequent the classes are*, and nothing about texts, gives every text the
shares of the classes as probabilities. Its mean loss is the entropy of the shares. A network that
stays there has not yet looked at a text. Return both numbers.
""",
    answer="expected_losses",
    starter='''
import numpy as np


def expected_losses(labels, classes):
    """Class numbers (texts,), how many classes -> (at the start, with the shares learned)."""
    return ...  # your turn
''',
    hints=(
        "np.bincount(labels, minlength=classes) counts the classes. What does a text of class k "
        "cost if its class gets the probability share_k, and how many such texts are there?",
        "The second is the sum over the classes of -share * ln(share); a class that does not occur "
        "adds nothing, though ln(0) is infinite.",
    ),
    solution="""
import numpy as np


def expected_losses(labels, classes):
    shares = np.bincount(labels, minlength=classes) / len(labels)
    shares = shares[shares > 0]
    return np.log(classes), -(shares * np.log(shares)).sum()
""",
    stages={"shape": _losses_shape, "values": _losses_values, "real data": _losses_real},
    wrong=(
        Wrong(
            "returns one",
            "expected shape (2,)",
            ("np.log(classes), -(shares", "-(shares"),
            fails="shape",
        ),
        Wrong(
            "names them",
            "expected numbers",
            (
                "np.log(classes), -(shares * np.log(shares)).sum()",
                '{"start": np.log(classes), "shares": -(shares * np.log(shares)).sum()}',
            ),
            fails="shape",
        ),
        Wrong(
            "takes the logarithm of 0",
            "0 ln 0 is NaN",
            ("    shares = shares[shares > 0]\n", ""),
        ),
        Wrong(
            "takes bits",
            "take ln",
            code="""
import numpy as np


def expected_losses(labels, classes):
    shares = np.bincount(labels, minlength=classes) / len(labels)
    shares = shares[shares > 0]
    return np.log2(classes), -(shares * np.log2(shares)).sum()
""",
        ),
        Wrong(
            "forgets to weigh",
            "a plain mean",
            ("-(shares * np.log(shares)).sum()", "-np.log(shares).mean()"),
        ),
        Wrong(
            "averages the weighted",
            "have divided already",
            ("np.log(shares)).sum()", "np.log(shares)).mean()"),
        ),
        Wrong(
            "adds up over the texts",
            "the sum over the texts",
            ("np.log(shares)).sum()", "np.log(shares)).sum() * len(labels)"),
        ),
        Wrong("takes counts", "made of counts", (" / len(labels)", "")),
        Wrong(
            "swaps them",
            "have changed places",
            (
                "np.log(classes), -(shares * np.log(shares)).sum()",
                "-(shares * np.log(shares)).sum(), np.log(classes)",
            ),
        ),
        Wrong(
            "guesses evenly twice",
            "not that of guessing evenly",
            ("-(shares * np.log(shares)).sum()", "np.log(classes)"),
        ),
        Wrong(
            "counts the classes that occur",
            "not all of them occur",
            ("np.log(classes)", "np.log(len(shares))"),
        ),
        Wrong(
            "reads the classes off the labels",
            "the largest label",
            ("np.log(classes)", "np.log(labels.max() + 1)"),
        ),
        Wrong("turns the second's sign", "sign of the second", ("-(shares", "(shares")),
        Wrong(
            "takes the exponentials",
            "these are the exponentials",
            (
                "np.log(classes), -(shares * np.log(shares)).sum()",
                "classes, np.exp(-(shares * np.log(shares)).sum())",
            ),
        ),
        Wrong(
            "takes squares",
            "the entropy has logarithms",
            ("-(shares * np.log(shares)).sum()", "1 - (shares**2).sum()"),
        ),
        Wrong(
            "adds 1 to each count",
            "1 was added to each count",
            code="""
import numpy as np


def expected_losses(labels, classes):
    counts = np.bincount(labels, minlength=classes) + 1
    shares = counts / counts.sum()
    return np.log(classes), -(shares * np.log(shares)).sum()
""",
        ),
    ),
    right=(
        Right(
            "the mean over the texts, in float32",
            code="""
import numpy as np


def expected_losses(labels, classes):
    shares = np.bincount(labels) / len(labels)
    return np.array([np.log(classes), -np.log(shares[labels]).mean()], dtype=np.float32)
""",
        ),
        Right(
            "counted in Python, a list",
            code="""
import math
from collections import Counter


def expected_losses(labels, classes):
    shares = [count / len(labels) for count in Counter(labels.tolist()).values()]
    return [math.log(classes), -sum(share * math.log(share) for share in shares)]
""",
        ),
        Right(
            "PyTorch's cross-entropy, with a gradient",
            code="""
import torch
from torch.nn import functional


def expected_losses(labels, classes):
    y = torch.tensor(labels)
    even = torch.zeros(len(y), classes, requires_grad=True)
    shares = torch.bincount(y, minlength=classes) / len(y)
    learned = shares.log().expand(len(y), -1)
    return torch.stack([functional.cross_entropy(even, y), functional.nll_loss(learned, y)])
""",
        ),
        Right(
            "something small in the logarithm",
            code="""
import numpy as np


def expected_losses(labels, classes):
    shares = np.bincount(labels, minlength=classes) / len(labels)
    return np.log(classes), -np.sum(shares * np.log(shares + 1e-12))
""",
        ),
        Right(
            "two tensors",
            code="""
import torch


def expected_losses(labels, classes):
    shares = torch.bincount(torch.tensor(labels), minlength=classes) / len(labels)
    return torch.tensor(classes).log(), torch.special.entr(shares).sum()
""",
        ),
    ),
    shows="Two losses you can know before reading a text: ln K, and the entropy of the classes.",
)
