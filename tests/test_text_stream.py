"""Texts come out of lines and CSV one by one; what is no such file is named for what it is."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.text.text_stream import decoded_lines, texts_of_csv, texts_of_lines

FIELD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.tuples(FIELD, FIELD)), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]))
def test_what_csv_writes_is_read_back(table, delimiter, end):
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("other", "text"), *table])
    lines = decoded_lines(io.BytesIO(written.getvalue().encode("utf-8-sig")))
    assert list(texts_of_csv(lines, "text")) == [text for _, text in table]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"))))
def test_lines_are_kept_in_step(texts):
    content = "".join(text + "\r\n" for text in texts).encode("utf-8-sig")
    assert list(texts_of_lines(decoded_lines(io.BytesIO(content)))) == texts


def test_empty_lines_of_a_csv_file():
    assert list(texts_of_csv(["text\n", "a\n", "\n", "b\n"], "text")) == ["a", "", "b"]
    assert list(texts_of_csv(["id,text\n", "1,a\n", "\n", "2,\n"], "text")) == ["a", ""]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("PK\x03\x04…", "the file is a spreadsheet or a zip archive"),
        ("\x1f\x8b", "the file is packed with gzip"),
        ("a\nb\0\n", "line 2 of the file: a zero byte"),
    ],
)
def test_other_files_are_named(content, said):
    raw = content.encode("latin-1", "ignore")
    with pytest.raises(ValueError, match=said):
        list(decoded_lines(io.BytesIO(raw)))


def test_other_encodings_are_named():
    with pytest.raises(ValueError, match="is UTF-16; save it as UTF-8"):
        list(decoded_lines(io.BytesIO("Zürich".encode("utf-16"))))
    with pytest.raises(ValueError, match=r"line 2 of mine.txt: byte 0xfc is not UTF-8"):
        list(decoded_lines(io.BytesIO("a\nZürich".encode("latin-1")), "mine.txt"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the column 'text' is missing; the columns are none"),
        ("Text;label\n", "the columns are 'Text', 'label'"),
        ("text,text\n", "stands there twice"),
        ("id,text\n1,a\n2,b,c\n", "line 3 of the file: 3 fields, expected 2"),
        ('id,text\n1,"a\nb"\n2,"b\n3,c', "line 4 of the file: the double quotes of the row"),
        ('id,text\n1,"a" b\n', "line 2 of the file: the double quotes"),
    ],
)
def test_faults_of_a_csv_file_are_named(content, said):
    with pytest.raises(ValueError, match=said):
        list(texts_of_csv(content.splitlines(keepends=True), "text"))
