"""14-thaw: gradual unfreezing, one block an epoch from the top down."""

from collections.abc import Callable

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong

INSIDE = ("attention.query.weight", "feed_forward.up.bias")


def names(blocks: int) -> list[str]:
    """Return some parameters' names of an encoder with a head, in a model's order."""
    inside = [f"encoder.blocks.{k}.{part}" for k in range(blocks) for part in INSIDE]
    return ["encoder.tokens.weight", "encoder.norm.bias", *inside, "head.weight", "head.bias"]


def _block(name: str) -> int | None:
    return int(name.split(".")[2]) if name.startswith("encoder.blocks.") else None


def trainable(names: list[str], epoch: int, blocks: int) -> list[str]:
    """Return the names that train in an epoch."""
    return [name for name in names if _from(name, blocks) <= epoch]


def _from(name: str, blocks: int) -> int:
    if name.startswith("head"):
        return 0
    block = _block(name)
    return blocks + 1 if block is None else blocks - block


def _shape(answer: Answer) -> None:
    answer.list(names(3), 1, 3, of=str, what="names")


def _values(answer: Answer) -> None:
    def by(first_epoch: Callable, kept: Callable = lambda first, epoch: first <= epoch) -> Callable:
        return lambda names, epoch, blocks: [
            name for name in names if kept(first_epoch(name, blocks), epoch)
        ]

    def as_text(given: list[str], epoch: int, blocks: int) -> list[str]:
        return [
            name
            for name in given
            if (_from(name, blocks) <= epoch if _block(name) is None else
                str(_block(name)) >= str(blocks - epoch))
        ]  # fmt: skip

    mistakes = {
        "the blocks thaw from the bottom up; the top one, with the highest number, comes first": by(
            lambda n, b: _from(n, b) if _block(n) is None else _block(n) + 1
        ),
        "the first block thaws in epoch 0 already; there only the head trains": by(
            lambda n, b: _from(n, b) - (not n.startswith("head"))
        ),
        "everything comes an epoch too late; in epoch 1 the top block trains beside the head": by(
            lambda n, b: _from(n, b) + (not n.startswith("head"))
        ),
        "what thawed earlier goes on training; here only what is new does": (
            by(_from, lambda first, epoch: first == epoch),
            by(_from, lambda first, epoch: first in (0, epoch)),
            lambda n, e, b: [name for name in n if _from(name, b) in (0, e if e <= b else 0)],
        ),
        "the embeddings train from the beginning; they thaw last, after the lowest block": by(
            lambda n, b: 0 if _block(n) is None else _from(n, b)
        ),
        "the embeddings thaw together with the lowest block; they come an epoch later": by(
            lambda n, b: min(_from(n, b), b)
        ),
        "the embeddings never train": by(
            lambda n, b: _from(n, b) if _block(n) is not None or n[0] == "h" else 10**6
        ),
        "the head is missing; it trains in every epoch": by(
            lambda n, b: 10**6 if n.startswith("head") else _from(n, b)
        ),
        "those are the names that stay frozen": by(_from, lambda first, epoch: first > epoch),
        "only the first digit of a block's number is read, so block 11 is taken for block 1": by(
            lambda n, b: _from(n, b) if _block(n) is None else b - int(str(_block(n))[0])
        ),
        "block numbers are compared as text, where 9 comes after 11; make them numbers": as_text,
        "the order has changed; return the names in the order given": (
            lambda *a: sorted(trainable(*a)),
            lambda *a: trainable(*a)[::-1],
            lambda n, e, b: sorted(trainable(n, e, b), key=lambda name: _from(name, b)),
        ),
    }
    few = ((1, 0), (1, 1), (2, 1), (3, 0), (3, 2), (3, 3), (2, 3))
    many = [(12, e) for e in (1, 2, 3, 5, 9, 11, 12, 13, 20)]
    cases = [
        Case((names(b), e, b), f"epoch {e} with {b} block{'s' * (b > 1)}") for b, e in (*few, *many)
    ]
    cases += [
        Case((names(3)[::-1], e, 3), f"epoch {e} with 3 blocks, the names from last to first")
        for e in (0, 1, 3, 4)
    ]
    against(answer, trainable, cases, mistakes=mistakes)


THAW = Exercise(
    name="14-thaw",
    title="Thaw it from the top",
    difficulty=2,
    minutes=15,
    prompt="""
*Gradual unfreezing* (逐层解冻; Howard and Ruder, 2018) begins with the head alone and lets one more
block train in each epoch, from the top down. Write `trainable(names, epoch, blocks)`. It gets the
names of a model's parameters, an epoch, counted from 0, and how many blocks the encoder has. It
returns the list of those names that train in this epoch, in the order given.

In epoch 0 only the head trains (names that begin with `head`), in epoch 1 the top block as well, in
epoch 2 the two upper ones, and so on. Blocks are counted from 0 at the bottom: the top one of
twelve is `encoder.blocks.11`. One epoch after the lowest block, the rest follows: embeddings and
whatever else the encoder has. What has begun to train goes on training.
""",
    answer="trainable",
    starter="""
def trainable(names, epoch, blocks):
    # trainable(["encoder.tokens.weight", "encoder.blocks.0.attention.query.weight", "head.bias"],
    #           epoch=1, blocks=1) is all but the first of the three.
    return ...  # your turn
""",
    hints=(
        "For each name, ask in which epoch it first trains. Which is that for the top block, for "
        "the lowest, and for the embeddings?",
        "Block k first trains in epoch blocks - k, the rest in blocks + 1. Take k as a number from "
        "the name: compared as texts, 9 comes after 11.",
    ),
    solution="""
def trainable(names, epoch, blocks):
    def first(name):  # the first epoch in which it trains
        if name.startswith("head"):
            return 0
        if name.startswith("encoder.blocks."):
            # A number, not a text: "9" > "11".
            return blocks - int(name.split(".")[2])
        return blocks + 1

    return [name for name in names if first(name) <= epoch]


# Another way: build the set of block numbers that train, range(blocks - epoch, blocks), and ask
# for each name whether its number is in it.
""",
    stages={"shape": _shape, "values": _values},
    wrong=(
        Wrong("returns a number", "list of names",
              code="def trainable(names, epoch, blocks):\n    return 3",
              fails="shape"),
        Wrong("from the bottom", "from the bottom up",
              ("blocks - int(name.split(\".\")[2])", "1 + int(name.split(\".\")[2])")),
        Wrong("an epoch early", "only the head trains",
              code="def trainable(names, epoch, blocks):\n"
              "    def first(n):\n"
              "        if n.startswith('head'):\n            return 0\n"
              "        if 'blocks' in n:\n            return blocks - 1 - int(n.split('.')[2])\n"
              "        return blocks\n"
              "    return [n for n in names if first(n) <= epoch]"),
        Wrong("an epoch late", "an epoch too late",
              code="def trainable(names, epoch, blocks):\n"
              "    def first(n):\n"
              "        if n.startswith('head'):\n            return 0\n"
              "        if 'blocks' in n:\n            return blocks + 1 - int(n.split('.')[2])\n"
              "        return blocks + 2\n"
              "    return [n for n in names if first(n) <= epoch]"),
        Wrong("only what is new", "goes on training", ("<= epoch", "== epoch")),
        Wrong("the head and what is new", "goes on training", ("<= epoch", "in (0, epoch)")),
        Wrong("the head and what is new, the rest never", "goes on training",
              ("<= epoch", "in (0, epoch) and first(name) <= blocks")),
        Wrong("reads one digit", "only the first digit",
              ("int(name.split(\".\")[2])", "int(name[15])")),
        Wrong("embeddings from the start", "from the beginning", ("return blocks + 1", "return 0")),
        Wrong("embeddings with the last", "together with the lowest",
              ("return blocks + 1", "return blocks")),
        Wrong("embeddings never", "never train", ("return blocks + 1", "return 10**9")),
        Wrong("without the head", "the head is missing", ("return 0\n", "return 10**9\n")),
        Wrong("what is frozen", "stay frozen", ("<= epoch", "> epoch")),
        Wrong("block numbers as text", "compared as text",
              code="def trainable(names, epoch, blocks):\n"
              "    kept = []\n"
              "    for name in names:\n"
              "        if name.startswith('head'):\n            kept.append(name)\n"
              "        elif 'blocks' not in name:\n"
              "            kept += [name] * (epoch > blocks)\n"
              "        elif name.split('.')[2] >= str(blocks - epoch):\n"
              "            kept.append(name)\n"
              "    return kept"),
        Wrong("sorted", "in the order given",
              ("return [name for name in names if first(name) <= epoch]",
               "return sorted(name for name in names if first(name) <= epoch)")),
    ),
    right=(
        Right("as a tuple",
              ("return [name for name in names if first(name) <= epoch]",
               "return tuple(name for name in names if first(name) <= epoch)")),
        Right("as a generator",
              ("return [name for name in names if first(name) <= epoch]",
               "yield from (name for name in names if first(name) <= epoch)")),
        Right("by regular expressions", code="""
import re

def trainable(names, epoch, blocks):
    kept = []
    for name in names:
        found = re.match(r"encoder\\.blocks\\.(\\d+)\\.", name)
        if found and int(found[1]) >= blocks - epoch:
            kept.append(name)
        elif not found and (name.startswith("head") or epoch > blocks):
            kept.append(name)
    return kept
"""),
        Right("by a set of numbers", code="""
def trainable(names, epoch, blocks):
    free = set(range(max(blocks - epoch, 0), blocks))
    def trains(name):
        parts = name.split(".")
        if parts[0] == "head":
            return True
        if parts[1] == "blocks":
            return int(parts[2]) in free
        return epoch >= blocks + 1
    return list(filter(trains, names))
"""),
        Right("by prefixes that end in a dot", code="""
def trainable(names, epoch, blocks):
    if epoch > blocks:
        return list(names)
    starts = ("head",) + tuple(f"encoder.blocks.{blocks - k}." for k in range(1, epoch + 1))
    return [name for name in names if name.startswith(starts)]
"""),
    ),
    shows="Each epoch lets one more block train, so the layers nearest to the head move first.",
)  # fmt: skip
