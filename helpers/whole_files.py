"""Files and folders that are there whole or not at all, for everything that saves."""

import contextlib
import glob
import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil


@contextlib.contextmanager
def whole(path: str | os.PathLike) -> Iterator[Path]:
    """Give a path beside ``path`` to write to, which is renamed to ``path`` if all goes well.

    It also removes what killed processes left beside, but nothing of a living or foreign one.
    """
    path, host = Path(path), platform.node()
    beside = path.with_name(f".{path.name}.{host}.{os.getpid()}.part")
    for part in path.parent.glob(glob.escape(f".{path.name}.{host}.") + "*.part"):
        process = part.name.split(".")[-2]
        if part == beside or (process.isdecimal() and not psutil.pid_exists(int(process))):
            _remove(part)
    try:
        yield beside
        os.replace(beside, path)
    finally:
        _remove(beside)


def _remove(part: Path) -> None:
    shutil.rmtree(part, ignore_errors=True)  # if it is a folder
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
