"""Notebook 09's exercises: macro-F1 of a confusion matrix, a bootstrap, how many test texts, and
a permutation test."""

import numpy as np

from helpers.evaluation import by_hand
from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Wrong
from helpers.sources import corpora

TABLE = np.array([[8, 1, 1], [2, 3, 0], [4, 0, 0]])  # true class (row), class named (column)


def _macro_shape(answer: Answer) -> None:
    answer.number(TABLE)


def _macro_values(answer: Answer) -> None:
    found, there, given = np.diag(TABLE), TABLE.sum(axis=1), TABLE.sum(axis=0)
    precision, recall = found / given.clip(1), found / there
    mistakes = {
        "that is the accuracy (micro-F1): classes of all sizes shall count the same": (
            found.sum() / TABLE.sum()
        ),
        "that is the mean recall": recall.mean(),
        "that is the mean precision": precision.mean(),
        "that is F1 of the mean precision and the mean recall; take each class's F1 first": (
            2 * precision.mean() * recall.mean() / (precision.mean() + recall.mean())
        ),
        "that is the mean of precision and recall; F1 is their harmonic mean": (
            ((precision + recall) / 2).mean()
        ),
        "that is the sum over the classes; divide by their number": (
            (2 * found / (there + given)).sum()
        ),
        "the classes were weighed by their size": (
            (2 * found / (there + given) * there).sum() / there.sum()
        ),
    }
    expected = (2 * found / (there + given)).mean()
    try:
        expect(answer.number(TABLE), expected, "For three classes", mistakes)
    except Diagnosis as found_wrong:
        if "nan" in str(found_wrong):
            raise Diagnosis(
                f"{found_wrong} The third class is never named, so its precision is 0 / 0; "
                "2 TP / (2 TP + FP + FN) never divides by zero where a class occurs."
            ) from None
        raise


def _macro_real(answer: Answer) -> None:
    labels = np.array(corpora.load("newsroom").train.labels)
    guesses = np.where(np.arange(len(labels)) % 3 == 0, 0, labels)
    table = np.zeros((3, 3), dtype=int)
    np.add.at(table, (labels, guesses), 1)
    expected = by_hand.macro_f1(labels, guesses, 3)
    expect(answer.number(table), expected, f"For {len(labels)} newsroom labels")


MACRO = Exercise(
    name="09-macro",
    title="Macro-F1 from a confusion matrix",
    difficulty=2,
    minutes=10,
    prompt="""
A colleague sends you nothing but a confusion matrix, shape (classes, classes): true classes in the
rows, classes named in the columns. Return macro-F1. Every class occurs in a row; some may never be
named, and their F1 is 0.
""",
    answer="macro_f1",
    starter='''
import numpy as np


def macro_f1(table):
    """Confusion matrix (true classes, classes named) -> mean F1 of the classes."""
    return ...  # your turn
''',
    hints=(
        "Where in the matrix are TP, TP + FP and TP + FN of class k?",
        "TP is the diagonal, TP + FN the sum of a row, TP + FP the sum of a column; and "
        "2 TP + FP + FN is the sum of both.",
    ),
    solution="""
import numpy as np


def macro_f1(table):
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    return np.mean(2 * np.diag(table) / (rows + columns))
""",
    stages={"shape": _macro_shape, "values": _macro_values, "real data": _macro_real},
    wrong=(
        Wrong(
            "returns each class's",
            "expected a single number",
            ("np.mean(2 * np.diag(table) / (rows + columns))", "np.diag(table) / rows"),
            fails="shape",
        ),
        Wrong(
            "divides zero by zero",
            "expected finite numbers",
            code="""
import numpy as np


def macro_f1(table):
    found = np.diag(table)
    precision, recall = found / (0 * table.sum(axis=0)), found / table.sum(axis=1)
    return np.mean(2 * precision * recall / (precision + recall))
""",
            fails="shape",
        ),
        Wrong(
            "takes the accuracy",
            "that is the accuracy",
            code="def macro_f1(table):\n    return table.trace() / table.sum()",
        ),
        Wrong(
            "takes the recall",
            "the mean recall",
            ("np.mean(2 * np.diag(table) / (rows + columns))", "np.mean(np.diag(table) / rows)"),
        ),
        Wrong(
            "adds up",
            "divide by their number",
            (
                "np.mean(2 * np.diag(table) / (rows + columns))",
                "np.sum(2 * np.diag(table) / (rows + columns))",
            ),
        ),
        Wrong(
            "weighs by size",
            "weighed by their size",
            (
                "np.mean(2 * np.diag(table) / (rows + columns))",
                "np.average(2 * np.diag(table) / (rows + columns), weights=rows)",
            ),
        ),
    ),
    shows="A confusion matrix holds every metric of this notebook but calibration.",
)

RIGHT = np.array([1.0] * 180 + [0.0] * 20)


def _interval_shape(answer: Answer) -> None:
    got = answer.array(RIGHT, 500, shape=(2,))
    if got[0] > got[1]:
        raise Diagnosis(f"You return {got[0]:.3f} and {got[1]:.3f}: the lower end comes first.")


def _interval_values(answer: Answer) -> None:
    low, high = answer.array(RIGHT, 4000, shape=(2,))
    half = 1.96 * np.sqrt(0.9 * 0.1 / 200)  # 0.042
    got = f"For 180 right of 200 you return {low:.3f} to {high:.3f}, expected about 0.858 to 0.942"
    width = (high - low) / 2
    if abs(width - half) < 0.0045 and abs((low + high) / 2 - 0.9) < 0.006:
        return
    if width < 1e-9:
        why = "every draw gave the same: draw with replacement"
    elif width > 0.09:
        why = "that is far too wide; draw as many items as there are, and take their mean"
    elif abs(width - half / 1.96) < 0.006:
        why = "that is one standard deviation to either side; 95 % needs 1.96 of them"
    elif abs(width - half * 1.645 / 1.96) < 0.004:
        why = "that holds 90 %; leave out 2.5 % at either end"
    else:
        why = "take the mean of each draw and the middle 95 % of these means"
    raise Diagnosis(f"{got}: {why}.")


def _interval_real(answer: Answer) -> None:
    few, many = (np.tile([1.0, 1.0, 1.0, 0.0], n) for n in (25, 400))
    narrow, wide = (np.ptp(answer.array(x, 1000, shape=(2,))) for x in (many, few))
    if not 3 < wide / max(narrow, 1e-9) < 5.5:
        raise Diagnosis(
            f"Sixteen times the texts make your interval {wide / max(narrow, 1e-9):.1f} times "
            "narrower, expected about 4, the root of 16."
        )


INTERVAL = Exercise(
    name="09-interval",
    title="A bootstrap of your own",
    difficulty=2,
    minutes=10,
    prompt="""
`right`, shape (texts), holds 1 where a classifier was right and 0 where it was wrong. Return the
two ends of the 95 % bootstrap interval of its accuracy, from `repeats` draws.
""",
    answer="accuracy_interval",
    starter='''
import numpy as np


def accuracy_interval(right, repeats):
    """Ones and zeros (texts), number of draws -> (lower end, upper end)."""
    return ...  # your turn
''',
    hints=(
        "One draw: np.random.default_rng(0) gives a generator; its choice(right, size=len(right)) "
        "draws with replacement. What do you keep of each draw?",
        "Keep the means of all draws. np.quantile(means, [0.025, 0.975]) are the two ends.",
    ),
    solution="""
import numpy as np


def accuracy_interval(right, repeats):
    random = np.random.default_rng(0)
    means = [random.choice(right, size=len(right)).mean() for _ in range(repeats)]
    return np.quantile(means, [0.025, 0.975])
""",
    stages={"shape": _interval_shape, "values": _interval_values, "real data": _interval_real},
    wrong=(
        Wrong(
            "returns the means",
            "expected shape (2,)",
            ("np.quantile(means, [0.025, 0.975])", "means"),
            fails="shape",
        ),
        Wrong(
            "turns the ends round",
            "the lower end comes first",
            ("[0.025, 0.975]", "[0.975, 0.025]"),
            fails="shape",
        ),
        Wrong(
            "draws without replacement",
            "with replacement",
            ("size=len(right))", "size=len(right), replace=False)"),
        ),
        Wrong(
            "leaves out 5 % at either end", "that holds 90 %", ("[0.025, 0.975]", "[0.05, 0.95]")
        ),
        Wrong("draws few", "far too wide", ("size=len(right)", "size=10")),
        Wrong(
            "takes one standard deviation",
            "one standard deviation",
            (
                "np.quantile(means, [0.025, 0.975])",
                "np.mean(means) - np.std(means), np.mean(means) + np.std(means)",
            ),
        ),
        Wrong(
            "takes quantiles of the texts",
            "take their mean",
            code="""
import numpy as np


def accuracy_interval(right, repeats):
    return np.quantile(right, [0.025, 0.975])
""",
        ),
        Wrong(
            "draws always 200",
            "the root of 16",
            ("size=len(right)", "size=200"),
            fails="real data",
        ),
    ),
    shows="The sample itself says how far another sample would be off.",
)


def _texts_shape(answer: Answer) -> None:
    got = answer.number(0.9, 0.02)
    if got != round(got):
        raise Diagnosis(f"You return {got:g}; texts come whole, so round up.")


def _texts_values(answer: Answer) -> None:
    for a, half in ((0.9, 0.02), (0.5, 0.1), (0.97, 0.01)):
        exact = 1.96**2 * a * (1 - a) / half**2
        got, due = round(answer.number(a, half)), int(np.ceil(exact))
        if got == due:
            continue
        known = {
            int(np.ceil(exact / 1.96**2)): "the 1.96 is missing; that interval holds 68 %",
            int(np.ceil(exact / 1.96)): "the 1.96 is squared, too",
            int(np.ceil(np.sqrt(exact))): "that is the root of the number",
            int(np.ceil(exact / 4)): "half the interval is asked for, not the whole of it",
            int(np.floor(exact)): "round up: with one text fewer the interval is too wide",
            int(np.ceil(exact / (1 - a))): "the variance is a (1 - a), not a",
        }
        raise Diagnosis(
            f"For accuracy {a} to within {half} you return {got}, expected {due}: "
            f"{known.get(got, 'solve 1.96 √(a (1 - a) / n) = half for n')}."
        )


TEXTS = Exercise(
    name="09-texts",
    title="How many test texts?",
    difficulty=2,
    minutes=8,
    prompt="""
You are about to have test texts labelled by hand, which costs money. You expect an accuracy of
about $a$ and want to know it to within plus or minus $h$ (half the 95 % interval). Return the
smallest sufficient number of texts by the formula of this notebook.
""",
    answer="texts_needed",
    starter='''
import math


def texts_needed(accuracy, half):
    """Expected accuracy, half the width of the interval -> a whole number of texts."""
    return ...  # your turn
''',
    hints=(
        "Half the interval is 1.96 times the root of a (1 - a) / n. Solve for n.",
        "Square both sides: h² = 1.96² a (1 - a) / n. math.ceil rounds up.",
    ),
    solution="""
import math


def texts_needed(accuracy, half):
    return math.ceil(1.96**2 * accuracy * (1 - accuracy) / half**2)
""",
    stages={"shape": _texts_shape, "values": _texts_values},
    wrong=(
        Wrong(
            "does not round",
            "round up",
            code="def texts_needed(a, half):\n    return 1.96**2 * a * (1 - a) / half**2",
            fails="shape",
        ),
        Wrong("rounds down", "one text fewer", ("math.ceil", "math.floor")),
        Wrong("forgets 1.96", "the 1.96 is missing", ("1.96**2 * ", "")),
        Wrong("does not square 1.96", "the 1.96 is squared", ("1.96**2", "1.96")),
        Wrong("takes the whole width", "not the whole of it", ("half**2", "(2 * half) ** 2")),
        Wrong(
            "forgets to square",
            "the root of the number",
            code="""
import math


def texts_needed(accuracy, half):
    return math.ceil(1.96 * math.sqrt(accuracy * (1 - accuracy)) / half)
""",
        ),
    ),
    shows="Half the width costs four times the texts, and 0.97 to within 0.01 over a thousand.",
)


# Right (1) or wrong (0) on 256 texts: 30 that only the first has right, 18 only the second. The
# exact p is 2 P(X <= 18) = 0.1114 for 48 fair coins. A power of two keeps means exact.
FIRST = np.repeat([1.0, 1.0, 0.0, 0.0], [150, 30, 18, 58])
SECOND = np.repeat([1.0, 0.0, 1.0, 0.0], [150, 30, 18, 58])


def _permutation_shape(answer: Answer) -> None:
    p = answer.number(FIRST, SECOND, 50)
    if not 0 <= p <= 1:
        raise Diagnosis(f"You return {p:.3g}; p is a probability, between 0 and 1.")


def _permutation_values(answer: Answer) -> None:
    same = answer.number(FIRST, FIRST, 99)
    if same < 0.999:
        raise Diagnosis(
            f"For two equal classifiers you return {same:.3f}, expected 1: a draw that equals the "
            "real difference counts, too (at least, not more than)."
        )
    p = answer.number(FIRST, SECOND, 3000)
    if not 0.088 < p < 0.135:
        if p < 0.01:
            why = "none of your draws is as far apart as the real difference; do they swap at all?"
        elif 0.035 < p < 0.08:
            why = "that counts one side; a difference the other way round is as surprising"
        elif p > 0.99:
            why = "every draw has the real difference; toss a coin for each text, not for all"
        elif 0.2 < p < 0.36:
            why = "that is too careful: the pairs were torn apart; swap within a text only"
        else:
            why = "count the draws whose difference, sign aside, is at least the real one"
        raise Diagnosis(f"For 30 against 18 texts you return {p:.3f}, expected about 0.11: {why}.")
    far = answer.number(np.ones(64), np.zeros(64), 99)
    if not np.isclose(far, 1 / 100, atol=1e-6):
        raise Diagnosis(
            f"For 64 texts to none and 99 draws you return {far:.4f}, expected 0.0100: the real "
            "difference counts as one more draw, (count + 1) / (repeats + 1), so p is never 0."
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
    """Two scores for each text, shape (texts) each, number of draws -> p, one number."""
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
    random, gaps = np.random.default_rng(0), first - second
    coins = random.choice([-1, 1], size=(repeats, len(gaps)))
    count = np.sum(np.abs(coins @ gaps) >= np.abs(gaps.sum()))
    return (count + 1) / (repeats + 1)
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
            "tosses one coin a draw",
            "not for all",
            ("coins @ gaps", "coins[:, 0] * gaps.sum()"),
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
        Wrong("asks for more, not at least", "not more than", (">=", ">")),
        Wrong(
            "may return 0",
            "p is never 0",
            ("(count + 1) / (repeats + 1)", "count / repeats"),
        ),
        Wrong(
            "knows only right and wrong",
            "any numbers",
            (
                "gaps = np.random.default_rng(0), first - second",
                "gaps = np.random.default_rng(0), (first > 0.5) * 1.0 - (second > 0.5)",
            ),
            fails="real data",
        ),
    ),
    shows="With swaps in place of a formula any metric has its test; for right and wrong it is "
    "McNemar's.",
)

EXERCISES = (MACRO, INTERVAL, TEXTS, PERMUTATION)
