"""Notebook 00 in JupyterLab and a real browser, as a reader has it: nothing fails, nothing nags.

The notebook is a copy with cells added: headlines that once broke the figure, and an exercise
answered wrongly, then rightly. Skipped where there is no Chromium or Chrome; `make test` sets
Playwright up where there is one (tools/browser_environment.py).
"""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import browser_environment
import nbformat
import pytest
import tasks
from nbformat.v4 import new_code_cell

from helpers.exercises import bank, cells

ROOT = Path(__file__).resolve().parent.parent
VISIT = Path(__file__).with_name("browser_visit.py")
HEADLINES = {
    "dollars": "Fund pays $40m, 50% of $80m",
    "two prices": "costs $5 and $6",
    "formula": r"$\frac{x^$",
    "chinese": "沪指收涨 3%，科技股领涨",
    "emoji": "Shares 🚀, ships 🚢, people 👩‍🚀",
    "long": "word " * 200,
    "none": "",
}
EXERCISE = "04-rows"

pytestmark = pytest.mark.notebooks


@pytest.fixture(scope="module")
def browser():
    found = browser_environment.browser()
    if not found:
        pytest.skip("neither Chromium nor Chrome is installed")
    if not browser_environment.is_whole(ROOT):
        pytest.skip("build/browser is not set up: make test does it, once pip finds Playwright")
    return found


def the_copy(folder):
    """Write notebook 00 with more cells into a folder; return its file and the last cell's."""
    notebook = nbformat.read(ROOT / tasks.START, as_version=4)
    (headline,) = [c for c in notebook.cells if "headline = " in c.source]
    for name, text in HEADLINES.items():
        line = f"headline = {text!r}"
        source = re.sub(r"headline = .*", lambda _, line=line: line, headline.source)
        notebook.cells.append(new_code_cell(source, id=f"headline-{name.replace(' ', '-')}"))
    exercise = bank.find(EXERCISE)
    wrong = exercise.wrong[0].source(exercise.solution)
    for name, answer in (("wrong", wrong), ("right", exercise.solution)):
        notebook.cells.append(new_code_cell(cells.with_check(exercise, answer), id=name))
    asked = [line for line in cells.code_cell(exercise).split("\n") if line.startswith("# ")]
    hint = "\n".join(line.removeprefix("# ") for line in asked)  # done exactly as told
    notebook.cells.append(new_code_cell(f"from helpers import exercises\n\n{hint}", id="hints"))
    done = folder / "done"
    notebook.cells.append(new_code_cell(f"open({str(done)!r}, 'w').close()", id="done"))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    path = folder / tasks.START
    path.parent.mkdir()
    nbformat.write(notebook, path)
    return path, done


class Lab:
    """JupyterLab on a folder, as `make lab` starts it, on a free port and without a network."""

    def __init__(self, folder):
        self.token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        python = Path(sys.executable)
        environment = tasks.environment_for(python) | {"PYTHONPATH": str(ROOT / "tools" / "guard")}
        del environment["COURSE_QUIET"], environment["MPLBACKEND"]  # with bars, as a reader has it
        places = {f"JUPYTER_{p}_DIR": str(folder / p) for p in ("CONFIG", "DATA", "RUNTIME")}
        self.log = folder / "lab.log"
        options = ["--no-browser", f"--port={self.port}", "--ServerApp.port_retries=0"]
        options += [f"--IdentityProvider.token={self.token}", "--ServerApp.ip=127.0.0.1"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [python, *tasks.lab_command(folder), *options],
                cwd=ROOT,
                env=environment | places,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=os.name != "nt",
            )

    def address(self, path=""):
        return f"http://127.0.0.1:{self.port}/{path}?token={self.token}"

    def wait(self, seconds=90):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                return urllib.request.urlopen(self.address("api/status"), timeout=5).close()
            except OSError:
                time.sleep(0.2)
        pytest.fail(f"JupyterLab did not answer in {seconds} s:\n{self.log.read_text()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)  # it closes its kernels
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture(scope="module")
def visited(browser, tmp_path_factory):
    """Return what the browser noted, the notebook as it was saved, and the server's log."""
    folder = tmp_path_factory.mktemp("lab")
    path, done = the_copy(folder)
    lab = Lab(folder)
    try:
        lab.wait()
        command = [browser_environment.python_of(ROOT), VISIT, browser]
        command += [lab.address(f"lab/tree/{tasks.START}"), done, path]
        said = subprocess.run(command, capture_output=True, text=True, timeout=300)
    finally:
        lab.stop()
    assert said.returncode == 0, said.stdout + said.stderr + lab.log.read_text()
    notes = json.loads(said.stdout.splitlines()[-1])
    return notes, nbformat.read(path, as_version=4), lab.log.read_text()


def outputs(notebook, cell_id=None):
    return [
        output
        for cell in notebook.cells
        if cell.cell_type == "code" and cell_id in (None, cell.id)
        for output in cell.outputs
    ]


def text_of(notebook, cell_id):
    found = outputs(notebook, cell_id)
    return "".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in found)


def test_notebook_00_opens_quietly_and_asks_no_other_host(visited):
    notes, _, log = visited
    assert notes["title"].startswith("00_start")
    assert notes["unsaved"] == 0 and notes["pop-ups"] == [] and notes["dialogs"] == []
    assert notes["foreign"] == []
    assert notes["console"] == []
    assert notes["watched"]["foreign"] == ["http://elsewhere.invalid/"]  # it would have been seen
    assert "error: on purpose" in notes["watched"]["console"]
    assert "without encryption" not in log and "Traceback" not in log


def test_every_cell_ran_without_error_warning_or_remains_of_a_bar(visited):
    _, notebook, _ = visited
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for output in outputs(notebook):
        assert output.output_type in ("stream", "display_data", "execute_result"), output
        assert output.get("name") != "stderr", output.text
        assert "Warning" not in str(output.get("text", ""))
        assert output.get("data", {}).get("text/html", "bar") != "<pre></pre>"


@pytest.mark.parametrize("name", HEADLINES)
def test_any_headline_gives_a_figure_and_nothing_else(visited, name):
    (output,) = outputs(visited[1], f"headline-{name.replace(' ', '-')}")
    assert "image/png" in output["data"]


def test_an_exercise_says_what_is_wrong_and_what_is_right(visited):
    _, notebook, _ = visited
    assert bank.find(EXERCISE).wrong[0].says in text_of(notebook, "wrong")
    assert text_of(notebook, "wrong").startswith(f"{EXERCISE}: not yet.")
    assert text_of(notebook, "right").startswith(f"{EXERCISE}: right.")
    assert "def " in text_of(notebook, "hints")  # the solution, after the hint


def test_saving_adds_no_version_to_the_notebook(visited):
    metadata = visited[1].metadata
    assert metadata == nbformat.read(ROOT / tasks.START, as_version=4).metadata
