"""The command line labels every text of a file, keeps its rows in step, and says what is wrong."""

import csv
import io
import subprocess
import sys

import pytest
import torch

from helpers import classify, saved_classifier
from helpers.models.classifiers import PooledClassifier
from helpers.news_classifier import NewsClassifier
from helpers.text.preprocess import simple_tokens, tokenize
from helpers.text.vocabulary import Vocabulary

TEXTS = [
    'Rates rise, again; "for good"',
    "芯片 sells 🚀",
    "",
    "Rates | chip",
    "   ",
    "\u2028 a film",
    "=1+1",
]


def small(tokenizer=simple_tokens):
    torch.manual_seed(0)
    vocabulary = Vocabulary({"rates": 3, "芯片": 2, "film": 1})
    model = PooledClassifier((len(vocabulary), 3), classes=3)
    return NewsClassifier(model, vocabulary, ["finance", "科技", "film, TV"], tokenizer)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return saved_classifier.save(small(), tmp_path_factory.mktemp("kept") / "my news")


def run(*arguments, text=None):
    command = [sys.executable, "-m", "helpers.classify", *map(str, arguments)]
    return subprocess.run(command, input=text, capture_output=True, timeout=120)


def rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def due(texts, all_labels=False):
    expected = []
    for text in texts:
        if text.strip():
            shares = small().probabilities([text])[0]
            row = [small().label_names[shares.argmax()], f"{shares.max():.4f}", text]
            expected.append(row + [f"{share:.4f}" for share in shares if all_labels])
        else:
            expected.append(["", "", text] + 3 * [""] * all_labels)
    return expected


def test_lines_of_a_file_from_windows(kept, tmp_path):
    file = tmp_path / "my texts.txt"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(TEXTS).encode())
    done = run(kept, file)
    assert (done.returncode, done.stderr) == (0, b"")
    header, *found = rows(done.stdout)
    assert header == ["label", "probability", "text"] and found == due(TEXTS)
    assert b"\r" not in done.stdout  # the same on every system
    again = run(kept, "-", text=file.read_bytes())
    assert again.stdout == done.stdout


def test_a_csv_file_into_a_file(kept, tmp_path):
    texts = [*TEXTS, "two\r\nlines", "old\rMac"]
    file, into = tmp_path / "mine.CSV", tmp_path / "answers.csv"
    with open(file, "w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerows([["id", "headline"], *enumerate(texts)])
    into.write_text("old", encoding="utf-8")
    done = run(kept, file, "--column", "headline", "--labels", "--into", into)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    header, *found = rows(into.read_bytes())
    assert header[2:] == ["text", "p(finance)", "p(科技)", "p(film, TV)"]
    assert found == due(texts, all_labels=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.csv", "mine.CSV"]


def test_standard_output_that_is_closed_early(kept, tmp_path):
    file = tmp_path / "long.txt"
    file.write_text("Rates rise, and rise again\n" * 20_000, encoding="utf-8")
    command = [sys.executable, "-m", "helpers.classify", str(kept), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"label,probability,text\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_an_error_is_one_sentence_and_the_exit_code_1(kept, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_bytes(b"text\nfine\n" + b"caf\xe9\n")
    done = run(kept, file, "--into", tmp_path / "answers.csv")
    assert done.returncode == 1 and done.stdout == b""
    said = done.stderr.decode()
    assert said == "error: line 3 of bad.csv: byte 0xe9 is not UTF-8; save the file as UTF-8\n"
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


def test_names_that_are_wrong(kept, tmp_path, capsys):
    file = tmp_path / "mine.csv"
    file.write_text("headline\nRates rise\n", encoding="utf-8")
    for arguments, said in (
        ([kept, tmp_path / "none.txt"], "there is no file"),
        ([kept, tmp_path], "is a folder; name a file of texts"),
        ([tmp_path / "none", file], "there is no folder"),
        ([tmp_path, file], "has no settings.json"),
        ([kept, file], "the column 'text' is missing; the columns are 'headline'"),
        ([kept, file, "--column", "headline", "--into", file], "is the file with the texts"),
        ([kept, file, "--into", tmp_path], "is a folder, or in none"),
        ([kept, file, "--into", tmp_path / "none" / "a.csv"], "is a folder, or in none"),
    ):
        into = tmp_path / "answers.csv"  # so that nothing needs a real standard output
        more = [] if "--into" in arguments else ["--into", into]
        assert classify.main([str(argument) for argument in arguments + more]) == 1
        error = capsys.readouterr().err
        assert error.startswith("error: ") and said in error and error.count("\n") == 1
        assert not into.exists()
    assert file.read_text(encoding="utf-8") == "headline\nRates rise\n"


def test_many_batches_keep_their_order(kept, monkeypatch):
    monkeypatch.setattr(classify, "BATCH", 3)
    texts = [f"rates {n}" if n % 4 else "" for n in range(100)]
    output = io.StringIO()
    assert classify.write_answers(small(), iter(texts), output) == 100
    assert [row[2] for row in rows(output.getvalue().encode())[1:]] == texts


def test_only_a_batch_is_in_memory_at_a_time(monkeypatch):
    monkeypatch.setattr(classify, "BATCH", 10)
    taken = []

    class Watched(io.StringIO):
        def write(self, text):
            assert len(taken) - self.getvalue().count("\n") <= 10
            return super().write(text)

    texts = (taken.append(n) or f"rates {n}" for n in range(95))
    assert classify.write_answers(small(), texts, Watched()) == 95


def test_a_classifier_with_nltk_tokens_finds_its_tables(tmp_path, monkeypatch):
    monkeypatch.delenv("NLTK_DATA")
    folder = saved_classifier.save(small(tokenize), tmp_path / "kept")
    done = run(folder, "-", text=b"Rates rise")
    assert done.returncode == 0, done.stderr
    assert rows(done.stdout)[1][2] == "Rates rise"
