"""From the exercise bank to nbgrader's source notebooks, one assignment for each notebook.

An exercise becomes three cells: its task, the learner's cell (the starter, and the solution between
the marks that nbgrader takes away), and a locked cell that grades. nbgrader gives as points what
the locked cell returns, so an answer that passes only some stages keeps their points. Runs no
nbgrader itself: grading_circle.py does.
"""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.exercises import bank, cells
from helpers.exercises.exercise import POINTS, Exercise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def assignment_name(number: str) -> str:
    """Return the name of a notebook's assignment, which is also its file's.

    >>> assignment_name("04")
    'exercises-04'
    """
    return f"exercises-{number}"


def source_notebook(number: str) -> nbformat.NotebookNode:
    """Return the assignment of notebook ``number`` as its teacher sees it, with the solutions."""
    exercises = bank.of_notebook(number)
    made = [new_markdown_cell(opening(number, exercises), id="opening")]
    for place, exercise in enumerate(exercises, 1):
        task = cells.prompt_cell(exercise, place, len(exercises))
        made += [
            new_markdown_cell(f"{task}\n\n{worth(exercise)}", id=f"task-{exercise.name}"),
            new_code_cell(
                answer_source(exercise),
                id=answer_id(exercise),
                metadata=marks(answer_id(exercise), solution=True),
            ),
            new_code_cell(
                test_source(exercise),
                id=exercise.name,
                metadata=marks(exercise.name, grade=True, locked=True, points=exercise.points),
            ),
        ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=made, metadata=kernel)


def opening(number: str, exercises: tuple[Exercise, ...]) -> str:
    """Return the first cell: what this is, and how to hand it in."""
    minutes = sum(exercise.minutes for exercise in exercises)
    points = sum(exercise.points for exercise in exercises)
    return (
        f"# Exercises of notebook {number}\n\n"
        f"{len(exercises)} exercises, {points} points, about {minutes} minutes. Write each answer "
        "in the cell below its task, and run it. The cell after it says what the answer lacks and "
        "returns the points that it earns; your teacher's copy of that cell counts, so leave it as "
        "it is. Before you hand in, choose *Kernel → Restart Kernel and Run All Cells…*, and save."
    )


def worth(exercise: Exercise) -> str:
    """Return the sentence on what earns the points, stage by stage."""
    stages = ", ".join(f"{stage} {POINTS[stage]}" for stage in exercise.stages)
    return f"*Points: {exercise.points} ({stages}), earned in this order.*"


def answer_source(exercise: Exercise) -> str:
    """Return the learner's cell: the starter, then the solution, which defines the name anew."""
    starter, solution = exercise.starter.strip("\n"), exercise.solution.strip("\n")
    return f"{starter}\n{BEGIN}\n{solution}\n{END}"


def test_source(exercise: Exercise) -> str:
    """Return the cell that grades; what it returns is what nbgrader gives."""
    return f'from helpers import exercises\n\nexercises.grade("{exercise.name}", {exercise.answer})'


def answer_id(exercise: Exercise) -> str:
    """Return nbgrader's name of the learner's cell; that of the test is the exercise's name."""
    return f"{exercise.name}-answer"


def marks(
    name: str, grade: bool = False, solution: bool = False, locked: bool = False, points: int = 0
) -> dict:
    """Return a code cell's metadata in nbgrader's third schema."""
    flags = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    more = {"points": points} if grade else {}
    return {"nbgrader": {"schema_version": 3, "grade_id": name, **flags, **more}}
