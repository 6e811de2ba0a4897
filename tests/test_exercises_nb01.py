"""Notebook 01's checks pass the solutions that the notebook itself gives, and reject plausible
mistakes with the diagnosis that fits."""

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from helpers import exercises
from helpers.exercises import nb01
from helpers.text.vocabulary import Vocabulary

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "01_text_to_tokens.ipynb"
NAMES = {
    "01-ids": "token_ids",
    "01-mark-negation": "mark_negation",
    "01-wasted": "wasted_share",
}


@pytest.fixture(scope="module")
def solutions():
    """Run every solution that stands in the notebook's prose."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    prose = "".join("".join(c["source"]) + "\n" for c in cells if c["cell_type"] == "markdown")
    space = {"np": np, "Counter": Counter}
    for block in re.findall(r"<summary>Solution[^<]*</summary>\s*```python\n(.*?)```", prose, re.S):
        exec(block, space)
    return space


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
        (3, "int can't be called; give the function itself"),
        (lambda *a: None, "You return None"),
        (lambda: 1, "the check met TypeError"),
    ],
)
def test_what_is_no_such_function_is_said(name, answer, diagnosis, capsys):
    exercises.check(name, answer)
    out = capsys.readouterr().out
    assert out.startswith(f"{name}: not yet. ")
    assert diagnosis in out.replace("return NoneType", "return None")


def counted(texts):
    return Counter(token for tokens in texts for token in tokens)


def numbered(words, first=2):
    return {word: i for i, word in enumerate(words, start=first)}


def in_order(texts, least, key, first=2):
    counts = counted(texts)
    kept = [w for w in sorted(counts, key=lambda w: key(w, counts[w])) if counts[w] >= least]
    return numbered(kept, first)


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda t, m: in_order(t, m, lambda w, n: (-n, w), first=0), "0 is padding and 1 is unk"),
        (lambda t, m: in_order(t, m, lambda w, n: (-n, w), first=1), "'tea' has id 1, but 0 is"),
        (lambda t, m: in_order(t, 1, lambda w, n: (-n, w)), "'bun' occurs once, and with"),
        (lambda t, m: in_order(t, m + 1, lambda w, n: (-n, w)), "'cup' occurs often enough"),
        (lambda t, m: in_order(t, m, lambda w, n: w), "'tea' occurs most often, so it comes first"),
        (lambda t, m: in_order(t, m, lambda w, n: n), "'tea' occurs most often"),
        (
            lambda t, m: numbered([w for w, n in counted(t).most_common() if n >= m]),
            "'milk' and 'cup' both occur twice, so the letters decide",
        ),
        (lambda t, m: {"tea": 2, "cup": 4, "milk": 6}, "ids go up by one, without gaps"),
        (lambda t, m: in_order(t, 2, lambda w, n: (-n, w)), "With min_count = 1 you return"),
        (lambda t, m: list(counted(t)), "You return list, expected a dictionary"),
    ],
)
def test_ids_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb01.ids(answer) or "right")


def test_the_ids_of_the_solution_are_the_vocabularys(solutions):
    texts = [["b", "a", "b"], ["c", "a", "b"], ["d", "é"]]
    vocabulary = Vocabulary.from_tokens(texts, min_count=2)
    expected = {token: vocabulary[token] for token in vocabulary.counts}
    assert solutions["token_ids"](texts, 2) == expected == {"b": 2, "a": 3}


def mark(tokens, starts=("not", "no", "n't"), stops=tuple(".,;:!?"), own=False, most=99):
    marked, left = [], 0
    for token in tokens:
        if token in stops:
            left = 0
        start = token in starts
        left = most if start and own else left
        marked.append("NOT_" + token if left > 0 else token)
        left = most if start else left - 1
    return marked


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda t: t, "nothing is marked"),
        (lambda t: mark(t, stops=()), "a mark of punctuation ends the negation"),
        (lambda t: mark(t, own=True), "the marking starts after the negation word"),
        (lambda t: mark(t, stops=(".",)), "a mark of punctuation ends the negation"),
        (lambda t: mark(t, most=1), "every word is marked up to the next punctuation"),
        (lambda t: mark(t, starts=("not",)), "nothing is marked"),
        (lambda t: [w for w in mark(t) if w != "not"], "mark, don't drop"),
        (lambda t: " ".join(mark(t)), "You return str, expected a list"),
    ],
)
def test_mark_negation_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb01.mark_negation(answer) or "right")


def test_only_not_shows_the_missing_nt_in_the_learners_own_words():
    message = nb01.mark_negation(lambda t: mark(t, starts=("not",)))
    assert '"is n\'t very funny . great cast" became' in message
    assert nb01.mark_negation(mark) is None


@pytest.mark.parametrize(
    ("answer", "diagnosis"),
    [
        (lambda n: n.sum() / (len(n) * n.max()), "that is the share of real ids"),
        (lambda n: (n.max() - n).sum(), "gave 20, expected 0.5: that is the number of places"),
        (lambda n: len(n) * n.max(), "that is the number of all places"),
        (lambda n: 100 * (1 - n.mean() / n.max()), "that is in per cent"),
        (lambda n: (n.max() - n).sum() / n.sum(), "that is the padding for each real id"),
        (lambda n: 1 - n.mean() / 10, "all rows are as long as the longest of this batch"),
        (lambda n: 1 - n / n.max(), "a number between 0 and 1 is asked for"),
        (lambda n: True, "You return True"),
    ],
)
def test_wasted_names_the_mistake(answer, diagnosis):
    assert diagnosis in (nb01.wasted(answer) or "right")


def test_every_exercise_of_the_notebook_has_its_check():
    source = NOTEBOOK.read_text(encoding="utf-8")
    assert set(re.findall(r"exercises\.check\(\\\"([\w-]+)\\\"", source)) == set(NAMES)
