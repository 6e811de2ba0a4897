"""A learner's answer as a check sees it: run on copies, timed, and never trusted.

A check asks for ``result``, ``array`` or ``number``; whatever the answer does (raises, loops for
ever, changes its input, returns something odd) becomes a :class:`Diagnosis`, one sentence for the
learner. ``expect`` compares with what is right, and names the mistake that gives the same numbers.
"""

import copy
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from helpers.exercises.time_limit import TookTooLong, time_limit

_HERE = str(Path(__file__).parent)


class Diagnosis(Exception):
    """What is wrong with an answer, as one or two sentences for the learner."""


class NotAttempted(Exception):
    """The answer is still the starter."""


class Answer:
    """An answer, to be asked for its results.

    Parameters
    ----------
    thing
        What the learner made: a function, or a value.
    seconds
        The longest that one call of it may take.
    """

    def __init__(self, thing: object, seconds: float = 5) -> None:
        self._thing = thing
        self._seconds = seconds

    def result(self, *inputs: object, may_change: bool = False) -> object:
        """Call the answer with copies of ``inputs`` and return what it returns, as a copy.

        An answer that is a value is returned itself, as a copy; ask for it without inputs.

        Raises
        ------
        NotAttempted
            If the answer is None or ``...``, or a function that returns ``...``.
        Diagnosis
            If it is no function where one is asked for, stops with any error, takes too long,
            returns None, or changes its input (which ``may_change`` allows).
        """
        copies = copy.deepcopy(inputs)
        result = self.using(lambda thing: thing(*copies) if callable(thing) else thing, inputs)
        if result is None:
            raise Diagnosis("Your function returns None; is its return line missing?")
        if not may_change and not all(map(_same, inputs, copies)):
            raise Diagnosis("Your function changes its input; work on a new array or list instead.")
        return copy.deepcopy(result)

    def using(self, function: Callable[[object], object], inputs: tuple = ()) -> object:
        """Return ``function(thing)``, with every error told as the learner's, in the time limit.

        For answers that are classes, or need more than one call.
        """
        if self._thing is None or self._thing is ...:
            raise NotAttempted
        if inputs and not callable(self._thing):
            kind = type(self._thing).__name__
            raise Diagnosis(f"A function is asked for; this is a value of the type {kind}.")
        try:
            with time_limit(self._seconds), np.errstate(all="ignore"):
                result = function(self._thing)
        except Diagnosis:
            raise
        except TookTooLong:
            raise Diagnosis(
                f"Your code was stopped after {self._seconds:g} s. "
                "Is there a loop whose condition never becomes false?"
            ) from None
        except (Exception, SystemExit) as error:
            raise Diagnosis(_told(error)) from None
        if result is ...:
            raise NotAttempted
        return result

    def array(self, *inputs: object, shape: tuple[int, ...] | None = None) -> np.ndarray:
        """Return the result as finite float64 numbers of ``shape`` (None: any shape)."""
        return as_array(self.result(*inputs), shape)

    def number(self, *inputs: object) -> float:
        """Return the result as one finite number; arrays and tensors of no axis are numbers too."""
        return float(as_array(self.result(*inputs), ()))


def as_array(result: object, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """Return numbers of an array, tensor, list or number as float64, or say what they are instead.

    >>> as_array([1, 2], shape=(2,))
    array([1., 2.])
    >>> as_array([1, 2], shape=(2, 1))
    Traceback (most recent call last):
    helpers.exercises.answer.Diagnosis: Your result has shape (2,), expected shape (2, 1).
    """
    try:
        if hasattr(result, "detach"):  # a torch tensor, on whatever device
            result = result.detach().cpu().numpy()
        array = np.asarray(result)
        if array.dtype.kind not in "fiub":
            array = array.astype(np.float64) if array.dtype.kind == "O" else None
        array = array.astype(np.float64)
    except Exception:
        kind = type(result).__name__
        raise Diagnosis(
            f"Your result is {_short(result)} (of the type {kind}), expected numbers."
        ) from None
    if shape is not None and array.shape != shape:
        wanted = f"shape {shape}" if shape else "a single number"
        raise Diagnosis(f"Your result has shape {array.shape}, expected {wanted}.")
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        place = f" at {list(where)}" if where else ""
        raise Diagnosis(f"Your result{place} is {array[where]}, expected finite numbers.")
    return array


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
        learner's numbers is named.
    tolerance
        Largest difference, relative to numbers over 1 and absolute below.

    >>> expect(3.0, 2.0, "For [1, 3]", {"that is the largest, not the mean": 3.0})
    Traceback (most recent call last):
    helpers.exercises.answer.Diagnosis: For [1, 3] you return 3: that is the largest, not the mean.
    """
    result, expected = np.asarray(result, float), np.asarray(expected, float)
    if _near(result, expected, tolerance):
        return
    why = next(
        (words for words, other in (mistakes or {}).items() if _near(result, other, tolerance)),
        None,
    )
    shown, right = result, expected
    if result.shape == expected.shape and result.ndim > 1:  # show the row that is farthest off
        flat, wanted = (a.reshape(-1, a.shape[-1]) for a in (result, expected))
        row = int(np.argmax(np.abs(flat - wanted).max(axis=1)))
        shown, right = flat[row], wanted[row]
        row = [int(i) for i in np.unravel_index(row, result.shape[:-1])]
        given += f", row {row[0] if len(row) == 1 else row},"
    raise Diagnosis(f"{given} you return {show(shown)}: {why or f'expected {show(right)}'}.")


def show(values: np.ndarray | float, most: int = 8) -> str:
    """Write numbers as a learner would: three digits, and not too many of them.

    >>> show([0.12345, 2, 1e-9])
    '[0.123, 2, 1e-09]'
    """
    array = np.asarray(values)
    if array.ndim == 0:
        return f"{array.item():.4g}"
    inner = [show(value, most) if array.ndim > 1 else f"{value:.3g}" for value in array[:most]]
    return "[" + ", ".join(inner) + (", …]" if len(array) > most else "]")


def _near(result: np.ndarray, other: np.ndarray | float, tolerance: float) -> bool:
    other = np.asarray(other, float)
    return result.shape == other.shape and np.allclose(
        result, other, rtol=tolerance, atol=tolerance
    )


def _same(before: object, after: object) -> bool:
    """Whether two inputs are alike; what can't be compared counts as unchanged."""
    try:
        if hasattr(before, "detach"):
            before, after = before.detach().cpu().numpy(), after.detach().cpu().numpy()
        if isinstance(before, np.ndarray):
            numbers = before.dtype.kind in "fc"
            return np.array_equal(before, after, equal_nan=numbers)
        if isinstance(before, Mapping):
            return before.keys() == after.keys() and all(_same(before[k], after[k]) for k in before)
        if isinstance(before, list | tuple):
            return len(before) == len(after) and all(map(_same, before, after))
        if isinstance(before, set | str | int | float):
            return before == after
    except Exception:
        return False
    return True


def _told(error: BaseException) -> str:
    """Say which error stopped the learner's code, and in which of their lines."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _HERE not in f.filename]
    line = f" in the line `{frames[0].line}`" if frames and frames[0].line else ""
    hint = ""
    if "broadcast" in str(error):
        hint = " (a sum or length that is to be used row by row needs keepdims=True)"
    elif "must match the size" in str(error):  # torch's words for the same
        hint = " (what belongs to each text or word needs an axis more: [:, None] or [..., None])"
    said = " ".join(str(error).split())
    return f"Your code stopped{line} with {type(error).__name__}: {said[:200]}{hint}."


def _short(thing: object) -> str:
    try:
        text = repr(thing)
    except Exception:
        return "something that can't be shown"
    return text if len(text) <= 40 else text[:39] + "…"
