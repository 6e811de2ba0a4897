"""The environment is whole or made anew, once; what is in the way is one sentence."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import rivals
import setup_environment as setup

TOOLS = Path(setup.__file__).parent


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose set-up creates an environment, but whose pip only takes notes."""
    root = tmp_path / "project"
    root.mkdir()
    for name in setup.PINS:
        (root / name).write_text("pip==26.3\n" if name == "constraints.txt" else "")
    notes = []

    def create(environment, log):
        notes.append("create")
        shutil.rmtree(environment, ignore_errors=True)
        setup.python_of(environment).parent.mkdir(parents=True)
        setup.python_of(environment).touch()
        (environment / "pyvenv.cfg").write_text(f"version = {setup.minor_of()}.1\n")

    monkeypatch.setattr(setup, "create", create)
    monkeypatch.setattr(setup, "pip", lambda python, arguments, root, log: notes.append(arguments))
    monkeypatch.setattr(setup, "check_it_starts", lambda python, root: notes.append("start"))
    return root, notes


WHOLE = [
    "create",
    ["--upgrade", "pip==26.3"],
    ["-r", "requirements.txt", "-c", "constraints.txt"],
    ["--no-deps", "--no-build-isolation", "-e", "."],
    "start",
]


def test_it_is_made_once(project, capsys):
    root, notes = project
    assert setup.ready(root) == setup.python_of(root / ".venv")
    assert notes == WHOLE and "Setting up once" in capsys.readouterr().out
    setup.ready(root)
    assert notes == WHOLE and capsys.readouterr() == ("", "")


@pytest.mark.parametrize("step", range(1, 5))
def test_one_that_was_stopped_at_any_step_is_made_anew(project, monkeypatch, step):
    root, notes = project

    class Killed(BaseException):
        pass

    class Notes(list):
        def append(self, note):
            super().append(note)
            if len(self) == step + 1:
                raise Killed

    stopping = Notes()
    with monkeypatch.context() as patch:
        patch.setattr(setup, "pip", lambda python, arguments, *rest: stopping.append(arguments))
        patch.setattr(setup, "check_it_starts", lambda *both: stopping.append("start"))
        stopping.extend(notes)
        real = setup.create
        patch.setattr(setup, "create", lambda *both: (real(*both), stopping.append("create")))
        with pytest.raises(Killed):
            setup.ready(root)
    notes.clear()
    setup.ready(root)
    assert notes == WHOLE


@pytest.mark.parametrize("name", setup.PINS)
def test_other_pins_are_installed_into_what_was_whole(project, name):
    root, notes = project
    setup.ready(root)
    notes.clear()
    (root / name).write_text((root / name).read_text() + "\n# another\n")
    setup.ready(root)
    assert notes == WHOLE[1:]


def test_another_pythons_environment_is_made_anew(project, monkeypatch):
    root, notes = project
    setup.ready(root)
    notes.clear()
    monkeypatch.setattr(setup.sys, "version_info", (3, 99, 0))
    setup.ready(root)
    assert notes == WHOLE


def test_a_project_that_was_moved_is_made_anew(project, tmp_path):
    root, notes = project
    setup.ready(root)
    notes.clear()
    root.rename(tmp_path / "moved")
    setup.ready(tmp_path / "moved")
    assert notes and notes[-1] == "start"


def test_two_calls_at_once_make_it_once(project):
    root, notes = project
    (root / "build").mkdir()
    held = subprocess.Popen(
        [sys.executable, "-c", WAITING, TOOLS, root / "build" / "setup.lock"],
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True},
    )
    with contextlib.closing(held.stdin):
        assert held.stdout.readline() == "held\n"
        with (root / "build" / "setup.lock").open("w") as lock:
            assert not setup.take(lock)
    held.wait(20)
    with (root / "build" / "setup.lock").open("w") as lock:
        assert setup.take(lock)
    setup.ready(root)
    assert notes == WHOLE


WAITING = """\
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import setup_environment
with setup_environment.only_one(pathlib.Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


# ---- what is in the way


def test_a_disk_too_small_is_said_before_anything_is_written(project, monkeypatch):
    root, notes = project
    monkeypatch.setattr(
        setup.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 8, 1e9)
    )
    with pytest.raises(setup.SetupError, match=r"needs 2\.5 GB and .* has 1\.0 GB free: free some"):
        setup.ready(root)
    assert notes == []


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(project, monkeypatch, module):
    find = setup.importlib.util.find_spec
    monkeypatch.setattr(
        setup.importlib.util, "find_spec", lambda name: None if name == module else find(name)
    )
    with pytest.raises(setup.SetupError, match=r"apt install python3\.\d+-venv"):
        setup.ready(project[0])


def test_a_folder_of_someone_elses_is_not_removed(project):
    root, notes = project
    (root / ".venv").mkdir()
    (root / ".venv" / "mine.txt").touch()
    with pytest.raises(setup.SetupError, match="in the way and is no Python environment: move it"):
        setup.ready(root)
    assert notes == [] and (root / ".venv" / "mine.txt").exists()


def test_a_disk_that_fills_up_meanwhile_is_one_sentence(project, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(setup, "pip", full)
    with pytest.raises(setup.SetupError, match=r"The disk is full: .* TMPDIR.* Log: .*setup\.log"):
        setup.ready(project[0])
    assert not setup.is_whole(project[0])


@pytest.mark.notebooks
def test_a_real_environment_and_a_real_pip_without_a_network(tmp_path, monkeypatch):
    for name in setup.PINS:
        (tmp_path / name).write_text("pip==99.9\n" if name == "constraints.txt" else "")
    monkeypatch.setattr(
        setup.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 8, 1e11)
    )
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",  # the discard port: nothing listens there
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_RETRIES": "1",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(
        setup.SetupError, match=r"index cannot be reached.*Log: .*setup\.log"
    ) as error:
        setup.ready(tmp_path)
    assert "\n" not in str(error.value)
    assert "Connection refused" in (tmp_path / "build" / "setup.log").read_text()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(setup.SetupError, match=r"The package index has no pip==99\.9 for Python 3"):
        setup.ready(tmp_path)
    assert not setup.is_whole(tmp_path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "  Downloading torch-2.13.0-cp311-cp311-x.whl (526.6 MB)\n",
            "torch-2.13.0-cp311-cp311-x.whl, 527 MB",
        ),
        ("  Using cached numpy-2.4.6-x.whl (16 MB)\n", "numpy-2.4.6-x.whl, 16 MB"),
        ("  Downloading six-1.17.0.whl (11 kB)\n", ""),
        ("  Downloading scipy-1.whl (9.9 MB)\n", ""),
        ("Installing collected packages: a, b, c, d, e, f, g\n", "unpacking 7 packages"),
        ("Installing collected packages: pip\n", ""),
    ],
)
def test_what_takes_long_is_told(capsys, line, said):
    setup.tell(line)
    assert capsys.readouterr().out.strip() == said


def test_the_rivals_have_an_environment_of_their_own_made_once(project, monkeypatch):
    root, notes = project
    extra = '[project.optional-dependencies]\nbench = ["fasttext==0.9.3", "gensim==4.4.0"]\n'
    (root / "pyproject.toml").write_text(extra)
    (root / "build").mkdir()
    python = rivals.ready(root)
    assert python == setup.python_of(root / "build" / "rivals")
    once = [
        "create",
        ["-c", "constraints.txt", "-c", "requirements.txt", "fasttext==0.9.3", "gensim==4.4.0"],
    ]
    assert notes == once and rivals.ready(root) == python and notes == once
