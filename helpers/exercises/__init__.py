"""Exercises for the end of each notebook: a check, hints one at a time, and the solution.

``check`` prints one line: not attempted yet, what is wrong in the learner's own numbers, or that
the answer is right and what it shows. The exercises stand in ``nb01``, ``nb02`` …; what one
is made of, ``exercise.py`` says.
"""

from helpers.exercises import bank
from helpers.exercises.marking import Mark, mark


def check(name: str, answer: object) -> None:
    """Print whether ``answer`` solves the exercise ``name``, and if not, what is wrong with it.

    Parameters
    ----------
    name
        Notebook number and exercise, e.g. ``"04-rows"``.
    answer
        The learner's function or value; ``...`` or a function that returns ``...`` is not
        attempted yet. It is run on copies, in a process of its own where the system has fork, and
        stopped if it doesn't end. The first lines that it prints are printed as well.

    Raises
    ------
    LookupError
        If there is no exercise of that name.
    """
    _tell(mark(bank.find(name), answer))


def hint(name: str, number: int = 1) -> None:
    """Print the first hint for the exercise ``name``, or the second.

    Raises
    ------
    ValueError
        If ``number`` is neither 1 nor 2.
    """
    hints = bank.find(name).hints
    if number not in range(1, len(hints) + 1):
        raise ValueError(f"{name} has hints 1 and 2, none of the number {number}")
    print(f"Hint {number} of {len(hints)}: {hints[number - 1]}")
    if number < len(hints):
        print(f'One more: exercises.hint("{name}", {number + 1})')
    else:
        print(f'Still stuck? exercises.solution("{name}")')


def solution(name: str) -> None:
    """Print a solution of the exercise ``name``, as code to be read, run and copied."""
    print(bank.find(name).solution.strip("\n"))


def grade(name: str, answer: object) -> float:
    """Check ``answer`` and return the points that it earns; for teachers' assignments.

    What the answer writes to the error stream, a warning or a progress bar, is left out, as it is
    by :func:`check`: nbgrader would give no points for it.
    """
    result = mark(bank.find(name), answer)
    _tell(result)
    return float(result.points)


def _tell(result: Mark) -> None:
    printed = result.printed
    print(printed + ("" if printed.endswith("\n") or not printed else "\n") + str(result))
