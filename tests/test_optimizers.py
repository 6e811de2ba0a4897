"""Each optimizer equals its namesake in torch.optim at every one of 100 steps."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.scratch.optimizers import SGD, Adam, AdamW, Momentum, RMSProp

SHAPES = {"W": (4, 3), "b": (3,), "scale": ()}
CASES = {
    "SGD": (SGD(0.1), torch.optim.SGD, {"lr": 0.1}),
    "SGD, L2": (SGD(0.1, l2=0.05), torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.05}),
    "momentum": (Momentum(0.05, momentum=0.9), torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    "Nesterov, L2": (
        Momentum(0.05, momentum=0.8, nesterov=True, l2=0.1),
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1},
    ),
    "RMSProp": (
        RMSProp(0.01, alpha=0.9, epsilon=1e-6),
        torch.optim.RMSprop,
        {"lr": 0.01, "alpha": 0.9, "eps": 1e-6},
    ),
    "RMSProp, L2": (
        RMSProp(0.01, l2=0.05),
        torch.optim.RMSprop,
        {"lr": 0.01, "weight_decay": 0.05},
    ),
    "RMSProp, its own settings": (RMSProp(0.01), torch.optim.RMSprop, {"lr": 0.01}),
    "Adam": (Adam(0.01), torch.optim.Adam, {"lr": 0.01}),
    "Adam, L2": (
        Adam(0.02, beta1=0.8, beta2=0.95, epsilon=1e-6, l2=0.1),
        torch.optim.Adam,
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1},
    ),
    "AdamW": (
        AdamW(0.02, weight_decay=0.1),
        torch.optim.AdamW,
        {"lr": 0.02, "weight_decay": 0.1},
    ),
    "AdamW, its own settings": (AdamW(0.001), torch.optim.AdamW, {"lr": 0.001}),
}


@pytest.mark.parametrize("case", CASES)
def test_equal_to_torch_over_100_steps(case):
    ours, theirs, options = CASES[case]
    random = np.random.default_rng(0)
    weights = {name: np.asarray(random.normal(size=shape)) for name, shape in SHAPES.items()}
    tensors = {name: torch.tensor(w, requires_grad=True) for name, w in weights.items()}
    optimizer = theirs(list(tensors.values()), **options)
    start = {name: w.copy() for name, w in weights.items()}
    for _ in range(100):
        # gradients of very different sizes, some of them zero
        gradients = {
            name: np.asarray(random.normal(size=w.shape) * 10.0 ** random.integers(-3, 3))
            * random.integers(2, size=w.shape)
            for name, w in weights.items()
        }
        ours.step(weights, gradients)
        for name, tensor in tensors.items():
            tensor.grad = torch.tensor(gradients[name])
        optimizer.step()
        for name, w in weights.items():
            np.testing.assert_allclose(w, tensors[name].detach().numpy(), rtol=1e-12, atol=1e-14)
    assert all((weights[name] != start[name]).all() for name in weights)


def test_without_correction_adams_first_step_is_too_long():
    """m is a tenth of the gradient, √s only 0.032 of it: the step is 3.16 times the rate."""
    long, right = ({"w": np.zeros(1)} for _ in range(2))
    Adam(0.1, correct_bias=False).step(long, {"w": np.array([5.0])})
    Adam(0.1).step(right, {"w": np.array([5.0])})
    assert right["w"] == pytest.approx(-0.1)
    assert long["w"] == pytest.approx(-0.1 * 0.1 / np.sqrt(0.001), rel=1e-6)


@given(st.floats(1e-3, 1e3), st.integers(1, 20))
def test_adam_does_not_see_the_loss_scaled(factor, steps):
    random = np.random.default_rng(1)
    gradients = random.normal(size=(steps, 4)) + 0.1
    ends = []
    for scale in (1.0, factor):
        weights, optimizer = {"w": np.ones(4)}, Adam(0.1, epsilon=0.0)
        for gradient in gradients:
            optimizer.step(weights, {"w": scale * gradient})
        ends.append(weights["w"])
    np.testing.assert_allclose(*ends, rtol=1e-9)


def test_what_one_array_remembers_is_not_another_ones():
    both = {"a": np.zeros(2), "b": np.zeros(2)}
    alone = {"a": np.zeros(2)}
    optimizer, other = Momentum(1.0), Momentum(1.0)
    for _ in range(3):
        optimizer.step(both, {"a": np.ones(2), "b": -np.ones(2)})
        other.step(alone, {"a": np.ones(2)})
    assert np.array_equal(both["a"], alone["a"]) and np.array_equal(both["b"], -alone["a"])


def test_the_rate_can_be_set_anew_before_a_step():
    weights, optimizer = {"w": np.zeros(1)}, SGD(1.0)
    for rate in (1.0, 0.5):
        optimizer.learning_rate = rate
        optimizer.step(weights, {"w": np.ones(1)})
    assert weights["w"] == -1.5


@pytest.mark.parametrize(
    ("weights", "gradients", "said"),
    [
        ({"w": np.zeros(2)}, {}, "different names: w stands on one side only"),
        ({"w": np.zeros(2)}, {"w": np.zeros(3)}, r"'w' has shape \(3,\), its weight \(2,\)"),
        ({"w": np.zeros(2, int)}, {"w": np.zeros(2)}, "an array of floats"),
        ({"w": np.zeros(2)}, {"w": np.array([1, np.nan])}, r"'w' is nan at \[1\]; no weight"),
    ],
)
def test_bad_input_is_said_and_moves_nothing(weights, gradients, said):
    weights = {"first": np.ones(1)} | weights
    optimizer = SGD(1.0)
    with pytest.raises(ValueError, match=said):
        optimizer.step(weights, {"first": np.ones(1)} | gradients)
    assert weights["first"] == 1 and optimizer.steps == 0
