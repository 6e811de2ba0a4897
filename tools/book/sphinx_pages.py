"""What the book changes in the pages that Sphinx and its theme write.

Names for landmarks that screen readers list, and a home for the small font. Each change must find
its place, or the build ends with an error: so a theme that moves on is noticed.
"""

from pathlib import Path

CHANGES = {
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Chapters">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
}


def mend(app, error) -> None:
    """Change every written page."""
    if error or app.builder.format != "html":
        return
    for page in Path(app.outdir).glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for old, new in CHANGES.items():
            if text.count(old) != 1:
                raise ValueError(f"{page.name} holds {text.count(old)} times {old!r}, not once")
            text = text.replace(old, new)
        text = text.replace(
            'role="heading"', 'role="heading" aria-level="2"'
        )  # parts, in the sidebar
        page.write_text(text, encoding="utf-8")


def setup(app) -> dict:
    """Tell Sphinx."""
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
