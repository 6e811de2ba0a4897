"""Run every notebook headless and write it as a web page, with an index: ``make run``.

One line a notebook: name, seconds, peak memory. A notebook that fails is reported with its cell
and its error, and the others go on. ``make run ARGS="02 07"`` runs only those two;
``COURSE_SIZE=full`` runs them at full size. The pages are made as those of the book are
(build_book.py), in the environment of book_environment.py.
"""

import datetime
import html
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import book_environment
import nbformat
from execute_notebook import Run, execute
from kernels import ROOT, course_notebooks

PAGES = ROOT / "build" / "html"


def main(notebooks: list[Path], folder: Path = PAGES) -> int:
    """Run the notebooks and write their pages into a folder; return 1 if one failed."""
    size = os.environ.get("COURSE_SIZE", "").strip() or "default"
    tools = book_environment.ready(ROOT, Path(sys.executable))
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    runs: dict[Path, Run] = {}
    for path in notebooks:
        print(f"{path.stem:40}", end="", flush=True)
        runs[path] = run = execute(path, size)
        print(took(run), f"FAILED at {run.fault}" if run.fault else "fine", flush=True)
    write_pages(tools, runs, size, folder)
    failed = sum(run.fault is not None for run in runs.values())
    print(f"{len(runs) - failed} of {len(runs)} fine; read them at {folder / 'index.html'}")
    return 1 if failed else 0


def took(run: Run) -> str:
    """Return seconds and peak memory in columns."""
    return f"{run.seconds:7.1f} s {run.peak / 1e6:7.0f} MB "


def write_pages(tools: Path, runs: dict[Path, Run], size: str, folder: Path) -> None:
    """Write a page for each notebook and the index, with the Python of the book's tools."""
    with tempfile.TemporaryDirectory() as scratch:
        for path, run in runs.items():
            nbformat.write(run.notebook, Path(scratch) / path.name)
        (Path(scratch) / "index.md").write_text(index(runs, size), encoding="utf-8")
        command = [tools, ROOT / "tools" / "build_book.py", "--run", scratch, "--into", folder]
        subprocess.run(list(map(str, command)), cwd=ROOT, check=True)


def index(runs: dict[Path, Run], size: str) -> str:
    """Return the page that leads to the others, as Markdown."""
    rows = "\n".join(
        f'<tr><td><a href="{path.stem}.html">{html.escape(title(run, path))}</a></td>'
        f"<td>{run.seconds:.1f} s</td><td>{run.peak / 1e6:.0f} MB</td>"
        f"<td>{html.escape(run.fault or 'fine')}</td></tr>"
        for path, run in runs.items()
    )
    when = f"{datetime.datetime.now():%Y-%m-%d %H:%M}"
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    pages = "\n".join(path.stem for path in runs)
    return f"""# A run of the notebooks

<p>Run on {when} at size {html.escape(size)}: {where}, Python {platform.python_version()}.</p>

<div class="table-wrapper"><table class="docutils">
<tr><th>notebook</th><th>time</th><th>peak memory</th><th>result</th></tr>
{rows}
</table></div>

```{{toctree}}
:hidden:
:caption: This run

{pages}
```
"""


def title(run: Run, path: Path) -> str:
    """Return the notebook's heading."""
    found = re.search(r"^# (.+)", run.notebook.cells[0].source) if run.notebook.cells else None
    return found[1] if found else path.stem


if __name__ == "__main__":
    sys.exit(main(course_notebooks(sys.argv[1:])))
