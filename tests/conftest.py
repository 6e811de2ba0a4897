"""For all tests: no network, no progress bars, data that was fetched before."""

import os
import signal
from pathlib import Path

import pytest

from helpers.sources import asset_registry, assets

ROOT = Path(__file__).resolve().parent.parent
GUARD = ROOT / "tools" / "guard"

# Here, at import, so that it also holds for the doctests of helpers/ and for every process
# that a test starts.
os.environ["PYTHONPATH"] = str(GUARD)
os.environ["COURSE_OFFLINE"] = "1"
os.environ["COURSE_QUIET"] = "1"
os.environ["MPLBACKEND"] = "Agg"
os.environ.pop("COURSE_SIZE", None)
# For tests and doctests of text/, which leaves it to its caller where NLTK's tables lie. Notebooks
# run without this (tools/kernels.py drops it): they must call use_course_data themselves.
os.environ["NLTK_DATA"] = os.pathsep.join(
    str(assets.data_folder() / asset_registry.read_registry()[name].folder)
    for name in ("nltk-data", "wordnet-3.0")
)
# A shell that starts the tests in the background lets them ignore Ctrl-C, and every process that
# they start would inherit that: tests of what an interrupt does would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
exec(compile((GUARD / "sitecustomize.py").read_text(encoding="utf-8"), "guard", "exec"), {})

notebook_lines = pytest.StashKey[list[str]]()


def pytest_configure(config):
    """Make room for the lines of the notebooks' summary."""
    config.stash[notebook_lines] = []


@pytest.fixture
def report_notebook(request):
    """Return a function that adds a line to the summary of notebooks."""
    return request.config.stash[notebook_lines].append


def pytest_terminal_summary(terminalreporter, config):
    """Say what each notebook took."""
    if lines := config.stash[notebook_lines]:
        terminalreporter.section("notebooks, each from a clean kernel without a network")
        for line in lines:
            terminalreporter.write_line(line)
