"""Your own labelled texts from a CSV file, with errors that name the line.

Notebook 07 ends with it.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from helpers.text.labelled_texts import Corpus, Split, stratified_cut

_PARTS = ("train", "validation", "test")


def read(
    path: str | Path,
    text: str = "text",
    label: str = "label",
    split: str | None = None,
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    test_share: float = 0.2,
    validation_share: float = 0.1,
    seed: int = 0,
) -> Corpus:
    """Read a CSV file with a header line into a corpus.

    Parameters
    ----------
    path
        The file: one text a row; a field with commas, quotes or line breaks stands in
        double quotes, as spreadsheets write it.
    text, label
        Names of the columns with the text and with its class.
    split
        Name of a column that holds ``train``, ``validation`` or ``test`` for each row; left
        out, the parts are cut here, stratified and seeded.
    encoding, delimiter
        How the file was saved.
    test_share, validation_share
        Shares of the rows; the validation share is of what is left after the test part.
    seed
        Seed of the cut.

    Returns
    -------
    The corpus, named after the file; its label names in alphabetical order.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        For anything wrong inside; the message names the line and the remedy.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; check the name and the folder")
    rows = _rows(path, encoding, delimiter)
    _, header = next(rows, (1, []))
    wanted = [text, label] + ([split] if split else [])
    for column in wanted:
        if header.count(column) != 1:
            found = "is missing" if column not in header else "stands there twice"
            raise ValueError(
                f"line 1 of {path.name}: the column {column!r} {found}; the columns are "
                f"{', '.join(map(repr, header)) or 'none'}. Name yours with text=…, label=…"
            )
    where = [header.index(column) for column in wanted]
    texts, classes, parts, first_line = [], [], [], {}
    for line, fields in rows:
        if not any(map(str.strip, fields)):
            continue  # an empty line says nothing
        if len(fields) != len(header):
            raise ValueError(
                f"line {line:,} of {path.name}: {len(fields)} fields, expected {len(header)}; "
                "a text that contains the delimiter must stand in double quotes"
            )
        values = [fields[i].strip() for i in where]
        for column, value in zip(wanted, values, strict=True):
            if not value:
                raise ValueError(
                    f"line {line:,} of {path.name}: the {column} is empty; fill it or "
                    "delete the row"
                )
        if split and values[2] not in _PARTS:
            raise ValueError(
                f"line {line:,} of {path.name}: {split} is {values[2]!r}; "
                f"it must be one of {', '.join(_PARTS)}"
            )
        texts.append(values[0])
        classes.append(values[1])
        parts.append(values[2] if split else "")
        first_line.setdefault(values[1], line)
    label_names = sorted(first_line)
    _check_classes(path, classes, parts if split else None, first_line)
    everything = Split(texts, [label_names.index(name) for name in classes])
    if split:
        chosen = [[i for i, part in enumerate(parts) if part == wanted] for wanted in _PARTS]
    else:
        chosen = _cut(everything, test_share, validation_share, seed)
    return Corpus(path.stem, label_names, *(everything.take(indices) for indices in chosen))


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the line on which the row begins, its fields)."""
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") and encoding == "utf-8":
        raise ValueError(
            f"line 1 of {path.name}: this is UTF-16; save it as UTF-8 or pass encoding='utf-16'"
        )
    try:
        content = raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ValueError(
            f"line {line:,} of {path.name}: byte 0x{raw[error.start]:02x} is not {encoding}; save "
            "the file as UTF-8 or pass encoding=… (often 'cp1252' in Europe, 'gb18030' in China)"
        ) from None
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(
                f"line {line:,} of {path.name}: the double quotes of the row that begins here do "
                f"not pair up (noticed at line {reader.line_num:,}: {error}); a quote inside a "
                'quoted text is written twice: ""'
            ) from None


def _check_classes(
    path: Path, classes: list[str], parts: list[str] | None, first_line: dict[str, int]
) -> None:
    counts = Counter(classes)
    if not counts:
        raise ValueError(f"{path.name} has no rows below its header; a classifier needs examples")
    if len(counts) == 1:
        name = classes[0]
        raise ValueError(
            f"{path.name} has one class only, {name!r} (first on line {first_line[name]:,}); "
            "a classifier needs at least two"
        )
    if parts is not None:
        there = Counter(zip(classes, parts, strict=True))
        for name in counts:
            for part in _PARTS:
                if not there[name, part]:
                    raise ValueError(
                        f"{path.name}: the class {name!r} (first on line {first_line[name]:,}) "
                        f"has no row in the part {part!r}; give it one"
                    )
    for name, count in counts.items():
        if count < 3:
            raise ValueError(
                f"{path.name}: the class {name!r} (first on line {first_line[name]:,}) has "
                f"{count} row{'s' if count > 1 else ''}, too few to split; give it at least three, "
                "for train, validation and test, or merge it with another class"
            )


def _cut(
    everything: Split, test_share: float, validation_share: float, seed: int
) -> tuple[list[int], list[int], list[int]]:
    """Cut test, then validation; a class too small for its rounded share still gives one row."""
    train: list[int] = []
    validation: list[int] = []
    test: list[int] = []
    for label in sorted(set(everything.labels)):
        positions = [i for i, other in enumerate(everything.labels) if other == label]
        rest, held = stratified_cut([0] * len(positions), test_share, seed + label)
        held = held or [rest.pop()]
        kept, checked = stratified_cut([0] * len(rest), validation_share, seed + label)
        checked = checked or [kept.pop()]
        test += [positions[i] for i in held]
        validation += [positions[rest[i]] for i in checked]
        train += [positions[rest[i]] for i in kept]
    return sorted(train), sorted(validation), sorted(test)
