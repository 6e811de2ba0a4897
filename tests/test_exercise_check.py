"""An exercise's check says "not attempted", "not yet" with the reason, or "right" with the point,
and never stops the notebook."""

import sys
import types

import pytest

from helpers import exercises


@pytest.fixture(autouse=True)
def exercise_98(monkeypatch):
    module = types.ModuleType("helpers.exercises.nb98")

    def half_of_six(answer):
        """Half of six is three.

        More for the curious.
        """
        return None if answer == 3 else f"You gave {answer}; half of six is smaller than six."

    def explodes(answer):
        """Unreachable."""
        raise TypeError("unsupported operand")

    def without_docstring(answer):
        return None

    for function in (half_of_six, explodes, without_docstring):
        function.__module__ = module.__name__
        setattr(module, function.__name__, function)
    module._private, module.imported = half_of_six, pytest.raises
    monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("98-half-of-six", None, "98-half-of-six: not attempted yet."),
        ("98-half-of-six", ..., "98-half-of-six: not attempted yet."),
        ("98-half-of-six", 3, "98-half-of-six: right. Half of six is three."),
        (
            "98-half-of-six",
            9,
            "98-half-of-six: not yet. You gave 9; half of six is smaller than six.",
        ),
        ("98-explodes", 1, "98-explodes: not yet. the check met TypeError: unsupported operand"),
        ("98-without-docstring", 1, "98-without-docstring: right."),
    ],
)
def test_one_line_is_printed(capsys, name, answer, said):
    exercises.check(name, answer)
    assert capsys.readouterr() == (said + "\n", "")


def test_an_array_is_an_answer_even_if_its_truth_is_ambiguous(capsys):
    import numpy as np

    exercises.check("98-explodes", np.zeros(2))
    assert "not yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["98-none", "99-half-of-six", "98-imported", "98--private", "nonsense", ""]
)
def test_a_name_that_is_no_exercise_is_said(name):
    with pytest.raises(LookupError, match=f"no exercise is called '{name}'; copy its name"):
        exercises.check(name, 1)


def test_a_fault_inside_a_notebooks_file_is_not_hidden(monkeypatch, tmp_path):
    (tmp_path / "nb97.py").write_text("import a_package_that_is_not_there\n")
    monkeypatch.setattr(exercises, "__path__", [str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="a_package_that_is_not_there"):
        exercises.check("97-any", 1)
