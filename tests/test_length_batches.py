"""Batches by length: each text once, little padding, a new order each epoch, the same by seed."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.text.batches import TextDataset
from helpers.text.length_batches import LengthBatches, length_loader, sorted_batches, token_batches

LENGTHS = np.random.default_rng(0).integers(1, 200, 1_000)


def padded(batches, lengths):
    """Return the share of places that padding fills."""
    places = sum(len(batch) * max(lengths[i] for i in batch) for batch in batches)
    return 1 - sum(lengths) / places


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(1, 9), st.integers(1, 5))
def test_every_text_comes_once_in_batches_of_the_size(lengths, size, pool):
    batches = LengthBatches(lengths, size, pool=pool)
    found = list(batches)
    assert sorted(i for batch in found for i in batch) == list(range(len(lengths)))
    assert len(found) == len(batches)
    assert sum(len(batch) != size for batch in found) == (len(lengths) % size > 0)
    in_order = sorted_batches(lengths, size)
    assert sorted(i for batch in in_order for i in batch) == list(range(len(lengths)))


def test_batches_by_length_hold_little_padding():
    by_length = padded(LengthBatches(LENGTHS, 16), LENGTHS)
    plain = padded(LengthBatches(LENGTHS, 16, pool=1), LENGTHS)
    assert by_length < 0.05 < 0.4 < plain
    assert padded(sorted_batches(LENGTHS, 16), LENGTHS) < 0.03


def test_the_order_is_new_each_time_and_the_same_for_a_seed():
    batches = LengthBatches(LENGTHS, 16, torch.Generator().manual_seed(3))
    first, second = list(batches), list(batches)
    assert first != second
    assert first == list(LengthBatches(LENGTHS, 16, torch.Generator().manual_seed(3)))
    means = [LENGTHS[batch].mean() for batch in first]
    assert abs(np.corrcoef(means, range(len(means)))[0, 1]) < 0.3  # not from short to long


def test_a_loader_gives_padded_batches_from_its_seed():
    dataset = TextDataset([[7] * n for n in LENGTHS], [0] * len(LENGTHS), max_length=64)
    assert dataset.lengths.max() == 64
    (ids, lengths), labels = next(iter(length_loader(dataset, 32, seed=1)))
    assert ids.shape == (32, lengths.max()) and labels.shape == (32,)
    orders = [_lengths_of(length_loader(dataset, 32, seed=seed)) for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def _lengths_of(batches):
    return [lengths.tolist() for (_, lengths), _ in batches]


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"batch_size": 4, "pool": 0}])
def test_sizes_below_one_are_refused(wrong):
    with pytest.raises(ValueError, match="is 0; it must be 1 or more"):
        LengthBatches([1, 2], **wrong)
    with pytest.raises(ValueError, match="batch_size is 0"):
        sorted_batches([1, 2], 0)
    with pytest.raises(ValueError, match="most is 0"):
        token_batches([1, 2], 0)


@given(st.lists(st.integers(0, 50), max_size=60), st.integers(1, 90))
def test_batches_of_tokens_keep_to_their_places(lengths, most):
    batches = token_batches(lengths, most)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    in_order = [lengths[i] for batch in batches for i in batch]
    assert in_order == sorted(lengths, reverse=True)
    longest = [max(lengths[i] for i in batch) for batch in batches]
    for number, (batch, widest) in enumerate(zip(batches, longest, strict=True), 1):
        assert len(batch) * widest <= most or len(batch) == 1
        # Nor is room left: one text more would not fit, unless there is none.
        assert number == len(batches) or (len(batch) + 1) * max(widest, 1) > most


def test_batches_of_tokens_waste_little():
    batches = token_batches(LENGTHS, 1_024)
    assert padded(batches, LENGTHS) < 0.02
