"""The numbers on which checks tell mistakes apart do so, and solutions hold at large."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from test_exercise_bank import made_by

from helpers.exercises import bank, nb02
from helpers.text.vocabulary import Vocabulary


def solved(name):
    exercise = bank.find(name)
    return made_by(exercise.solution, exercise)


def mul(units, a, b, c, shift=1.0, order="abc", divided=1, sign=1):
    rows = dict(zip(order, (a, b, c), strict=True))
    s_a, s_b, s_c = ((shift + units @ units[rows[k]]) / (1 + shift) for k in "abc")
    scores = sign * s_b * s_c / (s_a + 0.001) ** divided
    scores[[a, b, c]] = -np.inf
    return scores.argmax()


def add(units, a, b, c):
    scores = units @ (units[b] - units[a] + units[c])
    scores[[a, b, c]] = -np.inf
    return scores.argmax()


def test_the_analogy_case_tells_every_mistake_from_every_other():
    units, question = nb02.analogy_case()
    options = ({}, {"shift": 0.0}, {"order": "bac"}, {"order": "cba"}, {"divided": 0}, {"sign": -1})
    ways = [add(units, *question), *(mul(units, *question, **option) for option in options)]
    assert len(set(ways)) == len(ways)


def pearson(x, y):
    return np.corrcoef(x, y)[0, 1]


@pytest.mark.parametrize("case", [nb02.DIFFERENT, nb02.EQUAL])
def test_the_rank_cases_tell_every_mistake_from_every_other(case):
    x, y = case
    spearman, once = pearson(*map(scipy.stats.rankdata, case)), np.argsort(x, kind="stable")
    answers = [spearman, -spearman, pearson(x, y), pearson(once, np.argsort(y, kind="stable"))]
    if case is nb02.EQUAL:
        for method in ("ordinal", "dense", "min", "max"):
            answers.append(pearson(*(scipy.stats.rankdata(v, method) for v in case)))
    assert min(np.diff(sorted(answers))) > 0.01


numbers = st.lists(st.integers(-3, 3), min_size=3, max_size=8).filter(lambda v: len(set(v)) > 1)


@given(st.data())
def test_the_rank_solution_equals_scipy(data):
    x = data.draw(numbers)
    y = data.draw(numbers.filter(lambda v: len(v) == len(x)) | st.permutations(x))
    mine = solved("02-ranks")(np.array(x), np.array(y))
    assert mine == pytest.approx(scipy.stats.spearmanr(x, y).statistic, abs=1e-12)


def test_the_ids_of_the_solution_are_the_vocabularys():
    texts = [["b", "a", "b"], ["c", "a", "b"], ["d", "é"]]
    vocabulary = Vocabulary.from_tokens(texts, min_count=2)
    expected = {token: vocabulary[token] for token in vocabulary.counts}
    assert solved("01-ids")(texts, 2) == expected == {"b": 2, "a": 3}
