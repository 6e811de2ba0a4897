"""A few files kept together in a folder: written whole or not at all, and sealed by SHA-256.

Notebook 07 keeps a trained classifier so. One JSON file, the settings, names the other files and
has the SHA-256 of each and of itself. Knows no model: what the files mean is left to
``saved_classifier``.
"""

import contextlib
import glob
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import filelock

SETTINGS = "settings.json"
AGAIN = "save it again, or take an undamaged copy of the whole folder"
_OURS = re.compile(r"[a-z]+-[0-9a-f]{12}\.[a-z]+")


class SealError(RuntimeError):
    """Files that are not those that were written, or that can't be written."""


def write(
    folder: str | os.PathLike,
    settings: Mapping,
    parts: Mapping[str, Callable[[Path], object]],
    check: Callable[[Path], object] = lambda work: None,
    overwrite: bool = False,
) -> Path:
    """Write settings and parts into ``folder``; after a crash at any moment all are there or none.

    They are written beside, checked, and then moved into place. What a process left beside when
    it was killed, the next call clears.

    Parameters
    ----------
    folder
        A new folder, or an empty one.
    settings
        Plain values for JSON, with ``kind`` and ``format`` among them.
    parts
        By name, such as ``weights.safetensors``, a function that writes the file it is given.
    check
        Called with the folder beside once all is written; if it raises, nothing is kept.
    overwrite
        True replaces what this function wrote before; that stays until the new files are whole.

    Raises
    ------
    FileExistsError
        If the folder was written before and ``overwrite`` is False, or holds something else.
    SealError
        If the files can't be written.

    >>> import tempfile
    >>> parts = {"greeting.txt": lambda path: path.write_text("hello", encoding="utf-8")}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     where = write(folder, {"kind": "note", "format": 1}, parts)
    ...     settings = read_settings(where, "note", 1)
    ...     part_of(where, settings, "greeting").read_text(encoding="utf-8")
    'hello'
    """
    folder = Path(folder).absolute()
    work = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.with_name(f".{folder.name}.lock")):
            old = _old_files(folder, overwrite)
            for left in folder.parent.glob(f".{glob.escape(folder.name)}.{'[0-9a-f]' * 8}.part"):
                shutil.rmtree(left)  # its process is dead, or it would have the lock
            work.mkdir()
            _fill(work, settings, parts)
            check(work)
            _move(work, folder, old)
    except OSError as error:
        if isinstance(error, FileExistsError) and error.errno is None:
            raise  # ours
        raise SealError(
            f"could not write to {folder} ({error}); free some disk space, or choose a folder that "
            "you may write to"
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def read_settings(folder: str | os.PathLike, kind: str, form: int) -> dict:
    """Return the settings of what :func:`write` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    SealError
        If it was not written by ``write``, is of another kind or format, or was changed since.
    """
    path = Path(folder) / SETTINGS
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}; check the name, or save first")
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SealError(
            f"{folder} has no {SETTINGS}, so it holds no {kind}; check its name"
        ) from None
    except (OSError, ValueError) as error:
        raise SealError(f"{path} is not readable as JSON ({error}); {AGAIN}") from error
    if not isinstance(settings, dict) or settings.get("kind") != kind:
        raise SealError(f"{path} is not the settings of a {kind}; check the folder's name")
    if settings.get("format") != form:
        raise SealError(
            f"{path} has format {settings.get('format')!r}, and this version of the course reads "
            f"{form}; use the version that wrote it, {settings.get('course_version', 'unknown')}"
        )
    if settings.get("sha256") != _digest(settings):
        raise SealError(
            f"{path} was changed after it was written, which nobody can check; make the change in "
            f"Python and save it again, or take an undamaged copy of the whole folder"
        )
    return settings


def part_of(folder: str | os.PathLike, settings: Mapping, name: str) -> Path:
    """Return the path of the part ``name``, named without its ending; its bytes are checked.

    Raises
    ------
    SealError
        If the file is missing, damaged, cut off, or from another folder.
    """
    named = settings.get("files", {}).get(name, {"file": "", "sha256": ""})
    path = Path(folder) / named["file"]
    if not _OURS.fullmatch(named["file"]):
        raise SealError(f"{Path(folder) / SETTINGS} names no file for the {name}; {AGAIN}")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        others = [other.name for other in Path(folder).glob(f"{name}-*")]
        beside = f"; {others[0]}, which is there, was saved with something else" if others else ""
        raise SealError(
            f"{path}, the {name}, can't be read ({error.strerror}){beside}; {AGAIN}"
        ) from error
    if digest != named["sha256"]:
        raise SealError(
            f"{path} is not the {name} that {SETTINGS} names, for its SHA-256 differs: it is "
            f"damaged, cut off, or was saved with something else; {AGAIN}"
        )
    return path


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process in at a time; the system frees the lock when that ends, even killed."""
    with filelock.FileLock(lock):
        try:
            yield
        finally:
            if os.name == "posix":  # who waits sees that the file is gone, and makes a new one
                lock.unlink(missing_ok=True)


def _old_files(folder: Path, overwrite: bool) -> list[Path]:
    """Return the files that are there; refuse a folder that must not be written to."""
    if not folder.exists():
        return []
    if not folder.is_dir():
        raise FileExistsError(f"{folder} is a file; choose a new name for the folder")
    ours = [path for path in folder.iterdir() if _OURS.fullmatch(path.name)]
    if any(folder.iterdir()) and not (ours and (folder / SETTINGS).exists()):
        raise FileExistsError(f"{folder} holds other things already; choose a new name")
    if ours and not overwrite:
        raise FileExistsError(
            f"{folder} was saved before; choose a new name, or replace it with overwrite=True"
        )
    return ours


def _fill(work: Path, settings: Mapping, parts: Mapping[str, Callable[[Path], object]]) -> None:
    """Write all files; each part is named by its content, so that no older one has its name."""
    sealed = {**settings, "files": {}}
    for name, write_part in parts.items():
        path = work / name
        write_part(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        final = path.with_name(f"{path.stem}-{digest[:12]}{path.suffix}")
        sealed["files"][path.stem] = {"file": final.name, "sha256": digest}
        path.rename(final)
    sealed["sha256"] = _digest(sealed)
    text = json.dumps(sealed, ensure_ascii=False, indent=2, allow_nan=False)
    (work / SETTINGS).write_text(text + "\n", encoding="utf-8", newline="\n")
    for path in [*work.iterdir(), work]:
        _flush(path)


def _move(work: Path, folder: Path, old: list[Path]) -> None:
    """Put the files into place; where there are old ones, the settings last: they name the rest."""
    if not old:
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()  # an empty one
        os.rename(work, folder)
    else:
        new = sorted(work.iterdir(), key=lambda path: path.name == SETTINGS)
        for path in new:
            os.replace(path, folder / path.name)
            _flush(folder)
        for path in old:
            if path.name not in {other.name for other in new}:
                with contextlib.suppress(OSError):  # another program reads it; the next call will
                    path.unlink()
    _flush(folder.parent)


def _flush(path: Path) -> None:
    """Make a file, or the names in a folder, last through a power cut."""
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(settings: Mapping) -> str:
    content = {name: value for name, value in settings.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
