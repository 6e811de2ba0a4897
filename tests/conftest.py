"""For all tests: no network, no progress bars, data that was fetched before; and how tests are
shared out where several processes run them side by side (pytest-xdist, as `make test` does)."""

import os
import re
import signal
import sys
from pathlib import Path

import hypothesis
import psutil
import pytest

from helpers.sources import asset_registry, assets

ROOT = Path(__file__).resolve().parent.parent
GUARD = ROOT / "tools" / "guard"
# These run in an environment of their own, by test_browser.py and test_book.py.
collect_ignore = ["browser_visit.py", "book_visit.py"]
GIGABYTES = 2.5  # for one worker and the notebook that it runs
# A worker gets a file at once, so that what its tests share is made once; of these, which take very
# long, the tests of one notebook at once.
BY_NOTEBOOK = {
    f"tests/test_{name}.py" for name in ("exercise_bank", "notebooks", "standalone_cells")
}
# Files that start processes by the dozen, or try every answer of every exercise.
SLOW = {
    f"test_{name}.py"
    for name in (
        "assets",
        "assignments",
        "classify",
        "conftest",
        "exercise_apart",
        "exercise_bank",
        "exercise_untouched",
        "nltk_data",
        "package_files",
        "run_and_store",
        "take",
        "time_limit",
        "whole_files",
    )
}
LONGEST = ("notebooks", "slow")  # marks of what workers begin with
MANY = 8  # more workers gain nothing: they would wait for the longest test

# Here, at import, so that it also holds for the doctests of helpers/ and for every process
# that a test starts.
os.environ["PYTHONPATH"] = str(GUARD)
os.environ["COURSE_OFFLINE"] = "1"
os.environ["COURSE_QUIET"] = "1"
os.environ["MPLBACKEND"] = "Agg"
os.environ.pop("COURSE_SIZE", None)
# For tests and doctests of text/, which leaves it to its caller where NLTK's tables lie. Notebooks
# run without this (tools/kernels.py drops it): they must call use_course_data themselves.
os.environ["NLTK_DATA"] = os.pathsep.join(
    str(assets.data_folder() / asset_registry.read_registry()[name].folder)
    for name in ("nltk-data", "wordnet-3.0")
)
# A shell that starts the tests in the background lets them ignore Ctrl-C, and every process that
# they start would inherit that: tests of what an interrupt does would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
exec(compile((GUARD / "sitecustomize.py").read_text(encoding="utf-8"), "guard", "exec"), {})


def cores():
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# A second less to start with: jsonschema reads a grammar of addresses if this is there, and does
# without if not. No test needs it.
sys.modules.setdefault("rfc3987_syntax", None)

# Before torch is imported, and for kernels as well: workers that each took every core would only
# wait for one another. Whatever the user set counts.
if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GOMP_SPINCOUNT", "10000")  # as tools/tasks.py has it
# glibc hands large blocks back to the system, which a step of training asks for again: for workers
# and kernels, memory that is kept saves 5 % of a long notebook.
for name in ("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"):
    os.environ.setdefault(name, str(2**32))  # bytes

# An example that took long says more of a busy machine than of the code.
hypothesis.settings.register_profile("course", deadline=None)
hypothesis.settings.load_profile("course")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Say how many workers ``-n auto`` starts: one a core, if memory suffices; none beside one."""
    fitting = int(psutil.virtual_memory().available / 1e9 / GIGABYTES)
    number = min(cores(), fitting, MANY)
    return number if number > 1 else 0


@pytest.hookimpl(tryfirst=True)  # before ``-m`` chooses
def pytest_collection_modifyitems(config, items):
    """Mark what is slow; let workers begin with what takes long, so that they end together."""
    for item in items:
        if item.path.name in SLOW or item.get_closest_marker("notebooks"):
            item.add_marker("slow")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: [not item.get_closest_marker(name) for name in LONGEST])


def unit_of(nodeid):
    """Return the name of what a worker gets at once: a file, or the tests of one notebook in it."""
    file, _, test = nodeid.partition("::")
    if file not in BY_NOTEBOOK:
        return file
    number = re.search(r"\[(\d\d)\D", test)
    return f"{file}::{number[1]}" if number else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Hand out units in their order (loadgroup of xdist 3.8 sees no groups under pytest 9.2)."""
    from xdist.scheduler import LoadScopeScheduling

    if config.option.dist != "loadscope":
        return None
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = unit_of
    return scheduling


@pytest.fixture
def report_notebook(record_property):
    """Return a function that adds a line to the summary of notebooks."""
    return lambda line: record_property("notebook", line)


@pytest.fixture
def empty_results(tmp_path, monkeypatch):
    """Return a function that gives an experiment empty results, kept in folders of the test."""
    from helpers.experiments.store import Results

    def give(experiment):
        columns = experiment.results.settings, experiment.results.values
        folders = tmp_path / "own", tmp_path / "published"
        monkeypatch.setattr(
            experiment, "results", Results(experiment.results.own.stem, *columns, *folders)
        )
        return experiment.results

    return give


def pytest_terminal_summary(terminalreporter, config):
    """Say what each notebook took."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    lines = sorted(
        line
        for report in reports
        if report.when == "call"
        for name, line in report.user_properties
        if name == "notebook"
    )
    if lines:
        terminalreporter.section("notebooks, each from a clean kernel without a network")
        if at_once := getattr(config.option, "numprocesses", None):
            terminalreporter.write_line(
                f"({at_once} at once, one thread each: alone, some take less: -n0)"
            )
        for line in lines:
            terminalreporter.write_line(line)
