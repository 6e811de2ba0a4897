"""Progress bars that a reader sees live and that leave nothing behind, neither live nor stored.

A thin layer over tqdm, used by every loop that takes more than a few seconds. Set
``COURSE_QUIET=1`` to hide the bars: notebooks are executed that way before they are stored.
"""

import html
import io
import os
import sys
from collections.abc import Iterable

from tqdm import tqdm


class _InNotebook(tqdm):
    """A bar in an output of its own, which is empty once the bar is done."""

    _shown = None  # IPython's handle of that output

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        shown = sys.modules["IPython"].display  # there in every notebook; needed nowhere else
        text = str(self) if msg is None else msg
        content = shown.HTML(f"<pre>{html.escape(text)}</pre>" if text else "")
        if self._shown is not None:
            self._shown.update(content)
        elif text:
            self._shown = shown.display(content, display_id=True)


def _in_notebook() -> bool:
    """Whether this code runs in a notebook's kernel; without importing IPython to find out."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")


def progress(
    iterable: Iterable | None = None, description: str = "", total: int | None = None, **options
) -> tqdm:
    """Return a tqdm bar over ``iterable``, or one to ``update`` by hand; ``options`` are tqdm's.

    >>> list(progress([1, 2, 3], "counting"))
    [1, 2, 3]
    """
    hidden = os.environ.get("COURSE_QUIET", "") not in ("", "0")
    options |= {"desc": description, "total": total, "disable": hidden, "leave": False}
    if not hidden and _in_notebook():
        return _InNotebook(iterable, file=io.StringIO(), ncols=80, **options)
    return tqdm(iterable, **options)
