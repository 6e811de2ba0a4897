"""What test_book.py lets a browser do; runs in the environment of tools/browser_environment.py.

Opens every page of the book from the disk with the network refused, in light and dark, wide and
narrow, and notes whatever a reader would be bothered by; then some of them on paper, and from a
server in a sub-folder. Prints its notes as one line of JSON.
Arguments: browser, folder of the book, and names of pages if not all are to be opened.
"""

import functools
import importlib.util
import json
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
OPTIONS += ["--disable-component-update", "--disable-sync", "--no-first-run"]
LOCAL = ("file:", "data:", "blob:", "about:")
VIEWS = [
    (scheme, width) for width in (1440, 390) for scheme in ("light", "dark")
]  # a desk, a phone
# What can only be seen in the page as it is drawn; returns sentences.
LOOK = r"""() => {
  const faults = [], seen = (box) => box.width > 8 && box.height > 8;
  const narrow = document.documentElement.scrollWidth - window.innerWidth;
  if (narrow > 1) faults.push(`it is ${narrow} pixels wider than the screen`);
  for (const figure of document.querySelectorAll("figure.diagram")) {
    const drawings = [...figure.querySelectorAll("svg")];
    const drawn = drawings.filter((s) => seen(s.getBoundingClientRect()));
    if (drawn.length !== 1) faults.push(`a diagram is drawn ${drawn.length} times`);
    else if (drawn[0].querySelectorAll(".node rect").length < 2) faults.push("an empty diagram");
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  for (const image of document.querySelectorAll("img")) {
    const bright = dark && getComputedStyle(image).filter === "none";
    if (bright) faults.push(`a bright picture on a dark page: ${image.src}`);
    if (!image.complete || !image.naturalWidth) faults.push(`no picture: ${image.src}`);
    const least = Math.min(image.naturalWidth, 500);
    if (image.clientWidth < least) faults.push(`a picture ${image.clientWidth} pixels wide`);
    if ((image.alt || "").split(" ").length < 4) faults.push(`alternative text: '${image.alt}'`);
  }
  for (const math of document.querySelectorAll("article math")) {
    if (math.closest("details:not([open])")) continue;
    const box = math.getBoundingClientRect();
    if (!(box.width > 1 && box.height > 1)) faults.push(`not drawn: ${math.textContent}`);
  }
  for (const table of document.querySelectorAll("#glossary .table-wrapper")) {
    if (table.scrollWidth > table.clientWidth + 1) faults.push("a wide table");
  }
  const wide = document.querySelector("article p");
  const letters = wide ? wide.clientWidth / parseFloat(getComputedStyle(wide).fontSize) * 2 : 0;
  if (letters > 100) faults.push(`lines of ${Math.round(letters)} letters`);
  return faults;
}"""
# What is wider than its place can be reached with the keyboard, and shows that it goes on.
REACH = r"""() => [...document.querySelectorAll("pre, div.math, .table-wrapper, .figure-box")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .filter((box) => box.tabIndex !== 0 || !box.classList.contains("goes-on"))
  .map((box) => `cut off: ${box.textContent.slice(0, 80)}`)"""
TEXT = r"""() => {
  const copy = document.querySelector("article").cloneNode(true);
  copy.querySelectorAll("pre, code, annotation, svg, script, style").forEach((e) => e.remove());
  const raw = copy.textContent.match(/\$\$.{0,40}|\\(frac|sum|ln|text)\b.{0,40}|```.{0,40}/g);
  return (raw || []).map((text) => `raw text: ${text}`);
}"""
# One of each kind is enough to measure, and thousands of coloured words take minutes.
THIN = r"""() => {
  const count = {};
  for (const span of document.querySelectorAll("pre span")) {
    const kind = span.className;
    count[kind] = (count[kind] || 0) + 1;
    if (count[kind] > 2) span.replaceWith(...span.childNodes);
  }
  [...document.querySelectorAll("math")].slice(3).forEach((m) => m.replaceWith("x"));
  [...document.querySelectorAll("pre")].slice(6).forEach((p) => p.tabIndex >= 0 || p.remove());
  [...document.querySelectorAll("article tr")].slice(12).forEach((row) => row.remove());
  document.querySelectorAll("pre").forEach((p) => p.normalize());
}"""
# Every rule in both themes and widths. Frame and theme are the same everywhere, so few pages get
# all four views: measuring contrasts takes most of a visit's time.
JUDGED = [("light", 1440), ("dark", 390)]
JUDGED_IN_ALL_VIEWS = ("index.html", "search.html")
AXE = """() => axe.run({resultTypes: ["violations"], preload: false}).then((found) =>
  found.violations.map((v) => `${v.id}: ${v.nodes.length} times, as in ` +
    `${v.nodes[0].html.slice(0, 120)}: ${v.nodes[0].failureSummary.slice(0, 250)}`))"""


def watch(page: Page, notes: list[str], *own: str) -> None:
    """Note each request to another host, each that fails, each error of the page's programs.

    Addresses that begin like one of ``own`` are the book's.
    """

    def asked(route) -> None:
        if route.request.url.startswith((*LOCAL, *own)):
            return route.continue_()
        notes.append(f"asks for {route.request.url}")
        return route.abort()

    page.route("**/*", asked)
    page.on("requestfailed", lambda r: notes.append(f"failed: {r.url.rsplit('/', 1)[-1]}"))
    page.on("pageerror", lambda error: notes.append(str(error)))
    page.on(
        "console",
        lambda m: m.type in ("error", "warning") and notes.append(f"{m.type}: {m.text}"),
    )


def visit(page: Page, address: str, notes: list[str]) -> dict:
    """Open one page, look at it in every view, let axe judge it; return its facts."""
    page.set_viewport_size({"width": VIEWS[0][1], "height": 900})
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.wait_for_function("document.readyState === 'complete'")
    page.evaluate("document.fonts.ready.then(() => 0)")
    facts = page.evaluate(
        """() => ({title: document.title, lang: document.documentElement.lang,
        diagrams: document.querySelectorAll("figure.diagram").length,
        figures: document.querySelectorAll("article img").length,
        copy: document.querySelectorAll("button.copybtn").length,
        folded: document.querySelectorAll("details:not([open])").length,
        math: document.querySelectorAll("math").length})"""
    )
    notes += page.evaluate(REACH)
    notes += page.evaluate(TEXT)
    for scheme, width in VIEWS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        notes += [f"{scheme}, {width} wide: {fault}" for fault in page.evaluate(LOOK)]
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    page.wait_for_timeout(50)
    page.evaluate(THIN)
    page.evaluate(axe_source())
    for scheme, width in VIEWS if address.endswith(JUDGED_IN_ALL_VIEWS) else JUDGED:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        notes += [f"axe, {scheme}, {width} wide: {fault}" for fault in page.evaluate(AXE)]
    return facts


def axe_source() -> str:
    """Return the program axe, as its package holds it."""
    package = importlib.util.find_spec("axe_playwright_python")
    return (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def searched(page: Page, cover: str, word: str) -> int:
    """Search for a word as a reader does, from the cover; return the number of results."""
    page.goto(cover)
    page.fill(".sidebar-search", word)
    page.press(".sidebar-search", "Enter")
    finished = "(document.querySelector('.search-summary')?.innerText || '').includes('finished')"
    page.wait_for_function(finished, timeout=60_000)
    return page.locator("#search-results li").count()


def served(page: Page, folder: Path, told: dict) -> None:
    """Read on from the cover in a sub-folder of a server, and search there; tell what was seen."""
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    handler = functools.partial(quiet, directory=folder.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}/"
        own = f"{host}{quote(folder.name)}/"
        notes: list[str] = []
        watch(page, notes, own)
        page.goto(own)
        read = []
        for _ in range(3):
            page.click(".related-pages .next-page")
            page.wait_for_load_state()
            read.append(page.url.removeprefix(own))
        found = searched(page, f"{own}index.html", "LoRA")
        page.wait_for_selector("#search-results .context")  # what a folder on a disk cannot give
        page.click("#search-results li a")
        page.wait_for_load_state()
        read.append(page.url.removeprefix(own).partition("?")[0].partition("#")[0])
        server.shutdown()
    told["served"] = {"read": read, "found": found, "notes": notes}


# What a printed page is to be without, and what it must not lose.
PAPER = r"""() => {
  const shown = (e) => e.getClientRects().length > 0;
  const frame = ".sidebar-drawer, .toc-drawer, .mobile-header, .skip-to-content, .copybtn, " +
    ".headerlink, .related-pages, .theme-toggle, .download, details:not([open])";
  return {
    frame: [...document.querySelectorAll(frame)].filter(shown).map((e) => e.className),
    cut: [...document.querySelectorAll("article pre")].filter(
      (e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent.slice(0, 80)),
    opened: [...document.querySelectorAll("details[open]")].filter(shown).length,
    cells: [...document.querySelectorAll(".cell_input pre")].filter(shown).length,
    colours: ["color", "backgroundColor"].map((c) => getComputedStyle(document.body)[c]),
  };
}"""


def printed(page: Page, address: str) -> dict:
    """Return what a chapter looks like on paper, asked for in the dark, with one hint opened."""
    page.goto(address)
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 680, "height": 1000})  # A4 without its margins
    page.evaluate("document.querySelector('details.hint').open = true")
    return page.evaluate(PAPER)


def keys(page: Page, address: str) -> list[str]:
    """Return what the first presses of the tab key reach."""
    page.goto(address)
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 40)"))
    return reached


def proof(page: Page, notes: list[str], folder: Path) -> list[str]:
    """Break a page on purpose and return what was noted of it: the watch and the looks work."""
    page.goto((folder / "index.html").as_uri())
    page.evaluate(
        """() => {
        fetch("http://elsewhere.invalid/").catch(() => console.error("on purpose"));
        document.querySelector("article").insertAdjacentHTML("beforeend",
          `<p style="color: #999; background: #aaa">$$x$$ pale</p><img src="none.png" alt="">
           <figure class="diagram"></figure><div style="width: 5000px">wide</div>`); }"""
    )
    page.wait_for_timeout(300)
    page.evaluate(axe_source())
    return notes + page.evaluate(TEXT) + page.evaluate(LOOK) + page.evaluate(AXE)


def main(browser: str, book: str, *names: str) -> None:
    """Visit every page and print the notes."""
    folder = Path(book)
    told: dict[str, dict] = {"pages": {}, "notes": {}}
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=OPTIONS)
        try:
            for file in sorted(folder.glob("*.html")):
                if names and file.name not in names:
                    continue
                page, notes = running.new_page(), []
                watch(page, notes)
                told["pages"][file.name] = visit(page, file.as_uri(), notes)
                told["notes"][file.name] = list(notes)  # closing it breaks off what still loads
                page.close()
            page, notes = running.new_page(), []
            watch(page, notes)
            told["found"] = {
                word: searched(page, (folder / "index.html").as_uri(), word)
                for word in ("softmax", "词向量")
            }
            chapter = (folder / "04_softmax_and_cross_entropy.html").as_uri()
            told["keys"] = keys(page, chapter)
            told["notes"]["search and keys"] = list(notes)
            told["printed"] = printed(running.new_page(), chapter)
            served(running.new_page(), folder, told)
            told["proof"] = proof(page, [], folder) + notes
        finally:
            running.close()
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
