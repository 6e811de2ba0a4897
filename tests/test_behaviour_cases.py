"""Templates are filled completely, and a test that makes no sense is refused."""

import itertools

import pytest

from helpers.evaluation.behaviour_cases import BehaviourTest, Case, fill


def test_every_combination_once_in_order():
    found = fill(("{a} {b}", "{a} not {b}"), -1, a=["x", "y"], b=["1", "2", "3"])
    pairs = list(itertools.product("xy", "123"))
    assert [case.texts for case in found] == [(f"{a} {b}", f"{a} not {b}") for a, b in pairs]
    assert {(case.wanted, case.template) for case in found} == {(-1, "{a} not {b}")}
    assert fill("as it is", 1) == [Case(("as it is",), 1, "as it is")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"a": ["x"]}, r"slot \{b\} has no words"),
        ({"a": ["x"], "b": ["y"], "c": ["z"]}, r"slot \{c\} is in no template"),
    ],
)
def test_slots_and_words_must_fit(words, said):
    with pytest.raises(ValueError, match=said):
        fill("{a} {b}", **words)


@pytest.mark.parametrize(
    ("kind", "cases", "said"),
    [
        ("other", (Case(("a",), 1),), "kind is 'other'; it must be minimum, invariance, direction"),
        ("minimum", (), "t has no cases"),
        ("minimum", (Case(("a", "b"), 1),), "case 0: 2 texts, wanted 1; minimum needs one text"),
        ("minimum", (Case(("a",), 1), Case(("a",))), "case 1: 1 texts, wanted 0; minimum"),
        ("invariance", (Case(("a",)),), "case 0: 1 texts, wanted 0; invariance needs two texts"),
        ("invariance", (Case(("a", "b"), 1),), "wanted 1; invariance needs two .* wanted 0"),
        ("direction", (Case(("a", "b")),), "wanted 0; direction needs two texts .* wanted 1 or -1"),
    ],
)
def test_bad_tests(kind, cases, said):
    with pytest.raises(ValueError, match=said):
        BehaviourTest("t", kind, cases)
