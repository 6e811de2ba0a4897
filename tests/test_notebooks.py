"""Every notebook runs from a clean kernel without a network, and what could hide a failure is
caught: a hung cell, a killed kernel, an error, another output, a reach for the network."""

import nbformat
import pytest
from check_notebook import Limits, check
from kernels import course_notebooks
from nbformat.v4 import new_code_cell, new_notebook, new_output

NOTEBOOKS = course_notebooks()
SHORT = Limits(cell=4, whole=180)  # so long on a busy machine only
pytestmark = pytest.mark.notebooks


def test_the_notebooks_are_there():
    assert {path.name[:2] for path in NOTEBOOKS} >= {
        "00",
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "07",
        "08",
        "09",
    }


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(notebook, report_notebook):
    outcome = check(notebook)
    report_notebook(
        f"{notebook.stem:40}{outcome.seconds:6.1f} s {outcome.gigabytes:5.2f} GB"
        + ("   over the 90 s of two quiet cores" if outcome.seconds > 90 else "")
    )
    assert not outcome.problems, "\n".join(outcome.problems)


def stored(tmp_path, *cells):
    """Store a notebook of (source, printed text or None) cells; return its path."""
    notebook = new_notebook()
    for count, (source, printed) in enumerate(cells, start=1):
        outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
        tags = {"tags": ["nbval-check-output"]} if printed else {}
        cell = new_code_cell(source, outputs=outputs, execution_count=count, metadata=tags)
        notebook.cells.append(cell)
    nbformat.write(notebook, tmp_path / "small.ipynb")
    return tmp_path / "small.ipynb"


def test_a_good_notebook_passes_and_is_measured(tmp_path):
    hold = "held = bytearray(b'x') * 300_000_000\nimport time; time.sleep(1)"
    outcome = check(stored(tmp_path, ("a = 1", None), ("print(a)", "1\n"), (hold, None)), SHORT)
    assert outcome.problems == []
    assert outcome.gigabytes > 0.3 and 1 < outcome.seconds < SHORT.whole


HANG = "import time\ntime.sleep(600)"
HANG_AND_SWALLOW = """\
import time
try:
    time.sleep(600)
except KeyboardInterrupt:
    pass"""
FETCH = "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/')"
FETCH_IN_A_PROCESS = f"""\
import subprocess, sys
subprocess.run([sys.executable, '-c', {FETCH!r}], check=True, capture_output=True)"""


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([(HANG_AND_SWALLOW, None)], "Cell 0: hung for"),
        ([("1", None), (HANG, None), ("2", None)], "Cell 1: hung for"),
        ([("import os; os.kill(os.getpid(), 9)", None), ("2", None)], "0 of 2 code cells passed"),
        ([], "there is no code cell"),
    ],
    ids=["hung and swallowed", "hung amid others", "killed", "empty"],
)
def test_a_bad_notebook_fails_and_the_reason_is_said(tmp_path, cells, said):
    outcome = check(stored(tmp_path, *cells), SHORT)
    assert outcome.problems and said in "\n".join(outcome.problems)


# By its place in the notebook: source, printed text, what is said of the cell, and the reason.
BAD = {
    "results": [
        ("1 / 0", None, "failure", "ZeroDivisionError"),
        ("print(2)", "1\n", "failure", "Cell outputs differ"),
        ("2", "1\n", "failure", "Missing output fields"),
        ("# NBVAL_SKIP\n1 / 0", None, "skipped", "code cells passed"),
    ],
    "network": [
        (FETCH, None, "failure", "tests run without a network"),
        (FETCH_IN_A_PROCESS, None, "failure", "CalledProcessError"),
    ],
}


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_cell_fails_and_the_reason_is_said(tmp_path, kind):
    cells = [(source, printed) for source, printed, *_ in BAD[kind]]
    outcome = check(stored(tmp_path, *cells, ("1", None)))
    found = "\n".join(outcome.problems)
    for place, (*_, fault, reason) in enumerate(BAD[kind]):
        assert f"Cell {place}: {fault}" in found and reason in found
    assert f"1 of {len(cells) + 1} code cells passed" in outcome.problems


def test_the_whole_time_is_a_hard_stop_for_what_does_not_heed_an_interrupt(tmp_path):
    deaf = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(600)"
    outcome = check(stored(tmp_path, (deaf, None)), Limits(cell=300, whole=8))
    assert outcome.problems[0] == "stopped after 8 s, the most a notebook may take here"
    assert 8 <= outcome.seconds < 120


def test_too_much_memory_is_said(tmp_path):
    held = "held = bytearray(b'x') * 300_000_000\nimport time; time.sleep(1)"
    outcome = check(stored(tmp_path, (held, None)), Limits(cell=20, whole=180, gigabytes=0.2))
    assert outcome.problems[0].endswith("GB; 0.2 GB are allowed")
