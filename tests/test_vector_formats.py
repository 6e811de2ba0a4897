"""Text files of word vectors: both formats and their quirks are read, nothing else is, and the
line is named."""

import io
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.sources import published_vectors
from helpers.vectors import formats, word_vectors
from helpers.vectors.formats import save
from helpers.vectors.word_vectors import WordVectors


def read_text(*arguments, **options):
    return WordVectors(*formats.read_text(*arguments, **options))


@pytest.fixture
def write(tmp_path):
    def to_file(content, name="glove.txt", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return to_file


GLOVE = "the 0.5 -1 2e-3\n, 0.25 0 7\nnaïve 1 2 3\n"
MATRIX = np.array([[0.5, -1, 2e-3], [0.25, 0, 7], [1, 2, 3]], np.float32)


# --- what is read ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        GLOVE,
        GLOVE.rstrip("\n"),
        GLOVE + "\n\n",
        GLOVE.replace("\n", "\r\n"),
        GLOVE.replace("\n", " \n"),
        "\ufeff" + GLOVE,
        "3 3\n" + GLOVE,
        "3 3\n" + GLOVE.replace("\n", " \n"),
        "3 3\r\n" + GLOVE.replace("\n", "\r\n"),
        "\ufeff3 3\n" + GLOVE,
    ],
    ids=repr,
)
def test_both_formats_and_their_habits_are_read(content, write):
    v = read_text(write(content))
    assert v.words == ["the", ",", "naïve"]
    assert v.matrix.dtype == np.float32
    assert (v.matrix == MATRIX).all()
    assert (v["naïve"] == MATRIX[2]).all()


def test_words_may_hold_spaces_numbers_and_odd_characters(write):
    words = [
        ",",
        ". . .",
        "2008",
        "at name@domain.com",
        "\x85",
        "\u2028",
        "a\u00a0b",
        "\t",
        "-1",
        "1_0",
    ]
    words += ["• name@domain.com", "nan", "inf", "\u3000", "\x0c", "\r\rx"]
    content = "".join(f"{word} {i} 0.5 -{i}\n" for i, word in enumerate(words))
    v = read_text(write(content))
    assert v.words == words
    assert (v.matrix == [[i, 0.5, -i] for i in range(len(words))]).all()


def test_words_with_spaces_in_the_first_line_do_not_mislead_about_the_dimensions(write):
    v = read_text(write(". . . 1 2\na b 3 4\nthe 5 6\n"))
    assert v.words == [". . .", "a b", "the"] and v.dimensions == 2


def test_one_number_a_word_is_not_taken_for_a_header(write):
    v = read_text(write("12 5\n13 6\n"))
    assert v.words == ["12", "13"] and v.matrix.tolist() == [[5.0], [6.0]]
    v = read_text(write("2 1\n12 5\n13 6\n"))
    assert v.words == ["12", "13"] and v.matrix.tolist() == [[5.0], [6.0]]


def test_only_so_many_words_are_read_as_asked(write):
    damaged = GLOVE + "broken line\n"
    for content in (damaged, "9 3\n" + damaged):
        v = read_text(write(content), limit=2)
        assert v.words == ["the", ","] and (v.matrix == MATRIX[:2]).all()
    assert len(read_text(write(GLOVE), limit=99)) == 3


def test_of_two_vectors_the_first_can_be_kept(write):
    again = GLOVE + "the 9 9 9\nlast 4 5 6\n"
    for content in (again, "5 3\n" + again):
        v = read_text(write(content), duplicates="first")
        assert v.words == ["the", ",", "naïve", "last"]
        assert (v["the"] == MATRIX[0]).all() and (v["last"] == [4, 5, 6]).all()


def test_a_file_that_was_cut_off_is_found_even_where_words_may_repeat(write):
    with pytest.raises(ValueError, match="promises 5 words, 4 follow"):
        read_text(write("5 3\n" + GLOVE + "the 9 9 9\n"), duplicates="first")


def test_another_encoding_can_be_named(write):
    v = read_text(write(GLOVE, encoding="latin-1"), encoding="latin-1")
    assert v.words[2] == "naïve"


def test_the_courses_own_vectors_come_back_from_text(write):
    glove = published_vectors.load("glove-6b-50d").most_frequent(3000)
    rows = (" ".join(map(repr, row)) for row in glove.matrix.tolist())
    text = "".join(f"{word} {row}\n" for word, row in zip(glove.words, rows, strict=True))
    v = read_text(write(text))
    assert v.words == glove.words and (v.matrix == glove.matrix).all()


plain = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r \ufeff"), min_size=1
)
spaced = st.lists(plain, min_size=1, max_size=3).map(lambda parts: " ".join([*parts, "x"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(plain | spaced, min_size=2, max_size=6, unique=True),
    rows=hnp.arrays(np.float32, (6, 3), elements=st.floats(-(2.0**99), 2.0**99, width=32)),
    header=st.booleans(),
)
def test_what_is_written_is_read(words, rows, header, write):
    rows = rows[: len(words)]
    lines = [f"{w} {' '.join(map(repr, row))}" for w, row in zip(words, rows.tolist(), strict=True)]
    v = read_text(write("\n".join([f"{len(words)} 3"] * header + lines) + "\n"))
    assert v.words == words
    assert (v.matrix == rows).all()


def test_reading_needs_little_more_memory_than_the_matrix(tmp_path):
    path = tmp_path / "large.txt"
    row = " ".join(["0.123456"] * 200)
    path.write_text("".join(f"word{i} {row}\n" for i in range(5000)), encoding="utf-8")
    tracemalloc.start()
    try:
        v = read_text(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert v.matrix.nbytes == 4_000_000
    assert peak < 1.6 * v.matrix.nbytes  # its numbers as Python floats alone would be 8 times it


# --- what is refused, by line ---------------------------------------------------------------

LINES = [f"w{i} 1 2 3" for i in range(12_040)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("naïve 1 2", "line 12,041 of glove.txt: 2 numbers after 'naïve', expected 3"),
        ("naïve 1 2 3 4", "line 12,041 of glove.txt: 4 numbers after 'naïve', expected 3"),
        ("2008 1 2", "line 12,041 of glove.txt: 2 numbers after '2008', expected 3"),
        ("2008 1 2 3 4", "line 12,041 of glove.txt: 4 numbers after '2008', expected 3"),
        (". . . 1 2", "line 12,041 of glove.txt: 2 numbers after '. . .', expected 3"),
        ("naïve", "line 12,041 of glove.txt: 0 numbers after 'naïve', expected 3"),
        (
            "naïve\t1\t2\t3",
            r"line 12,041 of glove.txt: 0 numbers after 'naïve\t1\t2\t3', expected 3",
        ),
        (
            "naïve 1 x 3",
            "line 12,041 of glove.txt: 'x' after 'naïve' is not a number (place 2 of 3)",
        ),
        (
            "naïve 1 2 x",
            "line 12,041 of glove.txt: 'x' after 'naïve' is not a number (place 3 of 3)",
        ),
        ("naïve 1  3", "line 12,041 of glove.txt: '' after 'naïve' is not a number (place 2 of 3)"),
        ("naïve 1 2,5 3", "'2,5' after 'naïve' is not a number (place 2 of 3)"),
        ("naïve 1 1_000 3", "'1_000' after 'naïve' is not a number (place 2 of 3)"),
        ("naïve 1 nan 3", "line 12,041 of glove.txt: number 2 after 'naïve' is nan"),
        ("naïve -inf 2 3", "line 12,041 of glove.txt: number 1 after 'naïve' is -inf"),
        ("naïve 1 2 1e39", "line 12,041 of glove.txt: number 3 after 'naïve' is inf"),
        (" 1 2 3", "line 12,041 of glove.txt: no word, the line begins with a space"),
        ("w7 4 5 6", "line 12,041 of glove.txt: 'w7' stands already on line 8; pass duplicates='f"),
    ],
)
@pytest.mark.parametrize("at_the_end", [False, True])
def test_a_bad_line_is_named_by_its_number(line, message, at_the_end, write):
    content = "\n".join([*LINES, line, *([] if at_the_end else ["last 1 2 3"])]) + "\n"
    with pytest.raises(ValueError) as raised:
        read_text(write(content))
    assert message in str(raised.value)


def test_an_empty_line_is_refused_but_not_at_the_end(write):
    with pytest.raises(ValueError, match=r"line 12,041 of glove\.txt is empty; delete it"):
        read_text(write("\n".join([*LINES, "", "last 1 2 3"])))
    assert len(read_text(write("\n".join([*LINES, "", ""])))) == 12_040


def test_a_header_moves_the_line_numbers_by_one(write):
    with pytest.raises(ValueError, match=r"line 3 of w2v\.vec: 2 numbers after 'b', expected 3"):
        read_text(write("2 3\na 1 2 3\nb 1 2\n", "w2v.vec"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "glove.txt is empty; expected a word and its numbers on each line"),
        (b"\n\n", "glove.txt is empty"),
        (b"only words here\n", "line 1 of glove.txt: no numbers after 'only words here'"),
        ("3 3\n" + GLOVE.split("naïve")[0], "promises 3 words, 2 follow; the file was cut off"),
        ("2 3\n" + GLOVE, "promises 2 words, 3 follow"),
        ("3 4\n" + GLOVE, "line 2 of glove.txt: 3 numbers after 'the', expected 4"),
        ("1000000000000 3\n" + GLOVE, "promises 1,000,000,000,000 words, 3 follow"),
        ("3 1000000000000\n" + GLOVE, "line 2 of glove.txt: 3 numbers after 'the', expected 10000"),
        (b"5 3\n", "promises 5 words, 0 follow"),
        (GLOVE.encode("latin-1"), "line 3 of glove.txt: byte 0xef is not utf-8; pass encoding=..."),
        (GLOVE.encode("utf-16"), "line 1 of glove.txt: byte 0xff is not utf-8"),
        (b"2 3\nthe \x00\x00\x80?\xff\xfe\n", "line 2 of glove.txt: byte 0x80 is not utf-8"),
        (b"PK\x03\x04rest", "glove.txt is a zip archive, not text; unpack it first"),
        (b"\x1f\x8brest", "glove.txt is packed with gzip, not text"),
    ],
)
def test_a_file_that_is_none_of_the_two_formats_is_refused(content, message, write):
    with pytest.raises(ValueError) as raised:
        read_text(write(content))
    assert message in str(raised.value)


def test_a_missing_file_and_wrong_settings_are_refused(write, tmp_path):
    told = r"there is no file .*missing\.txt; check the name and the folder"
    with pytest.raises(FileNotFoundError, match=told):
        read_text(tmp_path / "missing.txt")
    with pytest.raises(IsADirectoryError, match=r" is a folder; name the text file in it"):
        read_text(tmp_path)
    with pytest.raises(ValueError, match="limit is 0; read one word or more"):
        read_text(write(GLOVE), limit=0)
    with pytest.raises(ValueError, match="duplicates is 'last'; use 'error' or 'first'"):
        read_text(write(GLOVE), duplicates="last")


# --- kept, and opened again -----------------------------------------------------------------


def test_what_is_saved_opens_memory_mapped_and_equal(tmp_path):
    words = ["the", ". . .", "\x85", "\u2028", "naïve", "词"]
    matrix = np.arange(12, dtype=np.float32).reshape(6, 2)
    save(words, matrix, tmp_path / "mine")
    again = word_vectors.load(tmp_path / "mine")
    assert again.words == words
    assert (again.matrix == matrix).all() and isinstance(again.matrix.base, np.memmap)


def test_saving_never_writes_over_a_folder_and_leaves_nothing_half_done(tmp_path, monkeypatch):
    v = ["a"], np.ones((1, 2))
    save(*v, tmp_path / "mine")
    with pytest.raises(FileExistsError, match="mine exists already; delete it or choose"):
        save(*v, tmp_path / "mine")
    with pytest.raises(ValueError, match=r"'a\\nb' has a line break inside"):
        save(["a\nb"], np.ones((1, 2)), tmp_path / "other")
    with pytest.raises(ValueError, match=r"2 words, but a matrix of shape \(1, 2\)"):
        save(["a", "b"], np.ones((1, 2)), tmp_path / "other")
    with pytest.raises(ValueError, match=r"1 words, but a matrix of shape \(1,\)"):
        save(["a"], np.ones(1), tmp_path / "other")

    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="no space left"):
        save(*v, tmp_path / "other")
    assert not (tmp_path / "other").exists()
    monkeypatch.undo()
    save(*v, tmp_path / "other")
    assert word_vectors.load(tmp_path / "other").words == ["a"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "other"]


def test_a_progress_bar_shows_unless_it_is_quiet(write, monkeypatch):
    shown = io.StringIO()
    monkeypatch.setattr("sys.stderr", shown)
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    read_text(write(GLOVE))
    assert "reading glove.txt" in shown.getvalue()
    monkeypatch.setenv("COURSE_QUIET", "1")
    shown.truncate(0)
    read_text(write(GLOVE))
    assert shown.getvalue().strip("\x00") == ""
