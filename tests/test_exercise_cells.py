"""Exercises are filled into their place in a notebook, and everything else stays."""

from exercise_cells import exercise_cells, fill_in, place_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def notebook(*sources):
    return new_notebook(cells=[new_markdown_cell(source) for source in sources])


def test_they_stand_between_their_heading_and_the_next():
    book = notebook("# 04", "Text.\n\n## Check yourself\n\nDo.", "old", "## Take it with you", "z")
    fill_in(book, "04")
    sources = [cell.source for cell in book.cells]
    assert sources[:2] == ["# 04", "Text.\n\n## Check yourself\n\nDo."]
    assert sources[2:-2] == [cell.source for cell in exercise_cells("04")]
    assert sources[-2:] == ["## Take it with you", "z"]
    assert [cell.cell_type for cell in book.cells[2:4]] == ["markdown", "code"]
    assert book.cells[3].metadata.tags == ["exercise"]
    again = [cell.id for cell in book.cells]
    fill_in(book, "04")
    assert [cell.id for cell in book.cells] == again


def test_at_the_end_of_a_notebook_too():
    book = notebook("# 04", "## Check yourself")
    fill_in(book, "04")
    assert len(book.cells) == 2 + len(exercise_cells("04"))


def test_without_heading_or_exercises_nothing_changes():
    book = notebook("# 04", "Check yourself")
    assert place_of(book) is None
    fill_in(book, "04")
    assert len(book.cells) == 2
    book = notebook("# 00", "## Check yourself", "my own")
    book.cells.append(new_code_cell("x = 1"))
    fill_in(book, "00")
    assert len(book.cells) == 4
