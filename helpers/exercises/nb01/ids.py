"""01-ids: from texts to a dictionary of ids, by falling count and then by letters."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_number, short
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens
from helpers.text.vocabulary import Vocabulary

TEA = [["tea", "milk", "tea"], ["cup", "tea", "milk"], ["bun", "cup"]]


def _ids(
    texts: list[list[str]],
    min_count: int,
    first: int = 2,
    keeps: Callable = lambda count, least: count >= least,
    order: Callable = lambda count, token: (-count, token),
    once: bool = False,
) -> dict[str, int]:
    """Return the right ids, or those of a known mistake."""
    counts = Counter(token for text in texts for token in (set(text) if once else text))
    kept = [token for token in counts if keeps(counts[token], min_count)]
    kept.sort(key=lambda token: order(counts[token], token))
    return {token: number for number, token in enumerate(kept, first)}


MISTAKES = {
    "0 is padding and 1 is unknown, so ids begin at 2; yours begin at 0": (
        lambda t, m: _ids(t, m, first=0)
    ),
    "0 is padding and 1 is unknown, so ids begin at 2; yours begin at 1": (
        lambda t, m: _ids(t, m, first=1)
    ),
    "every token has an id, also those that occur fewer than min_count times": (
        lambda t, m: _ids(t, m, keeps=lambda count, least: True)
    ),
    "tokens that occur just min_count times have an id as well": (
        lambda t, m: _ids(t, m, keeps=lambda count, least: count > least)
    ),
    "the tokens that occur often enough are left out, the others numbered": (
        lambda t, m: _ids(t, m, keeps=lambda count, least: count < least)
    ),
    "min_count has no effect; you keep what occurs at least twice, whatever it is": (
        lambda t, m: _ids(t, m, keeps=lambda count, least: count >= 2)
    ),
    "the letters alone decide; the most frequent token comes first": (
        lambda t, m: _ids(t, m, order=lambda count, token: token)
    ),
    "the rarest token comes first; it should be the most frequent": (
        lambda t, m: _ids(t, m, order=lambda count, token: (count, token))
    ),
    "tokens with equal counts come in the order of the texts, not of the letters": (
        lambda t, m: _ids(t, m, order=lambda count, token: -count)
    ),
    "tokens with equal counts come in the order of the letters turned round": (
        lambda t, m: _ids(t, m, order=lambda count, token: (-count, [-ord(c) for c in token]))
    ),
    "you count in how many texts a token occurs, not how often": (
        lambda t, m: _ids(t, m, once=True)
    ),
}


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(101)
    cases = [
        (TEA, 2),
        (TEA, 1),
        ([["milk", "cup"], ["cup", "bun", "tea"], ["tea", "tea", "milk"]], 2),
    ]
    cases += [
        ([["a"]], 1),
        ([["a"]], 2),
        ([], 1),
        ([[], ["b", "a"], []], 1),
        ([["b", "b", "a"]], 2),
    ]
    cases += [([["no", "no", "no"], ["yes", "yes"], ["perhaps"]], least) for least in (1, 2, 3, 4)]
    for words, texts in ((4, 3), (8, 6), (30, 40)):
        for least in (1, 2, 3, 5, 12):
            lengths = random.integers(0, 9, texts)
            drawn = [np.minimum(random.geometric(0.2, n), words) for n in lengths]
            cases.append(([[f"{chr(97 + w % 26)}{w % 7}" for w in text] for text in drawn], least))
    return cases


def _read(result: object, expected: dict) -> dict:
    if not isinstance(result, dict):
        kind = type(result).__name__
        raise Diagnosis(f"You return {short(result)} (a {kind}), expected a dictionary.")
    ids = {}
    for token, number in result.items():
        if not isinstance(token, str):
            raise Diagnosis(f"Your dictionary has the key {token!r}; the tokens are the keys.")
        try:
            ids[str(token)] = as_number(number)
        except Diagnosis:
            told = f"Your dictionary gives {str(token)!r} the id {short(number)}, no number."
            raise Diagnosis(told) from None
    return {
        token: int(number) if number == int(number) else number for token, number in ids.items()
    }


def _shape(answer: Answer) -> None:
    _read(answer.result(TEA, 2), {})


def _values(answer: Answer) -> None:
    against(answer, _ids, _cases(), ("texts", "min_count"), MISTAKES, _read)


@cache
def _newsroom() -> tuple[list, dict]:
    texts = [simple_tokens(text) for text in corpora.load("newsroom").train.texts]
    vocabulary = Vocabulary.from_tokens(texts, min_count=3)
    return texts, {token: vocabulary[token] for token in vocabulary.counts}


def _real(answer: Answer) -> None:
    texts, expected = _newsroom()
    said = f"newsroom's {len(texts)} training texts and min_count = 3"
    case = Case((texts, 3), f"{said} (the course's vocabulary has {len(expected):,} tokens)")
    against(answer, lambda texts, least: expected, [case], mistakes=MISTAKES, read=_read)


IDS = Exercise(
    name="01-ids",
    title="A vocabulary by hand",
    difficulty=2,
    minutes=10,
    prompt="""
Write `token_ids(texts, min_count)`, which takes lists of tokens and returns a dictionary from token
to id: 2 for the most frequent, then 3, and so on; equal counts in the order of the letters. Tokens
that occur fewer than `min_count` times get no id.
""",
    answer="token_ids",
    starter='''
def token_ids(texts, min_count):
    """Lists of tokens, least count -> dictionary from token to id."""
    return ...  # your turn
''',
    hints=(
        "Count first (collections.Counter helps), then sort, then number.",
        "sorted takes a key, a function that may return a pair: where the first halves are equal, "
        "the second decide. A minus sign turns the order of numbers round.",
    ),
    solution="""
from collections import Counter


def token_ids(texts, min_count):
    counts = Counter(token for tokens in texts for token in tokens)
    kept = [token for token in counts if counts[token] >= min_count]
    kept.sort(key=lambda token: (-counts[token], token))
    return {token: number for number, token in enumerate(kept, start=2)}
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns a list",
            "(a list), expected a dictionary",
            code="token_ids = lambda t, m: ['tea']",
            fails="shape",
        ),
        Wrong(
            "swaps keys and values",
            "the tokens are the keys",
            ("{token: number", "{number: token"),
            fails="shape",
        ),
        Wrong(
            "returns the counts as texts",
            "no number",
            ("{token: number", "{token: str(number)"),
            fails="shape",
        ),
        Wrong("begins at 0", "yours begin at 0", ("start=2", "start=0")),
        Wrong("begins at 1", "yours begin at 1", ("start=2", "start=1")),
        Wrong("keeps every token", "every token has an id", (" if counts[token] >= min_count", "")),
        Wrong(
            "keeps only what is above the least count",
            "just min_count times",
            (">= min_count", "> min_count"),
        ),
        Wrong(
            "sorts by letters alone",
            "the letters alone decide",
            ("(-counts[token], token)", "token"),
        ),
        Wrong(
            "puts the rarest first",
            "the rarest token comes first",
            ("(-counts[token], token)", "(counts[token], token)"),
        ),
        Wrong(
            "leaves equal counts as they come",
            "in the order of the texts",
            ("(-counts[token], token)", "-counts[token]"),
        ),
        Wrong(
            "turns the letters round",
            "letters turned round",
            code="""
from collections import Counter


def token_ids(texts, min_count):
    counts = Counter(token for tokens in texts for token in tokens)
    kept = [token for token in counts if counts[token] >= min_count]
    kept.sort(key=lambda token: (counts[token], token), reverse=True)
    return {token: number for number, token in enumerate(kept, start=2)}
""",
        ),
        Wrong("fixes the least count", "min_count has no effect", (">= min_count", ">= 2")),
        Wrong(
            "counts texts",
            "in how many texts",
            ("for token in tokens)", "for token in set(tokens))"),
        ),
        Wrong(
            "numbers before it sorts out",
            "expected {",
            code="""
from collections import Counter


def token_ids(texts, min_count):
    counts = Counter(token for tokens in texts for token in tokens)
    ranked = sorted(counts, key=lambda token: (counts[token] < 2, token))
    return {t: n for n, t in enumerate(ranked, start=2) if counts[t] >= min_count}
""",
        ),
        Wrong(
            "gives equal counts one id",
            "expected {",
            code="""
from collections import Counter


def token_ids(texts, min_count):
    counts = Counter(token for tokens in texts for token in tokens)
    kept = {token: n for token, n in counts.items() if n >= min_count}
    levels = sorted(set(kept.values()), reverse=True)
    return {token: levels.index(n) + 2 for token, n in kept.items()}
""",
        ),
        Wrong(
            "takes the last text alone",
            "expected {",
            ("for tokens in texts for token in tokens", "for token in (texts or [[]])[-1]"),
        ),
        Wrong(
            "stops without texts",
            "IndexError",
            (
                "Counter(token for tokens in texts for token in tokens)",
                "sum(map(Counter, texts[1:]), Counter(texts[0]))",
            ),
        ),
    ),
    right=(
        Right(
            "with two sorts",
            code="""
def token_ids(texts, min_count):
    counts = {}
    for tokens in texts:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    kept = sorted(token for token, count in counts.items() if count >= min_count)
    kept = sorted(kept, key=counts.get, reverse=True)
    ids = {}
    for token in kept:
        ids[token] = len(ids) + 2
    return ids
""",
        ),
        Right(
            "with most_common",
            code="""
from collections import Counter
from itertools import chain


def token_ids(texts, min_count):
    counts = Counter(sorted(chain.from_iterable(texts)))
    return {t: i + 2 for i, (t, n) in enumerate(counts.most_common()) if n >= min_count}
""",
        ),
        Right(
            "with NumPy",
            code="""
import numpy as np


def token_ids(texts, min_count):
    tokens, counts = np.unique([t for tokens in texts for t in tokens], return_counts=True)
    order = np.lexsort((tokens, -counts))
    order = order[counts[order] >= min_count]
    return dict(zip(tokens[order], np.arange(2, 2 + len(order))))
""",
        ),
        Right(
            "as an ordered dictionary of floats",
            code="""
from collections import Counter, OrderedDict


def token_ids(texts, min_count):
    counts = Counter(sum(texts, []))
    kept = sorted((-n, token) for token, n in counts.items() if n >= min_count)
    return OrderedDict((token, 2.0 + i) for i, (_, token) in enumerate(kept))
""",
        ),
    ),
    shows="Padding 0, unknown 1, then by falling count and, where counts are equal, by letters.",
)
