"""What every headless run of a notebook shares: clean variables, and watching its memory.

Used by execute_notebook.py (run, store) and check_notebook.py (test).
"""

import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
GUARD = ROOT / "tools" / "guard"
# These would change what a notebook prints, draws or computes, or which kernel runs it.
DROPPED = (
    "COURSE_SIZE IPYTHONDIR JUPYTER_PATH MPLBACKEND NLTK_DATA PYTHONPATH PYTHONWARNINGS".split()
)


def course_notebooks(names: list[str] | None = None) -> list[Path]:
    """Return the course's notebooks in order, or only those whose names begin as given."""
    found = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    chosen = [file for file in found if not names or file.name.startswith(tuple(names))]
    if not chosen:
        raise SystemExit(f"no notebook's name begins with {' or '.join(names or ['a number'])}")
    return chosen


def environment(scratch: Path, **more: str) -> dict[str, str]:
    """Return this process's variables, made ready for a quiet run that depends on no user's own.

    Parameters
    ----------
    scratch
        An empty folder that stands in for the user's IPython folder with its start-up files.
    more
        Variables to add.
    """
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    quiet = {"COURSE_QUIET": "1", "IPYTHONDIR": str(scratch), "JUPYTER_PREFER_ENV_PATH": "1"}
    return kept | quiet | more


class Memory:
    """Watches the most memory that the processes below ``root`` hold at once.

    Looks ``every`` so many seconds. The true count walks all pages, some 50 ms for a kernel with
    torch, and a notebook slows down meanwhile; so it's done when resident memory, which is cheap to
    read, has grown by a hundredth, and otherwise once in ``at_least`` seconds.

    >>> with Memory() as memory:
    ...     pass
    >>> memory.peak  # this process started no other
    0
    """

    def __init__(self, root: int | None = None, every: float = 0.1, at_least: float = 2.0) -> None:
        self.peak = 0  # bytes
        self.counts = 0  # how often all pages were walked
        self._root = psutil.Process(root)
        self._every, self._at_least = every, at_least
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        most, last = 0, -math.inf  # resident bytes, and when they were counted
        while not self._stop.wait(self._every):
            now = resident(self._root)
            if now > 1.01 * most or (now and time.monotonic() - last > self._at_least):
                self.peak = max(self.peak, held(self._root))
                self.counts += 1
                most, last = max(most, now), time.monotonic()


def resident(root: psutil.Process) -> int:
    """Return the resident bytes of all processes that ``root`` started, and they in turn.

    What a process shares with one that it was forked from counts twice.
    """
    return sum(of_each(root, lambda process: process.memory_info().rss))


def held(root: psutil.Process) -> int:
    """Return the same, with shared bytes once where the system says which they are (Linux)."""

    def of(process: psutil.Process) -> int:
        full = process.memory_full_info()
        return getattr(full, "pss", full.rss)

    return sum(of_each(root, of))


def end_all_below(root: psutil.Process) -> None:
    """Kill every process that ``root`` started, and they in turn: also kernels with a session
    of their own, which a signal to a process group does not reach."""
    of_each(root, psutil.Process.kill)


def of_each(root: psutil.Process, do: Callable[[psutil.Process], object]) -> list:
    """Return what ``do`` gives for each process below ``root`` that is still there."""
    results = []
    try:
        below = root.children(recursive=True)
    except psutil.NoSuchProcess:
        return results
    for process in below:
        try:
            results.append(do(process))
        except psutil.Error:  # it has just ended
            continue
    return results
