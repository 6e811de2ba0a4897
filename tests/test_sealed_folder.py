"""Killed at any moment, a sealed folder is there whole, as it was, or not at all."""

import os
import subprocess
import sys

import pytest

from helpers.training import sealed_folder
from helpers.training.sealed_folder import SealError, part_of, read_settings, write

# Save once; then save again and again, in a process that is killed at the first system call that
# changes a file, at the second, and so on, until a save gets through.
KILLED = """
import os, sys
from pathlib import Path
from helpers.training import sealed_folder

folder, before = Path(sys.argv[1]), sys.argv[2] == "before"


def save(text):
    parts = {name: lambda path: path.write_text(text) for name in ("greeting.txt", "b.txt")}
    sealed_folder.write(folder, {"kind": "note", "format": 1}, parts, overwrite=True)


def killed_at(step):
    left = [step]

    def watch(event, arguments):
        names = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree")
        if event in names and str(folder.parent) in str(arguments[0]):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), 9)

    sys.addaudithook(watch)


def found():
    settings = sealed_folder.read_settings(folder, "note", 1)
    one, other = (sealed_folder.part_of(folder, settings, name) for name in ("greeting", "b"))
    assert one.read_text() == other.read_text()
    return one.read_text()


seen, step = [], 0
while True:
    save("old") if before else None
    child = os.fork()
    if not child:
        killed_at(step)
        save("new")
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    state = found() if folder.exists() else "none"
    seen.append(state)
    save("after")
    assert found() == "after"
    beside = sorted(path.name for path in folder.parent.iterdir())
    assert beside == [folder.name], beside
    assert len(list(folder.iterdir())) == 3
    if not before:
        import shutil
        shutil.rmtree(folder)
    if status == 0:
        break
    step += 1
print(step, *dict.fromkeys(seen))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
@pytest.mark.parametrize(
    ("start", "states"), [("nothing", ["none", "new"]), ("before", ["old", "new"])]
)
def test_killed_at_any_step_it_is_whole_or_as_before(tmp_path, start, states):
    command = [sys.executable, "-c", KILLED, str(tmp_path / "it"), start]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    steps, *seen = done.stdout.split()
    assert seen == states and int(steps) > 10


def parts(text="hello"):
    return {"greeting.txt": lambda path: path.write_text(text, encoding="utf-8")}


def test_a_failing_check_or_writer_leaves_nothing(tmp_path):
    def no_space(path):
        raise OSError(28, "No space left on device")

    def no(path):
        raise ValueError("no")

    with pytest.raises(SealError, match=r"could not write to .*it \(.*No space left.*free some"):
        write(tmp_path / "it", {"kind": "note", "format": 1}, {"greeting.txt": no_space})
    with pytest.raises(ValueError, match=r"^no$"):
        write(tmp_path / "it", {"kind": "note", "format": 1}, parts(), check=no)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SealError, match="could not write to"):
        write(tmp_path / "file" / "it", {"kind": "note", "format": 1}, parts())


def test_only_files_that_settings_name_properly_are_read(tmp_path):
    folder = write(tmp_path / "it", {"kind": "note", "format": 1}, parts())
    settings = read_settings(folder, "note", 1)
    (tmp_path / "secret-0123456789ab.txt").touch()
    for name in ("../secret-0123456789ab.txt", "", "settings.json"):
        settings["files"]["greeting"]["file"] = name
        with pytest.raises(SealError, match="names no file for the greeting"):
            part_of(folder, settings, "greeting")
    with pytest.raises(SealError, match="names no file for the farewell"):
        part_of(folder, settings, "farewell")


def test_names_with_signs_that_mean_something_in_patterns(tmp_path):
    folder = tmp_path / "it[1]*"
    left = tmp_path / ".it[1]*.0123abcd.part"
    left.mkdir()
    other = tmp_path / ".it1x.0123abcd.part"  # of a folder with another name
    other.mkdir()
    write(folder, {"kind": "note", "format": 1}, parts())
    assert not left.exists() and other.exists()


def test_the_room_for_an_empty_folder_is_used(tmp_path):
    write(tmp_path, {"kind": "note", "format": 1}, parts())
    assert sealed_folder.read_settings(tmp_path, "note", 1)["kind"] == "note"
