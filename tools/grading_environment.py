"""An environment with nbgrader, for `make assignments` and its test.

Apart from the course's own, so that a learner's JupyterLab gets no teacher's menus. It sees the
packages of the course's environment and adds what is missing, so it is small, and notebooks are
graded by the same versions that the learners have. Standard library only. The pins are the
``teaching`` extra of pyproject.toml and constraints.txt.
"""

import hashlib
import json
import shutil
import tomllib
from pathlib import Path

import setup_environment as setup

FOLDER = Path("build") / "grading"


def ready(root: Path, course: Path) -> Path:
    """Return the Python of the grading environment; make it first if it is not there, whole.

    Parameters
    ----------
    root
        The project.
    course
        The Python of the course's environment, whose packages it is to see.
    """
    python = setup.python_of(root / FOLDER)
    expected = hashlib.sha256(f"{setup.fingerprint(root)} {course}".encode()).hexdigest()
    if not is_whole(root, expected):
        (root / "build").mkdir(exist_ok=True)
        with setup.only_one(root / "build" / "grading.lock"):
            if not is_whole(root, expected):
                make(root, course)
                (root / FOLDER / "course-stamp").write_text(expected)
    return python


def is_whole(root: Path, expected: str) -> bool:
    """Say whether a finished environment of exactly these pins is there."""
    stamp = root / FOLDER / "course-stamp"
    python = setup.python_of(root / FOLDER)
    return stamp.exists() and stamp.read_text() == expected and python.exists()


def make(root: Path, course: Path) -> None:
    """Make the environment, over an old or half-made one."""
    python, log, pins = setup.python_of(root / FOLDER), root / "build" / "grading.log", pinned(root)
    setup.say(f"Setting up the grading, in {FOLDER}: {', '.join(pins)} (about 140 MB)")
    setup.create(root / FOLDER, log)
    see(python, course)
    setup.pip(python, ["-c", "constraints.txt", "-c", "requirements.txt", *pins], root, log)
    # a kernel of its own, or a user's other kernel of the name python3 would be taken
    done = setup.run([python, "-m", "ipykernel", "install", "--sys-prefix"], cwd=root)
    if done.returncode:
        raise setup.SetupError(f"The grading's kernel cannot be installed: {done.stdout.strip()}")


def pinned(root: Path) -> list[str]:
    """Return the pins of the ``teaching`` extra."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"]["teaching"]


def places_of(python: Path) -> dict[str, str]:
    """Return where an environment keeps things: ``purelib``, ``platlib``, ``data`` and more."""
    done = setup.run(
        [python, "-I", "-c", "import json, sysconfig; print(json.dumps(sysconfig.get_paths()))"]
    )
    if done.returncode:
        raise setup.SetupError(f"{python} does not start: {done.stdout.strip()}")
    return json.loads(done.stdout)


def see(python: Path, course: Path) -> None:
    """Let an environment see the course's packages after its own, and what belongs to them."""
    own, theirs = places_of(python), places_of(course)
    folders = dict.fromkeys([theirs["purelib"], theirs["platlib"]])
    lines = "".join(f"import site; site.addsitedir({folder!r})\n" for folder in folders)
    (Path(own["purelib"]) / "course.pth").write_text(lines, encoding="utf-8")
    for name in ("nbconvert", "lab"):  # templates of pages, and JupyterLab itself
        share = Path("share") / "jupyter" / name
        if (theirs["data"] / share).is_dir():
            shutil.copytree(theirs["data"] / share, own["data"] / share, dirs_exist_ok=True)
