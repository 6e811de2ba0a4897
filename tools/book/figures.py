"""Alternative texts: what a figure shows, said by the function that drew it and by its title.

Every figure of the course is drawn by one function of ``helpers.plots``, whose docstring says
what is drawn. The text is that sentence, the title as far as it stands in the cell, and the
section; so a new figure has its text as soon as it has its function.
"""

import ast
import inspect
import re

from helpers import plots


def alternative_text(source: str, section: str) -> str:
    """Return the text for the figure that a cell draws.

    Raises
    ------
    ValueError
        If no function of ``plots`` is called, or it doesn't say what it draws.

    >>> alternative_text("plots.zipf(counts, 'Counts and ranks')", "Rare words").split("; ")[0]
    'How often each type occurs against its rank, both axes logarithmic'
    """
    calls = [node for node in ast.walk(ast.parse(source)) if name_of(node)]
    if not calls:
        raise ValueError(f"the figure of the cell {source[:60]!r} is drawn by no function of plots")
    said = " ".join(what(name_of(call)) for call in calls[-1:])
    title = title_in(calls[-1])
    titled = f"; its title: {title}" if title else ""
    return f"{said}{titled}; in the section “{section}”"


def name_of(node: ast.AST) -> str | None:
    """Return ``f`` if the node is a call of ``plots.f`` that draws, else None."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    of = node.func.value
    drawn = isinstance(of, ast.Name) and of.id == "plots" and node.func.attr != "use_style"
    return node.func.attr if drawn else None


def what(name: str) -> str:
    """Return what a function of ``plots`` draws, from its docstring's first sentence."""
    doc = inspect.getdoc(getattr(plots, name)) or ""
    first = re.sub(r"\s+", " ", doc.split("\n\n")[0])
    first = re.sub(r"\s*\(notebook \d\d\)|;[^;]*``[^;.]*", "", first).replace("``", "")
    begin = re.match(r"Draw,? ", first)
    if not begin:
        raise ValueError(f"plots.{name} does not say what it draws: its docstring begins 'Draw …'")
    shown = first[begin.end() :].rstrip(".")
    return shown[0].upper() + shown[1:]


def title_in(call: ast.Call) -> str:
    """Return the longest text among a call's arguments; what is filled in later is left open."""
    texts = []
    for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
        for node in ast.walk(argument):
            if isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "…" for p in node.values)
                texts.append("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    return max((t for t in texts if t.count(" ") > 1), key=len, default="").replace("\n", " ")
