"""Softmax, cross-entropy and the article's loss equal torch and scipy, keep their laws, and
name what is wrong with bad input."""

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.scratch.functions import (
    cross_entropy,
    cross_entropy_gradient,
    log_softmax,
    softmax,
    softmax_jacobian,
)
from helpers.scratch.gradient_check import check_gradient
from helpers.scratch.prediction_entropy import prediction_entropy, prediction_entropy_gradient

EVERYTHING = [
    softmax,
    log_softmax,
    softmax_jacobian,
    prediction_entropy,
    prediction_entropy_gradient,
    lambda z: cross_entropy(z, np.zeros(np.shape(z)[:-1], dtype=int)),
    lambda z: cross_entropy_gradient(z, np.zeros(np.shape(z)[:-1], dtype=int)),
]


def scores(limit=1e4, dtype=np.float64):
    elements = st.floats(-limit, limit, width=32 if dtype == np.float32 else 64)
    shapes = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5)
    return hnp.arrays(dtype, shapes, elements=elements)


def random_case(seed, rows=7, classes=5, spread=3.0):
    random = np.random.default_rng(seed)
    return random.normal(0, spread, (rows, classes)), random.integers(0, classes, rows)


# --- equal to the reference libraries -------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3, 4), (3, 1)])
@pytest.mark.parametrize("temperature", [0.25, 1.0, 7.0])
def test_softmax_and_its_logarithm_equal_scipy_and_torch(dtype, shape, temperature):
    z = np.random.default_rng(1).normal(0, 5, shape).astype(dtype)
    tolerance = 1e-6 if dtype == np.float32 else 1e-13
    for ours, scipys, torchs in (
        (softmax, scipy.special.softmax, torch.softmax),
        (log_softmax, scipy.special.log_softmax, torch.log_softmax),
    ):
        mine = ours(z, temperature)
        assert mine.dtype == dtype
        np.testing.assert_allclose(mine, scipys(z / temperature, axis=-1), rtol=10 * tolerance)
        theirs = torchs(torch.from_numpy(z) / temperature, dim=-1).numpy()
        np.testing.assert_allclose(mine, theirs, rtol=10 * tolerance, atol=tolerance)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_jacobian_equals_autograd_row_by_row(temperature):
    z, _ = random_case(2)
    ours = softmax_jacobian(z, temperature)
    assert ours.shape == (7, 5, 5)
    for row, jacobian in zip(z, ours, strict=True):
        reference = torch.autograd.functional.jacobian(
            lambda v: torch.softmax(v / temperature, dim=-1), torch.from_numpy(row)
        )
        np.testing.assert_allclose(jacobian, reference.numpy(), atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["labels", "probabilities"])
def test_cross_entropy_and_gradient_equal_torch(dtype, kind):
    z, labels = random_case(3)
    z = z.astype(dtype)
    if kind == "labels":
        targets, theirs = labels, torch.from_numpy(labels)
    else:
        targets = softmax(random_case(4)[0].astype(dtype))
        theirs = torch.from_numpy(targets)
    leaf = torch.from_numpy(z).requires_grad_()
    loss = torch.nn.functional.cross_entropy(leaf, theirs)
    loss.backward()
    tolerance = 1e-6 if dtype == np.float32 else 1e-14
    assert cross_entropy(z, targets) == pytest.approx(loss.item(), rel=tolerance)
    gradient = cross_entropy_gradient(z, targets)
    assert gradient.dtype == dtype
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), atol=tolerance)


def test_cross_entropy_takes_one_row_and_a_grid_of_rows():
    z, labels = random_case(5, rows=6)
    one = cross_entropy(z[0], labels[0])
    assert one == pytest.approx(-log_softmax(z[0])[labels[0]])
    grid = cross_entropy(z.reshape(2, 3, 5), labels.reshape(2, 3))
    assert grid == pytest.approx(cross_entropy(z, labels), rel=1e-14)
    np.testing.assert_array_equal(
        cross_entropy_gradient(z.reshape(2, 3, 5), labels.reshape(2, 3)).reshape(6, 5),
        cross_entropy_gradient(z, labels),
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_prediction_entropy_and_gradient_equal_scipy_and_autograd(dtype):
    z = random_case(6)[0].astype(dtype)
    tolerance = 1e-6 if dtype == np.float32 else 1e-14
    leaf = torch.from_numpy(z).requires_grad_()
    loss = torch.distributions.Categorical(logits=leaf).entropy().mean()
    loss.backward()
    by_scipy = scipy.special.entr(scipy.special.softmax(z, axis=-1)).sum(axis=-1).mean()
    assert prediction_entropy(z) == pytest.approx(loss.item(), rel=10 * tolerance)
    assert prediction_entropy(z) == pytest.approx(by_scipy, rel=10 * tolerance)
    gradient = prediction_entropy_gradient(z)
    assert gradient.dtype == dtype
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), atol=tolerance)


def test_both_gradients_agree_with_finite_differences():
    z, labels = random_case(7, spread=1.0)
    right = check_gradient(lambda v: cross_entropy(v, labels), z, cross_entropy_gradient(z, labels))
    articles = check_gradient(prediction_entropy, z, prediction_entropy_gradient(z))
    assert right.entries == articles.entries == 35


# --- laws -----------------------------------------------------------------------------------


@given(scores(), st.floats(0.01, 100))
def test_rows_are_probabilities(z, temperature):
    p = softmax(z, temperature)
    assert p.shape == z.shape
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, atol=1e-12)
    np.testing.assert_allclose(np.exp(log_softmax(z, temperature)), p, atol=1e-12)
    assert (p.argmax(axis=-1) == z.argmax(axis=-1)).all() or (
        np.take_along_axis(z, p.argmax(axis=-1)[..., None], -1)
        >= z.max(axis=-1, keepdims=True) - 1e-9 * temperature
    ).all()


@given(scores(limit=50), st.floats(-1e3, 1e3))
def test_shifting_all_scores_changes_nothing(z, shift):
    np.testing.assert_allclose(softmax(z + shift), softmax(z), atol=1e-11)
    np.testing.assert_allclose(log_softmax(z + shift), log_softmax(z), atol=1e-10)


@given(scores(limit=30), st.floats(0.5, 10))
def test_jacobian_is_symmetric_and_its_rows_sum_to_zero(z, temperature):
    jacobian = softmax_jacobian(z, temperature)
    assert jacobian.shape == (*z.shape, z.shape[-1])
    np.testing.assert_array_equal(jacobian, np.swapaxes(jacobian, -1, -2))
    np.testing.assert_allclose(jacobian.sum(axis=-1), 0, atol=1e-14)
    assert (np.diagonal(jacobian, axis1=-2, axis2=-1) >= -1e-17).all()


@given(scores(limit=100), st.randoms(use_true_random=False))
def test_loss_is_never_negative_and_its_gradient_rows_sum_to_zero(z, random):
    labels = np.array([random.randrange(z.shape[-1]) for _ in range(z[..., 0].size)])
    labels = labels.reshape(z.shape[:-1])
    assert cross_entropy(z, labels) >= 0
    gradient = cross_entropy_gradient(z, labels)
    np.testing.assert_allclose(gradient.sum(axis=-1), 0, atol=1e-14)
    one_hot = np.eye(z.shape[-1])[labels]
    assert cross_entropy(z, one_hot) == cross_entropy(z, labels)


@given(scores(limit=100))
def test_entropy_lies_between_certain_and_even(z):
    entropy = prediction_entropy(z)
    assert -1e-15 <= entropy <= np.log(z.shape[-1]) + 1e-12
    np.testing.assert_allclose(prediction_entropy_gradient(z).sum(axis=-1), 0, atol=1e-13)


# --- extremes -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e4, 3e38])
def test_extreme_scores_give_exact_finite_answers_without_a_warning(dtype, size):
    z = np.array([[size, -size, 0.0], [-size, -size, -size]], dtype=dtype)
    np.testing.assert_array_equal(softmax(z)[0], [1, 0, 0])
    np.testing.assert_allclose(softmax(z)[1], 1 / 3, rtol=1e-6)
    for function in EVERYTHING:
        assert np.isfinite(function(z)).all()
    assert prediction_entropy(z) == pytest.approx(np.log(3) / 2, rel=1e-6)


def test_wrong_by_ten_thousand_costs_ten_thousand_nats():
    z = np.array([[1e4, 0.0], [-1e4, 0.0]], dtype=np.float32)
    assert cross_entropy(z, np.array([1, 0])) == 1e4
    np.testing.assert_array_equal(
        cross_entropy_gradient(z, np.array([1, 0])), [[0.5, -0.5], [-0.5, 0.5]]
    )


def test_inputs_are_left_as_they_were():
    z, labels = random_case(8)
    before = z.copy()
    for function in EVERYTHING:
        function(z)
    cross_entropy_gradient(z, labels)
    np.testing.assert_array_equal(z, before)


# --- bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize("function", EVERYTHING)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_first_score_that_is_not_finite_is_named(function, bad, dtype):
    z = np.zeros((3, 4), dtype=dtype)
    z[1, 2] = z[2, 0] = bad
    with pytest.raises(ValueError, match=rf"logits\[1, 2\] is {bad}, the first of 2 scores"):
        function(z)


@pytest.mark.parametrize(
    ("z", "message"),
    [
        (np.float64(3.0), r"logits have shape \(\); expected \(\.\.\., classes\)"),
        (np.zeros((0, 3)), r"logits have shape \(0, 3\)"),
        (np.zeros((3, 0)), r"logits have shape \(3, 0\)"),
        (np.array(["a", "b"]), "logits must be real numbers, got an array of <U1"),
        (np.array([1j, 2.0]), "logits must be real numbers, got an array of complex128"),
    ],
)
def test_what_is_no_array_of_scores_is_refused(z, message):
    with pytest.raises(ValueError, match=message):
        softmax(z)


@pytest.mark.parametrize("temperature", [0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("function", [softmax, log_softmax, softmax_jacobian])
def test_temperature_must_be_positive(function, temperature):
    with pytest.raises(ValueError, match=r"temperature is .*; it must be a finite number above 0"):
        function([1.0, 2.0], temperature)


@pytest.mark.parametrize("loss", [cross_entropy, cross_entropy_gradient])
@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([0, 3], r"label\[1\] is 3; with 3 classes the labels run from 0 to 2"),
        ([-1, 0], r"label\[0\] is -1; with 3 classes"),
        ([0.0, 1.0], "class ids must be integers, got an array of float64"),
        ([0, 1, 2], r"targets have shape \(3,\); logits of shape \(2, 3\) need class ids of"),
        ([[0], [1]], r"targets have shape \(2, 1\)"),
        ([[1, 0, 0], [0.5, 0.5, 0.5]], r"targets\[1\] sums to 1\.5; it must sum to 1"),
        ([[1, 0, 0], [1.5, -0.5, 0]], r"targets\[1, 1\] is -0\.5; a probability is 0 to 1"),
        ([[1, 0, 0], [np.nan, 0, 0]], r"targets\[1, 0\] is nan"),
        ([["a", "b", "c"]] * 2, "target probabilities must be real numbers"),
    ],
)
def test_bad_targets_are_named(loss, targets, message):
    with pytest.raises(ValueError, match=message):
        loss(np.zeros((2, 3)), targets)


def test_a_single_bad_label_has_no_empty_brackets():
    with pytest.raises(ValueError, match=r"^label is 7; with 3 classes"):
        cross_entropy(np.zeros(3), 7)
