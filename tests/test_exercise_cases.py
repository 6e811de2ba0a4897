"""What the checks hold answers against is right, and their inputs tell every known mistake."""

import importlib

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_exercise_bank import made_by

from helpers.exercises import bank
from helpers.exercises.against import same
from helpers.exercises.inputs import numbers
from helpers.exercises.nb01.mark_negation import _free, _marked, _read
from helpers.exercises.nb03.cbow import cbow_gradient, cbow_loss
from helpers.exercises.nb03.skip_gram_check import gradients as pair_gradients
from helpers.exercises.nb04.backward import _backward
from helpers.scratch.gradient_check import numerical_gradient
from helpers.text.vocabulary import Vocabulary


def solved(name):
    exercise = bank.find(name)
    return made_by(exercise.solution, exercise)


TABLES = [
    ("nb01.ids", "_grown", "MISTAKES", "_cases"),
    ("nb01.mark_negation", "_marked", "MISTAKES", "_cases"),
    ("nb01.wasted", "_share", "MISTAKES", "_cases"),
    ("nb01.pipeline_check", "clean", "CLEAN_MISTAKES", "clean_cases"),
    ("nb01.pipeline_check", "cut", "CUT_MISTAKES", "cut_cases"),
    ("nb01.pipeline_check", "smallest", "SMALLEST_MISTAKES", "smallest_cases"),
    ("nb01.pipeline_check", "plan", "PLAN_MISTAKES", "plan_cases"),
    ("nb02.cosines", "_cosines", "MISTAKES", "_cases"),
    ("nb02.multiplied", "_row", "MISTAKES", "_cases"),
    ("nb02.ranks", "_right", "MISTAKES", "_equal"),
    ("nb03.pairs", "_pairs", "MISTAKES", "_cases"),
    ("nb03.skip_gram_check", "keep", "KEEP_MISTAKES", "counted"),
    ("nb03.skip_gram_check", "noise", "NOISE_MISTAKES", "counted"),
    ("nb03.skip_gram_check", "pairs", "PAIR_MISTAKES", "texts"),
    ("nb03.cbow", "cbow_gradient", "MISTAKES", "_cases"),
    ("nb04.rows", "softmax", "MISTAKES", "_cases"),
    ("nb04.rows", "softmax", "UNSAFE", "_far_apart"),
    ("nb04.backward", "_backward", "MISTAKES", "_cases"),
    ("nb04.smoothing", "_smoothed", "MISTAKES", "_cases"),
]


@pytest.mark.parametrize(("module", "reference", "mistakes", "cases"), TABLES)
def test_every_known_mistake_fails_on_at_least_two_inputs(module, reference, mistakes, cases):
    module = importlib.import_module(f"helpers.exercises.{module}")
    reference, mistakes = getattr(module, reference), getattr(module, mistakes)
    cases = getattr(module, cases)(*([list] if cases == "_equal" else []))
    cases = [getattr(case, "inputs", case) for case in cases]
    assert len(cases) >= 10 and len(mistakes) >= 3
    for words, ways in mistakes.items():
        for way in ways if isinstance(ways, tuple) else (ways,):
            wrong = 0
            for inputs in cases:
                arrays = tuple(
                    np.array(x) if module.__name__.endswith("ranks") else x for x in inputs
                )
                with np.errstate(all="ignore"):
                    try:
                        wrong += not same(way(*arrays), reference(*inputs), 1e-5)
                    except Exception:  # as it would in the learner's place
                        wrong += 1
            assert wrong >= 2, words


numbers_of_few_levels = st.lists(st.integers(-3, 3), min_size=3, max_size=8).filter(
    lambda v: len(set(v)) > 1
)


@given(st.data())
def test_the_rank_solution_equals_scipy(data):
    x = data.draw(numbers_of_few_levels)
    y = data.draw(numbers_of_few_levels.filter(lambda v: len(v) == len(x)) | st.permutations(x))
    for kind in (list, np.array):
        mine = solved("02-ranks")(kind(x), kind(y))
        assert mine == pytest.approx(scipy.stats.spearmanr(x, y).statistic, abs=1e-12)


def test_the_ids_of_the_solution_are_the_vocabularys():
    texts = [["b", "a", "b"], ["c", "a", "b"], ["d", "é"]]
    vocabulary = Vocabulary.from_tokens(texts, min_count=2)
    expected = {token: vocabulary[token] for token in vocabulary.counts}
    assert expected == {"b": 2, "a": 3}
    reserved = {"<pad>": 0, "<unk>": 1}
    assert solved("01-ids")(reserved, texts, 2) == reserved | expected


def test_the_gradient_of_cbow_is_the_measured_one():
    random = np.random.default_rng(0)
    positive, negatives = random.normal(size=4), random.normal(size=(3, 4))
    contexts = random.normal(size=(5, 4))
    measured = numerical_gradient(lambda c: cbow_loss(c, positive, negatives), contexts)
    assert np.allclose(cbow_gradient(contexts, positive, negatives), measured, atol=1e-7)


def test_the_gradients_of_a_pair_are_the_measured_ones():
    random = np.random.default_rng(0)
    v, u = random.normal(size=(2, 4, 3))
    c, o, n = 1, 2, [3, 3, 2, 1]  # a noise word twice, the context itself, and the centre

    def loss(v, u):
        return np.logaddexp(0, -u[o] @ v[c]) + np.logaddexp(0, u[n] @ v[c]).sum()

    d_v, d_u = pair_gradients(v, u, c, o, n)
    assert np.allclose(d_v, numerical_gradient(lambda changed: loss(changed, u), v), atol=1e-7)
    assert np.allclose(d_u, numerical_gradient(lambda changed: loss(v, changed), u), atol=1e-7)


def test_the_backward_step_is_autograds():
    scores = torch.randn(5, 7, dtype=torch.float64, requires_grad=True)
    p, g = scores.softmax(1), torch.randn(5, 7, dtype=torch.float64)
    p.backward(g)
    assert np.allclose(_backward(p.detach().numpy(), g.numpy()), scores.grad.numpy())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it is not good .", "it is not NOT_good ."),
        ("not good , but long", "not NOT_good , but long"),
        ("is n't very funny . great cast", "is n't NOT_very NOT_funny . great cast"),
        ("no plot", "no NOT_plot"),
        ("why not ?", "why not ?"),
        ("", ""),
    ],
)
def test_negations_are_marked_as_the_task_says(text, expected):
    assert " ".join(_marked(text.split())) == expected
    assert " ".join(solved("01-mark-negation")(text.split())) == expected


def test_what_the_task_leaves_open_may_be_done_in_any_way():
    tokens = "not bad no end . good".split()
    assert _free(tokens) == {2, 3}
    expected = _marked(tokens)
    for open_ones in ("no end", "NOT_no NOT_end", "no NOT_end", "NOT_no end"):
        assert _read(f"not NOT_bad {open_ones} . good".split(), expected) == expected
    for wrong in (
        "not bad no end . good",
        "not NOT_bad no ENDS . good",
        "not NOT_bad no end NOT_. good",
    ):
        assert _read(wrong.split(), expected) != expected


def test_random_inputs_are_held_by_float32_and_hold_no_zero():
    drawn = numbers(np.random.default_rng(0), 500, 20, scale=64)
    assert np.array_equal(drawn.astype(np.float32), drawn) and drawn.all()
    assert abs(drawn.mean()) < 3 and 60 < drawn.std() < 68
