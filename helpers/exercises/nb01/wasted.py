"""01-wasted: the share of padding in a batch's rectangle."""

from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens


def _share(lengths: np.ndarray) -> float:
    return float(1 - lengths.sum() / (len(lengths) * lengths.max()))


MISTAKES = {
    "that is the number of places with padding; divide by the number of all places": (
        lambda n: (n.max() - n).sum()
    ),
    "that is the number of all places": lambda n: len(n) * n.max(),
    "that is the share of real words; padding is what is left": lambda n: 1 - _share(n),
    "that is the padding for each real word; divide by all places": (
        lambda n: (n.max() - n).sum() / n.sum()
    ),
    "that is in per cent; give a share between 0 and 1": lambda n: 100 * _share(n),
    "all rows are as long as the longest of this batch, not 10 words": (
        lambda n: 1 - n.sum() / (len(n) * 10)
    ),
    "that is the padding for each text, in words; divide by the longest": (
        lambda n: (n.max() - n).mean()
    ),
    "the sign is turned round": lambda n: -_share(n),
    "the share is rounded; return it as it is": lambda n: round(_share(n), 2),
    "that is the largest share that a text wastes, not the whole batch's": (
        lambda n: 1 - n.min() / n.max()
    ),
}


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(103)
    lengths = [[2, 4, 10, 4], [6], [3, 3], [1, 4], [0, 2], [4, 1], [1, 1, 1, 1, 1, 7], [10, 9, 8]]
    lengths += [random.integers(1, top, size) for size, top in ((2, 9), (5, 40), (64, 300))]
    lengths += [random.integers(0, 5, 33), np.append(random.integers(0, 9, 500), 2000)]
    cases = [(np.array(n),) for n in lengths]
    return [*cases, (np.array([7, 2, 2], dtype=np.int32),)]


def _shape(answer: Answer) -> None:
    answer.number(np.array([2, 4, 10, 4]))


def _values(answer: Answer) -> None:
    against(answer, _share, _cases(), ["lengths"], MISTAKES)


@cache
def _newsroom() -> np.ndarray:
    return np.array([len(simple_tokens(text)) for text in corpora.load("newsroom").train.texts])


def _real(answer: Answer) -> None:
    case = Case((_newsroom(),), "the lengths of newsroom's training texts")
    against(answer, _share, [case], mistakes=MISTAKES)


WASTED = Exercise(
    name="01-wasted",
    title="What padding wastes",
    difficulty=1,
    minutes=5,
    prompt="""
Write `wasted_share(lengths)`, which takes the lengths of a batch's texts, a NumPy array of shape
(texts), and returns the share of padding in the rectangle that they need.
""",
    answer="wasted_share",
    starter='''
def wasted_share(lengths):
    """Lengths of a batch's texts, shape (texts) -> share of padding, from 0 to 1."""
    return ...  # your turn
''',
    hints=(
        "How many places has the rectangle, and how many of them hold a word?",
        "It has as many rows as there are texts, and as many columns as the longest text "
        "has words. What is left of it when every real word has its place?",
    ),
    solution="""
def wasted_share(lengths):
    return 1 - lengths.sum() / (len(lengths) * lengths.max())
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "gives one share a text",
            "expected a single number",
            code="""
def wasted_share(lengths):
    return 1 - lengths / lengths.max()
""",
            fails="shape",
        ),
        Wrong("gives the share of words", "the share of real words", ("1 - lengths", "lengths")),
        Wrong(
            "counts the padding",
            "number of places with padding",
            code="""
def wasted_share(lengths):
    return (lengths.max() - lengths).sum()
""",
        ),
        Wrong(
            "counts the places",
            "number of all places",
            code="""
def wasted_share(lengths):
    return len(lengths) * lengths.max()
""",
        ),
        Wrong(
            "gives per cent",
            "that is in per cent",
            ("1 - lengths.sum()", "100 - 100 * lengths.sum()"),
        ),
        Wrong(
            "divides by the words",
            "padding for each real word",
            code="""
def wasted_share(lengths):
    return (lengths.max() - lengths).sum() / lengths.sum()
""",
        ),
        Wrong("fixes the longest", "the longest of this batch", ("lengths.max()", "10")),
        Wrong(
            "forgets the number of texts",
            "expected",
            ("(len(lengths) * lengths.max())", "lengths.max()"),
        ),
        Wrong(
            "forgets the longest", "expected", ("(len(lengths) * lengths.max())", "len(lengths)")
        ),
        Wrong(
            "averages",
            "padding for each text",
            code="""
def wasted_share(lengths):
    return (lengths.max() - lengths).mean()
""",
        ),
        Wrong("takes the first for the longest", "expected", ("lengths.max()", "lengths[0]")),
        Wrong("takes the last for the longest", "expected", ("lengths.max()", "lengths[-1]")),
        Wrong(
            "sorts its input",
            "changes its input",
            fails="shape",
            code="""
def wasted_share(lengths):
    lengths.sort()
    return 1 - lengths.mean() / lengths[-1]
""",
        ),
        Wrong(
            "rounds",
            "the share is rounded",
            code="""
def wasted_share(lengths):
    return round(1 - lengths.mean() / lengths.max(), 2)
""",
        ),
        Wrong(
            "leaves empty texts out",
            "expected",
            code="""
def wasted_share(lengths):
    there = lengths[lengths > 0]
    return 1 - there.mean() / there.max()
""",
        ),
        Wrong("divides whole numbers", "expected", (".sum() / ", ".sum() // ")),
        Wrong(
            "takes the median",
            "expected",
            code="""
import numpy as np


def wasted_share(lengths):
    return 1 - np.median(lengths) / lengths.max()
""",
        ),
    ),
    right=(
        Right(
            "by the mean, in float32",
            code="""
import numpy as np


def wasted_share(lengths):
    return np.float32(1) - np.float32(lengths.mean() / lengths.max())
""",
        ),
        Right(
            "by counting in plain Python",
            code="""
def wasted_share(lengths):
    longest = max(lengths)
    padded = real = 0
    for length in lengths:
        padded += longest - length
        real += length
    return padded / (padded + real)
""",
        ),
        Right(
            "with a mask, in torch",
            code="""
import torch


def wasted_share(lengths):
    lengths = torch.as_tensor(lengths)
    places = torch.arange(int(lengths.max()))
    return (places >= lengths[:, None]).float().mean()
""",
        ),
        Right(
            "as a fraction",
            code="""
from fractions import Fraction


def wasted_share(lengths):
    lengths = [int(n) for n in lengths]
    return 1 - Fraction(sum(lengths), len(lengths) * max(lengths))
""",
        ),
        Right(
            "as an array of no axis",
            code="""
import numpy as np


def wasted_share(lengths):
    return np.array(1 - lengths.mean() / lengths.max())
""",
        ),
    ),
    shows="One long text makes a whole batch long: sort or cut, and the waste goes down.",
)
