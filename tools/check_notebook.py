"""Run one notebook under nbval, with the network refused, so that nothing can pass unseen.

nbval alone is not enough. Its lax mode passes a cell that hung and then swallowed the interrupt;
it marks the cells after a hung one as expected failures, which do not count; it waits for a
killed kernel as long as for a slow one; skipped cells are no failures. So a notebook passes here
only if its report holds one passed entry for each code cell, each inside the time for a cell,
and the whole inside its time and memory. Used by tests/test_notebooks.py.
"""

import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree
from dataclasses import dataclass
from pathlib import Path

import kernels
import nbformat
import psutil


@dataclass(frozen=True)
class Limits:
    """What a notebook may take: seconds for a cell and for all of it, and gigabytes."""

    cell: float = 120
    whole: float = 270  # three times what STYLE allows on two cores: test machines vary
    gigabytes: float = 4.0


@dataclass(frozen=True)
class Outcome:
    """What a notebook took, and what was wrong with it (nothing, if it passed)."""

    seconds: float
    gigabytes: float
    problems: list[str]


def check(notebook: Path, limits: Limits | None = None) -> Outcome:
    """Run a notebook from a clean kernel of this environment; compare the tagged outputs."""
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        began = time.monotonic()
        ended, peak = run(command(notebook, limits, scratch), scratch, limits)
        seconds, gigabytes = time.monotonic() - began, peak / 1e9
        problems = judge(notebook, scratch / "report.xml", limits) if ended else []
        if not ended:
            problems = [f"stopped after {limits.whole:g} s, the most a notebook may take here"]
        if gigabytes > limits.gigabytes:
            problems.append(f"held {gigabytes:.1f} GB; {limits.gigabytes:g} GB are allowed")
        if problems:
            written = (scratch / "output.txt").read_text(encoding="utf-8", errors="replace")
            problems.append(written[-4000:])
        return Outcome(seconds, gigabytes, problems)


def command(notebook: Path, limits: Limits, scratch: Path) -> list[str]:
    """Return the pytest call, free of the project's own pytest settings."""
    (scratch / "pytest.ini").write_text("[pytest]\n")
    return [
        *(
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "nbval.plugin",
            "-c",
            str(scratch / "pytest.ini"),
            "--color=no",
            "-rA",
        ),
        *("--rootdir", str(notebook.parent), "-p", "no:cacheprovider", "--tb=short"),
        *("--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={limits.cell:g}"),
        *("--nbval-kernel-startup-timeout=120", f"--junit-xml={scratch / 'report.xml'}"),
        str(notebook),
    ]


def run(command: list[str], scratch: Path, limits: Limits) -> tuple[bool, int]:
    """Run pytest; return whether it ended by itself, and the kernel's peak memory in bytes."""
    more = {"COURSE_OFFLINE": "1", "PYTHONPATH": str(kernels.GUARD)}
    # A second of imports less: no other plugins, and none of the addresses' grammar that jsonschema
    # would read at its import, and does without where it is not there.
    more |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COURSE_GUARD_FORBIDS": "rfc3987_syntax"}
    more["COURSE_LADDER"] = str(scratch / "ladder.csv")  # a test leaves the reader's own alone
    environment = kernels.environment(scratch, **more)
    with (scratch / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, cwd=scratch, env=environment
        )
        with kernels.Memory(process.pid) as memory:
            try:
                process.wait(limits.whole)
                return True, memory.peak
            except subprocess.TimeoutExpired:
                kernels.end_all_below(psutil.Process(process.pid))
                process.kill()
                process.wait()
                return False, memory.peak


def judge(notebook: Path, report: Path, limits: Limits) -> list[str]:
    """Return what nbval's report says against the notebook."""
    if not report.exists():
        return ["nbval wrote no report"]
    problems, passed = [], 0
    for entry in xml.etree.ElementTree.parse(report).iter("testcase"):
        name, seconds = entry.get("name"), float(entry.get("time", "inf"))
        faults = [part.tag for part in entry if part.tag in ("failure", "error", "skipped")]
        passed += not faults
        if faults:
            problems.append(f"{name}: {faults[0]}")
        if seconds >= limits.cell:
            problems.append(f"{name}: hung for {seconds:.0f} s")
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(notebook, as_version=4).cells)
    if passed != cells:
        problems.append(f"{passed} of {cells} code cells passed")
    if cells == 0:
        problems.append("there is no code cell")
    return problems
