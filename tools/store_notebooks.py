"""Run notebooks from a clean kernel and store their outputs in them: ``make notebooks``.

For those who write the course. A notebook is stored only if it ran to its end and keeps the
rules of notebook_rules.py; else its file stays as it was. Its exercises come from the bank. What
differs from run to run without a reason (times, versions, editor's marks) is not stored, so
unchanged results change no file.
"""

import os
import sys
from pathlib import Path

import exercise_cells
import nbformat
import notebook_rules
import teaching_tables
from execute_notebook import execute
from kernels import ROOT, course_notebooks

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def main(notebooks: list[Path]) -> int:
    """Run and store the notebooks; return 1 if one was not stored."""
    os.environ["COURSE_LADDER"] = str(ROOT / "data" / "ladder.csv")  # these are the published rungs
    failed = 0
    for path in notebooks:
        print(f"{path.stem:40}", end="", flush=True)
        notebook = nbformat.read(path, as_version=4)
        exercise_cells.fill_in(notebook, path.stem[:2])
        run = execute(path, notebook=notebook)
        faults = [run.fault] if run.fault else store(run.notebook, path)
        failed += bool(faults)
        print(
            f"{run.seconds:7.1f} s {run.peak / 1e6:7.0f} MB ", "NOT stored" if faults else "stored"
        )
        for fault in faults:
            print(f"    {fault}")
    return 1 if failed else 0


def store(notebook: nbformat.NotebookNode, path: Path) -> list[str]:
    """Write the notebook in its place if it breaks no rule; return what it breaks."""
    beside = path.parent / f".{path.name}.new" / path.name  # the rules know it by its name
    beside.parent.mkdir(exist_ok=True)
    try:
        nbformat.write(cleaned(notebook), beside)
        faults = notebook_rules.faults(beside)
        if not faults:
            os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
        beside.parent.rmdir()
    return faults


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Leave out what belongs to the run and the machine and not to the lesson."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, max(5, notebook.nbformat_minor)
    for place, cell in enumerate(notebook.cells, 1):
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        cell.setdefault("id", f"cell-{place}")
        for output in cell.get("outputs", []):
            output.pop("transient", None)
    return notebook


if __name__ == "__main__":
    code = main(course_notebooks(sys.argv[1:]))
    teaching_tables.main()  # the teacher's page states the notebooks' minutes
    sys.exit(code)
