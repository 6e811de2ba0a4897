"""The teacher's side: assignments from the bank, and nbgrader's whole circle around them."""

import html
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import assignment_hand_ins as hand_ins
import assignment_source as source
import forked_kernels
import grading_environment
import nbformat
import own_environment
import psutil
import pytest
import setup_environment as setup
import tqdm
from execute_notebook import execute
from grading_proof import Proof, compared, look_at_feedback, take
from jupyter_client.manager import start_new_kernel
from test_environment import CONSTRAINED, REQUIRED, version

from helpers import exercises
from helpers.exercises import bank

ROOT = Path(__file__).resolve().parent.parent
GRADING = grading_environment.python_of(ROOT)
NUMBERS = bank.notebooks()


# ---- the circle


def in_grading(*arguments):
    """Run the grading environment's Python; return the finished process."""
    if not GRADING.exists():
        pytest.fail(
            "there is no grading environment yet: `make assignments` or `make test` makes it"
        )
    texts = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run([GRADING, *map(str, arguments)], cwd=ROOT, timeout=1200, **texts)


@pytest.fixture(scope="module")
def circle(request, tmp_path_factory):
    """Go round the circle with every notebook that a selected test asks for.

    With two at once, unless other workers have tests for the other cores.
    """
    items = [
        item for item in request.session.items if "circle" in getattr(item, "fixturenames", ())
    ]
    numbers = sorted({item.callspec.params["number"] for item in items})
    folder = tmp_path_factory.mktemp("circle") / "assignments"
    at_once = 1 if hasattr(request.config, "workerinput") else 2
    done = in_grading("tools/assignments.py", "--at-once", at_once, "--into", folder, *numbers)
    report = folder / "proof.json"
    assert report.exists(), done.stdout
    return folder, json.loads(report.read_text()), done


@pytest.mark.notebooks
@pytest.mark.parametrize("number", NUMBERS)
def test_the_circle(circle, number, report_notebook):
    _, report, done = circle
    proof = report[number]
    report_notebook(
        f"exercises-{number}: nbgrader's circle{proof['seconds']:17.1f} s   "
        f"{len(proof['earned'])} hand-ins"
    )
    assert proof["problems"] == [], done.stdout
    assert done.returncode == any(other["problems"] for other in report.values()), done.stdout
    known = bank.of_notebook(number)
    full = {exercise.name: exercise.points for exercise in known}
    earned = proof["earned"]
    assert earned["solution"] == full and sum(full.values()) >= 3 * len(known)
    assert set(earned["empty"].values()) == {0}
    assert len(known) >= 3  # so that one stands between the cell that raises and the endless one
    assert earned["stopped"] == full | {known[0].name: 0, known[-1].name: 0}
    for exercise in known:
        wrongs = {"wrong": exercise.wrong[0], "tampered": hand_ins.almost_right(exercise)}
        assert len(set(wrongs.values())) == 2
        for student, wrong in wrongs.items():
            points = earned[student][exercise.name]
            assert points == exercise.points_before(wrong.fails) < exercise.points, wrong.mistake


@pytest.mark.notebooks
@pytest.mark.parametrize("number", NUMBERS)
def test_learners_get_the_starters_and_no_solution(circle, number):
    folder, _, _ = circle
    name = source.assignment_name(number)
    made = [folder / kind / name / f"{name}.ipynb" for kind in ("source", "release")]
    theirs, released = (nbformat.read(path, as_version=4) for path in made)
    for exercise in bank.of_notebook(number):
        cell = hand_ins.cell_of(released, source.answer_id(exercise))
        assert cell.source.strip() == exercise.starter.strip()
        solution = exercise.solution.strip()
        assert solution in hand_ins.cell_of(theirs, source.answer_id(exercise)).source
        assert solution not in "\n".join(cell.source for cell in released.cells)
        test = hand_ins.cell_of(released, exercise.name)
        assert test.metadata.editable is False and test.metadata.deletable is False
    assert all(not cell.get("outputs") for cell in released.cells)


@pytest.mark.notebooks
@pytest.mark.parametrize("number", ["04"])
def test_a_learner_anywhere_runs_the_notebook_and_sees_the_points(circle, number, tmp_path):
    name = source.assignment_name(number)
    released = nbformat.read(circle[0] / "release" / name / f"{name}.ipynb", as_version=4)
    known = bank.of_notebook(number)
    left, *done = known
    answers = {exercise.name: exercise.solution for exercise in done} | {left.name: left.starter}
    run = execute(tmp_path / f"{name}.ipynb", notebook=hand_ins.filled(released, known, answers))
    assert run.fault is None
    for exercise in known:
        printed, result = hand_ins.cell_of(run.notebook, exercise.name).outputs
        said, due = ("not attempted yet.", 0) if exercise is left else ("right.", exercise.points)
        assert printed.text.startswith(f"{exercise.name}: {said}")
        assert float(result.data["text/plain"]) == due


SABOTAGE = """\
import dataclasses, sys
sys.path.insert(0, "tools")
import assignments, grading_circle
real = grading_circle.hand_ins
def other(*both):
    first = real(*both)[0]
    other = {**first.expected, "04-rows": 3}
    return [dataclasses.replace(first, student="wrong", expected=other)]
grading_circle.hand_ins = other
sys.exit(assignments.main(["--into", sys.argv[1], "04"]))
"""


@pytest.mark.notebooks
def test_other_points_or_feedback_than_due_are_said_and_fail(tmp_path):
    done = in_grading("-c", SABOTAGE, tmp_path / "assignments")
    assert done.returncode == 1
    errors = [line for line in done.stdout.splitlines() if line.startswith("error: ")]
    assert errors[0].endswith("04-rows of the hand-in 'wrong' earned 4, and should earn 3")
    assert "the feedback for the hand-in 'wrong' lacks the diagnosis" in errors[1]
    assert "4 (not 3)" in done.stdout and f"{len(errors)} things are wrong" in done.stdout


def test_a_folder_with_hand_ins_is_not_built_anew(tmp_path):
    (tmp_path / "submitted" / "ada").mkdir(parents=True)
    done = in_grading("tools/assignments.py", "--into", tmp_path)
    assert done.returncode == 1 and "holds hand-ins" in done.stdout
    assert (tmp_path / "submitted" / "ada").exists()


def test_an_unknown_notebook_is_refused():
    done = in_grading("tools/assignments.py", "00")
    assert done.returncode == 2 and "no exercises for 00; there are some for 01, " in done.stdout


# ---- its parts


@pytest.mark.parametrize("number", NUMBERS)
def test_the_source_is_sound(number):
    notebook = source.source_notebook(number)
    nbformat.validate(notebook)
    known = bank.of_notebook(number)
    names = [name for cell in notebook.cells if (name := hand_ins.id_of(cell))]
    assert len(set(names)) == len(names) == 2 * len(known)
    assert all(re.fullmatch(r"[\w-]+", name) for name in names)
    answers = [exercise.answer for exercise in known]
    assert len(set(answers)) == len(answers), "an answer would be graded as the next one's"
    assert f"{sum(exercise.minutes for exercise in known)} minutes" in notebook.cells[0].source


def test_what_an_answer_writes_to_the_error_stream_costs_no_points(capsys):
    solution = {}
    exec(bank.find("04-rows").solution, solution)

    def noisy(scores):
        print("a warning", file=sys.stderr)
        list(tqdm.tqdm(range(3)))
        return solution["softmax_rows"](scores)

    assert exercises.grade("04-rows", noisy) == 4.0
    said = capsys.readouterr()
    assert said.err == "" and said.out.startswith("04-rows: right.")


def toy_proof(earned, expected):
    proof = Proof("04", {"04-rows": 4})
    take(proof, hand_ins.HandIn("ada", None, {"04-rows": expected}), earned)
    return proof


def test_a_proof_notes_each_difference():
    assert toy_proof({"04-rows": 3.0}, 3).problems == []
    (said,) = toy_proof({"04-rows": 1.0}, 3).problems
    assert said == "exercises-04: 04-rows of the hand-in 'ada' earned 1, and should earn 3"
    (said,) = toy_proof({}, 0).problems
    assert "earned nothing, and should earn 0" in said
    (said,) = toy_proof({"04-rows": 3.0, "04-more": 1.0}, 3).problems
    assert "04-more of the hand-in 'ada' earned 1, and should earn nothing" in said
    assert compared(3.0, 3) == "3" and compared(None, 1) == "nothing (not 1)"
    proof = toy_proof({"04-rows": 1.0}, 3)
    assert "  ada      1 (not 3)" in proof.table()


def test_feedback_without_a_diagnosis_is_noted():
    proof = Proof("04", {"04-rows": 4})
    page = f"<pre>{html.escape('rows sum to 1.31 & the columns to 1')}</pre>"
    look_at_feedback(proof, "ada", page, ["1.31 & the"])
    assert proof.problems == []
    look_at_feedback(proof, "ada", page, ["wrong axis"])
    assert proof.problems[0].endswith("the hand-in 'ada' lacks the diagnosis 'wrong axis'")


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_a_forked_kernel_runs_is_interrupted_and_goes_with_its_starter():
    before = os.environ.get("JUPYTER_PATH")
    with forked_kernels.ForkedKernels(["wave"]) as name:
        manager, client = start_new_kernel(kernel_name=name)
        lines = []
        ask = {"output_hook": lambda message: lines.append(message["content"]), "timeout": 120}
        client.execute_interactive(
            "import os, sys; print(os.getpid(), 'wave' in sys.modules)", **ask
        )
        (text,) = (content["text"] for content in lines if "text" in content)
        process, imported = text.split()
        assert imported == "True"
        asked = client.execute("print('begun', flush=True)\nwhile True: pass")
        while client.get_iopub_msg(timeout=120)["msg_type"] != "stream":
            continue
        manager.interrupt_kernel()
        while (reply := client.get_shell_msg(timeout=120))["parent_header"]["msg_id"] != asked:
            continue
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        manager.provisioner.process.kill()
        assert gone(int(process))
        client.stop_channels()
        manager.cleanup_resources()
    assert os.environ.get("JUPYTER_PATH") == before


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_the_process_with_the_modules_goes_with_whoever_started_it():
    start = "import forked_kernels as f, time; k = f.ForkedKernels([]); k.__enter__()"
    wait = "print(k._server.pid, flush=True); time.sleep(60)"
    command = [sys.executable, "-c", f"{start}; {wait}"]
    process = subprocess.Popen(command, cwd=ROOT / "tools", stdout=subprocess.PIPE, text=True)
    server = int(process.stdout.readline())
    assert psutil.pid_exists(server)
    process.kill()
    process.wait()
    assert gone(server)
    process.stdout.close()


def gone(process):
    """Whether a process ends within some seconds; one that nobody asked after yet has ended."""
    try:
        watched = psutil.Process(process)
        for _ in range(1200):
            if watched.status() == psutil.STATUS_ZOMBIE:
                return True
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        return True
    return False


def test_a_module_that_cannot_be_imported_stops_the_forked_kernels(capfd):
    with pytest.raises(RuntimeError, match="the process with no_such_module did not start"):
        forked_kernels.ForkedKernels(["no_such_module"]).__enter__()
    assert "No module named 'no_such_module'" in capfd.readouterr().err


# ---- its environment


def test_all_in_the_grading_environment_is_pinned():
    own = Path(own_environment.places_of(GRADING)["purelib"])
    found = {
        re.sub(r"[-_.]+", "-", part.name).lower(): version(part.version)
        for part in importlib.metadata.distributions(path=[str(own)])
    }
    found.pop("pip"), found.pop("setuptools", None)  # they come with the Python
    assert "nbgrader" in found
    assert {name: (REQUIRED | CONSTRAINED).get(name) for name in found} == found


def test_the_grading_environment_is_made_once_and_sees_the_course(tmp_path, monkeypatch):
    for name in setup.PINS:
        (tmp_path / name).write_text("")
    extra = '[project.optional-dependencies]\nteaching = ["nbgrader==0.9.6"]\n'
    (tmp_path / "pyproject.toml").write_text(extra)
    pips, kernels = [], []
    real = setup.run

    def run(command, **options):
        if "ipykernel" in command:
            kernels.append(command)
            return subprocess.CompletedProcess(command, 0, "")
        return real(command, **options)

    monkeypatch.setattr(setup, "pip", lambda python, arguments, *both: pips.append(arguments))
    monkeypatch.setattr(setup, "run", run)
    course = Path(sys.executable)
    python = grading_environment.ready(tmp_path, course)
    assert python == setup.python_of(tmp_path / "build" / "grading")
    assert pips == [["-c", "constraints.txt", "-c", "requirements.txt", "nbgrader==0.9.6"]]
    assert [command[1:] for command in kernels] == [["-m", "ipykernel", "install", "--sys-prefix"]]
    there = real([python, "-c", "import numpy, helpers; print(numpy.__version__)"])
    assert version(there.stdout.strip()) == REQUIRED["numpy"]
    assert (tmp_path / "build/grading/share/jupyter/nbconvert/templates").is_dir()
    grading_environment.ready(tmp_path, course)
    assert len(pips) == 1
    monkeypatch.setattr(setup, "create", lambda *both: None)
    (tmp_path / "constraints.txt").write_text("# another\n")
    grading_environment.ready(tmp_path, course)
    assert len(pips) == 2


def test_a_course_whose_python_does_not_start_is_said(tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho broken\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(setup.SetupError, match=r"python does not start: broken"):
        own_environment.places_of(broken)
