"""From raw text to lemmas: each step does what it says, and negations survive."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk import corpus
from nltk.stem import WordNetLemmatizer

from helpers.text.preprocess import (
    NEGATIONS,
    clean,
    lemmatize,
    most_frequent_part,
    remove_stop_words,
    simple_tokens,
    stop_words,
    tokenize,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("", ""),
        (" a\t\tb \r\n c\x00d\x1b ", "a b c d"),
        ("<p class='x'>Rates<br/>rise</p>", "Rates rise"),
        ("AT&amp;T &lt;3 &#8364;5&nbsp;m", "AT&T <3 €5 m"),
        ("3 < 5 and 7 > 2", "3 < 5 and 7 > 2"),
        ("if a<b then c>d", "if a<b then c>d"),
        ("“It’s” ‘so’", "\"It's\" 'so'"),
        ("ﬁnance Ｆｕｌｌ cafe\u0301", "finance Full café"),
        ("a<!-- no\nmatter -->b<!DOCTYPE html>", "a b"),
        ("<a href=x title='a > b' id = \"y\">link</a >", "link"),
        ("\ufeffco\u00adope\u200brate", "cooperate"),
        ("上海的股票 🙂", "上海的股票 🙂"),
    ],
)
def test_clean(raw, cleaned):
    assert clean(raw) == cleaned


@given(TEXTS)
def test_cleaned_text_has_single_spaces_and_no_control_characters(text):
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", cleaned)


@pytest.mark.parametrize("thing", [None, 3.5, b"bytes", ["a", "list"]])
def test_clean_says_what_is_no_text(thing):
    with pytest.raises(TypeError, match=f"clean needs a text, not {type(thing).__name__}"):
        clean(thing)


def test_tokenize_cuts_as_the_penn_treebank_does():
    text = "They can't sell ACME's shares for $3.5, can they? No."
    expected = "they ca n't sell acme 's shares for $ 3.5 , can they ? no ."
    assert tokenize(text) == expected.split()
    assert tokenize("") == []


@given(TEXTS)
def test_simple_tokens_are_lower_case_words_without_digits(text):
    for token in simple_tokens(text):
        assert token == token.lower()
        assert not re.search(r"[\s\d_]", token)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("They DON’T sell 3 cafés_now!", ["they", "don't", "sell", "cafés", "now"]),
        ("'quoted' rock'n'roll e-mail", ["quoted", "rock'n", "roll", "e", "mail"]),
        ("上海 股票", ["上海", "股票"]),
        ("... 42 %", []),
    ],
)
def test_simple_tokens(text, tokens):
    assert simple_tokens(text) == tokens


def test_the_stop_words_are_nltks_198_and_hold_not():
    assert len(stop_words()) == 198
    assert stop_words() == set(corpus.stopwords.words("english"))
    assert {"the", "of", "not", "no", "don't"} <= stop_words()


def test_every_negation_is_kept_and_every_other_stop_word_dropped():
    everything = sorted(stop_words() | NEGATIONS | {"good"})
    assert remove_stop_words(everything) == sorted(NEGATIONS | {"good"})
    assert remove_stop_words(everything, keep=frozenset()) == ["good", "n't"]
    # No form of a negation is forgotten: whatever of the list ends in n't, or is its stump.
    negated = {word for word in stop_words() if word.endswith("n't")}
    assert len(negated) >= 18
    assert negated | {word[:-2] for word in negated} <= NEGATIONS


def test_negations_survive_the_way_from_text_to_words():
    text = "It isn't good, it does not work and nobody can't see why."
    assert [t for t in remove_stop_words(tokenize(text)) if t in NEGATIONS] == ["n't", "not", "n't"]
    assert "not" not in remove_stop_words(tokenize(text), keep=frozenset())


def test_stop_words_go_in_order_and_repeated_words_stay():
    assert remove_stop_words(["the", "bank", "of", "the", "bank"]) == ["bank", "bank"]
    assert remove_stop_words(word for word in ["a", "bank"]) == ["bank"]


@pytest.mark.parametrize(
    ("word", "tag", "lemma"),
    [
        ("running", "VBG", "run"),
        ("running", "NN", "running"),
        ("better", "JJR", "good"),
        ("better", "RBR", "well"),
        ("shares", "NNS", "share"),
        ("was", "VBD", "be"),
        ("shares", "n", "share"),
        ("better", "a", "good"),
        ("running", "v", "run"),
        ("meeting", "n", "meeting"),
        ("meeting", "v", "meet"),
        ("shares", "DT", "shares"),
        ("shares", "", "shares"),
        (",", ",", ","),
        ("zzz", "NNS", "zzz"),
    ],
)
def test_the_part_of_speech_decides_the_lemma(word, tag, lemma):
    assert lemmatize([word], [tag]) == [lemma]


def test_without_parts_of_speech_each_word_gets_its_most_frequent_one():
    words = ["running", "better", "shares", "was", "losses", "zzz", ","]
    assert lemmatize(words) == ["run", "good", "share", "be", "loss", "zzz", ","]
    assert lemmatize([]) == []


@pytest.mark.parametrize("part", "nvar")
def test_it_equals_nltks_lemmatizer_where_a_word_has_one_lemma(part):
    words = "running better quickly shares mice feet was men rises told bigger zzz".split()
    words = [word for word in words if len(corpus.wordnet._morphy(word, part)) < 2]
    assert len(words) > 8
    theirs = WordNetLemmatizer()
    ours = lemmatize(words, [part] * len(words))
    assert ours == [theirs.lemmatize(word, part) for word in words]


@pytest.mark.parametrize(
    ("word", "part", "nltk", "ours"),
    [
        ("rates", "v", "rat", "rate"),
        ("boss", "n", "bos", "boss"),
        ("us", "n", "u", "us"),
        ("lenses", "n", "lens", "lens"),
        ("axes", "n", "ax", "axis"),
    ],
)
def test_among_several_lemmas_the_most_frequent_wins_not_the_shortest(word, part, nltk, ours):
    assert WordNetLemmatizer().lemmatize(word, part) == nltk
    assert lemmatize([word], [part]) == [ours]


def test_the_most_frequent_part_is_wordnets_own_count():
    word, totals = "meeting", {}
    for part in "nv":
        lemmas = corpus.wordnet.lemmas(corpus.wordnet.morphy(word, part), part)
        totals[part] = sum(lemma.count() for lemma in lemmas)
    assert totals["v"] > totals["n"] > 0
    assert most_frequent_part(word) == "v"
    parts = [most_frequent_part(word) for word in ("shares", "bank", "good", "quickly", "zzz")]
    assert parts == ["v", "n", "a", "r", None]


def test_parts_of_speech_that_do_not_match_the_tokens_are_refused():
    with pytest.raises(ValueError, match="2 tokens have 1 parts of speech; give each one"):
        lemmatize(["running", "fast"], ["v"])
    with pytest.raises(ValueError, match="1 tokens have 0 parts of speech"):
        lemmatize(["running"], [])
