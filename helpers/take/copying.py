"""Write the copies: all of them or none, and never over what is there.

Standard library only; leaves the choice of files to pieces.py.
"""

import keyword
import os
import shutil
import sys
from pathlib import Path

from helpers.take import graph, pieces
from helpers.take.rewriting import TakeError, rewritten

COURSE = "From word vectors to fine-tuning"
LICENCE = "LICENSE-word-vectors-to-fine-tuning"
_PACKAGE = '''"""Pieces taken from the course "{course}".

Each file says at its top where it comes from; to take more, see python -m helpers.take there.
"""
'''


def head(module: str) -> str:
    """Return the comment lines at the top of a copied file: its source and its licence."""
    path = module.replace(".", "/")
    is_folder = graph.is_folder(module, pieces.modules())
    copyright_line = next(
        line for line in _licence().splitlines() if line.startswith("Copyright")
    ).replace("(c) ", "")
    return (
        f'# From the course "{COURSE}", version {pieces.course_version()}:\n'
        f"# {path}{'/__init__' if is_folder else ''}.py, its imports of other pieces adapted.\n"
        f"# {copyright_line}.\n"
        f"# MIT licence: see {LICENCE} beside this file.\n"
    )


def contents(asked: list[str]) -> dict[str, str]:
    """Return {file name: text} of all files that the named pieces need, without __init__.py.

    Raises
    ------
    TakeError
        If a piece is unknown or cannot be taken.
    """
    if not asked:
        raise TakeError("name a piece; python -m helpers.take --catalogue lists them all")
    modules, files = pieces.modules(), pieces.file_names()
    names = [n for name in asked for n in graph.carried(f"helpers.{pieces.find(name)}", modules)]
    copies = {
        f"{files[name]}.py": head(name) + rewritten(modules[name], name, modules, files)
        for name in dict.fromkeys(names)
    }
    return copies | {LICENCE: _licence()}


def take(asked: list[str], folder: Path) -> list[str]:
    """Copy pieces with all that they need into a folder, which becomes a package.

    Parameters
    ----------
    asked
        Names of pieces, such as ``vectors.word_vectors``.
    folder
        Where to; it is made if it is not there. Files that lie there already with the very same
        text, from a piece taken before, are left as they are.

    Returns
    -------
    Names of the files that were written, possibly none.

    Raises
    ------
    TakeError
        If a piece is unknown or cannot be taken, if the folder's name cannot be imported, if it
        cannot be written, or if another file is in the way: then nothing is written.
    """
    copies = contents(asked)
    folder = Path(os.path.abspath(folder))
    _check_name(folder)
    if folder.exists() and not folder.is_dir():
        raise TakeError(f"{folder} is a file; name a folder")
    if not (folder / "__init__.py").exists():
        copies["__init__.py"] = _PACKAGE.format(course=COURSE)
    new = {name: text for name, text in copies.items() if not _is_there(folder / name, text)}
    try:
        _write(new, folder)
    except OSError as error:
        raise TakeError(
            f"cannot write in {folder}: {error.strerror or error}; nothing was taken. Choose "
            "another folder"
        ) from None
    return list(new)


def _check_name(folder: Path) -> None:
    name = folder.name
    if not name.isidentifier() or keyword.iskeyword(name):
        wish = "".join(c if c.isalnum() else "_" for c in name)
        wish = wish if wish.isidentifier() and not keyword.iskeyword(wish) else f"my_{wish}"
        raise TakeError(
            f"Python cannot import a folder called {name!r}; choose a name of letters, digits and "
            f"underscores that begins with a letter, such as {wish!r}"
        )
    if name in sys.stdlib_module_names or name in pieces.pins():
        raise TakeError(f"a folder called {name!r} would hide the package {name}; choose another")
    if graph.HELPERS in (folder, *folder.parents):
        raise TakeError(f"{folder} is in the course's own helpers; choose a folder of yours")


def _is_there(file: Path, text: str) -> bool:
    """Say whether a file lies there with this text; raise TakeError if with another one."""
    if not os.path.lexists(file):
        return False
    if file.is_file() and file.read_bytes() == text.encode():
        return True
    raise TakeError(
        f"{file} is there already and is another file; nothing was taken. Move it, or take into "
        "another folder"
    )


def _write(texts: dict[str, str], folder: Path) -> None:
    """Write all files beside, then move them into place; take them away again if one fails."""
    fresh = not folder.exists()
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = (folder.parent if fresh else folder) / f".{folder.name}.{os.getpid()}.new"
    placed: list[Path] = []
    try:
        beside.mkdir()
        for name, text in texts.items():
            (beside / name).write_bytes(text.encode())
        if fresh:
            os.rename(beside, folder)
            return
        for name in texts:
            os.rename(beside / name, folder / name)
            placed.append(folder / name)
    except BaseException:
        for file in placed:
            file.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _licence() -> str:
    return (pieces.PROJECT / "LICENSE").read_text(encoding="utf-8")
