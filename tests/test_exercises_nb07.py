"""Notebook 07's checks pass the solution and tell plausible mistakes apart."""

import pytest
import torch

from helpers import exercises


def _solution(vectors, lengths):
    real = torch.arange(vectors.shape[1]) < lengths[:, None]
    total = (vectors * real[..., None]).sum(1)
    return total / lengths.clamp(min=1)[:, None]


def _masked(vectors, lengths):
    real = torch.arange(vectors.shape[1]) < lengths[:, None]
    return vectors * real[..., None]


SOLUTIONS = {"07-count": 145_027, "07-masked-mean": _solution, "07-mean-loss": 0.28}
MISTAKES = [
    ("07-count", 144_768, "the biases are missing"),
    ("07-count", 128_515, "that is two layers"),
    ("07-count", 29_827, "takes one word only"),
    ("07-count", 81_027, "words of 50 numbers"),
    ("07-count", 7, "You have 7: add up inputs"),
    ("07-count", 145_027.5, "the answer is a whole number"),
    ("07-masked-mean", lambda v, n: v.mean(1), "padding included"),
    ("07-masked-mean", lambda v, n: _masked(v, n).sum(1), "that is the sum"),
    ("07-masked-mean", lambda v, n: _masked(v, n).mean(1), "still counted below the line"),
    ("07-masked-mean", lambda v, n: _masked(v, n).sum(1) / n[:, None], "divide by at least 1"),
    ("07-masked-mean", lambda v, n: _masked(v, n), r"You return (2, 3, 2)"),
    ("07-masked-mean", 3.0, "can't be called"),
    ("07-masked-mean", lambda v, n: v[9], "the check met IndexError"),
    ("07-mean-loss", 0.4, "the mean of the four batch means"),
    ("07-mean-loss", 1.6, "the last has 100"),
    ("07-mean-loss", 0.5, "You have 0.5. Add up"),
]


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_solution_passes(name, capsys):
    exercises.check(name, SOLUTIONS[name])
    assert capsys.readouterr().out.startswith(f"{name}: right.")


@pytest.mark.parametrize("name", SOLUTIONS)
def test_the_starter_is_not_attempted(name, capsys):
    exercises.check(name, None)
    assert capsys.readouterr().out == f"{name}: not attempted yet.\n"


@pytest.mark.parametrize(("name", "answer", "diagnosis"), MISTAKES)
def test_a_mistake_gets_its_diagnosis(name, answer, diagnosis, capsys):
    exercises.check(name, answer)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{name}: not yet.")
    assert diagnosis in printed
