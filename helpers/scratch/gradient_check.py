"""Hold a gradient against finite differences and name the entry that is wrong; notebook 04.

NumPy only, float64 throughout: finite differences need the digits. Works for any function of
one array that returns one number. Exact derivatives are autograd's business, not this file's.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

Function = Callable[[np.ndarray], float]


class WrongGradientError(ValueError):
    """A gradient that finite differences contradict; ``report`` has the numbers."""

    def __init__(self, message: str, report: "GradientReport"):
        super().__init__(message)
        self.report = report


@dataclass(frozen=True)
class GradientReport:
    """How far a gradient is from finite differences, at the entry where it is farthest."""

    entries: int
    wrong: int
    position: tuple[int, ...]
    analytic: float
    numeric: float
    relative_error: float

    def __str__(self) -> str:
        return (
            f"{self.entries:,} entries checked, {self.wrong:,} wrong; largest relative error "
            f"{self.relative_error:.1e} at {_at(self.position) or 'the only entry'}"
        )


def numerical_gradient(f: Function, x: ArrayLike, step: float = 1e-5) -> np.ndarray:
    """Return the gradient of ``f`` at ``x`` by central differences.

    Parameters
    ----------
    f
        Takes a float64 array of x's shape, returns one number. It always gets a fresh copy,
        so a function that changes its input does no harm.
    x
        Where the gradient is wanted, any shape; must be finite.
    step
        Half the width of the difference, relative to max(1, abs(x_i)). The error is about
        step² × f''' / 6 from the curve plus 1e-16 × abs(f) / step from rounding; 1e-5
        nearly balances the two.

    Raises
    ------
    ValueError
        If f does not return one finite number, x is not finite or the step not positive.

    Source: (f(x + h) - f(x - h)) / 2h, e.g. Nocedal and Wright (2006), section 8.1.

    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, -3.0]).round(6).tolist()
    [2.0, -6.0]
    """
    point = _finite(x, "x")
    if not (np.isfinite(step) and step > 0):
        raise ValueError(f"step is {step}; it must be a finite number above 0")
    result = np.zeros(point.shape)
    for position in np.ndindex(point.shape):
        size = step * max(1.0, abs(point[position]))
        above, below = point.copy(), point.copy()
        above[position] += size
        below[position] -= size
        width = above[position] - below[position]  # after rounding: not quite 2 × size
        where = f"with x{_at(position)} moved by {size:.0e}"
        result[position] = (_value(f, above, where) - _value(f, below, where)) / width
    return result


def check_gradient(
    f: Function, x: ArrayLike, gradient: ArrayLike, tolerance: float = 1e-6, step: float = 1e-5
) -> GradientReport:
    """Compare a gradient with central differences, entry by entry.

    Parameters
    ----------
    f, x, step
        As in :func:`numerical_gradient`.
    gradient
        The derivative of f at x that is to be checked, of x's shape.
    tolerance
        Largest relative error allowed: abs(analytic - numeric) / max(abs(analytic),
        abs(numeric), 1e-3 × max(1, abs(f(x)))). The last term is where rounding in f drowns
        a difference.

    Returns
    -------
    A report on the worst entry.

    Raises
    ------
    WrongGradientError
        (a ValueError) if an entry is off; names the worst one and both its values.
    ValueError
        As :func:`numerical_gradient`, or if the shapes differ, the gradient is not finite
        or f gives two values for one x.

    >>> print(check_gradient(lambda x: (x**2).sum(), [1.0, -3.0], [2.0, -6.0]).wrong)
    0
    >>> try:
    ...     check_gradient(lambda x: (x**2).sum(), [1.0, -3.0], [2.0, -9.0])
    ... except WrongGradientError as error:
    ...     print(error)
    gradient[1] is -9, finite differences give -6 (relative error 3.3e-01, allowed 1e-06); \
1 of 2 entries is wrong
    """
    point, analytic = _finite(x, "x"), _finite(gradient, "gradient")
    if analytic.shape != point.shape:
        raise ValueError(
            f"the gradient has shape {analytic.shape}, x has {point.shape}; "
            "the derivative of one number by x has x's shape"
        )
    if point.size == 0:
        raise ValueError("x is empty: there is no entry to check")
    value = _value(f, point.copy(), "at x")
    again = _value(f, point.copy(), "at x")
    if value != again:
        raise ValueError(
            f"f gave {value:.6g} and then {again:.6g} for the same x; "
            "switch off what is random in it (dropout, shuffling) or seed it inside f"
        )
    numeric = numerical_gradient(f, point, step)
    floor = 1e-3 * max(1.0, abs(value))
    scale = np.maximum(np.maximum(abs(analytic), abs(numeric)), floor)
    error = abs(analytic - numeric) / scale
    wrong = error > tolerance
    worst = _first(error == error.max())
    report = GradientReport(
        entries=point.size,
        wrong=int(wrong.sum()),
        position=worst,
        analytic=float(analytic[worst]),
        numeric=float(numeric[worst]),
        relative_error=float(error[worst]),
    )
    if report.wrong:
        raise WrongGradientError(
            f"gradient{_at(worst)} is {report.analytic:.6g}, finite differences give "
            f"{report.numeric:.6g} (relative error {report.relative_error:.1e}, allowed "
            f"{tolerance:.0e}); {_count(report)}{_common_factor(analytic, numeric, wrong, floor)}",
            report,
        )
    return report


def _count(report: GradientReport) -> str:
    if report.entries == 1:
        return "it is the only entry"
    verb = "is" if report.wrong == 1 else "are"
    return f"{report.wrong:,} of {report.entries:,} entries {verb} wrong"


def _common_factor(
    analytic: np.ndarray, numeric: np.ndarray, wrong: np.ndarray, floor: float
) -> str:
    """Say so if every wrong entry is off by one and the same factor."""
    clear = wrong & (abs(numeric) > floor)
    if wrong.sum() < 2 or clear.sum() < wrong.sum():
        return ""
    ratios = analytic[clear] / numeric[clear]
    if np.ptp(ratios) > 1e-3 * abs(ratios).max() or abs(ratios).max() < 1e-6:
        return ""
    return (
        f", each {ratios.mean():.4g} times what it should be: "
        "look for a missing factor, a sign, or a sum in place of a mean"
    )


def _value(f: Function, x: np.ndarray, where: str) -> float:
    value = np.asarray(f(x))
    if value.shape != () or value.dtype.kind not in "fiu":
        raise ValueError(
            f"f must return one real number, got {value.dtype} of shape {value.shape} {where}; "
            "take a sum, a mean or one entry of it"
        )
    if not np.isfinite(value):
        raise ValueError(f"f returned {value} {where}; no gradient can be measured there")
    return float(value)


def _finite(values: ArrayLike, name: str) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} must hold real numbers, got an array of {array.dtype}")
    bad = ~np.isfinite(array)
    if bad.any():
        where = _first(bad)
        raise ValueError(f"{name}{_at(where)} is {array[where]}; it must be finite")
    return array.astype(np.float64)


def _first(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(np.argmax(mask), mask.shape))


def _at(position: tuple[int, ...]) -> str:
    """Write an index the way Python does, and nothing for a single number."""
    return str(list(position)) if position else ""
