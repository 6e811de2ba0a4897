"""The gradient checker passes right gradients, names the wrong entry of wrong ones, and is
not fooled by functions that change their input, return arrays or roll dice."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.scratch.gradient_check import (
    WrongGradientError,
    check_gradient,
    numerical_gradient,
)


def cubes(x):
    return (x**3).sum()


FUNCTIONS = {  # NumPy and torch share these spellings
    "cubes": lambda x, _: (x**3).sum(),
    "sines": lambda x, m: m.sin(x).sum(),
    "product": lambda x, _: x.prod(),
    "norm": lambda x, m: m.sqrt((x**2).sum() + 1),
    "mixed": lambda x, m: (m.exp(x / 3) * m.tanh(x[..., :1])).mean(),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 1, 3)])
def test_numerical_gradient_equals_autograd(name, shape):
    x = np.random.default_rng(0).normal(0, 1, shape)
    leaf = torch.from_numpy(x).requires_grad_()
    FUNCTIONS[name](leaf, torch).backward()
    numeric = numerical_gradient(lambda v: FUNCTIONS[name](v, np), x)
    assert numeric.dtype == np.float64
    np.testing.assert_allclose(numeric, leaf.grad.numpy(), atol=1e-8)
    report = check_gradient(lambda v: FUNCTIONS[name](v, np), x, leaf.grad.numpy())
    assert (report.entries, report.wrong) == (x.size, 0)
    assert report.relative_error < 1e-6


finite = st.floats(-100, 100)


@given(hnp.arrays(np.float64, (2, 3), elements=finite), hnp.arrays(float, (2, 3), elements=finite))
def test_a_quadratic_has_no_error_but_rounding(x, a):
    numeric = numerical_gradient(lambda v: (a * v + v**2).sum(), x)
    np.testing.assert_allclose(numeric, a + 2 * x, atol=1e-4, rtol=1e-5)


@given(
    hnp.arrays(np.float64, (2, 3), elements=st.floats(-2, 2)),
    st.tuples(st.integers(0, 1), st.integers(0, 2)),
    st.sampled_from([-1.0, -1e-3, 1e-3, 1.0]),
)
def test_whichever_entry_is_wrong_is_named(x, position, off):
    gradient = 3 * x**2
    gradient[position] += off
    with pytest.raises(WrongGradientError) as caught:
        check_gradient(cubes, x, gradient)
    report = caught.value.report
    assert (report.wrong, report.position) == (1, position)
    assert report.analytic == gradient[position]
    assert report.numeric == pytest.approx(3 * x[position] ** 2, abs=1e-8)
    assert str(caught.value).startswith(f"gradient{list(position)} is {report.analytic:.6g}")
    assert "1 of 6 entries is wrong" in str(caught.value)


def test_the_message_has_the_place_and_both_values():
    with pytest.raises(
        WrongGradientError,
        match=r"gradient\[0, 1\] is 13, finite differences give 12 "
        r"\(relative error 7\.7e-02, allowed 1e-06\); 1 of 4 entries is wrong$",
    ):
        check_gradient(cubes, [[1, 2], [3, 4]], [[3, 13], [27, 48]])


@pytest.mark.parametrize(("factor", "shown"), [(2.0, "2"), (-1.0, "-1"), (0.25, "0.25")])
def test_a_common_factor_is_said(factor, shown):
    x = np.array([1.0, -2.0, 0.5])
    with pytest.raises(WrongGradientError, match=rf"each {shown} times what it should be"):
        check_gradient(cubes, x, factor * 3 * x**2)


@pytest.mark.parametrize("wrong", [[6.0, 12.0, 30.0], [0.0, 12.0, 0.0]])
def test_unrelated_mistakes_claim_no_common_factor(wrong):
    with pytest.raises(WrongGradientError) as caught:
        check_gradient(cubes, [1.0, 2.0, 3.0], wrong)
    assert "2 of 3 entries are wrong" in str(caught.value)
    assert "times what it should be" not in str(caught.value)


def test_small_wrong_entries_beside_large_ones_are_seen():
    weights = np.array([1e3, 1e-3])
    with pytest.raises(WrongGradientError, match=r"gradient\[1\] is 0\.002"):
        check_gradient(lambda x: (weights * x).sum(), [0.0, 0.0], [1e3, 2e-3])


def test_the_tolerance_is_the_line_between_right_and_wrong():
    almost = [12.0 * (1 + 3e-6)]
    assert check_gradient(cubes, [2.0], almost, tolerance=1e-5).relative_error > 1e-6
    with pytest.raises(WrongGradientError, match=r"relative error 3\.0e-06, allowed 1e-06"):
        check_gradient(cubes, [2.0], almost)


def test_rounding_is_no_mistake():
    x = np.array([0.0, 1.0])
    report = check_gradient(lambda v: 5.0 + 1e-9 * v[0] + v[1], x, [1e-9, 1.0])
    assert report.wrong == 0


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_step_grows_with_the_entry(scale):
    x = scale * np.array([1.0, -3.0])
    assert check_gradient(lambda v: ((v / scale) ** 2).sum(), x, 2 * x / scale**2).wrong == 0


def test_a_function_that_changes_its_input_does_no_harm():
    def careless(x):
        x *= x
        return x.sum()

    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(numerical_gradient(careless, x), [2, 4, 6], rtol=1e-9)
    assert check_gradient(careless, x, [2.0, 4.0, 6.0]).wrong == 0
    np.testing.assert_array_equal(x, [1, 2, 3])


def test_whole_numbers_and_single_numbers_are_welcome():
    np.testing.assert_allclose(numerical_gradient(cubes, np.array([1, 2])), [3, 12], rtol=1e-8)
    assert numerical_gradient(cubes, 2.0) == pytest.approx(12)
    assert str(check_gradient(cubes, 2.0, 12.0)).startswith("1 entries checked, 0 wrong")
    with pytest.raises(WrongGradientError, match=r"gradient is 6, .* it is the only entry"):
        check_gradient(cubes, 2.0, 6.0)


def test_float32_input_is_checked_in_float64():
    x = np.array([0.1, 0.7], dtype=np.float32)
    assert check_gradient(cubes, x, 3 * x.astype(np.float64) ** 2).wrong == 0


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: x, r"f must return one real number, got float64 of shape \(2,\)"),
        (lambda x: x.sum(keepdims=True), r"of shape \(1,\) .*take a sum, a mean or one entry"),
        (lambda x: None, "got object of shape"),
        (lambda x: x.sum() + 1j, "got complex128"),
        (lambda x: x.sum() * np.nan, "f returned nan at x; no gradient can be measured there"),
    ],
)
def test_a_function_without_one_finite_number_is_refused(f, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(f, [1.0, 2.0], [1.0, 1.0])


def test_a_function_that_breaks_off_beside_x_says_along_which_entry():
    def broken(x):
        return x.sum() if x[1] <= 2 else np.nan

    with pytest.raises(ValueError, match=r"f returned nan with x\[1\] moved by 2e-05"):
        numerical_gradient(broken, [1.0, 2.0])


def test_dice_are_found_out():
    random = np.random.default_rng(0)
    with pytest.raises(ValueError, match="for the same x; switch off what is random"):
        check_gradient(lambda x: (x * random.random()).sum(), [1.0], [1.0])


@pytest.mark.parametrize(
    ("x", "gradient", "message"),
    [
        ([1.0, np.nan], [1.0, 1.0], r"x\[1\] is nan; it must be finite"),
        ([1.0, 2.0], [np.inf, 1.0], r"gradient\[0\] is inf; it must be finite"),
        ([1.0, 2.0], [[3.0, 12.0]], r"the gradient has shape \(1, 2\), x has \(2,\)"),
        ([], [], "x is empty"),
        (["a"], [1.0], "x must hold real numbers, got an array of <U1"),
    ],
)
def test_bad_points_and_gradients_are_named(x, gradient, message):
    with pytest.raises(ValueError, match=message):
        check_gradient(cubes, x, gradient)


@pytest.mark.parametrize("step", [0, -1e-5, np.nan])
def test_the_step_must_be_positive(step):
    with pytest.raises(ValueError, match=r"step is .*; it must be a finite number above 0"):
        numerical_gradient(cubes, [1.0], step)
