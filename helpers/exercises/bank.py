"""The exercise bank: all exercises of the course, by name and by notebook.

Each notebook's exercises stand in a folder of their own, ``nb04/`` for notebook 04, with a file for
each. They are read when an exercise of the notebook is asked for.
"""

import importlib
import pkgutil
from pathlib import Path

from helpers.exercises.exercise import Exercise


def notebooks() -> list[str]:
    """Return the numbers of the notebooks that have exercises.

    >>> "04" in notebooks()
    True
    """
    files = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(file.name[2:] for file in files if file.name.startswith("nb"))


def of_notebook(number: str) -> tuple[Exercise, ...]:
    """Return a notebook's exercises in their order.

    Raises
    ------
    LookupError
        If no exercise belongs to that notebook.

    >>> of_notebook("04")[0].name
    '04-rows'
    """
    if number not in notebooks():
        raise LookupError(f"notebook {number!r} has no exercises; {', '.join(notebooks())} have")
    return importlib.import_module(f"helpers.exercises.nb{number}").EXERCISES


def find(name: str) -> Exercise:
    """Return the exercise of a name such as "04-rows".

    Raises
    ------
    LookupError
        If there is none; the message lists those of the same notebook.

    >>> find("04-rows").minutes > 0
    True
    """
    known = {exercise.name: exercise for exercise in of_notebook(str(name)[:2])}
    if name not in known:
        raise LookupError(f"no exercise is called {name!r}; there are {', '.join(known)}")
    return known[name]


def every() -> list[Exercise]:
    """Return all exercises, in the order of the notebooks."""
    return [exercise for number in notebooks() for exercise in of_notebook(number)]
