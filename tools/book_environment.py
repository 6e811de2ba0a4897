"""An environment with Sphinx and what else `make book` needs.

Apart from the course's own, which no learner wants larger. It sees the packages of the course's
environment and adds what is missing, as the grading's does (grading_environment.py). Standard
library only. The pins are the ``book`` extra of pyproject.toml and constraints.txt.
"""

import hashlib
import tomllib
from pathlib import Path

import setup_environment as setup
from grading_environment import see

FOLDER = Path("build") / "book-tools"


def ready(root: Path, course: Path) -> Path:
    """Return the Python of the book's environment; make it first if it is not there, whole.

    Parameters
    ----------
    root
        The project.
    course
        The Python of the course's environment, whose packages it is to see.
    """
    python = setup.python_of(root / FOLDER)
    if not is_whole(root, course):
        (root / "build").mkdir(exist_ok=True)
        with setup.only_one(root / "build" / "book-tools.lock"):
            if not is_whole(root, course):
                make(root, course)
                (root / FOLDER / "course-stamp").write_text(expected(root, course))
    return python


def expected(root: Path, course: Path) -> str:
    """Return what the stamp of a whole environment says: the pins, and whose packages it sees."""
    return hashlib.sha256(f"{setup.fingerprint(root)} {course}".encode()).hexdigest()


def is_whole(root: Path, course: Path) -> bool:
    """Say whether a finished environment of exactly these pins is there."""
    stamp = root / FOLDER / "course-stamp"
    there = stamp.exists() and setup.python_of(root / FOLDER).exists()
    return there and stamp.read_text() == expected(root, course)


def make(root: Path, course: Path) -> None:
    """Make the environment, over an old or half-made one."""
    python, pins = setup.python_of(root / FOLDER), pinned(root)
    log = root / "build" / "book-tools.log"
    setup.say(f"Setting up the book's tools, in {FOLDER}: {', '.join(pins)} (118 MB of disk)")
    setup.create(root / FOLDER, log)
    see(python, course)
    setup.pip(python, ["-c", "constraints.txt", "-c", "requirements.txt", *pins], root, log)


def pinned(root: Path) -> list[str]:
    """Return the pins of the ``book`` extra."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"]["book"]
