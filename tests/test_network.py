"""The network's gradients by hand are autograd's and finite differences', for every activation."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.scratch.gradient_check import check_gradient
from helpers.scratch.initialization import SCALES, draw_weights
from helpers.scratch.network import (
    ACTIVATIONS,
    backward,
    batches,
    forward,
    layers_of,
    loss_and_gradients,
)

RANDOM = np.random.default_rng(0)
X, LABELS = RANDOM.normal(size=(6, 5)), np.array([0, 1, 2, 2, 1, 0])


def network(sizes=(5, 7, 4, 3), seed=1):
    weights = draw_weights(sizes, "glorot", seed)
    random = np.random.default_rng(seed)
    return {name: w + 0.1 * random.normal(size=w.shape) for name, w in weights.items()}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(5, 3), (5, 4, 3), (5, 7, 4, 3)])
def test_equal_to_autograd(activation, sizes):
    weights = network(sizes)
    loss, gradients = loss_and_gradients(weights, X, LABELS, activation)
    tensors = {name: torch.tensor(w, requires_grad=True) for name, w in weights.items()}
    h = torch.tensor(X)
    for k in range(1, len(sizes)):
        h = h @ tensors[f"W{k}"] + tensors[f"b{k}"]
        h = getattr(torch, activation)(h) if k < len(sizes) - 1 else h
    theirs = torch.nn.functional.cross_entropy(h, torch.tensor(LABELS))
    theirs.backward()
    assert loss == pytest.approx(theirs.item(), rel=1e-12)
    assert set(gradients) == set(weights)
    for name, tensor in tensors.items():
        np.testing.assert_allclose(gradients[name], tensor.grad.numpy(), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])  # smooth: differences fit everywhere
def test_equal_to_finite_differences(activation):
    weights = network()
    _, gradients = loss_and_gradients(weights, X, LABELS, activation)
    for name in weights:

        def loss(values, name=name):
            return loss_and_gradients(weights | {name: values}, X, LABELS, activation)[0]

        assert check_gradient(loss, weights[name], gradients[name]).wrong == 0


def test_the_gradient_in_the_input():
    weights, d_scores = network(), RANDOM.normal(size=(6, 3))
    found = backward(weights, forward(weights, X, "tanh"), d_scores, "tanh")["x"]
    check_gradient(lambda x: (forward(weights, x, "tanh").scores * d_scores).sum(), X, found)


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(0, 100))
def test_a_batch_is_the_mean_of_its_texts(count, seed):
    weights, random = network(seed=seed), np.random.default_rng(seed)
    x, labels = random.normal(size=(count, 5)), random.integers(3, size=count)
    loss, gradients = loss_and_gradients(weights, x, labels)
    single = [loss_and_gradients(weights, x[[i]], labels[[i]]) for i in range(count)]
    assert loss == pytest.approx(np.mean([one for one, _ in single]))
    for name in weights:
        mean = np.mean([g[name] for _, g in single], axis=0)
        np.testing.assert_allclose(gradients[name], mean, atol=1e-12)


def test_with_zero_weights_all_units_of_a_layer_stay_the_same():
    _, gradients = loss_and_gradients(draw_weights((5, 4, 3), "zeros"), X, LABELS, "sigmoid")
    assert np.ptp(gradients["W1"], axis=1).max() == 0 and np.ptp(gradients["W2"], axis=0).max() == 0


@pytest.mark.parametrize("scheme", SCALES)
def test_the_spread_is_the_schemes(scheme):
    weights = draw_weights([400, 300], scheme)
    assert weights["W1"].std() == pytest.approx(SCALES[scheme](400, 300), rel=0.02)
    assert not weights["b1"].any()
    again = draw_weights([400, 300], scheme)["W1"]
    assert np.array_equal(weights["W1"], again)


def test_he_keeps_the_size_of_relus_outputs_and_glorot_of_tanhs():
    x = np.random.default_rng(0).normal(size=(200, 300))
    for scheme, activation in (("he", "relu"), ("glorot", "tanh")):
        outputs = forward(draw_weights([300] * 6, scheme), x, activation).outputs[1:-1]
        sizes = [np.sqrt((h**2).mean()) for h in outputs]
        assert 0.25 < min(sizes) and max(sizes) < 1.5
    outputs = forward(draw_weights([300] * 6, "small"), x, "relu").outputs
    assert np.abs(outputs[-1]).mean() < 1e-3


def test_batches_hold_every_place_once():
    found = batches(23, 5, np.random.default_rng(0))
    assert sorted(np.concatenate(found)) == list(range(23)) and len(found[-1]) == 3


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: forward(network(), X, "swish"), "activation is 'swish'; use one of relu"),
        (lambda: forward(network(), X[:, :4]), r"W1 has shape \(5, 7\) and gets \(6, 4\)"),
        (lambda: layers_of({"W1": X, "b2": X}), "expected W1, b1"),
        (lambda: layers_of({}), "expected W1, b1"),
        (lambda: draw_weights([3, 2], "huge"), "scheme is 'huge'"),
        (lambda: draw_weights([3]), "give two or more"),
    ],
)
def test_bad_input(call, said):
    with pytest.raises(ValueError, match=said):
        call()
