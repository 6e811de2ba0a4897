"""Nothing half-written is ever used, every failure names the asset and the remedy, and the next
call succeeds. Real processes, real locks, tiny package files."""

import errno
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest
from fake_packages import WORDS, Index, pip_settings, wheel, write_registry

from helpers.sources import archives, assets, package_files
from helpers.sources.asset_registry import read_registry
from helpers.sources.assets import AssetError

# A second process: it does what the test asks before it fetches; the registry is a file.
PROCESS = """\
import os, pathlib, sys, time
from helpers.sources import archives, assets
from helpers.sources.asset_registry import read_registry
here = pathlib.Path({here!r})
{before}
print(assets.path("fake", read_registry(here / "assets.toml")))
"""


@pytest.fixture
def package(tmp_path):
    return wheel(tmp_path / "mirror")


@pytest.fixture
def registry(tmp_path, package, monkeypatch):
    pip_settings(monkeypatch, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("COURSE_MIRROR", str(package.parent))
    return write_registry(tmp_path / "assets.toml", package)


def _start(tmp_path, before=""):
    code = PROCESS.format(here=str(tmp_path), before=before)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], **pipes)


def _wait_for(condition, what):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def _whole(tmp_path):
    """Say whether the asset is there as it should be, and nothing else is left lying about."""
    folder = tmp_path / "data" / "fake-1.0"
    files = {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file()}
    assert files == {"manifest.json", "words.txt", "deep/three.txt"}
    assert (folder / "words.txt").read_bytes() == WORDS["fake/data/words.txt"]
    assert (folder / "deep" / "three.txt").read_bytes() == WORDS["fake/data/more/three.txt"]
    return _nothing_but_locks(tmp_path)


def _nothing_but_locks(tmp_path):
    fetching = tmp_path / "data" / ".fetching"
    return {f.name for f in fetching.rglob("*")} <= {"fake-1.0", "fake-1.0.lock"}


def test_the_first_call_fetches_and_says_so_once(tmp_path, registry, package, capfd):
    folder = assets.path("fake", registry)
    assert folder == tmp_path / "data" / "fake-1.0" and _whole(tmp_path)
    said = capfd.readouterr()
    expected = f"Fetching Three words: 0.9 MB, once, from {package.parent} into {tmp_path / 'data'}"
    assert said.err.strip() == expected and said.out == ""
    package.unlink()  # the second call needs nothing any more
    assert assets.path("fake", registry) == folder
    assert capfd.readouterr().err == ""


def test_it_comes_through_pip(tmp_path, registry, package, monkeypatch):
    monkeypatch.delenv("COURSE_MIRROR")
    with Index(package) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        assets.fetch(["fake"], registry)
    assert _whole(tmp_path)


def test_without_course_data_it_lands_in_the_systems_cache(monkeypatch):
    monkeypatch.delenv("COURSE_DATA", raising=False)
    assert "word-vectors-to-fine-tuning" in assets.data_folder().parts
    monkeypatch.setenv("COURSE_DATA", os.path.join("~", "class"))
    assert assets.data_folder() == Path.home().resolve() / "class"


def test_a_folder_that_was_not_fetched_is_replaced(tmp_path, registry):
    stranger = tmp_path / "data" / "fake-1.0" / "words.txt"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("half", encoding="utf-8")
    assets.path("fake", registry)
    assert _whole(tmp_path)


def test_an_unknown_name_is_answered_with_the_known_ones(registry):
    with pytest.raises(AssetError, match=r"glove: no asset has this name\. There are fake"):
        assets.path("glove", registry)


def test_a_wrong_hash_leaves_nothing(tmp_path, registry, package):
    good = package.read_bytes()
    package.write_bytes(good[:-1] + b"?")
    with pytest.raises(AssetError, match=r"fake: .* is not the pinned file"):
        assets.path("fake", registry)
    assert not (tmp_path / "data" / "fake-1.0").exists() and _nothing_but_locks(tmp_path)
    package.write_bytes(good)
    assets.path("fake", registry)
    assert _whole(tmp_path)


def test_a_cut_off_download_leaves_nothing(tmp_path, registry, package, monkeypatch):
    monkeypatch.delenv("COURSE_MIRROR")
    with Index(package, mode="cut") as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(AssetError, match=r"fake: .*broke off.* call again"):
            assets.path("fake", registry)
        assert not (tmp_path / "data" / "fake-1.0").exists() and _nothing_but_locks(tmp_path)
        index.mode = "whole"
        assets.path("fake", registry)
    assert _whole(tmp_path)


def test_a_climbing_member_is_refused(tmp_path, registry):
    package = wheel(tmp_path / "mirror", WORDS | {"fake/data/more/../../../../up.txt": b"x"})
    with pytest.raises(AssetError, match=r"fake: fake-1\.0.*climbs out of the folder.*Nothing was"):
        assets.path("fake", write_registry(tmp_path / "assets.toml", package))
    assert not list(tmp_path.rglob("up.txt")) and _nothing_but_locks(tmp_path)
    package = wheel(tmp_path / "mirror")
    assets.path("fake", write_registry(tmp_path / "assets.toml", package))
    assert _whole(tmp_path)


def test_a_member_that_is_not_there_is_named(tmp_path, registry, package):
    members = {"fake/data/none.txt": "none.txt"}
    other = write_registry(tmp_path / "assets.toml", package, members=members)
    with pytest.raises(AssetError, match=r"fake: .*no member 'fake/data/none\.txt'"):
        assets.path("fake", other)
    assert not (tmp_path / "data" / "fake-1.0").exists()


class TestFullDisk:
    def test_it_is_foreseen(self, tmp_path, registry, monkeypatch):
        usage = types.SimpleNamespace(free=900_007)  # one byte less than the files take
        monkeypatch.setattr(assets.shutil, "disk_usage", lambda folder: usage)
        with pytest.raises(AssetError, match=r"fake: not enough space .*0\.9 MB needed") as e:
            assets.path("fake", registry)
        assert "COURSE_DATA" in e.value.remedy
        usage.free = 900_008
        assets.path("fake", registry)
        assert _whole(tmp_path)

    def test_a_download_needs_room_for_the_package_too(self, registry, monkeypatch):
        monkeypatch.delenv("COURSE_MIRROR")
        usage = types.SimpleNamespace(free=2_000_000)
        monkeypatch.setattr(assets.shutil, "disk_usage", lambda folder: usage)
        with pytest.raises(AssetError, match=r"2\.7 MB needed, 2\.0 MB free"):
            assets.path("fake", registry)

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
    def test_it_fills_up_while_unpacking(self, tmp_path, registry, monkeypatch, code):
        def full(source, sink, *_):
            sink.write(source.read(3))
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patched:
            patched.setattr(archives.shutil, "copyfileobj", full)
            with pytest.raises(AssetError, match=r"fake: .*data: disk full\. Free some space"):
                assets.path("fake", registry)
        assert not (tmp_path / "data" / "fake-1.0").exists() and _nothing_but_locks(tmp_path)
        assets.path("fake", registry)
        assert _whole(tmp_path)


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path, registry):
    (tmp_path / "data").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(AssetError, match=r"fake: .*data: cannot be used.*COURSE_DATA"):
        assets.path("fake", registry)


class TestKilled:
    def test_while_unpacking(self, tmp_path, registry):
        before = """
def half(source, sink, *_):
    sink.write(source.read(3)); sink.flush(); (here / "half").touch(); time.sleep(60)
archives.shutil.copyfileobj = half
"""
        process = _start(tmp_path, before)
        _wait_for((tmp_path / "half").exists, "the first half")
        process.kill()
        process.communicate()
        assert not (tmp_path / "data" / "fake-1.0").exists()
        assert not _nothing_but_locks(tmp_path)  # half a file is left behind
        assert assets.verify(registry) == {}
        assets.path("fake", registry)
        assert _whole(tmp_path)  # and cleared away

    def test_while_downloading(self, tmp_path, registry, package, monkeypatch):
        monkeypatch.delenv("COURSE_MIRROR")
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.setenv("TMPDIR", str(elsewhere))
        with Index(package, mode="stall") as index:
            monkeypatch.setenv("PIP_INDEX_URL", index.url)
            process = _start(tmp_path)
            assert index.half_sent.wait(60)
            assert not list(elsewhere.iterdir())  # all of it is where the next call clears up
            process.kill()
            index.stop.set()
            process.communicate()
            assert not (tmp_path / "data" / "fake-1.0").exists()
            assert not _nothing_but_locks(tmp_path)
            index.mode = "whole"
            assets.path("fake", registry)
        assert _whole(tmp_path)

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
    def test_an_interrupted_cell_leaves_no_pip_behind(
        self, tmp_path, registry, package, monkeypatch
    ):
        monkeypatch.delenv("COURSE_MIRROR")
        monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "300")  # left alone, pip would wait this long
        with Index(package, mode="stall") as index:
            monkeypatch.setenv("PIP_INDEX_URL", index.url)
            process = _start(tmp_path)
            assert index.half_sent.wait(60)
            time.sleep(0.5)  # by now pip waits for the second half and would not notice by itself
            assert not index.hung_up.is_set()
            process.send_signal(signal.SIGINT)
            assert "KeyboardInterrupt" in process.communicate(timeout=50)[1]
            assert index.hung_up.wait(30)
        assert not (tmp_path / "data" / "fake-1.0").exists() and _nothing_but_locks(tmp_path)

    def test_between_the_last_two_steps(self, tmp_path, registry):
        assets.path("fake", registry)
        (tmp_path / "data" / "fake-1.0" / "words.txt").unlink()
        before = """
rename = os.rename
def killed(source, target):
    if pathlib.Path(source).name == "content":
        os._exit(9)
    rename(source, target)
os.rename = killed
"""
        process = _start(tmp_path, before)
        process.communicate()
        assert process.returncode == 9
        assert not (tmp_path / "data" / "fake-1.0").exists()
        assets.path("fake", registry)
        assert _whole(tmp_path)


def test_two_processes_at_once_read_the_package_once(tmp_path, registry):
    before = """
unpack = archives.unpack
def slow(*arguments):
    with open(here / "reads", "a") as log:
        log.write("read\\n")
    while not (here / "go").exists():
        time.sleep(0.01)
    unpack(*arguments)
archives.unpack = slow
"""
    first = _start(tmp_path, before)
    _wait_for((tmp_path / "reads").exists, "the first process")
    second = _start(tmp_path, before)
    assert second.stderr.readline() == "Another process is fetching fake; waiting for it.\n"
    (tmp_path / "go").touch()
    outputs = [process.communicate() for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0]
    assert [output.strip() for output, _ in outputs] == [str(tmp_path / "data" / "fake-1.0")] * 2
    assert (tmp_path / "reads").read_text() == "read\n"
    assert outputs[1][1] == ""  # the second fetched nothing
    assert _whole(tmp_path)


class TestOffline:
    @pytest.fixture(autouse=True)
    def offline(self, registry, monkeypatch):
        monkeypatch.setenv("COURSE_OFFLINE", "1")

    def test_what_is_here_works(self, tmp_path, registry, monkeypatch):
        assets.path("fake", registry)  # a mirror is no network
        assert _whole(tmp_path)
        monkeypatch.delenv("COURSE_MIRROR")
        assert assets.fetch(["fake"], registry) == [tmp_path / "data" / "fake-1.0"]

    def test_what_is_not_here_is_a_clear_error(self, tmp_path, registry, package, monkeypatch):
        monkeypatch.delenv("COURSE_MIRROR")
        monkeypatch.setattr(package_files, "pip_download", lambda *_: pytest.fail("pip was asked"))
        with pytest.raises(AssetError, match="fake: not fetched yet, and COURSE_OFFLINE=1") as e:
            assets.path("fake", registry)
        assert package.name in e.value.remedy and not (tmp_path / "data").exists()


class TestDamaged:
    @pytest.fixture
    def words(self, registry):
        return assets.path("fake", registry) / "words.txt"

    def test_verify_finds_it_and_fetch_mends_it(self, tmp_path, registry, words):
        assert assets.verify(registry) == {"fake": None}
        words.write_bytes(b"ONE\ntwo\n")
        assert assets.verify(registry) == {"fake": "words.txt was changed (its SHA-256 differs)"}
        assets.fetch("fake", registry)
        assert assets.verify(registry) == {"fake": None} and _whole(tmp_path)

    def test_a_shorter_file_is_noticed_without_verify(self, tmp_path, registry, words):
        words.write_bytes(b"one\n")
        assets.path("fake", registry)
        assert _whole(tmp_path)

    def test_a_new_version_in_the_registry_is_fetched_beside_the_old(
        self, tmp_path, registry, words, package
    ):
        other = write_registry(tmp_path / "assets.toml", package, version="2.0")
        assert assets.path("fake", other).name == "fake-2.0" and words.is_file()


class TestCommandLine:
    def test_list_says_what_is_here(self, registry, capsys):
        assert assets.main(["list"], registry) == 0
        before = capsys.readouterr().out
        assets.main(["fetch", "--all"], registry)
        capsys.readouterr()
        assets.main(["list"], registry)
        after = capsys.readouterr().out
        for part in ("fake", "0.9 MB", "Three words", "CC0"):
            assert part in before and part in after
        assert "not fetched yet" in before and "not fetched yet" not in after

    def test_fetch_path_and_verify(self, tmp_path, registry, capsys):
        folder = tmp_path / "data" / "fake-1.0"
        assert assets.main(["fetch", "fake"], registry) == 0
        assert assets.main(["path", "fake"], registry) == 0
        assert capsys.readouterr().out == f"{folder}\n{folder}\n"
        assert assets.main(["verify"], registry) == 0
        assert "fake: fine\n1 of 1 assets" in capsys.readouterr().out
        (folder / "words.txt").unlink()
        assert assets.main(["verify"], registry) == 1
        said = capsys.readouterr()
        assert "fake: words.txt is missing" in said.out
        assert "Run `python -m helpers.sources.assets fetch fake`" in said.err

    def test_download_fills_a_mirror(self, tmp_path, registry, package, capsys):
        assert assets.main(["download", str(tmp_path / "usb")], registry) == 0
        assert (tmp_path / "usb" / package.name).read_bytes() == package.read_bytes()
        assert not (tmp_path / "data").exists()

    def test_fetch_wants_names_or_all(self, registry, capsys):
        for arguments in (["fetch"], ["fetch", "--all", "fake"], []):
            with pytest.raises(SystemExit) as e:
                assets.main(arguments, registry)
            assert e.value.code == 2

    def test_an_error_is_one_line_and_exit_code_1(self, registry):
        command = [sys.executable, "-m", "helpers.sources.assets", "path", "nothing"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 1 and done.stdout == ""
        assert done.stderr.startswith("error: nothing: no asset has this name. There are glove-6b")
        assert done.stderr.count("\n") == 1


def test_the_courses_own_assets_are_as_they_were_fetched():
    found = assets.verify()
    if not found:
        pytest.skip("no asset is fetched yet: python -m helpers.sources.assets fetch --all")
    assert found == dict.fromkeys(found)
    for name in found:
        files = [f for f in assets.path(name).rglob("*") if f.is_file()]
        sizes = [f.stat().st_size for f in files if f.name != "manifest.json"]
        assert sum(sizes) == read_registry()[name].unpacked, name


def test_glove_words_are_one_a_line():
    if assets.verify().get("glove-6b-50d", "absent"):
        pytest.skip("not fetched yet: python -m helpers.sources.assets fetch glove-6b-50d")
    text = (assets.path("glove-6b-50d") / "words.txt").read_bytes().decode()
    words = text.split("\n")
    assert len(words) == 400_001 and words[-1] == "" and words[:3] == ["the", ",", "."]
    assert len(set(words)) == 400_001
