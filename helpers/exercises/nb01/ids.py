"""01-ids: a vocabulary that grows, and leaves the ids that it has as they are."""

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
EMPTY = {"<pad>": 0, "<unk>": 1}


def _grown(
    known: dict[str, int],
    texts: list[list[str]],
    min_count: int,
    first: Callable = len,
    keeps: Callable = lambda count, least: count >= least,
    order: Callable = lambda count, token: (-count, token),
    once: bool = False,
    again: bool = False,
) -> dict[str, int]:
    """Return the right ids, or those of a known mistake."""
    counts = Counter(token for text in texts for token in (set(text) if once else text))
    kept = [token for token in counts if keeps(counts[token], min_count)]
    kept = [token for token in kept if again or token not in known]
    kept.sort(key=lambda token: order(counts[token], token))
    return known | {token: number for number, token in enumerate(kept, first(known))}


def _all_anew(known: dict[str, int], texts: list[list[str]], min_count: int) -> dict[str, int]:
    return _grown({"<pad>": 0, "<unk>": 1}, texts, min_count)


MISTAKES = {
    "known tokens have other ids now; a stored model counts on the old ones": (
        lambda k, t, m: _grown(k, t, m, again=True)
    ),
    "known tokens are lost or renumbered; a stored model counts on the old ones": _all_anew,
    "only the new tokens are there; return the known ones with them": (
        lambda k, t, m: {token: i for token, i in _grown(k, t, m).items() if token not in k}
    ),
    "the new ids begin at 2, where other tokens already are": (
        lambda k, t, m: _grown(k, t, m, first=lambda known: 2)
    ),
    "the first new id is already taken": (
        lambda k, t, m: _grown(k, t, m, first=lambda known: len(known) - 1)
    ),
    "an id is skipped: the first free one is len(id_of)": (
        lambda k, t, m: _grown(k, t, m, first=lambda known: len(known) + 1)
    ),
    "two ids are skipped: the reserved ones are in id_of already": (
        lambda k, t, m: _grown(k, t, m, first=lambda known: len(known) + 2)
    ),
    "every new token has an id, also those that occur fewer than min_count times": (
        lambda k, t, m: _grown(k, t, m, keeps=lambda count, least: True)
    ),
    "a new token that occurs exactly min_count times gets an id too": (
        lambda k, t, m: _grown(k, t, m, keeps=lambda count, least: count > least)
    ),
    "min_count has no effect; you keep what occurs at least twice, whatever it is": (
        lambda k, t, m: _grown(k, t, m, keeps=lambda count, least: count >= 2)
    ),
    "the letters alone decide; the most frequent new token comes first": (
        lambda k, t, m: _grown(k, t, m, order=lambda count, token: token)
    ),
    "the rarest new token comes first; it should be the most frequent": (
        lambda k, t, m: _grown(k, t, m, order=lambda count, token: (count, token))
    ),
    "tokens with equal counts come in the order of the texts, not of the letters": (
        lambda k, t, m: _grown(k, t, m, order=lambda count, token: -count)
    ),
    "tokens with equal counts come in reverse alphabetical order": (
        lambda k, t, m: _grown(
            k, t, m, order=lambda count, token: (-count, [-ord(c) for c in token])
        )
    ),
    "you count in how many texts a token occurs, not how often": (
        lambda k, t, m: _grown(k, t, m, once=True)
    ),
}


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(101)
    milk = EMPTY | {"milk": 2, "jam": 3}
    cases = [
        (milk, TEA, 2),
        (EMPTY, TEA, 2),
        (milk, TEA, 1),
        (EMPTY, [["milk", "cup"], ["cup", "bun", "tea"], ["tea", "tea", "milk"]], 2),
        (EMPTY, [["a"]], 1),
        (EMPTY, [["a"]], 2),
        (milk, [], 1),
        (EMPTY, [[], ["b", "a"], []], 1),
        (EMPTY | {"b": 2}, [["b", "b", "a"]], 1),
    ]
    texts = [["no", "no", "no"], ["yes", "yes"], ["perhaps"]]
    cases += [(EMPTY | {"never": 2, "yes": 3}, texts, least) for least in (1, 2, 3, 4)]
    for words, number in ((4, 3), (8, 6), (30, 40)):
        for least in (1, 2, 3, 5):
            lengths = random.integers(0, 9, number)
            drawn = [np.minimum(random.geometric(0.2, n), words) for n in lengths]
            lists = [[f"{chr(97 + w % 26)}{w % 7}" for w in text] for text in drawn]
            old = dict.fromkeys(token for text in lists[::3] for token in text[1::2])
            cases.append((EMPTY | {t: i for i, t in enumerate(["z9", *old], 2)}, lists, least))
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
    _read(answer.result(EMPTY | {"milk": 2}, TEA, 2), {})


def _values(answer: Answer) -> None:
    against(answer, _grown, _cases(), ("id_of", "texts", "min_count"), MISTAKES, _read)


@cache
def _newsroom() -> tuple[dict, list, dict]:
    corpus = corpora.load("newsroom")
    first, later = (
        [simple_tokens(text) for text in part.texts] for part in (corpus.train, corpus.validation)
    )
    known = {token: i for i, token in enumerate(Vocabulary.from_tokens(first, min_count=3))}
    return known, later, _grown(known, later, 2)


def _real(answer: Answer) -> None:
    known, later, expected = _newsroom()
    said = f"newsroom's vocabulary, its {len(later)} validation texts and min_count = 2"
    case = Case((known, later, 2), f"{said} ({len(expected) - len(known)} tokens are new)")
    against(answer, _grown, [case], mistakes=MISTAKES, read=_read)


IDS = Exercise(
    name="01-ids",
    title="A vocabulary that grows",
    difficulty=2,
    minutes=10,
    prompt="""
A model has been trained with a vocabulary, and new texts bring new words. Numbering everything
anew would give each old word another id, and the model would read nonsense. Write
`grown(id_of, texts, min_count)`. It takes a vocabulary, a dictionary that holds `<pad>` as 0,
`<unk>` as 1 and then ids without a gap, and new texts as lists of tokens. Return a larger
dictionary in which old tokens keep their ids. Tokens that are new and occur at least `min_count`
times in the new texts get the next ids: the most frequent first, equal counts in the order of the
letters.
""",
    answer="grown",
    starter='''
def grown(id_of, texts, min_count):
    """Token -> id, lists of new tokens, least count -> a larger dictionary from token to id.

    Example: {"<pad>": 0, "<unk>": 1, "tea": 2} and [["jam", "tea", "bun"]] with min_count 1 give
    {"<pad>": 0, "<unk>": 1, "tea": 2, "bun": 3, "jam": 4}.
    """
    return ...  # your turn
''',
    hints=(
        "Which tokens are candidates? Those that occur often enough and are not in id_of. Sort "
        "these alone, and number them from the first free id.",
        "The ids have no gap and begin at 0, so the first free one is len(id_of). A sorting key "
        "may be a pair, and `old | new` joins two dictionaries without changing them.",
    ),
    solution="""
from collections import Counter


def grown(id_of, texts, min_count):
    counts = Counter(token for tokens in texts for token in tokens)
    new = [t for t in counts if counts[t] >= min_count and t not in id_of]
    new.sort(key=lambda token: (-counts[token], token))
    # Ids 0 to len(id_of) - 1 are taken. The | makes a new dictionary, so id_of stays as it was.
    return id_of | {token: number for number, token in enumerate(new, start=len(id_of))}


# Another way: copy id_of, then go through the sorted tokens with result[token] = len(result).
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns a list",
            "(a list), expected a dictionary",
            code="grown = lambda k, t, m: ['tea']",
            fails="shape",
        ),
        Wrong(
            "swaps keys and values",
            "the tokens are the keys",
            ("{token: number for", "{number: token for"),
            fails="shape",
        ),
        Wrong(
            "returns ids as texts",
            "no number",
            ("{token: number for", "{token: str(number) for"),
            fails="shape",
        ),
        Wrong(
            "changes the old vocabulary",
            "changes its input",
            code="""
from collections import Counter


def grown(id_of, texts, min_count):
    counts = Counter(token for tokens in texts for token in tokens)
    for token in sorted(counts, key=lambda token: (-counts[token], token)):
        if counts[token] >= min_count and token not in id_of:
            id_of[token] = len(id_of)
    return id_of
""",
            fails="shape",
        ),
        Wrong("gives old tokens new ids", "have other ids now", (" and t not in id_of", "")),
        Wrong(
            "builds everything anew",
            "lost or renumbered",
            code="""
from collections import Counter


def grown(id_of, texts, min_count):
    counts = Counter(token for tokens in texts for token in tokens)
    kept = sorted(t for t in counts if counts[t] >= min_count)
    kept.sort(key=lambda t: -counts[t])
    return {t: i for i, t in enumerate(["<pad>", "<unk>", *kept])}
""",
        ),
        Wrong(
            "returns the new ones alone", "only the new tokens", ("return id_of | {", "return {")
        ),
        Wrong("begins at 2", "begin at 2", ("start=len(id_of)", "start=2")),
        Wrong(
            "takes the last id again", "already taken", ("start=len(id_of)", "start=len(id_of) - 1")
        ),
        Wrong("skips an id", "an id is skipped", ("start=len(id_of)", "start=len(id_of) + 1")),
        Wrong("skips two ids", "two ids are skipped", ("start=len(id_of)", "start=len(id_of) + 2")),
        Wrong("keeps every token", "every new token has", ("counts[t] >= min_count and ", "")),
        Wrong(
            "keeps only what is above the least count",
            "exactly min_count times",
            (">= min_count", "> min_count"),
        ),
        Wrong("fixes the least count", "min_count has no effect", (">= min_count", ">= 2")),
        Wrong(
            "sorts by letters alone",
            "the letters alone decide",
            ("(-counts[token], token)", "token"),
        ),
        Wrong(
            "puts the rarest first",
            "the rarest new token comes first",
            ("(-counts[token], token)", "(counts[token], token)"),
        ),
        Wrong(
            "leaves equal counts as they come",
            "in the order of the texts",
            ("(-counts[token], token)", "-counts[token]"),
        ),
        Wrong(
            "turns the letters round",
            "reverse alphabetical",
            (
                "key=lambda token: (-counts[token], token))",
                "key=lambda token: (counts[token], token), reverse=True)",
            ),
        ),
        Wrong(
            "counts texts",
            "in how many texts",
            ("for token in tokens)", "for token in set(tokens))"),
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
def grown(id_of, texts, min_count):
    counts = {}
    for tokens in texts:
        for token in tokens:
            counts[token] = counts.get(token, 0) + 1
    kept = sorted(token for token, count in counts.items() if count >= min_count)
    kept = sorted(kept, key=counts.get, reverse=True)
    ids = dict(id_of)
    for token in kept:
        ids.setdefault(token, len(ids))
    return ids
""",
        ),
        Right(
            "with most_common",
            code="""
from collections import Counter
from itertools import chain


def grown(id_of, texts, min_count):
    counts = Counter(sorted(chain.from_iterable(texts)))
    new = [t for t, n in counts.most_common() if n >= min_count and t not in id_of]
    return {**id_of, **{t: i + len(id_of) for i, t in enumerate(new)}}
""",
        ),
        Right(
            "with NumPy, the new ones first",
            code="""
import numpy as np


def grown(id_of, texts, min_count):
    new = [t for tokens in texts for t in tokens if t not in id_of]
    tokens, counts = np.unique(new, return_counts=True)
    order = np.lexsort((tokens, -counts))
    order = order[counts[order] >= min_count]
    ids = zip(tokens[order], np.arange(len(id_of), len(id_of) + len(order)))
    return dict(ids) | dict(id_of)
""",
        ),
        Right(
            "as an ordered dictionary of floats",
            code="""
from collections import Counter, OrderedDict


def grown(id_of, texts, min_count):
    counts = Counter(sum(texts, []))
    kept = sorted((-n, t) for t, n in counts.items() if n >= min_count and t not in id_of)
    ids = OrderedDict((token, float(i)) for token, i in id_of.items())
    for _, token in kept:
        ids[token] = max(ids.values()) + 1
    return ids
""",
        ),
    ),
    shows="Old words keep their ids, so a stored model still reads them; new ones come after them.",
)
