"""Checks for notebook 02's exercises: cosines of many pairs, 3CosMul, ranks with ties.

Each check runs the learner's function on a few small arrays and names the first mistake in the
learner's own numbers. The references are worked out here from the definitions, or by SciPy.
"""

from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata, spearmanr

A = np.array([[3.0, 4.0], [1.0, 0.0], [-2.0, 2.0]])
B = np.array([[4.0, 3.0], [0.0, 5.0]])
# Chosen so that every mistake that the check knows gives another number; a test holds that.
DIFFERENT = np.array([3.0, 9.0, 4.0, 7.0, 1.0]), np.array([0.6, -0.9, -0.6, -0.8, -0.5])
EQUAL = np.array([3.0, 3.0, 7.0, 3.0, 2.0, 6.0]), np.array([0.3, 0.6, -0.5, 0.5, 0.0, 0.3])


def cosines(answer: Callable) -> str | None:
    """One matrix product gives all cosines, once every row has length one."""
    table, wrong = _call(answer, A, B, shape=(3, 2))
    if wrong:
        return wrong
    lengths_a, lengths_b = np.linalg.norm(A, axis=1), np.linalg.norm(B, axis=1)
    products = A @ B.T
    expected = products / lengths_a[:, None] / lengths_b
    if np.allclose(table, expected):
        random = np.random.default_rng(0)
        more, other = random.normal(size=(5, 4)), random.normal(size=(6, 4))
        larger, wrong = _call(answer, more, other, shape=(5, 6))
        units = [m / np.linalg.norm(m, axis=1, keepdims=True) for m in (more, other)]
        if wrong or not np.allclose(larger, units[0] @ units[1].T):
            return f"Right for the small example, but for A (5, 4) and B (6, 4): {wrong or 'no.'}"
        return None
    distances = np.linalg.norm(A[:, None] - B, axis=2)
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
        "that is the Euclidean distance, not the cosine": distances,
        "that is 1 - cosine, the cosine distance": 1 - expected,
        "the lengths run over axis 0, down the columns, instead of along each row": (
            columns_a @ columns_b.T
        ),
        "each matrix is divided by one number, its own total length, not row by row": (
            products / np.linalg.norm(A) / np.linalg.norm(B)
        ),
        "that is the angle in radians; its cosine is asked for": np.arccos(expected),
    }
    why = _which(table, mistakes) or f"expected {expected[0, 0]:.3g}"
    return f"For the rows (3, 4) and (4, 3) you return {table[0, 0]:.3g}: {why}."


def multiplied(answer: Callable) -> str | None:
    """3CosMul weighs the three cosines against each other, so no single one can drown the rest."""
    units, (a, b, c) = _analogy_case()
    best, wrong = _call(answer, units, a, b, c, shape=())
    if wrong:
        return wrong
    to_a, to_b, to_c = (units @ units[i] for i in (a, b, c))
    s_a, s_b, s_c = ((1 + cosine) / 2 for cosine in (to_a, to_b, to_c))
    scores = s_b * s_c / (s_a + 0.001)
    others = np.setdiff1d(np.arange(len(units)), [a, b, c])
    expected = _best(scores, others)
    row = round(float(best))
    asked = f"For a, b, c = rows {a}, {b}, {c} of {len(units)} you answer row {row}"
    if row == expected:
        return None
    everyone = np.arange(len(units))
    mistakes = {
        "that is 3CosAdd's answer, b - a + c; here cosines are multiplied and divided": (
            _best(to_b - to_a + to_c, others)
        ),
        "the cosines went in without being shifted to (1 + cosine) / 2, so that two negative "
        "ones multiply to something good": _best(to_b * to_c / (to_a + 0.001), others),
        "a and b have changed places": _best(s_a * s_c / (s_b + 0.001), others),
        "a and c have changed places": _best(s_a * s_b / (s_c + 0.001), others),
        "the division by the nearness to a is missing": _best(s_b * s_c, others),
        "everything is right but the sign: that is the lowest score": _best(-scores, others),
    }
    if row in (a, b, c):
        why = "that is a word of the question; bar all three from being the answer"
        if row != _best(scores, everyone):
            why += (
                f" (and your scores differ: with all words allowed row {_best(scores, everyone)} "
            )
            why += "would win)"
        return f"{asked}: {why}."
    why = next((text for text, other in mistakes.items() if other == row), None)
    return f"{asked}: {why or f'row {expected} has the highest score'}."


def ranks(answer: Callable) -> str | None:
    """Spearman's correlation is Pearson's of the ranks, and equal values share their mean rank."""
    x, y = DIFFERENT
    value, wrong = _call(answer, x, y, shape=())
    if wrong:
        return wrong
    told = _why_correlation(float(value), x, y)
    if told:
        return told
    x, y = EQUAL
    value, wrong = _call(answer, x, y, shape=())
    if wrong:
        return f"Right without equal values, but for x = {_show(x)}: {wrong}"
    told = _why_correlation(float(value), x, y)
    return f"Right without equal values. {told}" if told else None


def _why_correlation(value: float, x: np.ndarray, y: np.ndarray) -> str | None:
    expected = spearmanr(x, y).statistic
    if np.isclose(value, expected):
        return None
    order_x, order_y = (np.argsort(np.argsort(v, kind="stable")) for v in (x, y))
    raw_x, raw_y = np.argsort(x, kind="stable"), np.argsort(y, kind="stable")
    mean_x, mean_y = rankdata(x), rankdata(y)
    n = len(x)
    shortcut = 6 / (n * (n**2 - 1))
    dense_x, dense_y = rankdata(x, "dense"), rankdata(y, "dense")
    mistakes = {
        "that is Pearson's correlation of the values themselves; rank them first": _pearson(x, y),
        "the sign is turned round: one of the two is ranked downwards, or both ends are swapped": (
            -expected
        ),
        "np.argsort says which value comes at a place, not which place a value has; "
        "apply it twice to get ranks": _pearson(raw_x, raw_y),
        "equal values got different ranks, by their order in the list; they share the mean": (
            _pearson(order_x, order_y)
        ),
        "equal values share a rank, but the next value's rank must leave room for all of them": (
            _pearson(dense_x, dense_y)
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
    why = next((text for text, other in mistakes.items() if np.isclose(value, other)), None)
    said = f"For x = {_show(x)} and y = {_show(y)} you return {value:.3f}, expected {expected:.3f}"
    return f"{said}{': ' + why if why else ''}."


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1])


def _analogy_case() -> tuple[np.ndarray, tuple[int, int, int]]:
    """Return unit vectors for which each mistake that the check knows answers differently."""
    random = np.random.default_rng(103)  # found by trying; a test holds that they do differ
    matrix = random.normal(size=(40, 4))
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True), (3, 17, 29)


def _best(scores: np.ndarray, rows: np.ndarray) -> int:
    return int(rows[np.argmax(scores[rows])])


def _which(result: np.ndarray, mistakes: dict[str, np.ndarray]) -> str | None:
    return next((text for text, other in mistakes.items() if np.allclose(result, other)), None)


def _call(answer: Callable, *inputs, shape: tuple[int, ...]) -> tuple[np.ndarray, str | None]:
    """Run the answer on copies; return its array, and a sentence if it is none of that shape."""
    nothing = np.zeros(shape)
    if not callable(answer):
        return nothing, f"A function is asked for; this is a {type(answer).__name__}."
    copies = [value.copy() if isinstance(value, np.ndarray) else value for value in inputs]
    try:
        with np.errstate(all="ignore"):
            result = answer(*copies)
    except Exception as error:
        hint = " (a length that shall be divided row by row needs keepdims=True)"
        hint = hint if "broadcast" in str(error) else ""
        return nothing, f"Your function stopped with {type(error).__name__}: {error}{hint}."
    if result is None:
        return nothing, "Your function returns None; is its return line missing?"
    try:
        array = np.asarray(result, dtype=np.float64)
    except (TypeError, ValueError):
        return nothing, f"Your result is {str(result)[:40]!r}, expected numbers."
    if array.shape != shape:
        wanted = f"an array of shape {shape}" if shape else "a single number"
        return nothing, f"Your result has shape {array.shape}, expected {wanted}."
    if not np.isfinite(array).all():
        return nothing, "Your result holds a number that is not finite."
    if any(
        isinstance(old, np.ndarray) and (old != new).any()
        for old, new in zip(inputs, copies, strict=True)
    ):
        return nothing, "Your function changes its input; work on a new array."
    return array, None


def _show(values: np.ndarray) -> str:
    return "[" + ", ".join(f"{value:g}" for value in values) + "]"
