"""An environment of its own in `build`, for tools that the course itself does not need.

Apart from the course's own, so that no learner's grows or changes by it. Made where it is first
asked for, and again when pins change. It may see the packages of the course's environment and then
adds only what is missing. Its pins are an extra of pyproject.toml, and constraints.txt. Standard
library only: it runs before anything is installed.
"""

import hashlib
import json
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import setup_environment as setup


@dataclass(frozen=True)
class OwnEnvironment:
    """Its folder in ``build``, the extra with its pins, and what is said while it is made."""

    name: str
    extra: str
    purpose: str  # as in "Setting up PURPOSE, in FOLDER"
    size: str = ""

    def python_of(self, root: Path) -> Path:
        """Return its Python, whether it is there or not."""
        return setup.python_of(root / "build" / self.name)

    def ready(
        self,
        root: Path,
        course: Path | None = None,
        finish: Callable[[Path, Path], object] = lambda python, root: None,
    ) -> Path:
        """Return its Python; make it first if it is not there, whole.

        Parameters
        ----------
        root
            The project.
        course
            The Python of the course's environment, whose packages it is to see; none if None.
        finish
            Called with its Python and the project after its packages are in.
        """
        if not self.is_whole(root, course):
            (root / "build").mkdir(exist_ok=True)
            with setup.only_one(root / "build" / f"{self.name}.lock"):
                if not self.is_whole(root, course):
                    self._make(root, course)
                    finish(self.python_of(root), root)
                    self._stamp(root).write_text(expected(root, course))
        return self.python_of(root)

    def is_whole(self, root: Path, course: Path | None = None) -> bool:
        """Say whether a finished environment of exactly these pins is there."""
        there = self._stamp(root).exists() and self.python_of(root).exists()
        return there and self._stamp(root).read_text() == expected(root, course)

    def _stamp(self, root: Path) -> Path:
        return root / "build" / self.name / "course-stamp"

    def _make(self, root: Path, course: Path | None) -> None:
        """Make the environment, over an old or half-made one."""
        folder, log = Path("build") / self.name, root / "build" / f"{self.name}.log"
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        pins = project["optional-dependencies"][self.extra]
        size = f" ({self.size})" if self.size else ""
        setup.say(f"Setting up {self.purpose}, in {folder}: {', '.join(pins)}{size}")
        setup.create(root / folder, log)
        if course:
            see(self.python_of(root), course)
        constraints = ["-c", "constraints.txt", "-c", "requirements.txt"]
        setup.pip(self.python_of(root), [*constraints, *pins], root, log)


def expected(root: Path, course: Path | None) -> str:
    """Return what the stamp of a whole environment says: the pins, and whose packages it sees."""
    pins = setup.fingerprint(root)
    return hashlib.sha256(f"{pins} {course}".encode()).hexdigest() if course else pins


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
