"""No file of the project names a machine's folders or a package registry's host."""

import os
import re
from pathlib import Path

import pytest
from notebook_rules import REGISTRY_HOST

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {"build", "__pycache__"}  # and what is hidden
PLACES = re.compile(r"/(work|home|root)/\w+/|/tmp/\w+/(?!x\b)|(?<!\w)\.\./shared")
TEXT = {"", ".py", ".md", ".toml", ".txt", ".yml", ".cff", ".ipynb", ".cfg", ".json"}
# These hold such paths on purpose: they test that they are found.
TESTS_OF_THIS = {"test_notebook_hygiene.py", "test_project_text.py", "notebook_rules.py"}


def text_files():
    for folder, inner, names in os.walk(ROOT):  # which enters nothing that is taken out of inner
        inner[:] = sorted(
            name
            for name in inner
            if name not in SKIPPED and not name.startswith(".") and not name.endswith(".egg-info")
        )
        for file in (Path(folder) / name for name in sorted(names)):
            if file.is_file() and file.suffix in TEXT and not file.name.startswith("."):
                yield file


def test_no_trace_of_a_machine_or_a_registry():
    files = list(text_files())
    assert {"README.md", "Makefile", "assets.toml", "loop.py"} <= {file.name for file in files}
    found = []
    for file in files:
        if file.name in TESTS_OF_THIS:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if trace := REGISTRY_HOST.search(line) or PLACES.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {trace[0]}")
    assert found == []


@pytest.mark.parametrize("text", ["/work/" + "main/x", "/root/" + "a/b", "see ../" + "shared"])
def test_such_traces_would_be_found(text):
    assert PLACES.search(text)


def test_a_registrys_host_would_be_found():
    assert REGISTRY_HOST.search("https://pypi" + ".org/simple")
    assert not REGISTRY_HOST.search("the package index")
