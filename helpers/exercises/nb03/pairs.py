"""03-pairs: all pairs of a word and its context within a window."""

from collections import Counter
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_list, short
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens

WORDS = ["the", "bank", "raised", "its", "rates"]


def _pairs(
    words: list[str], window: int, left: int = 0, right: int = 0, own: bool = False
) -> list[tuple[str, str]]:
    """Return the right pairs, or with a window that is wider by ``left`` and ``right``."""
    places = range(len(words))
    return [
        (words[i], words[j])
        for i in places
        for j in places
        if -window - left <= j - i <= window + right and (own or i != j)
    ]


def _wrapped(words: list[str], window: int) -> list[tuple[str, str]]:
    """Return what negative places give at the beginning: words from the end."""
    reach = [d for d in range(-window, window + 1) if d]
    return [
        (words[i], words[i + d]) for i in range(len(words)) for d in reach if i + d < len(words)
    ]


MISTAKES = {
    "a word is no context of itself": lambda w, n: _pairs(w, n, own=True),
    "the context lies to the left as well": lambda w, n: [
        (a, b) for i, a in enumerate(w) for b in w[i + 1 : i + 1 + n]
    ],
    "the context lies to the right as well": lambda w, n: [
        (a, b) for i, a in enumerate(w) for b in w[max(0, i - n) : i]
    ],
    "to the right the window ends one place too early": lambda w, n: _pairs(w, n, right=-1),
    "to the left the window ends one place too early": lambda w, n: _pairs(w, n, left=-1),
    "the window ends one place too early on both sides": lambda w, n: _pairs(w, n, -1, -1),
    "the window ends one place too late on both sides": lambda w, n: _pairs(w, n, 1, 1),
    "places below 0 count from the end of the text; the window stops at its beginning": _wrapped,
    "a slice starts below 0, so it counts from the end of the text; begin at 0 there": (
        lambda w, n: [
            (a, b) for i, a in enumerate(w) for b in w[i - n : i] + w[i + 1 : i + 1 + n]
        ],
        lambda w, n: [
            (a, w[j])
            for i, a in enumerate(w)
            for j in range(len(w))[i - n : i + n + 1]
            if j != i
        ],
    ),
    "words that aren't next to anything on one side are left out; the window only gets smaller "
    "at the ends of the text": lambda w, n: [
        (w[i], w[j])
        for i in range(n, len(w) - n)
        for j in range(i - n, i + n + 1)
        if i != j
    ],
    "equal words at two places are a pair too": lambda w, n: [
        pair for pair in _pairs(w, n) if pair[0] != pair[1]
    ],
    "a pair that occurs twice is listed twice": lambda w, n: sorted(set(_pairs(w, n))),
    "window has no effect; yours reaches two places": lambda w, n: _pairs(w, 2),
    "window has no effect; yours reaches one place": lambda w, n: _pairs(w, 1),
    "each pair is listed twice": lambda w, n: _pairs(w, n) * 2,
}  # fmt: skip


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(301)
    cases = [(["a", "b"], 1), (WORDS, 1), (WORDS, 2), (WORDS, 3), (["a", "b", "c"], 2)]
    cases += [(["a", "b", "a"], 2), (["a", "a"], 1), (["a", "a", "a", "b"], 2)]
    cases += [(["a"], 1), ([], 2), (["a", "b", "c"], 9), (WORDS, 0), (list("abcdefgh"), 3)]
    for words, window in ((6, 2), (9, 4), (12, 1), (30, 5), (80, 3)):
        cases.append((random.choice(list("abcdefgh"), words).tolist(), window))
    return cases


def _read(result: object, expected: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs in order, or say which one is missing or too much, and how many are."""
    pairs = []
    for pair in as_list(result, what="pairs"):
        if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
            raise Diagnosis(f"{short(pair)} is no pair (centre, context).")
        if not all(isinstance(word, str) for word in pair):
            raise Diagnosis(f"{short(pair)} is no pair of words.")
        pairs.append(tuple(str(word) for word in pair))
    due, got = Counter(expected), Counter(pairs)
    if got == due:
        return expected
    missing, extra = (sorted((a - b).elements()) for a, b in ((due, got), (got, due)))
    said = f"You list {len(pairs)} pair{'s' * (len(pairs) != 1)}, expected {len(expected)}"
    if missing:
        said += f"; {missing[0]} is missing{_more(missing)}"
    if extra:
        often = "listed too often" if extra[0] in due else "no pair within the window"
        said += f"; {extra[0]} is {often}{_more(extra)}"
    raise Diagnosis(f"{said}.")


def _more(pairs: list) -> str:
    return f" (and {len(pairs) - 1} more)" if len(pairs) > 1 else ""


def _shape(answer: Answer) -> None:
    for pair in answer.list(WORDS, 1, what="pairs"):
        if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
            raise Diagnosis(f"{short(pair)} is no pair (centre, context).")


def _values(answer: Answer) -> None:
    against(answer, _pairs, _cases(), ("words", "window"), MISTAKES, _read)


@cache
def _newsroom() -> list[Case]:
    words = simple_tokens(" ".join(corpora.load("newsroom").train.texts[:4]))
    return [
        Case((words, window), f"{len(words)} words of newsroom and a window of {window}")
        for window in (5, 2)
    ]


def _real(answer: Answer) -> None:
    against(answer, _pairs, _newsroom(), mistakes=MISTAKES, read=_read)


PAIRS = Exercise(
    name="03-pairs",
    title="The pairs of a text",
    difficulty=1,
    minutes=8,
    prompt="""
List all pairs (centre, context) of a text for a window of fixed size: every word with each of the
words at most `window` places to its left or right. The order doesn't matter.
""",
    answer="skip_gram",
    starter='''
def skip_gram(words, window):
    """A list of words, the largest distance -> a list of pairs (centre, context).

    Example: skip_gram(["a", "b", "c"], 1) is [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")].
    """
    return ...  # your turn
''',
    hints=(
        "For the word at place i, which places j does the window hold? Mind the ends of the text.",
        "From i - window, but never below 0, to i + window, but never beyond the last word; and "
        "without the place i itself, whatever word stands at the others.",
    ),
    solution="""
def skip_gram(words, window):
    pairs = []
    for i, centre in enumerate(words):
        for j in range(max(0, i - window), min(len(words), i + window + 1)):
            if j != i:  # places are compared, not words: a word may be its own neighbour
                pairs.append((centre, words[j]))
    return pairs


# Another way: for each distance d, the pairs of zip(words, words[d:]), in both directions.
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "lists contexts alone", "is no pair", ("(centre, words[j])", "words[j]"), fails="shape"
        ),
        Wrong(
            "counts the pairs",
            "expected a list of pairs",
            ("return pairs", "return len(pairs)"),
            fails="shape",
        ),
        Wrong("pairs a word with itself", "no context of itself", ("if j != i:", "if True:")),
        Wrong("looks to the right only", "to the left as well", ("max(0, i - window)", "i")),
        Wrong(
            "looks to the left only",
            "to the right as well",
            ("min(len(words), i + window + 1)", "i"),
        ),
        Wrong(
            "stops one too early",
            "to the right the window ends one place too early",
            ("i + window + 1", "i + window"),
        ),
        Wrong(
            "begins one too late",
            "to the left the window ends one place too early",
            ("i - window", "i - window + 1"),
        ),
        Wrong(
            "reaches too far",
            "one place too late on both sides",
            (
                "range(max(0, i - window), min(len(words), i + window + 1))",
                "range(max(0, i - window - 1), min(len(words), i + window + 2))",
            ),
        ),
        Wrong(
            "forgets the beginning",
            "from the end of the text",
            code="""
def skip_gram(words, window):
    reach = [d for d in range(-window, window + 1) if d]
    places = range(len(words))
    return [(words[i], words[i + d]) for i in places for d in reach if i + d < len(words)]
""",
        ),
        Wrong(
            "slices below 0",
            "a slice starts below 0",
            code="""
def skip_gram(words, window):
    pairs = []
    for i, centre in enumerate(words):
        for context in words[i - window : i] + words[i + 1 : i + 1 + window]:
            pairs.append((centre, context))
    return pairs
""",
        ),
        Wrong(
            "forgets the end",
            "IndexError",
            ("min(len(words), i + window + 1)", "i + window + 1"),
            fails="shape",
        ),
        Wrong(
            "leaves the ends out",
            "gets smaller at the ends",
            code="""
def skip_gram(words, window):
    pairs = []
    for i in range(window, len(words) - window):
        for j in range(i - window, i + window + 1):
            if j != i:
                pairs.append((words[i], words[j]))
    return pairs
""",
        ),
        Wrong(
            "compares words instead of places",
            "at two places are a pair too",
            ("if j != i:", "if words[j] != centre:"),
        ),
        Wrong(
            "takes every pair once", "is listed twice", ("return pairs", "return list(set(pairs))")
        ),
        Wrong(
            "fixes the window",
            "window has no effect; yours reaches two",
            code="""
def skip_gram(words, window):
    window = 2
    places = [(i, j) for i in range(len(words)) for j in range(len(words))]
    return [(words[i], words[j]) for i, j in places if 0 < abs(i - j) <= window]
""",
        ),
        Wrong(
            "asks for the place of the word",
            "expected",
            code="""
def skip_gram(words, window):
    pairs = []
    for centre in words:
        i = words.index(centre)
        for j in range(max(0, i - window), min(len(words), i + window + 1)):
            if j != i:
                pairs.append((centre, words[j]))
    return pairs
""",
        ),
        Wrong(
            "takes the outermost words alone",
            "expected",
            (
                "range(max(0, i - window), min(len(words), i + window + 1))",
                "{max(0, i - window), min(len(words) - 1, i + window)}",
            ),
        ),
        Wrong(
            "returns after the first word",
            "expected",
            code="""
def skip_gram(words, window):
    pairs = []
    for i, centre in enumerate(words):
        for j in range(max(0, i - window), min(len(words), i + window + 1)):
            if j != i:
                pairs.append((centre, words[j]))
        return pairs
    return pairs
""",
        ),
    ),
    right=(
        Right(
            "as a generator, the other way round",
            code="""
def skip_gram(words, window):
    for i, context in enumerate(words):
        for j, centre in enumerate(words):
            if i != j and abs(i - j) <= window:
                yield [centre, context]
""",
        ),
        Right(
            "by distance, with zip",
            code="""
def skip_gram(words, window):
    pairs = []
    for d in range(1, window + 1):
        pairs.extend(zip(words, words[d:]))
        pairs.extend(zip(words[d:], words))
    return tuple(pairs)
""",
        ),
        Right(
            "with NumPy",
            code="""
import numpy as np


def skip_gram(words, window):
    places = np.arange(len(words))
    apart = abs(places[:, None] - places)
    centres, contexts = np.nonzero((apart > 0) & (apart <= window))
    words = np.array(words)
    return np.stack([words[centres], words[contexts]], axis=1)
""",
        ),
        Right(
            "by slices on both sides",
            code="""
def skip_gram(words, window):
    pairs = []
    for i, centre in enumerate(words):
        around = words[max(0, i - window) : i] + words[i + 1 : i + 1 + window]
        pairs += [(centre, context) for context in around]
    return pairs
""",
        ),
    ),
    shows="A text of n words has nearly 2 * window * n pairs: that is what word2vec learns from.",
)
