"""A learner's answer as a check sees it: run on copies, timed, and never trusted.

A check asks for ``result``, ``array``, ``number`` or ``list``; whatever the answer does (raises,
loops for ever, changes its input, returns something odd) becomes a
:class:`~helpers.exercises.diagnosis.Diagnosis`, one sentence for the learner. Comparing is left to
``comparing.py`` and ``against.py``.
"""

import copy
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from helpers.exercises.diagnosis import Diagnosis, NotAttempted
from helpers.exercises.plain import as_array, as_list, as_number, plain
from helpers.exercises.time_limit import TookTooLong, within

_HERE = str(Path(__file__).parent)


class Answer:
    """An answer, to be asked for its results.

    Parameters
    ----------
    thing
        What the learner made: a function, or a value.
    seconds
        The longest that one call of it may take.
    told
        Called with the limit before the answer runs and with None after it, so that a watcher
        knows how long to wait (``apart.py``).
    """

    def __init__(
        self,
        thing: object,
        seconds: float = 5,
        told: Callable[[float | None], object] = lambda limit: None,
    ) -> None:
        self._thing = thing
        self._told = told
        self._attempted = False
        self.seconds = seconds

    def result(self, *inputs: object, may_change: bool = False) -> object:
        """Call the answer with copies of ``inputs`` and return what it returns, as plain data.

        An answer that is a value is returned itself; ask for it without inputs. What "plain" is,
        :func:`~helpers.exercises.plain.plain` says.

        Raises
        ------
        NotAttempted
            If the answer is ``...``, or a function that returns ``...``.
        Diagnosis
            If it is no function where one is asked for, stops with any error, takes too long,
            returns None, or changes its input (which ``may_change`` allows).
        """
        copies = copy.deepcopy(inputs)

        def call(thing: object) -> object:
            return plain(thing(*copies) if callable(thing) else thing)

        result = self.using(call, inputs)
        if result is None and callable(self._thing):
            raise Diagnosis("Your function returns None; is its return line missing?")
        if not may_change and not all(map(_same, inputs, copies)):
            raise Diagnosis("Your function changes its input; work on a new array or list instead.")
        return result

    def using(self, function: Callable[[object], object], inputs: tuple = ()) -> object:
        """Return ``function(thing)``, with every error told as the learner's, in the time limit.

        For answers that are classes, or need more than one call.
        """
        if self._thing is ...:
            raise NotAttempted
        if self._thing is None:
            raise Diagnosis(
                "Your answer is None. Was it made by something that returns nothing, "
                "as print() or a list's sort()?"
            )
        if inputs and not callable(self._thing):
            kind = type(self._thing).__name__
            raise Diagnosis(f"A function is asked for; this is a value of the type {kind}.")
        self._told(self.seconds)
        try:
            with np.errstate(all="ignore"):
                result = within(self.seconds, lambda: function(self._thing))
        except (Diagnosis, NotAttempted):
            raise
        except TookTooLong:
            raise Diagnosis(too_long(self.seconds)) from None
        except (Exception, SystemExit) as error:
            raise Diagnosis(_said(error)) from None
        finally:
            self._told(None)
        if result is ...:
            if self._attempted:
                raise Diagnosis("For this input your function returns `...`, the starter's dots.")
            raise NotAttempted
        self._attempted = True
        return result

    def through(self, way: Callable) -> "Answer":
        """Return an answer whose results are ``way(thing, *inputs)``: a method of a class, say.

        For tasks in several parts. Where this answer has given a result before, `...` from a part
        is a part that isn't written yet, not an answer that wasn't attempted.

        >>> Answer(dict).through(lambda made, pairs: list(made(pairs))).list([("a", 1)])
        ['a']
        """
        thing = self._thing
        part = (lambda *inputs: way(thing, *inputs)) if callable(thing) else thing
        other = Answer(part, self.seconds, self._told)
        other._attempted = self._attempted
        return other

    def through_class(self, way: Callable, begun: bool = True) -> "Answer":
        """Return an answer whose results are ``way(class, *inputs)``, for a task to write a class.

        Unless it is ``begun``, `...` from a part means that the task wasn't attempted.

        >>> Answer(dict).through_class(lambda made, pairs: list(made(pairs))).list([("a", 1)])
        ['a']
        """
        made = self.using(lambda thing: thing)
        if not callable(made):
            raise Diagnosis(f"A class is asked for; this is of the type {type(made).__name__}.")
        other = self.through(way)
        other._attempted = begun
        return other

    def array(self, *inputs: object, shape: tuple[int, ...] | None = None) -> np.ndarray:
        """Return the result as finite floats of ``shape`` (None: any); see ``plain.as_array``."""
        return as_array(self.result(*inputs), shape)

    def number(self, *inputs: object) -> float:
        """Return the result as one finite number; arrays and tensors of no axis are numbers too."""
        return as_number(self.result(*inputs))

    def list(self, *inputs: object, of: type | None = None, what: str = "items") -> list:
        """Return the result as a list; tuples, arrays and generators are taken as well."""
        return as_list(self.result(*inputs), of, what)


def too_long(seconds: float) -> str:
    """Return the diagnosis of code that took more than ``seconds``.

    >>> too_long(5)[:46]
    'Your code took longer than 5 s and was stopped'
    """
    return (
        f"Your code took longer than {seconds:g} s and was stopped. Either a loop in it never "
        "ends, or it does far more work than the task needs."
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


def _said(error: BaseException) -> str:
    """Say which error stopped the learner's code, and in which of their lines."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _HERE not in f.filename]
    line = f" in the line `{frames[0].line}`" if frames and frames[0].line else ""
    hint = ""
    if "broadcast" in str(error):
        hint = " (is a number for each row meant? then its sum needs keepdims=True)"
    elif "must match the size" in str(error):  # torch's words for the same
        hint = " (is a number for each text or word meant? then it needs an axis more: [..., None])"
    said = " ".join(str(error).split())
    return f"Your code stopped{line} with {type(error).__name__}: {said[:200]}{hint}."
