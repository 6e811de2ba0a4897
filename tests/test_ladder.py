"""The ladder keeps every rung, whoever writes, and refuses what can't be one."""

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest

from helpers.evaluation import ladder
from helpers.evaluation.ladder import Ladder, Rung
from helpers.text.labelled_texts import Corpus, Split

RUNG = Rung("pooled", "reuters-r8", 0.9712, 0.9412, 700_000, 1.81, 2.8, "2 CPU cores", "07")


@pytest.fixture
def empty(tmp_path):
    return Ladder(own=tmp_path / "build" / "own.csv", published=tmp_path / "published.csv")


def test_what_is_recorded_is_read_back(empty):
    assert empty.rungs() == []
    empty.record(RUNG)
    other = replace(RUNG, corpus="newsroom")
    empty.record(other)
    assert empty.rungs() == [RUNG, other]
    assert empty.rungs("newsroom") == [other]


def test_added_predictions_are_measured_on_the_test_part(empty):
    test = Split(["a", "b", "c", "d"], [0, 0, 1, 1])
    corpus = Corpus("toy", ["x", "y"], Split([], []), Split([], []), test)
    rung = empty.add("guess", corpus, np.array([0, 0, 1, 0]), 3, 0.5, 0.1, "07")
    assert rung.accuracy == 0.75
    assert rung.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    (read,) = empty.rungs("toy")
    assert (read.method, read.parameters, read.notebook) == ("guess", 3, "07")
    assert read.macro_f1 == pytest.approx(rung.macro_f1, abs=1e-4)


def test_a_method_with_commas_and_quotes_survives(empty):
    rung = replace(RUNG, method='bag, of "words"')
    empty.record(rung)
    assert empty.rungs() == [rung]


def test_yours_stand_in_the_place_of_the_published(empty):
    first, second = RUNG, replace(RUNG, method="LoRA")
    ladder.write(empty.published, [first, second])
    mine = replace(RUNG, accuracy=0.5, machine="mine")
    empty.record(mine)
    assert empty.rungs() == [mine, second]
    empty.record(replace(mine, accuracy=0.6))
    assert [rung.accuracy for rung in empty.rungs()] == [0.6, RUNG.accuracy]


def test_an_environment_variable_names_your_file(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_LADDER", str(tmp_path / "mine.csv"))
    Ladder().record(RUNG)
    assert Ladder(own=tmp_path / "mine.csv").rungs(RUNG.corpus)[-1] == RUNG


def test_table_is_markdown_with_one_row_a_method(empty):
    empty.record(RUNG)
    empty.record(replace(RUNG, corpus="newsroom"))
    table = empty.table("reuters-r8")
    assert table.splitlines()[2:] == [
        "| pooled | 0.9712 | 0.9412 | 700,000 | 1.8 | 2.8 | 2 CPU cores | 07 |"
    ]
    assert table._repr_markdown_() == str(table)


def test_rungs_up_to_a_notebook_leave_out_what_later_ones_measured(empty):
    later = replace(RUNG, method="later", notebook="08")
    empty.record(RUNG)
    empty.record(later)
    assert empty.rungs("reuters-r8", up_to="07") == [RUNG]
    assert empty.rungs("reuters-r8") == [RUNG, later]
    assert "later" in empty.table("reuters-r8")
    assert "later" not in empty.table("reuters-r8", up_to="07")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"accuracy": 97.1}, r"accuracy of 'pooled' is 97\.1; it must be 0 to 1"),
        ({"macro_f1": float("nan")}, r"macro_f1 of 'pooled' is nan"),
        ({"seconds": -1.0}, r"seconds of 'pooled' is -1\.0; it can't be negative"),
        ({"megabytes": float("inf")}, r"megabytes of 'pooled' is inf"),
    ],
)
def test_what_can_not_be_a_rung_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(RUNG, **change)


def test_a_mangled_line_is_named(empty):
    empty.record(RUNG)
    with open(empty.own, "a", encoding="utf-8") as file:
        file.write("pooled,reuters-r8,much,0.9,1,1,1,m,07\n")
    with pytest.raises(ValueError, match=r"line 3 of own.csv is no rung .*'much'"):
        empty.rungs()


def _record(own, published, number):
    Ladder(own, published).record(replace(RUNG, method=f"method {number}"))


@pytest.mark.slow
def test_notebooks_that_write_at_once_lose_nothing(empty):
    kind = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(kind)
    context.set_forkserver_preload([__name__])  # what takes long is imported once, not four times
    with context.Pool(4) as pool:
        pool.starmap(_record, [(empty.own, empty.published, n) for n in range(8)])
    assert sorted(rung.method for rung in empty.rungs()) == [f"method {n}" for n in range(8)]


def test_the_published_ladder_can_be_read():
    published = Ladder(own="nowhere.csv").rungs("reuters-r8")
    first = {"majority class", "article's ten-word network", "averaged word vectors"}
    assert first <= {rung.method for rung in published}
    assert all(rung.machine for rung in published)


def test_machine_names_cores_and_no_host():
    assert "CPU cores" in ladder.machine("cpu")
    assert ladder.machine("mps").startswith("Apple GPU")
