"""A file of texts through a saved classifier, from the command line: a label for each text.

``python -m helpers.classify FOLDER FILE`` prints CSV with label, probability and text; notebook 07
shows it. FILE has one text a line, or is a CSV file, or ``-`` for standard input; it is read and
answered in batches, so that it may be of any length. Leaves the classifier to
``saved_classifier``, and reading to ``text.text_stream``.
"""

import argparse
import contextlib
import csv
import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from helpers import saved_classifier, whole_files
from helpers.news_classifier import NewsClassifier
from helpers.sources import nltk_data
from helpers.text import preprocess, text_stream

BATCH = 1024  # texts


def write_answers(
    classifier: NewsClassifier, texts: Iterable[str], output: TextIO, all_labels: bool = False
) -> int:
    """Write a row of CSV for each text, in order, and return how many.

    A text of nothing but spaces is no news of any class: its row has no label.

    Parameters
    ----------
    all_labels
        True adds a column for each class, with its probability.

    >>> import io
    >>> from helpers.models.classifiers import PooledClassifier
    >>> from helpers.text.vocabulary import Vocabulary
    >>> model = PooledClassifier((2, 2), classes=1)
    >>> reader = NewsClassifier(model, Vocabulary({}), ["news"])
    >>> output = io.StringIO()
    >>> write_answers(reader, ["Rates, again", ""], output)
    2
    >>> print(output.getvalue().rstrip())
    label,probability,text
    news,1.0000,"Rates, again"
    ,,
    """
    names = classifier.label_names
    rows = csv.writer(output, lineterminator="\n")
    # csv itself leaves a lone carriage return without quotes, and then can't read it back.
    quoted = csv.writer(output, lineterminator="\n", quoting=csv.QUOTE_ALL)
    rows.writerow(["label", "probability", "text", *(f"p({n})" for n in names if all_labels)])
    texts, count = iter(texts), 0
    while batch := list(itertools.islice(texts, BATCH)):
        answers = iter(classifier.probabilities([text for text in batch if text.strip()] or [""]))
        for text in batch:
            row = ["", "", text, *("" for _ in names if all_labels)]
            if text.strip():
                shares = next(answers)
                best = int(shares.argmax())
                row = [names[best], f"{shares[best]:.4f}", text]
                row += [f"{share:.4f}" for share in shares if all_labels]
            (quoted if any("\r" in field for field in row) else rows).writerow(row)
        count += len(batch)
    return count


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line asks; return its exit code: 1 after an error's one sentence."""
    asked = _parser().parse_args(arguments)
    try:
        _run(asked)
        return 0
    except BrokenPipeError:  # such as `| head`, which has enough
        return 0
    except (RuntimeError, ValueError, OSError, LookupError) as error:
        print(f"error: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    about = "Label each text with a saved classifier; prints CSV: label, probability, text."
    parser = argparse.ArgumentParser(prog="python -m helpers.classify", description=about)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where it was saved")
    parser.add_argument("file", metavar="FILE", help="one text a line, or CSV; - for the input")
    parser.add_argument("--column", metavar="NAME", help="FILE is CSV with this column of texts")
    parser.add_argument("--labels", action="store_true", help="add every label's probability")
    parser.add_argument("--into", metavar="FILE", type=Path, help="write there, not to the screen")
    return parser


def _run(asked: argparse.Namespace) -> None:
    path, from_input = Path(asked.file), asked.file == "-"
    _check_files(path, from_input, asked.into)
    classifier = saved_classifier.load(asked.folder)
    if classifier.tokenize is preprocess.tokenize:
        nltk_data.use_course_data()
    name = "standard input" if from_input else path.name
    with contextlib.ExitStack() as opened:
        file = sys.stdin.buffer if from_input else opened.enter_context(open(path, "rb"))
        lines = text_stream.decoded_lines(file, name)
        if asked.column or path.suffix.lower() in (".csv", ".tsv"):
            texts = text_stream.texts_of_csv(lines, asked.column or "text", name)
        else:
            texts = text_stream.texts_of_lines(lines)
        output = opened.enter_context(_written_whole(asked.into) if asked.into else _screen())
        write_answers(classifier, texts, output, asked.labels)


def _check_files(path: Path, from_input: bool, into: Path | None) -> None:
    """Say what is wrong with the names, before the classifier is loaded."""
    if not from_input and path.is_dir():
        raise ValueError(f"{path} is a folder; name a file of texts in it")
    if not from_input and not path.exists():
        raise ValueError(f"there is no file {path}; check the name and the folder")
    if into and (into.is_dir() or not into.absolute().parent.is_dir()):
        raise ValueError(f"--into {into} is a folder, or in none; name a file to write")
    if into and into.exists() and not from_input and into.samefile(path):
        raise ValueError(f"--into {into} is the file with the texts; name another one")


def _screen() -> TextIO:
    # Opened anew: on Windows, standard output is not UTF-8 and has other line ends.
    return open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False)


@contextlib.contextmanager
def _written_whole(path: Path) -> Iterator[TextIO]:
    with whole_files.whole(path) as beside, open(beside, "w", encoding="utf-8", newline="") as file:
        yield file


if __name__ == "__main__":
    sys.exit(main())
