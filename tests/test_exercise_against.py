"""An answer is held against the reference on many inputs, and only what explains it is blamed."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers.exercises import against as against_module
from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis, NotAttempted
from helpers.exercises.plain import as_list

RANDOM = np.random.default_rng(0)
ROWS = [(np.array([1.0, 2.0]),), *((RANDOM.normal(size=n),) for n in (3, 5, 40))]
MISTAKES = {
    "that is the sum": lambda x: x.sum(),
    "that is the largest": lambda x: x.max(),
    "divides by n - 1": lambda x: x.sum() / (len(x) - 1),
    "that is the middle of the ends": lambda x: (x[0] + x[-1]) / 2,
}


def found(answer, cases=ROWS, reference=np.mean, seconds=5, **options):
    """Return the diagnosis of a function that should be the mean; "" if it is."""
    options = {"names": ["x"], "mistakes": MISTAKES} | options
    try:
        against(Answer(answer, seconds), reference, cases, **options)
    except Diagnosis as said:
        return str(said)
    return ""


def test_what_is_right_passes_in_every_form():
    assert found(np.mean) == ""
    for form in (np.float32, float, lambda v: np.array(v, dtype=np.float16), lambda v: [v][0]):
        assert found(lambda x, form=form: form(x.mean())) == ""


def test_the_first_failing_input_is_shown():
    assert found(lambda x: x.mean() + (len(x) == 3), [ROWS[0], (np.ones(3),)]) == (
        "For x = [1, 1, 1] you return 2: expected 1."
    )
    assert "numbers of shape (40,) from -" in found(lambda x: x.mean() + (len(x) == 40))


def test_a_mistake_is_named_if_it_explains_several_results():
    assert found(np.sum) == "For x = [1, 2] you return 3: that is the sum."
    assert found(lambda x: x.sum() / max(1, len(x) - 1)).endswith("divides by n - 1.")


def test_a_mistake_that_fits_the_first_result_only_is_not_blamed():
    # 3 is the sum of [1, 2], and divided by n - 1 as well; this is neither
    assert found(lambda x: x.mean() * 2) == "For x = [1, 2] you return 3: expected 1.5."
    # the middle of the ends is right for two numbers, so it has to be wrong elsewhere
    assert "expected" in found(lambda x: (x[0] + x[-1]) / 2 if len(x) < 5 else x.mean())


def test_a_mistake_that_differs_on_one_input_only_explains_it():
    mistakes = {"an empty list has no mean": lambda x: -1.0 if not len(x) else x.mean()}

    def reference(x):
        return x.mean() if len(x) else 0.0

    cases = [(np.zeros(0),), *ROWS]
    assert found(mistakes["an empty list has no mean"], cases, reference, mistakes=mistakes) == (
        "For x = an empty array of shape (0,) you return -1: an empty list has no mean."
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x: x, "For x = [1, 2]: your result has shape (2,), expected a single number."),
        (lambda x: np.nan, "For x = [1, 2]: your result is nan, expected finite numbers."),
        (lambda x: x.no, "For x = [1, 2]: your code stopped"),
        (lambda x: x.sort(), "returns None"),
        (lambda x: x.fill(0) or 1.5, "changes its input"),
        (lambda x: x.mean() if len(x) < 5 else ..., "the starter's dots"),
        (lambda x: x.mean() if len(x) < 5 else x / x[:2], "needs keepdims"),
    ],
)
def test_every_other_fault_is_told_with_its_input(answer, said):
    assert said in found(answer)


def test_the_starter_is_not_attempted():
    with pytest.raises(NotAttempted):
        found(lambda x: ...)


def test_mistakes_that_stop_or_overflow_are_named_too():
    def overflows(x):
        return np.exp(x * 1000).max()

    cases = [(np.array([0.5, 1.0]),), (np.array([2.0, 3.0]),)]
    mistakes = {"exp of it overflows": overflows, "never": lambda x: 1 / 0}
    assert found(overflows, cases, mistakes=mistakes).endswith(
        "is inf, expected finite numbers. Here exp of it overflows."
    )


def test_what_is_kept_from_call_to_call_is_found():
    seen = []

    def remembers(x):
        seen.append(x)
        return x.mean() if len(seen) <= len(ROWS) else 0.0

    assert "keep something from call to call" in found(remembers)


def test_a_slow_answer_is_tried_on_fewer_inputs(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(against_module, "time", SimpleNamespace(monotonic=lambda: clock[0]))

    def takes_a_second(x):
        clock[0] += 1
        return x.mean()

    assert found(takes_a_second, [ROWS[0]] * 200, seconds=10) == ""
    assert clock[0] == 21  # more than twice the limit of one call
    clock[0] = 0
    assert found(takes_a_second, [ROWS[0]] * 200, seconds=3) == ""
    assert clock[0] == against_module.FEWEST


def test_equal_numbers_are_never_shown_as_different():
    said = found(lambda x: x.mean() * (1 + 1e-4), [(np.array([1.0, 1.0]),)])
    assert said == "For x = [1, 1] you return 1.0001: expected 1."
    row = np.linspace(0, 1, 30)
    said = found(lambda x: x + (np.arange(30) == 20) * 1e-3, [(row,)], lambda x: x)
    assert said.endswith("at place 20, you return 0.6907: expected 0.6897.")


def test_lists_texts_and_dictionaries_are_compared_too():
    cases = [(["b", "a"],), (["c"] * 40 + ["b"] * 60,)]
    assert found(sorted, cases, sorted) == ""
    assert found(tuple, cases, sorted) == "For x = ['b', 'a'] you return ['b', 'a']: " + (
        "expected ['a', 'b']."
    )
    assert found(lambda x: iter(sorted(x)), cases, sorted) == ""
    long = found(lambda x: sorted(x)[:90] if len(x) > 9 else sorted(x), cases, sorted)
    assert long.endswith("you return nothing at place 90: expected 'c'.")

    def count(x):
        return {token: x.count(token) for token in sorted(set(x))}

    assert found(count, cases, count) == ""
    assert found(lambda x: 3, cases, count).endswith("you return 3 (a int), expected a dict.")
    assert "expected {'a': 1, 'b': 1}" in found(lambda x: {"a": 1}, cases, count)


def test_a_case_told_in_words_and_results_read_in_a_way_of_its_own():
    case = Case((["b", "a"],), "two letters")

    def read(result, expected):
        return sorted(as_list(result, of=str, what="letters"))

    options = {"cases": [case], "reference": sorted, "read": read}
    assert found(lambda x: x, **options) == ""
    assert found(lambda x: [1], **options) == (
        "For two letters: item 0 of your result is 1 (a int), expected letters."
    )
