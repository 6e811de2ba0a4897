"""What learners could hand in, made from the released notebook, with the points each must get.

Among them are the solutions, the notebook as it was released, and the bank's wrong answers: the
first ones of all exercises together in one hand-in, then the second ones, and so on, so that few
notebooks have to run; of an exercise with many wrong answers some. Knows nothing of nbgrader but
its names of cells.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat
from assignment_source import answer_id

from helpers.exercises.exercise import Exercise, Wrong

RAISES = 'raise RuntimeError("this cell stops before it defines anything")'
ENDLESS = "while True:\n    pass"
MOST = 5  # wrong answers of an exercise, of each part one; the bank's own tests try them all
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
    none = dict.fromkeys(full, 0)
    right = {exercise.name: exercise.solution for exercise in exercises}
    made = [
        HandIn("solution", filled(released, exercises, right), full),
        HandIn("empty", copy.deepcopy(released), none),
        HandIn("tampered", tampered(released, exercises), none),
    ]
    for place in range(max(len(some_wrong(exercise)) for exercise in exercises)):
        answers, expected = dict(right), dict(full)
        for exercise in exercises:
            if place < len(some_wrong(exercise)):
                wrong = some_wrong(exercise)[place]
                answers[exercise.name] = wrong.source(exercise.solution)
                expected[exercise.name] = exercise.points_before(wrong.fails)
        made.append(HandIn(f"wrong-{place + 1}", filled(released, exercises, answers), expected))
    first, last = exercises[0].name, exercises[-1].name
    for student, lost, code in (("raises", first, RAISES), ("endless", last, ENDLESS)):
        made.append(
            HandIn(student, filled(released, exercises, right | {lost: code}), full | {lost: 0})
        )
    return made


def some_wrong(exercise: Exercise) -> list[Wrong]:
    """Return up to ``MOST`` of an exercise's wrong answers, the first of every stage among them."""
    stages = [wrong.fails for wrong in exercise.wrong]
    firsts = [w for place, w in enumerate(exercise.wrong) if w.fails not in stages[:place]]
    return [*firsts, *(wrong for wrong in exercise.wrong if wrong not in firsts)][:MOST]


def filled(
    released: nbformat.NotebookNode, exercises: Iterable[Exercise], answers: dict[str, str]
) -> nbformat.NotebookNode:
    """Return a copy of the released notebook with code in the place of the starters."""
    notebook = copy.deepcopy(released)
    for exercise in exercises:
        cell_of(notebook, answer_id(exercise)).source = answers[exercise.name].strip("\n")
    return notebook


def tampered(
    released: nbformat.NotebookNode, exercises: tuple[Exercise, ...]
) -> nbformat.NotebookNode:
    """Return a copy without answers, in which one test boasts and the others are deleted."""
    notebook = copy.deepcopy(released)
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
