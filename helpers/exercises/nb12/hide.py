"""12-hide: BERT's recipe for hiding tokens, with the draws given."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_list, as_number

NAMES = ["ids", "draws", "fates", "others", "special", "mask"]


def hidden(
    ids: list[int],
    draws: list[float],
    fates: list[float],
    others: list[int],
    special: list[int],
    mask: int,
    share: float = 0.15,
    limits: tuple[float, float] = (0.8, 0.9),
    least: bool = True,
    marked: int = -100,
) -> list[list[int]]:
    """Return what the model reads and the targets; the last four settings make known mistakes."""
    free = [i for i, token in enumerate(ids) if token not in special]
    chosen = {i for i in free if draws[i] < share}
    if least and not chosen:
        chosen = {min(free, key=lambda i: draws[i])}
    read = list(ids)
    for i in chosen:
        if fates[i] < limits[0]:
            read[i] = mask
        elif fates[i] < limits[1]:
            read[i] = others[i]
    return [read, [token if i in chosen else marked for i, token in enumerate(ids)]]


def targets_everywhere(*inputs) -> list[list[int]]:
    """Return the recipe's reading with every token as a target."""
    return [hidden(*inputs)[0], list(inputs[0])]


def changed_only(*inputs) -> list[list[int]]:
    """Return targets only where the token has changed."""
    read, targets = hidden(*inputs)
    pairs = zip(read, inputs[0], targets, strict=True)
    return [read, [target if new != old else -100 for new, old, target in pairs]]


def lowest_or_none(ids, draws, fates, others, special, mask) -> list[list[int]]:
    """Return the recipe with nothing chosen where the lowest draw of all is a special token's."""
    least = ids[min(range(len(ids)), key=lambda i: draws[i])] not in special
    return hidden(ids, draws, fates, others, special, mask, least=least)


def lowest_of_all(ids, draws, fates, others, special, mask) -> list[list[int]]:
    """Return the recipe with the lowest draw of all tokens where no ordinary one is chosen."""
    kept = any(d < 0.15 and i not in special for i, d in zip(ids, draws, strict=True))
    if kept:
        return hidden(ids, draws, fates, others, special, mask)
    return hidden(ids, draws, fates, others, [], mask, share=0.0)


def exchanged(ids, draws, fates, others, special, mask) -> list[list[int]]:
    """Return the recipe with its two shares of one in ten exchanged."""
    fates = [fate if fate < 0.8 else 0.95 if fate < 0.9 else 0.85 for fate in fates]
    return hidden(ids, draws, fates, others, special, mask)


def read_again(*inputs) -> list[list[int]]:
    """Return targets that are what the model reads."""
    read, targets = hidden(*inputs)
    return [read, [t if t == -100 else new for new, t in zip(read, targets, strict=True)]]


def others_in_order(ids, draws, fates, others, special, mask) -> list[list[int]]:
    """Return the recipe with the others taken from the front, one after another."""
    targets = hidden(ids, draws, fates, others, special, mask)[1]
    changed = [i for i, t in enumerate(targets) if t != -100 and 0.8 <= fates[i] < 0.9]
    moved = list(others)
    for i, other in zip(changed, others, strict=False):
        moved[i] = other
    return hidden(ids, draws, fates, moved, special, mask)


A_LITTLE = 1e-12
MISTAKES = {
    "the two lists have changed places; what the model reads comes first": (
        lambda *a: hidden(*a)[::-1]
    ),
    "a token that is chosen and stays as it is has a target too": changed_only,
    "special tokens are never chosen": lambda i, d, f, o, s, m: hidden(i, d, f, o, [], m),
    "the token that is chosen for its lowest draw must be an ordinary one": lowest_of_all,
    "look for the lowest draw among the ordinary tokens alone": lowest_or_none,
    "a text in which nothing was chosen gets the ordinary token with the lowest draw": (
        lambda *a: hidden(*a, least=False)
    ),
    "every chosen token becomes the mask there; one in ten is another token and one in ten stays": (
        lambda *a: hidden(*a, limits=(1.0, 1.0))
    ),
    "what isn't hidden must have the target -100, or the model learns to copy": targets_everywhere,
    "targets that aren't scored are -100; 0 is an id": lambda *a: hidden(*a, marked=0),
    "one in ten stays as it is; fates from 0.9 on change nothing": (
        lambda *a: hidden(*a, limits=(0.8, 1.0))
    ),
    "one in ten becomes another token: fates from 0.8 to below 0.9": (
        lambda *a: hidden(*a, limits=(0.8, 0.8))
    ),
    "that chooses the tokens with draws of 0.15 and more; below 0.15 are 15 %": (
        lambda i, d, f, o, s, m: hidden(i, [1 - x - 1e-9 for x in d], f, o, s, m, share=0.85)
    ),
    "fates from 0.8 to below 0.9 mean another token, from 0.9 on the same one": exchanged,
    "a target is the token that was there, whatever the model reads in its place": read_again,
    "the other token is the one at the same place in others": (
        others_in_order,
        lambda i, d, f, o, s, m: hidden(i, d, f, [o[0]] * len(i), s, m),
    ),
    "a draw of exactly 0.15 isn't below 0.15": lambda *a: hidden(*a, share=0.15 + A_LITTLE),
    "a fate of exactly 0.8 or 0.9 isn't below it": (
        lambda *a: hidden(*a, limits=(0.8 + A_LITTLE, 0.9 + A_LITTLE)),
        lambda *a: hidden(*a, limits=(0.8 + A_LITTLE, 0.9)),
        lambda *a: hidden(*a, limits=(0.8, 0.9 + A_LITTLE)),
    ),
}


def _cases() -> Iterator[tuple]:
    yield [5, 6, 7], [0.5, 0.1, 0.9], [0.3, 0.3, 0.3], [8, 9, 8], [0], 2
    yield [5, 6, 0], [0.5, 0.1, 0.05], [0.3, 0.85, 0.3], [8, 9, 8], [0], 2
    yield [5, 6, 0], [0.5, 0.4, 0.3], [0.95, 0.95, 0.3], [8, 9, 8], [0], 2
    yield [0, 5, 1], [0.5, 0.4, 0.3], [0.5, 0.85, 0.3], [8, 9, 8], [0, 1], 2
    yield [5, 6, 7, 9], [0.15, 0.1, 0.14, 0.05], [0.3, 0.8, 0.9, 0.3], [8, 9, 8, 5], [0], 2
    yield [9, 7, 6, 5], [0.01, 0.11, 0.15, 0.03], [0.9, 0.8, 0.3, 0.8], [5, 6, 8, 9], [0], 2
    random = np.random.default_rng(12)
    for size in (4, 6, 9, 15, 15, 25, 40, 60, 80):
        ids = random.integers(0, 60, size).tolist()
        ids[0] = 50  # one ordinary token at least
        draws, fates = random.random((2, size)).round(3).tolist()
        others = random.integers(3, 60, size).tolist()
        yield ids, draws, fates, others, [0, 1, 2, 7, 8], 2


def _read(result: object, expected: object) -> list[list[int]]:
    rows = as_list(result, what="the tokens to read and the targets")
    if len(rows) != 2:
        raise Diagnosis(f"You return {len(rows)} things; the tokens to read and the targets.")
    found = [[int(as_number(i)) for i in as_list(row, what="ids")] for row in rows]
    for row, name in zip(found, ("tokens to read", "targets"), strict=True):
        if len(row) != len(expected[0]):
            raise Diagnosis(f"There are {len(row)} {name}; the text has {len(expected[0])} tokens.")
    return found


def _shape(answer: Answer) -> None:
    case = next(_cases())
    _read(answer.result(*case), hidden(*case))


def _values(answer: Answer) -> None:
    against(answer, hidden, _cases(), NAMES, MISTAKES, _read)


SOLUTION = """
def hide(ids, draws, fates, others, special, mask):
    free = [i for i in range(len(ids)) if ids[i] not in special]
    chosen = [i for i in free if draws[i] < 0.15]
    if not chosen:  # a text without a target would be read for nothing
        chosen = [min(free, key=lambda i: draws[i])]
    read, targets = list(ids), [-100] * len(ids)
    for i in chosen:
        targets[i] = ids[i]  # whatever the model gets to read there
        if fates[i] < 0.8:
            read[i] = mask
        elif fates[i] < 0.9:
            read[i] = others[i]
    return read, targets


# Another way is np.where over whole arrays, as the notebook does it with tensors.
"""

HIDE = Exercise(
    name="12-hide",
    title="Hide tokens",
    difficulty=2,
    minutes=12,
    prompt="""
Write BERT's recipe for one text, with the draws given, so that it can be checked. `ids`, `draws`,
`fates` and `others` are lists of the same length.

A token in the list `special` is never chosen; all others are ordinary. An ordinary token is
*chosen* if its draw is below 0.15. If that chooses none, the ordinary token with the lowest draw
is chosen. (At least one token is ordinary, and no two draws are equal.)

A chosen token becomes `mask` where its fate is below 0.8. From 0.8 to below 0.9, it becomes the
token at its place in `others`. Otherwise it stays as it is. Return two lists: what the model reads,
and the targets, -100 where nothing was chosen.
""",
    answer="hide",
    starter='''
def hide(ids, draws, fates, others, special, mask):
    """One text's ids and its draws -> what the model reads, and the targets.

    Example: ids [5, 6, 0], draws [0.5, 0.1, 0.05], fates [0.3, 0.85, 0.3], others [8, 9, 8],
    special [0] and mask 2 give [5, 9, 0] and [-100, 6, -100].
    """
    return ...  # your turn
''',
    hints=(
        "First make the list of places that may be chosen, then of those that are. What a place's "
        "target is doesn't depend on its fate.",
        "chosen = [i for i in free if draws[i] < 0.15] or [min(free, key=lambda i: draws[i])]; "
        "then for each of them targets[i] = ids[i], and read[i] by its fate.",
    ),
    solution=SOLUTION,
    stages={"shape": _shape, "values": _values},
    wrong=(
        Wrong(
            "returns one list",
            "the tokens to read and the targets",
            ("return read, targets", "return [read]"),
            fails="shape",
        ),
        Wrong(
            "returns the targets of the chosen only",
            "There are 1 targets; the text has 3 tokens",
            ("return read, targets", "return read, [t for t in targets if t != -100]"),
            fails="shape",
        ),
        Wrong(
            "changes its input",
            "changes its input",
            ("list(ids), [-100]", "ids, [-100]"),
            fails="shape",
        ),
        Wrong(
            "returns the targets first",
            "have changed places",
            ("return read, targets", "return targets, read"),
        ),
        Wrong(
            "has no target for what stays",
            "stays as it is has a target too",
            (
                "return read",
                "targets = [t if r != i else -100 for r, i, t in zip(read, ids, targets)]\n"
                "    return read",
            ),
        ),
        Wrong(
            "chooses special tokens",
            "special tokens are never chosen",
            ("if ids[i] not in special", ""),
        ),
        Wrong(
            "may choose a special one at last",
            "must be an ordinary one",
            ("min(free, key=", "min(range(len(ids)), key="),
        ),
        Wrong(
            "lets a special one be the lowest",
            "among the ordinary tokens alone",
            (
                "chosen = [min(free, key=lambda i: draws[i])]",
                "chosen = [i for i in free if draws[i] == min(draws)]",
            ),
        ),
        Wrong(
            "may choose none",
            "gets the ordinary token with the lowest",
            ("if not chosen", "if False"),
        ),
        Wrong(
            "hides all that are chosen", "every chosen token becomes the mask", ("< 0.8", "< 1.0")
        ),
        Wrong("scores every token", "learns to copy", ("[-100] * len(ids)", "list(ids)")),
        Wrong("marks by 0", "0 is an id", ("[-100] *", "[0] *")),
        Wrong("never lets one stay", "fates from 0.9 on change nothing", ("< 0.9", "< 1.0")),
        Wrong("never takes another", "becomes another token", ("< 0.9", "< 0.8")),
        Wrong(
            "exchanges the two shares of one in ten",
            "from 0.9 on the same one",
            ("elif fates[i] < 0.9", "elif fates[i] >= 0.9"),
        ),
        Wrong(
            "takes what is read as the target",
            "the token that was there",
            (
                "    return read",
                "    targets = [t if t == -100 else r for r, t in zip(read, targets)]"
                "\n    return read",
            ),
        ),
        Wrong(
            "takes the others one after another",
            "at the same place in others",
            code=SOLUTION.replace("read, targets =", "others, read, targets =")
            .replace("list(ids), [-100]", "iter(others), list(ids), [-100]")
            .replace("others[i]", "next(others)"),
        ),
        Wrong("always takes the first other", "at the same place", ("others[i]", "others[0]")),
        Wrong("chooses at 0.15 too", "exactly 0.15", ("draws[i] < 0.15", "draws[i] <= 0.15")),
        Wrong("masks at 0.8 too", "exactly 0.8 or 0.9", ("fates[i] < 0.8", "fates[i] <= 0.8")),
        Wrong("changes at 0.9 too", "exactly 0.8 or 0.9", ("fates[i] < 0.9", "fates[i] <= 0.9")),
        Wrong("chooses the rest", "below 0.15 are 15 %", ("draws[i] < 0.15", "draws[i] >= 0.15")),
    ),
    right=(
        Right("as tuples", ("return read, targets", "return tuple(read), tuple(targets)")),
        Right("as a list of lists", ("return read, targets", "return [read, targets]")),
        Right(
            "in NumPy",
            code="""
import numpy as np


def hide(ids, draws, fates, others, special, mask):
    ids, draws, fates = np.array(ids), np.array(draws), np.array(fates)
    draws = np.where(np.isin(ids, special), 2.0, draws)
    chosen = (draws < 0.15) | ((draws == draws.min()) & (draws.min() >= 0.15))
    read = np.where(chosen & (fates < 0.8), mask, ids)
    read = np.where(chosen & (fates >= 0.8) & (fates < 0.9), others, read)
    return np.stack([read, np.where(chosen, ids, -100)])
""",
        ),
        Right(
            "token by token",
            code="""
import torch


def hide(ids, draws, fates, others, special, mask):
    lowest = min(d for t, d in zip(ids, draws) if t not in special)
    read, targets = [], []
    for token, draw, fate, other in zip(ids, draws, fates, others):
        chosen = token not in special and (draw < 0.15 or draw == lowest)
        new = mask if fate < 0.8 else other if fate < 0.9 else token
        read.append(new if chosen else token)
        targets.append(token if chosen else -100)
    return torch.tensor(read), torch.tensor(targets)
""",
        ),
    ),
    shows="Some chosen tokens are hidden, some changed and some left alone, so a model can't take "
    "any token for granted.",
)
