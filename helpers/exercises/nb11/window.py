"""11-window: a causal mask that looks back a few tokens only, and never at padding."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens


def visible(lengths: np.ndarray, longest: int, width: int, least: int = 0) -> np.ndarray:
    """Return who sees whom as 0 and 1, shape (batch, longest, longest)."""
    i, j = np.arange(longest)[:, None], np.arange(longest)
    near = (i - j >= least) & (i - j < width)
    return (near & (j < np.asarray(lengths)[:, None, None])).astype(float)


def _shape(answer: Answer) -> None:
    answer.array(np.array([4, 2]), 5, 3, shape=(2, 5, 5))


def _cases() -> Iterator[tuple]:
    yield np.array([3]), 3, 2
    yield np.array([4]), 4, 1
    yield np.array([2]), 4, 3
    yield np.array([4, 1]), 4, 2
    yield np.array([1, 3, 5]), 5, 9
    random = np.random.default_rng(110)
    for batch, longest, width in ((2, 6, 3), (3, 5, 2), (4, 7, 4), (2, 8, 5), (5, 4, 3), (3, 9, 1)):
        yield random.integers(1, longest + 1, size=batch), longest, width


def _values(answer: Answer) -> None:
    def grid(longest: int) -> tuple[np.ndarray, np.ndarray]:
        return np.arange(longest)[:, None], np.arange(longest)

    def both(near: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        return (near & (grid(len(near))[1] < lengths[:, None, None])).astype(float)

    def causal(lengths: np.ndarray, longest: int, width: int) -> np.ndarray:
        return both(np.tri(longest, dtype=bool), lengths)

    def around(lengths: np.ndarray, longest: int, width: int) -> np.ndarray:
        i, j = grid(longest)
        return both(np.abs(i - j) < width, lengths)

    def all_ahead(lengths: np.ndarray, longest: int, width: int) -> np.ndarray:
        i, j = grid(longest)
        return both(i - j < width, lengths)

    def ahead(lengths: np.ndarray, longest: int, width: int) -> np.ndarray:
        i, j = grid(longest)
        return both((j - i >= 0) & (j - i < width), lengths)

    def unpadded(lengths: np.ndarray, longest: int, width: int) -> np.ndarray:
        return visible(lengths * 0 + longest, longest, width)

    def rows(lengths: np.ndarray, longest: int, width: int) -> np.ndarray:
        real = grid(longest)[0] < lengths[:, None, None]
        return visible(lengths * 0 + longest, longest, width) * real

    def either(lengths: np.ndarray, longest: int, width: int) -> np.ndarray:
        i, j = grid(longest)
        near = (i - j >= 0) & (i - j < width)
        return (near | (j < lengths[:, None, None])).astype(float)

    def past_the_edge(lengths: np.ndarray, longest: int, width: int) -> np.ndarray:
        near = np.zeros((longest, longest), dtype=bool)
        for i in range(longest):
            near[i, i - width + 1 : i + 1] = True  # the start may be below 0
        return both(near, lengths)

    mistakes = {
        "it is inverted: True is for what may be seen": lambda *a: 1 - visible(*a),
        "the window is missing; a token sees the last width tokens only": causal,
        "padding is visible; a key counts only where j is below its text's length": unpadded,
        "it looks ahead as well; j may not be larger than i": (around, all_ahead),
        "it looks ahead instead of back; rows are queries i, columns keys j": (
            ahead,
            lambda *a: visible(*a).swapaxes(1, 2),
        ),
        "the window is one token too long; with the token itself it holds width tokens": (
            lambda n, longest, width: visible(n, longest, width + 1)
        ),
        "the window is one token too short; the token itself is one of width": (
            lambda n, longest, width: visible(n, longest, width - 1)
        ),
        "a token does not see itself": (
            lambda n, longest, width: visible(n, longest, width, least=1),
            lambda n, longest, width: visible(n, longest, width + 1, least=1),
        ),
        "the rows of padding are hidden; the mask is about keys, which are columns": rows,
        "the two conditions are joined by or; both must hold": either,
        "the first padding is visible; places count from 0, so a real one is below the length": (
            lambda lengths, *a: visible(lengths + 1, *a)
        ),
        "a slice that begins below 0 counts from the end; begin it at 0 at least": past_the_edge,
    }
    against(answer, visible, _cases(), ["lengths", "longest", "width"], mistakes)


def _real(answer: Answer) -> None:
    texts = corpora.load("newsroom").validation.texts[:8]
    lengths = np.array([len(simple_tokens(text)) for text in texts])
    against(answer, visible, [Case((lengths, int(lengths.max()), 4), "8 newsroom texts, width 4")])


WINDOW = Exercise(
    name="11-window",
    title="A sliding window",
    difficulty=2,
    minutes=12,
    prompt="""
Long texts are expensive, so some models let each token see only the last few. Write
`window_mask(lengths, longest, width)`, which returns the mask: a boolean array of shape (batch,
longest, longest), True where query $i$ of a text may look at key $j$. It may look at itself and at
the `width - 1` tokens before it, and never at padding. `lengths` holds the real tokens of each
text. (The rows of padding queries follow the same rule; nobody reads them.)
""",
    answer="window_mask",
    starter='''
import numpy as np


def window_mask(lengths, longest, width):
    """Lengths (batch), two numbers -> booleans (batch, longest, longest).

    Example: lengths [2], longest 3 and width 2 give
    [[[1, 0, 0], [1, 1, 0], [0, 1, 0]]], as 0 and 1.
    """
    return ...  # your turn
''',
    hints=(
        "Write down which i and j are allowed, as inequalities. How far back is i - j?",
        "i = np.arange(longest)[:, None] and j = np.arange(longest) give a table of i - j. Each "
        "text's padding is a condition on j alone: compare with lengths[:, None, None].",
    ),
    solution="""
import numpy as np


def window_mask(lengths, longest, width):
    i, j = np.arange(longest)[:, None], np.arange(longest)  # queries down, keys across
    near = (j <= i) & (i - j < width)  # (longest, longest), the same for all texts
    real = j < lengths[:, None, None]  # (batch, 1, longest), the same for all queries
    # Another way: np.tri(longest) with np.tri(longest, k=-width) taken away is the window.
    return near & real
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong("leaves the batch out", "expected shape (2, 5, 5)", ("near & real", "near"),
              fails="shape"),
        Wrong("forgets the batch's axis", "expected shape (2, 5, 5)",
              ("return near & real", "return near & real[0, 0]"), fails="shape"),
        Wrong("leaves the window out", "the window is missing", (" & (i - j < width)", "")),
        Wrong("looks ahead too", "looks ahead as well",
              ("(j <= i) & (i - j < width)", "(abs(i - j) < width)")),
        Wrong("looks ahead", "ahead instead of back",
              ("(j <= i) & (i - j < width)", "(i <= j) & (j - i < width)")),
        Wrong("is one too long", "one token too long", ("i - j < width", "i - j <= width")),
        Wrong("is one too short", "one token too short", ("i - j < width", "i - j < width - 1")),
        Wrong("does not see itself", "does not see itself", ("j <= i", "j < i")),
        Wrong("inverts", "it is inverted", ("return near & real", "return ~(near & real)")),
        Wrong("sees padding", "padding is visible",
              ("return near & real", "return near & (real | True)")),
        Wrong("hides padding's rows", "the rows of padding are hidden",
              ("real = j <", "real = i <")),
        Wrong("hides rows and columns", "the rows of padding are hidden",
              ("return near & real", "return near & real & (i < lengths[:, None, None])")),
        Wrong("joins by or", "both must hold", ("near & real\n", "near | real\n")),
        Wrong("counts lengths from 1", "the first padding is visible",
              ("j < lengths", "j <= lengths")),
        Wrong("lets a slice begin below 0", "counts from the end", code="""
import numpy as np


def window_mask(lengths, longest, width):
    mask = np.zeros((len(lengths), longest, longest), bool)
    for text, n in zip(mask, lengths):
        for i in range(longest):
            text[i, i - width + 1 : i + 1] = True
        text[:, n:] = False
    return mask
"""),
        Wrong("sees all that follows", "looks ahead as well", ("(j <= i) & (i - j", "(i - j")),
    ),
    right=(
        Right("by np.tri", ("(j <= i) & (i - j < width)",
                            "(np.tri(longest) - np.tri(longest, k=-width)) > 0")),
        Right("as 0 and 1", ("return near & real", "return (near & real).astype(int)")),
        Right("as lists, place by place", code="""
def window_mask(lengths, longest, width):
    return [[[i - width < j <= i and j < n for j in range(longest)] for i in range(longest)]
            for n in lengths]
"""),
        Right("in torch", code="""
import torch


def window_mask(lengths, longest, width):
    near = torch.ones(longest, longest).tril().triu(1 - width).bool()
    return near & (torch.arange(longest) < torch.tensor(lengths)[:, None])[:, None]
"""),
    ),
    shows="With a window, the cost of mixing grows with n times width, not with n squared.",
)  # fmt: skip
