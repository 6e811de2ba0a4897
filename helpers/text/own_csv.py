"""Your own labelled texts from a CSV file, with errors that name the line.

Notebook 07 ends with it.
"""

import unicodedata
from collections import Counter
from pathlib import Path

from helpers.text.csv_rows import read_rows
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
    FileNotFoundError, IsADirectoryError
        If there is no such file, or a folder in its place.
    ValueError
        For anything wrong inside; the message names the line and the remedy. Two labels that
        differ only in case or spacing count as a mistake, too.
    """
    path = Path(path)
    wanted = [text, label] + ([split] if split else [])
    rows = read_rows(path, wanted, encoding, delimiter)
    # An empty line says nothing.
    filled = ((line, fields) for line, fields in rows if any(map(str.strip, fields)))
    header_line, names = next(filled, (1, []))
    header = [column.strip() for column in names]
    for column in wanted:
        if header.count(column) != 1:
            found = "is missing" if column not in header else "stands there twice"
            raise ValueError(
                f"line {header_line} of {path.name}: the column {column!r} {found}; the columns "
                f"are {', '.join(map(repr, header)) or 'none'}. Name yours with text=…, label=…"
            )
    where = [header.index(column) for column in wanted]
    texts, classes, parts, first_line = [], [], [], {}
    for line, fields in filled:
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
    _check_twins(path, counts, first_line)
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


def _check_twins(path: Path, counts: Counter[str], first_line: dict[str, int]) -> None:
    """Raise ValueError if two labels differ in case, spacing or full-width letters only."""
    alike: dict[str, str] = {}
    for name in counts:  # in the order of their first lines
        key = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        twin = alike.setdefault(key, name)
        if twin != name:
            both = " and ".join(
                f"{label!r} (rows: {counts[label]:,}, first on line {first_line[label]:,})"
                for label in (twin, name)
            )
            raise ValueError(
                f"{path.name}: the labels {both} differ only in case, spacing or width, but would "
                "be two classes; write them alike, or if you mean two, give one a clearer name"
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
