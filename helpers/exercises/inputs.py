"""Random inputs for the checks, of numbers that float32 holds exactly.

An answer that works in float32 then starts from the same numbers as one in float64, and differs
only by what it computes.
"""

import numpy as np


def numbers(random: np.random.Generator, *shape: int, scale: float = 1.0) -> np.ndarray:
    """Return normal numbers of ``shape``, whole 64ths times ``scale`` (a power of 2), none 0.

    >>> numbers(np.random.default_rng(0), 2, 2, scale=2)
    array([[ 0.25   , -0.25   ],
           [ 1.28125,  0.21875]])
    """
    whole = np.rint(random.normal(size=shape) * 64)
    return (whole + (whole == 0)) / 64 * scale
