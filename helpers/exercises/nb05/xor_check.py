"""How 05-xor is checked: a reference for each of its five parts, and networks to try it on.

Arrays: X (N, 2), y (N, 1) of 0 and 1, W1 (2, M), b1 (M), W2 (M, 1), b2 (1).
"""

from collections.abc import Callable

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.inputs import numbers
from helpers.exercises.plain import as_array

NETWORK = ["W1", "b1", "W2", "b2"]
DATA = [*NETWORK, "X", "y"]
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-z)) without overflow."""
    return 0.5 * (1 + np.tanh(z / 2))


def forward(W1, b1, W2, b2, X) -> np.ndarray:
    """Return the probabilities, shape (N, 1)."""
    return sigmoid(np.tanh(X @ W1 + b1) @ W2 + b2)


def gradients(W1, b1, W2, b2, X, y) -> list[np.ndarray]:
    """Return the gradients of the mean loss in W1, b1, W2 and b2."""
    H = np.tanh(X @ W1 + b1)
    d_S = (forward(W1, b1, W2, b2, X) - y) / len(X)
    d_Z = (d_S @ W2.T) * (1 - H**2)
    return [X.T @ d_Z, d_Z.sum(axis=0), H.T @ d_S, d_S.sum(axis=0)]


def loss(W1, b1, W2, b2, X, y) -> float:
    """Return the mean of -y ln p - (1 - y) ln(1 - p)."""
    p = forward(W1, b1, W2, b2, X)
    return float(np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p)))


def stepped(W1, b1, W2, b2, X, y, rate, steps) -> list[np.ndarray]:
    """Return the four weights after ``steps`` steps."""
    weights = [W1, b1, W2, b2]
    for _ in range(steps):
        weights = [w - rate * g for w, g in zip(weights, gradients(*weights, X, y), strict=True)]
    return weights


def cases(seed: int) -> list[tuple]:
    """Return networks and texts, the smallest first."""
    random = np.random.default_rng(seed)
    one = (np.array([[1.0], [-1.0]]), np.zeros(1), np.array([[2.0]]), np.zeros(1))
    found = [(*one, np.array([[1.0, 0.5]]), np.array([[1.0]]))]
    for n, m in ((2, 1), (4, 2), (3, 5), (4, 4), (7, 3), (1, 6), (5, 2), (6, 8), (9, 3), (4, 7)):
        y = (np.arange(n) * 3 % 2)[:, None] * 1.0
        W1, b1, W2 = (numbers(random, *shape) for shape in ((2, m), (m,), (m, 1)))
        found.append((W1, b1, W2, numbers(random, 1), numbers(random, n, 2), y))
    return found


def part_1(answer: Answer) -> None:
    """Forwards."""

    def score(W1, b1, W2, b2, X):
        return np.tanh(X @ W1 + b1) @ W2 + b2

    mistakes = {
        "these are the scores; the sigmoid at the end is missing": score,
        "the end is a tanh; a probability needs the sigmoid": lambda *a: np.tanh(score(*a)),
        "the hidden layer's tanh is missing, so the two layers are one": (
            lambda W1, b1, W2, b2, X: sigmoid((X @ W1 + b1) @ W2 + b2)
        ),
        "the hidden layer has a sigmoid; tanh is asked for": (
            lambda W1, b1, W2, b2, X: sigmoid(sigmoid(X @ W1 + b1) @ W2 + b2)
        ),
        "the hidden layer has a ReLU; tanh is asked for": (
            lambda W1, b1, W2, b2, X: sigmoid(np.maximum(X @ W1 + b1, 0) @ W2 + b2)
        ),
        "the first layer's bias b1 is missing": (
            lambda W1, b1, W2, b2, X: forward(W1, 0, W2, b2, X)
        ),
        "the last layer's bias b2 is missing": lambda W1, b1, W2, b2, X: forward(W1, b1, W2, 0, X),
        "that is the probability of class 0": lambda *a: 1 - forward(*a),
    }
    against(
        answer.through_class(lambda net, *a: net(*a[:4]).forward(a[4]), begun=False),
        forward, [case[:5] for case in cases(1)], DATA[:5], mistakes,
    )  # fmt: skip


def _two(result: object, place: int, names: str) -> object:
    if result is ...:
        return result
    if not isinstance(result, tuple | list) or len(result) != 2:
        kind = type(result).__name__
        raise Diagnosis(f"Your method returns one {kind}; two are asked for, {names}.")
    return result[place]


def _of(gradient: str) -> list[str]:
    return [f"{gradient} where {DATA[0]}", *DATA[1:]]


def part_2(answer: Answer) -> None:
    """The last layer's gradients."""

    def other(d_S: Callable, source: Callable = lambda W1, b1, X: np.tanh(X @ W1 + b1)) -> tuple:
        def weights(W1, b1, W2, b2, X, y):
            return source(W1, b1, X).T @ d_S(forward(W1, b1, W2, b2, X), y)

        return weights, lambda *a: d_S(forward(*a[:5]), a[5]).sum(axis=0)

    ways = {
        "the loss is a mean over the N texts; the division by N is missing": (
            other(lambda p, y: p - y)
        ),
        "the sign is reversed: p - y, not y - p": other(lambda p, y: (y - p) / len(y)),
        "the slope of the sigmoid is in it; for this loss it cancels, and p - y is left": (
            other(lambda p, y: (p - y) * p * (1 - p) / len(y))
        ),
        "what came into the last layer is H, the output of tanh, not X W1 + b1": (
            other(lambda p, y: (p - y) / len(y), lambda W1, b1, X: X @ W1 + b1)
        ),
        "that is p without the label": other(lambda p, y: p / len(y)),
    }
    names = "d_W2 and d_b2"
    for place in (0, 1):
        against(
            answer.through_class(lambda net, *a, i=place: _two(net(*a[:4]).last(*a[4:]), i, names)),
            lambda *a, i=place: gradients(*a)[2 + i], cases(2), _of(names.split(" and ")[place]),
            {words: way[place] for words, way in ways.items()},
        )  # fmt: skip


def part_3(answer: Answer) -> None:
    """The first layer's gradients."""

    def other(slope: Callable, scale: Callable = lambda W2, N: W2.T) -> tuple:
        def d_Z(W1, b1, W2, b2, X, y):
            d_S = (forward(W1, b1, W2, b2, X) - y) / len(X)
            return (d_S @ scale(W2, len(X))) * slope(X @ W1 + b1)

        return lambda *a: a[4].T @ d_Z(*a), lambda *a: d_Z(*a).sum(axis=0)

    ways = {
        "the slope of tanh, 1 - H², is missing": other(np.ones_like),
        "tanh stands where its slope, 1 - H², belongs": other(np.tanh),
        "the slope 1 - H² is evaluated at Z; H is the output of tanh": other(lambda z: 1 - z**2),
        "that is 1 - H; the slope of tanh is 1 - H²": other(lambda z: 1 - np.tanh(z)),
        "H (1 - H) is the slope of a sigmoid; of tanh it is 1 - H²": (
            other(lambda z: np.tanh(z) * (1 - np.tanh(z)))
        ),
        "the division by N is missing": (
            other(lambda z: 1 - np.tanh(z) ** 2, lambda W2, N: W2.T * N)
        ),
        "the division by N is there twice": (
            other(lambda z: 1 - np.tanh(z) ** 2, lambda W2, N: W2.T / N)
        ),
        "the way back through the last layer, W2.T, is missing": (
            other(lambda z: 1 - np.tanh(z) ** 2, lambda W2, N: np.ones_like(W2.T))
        ),
        "the sign is reversed": other(lambda z: np.tanh(z) ** 2 - 1),
    }
    names = "d_W1 and d_b1"
    for place in (0, 1):
        against(
            answer.through_class(
                lambda net, *a, i=place: _two(net(*a[:4]).first(*a[4:]), i, names)
            ),
            lambda *a, i=place: gradients(*a)[i], cases(3), _of(names.split(" and ")[place]),
            {words: way[place] for words, way in ways.items()},
        )  # fmt: skip


def part_4(answer: Answer) -> None:
    """Each weight after one step, and the losses that a first and a third step return."""

    def run(net: Callable, steps: int, *a: object) -> object:
        made = net(*(w.copy() for w in a[:4]))  # a step may move them in place
        said = [made.step(*a[4:]) for _ in range(steps)]
        return ... if said[0] is ... else (made, said)

    def weight(net: Callable, *a: object, name: str = "") -> object:
        ended = run(net, 1, *a)
        return ended if ended is ... else getattr(ended[0], name)

    def last_loss(net: Callable, *a: object, steps: int = 1) -> object:
        ended = run(net, steps, *a)
        return ended if ended is ... else ended[1][-1]

    def after(order: tuple, *a: object) -> list[np.ndarray]:
        weights, (X, y, rate) = list(a[:4]), a[4:]
        for group in order:  # one has moved when the next asks for its gradient
            found = gradients(*weights, X, y)
            for i in group:
                weights[i] = weights[i] - rate * found[i]
        return weights

    tried = [(*case, rate) for case, rate in zip(cases(4), [1.0, 0.5, 0.25] * 4, strict=False)]
    for i, name in ((2, "W2"), (3, "b2"), (0, "W1"), (1, "b1")):
        mistakes = {
            "it went uphill; a step goes against the gradient": (
                lambda *a, i=i: stepped(*a[:6], -a[6], 1)[i]
            ),
            "it has not moved": lambda *a, i=i: a[i],
            "it has moved as if the rate were 1": lambda *a, i=i: stepped(*a[:6], 1.0, 1)[i],
            "the other layer had moved already when this gradient was computed; compute all four "
            "first": tuple(
                lambda *a, i=i, order=order: after(order, *a)[i]
                for order in (((2, 3), (0, 1)), ((0, 1), (2, 3)), ((2,), (3,), (0,), (1,)))
            ),
        }
        shown = [Case(a, f"{name} after a step at rate {a[6]:g}, {_size(a)}") for a in tried]
        against(
            answer.through_class(lambda net, *a, n=name: weight(net, *a, name=n)),
            lambda *a, i=i: stepped(*a, steps=1)[i], shown, mistakes=mistakes,
        )  # fmt: skip
    for steps, which in ((1, "a first"), (3, "a third")):
        against(
            answer.through_class(lambda net, *a, k=steps: last_loss(net, *a, steps=k)),
            lambda *a, k=steps - 1: loss(*stepped(*a, steps=k), *a[4:6]),
            [Case(a, f"the loss that {which} step returns, {_size(a)}") for a in tried],
            mistakes={
                "that is the loss after the step": (
                    lambda *a, k=steps: loss(*stepped(*a, steps=k), *a[4:6])
                ),
                "that is the sum; the loss is the mean": lambda *a: loss(*a[:6]) * len(a[4]),
                "only the texts of class 1 are in it": (
                    lambda *a: np.mean(-a[5] * np.log(forward(*a[:5])))
                ),
                "the minus sign is missing": lambda *a: -loss(*a[:6]),
            },
        )  # fmt: skip


def _size(a: tuple) -> str:
    return f"hidden units {len(a[1])}, texts {len(a[4])}"


def part_5(answer: Answer) -> None:
    """Trained from weights of the learner's own: XOR, its opposite, and two simpler questions."""

    def run(net: Callable, X: np.ndarray, y: np.ndarray) -> object:
        made = net.solved(X, y)
        return made if made is ... else [getattr(made, name) for name in NETWORK]

    questions = {"XOR": [0, 1, 1, 0], "the opposite of XOR": [1, 0, 0, 1], "AND": [0, 0, 0, 1]}
    before: dict[str, np.ndarray] = {}  # question -> what was given for each corner
    for place, (name, labels) in enumerate(questions.items()):
        order = np.random.default_rng(place).permutation(4)
        X, y = CORNERS[order], np.array(labels, float)[order][:, None]
        got = answer.through_class(run).result(X, y)
        if not isinstance(got, list | tuple):
            raise Diagnosis("solved must return a network.")
        weights = [as_array(w) for w in got]
        if not any(w.any() for w in weights):
            raise Diagnosis("All weights are zero: a network with nothing to tell units apart.")
        p = as_array(forward(*weights, X), (4, 1))
        by_corner = p[np.argsort(order), 0]
        if np.abs(p - y).max() > 0.1:
            same = next((n for n, q in before.items() if np.allclose(q, by_corner)), None)
            units = np.vstack([weights[0], weights[1].reshape(1, -1)])
            if same:
                why = f"Those are its numbers for {same} as well; train on the y that it is given."
            elif units.shape[1] > 1 and np.ptp(units, axis=1).max() < 1e-9:
                why = (
                    "All hidden units have the same weights, so they are one unit; draw the "
                    "initial weights at random."
                )
            else:
                why = (
                    "Train longer, try another rate, draw the initial weights larger, or use more "
                    "units."
                )
            said = ", ".join(f"{x.tolist()} {q:.2f}" for x, q in zip(X, p[:, 0], strict=True))
            raise Diagnosis(
                f"For {name} your trained network gives {said}; each must be within 0.1 of its "
                f"label. {why}"
            )
        before[name] = by_corner


PARTS = (part_1, part_2, part_3, part_4, part_5)
