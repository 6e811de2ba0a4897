"""Your own CSV: what goes in comes out, and every mistake is named with its line."""

import csv

import pytest

from helpers.text import own_csv

ROWS = [(f"text number {i} of {name}", name) for name in ("red", "blue") for i in range(10)]


def write(path, rows, header=("text", "label"), encoding="utf-8"):
    with open(path, "w", newline="", encoding=encoding) as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def all_items(corpus):
    parts = (corpus.train, corpus.validation, corpus.test)
    return sorted(
        (text, corpus.label_names[label])
        for part in parts
        for text, label in zip(part.texts, part.labels, strict=True)
    )


def test_every_row_lands_in_exactly_one_part_with_its_label(tmp_path):
    corpus = own_csv.read(write(tmp_path / "mine.csv", ROWS))
    assert corpus.name == "mine"
    assert corpus.label_names == ["blue", "red"]
    assert all_items(corpus) == sorted(ROWS)
    for part, size in ((corpus.test, 4), (corpus.validation, 2), (corpus.train, 14)):
        assert len(part) == size
        assert part.labels.count(0) == part.labels.count(1)


def test_quotes_commas_line_breaks_and_chinese_survive(tmp_path):
    rows = [*ROWS, ('She said "no, thanks"\nand left', "red"), ("财经新闻，今日", "blue")]
    corpus = own_csv.read(write(tmp_path / "mine.csv", rows))
    assert all_items(corpus) == sorted(rows)


def test_other_column_names_and_a_byte_order_mark(tmp_path):
    file = write(tmp_path / "mine.csv", ROWS, header=("headline", "topic"), encoding="utf-8-sig")
    corpus = own_csv.read(file, text="headline", label="topic")
    assert all_items(corpus) == sorted(ROWS)


def test_a_split_column_decides(tmp_path):
    rows = [
        (f"{part} {name}", name, part)
        for name in ("red", "blue")
        for part in ("train", "validation", "test")
    ]
    file = write(tmp_path / "mine.csv", rows, header=("text", "label", "part"))
    corpus = own_csv.read(file, split="part")
    assert sorted(corpus.test.texts) == ["test blue", "test red"]
    assert sorted(corpus.validation.texts) == ["validation blue", "validation red"]


def test_same_seed_same_parts_other_seed_other_parts(tmp_path):
    file = write(tmp_path / "mine.csv", ROWS)
    first, again, other = (own_csv.read(file, seed=seed) for seed in (1, 1, 2))
    assert first.test.texts == again.test.texts
    assert first.test.texts != other.test.texts


def test_three_rows_of_a_class_are_enough(tmp_path):
    corpus = own_csv.read(write(tmp_path / "mine.csv", ROWS[:10] + ROWS[10:13]))
    blue = corpus.label_names.index("blue")
    for part in (corpus.train, corpus.validation, corpus.test):
        assert part.labels.count(blue) == 1


GOOD = b"text,label\na,x\nb,x\nc,x\nd,y\ne,y\nf,y\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"headline,label\na,x\n", r"line 1 of bad.csv: the column 'text' is missing.*'headline'"),
        (b"text,label,text\na,x,b\n", r"line 1 of bad.csv: the column 'text' stands there twice"),
        (b"", r"line 1 of bad.csv: the column 'text' is missing.*none"),
        (b"text,label\n", r"no rows below its header"),
        (GOOD + b" ,y\n", r"line 8 of bad.csv: the text is empty"),
        (GOOD + b"g,\n", r"line 8 of bad.csv: the label is empty"),
        (GOOD + b"g,h,y\n", r"line 8 of bad.csv: 3 fields, expected 2"),
        (b"text,label\na,x\nb,x\n", r"one class only, 'x' \(first on line 2\)"),
        (GOOD + b"g,z\n", r"the class 'z' \(first on line 8\) has 1 row, too few to split"),
        (GOOD + b"g,z\nh,z\n", r"the class 'z' \(first on line 8\) has 2 rows"),
        (GOOD + b"caf\xe9,y\n", r"line 8 of bad.csv: byte 0xe9 is not utf-8; .*encoding="),
        (GOOD.decode().encode("utf-16"), r"line 1 of bad.csv: this is UTF-16"),
        (GOOD + b'"never closed,y\nh,y\n', r"line 8 of bad.csv: the double quotes of the row"),
        (
            GOOD + b'"closed by the next row,y\n"h",y\n',
            r"line 8 of bad.csv: .*noticed at line 9",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, content, message):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        own_csv.read(file)


def test_a_row_that_spans_lines_is_named_by_its_first(tmp_path):
    file = tmp_path / "bad.csv"
    file.write_bytes(GOOD + b'"one\ntwo\nthree",y\n,y\n')
    with pytest.raises(ValueError, match=r"line 11 of bad.csv: the text is empty"):
        own_csv.read(file)


def test_a_wrong_part_name_and_a_part_without_a_class(tmp_path):
    rows = [("a", "x", "train"), ("b", "y", "dev")]
    file = write(tmp_path / "bad.csv", rows, header=("text", "label", "split"))
    with pytest.raises(ValueError, match=r"line 3 of bad.csv: split is 'dev'"):
        own_csv.read(file, split="split")
    rows = [("a", "x", "train"), ("b", "y", "train"), ("c", "x", "test")]
    file = write(tmp_path / "bad.csv", rows, header=("text", "label", "split"))
    with pytest.raises(ValueError, match=r"class 'x' .* has no row in the part 'validation'"):
        own_csv.read(file, split="split")


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nowhere.csv"):
        own_csv.read(tmp_path / "nowhere.csv")
