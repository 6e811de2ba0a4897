"""SGD, momentum, RMSProp, Adam and AdamW, each in about ten lines; notebook 06 derives them.

NumPy only. An optimizer gets weights and their gradients by name, changes the weights in place,
and keeps what it remembers from step to step. Where a gradient comes from is not its business,
nor how the learning rate changes: set ``learning_rate`` anew before any step. Each equals its
namesake in ``torch.optim`` step by step; a test holds them together over 100 steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

Arrays = Mapping[str, np.ndarray]


@dataclass
class Optimizer:
    """What all optimizers share: the learning rate, checked input, and a place to remember.

    Parameters
    ----------
    learning_rate
        Factor of each step; 0 or more.
    l2
        Adds ``l2 * weight`` to each gradient, as a penalty ``l2 / 2 * weight²`` in the loss would.
    """

    learning_rate: float
    l2: float = 0.0
    steps: int = field(default=0, init=False)
    memory: dict[str, dict[str, np.ndarray]] = field(default_factory=dict, init=False, repr=False)

    def step(self, weights: Arrays, gradients: Arrays) -> None:
        """Move every weight in place; the gradients stay as they are.

        Raises
        ------
        ValueError
            If a gradient is missing or too many, has another shape than its weight, or is not
            finite; then no weight was moved.
        """
        _check(weights, gradients)
        self.steps += 1
        for name, weight in weights.items():
            kept = self.memory.setdefault(name, {})
            self.move(weight, gradients[name] + self.l2 * weight, kept)

    def move(self, weight: np.ndarray, gradient: np.ndarray, kept: dict) -> None:
        """Change one weight array in place; ``kept`` is its memory."""
        raise NotImplementedError


@dataclass
class SGD(Optimizer):
    """A step against the gradient: w ← w - η g. Source: Robbins and Monro (1951).

    >>> w = {"w": np.array([1.0, 2.0])}
    >>> SGD(0.5).step(w, {"w": np.array([1.0, -1.0])}); w["w"]
    array([0.5, 2.5])
    """

    def move(self, weight, gradient, kept):
        weight -= self.learning_rate * gradient


@dataclass
class Momentum(Optimizer):
    """Steps along a decaying sum of gradients: v ← μ v + g, w ← w - η v.

    With ``nesterov``, w ← w - η (g + μ v), which looks one step ahead. Source: Polyak (1964),
    Nesterov (1983), in the form of Sutskever et al. (2013).
    """

    momentum: float = 0.9
    nesterov: bool = False

    def move(self, weight, gradient, kept):
        kept["v"] = self.momentum * kept.get("v", 0.0) + gradient
        along = gradient + self.momentum * kept["v"] if self.nesterov else kept["v"]
        weight -= self.learning_rate * along


@dataclass
class RMSProp(Optimizer):
    """Each weight's step is divided by the size of its own recent gradients.

    s ← α s + (1 - α) g², w ← w - η g / (√s + ε). Source: Hinton's lecture 6e (2012).
    """

    alpha: float = 0.99
    epsilon: float = 1e-8

    def move(self, weight, gradient, kept):
        kept["s"] = self.alpha * kept.get("s", 0.0) + (1 - self.alpha) * gradient**2
        weight -= self.learning_rate * gradient / (np.sqrt(kept["s"]) + self.epsilon)


@dataclass
class Adam(Optimizer):
    """Momentum and RMSProp together, both averages corrected for their start at zero.

    m ← β₁ m + (1 - β₁) g, s ← β₂ s + (1 - β₂) g², both divided by 1 - βᵗ, w ← w - η m̂ / (√ŝ + ε).
    ``correct_bias=False`` leaves the division out, to see what it is for. Source: Kingma and Ba
    (2015).

    >>> w = {"w": np.array([1.0, 1.0])}
    >>> Adam(0.1).step(w, {"w": np.array([0.001, -1000.0])}); w["w"].round(4)
    array([0.9, 1.1])
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    correct_bias: bool = True

    def move(self, weight, gradient, kept):
        kept["m"] = self.beta1 * kept.get("m", 0.0) + (1 - self.beta1) * gradient
        kept["s"] = self.beta2 * kept.get("s", 0.0) + (1 - self.beta2) * gradient**2
        t = self.steps if self.correct_bias else np.inf  # β to the power of infinity is 0
        mean = kept["m"] / (1 - self.beta1**t)
        square = kept["s"] / (1 - self.beta2**t)
        weight -= self.learning_rate * mean / (np.sqrt(square) + self.epsilon)


@dataclass
class AdamW(Adam):
    """Adam whose weights also shrink by a share of their own: w ← (1 - η λ) w, then Adam's step.

    The shrinking is not divided by the size of the gradients, as ``l2`` in Adam is. Source:
    Loshchilov and Hutter (2019).
    """

    weight_decay: float = 0.01

    def move(self, weight, gradient, kept):
        weight *= 1 - self.learning_rate * self.weight_decay
        super().move(weight, gradient, kept)


def _check(weights: Arrays, gradients: Arrays) -> None:
    if other := set(weights) ^ set(gradients):
        raise ValueError(
            f"weights and gradients have different names: {', '.join(sorted(other))} "
            "stands on one side only"
        )
    for name, weight in weights.items():
        gradient = gradients[name]
        if np.shape(gradient) != np.shape(weight):
            raise ValueError(
                f"the gradient of {name!r} has shape {np.shape(gradient)}, its weight "
                f"{np.shape(weight)}"
            )
        if not isinstance(weight, np.ndarray) or weight.dtype.kind != "f":
            raise ValueError(f"{name!r} must be an array of floats, to be changed in place")
        if not np.isfinite(gradient).all():
            where = [int(i) for i in np.argwhere(~np.isfinite(gradient))[0]]
            raise ValueError(
                f"the gradient of {name!r} is {gradient[tuple(where)]} at {where}; no weight was "
                "moved. A smaller learning rate is the first remedy"
            )
