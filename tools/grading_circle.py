"""nbgrader's circle for one assignment: release, hand in, grade, read the points, feedback.

``prove`` goes round it with every hand-in there is.

Runs in the grading environment (grading_environment.py). A course is a folder with nbgrader's
settings, the source and the gradebook; what else is in it nbgrader writes itself.
"""

import shutil
import time
from pathlib import Path

import nbformat
from assignment_hand_ins import ENDLESS, HandIn, hand_ins
from assignment_source import assignment_name, source_notebook
from grading_proof import Proof, look_at_feedback, take
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

from helpers.exercises import bank

SETTINGS = Path(__file__).with_name("nbgrader_config.py")
PATIENCE = 3  # seconds for the cell that never ends; every other has the time of the settings
SHOWN = "wrong"  # whose feedback is looked at


class CircleError(Exception):
    """nbgrader stopped; the message is what it wrote."""


def prove(number: str, course: Path, folder: Path, kernel: str | None = None) -> Proof:
    """Grade every hand-in of an assignment in a copy of its course.

    Parameters
    ----------
    course
        The course with source, release and gradebook, which stays as it is.
    folder
        Where the copy goes; must not exist.
    kernel
        Run all but the solution with the kernel of this name. The solution always gets an ordinary
        one, as at a teacher's.
    """
    began = time.monotonic()
    exercises = bank.of_notebook(number)
    proof = Proof(number, {exercise.name: exercise.points for exercise in exercises})
    shutil.copytree(course, folder)
    grader = course_in(folder)
    try:
        for hand_in in hand_ins(released(grader, number), exercises):
            if kernel and hand_in.student != "solution":
                grader.config.Execute.kernel_name = kernel
            take(proof, hand_in, grade(grader, number, hand_in))
        says = [exercise.wrong[0].says for exercise in exercises]
        look_at_feedback(proof, SHOWN, feedback(grader, number, SHOWN), says)
    except CircleError as error:
        at = f"hand-in {len(proof.earned) + 1}"
        proof.problems.append(f"{assignment_name(number)}, {at}: nbgrader stopped: {error}")
    proof.seconds = time.monotonic() - began
    return proof


def course_in(folder: Path) -> NbGraderAPI:
    """Make a folder a course of nbgrader's, with this course's settings, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SETTINGS, folder)
    config = PyFileConfigLoader(SETTINGS.name, path=str(folder)).load_config()
    config.Execute.timeout_func = lambda cell: (
        PATIENCE if ENDLESS in cell.source else config.Execute.timeout
    )
    return NbGraderAPI(config=config)


def release(course: NbGraderAPI, number: str) -> None:
    """Write an assignment's source, and let nbgrader make the learners' notebook from it."""
    name = assignment_name(number)
    folder = Path(course.coursedir.root) / "source" / name
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(source_notebook(number), folder / f"{name}.ipynb")
    demand(course.generate_assignment(name))


def released(course: NbGraderAPI, number: str) -> nbformat.NotebookNode:
    """Return the learners' notebook."""
    name = assignment_name(number)
    path = Path(course.coursedir.root) / "release" / name / f"{name}.ipynb"
    return nbformat.read(path, as_version=4)


def grade(course: NbGraderAPI, number: str, hand_in: HandIn) -> dict[str, float]:
    """Hand a notebook in, let nbgrader grade it, and return the points of each exercise."""
    name = assignment_name(number)
    folder = Path(course.coursedir.root) / "submitted" / hand_in.student / name
    folder.mkdir(parents=True)
    nbformat.write(hand_in.notebook, folder / f"{name}.ipynb")
    demand(course.autograde(name, hand_in.student))
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as gradebook:
        (notebook,) = gradebook.find_submission(name, hand_in.student).notebooks
        return {grade.name: grade.auto_score for grade in notebook.grades}


def feedback(course: NbGraderAPI, number: str, student: str) -> str:
    """Let nbgrader write a learner's feedback page, and return its HTML."""
    name = assignment_name(number)
    demand(course.generate_feedback(name, student))
    page = Path(course.coursedir.root) / "feedback" / student / name / f"{name}.html"
    return page.read_text(encoding="utf-8")


def demand(result: dict) -> None:
    """Raise CircleError unless nbgrader says that it did its work."""
    if not result["success"]:
        raise CircleError(f"{result.get('log', '')}\n{result.get('error', '')}".strip())
