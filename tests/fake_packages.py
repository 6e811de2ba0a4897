"""Tiny package files, a registry for them and a small package index on the loopback device."""

import hashlib
import io
import json
import os
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from helpers.sources.asset_registry import Asset, read_registry

# pip shows progress from 512 kB on.
WORDS = {"fake/data/words.txt": b"one\ntwo\n", "fake/data/more/three.txt": b"three\n" * 150_000}


def wheel(folder: Path, members: dict[str, bytes] = WORDS, tags: str = "py3-none-any") -> Path:
    """Write a wheel that pip accepts."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"fake-1.0-{tags}.whl"
    info = {
        "fake-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: fake\nVersion: 1.0\n",
        "fake-1.0.dist-info/WHEEL": f"Wheel-Version: 1.0\nTag: {tags}\n".encode(),
        "fake-1.0.dist-info/RECORD": b"",
    }
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (members | info).items():
            archive.writestr(name, content)
    return file


def sdist(folder: Path, members: dict[str, bytes]) -> Path:
    """Write a source archive."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "fake-1.0.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return file


def write_registry(file: Path, package: Path, /, **changes) -> dict[str, Asset]:
    """Write a registry file with one asset, ``fake``, that pins ``package``; return it read."""
    fields = {
        "what": "Three words",
        "package": "fake",
        "version": "1.0",
        "kind": "wheel" if package.suffix == ".whl" else "sdist",
        "file": package.name,
        "bytes": package.stat().st_size,
        "sha256": hashlib.sha256(package.read_bytes()).hexdigest(),
        "unpacked": 900_008,
        "licence": "CC0",
        "citation": "Nobody (2024).",
    }
    tables = {"members": {"fake/data/words.txt": "words.txt", "fake/data/more/*": "deep/*"}}
    for key, value in changes.items():
        (tables if isinstance(value, dict) else fields)[key] = value
    lines = ["[fake]", *(f"{key} = {json.dumps(value)}" for key, value in fields.items())]
    for name, table in tables.items():
        lines += [f"[fake.{name}]"]
        lines += [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in table.items()]
    file.write_text("\n".join(lines), encoding="utf-8")
    return read_registry(file)


class Index:
    """A package index with one file. ``mode`` says how it sends it: whole, cut, stall, other.

    ``half_sent`` and ``hung_up`` tell that a stalled client has half of it, and has gone.
    """

    def __init__(self, package: Path, mode: str = "whole"):
        self.package, self.mode, self.requests = package, mode, []
        self.half_sent, self.hung_up, self.stop = (threading.Event() for _ in range(3))
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                index.requests.append(self.path)
                if self.path.startswith("/simple"):
                    name = index.package.name
                    self.send("text/html", f'<a href="/files/{name}">{name}</a>'.encode())
                else:
                    self.send("application/octet-stream", index.package.read_bytes())

            def send(self, kind: str, content: bytes):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if kind == "text/html" or index.mode == "whole":
                    self.wfile.write(content)
                elif index.mode == "other":
                    self.wfile.write(content[::-1])
                else:
                    self.wfile.write(content[: len(content) // 2])
                    self.wfile.flush()
                    index.half_sent.set()
                    if index.mode == "stall":
                        self.wait_for_the_client()
                    self.close_connection = True

            def wait_for_the_client(self):
                self.connection.settimeout(0.05)
                while not index.stop.is_set() and not index.hung_up.is_set():
                    try:
                        if self.connection.recv(1) == b"":
                            index.hung_up.set()
                    except TimeoutError:
                        pass
                    except OSError:
                        index.hung_up.set()

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/simple"

    def __enter__(self) -> "Index":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self._server.shutdown()
        self._server.server_close()


def pip_settings(monkeypatch, index_url: str) -> None:
    """Have pip ask only this index, whatever the settings of the machine that runs the tests."""
    for name in [n for n in os.environ if n.upper().startswith("PIP_") or n.startswith("COURSE_")]:
        monkeypatch.delenv(name)
    settings = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index_url,
        "PIP_RETRIES": "0",
        "PIP_RESUME_RETRIES": "0",
        "PIP_DEFAULT_TIMEOUT": "5",
        "NO_PROXY": "*",
        "no_proxy": "*",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
