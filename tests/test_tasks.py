"""Every task calls what it says, in the environment's Python, and fails if a part fails."""

import os
import re
from pathlib import Path

import pytest
import setup_environment as setup
import tasks

from helpers.sources import assets

ROOT = Path(__file__).resolve().parent.parent


def test_help_is_the_default_and_lists_every_task(capsys):
    assert tasks.main([]) == 0
    said = capsys.readouterr().out
    assert all(re.search(rf"^  {name} +\w", said, re.MULTILINE) for name in tasks.TASKS)


def test_make_has_a_target_for_every_task_and_no_other():
    line = re.search(r"^TASKS := help (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert line[1].split() == list(tasks.TASKS)


def test_an_unknown_task_is_refused(capsys):
    assert tasks.main(["lub"]) == 2
    assert "there is no task 'lub'" in capsys.readouterr().err


def test_a_set_up_that_cannot_go_on_is_one_line_and_an_exit_code(monkeypatch, capsys):
    def full(root):
        raise setup.SetupError("The disk is full.")

    monkeypatch.setattr(setup, "ready", full)
    assert tasks.main(["lab"]) == 1
    assert capsys.readouterr().err == "error: The disk is full.\n"


def test_the_assets_to_fetch_are_all_but_the_language_model():
    assert set(assets.names()) - set(tasks.ASSETS) == {"smollm2-135m"}
    assert set(tasks.ASSETS) <= set(assets.names())


@pytest.fixture
def calls(monkeypatch):
    """Record the commands that tasks would run; each succeeds unless its code is set."""
    made, codes = [], {}

    class Popen:
        def __init__(self, command, cwd, env):
            made.append(command[1:])
            asked = " ".join(command[1:])
            code = next((code for task, code in codes.items() if asked.startswith(task)), 0)
            self.codes = [KeyboardInterrupt, code]

        def wait(self):
            code = self.codes.pop(0)
            if code is KeyboardInterrupt:  # the program deals with it itself
                raise code
            return code

    monkeypatch.setattr(tasks.subprocess, "Popen", Popen)
    monkeypatch.setattr(tasks.grading_environment, "ready", lambda root, course: Path("grading"))
    monkeypatch.setattr(tasks.book_environment, "ready", lambda root, course: Path("book-tools"))
    browsers = tasks.browser_environment
    monkeypatch.setattr(
        browsers, "ready_if_there_is_a_browser", lambda root: made.append(["browser"])
    )
    return made, codes


def test_test_checks_the_style_fetches_and_runs_every_test(calls):
    assert tasks.main(["test", "--here", "-k", "softmax"]) == 0
    made, _ = calls
    assert made == [
        ["-m", "ruff", "check", "--quiet"],
        ["-m", "ruff", "format", "--check", "--quiet"],
        ["browser"],
        ["-m", "helpers.sources.assets", "fetch", *tasks.ASSETS],
        [
            "-m",
            "pytest",
            "-n",
            "auto",
            "--dist",
            "loadscope",
            "--no-loadscope-reorder",
            "-k",
            "softmax",
        ],
    ]


@pytest.mark.parametrize(
    "asked",
    ["-n0", "-n 3", "--numprocesses=3", "--dist=load", "-p no:xdist", "--pdb", "--trace", "-s"],
)
def test_test_leaves_workers_out_where_one_asks_for_others_or_for_none(calls, asked):
    assert tasks.main(["test", "--here", *asked.split()]) == 0
    assert calls[0][-1] == ["-m", "pytest", *asked.split()]


@pytest.mark.parametrize(
    "fails", ["-m ruff check", "-m ruff format", "-m helpers.sources.assets fetch", "-m pytest"]
)
def test_test_fails_if_any_of_its_parts_does(calls, fails):
    _, codes = calls
    codes[fails] = 3
    assert tasks.main(["test", "--here"]) == 3


def test_assignments_are_made_in_the_grading_environment_once_the_data_are_there(calls):
    assert tasks.main(["assignments", "--here", "04"]) == 0
    made, codes = calls
    assert made == [
        ["-m", "helpers.sources.assets", "fetch", *tasks.ASSETS],
        ["tools/assignments.py", "04"],
    ]
    codes["-m helpers.sources.assets fetch"] = 3
    assert tasks.main(["assignments", "--here"]) == 3 and len(made) == 3


def test_the_book_is_built_with_its_tools_with_or_without_solutions(calls, monkeypatch, capsys):
    made, _ = calls
    monkeypatch.delenv("SOLUTIONS", raising=False)
    assert tasks.main(["book", "--here", "--into", "site"]) == 0
    monkeypatch.setenv("SOLUTIONS", "No")
    assert tasks.main(["book", "--here"]) == 0
    assert made == [
        ["tools/build_book.py", "--into", "site"],
        ["tools/build_book.py", "--no-solutions"],
    ]
    monkeypatch.setenv("SOLUTIONS", "maybe")
    assert tasks.main(["book", "--here"]) == 2 and len(made) == 2
    assert "SOLUTIONS is 'maybe'; it can be yes or no" in capsys.readouterr().err


def test_lab_opens_notebook_00_with_the_whole_project_beside_it(calls):
    assert tasks.main(["lab", "--here", "--no-browser"]) == 0
    (command,) = calls[0]
    assert command[:2] == ["-m", "jupyterlab"] and command[-1] == "--no-browser"
    assert f"--ServerApp.root_dir={ROOT}" in command
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command
    assert (ROOT / "notebooks" / "00_start_here.ipynb").is_file()
    assert tasks.lab_command(Path("elsewhere"))[2] == "--ServerApp.root_dir=elsewhere"


def test_programs_of_the_environment_come_first_and_foreign_kernels_not_at_all(monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PYTHONHOME", "/elsewhere")
    variables = tasks.environment_for(Path("/course/.venv/bin/python"))
    assert variables["PATH"].startswith(str(Path("/course/.venv/bin")) + os.pathsep)
    assert "/elsewhere" not in variables.values()
    assert variables["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert variables["GOMP_SPINCOUNT"] == "10000"


def test_jupyter_gets_the_courses_settings_after_the_readers_own(monkeypatch):
    ours = str(ROOT / "tools" / "lab_config")
    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
    assert tasks.environment_for(Path("/x/bin/python"))["JUPYTER_CONFIG_PATH"] == ours
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "own")
    both = tasks.environment_for(Path("/x/bin/python"))["JUPYTER_CONFIG_PATH"]
    assert both.split(os.pathsep) == ["own", ours]


def test_format_brings_the_catalogue_up_to_date(calls):
    assert tasks.main(["format", "--here"]) == 0
    made, codes = calls
    assert made[-1] == ["-m", "helpers.take", "--catalogue", "helpers/README.md"]
    codes["-m helpers.take --catalogue"] = 3
    assert tasks.main(["format", "--here"]) == 3


def test_take_needs_no_set_up_and_means_folders_as_the_caller_does(calls, monkeypatch, tmp_path):
    monkeypatch.setattr(setup, "ready", lambda root: pytest.fail("it set up"))
    monkeypatch.setattr(tasks, "CALLED_FROM", tmp_path)
    assert tasks.main(["take", "progress", "--into", "mine"]) == 0
    assert tasks.main(["take", "--into", str(tmp_path / "other"), "progress"]) == 0
    assert tasks.main(["take", "progress", "--into"]) == 0  # helpers.take says what is missing
    assert calls[0] == [
        ["-m", "helpers.take", "progress", "--into", str(tmp_path / "mine")],
        ["-m", "helpers.take", "--into", str(tmp_path / "other"), "progress"],
        ["-m", "helpers.take", "progress", "--into"],
    ]
