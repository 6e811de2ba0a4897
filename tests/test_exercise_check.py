"""What a learner calls: check, hint, solution; and what a teacher's assignment calls: grade."""

import dataclasses

import pytest

from helpers import exercises
from helpers.exercises import bank, cells
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Wrong
from helpers.exercises.marking import mark

ROWS = bank.find("04-rows")


def halves(answer):
    if answer.number(6) != 3:
        raise Diagnosis(f"Half of 6 is not {answer.number(6):g}.")


def stumbles(answer):
    raise ZeroDivisionError("in the check itself")


HALF = dataclasses.replace(
    ROWS,
    stages={"shape": lambda answer: answer.number(6), "values": halves},
    shows="Half of six is three.",
)


@pytest.mark.parametrize(
    ("answer", "said", "points"),
    [
        (..., "04-rows: not attempted yet.", 0),
        (lambda x: ..., "04-rows: not attempted yet.", 0),
        (lambda x: [x], "04-rows: not yet. Your result has shape (1,)", 0),
        (lambda x: x, "04-rows: not yet. Half of 6 is not 6.", 1),
        (lambda x: x / 2, "04-rows: right. Half of six is three.", 3),
    ],
)
def test_the_line_and_the_points(answer, said, points):
    found = mark(HALF, answer)
    assert str(found).startswith(said)
    assert found.points == points


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (1, "04-rows: not yet. Part 1: Not 2."),
        (2, "04-rows: not yet. Part 1 is right. Part 2: Not 3."),
        (3, "04-rows: not yet. Parts 1 and 2 are right. Part 3: Not 4."),
    ],
)
def test_the_parts_that_are_right_are_named(answer, said):
    def more_than(least):
        def look(answer):
            if answer.number() <= least:
                raise Diagnosis(f"Not {least + 1}.")

        return look

    parts = {f"part {n}": more_than(n) for n in (1, 2, 3)}
    assert str(mark(dataclasses.replace(HALF, stages=parts), answer)) == said


def test_a_check_that_stumbles_does_not_stop_the_notebook():
    found = mark(dataclasses.replace(HALF, stages={"values": stumbles}), 1)
    assert found.failed == "values" and "ZeroDivisionError" in found.diagnosis


def test_check_prints_one_line_and_grade_returns_the_points_too(capsys):
    def softmax_rows(scores):
        return scores

    exercises.check("04-rows", softmax_rows)
    printed = capsys.readouterr().out
    assert printed.startswith("04-rows: not yet. ") and printed.count("\n") == 1
    assert exercises.grade("04-rows", softmax_rows) == 1.0
    assert capsys.readouterr().out == printed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("04-row", r"there are .*04-rows"),
        ("98-rows", "notebook '98' has no exercises; 01"),
        ("", "has no exercises"),
        (None, "has no exercises"),
    ],
)
def test_an_unknown_name_is_an_error_that_lists_the_known(name, said):
    for call in (exercises.hint, exercises.solution, bank.find):
        with pytest.raises(LookupError, match=said):
            call(name)
    with pytest.raises(LookupError, match=said):
        exercises.check(name, 1)


def test_there_is_no_third_hint():
    with pytest.raises(ValueError, match="none of the number 3"):
        exercises.hint("04-rows", 3)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Wrong("a", "b"), "either a change or its code"),
        (Wrong("a", "b", change=("x", "y"), code="z"), "either a change or its code"),
        (Wrong("a", "b", change=("absent", "y")), "'absent' occurs 0 times"),
        (Wrong("a", "b", change=("axis=1", "y")), "'axis=1' occurs 3 times"),
    ],
)
def test_a_wrong_answer_that_is_not_well_defined_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong.source(ROWS.solution)


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("x = ...", "from helpers import exercises\n\nx = ..."),
        (
            "import torch\nfrom torch import nn\n\nfrom helpers import corpora\n\n\nclass A: ...",
            "import torch\nfrom torch import nn\n\nfrom helpers import corpora\n"
            "from helpers import exercises\n\n\nclass A: ...",
        ),
    ],
)
def test_the_import_joins_the_others(code, whole):
    assert cells.with_import(code) == whole


def test_the_task_says_how_hard_and_how_long():
    text = cells.prompt_cell(ROWS, 1, 3)
    assert text.startswith("### Exercise 1 of 3: A softmax for a whole batch\n\n")
    assert "Difficulty ●○○○○, 1 of 5; about 5 minutes." in text
