"""A network of linear layers with its gradients by hand; notebook 05 derives every line.

NumPy only. Weights and gradients go by name, "W1", "b1", "W2" …, so that optimizers.py can move
them and gradient_check.py can check them. How the first weights are drawn stands in
initialization.py. Leaves word vectors, batches of text and GPUs to PyTorch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.scratch.functions import cross_entropy, cross_entropy_gradient

Weights = Mapping[str, np.ndarray]
# Each activation, and its derivative written in terms of its own output h.
ACTIVATIONS = {
    "relu": (lambda z: np.maximum(z, 0), lambda h: (h > 0).astype(h.dtype)),
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "sigmoid": (lambda z: 0.5 * (1 + np.tanh(z / 2)), lambda h: h * (1 - h)),
}


@dataclass(frozen=True)
class Pass:
    """What a forward pass keeps: ``outputs[0]`` is the input, then each layer's output.

    The last output are the scores, shape (texts, classes).
    """

    outputs: list[np.ndarray]

    @property
    def scores(self) -> np.ndarray:
        """The scores, before softmax."""
        return self.outputs[-1]


def forward(weights: Weights, x: np.ndarray, activation: str = "relu") -> Pass:
    """Compute the scores of a batch, and keep what the backward pass needs.

    Parameters
    ----------
    weights
        "W1" of shape (inputs, units), "b1" of shape (units), "W2" …; the last layer's outputs are
        the scores, without activation.
    x
        Shape (texts, inputs).
    activation
        Of every layer but the last: "relu", "tanh" or "sigmoid".

    Raises
    ------
    ValueError
        If the activation is unknown or a layer does not fit what comes into it.

    >>> one = {"W1": np.array([[2.0], [1.0]]), "b1": np.array([0.5])}
    >>> forward(one, np.array([[1.0, 3.0]])).scores
    array([[5.5]])
    """
    act, _ = _activation(activation)
    layers, outputs = layers_of(weights), [x]
    for k in range(1, layers + 1):
        h, w = outputs[-1], weights[f"W{k}"]
        if h.ndim != 2 or h.shape[1] != w.shape[0]:
            raise ValueError(
                f"W{k} has shape {w.shape} and gets {h.shape}: the last axis of what comes in must "
                "be the first of the weights"
            )
        z = h @ w + weights[f"b{k}"]  # (texts, units)
        outputs.append(act(z) if k < layers else z)
    return Pass(outputs)


def backward(
    weights: Weights, kept: Pass, d_scores: np.ndarray, activation: str = "relu"
) -> dict[str, np.ndarray]:
    """Return the loss's gradient in every weight, by name, and in the input as "x".

    Parameters
    ----------
    kept
        From :func:`forward` with the same weights.
    d_scores
        The loss's gradient in the scores, shape (texts, classes); for cross-entropy (p - y) / N.

    Source: Rumelhart, Hinton and Williams (1986).

    >>> one = {"W1": np.array([[2.0], [1.0]]), "b1": np.array([0.5])}
    >>> found = backward(one, forward(one, np.array([[1.0, 3.0]])), np.array([[10.0]]))
    >>> found["W1"].tolist(), found["b1"].tolist(), found["x"].tolist()
    ([[10.0], [30.0]], [10.0], [[20.0, 10.0]])
    """
    _, slope = _activation(activation)
    gradients, d_z = {}, d_scores
    for k in range(layers_of(weights), 0, -1):
        h = kept.outputs[k - 1]  # what came into layer k
        gradients[f"W{k}"] = h.T @ d_z
        gradients[f"b{k}"] = d_z.sum(axis=0)
        d_h = d_z @ weights[f"W{k}"].T
        d_z = d_h * slope(h) if k > 1 else d_h  # through the activation that made h
    return gradients | {"x": d_z}


def loss_and_gradients(
    weights: Weights, x: np.ndarray, labels: np.ndarray, activation: str = "relu"
) -> tuple[float, dict[str, np.ndarray]]:
    """Return the mean cross-entropy of a batch and its gradient in every weight, by name.

    >>> even = {"W1": np.zeros((4, 3)), "b1": np.zeros(3)}
    >>> loss, gradients = loss_and_gradients(even, np.ones((2, 4)), np.array([0, 1]))
    >>> round(loss, 4), gradients["b1"].round(3).tolist()
    (1.0986, [-0.167, -0.167, 0.333])
    """
    kept = forward(weights, x, activation)
    gradients = backward(weights, kept, cross_entropy_gradient(kept.scores, labels), activation)
    del gradients["x"]
    return float(cross_entropy(kept.scores, labels)), gradients


def layers_of(weights: Weights) -> int:
    """Count the layers of weights named W1, b1, W2 … and see that none is missing."""
    layers = sum(name.startswith("W") for name in weights)
    due = {f"{letter}{k}" for letter in "Wb" for k in range(1, layers + 1)}
    if not layers or set(weights) != due:
        raise ValueError(f"the weights are named {sorted(weights)}, expected W1, b1, W2, b2 …")
    return layers


def batches(count: int, size: int, random: np.random.Generator) -> Sequence[np.ndarray]:
    """Cut the places 0 to count - 1, shuffled, into batches of ``size``; the last may be short.

    >>> [len(batch) for batch in batches(10, 4, np.random.default_rng(0))]
    [4, 4, 2]
    """
    order = random.permutation(count)
    return [order[i : i + size] for i in range(0, count, size)]


def _activation(name: str) -> tuple:
    if name not in ACTIVATIONS:
        raise ValueError(f"activation is {name!r}; use one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]
