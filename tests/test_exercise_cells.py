"""Exercises are filled into their place in a notebook, and everything else stays."""

import nbformat
import pytest
from exercise_cells import exercise_cells, fill_in, place_of, refresh
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


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


def test_new_words_are_put_in_without_a_run_and_outputs_stay(tmp_path):
    path = tmp_path / "04_title.ipynb"
    book = notebook("# 04", "## Check yourself")
    book.cells += exercise_cells("04")
    book.cells[3].outputs = [new_output("stream", text="04-rows: not attempted yet.\n")]
    book.cells[3].execution_count = 7
    whole = book.copy()
    nbformat.write(whole, path)
    assert not refresh(path)
    source, book.cells[3].source = book.cells[3].source, "old words"
    nbformat.write(book, path)
    assert refresh(path)
    cell = nbformat.read(path, as_version=4).cells[3]
    assert cell.source == source and cell.execution_count == 7
    assert cell.outputs[0].text == "04-rows: not attempted yet.\n"


def test_a_new_exercise_needs_a_run(tmp_path):
    path = tmp_path / "04_title.ipynb"
    nbformat.write(notebook("# 04", "## Check yourself"), path)
    with pytest.raises(ValueError, match=r"lacks the cell task-04-.*make notebooks runs it"):
        refresh(path)
