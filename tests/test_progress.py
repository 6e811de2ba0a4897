"""Bars that a reader sees and that leave nothing behind; none while a notebook is stored."""

import nbclient
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.progress import progress


def go_through(capsys):
    assert list(progress(range(3), "counting")) == [0, 1, 2]
    return capsys.readouterr()


@pytest.mark.parametrize("quiet", ["1", "yes"])
def test_quiet_prints_nothing(monkeypatch, capsys, quiet):
    monkeypatch.setenv("COURSE_QUIET", quiet)
    assert go_through(capsys) == ("", "")


@pytest.mark.parametrize("quiet", [None, "", "0"])
def test_a_bar_goes_to_the_error_stream(monkeypatch, capsys, quiet):
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    if quiet is not None:
        monkeypatch.setenv("COURSE_QUIET", quiet)
    out, err = go_through(capsys)
    assert out == ""
    assert "counting" in err and "0/3" in err


def test_a_bar_can_be_moved_by_hand_and_counted_in_bytes(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    with progress(
        description="fetching", total=2000, unit="B", unit_scale=True, mininterval=0
    ) as bar:
        bar.update(2000)
    assert "2.00k/2.00k" in capsys.readouterr().err


def test_in_a_notebook_a_bar_is_seen_and_then_gone(monkeypatch):
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    cells = [
        "from helpers.progress import progress\nbars = [progress('abc', '1 < 2', mininterval=0)]",
        "for bar in bars:\n    for i in bar:\n        print(i, bar.output.display_id is not None)",
    ]
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    seen = []
    client = nbclient.NotebookClient(
        notebook, on_cell_executed=lambda cell, **_: seen.append([dict(o) for o in cell.outputs])
    )
    client.execute()
    assert seen[0][0]["data"]["text/html"].startswith("<pre>1 &lt; 2:   0%")
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    shown = [output for output in outputs if output.output_type != "stream"]
    assert len(shown) == 1 and shown[0].data["text/html"] == ""
    printed = [output for output in outputs if output.output_type == "stream"]
    assert {output.name for output in printed} == {"stdout"}
    assert "".join(output.text for output in printed) == "a True\nb True\nc True\n"
