"""Run one notebook from a clean kernel and keep what it printed, drew and took.

Used by run_notebooks.py and store_notebooks.py. Tests run notebooks with check_notebook.py.
"""

import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import kernels
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Run:
    """A run: the notebook with its outputs, what it took, and why it stopped, if it did."""

    notebook: nbformat.NotebookNode
    seconds: float
    peak: int  # bytes, of the kernel and what it started
    fault: str | None


def execute(
    path: Path, size: str = "default", notebook: nbformat.NotebookNode | None = None
) -> Run:
    """Run a notebook in its folder with the kernel of this Python's environment.

    Parameters
    ----------
    size
        What ``COURSE_SIZE`` says: ``default`` or ``full``.
    notebook
        Run these cells in the place of the file's.
    """
    notebook = notebook or nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    at = []  # the place of the cell at work, last
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors; not that there is no cipher
        coalesce_streams=True,
        on_cell_start=lambda cell, cell_index: at.append(cell_index + 1),
        resources={"metadata": {"path": str(path.parent)}},
    )
    fault = None
    began = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        variables = kernels.environment(Path(scratch), COURSE_SIZE=size)
        os.environ.pop("JUPYTER_PATH", None)  # where a kernel is looked for is settled here
        os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
        with kernels.Memory() as memory:
            try:
                client.execute(env=variables)
            except CellExecutionError as error:
                fault = f"cell {at[-1]}: {COLOURS.sub('', f'{error.ename}: {error.evalue}')}"
            except DeadKernelError:
                fault = f"cell {at[-1] if at else 1}: the kernel died (out of memory?)"
            except (CellControlSignal, RuntimeError) as error:
                fault = f"cell {at[-1] if at else 1}: {error}"
    return Run(notebook, time.monotonic() - began, memory.peak, fault)
