"""An environment with Playwright, which drives a browser for test_browser.py and test_book.py.

Apart from the course's own, which it would make a tenth larger. It is made only where Chromium (or
Chrome) is installed: Playwright's own browsers are never fetched. Standard library only. The pins
are the ``browser`` extra of pyproject.toml and constraints.txt.
"""

import shutil
import tomllib
from pathlib import Path

import setup_environment as setup

FOLDER = Path("build") / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """Return where Chromium or Chrome is installed, or None."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


def ready_if_there_is_a_browser(root: Path) -> None:
    """Make the environment if a browser is installed and it is not there, whole.

    Where Playwright cannot be installed (it has no build for some systems), say so in a line and
    go on: the test then skips, with the reason.
    """
    if browser() and not is_whole(root):
        (root / "build").mkdir(exist_ok=True)
        with setup.only_one(root / "build" / "browser.lock"):
            if not is_whole(root):
                try:
                    make(root)
                except setup.SetupError as error:
                    setup.say(f"Note: the tests in a browser will be skipped. {error}")


def python_of(root: Path) -> Path:
    """Return the environment's Python, whether it is there or not."""
    return setup.python_of(root / FOLDER)


def is_whole(root: Path) -> bool:
    """Say whether a finished environment of exactly these pins is there."""
    stamp = root / FOLDER / "course-stamp"
    return (
        stamp.exists() and stamp.read_text() == setup.fingerprint(root) and python_of(root).exists()
    )


def make(root: Path) -> None:
    """Make the environment, over an old or half-made one."""
    log, pins = root / "build" / "browser.log", pinned(root)
    setup.say(f"Setting up the tests in a browser, in {FOLDER}: {', '.join(pins)} (about 190 MB)")
    setup.create(root / FOLDER, log)
    setup.pip(python_of(root), ["-c", "constraints.txt", *pins], root, log)
    (root / FOLDER / "course-stamp").write_text(setup.fingerprint(root))


def pinned(root: Path) -> list[str]:
    """Return the pins of the ``browser`` extra."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["optional-dependencies"]["browser"]
