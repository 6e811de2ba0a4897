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
    """What a notebook's first cell says: number, title, minutes, seconds to run (None: not said)."""

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
    notebook: nbformat.NotebookNode, name: str, links: Links, solutions: bool
) -> nbformat.NotebookNode:
    """Return the notebook of the file ``name`` as the book shows it.

    Raises
    ------
    ValueError
        If a figure or a diagram cannot be shown as it should; the message names the cell.
    """
    made = copy.deepcopy(notebook)
    cells, section = [], name
    for place, cell in enumerate(made.cells, 1):
        try:
            if cell.cell_type == "markdown":
                section = (HEADING.findall(cell.source) or [section])[-1]
                cell.source = links.rewritten(diagrams.replace_blocks(cell.source), "notebooks")
            elif any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
                text = figures.alternative_text(cell.source, section)
                cell.metadata["mystnb"] = {"image": {"alt": text}}
        except ValueError as error:
            raise ValueError(f"{name}, cell {place}: {error}") from None
        cells.append(cell)
        if "exercise" in cell.metadata.get("tags", []):
            cell.outputs = []  # that nothing was attempted is no news on a page
            exercise = cell.id.removeprefix("exercise-")
            cells.append(new_markdown_cell(folded.below(exercise, solutions)))
    made.cells = cells
    if cells:
        head, _, rest = cells[0].source.partition("\n")
        cells[0].source = f"{head}\n\n{above(facts(notebook, name), name)}\n{rest}"
    return made


def above(known: Facts, name: str) -> str:
    """Return the line below a chapter's title."""
    said = html.escape(known.in_words())
    download = f'<a href="notebooks/{name}" download>Download the notebook</a>'
    return f'<p class="facts">{said + " · " if said else ""}{download}</p>\n'
