"""What is saved is there whole or not at all, and nothing is left beside, even after a kill."""

import json
import os
import platform
import signal
import subprocess
import sys

import numpy as np
import pytest

from helpers.text.vocabulary import Vocabulary
from helpers.training import checkpoint
from helpers.vectors import formats, word_vectors
from helpers.whole_files import whole

LETTERS = [chr(97 + i) for i in range(20)]


def save_checkpoint(path):
    checkpoint.save(path, {"words": LETTERS})


def save_vocabulary(path):
    Vocabulary(dict.fromkeys(LETTERS, 1)).save(path)


def save_vectors(path):
    formats.save(LETTERS, np.eye(20, dtype=np.float32), path)


def words_in(path):
    if path.is_dir():
        return word_vectors.load(path).words
    if path.suffix == ".json":
        return list(json.loads(path.read_text())["counts"])
    return checkpoint.load(path)["words"]


# The writer dies after the first of its bytes are on the disk, before the rest and the rename.
KILLED = """
import io, os, signal, sys
from pathlib import Path
import numpy, torch
sys.path.insert(0, {tests!r})
import test_whole_files
def half(place, *rest, **options):
    place = Path(place if isinstance(place, (str, Path)) else rest[0].name)
    place.write_bytes(b"half of i")
    os.kill(os.getpid(), signal.SIGKILL)
torch.save, numpy.save, Path.write_text = half, half, half
test_whole_files.{save}(Path({path!r}))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
@pytest.mark.parametrize(
    ("save", "name"),
    [(save_checkpoint, "run.pt"), (save_vocabulary, "words.json"), (save_vectors, "vectors[1]")],
)
def test_what_a_killed_writer_leaves_is_removed_by_the_next(tmp_path, save, name):
    path = tmp_path / name
    tests = os.path.dirname(__file__)
    script = KILLED.format(tests=tests, save=save.__name__, path=str(path))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    [left] = os.listdir(tmp_path)
    assert left.startswith(f".{name}.") and left.endswith(".part")
    save(path)
    assert os.listdir(tmp_path) == [name]
    assert words_in(path) == LETTERS


def test_the_part_of_a_living_process_of_another_machine_or_file_is_left_alone(tmp_path):
    host, mine, parents = platform.node(), os.getpid(), os.getppid()
    kept = {
        f".a.txt.{host}.{parents}.part",  # alive
        f".a.txt.{host}-2.999999999.part",  # elsewhere
        f".ba.txt.{host}.999999999.part",  # of another file
        f".a.txt.{host}.notes.part",  # no number of a process
        "a.txt.part",
    }
    for name in (*kept, f".a.txt.{host}.999999999.part", f".a.txt.{host}.{mine}.part"):
        (tmp_path / name).write_text("half")
    with whole(tmp_path / "a.txt") as beside:
        assert not beside.exists()
        beside.write_text("all of it")
    assert set(os.listdir(tmp_path)) == {*kept, "a.txt"}
    assert (tmp_path / "a.txt").read_text() == "all of it"


@pytest.mark.parametrize("folder", [True, False])
def test_an_error_leaves_the_old_one_and_nothing_beside(tmp_path, folder):
    path = tmp_path / "old"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole(path) as beside:
        if folder:
            beside.mkdir()
        (beside / "new" if folder else beside).write_text("new")
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == ["old"] and path.read_text() == "old"
