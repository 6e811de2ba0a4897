"""How large a network's first weights are drawn; notebook 05 shows what it decides.

NumPy only. Gives weights by name as network.py takes them.
"""

import itertools
from collections.abc import Sequence

import numpy as np

# The standard deviation of a layer's weights, from the numbers of its inputs and outputs.
SCALES = {
    "zeros": lambda inputs, outputs: 0.0,
    "small": lambda inputs, outputs: 0.01,
    "glorot": lambda inputs, outputs: np.sqrt(2 / (inputs + outputs)),
    "he": lambda inputs, outputs: np.sqrt(2 / inputs),
    "large": lambda inputs, outputs: 1.0,
}


def draw_weights(sizes: Sequence[int], scheme: str = "he", seed: int = 0) -> dict[str, np.ndarray]:
    """Draw normal weights for layers of ``sizes``; offsets are zero.

    Parameters
    ----------
    sizes
        Inputs, units of each hidden layer, classes; two numbers or more.
    scheme
        "zeros", "small" (0.01), "glorot" (for tanh and sigmoid), "he" (for ReLU), "large" (1).

    Returns
    -------
    "W1" of shape (sizes[0], sizes[1]), "b1" of shape (sizes[1]), "W2" …

    Raises
    ------
    ValueError
        If the scheme is unknown or there are fewer than two sizes.

    Source: Glorot and Bengio (2010); He et al. (2015).

    >>> {name: w.shape for name, w in draw_weights([50, 8, 3]).items()}
    {'W1': (50, 8), 'b1': (8,), 'W2': (8, 3), 'b2': (3,)}
    """
    if scheme not in SCALES:
        raise ValueError(f"scheme is {scheme!r}; use one of {', '.join(SCALES)}")
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes are {list(sizes)}; give two or more, each 1 or more")
    random, weights = np.random.default_rng(seed), {}
    for k, (inputs, outputs) in enumerate(itertools.pairwise(sizes), start=1):
        scale = SCALES[scheme](inputs, outputs)
        weights[f"W{k}"] = scale * random.normal(size=(inputs, outputs))
        weights[f"b{k}"] = np.zeros(outputs)
    return weights
