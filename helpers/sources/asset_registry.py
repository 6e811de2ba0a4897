"""What the course fetches, as data/assets.toml declares it, and whether a folder holds it.

Notebook 00 shows the table. Knows nothing of downloading or unpacking: those are ``package_files``
and ``archives`` beside it; :mod:`helpers.sources.assets` is the door.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REGISTRY_FILE = Path(__file__).resolve().parents[2] / "data" / "assets.toml"
MANIFEST = "manifest.json"


class AssetError(RuntimeError):
    """Something about one asset went wrong: which one, what, and what to do about it.

    >>> print(AssetError("glove-6b-50d", "the disk is full", "Free 160 MB and call again."))
    glove-6b-50d: the disk is full. Free 160 MB and call again.
    """

    def __init__(self, asset: str, what: str, remedy: str):
        self.asset, self.what, self.remedy = asset, what, remedy
        super().__init__(f"{asset}: {what}. {remedy}")

    def __reduce__(self):  # an exception with three arguments needs this to cross processes
        return type(self), (self.asset, self.what, self.remedy)


@dataclass(frozen=True)
class Lines:
    """A text file to make from one column of a Parquet member, which is then dropped."""

    from_file: str
    column: str
    to_file: str
    count: int


@dataclass(frozen=True)
class Asset:
    """One entry of the registry; data/assets.toml explains each field. Sizes are in bytes."""

    name: str
    what: str
    package: str
    version: str
    kind: str
    file: str
    bytes: int
    sha256: str
    unpacked: int
    licence: str
    citation: str
    members: Mapping[str, str]
    platform: Mapping[str, str] = field(default_factory=dict)
    scratch: int = 0
    lines: Lines | None = None
    line_feeds: bool = False

    @property
    def folder(self) -> str:
        """Name of the asset's folder, with the version so that two versions never mix."""
        return f"{self.name}-{self.version}"


def read_registry(file: Path | str = REGISTRY_FILE) -> dict[str, Asset]:
    """Read a registry file and check that every entry is complete.

    Returns
    -------
    The assets by name, in the file's order.

    Raises
    ------
    ValueError
        If an entry lacks a field, has one too many or one of the wrong form; the message names
        the file, the entry and the field.

    >>> read_registry()["glove-6b-50d"].folder
    'glove-6b-50d-1.0.0'
    """
    with open(file, "rb") as stream:
        tables = tomllib.load(stream)
    return {name: _asset(name, table, Path(file).name) for name, table in tables.items()}


def _asset(name: str, table: dict, file: str) -> Asset:
    table = dict(table)
    if lines := table.pop("lines", None):
        lines = Lines(lines["from"], lines["column"], lines["to"], lines["count"])
    try:
        asset = Asset(name=name, lines=lines, **table)
    except TypeError as error:  # Python's own message names the missing or unknown field
        raise ValueError(f"{file}: entry [{name}]: {str(error).split('() ')[-1]}") from None

    def insist(fine: bool, key: str, expected: str) -> None:
        if not fine:
            value = getattr(asset, key)
            raise ValueError(f"{file}: entry [{name}]: {key} is {value!r}, expected {expected}")

    insist(re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name) is not None, "name", "a-z, 0-9, '.', '-'")
    insist(asset.kind in ("wheel", "sdist"), "kind", "'wheel' or 'sdist'")
    ending = ".whl" if asset.kind == "wheel" else ".tar.gz"
    insist(asset.file.endswith(ending), "file", f"a name that ends in {ending}")
    insist("/" not in asset.file and "\\" not in asset.file, "file", "a name, not a path")
    insist(re.fullmatch(r"[0-9a-f]{64}", asset.sha256) is not None, "sha256", "64 hex digits")
    for key in ("bytes", "unpacked"):
        value = getattr(asset, key)
        insist(isinstance(value, int) and value > 0, key, "a positive whole number")
    for key in ("what", "package", "version", "licence", "citation"):
        value = getattr(asset, key)
        insist(isinstance(value, str) and value != "", key, "some text")
    insist(isinstance(asset.line_feeds, bool), "line_feeds", "true or false")
    paired = all(a.endswith("/*") == b.endswith("/*") for a, b in asset.members.items())
    insist(bool(asset.members) and paired, "members", "'*' on both sides or on neither")
    return asset


def folder_problem(asset: Asset, folder: Path, thorough: bool) -> str | None:
    """Say what is wrong with a folder that should hold the asset, or None.

    Thorough reads every file and compares its SHA-256; otherwise only sizes are compared.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "not fetched yet"
    except ValueError:
        return f"{MANIFEST} is damaged"
    if not isinstance(manifest, dict) or manifest.get("recipe") != _recipe(asset):
        return f"{MANIFEST} is from another edition of the course"
    for local, expected in manifest["files"].items():
        file = folder / local
        if not file.is_file():
            return f"{local} is missing"
        if file.stat().st_size != expected["bytes"]:
            return f"{local} has {file.stat().st_size:,} bytes, expected {expected['bytes']:,}"
        if thorough and sha256_of(file) != expected["sha256"]:
            return f"{local} was changed (its SHA-256 differs)"
    return None


def _recipe(asset: Asset) -> dict:
    """Return all that decides what the asset's folder holds."""
    lines = asset.lines and vars(asset.lines)
    recipe = {"name": asset.name, "version": asset.version, "package_sha256": asset.sha256}
    line_ends = {"line_feeds": True} if asset.line_feeds else {}
    return recipe | {"members": dict(asset.members), "lines": lines} | line_ends


def write_manifest(asset: Asset, folder: Path) -> None:
    """Write down what the folder holds: every file's size and SHA-256, and where it came from."""
    files = {
        file.relative_to(folder).as_posix(): {
            "bytes": file.stat().st_size,
            "sha256": sha256_of(file),
        }
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    text = json.dumps({"recipe": _recipe(asset), "files": files}, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def sha256_of(file: Path) -> str:
    """Return the file's SHA-256 as 64 hex digits."""
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
