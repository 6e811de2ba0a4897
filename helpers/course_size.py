"""One setting for how much a notebook does: ``COURSE_SIZE=default`` or ``full``.

Every notebook uses it, so that the same cells run in seconds on two CPU cores and at full
size on a GPU. Knows nothing of what is sized.
"""

import os
from typing import TypeVar

Value = TypeVar("Value")


def size() -> str:
    """Return the size that the environment variable ``COURSE_SIZE`` asks for.

    Raises
    ------
    ValueError
        If the variable is set to anything but ``default`` or ``full``.

    >>> size() in ("default", "full")
    True
    """
    asked = os.environ.get("COURSE_SIZE", "").strip().lower() or "default"
    if asked not in ("default", "full"):
        raise ValueError(f"COURSE_SIZE is {asked!r}; set it to 'default' or 'full', or unset it")
    return asked


def choose(default: Value, full: Value) -> Value:
    """Return ``default`` or ``full``, whichever the size asks for.

    >>> choose(default=3, full=30) in (3, 30)
    True
    """
    return full if size() == "full" else default
