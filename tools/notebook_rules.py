"""The rules that every stored notebook keeps, each a function that names what breaks it.

A rule takes a :class:`Stored` notebook and yields one sentence a fault, with the number of the
cell. Used by tests/test_notebook_hygiene.py, and by store_notebooks.py before it stores.
"""

import ast
import base64
import json
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import exercise_cells
import nbformat

from helpers.exercises import bank

Rule = Callable[["Stored"], Iterator[str]]
TAGS = {"nbval-check-output", "standalone", "exercise"}
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(home|root|tmp|work|Users|private|var|mnt)/|[A-Z]:\\+Users"
)
# Written so that this file does not name the hosts that it looks for.
REGISTRY_HOST = re.compile(r"pyp[i]\.org|pythonhoste[d]\.org|anacond[a]\.(org|com)")
NO_WORDS = re.compile(r"```[\s\S]*?```|\$\$[\s\S]*?\$\$|\$[^$\n]*\$|^\|.*$|\]\([^)]*\)", re.M)
MOST_WORDS = 220  # of a cell of prose
NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
RULES: dict[str, Rule] = {}


class Stored:
    """A notebook as it lies on the disk: its cells, its text and its name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.notebook = nbformat.reads(self.text, as_version=4)
        self.cells = self.notebook.cells
        self.number = path.stem[:2]

    @cached_property
    def code(self) -> list[tuple[int, nbformat.NotebookNode]]:
        """The code cells, each with its place among all cells, counted from 1."""
        return [(i, c) for i, c in enumerate(self.cells, 1) if c.cell_type == "code"]

    @cached_property
    def prose(self) -> list[tuple[int, nbformat.NotebookNode]]:
        """The text cells, each with its place."""
        return [(i, c) for i, c in enumerate(self.cells, 1) if c.cell_type == "markdown"]

    def outputs(self) -> Iterator[tuple[int, nbformat.NotebookNode]]:
        """Yield each stored output with the place of its cell."""
        for place, cell in self.code:
            for output in cell.outputs:
                yield place, output

    def tagged(self, tag: str) -> list[tuple[int, nbformat.NotebookNode]]:
        """Return the code cells with a tag, each with its place."""
        return [(i, c) for i, c in self.code if tag in c.metadata.get("tags", [])]


def rule(function: Rule) -> Rule:
    """Add a rule to RULES under its own name."""
    RULES[function.__name__] = function
    return function


def faults(path: Path) -> list[str]:
    """Return what the notebook breaks of all rules."""
    notebook = Stored(path)
    return [f"{name}: {fault}" for name, check in RULES.items() for fault in check(notebook)]


@rule
def first_cell_tells_what_to_expect(notebook: Stored) -> Iterator[str]:
    """Number and title, needs, three things to learn, minutes, seconds, gigabytes."""
    text = notebook.cells[0].source if notebook.cells else ""
    wanted = {
        "'# NN Title' with the number of the file": rf"\A# {notebook.number} \S",
        "what it needs": r"(?i)\bneeds\b",
        "'After this notebook you can'": r"(?i)after this notebook you can",
        "minutes to read": r"(?i)\bminutes?\b",
        "seconds to run": r"(?i)\bseconds?\b",
        "gigabytes": r"\b(GB|MB)\b",
    }
    missing = [what for what, sign in wanted.items() if not re.search(sign, text)]
    yield from (f"the first cell lacks {what}" for what in missing)
    if said := re.search(r"and (\d+) for the exercises", text):
        due = sum(exercise.minutes for exercise in exercise_cells.bank.of_notebook(notebook.number))
        if int(said[1]) != due:
            yield f"the first cell says {said[1]} minutes for the exercises, the bank {due}"
    things = re.findall(r"^\s*(?:[-*]|\d\.) ", text, re.MULTILINE)
    if len(things) != 3:
        yield f"the first cell lists {len(things)} things to be able to do, not three"


@rule
def of_one_sitting(notebook: Stored) -> Iterator[str]:
    """20 to 40 cells, more prose than code, with the last rooms where a reader seeks them."""
    place = exercise_cells.place_of(notebook.notebook)
    cells = len(notebook.cells) - (len(notebook.cells[place]) if place else 0)
    if not 20 <= cells <= 40:
        yield f"{cells} cells beside the exercises; 20 to 40 make one sitting"
    prose, code = (
        sum(len(c.source.split()) for _, c in part) for part in (notebook.prose, notebook.code)
    )
    if prose < code:
        yield f"{prose} words of prose and {code} of code: it should explain more than it runs"
    headings = "\n".join(
        re.findall(r"^#+ .*", "\n".join(c.source for _, c in notebook.prose), re.M)
    )
    last = ["Take it with you", "Next"]
    last += ["Check yourself", "References"] if notebook.number != "00" else []
    yield from (f"no heading {h!r}" for h in last if not re.search(h, headings, re.IGNORECASE))


@rule
def prose_in_small_portions(notebook: Stored) -> Iterator[str]:
    """No cell of more than about 200 words; formulas, tables, code and references not counted."""
    for place, cell in notebook.prose:
        if cell.source.startswith("### Exercise"):
            continue
        text = cell.source.split("## References")[0]
        text = NO_WORDS.sub(" ", text)
        words = len(re.findall(r"[A-Za-z][\w'’-]*", text))
        if words > MOST_WORDS:
            yield f"cell {place} has {words} words; at most {MOST_WORDS} can be read in one go"


@rule
def links_that_lead_on(notebook: Stored) -> Iterator[str]:
    """Other notebooks are links to files that exist; references have an address or an ISBN."""
    text = "\n".join(cell.source for _, cell in notebook.prose)
    for name in re.findall(r"\]\((\d\d_\w+\.ipynb)\)", text):
        if not (NOTEBOOKS / name).is_file():
            yield f"the link to {name} leads nowhere"
    following = text.partition("## Next")[2].partition("## References")
    if following[0] and "](" not in following[0]:
        yield "'Next' has no link to a notebook"
    for entry in re.findall(r"^- .*", following[2], re.M):
        if "](http" not in entry and "ISBN" not in entry:
            yield f"the reference '{entry[2:40]}' has no address"


@rule
def prose_in_full_sentences(notebook: Stored) -> Iterator[str]:
    """No cell of bullets alone, no 'simply', key terms in Chinese, no image from elsewhere."""
    for place, cell in notebook.prose:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if lines and all(re.match(r"\s*([-*+]|\d+\.)\s|\s{2,}\S", line) for line in lines):
            yield f"cell {place} is a list with no sentence"
        if re.search(r"\bsimply\b", cell.source, re.IGNORECASE):
            yield f"cell {place} says 'simply'"
        if re.search(r"!\[[^\]]*\]\(\s*(https?:)?//|<img[^>]+src=[\"']?(https?:)?//", cell.source):
            yield f"cell {place} shows an image from elsewhere"
    own = [cell.source for _, cell in notebook.prose if not cell.source.startswith("### Exercise")]
    if not any(re.search(r"[\u4e00-\u9fff]", text) for text in own):
        yield "no key term is given in Chinese"


@rule
def code_that_can_be_read(notebook: Stored) -> Iterator[str]:
    """At most 20 lines beside imports (80 where a cell stands alone), no shell, no paths."""
    alone = {place for place, _ in notebook.tagged("standalone")}
    for place, cell in notebook.code:
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            yield f"cell {place} is not plain Python (a shell or magic line?)"
            continue
        lines = [line for line in cell.source.splitlines() if line.strip()]
        lines = len(lines) - sum(isinstance(n, ast.Import | ast.ImportFrom) for n in tree.body)
        most = 80 if place in alone else 20
        if not tree.body:
            yield f"cell {place} is empty"
        if lines > most:
            yield f"cell {place} has {lines} lines of code; at most {most} can be read at once"
        if found := re.search(
            r"sys\.path|get_ipython|(pip|conda) install|nltk\.download", cell.source
        ):
            yield f"cell {place} uses {found[0]}"


@rule
def run_once_in_order(notebook: Stored) -> Iterator[str]:
    """Counts 1, 2, 3 …: stored from one clean run from top to bottom."""
    counts = [cell.execution_count for _, cell in notebook.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"the cells were run as {counts}, not 1 to {len(counts)} in order"


@rule
def clean_outputs(notebook: Stored) -> Iterator[str]:
    """No error, no warning, nothing on the error stream, no widget."""
    for place, output in notebook.outputs():
        if output.output_type == "error":
            yield f"cell {place} stores an error, {output.ename}"
        if output.get("name") == "stderr":
            yield f"cell {place} stores text of the error stream: {output.text[:60]!r}"
        if re.search(r"\b\w*Warning: ", json.dumps(output)):
            yield f"cell {place} stores a warning"
        if any("widget" in kind for kind in output.get("data", {})):
            yield f"cell {place} stores a widget"
    if "widgets" in notebook.notebook.metadata:
        yield "the notebook stores the state of widgets"


@rule
def checked_outputs_exist(notebook: Stored) -> Iterator[str]:
    """What is tagged for comparison has something to compare."""
    for place, cell in notebook.tagged("nbval-check-output"):
        texts = [o.get("text") or o.get("data", {}).get("text/plain") for o in cell.outputs]
        if not any(texts):
            yield f"cell {place} is tagged nbval-check-output and stores no text to compare"


@rule
def no_trace_of_a_machine(notebook: Stored) -> Iterator[str]:
    """No path of whoever ran it, no registry's host."""
    for place, cell in enumerate(notebook.cells, 1):
        text = cell.source + json.dumps(cell.get("outputs", []), ensure_ascii=False)
        if found := MACHINE_PATH.search(text):
            yield f"cell {place} holds a path of a machine: …{text[found.start() :][:40]!r}"
        if REGISTRY_HOST.search(text):
            yield f"cell {place} names a package registry's host"


@rule
def small(notebook: Stored) -> Iterator[str]:
    """Under 500 KB, each figure under 100 KB."""
    if len(notebook.text.encode()) > 500_000:
        yield f"{len(notebook.text.encode()) / 1000:.0f} KB; 500 KB are allowed"
    for place, output in notebook.outputs():
        for kind, data in output.get("data", {}).items():
            if kind.startswith("image/"):
                text = "".join(data)
                size = len(text if kind == "image/svg+xml" else base64.b64decode(text))
                if size > 100_000:
                    yield f"cell {place} stores a figure of {size / 1000:.0f} KB; 100 are allowed"


@rule
def exercises_as_in_the_bank(notebook: Stored) -> Iterator[str]:
    """Every notebook but 00 ends with its exercises, as the bank has them."""
    if notebook.number == "00":
        return
    if notebook.number not in bank.notebooks():
        yield f"there is no helpers/exercises/nb{notebook.number}.py with its exercises"
        return
    place = exercise_cells.place_of(notebook.notebook)
    if place is None:
        return  # of_one_sitting says that the heading is missing
    stored = notebook.cells[place]
    due = exercise_cells.exercise_cells(notebook.number)
    if len(stored) != len(due):
        yield f"{len(stored)} cells below 'Check yourself', {len(due)} due; make notebooks mends it"
        return
    for number, (cell, ours) in enumerate(zip(stored, due, strict=True), place.start + 1):
        if any(cell.get(part) != ours[part] for part in ("cell_type", "source")):
            yield f"cell {number} differs from the exercise bank; make notebooks mends it"
        elif cell.metadata.get("tags") != ours.metadata.get("tags"):
            yield f"cell {number} has not the tags of an exercise; make notebooks mends it"


@rule
def one_cell_stands_alone(notebook: Stored) -> Iterator[str]:
    """One cell to take away."""
    if len(alone := notebook.tagged("standalone")) != 1:
        yield f"{len(alone)} cells are tagged standalone; one is due"


@rule
def plain_metadata(notebook: Stored) -> Iterator[str]:
    """Kernel python3 and nothing of a machine; known tags; an id for every cell."""
    metadata = dict(notebook.notebook.metadata)
    if metadata.get("kernelspec", {}).get("name") != "python3":
        yield "the kernel is not named python3"
    if "version" in metadata.get("language_info", {}):
        yield "the metadata name the Python version of whoever ran it"
    if odd := set(metadata) - {"kernelspec", "language_info", "widgets"}:
        yield f"unknown metadata: {', '.join(sorted(odd))}"
    identities = [cell.get("id") for cell in json.loads(notebook.text)["cells"]]
    if None in identities or len(set(identities)) != len(identities):
        yield "a cell has no id, or two have the same"
    for place, cell in enumerate(notebook.cells, 1):
        if odd := set(cell.metadata.get("tags", [])) - TAGS:
            yield f"cell {place} has unknown tags: {', '.join(sorted(odd))}"
        if odd := set(cell.metadata) - {"tags"}:
            yield f"cell {place} has unknown metadata: {', '.join(sorted(odd))}"
        if re.search(r"^\s*#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source, re.MULTILINE):
            yield f"cell {place} steers nbval by a comment; use a tag"
