"""The backward pass of a layer with a residual connection."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.exercise import Exercise, Right, Wrong

RANDOM = np.random.default_rng(51)
X = RANDOM.normal(size=(3, 4))
W = RANDOM.normal(size=(4, 4))
G = RANDOM.normal(size=(3, 4))


def _residual(x: np.ndarray, w: np.ndarray, g: np.ndarray) -> np.ndarray:
    return g + (g * (x @ w > 0)) @ w.T


def _residual_shape(answer: Answer) -> None:
    answer.array(X, W, G, shape=X.shape)


def _residual_cases() -> Iterator[tuple]:
    yield np.array([[2.0]]), np.array([[3.0]]), np.array([[1.0]])
    yield np.array([[-2.0]]), np.array([[3.0]]), np.array([[5.0]])
    yield np.array([[1.0, 2.0]]), np.array([[2.0, -1.0], [1.0, -3.0]]), np.array([[3.0, 4.0]])
    random, made = np.random.default_rng(51), 0
    while made < 10:  # no score near 0, where the slope is a matter of taste
        texts, d = ((1, 3), (2, 2), (3, 2), (4, 4), (2, 5))[made % 5]
        x, g = random.normal(size=(2, texts, d)).round(1)
        w = random.normal(size=(d, d)).round(1)
        if np.abs(x @ w).min() > 0.01:
            made += 1
            yield x, w, g


def _residual_values(answer: Answer) -> None:
    def slope(x: np.ndarray, w: np.ndarray) -> np.ndarray:
        return (x @ w > 0).astype(float)

    mistakes = {
        "that is the way through the layer alone; x also reaches the output directly": (
            lambda x, w, g: (g * slope(x, w)) @ w.T
        ),
        "that is the direct way alone; x also acts through the layer": lambda x, w, g: g,
        "the activation's slope is missing on the way through the layer": (
            lambda x, w, g: g + g @ w.T
        ),
        "the weights must be transposed on the way back": lambda x, w, g: g + (g * slope(x, w)) @ w,
        "the slope belongs to the layer's way alone, not to the direct one": (
            lambda x, w, g: g * slope(x, w) + (g * slope(x, w)) @ w.T
        ),
        "W.T belongs to the layer's way alone, not to the direct one": (
            lambda x, w, g: (g + g * slope(x, w)) @ w.T
        ),
        "the two ways are added, not multiplied": lambda x, w, g: g * ((g * slope(x, w)) @ w.T),
        "the two ways are added; here one is taken away from the other": (
            lambda x, w, g: g - (g * slope(x, w)) @ w.T
        ),
        "on the way back the slope comes first and then W.T": (
            lambda x, w, g: g + (g @ w.T) * slope(x, w)
        ),
        "the slope is taken at the ReLU's input, X W and not at X": (
            lambda x, w, g: g + (g * (x > 0)) @ w.T
        ),
        "the slope is taken at the ReLU's input, X W and not at the output Y": (
            lambda x, w, g: g + (g * (x + np.maximum(x @ w, 0) > 0)) @ w.T
        ),
        "the slope is taken at the ReLU's input, X W; W is not transposed there": (
            lambda x, w, g: g + (g * (x @ w.T > 0)) @ w.T
        ),
        "that multiplies by the ReLU's output; its slope is 0 or 1": (
            lambda x, w, g: g + (g * np.maximum(x @ w, 0)) @ w.T
        ),
        "below 0 the ReLU is flat: its slope there is 0": (
            lambda x, w, g: g + (g * np.sign(x @ w)) @ w.T
        ),
        "that cuts the gradient off at 0; the ReLU's slope depends on X W, not on the gradient": (
            lambda x, w, g: g + np.maximum(g @ w.T, 0)
        ),
        "nothing is averaged here: each text keeps its own gradient": (
            lambda x, w, g: _residual(x, w, g) / len(x)
        ),
        "that is the forward pass, Y": lambda x, w, g: x + np.maximum(x @ w, 0),
    }
    against(answer, _residual, _residual_cases(), ["X", "W", "G"], mistakes)


def _residual_real(answer: Answer) -> None:
    """Twenty such layers with small weights: the gradient arrives whole at the first."""
    w, g = np.full((4, 4), 1e-4), np.ones((2, 4))
    for _ in range(20):
        g = answer.array(np.ones((2, 4)), w, g, shape=(2, 4))
    expect(g, np.full((2, 4), (1 + 4e-4) ** 20), "Through twenty layers with tiny weights")


RESIDUAL = Exercise(
    name="05-residual",
    title="A way round the layer",
    difficulty=3,
    minutes=15,
    prompt="""
A *residual connection* (残差连接; He et al., 2016) lets the input pass beside a layer as well:
$Y = X + \\mathrm{relu}(X W)$, with $X$, $Y$ of shape (texts, d) and $W$ of shape (d, d). Every
block of a transformer has two. Given $X$, $W$ and the loss's gradient $G$ in $Y$, return its
gradient in $X$.
""",
    answer="residual_backward",
    starter='''
import numpy as np


def residual_backward(X, W, G):
    """Input (texts, d), weights (d, d), gradient in the output -> gradient in the input.

    Example: X [[2]], W [[3]] and G [[1]] give [[4]]: 1 straight on, and 3 through the layer.
    """
    return ...  # your turn
''',
    hints=(
        "X reaches Y by two routes. Gradients of the two ways add up.",
        "On the direct way the gradient is G. On the other it goes through the ReLU (where X @ W "
        "is above 0) and then through the linear layer, @ W.T.",
    ),
    solution="""
import numpy as np


def residual_backward(X, W, G):
    # Two ways lead from X to Y, and gradients of several ways add up: straight on, and through
    # the ReLU (open where its input is positive) and the linear layer.
    # Another way is one matrix for each text, the identity plus W with its shut columns at 0.
    return G + (G * (X @ W > 0)) @ W.T
""",
    stages={"shape": _residual_shape, "values": _residual_values, "real data": _residual_real},
    wrong=(
        Wrong(
            "returns the gradient in W",
            "shape (4, 4), expected shape (3, 4)",
            ("G + (G * (X @ W > 0)) @ W.T", "X.T @ (G * (X @ W > 0))"),
            fails="shape",
        ),
        Wrong(
            "adds in place",
            "changes its input",
            ("return G + (G * (X @ W > 0)) @ W.T", "G += (G * (X @ W > 0)) @ W.T\n    return G"),
            fails="shape",
        ),
        Wrong("forgets the direct way", "reaches the output directly", ("G + (G", "(G")),
        Wrong(
            "forgets the layer", "x also acts through the layer", (" + (G * (X @ W > 0)) @ W.T", "")
        ),
        Wrong("forgets the slope", "slope is missing", ("(G * (X @ W > 0))", "G")),
        Wrong("forgets to transpose", "must be transposed", ("@ W.T", "@ W")),
        Wrong(
            "stops both ways",
            "not to the direct one",
            ("return G + (G", "G = G * (X @ W > 0)\n    return G + (G"),
        ),
        Wrong(
            "sends both ways through W",
            "W.T belongs to",
            ("G + (G * (X @ W > 0))", "(G + G * (X @ W > 0))"),
        ),
        Wrong(
            "takes the slope last",
            "the slope comes first",
            ("(G * (X @ W > 0)) @ W.T", "(G @ W.T) * (X @ W > 0)"),
        ),
        Wrong("asks the slope at X", "and not at X", ("X @ W > 0", "X > 0")),
        Wrong(
            "asks the slope at Y",
            "not at the output Y",
            code="""
import numpy as np


def residual_backward(X, W, G):
    Y = X + np.maximum(X @ W, 0)
    return G + (G * (Y > 0)) @ W.T
""",
        ),
        Wrong(
            "takes the activation for the slope",
            "its slope is 0 or 1",
            ("(X @ W > 0)", "np.maximum(X @ W, 0)"),
        ),
        Wrong(
            "takes the sign for the slope",
            "its slope there is 0",
            ("(X @ W > 0)", "np.sign(X @ W)"),
        ),
        Wrong(
            "cuts the gradient off",
            "not on the gradient",
            ("(G * (X @ W > 0)) @ W.T", "np.maximum(G @ W.T, 0)"),
        ),
        Wrong(
            "averages",
            "nothing is averaged",
            ("G + (G * (X @ W > 0)) @ W.T", "(G + (G * (X @ W > 0)) @ W.T) / len(X)"),
        ),
        Wrong("counts the direct way twice", "expected [4]", ("G + (G", "2 * G + (G")),
    ),
    right=(
        Right(
            "a tensor, from autograd",
            code="""
import torch


def residual_backward(X, W, G):
    x = torch.tensor(X, requires_grad=True)
    y = x + torch.relu(x @ torch.tensor(W))
    y.backward(torch.tensor(G))
    return x.grad
""",
        ),
        Right(
            "in float32",
            ("return G", "X, W, G = (a.astype(np.float32) for a in (X, W, G))\n    return G"),
        ),
        Right(
            "by differences",
            code="""
import numpy as np


def residual_backward(X, W, G):
    def loss(x):
        return ((x + np.maximum(x @ W, 0)) * G).sum()

    gradient, h = np.zeros(X.shape), 1e-6
    for place in np.ndindex(X.shape):
        step = np.zeros(X.shape)
        step[place] = h
        gradient[place] = (loss(X + step) - loss(X - step)) / (2 * h)
    return gradient
""",
        ),
        Right(
            "one Jacobian a text",
            code="""
import numpy as np


def residual_backward(X, W, G):
    slopes = np.where(X @ W > 0, 1.0, 0.0)
    return [(np.eye(len(W)) + W * slope) @ g for slope, g in zip(slopes, G, strict=True)]
""",
        ),
        Right(
            "a tensor that wants a gradient",
            code="""
import torch


def residual_backward(X, W, G):
    X, W, G = (torch.tensor(a, requires_grad=True) for a in (X, W, G))
    return G + (G * (X @ W > 0)) @ W.T
""",
        ),
    ),
    shows="The direct way passes the gradient whole, so a hundred layers can be trained.",
)
