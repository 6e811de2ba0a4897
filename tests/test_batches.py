"""Batches: the vectorised padding equals a plain loop, and the loader loses no text."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.text.batches import TextDataset, loader, pad

SEQUENCES = st.lists(st.lists(st.integers(0, 10**6), max_size=9), max_size=7)


def pad_by_loop(sequences, pad_id, max_length):
    cut = [list(sequence[:max_length]) for sequence in sequences]
    longest = max([1, *map(len, cut)])
    return [row + [pad_id] * (longest - len(row)) for row in cut], [len(row) for row in cut]


@given(SEQUENCES, st.integers(-3, 3), st.none() | st.integers(1, 6))
def test_pad_equals_a_plain_loop(sequences, pad_id, max_length):
    ids, lengths = pad(sequences, pad_id, max_length)
    rows, expected = pad_by_loop(sequences, pad_id, max_length)
    assert ids.tolist() == rows
    assert lengths.tolist() == expected
    assert ids.dtype == lengths.dtype == np.int64
    assert ids.shape == (len(sequences), len(rows[0]) if rows else 1)


def test_pad_gives_an_empty_text_one_column_of_padding():
    ids, lengths = pad([[], []])
    assert ids.tolist() == [[0], [0]]
    assert lengths.tolist() == [0, 0]
    assert pad([])[0].shape == (0, 1)


def test_a_longer_text_loses_its_end():
    ids, lengths = pad([[5, 6, 7], [8]], max_length=2)
    assert ids.tolist() == [[5, 6], [8, 0]]
    assert lengths.tolist() == [2, 1]


@pytest.mark.parametrize("length", [0, -2])
def test_a_maximum_that_leaves_nothing_is_refused(length):
    with pytest.raises(ValueError, match=f"max_length is {length}; it must be 1 or more"):
        pad([[1]], max_length=length)


@given(SEQUENCES.filter(len), st.data())
def test_the_dataset_pads_any_choice_of_texts_as_pad_does(sequences, data):
    labels = list(range(len(sequences)))
    chosen = data.draw(st.lists(st.sampled_from(labels), min_size=1, max_size=9))
    (ids, lengths), given_labels = TextDataset(sequences, labels)[chosen]
    expected = pad([sequences[i] for i in chosen])
    assert ids.tolist() == expected[0].tolist()
    assert lengths.tolist() == expected[1].tolist()
    assert given_labels.tolist() == chosen
    assert {ids.dtype, lengths.dtype, given_labels.dtype} == {torch.int64}


def test_the_dataset_truncates_and_pads_as_told():
    dataset = TextDataset([[5, 6, 7], [], [8]], [1, 0, 2], pad_id=9, max_length=2)
    assert len(dataset) == 3
    (ids, lengths), labels = dataset[[0, 1, 2]]
    assert ids.tolist() == [[5, 6], [9, 9], [8, 9]]
    assert lengths.tolist() == [2, 0, 1]
    assert labels.tolist() == [1, 0, 2]


def test_the_dataset_refuses_texts_without_labels():
    with pytest.raises(ValueError, match="3 texts have 2 labels; give each one"):
        TextDataset([[1], [2], [3]], [0, 1])


@pytest.mark.parametrize("index", [-1, 3, 7])
def test_the_dataset_refuses_a_text_that_it_has_not(index):
    dataset = TextDataset([[5, 6], [7], [8]], [0, 1, 2])
    with pytest.raises(IndexError, match=f"text {index} is asked for; there are 3"):
        dataset[[0, index]]


def numbered(size):
    """Texts whose label is also their only id, so that a batch shows which they are."""
    return TextDataset([[i] for i in range(size)], range(size))


def order(batches):
    """Return the batches of one epoch as lists of labels, each checked against its ids."""
    seen = []
    for (ids, lengths), labels in batches:
        assert ids[:, 0].tolist() == labels.tolist()
        assert lengths.tolist() == [1] * len(labels)
        seen.append(labels.tolist())
    return seen


@given(st.integers(1, 30), st.integers(1, 12), st.booleans())
def test_an_epoch_holds_each_text_once(size, batch_size, shuffle):
    batches = loader(numbered(size), batch_size, shuffle)
    seen = order(batches)
    assert sorted([i for batch in seen for i in batch]) == list(range(size))
    assert [len(batch) for batch in seen[:-1]] == [batch_size] * (len(seen) - 1)
    assert len(batches) == len(seen)
    if not shuffle:
        assert [i for batch in seen for i in batch] == list(range(size))


def test_each_epoch_has_an_order_of_its_own_and_a_seed_repeats_them_all():
    batches, again = (loader(numbered(40), 7, shuffle=True, seed=3) for _ in range(2))
    epochs = [order(batches) for _ in range(3)]
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]
    assert [order(again) for _ in range(3)] == epochs
    assert order(loader(numbered(40), 7, shuffle=True, seed=4)) != epochs[0]


def test_the_global_random_state_plays_no_part():
    torch.manual_seed(1)
    first = order(loader(numbered(40), 7, shuffle=True))
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert order(loader(numbered(40), 7, shuffle=True)) == first
    assert torch.equal(torch.get_rng_state(), state)


def test_a_saved_generator_goes_on_where_it_was():
    batches = loader(numbered(40), 7, shuffle=True)
    order(batches)
    state = batches.generator.get_state()
    rest = [order(batches) for _ in range(2)]
    resumed = loader(numbered(40), 7, shuffle=True, seed=99)
    resumed.generator.set_state(state)
    assert [order(resumed) for _ in range(2)] == rest


@pytest.mark.parametrize(
    ("device", "pinned"),
    [(None, False), ("cpu", False), ("meta", False), ("cuda", True), ("cuda:1", True)],
)
def test_memory_is_pinned_for_cuda_alone(device, pinned):
    device = device and torch.device(device)
    assert loader(numbered(3), 2, device=device).pin_memory is pinned


@pytest.mark.parametrize("size", [0, -5])
def test_a_batch_of_no_texts_is_refused(size):
    with pytest.raises(ValueError, match=f"batch_size is {size}; it must be 1 or more"):
        loader(numbered(3), size)
