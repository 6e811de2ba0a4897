"""The pieces that can be taken: what each is called, what it carries, which packages it needs.

Reads the helpers' source, requirements.txt and pyproject.toml; writes nothing. Standard library
only.
"""

import ast
import difflib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from helpers.take import graph
from helpers.take.rewriting import TakeError

PROJECT = Path(__file__).resolve().parents[2]
ROOMS_OF_THE_COURSE = {
    "exercises": "the exercise bank belongs to the notebooks",
    "experiments": "its runs are those that the notebooks show",
    "take": "it copies from the course's own folder",
}
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}  # where a package is installed by another name


@cache
def modules() -> Mapping[str, str]:
    """Return the source of every helper, {dotted name: source}."""
    return graph.sources()


@cache
def pieces() -> tuple[str, ...]:
    """Return the pieces that can be taken, named from helpers on, in order.

    >>> "vectors.word_vectors" in pieces(), "take.graph" in pieces()
    (True, False)
    """
    return tuple(name for name in everything() if why_not(name) is None)


@cache
def _looks_beside_itself(source: str) -> bool:
    nodes = ast.walk(ast.parse(source))
    return any(isinstance(node, ast.Name) and node.id == "__file__" for node in nodes)


@cache
def everything() -> tuple[str, ...]:
    """Return all modules with code in them, named from helpers on."""
    names = (name for name in modules() if name != "helpers" and not _only_a_docstring(name))
    return tuple(name.removeprefix("helpers.") for name in names)


@cache
def why_not(piece: str) -> str | None:
    """Return why a module cannot be taken, None if it can.

    >>> why_not("exercises.bank")
    'the exercise bank belongs to the notebooks'
    """
    room = piece.partition(".")[0]
    if room in ROOMS_OF_THE_COURSE:
        return ROOMS_OF_THE_COURSE[room]
    for name in graph.carried(f"helpers.{piece}", modules()):
        if _looks_beside_itself(modules()[name]):
            which = "it" if name == f"helpers.{piece}" else name.removeprefix("helpers.")
            return f"{which} reads files in the course's own folders"
    return None


def find(asked: str) -> str:
    """Return the piece that is asked for, also as ``helpers.x.y`` or ``helpers/x/y.py``.

    Raises
    ------
    TakeError
        If there is none of that name, or it cannot be taken.
    """
    piece = asked.removesuffix(".py").replace("/", ".").replace("\\", ".").strip(".")
    piece = piece.removeprefix("helpers.")
    if piece in everything():
        if reason := why_not(piece):
            raise TakeError(f"{piece} cannot be taken: {reason}")
        return piece
    inside = [name for name in pieces() if name.startswith(f"{piece}.")]
    if inside:
        raise TakeError(f"{piece} is a room; its pieces are {', '.join(inside)}")
    raise TakeError(
        f"no piece is called {asked!r}; {_near(piece)}"
        "python -m helpers.take --catalogue lists them all"
    )


def _near(piece: str) -> str:
    last = piece.rpartition(".")[2]
    near = [name for name in pieces() if name.rpartition(".")[2] == last]
    near += difflib.get_close_matches(piece, pieces(), n=3)
    ends = {name.rpartition(".")[2]: name for name in pieces()}
    near += [ends[end] for end in difflib.get_close_matches(last, ends, n=3)]
    return f"near: {', '.join(list(dict.fromkeys(near))[:4])}; " if near else ""


@cache
def file_names() -> Mapping[str, str]:
    """Return what each piece's file is called where copies lie, {dotted name: without ".py"}.

    >>> file_names()["helpers.vectors.word_vectors"], file_names()["helpers.plots.word_vectors"]
    ('word_vectors', 'plots_word_vectors')
    """
    last = {name: name.rpartition(".")[2] for name in pieces()}
    names = {}
    for piece, name in last.items():
        twins = [other for other in last if other != piece and last[other] == name]
        in_plots = piece.startswith("plots.")
        gives_way = any(in_plots or not other.startswith("plots.") for other in twins)
        names[f"helpers.{piece}"] = piece.replace(".", "_") if gives_way else name
    return names


def packages(names: list[str]) -> dict[str, str]:
    """Return the published packages that helper modules import, {name: the course's version}."""
    found = {top for name in names for top in graph.published(modules()[name])}
    distributions = sorted(_DISTRIBUTIONS.get(top, top) for top in found)
    return {name: pins()[name] for name in distributions}


@cache
def pins() -> Mapping[str, str]:
    """Return the versions that the course pins, {package: version}."""
    files = (PROJECT / name for name in ("requirements.txt", "constraints.txt"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    pinned = (line.split(";")[0].split("==") for line in lines if re.match(r"[\w.-]+==", line))
    return {name.strip(): version.strip() for name, version in pinned}


@cache
def course_version() -> str:
    """Return the course's version from pyproject.toml."""
    with open(PROJECT / "pyproject.toml", "rb") as file:
        return tomllib.load(file)["project"]["version"]


def public_names(piece: str) -> list[str]:
    """Return the functions and classes that a piece offers, in its order.

    >>> public_names("progress")
    ['progress']
    """
    tree = ast.parse(modules()[f"helpers.{piece}"])
    made = (n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef))
    return [node.name for node in made if not node.name.startswith("_")]


def line_count(names: list[str]) -> int:
    """Return how many lines modules have together."""
    return sum(modules()[name].count("\n") for name in names)


def _only_a_docstring(name: str) -> bool:
    body = ast.parse(modules()[name]).body
    return all(isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant) for n in body)
