"""The checks of random answers: their numbers are exact, and chance seldom decides.

09-permutation takes any generator, so its bounds are held against the exact distributions: right
answers stay within, the commonest mistakes without, almost always.
"""

import numpy as np
import pytest
from scipy.stats import binomtest
from test_exercise_bank import made_by

from helpers.exercises import bank
from helpers.exercises.marking import mark_here
from helpers.exercises.nb09 import permutation


def test_the_permutation_cases_have_the_p_that_is_written_there():
    first, second, due = next(iter(permutation.score_cases().values()))
    discordant = int((first > second).sum()), int((first != second).sum())
    assert binomtest(*discordant).pvalue == pytest.approx(due, abs=1e-4)
    for first, second, due in permutation.score_cases().values():
        gaps = (first - second)[first != second]
        if len(gaps) < 16:
            assert permutation.exact_p(gaps) == pytest.approx(due, abs=1e-4)


def test_the_permutation_cases_tell_each_mistake_from_what_is_right():
    for words, test in permutation.known_tests().items():
        ps = [
            (test(first, second, np.random.default_rng(1)), due)
            for first, second, due in permutation.score_cases().values()
        ]
        assert not all(permutation.about(p, due) for p, due in ps), words


def test_right_answers_pass_with_any_seed():
    exercise = bank.find("09-permutation")
    for seed in range(4):
        code = exercise.solution.replace("default_rng(0)", f"default_rng({seed + 100})")
        found = mark_here(exercise, made_by(code, exercise))
        assert found.right, str(found)
