"""The mean loss over samples."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies

from helpers.training.meter import LossMeter


@settings(max_examples=25, deadline=None)
@given(
    strategies.lists(
        strategies.tuples(strategies.floats(-5, 5), strategies.integers(1, 64)), min_size=1
    ),
    strategies.integers(1, 7),
)
def test_meter_gives_the_weighted_mean(steps, check_every):
    meter = LossMeter(check_every)
    for loss, weight in steps:
        meter.add(torch.tensor(loss), torch.tensor(weight), None, "here")
    losses, weights = zip(*steps, strict=True)
    expected = np.average(np.float32(losses), weights=weights)
    assert meter.mean() == pytest.approx(expected, rel=1e-6, abs=1e-6)
