"""Hold an answer against a reference solution on many inputs, and show the first that fails.

An exercise gives the inputs from small to large, made with a seeded generator: shapes, scales and
edge cases that one example would not have. A known mistake is named only if it explains what the
answer returns on several inputs; else the diagnosis says what differs, on which input.
"""

import copy
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import difference, near, show
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.plain import as_array, as_list, as_number, plain, short

# How many failing inputs a mistake must explain, and how many are tried for it besides the first.
EXPLAINED, TRIED = 2, 9
FEWEST = 12  # inputs that are tried however slow the answer is
_STOPPED = "Your code stopped"


@dataclass(frozen=True)
class Case:
    """An input that is better told in words, such as GloVe's vectors of six words."""

    inputs: tuple
    said: str


def against(
    answer: Answer,
    reference: Callable,
    cases: Iterable[tuple | Case],
    names: Sequence[str] = (),
    mistakes: Mapping[str, Callable | tuple[Callable, ...]] | None = None,
    read: Callable[[object, object], object] | None = None,
    tolerance: float = 1e-5,
) -> None:
    """Raise a :class:`Diagnosis` unless ``answer`` returns what ``reference`` does on every case.

    Parameters
    ----------
    reference
        Takes a case's inputs and returns what is right.
    cases
        Inputs, each a tuple or a :class:`Case`, the smallest first. The first that fails is shown.
    names
        What the inputs are called in the diagnosis, in their order.
    mistakes
        What a known mistake would return: sentence → function of the same inputs, or a tuple of
        some. It is named if one gives the learner's result on every input that is tried for it,
        and on at least two of them (or the only one that fails) something else than the reference.
    read
        Takes the learner's result and the reference's, and returns the former in the form of the
        latter, or raises a Diagnosis. Without it numbers, arrays, lists and dictionaries are read
        in the usual way.
    tolerance
        Largest difference between numbers, relative over 1 and absolute below.

    >>> against(Answer(abs), lambda x: x, [(1.0,), (-2.0,)], ["x"])
    Traceback (most recent call last):
    helpers.exercises.diagnosis.Diagnosis: For x = -2 you return 2: expected -2.
    """
    known = [case if isinstance(case, Case) else Case(case, "") for case in cases]
    read, began = read or as_expected, time.monotonic()
    trial = _Trial(answer, reference, read, tolerance)
    for place, case in enumerate(known):
        result = trial.of_answer(case)
        if not trial.right(case, result):
            why = trial.explained(mistakes or {}, known[place:], result)
            raise Diagnosis(_sentence(_given(case, names), result, reference(*case.inputs), why))
        if place + 1 >= FEWEST and time.monotonic() - began > 2 * answer.seconds:
            return
    if known and not trial.right(known[0], trial.of_answer(known[0])):
        raise Diagnosis(
            f"Called again with {_given(known[0], names)} your function gives something else than "
            "the first time. Does it keep something from call to call?"
        )


def as_expected(result: object, expected: object) -> object:
    """Return ``result`` in the form of ``expected``: a number, an array, a list, a dictionary.

    >>> as_expected([1, 2], np.zeros(2))
    array([1., 2.])
    """
    if isinstance(expected, np.ndarray):
        return as_array(result, expected.shape)
    if isinstance(expected, int | float | np.number):
        return as_number(result)
    if isinstance(expected, list):
        return as_list(result)
    if not isinstance(result, type(expected)):
        said, kind = short(result), type(result).__name__
        raise Diagnosis(f"You return {said} (a {kind}), expected a {type(expected).__name__}.")
    return result


def same(one: object, other: object, tolerance: float) -> bool:
    """Whether two results in one form are alike; numbers may differ by ``tolerance``."""
    if isinstance(other, np.ndarray | int | float | np.number):
        return near(one, other, tolerance)
    return type(one) is type(other) and one == other


@dataclass(frozen=True)
class _Trial:
    """An answer, the reference, and how results are read; a Diagnosis is a result as well."""

    answer: Answer
    reference: Callable
    read: Callable
    tolerance: float

    def of_answer(self, case: Case) -> object:
        try:
            return self.read(self.answer.result(*case.inputs), self.reference(*case.inputs))
        except Diagnosis as found:
            return found

    def right(self, case: Case, result: object) -> bool:
        return self._alike(result, self.reference(*case.inputs))

    def explained(self, mistakes: Mapping[str, Callable], cases: list, first: object) -> str:
        """Return the mistake that explains all results from the first wrong one on, or ""."""
        if not mistakes:
            return ""
        chosen = sorted({round(k * (len(cases) - 1) / TRIED) for k in range(TRIED + 1)})
        cases = [cases[place] for place in chosen]  # of all sizes; the first is the one that fails
        results = [first]
        for case in cases[1:]:
            results.append(self.of_answer(case))
            if _was_stopped(results[-1]):
                break
        wrong = sum(not self.right(c, r) for c, r in zip(cases, results, strict=False))
        ways = [
            (words, way)
            for words, ways in mistakes.items()
            for way in (ways if isinstance(ways, tuple) else (ways,))
        ]
        for words, way in ways:
            theirs = []
            for case, result in zip(cases, results, strict=False):
                theirs.append(self._of_mistake(way, case))
                if not self._alike(result, theirs[-1]):
                    break  # most mistakes go at the first case, and some take long to make
            else:
                differs = sum(not self.right(c, r) for c, r in zip(cases, theirs, strict=False))
                if differs >= min(EXPLAINED, wrong):
                    return words
        return ""

    def _of_mistake(self, mistake: Callable, case: Case) -> object:
        try:
            with np.errstate(all="ignore"):
                result = plain(mistake(*copy.deepcopy(case.inputs)))
            return self.read(result, self.reference(*case.inputs))
        except Diagnosis as found:
            return found
        except Exception:
            return Diagnosis(_STOPPED)

    def _alike(self, one: object, other: object) -> bool:
        if isinstance(one, Diagnosis) and isinstance(other, Diagnosis):
            both_stopped = str(one).startswith(_STOPPED) and str(other).startswith(_STOPPED)
            return both_stopped or str(one) == str(other)
        if isinstance(one, Diagnosis) or isinstance(other, Diagnosis):
            return False
        return same(one, other, self.tolerance)


def _was_stopped(result: object) -> bool:
    return isinstance(result, Diagnosis) and "was stopped" in str(result)


def _sentence(given: str, result: object, expected: object, why: str) -> str:
    if isinstance(result, Diagnosis):
        said = str(result)
        return f"For {given}: {said[0].lower()}{said[1:]}{f' Here {why}.' if why else ''}"
    if isinstance(expected, np.ndarray | int | float | np.number):
        where, shown, right = difference(result, expected)
    else:
        where, shown, right = "", *parted(result, expected)
    place = f", {where}," if where else ""
    return f"For {given}{place} you return {shown}: {why or f'expected {right}'}."


def parted(result: object, expected: object, most: int = 160) -> tuple[str, str]:
    """Write two lists or dictionaries so that their first difference is seen."""
    shown, right = (" ".join(repr(thing).split()) for thing in (result, expected))
    if max(len(shown), len(right)) <= most:
        return shown, right
    if isinstance(result, list) and isinstance(expected, list):
        pairs = zip_longest(result, expected, fillvalue=_Nothing())
        place, (one, other) = next((i, p) for i, p in enumerate(pairs) if p[0] != p[1])
        return f"{short(one)} at place {place}", short(other)
    if isinstance(result, dict) and isinstance(expected, dict):
        missing = _Nothing()
        key = next(
            k for k in [*expected, *result] if result.get(k, missing) != expected.get(k, missing)
        )
        one, other = result.get(key, missing), expected.get(key, missing)
        return f"{short(one)} for {short(key)}", short(other)
    return short(shown, most), short(right, most)


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


def _given(case: Case, names: Sequence[str]) -> str:
    if case.said:
        return case.said
    values = [written(value) for value in case.inputs]
    names = list(names) + [""] * (len(values) - len(names))
    parts = [
        f"{name} = {value}" if name else value for name, value in zip(names, values, strict=True)
    ]
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def written(value: object, most: int = 24) -> str:
    """Write an input for the learner: small ones whole, large ones by shape and range.

    >>> written(np.array([[0.25, 3000]])), written(np.arange(100))
    ('[[0.25, 3000]]', 'numbers of shape (100,) from 0 to 99')
    """
    if hasattr(value, "detach"):
        return f"a tensor {written(value.detach().cpu().numpy(), most)}"
    if isinstance(value, np.ndarray):
        if value.size and value.size > most:
            low, high = show(value.min()), show(value.max())
            return f"numbers of shape {value.shape} from {low} to {high}"
        return show(value, most, 6) if value.size else f"an empty array of shape {value.shape}"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, list) and value and all(isinstance(one, float) for one in value):
        shown = ", ".join(f"{one:.10g}" for one in value[:most])
        return f"[{shown}{', …' * (len(value) > most)}]"
    return short(value, 160)
