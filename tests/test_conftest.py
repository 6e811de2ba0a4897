"""What holds for every test: no network beyond this machine, an interrupt that interrupts, and a
worker for each core that is told apart from the others by nothing but its speed."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import conftest
import pytest
import tasks

CONFTEST = Path(__file__).with_name("conftest.py")


@pytest.mark.parametrize("name", ["example.org", "192.0.2.1", "2001:db8::1"])
def test_a_test_that_reaches_for_the_network_is_told_so(name):
    with pytest.raises(OSError, match=f"without a network, and something reached for {name}"):
        socket.create_connection((name, 80), timeout=1)
    with (
        pytest.raises(OSError, match="without a network"),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.sendto(b"?", (name, 53))


def test_this_machine_may_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1]), timeout=5).close()


BEHIND = """\
import runpy, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
if len(sys.argv) > 1:
    runpy.run_path(sys.argv[1])
ask = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
subprocess.run([sys.executable, "-c", ask])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows hands on no ignored signals")
@pytest.mark.parametrize(("arguments", "heeded"), [([], "False"), ([CONFTEST], "True")])
def test_a_run_in_the_background_hands_on_no_deaf_processes(arguments, heeded):
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    done = subprocess.run(
        [sys.executable, "-c", BEHIND, *arguments], capture_output=True, text=True
    )
    assert done.stdout.strip() == heeded, done.stderr


# ---- side by side

SMALL = """\
import os, subprocess, sys
import pytest

FETCH = "import urllib.request\\nurllib.request.urlopen('http://192.0.2.1/')"

@pytest.mark.parametrize("number", range(4))
def test_worker(number, report_notebook):
    worker, threads = os.environ["PYTEST_XDIST_WORKER"], os.environ["OMP_NUM_THREADS"]
    report_notebook(f"{number} took {threads} thread in {worker}")
    with pytest.raises(OSError, match="without a network"):
        exec(FETCH)
    done = subprocess.run([sys.executable, "-c", FETCH], capture_output=True, text=True)
    assert "without a network" in done.stderr

@pytest.mark.skip(reason="not today")
def test_skipped(): ...

def test_failed(): assert 1 + 1 == 3

@pytest.mark.notebooks
def test_slow(): ...
"""


SHARED = """\
import os
import pytest

@pytest.mark.parametrize("number", range(9))
def test_shares(number, report_notebook):
    report_notebook(f"shared by {os.environ['PYTEST_XDIST_WORKER']}")
"""
OPTIONS = tasks.side_by_side([])


def small_run(folder, *options, **variables):
    """Run SMALL with the project's conftest in another process; return what it printed."""
    (folder / "tests").mkdir()
    (folder / "tests" / "test_notebooks.py").write_text(SMALL)
    (folder / "tests" / "test_word2vec.py").write_text(SHARED)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -ra\nmarkers =\n  notebooks\n  slow\n")
    own = ("PYTEST", "COURSE_", "OMP_", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    kept["PYTHONPATH"] = str(CONFTEST.parent)  # there is no guard but the one conftest puts up
    kept["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # others would take seconds to import
    plugins = ("-p", "xdist.plugin", "-p", "conftest")
    command = [sys.executable, "-m", "pytest", *plugins, "--color=no", *options]
    done = subprocess.run(
        command, cwd=folder, env=kept | variables, capture_output=True, text=True, timeout=240
    )
    assert done.stderr == ""
    return done.stdout


def test_workers_and_their_children_reach_no_network_and_say_what_they_found(tmp_path):
    printed = small_run(tmp_path, *OPTIONS, "-n2")
    lines = printed.splitlines()
    first = lines.index("(2 at once, one thread each: alone, some take less: -n0)")
    own = [line.rpartition(" in ") for line in lines[first + 1 : first + 5]]
    assert [said for said, _, _ in own] == [f"{number} took 1 thread" for number in range(4)]
    assert {worker for _, _, worker in own} == {"gw0", "gw1"}
    assert re.search(
        r"^SKIPPED \[1\] tests/test_notebooks.py:\d+: not today$", printed, re.MULTILINE
    )
    assert "FAILED tests/test_notebooks.py::test_failed - assert (1 + 1) == 3" in lines
    assert lines[first + 5 : first + 14] in (["shared by gw0"] * 9, ["shared by gw1"] * 9)
    assert re.search(r"= 1 failed, 14 passed, 1 skipped in [\d.]+s", lines[-1])


def test_threads_that_the_user_chose_are_kept(tmp_path):
    printed = small_run(tmp_path, *OPTIONS, "-n2", "-k", "worker and 3", OMP_NUM_THREADS="5")
    assert "\n3 took 5 thread in gw" in printed


def test_without_xdist_the_tests_run_as_well(tmp_path):
    printed = small_run(tmp_path, "-p", "no:xdist.plugin", "-m", "notebooks")
    assert "1 passed, 15 deselected" in printed


@pytest.mark.parametrize(
    ("cores", "gigabytes", "workers"), [(2, 24, 2), (2, 4, 0), (1, 24, 0), (64, 500, 8), (4, 8, 3)]
)
def test_a_worker_for_each_core_if_memory_suffices(monkeypatch, cores, gigabytes, workers):
    memory = SimpleNamespace(available=gigabytes * 1e9)
    monkeypatch.setattr(conftest, "cores", lambda: cores)
    monkeypatch.setattr(conftest.psutil, "virtual_memory", lambda: memory)
    assert conftest.pytest_xdist_auto_num_workers() == workers


class Item:
    """A test as far as conftest looks at one."""

    def __init__(self, name, *marks, file="test_metrics.py"):
        self.name, self.marks, self.path = name, {*marks}, Path(file)

    def get_closest_marker(self, name):
        return name if name in self.marks else None

    def add_marker(self, name):
        self.marks.add(name)


def test_whole_notebooks_and_files_of_processes_are_slow():
    items = [Item("a"), Item("b", "notebooks"), Item("c", file="tests/test_take.py"), Item("d")]
    conftest.pytest_collection_modifyitems(SimpleNamespace(), items)
    assert [one.name for one in items if "slow" in one.marks] == ["b", "c"]
    for name in conftest.SLOW:
        assert Path(__file__).with_name(name).is_file()


def test_workers_begin_with_what_takes_long():
    items = [Item("a"), Item("b", "slow"), Item("c", "notebooks"), Item("d", "notebooks")]
    conftest.pytest_collection_modifyitems(SimpleNamespace(), items)
    assert [one.name for one in items] == ["a", "b", "c", "d"]
    conftest.pytest_collection_modifyitems(SimpleNamespace(workerinput={}), items)
    assert [one.name for one in items] == ["c", "d", "b", "a"]


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        (
            "tests/test_take.py::test_a_piece_works_without_the_course[progress]",
            "tests/test_take.py",
        ),
        ("helpers/progress.py::helpers.progress.progress", "helpers/progress.py"),
        (
            "tests/test_notebooks.py::test_notebook[07_news_classifier]",
            "tests/test_notebooks.py::07",
        ),
        (
            "tests/test_exercise_bank.py::test_one[04-rows: 12 for 3]",
            "tests/test_exercise_bank.py::04",
        ),
        ("tests/test_notebooks.py::test_too_much", "tests/test_notebooks.py::test_too_much"),
    ],
)
def test_a_worker_gets_a_file_at_once_or_the_tests_of_one_notebook_in_it(test, unit):
    assert conftest.unit_of(test) == unit
    for file in conftest.BY_NOTEBOOK:
        assert (CONFTEST.parent.parent / file).is_file()
