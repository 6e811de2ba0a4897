"""How 09-report is checked: its five parts by reference, and labels and answers to try it on.

Arrays: labels and the classes that a classifier named, whole numbers, shape (texts); draws, the
numbers of the texts in each draw, shape (draws, texts).
"""

from collections.abc import Callable

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.plain import as_array, short

Z = 1.96
WORDS = ("first", "second", "neither")


def confusion(labels, classes, named) -> np.ndarray:
    """Return the table of true classes (rows) and named ones (columns)."""
    table = np.zeros((classes, classes))
    np.add.at(table, (labels, named), 1)
    return table


def scores(labels, classes, named) -> np.ndarray:
    """Return precision, recall and F1 of each class, shape (classes, 3); 0 where undefined."""
    table = confusion(labels, classes, named)
    found, given, there = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    wholes = np.stack([given, there, (given + there) / 2], axis=1)
    return found[:, None] / np.where(wholes == 0, 1, wholes)


def wilson(labels, classes, named, z=Z) -> np.ndarray:
    """Return the ends of Wilson's interval of the accuracy."""
    n, share = len(labels), np.mean(labels == named)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (share + z**2 / (2 * n) + half * np.array([-1, 1])) / (1 + z**2 / n)


def plain(labels, classes, named, z=Z) -> np.ndarray:
    """Return share and deviation, the plain formula."""
    n, share = len(labels), np.mean(labels == named)
    return share + z * np.sqrt(share * (1 - share) / n) * np.array([-1, 1])


def gaps(labels, one, other, draws) -> np.ndarray:
    """Return the difference of both accuracies in each draw."""
    return ((labels == one) * 1.0 - (labels == other))[draws].mean(axis=1)


def macro_gaps(labels, classes, one, other, draws) -> np.ndarray:
    """Return the difference of both macro-F1 in each draw."""

    def macro(named: np.ndarray, rows: np.ndarray) -> float:
        return scores(labels[rows], classes, named[rows])[:, 2].mean()

    return np.array([macro(one, rows) - macro(other, rows) for rows in draws])


def middle(values: np.ndarray, share: float = 0.95) -> np.ndarray:
    """Return the ends of the middle part of some values."""
    return np.quantile(values, [(1 - share) / 2, (1 + share) / 2])


def verdict(ends: np.ndarray) -> str:
    """Say which of both is better, if the interval of the difference tells."""
    return "first" if ends[0] > 0 else "second" if ends[1] < 0 else "neither"


def answers_of(labels: np.ndarray, classes: int, share: float, seed: int) -> np.ndarray:
    """Return answers of which about ``share`` are correct, the others any class at all."""
    random = np.random.default_rng(seed)
    return np.where(
        random.random(len(labels)) < share, labels, random.integers(0, classes, len(labels))
    )


def labelled() -> list[tuple]:
    """Return (labels, classes, named): small ones, absent and unnamed classes, all correct."""
    toy = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 2]), 3, np.array([0, 0, 0, 0, 0, 1, 1, 1, 0, 0])
    cases = [toy, (np.array([0, 1, 1]), 2, np.array([0, 1, 0])), (np.arange(4), 4, np.arange(4))]
    cases += [(np.array([0, 2, 2, 0]), 4, np.array([2, 2, 0, 0])), (np.zeros(5, int), 1, [0] * 5)]
    random = np.random.default_rng(909)
    for n, classes in ((7, 3), (12, 5), (30, 2), (50, 6), (100, 3), (100, 8), (400, 4)):
        labels = random.integers(0, classes, n) * random.integers(0, 2, n)  # class 0 is frequent
        cases.append((labels, classes, answers_of(labels, classes, 0.7, n)))
    return [(labels, classes, np.asarray(named)) for labels, classes, named in cases]


def compared() -> list[Case]:
    """Return (labels, classes, one, other, draws), told in words; no verdict is a close call."""
    random, cases = np.random.default_rng(910), []
    text = np.arange(200)
    labels = text % 4

    def wrong(rows: np.ndarray) -> np.ndarray:
        return np.where(rows, (labels + 1) % 4, labels)

    wrongs = {
        "nearly the same errors": (text < 20, (text < 28) & (text > 0)),
        "errors elsewhere": (text < 20, text >= 173),
        "the second far better": ((text % 3) == 0, (text % 20) == 0),
        "no difference at all": (text < 9, text < 9),
    }
    for name, (one, other) in wrongs.items():
        draws = random.integers(0, 200, (201, 200))
        inputs = labels, 4, wrong(one), wrong(other), draws
        cases.append(Case(inputs, f"200 texts, 201 draws, {name}"))
    for n, classes, first, second in ((40, 3, 0.9, 0.6), (60, 5, 0.6, 0.65), (90, 3, 0.7, 0.95)):
        labels = random.integers(0, classes, n) * random.integers(0, 2, n)
        named = [
            answers_of(labels, classes, share, n + i) for i, share in ((0, first), (1, second))
        ]
        draws = random.integers(0, n, (201, n))
        cases.append(
            Case((labels, classes, *named, draws), f"{n} texts, {classes} classes, 201 draws")
        )
    small = np.array([0, 1, 1, 0]), 2, np.array([0, 1, 1, 1]), np.array([0, 1, 0, 0])
    return [Case((*small, random.integers(0, 4, (41, 4))), "4 texts and 41 draws"), *cases]


def method(answer: Answer, name: str, begun: bool = True) -> Answer:
    """Return an answer whose results are those of a method of the learner's report.

    If it is ``begun``, `...` is a part that isn't written yet.
    """

    def call(made: Callable, labels: np.ndarray, classes: int, *inputs: object) -> object:
        return getattr(made(labels, classes), name)(*inputs)

    if begun:
        answer.using(lambda made: made(np.array([0]), 1) and None, (0,))
    return answer.through(call)


def part_1(answer: Answer) -> None:
    """The confusion matrix."""

    def present(labels, classes, named) -> np.ndarray:
        there = np.union1d(labels, named)
        return confusion(labels, classes, named)[np.ix_(there, there)]

    mistakes = {
        "rows and columns are swapped; true classes belong in the rows": (
            lambda *a: confusion(*a).T
        ),
        "each pair counts once, however often it occurs; with += on repeated places NumPy adds "
        "only once, so use np.add.at or a loop": lambda *a: np.minimum(confusion(*a), 1),
        "these are shares of the rows; counts are asked for": (
            lambda *a: confusion(*a) / confusion(*a).sum(axis=1, keepdims=True).clip(1)
        ),
        "these are shares; counts are asked for": lambda *a: confusion(*a) / len(a[0]),
        "the correct answers, on the diagonal, are missing": (
            lambda *a: confusion(*a) * (1 - np.eye(a[1]))
        ),
        "only the correct answers, on the diagonal, are counted": (
            lambda *a: confusion(*a) * np.eye(a[1])
        ),
        "a class that neither occurs nor is named needs its row and column, too": present,
    }
    names = ("labels", "classes", "named")
    against(method(answer, "confusion", begun=False), confusion, labelled(), names, mistakes)


def part_2(answer: Answer) -> None:
    """Precision, recall and F1 of each class."""

    def other(f1: Callable, order: tuple[int, ...] = (0, 1, 2)) -> Callable:
        def mistake(*a: object) -> np.ndarray:
            found = scores(*a)
            with np.errstate(all="ignore"):
                found[:, 2] = f1(found[:, 0], found[:, 1])
            return found[:, order]

        return mistake

    def kept(p: np.ndarray, r: np.ndarray) -> np.ndarray:
        return np.nan_to_num(2 * p * r / (p + r))

    def unsafe(*a: object) -> np.ndarray:
        table = confusion(*a)
        found, given, there = np.diag(table), table.sum(axis=0), table.sum(axis=1)
        p, r = found / given, found / there
        return np.stack([p, r, 2 * p * r / (p + r)], axis=1)

    mistakes = {
        "precision and recall are swapped: precision divides by how often the class was named, "
        "the sum of its column": other(kept, (1, 0, 2)),
        "that is the mean of precision and recall; F1 is their harmonic mean": (
            other(lambda p, r: (p + r) / 2)
        ),
        "that is precision times recall": other(lambda p, r: p * r),
        "the 2 of 2 P R is missing": other(lambda p, r: np.nan_to_num(p * r / (p + r))),
        "a class that is never named or doesn't occur divides 0 by 0; the score is 0 there": unsafe,
        "where P + R = 0, F1 is 0": other(lambda p, r: 2 * p * r / (p + r)),
        "a row for each class and a column for each score are asked for": lambda *a: scores(*a).T,
    }
    names = ("labels", "classes", "named")
    against(method(answer, "scores"), scores, labelled(), names, mistakes)


def part_3(answer: Answer) -> None:
    """Wilson's interval of the accuracy."""

    def other(change: Callable) -> Callable:
        def mistake(labels: np.ndarray, classes: int, named: np.ndarray) -> np.ndarray:
            return np.array(change(len(labels), np.mean(labels == named)), dtype=float)

        return mistake

    def rooted(n: int, a: float, under: float, below: float, shift: float = 1) -> list[float]:
        return [(a + shift * Z**2 / (2 * n) + s * Z * under**0.5) / below for s in (-1, 1)]

    mistakes = {
        "that is the plain formula, which puts the measured share under the root": plain,
        "that is the plain formula, cut off at 0 and 1": lambda *a: plain(*a).clip(0, 1),
        "the division by 1 + z²/n is missing": (
            other(lambda n, a: rooted(n, a, a * (1 - a) / n + Z**2 / (4 * n**2), 1))
        ),
        "the term z²/(4 n²) under the root is missing": (
            other(lambda n, a: rooted(n, a, a * (1 - a) / n, 1 + Z**2 / n))
        ),
        "it is z²/(4 n²) under the root, not z²/(4 n)": (
            other(lambda n, a: rooted(n, a, a * (1 - a) / n + Z**2 / (4 * n), 1 + Z**2 / n))
        ),
        "the shift z²/(2 n) of the middle is missing": (
            other(lambda n, a: rooted(n, a, a * (1 - a) / n + Z**2 / (4 * n**2), 1 + Z**2 / n, 0))
        ),
        "that holds 90 %; z is 1.96": lambda *a: wilson(*a, z=1.645),
        "that holds 68 %; z is 1.96": lambda *a: wilson(*a, z=1),
        "z is 1.96, not 2": lambda *a: wilson(*a, z=2),
        "that is the interval of the errors": lambda *a: 1 - wilson(*a)[::-1],
        "the lower end comes first": lambda *a: wilson(*a)[::-1],
    }  # fmt: skip
    names = ("labels", "classes", "named")
    against(method(answer, "wilson"), wilson, labelled(), names, mistakes, tolerance=1e-4)


def part_4(answer: Answer) -> None:
    """The paired bootstrap of the accuracies."""

    def ends(labels, classes, one, other, draws) -> np.ndarray:
        return middle(gaps(labels, one, other, draws))

    def apart(labels, classes, one, other, draws) -> np.ndarray:
        (a, b), (c, d) = (middle((labels == x)[draws].mean(axis=1)) for x in (one, other))
        return np.array([a - c, b - d])

    def widest(labels, classes, one, other, draws) -> np.ndarray:
        (a, b), (c, d) = (middle((labels == x)[draws].mean(axis=1)) for x in (one, other))
        return np.array([a - d, b - c])

    def again(labels, classes, one, other, draws) -> np.ndarray:
        first, second = (
            (labels == x)[d].mean(axis=1) for x, d in ((one, draws), (other, draws[::-1]))
        )
        return middle(first - second)

    mistakes = {
        "the difference is turned round: the first minus the second": (
            lambda y, k, one, other, d: ends(y, k, other, one, d)
        ),
        "the lower end comes first": lambda *a: ends(*a)[::-1],
        "each classifier got its own interval and these were subtracted; take the difference in "
        "each draw, and then the quantiles": (apart, widest),
        "both classifiers must get the same texts in a draw": again,
        "differences have a sign; no absolute values": (
            lambda y, k, one, other, d: middle(np.abs(gaps(y, one, other, d)))
        ),
        "that holds 90 %; leave out 2.5 % at either end": (
            lambda y, k, one, other, d: middle(gaps(y, one, other, d), 0.9)
        ),
        "np.percentile counts to 100, np.quantile to 1": (
            lambda y, k, one, other, d: np.percentile(gaps(y, one, other, d), [0.025, 0.975])
        ),
        "these are sums; the accuracy is a mean": (
            lambda y, k, one, other, d: middle(gaps(y, one, other, d)) * len(y)
        ),
        "that is mean and standard deviation; the two ends are asked for": (
            lambda y, k, one, other, d: np.array(
                [gaps(y, one, other, d).mean(), gaps(y, one, other, d).std()]
            )
        ),
        "that is 1.96 standard deviations about the mean; take the quantiles of the draws": (
            lambda y, k, one, other, d: (
                gaps(y, one, other, d).mean() + Z * gaps(y, one, other, d).std() * np.array([-1, 1])
            )
        ),
    }
    against(method(answer, "paired"), ends, compared(), mistakes=mistakes)


def part_5(answer: Answer) -> None:
    """The verdict on macro-F1: first the interval, then the word."""

    def ends(*a: object) -> np.ndarray:
        return middle(macro_gaps(*a))

    def occurring(labels, classes, one, other, draws) -> np.ndarray:
        def macro(named: np.ndarray, rows: np.ndarray) -> float:
            there = np.isin(np.arange(classes), np.append(labels[rows], named[rows]))
            return scores(labels[rows], classes, named[rows])[there, 2].mean()

        return middle(np.array([macro(one, d) - macro(other, d) for d in draws]))

    def three(result: object) -> list | tuple:
        if not isinstance(result, list | tuple) or len(result) != 3:
            raise Diagnosis(f"verdict returns {short(result)}; a word and two ends are asked for.")
        return result

    def read_ends(result: object, expected: object) -> np.ndarray:
        return as_array(result if isinstance(result, np.ndarray) else list(three(result)[1:]), (2,))

    def read_word(result: object, expected: object) -> str:
        word = result if isinstance(result, str) else three(result)[0]
        if word not in WORDS:
            raise Diagnosis(f"The word is {short(word)}; it must be one of {', '.join(WORDS)}.")
        return str(word)

    mistakes = {
        "that is the interval of the accuracies; macro-F1 is asked for": (
            lambda y, k, one, other, d: middle(gaps(y, one, other, d))
        ),
        "the mean must be over all classes, also those that a draw lacks, with F1 0": occurring,
        "the difference is turned round: the first minus the second": (
            lambda y, k, one, other, d: ends(y, k, other, one, d)
        ),
        "the lower end comes before the upper": lambda *a: ends(*a)[::-1],
        "that holds 90 %; leave out 2.5 % at either end": (
            lambda *a: middle(macro_gaps(*a), 0.9)
        ),
    }  # fmt: skip
    part = method(answer, "verdict")
    against(part, ends, compared(), mistakes=mistakes, read=read_ends)
    words = {
        "where the interval holds 0, neither has been shown to be better": (
            lambda y, k, one, other, d: (
                "first" if macro_gaps(y, k, one, other, d).mean() > 0 else "second"
            )
        ),
        "first and second are swapped": (
            lambda y, k, one, other, d: verdict(ends(y, k, other, one, d))
        ),
    }
    against(part, lambda *a: verdict(ends(*a)), compared(), mistakes=words, read=read_word)


PARTS = (part_1, part_2, part_3, part_4, part_5)
