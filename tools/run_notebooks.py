"""Run every notebook headless and write it as a web page, with an index: ``make run``.

One line a notebook: name, seconds, peak memory. A notebook that fails is reported with its cell
and its error, and the others go on. ``make run ARGS="02 07"`` runs only those two;
``COURSE_SIZE=full`` runs them at full size.
"""

import datetime
import html
import os
import platform
import re
import shutil
import sys
from pathlib import Path

from execute_notebook import Run, execute
from kernels import ROOT, course_notebooks
from nbconvert import HTMLExporter

PAGES = ROOT / "build" / "html"


def main(notebooks: list[Path], folder: Path = PAGES) -> int:
    """Run the notebooks and write their pages into a folder; return 1 if one failed."""
    size = os.environ.get("COURSE_SIZE", "").strip() or "default"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    runs: dict[Path, Run] = {}
    for path in notebooks:
        print(f"{path.stem:40}", end="", flush=True)
        runs[path] = run = execute(path, size)
        print(took(run), f"FAILED at {run.fault}" if run.fault else "fine", flush=True)
        (folder / f"{path.stem}.html").write_text(page(run), encoding="utf-8")
    (folder / "index.html").write_text(index(runs, size), encoding="utf-8")
    failed = sum(run.fault is not None for run in runs.values())
    print(f"{len(runs) - failed} of {len(runs)} fine; read them at {folder / 'index.html'}")
    return 1 if failed else 0


def took(run: Run) -> str:
    """Return seconds and peak memory in columns."""
    return f"{run.seconds:7.1f} s {run.peak / 1e6:7.0f} MB "


def page(run: Run) -> str:
    """Return the notebook as a web page whose links to other notebooks lead to their pages."""
    body, _ = HTMLExporter(template_name="lab").from_notebook_node(run.notebook)
    return re.sub(r'href="(\d\d_[\w.-]+)\.ipynb', r'href="\1.html', body)


def index(runs: dict[Path, Run], size: str) -> str:
    """Return the page that leads to the others."""
    rows = "\n".join(
        f'<tr><td><a href="{path.stem}.html">{html.escape(title(run, path))}</a></td>'
        f"<td>{run.seconds:.1f} s</td><td>{run.peak / 1e6:.0f} MB</td>"
        f"<td>{html.escape(run.fault or 'fine')}</td></tr>"
        for path, run in runs.items()
    )
    when = f"{datetime.datetime.now():%Y-%m-%d %H:%M}"
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>From word vectors to fine-tuning</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
td, th {{ text-align: left; padding: 0.2rem 1.5rem 0.2rem 0 }}
</style></head><body>
<h1>From word vectors to fine-tuning</h1>
<p>Run on {when} at size {html.escape(size)}: {where}, Python {platform.python_version()}.</p>
<table><tr><th>notebook</th><th>time</th><th>peak memory</th><th>result</th></tr>
{rows}
</table></body></html>
"""


def title(run: Run, path: Path) -> str:
    """Return the notebook's heading."""
    found = re.search(r"^# (.+)", run.notebook.cells[0].source) if run.notebook.cells else None
    return found[1] if found else path.stem


if __name__ == "__main__":
    sys.exit(main(course_notebooks(sys.argv[1:])))
