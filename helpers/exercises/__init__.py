"""Checks for the exercises at the end of each notebook.

``check(name, answer)`` finds the check function of the notebook's file (``nb01.py`` …),
runs it and prints one line. A check function takes the learner's answer and returns either
``None`` (right) or a sentence that says what is wrong; its docstring's first line is what the
right answer shows.
"""

import importlib
from collections.abc import Callable


def check(name: str, answer: object) -> None:
    """Print whether ``answer`` solves the exercise ``name``, and if not, why.

    Parameters
    ----------
    name
        Notebook number and exercise, e.g. ``"01-zipf"``; the check is the function
        ``zipf`` of ``helpers/exercises/nb01.py``.
    answer
        The learner's answer; ``None`` or ``...`` means not attempted yet.

    Raises
    ------
    LookupError
        If there is no exercise of that name.
    """
    function = _check_function(name)
    if answer is None or answer is ...:
        print(f"{name}: not attempted yet.")
        return
    try:
        wrong = function(answer)
    except Exception as error:  # whatever the learner's object does, the notebook goes on
        wrong = f"the check met {type(error).__name__}: {error}"
    if wrong:
        print(f"{name}: not yet. {wrong}")
    else:
        shown, *_ = (function.__doc__ or "").strip().splitlines() or [""]
        print(f"{name}: right. {shown}".rstrip())


def _check_function(name: str) -> Callable[[object], str | None]:
    number, _, title = name.partition("-")
    file, own = f"{__name__}.nb{number}", title.replace("-", "_")
    try:
        function = vars(importlib.import_module(file)).get(own)
    except ModuleNotFoundError as error:
        if error.name != file:
            raise  # the file is there and lacks something itself
        function = None
    if own.startswith("_") or getattr(function, "__module__", None) != file:
        raise LookupError(f"no exercise is called {name!r}; copy its name from the notebook")
    return function
