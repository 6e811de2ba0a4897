"""Your own CSV: what goes in comes out, and every mistake is named with its line."""

import csv
import gzip
import zipfile

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
        (b"", r"bad.csv is empty; expected a line with the names of the columns"),
        (b"\xef\xbb\xbf\r\n \r\n", r"bad.csv is empty"),
        (b"\n\nheadline,label\na,x\n", r"line 3 of bad.csv: the column 'text' is missing"),
        (b",,\n,,\n", r"line 1 of bad.csv: the column 'text' is missing.*none"),
        (b"text,label\n", r"no rows below its header"),
        (GOOD + b" ,y\n", r"line 8 of bad.csv: the text is empty"),
        (GOOD + b"g,\n", r"line 8 of bad.csv: the label is empty"),
        (GOOD + b"g,h,y\n", r"line 8 of bad.csv: 3 fields, expected 2"),
        (b"text,label\na,x\nb,x\n", r"one class only, 'x' \(first on line 2\)"),
        (GOOD + b"g,z\n", r"the class 'z' \(first on line 8\) has 1 row, too few to split"),
        (GOOD + b"g,z\nh,z\n", r"the class 'z' \(first on line 8\) has 2 rows"),
        (GOOD + b"caf\xe9,y\n", r"line 8 of bad.csv: byte 0xe9 is not utf-8; .*encoding="),
        (GOOD.decode().encode("utf-16"), r"line 1 of bad.csv: this is UTF-16; .*encoding='utf-16'"),
        (GOOD.decode().encode("utf-16-le"), r"line 1 of bad.csv: a zero byte.*'utf-16-le'"),
        (GOOD + b"g\0,y\n", r"line 8 of bad.csv: a zero byte, .*damaged.*export it anew"),
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


def test_a_workbook_a_packed_file_and_a_folder_are_named(tmp_path):
    def packed(member):
        with zipfile.ZipFile(tmp_path / "mine.csv", "w") as archive:
            archive.writestr(member, "x" * 50)

    packed("xl/workbook.xml")
    told = r"mine.csv is a spreadsheet file.*save the sheet as CSV with the encoding UTF-8"
    with pytest.raises(ValueError, match=told):
        own_csv.read(tmp_path / "mine.csv")
    with pytest.raises(ValueError, match=told):  # whatever encoding is tried in despair
        own_csv.read(tmp_path / "mine.csv", encoding="latin-1")
    with zipfile.ZipFile(tmp_path / "mine.csv", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(ValueError, match=told):
        own_csv.read(tmp_path / "mine.csv")
    (tmp_path / "mine.csv").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))
    with pytest.raises(ValueError, match=told):
        own_csv.read(tmp_path / "mine.csv")
    packed("inside.csv")
    with pytest.raises(ValueError, match=r"mine.csv is a zip archive; unpack it"):
        own_csv.read(tmp_path / "mine.csv")
    (tmp_path / "mine.csv").write_bytes(gzip.compress(GOOD))
    with pytest.raises(ValueError, match=r"mine.csv is packed with gzip; unpack it"):
        own_csv.read(tmp_path / "mine.csv")
    with pytest.raises(IsADirectoryError, match=r"is a folder; name the CSV file in it"):
        own_csv.read(tmp_path)


@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        (b"text;label\na, b;x\n", {}, r"'text', 'label' are separated by semicolons; .*';'"),
        (b"text\tlabel\na, b\tx\n", {}, r"separated by tabs; pass delimiter='\\t'"),
        (b'\n"text";"label"\n"a, b";"x"\n', {}, r"separated by semicolons"),
        (b"headline|topic\na|x\n", {}, r"'headline', 'topic' are separated by upright bars"),
        (b"number;text;label, in words\n", {"label": "label, in words"}, "semicolons"),
        (GOOD, {"delimiter": ";"}, r"separated by commas; pass delimiter=','"),
    ],
)
def test_another_delimiter_is_named(tmp_path, content, options, told):
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"line [12] of bad.csv: the columns .*" + told):
        own_csv.read(tmp_path / "bad.csv", **options)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_delimiter_can_be_passed_though_texts_hold_commas(tmp_path, mark):
    rows = [(f"one, two, {name} {i}", name) for name in "xy" for i in range(3)]
    content = "".join(f"{text}{mark}{label}\n" for text, label in [("text", "label"), *rows])
    (tmp_path / "mine.csv").write_text(content, encoding="utf-8")
    assert all_items(own_csv.read(tmp_path / "mine.csv", delimiter=mark)) == sorted(rows)


@pytest.mark.parametrize(
    ("good", "twin"), [("Sport", "SPORT"), ("Big  news", "big news"), ("Sport", "\uff33port")]
)
@pytest.mark.parametrize("split", [None, "part"])
def test_labels_that_differ_only_in_their_looks_are_refused(tmp_path, good, twin, split):
    rows = [("a", good, "train"), ("b", "other", "train"), ("c", good, "test"), ("d", twin, "test")]
    file = write(tmp_path / "bad.csv", rows, header=("text", "label", "part"))
    told = rf"'{good}' \(rows: 2, first on line 2\) and '{twin}' \(rows: 1, first on line 5\)"
    with pytest.raises(ValueError, match=told + r" differ only in .*write them alike"):
        own_csv.read(file, split=split)


def test_spaces_around_labels_and_columns_say_nothing(tmp_path):
    spaced = GOOD.replace(b",x", b", x ").replace(b"text,label", b"text, label ")
    (tmp_path / "mine.csv").write_bytes(spaced)
    assert own_csv.read(tmp_path / "mine.csv").label_names == ["x", "y"]


def test_an_endless_text_is_named_with_pythons_limit_which_stays(tmp_path):
    limit = csv.field_size_limit()
    rows = [*ROWS, ("long " * 30_000, "red")]
    file = write(tmp_path / "long.csv", rows)
    told = r"line 22 of long.csv: a text .*longer than 131,072 characters.*field_size_limit"
    with pytest.raises(ValueError, match=told):
        own_csv.read(file)
    assert csv.field_size_limit() == limit
    try:  # as the message says
        csv.field_size_limit(10_000_000)
        corpus = own_csv.read(file)
    finally:
        csv.field_size_limit(limit)
    assert (rows[-1][0].strip(), "red") in all_items(corpus)
    (tmp_path / "long.csv").write_bytes(b"x" * 200_000)  # no header, no line
    with pytest.raises(ValueError, match=r"line 1 of long.csv: a text .*longer than"):
        own_csv.read(tmp_path / "long.csv")


def test_windows_line_ends_a_mark_and_texts_like_numbers(tmp_path):
    numbers = GOOD.replace(b"a,", b"007,").replace(b"b,", b"1e5,").replace(b"\n", b"\r\n")
    (tmp_path / "mine.csv").write_bytes(b"\xef\xbb\xbf" + numbers)
    items = all_items(own_csv.read(tmp_path / "mine.csv"))
    assert items[:3] == [("007", "x"), ("1e5", "x"), ("c", "x")]
    (tmp_path / "mine.csv").write_bytes(b"\xef\xbb\xbf" + numbers + b",y\r\n")
    with pytest.raises(ValueError, match=r"line 8 of mine.csv: the text is empty"):
        own_csv.read(tmp_path / "mine.csv")
    with pytest.raises(ValueError, match=r"line 1 .* is UTF-8, not cp1252; leave encoding=… out"):
        own_csv.read(tmp_path / "mine.csv", encoding="cp1252")
    (tmp_path / "mine.csv").write_bytes(b"\xff\xfe" + numbers.decode().encode("utf-16-le"))
    assert all_items(own_csv.read(tmp_path / "mine.csv", encoding="utf-16-le")) == items


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
