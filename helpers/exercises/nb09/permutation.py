"""A permutation test for paired scores."""

import math
from collections.abc import Callable

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import show
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora

# Right (1) or wrong (0) on 256 texts: 30 that only the first has right, 18 only the second. The
# exact p is 2 P(X <= 18) = 0.1114 for 48 fair coins. A power of two keeps means exact.
FIRST = np.repeat([1.0, 1.0, 0.0, 0.0], [150, 30, 18, 58])
SECOND = np.repeat([1.0, 0.0, 1.0, 0.0], [150, 30, 18, 58])
DRAWS = 2000


def score_cases() -> dict[str, tuple[np.ndarray, np.ndarray, float]]:
    """Return scores of two classifiers with the exact p of each pair."""
    one_far = np.array([-4.0] + [0.5] * 12 + [0.0] * 3)  # a text outweighs twelve
    mixed = np.array([3.0, 2.5, -1.0, 1.5, -0.5, 2.0, 0.5, -1.5])
    half = np.arange(16.0)
    return {
        "30 texts that only the first has right and 18 that only the second": (
            FIRST,
            SECOND,
            0.1114,
        ),
        "18 texts that only the first has right and 30 that only the second": (
            SECOND,
            FIRST,
            0.1114,
        ),
        "the differences -4 once, 0.5 twelve times and 0 three times": (
            half + one_far,
            half,
            0.9272,
        ),
        f"the differences {show(mixed)}": (half[:8] + mixed, half[:8], exact_p(mixed)),
    }


def exact_p(gaps: np.ndarray) -> float:
    """Return the share of all swaps whose difference is at least the real one."""
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(gaps))).reshape(len(gaps), -1)
    return float(np.mean(np.abs(gaps @ signs) >= abs(gaps.sum())))


def known_tests() -> dict[str, Callable]:
    """Return what wrong tests give: words -> function of the scores and a generator, to p."""

    def test(make: Callable, sides: Callable = np.abs, real: Callable = np.abs) -> Callable:
        def p(first: np.ndarray, second: np.ndarray, random: np.random.Generator) -> float:
            gaps = first - second
            return np.mean(sides(make(gaps, random)) >= real(gaps.sum()))

        return p

    def coins(gaps: np.ndarray, random: np.random.Generator, heads: float = 0.5) -> np.ndarray:
        return np.where(random.random((DRAWS, len(gaps))) < heads, -1, 1)

    def swapped(gaps: np.ndarray, random: np.random.Generator) -> np.ndarray:
        return coins(gaps, random) @ gaps

    def torn(first: np.ndarray, second: np.ndarray, random: np.random.Generator) -> float:
        every = np.tile(np.concatenate([first, second]), (DRAWS, 1))
        every, n = random.permuted(every, axis=1), len(first)
        drawn = every[:, :n].sum(axis=1) - every[:, n:].sum(axis=1)
        return np.mean(np.abs(drawn) >= abs(first.sum() - second.sum()))

    def signs(first: np.ndarray, second: np.ndarray, random: np.random.Generator) -> float:
        return test(swapped)(np.sign(first - second), np.zeros(len(first)), random)

    def more(first: np.ndarray, second: np.ndarray, random: np.random.Generator) -> float:
        gaps = first - second
        return np.mean(np.abs(swapped(gaps, random)) > abs(gaps.sum()))

    def halves(first: np.ndarray, second: np.ndarray, random: np.random.Generator) -> float:
        return test(swapped)((first > 0.5) * 1.0, (second > 0.5) * 1.0, random)

    def same(sums: np.ndarray) -> np.ndarray:
        return sums

    return {
        "that counts one side; a difference the other way round is as surprising": test(
            swapped, same, same
        ),
        "that counts one side; take the draws' differences as absolute values, too": test(
            swapped, same
        ),
        "the real difference needs its absolute value, too": test(swapped, np.abs, same),
        "a draw that equals the real difference counts, too (at least, not more than)": more,
        "only right and wrong count in it; scores may be any numbers": halves,
        "that is too careful: the pairs were torn apart; swap within a text only": torn,
        "only the signs of the texts' differences count in it; their sizes do as well": signs,
        "a text's difference is kept or set to 0; a swap turns its sign": test(
            lambda gaps, random: (coins(gaps, random) > 0) @ gaps
        ),
        "the coins are not fair; heads and tails are equally likely": test(
            lambda gaps, random: coins(gaps, random, 0.25) @ gaps
        ),
        "texts are drawn again there, as in a bootstrap; here each text stays, and its two scores "
        "are swapped or not": test(
            lambda gaps, random: random.choice(gaps, (DRAWS, len(gaps))).sum(axis=1)
        ),
        "that is 1 - p: count the draws that are at least as far apart as the real difference": (
            lambda first, second, random: np.mean(
                np.abs(swapped(first - second, random)) <= abs((first - second).sum())
            )
        ),
    }


def _permutation_shape(answer: Answer) -> None:
    p = answer.number(FIRST, SECOND, 50)
    if not 0 <= p <= 1:
        raise Diagnosis(f"You return {p:.3g}; p is a probability, between 0 and 1.")


def _permutation_values(answer: Answer) -> None:
    cases = score_cases()
    got = [answer.number(first, second, DRAWS) for first, second, _ in cases.values()]
    for (words, (_, _, due)), p in zip(cases.items(), got, strict=True):
        if not about(p, due):
            raise Diagnosis(
                f"For {words} you return {p:.3f}, expected about {due:.2f}: "
                f"{_why_so_likely(got, cases)}"
            )
    _count_of_draws(answer)


def about(p: float, due: float) -> bool:
    """Whether draws could give this p: within five standard deviations, and one draw."""
    return abs(p - due) < 5 * math.sqrt(due * (1 - due) / DRAWS) + 1.5 / DRAWS


def _why_so_likely(got: list[float], cases: dict) -> str:
    if all(p > 0.999 for p in got):
        return (
            "every draw is as far apart as the real difference. Does each text have a coin of its "
            "own, and does a swap turn the sign of its difference?"
        )
    if all(p < 2 / DRAWS or p > 0.999 for p in got):
        return (
            "your draws are all alike. Is the generator made once, before the first draw, and do "
            "both sides of the comparison have the same unit?"
        )
    random = np.random.default_rng(9)
    for words, test in known_tests().items():
        theirs = [test(first, second, random) for first, second, _ in cases.values()]
        if all(abs(p - other) < 0.06 for p, other in zip(got, theirs, strict=True)):
            return f"{words}."
    return "count the draws whose difference, sign aside, is at least the real one."


def _count_of_draws(answer: Answer) -> None:
    """Where no draw reaches the real difference, and where all do, p is known exactly."""
    for draws in (99, 20):
        far = answer.number(np.ones(64), np.zeros(64), draws)
        same = answer.number(FIRST, FIRST, draws)
        if abs(far - 1 / (draws + 1)) < 1e-6 and abs(same - 1) < 1e-6:
            continue
        known = {
            "the real difference is one more draw, above the line as well, so p is never 0": (
                (0, draws / (draws + 1)),
            ),
            "the real difference counts as one more draw, (count + 1) / (repeats + 1), so p is "
            "never 0": ((0, 1),),
            "the real difference counts as one more draw below the line as well: repeats + 1": (
                (1 / draws, 1 + 1 / draws),
            ),
            "a draw that equals the real difference counts, too (at least, not more than)": (
                (1 / (draws + 1), 1 / (draws + 1)),
                (1 / draws, 1 / draws),
                (0, 0),
            ),
        }
        why = next(
            (
                words
                for words, pairs in known.items()
                if any(np.allclose((far, same), pair, atol=1e-6) for pair in pairs)
            ),
            "p is (count + 1) / (repeats + 1), with as many draws as `repeats`",
        )
        raise Diagnosis(
            f"With {draws} draws you return {far:.4g} where the first is better on all of 64 "
            f"texts, expected {1 / (draws + 1):.4g}, and {same:.4g} for two equal classifiers, "
            f"expected 1: {why}."
        )


def _permutation_real(answer: Answer) -> None:
    labels = np.array(corpora.load("newsroom").train.labels)
    sure = np.where(np.arange(len(labels)) % 5 == 0, 0.3, 0.8)  # shares given to the right class
    lower = sure - 0.002 * (labels + 1)
    p = answer.number(sure, lower, 400)
    if p > 0.02:
        raise Diagnosis(
            f"On {len(labels)} newsroom texts one classifier gives the right class a little more "
            f"on every single text, and you return p = {p:.3f}, expected under 0.01: compare text "
            "with text; scores may be any numbers, not only 0 and 1."
        )


PERMUTATION = Exercise(
    name="09-permutation",
    title="A paired test for any score",
    difficulty=3,
    minutes=15,
    prompt="""
McNemar's test knows only right and wrong. A *permutation test* works for any score of a text. If
two classifiers were equally good, it would not matter which of the two earned which score, so they
may be swapped. `first` and `second`, shape (texts), are their scores on the same texts. In each of
`repeats` draws, toss a coin for every text and swap its two scores if it shows heads; then take the
difference of the means, as an absolute value. Return p: the share of the draws in which it is at
least the real one, where the real one counts as one more draw, so $(\\text{count} + 1) /
(\\text{repeats} + 1)$.
""",
    answer="permutation_p",
    starter='''
import numpy as np


def permutation_p(first, second, repeats):
    """Two scores for each text, shape (texts) each, number of draws -> p, one number.

    Example: scores [1, 1, 1, 1] against [0, 0, 0, 0] give about 2/16 = 0.125 with many draws.
    """
    return ...  # your turn
''',
    hints=(
        "What does a swap do to a text's difference, first minus second? So one draw needs no "
        "swapping of arrays.",
        "It turns its sign. random.choice([-1, 1], size=gaps.shape) are the coins of one draw, and "
        "the sum of coins * gaps, its sign taken away, is to be compared with the real sum.",
    ),
    solution="""
import numpy as np


def permutation_p(first, second, repeats):
    # A swap only turns the sign of a text's difference. So a draw is a row of signs, and the sum
    # of the signed differences is compared; dividing both sides by n would change nothing.
    random, gaps = np.random.default_rng(0), first - second
    coins = random.choice([-1, 1], size=(repeats, len(gaps)))
    count = np.sum(np.abs(coins @ gaps) >= np.abs(gaps.sum()))
    return (count + 1) / (repeats + 1)


# Another way: scipy.stats.permutation_test with permutation_type="samples".
""",
    stages={
        "shape": _permutation_shape,
        "values": _permutation_values,
        "real data": _permutation_real,
    },
    wrong=(
        Wrong(
            "returns the count",
            "between 0 and 1",
            ("return (count + 1) / (repeats + 1)", "return count + 2"),
            fails="shape",
        ),
        Wrong(
            "counts one side",
            "counts one side",
            ("np.abs(coins @ gaps) >= np.abs(gaps.sum())", "coins @ gaps >= gaps.sum()"),
        ),
        Wrong(
            "leaves the real one its sign",
            "needs its absolute value",
            ("np.abs(gaps.sum())", "gaps.sum()"),
        ),
        Wrong(
            "tosses one coin a draw",
            "a coin of its own",
            ("coins @ gaps", "coins[:, 0] * gaps.sum()"),
        ),
        Wrong(
            "adds up the sizes",
            "does a swap turn the sign",
            (
                "np.abs(coins @ gaps) >= np.abs(gaps.sum())",
                "np.abs(coins * gaps).sum(axis=1) >= np.abs(gaps.sum())",
            ),
        ),
        Wrong(
            "tears the pairs apart",
            "torn apart",
            code="""
import numpy as np


def permutation_p(first, second, repeats):
    random, every = np.random.default_rng(0), np.concatenate([first, second])
    n, count = len(first), 0
    for _ in range(repeats):
        drawn = random.permutation(every)
        count += abs(drawn[:n].sum() - drawn[n:].sum()) >= abs(first.sum() - second.sum())
    return (count + 1) / (repeats + 1)
""",
        ),
        Wrong("tosses coins of 0 and 1", "a swap turns its sign", ("[-1, 1]", "[0, 1]")),
        Wrong("tosses unfair coins", "the coins are not fair", ("[-1, 1]", "[-1, 1, 1, 1]")),
        Wrong(
            "draws texts again",
            "as in a bootstrap",
            (
                "count = np.sum(np.abs(coins @ gaps)",
                "drawn = random.choice(gaps, size=coins.shape).sum(axis=1)\n"
                "    count = np.sum(np.abs(drawn)",
            ),
        ),
        Wrong(
            "takes signs only",
            "their sizes do as well",
            ("first - second", "np.sign(first - second)"),
        ),
        Wrong(
            "draws the same again",
            "your draws are all alike",
            code="""
import numpy as np


def permutation_p(first, second, repeats):
    gaps, count = first - second, 0
    for _ in range(repeats):
        coins = np.random.default_rng(0).choice([-1, 1], size=len(gaps))
        count += abs(coins @ gaps) >= abs(gaps.sum())
    return (count + 1) / (repeats + 1)
""",
        ),
        Wrong("asks for more, not at least", "not more than", (">=", ">")),
        Wrong(
            "may return 0",
            "p is never 0",
            ("(count + 1) / (repeats + 1)", "count / repeats"),
        ),
        Wrong("forgets the 1 above", "above the line as well", ("(count + 1)", "count")),
        Wrong("forgets the 1 below", "below the line as well", ("(repeats + 1)", "repeats")),
        Wrong(
            "draws a thousand times",
            "as many draws as `repeats`",
            code="""
import numpy as np


def permutation_p(first, second, repeats):
    random, gaps = np.random.default_rng(0), first - second
    coins = random.choice([-1, 1], size=(1000, len(gaps)))
    return (np.sum(np.abs(coins @ gaps) >= np.abs(gaps.sum())) + 1) / 1001
""",
        ),
        Wrong(
            "knows only right and wrong",
            "any numbers",
            (
                "gaps = np.random.default_rng(0), first - second",
                "gaps = np.random.default_rng(0), (first > 0.5) * 1.0 - (second > 0.5)",
            ),
        ),
        Wrong(
            "rounds the differences",
            "a little more on every single text",
            ("first - second", "np.round(first - second, 1)"),
            fails="real data",
        ),
    ),
    right=(
        Right(
            "swaps the scores",
            code="""
import numpy as np


def permutation_p(first, second, repeats):
    random, real, count = np.random.default_rng(), abs(first.mean() - second.mean()), 0
    for _ in range(repeats):
        heads = random.random(len(first)) < 0.5
        swapped = np.where(heads, second, first), np.where(heads, first, second)
        count += abs(swapped[0].mean() - swapped[1].mean()) >= real
    return (count + 1) / (repeats + 1)
""",
        ),
        Right(
            "in Python",
            code="""
import random


def permutation_p(first, second, repeats):
    gaps = [a - b for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    count = 1
    for _ in range(repeats):
        count += abs(sum(random.choice((-1, 1)) * gap for gap in gaps)) >= abs(sum(gaps))
    return count / (repeats + 1)
""",
        ),
        Right(
            "a tensor that wants a gradient",
            code="""
import torch


def permutation_p(first, second, repeats):
    gaps = torch.tensor(first - second, requires_grad=True)
    coins = torch.randint(0, 2, (repeats, len(gaps))) * 2.0 - 1
    count = ((coins.double() @ gaps).abs() >= gaps.sum().abs()).sum()
    return (count + gaps.sum() * 0 + 1) / (repeats + 1)
""",
        ),
        Right(
            "a hair of slack for ties, in float32",
            code="""
import numpy as np


def permutation_p(first, second, repeats):
    random, gaps = np.random.default_rng(4), first - second
    coins = np.where(random.random((repeats, len(gaps))) < 0.5, -1, 1)
    count = np.sum(np.abs((coins * gaps).mean(axis=1)) >= abs(gaps.mean()) - 1e-12)
    return np.float32((count + 1) / (repeats + 1))
""",
        ),
    ),
    shows="With swaps in place of a formula any metric has its test; for right and wrong it is "
    "McNemar's.",
)
