"""The two cells that an exercise has in a notebook: the task, and the starter with its check."""

from helpers.exercises.exercise import Exercise

_OWN = "from helpers import exercises"


def prompt_cell(exercise: Exercise, place: int, of: int) -> str:
    """Return the Markdown of the task; it is exercise ``place`` of ``of`` in its notebook."""
    dots = "●" * exercise.difficulty + "○" * (5 - exercise.difficulty)
    return (
        f"### Exercise {place} of {of}: {exercise.title}\n\n"
        f"*Difficulty {dots}, {exercise.difficulty} of 5; about {exercise.minutes} minutes.*\n\n"
        f"{exercise.prompt.strip()}"
    )


def code_cell(exercise: Exercise) -> str:
    """Return the code: imports, starter and check, so that the cell also works alone."""
    return with_check(exercise, exercise.starter) + (
        f'\n# exercises.hint("{exercise.name}")  # take away the # and the space, then run again'
        f'\n# exercises.solution("{exercise.name}")'
    )


def with_check(exercise: Exercise, code: str) -> str:
    """Return ``code`` (a starter, a solution, a wrong answer) followed by its check."""
    return f"{with_import(code)}\n\n\n{check_line(exercise)}"


def check_line(exercise: Exercise) -> str:
    """Return the line that checks the answer."""
    return f'exercises.check("{exercise.name}", {exercise.answer})'


def with_import(code: str) -> str:
    """Return ``code`` with the import of the exercises in its place among its other imports.

    >>> print(with_import("import numpy as np\\n\\n\\ndef f(): ..."))
    import numpy as np
    <BLANKLINE>
    from helpers import exercises
    <BLANKLINE>
    <BLANKLINE>
    def f(): ...
    """
    lines = code.strip("\n").split("\n")
    last = 0  # after the imports at the top
    for number, line in enumerate(lines, 1):
        if line.startswith(("import ", "from ")):
            last = number
        elif line.strip():
            break
    imports, rest = lines[:last], "\n".join(lines[last:]).strip("\n")
    others = [line for line in imports if not line.startswith("from helpers")]
    ours = sorted([_OWN, *(line for line in imports if line.startswith("from helpers"))])
    top = "\n".join(others).rstrip()
    gap = "\n\n\n" if rest.startswith(("def ", "class ", "@")) else "\n\n"
    return (f"{top}\n\n" if top else "") + "\n".join(ours) + gap + rest
