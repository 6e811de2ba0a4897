"""The rows of a CSV file with their line numbers; what is no such file is named for what it is.

Notebook 07 uses it through own_csv. Leaves the meaning of the columns to own_csv, and lets the
standard library's csv take the quotes apart.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright bars"}
_EXPORT = "open it in a spreadsheet program and save the sheet as CSV with the encoding UTF-8"


def read_rows(
    path: Path, columns: Sequence[str], encoding: str = "utf-8", delimiter: str = ","
) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the line on which a row begins, its fields), the header first.

    Parameters
    ----------
    path
        The file.
    columns
        Names the header should have; what else they could be separated by is told from them.
    encoding, delimiter
        How the file was saved.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file, or a folder in its place.
    ValueError
        If the file is empty, a spreadsheet, packed, in another encoding or separated by
        something else, or if its quotes do not pair up; the message says what to do.
    """
    content = _decoded(path, encoding)
    _check_delimiter(content, columns, delimiter, path.name)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            where = f"line {line:,} of {path.name}:"
            if "field limit" in str(error):  # Python's own, for all of a program: left as it is
                raise ValueError(
                    f"{where} a text in the row that begins here is longer than "
                    f"{csv.field_size_limit():,} characters. Mostly a double quote was opened and "
                    "never closed; if the text is meant to be so long, call "
                    "csv.field_size_limit(10_000_000) before reading"
                ) from None
            raise ValueError(
                f"{where} the double quotes of the row that begins here do not pair up (noticed at "
                f"line {reader.line_num:,}: {error}); a quote inside a quoted text is written "
                'twice: ""'
            ) from None


def _decoded(path: Path, encoding: str) -> str:
    """Return the file's text, without a byte-order mark."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name the CSV file in it")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; check the name and the folder")
    raw, name = path.read_bytes(), path.name
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        if raw[:1] == b"P" and b"xl/" not in raw and b"opendocument" not in raw:
            raise ValueError(f"{name} is a zip archive; unpack it and name the CSV file inside")
        raise ValueError(f"{name} is a spreadsheet file, whatever its name says; {_EXPORT}")
    if raw.startswith(b"\x1f\x8b"):
        raise ValueError(f"{name} is packed with gzip; unpack it first")
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    if is_utf8 and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError(
            f"line 1 of {name}: this is UTF-16; save it as UTF-8 or pass encoding='utf-16'"
        )
    if not is_utf8 and raw.startswith(codecs.BOM_UTF8):
        raise ValueError(f"line 1 of {name}: this is UTF-8, not {encoding}; leave encoding=… out")
    try:
        content = raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ValueError(
            f"line {line:,} of {name}: byte 0x{raw[error.start]:02x} is not {encoding}; save "
            "the file as UTF-8 or pass encoding=… (often 'cp1252' in Europe, 'gb18030' in China)"
        ) from None
    if not content.strip():
        raise ValueError(f"{name} is empty; expected a line with the names of the columns")
    if "\0" in content:
        line = content.count("\n", 0, content.index("\0")) + 1
        raise ValueError(
            f"line {line:,} of {name}: a zero byte, which no text holds; the file is damaged, or "
            "it is UTF-16: then pass encoding='utf-16-le'. If neither helps, export it anew"
        )
    return content


def _check_delimiter(content: str, columns: Sequence[str], delimiter: str, name: str) -> None:
    """Raise ValueError if the header is separated by something else than ``delimiter``."""
    lines = enumerate(io.StringIO(content, newline=None), start=1)
    number, line = next((number, line) for number, line in lines if line.strip())
    line = line[:10_000]  # because csv refuses an endless field
    headers = {
        mark: [column.strip() for column in next(csv.reader([line], delimiter=mark))]
        for mark in dict.fromkeys([delimiter, *_DELIMITERS])
    }
    if set(columns) <= set(headers[delimiter]):
        return
    fitting = [mark for mark in headers if set(columns) <= set(headers[mark])]
    if not fitting and len(headers[delimiter]) == 1:
        fitting = [max(headers, key=lambda mark: len(headers[mark]))]
    if fitting and fitting[0] != delimiter:
        mark, found = fitting[0], ", ".join(map(repr, headers[fitting[0]]))
        raise ValueError(
            f"line {number} of {name}: the columns {found} are separated by {_DELIMITERS[mark]}; "
            f"pass delimiter={mark!r}"
        )
