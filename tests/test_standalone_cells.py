"""Each notebook's "Take it with you" cell runs alone, in an empty folder, without helpers."""

import os
import subprocess
import sys
import time

import nbformat
import pytest
from kernels import GUARD, course_notebooks

SECONDS = 120


def standalone_cells(path):
    cells = nbformat.read(path, as_version=4).cells
    return [c.source for c in cells if "standalone" in c.metadata.get("tags", [])]


def run_alone(source, folder):
    """Run source as a script in an empty folder; return what is written to both streams."""
    (folder / "cell.py").write_text(source, encoding="utf-8")
    variables = {"PYTHONPATH": str(GUARD), "COURSE_GUARD_FORBIDS": "helpers", "MPLBACKEND": "Agg"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    empty = folder / "empty"
    empty.mkdir()
    return subprocess.run(
        [sys.executable, "../cell.py"],
        cwd=empty,
        env=kept | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
    )


@pytest.mark.notebooks
@pytest.mark.parametrize("path", course_notebooks(), ids=lambda path: path.stem)
def test_the_cell_runs_alone(path, tmp_path):
    (source,) = standalone_cells(path)
    began = time.monotonic()
    done = run_alone(source, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "it shows nothing"
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("from helpers.scratch.functions import softmax", "to run without helpers"),
        ("import helpers", "this code is to run without helpers"),
        ("open('data/newsroom.csv')", "FileNotFoundError"),
        ("import urllib.request as r; r.urlopen('http://192.0.2.1')", "without a network"),
        ("display(1)", "NameError"),
    ],
)
def test_a_cell_that_leans_on_something_fails(tmp_path, source, said):
    done = run_alone(source, tmp_path)
    assert done.returncode != 0 and said in done.stderr


def test_a_published_package_may_be_used(tmp_path):
    done = run_alone("import numpy; print(numpy.ones(2).sum())", tmp_path)
    assert (done.returncode, done.stdout) == (0, "2.0\n")
