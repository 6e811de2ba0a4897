"""The catalogue of all pieces, made from the code: helpers/README.md.

Standard library only. A test compares the stored file with what this makes.
"""

import ast
import re
from pathlib import Path

from helpers.take import graph, pieces

_INTRO = """\
# The pieces

What the notebooks build, one idea a file. Each piece can be lifted out of the course and used in a
project of your own, with no other part of the course:

```
python -m helpers.take vectors.word_vectors --into FOLDER
```

copies it and the helper files that it needs into FOLDER, which becomes a package, keeps the source
and the licence (MIT) at the top of each file, and says which published packages to install. It
writes over nothing. `make take ARGS="vectors.word_vectors --into FOLDER"` does the same.

The tables say what each piece does, which packages it needs, about how many lines it brings in how
many files, and which notebook builds or first shows it. Most pieces take plain words, arrays and
tensors, and fetch nothing. This page is made from the code: `python -m helpers.take --catalogue`
prints it, and `make format` brings it up to date.
"""
_ORDER = ("", "text", "vectors", "scratch", "models", "training", "evaluation", "plots", "sources")


def catalogue() -> str:
    """Return the whole page as Markdown.

    >>> "| `vectors.word_vectors` |" in catalogue()
    True
    """
    taken, left = pieces.pieces(), [p for p in pieces.everything() if p not in pieces.pieces()]
    rooms = sorted({_room(piece) for piece in taken}, key=_place)
    page = [_INTRO]
    for room in rooms:
        page += [f"\n## {_title(room)}\n", "| piece | what it does | packages | lines | notebook |"]
        page += ["| --- | --- | --- | --- | --- |"]
        page += [_row(piece) for piece in taken if _room(piece) == room]
    page += ["\n## What stays in the course\n", "These work on the course's own files:\n"]
    page += [f"- `{piece}`: {pieces.why_not(piece)}" for piece in left if _room(piece) in rooms]
    page += [
        f"- all of `{room}/`: {why}" for room, why in sorted(pieces.ROOMS_OF_THE_COURSE.items())
    ]
    return "\n".join(page) + "\n"


def _row(piece: str) -> str:
    names = graph.carried(f"helpers.{piece}", pieces.modules())
    lines = max(50, 50 * round(pieces.line_count(names) / 50))
    carried = f"{lines} in {len(names)} files" if len(names) > 1 else f"{lines}"
    packages = ", ".join(pieces.packages(names)) or "none"
    return f"| `{piece}` | {_first_line(piece)} | {packages} | {carried} | {_notebook(piece)} |"


def _first_line(piece: str) -> str:
    docstring = ast.get_docstring(ast.parse(pieces.modules()[f"helpers.{piece}"])) or ""
    first = " ".join(docstring.split("\n\n")[0].split())
    told = r"; notebook \d\d(?=\.)| \(notebooks? [\d, ]+\)(?=\.)| Notebook \d\d\.$"
    first = re.sub(told, "", first)  # it has a column of its own
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", first).replace("``", "`").replace("|", "\\|")


def _notebook(piece: str) -> str:
    """Return a link to the notebook that the docstring names first."""
    docstring = ast.get_docstring(ast.parse(pieces.modules()[f"helpers.{piece}"])) or ""
    named = re.search(r"[Nn]otebooks? (\d\d)", docstring)
    files = sorted(Path(pieces.PROJECT, "notebooks").glob(f"{named[1]}_*.ipynb")) if named else []
    return f"[{named[1]}](../notebooks/{files[0].name})" if files else "–"


def _room(piece: str) -> str:
    return piece.partition(".")[0] if "." in piece or _is_room(piece) else ""


def _is_room(piece: str) -> bool:
    return graph.is_folder(f"helpers.{piece}", pieces.modules())


def _place(room: str) -> tuple[int, str]:
    return (_ORDER.index(room) if room in _ORDER else len(_ORDER), room)


def _title(room: str) -> str:
    if not room:
        return "For all rooms"
    docstring = ast.get_docstring(ast.parse(pieces.modules()[f"helpers.{room}"])) or ""
    first = " ".join(docstring.split("\n\n")[0].split())
    return f"`{room}/`: {first}".rstrip(".")
