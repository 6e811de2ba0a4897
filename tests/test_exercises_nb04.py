"""Notebook 04's checks pass the solutions that the notebook itself gives, and reject plausible
mistakes with the diagnosis that fits."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers import exercises
from helpers.exercises import nb04
from helpers.scratch.functions import cross_entropy

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "04_softmax_and_cross_entropy.ipynb"


@pytest.fixture(scope="module")
def solutions():
    """Run every solution that stands in the notebook's prose."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    prose = "".join("".join(c["source"]) + "\n" for c in cells if c["cell_type"] == "markdown")
    space = {"np": np}
    for block in re.findall(r"<summary>Solution[^<]*</summary>\s*```python\n(.*?)```", prose, re.S):
        exec(block, space)
    return space


NAMES = {
    "04-rows": "softmax_rows",
    "04-backward": "softmax_backward",
    "04-smoothing": "smoothed_targets",
}


@pytest.mark.parametrize("name", NAMES)
def test_the_notebooks_own_solution_passes(name, solutions, capsys):
    exercises.check(name, solutions[NAMES[name]])
    assert capsys.readouterr().out.startswith(f"{name}: right. ")


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
        (lambda *a: np.zeros((2, 2, 2)), r"shape (2, 2, 2), expected"),
        (lambda *a: np.full((5, 4), "x"), "expected"),
        (lambda: 1, "stopped with TypeError"),
    ],
)
def test_what_is_no_such_function_is_said(name, answer, diagnosis, capsys):
    exercises.check(name, answer)
    out = capsys.readouterr().out
    assert out.startswith(f"{name}: not yet. ")
    assert diagnosis in out


def e(z):
    return np.exp(z - z.max(axis=1, keepdims=True))


def in_place(z):
    z -= z.max(axis=1, keepdims=True)
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda z: np.exp(z) / np.exp(z).sum(axis=0), "A row sums to 0.32 where it should"),
        (lambda z: np.exp(z) / np.exp(z).sum(axis=0), "the sum runs over the wrong axis"),
        (lambda z: np.exp(z) / np.exp(z).sum(), "the sum runs over all axes"),
        (lambda z: np.exp(z), "the row's sum has not been divided out"),
        (lambda z: np.exp(z) / np.exp(z).sum(axis=1), "keepdims=True"),
        (lambda z: z / z.sum(axis=1, keepdims=True), "or leave out exp()?"),
        (lambda z: np.log(e(z) / e(z).sum(axis=1, keepdims=True)), "Did you return logarithms"),
        (
            lambda z: np.exp2(z) / np.exp2(z).sum(axis=1, keepdims=True),
            "[2, 1, 0.1] became [0.566, 0.283, 0.152], expected [0.659, 0.242, 0.0986]",
        ),
        (
            lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
            "With 1000 added to every score: Your result at [0, 0] is nan. exp(1000) overflows",
        ),
        (
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1, keepdims=True),
            "not the largest of the whole array",
        ),
        (in_place, "changes its input"),
    ],
)
def test_rows_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb04.rows(answer) or "right")


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda p, g: p * (1 - p) * g, "that is the diagonal of the Jacobian alone"),
        (lambda p, g: p * (1 - p) * g, "a row of yours sums to"),
        (lambda p, g: p * g, "that is p * g"),
        (lambda p, g: g - (p * g).sum(1, keepdims=True), "the factor p in front is missing"),
        (lambda p, g: p * (g - (p * g).sum(0)), "over the rows (axis 0) instead of the classes"),
        (lambda p, g: p * (g - (p * g).sum()), "over rows and classes at once"),
        (lambda p, g: p * (g - g.sum(1, keepdims=True)), "is not weighted by p"),
        (lambda p, g: p * (g - g.mean(1, keepdims=True)), "without p as its weights"),
        (lambda p, g: p * ((p * g).sum(1, keepdims=True) - g), "the sign is turned round"),
        (lambda p, g: p * (g - (p * g).sum(axis=1)), "keepdims=True"),
        (lambda p, g: p - g, "expected [-0.0506, -0.192, 0.242]"),
    ],
)
def test_backward_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb04.backward(answer) or "right")


def one_hot(labels, classes):
    return np.eye(classes)[labels]


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda y, k, e: one_hot(y, k), "that is the plain one-hot row"),
        (
            lambda y, k, e: np.where(one_hot(y, k) > 0, 1 - e, e / k),
            "[0.05, 0.05, 0.8, 0.05], which sums to 0.95: 0.05 is missing",
        ),
        (lambda y, k, e: one_hot(y, k) + e / k, "which sums to 1.20: 0.20 is too much"),
        (
            lambda y, k, e: np.where(one_hot(y, k) > 0, 1 - e, e / (k - 1)),
            "shared among the 3 other classes",
        ),
        (lambda y, k, e: e * one_hot(y, k) + (1 - e) / k, "expected [0.05, 0.05, 0.85, 0.05]"),
        (lambda y, k, e: 0.8 * one_hot(y, k) + 0.2 / k, "Is a number fixed in your code?"),
        (lambda y, k, e: ((1 - e) * one_hot(y, k) + e / k).T, "shape (4, 5), expected (5, 4)"),
    ],
)
def test_smoothing_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb04.smoothing(answer) or "right")


def test_the_smoothing_solution_equals_torch(solutions):
    random = np.random.default_rng(0)
    logits, labels = random.normal(size=(6, 4)), random.integers(0, 4, 6)
    targets = solutions["smoothed_targets"](labels, 4, 0.3)
    theirs = torch.nn.functional.cross_entropy(
        torch.from_numpy(logits), torch.from_numpy(labels), label_smoothing=0.3
    )
    assert cross_entropy(logits, targets) == pytest.approx(theirs.item(), rel=1e-12)


def test_every_exercise_of_the_notebook_has_its_check():
    source = NOTEBOOK.read_text(encoding="utf-8")
    assert set(re.findall(r"exercises\.check\(\\\"([\w-]+)\\\"", source)) == set(NAMES)
