"""Windows predict every token but the first exactly once, from the tokens before it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.text.batches import loader
from helpers.text.windows import TokenWindows, join_texts


@given(st.lists(st.integers(0, 99), min_size=2, max_size=60), st.integers(1, 70))
def test_every_token_but_the_first_is_predicted_once(stream, length):
    windows = TokenWindows(stream, length, pad_id=7)
    ids, following = windows[range(len(windows))]
    assert ids.shape == following.shape == (len(windows), length)
    assert ids.dtype == following.dtype == torch.int64
    scored = following != -100
    assert following[scored].tolist() == stream[1:]
    assert ids[scored].tolist() == stream[:-1]
    assert (following[~scored] == -100).all() and (~scored).sum() < length
    assert set(ids[~scored][1:].tolist()) <= {7}  # the first of them is the last token


@given(st.lists(st.lists(st.integers(1, 9), max_size=5), max_size=6))
def test_texts_come_back_from_the_joined_stream(texts):
    stream = join_texts(texts, end_id=0)
    assert stream.dtype == np.int64 and stream.ndim == 1
    parts = "".join(map(str, stream)).split("0")
    assert parts == ["".join(map(str, text)) for text in texts] + [""]


def test_a_loader_shuffles_windows_and_keeps_pairs_together():
    windows = TokenWindows(np.arange(101), length=10)
    batches = list(loader(windows, 3, shuffle=True, seed=1))
    assert [len(ids) for ids, _ in batches] == [3, 3, 3, 1]
    assert all(torch.equal(following, ids + 1) for ids, following in batches)
    firsts = torch.cat([ids[:, 0] for ids, _ in batches]).tolist()
    assert firsts != sorted(firsts) and sorted(firsts) == list(range(0, 100, 10))


def test_the_caller_s_stream_stays_as_it_is():
    stream = np.arange(5)
    ids, _ = TokenWindows(stream, 2)[[0]]
    ids += 50
    assert stream.tolist() == [0, 1, 2, 3, 4]
    assert TokenWindows(stream, 2)[[0]][0].tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("stream", "length", "said"),
    [
        ([5], 2, "at least two tokens"),
        ([[1, 2], [3, 4]], 2, r"shape \(2, 2\)"),
        ([1.0, 2.0], 2, "float64 numbers from 1.0; ids are whole"),
        ([3, -1], 2, "numbers from -1; ids are whole numbers, 0 or more"),
        ([3, 1], 0, "length is 0; a window has 1 token or more"),
    ],
)
def test_a_stream_that_makes_no_sense_is_refused(stream, length, said):
    with pytest.raises(ValueError, match=said):
        TokenWindows(stream, length)


def test_a_window_that_is_not_there_is_refused():
    with pytest.raises(IndexError, match="4 is asked for; there are 4"):
        TokenWindows(range(9), 2)[[0, 4]]
