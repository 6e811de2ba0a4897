"""Which helper imports which, read from the source code without running it.

Serves the copying, the catalogue, and the tests of the house (what may import what, and how much
a piece pulls in). Standard library only. Sees import statements, wherever in a file they stand;
leaves names that are put together while a program runs.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

HELPERS = Path(__file__).resolve().parents[1]


def sources(folder: Path = HELPERS) -> dict[str, str]:
    """Return every module of a package as {dotted name: source}; a folder has its __init__'s.

    >>> "helpers.take.graph" in sources() and "helpers.take" in sources()
    True
    """
    return {
        ".".join(file.relative_to(folder.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        ): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.py"))
    }


def is_folder(module: str, modules: Mapping[str, str]) -> bool:
    """Say whether a module is a folder with others in it."""
    return any(name.startswith(f"{module}.") for name in modules)


@lru_cache(maxsize=1000)
def import_statements(source: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Return the import statements of a source, wherever in it they stand.

    >>> [node.lineno for node in import_statements("import a\\ndef f():\\n    from b import c")]
    [1, 3]
    """
    nodes = ast.walk(ast.parse(source))
    return tuple(node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))


def whole_name(node: ast.ImportFrom, module: str, modules: Mapping[str, str]) -> str:
    """Return the dotted name that stands between "from" and "import", its dots resolved.

    >>> whole_name(ast.parse("from ..text import vocabulary").body[0], "helpers.models.a", {})
    'helpers.text'
    """
    parts = [*module.split("."), *(["__init__"] if is_folder(module, modules) else [])]
    base = parts[: len(parts) - node.level] if node.level else []
    return ".".join([*base, *([node.module] if node.module else [])])


def imported(source: str, module: str, modules: Mapping[str, str]) -> set[str]:
    """Return the helper modules that a module's source names in its imports.

    Parameters
    ----------
    source, module
        The code, and the dotted name of the module that it belongs to.
    modules
        All helper modules, {dotted name: source}.

    >>> house = {"helpers": "", "helpers.text": "", "helpers.text.vocabulary": ""}
    >>> sorted(imported("from helpers.text import vocabulary", "helpers.a", house))
    ['helpers.text', 'helpers.text.vocabulary']
    """
    found = set()
    for node in import_statements(source):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            whole = whole_name(node, module, modules)
            found |= {whole, *(f"{whole}.{alias.name}" for alias in node.names)}
    return {name for name in found if name in modules and name != "helpers"}


def closure(module: str, modules: Mapping[str, str]) -> list[str]:
    """Return all modules that Python runs when ``module`` is imported, itself and folders included.

    >>> house = {"helpers": "", "helpers.text": "", "helpers.text.vocabulary": ""}
    >>> closure("helpers.text.vocabulary", house)
    ['helpers', 'helpers.text', 'helpers.text.vocabulary']
    """
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imported(modules[name], name, modules)
            waiting += [name.rpartition(".")[0]] if "." in name else []
    return sorted(found)


def carried(module: str, modules: Mapping[str, str]) -> list[str]:
    """Return the modules that a copy of ``module`` needs: itself first, then the others by name.

    A folder's own file is left out where nothing is imported from it, as the copies lie flat.
    """
    found: list[str] = []
    waiting = [module]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += sorted(needed(modules[name], name, modules))
    return found[:1] + sorted(found[1:])


def needed(source: str, module: str, modules: Mapping[str, str]) -> set[str]:
    """Return the helper modules from which a source takes something, folders only then."""
    found = set()
    for node in import_statements(source):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            whole = whole_name(node, module, modules)
            full = [f"{whole}.{alias.name}" for alias in node.names]
            found |= {name if name in modules else whole for name in full}
    return {name for name in found if name in modules and name != "helpers"}


def published(source: str) -> set[str]:
    """Return the packages that a source imports, apart from Python's own and the course's.

    >>> sorted(published("import os, torch.nn\\nfrom helpers import progress\\nimport numpy as np"))
    ['numpy', 'torch']
    """
    return set(_outside(source)) - set(sys.stdlib_module_names) - {"helpers"}


def _outside(source: str) -> Iterator[str]:
    for node in import_statements(source):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]
