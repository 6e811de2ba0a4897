"""Keep a notebook's exercise cells as the bank has them.

The cells between the heading "Check yourself" and the next heading are made from the exercise
bank, two for each exercise: the task, and the starter with its check. Who writes a notebook writes
the heading and changes exercises in ``helpers/exercises/``; storing the notebook fills them in.
Where only words of the exercises changed, ``python -m tools.exercise_cells`` does it without a run.
"""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from helpers.exercises import bank, cells
from helpers.whole_files import whole

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


def refresh(path: Path) -> bool:
    """Bring a stored notebook's exercise cells up to date without running it; say if any changed.

    For a change of words that runs as before: outputs stay. Raises ValueError if a cell is new,
    since its output can only come from a run.
    """
    notebook = nbformat.read(path, as_version=4)
    before = {cell.id: cell for cell in notebook.cells}
    fill_in(notebook, path.name[:2])
    for cell in notebook.cells:
        if cell.id not in before:
            raise ValueError(f"{path.name} lacks the cell {cell.id}: make notebooks runs it")
        if cell.cell_type == "code":
            cell.outputs = before[cell.id].outputs
            cell.execution_count = before[cell.id].execution_count
    changed = [cell.id for cell in notebook.cells if cell.source != before[cell.id].source]
    if changed:
        with whole(path) as beside:
            nbformat.write(notebook, beside)
    return bool(changed)


if __name__ == "__main__":  # python -m tools.exercise_cells, for all notebooks
    for stored in sorted(Path("notebooks").glob("[0-9][0-9]_*.ipynb")):
        if refresh(stored):
            print(f"{stored}: exercises as in the bank now, not run again")
