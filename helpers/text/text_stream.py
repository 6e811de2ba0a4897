"""One text after another out of a file of any length: its lines, or a column of a CSV file.

Notebook 07 reads news so, through ``classify``. Texts without labels; labelled ones, for training,
are left to ``own_csv``. Only one line, or one row, is in memory at a time.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator
from typing import BinaryIO

_DELIMITERS = ",;\t|"
_FOREIGN = {
    b"PK\x03\x04": "is a spreadsheet or a zip archive; save it as CSV with the encoding UTF-8",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet; save it as CSV with the encoding UTF-8",
    b"\x1f\x8b": "is packed with gzip; unpack it first",
    b"\xff\xfe": "is UTF-16; save it as UTF-8",
    b"\xfe\xff": "is UTF-16; save it as UTF-8",
}


def decoded_lines(file: BinaryIO, name: str = "the file") -> Iterator[str]:
    r"""Yield each line of a UTF-8 file with its end; the first without a byte-order mark.

    Raises
    ------
    ValueError
        If the file is no UTF-8 text; the message names the line and the remedy.

    >>> import io
    >>> list(decoded_lines(io.BytesIO(b"Rates rise\r\ncaf\xc3\xa9")))
    ['Rates rise\r\n', 'café']
    """
    for number, raw in enumerate(file, start=1):
        if number == 1:
            if raw == codecs.BOM_UTF8:
                return  # nothing else in the file
            for signature, what in _FOREIGN.items():
                if raw.startswith(signature):
                    raise ValueError(f"{name} {what}")
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(
                f"line {number:,} of {name}: byte 0x{raw[error.start]:02x} is not UTF-8; save the "
                "file as UTF-8"
            ) from None
        if "\0" in line:
            raise ValueError(
                f"line {number:,} of {name}: a zero byte, which no text holds; the file is damaged "
                "or UTF-16: save it as UTF-8"
            )
        yield line


def texts_of_lines(lines: Iterable[str]) -> Iterator[str]:
    r"""Yield the text of each line, without its end, empty ones included.

    >>> list(texts_of_lines(["Rates rise\r\n", "\n", "Chips sell"]))
    ['Rates rise', '', 'Chips sell']
    """
    return (line.rstrip("\r\n") for line in lines)


def texts_of_csv(lines: Iterable[str], column: str, name: str = "the file") -> Iterator[str]:
    r"""Yield the text of each row below the header; it may be separated by any of ``, ; | tab``.

    An empty line is a row only in a file of one column: there an empty text is written so.

    Parameters
    ----------
    lines
        Lines with their ends, as ``decoded_lines`` yields them.
    column
        The name of the column with the texts.
    name
        What error messages call the file.

    Raises
    ------
    ValueError
        If the column is missing, a row has too few or too many fields, or quotes do not pair up;
        the message names the line.

    >>> list(texts_of_csv(["id;text\n", '1;"Rates; again"\n', "2;\n"], "text"))
    ['Rates; again', '']
    """
    lines = iter(lines)
    delimiter, header = _header(next(lines, ""), column)
    if header.count(column) != 1:
        found = "stands there twice" if column in header else "is missing"
        raise ValueError(
            f"line 1 of {name}: the column {column!r} {found}; the columns are "
            f"{', '.join(map(repr, header)) or 'none'}. Name the column that has the texts"
        )
    place = header.index(column)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number = rows.line_num + 2  # the header is line 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise ValueError(
                f"line {number:,} of {name}: the double quotes of the row that begins here do not "
                f"pair up ({error}); a quote inside a quoted text is written twice"
            ) from None
        if row is None:
            return
        if not row and len(header) > 1:
            continue
        if row and len(row) != len(header):
            raise ValueError(
                f"line {number:,} of {name}: {len(row)} fields, expected {len(header)}; a text "
                "that contains the delimiter must stand in double quotes"
            )
        yield row[place] if row else ""


def _header(line: str, column: str) -> tuple[str, list[str]]:
    """Return the delimiter under which the header has the column, or the most columns."""
    headers = {
        delimiter: [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
        for delimiter in _DELIMITERS
    }
    return max(headers.items(), key=lambda item: (column in item[1], len(item[1])))
