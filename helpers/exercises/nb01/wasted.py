"""01-wasted: the share of padding in batches of which only the lengths are known."""

from collections.abc import Callable
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens


def _cut(lengths: np.ndarray, size: int) -> list[np.ndarray]:
    return [lengths[start : start + size] for start in range(0, len(lengths), size)]


def _places(lengths: np.ndarray, size: int) -> int:
    return int(sum(len(batch) * batch.max() for batch in _cut(lengths, size)))


def _share(lengths: np.ndarray, size: int) -> float:
    return float(1 - lengths.sum() / _places(lengths, size))


def _of_means(lengths: np.ndarray, size: int, which: Callable) -> float:
    return float(which([1 - n.sum() / max(len(n) * n.max(), 1) for n in _cut(lengths, size)]))


MISTAKES = {
    "size has no effect: all texts share one rectangle": (
        lambda n, size: 1 - n.sum() / (len(n) * n.max())
    ),
    "that is the mean of the batches' shares; a large batch must count for more than a small one": (
        lambda n, size: _of_means(n, size, np.mean)
    ),
    "that is the share of the batch that wastes most": lambda n, size: _of_means(n, size, max),
    "the last batch has only as many rows as there are texts left": (
        lambda n, size: 1 - n.sum() / sum(size * batch.max() for batch in _cut(n, size))
    ),
    "the last batch is left out if it is short; it counts as well": (
        lambda n, size: _share(n[: len(n) // size * size], size)
    ),
    "the texts are sorted by length first; they should come as they are": (
        lambda n, size: _share(np.sort(n), size)
    ),
    "that is the number of places with padding; divide by the number of all places": (
        lambda n, size: _places(n, size) - n.sum()
    ),
    "that is the number of all places": _places,
    "that is the share of real words; padding is what is left": (
        lambda n, size: 1 - _share(n, size)
    ),
    "that is the padding for each real word; divide by all places": (
        lambda n, size: _places(n, size) / n.sum() - 1
    ),
    "that is in per cent; give a share between 0 and 1": lambda n, size: 100 * _share(n, size),
    "the sign is reversed": lambda n, size: -_share(n, size),
    "the share is rounded; return it as it is": lambda n, size: round(_share(n, size), 2),
}


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(103)
    cases = [([1, 3, 2], 2), ([2, 4, 10, 4], 4), ([2, 4, 10, 4], 2), ([6], 1), ([6], 8)]
    cases += [([3, 3], 1), ([1, 4, 2], 9), ([0, 2, 0, 0, 5], 2), ([4, 1, 1, 1, 7], 3)]
    for texts, longest, size in ((7, 9, 2), (9, 9, 4), (40, 40, 8), (200, 300, 64), (33, 5, 32)):
        cases.append((random.integers(1, longest, texts), size))
    cases += [(np.append(random.integers(0, 9, 500), 2000), 64)]
    cases = [(np.array(lengths), size) for lengths, size in cases]
    return [*cases, (np.array([7, 2, 2], dtype=np.int32), 2)]


def _shape(answer: Answer) -> None:
    answer.number(np.array([2, 4, 10, 4]), 4)


def _values(answer: Answer) -> None:
    against(answer, _share, _cases(), ["lengths", "size"], MISTAKES)


@cache
def _newsroom() -> np.ndarray:
    return np.array([len(simple_tokens(text)) for text in corpora.load("newsroom").train.texts])


def _real(answer: Answer) -> None:
    said = "the lengths of newsroom's training texts and size = {}"
    cases = [Case((_newsroom(), size), said.format(size)) for size in (64, 16, 1)]
    against(answer, _share, cases, mistakes=MISTAKES)


WASTED = Exercise(
    name="01-wasted",
    title="What padding wastes",
    difficulty=2,
    minutes=10,
    prompt="""
Before a batch is ever built, its texts' lengths tell how much of it will be padding. Write
`wasted_share(lengths, size)`. It takes the lengths of all texts, a NumPy array of shape (texts),
and deals the texts into batches of `size` in the order in which they come; the last batch may be
short. Each batch is as long as its own longest text. Return padding as a share of all places.
""",
    answer="wasted_share",
    starter='''
def wasted_share(lengths, size):
    """Lengths of all texts, texts in a batch -> share of padding, from 0 to 1.

    Example: lengths [1, 3, 2] and size 2 give 0.25. The rectangles are 2 × 3 and 1 × 2, so 6 words
    lie on 8 places.
    """
    return ...  # your turn
''',
    hints=(
        "How many places does one batch have, and how many do all batches have together?",
        "lengths[start : start + size] is one batch, also at the end, where it is shorter. It has "
        "len(batch) rows and batch.max() columns. Add up first, divide once.",
    ),
    solution="""
def wasted_share(lengths, size):
    places = 0
    for start in range(0, len(lengths), size):
        batch = lengths[start : start + size]  # a slice beyond the end is short, not an error
        places += len(batch) * batch.max()
    # One division at the end: the mean of the batches' shares would count a short batch in full.
    return 1 - lengths.sum() / places


# Without a loop: np.maximum.reduceat(lengths, range(0, len(lengths), size)) gives all the maxima.
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "gives one share a batch",
            "expected a single number",
            code="""
def wasted_share(lengths, size):
    starts = range(0, len(lengths), size)
    return [1 - lengths[s : s + size].mean() / lengths[s : s + size].max() for s in starts]
""",
            fails="shape",
        ),
        Wrong(
            "forgets size",
            "size has no effect",
            code="""
def wasted_share(lengths, size):
    return 1 - lengths.sum() / (len(lengths) * lengths.max())
""",
        ),
        Wrong(
            "averages the shares",
            "mean of the batches' shares",
            code="""
def wasted_share(lengths, size):
    shares = []
    for start in range(0, len(lengths), size):
        batch = lengths[start : start + size]
        shares.append(1 - batch.sum() / max(len(batch) * batch.max(), 1))
    return sum(shares) / len(shares)
""",
        ),
        Wrong("takes the last batch for full", "texts left", ("len(batch) *", "size *")),
        Wrong(
            "leaves the last batch out",
            "left out if it is short",
            (
                "    places = 0\n",
                "    places = 0\n    lengths = lengths[: len(lengths) // size * size]\n",
            ),
        ),
        Wrong(
            "sorts first",
            "sorted by length first",
            (
                "    places = 0\n",
                "    places, lengths = 0, sorted(lengths)\n"
                "    import numpy as np\n    lengths = np.array(lengths)\n",
            ),
        ),
        Wrong(
            "sorts its input",
            "changes its input",
            ("    places = 0\n", "    places = 0\n    lengths.sort()\n"),
            fails="shape",
        ),
        Wrong(
            "gives the share of words",
            "the share of real words",
            ("1 - lengths.sum()", "lengths.sum()"),
        ),
        Wrong(
            "counts the padding",
            "number of places with padding",
            ("1 - lengths.sum() / places", "places - lengths.sum()"),
        ),
        Wrong(
            "counts the places", "number of all places", ("1 - lengths.sum() / places", "places")
        ),
        Wrong(
            "gives per cent",
            "that is in per cent",
            ("1 - lengths.sum()", "100 - 100 * lengths.sum()"),
        ),
        Wrong(
            "divides by the words",
            "padding for each real word",
            ("1 - lengths.sum() / places", "places / lengths.sum() - 1"),
        ),
        Wrong(
            "rounds",
            "the share is rounded",
            ("1 - lengths.sum() / places", "round(1 - lengths.sum() / places, 2)"),
        ),
        Wrong("takes the first for the longest", "expected", ("batch.max()", "batch[0]")),
        Wrong("forgets the rows", "expected", ("len(batch) * batch.max()", "batch.max()")),
        Wrong("divides whole numbers", "expected", (".sum() / ", ".sum() // ")),
    ),
    right=(
        Right(
            "without a loop, in float32",
            code="""
import numpy as np


def wasted_share(lengths, size):
    starts = np.arange(0, len(lengths), size)
    rows = np.diff(np.append(starts, len(lengths)))
    places = (rows * np.maximum.reduceat(lengths, starts)).sum()
    return np.float32(1) - np.float32(lengths.sum() / places)
""",
        ),
        Right(
            "by counting in plain Python",
            code="""
def wasted_share(lengths, size):
    padded = real = 0
    batch = []
    for i, length in enumerate(lengths, 1):
        batch.append(int(length))
        if len(batch) == size or i == len(lengths):
            padded += sum(max(batch) - n for n in batch)
            real += sum(batch)
            batch = []
    return padded / (padded + real)
""",
        ),
        Right(
            "with masks, in torch",
            code="""
import torch


def wasted_share(lengths, size):
    masks = []
    for batch in torch.as_tensor(lengths).split(size):
        masks.append((torch.arange(int(batch.max())) >= batch[:, None]).flatten())
    return torch.cat(masks).double().mean()
""",
        ),
        Right(
            "as a fraction",
            code="""
from fractions import Fraction


def wasted_share(lengths, size):
    lengths = [int(n) for n in lengths]
    batches = [lengths[i : i + size] for i in range(0, len(lengths), size)]
    return 1 - Fraction(sum(lengths), sum(len(b) * max(b) for b in batches))
""",
        ),
        Right(
            "as an array of no axis, filled up with zeros",
            code="""
import numpy as np


def wasted_share(lengths, size):
    batches = -(-len(lengths) // size)
    table = np.zeros(batches * size, dtype=int)
    table[: len(lengths)] = lengths
    rows = np.full(batches, size)
    rows[-1] = len(lengths) - size * (batches - 1)
    return np.array(1 - lengths.sum() / (rows * table.reshape(batches, size).max(1)).sum())
""",
        ),
    ),
    shows="One long text makes a whole batch long: sort or cut, and the waste goes down.",
)
