"""Members come out whole; whatever would leave the folder is refused before it is written."""

import io
import tarfile
import zipfile

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.sources.archives import (
    ArchiveError,
    column_to_lines,
    end_lines_with_line_feeds,
    refuse_climbing,
    unpack,
)

CLIMBING = [
    "../up.txt",
    "in/../../up.txt",
    "/etc/up.txt",
    "C:/up.txt",
    "in\\..\\..\\up.txt",
    "//h/s",
]


def _zip(file, members):
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file


def _tar(file, members):
    with tarfile.open(file, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file


def _files(folder):
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*.*")}


@pytest.mark.parametrize(("write", "name"), [(_zip, "a.whl"), (_tar, "a.tar.gz")])
class TestBothKinds:
    def test_named_members_and_whole_folders_come_out(self, tmp_path, write, name):
        members = {"p/a.txt": b"a", "p/deep/b.txt": b"b", "p/deep/er/c.txt": b"c", "p/no.txt": b"n"}
        archive, folder = write(tmp_path / name, members), tmp_path / "out"
        folder.mkdir()
        unpack(archive, {"p/a.txt": "first.txt", "p/deep/*": "in/*"}, folder)
        assert _files(folder) == {"first.txt": b"a", "in/b.txt": b"b", "in/er/c.txt": b"c"}

    @pytest.mark.parametrize("climbing", CLIMBING)
    @pytest.mark.parametrize("wanted", [True, False])
    def test_a_climbing_member_is_refused(self, tmp_path, write, name, climbing, wanted):
        archive, folder = write(tmp_path / name, {climbing: b"x"}), tmp_path / "out"
        folder.mkdir()
        members = {climbing: "fine.txt"} if wanted else {"other.txt": "other.txt"}
        with pytest.raises(ArchiveError, match=r"climbs out of the folder"):
            unpack(archive, members, folder)
        assert [f.name for f in tmp_path.rglob("*")] in ([name, "out"], ["out", name])

    def test_a_folder_pattern_does_not_let_a_member_climb(self, tmp_path, write, name):
        archive, folder = write(tmp_path / name, {"p/../../up.txt": b"x"}), tmp_path / "out"
        folder.mkdir()
        with pytest.raises(ArchiveError, match=r"'p/\.\./\.\./up\.txt' climbs out"):
            unpack(archive, {"p/*": "*"}, folder)

    def test_a_missing_member_is_named(self, tmp_path, write, name):
        archive = write(tmp_path / name, {"p/a.txt": b"a"})
        with pytest.raises(ArchiveError, match=r"no member 'p/b\.txt' in the archive"):
            unpack(archive, {"p/a.txt": "a.txt", "p/b.txt": "b.txt"}, tmp_path)

    def test_an_empty_folder_pattern_is_missing_too(self, tmp_path, write, name):
        archive = write(tmp_path / name, {"p/a.txt": b"a"})
        with pytest.raises(ArchiveError, match=r"no member 'q/\*'"):
            unpack(archive, {"q/*": "*"}, tmp_path)

    def test_half_an_archive_is_refused(self, tmp_path, write, name):
        archive = write(tmp_path / name, {"p/a.txt": bytes(range(256)) * 40})
        archive.write_bytes(archive.read_bytes()[:150])
        with pytest.raises(ArchiveError, match="cannot be read"):
            unpack(archive, {"p/a.txt": "a.txt"}, tmp_path)

    def test_two_members_for_one_file_are_refused(self, tmp_path, write, name):
        archive = write(tmp_path / name, {"p/a.txt": b"a", "q/a.txt": b"b"})
        with pytest.raises(ArchiveError, match=r"two members .* one file 'a\.txt'"):
            unpack(archive, {"p/*": "*", "q/*": "*"}, tmp_path / "out")


def test_links_are_refused(tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        link = tarfile.TarInfo("p/a.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("p/a.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    for name in ("a.tar.gz", "a.zip"):
        with pytest.raises(ArchiveError, match=r"'p/a\.txt' is a link"):
            unpack(tmp_path / name, {"p/a.txt": "a.txt"}, tmp_path)


def test_a_damaged_byte_inside_a_member_is_refused(tmp_path):
    archive = _zip(tmp_path / "a.zip", {"p/a.txt": b"some words"})
    content = bytearray(archive.read_bytes())
    content[content.index(b"some")] ^= 1
    archive.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"cannot be read .*CRC"):
        unpack(archive, {"p/a.txt": "a.txt"}, tmp_path)


@given(st.lists(st.sampled_from(["..", ".", "a", "b.txt", "C:", "\\", "/", "", "../"]), max_size=6))
@settings(deadline=None)
def test_what_is_not_refused_stays_inside(tmp_path_factory, parts):
    name = "/".join(parts)
    folder = tmp_path_factory.getbasetemp() / "inside"
    try:
        refuse_climbing(name)
    except ArchiveError:
        return
    assert (folder / name).resolve().is_relative_to(folder.resolve())


def test_a_column_becomes_lines_and_the_table_goes(tmp_path):
    words = ["the", "naïve", "a\rb", "c\u2028d", "词", " "]
    table = pyarrow.table({"index": words, "other": range(6)})
    pyarrow.parquet.write_table(table, tmp_path / "w.parquet")
    column_to_lines(tmp_path, "w.parquet", "index", "w.txt", 6)
    assert (tmp_path / "w.txt").read_bytes().decode().split("\n") == [*words, ""]
    assert not (tmp_path / "w.parquet").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [(["a", "b\nc"], "2 rows, 1 of them with a line break"), (["a"], "1 rows.*expected 2")],
)
def test_a_column_that_cannot_be_lines_is_refused(tmp_path, words, message):
    pyarrow.parquet.write_table(pyarrow.table({"index": words}), tmp_path / "w.parquet")
    with pytest.raises(ArchiveError, match=message):
        column_to_lines(tmp_path, "w.parquet", "index", "w.txt", 2)
    assert not (tmp_path / "w.txt").exists()


def test_lines_end_with_line_feeds_in_every_file_below(tmp_path):
    deep = tmp_path / "deep" / "a.txt"
    deep.parent.mkdir()
    deep.write_bytes(b"one\r\ntwo\r\n\r\nthree\rstays")
    (tmp_path / "b.txt").write_bytes(b"no change\n")
    end_lines_with_line_feeds(tmp_path)
    assert deep.read_bytes() == b"one\ntwo\n\nthree\rstays"
    assert (tmp_path / "b.txt").read_bytes() == b"no change\n"
