"""Progress bars that a reader sees live and that never end up in a stored notebook.

A thin layer over tqdm, used by every loop that takes more than a few seconds. Set
``COURSE_QUIET=1`` to hide the bars: notebooks are executed that way before they are stored.
"""

import os
from collections.abc import Iterable

from tqdm import tqdm


def progress(
    iterable: Iterable | None = None,
    description: str = "",
    total: int | None = None,
    **options,
) -> tqdm:
    """Return a tqdm bar over ``iterable`` on standard error.

    Parameters
    ----------
    iterable
        What to go through; leave it out and call ``update`` on the bar by hand.
    description
        A few words in front of the bar.
    total
        How many steps there are, where ``len(iterable)`` cannot tell.
    options
        Passed on to tqdm, e.g. ``unit="B", unit_scale=True``.

    >>> list(progress([1, 2, 3], "counting"))
    [1, 2, 3]
    """
    hidden = os.environ.get("COURSE_QUIET", "") not in ("", "0")
    return tqdm(iterable, desc=description, total=total, disable=hidden, leave=False, **options)
