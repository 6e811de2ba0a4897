"""Bags hold what a plain count finds, and pairs spread evenly over their rows."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from helpers.text.bags import BagDataset, with_pairs
from helpers.text.batches import loader

SEQUENCES = st.lists(st.lists(st.integers(0, 12), max_size=30), min_size=1, max_size=7)


@given(SEQUENCES, st.sets(st.integers(0, 12)), st.data())
def test_a_batch_holds_the_words_and_counts_of_its_texts(sequences, left_out, data):
    labels = list(range(len(sequences)))
    chosen = data.draw(st.lists(st.sampled_from(labels), max_size=9))
    bags = BagDataset(sequences, labels, left_out)
    (ids, lengths, counts), found = bags[chosen]
    assert len(bags) == len(sequences) and found.tolist() == chosen
    assert len(ids) == len(counts) == lengths.sum()
    ends = lengths.cumsum(0).tolist()
    for place, (length, end) in enumerate(zip(lengths.tolist(), ends, strict=True)):
        mine = slice(end - length, end)
        bag = dict(zip(ids[mine].tolist(), counts[mine].tolist(), strict=True))
        expected = Counter(i for i in sequences[chosen[place]] if i not in left_out)
        assert bag == expected and len(bag) == length
    assert {ids.dtype, lengths.dtype, found.dtype} == {torch.int64}
    assert counts.dtype == torch.float32


def test_padding_and_the_unknown_word_are_left_out_unless_told():
    (ids, lengths, _), _ = BagDataset([[1, 0, 5], [1, 1]], [0, 0])[[0, 1]]
    assert ids.tolist() == [5] and lengths.tolist() == [1, 0]


def test_a_loader_gives_every_text_once():
    bags = BagDataset([[i + 2, i + 2] for i in range(20)], range(20))
    seen = []
    for (ids, _, counts), labels in loader(bags, 6, shuffle=True):
        assert (ids - 2).tolist() == labels.tolist() and counts.tolist() == [2.0] * len(labels)
        seen += labels.tolist()
    assert sorted(seen) == list(range(20)) != seen


def test_rarity_equals_scikit_learns():
    rng = np.random.default_rng(0)
    texts = [rng.integers(2, 30, rng.integers(1, 20)).tolist() for _ in range(50)]
    words = {"analyzer": lambda text: map(str, text), "vocabulary": list(map(str, range(30)))}
    vectorizer = TfidfVectorizer(**words).fit(texts)
    rarity = BagDataset(texts, [0] * 50).inverse_document_frequencies(30)
    np.testing.assert_allclose(rarity, vectorizer.idf_, rtol=1e-6)
    assert rarity.dtype == torch.float32


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="3 texts have 2 labels; give each one"):
        BagDataset([[2], [3], [4]], [0, 1])
    for index in (-1, 2):
        with pytest.raises(IndexError, match=f"text {index} is asked for; there are 2"):
            BagDataset([[2], [3]], [0, 1])[[0, index]]
    with pytest.raises(ValueError, match="share 0 rows; use 1 or more"):
        with_pairs([2, 3], 10, 0)


# ---- pairs ---------------------------------------------------------------------------------


def row(first, second, rows):
    return with_pairs([first, second], 0, rows)[2]


@pytest.mark.parametrize("rows", [1000, 20_000, 2**16, 2**18])
def test_pairs_of_the_thousand_commonest_words_fill_the_rows_evenly(rows):
    """Chi-square over the rows stays where even chance puts it, within five deviations."""
    counts = np.zeros(rows)
    every = np.arange(2, 1002)
    for first in every:
        walk = np.stack([np.full(1000, first), every], axis=1).ravel()  # first, w, first, w, ...
        pairs = np.array(with_pairs(walk.tolist(), 0, rows)[2000:])[::2]
        assert len(pairs) == 1000
        counts += np.bincount(pairs, minlength=rows)
    expected = 1_000_000 / rows
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert abs(chi_square - rows) < 5 * (2 * rows) ** 0.5


@pytest.mark.parametrize("rows", [1000, 20_000, 2**16, 2**18])
def test_a_pair_and_its_reverse_fall_apart(rows):
    some = np.random.default_rng(0).integers(2, 20_000, (2000, 2)).tolist()
    together = sum(row(a, b, rows) == row(b, a, rows) for a, b in some if a != b)
    assert together <= 2000 / rows + 5 * (2000 / rows) ** 0.5 + 1


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(1, 99))
def test_words_stay_and_each_pair_of_known_words_gets_an_id_of_its_range(ids, rows):
    found = with_pairs(ids, 51, rows)
    known = [(a, b) for a, b in pairwise(ids) if min(a, b) > 1]
    assert found[: len(ids)] == ids
    assert found[len(ids) :] == [51 + row(a, b, rows) for a, b in known]
    assert all(51 <= i < 51 + rows for i in found[len(ids) :])
