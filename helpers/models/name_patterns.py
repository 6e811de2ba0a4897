"""Parts of a model, chosen by patterns for their names.

Notebook 14 freezes layers so, and notebook 15 gives them adapters. Knows names, not models.

A pattern names whole parts of a dotted name: ``query`` and ``blocks.3`` both fit
``blocks.3.attention.query``, and neither ``que`` nor ``blocks.30`` does. It's a regular
expression, so ``blocks.[0-3]`` and ``query|value`` work as well.
"""

import difflib
import re
from collections.abc import Iterable


def matching(names: Iterable[str], patterns: str | Iterable[str], kind: str = "name") -> list[str]:
    """Return the names that fit any of the patterns, in their order.

    Parameters
    ----------
    names
        Dotted names, such as those of ``model.named_parameters()``.
    patterns
        One pattern, or several.
    kind
        What a name stands for; the errors say it.

    Raises
    ------
    ValueError
        If a pattern fits no name, or is no regular expression; the message names the pattern.

    >>> names = ["blocks.0.query", "blocks.0.value", "blocks.1.query", "head"]
    >>> matching(names, ["blocks.1", "head"])
    ['blocks.1.query', 'head']
    >>> matching(names, "quarry")
    Traceback (most recent call last):
    ValueError: no name has the part 'quarry'; did you mean 'query'? The parts are blocks, query, \
value, head
    """
    names, patterns = list(names), [patterns] if isinstance(patterns, str) else list(patterns)
    if not patterns:
        raise ValueError(f"there is no pattern; give at least one part of a {kind}")
    chosen = set()
    for pattern in patterns:
        fitting = {name for name in names if _compiled(pattern).search(name)}
        if not fitting:
            raise ValueError(f"no {kind} has the part {pattern!r}; {_proposal(names, pattern)}")
        chosen |= fitting
    return [name for name in names if name in chosen]


def _compiled(pattern: str) -> re.Pattern:
    """Compile a pattern so that it begins and ends where a part does."""
    try:
        return re.compile(rf"(?:^|\.)(?:{pattern})(?:\.|$)")
    except re.error as error:
        raise ValueError(
            f"the pattern {pattern!r} is no regular expression ({error}); to name a part with "
            "special characters, escape them with re.escape"
        ) from error


def _proposal(names: list[str], pattern: str) -> str:
    """Say which parts there are, and which of them looks like the one asked for."""
    parts = list(dict.fromkeys(part for name in names for part in name.split(".")))
    close = difflib.get_close_matches(pattern.split(".")[-1], parts, n=1)
    close = [part for part in close if part != pattern]
    words = [part for part in parts if not part.isdecimal()]
    told = ", ".join(words[:20]) + (", …" if len(words) > 20 else "")
    return (f"did you mean {close[0]!r}? " if close else "") + f"The parts are {told or 'none'}"
