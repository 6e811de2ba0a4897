"""Every exercise of the bank: its solution passes, each wrong answer gets its diagnosis and
loses the points that it should, other right answers pass, its starter is "not attempted", and
nothing odd gets through."""

import math
import re

import numpy as np
import pytest
from kernels import course_notebooks

from helpers import exercises
from helpers.exercises import bank, cells
from helpers.exercises.exercise import POINTS
from helpers.exercises.marking import mark_here as mark

EVERY = bank.every()
each = pytest.mark.parametrize("exercise", EVERY, ids=lambda exercise: exercise.name)
each_wrong = pytest.mark.parametrize(
    ("exercise", "wrong"),
    [
        pytest.param(exercise, wrong, id=f"{exercise.name}: {wrong.mistake}")
        for exercise in EVERY
        for wrong in exercise.wrong
    ],
)

each_right = pytest.mark.parametrize(
    ("exercise", "right"),
    [
        pytest.param(exercise, right, id=f"{exercise.name}: {right.way}")
        for exercise in EVERY
        for right in exercise.right
    ],
)


def made_by(code, exercise):
    """Run code as a cell of its own; return what it gives the check."""
    namespace = {"__name__": "__main__"}
    exec(compile(code, "<answer>", "exec"), namespace)
    return namespace[exercise.answer]


def test_every_notebook_but_the_first_ends_with_two_to_five():
    written = [path.stem[:2] for path in course_notebooks() if path.stem[:2] != "00"]
    assert len(written) >= 4
    assert set(written) <= set(bank.notebooks())
    for number in bank.notebooks():
        assert 2 <= len(bank.of_notebook(number)) <= 5, number
        assert all(exercise.notebook == number for exercise in bank.of_notebook(number))


@each
def test_definition_is_whole(exercise):
    assert re.fullmatch(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*", exercise.name)
    assert exercise.difficulty in range(1, 6) and 2 <= exercise.minutes <= 90
    assert list(exercise.stages) == [stage for stage in POINTS if stage in exercise.stages]
    assert len(exercise.stages) >= 2 and not {"values", "part 2"}.isdisjoint(exercise.stages)
    assert len(exercise.hints) == 2 and len(set(exercise.hints)) == 2
    assert len(exercise.right) >= 4 and len(exercise.wrong) >= 8
    assert len({right.way for right in exercise.right}) == len(exercise.right)
    assert len({wrong.mistake for wrong in exercise.wrong}) == len(exercise.wrong)
    assert len({wrong.source(exercise.solution) for wrong in exercise.wrong}) == len(exercise.wrong)
    for sentence in (*exercise.hints, exercise.shows):
        assert sentence.strip().endswith((".", "?", ")", "`")), sentence


@each
def test_solution_passes(exercise):
    found = mark(exercise, made_by(exercise.solution, exercise))
    assert found.right, str(found)
    assert found.points == exercise.points == sum(POINTS[stage] for stage in exercise.stages)
    assert str(found) == f"{exercise.name}: right. {exercise.shows}"


@each_right
def test_another_right_answer_passes(exercise, right):
    found = mark(exercise, made_by(right.source(exercise.solution), exercise))
    assert found.right, str(found)


@each
def test_starter_is_not_attempted(exercise):
    found = mark(exercise, made_by(exercise.starter, exercise))
    assert str(found) == f"{exercise.name}: not attempted yet."
    assert found.points == 0


@each_wrong
def test_wrong_answer_gets_its_diagnosis(exercise, wrong):
    found = mark(exercise, made_by(wrong.source(exercise.solution), exercise))
    assert found.failed == wrong.fails, str(found)
    assert wrong.says in found.diagnosis
    assert found.points == exercise.points_before(wrong.fails) < exercise.points


def raises(*inputs):
    raise RuntimeError("as learners' code does")


def leaves(*inputs):
    raise SystemExit(1)


def endless(*inputs):
    while True:
        pass


class Odd:
    """Refuses whatever can be asked of an object."""

    def __getattribute__(self, name):
        raise RuntimeError("odd")

    __len__ = __iter__ = __float__ = __array__ = __eq__ = __repr__ = __getattribute__
    __hash__ = None


ODD = (
    *("text", [], {}, math.nan, np.full((4, 3), np.nan), np.zeros(0), [[1], [1, 2]], Odd()),
    *(raises, leaves, lambda: 1, lambda *inputs: None, lambda *inputs: Odd(), print, int),
)


@each
def test_nothing_odd_gets_through_or_escapes(exercise, capsys):
    for thing in ODD:
        found = mark(exercise, thing)
        assert found.attempted and not found.right and found.diagnosis


@each
def test_a_loop_that_does_not_end_is_stopped(exercise):
    if not callable(made_by(exercise.solution, exercise)):
        return  # a value: there is nothing to run
    found = mark(exercise, endless, seconds=0.05)
    assert "and was stopped" in found.diagnosis


@each
def test_cell_holds_starter_and_check_and_runs_by_itself(exercise, capsys):
    cell = cells.code_cell(exercise)
    exec(compile(cell, "<cell>", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out == f"{exercise.name}: not attempted yet.\n"
    tried = cells.with_check(exercise, exercise.solution)
    exec(compile(tried, "<cell>", "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out.startswith(f"{exercise.name}: right. ")


@each
def test_hints_come_one_at_a_time_and_the_solution_as_code(exercise, capsys):
    exercises.hint(exercise.name)
    first = capsys.readouterr().out
    assert exercise.hints[0] in first and exercise.hints[1] not in first
    exercises.hint(exercise.name, 2)
    assert exercise.hints[1] in capsys.readouterr().out
    exercises.solution(exercise.name)
    shown = capsys.readouterr().out
    compile(shown, "<solution>", "exec")
    assert mark(exercise, made_by(shown, exercise)).right
