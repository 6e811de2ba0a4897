"""How 02-own-vectors is checked: a reference for each of its five parts, and files to try it on.

The files are lists of lines as an open text file gives them: words with spaces, words that come
again, rows of zeros, a last line without an end.
"""

from collections.abc import Callable
from functools import cache
from itertools import combinations

import numpy as np
from scipy.stats import pearsonr, spearmanr

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.inputs import numbers
from helpers.sources import published_vectors, word_tests


def read(lines: list[str], dimensions: int) -> tuple[list[str], np.ndarray]:
    """Return the words, each once, and their rows, of a word that comes again the first."""
    first: dict[str, list[str]] = {}
    for line in lines:
        word, *row = line.rstrip("\n").rsplit(" ", dimensions)
        first.setdefault(word, row)
    return list(first), np.array(list(first.values()), dtype=float)


def units(rows: np.ndarray) -> np.ndarray:
    """Return the rows divided by their lengths; rows of zeros stay zeros."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def ranked(words: list[str], scores: np.ndarray, n: int, barred: object = ()) -> list[str]:
    """Return the n words with the highest scores that are not barred; -inf never comes back."""
    order = [i for i in np.argsort(-scores, kind="stable") if scores[i] > -np.inf]
    return [words[i] for i in order if words[i] not in barred][:n]


def nearest(
    lines: list[str], dimensions: int, direction: np.ndarray, n: int, barred: object
) -> list[str]:
    """Return the n words nearest to a direction by cosine, without the barred ones."""
    words, rows = read(lines, dimensions)
    return ranked(words, np.where(rows.any(axis=1), units(rows) @ direction, -np.inf), n, barred)


def answers(
    lines: list[str],
    dimensions: int,
    questions: list[tuple],
    order: tuple[int, int, int] = (0, 1, 2),
    barred: int = 3,
    needed: int = 4,
    raw: bool = False,
) -> list[str | None]:
    """Answer by 3CosAdd, or as one of the known mistakes does."""
    words, rows = read(lines, dimensions)
    place, table, found = {word: i for i, word in enumerate(words)}, units(rows), []
    for question in questions:
        if any(word not in place for word in question[:needed]):
            found.append(None)
            continue
        a, b, c = ((rows if raw else table)[place[question[i]]] for i in order)
        scores = np.where(rows.any(axis=1), table @ (b - a + c), -np.inf)
        found += ranked(words, scores, 1, question[3 - barred : 3])
    return found


def agreement(
    lines: list[str],
    dimensions: int,
    pairs: list[tuple],
    by: Callable = spearmanr,
    measure: Callable = lambda u, v: u @ v / np.linalg.norm(u) / np.linalg.norm(v),
    count_all: bool = False,
) -> np.ndarray:
    """Return how many pairs are covered and the rank correlation, or a known mistake's result."""
    words, rows = read(lines, dimensions)
    place = {word: i for i, word in enumerate(words)}
    known = [pair for pair in pairs if pair[0] in place and pair[1] in place]
    cosines = [measure(rows[place[a]], rows[place[b]]) for a, b, _ in known]
    covered = len(pairs) if count_all else len(known)
    return np.array([covered, by(cosines, [score for *_, score in known]).statistic])


GRID = ["man 1 1\n", "woman 1 -1\n", "king 2 1\n", "queen 1 -0.2\n", "pear -1 0.1\n"]


@cache
def files() -> list[tuple[list[str], int]]:
    """Return (lines, dimensions), the smallest file first."""
    made = [
        (["up 0 2\n", "down 0 -1\n", "left -3 0\n"], 2),
        (["film 3 4\n", ". . . 1 2\n", "new york 3 -1\n", "2014 0.5 1\n", "a\u00a0b 1 -1\n"], 2),
        (["bank 1 2 3\n", "loan 0 1 0\n", "bank 4 5 6\n", "zero 0 0 0\n", "bank 7 8 9"], 3),
    ]
    for seed, count, dimensions in ((1, 12, 4), (2, 30, 7), (3, 80, 5), (4, 200, 12)):
        made.append((_lines(seed, count, dimensions), dimensions))
    return made


def _lines(seed: int, count: int, dimensions: int) -> list[str]:
    random = np.random.default_rng(seed)
    rows = numbers(random, count, dimensions) * (1 + random.integers(0, 8, (count, 1)))
    rows[count // 3] = 0
    words = [f"w{i}" if i % 5 else f"w {i} of {seed}" for i in range(count)]
    words[count // 2] = words[1]  # comes again, with another row
    lines = [
        " ".join([word, *map(str, row.tolist())]) + "\n"
        for word, row in zip(words, rows, strict=True)
    ]
    return [*lines[:-1], lines[-1].rstrip("\n")]


def _with_direction(lines: list[str], dimensions: int) -> list[str]:
    """Return the words whose row isn't zero, so that they can be asked about."""
    words, rows = read(lines, dimensions)
    return [word for word, row in zip(words, rows, strict=True) if row.any()]


@cache
def searches() -> list[tuple]:
    """Return inputs for ``nearest``: directions of every length, n beyond the words, and none."""
    random, made = np.random.default_rng(11), []
    made.append((["up 0 2\n", "down 0.5 -1\n", "left -3 1\n"], 2, np.array([1.0, 4.0]), 2, []))
    made.append((["up 0 2\n", "down 0.5 -1\n", "left -3 1\n"], 2, np.array([1.0, 4.0]), 2, ["up"]))
    for lines, dimensions in files()[3:]:
        words = _with_direction(lines, dimensions)
        for n, bar in ((3, 0), (5, 2), (len(words) + 2, 1), (1, 3)):
            direction = numbers(random, dimensions, scale=8)
            best = nearest(lines, dimensions, direction, 4, [])
            made.append((lines, dimensions, direction, n, [*best[:bar], "no such word"]))
    return made


@cache
def asked() -> list[tuple]:
    """Return inputs for ``answers``: questions, some about words that aren't there."""
    random = np.random.default_rng(12)
    made = [(GRID, 2, [("man", "woman", "king", "queen"), ("man", "woman", "king", "duchess")])]
    for lines, dimensions in files()[3:]:
        words = _with_direction(lines, dimensions)
        questions = [tuple(random.choice(words, 4, replace=False).tolist()) for _ in range(8)]
        questions[3] = (*questions[3][:3], "no such word")
        questions[6] = ("nor this", *questions[6][1:])
        made += [(lines, dimensions, questions[:2]), (lines, dimensions, questions)]
    return made


@cache
def judged() -> list[tuple | Case]:
    """Return inputs for ``agreement``; the last is real: WordSim-353 on GloVe's rows as text."""
    few = [
        ("man", "woman", 5.0),
        ("man", "king", 9.0),
        ("king", "queen", 8.0),
        ("pear", "king", 6.0),
    ]
    made = [(GRID, 2, [*few, ("king", "duchess", 4.0)])]
    random = np.random.default_rng(13)
    for lines, dimensions in files()[3:]:
        words = _with_direction(lines, dimensions)
        for count in (6, 25):
            pairs = list(combinations(words, 2))  # each once, so that no two cosines are equal
            pairs = [pairs[i] for i in random.choice(len(pairs), count, replace=False)]
            pairs[1] = (pairs[1][0], "no such word")
            scores = random.integers(0, 8, count) / 2  # several are equal
            scores[:3] = 0.5, 1.5, 2.5
            both = zip(pairs, scores.tolist(), strict=True)
            made.append((lines, dimensions, [(*pair, score) for pair, score in both]))
    glove, pairs = published_vectors.load("glove-6b-50d"), word_tests.similarity_pairs("wordsim353")
    known = list(dict.fromkeys(word for pair in pairs for word in pair[:2] if word in glove))[:300]
    lines = [" ".join([word, *(f"{x:.6g}" for x in glove[word])]) + "\n" for word in known]
    said = "GloVe's rows of 300 words as lines of text, and the pairs of WordSim-353"
    return [*made, Case((lines, 50, pairs), said)]


FILE = ["lines", "dimensions"]


def part_1(answer: Answer) -> None:
    """Words and rows."""

    def words_cut(lines: list[str], d: int) -> list[str]:
        return list(dict.fromkeys(line.split(" ")[0] for line in lines))

    def words_twice(lines: list[str], d: int) -> list[str]:
        return [line.rsplit(" ", d)[0] for line in lines]

    def last_rows(lines: list[str], d: int) -> np.ndarray:
        return np.array(list({word: row for word, row in _each(lines, d)}.values()))

    def all_rows(lines: list[str], d: int) -> np.ndarray:
        return np.array([row for _, row in _each(lines, d)])

    words = {
        "a word may contain spaces; count the numbers from the right": words_cut,
        "a word that comes again stands there twice; keep its first row alone": words_twice,
    }
    rows = {
        "of a word that comes again the last row is kept, not the first": last_rows,
        "a word that comes again has two rows; keep the first alone": all_rows,
    }
    answer = _begun(answer)
    against(
        answer.through(lambda own, *file: own(*file).words),
        lambda *file: read(*file)[0], files(), FILE, words,
    )  # fmt: skip
    against(
        answer.through(lambda own, *file: own(*file).rows),
        lambda *file: read(*file)[1], files(), FILE, rows,
    )  # fmt: skip


def _each(lines: list[str], dimensions: int) -> list[tuple[str, list[float]]]:
    cut = [line.rstrip("\n").rsplit(" ", dimensions) for line in lines]
    return [(word, list(map(float, row))) for word, *row in cut]


def _begun(answer: Answer) -> Answer:
    """Return the answer once it has made vectors of a file, so that `...` is a part left out."""
    lines, dimensions = files()[0]
    answer.using(lambda own: own(list(lines), dimensions).words, (lines, dimensions))
    return answer


def part_2(answer: Answer) -> None:
    """Rows of length one."""

    def by(length: Callable) -> Callable:
        def mistake(*file: object) -> np.ndarray:
            rows = read(*file)[1]
            size = length(rows)
            return rows / np.where(size == 0, 1, size)

        return mistake

    def undefined(*file: object) -> np.ndarray:
        rows = read(*file)[1]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    mistakes = {
        "a row of zeros was divided by its length 0; it stays a row of zeros": undefined,
        "all rows are divided by one number, the length of the whole table": by(np.linalg.norm),
        "the lengths run down the columns, axis 0, instead of along each row": (
            by(lambda rows: np.linalg.norm(rows, axis=0))
        ),
        "the squared lengths are divided out; take their roots": (
            by(lambda rows: np.sum(rows**2, axis=1, keepdims=True))
        ),
        "each row is divided by its sum of absolute values, not by its length": (
            by(lambda rows: np.sum(np.abs(rows), axis=1, keepdims=True))
        ),
        "the rows have not been divided by their lengths": lambda *file: read(*file)[1],
    }
    against(
        _begun(answer).through(lambda own, *file: own(*file).units),
        lambda *file: units(read(*file)[1]), files(), FILE, mistakes,
    )  # fmt: skip


def part_3(answer: Answer) -> None:
    """The nearest words."""

    def scored(score: Callable) -> Callable:
        def mistake(lines: list, d: int, direction: np.ndarray, n: int, barred: list) -> list[str]:
            words, rows = read(lines, d)
            scores = np.where(rows.any(axis=1), score(rows, direction), -np.inf)
            return ranked(words, scores, n, barred)

        return mistake

    def barred_after(lines: list, d: int, direction: np.ndarray, n: int, barred: list) -> list[str]:
        return [w for w in nearest(lines, d, direction, n, ()) if w not in barred]

    def zeros_too(lines: list, d: int, direction: np.ndarray, n: int, barred: list) -> list[str]:
        words, rows = read(lines, d)
        return ranked(words, units(rows) @ direction, n, barred)

    mistakes = {
        "the words come back the farthest first": scored(lambda rows, p: -units(rows) @ p),
        "long rows win: that is the dot product with the rows, not with the units": (
            scored(lambda rows, p: rows @ p)
        ),
        "that is the order by distance, not by angle": (
            scored(lambda rows, p: -np.linalg.norm(rows - p, axis=1))
        ),
        "that is the order by distance between a unit and a direction of another length": (
            scored(lambda rows, p: -np.linalg.norm(units(rows) - p, axis=1))
        ),
        "the sign of the cosine is lost; an opposite direction is far, not near": (
            scored(lambda rows, p: abs(units(rows) @ p))
        ),
        "barred words come back": lambda *given: nearest(*given[:4], ()),
        "barred words are struck out of the n best, so that fewer than n are left; bar first": (
            barred_after
        ),
        "a word whose row is zeros has no direction and is nobody's neighbour": zeros_too,
    }
    against(
        _begun(answer).through(lambda own, lines, d, *asked: own(lines, d).nearest(*asked)),
        nearest, searches(), [*FILE, "direction", "n", "barred"], mistakes,
    )  # fmt: skip


def part_4(answer: Answer) -> None:
    """Analogies."""

    def skipping(*given: object) -> list[str]:
        return [word for word in answers(*given) if word is not None]

    def other(**change: object) -> Callable:
        return lambda *given: answers(*given, **change)

    mistakes = {
        "a and b have changed places: the target is b - a + c": other(order=(1, 0, 2)),
        "a and c have changed places: the target is b - a + c": other(order=(2, 1, 0)),
        "the words of the question are not barred": other(barred=0),
        "c alone is barred; bar a and b as well": other(barred=1),
        "b and c are barred, a is not": other(barred=2),
        "the vectors go in with their own lengths; take the units": other(raw=True),
        "a question counts as covered only if its fourth word has a vector, too": other(needed=3),
        "questions that aren't covered are left out; None belongs in their place": skipping,
    }
    against(
        _begun(answer).through(lambda own, lines, d, asked: own(lines, d).answers(asked)),
        answers, asked(), [*FILE, "questions"], mistakes,
    )  # fmt: skip


def part_5(answer: Answer) -> None:
    """Agreement with people."""

    def other(**change: object) -> Callable:
        return lambda *given: agreement(*given, **change)

    mistakes = {
        "that is Pearson's correlation of the values; rank them first": other(by=pearsonr),
        "all pairs are counted as covered; leave out those with a word that has no vector": (
            other(count_all=True)
        ),
        "the vectors go in with their own lengths; take cosines": other(measure=np.dot),
        "distances are large where cosines are small, so the sign is reversed": (
            other(measure=lambda u, v: np.linalg.norm(units(u[None]) - units(v[None])))
        ),
        "the sign of the correlation is lost": lambda *given: abs(agreement(*given)),
        "correlation and count have changed places": lambda *given: agreement(*given)[::-1],
    }
    against(
        _begun(answer).through(lambda own, lines, d, pairs: own(lines, d).agreement(pairs)),
        agreement, judged(), [*FILE, "pairs"], mistakes,
    )  # fmt: skip


PARTS = {
    f"part {n}": look for n, look in enumerate((part_1, part_2, part_3, part_4, part_5), start=1)
}
