"""How 04-classifier is checked: a reference for each part, and data to try it on.

The last part trains on newsroom: each text the average of its words' GloVe vectors, less the
training part's mean, as in notebook 04.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.optimize import minimize

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.inputs import numbers
from helpers.exercises.plain import as_array
from helpers.scratch.functions import cross_entropy, cross_entropy_gradient, log_softmax, softmax
from helpers.sources import corpora, published_vectors
from helpers.text.preprocess import simple_tokens

ACCURACY, WITHIN, PENALTY = 0.97, 0.02, 0.01  # what `fit` must reach on newsroom
NAMES = ["W", "b", "penalty", "X", "labels"]
Data = tuple[np.ndarray, np.ndarray]


def loss(W: np.ndarray, b: np.ndarray, penalty: float, X: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cross-entropy plus half the penalty times the squares of W."""
    return cross_entropy(X @ W + b, labels) + penalty / 2 * float(np.sum(W**2))


def gradients(
    W: np.ndarray, b: np.ndarray, penalty: float, X: np.ndarray, labels: np.ndarray
) -> Data:
    """Return the derivatives of :func:`loss` in W and in b."""
    G = cross_entropy_gradient(X @ W + b, labels)
    return X.T @ G + penalty * W, G.sum(axis=0)


def fitted(X: np.ndarray, labels: np.ndarray, classes: int, steps: int = 300) -> Data:
    """Return W and b after gradient descent at the rate 1, as notebook 04 trains them."""
    W, b = np.zeros((X.shape[1], classes)), np.zeros(classes)
    for _ in range(steps):
        dW, db = gradients(W, b, 0.0, X, labels)
        W, b = W - dW, b - db
    return W, b


def lowest(X: np.ndarray, labels: np.ndarray, classes: int, penalty: float) -> float:
    """Return the lowest loss that any W and b have; the loss is convex, so there is only one."""
    shape = (X.shape[1], classes)
    cut = X.shape[1] * classes

    def both(flat: np.ndarray) -> tuple[float, np.ndarray]:
        given = flat[:cut].reshape(shape), flat[cut:], penalty, X, labels
        dW, db = gradients(*given)
        return loss(*given), np.concatenate([dW.ravel(), db])

    return float(minimize(both, np.zeros(cut + classes), jac=True, method="L-BFGS-B").fun)


@cache
def newsroom() -> tuple[Data, Data]:
    """Return the training and the validation part: averages (texts, 50) and labels (texts,)."""
    corpus, vectors = corpora.load("newsroom"), published_vectors.load("glove-6b-50d")

    def average(text: str) -> np.ndarray:
        known = [vectors.index(word) for word in simple_tokens(text) if word in vectors]
        return vectors.matrix[known].mean(axis=0, dtype=np.float64)

    parts = (corpus.train, corpus.validation)
    rows = [np.array([average(text) for text in part.texts]) for part in parts]
    centre = rows[0].mean(axis=0)
    train, validation = (
        (x - centre, np.array(part.labels)) for x, part in zip(rows, parts, strict=True)
    )
    return train, validation


@cache
def cases() -> list[tuple]:
    """Return (W, b, penalty, X, labels), the smallest first, the last with scores of thousands."""
    random = np.random.default_rng(405)
    first = np.array([[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]]), np.array([0.0, 0.5, -0.5]), 0.5
    made = [(*first, np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([2, 0]))]
    shapes = ((2, 2, 1), (3, 3, 4), (5, 2, 3), (4, 6, 9), (20, 4, 12), (50, 3, 30))
    for dimensions, classes, texts in shapes:
        for penalty in (0.125, 0.0, 2.0):
            W, b = numbers(random, dimensions, classes), numbers(random, classes)
            X = numbers(random, texts, dimensions)
            made.append((W, b, penalty, X, random.integers(0, classes, texts)))
    W, b, penalty, X, labels = made[5]
    return [*made, (W * 1024, b, penalty / 1024**2, X * 4, labels)]


def _small() -> list[tuple]:
    return cases()[:-1]


def _put(make: Callable, W: np.ndarray, b: np.ndarray, penalty: float) -> object:
    own = make(*W.shape, penalty)
    own.W, own.b = np.array(W), np.array(b)
    return own


def _begun(answer: Answer) -> Answer:
    """Return the answer once it has given a loss, so that `...` is a part left out."""
    W, b, penalty, X, labels = cases()[0]
    answer.using(lambda make: _put(make, W, b, penalty).loss(X, labels), (X,))
    return answer


def part_1(answer: Answer) -> None:
    """The loss."""

    def other(of: Callable) -> Callable:
        def mistake(W, b, penalty, X, labels):
            ce = cross_entropy(X @ W + b, labels)
            return of(ce, W, b, penalty, len(labels))

        return mistake

    def unsafe(W, b, penalty, X, labels):
        powers = np.exp(X @ W + b)
        p = powers / powers.sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(len(X)), labels]).mean() + penalty / 2 * np.sum(W**2)

    squares = np.sum
    mistakes = {
        "the penalty is missing": other(lambda ce, W, b, c, n: ce),
        "the penalty is not halved": other(lambda ce, W, b, c, n: ce + c * squares(W**2)),
        "b is penalised too; only W should be": other(
            lambda ce, W, b, c, n: ce + c / 2 * (squares(W**2) + squares(b**2))
        ),
        "the penalty takes W, not its square": other(lambda ce, W, b, c, n: ce + c / 2 * W.sum()),
        "the penalty takes the mean of the squares instead of their sum": other(
            lambda ce, W, b, c, n: ce + c / 2 * np.mean(W**2)
        ),
        "the cross-entropy is a sum over the texts; take its mean": other(
            lambda ce, W, b, c, n: n * ce + c / 2 * squares(W**2)
        ),
        "the penalty is divided by the number of texts": other(
            lambda ce, W, b, c, n: ce + c / 2 * squares(W**2) / n
        ),
        "the minus sign is missing": other(lambda ce, W, b, c, n: -ce + c / 2 * squares(W**2)),
        "the logarithm has the base 2": other(
            lambda ce, W, b, c, n: ce / np.log(2) + c / 2 * squares(W**2)
        ),
        "that is the entropy of the prediction; the labels have no effect": (
            lambda W, b, c, X, y: (
                -np.mean(np.sum(softmax(X @ W + b) * log_softmax(X @ W + b), axis=1))
                + c / 2 * squares(W**2)
            )
        ),
    }
    through = answer.through(lambda make, W, b, c, X, y: _put(make, W, b, c).loss(X, y))
    against(through, loss, _small(), NAMES, mistakes)
    try:
        against(through, loss, cases()[-1:], NAMES, {
            "exp overflows, or ln meets a 0; take logarithms on paper, as log_softmax does": unsafe,
        })  # fmt: skip
    except Diagnosis as found:
        raise Diagnosis(f"Right for small scores. {found}") from None


def _pair(own: object, X: np.ndarray, labels: np.ndarray, place: int) -> object:
    found = own.gradients(X, labels)
    if found is ... or found is None:
        return found
    if isinstance(found, tuple | list) and len(found) == 2:
        return found[place]
    raise Diagnosis(
        f"gradients returns one {type(found).__name__} where two arrays are asked for: the "
        "derivative in W, and the derivative in b."
    )


def part_2(answer: Answer) -> None:
    """The gradients."""

    def in_w(of: Callable) -> Callable:
        def mistake(W, b, penalty, X, labels):
            dW = X.T @ cross_entropy_gradient(X @ W + b, labels)
            return of(dW, penalty * W, len(labels))

        return mistake

    for_w = {
        "the penalty's part, penalty * W, is missing": in_w(lambda dW, cW, n: dW),
        "the penalty's part is doubled; (c / 2) W² has the derivative c W": in_w(
            lambda dW, cW, n: dW + 2 * cW
        ),
        "the penalty's part is halved; (c / 2) W² has the derivative c W": in_w(
            lambda dW, cW, n: dW + cW / 2
        ),
        "the sum over the texts is not divided by N": in_w(lambda dW, cW, n: n * dW + cW),
        "the penalty's part is divided by N; it doesn't depend on the texts": in_w(
            lambda dW, cW, n: dW + cW / n
        ),
        "the sign is reversed: it should be p - y": in_w(lambda dW, cW, n: -dW + cW),
        "the sign of the whole is reversed": in_w(lambda dW, cW, n: -dW - cW),
    }

    def in_b(of: Callable) -> Callable:
        return lambda W, b, c, X, y: of(gradients(W, b, c, X, y)[1], c * b, len(y))

    for_b = {
        "the sum over the texts is not divided by N": in_b(lambda db, cb, n: n * db),
        "G is divided by N already, so b's gradient is its sum over the texts, not its mean": in_b(
            lambda db, cb, n: db / n
        ),
        "b is penalised too; only W should be": in_b(lambda db, cb, n: db + cb),
        "the sign is reversed: it should be p - y": in_b(lambda db, cb, n: -db),
    }
    for place, mistakes, what in ((0, for_w, "W"), (1, for_b, "b")):
        through = _begun(answer).through(
            lambda make, W, b, c, X, y, place=place: _pair(_put(make, W, b, c), X, y, place)
        )
        try:
            against(
                through,
                lambda *given, place=place: gradients(*given)[place],
                _small(),
                NAMES,
                mistakes,
            )
        except Diagnosis as found:
            raise Diagnosis(f"The gradient in {what}. {found}") from None


def part_3(answer: Answer) -> None:
    """A step."""

    def moved(W, b, penalty, X, labels, rate):
        dW, db = gradients(W, b, penalty, X, labels)
        return W - rate * dW, b - rate * db

    def one_after_the_other(W, b, penalty, X, labels, rate):
        W = W - rate * gradients(W, b, penalty, X, labels)[0]
        return W, b - rate * gradients(W, b, penalty, X, labels)[1]

    def other(change: Callable) -> Callable:
        return lambda W, b, c, X, y, rate: change(W, b, *gradients(W, b, c, X, y), rate)

    ways = {
        "step changes nothing; it should move self.W and self.b": other(
            lambda W, b, dW, db, rate: (W, b)
        ),
        "the step goes up the loss; move against the gradient": other(
            lambda W, b, dW, db, rate: (W + rate * dW, b + rate * db)
        ),
        "the rate has no effect": other(lambda W, b, dW, db, rate: (W - dW, b - db)),
        "it holds the step alone; take it away from what was there": other(
            lambda W, b, dW, db, rate: (-rate * dW, -rate * db)
        ),
        "W moved before b's gradient was taken; take both gradients first": one_after_the_other,
    }
    steps = [(*case, (0.5, 0.125, 2.0)[i % 3]) for i, case in enumerate(_small())]
    for place, what in ((0, "W"), (1, "b")):

        def after(make, W, b, c, X, y, rate, what=what):
            own = _put(make, W, b, c)
            own.step(X, y, rate)
            return getattr(own, what)

        mistakes = {
            words: lambda *given, way=way, place=place: way(*given)[place]
            for words, way in ways.items()
        }
        try:
            against(
                _begun(answer).through(after),
                lambda *given, place=place: moved(*given)[place],
                steps, [*NAMES, "rate"], mistakes,
            )  # fmt: skip
        except Diagnosis as found:
            raise Diagnosis(f"{what} after one step. {found}") from None


@cache
def trials() -> list[tuple[str, Data, float]]:
    """Return what ``fit`` is tried on: a name, the training data and the penalty."""
    random = np.random.default_rng(406)
    centres = numbers(random, 4, 6)
    labels = random.integers(0, 4, 240)
    clouds = (centres[labels] + numbers(random, 240, 6)) / 2
    return [
        ("four overlapping clouds", (clouds, labels), 0.125),
        ("newsroom", newsroom()[0], PENALTY),
    ]


def part_4(answer: Answer) -> None:
    """Training, and what it leads to."""

    def named(of: Callable) -> Callable:
        return lambda W, b, c, X, y: of(W, b, X)

    mistakes = {
        "that is the class with the lowest score": named(
            lambda W, b, X: (X @ W + b).argmin(axis=1)
        ),
        "b has no effect": named(lambda W, b, X: (X @ W).argmax(axis=1)),
        "that is the largest probability; its place is asked for": named(
            lambda W, b, X: softmax(X @ W + b).max(axis=1)
        ),
    }
    try:
        against(
            _begun(answer).through(lambda make, W, b, c, X, y: _put(make, W, b, c).predict(X)),
            named(lambda W, b, X: (X @ W + b).argmax(axis=1) * 1.0), _small(), NAMES, mistakes,
        )  # fmt: skip
    except Diagnosis as found:
        raise Diagnosis(f"predict. {found}") from None
    for name, (X, labels), penalty in trials():
        _fit(answer, name, X, labels, penalty)


def _fit(answer: Answer, name: str, X: np.ndarray, labels: np.ndarray, penalty: float) -> None:
    classes = int(labels.max()) + 1

    def train(make: Callable, X: np.ndarray, labels: np.ndarray, held_out: np.ndarray) -> tuple:
        own = make(X.shape[1], classes, penalty)
        own.fit(X, labels)
        return own.W, own.b, own.predict(held_out)

    held_out, truth = newsroom()[1] if name == "newsroom" else (X, labels)
    W, b, predicted = answer.through(train).result(X, labels, held_out)
    try:
        W, b = as_array(W, (X.shape[1], classes)), as_array(b, (classes,))
        predicted = as_array(predicted, truth.shape)
    except Diagnosis as found:
        raise Diagnosis(
            f"After fit on {name}: {found} If a number is nan or infinite, the rate is too large."
        ) from None
    if not W.any():
        raise Diagnosis(f"fit leaves W as it was, all zeros ({name}); call step in a loop.")
    reached, best = loss(W, b, penalty, X, labels), lowest(X, labels, classes, penalty)
    if not np.isfinite(reached):
        raise Diagnosis(f"After fit on {name} the loss is {reached}: the rate is too large.")
    if reached > best + WITHIN:
        raise Diagnosis(
            f"After fit on {name} the loss is {reached:.3f}. The lowest possible is {best:.3f}, "
            f"and it should be within {WITHIN}. Take more steps, or a larger rate; if the loss "
            "jumps up and down, a smaller one."
        )
    share = float(np.mean(predicted == truth))
    if name == "newsroom" and share < ACCURACY:
        raise Diagnosis(
            f"The loss is as low as it should be, but predict names the right class for only "
            f"{share:.0%} of newsroom's validation texts; {ACCURACY:.0%} are asked for."
        )
