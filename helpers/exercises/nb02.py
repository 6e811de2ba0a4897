"""Notebook 02's exercises: cosines of many pairs, 3CosMul, rank correlation with equal values."""

import numpy as np
from scipy.stats import rankdata, spearmanr

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect, show
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Wrong
from helpers.sources import published_vectors, word_tests

A = np.array([[3.0, 4.0], [1.0, 0.0], [-2.0, 2.0]])
B = np.array([[4.0, 3.0], [0.0, 5.0]])


def _cosines_shape(answer: Answer) -> None:
    answer.array(A, B, shape=(3, 2))


def _cosines_values(answer: Answer) -> None:
    table = answer.array(A, B, shape=(3, 2))
    lengths_a, lengths_b = np.linalg.norm(A, axis=1), np.linalg.norm(B, axis=1)
    products = A @ B.T
    expected = products / lengths_a[:, None] / lengths_b
    columns_a, columns_b = A / np.linalg.norm(A, axis=0), B / np.linalg.norm(B, axis=0)
    mistakes = {
        "that is the plain dot product 3·4 + 4·3; it still has to be divided by both lengths": (
            products
        ),
        "the lengths of A's rows are divided out, those of B's are not": (
            products / lengths_a[:, None]
        ),
        "the lengths of B's rows are divided out, those of A's are not": products / lengths_b,
        "the squared lengths are divided out; take their roots": (
            products / lengths_a[:, None] ** 2 / lengths_b**2
        ),
        "that is the Euclidean distance, not the cosine": np.linalg.norm(A[:, None] - B, axis=2),
        "that is 1 - cosine, the cosine distance": 1 - expected,
        "the lengths run over axis 0, down the columns, instead of along each row": (
            columns_a @ columns_b.T
        ),
        "each matrix is divided by one number, its own total length, not row by row": (
            products / np.linalg.norm(A) / np.linalg.norm(B)
        ),
        "that is the angle in radians; its cosine is asked for": np.arccos(expected),
    }
    why = next((text for text, other in mistakes.items() if np.allclose(table, other)), None)
    if not np.allclose(table, expected):
        raise Diagnosis(
            f"For the rows (3, 4) and (4, 3) you return {table[0, 0]:.3g}: "
            f"{why or f'expected {expected[0, 0]:.3g}'}."
        )


def _cosines_real(answer: Answer) -> None:
    glove = published_vectors.load("glove-6b-50d")
    words = ["bank", "money", "river", "film", "actor", "chip"]
    rows = np.array([glove[word] for word in words], dtype=np.float64)
    table = answer.array(rows[:2], rows, shape=(2, 6))
    for i in range(2):
        for j, word in enumerate(words):
            given = f"For GloVe's vectors of {words[i]!r} and {word!r}"
            expect(table[i, j], glove.similarity(words[i], word), given, tolerance=1e-4)


COSINES = Exercise(
    name="02-cosines",
    title="All cosines at once",
    difficulty=1,
    minutes=8,
    prompt="""
Given $A$, shape $(m, d)$, and $B$, shape $(n, d)$, return the cosines of every row of $A$ with
every row of $B$, shape $(m, n)$, without a loop.
""",
    answer="all_cosines",
    starter='''
import numpy as np


def all_cosines(A, B):
    """Two sets of vectors (m, d) and (n, d) -> cosines (m, n)."""
    return ...  # your turn
''',
    hints=(
        "Bring the rows to length one before you multiply.",
        "A length for each row has shape (m, 1) if you keep the axis: "
        "np.linalg.norm(A, axis=1, keepdims=True). All rows with all rows is A @ B.T.",
    ),
    solution="""
import numpy as np


def all_cosines(A, B):
    A = A / np.linalg.norm(A, axis=1, keepdims=True)
    B = B / np.linalg.norm(B, axis=1, keepdims=True)
    return A @ B.T
""",
    stages={"shape": _cosines_shape, "values": _cosines_values, "real data": _cosines_real},
    wrong=(
        Wrong(
            "multiplies the wrong way round",
            "shape (2, 3), expected shape (3, 2)",
            ("A @ B.T", "B @ A.T"),
            fails="shape",
        ),
        Wrong(
            "forgets to keep the axis",
            "keepdims=True",
            ("A, axis=1, keepdims=True", "A, axis=1"),
            fails="shape",
        ),
        Wrong("changes its input", "changes its input", ("A = A / np", "A /= np"), fails="shape"),
        Wrong(
            "takes the dot product",
            "the plain dot product",
            code="def all_cosines(A, B):\n    return A @ B.T",
        ),
        Wrong(
            "forgets B",
            "those of B's are not",
            ("    B = B / np.linalg.norm(B, axis=1, keepdims=True)\n", ""),
        ),
        Wrong(
            "forgets A",
            "those of A's are not",
            ("    A = A / np.linalg.norm(A, axis=1, keepdims=True)\n", ""),
        ),
        Wrong(
            "takes one length for all",
            "divided by one number",
            code="""
import numpy as np


def all_cosines(A, B):
    return A @ B.T / np.linalg.norm(A) / np.linalg.norm(B)
""",
        ),
        Wrong(
            "takes the cosine distance",
            "the cosine distance",
            ("return A @ B.T", "return 1 - A @ B.T"),
        ),
        Wrong(
            "measures down the columns",
            "down the columns",
            code="""
import numpy as np


def all_cosines(A, B):
    return (A / np.linalg.norm(A, axis=0)) @ (B / np.linalg.norm(B, axis=0)).T
""",
        ),
    ),
    shows="One matrix product gives all cosines, once every row has length one.",
)


def analogy_case() -> tuple[np.ndarray, tuple[int, int, int]]:
    """Return unit vectors (40, 4) and three rows for which each known mistake answers otherwise."""
    random = np.random.default_rng(103)  # found by trying; a test holds that they do differ
    matrix = random.normal(size=(40, 4))
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True), (3, 17, 29)


def _best(scores: np.ndarray, barred: tuple[int, ...]) -> int:
    rows = np.setdiff1d(np.arange(len(scores)), barred)
    return int(rows[np.argmax(scores[rows])])


def _multiplied_shape(answer: Answer) -> None:
    units, question = analogy_case()
    row = answer.number(units, *question)
    if row not in range(len(units)):
        raise Diagnosis(f"You return {row:g}; a row from 0 to {len(units) - 1} is asked for.")


def _multiplied_values(answer: Answer) -> None:
    units, (a, b, c) = analogy_case()
    row = round(answer.number(units, a, b, c))
    to_a, to_b, to_c = (units @ units[i] for i in (a, b, c))
    s_a, s_b, s_c = ((1 + cosine) / 2 for cosine in (to_a, to_b, to_c))
    scores, barred = s_b * s_c / (s_a + 0.001), (a, b, c)
    expected = _best(scores, barred)
    if row == expected:
        return
    mistakes = {
        "that is 3CosAdd's answer, b - a + c; here cosines are multiplied and divided": (
            _best(to_b - to_a + to_c, barred)
        ),
        "the cosines went in without being shifted to (1 + cosine) / 2, so that two negative "
        "ones multiply to something good": _best(to_b * to_c / (to_a + 0.001), barred),
        "a and b have changed places": _best(s_a * s_c / (s_b + 0.001), barred),
        "a and c have changed places": _best(s_a * s_b / (s_c + 0.001), barred),
        "the division by the nearness to a is missing": _best(s_b * s_c, barred),
        "everything is right but the sign: that is the lowest score": _best(-scores, barred),
    }
    why = next((text for text, other in mistakes.items() if other == row), None)
    if row in barred:
        why = "that is a word of the question; bar all three from being the answer"
    asked = f"For a, b, c = rows {a}, {b}, {c} of {len(units)} you answer row {row}"
    raise Diagnosis(f"{asked}: {why or f'row {expected} has the highest score'}.")


def _multiplied_real(answer: Answer) -> None:
    """Capitals by GloVe, among 300 words: most come out, and the same ones as by the formula."""
    glove = published_vectors.load("glove-6b-50d")
    questions = word_tests.analogies()["capital-common-countries"][:30]
    words = sorted({word.lower() for question in questions for word in question})
    units = np.array([glove[word] for word in words], dtype=np.float64)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    for question in questions:
        a, b, c, _ = (words.index(word.lower()) for word in question)
        near_a, near_b, near_c = ((1 + units @ units[row]) / 2 for row in (a, b, c))
        expected = words[_best(near_b * near_c / (near_a + 0.001), (a, b, c))]
        got = answer.number(units, a, b, c)
        if got not in range(len(words)) or words[int(got)] != expected:
            named = words[int(got)] if got in range(len(words)) else f"row {got:g}"
            asked = f"{words[a]} is to {words[b]} as {words[c]} is to …"
            raise Diagnosis(f"{asked} you answer {named}, 3CosMul {expected}.")


MULTIPLIED = Exercise(
    name="02-multiplied",
    title="Another rule for analogies",
    difficulty=2,
    minutes=12,
    prompt="""
Levy and Goldberg (2014) noticed that in a sum one large cosine can drown the other two, and
proposed a product, *3CosMul*. With every cosine shifted into the range from 0 to 1,
$s(d, w) = (1 + \\cos(d, w))/2$, choose the word $d$ with the largest
$s(d, b)\\,s(d, c)\\,/\\,(s(d, a) + 0.001)$. Given unit vectors, shape $(V, d)$, and the rows $a$,
$b$, $c$, return the row of the answer; the question's words are barred.
""",
    answer="three_cos_mul",
    starter='''
import numpy as np


def three_cos_mul(units, a, b, c):
    """Unit vectors (V, d) and three rows -> the row of the answer."""
    return ...  # your turn
''',
    hints=(
        "units @ units[a] holds the cosine of every word with a.",
        "To bar three rows, set their scores to -1 before you take the largest with argmax.",
    ),
    solution="""
import numpy as np


def three_cos_mul(units, a, b, c):
    near_a, near_b, near_c = ((1 + units @ units[row]) / 2 for row in (a, b, c))
    scores = near_b * near_c / (near_a + 0.001)
    scores[[a, b, c]] = -1
    return np.argmax(scores)
""",
    stages={
        "shape": _multiplied_shape,
        "values": _multiplied_values,
        "real data": _multiplied_real,
    },
    wrong=(
        Wrong(
            "returns the scores",
            "shape (40,), expected a single number",
            ("np.argmax(scores)", "scores"),
            fails="shape",
        ),
        Wrong(
            "returns the best score",
            "a row from 0 to 39",
            ("np.argmax(scores)", "scores.max()"),
            fails="shape",
        ),
        Wrong("bars nothing", "bar all three", ("    scores[[a, b, c]] = -1\n", "")),
        Wrong(
            "adds",
            "that is 3CosAdd's answer",
            ("near_b * near_c / (near_a + 0.001)", "near_b + near_c - near_a"),
        ),
        Wrong(
            "does not shift",
            "without being shifted",
            ("(1 + units @ units[row]) / 2", "units @ units[row]"),
        ),
        Wrong(
            "swaps a and b",
            "a and b have changed places",
            ("for row in (a, b, c)", "for row in (b, a, c)"),
        ),
        Wrong(
            "swaps a and c",
            "a and c have changed places",
            ("for row in (a, b, c)", "for row in (c, b, a)"),
        ),
        Wrong("forgets a", "the nearness to a is missing", (" / (near_a + 0.001)", "")),
    ),
    shows="3CosMul weighs the cosines against each other, so no single one can drown the rest.",
)

# Chosen so that every mistake that the check knows gives another number; a test holds that.
DIFFERENT = np.array([3.0, 9.0, 4.0, 7.0, 1.0]), np.array([0.6, -0.9, -0.6, -0.8, -0.5])
EQUAL = np.array([3.0, 3.0, 7.0, 3.0, 2.0, 6.0]), np.array([0.3, 0.6, -0.5, 0.5, 0.0, 0.3])


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1])


def _ranks_shape(answer: Answer) -> None:
    answer.number(*DIFFERENT)


def _ranks_values(answer: Answer) -> None:
    _compare_ranks(answer, *DIFFERENT)
    try:
        _compare_ranks(answer, *EQUAL)
    except Diagnosis as found:
        raise Diagnosis(f"Right without equal values. {found}") from None


def _compare_ranks(answer: Answer, x: np.ndarray, y: np.ndarray) -> None:
    order_x, order_y = (np.argsort(np.argsort(v, kind="stable")) for v in (x, y))
    mean_x, mean_y = rankdata(x), rankdata(y)
    n, expected = len(x), spearmanr(x, y).statistic
    shortcut = 6 / (n * (n**2 - 1))
    mistakes = {
        "that is Pearson's correlation of the values themselves; rank them first": _pearson(x, y),
        "the sign is turned round: one of the two is ranked downwards": -expected,
        "np.argsort says which value comes at a place, not which place a value has; apply it twice "
        "to get ranks": _pearson(np.argsort(x, kind="stable"), np.argsort(y, kind="stable")),
        "equal values got different ranks, by their order in the list; they share the mean": (
            _pearson(order_x, order_y)
        ),
        "equal values share a rank, but the next value's rank must leave room for all of them": (
            _pearson(rankdata(x, "dense"), rankdata(y, "dense"))
        ),
        "equal values share their lowest rank, not the mean of their ranks": (
            _pearson(rankdata(x, "min"), rankdata(y, "min"))
        ),
        "equal values share their highest rank, not the mean of their ranks": (
            _pearson(rankdata(x, "max"), rankdata(y, "max"))
        ),
        "1 - 6 Σ d² / (n (n² - 1)) holds only where no values are equal; take Pearson's "
        "correlation of the ranks": 1 - shortcut * np.sum((mean_x - mean_y) ** 2),
        "that is the covariance of the ranks, not yet divided by both spreads": (
            float(np.cov(mean_x, mean_y, bias=True)[0, 1])
        ),
    }
    expect(answer.number(x, y), expected, f"For x = {show(x)} and y = {show(y)}", mistakes)


def _ranks_real(answer: Answer) -> None:
    glove = published_vectors.load("glove-6b-50d")
    pairs = [p for p in word_tests.similarity_pairs("wordsim353") if p[0] in glove]
    pairs = [p for p in pairs if p[1] in glove][:120]
    people = np.array([score for *_, score in pairs])
    cosines = np.array([glove.similarity(one, other) for one, other, _ in pairs])
    given = f"For {len(pairs)} pairs of WordSim-353 and GloVe's cosines"
    expect(answer.number(people, cosines), spearmanr(people, cosines).statistic, given)


RANKS = Exercise(
    name="02-ranks",
    title="Rank correlation with equal values",
    difficulty=3,
    minutes=15,
    prompt="""
Write Spearman's correlation yourself. Equal values share the mean of the ranks that they take up
together; the result is Pearson's correlation of the ranks. Do not call SciPy.
""",
    answer="spearman",
    starter='''
import numpy as np


def spearman(x, y):
    """Two lists of numbers, shape (n) each -> one number from -1 to 1."""
    return ...  # your turn
''',
    hints=(
        "A value's rank is the number of smaller values, plus half of one more than the number of "
        "values equal to it (itself included).",
        "(v[None, :] < v[:, None]).sum(axis=1) counts the smaller values of each. For the second "
        "step there is np.corrcoef, whose entry [0, 1] is the correlation.",
    ),
    solution="""
import numpy as np


def spearman(x, y):
    def ranks(v):
        smaller = (v[None, :] < v[:, None]).sum(axis=1)
        equal = (v[None, :] == v[:, None]).sum(axis=1)
        return smaller + (equal + 1) / 2

    return np.corrcoef(ranks(x), ranks(y))[0, 1]
""",
    stages={"shape": _ranks_shape, "values": _ranks_values, "real data": _ranks_real},
    wrong=(
        Wrong(
            "returns the whole matrix",
            "shape (2, 2), expected a single number",
            ("[0, 1]", ""),
            fails="shape",
        ),
        Wrong("does not rank", "rank them first", ("ranks(x), ranks(y)", "x, y")),
        Wrong(
            "sorts once",
            "apply it twice",
            code="""
import numpy as np


def spearman(x, y):
    return np.corrcoef(np.argsort(x), np.argsort(y))[0, 1]
""",
        ),
        Wrong(
            "ranks downwards",
            "the sign is turned round",
            ("ranks(x), ranks(y)", "ranks(-x), ranks(y)"),
        ),
        Wrong(
            "gives equal values the lowest rank",
            "share their lowest rank",
            ("smaller + (equal + 1) / 2", "smaller"),
        ),
        Wrong(
            "gives equal values the highest rank",
            "share their highest rank",
            ("smaller + (equal + 1) / 2", "smaller + equal"),
        ),
        Wrong(
            "ranks equal values by their order",
            "by their order in the list",
            code="""
import numpy as np


def spearman(x, y):
    def ranks(v):
        return np.argsort(np.argsort(v, kind="stable"))

    return np.corrcoef(ranks(x), ranks(y))[0, 1]
""",
        ),
        Wrong(
            "takes the shortcut",
            "holds only where no values are equal",
            code="""
import numpy as np


def spearman(x, y):
    def ranks(v):
        equal = (v[None, :] == v[:, None]).sum(axis=1)
        return (v[None, :] < v[:, None]).sum(axis=1) + (equal + 1) / 2

    n = len(x)
    return 1 - 6 * ((ranks(x) - ranks(y)) ** 2).sum() / (n * (n**2 - 1))
""",
        ),
    ),
    shows="Spearman's correlation is Pearson's of the ranks, and equal values share a mean rank.",
)

EXERCISES = (COSINES, MULTIPLIED, RANKS)
