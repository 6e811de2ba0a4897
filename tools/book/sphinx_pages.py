"""What the book changes in the pages that Sphinx and its theme write.

Names for landmarks that screen readers list, a heading for the search page, a box around each
figure, in which it can be moved where the screen is narrow. Each change of the theme must find its
place, or the build ends with an error: so a theme that moves on is noticed.
"""

import re
from pathlib import Path

CHANGES = {
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Chapters">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
}
FIGURE = re.compile(r'<img alt="[^"]*"[^>]* src="_images/[^>]*>')
SEARCH = '<div id="search-results"></div>'


def mended(name: str, text: str) -> str:
    """Return a page with its changes; ValueError if the theme has no place for one any more."""
    changes = dict(CHANGES)
    if name == "search.html":
        changes[SEARCH] = f"<h1>Search</h1>\n{SEARCH}"
    for old, new in changes.items():
        if text.count(old) != 1:
            raise ValueError(f"{name} holds {text.count(old)} times {old!r}, not once")
        text = text.replace(old, new)
    text = FIGURE.sub(lambda found: f'<div class="figure-box">{found[0]}</div>', text)
    text = text.replace('<th class="head"><p></p></th>', "<td></td>")  # a corner says nothing
    return text.replace('role="heading"', 'role="heading" aria-level="2"')  # the sidebar's parts


def mend(app, error) -> None:
    """Change every written page."""
    if error or app.builder.format != "html":
        return
    for page in Path(app.outdir).glob("*.html"):
        page.write_text(mended(page.name, page.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app) -> dict:
    """Tell Sphinx."""
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
