"""An environment with Playwright, which drives a browser for test_browser.py and test_book.py.

Apart from the course's own, which it would make a tenth larger. It is made only where Chromium (or
Chrome) is installed: Playwright's own browsers are never fetched.
"""

import shutil
from pathlib import Path

import setup_environment as setup
from own_environment import OwnEnvironment

BROWSER = OwnEnvironment("browser", "browser", "the tests in a browser", "about 190 MB")
is_whole, python_of = BROWSER.is_whole, BROWSER.python_of
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """Return where Chromium or Chrome is installed, or None."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


def ready_if_there_is_a_browser(root: Path) -> None:
    """Make the environment if a browser is installed and it is not there, whole.

    Where Playwright cannot be installed (it has no build for some systems), say so in a line and
    go on: the test then skips, with the reason.
    """
    if browser():
        try:
            BROWSER.ready(root)
        except setup.SetupError as error:
            setup.say(f"Note: the tests in a browser will be skipped. {error}")
