"""Word vectors from text files, GloVe's format and word2vec's, and a quick way to keep them.

For readers with a file of their own (notebook 02). A line holds a word and its numbers;
word2vec's files, and fastText's, begin with a line "words dimensions". NumPy only. Deals in plain
words and numbers, of which ``WordVectors`` makes more; leaves binary files to gensim.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from helpers.progress import progress
from helpers.whole_files import whole

_PACKED = {b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "packed with gzip", b"\x89HDF": "HDF5"}


def read_text(
    path: str | Path,
    limit: int | None = None,
    encoding: str = "utf-8",
    duplicates: str = "error",
) -> tuple[list[str], np.ndarray]:
    """Read word vectors from a text file in either format, which is detected.

    Parameters
    ----------
    path
        One word a line, its numbers after it, separated by single spaces. Lines end with "\\n"
        alone, and a word may contain spaces, as some of GloVe's 840B file do (". . ."): the
        numbers are counted from the right.
    limit
        Read only so many words, the first ones; files begin with the most frequent.
    encoding
        Of the file.
    duplicates
        What to do when a word comes again: ``"error"``, or ``"first"`` to keep its first vector.

    Returns
    -------
    The words in the file's order, all different, and their matrix, float32, shape (words,
    dimensions), which needs 4 bytes a number and no second copy: what ``WordVectors(words,
    matrix)`` takes.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file, or a folder in its place.
    ValueError
        If a line is not a word and the right number of finite numbers, is in another encoding,
        or brings a word again, or if a header promises another number of words; the message
        names the line. Also if the file is empty, packed or binary.
    """
    path = Path(path)
    if duplicates not in ("error", "first"):
        raise ValueError(f"duplicates is {duplicates!r}; use 'error' or 'first'")
    if limit is not None and limit < 1:
        raise ValueError(f"limit is {limit}; read one word or more")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name the text file in it")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; check the name and the folder")
    promised, dimensions = _layout(path, encoding)
    # A line takes two bytes a number at least: so no header can ask for more than the file holds.
    rows = min(_count_lines(path, limit), path.stat().st_size // (2 * dimensions + 1))
    matrix = np.empty((rows, dimensions), np.float32)
    words: list[str] = []
    line_of: dict[str, int] = {}
    repeated = 0
    with np.errstate(over="ignore"):  # what float32 cannot hold becomes inf, found below
        lines = _lines(path, encoding, skip=promised is not None)
        for line_number, line in progress(lines, f"reading {path.name}", total=rows):
            word, numbers = _parse(line, dimensions, line_number, path.name)
            if word in line_of:
                if duplicates == "first":
                    repeated += 1
                    continue
                raise ValueError(
                    f"line {line_number:,} of {path.name}: {word!r} stands already on line "
                    f"{line_of[word]:,}; pass duplicates='first' to keep only that one"
                )
            matrix[len(words)] = numbers
            line_of[word] = line_number
            words.append(word)
            if len(words) == limit:
                break
    matrix = matrix[: len(words)]
    _check_finite(matrix, words, line_of, path.name)
    found = len(words) + repeated
    if promised is not None and limit is None and found != promised:
        raise ValueError(
            f"{path.name}: its first line promises {promised:,} words, {found:,} follow; "
            "the file was cut off or put together wrongly"
        )
    return words, matrix


def save(words: Sequence[str], matrix: np.ndarray, folder: str | Path) -> None:
    """Write ``vectors.npy`` and ``words.txt`` into a new folder, whole or not at all.

    A text file takes seconds to minutes to read; what is saved here opens at once.

    Parameters
    ----------
    words, matrix
        Row i of the matrix, shape (words, dimensions), belongs to word i.
    folder
        Where to; it is made, with the folders above it.

    Raises
    ------
    FileExistsError
        If the folder exists already.
    ValueError
        If a word has a line break inside, or words and rows are not equally many.
    """
    folder, matrix = Path(folder), np.asarray(matrix)
    if folder.exists():
        raise FileExistsError(f"{folder} exists already; delete it or choose another name")
    if matrix.ndim != 2 or len(matrix) != len(words):
        raise ValueError(f"{len(words):,} words, but a matrix of shape {matrix.shape}")
    broken = next((word for word in words if "\n" in word), None)
    if broken is not None:
        raise ValueError(f"the word {broken!r} has a line break inside")
    with whole(folder) as beside:
        beside.mkdir(parents=True)
        np.save(beside / "vectors.npy", matrix)
        (beside / "words.txt").write_bytes("".join(f"{word}\n" for word in words).encode())


def _layout(path: Path, encoding: str) -> tuple[int | None, int]:
    """Return how many words a header promises (None without one), and the dimensions."""
    with open(path, "rb") as file:
        start = file.read(4)
    for mark, name in _PACKED.items():
        if start.startswith(mark):
            raise ValueError(f"{path.name} is {name}, not text; unpack it first")
    first: list[str] = []
    counts: Counter[int] = Counter()
    for _, line in islice(_lines(path, encoding), 1000):
        pieces = line.split(" ")
        counts[_numbers_at_end(pieces)] += 1
        if not first:
            first = pieces
            is_header = len(first) == 2 and all(p.isascii() and p.isdecimal() for p in first)
        elif is_header and counts.total() == 2:
            is_header = len(pieces) != 2 or first[1] == "1"  # else one number a word, "12 5"
    if not first:
        raise ValueError(f"{path.name} is empty; expected a word and its numbers on each line")
    if is_header and int(first[1]):
        return int(first[0]), int(first[1])
    # The commonest count, so that neither a damaged line nor a word with spaces sets the measure.
    dimensions = counts.most_common(1)[0][0]
    if dimensions == 0:
        raise ValueError(
            f"line 1 of {path.name}: no numbers after {' '.join(first)[:40]!r}; expected a word "
            "and its numbers, separated by single spaces"
        )
    return None, dimensions


def _count_lines(path: Path, limit: int | None) -> int:
    """Count the lines, no further than ``limit``, so that the matrix is made once."""
    lines, last = 0, b"\n"
    with open(path, "rb") as file:
        while (limit is None or lines < limit) and (block := file.read(1 << 20)):
            lines, last = lines + block.count(b"\n"), block[-1:]
    lines += last != b"\n"
    return lines if limit is None else min(lines, limit)


def _lines(path: Path, encoding: str, skip: bool = False) -> Iterator[tuple[int, str]]:
    """Yield (line number, line without its end), without the first line if ``skip``."""
    blank = None
    with open(path, "rb") as file:  # bytes, because only "\n" ends a line there
        for number, raw in enumerate(file, start=1):
            if skip and number == 1:
                continue
            try:
                line = raw.decode(encoding)
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"line {number:,} of {path.name}: byte 0x{raw[error.start]:02x} is not "
                    f"{encoding}; pass encoding=... of the file, or write it as text if this is "
                    "word2vec's binary format"
                ) from None
            line = line.rstrip("\r\n").rstrip(" ")  # word2vec ends its lines with a space
            if number == 1:
                line = line.removeprefix("\ufeff")
            if line and blank:
                raise ValueError(f"line {blank:,} of {path.name} is empty; delete it")
            if line:
                yield number, line
            else:
                blank = blank or number  # no harm at the end of the file


def _parse(line: str, dimensions: int, number: int, file: str) -> tuple[str, list[float]]:
    """Cut a line into its word and its numbers, or say what is wrong with it."""
    word, *pieces = line.rsplit(" ", dimensions)
    try:
        numbers = list(map(float, pieces))
    except ValueError:
        numbers = []
    # A word with spaces whose end is a number is rather a line with too many numbers, and
    # float() takes "1_000", which no file of vectors means.
    longer = " " in word and _is_number(word.rsplit(" ", 1)[1])
    if len(numbers) == dimensions and word and not longer and "_" not in line[len(word) :]:
        return word, numbers
    where, pieces = f"line {number:,} of {file}:", line.split(" ")
    if not pieces[0]:
        raise ValueError(f"{where} no word, the line begins with a space")
    good = _numbers_at_end(pieces)
    if len(pieces) - 1 == dimensions and good < dimensions:
        bad = next(i for i, piece in enumerate(pieces) if i and not _is_number(piece))
        raise ValueError(
            f"{where} {pieces[bad]!r} after {pieces[0]!r} is not a number (place {bad} of "
            f"{dimensions})"
        )
    word = " ".join(pieces[: len(pieces) - good])
    raise ValueError(f"{where} {good} numbers after {word[:40]!r}, expected {dimensions}")


def _numbers_at_end(pieces: list[str]) -> int:
    """Count the numbers at the end of a line; the first piece is always word."""
    count = 0
    while count < len(pieces) - 1 and _is_number(pieces[-1 - count]):
        count += 1
    return count


def _is_number(piece: str) -> bool:
    try:
        float(piece)
    except ValueError:
        return False
    return "_" not in piece


def _check_finite(matrix: np.ndarray, words: list[str], line_of: dict[str, int], file: str) -> None:
    for start in range(0, len(matrix), 10_000):  # in parts, to need little memory
        finite = np.isfinite(matrix[start : start + 10_000])
        if not finite.all():
            row, column = np.argwhere(~finite)[0]
            word = words[start + row]
            raise ValueError(
                f"line {line_of[word]:,} of {file}: number {column + 1} after {word!r} is "
                f"{matrix[start + row, column]}; expected finite numbers below 3.4e38"
            )
