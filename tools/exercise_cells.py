"""Keep a notebook's exercise cells as the bank has them.

The cells between the heading "Check yourself" and the next heading are made from the exercise
bank, two for each exercise: the task, and the starter with its check. Who writes a notebook writes
the heading and changes exercises in ``helpers/exercises/``; storing the notebook fills them in.
"""

import re

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from helpers.exercises import bank, cells

HEADING = re.compile(r"^## Check yourself", re.MULTILINE)
NEXT = re.compile(r"^## ", re.MULTILINE)


def exercise_cells(number: str) -> list[nbformat.NotebookNode]:
    """Return the cells of a notebook's exercises, each with an id that stays."""
    exercises = bank.of_notebook(number)
    made = []
    for place, exercise in enumerate(exercises, 1):
        task = cells.prompt_cell(exercise, place, len(exercises))
        made.append(new_markdown_cell(task, id=f"task-{exercise.name}"))
        tags = {"tags": ["exercise"]}
        code = cells.code_cell(exercise)
        made.append(new_code_cell(code, id=f"exercise-{exercise.name}", metadata=tags))
    return made


def place_of(notebook: nbformat.NotebookNode) -> slice | None:
    """Return where the exercises stand among the cells; None without the heading."""
    sources = [cell.source for cell in notebook.cells]
    first = next((i for i, source in enumerate(sources, 1) if HEADING.search(source)), None)
    if first is None:
        return None
    later = (i for i, source in enumerate(sources[first:], first) if NEXT.search(source))
    return slice(first, next(later, len(sources)))


def fill_in(notebook: nbformat.NotebookNode, number: str) -> None:
    """Put the bank's cells in their place in the notebook of that number, if it has exercises."""
    place = place_of(notebook)
    if place is not None and number in bank.notebooks():
        notebook.cells[place] = exercise_cells(number)
