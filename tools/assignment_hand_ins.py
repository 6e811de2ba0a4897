"""What learners could hand in, made from the released notebook, with the points each must get.

Five hand-ins, each with something for every exercise, so that few notebooks have to run: every
exercise's grading cell sees a right answer, none, a first wrong one, and one that is almost right.
The bank's own tests try all wrong answers. Knows nothing of nbgrader but its names of cells.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import nbformat
from assignment_source import answer_id

from helpers.exercises.exercise import Exercise, Wrong

RAISES = 'raise RuntimeError("this cell stops before it defines anything")'
ENDLESS = "while True:\n    pass"
BOAST = "1000.0  # instead of the test"


@dataclass(frozen=True)
class HandIn:
    """A learner's notebook, with the points that each exercise of it must get."""

    student: str
    notebook: nbformat.NotebookNode
    expected: dict[str, int]


def hand_ins(released: nbformat.NotebookNode, exercises: Iterable[Exercise]) -> list[HandIn]:
    """Return the hand-ins of one assignment.

    Parameters
    ----------
    released
        The notebook that learners get.
    exercises
        Its exercises, in their order.
    """
    exercises = tuple(exercises)
    full = {exercise.name: exercise.points for exercise in exercises}
    right = {exercise.name: exercise.solution for exercise in exercises}
    first, last = exercises[0].name, exercises[-1].name
    stopped = filled(released, exercises, right | {first: RAISES, last: ENDLESS})
    boasting, due = with_wrong(released, exercises, almost_right)
    return [
        HandIn("solution", filled(released, exercises, right), full),
        HandIn("empty", copy.deepcopy(released), dict.fromkeys(full, 0)),
        HandIn("wrong", *with_wrong(released, exercises, lambda exercise: exercise.wrong[0])),
        HandIn("tampered", tampered(boasting, exercises), due),
        HandIn("stopped", stopped, full | {first: 0, last: 0}),
    ]


def almost_right(exercise: Exercise) -> Wrong:
    """Return the wrong answer that keeps the most points, another than the first."""
    return max(exercise.wrong[1:], key=lambda wrong: exercise.points_before(wrong.fails))


def with_wrong(
    released: nbformat.NotebookNode,
    exercises: Iterable[Exercise],
    chosen: Callable[[Exercise], Wrong],
) -> tuple[nbformat.NotebookNode, dict[str, int]]:
    """Return the notebook with a wrong answer to every exercise, and the points they must get."""
    wrongs = [(exercise, chosen(exercise)) for exercise in exercises]
    answers = {exercise.name: wrong.source(exercise.solution) for exercise, wrong in wrongs}
    due = {exercise.name: exercise.points_before(wrong.fails) for exercise, wrong in wrongs}
    return filled(released, exercises, answers), due


def filled(
    released: nbformat.NotebookNode, exercises: Iterable[Exercise], answers: dict[str, str]
) -> nbformat.NotebookNode:
    """Return a copy of the released notebook with code in the place of the starters."""
    notebook = copy.deepcopy(released)
    for exercise in exercises:
        cell_of(notebook, answer_id(exercise)).source = answers[exercise.name].strip("\n")
    return notebook


def tampered(
    answered: nbformat.NotebookNode, exercises: tuple[Exercise, ...]
) -> nbformat.NotebookNode:
    """Return a copy with the same answers, in which one test boasts and the others are deleted."""
    notebook = copy.deepcopy(answered)
    boasting, *deleted = (exercise.name for exercise in exercises)
    cell_of(notebook, boasting).source = BOAST
    notebook.cells = [cell for cell in notebook.cells if id_of(cell) not in deleted]
    return notebook


def cell_of(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """Return the cell that nbgrader knows by a name."""
    (cell,) = (cell for cell in notebook.cells if id_of(cell) == name)
    return cell


def id_of(cell: nbformat.NotebookNode) -> str | None:
    """Return nbgrader's name of a cell, None if it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")
