"""What is drawn for skip-gram: probabilities against their formulas, pairs against a plain loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.vectors.negative_sampling import (
    keep_probabilities,
    noise_probabilities,
    noise_table,
    reaches,
)

counts_lists = st.lists(st.integers(1, 10**6), min_size=1, max_size=30)


@given(counts_lists, st.floats(1e-6, 0.5))
def test_words_are_kept_as_word2vec_keeps_them(counts, threshold):
    total = sum(counts)
    expected = [
        min(1, ((count / (threshold * total)) ** 0.5 + 1) * threshold * total / count)
        for count in counts
    ]
    kept = keep_probabilities(counts, threshold)
    np.testing.assert_allclose(kept, expected, rtol=1e-12)
    assert (kept > 0).all() and (kept <= 1).all()


def test_nothing_is_dropped_at_threshold_zero():
    assert keep_probabilities([10**6, 1], 0).tolist() == [1, 1]


@given(counts_lists, st.floats(0, 2))
def test_noise_is_drawn_by_powers_of_counts(counts, power):
    probabilities = noise_probabilities(counts, power)
    weights = [count**power for count in counts]
    np.testing.assert_allclose(probabilities, np.array(weights) / sum(weights), rtol=1e-12)


def test_the_noise_table_holds_each_word_as_often_as_its_probability_says():
    probabilities = noise_probabilities(np.arange(40_000, 0, -1))
    generator = np.random.default_rng(0)
    table = noise_table(probabilities, generator)
    found = np.bincount(table, minlength=40_000)
    assert len(found) == 40_000
    assert np.abs(found - probabilities * len(table)).max() < 1 + 1e-6
    rare = [(noise_table(np.array([1 - 1e-7, 1e-7]), generator) == 1).sum() for _ in range(200)]
    assert set(rare) == {0, 1}  # it stands there at times, though 2 ** 20 * 1e-7 is far below 1


def plain_pairs(sentences, drawn):
    """word2vec's loops, as anyone would write them."""
    pairs = []
    for centre, sentence in enumerate(sentences):
        for away in range(-drawn[centre], drawn[centre] + 1):
            other = centre + away
            if away and 0 <= other < len(sentences) and sentences[other] == sentence:
                pairs.append((centre, other))
    return pairs


@given(st.lists(st.integers(1, 9), max_size=8), st.integers(1, 5), st.integers(0, 99))
def test_windows_hold_the_pairs_of_a_plain_loop(lengths, window, seed):
    sentences = np.repeat(np.arange(len(lengths)), lengths)
    left, right = reaches(sentences, window, np.random.default_rng(seed))
    assert left.dtype == right.dtype == np.int32
    drawn = np.random.default_rng(seed).integers(1, window, len(sentences), np.int32, endpoint=True)
    found = [
        (centre, other)
        for centre in range(len(sentences))
        for other in range(centre - left[centre], centre + right[centre] + 1)
        if other != centre
    ]
    assert found == plain_pairs(sentences.tolist(), drawn.tolist())


def test_every_reach_is_alike_likely_and_no_window_leaves_its_sentence():
    sentences = np.repeat(np.arange(3), 20_000)
    left, right = reaches(sentences, 4, np.random.default_rng(0))
    shares = np.bincount(left, minlength=5) / len(left)
    np.testing.assert_allclose(shares, [0, 0.25, 0.25, 0.25, 0.25], atol=0.01)
    assert left[::20_000].tolist() == [0, 0, 0] and right[19_999::20_000].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: keep_probabilities([]), "not empty"),
        (lambda: keep_probabilities([3, 0]), "each 1 or more"),
        (lambda: noise_probabilities([[1, 2]]), "a list of numbers"),
        (lambda: noise_probabilities([3, float("nan")]), "each 1 or more"),
        (lambda: keep_probabilities([1], -0.1), "subsample is -0.1; use a share"),
        (lambda: keep_probabilities([1], 5), "subsample is 5; use a share"),
        (lambda: noise_probabilities([1], -1), "power is -1; use 0 or more"),
        (lambda: noise_probabilities([1], float("nan")), "power is nan; use 0 or more"),
    ],
)
def test_bad_input_is_named(call, said):
    with pytest.raises(ValueError, match=said):
        call()
