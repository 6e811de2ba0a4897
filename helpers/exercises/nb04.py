"""Checks for notebook 04's exercises: softmax over rows, its backward step, label smoothing.

Each check runs the learner's function on a few small arrays, from shape to behaviour to
extremes, and names the first mistake in the learner's own numbers. The references come from
``helpers.scratch``, never from the learner.
"""

from collections.abc import Callable

import numpy as np

from helpers.scratch.functions import softmax, softmax_jacobian

SCORES = np.array([[2.0, 1.0, 0.1], [0.5, 0.5, 3.0], [-1.0, 0.0, 1.5], [0.2, 0.1, 0.0]])


def rows(answer: Callable) -> str | None:
    """Each row is a distribution of its own, and scores of any size are safe."""
    p, wrong = _call(answer, SCORES, shape=SCORES.shape)
    if wrong:
        return wrong
    expected = softmax(SCORES)
    if (p < 0).any():
        row = int(np.argmax((p < 0).any(axis=1)))
        return (
            f"The scores {_show(SCORES[row])} became {_show(p[row])}: probabilities are never "
            "negative. Did you return logarithms, or leave out exp()?"
        )
    sums, columns = p.sum(axis=1), p.sum(axis=0)
    if not np.allclose(sums, 1):
        worst = sums[np.argmax(abs(sums - 1))]
        if np.allclose(columns, 1):
            why = "the columns sum to 1, so the sum runs over the wrong axis"
        elif np.isclose(p.sum(), 1):
            why = "the whole array sums to 1, so the sum runs over all axes instead of the last"
        elif np.allclose(p / sums[:, None], expected):
            why = "the row's sum has not been divided out"
        else:
            why = f"its columns sum to {_show(columns)}"
        return f"A row sums to {worst:.2f} where it should sum to 1; {why}."
    if not np.allclose(p, expected):
        return f"The scores {_show(SCORES[0])} became {_show(p[0])}, expected {_show(expected[0])}."
    high, wrong = _call(answer, SCORES + 1000, shape=SCORES.shape)
    if wrong or not np.allclose(high, expected):
        got = wrong or f"{_show(SCORES[0] + 1000)} became {_show(high[0])}."
        return (
            f"With 1000 added to every score: {got} exp(1000) overflows; take each row's "
            "largest score away first."
        )
    apart = SCORES + np.array([[0.0], [2000.0], [0.0], [-2000.0]])
    far, wrong = _call(answer, apart, shape=SCORES.shape)
    if wrong or not np.allclose(far, expected):
        got = wrong or f"the row {_show(apart[3])} became {_show(far[3])}."
        return (
            f"With one row 2000 above and one 2000 below the others: {got} Each row needs its "
            "own largest score taken away, not the largest of the whole array."
        )
    return None


def backward(answer: Callable) -> str | None:
    """p * (g - sum(p * g)): the product with the Jacobian, without ever building it."""
    p = softmax(SCORES)
    g = np.array([[1.0, 0.0, 0.0], [0.0, -2.0, 1.0], [0.5, 0.25, 3.0], [-1.0, 2.0, 0.0]])
    result, wrong = _call(answer, p, g, shape=p.shape)
    if wrong:
        return wrong
    expected = (softmax_jacobian(SCORES) @ g[..., None])[..., 0]
    if np.allclose(result, expected):
        return None
    mistakes = {
        "that is the diagonal of the Jacobian alone, p (1 - p) g; the other classes are missing": (
            p * (1 - p) * g
        ),
        "that is p * g; the part with -p_i p_j, a sum over the classes, is missing": p * g,
        "the factor p in front is missing": g - (p * g).sum(axis=1, keepdims=True),
        "the sum runs over the rows (axis 0) instead of the classes": p * (g - (p * g).sum(axis=0)),
        "the sum runs over rows and classes at once": p * (g - (p * g).sum()),
        "the g in the sum is not weighted by p": p * (g - g.sum(axis=1, keepdims=True)),
        "the mean of g is taken without p as its weights": p * (g - g.mean(axis=1, keepdims=True)),
        "the sign is turned round": -expected,
    }
    why = f"expected {_show(expected[1])}"
    for explanation, values in mistakes.items():
        if np.allclose(result, values):
            why = explanation
    sums = result.sum(axis=1)
    worst = sums[np.argmax(abs(sums))]
    if abs(worst) > 1e-9:
        why += f" (a row of yours sums to {worst:.3f}; the Jacobian's columns sum to 0)"
    return f"For p = {_show(p[1])} and g = {_show(g[1])} you return {_show(result[1])}: {why}."


def smoothing(answer: Callable) -> str | None:
    """The smoothed rows are distributions still, so the loss and p - y take them as they are."""
    labels, classes, epsilon = np.array([2, 0, 1, 2, 3]), 4, 0.2
    y, wrong = _call(answer, labels, classes, epsilon, shape=(5, 4))
    if wrong:
        return wrong
    one_hot = np.eye(classes)[labels]
    expected = (1 - epsilon) * one_hot + epsilon / classes
    got = f"For label 2 of {classes} classes and epsilon = {epsilon} you return {_show(y[0])}"
    if np.allclose(y, one_hot):
        return f"{got}: that is the plain one-hot row, epsilon has no effect."
    totals = y.sum(axis=1)
    if not np.allclose(totals, 1):
        missing = 1 - totals[np.argmax(abs(totals - 1))]
        word = "is missing" if missing > 0 else "is too much"
        return (
            f"{got}, which sums to {1 - missing:.2f}: {abs(missing):.2f} {word}. What is taken "
            "from the true class must equal what the even share hands out, to the true class too."
        )
    if np.allclose(y, one_hot + (epsilon / (classes - 1)) * (1 - one_hot) - epsilon * one_hot):
        return (
            f"{got}: epsilon is shared among the {classes - 1} other classes, a recipe of its "
            f"own; here all {classes} share it, the true one too ({_show(expected[0])})."
        )
    if not np.allclose(y, expected):
        return f"{got}, expected {_show(expected[0])}."
    other, wrong = _call(answer, np.array([0, 1]), 2, 0.5, shape=(2, 2))
    if wrong or not np.allclose(other, [[0.75, 0.25], [0.25, 0.75]]):
        got = wrong or f"{_show(other[0])}."
        return (
            f"Right for 4 classes and epsilon 0.2, but for label 0 of 2 classes and 0.5: {got} "
            "Is a number fixed in your code?"
        )
    return None


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
        hint = " (a sum that shall be subtracted or divided needs keepdims=True)"
        hint = hint if "broadcast" in str(error) else ""
        return nothing, f"Your function stopped with {type(error).__name__}: {error}{hint}."
    for before, after in zip(inputs, copies, strict=True):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after):
            return nothing, "Your function changes its input; work on a new array instead."
    if result is None:
        return nothing, "Your function returns None; is its return line missing?"
    array = np.asarray(result)
    if array.shape != shape:
        return nothing, f"Your result has shape {array.shape}, expected {shape}."
    if array.dtype.kind not in "fiu":
        return nothing, f"Your result holds {array.dtype}, expected numbers."
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        return nothing, f"Your result at {list(where)} is {array[where]}."
    return array.astype(np.float64), None


def _show(values: np.ndarray) -> str:
    return "[" + ", ".join(f"{value:.3g}" for value in values) + "]"
