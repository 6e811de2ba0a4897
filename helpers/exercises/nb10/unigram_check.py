"""How 10-unigram is checked: inputs, and its five parts with known mistakes.

A table maps a piece to the logarithm of its probability. Words are cut into pieces of the table.
"""

import math
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.nb10.unigram_reference import (
    best,
    fewest,
    logs_walked,
    longest_first,
    loss,
    once_a_word,
    score,
    sum_of_logs,
    total,
    used,
    ways,
)
from helpers.exercises.plain import as_list, as_number, short
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens

NAMES = ("ways", "best", "total", "used", "loss")
TOY = {"a": -1.0, "b": -1.5, "ab": -2.0, "ba": -2.25, "aba": -4.0}


@cache
def tables() -> list[tuple[dict[str, float], dict[str, int]]]:
    """Return tables with words that they can cut: a toy, small random ones, and real news."""
    found = [(TOY, {"ab": 3, "aba": 2, "abab": 1, "b": 2, "babab": 1})]
    random = np.random.default_rng(111)
    for letters, pieces, words in (("ab", 3, 4), ("ab", 6, 5), ("abc", 9, 6), ("abcd", 16, 8)) * 2:
        spelled = {"".join(random.choice(list(letters), k)) for k in random.integers(2, 5, pieces)}
        every = sorted(spelled) + list(letters)
        logs = np.log(random.dirichlet(np.full(len(every), 2.0)))
        table = {piece: round(float(log), 6) for piece, log in zip(every, logs, strict=True)}
        some = {"".join(random.choice(list(letters), k)) for k in random.integers(1, 9, words)}
        found.append((table, {word: int(random.integers(1, 9)) for word in sorted(some)}))
    tokens = [t for text in corpora.load("newsroom").train.texts[:60] for t in simple_tokens(text)]
    real = [t for t in dict.fromkeys(tokens) if t.isascii() and t.isalpha()][:60]
    chunks: dict[str, int] = {}
    for token in real:
        for start in range(len(token)):
            for end in range(start + 1, min(start + 5, len(token) + 1)):
                chunks[token[start:end]] = chunks.get(token[start:end], 0) + end - start
    kept = {p: n for p, n in chunks.items() if len(p) == 1 or n > 6}
    noise = random.uniform(0.8, 1.2, len(kept))  # so that no two cuts are equally good
    table = {
        piece: round(math.log(n * k / sum(kept.values())), 6)
        for (piece, n), k in zip(kept.items(), noise, strict=True)
    }
    return [*found, (table, {word: tokens.count(word) for word in real})]


def word_cases(cannot: bool = False) -> list[tuple[str, dict[str, float]]]:
    """Return words, each with a table; on request also some that can't be cut."""
    cases = [(word, table) for table, words in tables() for word in list(words)[:12]]
    if not cannot:
        return cases
    odd = [("abx", TOY), ("x", TOY), ("", TOY), ("aab", {"aa": -1.0, "ab": -1.0}), ("xa", TOY)]
    return [*cases[:4], *odd, *cases[4:]]


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


def as_good(pieces: list[str], word: str, table: Mapping[str, float]) -> list[str]:
    """Return the reference's cut if ``pieces`` are one as good (two may have the same score)."""
    right = best(word, table)
    cut = "".join(pieces) == word and all(piece in table for piece in pieces)
    return right if cut and score(pieces, table) > score(right, table) - 1e-9 else pieces


def _counts(result: object, expected: object) -> dict[str, int]:
    if not isinstance(result, Mapping):
        kind = type(result).__name__
        raise Diagnosis(f"You return {short(result)} (a {kind}), expected a dictionary.")
    counts = {str(piece): int(as_number(n)) for piece, n in result.items()}
    return {piece: n for piece, n in counts.items() if n or piece in expected}


def part_1(answer: Answer) -> None:
    """Check ``ways``."""
    mistakes = {
        "that counts the pieces that occur in the word, not the ways to cut all of it": (
            lambda w, t: sum(w[a:b] in t for a in range(len(w)) for b in range(a + 1, len(w) + 1))
        ),
        "that is the number of ways at any table; only pieces of this table may be used": (
            lambda w, t: 2 ** max(len(w) - 1, 0)
        ),
        "a word without letters can be cut in one way, into no pieces": (
            lambda w, t: ways(w, t) if w else 0
        ),
        "that says only whether there is a way; count them": lambda w, t: int(ways(w, t) > 0),
        "one way too many; check where the count begins": lambda w, t: ways(w, t) + 1,
        "the word as a whole is one of the ways if it is in the table": (
            lambda w, t: ways(w, {p: x for p, x in t.items() if p != w}) if w else 1
        ),
    }
    against(step(answer, 0), ways, word_cases(cannot=True), ("word", "table"), mistakes)


def part_2(answer: Answer) -> None:
    """Check ``best``."""
    step(answer, 1).result("ab", TOY)
    inner = step(answer, 1)

    def call(word: str, table: Mapping[str, float]) -> list[str]:
        return as_good(as_list(inner.result(word, table), str, "pieces"), word, table)

    mistakes = {
        "that is WordPiece's cut, the longest piece first; the most probable cut may begin with a "
        "shorter one": longest_first,
        "that is a cut into the fewest pieces; add up the logs instead": fewest,
        "that is the least probable cut; logs are negative, and the largest sum is wanted": (
            lambda w, t: best(w, {p: -x for p, x in t.items()})
        ),
        "the pieces come in the wrong order; the way back from the end gives them reversed": (
            lambda w, t: best(w, t)[::-1]
        ),
        "where nothing fits, return an empty list": lambda w, t: best(w, t) or [w],
        "those are all single letters": lambda w, t: list(w),
    }
    mistakes = {
        words: lambda w, t, way=way: as_good(way(w, t), w, t) for words, way in mistakes.items()
    }
    part = Answer(call, 2 * answer.seconds)
    against(part, best, word_cases(cannot=True), ("word", "table"), mistakes)


def part_3(answer: Answer) -> None:
    """Check ``total``."""
    step(answer, 2).result("ab", TOY)
    mistakes = {
        "that is the log of the most probable cut alone; add up all of them": (
            lambda w, t: score(best(w, t), t)
        ),
        "that is the sum of probabilities; take its log": lambda w, t: total(w, t, log=False),
        "that is the log of the number of ways; a way counts with its probability": (
            lambda w, t: math.log(ways(w, t))
        ),
        "logs are added up over all cuts; probabilities are what is added": (
            sum_of_logs,
            logs_walked,
        ),
        "the natural logarithm is asked for, as in the table": (
            lambda w, t: total(w, t) / math.log(10),
            lambda w, t: total(w, t) / math.log(2),
        ),
        "the sign is reversed": lambda w, t: -total(w, t),
    }
    against(step(answer, 2), total, word_cases(), ("word", "table"), mistakes)


def part_4(answer: Answer) -> None:
    """Check ``used``."""
    step(answer, 3).result({"ab": 1}, TOY)
    mistakes = {
        "each word counts as often as it occurs": lambda w, t: used(w, t, times=False),
        "those are counts of words, not of pieces": lambda w, t: dict(w),
        "pieces count wherever they occur in a word, not where the best cut uses them": (
            lambda w, t: {p: n for p in t if (n := sum(word.count(p) * k for word, k in w.items()))}
        ),
        "a piece that occurs twice in a word counts twice": (lambda w, t: once_a_word(w, t)),
        "a piece may be used in several words; add up their counts": (
            lambda w, t: {p: n for word, n in w.items() for p in best(word, t)}
        ),
    }
    cases = [(words, table) for table, words in tables()]
    against(step(answer, 3), used, cases, ("words", "table"), mistakes, _counts)


def part_5(answer: Answer) -> None:
    """Check ``loss``."""
    step(answer, 4).result({"ab": 1}, TOY, "ab")
    cases = []
    for table, words in tables():
        counts = used(words, table)
        longer = sorted((p for p in table if len(p) > 1), key=lambda p: -counts.get(p, 0))
        cases += [(words, table, piece) for piece in [*longer[:3], *longer[-1:]]]
    mistakes = {
        "each word counts as often as it occurs": lambda *a: loss(*a, times=False),
        "the sign is reversed: a loss is the score with the piece minus the one without": (
            lambda *a: -loss(*a)
        ),
        "that is what the uses of the piece itself score; other pieces take its place": (
            lambda w, t, p: -used(w, t).get(p, 0) * t[p]
        ),
        "that is the score without the piece; subtract it from the score with it": (
            lambda w, t, p: sum(
                n * score(best(x, rest := {q: y for q, y in t.items() if q != p}), rest)
                for x, n in w.items()
            )
        ),
        "that weighs all cuts of a word; its score is that of the best cut alone": (
            lambda w, t, p: sum(
                n * (total(x, t) - total(x, {q: y for q, y in t.items() if q != p}))
                for x, n in w.items()
            )
        ),
        "the other pieces keep their logarithms; don't make them sum to 1 again": (
            lambda w, t, p: loss(w, t, p, anew=True)
        ),
        "nothing is lost; the piece is still in the table": lambda w, t, p: 0.0,
    }
    against(step(answer, 4), loss, cases, ("words", "table", "piece"), mistakes)


PARTS = (part_1, part_2, part_3, part_4, part_5)
