"""07-buckets: batches of texts of similar length, and yet in a random order."""

from collections.abc import Sequence

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_list
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens

SHARE = 0.5  # of the padding of batches in random order: so much is allowed at most


def _lengths(texts: int, seed: int) -> list[int]:
    """Return different lengths in a random order, most of them short."""
    random = np.random.default_rng(seed)
    drawn = np.sort(np.exp(random.normal(4.2, 0.8, texts)))
    return random.permutation(np.round(drawn).astype(int) + np.arange(texts)).tolist()


def _asked(answer: Answer, lengths: Sequence[int], size: int, seed: int) -> list[list[int]]:
    """Return the batches of the answer, after looking whether every text is in one of them."""
    where = f"For {len(lengths)} text{'s' * (len(lengths) != 1)} in batches of {size}"
    batches = [as_list(one, of=int) for one in answer.list(list(lengths), size, seed)]
    places = [place for batch in batches for place in batch]
    if odd := [place for place in places if not 0 <= place < len(lengths)]:
        raise Diagnosis(
            f"{where}, {odd[0]} is in a batch; texts have the numbers 0 to {len(lengths) - 1}. "
            "Give numbers of texts, not their lengths."
        )
    if twice := len(places) - len(set(places)):
        raise Diagnosis(f"{where}, {twice} texts come twice; each belongs into one batch.")
    if missing := len(lengths) - len(places):
        raise Diagnosis(f"{where}, {missing} texts are in no batch. Is the short last one lost?")
    if (largest := max(len(batch) for batch in batches)) > size:
        raise Diagnosis(f"{where}, a batch has {largest} texts, which is larger than {size}.")
    if sum(len(batch) < size for batch in batches) > 1:
        raise Diagnosis(f"{where}, several batches are short; only one may be.")
    return batches


def _padding(lengths: Sequence[int], batches: list[list[int]]) -> float:
    """Return the share of padding."""
    places = sum(len(batch) * max(lengths[i] for i in batch) for batch in batches)
    return 1 - sum(lengths) / places


def _shape(answer: Answer) -> None:
    for texts, size in ((1, 4), (5, 2), (6, 3), (10, 4), (7, 10)):
        _asked(answer, _lengths(texts, texts), size, 0)


def _save(answer: Answer, lengths: Sequence[int], size: int, said: str) -> list[list[int]]:
    batches = _asked(answer, lengths, size, 0)
    order = np.random.default_rng(0).permutation(len(lengths)).tolist()
    cuts = range(0, len(order), size)
    random = _padding(lengths, [order[i : i + size] for i in cuts])
    found = _padding(lengths, batches)
    if found > SHARE * random:
        raise Diagnosis(
            f"On {said}, {found:.0%} of your batches' places are padding; {SHARE * random:.0%} are "
            f"allowed, half of what a random order has. Sort by length, within a pool of texts."
        )
    return batches


def _values(answer: Answer) -> None:
    for texts, size in ((960, 32), (1000, 16)):
        lengths = _lengths(texts, texts)
        first = _save(answer, lengths, size, f"{texts} made-up lengths")
        widest = [max(lengths[i] for i in batch) for batch in first]
        trend = np.corrcoef(np.arange(len(widest)), widest)[0, 1]
        if abs(trend) > 0.6:
            raise Diagnosis(
                "Your batches come in the order of their lengths, so the model sees all short "
                "texts before the first long one. Shuffle the batches."
            )
        if _asked(answer, lengths, size, 0) != first:
            raise Diagnosis("Called twice with the same seed, you return different batches.")
        second = _asked(answer, lengths, size, 1)
        if second == first:
            raise Diagnosis("Another seed changes nothing; each epoch needs an order of its own.")
        alike = {frozenset(batch) for batch in first} & {frozenset(batch) for batch in second}
        if len(alike) > len(first) / 2:
            raise Diagnosis(
                f"With another seed, {len(alike)} of {len(first)} batches hold the same texts as "
                "before. Shuffle the texts, and sort only within pools of some batches each."
            )


def _real(answer: Answer) -> None:
    texts = corpora.load("newsroom").train.texts
    _save(answer, [len(simple_tokens(text)) for text in texts], 8, "newsroom's training texts")


SOLUTION = """
import random


def buckets(lengths, size, seed):
    draw = random.Random(seed)
    order = list(range(len(lengths)))
    draw.shuffle(order)  # so that other texts meet in each epoch
    pool, batches = 8 * size, []
    for start in range(0, len(order), pool):
        some = sorted(order[start : start + pool], key=lambda i: lengths[i])
        batches += [some[i : i + size] for i in range(0, len(some), size)]
    draw.shuffle(batches)  # so that short ones don't come first
    return batches


# A larger pool saves more padding, and makes batches more alike from epoch to epoch. Another way:
# sort all texts by their length plus some noise, cut, and shuffle the batches.
"""

BUCKETS = Exercise(
    name="07-buckets",
    title="Short with short, and still at random",
    difficulty=3,
    minutes=20,
    prompt="""
Sorting by length saves padding, but it makes the same batches in every epoch, in the same order.
Find a compromise. `buckets(lengths, size, seed)` gets the lengths of all texts and returns batches:
lists of text numbers, counted from 0. Every text is in one batch. Each has `size` texts; one may be
short. The padding must be at most half of what a random order has. The same seed must give the same
batches; with another seed, most must hold other texts. And the batches mustn't come in the order of
their lengths.
""",
    answer="buckets",
    starter="""
import random


def buckets(lengths, size, seed):
    # For example, buckets([5, 90, 6, 80], 2, 0) could return [[3, 1], [0, 2]].
    return ...  # your turn
""",
    hints=(
        "Shuffle first. What if you then sort not all of the texts but only some at a time?",
        "Cut the shuffled numbers into pools of eight batches each, sort every pool by length, cut "
        "it into batches, and shuffle all batches at the end. random.Random(seed) draws.",
    ),
    solution=SOLUTION,
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "loses the short batch",
            "in no batch",
            ("range(0, len(some), size)", "range(0, len(some) - size + 1, size)"),
            fails="shape",
        ),
        Wrong(
            "returns lengths",
            "not their lengths",
            ("some[i : i + size]", "[100 + lengths[j] for j in some[i : i + size]]"),
            fails="shape",
        ),
        Wrong(
            "overlaps",
            "come twice",
            ("some[i : i + size]", "some[max(i - 1, 0) : i + size - (i > 0)]"),
            fails="shape",
        ),
        Wrong(
            "makes one batch",
            "larger than",
            ("    return batches", "    return [sum(batches, [])]"),
            fails="shape",
        ),
        Wrong("returns a flat list", "", ("    return batches", "    return order"), fails="shape"),
        Wrong(
            "makes small pools",
            "only one may be",
            ("8 * size", "size + 1"),
            fails="shape",
        ),
        Wrong(
            "only shuffles",
            "Sort by length",
            ("key=lambda i: lengths[i]", "key=lambda i: i * 7 % 13"),
        ),
        Wrong(
            "does not shuffle the batches",
            "come in the order",
            code="""
def buckets(lengths, size, seed):
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    return [order[i : i + size] for i in range(0, len(order), size)]
""",
        ),
        Wrong(
            "shuffles batches of a fixed sort",
            "hold the same texts",
            code="""
import random


def buckets(lengths, size, seed):
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    random.Random(seed).shuffle(batches)
    return batches
""",
        ),
        Wrong(
            "ignores the seed",
            "Another seed changes nothing",
            ("random.Random(seed)", "random.Random(0)"),
        ),
        Wrong("draws anew each time", "the same seed", ("random.Random(seed)", "random.Random()")),
    ),
    right=(
        Right(
            "with noise on the lengths",
            code="""
import random


def buckets(lengths, size, seed):
    draw = random.Random(seed)
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] * draw.uniform(0.8, 1.25))
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    draw.shuffle(batches)
    return batches
""",
        ),
        Right(
            "with NumPy",
            code="""
import numpy as np


def buckets(lengths, size, seed):
    draw = np.random.default_rng(seed)
    order, lengths = draw.permutation(len(lengths)), np.array(lengths)
    pools = [order[i : i + 8 * size] for i in range(0, len(order), 8 * size)]
    batches = []
    for pool in pools:
        pool = pool[np.argsort(lengths[pool])]
        batches += [pool[i : i + size].tolist() for i in range(0, len(pool), size)]
    return [batches[i] for i in draw.permutation(len(batches))]
""",
        ),
        Right("with larger pools", ("8 * size", "12 * size")),
        Right("as tuples", ("    return batches", "    return tuple(map(tuple, batches))")),
        Right(
            "with torch",
            code="""
import torch


def buckets(lengths, size, seed):
    draw = torch.Generator().manual_seed(seed)
    noise = 0.8 + 0.4 * torch.rand(len(lengths), generator=draw)
    batches = (torch.tensor(lengths) * noise).argsort().split(size)
    return [batches[i] for i in torch.randperm(len(batches), generator=draw)]
""",
        ),
    ),
    shows="Half of the padding is gone, and no two epochs have the same batches.",
)
