"""Compare a result with what is right, and say how they differ in digits that do differ.

``expect`` compares one result; ``against.py`` a whole answer on many inputs.
"""

from collections.abc import Mapping

import numpy as np

from helpers.exercises.diagnosis import Diagnosis

# The least difference that counts, for numbers that came with less precision than float64.
COARSE = {np.dtype(np.float32): 1e-4, np.dtype(np.float16): 1e-2}


def expect(
    result: np.ndarray | float,
    expected: np.ndarray | float,
    given: str,
    mistakes: Mapping[str, np.ndarray | float] | None = None,
    tolerance: float = 1e-6,
) -> None:
    """Raise a :class:`Diagnosis` unless ``result`` is ``expected``, of the same shape.

    Parameters
    ----------
    given
        For what input this is the answer: the beginning of the sentence, "For the scores [1, 2]".
    mistakes
        What a known mistake would give instead: sentence → result. The first that gives the
        learner's numbers, and not the right ones, is named.
    tolerance
        Largest difference, relative to numbers over 1 and absolute below.

    >>> expect(3.0, 2.0, "For [1, 3]", {"that is the largest, no mean": 3.0})
    Traceback (most recent call last):
    helpers.exercises.diagnosis.Diagnosis: For [1, 3] you return 3: that is the largest, no mean.
    """
    if near(result, expected, tolerance):
        return
    why = next(
        (words for words, other in (mistakes or {}).items() if near(result, other, tolerance)),
        None,
    )
    where, shown, right = difference(result, expected)
    place = f", {where}," if where else ""
    raise Diagnosis(f"{given}{place} you return {shown}: {why or f'expected {right}'}.")


def near(result: object, other: object, tolerance: float) -> bool:
    """Whether two arrays have one shape and numbers that differ by no more than ``tolerance``.

    It is relative to numbers over 1 and absolute below. Of float32 and float16 no more digits
    are asked than they hold; there it is relative to the largest number.

    >>> near([1.0, 2.0], [1.0, 2.0 + 1e-9], 1e-6)
    True
    """
    result, other = np.asarray(result), np.asarray(other)
    if result.shape != other.shape:
        return False
    coarse = max(COARSE.get(array.dtype, 0) for array in (result, other))
    result, other = result.astype(float), other.astype(float)
    with np.errstate(all="ignore"):
        absolute = tolerance
        if coarse > tolerance and other.size:
            largest = np.max(np.abs(other), initial=1, where=np.isfinite(other))
            tolerance, absolute = coarse, coarse * largest
        return np.allclose(result, other, rtol=tolerance, atol=absolute, equal_nan=True)


def difference(
    result: np.ndarray | float, expected: np.ndarray | float, most: int = 8
) -> tuple[str, str, str]:
    """Return where two results differ most, and both of them there, in digits that differ.

    The place is empty for numbers and short lists, which are shown whole.

    >>> difference([[1, 2], [3, 4]], [[1, 2], [3, 5]])
    ('row 1', '[3, 4]', '[3, 5]')
    >>> difference(0.1234567, 0.1234568)
    ('', '0.1234567', '0.1234568')
    """
    result, expected = np.asarray(result, float), np.asarray(expected, float)
    if result.shape != expected.shape or not result.size:
        return "", show(result), show(expected)
    with np.errstate(all="ignore"):
        gap = np.abs(result - expected) / np.maximum(1, np.abs(expected))
    worst = np.unravel_index(np.argmax(np.where(np.isnan(gap), np.inf, gap)), result.shape)
    where = ""
    if result.ndim > 1:
        row = [int(i) for i in worst[:-1]]
        where = f"row {row[0] if len(row) == 1 else row}"
        result, expected = result[worst[:-1]], expected[worst[:-1]]
    if result.ndim and len(result) > most:
        where = f"{where}, place {worst[-1]}" if where else f"at place {worst[-1]}"
        result, expected = result[worst[-1]], expected[worst[-1]]
    for digits in range(3, 18):
        shown, right = show(result, most, digits), show(expected, most, digits)
        if shown != right:
            break
    return where, shown, right


def show(values: np.ndarray | float, most: int = 8, digits: int = 3) -> str:
    """Write numbers as a learner would: three digits, and not too many numbers.

    >>> show([0.12345, 2, 1e-9])
    '[0.123, 2, 1e-09]'
    >>> show(0.12345), show(20)
    ('0.1235', '20')
    """
    array = np.asarray(values) + 0.0  # which writes no -0
    if array.ndim == 0:
        return f"{array.item():.{max(digits, 4)}g}"
    inner = [
        show(value, most, digits) if array.ndim > 1 else f"{value:.{digits}g}"
        for value in array[:most]
    ]
    return "[" + ", ".join(inner) + (", …]" if len(array) > most else "]")
