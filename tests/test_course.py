"""The one entry for every task: in a Python that fits, or one sentence."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import course
import pytest

ROOT = Path(__file__).resolve().parent.parent
COURSE = ROOT / "tools" / "course.py"


def test_the_entry_uses_only_what_every_python_knows():
    tree = ast.parse(COURSE.read_text(encoding="utf-8"), feature_version=(3, 7))
    new = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.Nonlocal,
        ast.AsyncFunctionDef,
        ast.Match,
    )
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, new)] == []
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        assert function.returns is None and not function.args.kwonlyargs
        assert all(argument.annotation is None for argument in function.args.args)
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {alias.name for node in top for alias in node.names} <= {
        *("print_function", "os", "subprocess", "sys")
    }


def old_pythons():
    names = (
        "python2.7",
        "python2",
        "python3.6",
        "python3.7",
        "python3.8",
        "python3.9",
        "python3.10",
    )
    found = {name: course.version_of(name) for name in names}
    return [shutil.which(name) for name, version in found.items() if version and version < (3, 11)]


def test_an_old_python_gets_one_sentence(tmp_path):
    if not (pythons := old_pythons()):
        pytest.skip("no Python before 3.11 is installed here; the test above stands in")
    for python in pythons:
        done = subprocess.run(
            [python, COURSE, "lab"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
        )
        assert done.returncode == 1 and done.stderr.count("\n") == 1
        assert done.stderr.startswith("The course needs Python 3.11 to 3.14, and this is Python ")


@pytest.mark.parametrize("version", [(2, 7), (3, 8), (3, 10), (3, 15)])
def test_a_python_that_does_not_fit_is_named_with_the_remedy(monkeypatch, capsys, version):
    monkeypatch.setattr(course.sys, "version_info", (*version, 0))
    monkeypatch.setattr(course, "fitting_python", lambda: None)
    assert course.main(["lab"]) == 1
    said = capsys.readouterr().err
    assert f"this is Python {version[0]}.{version[1]}: install one of those" in said
    assert said.count("\n") == 1


def test_a_python_that_fits_is_found_and_takes_over(monkeypatch, tmp_path):
    calls = tmp_path / "calls"
    for name, says in (("python3.11", "exit 127"), ("python3.12", "echo 3 12")):
        script = tmp_path / name
        script.write_text(f'#!/bin/sh\necho "$0 $@" >> {calls}\n{says}\n')
        script.chmod(0o755)
    if os.name == "nt":
        pytest.skip("the stand-ins for interpreters are shell scripts")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(course.sys, "version_info", (3, 8, 0))
    assert course.main(["lab", "--no-browser"]) == 0
    last = calls.read_text().splitlines()[-1]
    assert last == f"{tmp_path / 'python3.12'} {COURSE} lab --no-browser"


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_without_a_python_says_so_in_one_sentence(tmp_path):
    done = subprocess.run(
        [shutil.which("make"), "-C", ROOT, "lab", "PYTHON="], capture_output=True, text=True
    )
    assert done.returncode and "No Python was found: install Python 3.11 or newer" in done.stderr


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            ["lab", "PYTHON=python9"],
            "There is no Python called 'python9' here: install it, or name",
        ),
        (["nonsense"], "error: there is no task 'nonsense'; the tasks are listed above"),
        (["tests"], "error: there is no task 'tests'"),  # a folder of that name is there
    ],
)
def test_make_says_in_one_sentence_what_is_not_there(asked, says):
    done = subprocess.run(
        [shutil.which("make"), "-C", ROOT, *asked], capture_output=True, text=True
    )
    assert done.returncode and says in done.stderr
    assert ("  lab  " in done.stdout) == (asked[0] != "lab")
