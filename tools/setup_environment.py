"""Make the project's own environment, .venv, with the pinned packages: once, whole or again.

Called by tasks.py before a task; standard library only, since nothing is installed yet. The
stamp file is written last, so a set-up that was stopped or killed is done anew, and one that is
whole is recognised in milliseconds. What pip's failures mean stands in pip_trouble.py.
"""

import contextlib
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pip_trouble

PINS = ("requirements.txt", "constraints.txt", "pyproject.toml")
GIGABYTES = 2.5  # .venv with the CPU build of torch, and what pip needs for a moment
GIGABYTES_WITH_CUDA = 9.0  # Linux's usual build of torch brings NVIDIA's libraries


class SetupError(Exception):
    """The set-up cannot go on; the message is one sentence and says what to do."""


def ready(root: Path) -> Path:
    """Return the environment's Python; make the environment first if it is not there, whole."""
    python = python_of(root / ".venv")
    if not is_whole(root):
        (root / "build").mkdir(exist_ok=True)
        with only_one(root / "build" / "setup.lock"):
            if not is_whole(root):
                make(root, python)
    return python


def python_of(environment: Path) -> Path:
    """Return where a virtual environment keeps its Python on this system."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(root: Path) -> str:
    """Return what the environment depends on: the pins, this Python's version, the folder."""
    parts = [(root / name).read_bytes() for name in PINS]
    parts += [f"{sys.version_info[:2]} {platform.machine()} {root}".encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_whole(root: Path) -> bool:
    """Say whether a finished set-up of exactly these pins is there."""
    stamp = root / ".venv" / "course-stamp"
    try:
        return stamp.read_text() == fingerprint(root) and python_of(root / ".venv").exists()
    except FileNotFoundError:
        return False


def make(root: Path, python: Path) -> None:
    """Make the environment, or bring it to the pins if it was whole under others."""
    began = time.monotonic()
    environment, log = root / ".venv", root / "build" / "setup.log"
    stamp = environment / "course-stamp"
    log.write_text("")
    was_whole = stamp.exists() and python.exists() and minor_of(environment) == minor_of()
    if not was_whole:
        check_base(root, environment)
    stamp.unlink(missing_ok=True)
    try:
        if not was_whole:
            say("Setting up once, in .venv: about 1.7 GB with torch's CPU build.")
            create(environment, log)
        said_pip = [line for line in constraints(root) if line.startswith("pip==")]
        pip(python, ["--upgrade", *said_pip], root, log)
        pip(python, ["-r", "requirements.txt", "-c", "constraints.txt"], root, log)
        pip(python, ["--no-deps", "--no-build-isolation", "-e", "."], root, log)
        check_it_starts(python, root)
    except OSError as error:
        raise SetupError(f"{pip_trouble.explain(str(error), this_python())} Log: {log}") from None
    beside = stamp.with_suffix(".new")
    beside.write_text(fingerprint(root))
    os.replace(beside, stamp)
    say(f"The set-up took {time.monotonic() - began:.0f} s; the next call starts at once.")


def constraints(root: Path) -> list[str]:
    """Return the lines of constraints.txt."""
    return (root / "constraints.txt").read_text(encoding="utf-8").splitlines()


def check_base(root: Path, environment: Path) -> None:
    """See that this Python and this disk can hold an environment; raise SetupError if not."""
    if environment.exists() and not (environment / "pyvenv.cfg").exists():
        raise SetupError(
            f"{environment} is in the way and is no Python environment: move it, then call again."
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        package = f"python3.{sys.version_info[1]}-venv"
        raise SetupError(
            f"This Python ({sys.executable}) cannot make virtual environments: install its venv "
            f"module (on Debian and Ubuntu `apt install {package}`), then call again."
        )
    free = shutil.disk_usage(root).free / 1e9
    if free < GIGABYTES:
        raise SetupError(
            f"The set-up needs {GIGABYTES} GB and {root} has {free:.1f} GB free: free some space, "
            "then call again."
        )
    if sys.platform == "linux" and free < GIGABYTES_WITH_CUDA:
        say(f"Note: {free:.1f} GB are free; torch with CUDA may not fit (README: the CPU build).")


def create(environment: Path, log: Path) -> None:
    """Make an empty environment with pip, over a half-made one."""
    base = getattr(sys, "_base_executable", None) or sys.executable  # not one inside .venv itself
    done = run([base, "-m", "venv", "--clear", str(environment)])
    log.write_text(done.stdout)
    if done.returncode:
        if re.search(pip_trouble.DISK, done.stdout):
            raise SetupError(pip_trouble.explain(done.stdout, this_python()))
        raise SetupError(f"`{base} -m venv` failed: {log} holds what it wrote.")


def pip(python: Path, arguments: list[str], root: Path, log: Path) -> None:
    """Install with the environment's pip, telling of large files; raise SetupError if it fails."""
    command = [python, "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
    command += ["--disable-pip-version-check", *arguments]
    said = []
    with log.open("a", encoding="utf-8") as written:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "cwd": root}
        process = subprocess.Popen(
            command,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=clean_environment(),
            **options,
        )
        for line in process.stdout:
            said.append(line)
            written.write(line)
            written.flush()
            tell(line)
    if process.wait():
        raise SetupError(f"{pip_trouble.explain(''.join(said), this_python())} Log: {log}")


def tell(line: str) -> None:
    """Say what a reader who waits wants to know of one line of pip's."""
    if large := re.search(r"(?:Downloading|Using cached) (\S+) \((\d{2,}\.?\d*) MB\)", line):
        say(f"  {large[1].split('/')[-1]}, {float(large[2]):.0f} MB")
    elif line.startswith("Installing collected packages:") and line.count(",") > 5:
        say(f"  unpacking {line.count(',') + 1} packages")


def check_it_starts(python: Path, root: Path) -> None:
    """Import what the course stands on; raise SetupError with the last line if it fails."""
    done = run([python, "-c", "import numpy, scipy, sklearn, torch, helpers"], cwd=root)
    if done.returncode:
        last = done.stdout.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise SetupError(f"The packages are installed, but do not start on this machine: {last[0]}")


def run(command: list, **options) -> subprocess.CompletedProcess:
    """Run a command; keep both of its streams together as text."""
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command, env=clean_environment(), **both, **options)


def clean_environment() -> dict[str, str]:
    """Return the variables of this process without those that lead Python to other packages."""
    dropped = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PIP_TARGET"}
    dropped |= {"PIP_USER", "PIP_PREFIX"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


def minor_of(environment: Path | None = None) -> str:
    """Return "3.11" for the Python of an environment, or for the one that runs."""
    if environment is None:
        return f"{sys.version_info[0]}.{sys.version_info[1]}"
    found = re.search(r"^version = (\d+\.\d+)", (environment / "pyvenv.cfg").read_text(), re.M)
    return found[1] if found else ""


def this_python() -> str:
    """Return this Python and machine for people, e.g. ``Python 3.12 on Linux x86_64``."""
    return f"Python {minor_of()} on {platform.system()} {platform.machine()}"


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold a file's lock, so that two calls at once do not write the same environment."""
    with lock.open("w") as file:
        if not take(file):
            say("Another call is setting up; waiting for it.")
            while not take(file):
                time.sleep(1)
        yield  # closing the file, or the end of the process, frees the lock


def take(file) -> bool:
    """Try to lock an open file; say whether it worked."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def say(sentence: str) -> None:
    """Print at once, also into a pipe."""
    print(sentence, flush=True)
