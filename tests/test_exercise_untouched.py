"""A check leaves random state, settings and page as they were, also without a child process."""

import os
import random
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from helpers.exercises import bank
from helpers.exercises.marking import mark_here
from helpers.exercises.printed import Printed, captured
from helpers.exercises.untouched import untouched


def state():
    return {
        "python": random.getstate(),
        "numpy": str(np.random.get_state()),
        "torch": torch.get_rng_state().tolist(),
        "errors": np.geterr(),
        "printing": np.get_printoptions(),
        "dtype": torch.get_default_dtype(),
        "gradients": torch.is_grad_enabled(),
        "threads": torch.get_num_threads(),
        "exact": torch.are_deterministic_algorithms_enabled(),
        "filters": list(warnings.filters),
        "folder": os.getcwd(),
        "variables": dict(os.environ),
        "figures": plt.get_fignums(),
        "lines": plt.rcParams["lines.linewidth"],
        "recursion": sys.getrecursionlimit(),
        "profile": sys.getprofile(),
        "streams": (sys.stdout, sys.stderr),
    }


CHANGES = {
    "python": lambda: random.seed(7),
    "numpy": lambda: np.random.seed(7),
    "torch": lambda: torch.manual_seed(7),
    "errors": lambda: np.seterr(over="raise"),
    "printing": lambda: np.set_printoptions(precision=2),
    "dtype": lambda: torch.set_default_dtype(torch.float64),
    "gradients": lambda: torch.set_grad_enabled(False),
    "exact": lambda: torch.use_deterministic_algorithms(True),
    "filters": lambda: warnings.simplefilter("error"),
    "folder": lambda: os.chdir("/"),
    "variables": lambda: os.environ.update(COURSE_ANYTHING="1"),
    "figures": plt.figure,
    "lines": lambda: plt.rcParams.update({"lines.linewidth": 9}),
    "recursion": lambda: sys.setrecursionlimit(5000),
    "profile": lambda: sys.setprofile(lambda *event: None),
    "streams": lambda: setattr(sys, "stdout", None),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_an_answer_changes_is_put_back(what):
    before = state()

    def changes(scores):
        CHANGES[what]()
        return scores

    mark_here(bank.find("04-rows"), changes)
    after = state()
    assert {name for name in before if before[name] != after[name]} == set()


def test_it_is_put_back_after_an_error_too():
    folder = os.getcwd()
    with pytest.raises(ZeroDivisionError), untouched():
        os.chdir("/")
        raise ZeroDivisionError
    assert os.getcwd() == folder


@pytest.mark.parametrize("exercise", bank.every(), ids=lambda exercise: exercise.name)
def test_no_check_of_the_bank_touches_the_readers_generators(exercise):
    namespace = {}
    exec(exercise.solution, namespace)
    before = state()
    mark_here(exercise, namespace[exercise.answer])
    after = state()
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize(
    ("texts", "kept", "left_out"),
    [
        (["a\n"], "a\n", 0),
        (["a\n"] * 10, "a\n" * 10, 0),
        (["a\n"] * 12, "a\n" * 10 + "… and 2 more lines that your code printed.\n", 2),
        (["a\n" * 11], "a\n" * 10 + "… and 1 more line that your code printed.\n", 1),
        (["a" * 1500 + "\n"], "a" * 1000 + "\n… and 1 more line that your code printed.\n", 1),
        (["a", "b", "\n\n"], "ab\n\n", 0),
        ([], "", 0),
    ],
)
def test_the_first_lines_are_kept_and_the_others_counted(texts, kept, left_out):
    taken = []
    with captured(taken.append):
        for text in texts:
            print(text, end="")
            print("a warning", file=sys.stderr)
    assert "".join(taken) == kept
    stream = Printed(taken.append)
    for text in texts:
        stream.write(text)
    assert stream.left_out == left_out
