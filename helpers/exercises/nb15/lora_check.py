"""How 15-lora is checked: a reference for each of its five parts, and layers to try it on.

Arrays: W (outputs, inputs), A (r, inputs), B (outputs, r), X (N, inputs), T and G (N, outputs).
"""

from collections.abc import Callable

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.inputs import numbers
from helpers.exercises.plain import as_array

LAYER = ["W", "A", "B", "alpha"]


def forward(W, A, B, alpha, X) -> np.ndarray:
    """Return the outputs, shape (N, outputs)."""
    return X @ W.T + alpha / len(A) * (X @ A.T) @ B.T


def gradients(W, A, B, alpha, X, G) -> list[np.ndarray]:
    """Return the gradients in A and B of a loss whose gradient in the outputs is G."""
    scale = alpha / len(A)
    return [scale * (G @ B).T @ X, scale * G.T @ (X @ A.T)]


def loss(W, A, B, alpha, X, T) -> float:
    """Return half of the mean over the rows of the squared distance to T."""
    return float(((forward(W, A, B, alpha, X) - T) ** 2).sum() / (2 * len(X)))


def stepped(W, A, B, alpha, X, T, rate) -> list[np.ndarray]:
    """Return A and B after a step of gradient descent."""
    d_A, d_B = gradients(W, A, B, alpha, X, (forward(W, A, B, alpha, X) - T) / len(X))
    return [A - rate * d_A, B - rate * d_B]


def cases(seed: int) -> list[tuple]:
    """Return layers with inputs and an array as large as the outputs, the smallest first."""
    random = np.random.default_rng(seed)
    W, A, B = np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]]), np.array([[2.0]])
    found = [(W, A, B, 0.5, np.array([[1.0, 1.0]]), np.array([[4.0]]))]
    for n, inputs, outputs, rank in (
        (1, 2, 2, 1), (2, 3, 2, 2), (4, 3, 3, 2), (3, 5, 4, 3), (5, 4, 5, 2), (2, 6, 3, 3),
        (7, 3, 6, 3), (3, 4, 4, 4), (6, 5, 2, 2), (4, 7, 5, 4), (5, 2, 7, 2),
    ):  # fmt: skip
        shapes = (outputs, inputs), (rank, inputs), (outputs, rank)
        layer = [numbers(random, *shape) for shape in shapes]
        alpha = float(random.integers(1, 9))
        found.append((*layer, alpha, numbers(random, n, inputs), numbers(random, n, outputs)))
    return found


def part_1(answer: Answer) -> None:
    """Forwards."""

    def other(scale: Callable = lambda alpha, A: alpha / len(A), base: float = 1.0) -> Callable:
        return lambda W, A, B, alpha, X: base * (X @ W.T) + scale(alpha, A) * (X @ A.T) @ B.T

    mistakes = {
        "the change isn't in it; these are the outputs of W alone": (
            lambda W, A, B, alpha, X: X @ W.T
        ),
        "the scale alpha / r is missing": other(lambda alpha, A: 1.0),
        "that scales by alpha without dividing by the rank": other(lambda alpha, A: alpha),
        "that divides by the number of inputs; r is the number of A's rows": (
            other(lambda alpha, A: alpha / A.shape[1])
        ),
        "the scale is upside down": other(lambda alpha, A: len(A) / alpha),
        "the outputs of W are missing": other(base=0.0),
        "W's outputs are scaled as well": lambda W, A, B, alpha, X: (
            alpha / len(A) * X @ (W + B @ A).T
        ),
    }
    against(
        answer.through_class(lambda made, *a: made(*a[:4]).forward(a[4]), begun=False),
        forward, [case[:5] for case in cases(1)], [*LAYER, "X"], mistakes,
    )  # fmt: skip


def part_2(answer: Answer) -> None:
    """Merged."""
    mistakes = {
        "the scale alpha / r is missing": lambda W, A, B, alpha: W + B @ A,
        "that scales by alpha without dividing by the rank": (
            lambda W, A, B, alpha: W + alpha * B @ A
        ),
        "that is the change alone, without W": lambda W, A, B, alpha: alpha / len(A) * B @ A,
        "that is W without the change": lambda W, A, B, alpha: W,
        "the change is subtracted": lambda W, A, B, alpha: W - alpha / len(A) * B @ A,
    }
    against(
        answer.through_class(lambda made, *a: made(*a).merged()),
        lambda W, A, B, alpha: W + alpha / len(A) * B @ A,
        [case[:4] for case in cases(2)], LAYER, mistakes,
    )  # fmt: skip


def part_3(answer: Answer) -> None:
    """The gradients in A and B."""

    def two(result: object, place: int) -> object:
        if result is ...:
            return result
        if not isinstance(result, tuple | list) or len(result) != 2:
            kind = type(result).__name__
            raise Diagnosis(f"Your method returns one {kind}; two are asked for, d_A and d_B.")
        return result[place]

    ways = {
        "the scale alpha / r is missing": lambda W, A, B, alpha, X, G: (
            [(G @ B).T @ X, G.T @ (X @ A.T)]
        ),
        "the scale is in it twice": lambda W, A, B, alpha, X, G: (
            [alpha / len(A) * d for d in gradients(W, A, B, alpha, X, G)]
        ),
        "there is a mean over the rows in it; G has that already": lambda W, A, B, alpha, X, G: (
            [d / len(X) for d in gradients(W, A, B, alpha, X, G)]
        ),
        "the sign is reversed": lambda *a: [-d for d in gradients(*a)],
        "the other factor is missing: the gradient in A goes through B, and that in B through A": (
            lambda W, A, B, alpha, X, G: [
                alpha / len(A) * np.ones_like(B).T @ G.T @ X,
                alpha / len(A) * G.T @ X @ np.ones_like(A).T,
            ]
        ),
        "the two are in the wrong order; d_A comes first": (lambda *a: gradients(*a)[::-1]),
    }
    for place, name in enumerate(("d_A", "d_B")):
        against(
            answer.through_class(lambda made, *a, i=place: two(made(*a[:4]).gradients(*a[4:]), i)),
            lambda *a, i=place: gradients(*a)[i],
            cases(3), [f"{name} where W", *LAYER[1:], "X", "G"],
            {words: lambda *a, w=way, i=place: w(*a)[i] for words, way in ways.items()},
        )  # fmt: skip


def part_4(answer: Answer) -> None:
    """A step; W stays."""

    def run(made: Callable, *a: object, name: str = "") -> object:
        W, A, B, alpha = a[:4]
        layer = made(W, A.copy(), B.copy(), alpha)  # `-=` may move them in place
        said = layer.step(*a[4:])
        return said if said is ... or not name else getattr(layer, name)

    def after_other(i: int) -> Callable:
        """What comes out if the other matrix has moved first."""

        def found(W, A, B, alpha, X, T, rate):
            moved = stepped(W, A, B, alpha, X, T, rate)
            first = (A, moved[1]) if i == 0 else (moved[0], B)
            return stepped(W, *first, alpha, X, T, rate)[i]

        return found

    def half_late(i: int) -> Callable:
        """What comes out if the outputs are from before the other matrix moved."""

        def found(W, A, B, alpha, X, T, rate):
            G = (forward(W, A, B, alpha, X) - T) / len(X)
            moved = stepped(W, A, B, alpha, X, T, rate)
            first = (A, moved[1]) if i == 0 else (moved[0], B)
            return (A, B)[i] - rate * gradients(W, *first, alpha, X, G)[i]

        return found

    tried = [(*case, rate) for case, rate in zip(cases(4), [0.5, 0.25, 0.125] * 4, strict=True)]
    for i, name in enumerate(("A", "B")):
        mistakes = {
            "it went uphill; a step goes against the gradient": (
                lambda *a, i=i: stepped(*a[:6], -a[6])[i]
            ),
            "it has not moved": lambda *a, i=i: a[1 + i],
            "the loss is half of the MEAN over the rows; the division by N is missing": (
                lambda *a, i=i: stepped(*a[:6], a[6] * len(a[4]))[i]
            ),
            "the loss is divided by all numbers of Y; divide by the rows alone, N": (
                lambda *a, i=i: stepped(*a[:6], a[6] / a[0].shape[0])[i]
            ),
            "the factor 2 of the square's derivative cancels against the half": (
                lambda *a, i=i: stepped(*a[:6], a[6] * 2)[i]
            ),
            "the other matrix had moved already when this gradient was computed; compute both "
            "first": after_other(i),
            "the gradient in the outputs was from before, but the other matrix had moved; compute "
            "both first": half_late(i),
        }
        against(
            answer.through_class(lambda made, *a, n=name: run(made, *a, name=n)),
            lambda *a, i=i: stepped(*a)[i],
            [Case(a, f"{name} after a step at rate {a[6]:g}, {_size(a)}") for a in tried],
            mistakes=mistakes,
        )  # fmt: skip
    against(
        answer.through_class(lambda made, *a: run(made, *a, name="W")),
        lambda *a: a[0],
        [Case(a, f"W after a step, {_size(a)}") for a in tried],
        mistakes={
            "W has moved; in LoRA it's frozen": lambda W, A, B, alpha, X, T, rate: (
                W - rate * ((forward(W, A, B, alpha, X) - T) / len(X)).T @ X
            )
        },
    )
    against(
        answer.through_class(lambda made, *a: run(made, *a)),
        lambda *a: loss(*a[:6]),
        [Case(a, f"the loss that a step returns, {_size(a)}") for a in tried],
        mistakes={
            "that is the loss after the step": lambda *a: loss(a[0], *stepped(*a), a[3], *a[4:6]),
            "the half is missing": lambda *a: 2 * loss(*a[:6]),
            "that is the sum; the loss is the mean over the rows": lambda *a: (
                loss(*a[:6]) * len(a[4])
            ),
            "that is the mean over all numbers; the squares of a row are added up": lambda *a: (
                loss(*a[:6]) / a[5].shape[1]
            ),
        },
    )


def _size(a: tuple) -> str:
    return f"rank {len(a[1])}, rows {len(a[4])}"


def part_5(answer: Answer) -> None:
    """The adapter that comes nearest to a given change."""

    def run(made: Callable, W: np.ndarray, W_new: np.ndarray, rank: int) -> object:
        layer = made.nearest(W, W_new, rank)
        return layer if layer is ... else [layer.A, layer.B, layer.merged()]

    random = np.random.default_rng(5)
    for outputs, inputs, rank in ((2, 2, 1), (5, 4, 2), (6, 8, 3), (9, 7, 1), (20, 30, 5)):
        W, W_new = random.normal(size=(2, outputs, inputs))
        got = answer.through_class(run).result(W.copy(), W_new.copy(), rank)
        if not isinstance(got, list | tuple):
            raise Diagnosis("nearest must return a LoRA layer.")
        as_array(got[0], (rank, inputs))
        as_array(got[1], (outputs, rank))
        merged = as_array(got[2], (outputs, inputs))
        if np.linalg.matrix_rank(merged - W, tol=1e-8) > rank:
            raise Diagnosis(f"The change of your layer has a rank above {rank}.")
        values = np.linalg.svd(W_new - W, compute_uv=False)
        best, off = np.sqrt((values[rank:] ** 2).sum()), np.linalg.norm(merged - W_new)
        if off > best * (1 + 1e-6) + 1e-9:
            direct = np.linalg.svd(W_new)
            wrong = (direct[0][:, :rank] * direct[1][:rank]) @ direct[2][:rank]
            why = "Keep the directions of the largest singular values of W_new - W."
            if np.allclose(merged, wrong) or np.allclose(merged, W + wrong):
                why = "That approximates W_new itself; the change W_new - W is what A and B hold."
            elif np.allclose(merged, W):
                why = "Its change is zero."
            elif np.allclose(merged, W - _best(W_new - W, rank)):
                why = "It goes the opposite way; the change is W_new - W, not W - W_new."
            elif outputs >= inputs and np.allclose(merged, W + _by_columns(W_new - W, rank)):
                why = "NumPy's svd returns the v_i as rows: take its first rows, not columns."
            elif _is_multiple(merged - W, W_new - W, rank):
                why = "Its directions are the right ones, but not its scale: mind alpha / r."
            raise Diagnosis(
                f"For a change of shape ({outputs}, {inputs}) and rank {rank}, your merged weight "
                f"is {off:.3f} away from W_new, and {best:.3f} is possible. {why}"
            )


def _best(wanted: np.ndarray, rank: int) -> np.ndarray:
    U, s, V = np.linalg.svd(wanted, full_matrices=False)
    return (U[:, :rank] * s[:rank]) @ V[:rank]


def _by_columns(wanted: np.ndarray, rank: int) -> np.ndarray:
    U, s, V = np.linalg.svd(wanted, full_matrices=False)
    return (U[:, :rank] * s[:rank]) @ V[:, :rank].T


def _is_multiple(change: np.ndarray, wanted: np.ndarray, rank: int) -> bool:
    """Whether the change is the best approximation of the wanted one times some number."""
    best = _best(wanted, rank)
    return np.allclose(change, best * (change * best).sum() / (best**2).sum())


PARTS = (part_1, part_2, part_3, part_4, part_5)
