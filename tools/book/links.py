"""Links of the project's Markdown, made to lead on within the book.

A notebook becomes its page; the catalogue and the teacher's page become theirs; another file of
the project is copied into the book; what isn't there is left as plain words.
"""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

# Code, in blocks and in lines, is passed over; a link may have code for its words.
LINK = re.compile(
    r"^```.*?^```[ \t]*$|`[^`\n]+`|(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)",
    re.DOTALL | re.MULTILINE,
)
PAGES = {"helpers/README.md": "catalogue.md", "notebooks/TEACHING.md": "teaching.md"}


class Links:
    """Where links lead in one book.

    Parameters
    ----------
    root
        The project.
    notebooks
        Names of the notebooks that the book has, ``00_start_here.ipynb`` …
    pages
        The project's Markdown files that are pages of their own, with their names in the book.
    """

    def __init__(self, root: Path, notebooks: set[str], pages: dict[str, str]) -> None:
        self.root, self.notebooks, self.pages = root, notebooks, pages
        self.files: set[str] = set()  # to be copied into the book, by their place in the project

    def rewritten(self, markdown: str, folder: str) -> str:
        """Return Markdown of a file in ``folder`` (of the project) with the book's links."""
        return LINK.sub(self.replacer(folder), markdown)

    def replacer(self, folder: str) -> Callable[[re.Match], str]:
        """Return what replaces a link found in a file of ``folder``."""

        def replace(found: re.Match) -> str:
            words, target = found[1], found[2]
            if target is None or re.match(r"[a-z]+:|#", target):
                return found[0]
            path, _, part = target.partition("#")
            place = within(PurePosixPath(folder) / path)
            part = f"#{part}" if part else ""
            if place and place.startswith("notebooks/") and place.endswith(".ipynb"):
                name = place.removeprefix("notebooks/")
                return f"[{words}]({name}{part})" if name in self.notebooks else words
            if place in self.pages:
                return f"[{words}]({self.pages[place]}{part})"
            if place and (self.root / place).is_file():
                self.files.add(place)
                return f'<a href="files/{place}">{words.replace("`", "")}</a>'
            if place and (self.root / place).exists():
                return words
            return found[0]

        return replace


def within(path: PurePosixPath) -> str | None:
    """Return a path without its ``..``; None if it leads out of the project.

    >>> within(PurePosixPath("helpers/../notebooks/x.ipynb"))
    'notebooks/x.ipynb'
    """
    parts: list[str] = []
    for part in path.parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            return None
    return "/".join(parts)
