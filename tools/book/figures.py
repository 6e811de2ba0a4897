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
    nodes = list(ast.walk(ast.parse(source)))
    calls = [node for node in nodes if name_of(node)]
    if not calls:
        raise ValueError(f"the figure of the cell {source[:60]!r} is drawn by no function of plots")
    said = what(name_of(calls[-1]))
    given = dict(pair for node in nodes if isinstance(node, ast.Assign) for pair in pairs(node))
    title = title_in(calls[-1], given)
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
    first = re.sub(r"\s*\(notebook \d\d\)|[;:][^;:]*``[^;.]*", "", first).replace("``", "")
    begin = re.match(r"Draw,? ", first)
    if not begin:
        raise ValueError(f"plots.{name} does not say what it draws: its docstring begins 'Draw …'")
    shown = first[begin.end() :].rstrip(".")
    return shown[0].upper() + shown[1:]


def title_in(call: ast.Call, given: dict[str, ast.expr]) -> str:
    """Return the title that a call gives; what is filled in later is left open.

    Parameters
    ----------
    given
        The values of the names that the cell assigns.

    >>> cell = ast.parse("title = f'{n} runs, ' + 'all the same'\\nplots.ladder(a, b, title)").body
    >>> title_in(cell[1].value, {"title": cell[0].value})
    '… runs, all the same'
    """
    argument = next((keyword.value for keyword in call.keywords if keyword.arg == "title"), None)
    asked = inspect.signature(getattr(plots, name_of(call))).parameters
    names = [name for name, one in asked.items() if one.default is one.empty]
    if argument is None and "title" in names:
        behind = len(names) - names.index("title")  # counted from the end, behind any *unpacked
        if any(isinstance(a, ast.Starred) for a in call.args):
            argument = call.args[-behind]
        elif len(call.args) > names.index("title"):
            argument = call.args[names.index("title")]
    if isinstance(argument, ast.Name):
        argument = given.get(argument.id)
    return text_of(argument).replace("\n", " ").replace("$", "")


def pairs(assigned: ast.Assign) -> list[tuple[str, ast.expr]]:
    """Return the names that a statement assigns, each with its value: ``a, b = 1, 2`` has two."""
    found = []
    for target in assigned.targets:
        targets, values = [target], [assigned.value]
        if isinstance(target, ast.Tuple) and isinstance(assigned.value, ast.Tuple):
            targets, values = target.elts, assigned.value.elts
        found += [(t.id, v) for t, v in zip(targets, values) if isinstance(t, ast.Name)]  # noqa: B905
    return found


def text_of(value: ast.expr | None) -> str:
    """Return a text as it stands in the code, and … for what only a run fills in."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.JoinedStr):
        return "".join(text_of(part) for part in value.values)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return text_of(value.left) + text_of(value.right)
    return "" if value is None else "…"
