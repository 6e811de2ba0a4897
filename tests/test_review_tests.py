"""The tests of reviews are what their names say, and what teaches negation occurs in none."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.evaluation import review_tests
from helpers.evaluation.review_tests import all_tests, he_to_she, mistyped, taught_negations

TEXTS = [f"He made a wonderful thriller number {n}, they say." for n in range(150)]
TESTS = {test.name: test for test in all_tests(TEXTS)}


def test_every_kind_is_there_and_no_text_reads_oddly():
    assert {test.kind for test in TESTS.values()} == {"minimum", "invariance", "direction"}
    for test in TESTS.values():
        for case in test.cases:
            for text in case.texts:
                assert "{" not in text and "  " not in text and text[0].isupper()
                assert not re.search(r"\ba [aeiou]", text), text


def test_the_same_seed_gives_the_same_tests():
    assert all_tests(TEXTS) == all_tests(TEXTS)
    names = {name for name in TESTS if all_tests(TEXTS, 1) != all_tests(TEXTS)}
    assert names  # other reviews are drawn, other letters swapped


def test_real_reviews_are_drawn_and_changed():
    for name in ("praise added", "blame added", "typing error", "he for she"):
        cases = TESTS[name].cases
        assert len(cases) == len({case.texts[0] for case in cases}) == review_tests.REAL
        assert all(case.texts[0] in TEXTS and case.texts[0] != case.texts[1] for case in cases)
    assert len(all_tests(TEXTS[:7])[-1].cases) == 14


def test_order_alone_tells_then_from_now():
    cases = TESTS["then and now"].cases
    for one, other in zip(cases[::2], cases[1::2], strict=True):
        bags = [sorted(re.findall(r"\w+", case.texts[0].lower())) for case in (one, other)]
        assert bags[0] == bags[1] and one.wanted == -other.wanted


def test_what_teaches_negation_is_in_no_test():
    texts, praise = taught_negations(count=4000)
    tested = {text for test in review_tests.minimum() for case in test.cases for text in case.texts}
    assert not set(texts) & tested
    taught, asked = (set(re.findall(r"[a-z']+", " ".join(t).lower())) for t in (texts, tested))
    adjectives = {*review_tests.PRAISE, *review_tests.BLAME}
    assert not taught & adjectives and adjectives <= asked
    turned = re.compile(r"\b(hardly|not|never)\b")
    good = re.compile(r"\b(good|great|enjoyable|lovely|touching|warm|sharp|tender)\b")
    for text, positive in zip(texts, praise, strict=True):
        assert positive == (bool(good.search(text)) != bool(turned.search(text))), text
    assert sum(praise) == 2000 and sum(bool(turned.search(text)) for text in texts) == 2000
    assert taught_negations(3, 40) == taught_negations(3, 40) != taught_negations(4, 40)
    assert taught_negations(0, 0) == ([], [])


def test_he_becomes_she_whole_words_only():
    assert he_to_she("The theme: he hid his hat. HE") == "The theme: she hid her hat. She"
    assert he_to_she("Her woman") == "Her woman"


@pytest.mark.parametrize(
    ("before", "after"),
    [("to be or not", "to be or not"), ("", ""), ("aaaa aaaaa", "aaaa aaaaa"), ("film", "flim")],
)
def test_what_can_be_mistyped(before, after):
    assert mistyped(before, random.Random(0)) == after


@given(st.text(), st.integers(0, 99))
def test_a_typing_error_moves_two_letters_inside_a_word(text, seed):
    found = mistyped(text, random.Random(seed))
    assert sorted(found) == sorted(text)
    places = [i for i, (a, b) in enumerate(zip(text, found, strict=True)) if a != b]
    assert len(places) in (0, 2)
    if places:
        i, j = places
        assert j == i + 1 and text[i - 1].isalnum() and text[j + 1].isalnum()
