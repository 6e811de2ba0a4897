"""03-noise: the noise distribution, counts to a power, divided by their sum."""

from collections import Counter
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens
from helpers.vectors.negative_sampling import noise_probabilities

COUNTS = np.array([10_000.0, 100.0, 16.0, 1.0])


def _shares(counts: np.ndarray, power: float) -> np.ndarray:
    raised = np.asarray(counts, float) ** power
    return raised / raised.sum()


MISTAKES = {
    "these are the shares of the text itself; the power is missing": lambda c, p: c / c.sum(),
    "the power comes before the division: raise the counts, then divide by their sum": (
        lambda c, p: (c / c.sum()) ** p
    ),
    "they do not sum to 1 yet; divide by the sum": lambda c, p: np.asarray(c, float) ** p,
    "the sum is that of the counts as they were": lambda c, p: np.asarray(c, float) ** p / c.sum(),
    "the sum was raised as well; divide by the sum of the raised counts": (
        lambda c, p: np.asarray(c, float) ** p / float(c.sum()) ** p
    ),
    "all words are equally likely; the counts are missing": lambda c, p: np.full(
        len(c), 1 / len(c)
    ),
    "the power has no effect; yours is always 0.75": lambda c, p: _shares(c, 0.75),
    "the largest is 1; the sum should be": lambda c, p: (c / c.max()) ** p,
    "rare words are the likely ones: the sign of the power is turned round": (
        lambda c, p: _shares(c, -p)
    ),
    "that is a softmax; raise the counts to the power": lambda c, p: (
        np.exp(c * p - (c * p).max()) / np.exp(c * p - (c * p).max()).sum()
    ),
}


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(302)
    cases = [(np.array([9, 1]), 0.5), (COUNTS, 0.75), (COUNTS, 0.5), (COUNTS, 1.0)]
    cases += [(np.array([7]), 0.75), (np.array([5, 5, 5]), 0.75), (np.array([3, 0, 1]), 0.5)]
    cases += [(np.array([1, 8]), 1 / 3), (np.array([2, 1, 4]), 2), (np.array([4, 2, 9]), 0.0)]
    cases += [(np.array([1, 100]), 0.25), (np.array([0.5, 0.25]), 0.75), (np.array([1, 16]), -0.5)]
    for size, power in ((5, 0.75), (12, 0.6), (40, 0.9), (300, 0.75)):
        cases.append((random.zipf(1.5, size).clip(max=10**6), power))
    return [*cases, (COUNTS.astype(np.float32), 0.75)]


def _shape(answer: Answer) -> None:
    answer.array(COUNTS, 0.75, shape=(4,))


def _values(answer: Answer) -> None:
    against(answer, _shares, _cases(), ("counts", "power"), MISTAKES)


@cache
def _newsroom() -> list[Case]:
    texts = corpora.load("newsroom").train.texts
    counts = np.array(sorted(Counter(w for t in texts for w in simple_tokens(t)).values()))
    return [Case((counts, 0.75), f"the counts of newsroom's {len(counts):,} words and 0.75")]


def _real(answer: Answer) -> None:
    def due(counts: np.ndarray, power: float) -> np.ndarray:
        return noise_probabilities(counts)  # as the course's word2vec draws

    against(answer, due, _newsroom(), mistakes=MISTAKES, tolerance=1e-7)


NOISE = Exercise(
    name="03-noise",
    title="Where noise comes from",
    difficulty=1,
    minutes=6,
    prompt="""
Write the noise distribution yourself: the probability of each word is its count to the given power,
divided by what makes all of them sum to 1.
""",
    answer="noise_shares",
    starter='''
import numpy as np


def noise_shares(counts, power):
    """Counts (words,), a power -> probabilities (words,)."""
    return ...  # your turn
''',
    hints=(
        "counts ** power raises every count by itself.",
        "After that they are too large by a common factor. What must it be for all to sum to 1?",
    ),
    solution="""
import numpy as np


def noise_shares(counts, power):
    raised = np.asarray(counts, dtype=float) ** power
    return raised / raised.sum()
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns the sum",
            "expected shape (4,)",
            ("return raised / raised.sum()", "return raised.sum()"),
            fails="shape",
        ),
        Wrong("forgets the power", "the power is missing", (" ** power", "")),
        Wrong("forgets to divide", "do not sum to 1", (" / raised.sum()", "")),
        Wrong(
            "divides first",
            "comes before the division",
            code="""
def noise_shares(counts, power):
    return (counts / counts.sum()) ** power
""",
        ),
        Wrong("divides by the counts", "as they were", ("raised.sum()", "counts.sum()")),
        Wrong("fixes the power", "yours is always 0.75", ("** power", "** 0.75")),
        Wrong("divides by the largest", "the largest is 1", ("raised.sum()", "raised.max()")),
        Wrong(
            "divides by the length",
            "expected",
            ("raised / raised.sum()", "np.sqrt(raised**2 / (raised**2).sum())"),
        ),
        Wrong("multiplies", "expected", ("** power", "* power")),
        Wrong("turns the power round", "the sign of the power", ("** power", "** -power")),
        Wrong(
            "takes a softmax",
            "that is a softmax",
            code="""
import numpy as np


def noise_shares(counts, power):
    scores = counts * power
    raised = np.exp(scores - scores.max())
    return raised / raised.sum()
""",
        ),
        Wrong(
            "is even",
            "the counts are missing",
            ("raised / raised.sum()", "np.ones(len(raised)) / len(raised)"),
        ),
        Wrong(
            "takes roots of the power", "expected", ("** power", "** (1 / power if power else 0)")
        ),
        Wrong(
            "adds 1 to every count",
            "expected",
            ("np.asarray(counts, dtype=float)", "(np.asarray(counts, dtype=float) + 1)"),
        ),
        Wrong(
            "rounds",
            "expected",
            ("return raised / raised.sum()", "return np.round(raised / raised.sum(), 3)"),
        ),
        Wrong(
            "sorts",
            "expected",
            ("return raised / raised.sum()", "return np.sort(raised / raised.sum())[::-1]"),
        ),
    ),
    right=(
        Right("in float32", ("dtype=float", "dtype=np.float32")),
        Right(
            "by logarithms, in torch",
            code="""
import torch


def noise_shares(counts, power):
    logs = torch.log(torch.tensor(counts, dtype=torch.float64, requires_grad=True))
    if power == 0:
        return torch.ones(len(counts)) / len(counts)
    return torch.softmax(power * logs, dim=0)
""",
        ),
        Right(
            "as a generator",
            code="""
def noise_shares(counts, power):
    raised = [float(count) ** power for count in counts]
    for one in raised:
        yield one / sum(raised)
""",
        ),
        Right(
            "as a list of NumPy's numbers",
            code="""
import numpy as np


def noise_shares(counts, power):
    total = np.power(counts, float(power)).sum()
    return [np.power(count, float(power)) / total for count in counts]
""",
        ),
        Right(
            "from the shares",
            code="""
import numpy as np


def noise_shares(counts, power):
    shares = np.array(counts) / np.sum(counts)
    return shares**power / (shares**power).sum()
""",
        ),
    ),
    shows="The power lifts rare words: a hundred times rarer is only about 32 times less noise.",
)
