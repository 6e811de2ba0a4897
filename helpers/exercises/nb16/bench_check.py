"""How 16-bench is checked: its five parts by reference, on drawn words, scores and counts."""

from collections.abc import Callable
from itertools import product
from math import sqrt

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.plain import as_list, as_number, short

Z = 1.96


def score(texts: list[str]) -> np.ndarray:
    """Return a score for any text: the number in it, if it has one, else one from its letters."""
    if isinstance(texts, str):
        raise TypeError("score takes a list of texts, this is a single text")
    found = []
    for text in texts:
        numbers = [w for w in text.replace("p=", "").split() if w.replace(".", "", 1).isdigit()]
        found.append(float(numbers[0]) if numbers else sum(map(ord, text)) * 37 % 101 / 100)
    return np.array(found)


def fill(template: str, words: dict[str, list[str]]) -> list[str]:
    """Return the template with every combination of words, the last slot fastest."""
    rows = product(*words.values())
    return [template.format(**dict(zip(words, row, strict=True))) for row in rows]


def minimum(texts: list[str], wanted: int) -> list[str]:
    """Return the texts on the wrong side."""
    return [t for t, p in zip(texts, score(texts), strict=True) if wanted * (p - 0.5) <= 0]


def invariance(cases: list[list[str]]) -> list[list[str]]:
    """Return the cases that are on both sides."""
    return [case for case in cases if len(set((score(case) > 0.5).tolist())) > 1]


def direction(cases: list[list[str]], wanted: int, tolerance: float) -> list[list[str]]:
    """Return the cases in which a later text falls, or rises, by more than the tolerance."""
    gaps = [wanted * (score(case)[0] - score(case)[1:]) for case in cases]
    return [case for case, gap in zip(cases, gaps, strict=True) if (gap > tolerance + 1e-9).any()]


def report(results: dict[str, tuple[int, int]], z: float = Z) -> list[tuple]:
    """Return (name, rate, low, high) of each test, the highest rate first."""
    rows = []
    for name, (failed, n) in results.items():
        share = failed / n
        half = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        middle = share + z**2 / (2 * n)
        ends = [(middle + sign * half) / (1 + z**2 / n) for sign in (-1, 1)]
        rows.append((name, share, *ends))
    return sorted(rows, key=lambda row: -row[1])


def bench(answer: Answer, name: str, begun: bool = True) -> Answer:
    """Return an answer whose results are those of a method of the learner's bench."""
    if begun:
        answer.using(lambda made: made(score) and None, (score,))
    return answer.through(lambda made, *inputs: getattr(made(score), name)(*inputs))


def templates() -> list[tuple]:
    """Return (template, words): one slot, several, one twice, none, words with spaces."""
    return [
        ("A {word} film.", {"word": ["dull", "funny"]}),
        ("The {thing} is {word}.", {"thing": ["film", "plot"], "word": ["dull", "funny", "long"]}),
        ("The {thing} is {word}.", {"word": ["dull", "funny", "long"], "thing": ["film", "plot"]}),
        ("{a} {b} {c}", {"a": ["x", "y"], "b": ["1"], "c": ["p", "q", "r"]}),
        ("{w}, so {w}", {"w": ["dull", "not dull"]}),
        ("nothing to fill", {}),
        ("{v} {w}", {"v": [], "w": ["dull"]}),
        ("{v}{w}!", {"v": ["", "very "], "w": ["{odd}", "long"]}),
    ]


def _texts(seed: int, n: int) -> list[str]:
    random = np.random.default_rng(seed)
    return [f"text {'abcdefgh'[k % 8]} p={p:.2f}" for k, p in enumerate(random.random(n))]


def sides() -> list[tuple]:
    """Return (texts, wanted) with scores of just 0.5 among them."""
    few = ["p=0.9", "p=0.5", "p=0.1", "p=0.51", "p=0.49"]
    return [(few, 1), (few, -1), ([], 1), (["p=0.5"], -1), (_texts(1, 20), 1), (_texts(2, 20), -1)]


def groups() -> list[list[list[str]]]:
    """Return cases of two texts, and of more, some the other way round."""
    pairs = [["p=0.9", "p=0.6"], ["p=0.51", "p=0.49"], ["p=0.2", "p=0.8"], ["p=0.1", "p=0.4"]]
    three = [["p=0.9", "p=0.8", "p=0.3"], ["p=0.1", "p=0.3", "p=0.2"], ["p=0.4", "p=0.3", "p=0.7"]]
    far = [["p=0.01", "p=0.49"], ["p=0.99", "p=0.52"], ["p=0.5", "p=0.4"], ["p=0.5", "p=0.6"]]
    drawn = _texts(3, 60)
    return [pairs, three, far, [], [drawn[i : i + 3] for i in range(0, 60, 3)]]


def moves() -> list[tuple]:
    """Return (cases, wanted, tolerance)."""
    made = [
        (cases, wanted, tolerance)
        for cases in groups()
        for wanted, tolerance in ((1, 0.055), (-1, 0.055), (1, 0.155), (-1, 0.0))
    ]
    just = [["p=0.75", "p=0.25"], ["p=0.25", "p=0.75"]]  # exact in binary: a gap of just 0.5
    made.append(([["p=0.30", "p=0.42"], ["p=0.40", "p=0.30"]], 1, 0.055))
    return [*made, (just, 1, 0.5), (just, -1, 0.5)]


def part_1(answer: Answer) -> None:
    """Templates."""

    def first_only(template: str, words: dict) -> list[str]:
        rows = zip(*words.values(), strict=False)
        return [template.format(**dict(zip(words, row, strict=True))) for row in rows]

    def fastest_first(template: str, words: dict) -> list[str]:
        return fill(template, dict(reversed(words.items())))

    mistakes = {
        "the first words of all slots go together, then the second ones; every combination is "
        "asked for": first_only,
        "the order is different: the last slot of the dictionary changes fastest": fastest_first,
        "nothing is filled in": lambda template, words: [template] * len(fill(template, words)),
    }
    part = bench(answer, "fill", begun=False)
    against(part, fill, templates(), ["template", "words"], mistakes)


def part_2(answer: Answer) -> None:
    """Minimum functionality."""

    def other(rule: Callable) -> Callable:
        def mistake(texts: list[str], wanted: int) -> list:
            pairs = zip(texts, score(texts), strict=True)
            return [text for text, p in pairs if rule(p, wanted)]

        return mistake

    mistakes = {
        "these are the texts that passed; those that failed are asked for": (
            other(lambda p, w: w * (p - 0.5) > 0)
        ),
        "a score of exactly 0.5 is no answer, so it fails": other(lambda p, w: w * (p - 0.5) < 0),
        "wanted is -1 for blame, and then a high score fails": other(lambda p, w: p <= 0.5),
        "places are returned; the texts are asked for": lambda texts, wanted: [
            k for k, t in enumerate(texts) if t in minimum(texts, wanted)
        ],
        "True and False are returned; the texts that fail are asked for": lambda texts, wanted: [
            wanted * (p - 0.5) <= 0 for p in score(texts).tolist()
        ],
    }
    against(bench(answer, "minimum"), minimum, sides(), ["texts", "wanted"], mistakes)


def part_3(answer: Answer) -> None:
    """Invariance."""

    def far(cases: list, least: float = 0.1) -> list:
        return [c for c in cases if np.abs(score(c)[1:] - score(c)[0]).max() > least]

    def ends(cases: list) -> list:
        return [c for c in cases if (score(c)[0] > 0.5) != (score(c)[1] > 0.5)]

    mistakes = {
        "these are the cases that passed; those that failed are asked for": lambda cases: [
            case for case in cases if case not in invariance(cases)
        ],
        "a case may have more than two texts; all must be on one side": ends,
        "that looks at how far the score moves; only the side of 0.5 counts here": (
            far,
            lambda cases: far(cases, 0.0),
        ),
        "True and False are returned; the cases that fail are asked for": lambda cases: [
            case in invariance(cases) for case in cases
        ],
        "a score of exactly 0.5 is not above 0.5, so it is on the other side": (
            lambda cases: [c for c in cases if len(set((score(c) >= 0.5).tolist())) > 1],
            lambda cases: [c for c in cases if score(c).max() > 0.5 > score(c).min()],
        ),
    }
    cases = [(group,) for group in groups()]
    against(bench(answer, "invariance"), invariance, cases, ["cases"], mistakes)


def part_4(answer: Answer) -> None:
    """Direction."""

    def other(measure: Callable) -> Callable:
        def mistake(cases: list, wanted: int, tolerance: float) -> list:
            return [c for c in cases if measure(score(c), wanted) > tolerance + 1e-9]

        return mistake

    mistakes = {
        "the direction is turned round: wanted 1 lets the score rise, not fall": (
            lambda cases, wanted, tolerance: direction(cases, -wanted, tolerance)
        ),
        "wanted is -1 where the score must not rise": (
            lambda cases, wanted, tolerance: direction(cases, 1, tolerance)
        ),
        "a move of exactly the tolerance passes; only more than that fails": (
            lambda cases, wanted, tolerance: direction(cases, wanted, tolerance - 2e-9)
        ),
        "the tolerance is not used": lambda cases, wanted, tolerance: direction(cases, wanted, 0),
        "only the second text is compared with the first; a case may have more": (
            other(lambda p, w: w * (p[0] - p[1]))
        ),
        "only cases in which every later text moves too far are taken; one such text is enough": (
            other(lambda p, w: (w * (p[0] - p[1:])).min())
        ),
        "only the last text is compared with the first": other(lambda p, w: w * (p[0] - p[-1])),
        "each text is compared with the one before it, not with the first": (
            other(lambda p, w: (w * (p[:-1] - p[1:])).max())
        ),
        "these are the cases that passed; those that failed are asked for": (
            lambda cases, wanted, tolerance: [
                case for case in cases if case not in direction(cases, wanted, tolerance)
            ]
        ),
        "that is the distance, whatever its direction": (
            other(lambda p, w: np.abs(p[1:] - p[0]).max())
        ),
    }
    names = ["cases", "wanted", "tolerance"]
    against(bench(answer, "direction"), direction, moves(), names, mistakes)


def part_5(answer: Answer) -> None:
    """The report."""

    def read(result: object, expected: list) -> np.ndarray | list:
        rows = as_list(result)
        for row in rows:
            if not isinstance(row, list | tuple) or len(row) != 4:
                raise Diagnosis(f"A row is {short(row)}; (name, rate, low, high) is asked for.")
        return [(str(row[0]), *(round(as_number(x), 3) for x in row[1:])) for row in rows]

    def rounded(results: dict, z: float = Z) -> list[tuple]:
        return [(row[0], *(round(x, 3) for x in row[1:])) for row in report(results, z)]

    def plain(results: dict) -> list[tuple]:
        rows = []
        for name, rate, _, _ in report(results):
            half = Z * sqrt(rate * (1 - rate) / results[name][1])
            rows.append((name, *(round(x, 3) for x in (rate, rate - half, rate + half))))
        return rows

    def clipped(results: dict) -> list[tuple]:
        return [(*row[:2], max(row[2], 0.0), min(row[3], 1.0)) for row in plain(results)]

    def percent(results: dict, columns: int) -> list[tuple]:
        return [
            (row[0], *(round(100 * x if k < columns else x, 3) for k, x in enumerate(row[1:])))
            for row in report(results)
        ]

    def passed(results: dict) -> list[tuple]:
        return rounded({name: (n - failed, n) for name, (failed, n) in results.items()})

    mistakes = {
        "the lowest rate comes first; the highest is asked for": (
            lambda r: sorted(rounded(r), key=lambda row: row[1]),
            lambda r: rounded(r)[::-1],
        ),
        "the rows are in the order given; the highest rate comes first": lambda r: sorted(
            rounded(r), key=lambda row: list(r).index(row[0])
        ),
        "the rows are sorted by the number of failures, not by their share": lambda r: sorted(
            rounded(r), key=lambda row: -r[row[0]][0]
        ),
        "equal rates are turned round; they stay in the order given": lambda r: sorted(
            rounded(r), key=lambda row: row[1]
        )[::-1],
        "equal rates are sorted by name; they stay in the order given": (
            lambda r: sorted(rounded(r), key=lambda row: (-row[1], row[0])),
            lambda r: sorted(rounded(r), key=lambda row: (row[1], row[0]), reverse=True),
        ),
        "that is the plain formula, which gives no width at 0 failures": (plain, clipped),
        "per cent are returned; a rate is a share from 0 to 1": (
            lambda r: percent(r, 1),
            lambda r: percent(r, 3),
        ),
        "that is the share that passed": passed,
        "z is 1.96": lambda r: rounded(r, 1.645),
    }
    random = np.random.default_rng(165)
    cases = [
        ({"names": (3, 28), "praise": (0, 28), "negated": (56, 56)},),
        ({"one": (0, 1), "two": (1, 1)},),
        ({"small": (2, 4), "large": (30, 100), "none": (0, 10)},),
        ({"b": (1, 10), "a": (2, 20), "c": (0, 7), "d": (4, 40)},),
        ({"y": (0, 9), "x": (4, 4), "z": (0, 30), "w": (8, 8), "v": (0, 5)},),
        ({},),
    ]
    for n in (3, 5, 9):
        sizes = random.integers(5, 200, n).tolist()
        rates = random.permutation(40)[:n] / 41
        counts = [round(share * size) for share, size in zip(rates, sizes, strict=True)]
        shares = [c / s for c, s in zip(counts, sizes, strict=True)]
        if len(set(shares)) == n:
            pairs = zip(counts, sizes, strict=True)
            cases.append(({f"test {k}": pair for k, pair in enumerate(pairs)},))
    against(bench(answer, "report"), rounded, cases, ["results"], mistakes, read, tolerance=0.002)


PARTS = {
    f"part {n}": look for n, look in enumerate((part_1, part_2, part_3, part_4, part_5), start=1)
}
