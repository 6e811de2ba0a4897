"""Results of learners' code as plain data of our own: copied, drawn out, of any usual type.

A right answer may come as a list, an array, a tensor with or without a gradient, or one item at a
time from a generator. ``plain`` copies it, so that nothing is shared with the learner's objects;
``as_array``, ``as_number`` and ``as_list`` read it as what the exercise asks for, or say what it
is instead. What is expected, ``comparing.py`` compares.
"""

import copy
import re
from collections import deque
from collections.abc import Iterator, Mapping, MappingView
from itertools import islice

import numpy as np

from helpers.exercises.diagnosis import Diagnosis

MOST = 1_000_000  # items that are taken from a generator


def plain(thing: object) -> object:
    """Return a copy of ``thing`` that shares nothing with it.

    Tensors lose their gradient and device, generators and their like become lists, tables of
    pandas and SciPy become arrays. Lists, tuples and dictionaries are copied with what they hold.

    Raises
    ------
    Diagnosis
        If it can't be copied, or a generator yields more than a million items.

    >>> plain(x * x for x in [1, 2])
    [1, 4]
    """
    if thing is None or thing is ... or isinstance(thing, str | bytes | int | float | np.generic):
        return thing
    if isinstance(thing, np.ndarray):
        return np.array(thing) if thing.dtype.kind != "O" else np.array(thing, dtype=object)
    if _is_tensor(thing):
        whole = thing.detach().cpu()
        return (whole.to_dense() if "strided" not in str(whole.layout) else whole).clone()
    if isinstance(thing, Mapping):
        return {key: plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple):
        return tuple(map(plain, thing))
    if isinstance(thing, set | frozenset):
        return set(thing)
    if isinstance(thing, list | deque | range | MappingView | Iterator):
        return _drawn(thing)
    for method in ("toarray", "to_numpy"):  # SciPy's sparse matrices; pandas
        if hasattr(thing, method):
            return np.array(getattr(thing, method)())
    return _copied(thing)


def as_array(result: object, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """Return numbers of an array, tensor, list or number as an array of floats.

    They come as float64, but numbers of less precision keep theirs, so that a comparison knows
    how many digits to ask for.

    Raises
    ------
    Diagnosis
        If they are not numbers, not of ``shape`` (None: any), or not finite.

    >>> as_array([1, 2], shape=(2,))
    array([1., 2.])
    >>> as_array([1, 2], shape=(2, 1))
    Traceback (most recent call last):
    helpers.exercises.diagnosis.Diagnosis: Your result has shape (2,), expected shape (2, 1).
    """
    array = _numbers(result)
    if shape is not None and array.shape != shape:
        wanted = f"shape {shape}" if shape else "a single number"
        raise Diagnosis(f"Your result has shape {array.shape}, expected {wanted}.")
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        place = f" at {list(where)}" if where else ""
        raise Diagnosis(f"Your result{place} is {array[where]}, expected finite numbers.")
    return array


def as_number(result: object) -> float:
    """Return one finite number; an array or tensor of no axis is one too.

    A number of less precision than float64 keeps its type, as in :func:`as_array`.
    """
    array = as_array(result, ())
    return float(array) if array.dtype == np.float64 else array[()]


def as_list(result: object, of: type | None = None, what: str = "items") -> list:
    """Return a list of a list, tuple or array of one axis; its items are plain Python objects.

    Parameters
    ----------
    of
        The type that every item must have.
    what
        What the items are, for the diagnosis: "tokens".

    >>> as_list(("a", np.str_("b")), of=str)
    ['a', 'b']
    >>> as_list("ab", of=str, what="tokens")
    Traceback (most recent call last):
    helpers.exercises.diagnosis.Diagnosis: You return 'ab' (a str), expected a list of tokens.
    """
    if _is_tensor(result):
        result = result.tolist()
    if isinstance(result, np.ndarray) and result.ndim:
        result = result.tolist()
    if not isinstance(result, list | tuple):
        kind = type(result).__name__
        raise Diagnosis(f"You return {short(result)} (a {kind}), expected a list of {what}.")
    items = [item.item() if isinstance(item, np.generic) else item for item in result]
    for place, item in enumerate(items):
        if of is not None and not isinstance(item, of):
            kind = type(item).__name__
            raise Diagnosis(
                f"Item {place} of your result is {short(item)} (a {kind}), expected {what}."
            )
    return items


def short(thing: object, most: int = 60) -> str:
    """Write ``thing`` in at most ``most`` characters, whatever it is."""
    try:
        text = re.sub(r"\s*\n\s*", " ", repr(thing))  # spaces within a text stay as they are
    except Exception:
        return "something that can't be shown"
    return text if len(text) <= most else text[: most - 1] + "…"


def _is_tensor(thing: object) -> bool:
    return type(thing).__module__.startswith("torch") and hasattr(thing, "detach")


def _drawn(items: object) -> list:
    drawn = [plain(item) for item in islice(items, MOST + 1)]
    if len(drawn) > MOST:
        raise Diagnosis(f"Your result has more than {MOST:,} items; does it ever end?")
    return drawn


def _copied(thing: object) -> object:
    try:
        return copy.deepcopy(thing)
    except Exception:
        kind = type(thing).__name__
        raise Diagnosis(
            f"Your result is of the type {kind}, which the check can't copy; "
            "return numbers, texts, a list or an array."
        ) from None


def _numbers(result: object) -> np.ndarray:
    """Return floats in the precision that they came in."""
    try:
        array = np.asarray(_without_tensors(result))
        if array.dtype.kind == "O":
            array = array.astype(np.float64)
        if array.dtype.kind not in "fiub":
            raise TypeError
        small = array.dtype.kind == "f" and array.dtype.itemsize < 8
        return array if small else array.astype(np.float64)
    except Exception:
        raise Diagnosis(
            f"Your result is {short(result)} (of the type {type(result).__name__}), "
            "expected numbers."
        ) from None


def _without_tensors(thing: object) -> object:
    if isinstance(thing, list | tuple):
        return [_without_tensors(item) for item in thing]
    if not _is_tensor(thing):
        return thing
    whole = thing.detach().cpu()
    if str(whole.dtype) == "torch.bfloat16":  # NumPy has none; float16 asks for as few digits
        return whole.float().numpy().astype(np.float16)
    return whole.numpy()
