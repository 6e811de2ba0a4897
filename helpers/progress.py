"""Progress bars that a reader sees live and that leave nothing behind; tqdm's.

With ``COURSE_QUIET=1`` there are none: notebooks are executed that way before they are stored.
"""

import html
import io
import os
import sys
from collections.abc import Iterable

from tqdm import tqdm


class _InNotebook(tqdm):  # in an output of its own, which is empty once the bar is done
    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        shown, text = sys.modules["IPython"].display, str(self) if msg is None else msg
        content = shown.HTML(f"<pre>{html.escape(text)}</pre>" if text else "")
        if not hasattr(self, "output"):
            self.output = shown.display(content, display_id=True)
        self.output.update(content)


def progress(
    iterable: Iterable | None = None, description: str = "", total: int | None = None, **options
) -> tqdm:
    """Return a tqdm bar over ``iterable``, or one to ``update`` by hand; ``options`` are tqdm's.

    >>> list(progress([1, 2, 3], "counting"))
    [1, 2, 3]
    """
    options |= {"desc": description, "total": total, "leave": False}
    if os.environ.get("COURSE_QUIET", "") not in ("", "0"):
        return tqdm(iterable, disable=True, **options)
    if hasattr(getattr(sys.modules.get("IPython"), "get_ipython", bool)(), "kernel"):
        return _InNotebook(iterable, file=io.StringIO(), ncols=80, **options)
    return tqdm(iterable, **options)
