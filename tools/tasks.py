"""The tasks behind ``make TASK`` and ``python tools/course.py TASK``.

Standard library only: it runs before anything is installed. Each task sets up what it needs
(setup_environment.py) and then calls the environment's own Python. ``--here`` skips the set-up
and uses the Python that runs this, for people who made their environment themselves (conda).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import book_environment
import browser_environment
import grading_environment
import rivals as rivals_environment
import setup_environment
from setup_environment import SetupError, say

ROOT = Path(__file__).resolve().parent.parent
CALLED_FROM = Path.cwd()
START = "notebooks/00_start_here.ipynb"
# What the notebooks and tests read; the language model waits for the notebooks that use it.
ASSETS = (
    "glove-6b-50d",
    "reuters-newsgroups",
    "movie-reviews",
    "news-articles",
    "word-tests",
    "nltk-data",
    "wordnet-3.0",
    "minilm-l6",
)


def lab(python: Path, more: list[str]) -> int:
    """set up, and open JupyterLab on notebook 00"""
    return call(python, [*lab_command(ROOT), *more])


def lab_command(folder: Path) -> list[str]:
    """Return what the environment's Python runs to serve a folder of notebooks: quiet, local."""
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",  # so that the reader also sees helpers/ and data/
        f"--LabApp.default_url=/lab/tree/{START}",
        "--LabApp.extension_manager=readonly",  # asks no package index
        "--LanguageServerManager.autodetect=False",  # says much, finds nothing
        "--KernelManager.transport_encryption=auto",  # or every kernel warns that there is none
        "--ServerApp.contents_manager_class=tools.lab_contents.CourseContents",
        *as_root,
    ]


def test(python: Path, more: list[str]) -> int:
    """set up, fetch the data, check the style and run every test, notebooks included"""
    linted = lint(python, [])
    grading_environment.ready(ROOT, python)  # tests run without a network
    book_environment.ready(ROOT, python)
    browser_environment.ready_if_there_is_a_browser(ROOT)
    failed = assets(python, []) or call(python, ["-m", "pytest", *side_by_side(more), *more])
    if linted:
        print("error: the style check failed, see its lines at the top", file=sys.stderr)
    return failed or linted


def side_by_side(more: list[str]) -> list[str]:
    """Return the options that let a worker for each core run tests (tests/conftest.py).

    None if ``more`` says something else about workers, or asks for what needs a single process.
    """
    own = ("-n", "--numprocesses", "--dist", "--tx", "no:xdist", "-pno:xdist")
    alone = ("-s", "--capture=no", "--pdb", "--trace")
    if any(option.startswith(own) or option in alone for option in more):
        return []
    return ["-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder"]


def run(python: Path, more: list[str]) -> int:
    """run every notebook and write it as a web page: build/html/index.html"""
    return call(python, ["tools/run_notebooks.py", *more])


def notebooks(python: Path, more: list[str]) -> int:
    """run every notebook and store its outputs in it, for those who write the course"""
    return call(python, ["tools/store_notebooks.py", *more])


def book(python: Path, more: list[str]) -> int:
    """build the web book from the stored notebooks, SOLUTIONS=no without solutions: build/book"""
    wanted = os.environ.get("SOLUTIONS", "yes").strip().lower()
    if wanted not in ("yes", "no"):
        print(f"error: SOLUTIONS is {wanted!r}; it can be yes or no", file=sys.stderr)
        return 2
    without = ["--no-solutions"] if wanted == "no" else []
    tools = book_environment.ready(ROOT, python)
    return call(tools, ["tools/build_book.py", *without, *more])


def assignments(python: Path, more: list[str]) -> int:
    """build nbgrader's assignments for a class and prove that they grade: build/assignments"""
    failed = assets(python, [])
    return failed or call(grading_environment.ready(ROOT, python), ["tools/assignments.py", *more])


def bench(python: Path, more: list[str]) -> int:
    """measure the course against fastText and gensim: benchmarks/results.md"""
    rivals = rivals_environment.ready(ROOT)
    return call(python, ["benchmarks/run.py", "--rivals", str(rivals), *more])


def assets(python: Path, more: list[str]) -> int:
    """fetch the data and vectors that the notebooks and tests read (289 MB)"""
    if not sys.stderr.isatty():
        os.environ.setdefault("COURSE_QUIET", "1")  # no bars in a log
    return call(python, ["-m", "helpers.sources.assets", "fetch", *(more or ASSETS)])


def lint(python: Path, more: list[str]) -> int:
    """check the style of all code"""
    checked = call(python, ["-m", "ruff", "check", "--quiet", *more])
    return call(python, ["-m", "ruff", "format", "--check", "--quiet", *more]) or checked


def format(python: Path, more: list[str]) -> int:
    """bring all code into the one style, and the catalogue of helpers/ up to date"""
    call(python, ["-m", "ruff", "check", "--fix", "--quiet", *more])
    formatted = call(python, ["-m", "ruff", "format", *more])
    return call(python, ["-m", "helpers.take", "--catalogue", "helpers/README.md"]) or formatted


def take(python: Path, more: list[str]) -> int:
    """copy pieces into a project of yours: take vectors.word_vectors --into FOLDER"""
    at = more.index("--into") + 1 if "--into" in more else len(more)
    more[at : at + 1] = [str(CALLED_FROM / folder) for folder in more[at : at + 1]]
    return call(python, ["-m", "helpers.take", *more])


def setup(python: Path, more: list[str]) -> int:
    """only set up: .venv with the pinned packages"""
    return 0


def clean(python: Path, more: list[str]) -> int:
    """remove what was built; .venv and the fetched data stay"""
    for folder in ("build", ".pytest_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    return 0


TASKS: dict[str, Callable[[Path, list[str]], int]] = {
    task.__name__: task
    for task in (
        lab,
        test,
        run,
        notebooks,
        book,
        assignments,
        bench,
        assets,
        lint,
        format,
        take,
        setup,
        clean,
    )
}


def main(arguments: list[str]) -> int:
    """Do the task that the command line names; return its exit code."""
    here = "--here" in arguments
    name, *more = [a for a in arguments if a != "--here"] or ["help"]
    if name not in TASKS:
        print_help()
        return 0 if name in ("help", "-h", "--help") else unknown(name)
    os.chdir(ROOT)
    try:
        needs_none = here or name in ("clean", "take")
        python = Path(sys.executable) if needs_none else setup_environment.ready(ROOT)
        return TASKS[name](python, more)
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def print_help() -> None:
    """Print one line a task."""
    say("make TASK, or where there is no make: python tools/course.py TASK\n")
    for name, task in TASKS.items():
        say(f"  {name:11} {task.__doc__}")
    say('\nOptions go behind: make test ARGS="-k softmax", python tools/course.py test -k softmax')


def unknown(name: str) -> int:
    """Say that there is no such task; return the exit code."""
    print(f"error: there is no task {name!r}; the tasks are listed above", file=sys.stderr)
    return 2


def call(python: Path, arguments: list[str]) -> int:
    """Run the environment's Python in the project's folder; return its exit code."""
    sys.stdout.flush()
    process = subprocess.Popen([str(python), *arguments], cwd=ROOT, env=environment_for(python))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # it got that too: JupyterLab asks and closes its kernels
            continue


def environment_for(python: Path) -> dict[str, str]:
    """Return the variables for the environment's programs.

    Its own programs come first on the path; kernels come from it, not from the user's folders
    or from JUPYTER_PATH, where another kernel of the name ``python3`` may lie.
    """
    kept = setup_environment.clean_environment()
    kept.pop("JUPYTER_PATH", None)
    kept["JUPYTER_PREFER_ENV_PATH"] = "1"
    quiet = str(ROOT / "tools" / "lab_config")  # no news at the start
    own = kept.get("JUPYTER_CONFIG_PATH")
    kept["JUPYTER_CONFIG_PATH"] = os.pathsep.join([own, quiet] if own else [quiet])
    # A thread of torch's that waits for the others spins only briefly, then gives its core away.
    # Where other programs run too, small networks would otherwise train many times slower.
    kept.setdefault("GOMP_SPINCOUNT", "10000")
    kept["PATH"] = os.pathsep.join([str(python.parent), kept.get("PATH", os.defpath)])
    kept["VIRTUAL_ENV"] = str(python.parent.parent)
    return kept
