"""What a helper imports, and all that it pulls in, is read off its source."""

import subprocess
import sys
from pathlib import Path

import pytest

from helpers.take import graph

ROOT = Path(__file__).resolve().parent.parent
HOUSE = {
    "helpers": "",
    "helpers.progress": "import tqdm",
    "helpers.plots": "from helpers.plots.style import BLUE",
    "helpers.plots.style": "import matplotlib.pyplot as plt",
    "helpers.text": '"""A room."""',
    "helpers.text.a": "def f():\n    from ..progress import progress",
    "helpers.text.b": "from helpers.text import a",
    "helpers.text.c": "import os\nfrom . import b\nimport helpers.plots.style",
}


@pytest.mark.parametrize(
    ("module", "imports", "runs", "carries"),
    [
        ("text.a", ["progress"], ["", "progress", "text", "text.a"], ["text.a", "progress"]),
        (
            "text.b",
            ["text", "text.a"],
            ["", "progress", "text", "text.a", "text.b"],
            ["text.b", "progress", "text.a"],
        ),
        (
            "text.c",
            ["plots.style", "text", "text.b"],
            ["", "plots", "plots.style", "progress", "text", "text.a", "text.b", "text.c"],
            ["text.c", "plots.style", "progress", "text.a", "text.b"],
        ),
        ("plots", ["plots.style"], ["", "plots", "plots.style"], ["plots", "plots.style"]),
    ],
)
def test_imports_what_runs_and_what_a_copy_carries(module, imports, runs, carries):
    def full(names):
        return [f"helpers.{name}".rstrip(".") for name in names]

    (name,) = full([module])
    assert sorted(graph.imported(HOUSE[name], name, HOUSE)) == full(imports)
    assert graph.closure(name, HOUSE) == full(runs)
    assert graph.carried(name, HOUSE) == full(carries)


def test_a_circle_ends():
    house = {"helpers": "", "helpers.a": "from helpers import b", "helpers.b": "from . import a"}
    assert graph.closure("helpers.a", house) == ["helpers", "helpers.a", "helpers.b"]
    assert graph.carried("helpers.b", house) == ["helpers.b", "helpers.a"]


@pytest.mark.slow
def test_what_is_said_to_run_is_what_python_runs():
    """Held against Python itself, for pieces that import much and import nothing lazily."""
    modules = graph.sources()
    for name in ("helpers.training.loop", "helpers.plots.losses", "helpers.vectors.formats"):
        code = (
            f"import sys, {name}; "
            "print(*sorted(m for m in sys.modules if m.split('.')[0] == 'helpers'))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == graph.closure(name, modules)


def test_published_packages_are_told_from_pythons_own_and_the_courses():
    source = "import os, torch.nn as nn\nfrom helpers import a\nfrom . import b\n\n\ndef f():\n"
    assert graph.published(source + "    from sklearn.svm import SVC") == {"torch", "sklearn"}
