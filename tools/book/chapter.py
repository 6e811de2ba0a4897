"""A stored notebook made into a chapter: the same cells, with what a page needs around them.

The first cell gets the chapter's facts and the notebook's download; diagrams are drawn; figures
get their alternative texts; exercises get their hints and solutions, folded. Nothing is executed.
"""

import copy
import html
import re
from dataclasses import dataclass

import nbformat
from nbformat.v4 import new_markdown_cell

from . import diagrams, figures, folded
from .links import Links

HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Facts:
    """What a notebook's first cell says; minutes and seconds are None where it doesn't say them."""

    number: str
    title: str
    reading: int | None
    exercises: int | None
    running: int | None

    def in_words(self) -> str:
        """Return the minutes as one phrase."""
        said = [
            (self.reading, "min to read"),
            (self.exercises, "min of exercises"),
            (self.running, "s to run"),
        ]
        return " · ".join(f"{number} {words}" for number, words in said if number)


def facts(notebook: nbformat.NotebookNode, name: str) -> Facts:
    """Read the facts of the notebook in the file ``name`` from its first cell."""
    text = notebook.cells[0].source if notebook.cells else ""
    title = re.search(r"^# (?:\d\d )?(.+)", text, re.MULTILINE)

    def number(pattern: str) -> int | None:
        found = re.search(pattern, text)
        return int(found[1]) if found else None

    return Facts(
        number=name[:2],
        title=title[1].strip() if title else name,
        reading=number(r"(\d+) minutes to read"),
        exercises=number(r"and (\d+) for the exercises"),
        running=number(r"(\d+) seconds to run"),
    )


def chapter(
    notebook: nbformat.NotebookNode, name: str, links: Links, solutions: bool, strict: bool = True
) -> nbformat.NotebookNode:
    """Return the notebook of the file ``name`` as the book shows it.

    Parameters
    ----------
    solutions
        Whether the exercises' solutions are on the page, folded.
    strict
        If False, a reader's own run: what cannot be drawn or found in the bank stays as it is.

    Raises
    ------
    ValueError
        If a figure or a diagram cannot be shown as it should; the message names the cell.
    """
    made = copy.deepcopy(notebook)
    cells, section = [], name
    for place, cell in enumerate(made.cells, 1):
        section = (HEADING.findall(cell.source) or [section])[-1] if prose(cell) else section
        cells.append(cell)
        try:
            cells += shown(cell, section, links, solutions)
        except (ValueError, LookupError) as error:
            if strict:
                raise ValueError(f"{name}, cell {place}: {error}") from None
    made.cells = cells
    if cells:
        head, _, rest = cells[0].source.partition("\n")
        cells[0].source = f"{head}\n\n{above(facts(notebook, name), name, strict)}\n{rest}"
    return made


def prose(cell: nbformat.NotebookNode) -> bool:
    """Say whether a cell is text."""
    return cell.cell_type == "markdown"


def shown(
    cell: nbformat.NotebookNode, section: str, links: Links, solutions: bool
) -> list[nbformat.NotebookNode]:
    """Make one cell ready in its place; return the cells that follow it in the book only."""
    if prose(cell):
        cell.source = links.rewritten(cell.source, "notebooks")
        cell.source = diagrams.replace_blocks(cell.source)
        return []
    for output in cell.get("outputs", []):
        if "text/markdown" in output.get("data", {}):
            text = links.rewritten(output.data["text/markdown"], "notebooks")
            output.data["text/markdown"] = text
    if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
        cell.metadata["mystnb"] = {"image": {"alt": f"Figure in the section “{section}”"}}
        text = figures.alternative_text(cell.source, section)
        cell.metadata["mystnb"] = {"image": {"alt": text}}
    if "exercise" not in cell.metadata.get("tags", []):
        return []
    if all("not attempted" in output.get("text", "") for output in cell.outputs):
        cell.outputs = []  # that nothing was attempted is no news on a page
    exercise = cell.id.removeprefix("exercise-")
    return [new_markdown_cell(folded.below(exercise, solutions))]


def above(known: Facts, name: str, guide: bool) -> str:
    """Return the line below a chapter's title; ``guide``: the cover says how to run notebooks."""
    said = html.escape(known.in_words())
    link = f'<a href="notebooks/{name}" download>Download the notebook</a>'
    link += ' · <a href="index.html#run">How to run it</a>' if guide else ""
    between = " · " if said else ""
    return f'<p class="facts">{said}<span class="download">{between}{link}</span></p>\n'
