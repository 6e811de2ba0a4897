"""What an answer prints while it is checked: the beginning is kept, the rest counted.

A check calls a function many times, so a single print in it would fill the page.
"""

import contextlib
import io
from collections.abc import Callable, Iterator

LINES, CHARACTERS = 10, 1000


class Printed(io.TextIOBase):
    """A stream that hands on the first lines that are written to it, and counts the others.

    >>> kept = []
    >>> _ = Printed(kept.append).write("one line\\n" * 12)
    >>> len(kept[0].splitlines())
    10
    """

    def __init__(self, take: Callable[[str], object]) -> None:
        self._take = take
        self._lines, self._characters = LINES, CHARACTERS
        self._whole = True
        self.left_out = 0  # lines

    def writable(self) -> bool:
        """Return True: this is for printing."""
        return True

    def write(self, text: str) -> int:
        """Hand on what there is still room for."""
        if self._lines and self._characters:
            lines = text[: self._characters].split("\n", self._lines)
            rest = lines.pop() if len(lines) > self._lines else None
            kept = "\n".join(lines) + ("" if rest is None else "\n")
            self._characters -= len(kept)
            self._lines -= kept.count("\n")
            self._take(kept)
            self._whole = kept.endswith("\n")
            self.left_out += text[len(kept) :].count("\n")
        else:
            self.left_out += text.count("\n")
        return len(text)

    def end(self) -> str:
        """Return the line that says what was left out, or "" if nothing was."""
        if not self.left_out:
            return ""
        first = "" if self._whole else "\n"
        s = "" if self.left_out == 1 else "s"
        return f"{first}… and {self.left_out:,} more line{s} that your code printed.\n"


@contextlib.contextmanager
def captured(take: Callable[[str], object]) -> Iterator[None]:
    """Hand to ``take`` the beginning of what the block prints; drop its error stream."""
    printed = Printed(take)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(_Nowhere()):
            yield
    finally:
        if end := printed.end():
            take(end)


class _Nowhere(io.TextIOBase):
    """For warnings and progress bars of an answer that is called a hundred times."""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)
