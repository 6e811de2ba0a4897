"""Checks run in a child process: whatever the answer does ends in time and reaches no notebook."""

import os
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest
import torch
from execute_notebook import execute
from nbformat.v4 import new_code_cell, new_notebook

from helpers import exercises
from helpers.exercises import bank
from helpers.exercises.apart import can_fork, run_apart
from helpers.exercises.marking import mark, mark_here

ROWS = bank.find("04-rows")
LIMIT = 1
linux = pytest.mark.skipif(not can_fork(), reason="no child process here")


def counts_in_c(scores):
    return sum(range(10**11))


def swallows(scores):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def sleeps(scores):
    time.sleep(100)


def multiplies(scores):
    huge = np.ones((12_000, 12_000), dtype=np.float32)
    while True:
        huge = huge @ huge


def prints(scores):
    while True:
        print("again and again")


def prints_and_swallows(scores):
    while True:
        try:
            print("again and again")
        except BaseException:
            pass


def yields_for_ever(scores):
    while True:
        yield 1


NEVER = [counts_in_c, swallows, sleeps, multiplies, prints, prints_and_swallows, yields_for_ever]


@pytest.fixture
def busy():
    """Two processes that compute while a test runs."""
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(2)]
    yield
    for process in processes:
        process.kill()
        process.wait()


@linux
@pytest.mark.parametrize("answer", NEVER)
def test_whatever_never_ends_is_stopped_within_five_seconds_of_its_limit(answer):
    began = time.monotonic()
    found = mark(ROWS, answer, seconds=LIMIT)
    assert time.monotonic() - began < LIMIT + 5
    assert found.failed == "shape" and found.points == 0
    said = "longer than 1 s and was stopped"
    if answer is yields_for_ever:  # a million items may come first
        assert said in found.diagnosis or "does it ever end?" in found.diagnosis
    else:
        assert said in found.diagnosis
    assert len(found.printed) < 1200


@linux
def test_on_a_busy_machine_too(busy):
    began = time.monotonic()
    found = mark(ROWS, counts_in_c, seconds=LIMIT)
    assert time.monotonic() - began < LIMIT + 5
    assert "longer than 1 s and was stopped" in found.diagnosis


@linux
def test_the_limit_is_of_each_call_and_not_of_the_whole_check():
    def unhurried(scores):
        time.sleep(0.2)
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    assert mark(ROWS, unhurried, seconds=0.5).right


@linux
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda scores: os._exit(3), "ended the process"),
        (lambda scores: os.kill(os.getpid(), 9), "ended the process"),
        (lambda scores: os.abort(), "ended the process"),
        (lambda scores: input("a number?"), "can't answer input()"),
        (lambda scores: sys.stdin.read(), "expected numbers"),
        (lambda scores: open("/nowhere/at/all"), "FileNotFoundError"),
        (lambda scores: scores.nothing, "AttributeError"),
    ],
)
def test_what_would_end_or_stop_the_notebook_becomes_a_sentence(answer, said):
    found = mark(ROWS, answer)
    assert found.failed == "shape" and said in found.diagnosis


@linux
def test_a_process_that_the_answer_started_ends_with_it(tmp_path):
    def starts(scores):
        child = subprocess.Popen(["sleep", "60"])
        (tmp_path / "pid").write_text(str(child.pid))
        time.sleep(60)

    assert mark(ROWS, starts, seconds=0.5).failed == "shape"
    time.sleep(0.2)
    status = f"/proc/{(tmp_path / 'pid').read_text()}/stat"
    assert not os.path.exists(status) or " Z " in open(status).read()


@linux
def test_the_readers_interrupt_ends_child_and_check():
    def interrupted(scores):
        raise KeyboardInterrupt

    before = psutil.Process().children()
    with pytest.raises(KeyboardInterrupt):
        mark(ROWS, interrupted)
    assert psutil.Process().children() == before


@linux
def test_what_the_answer_changes_stays_in_the_child():
    seen = []

    def remembers(scores):
        seen.append(1)
        os.chdir("/")
        return scores

    folder = os.getcwd()
    assert mark(ROWS, remembers).failed == "values"
    assert seen == [] and os.getcwd() == folder
    assert mark_here(ROWS, remembers).failed == "values"
    assert seen and os.getcwd() == folder


@linux
def test_torch_and_blas_work_in_the_child_after_they_worked_in_the_parent():
    big = torch.ones(600, 600, requires_grad=True)
    (big @ big).sum().backward()  # many threads, and autograd
    np.ones((600, 600)) @ np.ones((600, 600))

    def by_torch(scores):
        a = torch.ones(400, 400, requires_grad=True)
        (a @ a).softmax(1).sum().backward()
        assert (np.ones((600, 600)) @ np.ones((600, 600)))[0, 0] == 600
        return torch.softmax(torch.tensor(scores, requires_grad=True), dim=1)

    for _ in range(3):
        found = mark(ROWS, by_torch)
        assert found.right, str(found)


@linux
@pytest.mark.parametrize("said", ["CUDA in forked subprocess", "fork-based multiprocessing"])
def test_what_cant_be_done_in_a_child_is_done_here(said):
    parent = os.getpid()

    def only_here(scores):
        if os.getpid() != parent:
            raise RuntimeError(said)
        exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    assert mark(ROWS, only_here).right


def test_a_child_that_hangs_without_computing_is_told_from_one_that_computes():
    def hangs(say):
        say("limit", 0.5)
        time.sleep(60)

    def computes(say):
        say("limit", 0.5)
        sum(range(10**11))

    assert run_apart(hangs, grace=0.2).ending == "hung"
    assert run_apart(computes, grace=0.2).ending == "too long"
    assert run_apart(lambda say: say("colour", "blue")).last["colour"] == "blue"


def test_without_another_process_the_check_is_done_here(monkeypatch):
    def full():
        raise OSError("no more processes")

    solved = {}
    exec(ROWS.solution, solved)
    monkeypatch.setattr(os, "fork", full)
    assert mark(ROWS, solved["softmax_rows"]).right
    monkeypatch.setattr(sys, "platform", "win32")
    assert not can_fork()
    assert mark(ROWS, lambda scores: scores).failed == "values"


def test_a_check_prints_the_beginning_of_what_the_answer_prints(capfd):
    def talks(scores):
        for i in range(100_000):
            print("line", i)
        os.write(1, b"from below")
        print("a warning", file=sys.stderr)
        return scores

    exercises.check("04-rows", talks)
    out, err = capfd.readouterr()
    lines = out.splitlines()
    assert lines[:2] == ["line 0", "line 1"] and len(lines) == 12 and err == ""
    assert "more lines that your code printed" in lines[-2]
    assert lines[-1].startswith("04-rows: not yet. ")


IN_A_KERNEL = """
import time
import matplotlib.pyplot as plt
from IPython.display import display
from helpers import exercises
from helpers.exercises import bank, marking

def softmax_rows(scores):
    display({"a": "table"})
    print("printed")
    plt.plot([1])
    plt.show()
    return scores

exercises.check("04-rows", softmax_rows)
began = time.monotonic()
print(marking.mark(bank.find("04-rows"), lambda scores: sum(range(10**11)), seconds=1))
print(time.monotonic() - began < 1 + 5)
print("still here")
"""


@linux
def test_in_a_notebook_the_page_shows_the_check_alone_and_the_kernel_lives(tmp_path):
    notebook = new_notebook(cells=[new_code_cell(IN_A_KERNEL)])
    run = execute(tmp_path / "n.ipynb", notebook=notebook)
    assert run.fault is None
    assert len(run.notebook.cells[0].outputs) == 1, run.notebook.cells[0].outputs
    lines = run.notebook.cells[0].outputs[0].text.splitlines()
    said = [line for line in lines if line != "printed" and not line.startswith("…")]
    assert lines[0] == "printed" and said[0].startswith("04-rows: not yet. ")
    assert "longer than 1 s and was stopped" in said[1]
    assert said[2:] == ["True", "still here"]
