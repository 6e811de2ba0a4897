"""An environment for the libraries that `make bench` measures the course against.

Apart from the course's own, so that nothing of it can leak into what is measured. Standard
library only. The pins are the ``bench`` extra of pyproject.toml.
"""

import tomllib
from pathlib import Path

import setup_environment as setup


def ready(root: Path) -> Path:
    """Return the Python of the rivals' environment; make it first if it is not there, whole."""
    environment = root / "build" / "rivals"
    python, stamp = setup.python_of(environment), environment / "course-stamp"
    pins = pinned(root)
    expected = setup.fingerprint(root)
    if stamp.exists() and stamp.read_text() == expected and python.exists():
        return python
    log = root / "build" / "rivals.log"
    setup.say(f"Setting up the rivals, in {environment.relative_to(root)}: {', '.join(pins)}")
    setup.create(environment, log)
    setup.pip(python, ["-c", "constraints.txt", "-c", "requirements.txt", *pins], root, log)
    stamp.write_text(expected)
    return python


def pinned(root: Path) -> list[str]:
    """Return the pins of the ``bench`` extra."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"]["bench"]
