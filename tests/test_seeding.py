"""One seed for every generator."""

import numpy as np
import pytest
import torch

from helpers.training import seeding


def test_seeds_cover_python_numpy_and_torch():
    import random

    def draw():
        return random.random(), np.random.rand(), torch.rand(1).item()

    seeding.seed_everything(3)
    first = draw()
    seeding.seed_everything(3)
    assert draw() == first
    seeding.seed_everything(4)
    assert all(a != b for a, b in zip(draw(), first, strict=True))
    with pytest.raises(ValueError, match="seed is -1"):
        seeding.seed_everything(-1)


def test_generators_hidden_in_samplers_are_found():
    inner, outer = torch.Generator(), torch.Generator()
    sampler = torch.utils.data.BatchSampler(
        torch.utils.data.RandomSampler(range(8), generator=inner), 2, drop_last=False
    )
    loader = torch.utils.data.DataLoader(
        torch.arange(8), sampler=sampler, batch_size=None, generator=outer
    )
    assert set(seeding.generators_of(loader)) == {inner, outer}
