"""A model's failures are counted as each kind of test asks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.evaluation.behaviour import BehaviourTest, Case, check, check_all, fill
from helpers.evaluation.intervals import wilson


def scores(table):
    """Return a model that knows the score of each text."""
    return lambda texts: np.array([table[text] for text in texts])


def test_minimum_wants_a_side_and_one_half_is_none():
    table = {"a": 0.9, "b": 0.5, "c": 0.1, "d": 0.6}
    cases = Case(("a",), 1), Case(("b",), 1), Case(("c",), 1), Case(("d",), -1), Case(("c",), -1)
    found = check(BehaviourTest("m", "minimum", cases), scores(table))
    assert found.failed.tolist() == [False, True, True, True, False]
    assert found.misses == pytest.approx([-0.4, 0, 0.4, 0.1, -0.4])
    assert str(found.rate) == str(wilson(3, 5))
    worst = found.worst(2)
    assert [case.texts for case, _ in worst] == [("c",), ("d",)] and worst[0][1].tolist() == [0.1]


def test_direction_lets_the_tolerance_pass():
    table = {"before": 0.6, "up": 0.8, "little": 0.53, "down": 0.45}
    cases = [
        Case(("before", after), sign) for sign in (1, -1) for after in ("up", "little", "down")
    ]
    strict, kind = (
        check(BehaviourTest("d", "direction", tuple(cases), tolerance), scores(table))
        for tolerance in (0.0, 0.1)
    )
    assert strict.failed.tolist() == [False, True, True, True, False, False]
    assert kind.failed.tolist() == [False, False, True, True, False, False]
    several = BehaviourTest("d", "direction", (Case(("before", "up", "down"), 1),), 0.1)
    assert check(several, scores(table)).failed.tolist() == [True]  # the worst of them counts


def test_invariance_looks_at_sides_not_distances():
    table = {"low": 0.01, "less": 0.49, "more": 0.51, "high": 0.99}
    pairs = [("low", "less"), ("less", "more"), ("more", "high"), ("low", "less", "high")]
    cases = tuple(Case(texts) for texts in pairs)
    found = check(BehaviourTest("i", "invariance", cases), scores(table))
    assert found.failed.tolist() == [False, True, False, True]
    assert found.misses == pytest.approx([0.48, 0.02, 0.48, 0.98])


def test_a_model_sees_each_text_once():
    calls = []

    def model(texts):
        calls.append(texts)
        return [0.7] * len(texts)

    praise = BehaviourTest("praise", "minimum", tuple(fill("{w}", 1, w=["a", "b"])))
    pairs = BehaviourTest("pairs", "invariance", (Case(("a", "b")), Case(("b", "c"))))
    found = check_all([praise, pairs], model)
    assert calls == [["a", "b", "c"]] and list(found) == ["praise", "pairs"]
    assert not found["praise"].failed.any() and not found["pairs"].failed.any()


def test_shares_by_template():
    cases = (*fill("{w}", 1, w=["a", "b"]), *fill("not {w}", -1, w=["a", "b"]))
    table = {"a": 0.9, "b": 0.2, "not a": 0.8, "not b": 0.7}
    found = check(BehaviourTest("both", "minimum", cases), scores(table))
    assert found.by_template() == {"{w}": 0.5, "not {w}": 1.0}


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), min_size=2))
def test_laws(table):
    texts = sorted(table)
    up = BehaviourTest("up", "minimum", tuple(Case((t,), 1) for t in texts))
    down = BehaviourTest("down", "minimum", tuple(Case((t,), -1) for t in texts))
    same = BehaviourTest("same", "invariance", tuple(Case((t, t)) for t in texts))
    rise = BehaviourTest("rise", "direction", tuple(Case((t, t), 1) for t in texts))
    found = check_all([up, down, same, rise], scores(table))
    assert not found["same"].failed.any() and not found["rise"].failed.any()
    both = found["up"].failed & found["down"].failed
    assert both.tolist() == [table[t] == 0.5 for t in texts]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([0.5], r"shape \(1,\); 2 texts need \(2,\)"),
        ([[0.5, 0.5]] * 2, r"shape \(2, 2\)"),
        ([0.5, 1.5], "the score of 'b' is 1.5, no probability"),
        ([np.nan, 0.5], "the score of 'a' is nan"),
    ],
)
def test_bad_scores(given, said):
    test = BehaviourTest("t", "minimum", tuple(fill("{w}", 1, w=["a", "b"])))
    with pytest.raises(ValueError, match=said):
        check(test, lambda texts: given)


def test_two_tests_of_one_name():
    test = BehaviourTest("t", "minimum", tuple(fill("a", 1)))
    with pytest.raises(ValueError, match="two tests are called 't'"):
        check_all([test, test], lambda texts: [1.0])
