"""Training byte pairs: small cases by hand, and the merges of ``tokenizers`` in its order."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from helpers.sources import corpora
from helpers.text import byte_pairs

BYTES = [bytes([byte]) for byte in byte_pairs.BYTE_ORDER]
# GPT-2 writes each byte as a character that can be printed; so does the library.
WRITTEN = {byte: chr(byte if i < 188 else 68 + i) for i, byte in enumerate(byte_pairs.BYTE_ORDER)}


def of_the_library(pieces, size, min_count):
    """Return the library's tokens and merges, as bytes; every text is one piece to it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=min_count,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(pieces, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    read = {character: byte for byte, character in WRITTEN.items()}

    def as_bytes(token):
        return bytes(read[character] for character in token)

    tokens = [as_bytes(token) for token in sorted(model["vocab"], key=model["vocab"].get)]
    return tokens, [tuple(map(as_bytes, pair)) for pair in model["merges"]]


def ours(counts, size, min_count):
    ids = {byte: i for i, byte in enumerate(byte_pairs.BYTE_ORDER)}
    words = {tuple(ids[byte] for byte in piece.encode()): n for piece, n in counts.items()}
    tokens, merges = byte_pairs.learn(words, BYTES, size, min_count)
    return tokens, [(tokens[left], tokens[right]) for left, right in merges]


def test_the_bytes_are_numbered_as_the_library_does():
    assert sorted(byte_pairs.BYTE_ORDER) == list(range(256))
    assert [WRITTEN[b] for b in byte_pairs.BYTE_ORDER] == sorted(
        pre_tokenizers.ByteLevel.alphabet()
    )


def test_a_case_by_hand():
    # l o w, 5 times; l o w e r, twice; n e w e s t, 6 times (ids in the order of the letters).
    letters = "elnorstw"
    words = {
        tuple(map(letters.index, word)): n for word, n in (("low", 5), ("lower", 2), ("newest", 6))
    }
    tokens, merges = byte_pairs.learn(words, [letter.encode() for letter in letters], 14)
    # w e 2 + 6 = 8, l o 7. Then four pairs of n e we s t with 6: (2, 0), (0, 8), (8, 5), (5, 6), of
    # which e + we has the smallest left id; then n + ewe, (2, 10), before s + t, (5, 6).
    assert tokens[8:] == [b"we", b"lo", b"ewe", b"newe", b"st", b"newest"]
    assert list(merges)[:2] == [(letters.index("w"), letters.index("e")), (1, 3)]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ({(2, 3): 1, (0, 1): 1}, (0, 1)),  # the left id decides
        ({(0, 2): 1, (0, 1): 1}, (0, 1)),  # then the right one
        ({(1, 0): 1, (0, 3): 1}, (0, 3)),
    ],
)
def test_of_equal_counts_the_smaller_ids_come_first(words, first):
    _, merges = byte_pairs.learn(words, [b"a", b"b", b"c", b"d"], 5, min_count=1)
    assert list(merges) == [first]


@given(
    st.lists(st.text("ab", max_size=20) | st.text("abc", max_size=40), max_size=8),
    st.integers(0, 60),
    st.integers(1, 3),
)
@settings(max_examples=300)
def test_few_letters_give_the_library_s_merges(pieces, more, min_count):
    size = 256 + more
    assert ours(Counter(pieces), size, min_count) == of_the_library(pieces, size, min_count)


@given(st.lists(st.text(max_size=12), max_size=12), st.integers(0, 60))
def test_any_text_gives_the_library_s_merges(pieces, more):
    assert ours(Counter(pieces), 256 + more, 1) == of_the_library(pieces, 256 + more, 1)


def test_real_news_give_the_library_s_merges_cut_by_its_own_rule():
    texts = corpora.load("newsroom").train.texts
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    theirs = tokenizer.pre_tokenizer.pre_tokenize_str(" ".join(texts))
    assert [len(piece.encode()) for piece in byte_pairs.pieces(" ".join(texts))] == [
        len(piece) for piece, _ in theirs
    ]
    counts = byte_pairs.count_pieces(texts)
    pieces = list(counts.elements())
    assert ours(counts, 3_000, 2) == of_the_library(pieces, 3_000, 2)


@given(st.text())
def test_pieces_join_to_the_text(text):
    assert "".join(byte_pairs.pieces(text)) == text


@given(st.text("ab '1½_. \n\t\x1c你é\u0301🙂"))
def test_every_character_falls_into_a_piece(text):
    assert "".join(byte_pairs.pieces(text)) == text


@given(st.lists(st.integers(0, 2), max_size=12))
def test_a_merge_takes_pairs_from_left_to_right(ids):
    text = "".join(map(str, ids)).replace("01", "9").replace("9", "9")
    assert "".join(map(str, byte_pairs.merge(ids, (0, 1), 9))) == text
    text = "".join(map(str, ids)).replace("00", "9")
    assert "".join(map(str, byte_pairs.merge(ids, (0, 0), 9))) == text


def test_the_training_ends_where_no_pair_is_frequent_enough():
    tokens, merges = byte_pairs.learn({(0, 1): 2, (1, 0): 1}, [b"a", b"b"], 99)
    assert tokens == [b"a", b"b", b"ab"] and merges == {(0, 1): 2}
    assert byte_pairs.learn({}, [b"a"], 9) == ([b"a"], {})


def test_wrong_input_is_told():
    with pytest.raises(ValueError, match="size is 1, and there are 2 tokens to begin with"):
        byte_pairs.learn({}, [b"a", b"b"], 1)
    with pytest.raises(ValueError, match="min_count is 0; 1 merges every pair that occurs"):
        byte_pairs.learn({}, [b"a"], 2, min_count=0)
    with pytest.raises(TypeError, match="'low' is a single text; give a list"):
        byte_pairs.count_pieces("low")
