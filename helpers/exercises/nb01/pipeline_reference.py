"""What 01-pipeline is held against: a reference for each of its four functions, and known mistakes.

Each reference takes the settings of the mistakes as well; ``pipeline_check.py`` tries them.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

import numpy as np

COMMENT, TAG = re.compile(r"<!--.*?-->", re.DOTALL), re.compile(r"</?[A-Za-z][^<>]*>")
STRAIGHT = str.maketrans("‘’“”", "''\"\"")
NUMBER, WORD = r"\d+(?:[.,]\d+)*", r"[^\W\d_]+(?:['-][^\W\d_]+)*"
TOKEN = re.compile(rf"{NUMBER}|{WORD}|\S")


def clean(
    text: str,
    comments: bool = True,
    comment: re.Pattern = COMMENT,
    tags: Callable = lambda text: TAG.sub(" ", text),
    late: bool = False,
    form: str = "NFKC",
    straight: bool = True,
    hidden: str | None = "",
    trim: bool = True,
    single: bool = True,
) -> str:
    """Return the clean text, or that of a known mistake."""
    if late:
        text = html.unescape(text)
    text = tags(comment.sub(" ", text) if comments else text)
    text = text if late else html.unescape(text)
    text = unicodedata.normalize(form, text) if form else text
    text = text.translate(STRAIGHT) if straight else text
    text = text if hidden is None else re.sub("[\u00ad\u200b]", hidden, text)
    if not single:
        return text.strip()
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
    ranks = sorted(place.get(token, len(place) + 1) for token in (set(asked) if types else asked))
    known = np.searchsorted(ranks, range(len(ordered) + 1), side="right")
    shares = [float(share) for share in (len(ranks) - known) / len(ranks)]
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
    "a tag begins with a letter right after < or </; 5 is none": (
        lambda t: clean(t, tags=lambda t: re.sub(r"</?\w[^<>]*>", " ", t))
    ),
    "comments go with all that is in them, also with a > inside": (
        lambda t: clean(t, comments=False)
    ),
    "comments go before tags, since one may hold the beginning of a tag": (
        lambda t: clean(TAG.sub(" ", t))
    ),
    "a comment ends at the next -->, which may stand in a later line": (
        lambda t: clean(t, comment=re.compile("<!--.*?-->"))
    ),
    "a comment ends at the next -->, not at the last": (
        lambda t: clean(t, comment=re.compile("<!--.*-->", re.DOTALL))
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
    "white space becomes single spaces": lambda t: clean(t, single=False),
    "white space becomes single spaces after the hidden characters are gone, not before": (
        lambda t: re.sub("[\u00ad\u200b]", "", clean(t, hidden=None))
    ),
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
    "a batch may have exactly `places` places": lambda n, p: plan(n, p, strict=True),
    "a text longer than `places` gets a batch of its own": lambda n, p: plan(n, p, drop=True),
    "no batch is empty, even if the first text is longer than `places`": (
        lambda n, p: ([[]] if n and min(n) > p else []) + plan(n, p)
    ),
    "those are lengths; the numbers of the texts are asked for": (
        lambda n, p: [[n[i] for i in batch] for batch in plan(n, p)]
    ),
    "texts are numbered from 0": lambda n, p: [[i + 1 for i in batch] for batch in plan(n, p)],
}
