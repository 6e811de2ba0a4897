"""Notebook 02's checks pass the solutions that the notebook itself gives, and reject plausible
mistakes with the diagnosis that fits."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from helpers import exercises
from helpers.exercises import nb02

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "02_word_vectors.ipynb"
NAMES = {"02-cosines": "all_cosines", "02-multiplied": "three_cos_mul", "02-ranks": "spearman"}


@pytest.fixture(scope="module")
def solutions():
    """Run every solution that stands in the notebook's prose."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    prose = "".join("".join(c["source"]) + "\n" for c in cells if c["cell_type"] == "markdown")
    space = {"np": np}
    for block in re.findall(r"<summary>Solution[^<]*</summary>\s*```python\n(.*?)```", prose, re.S):
        exec(block, space)
    return space


@pytest.fixture(scope="module")
def starters():
    """Run the functions that the exercise cells begin with."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    space = {"np": np}
    for cell in cells:
        if "exercise" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]).split("answer =")[0], space)
    return space


@pytest.mark.parametrize("name", NAMES)
def test_the_notebooks_own_solution_passes(name, solutions, capsys):
    exercises.check(name, solutions[NAMES[name]])
    assert capsys.readouterr().out.startswith(f"{name}: right. ")


@pytest.mark.parametrize("name", NAMES)
def test_what_the_exercise_begins_with_does_not_pass(name, starters, capsys):
    exercises.check(name, starters[NAMES[name]])
    assert capsys.readouterr().out.startswith(f"{name}: not yet. ")


@pytest.mark.parametrize("name", NAMES)
def test_not_attempted_yet_is_calm(name, capsys):
    exercises.check(name, None)
    assert capsys.readouterr().out == f"{name}: not attempted yet.\n"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (3.0, "A function is asked for; this is a float"),
        (lambda *a: None, "returns None; is its return line missing"),
        (lambda *a: np.zeros((7, 7)), "shape (7, 7), expected"),
        (lambda *a: "x", "Your result is 'x', expected numbers"),
        (lambda: 1, "stopped with TypeError"),
    ],
)
def test_what_is_no_such_function_is_said(name, answer, diagnosis, capsys):
    exercises.check(name, answer)
    out = capsys.readouterr().out
    assert out.startswith(f"{name}: not yet. ")
    assert diagnosis in out


# --- cosines --------------------------------------------------------------------------------


def norm(m, axis=1, keepdims=True):
    return np.linalg.norm(m, axis=axis, keepdims=keepdims)


def in_place(a, b):
    a /= norm(a)
    b /= norm(b)
    return a @ b.T


def only_the_example(a, b):
    return a @ b.T / np.array([[5], [1], [8**0.5]]) / 5 if len(a) == 3 else a @ b.T


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (
            lambda a, b: a @ b.T,
            "For the rows (3, 4) and (4, 3) you return 24: that is the plain dot",
        ),
        (lambda a, b: (a / norm(a)) @ b.T, "you return 4.8: the lengths of A's rows are divided"),
        (lambda a, b: a @ (b / norm(b)).T, "you return 4.8: the lengths of B's rows are divided"),
        (lambda a, b: (a / norm(a) ** 2) @ (b / norm(b) ** 2).T, "0.0384: the squared lengths"),
        (lambda a, b: (a / norm(a, 0)) @ (b / norm(b, 0)).T, "down the columns"),
        (lambda a, b: (a / np.linalg.norm(a)) @ (b / np.linalg.norm(b)).T, "divided by one number"),
        (lambda a, b: np.linalg.norm(a[:, None] - b, axis=2), "1.41: that is the Euclidean dist"),
        (lambda a, b: 1 - (a / norm(a)) @ (b / norm(b)).T, "the cosine distance"),
        (lambda a, b: np.arccos((a / norm(a)) @ (b / norm(b)).T), "the angle in radians"),
        (lambda a, b: b @ a.T, "shape (2, 3), expected an array of shape (3, 2)"),
        (lambda a, b: a @ b, "For the rows (3, 4) and (4, 3) you return 12: expected 0.96"),
        (lambda a, b: a / norm(a, keepdims=False) @ b.T, "keepdims=True"),
        (in_place, "changes its input"),
        (only_the_example, "Right for the small example, but for A (5, 4) and B (6, 4)"),
        (lambda a, b: 0.5 * (a / norm(a)) @ (b / norm(b)).T, "you return 0.48: expected 0.96"),
    ],
)
def test_cosines_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb02.cosines(answer) or "right")


# --- 3CosMul --------------------------------------------------------------------------------


def mul(units, a, b, c, shift=1.0, barred=True, order="abc", eps=0.001, sign=1):
    rows = dict(zip(order, (a, b, c), strict=True))
    s_a, s_b, s_c = ((shift + units @ units[rows[k]]) / (1 + shift) for k in "abc")
    scores = sign * s_b * s_c / (s_a + eps)
    if barred:
        scores[[a, b, c]] = -np.inf
    return scores.argmax()


def add(units, a, b, c, barred=True):
    scores = units @ (units[b] - units[a] + units[c])
    if barred:
        scores[[a, b, c]] = -np.inf
    return scores.argmax()


def undivided(units, a, b, c):
    scores = (1 + units @ units[b]) * (1 + units @ units[c])
    scores[[a, b, c]] = -1
    return scores.argmax()


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda *q: mul(*q, barred=False), "that is a word of the question; bar all three"),
        (add, "that is 3CosAdd's answer"),
        (lambda *q: mul(*q, shift=0.0), "without being shifted to (1 + cosine) / 2"),
        (lambda *q: mul(*q, order="bac"), "a and b have changed places"),
        (lambda *q: mul(*q, order="cba"), "a and c have changed places"),
        (undivided, "the division by the nearness to a is missing"),
        (lambda *q: mul(*q, sign=-1), "that is the lowest score"),
        (lambda units, a, b, c: 0, "you answer row 0: row 21 has the highest score"),
        (lambda units, a, b, c: units @ units[b], "shape (40,), expected a single number"),
    ],
)
def test_multiplied_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb02.multiplied(answer) or "right")


def test_the_analogy_case_tells_every_mistake_from_every_other():
    units, question = nb02._analogy_case()
    ways = [
        mul(units, *question),
        add(units, *question),
        mul(units, *question, shift=0.0),
        mul(units, *question, order="bac"),
        mul(units, *question, order="cba"),
        undivided(units, *question),
        mul(units, *question, sign=-1),
    ]
    assert len(set(ways)) == len(ways)
    assert mul(units, *question, eps=1e-6) == ways[0]  # the small number may be another


# --- ranks ----------------------------------------------------------------------------------


def pearson(x, y):
    return np.corrcoef(x, y)[0, 1]


def of(method, turned=False):
    ranked = scipy.stats.rankdata
    return lambda x, y: pearson(ranked(-x if turned else x, method), ranked(y, method))


def by_formula(x, y):
    d, n = scipy.stats.rankdata(x) - scipy.stats.rankdata(y), len(x)
    return 1 - 6 * np.sum(d**2) / (n * (n**2 - 1))


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (
            pearson,
            "y = [0.6, -0.9, -0.6, -0.8, -0.5] you return -0.551, expected -0.900: that is P",
        ),
        (of("average", turned=True), "you return 0.900, expected -0.900: the sign is turned"),
        (lambda x, y: pearson(np.argsort(x), np.argsort(y)), "apply it twice to get ranks"),
        (of("ordinal"), "Right without equal values. For x = [3, 3, 7, 3, 2, 6]"),
        (of("ordinal"), "by their order in the list; they share the mean"),
        (of("dense"), "must leave room for all of them"),
        (of("min"), "share their lowest rank"),
        (of("max"), "share their highest rank"),
        (by_formula, "holds only where no values are equal"),
        (
            lambda x, y: np.cov(scipy.stats.rankdata(x), scipy.stats.rankdata(y), bias=True)[0, 1],
            "you return -1.800, expected -0.900: that is the covariance",
        ),
        (lambda x, y: np.corrcoef(x, y), "shape (2, 2), expected a single number"),
        (lambda x, y: 0.5, "you return 0.500, expected -0.900."),
    ],
)
def test_ranks_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb02.ranks(answer) or "right")


@pytest.mark.parametrize("case", [nb02.DIFFERENT, nb02.EQUAL])
def test_the_rank_cases_tell_every_mistake_from_every_other(case):
    answers = [of("average"), of("average", turned=True), pearson]
    answers.append(lambda x, y: pearson(np.argsort(x, kind="stable"), np.argsort(y, kind="stable")))
    if case is nb02.EQUAL:
        answers += [of(method) for method in ("ordinal", "dense", "min", "max")] + [by_formula]
    found = sorted(answer(*case) for answer in answers)
    assert min(np.diff(found)) > 0.01


numbers = st.lists(st.integers(-3, 3), min_size=3, max_size=8)


@given(st.data())
def test_the_rank_solution_equals_scipy(solutions, data):
    x = data.draw(numbers.filter(lambda v: len(set(v)) > 1))
    y = data.draw(
        st.lists(st.integers(-3, 3), min_size=len(x), max_size=len(x)).filter(
            lambda v: len(set(v)) > 1
        )
    )
    mine = solutions["spearman"](np.array(x), np.array(y))
    assert mine == pytest.approx(scipy.stats.spearmanr(x, y).statistic, abs=1e-12)


def test_every_exercise_of_the_notebook_has_its_check():
    source = NOTEBOOK.read_text(encoding="utf-8")
    assert set(re.findall(r"exercises\.check\(\\\"([\w-]+)\\\"", source)) == set(NAMES)
