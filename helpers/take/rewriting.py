"""Rewrite a helper's imports of other helpers, so that copies lying side by side find each other.

Only import statements change, found by their place in the syntax tree, also those in doctests;
comments, texts and all else stay as they are. Standard library only; writes no file.
"""

import ast
import re
from collections.abc import Mapping

from helpers.take.graph import whole_name

_EXAMPLE = re.compile(r"^\s*(?:>>>|\.\.\.) ?")


class TakeError(Exception):
    """A piece that cannot be taken; the message says what to do."""


def rewritten(
    source: str, module: str, modules: Mapping[str, str], files: Mapping[str, str]
) -> str:
    """Return a module's source with its imports of helpers made relative and flat.

    Parameters
    ----------
    source, module
        The code, and the dotted name of the module that it belongs to.
    modules
        All helper modules, {dotted name: source}.
    files
        What each is called where the copies lie, {dotted name: name without ".py"}.

    Raises
    ------
    TakeError
        At ``import helpers.x`` without ``as``, whose later uses would have to change, too.

    >>> house = {"helpers": "", "helpers.text": "", "helpers.text.batches": ""}
    >>> flat = {"helpers.text.batches": "batches"}
    >>> rewritten("from helpers.text.batches import pad  # ids", "helpers.a", house, flat)
    'from .batches import pad  # ids'
    >>> rewritten("from helpers.text import batches as b", "helpers.a", house, flat)
    'from . import batches as b'
    """
    lines = source.encode().splitlines(keepends=True)  # bytes: the tree counts places in them
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    edits = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            new = _statement(node, module, modules, files, source)
        elif text := _docstring(node):
            node = text
            segment = ast.get_source_segment(source, node) or ""
            new = _examples(segment, module, modules, files)
        else:
            continue
        if new is not None:
            begin = starts[node.lineno - 1] + node.col_offset
            edits.append((begin, starts[node.end_lineno - 1] + node.end_col_offset, new))
    raw = source.encode()
    for begin, end, new in sorted(edits, reverse=True):
        raw = raw[:begin] + new.encode() + raw[end:]
    return raw.decode()


def _docstring(node: ast.AST) -> ast.Constant | None:
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            return first.value if isinstance(first.value.value, str) else None
    return None


def _statement(node, module, modules, files, source) -> str | None:
    """Return what stands in place of an import statement, None if it may stay."""
    if isinstance(node, ast.Import):
        return _plain_import(node, module, modules, files)
    whole = whole_name(node, module, modules)
    inner = [alias for alias in node.names if f"{whole}.{alias.name}" in modules]
    outer = [alias for alias in node.names if alias not in inner]
    if whole not in modules:
        return None
    if not inner:  # only the part before "import" changes, so that the rest keeps its form
        segment = ast.get_source_segment(source, node)
        return (
            f"from .{_file(whole, module, node, files)} import"
            + re.split(r"\bimport\b", segment, maxsplit=1)[1]
        )
    as_names = [
        _as(_file(f"{whole}.{alias.name}", module, node, files), alias.asname or alias.name)
        for alias in inner
    ]
    statements = [f"from . import {', '.join(as_names)}"]
    if outer:
        names = ", ".join(_as(alias.name, alias.asname or alias.name) for alias in outer)
        statements.append(f"from .{_file(whole, module, node, files)} import {names}")
    return "; ".join(statements)


def _plain_import(node, module, modules, files) -> str | None:
    if not any(alias.name in modules for alias in node.names):
        return None
    statements = []
    for alias in node.names:
        if alias.name not in modules:
            statements.append(ast.unparse(ast.Import([alias])))
        elif alias.asname:
            file = _file(alias.name, module, node, files)
            statements.append(f"from . import {_as(file, alias.asname)}")
        else:
            room, _, name = alias.name.rpartition(".")
            raise TakeError(
                f"{module}, line {node.lineno}: 'import {alias.name}' cannot be carried over; "
                f"write 'from {room or 'helpers'} import {name}'"
            )
    return "; ".join(statements)


def _file(name, module, node, files) -> str:
    if name not in files:
        raise TakeError(f"{module}, line {node.lineno}: {name} is not among the files to be taken")
    return files[name]


def _as(file: str, name: str) -> str:
    return file if file == name else f"{file} as {name}"


def _examples(docstring: str, module, modules, files) -> str | None:
    """Return a docstring, as it stands in the source, with its examples' imports rewritten."""
    lines = docstring.split("\n")
    changed = False
    at = 0
    while at < len(lines):
        end = at + 1
        if not lines[at].lstrip().startswith(">>>"):
            at = end
            continue
        while end < len(lines) and lines[end].lstrip().startswith("..."):
            end += 1
        marks = [_EXAMPLE.match(line)[0] for line in lines[at:end]]
        code = "\n".join(line[len(mark) :] for line, mark in zip(lines[at:end], marks, strict=True))
        if "helpers" in code:
            new = rewritten(code, module, modules, files).split("\n")
            lines[at:end] = [mark + line for mark, line in zip(marks, new, strict=True)]
            changed = True
        at = end
    return "\n".join(lines) if changed else None
