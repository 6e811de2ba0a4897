"""What a task may forbid: loops over its input, calls into a library, tables of intermediate size.

Each looks at one call of the answer: how many steps Python takes, which modules it calls, how
much NumPy holds at most. A source text is not looked at, so the way it is written doesn't matter.
"""

import sys
import tracemalloc
from collections.abc import Callable

from helpers.exercises.answer import Answer


def steps(answer: Answer, *inputs: object) -> int:
    """Return how many lines of Python one call runs, in whatever function.

    If the number grows with the input, the answer loops over it.

    >>> steps(Answer(lambda n: [i for i in range(n)]), 90) > steps(Answer(range), 90) + 80
    True
    """
    count = 0

    def trace(frame: object, event: str, value: object) -> Callable:
        nonlocal count
        count += event in ("line", "call")
        return trace

    before = sys.gettrace()

    def traced(thing: Callable) -> object:
        sys.settrace(trace)
        try:
            return thing(*inputs)
        finally:
            sys.settrace(before)

    answer.using(traced, inputs)
    return count


def calls(answer: Answer, module: str, *inputs: object) -> bool:
    """Whether one call runs code of ``module``, a library's top name such as "scipy".

    Functions of the kind of NumPy's ``exp`` (ufuncs, as ``scipy.special.expit``) aren't seen.

    >>> calls(Answer(lambda x: x), "scipy", 3)
    False
    """
    found = False

    def profile(frame: object, event: str, value: object) -> None:
        nonlocal found
        own = frame.f_globals.get("__name__") or ""
        other = getattr(value, "__module__", None) or "" if event == "c_call" else ""
        found = found or module in (own.split(".")[0], str(other).split(".")[0])

    before = sys.getprofile()

    def profiled(thing: Callable) -> object:
        sys.setprofile(profile)
        try:
            return thing(*inputs)
        finally:
            sys.setprofile(before)

    answer.using(profiled, inputs)
    return found


def largest_memory(answer: Answer, *inputs: object) -> int:
    """Return the bytes that NumPy and Python hold at most during one call, beyond those before.

    >>> import numpy as np
    >>> 8e5 < largest_memory(Answer(lambda n: np.zeros(n).sum()), 100_000) < 9e5
    True
    """
    began = not tracemalloc.is_tracing()
    if began:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        answer.using(lambda thing: thing(*inputs), inputs)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if began:
            tracemalloc.stop()
