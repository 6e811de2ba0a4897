"""The command line of ``python -m helpers.take``."""

import argparse
import os
import shlex
import sys
from pathlib import Path

from helpers.take import graph, pieces
from helpers.take.catalogue import catalogue
from helpers.take.copying import take
from helpers.take.rewriting import TakeError


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.take",
        description="Copy pieces of the course, with all helper files that they need, into a "
        "folder of your project, which becomes a package. Nothing there is written over.",
    )
    parser.add_argument("piece", nargs="*", help="such as vectors.word_vectors")
    parser.add_argument("--into", metavar="FOLDER", type=Path, help="the folder in your project")
    parser.add_argument(
        "--catalogue",
        nargs="?",
        const="-",
        metavar="FILE",
        help="print the list of all pieces, or write it to a file",
    )
    asked = parser.parse_args(arguments)
    try:
        if asked.catalogue:
            return _catalogue(asked.catalogue)
        if not asked.piece:
            raise TakeError("name a piece; python -m helpers.take --catalogue lists them all")
        if asked.into is None:
            raise TakeError("say where to: --into FOLDER, a folder in your project")
        found = [pieces.find(name) for name in asked.piece]
        written = take(found, asked.into)
    except TakeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(_story(found, asked.into, written))
    return 0


def _story(found: list[str], folder: Path, written: list[str]) -> str:
    package = Path(os.path.abspath(folder)).name
    names = [n for piece in found for n in graph.carried(f"helpers.{piece}", pieces.modules())]
    lines = [f"Taken into {folder}: {', '.join(written) or 'nothing, all of it was there'}."]
    lines += ["", f"In a script beside the folder {package}:", ""]
    for piece in dict.fromkeys(found):
        file, public = pieces.file_names()[f"helpers.{piece}"], pieces.public_names(piece)
        few = ", ".join(public[:4]) or "*"
        lines.append(f"    from {package}.{file} import {few}")
    needs = pieces.packages(list(dict.fromkeys(names)))
    if needs:
        pinned = " ".join(shlex.quote(f"{name}=={version}") for name, version in needs.items())
        lines += ["", "It needs these packages, here in the versions of the course:", ""]
        lines.append(f"    pip install {pinned}")
    return "\n".join(lines)


def _catalogue(file: str) -> int:
    page = catalogue()
    if file == "-":
        print(page, end="")
        return 0
    if not file.endswith(".md"):
        raise TakeError(f"the catalogue is a page of Markdown, {file!r} does not end in .md")
    beside = Path(f"{file}.{os.getpid()}.new")
    beside.write_text(page, encoding="utf-8", newline="\n")
    os.replace(beside, file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
