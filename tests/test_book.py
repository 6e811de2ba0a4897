"""The whole book: built once from the stored notebooks, then read page by page as a reader does.

What can be seen in the files is tested on the files; what only a browser shows is looked at by
book_visit.py, in every page, light and dark, wide and narrow, with the network refused.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import book_environment
import browser_environment
import nbformat
import pytest
from bs4 import BeautifulSoup
from kernels import course_notebooks

from helpers.exercises import bank

ROOT = Path(__file__).resolve().parent.parent
VISIT = Path(__file__).with_name("book_visit.py")
NOTEBOOKS = {path.stem: path for path in course_notebooks()}
OWN = {"index", "ladder", "glossary", "catalogue", "teaching", "search"}

pytestmark = pytest.mark.notebooks


def build(folder, *options):
    """Build a book into a folder, with the book's tools."""
    if not book_environment.is_whole(ROOT, Path(sys.executable)):
        pytest.skip("build/book-tools is not set up: make book and make test do it")
    python = book_environment.python_of(ROOT)
    command = [python, ROOT / "tools" / "build_book.py", "--into", folder, *options]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return build(tmp_path_factory.mktemp("site") / "in a folder")


@pytest.fixture(scope="module")
def pages(book):
    """Return the pages, parsed, by their names."""
    return {
        file.stem: BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for file in book.glob("*.html")
    }


def test_every_notebook_and_own_page_is_there_and_nothing_else(pages, book):
    assert set(pages) == set(NOTEBOOKS) | OWN
    assert {path.name for path in book.parent.iterdir()} == {book.name}  # nothing else is left
    titles = [page.title.text for page in pages.values()]
    assert len(set(titles)) == len(titles)
    assert all(page.html["lang"] == "en" for page in pages.values())


def test_every_internal_link_is_alive(pages, book):
    dead, seen = [], 0
    anchors = {name: {e["id"] for e in page.find_all(id=True)} for name, page in pages.items()}
    for name, page in pages.items():
        for tag, attribute in (("a", "href"), ("img", "src"), ("script", "src"), ("link", "href")):
            for element in page.find_all(tag):
                parts = urlsplit(element.get(attribute, ""))
                if parts.scheme or parts.netloc or not (parts.path or parts.fragment):
                    continue
                file = book / unquote(parts.path) if parts.path else book / f"{name}.html"
                seen += 1
                if not file.is_file():
                    dead.append(f"{name}: {element[attribute]}")
                elif parts.fragment and file.suffix == ".html":
                    if unquote(parts.fragment) not in anchors[file.stem]:
                        dead.append(f"{name}: {element[attribute]}")
    assert dead == []
    assert seen > 50 * len(pages)


def test_nothing_is_loaded_from_elsewhere(pages, book):
    for name, page in pages.items():
        for element in page.find_all(["script", "img", "link", "iframe", "source"]):
            address = element.get("src") or element.get("href") or ""
            assert not re.match(r"(https?:)?//", address), (name, address)
    for style in book.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"url\([\"']?(https?:)?//|@import[^;]*http", text), style.name


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_chapter_has_all_that_its_notebook_has(pages, book, name):
    page, notebook = pages[name], nbformat.read(NOTEBOOKS[name], as_version=4)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    drawn = [o for cell in code for o in cell.outputs if "image/png" in o.get("data", {})]
    assert len(page.select("figure.diagram")) == prose.count("```mermaid")
    assert len(page.select(".cell_input")) == len(code)
    figures = page.select(".cell_output img")
    assert len(figures) == len(drawn)
    assert all(len(figure["alt"].split()) > 5 for figure in figures)
    exercises = bank.of_notebook(name[:2]) if name[:2] in bank.notebooks() else ()
    assert len(page.select("details.hint")) == 2 * len(exercises)
    assert len(page.select("details.solution")) == len(exercises)
    assert (book / "notebooks" / f"{name}.ipynb").read_bytes() == NOTEBOOKS[name].read_bytes()
    assert page.select_one("p.facts a")["href"] == f"notebooks/{name}.ipynb"
    assert "min to read" in page.select_one("p.facts").text
    assert page.select_one("p.facts .download").find_all("a")[-1]["href"] == "index.html#run"
    tables = [o for cell in code for o in cell.outputs if "text/markdown" in o.get("data", {})]
    assert len(page.select(".cell_output table")) >= len(tables)
    assert not [p for p in page.find_all("p") if p.text.startswith("|")]


def test_a_reader_finds_the_way(pages):
    names = list(NOTEBOOKS)
    for before, name, after in zip(names, names[1:], names[2:], strict=False):
        links = {a["href"] for a in pages[name].select(".related-pages a")}
        assert links == {f"{before}.html", f"{after}.html"}
        assert pages[name].select(".toc-tree a") and pages[name].select("a.headerlink")
        sidebar = {a["href"] for a in pages[name].select(".sidebar-tree a")}
        assert len(sidebar) == len(NOTEBOOKS) + 4  # the own pages beside the cover


def test_the_own_pages_say_what_the_project_says(pages):
    cover = pages["index"].select_one("article").text
    assert "A course in notebooks on large models for text" in cover
    assert len(pages["index"].select("ol.chapters li")) == len(NOTEBOOKS)
    rungs = (ROOT / "data" / "ladder.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(pages["ladder"].select("tbody tr")) == len(rungs)
    assert all("%" in image["alt"] for image in pages["ladder"].select("article img"))
    assert all("#" in a["href"] for a in pages["glossary"].select("tbody a"))
    words = {row.text.split("\n")[1] for row in pages["glossary"].select("tbody tr")}
    assert {"softmax", "word vector", "fine-tuning", "词向量", "微调"} <= words


def test_pages_are_light_where_figures_allow(pages, book):
    assert all((book / f"{name}.html").stat().st_size < 600_000 for name in pages)
    shared = [f for f in (book / "_static").rglob("*") if f.suffix in (".css", ".js", ".woff")]
    assert sum(file.stat().st_size for file in shared) < 500_000


def test_solutions_can_be_left_out(tmp_path):
    book = build(tmp_path / "class", "--no-solutions")
    page = (book / "04_softmax_and_cross_entropy.html").read_text(encoding="utf-8")
    assert 'details class="hint"' in page and 'details class="solution"' not in page
    found = bank.of_notebook("04")[0].shows.split(",")[0]
    assert not any(found in file.read_text("utf-8") for file in book.glob("*.html"))


def test_mathematics_is_mended_or_refused(book):
    """In the environment of the book's tools, which alone has latex2mathml."""
    asked = r"""
import sys; sys.path.insert(0, "tools")
from book.mathematics import mathml
assert "<mi>ln</mi><mspace" in mathml(r"\ln x", False)
indexed = mathml(r"\max_i x_i", False)
assert "<msub><mi>max</mi><mi>i</mi></msub><mspace" in indexed, indexed
assert mathml("a = -b - c", False).count('<mo form="prefix">−</mo>') == 1
assert "<mi>∞</mi>" in mathml(r"-\infty", False) and "<mo>±</mo>" in mathml(r"a \pm b", False)
assert "<mi>·</mi>" in mathml(r"E[\cdot]", False) and "<mo>·</mo>" in mathml(r"a \cdot b", False)
assert '<mi>f</mi><mo form="postfix"' in mathml("f''", False)
assert "<mi>ln</mi><mo" in mathml(r"\ln(x)", False)
assert 'stretchy="false">‖<' in mathml(r"\lVert u \rVert", True)
assert ">arg<" in mathml(r"\arg\max_i x_i", True)
assert "<annotation encoding=\"application/x-tex\">a &lt; b<" in mathml("a < b", False)
for wrong in (r"\nonsense{x}", "x^2^3"):
    try:
        mathml(wrong, False)
    except ValueError as error:
        assert wrong in str(error)
    else:
        raise AssertionError(wrong)
"""
    python = book_environment.python_of(ROOT)
    done = subprocess.run([python, "-c", asked], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def visited(book):
    browser = browser_environment.browser()
    if not browser:
        pytest.skip("neither Chromium nor Chrome is installed")
    if not browser_environment.is_whole(ROOT):
        pytest.skip("build/browser is not set up: make test does it, once pip finds Playwright")
    command = [browser_environment.python_of(ROOT), VISIT, browser, book]
    said = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=900)
    assert said.returncode == 0, said.stdout + said.stderr
    return json.loads(said.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", [*NOTEBOOKS, *sorted(OWN), "search and keys"])
def test_a_browser_finds_no_fault(visited, name):
    found = visited["notes"]
    assert found.get(f"{name}.html", found.get(name)) == []


def test_search_and_keyboard_lead_somewhere(visited):
    assert visited["found"]["softmax"] > 5 and visited["found"]["词向量"] > 0
    assert visited["keys"][0] == "Skip to content"
    assert "00 Start here" in visited["keys"]


def test_it_reads_from_a_sub_folder_of_a_server_as_well(visited):
    names = list(NOTEBOOKS)
    *first, found = visited["served"]["read"]
    assert first == [f"{name}.html" for name in names[:3]]
    assert visited["served"]["found"] > 3 and found.removesuffix(".html") in {*names, *OWN}
    assert visited["served"]["notes"] == []


def test_on_paper_there_is_the_text_alone_whole_and_dark_on_white(visited):
    paper = visited["printed"]
    assert paper["frame"] == [] and paper["cut"] == []
    assert paper["opened"] == 1 and paper["cells"] > 10
    assert paper["colours"] == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_faults_would_have_been_found(visited):
    said = "\n".join(visited["proof"])
    for fault in (
        "asks for http://elsewhere.invalid/",
        "error: on purpose",
        "raw text: $$x$$",
        "pixels wider than the screen",
        "a diagram is drawn 0 times",
        "no picture",
        "alternative text: ''",
        "color-contrast",
    ):
        assert fault in said
