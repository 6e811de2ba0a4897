"""Build the static book from the stored notebooks: ``make book``, which writes build/book.

Runs in the environment of book_environment.py, executes no notebook and asks no network. A book
that was there is replaced once the new one is whole.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from book import font, own_pages
from book.chapter import chapter, facts
from book.links import PAGES, Links
from book.terms import terms
from kernels import ROOT, course_notebooks

BOOK = ROOT / "build" / "book"
CONF = ROOT / "tools" / "book" / "sphinx"


def main(arguments: list[str]) -> int:
    """Build what the command line asks for; return 1 if it cannot be built."""
    parser = argparse.ArgumentParser(prog="make book", description=__doc__.split("\n\n")[0])
    parser.add_argument("--no-solutions", action="store_true", help="leave the solutions out")
    parser.add_argument("--run", type=Path, help="a folder of notebooks just run, with index.md")
    parser.add_argument("--into", type=Path, default=BOOK, help="the folder to write")
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    try:
        if asked.run:
            return 0 if of_a_run(asked.run, asked.into) else 1
        pages = book(asked.into, solutions=not asked.no_solutions)
    except ValueError as error:
        print(f"error: the book was not built: {error}", file=sys.stderr)
        return 1
    print(f"{pages} pages in {time.monotonic() - began:.0f} s: open {asked.into / 'index.html'}")
    return 0


def book(folder: Path, solutions: bool = True) -> int:
    """Write the book into a folder; return its number of pages. ValueError says what is wrong."""
    paths = course_notebooks()
    source = fresh(folder.with_name(f".{folder.name}-source"))
    links = Links(ROOT, {path.name for path in paths}, PAGES)
    notebooks = {path.name: nbformat.read(path, as_version=4) for path in paths}
    known = {name: facts(notebook, name) for name, notebook in notebooks.items()}
    chapters(source, notebooks, links, solutions)
    start = next(iter(notebooks.values()))
    found = terms(
        (name, [c.source for c in notebook.cells if c.cell_type == "markdown"])
        for name, notebook in notebooks.items()
    )
    pages = {
        "index": own_pages.cover(ROOT, start, known, links),
        "ladder": own_pages.ladder(ROOT, source, links),
        "glossary": own_pages.glossary(found),
        "catalogue": own_pages.catalogue(ROOT, links),
        "teaching": own_pages.teaching(ROOT, links),
    }
    for name, text in pages.items():
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    return render(source, folder, links, paths)


def of_a_run(run: Path, folder: Path) -> int:
    """Write the pages of notebooks that were just run, whatever came of it (run_notebooks.py)."""
    paths = sorted(run.glob("*.ipynb"))
    source = fresh(folder.with_name(f".{folder.name}-source"))
    links = Links(ROOT, {path.name for path in paths}, {})
    notebooks = {path.name: nbformat.read(path, as_version=4) for path in paths}
    chapters(source, notebooks, links, solutions=True, strict=False)
    shutil.copyfile(run / "index.md", source / "index.md")
    return render(source, folder, links, paths, strict=False)


def chapters(
    source: Path,
    notebooks: dict[str, nbformat.NotebookNode],
    links: Links,
    solutions: bool,
    strict: bool = True,
) -> None:
    """Write each notebook as a chapter into the source folder."""
    for name, notebook in notebooks.items():
        nbformat.write(chapter(notebook, name, links, solutions, strict), source / name)


def render(
    source: Path, folder: Path, links: Links, notebooks: list[Path], strict: bool = True
) -> int:
    """Let Sphinx write the pages of a source folder; put them in place; return their number."""
    made, extra = fresh(source / "static" / "made"), fresh(source / "static" / "extra")
    font.write(made / "book-math.woff")
    (extra / "notebooks").mkdir()
    for path in notebooks:
        shutil.copyfile(path, extra / "notebooks" / path.name)
    for file in sorted(links.files):
        copy = extra / "files" / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, copy)
    out = folder.with_name(f".{folder.name}-new")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-j", "2"]
    command += ["-W", "--keep-going"] if strict else []
    command += ["-b", "html", "-c", CONF, "-d", source / "static" / "doctrees", source, out]
    places = {"BOOK_MADE": str(made), "BOOK_EXTRA": str(extra)}
    done = subprocess.run(
        list(map(str, command)), cwd=ROOT, env=os.environ | places, capture_output=True, text=True
    )
    if done.returncode:
        raise ValueError(f"Sphinx says:\n{done.stdout}{done.stderr}")
    (out / ".nojekyll").touch()  # or one host would leave out the folders that begin with _
    (out / ".buildinfo").unlink(missing_ok=True)
    shutil.rmtree(out / "_sources", ignore_errors=True)  # each page offers its notebook instead
    shutil.rmtree(
        out.parent / "jupyter_execute", ignore_errors=True
    )  # of myst-nb, which ran nothing
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(out, folder)
    shutil.rmtree(source)
    return len(list(folder.glob("*.html")))


def fresh(folder: Path) -> Path:
    """Return a folder that is there and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
