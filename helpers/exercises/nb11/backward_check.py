"""How 11-backward is checked: a reference for each of its five parts.

Arrays: Q (n, d), K (m, d), V (m, v), visible (n, m) of booleans with a True in each row, and the
loss's gradient G in the mixtures, (n, v).
"""

from collections.abc import Callable

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.inputs import numbers

GIVEN = ["Q", "K", "V", "visible"]


def weights(Q, K, V, visible) -> np.ndarray:
    """Return the weights, shape (n, m)."""
    scores = np.where(visible, Q @ K.T / np.sqrt(Q.shape[1]), -np.inf)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def d_scores(Q, K, V, visible, G) -> np.ndarray:
    """Return the gradient in the scores after the division by the root of d, shape (n, m)."""
    A, d_A = weights(Q, K, V, visible), G @ V.T
    return A * (d_A - (A * d_A).sum(axis=1, keepdims=True))


def d_queries(Q, K, V, visible, G) -> np.ndarray:
    """Return the gradient in Q."""
    return d_scores(Q, K, V, visible, G) @ K / np.sqrt(Q.shape[1])


def d_keys(Q, K, V, visible, G) -> np.ndarray:
    """Return the gradient in K."""
    return d_scores(Q, K, V, visible, G).T @ Q / np.sqrt(Q.shape[1])


def d_text(X, W_Q, W_K, W_V, visible, G, paths: str = "QKV") -> np.ndarray:
    """Return the gradient in X, where Q, K and V are maps of it, along some of the three paths."""
    four = X @ W_Q, X @ W_K, X @ W_V, visible
    found = {
        "Q": lambda: d_queries(*four, G) @ W_Q.T,
        "K": lambda: d_keys(*four, G) @ W_K.T,
        "V": lambda: weights(*four).T @ G @ W_V.T,
    }
    return sum(found[path]() for path in paths)


def _seen(random: np.random.Generator, n: int, m: int) -> np.ndarray:
    seen = random.random((n, m)) < 0.7
    seen[np.arange(n), random.integers(m, size=n)] = True
    return seen


def cases(seed: int) -> list[tuple]:
    """Return queries, keys, values, masks and gradients, the smallest first."""
    random = np.random.default_rng(seed)
    one = np.array([[1.0, 0.5]]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[2.0], [4.0]])
    found = [(*one, np.ones((1, 2), bool), np.array([[1.0]]))]
    sizes = ((2, 2, 4, 1), (2, 3, 2, 2), (3, 3, 5, 4), (1, 4, 3, 2), (4, 2, 2, 3), (3, 5, 4, 5))
    for n, m, d, v in (*sizes, (5, 4, 3, 1), (2, 6, 8, 3), (6, 6, 2, 2), (4, 3, 6, 4)):
        made = (numbers(random, *shape) for shape in ((n, d), (m, d), (m, v)))
        found.append((*made, _seen(random, n, m), numbers(random, n, v)))
    return found


def texts(seed: int) -> list[tuple]:
    """Return texts with three maps each, masks and gradients."""
    random = np.random.default_rng(seed)
    found = []
    for n, d, h in ((1, 2, 2), (2, 2, 2), (3, 2, 4), (2, 4, 3), (4, 3, 2), (5, 2, 3), (3, 5, 4)):
        made = (numbers(random, *shape) for shape in ((n, d), (d, h), (d, h), (d, h)))
        found.append((*made, np.tri(n, dtype=bool), numbers(random, n, h)))
    return found


def _begun(answer: Answer) -> Answer:
    """Return the answer after its first part: from now on `...` is a part not written yet."""
    answer.using(lambda own: own(*cases(1)[0][:4]).forward())
    return answer


def _pair(result: object, place: int, names: str) -> object:
    if result is ...:
        return result
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Diagnosis(f"two are asked for, {names}, with a comma between them.")
    return result[place]


def _called(own: Callable, inputs: tuple, part: str, G: np.ndarray) -> object:
    """Return what a part gives on a new object, on which nothing was called before."""
    made = own(*inputs)
    try:
        return getattr(made, part)(G)
    except AttributeError as error:
        if error.obj is not made or error.name == part:
            raise
        raise Diagnosis(
            f"`{part}` reads self.{error.name}, which isn't there. A part is checked on a new "
            "object: call self.forward() in it for what it needs."
        ) from None


def part_1(answer: Answer) -> None:
    """Forwards: weights, then mixtures."""

    def unmasked(Q, K, V, visible) -> np.ndarray:
        return weights(Q, K, V, np.ones_like(visible))

    def undivided(Q, K, V, visible) -> np.ndarray:
        return weights(Q * np.sqrt(Q.shape[1]), K, V, visible)

    def after(Q, K, V, visible) -> np.ndarray:
        return unmasked(Q, K, V, visible) * visible

    def zeros(Q, K, V, visible) -> np.ndarray:
        raw = np.exp(Q @ K.T / np.sqrt(Q.shape[1]) * visible)
        return raw / raw.sum(axis=1, keepdims=True)

    def columns(Q, K, V, visible, of_rows=True) -> np.ndarray:
        raw = weights(Q, K, V, visible)  # each row up to a factor
        raw = raw / raw.max(axis=1, keepdims=True)
        if not of_rows:
            raw = np.exp(Q @ K.T / np.sqrt(Q.shape[1])) * visible
        return raw / raw.sum(axis=0, keepdims=True)

    ways = {
        "the mask is missing": unmasked,
        "the scores are not divided by the root of d": undivided,
        "the scores are divided by d, not by its root": (
            lambda Q, K, V, seen: weights(Q / np.sqrt(Q.shape[1]), K, V, seen)
        ),
        "the mask came after softmax, so the weights no longer sum to 1": after,
        "hidden scores are 0, and exp(0) is 1; make them very low": zeros,
        "softmax runs down the columns; each row, a query, sums to 1": (
            columns,
            lambda *a: columns(*a, of_rows=False),
        ),
    }
    names = "the weights and the mixtures"
    references = (weights, lambda *a: weights(*a) @ a[2])
    for place, reference in enumerate(references):
        mistakes = {
            words: tuple(
                one if place == 0 else (lambda *a, one=one: one(*a) @ a[2])
                for one in (way if isinstance(way, tuple) else (way,))
            )
            for words, way in ways.items()
        }
        mistakes["the weights come first, then the mixtures"] = references[1 - place]
        against(
            answer.through(lambda own, *a, i=place: _pair(own(*a).forward(), i, names)),
            reference, [case[:4] for case in cases(1)], GIVEN, mistakes,
        )  # fmt: skip


def part_2(answer: Answer) -> None:
    """The gradient in the values."""
    mistakes = {
        "the weights must be transposed: a value gathers from all queries that looked at it": (
            lambda Q, K, V, seen, G: weights(Q, K, V, seen) @ G
        ),
        "all values get the same; each counts as much as it was looked at": (
            lambda Q, K, V, seen, G: np.repeat(G.sum(axis=0)[None], len(V), axis=0)
        ),
        "the mask is missing": (
            lambda Q, K, V, seen, G: weights(Q, K, V, np.ones_like(seen)).T @ G
        ),
        "the values themselves don't occur in this gradient": (
            lambda Q, K, V, seen, G: weights(Q, K, V, seen).T @ G * V
        ),
    }
    against(
        _begun(answer).through(lambda own, *a: _called(own, a[:4], "d_values", a[4])),
        lambda *a: weights(*a[:4]).T @ a[4], cases(2), [*GIVEN, "G"], mistakes,
    )  # fmt: skip


def part_3(answer: Answer) -> None:
    """The gradient in the scores, through softmax."""

    def other(change: Callable) -> Callable:
        def way(Q, K, V, visible, G) -> np.ndarray:
            return change(weights(Q, K, V, visible), G @ V.T)

        return way

    mistakes = {
        "that is the gradient in the weights; softmax is still to come": other(lambda A, d: d),
        "only the diagonal of softmax's Jacobian is in it; a higher score takes from the others, "
        "too": other(lambda A, d: A * (1 - A) * d),
        "the second term of softmax's Jacobian is missing": other(lambda A, d: A * d),
        "the sum of a row needs the weights: it is the mean of d_A under them": (
            other(lambda A, d: A * (d - d.sum(axis=1, keepdims=True)))
        ),
        "that takes the plain mean of a row; the weights' own mean is meant": (
            other(lambda A, d: A * (d - d.mean(axis=1, keepdims=True)))
        ),
        "the sum runs down the columns; softmax works along rows": (
            other(lambda A, d: A * (d - (A * d).sum(axis=0, keepdims=True)))
        ),
        "the sum runs over the whole table; each row is a softmax of its own": (
            other(lambda A, d: A * (d - (A * d).sum()))
        ),
        "the sign is reversed": other(lambda A, d: A * ((A * d).sum(axis=1, keepdims=True) - d)),
        "the factor A in front is missing": other(
            lambda A, d: d - (A * d).sum(axis=1, keepdims=True)
        ),
        "S is what comes after the division by the root of d; that root belongs to part 4": (
            lambda *a: d_scores(*a) / np.sqrt(a[0].shape[1])
        ),
    }
    against(
        _begun(answer).through(lambda own, *a: _called(own, a[:4], "d_scores", a[4])),
        d_scores, cases(3), [*GIVEN, "G"], mistakes,
    )  # fmt: skip


def part_4(answer: Answer) -> None:
    """The gradients in queries and keys."""
    root = {
        "the division by the root of d is missing": 1,
        "the division by the root of d is there twice": -1,
    }
    for place, (name, reference) in enumerate({"d_Q": d_queries, "d_K": d_keys}.items()):
        mistakes = {
            words: lambda *a, r=reference, p=power: r(*a) * a[0].shape[1] ** (p / 2)
            for words, power in root.items()
        }
        mistakes["the two are swapped"] = (d_keys, d_queries)[place]
        mistakes["d_S must be transposed: a key gathers from all queries"] = (
            lambda *a: (d_queries(*a), d_scores(*a) @ a[0])[0],  # stops unless n = m
            lambda *a: d_scores(*a) @ a[0] / np.sqrt(a[0].shape[1]),
        )[place]
        against(
            _begun(answer).through(
                lambda own, *a, i=place: _pair(
                    _called(own, a[:4], "d_queries_keys", a[4]), i, "d_Q and d_K"
                )
            ),
            reference, cases(4), _of(name), mistakes,
        )  # fmt: skip


def _of(name: str) -> list[str]:
    return [f"{name} of Q", *GIVEN[1:], "G"]


def part_5(answer: Answer) -> None:
    """Self-attention: the gradient in the words' vectors, along three paths."""

    def untransposed(X, W_Q, W_K, W_V, visible, G) -> np.ndarray:
        four = X @ W_Q, X @ W_K, X @ W_V, visible
        d_V = weights(*four).T @ G
        return d_queries(*four, G) @ W_Q + d_keys(*four, G) @ W_K + d_V @ W_V

    mistakes = {
        f"the path through the {said} is missing; X is in all three": (
            lambda *a, kept=kept: d_text(*a, paths=kept)
        )
        for said, kept in (("queries", "KV"), ("keys", "QV"), ("values", "QK"))
    }
    mistakes |= {
        f"only the path through the {said} is in it; X is in queries, keys and values": (
            lambda *a, kept=kept: d_text(*a, paths=kept)
        )
        for said, kept in (("queries", "Q"), ("keys", "K"), ("values", "V"))
    }
    mistakes |= {
        "that is the mean of the three paths; they add up": lambda *a: d_text(*a) / 3,
        "the mask is not passed on": lambda *a: d_text(*a[:4], np.ones_like(a[4]), a[5]),
        "on the way back each map is transposed, as in notebook 05": untransposed,
    }
    against(
        _begun(answer).through(lambda own, *a: own.d_text(*a)),
        d_text, texts(5), ["X", "W_Q", "W_K", "W_V", "visible", "G"], mistakes,
    )  # fmt: skip


PARTS = (part_1, part_2, part_3, part_4, part_5)
