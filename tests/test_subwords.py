"""Byte pairs applied: any text comes back, and the ids are those of ``tokenizers``."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from helpers.sources import corpora
from helpers.text import byte_pairs
from helpers.text.subwords import LEVELS, Subwords

WRITTEN = {byte: chr(byte if i < 188 else 68 + i) for i, byte in enumerate(byte_pairs.BYTE_ORDER)}
SIZE = 1_500


@pytest.fixture(scope="module")
def texts():
    return corpora.load("newsroom").train.texts


@pytest.fixture(scope="module")
def trained(texts):
    return {level: Subwords.train(texts, SIZE, level) for level in LEVELS}


@given(st.text())
@example("")
@example("naïve 你好，世界 🙂👩‍👩‍👧")
@example("\x00\x1c\t\r\n\u2028 \ufeff  two")
@example("a b  c   d\n\n e ")
def test_any_text_comes_back(trained, text):
    for subwords in trained.values():
        ids = subwords.encode(text)
        assert subwords.decode(ids) == text
        assert subwords.encode(text) == ids
        assert bool(ids) == bool(text)


@given(st.binary())
def test_any_bytes_can_be_spelled(trained, content):
    for subwords in trained.values():
        ids = [subwords.tokens.index(bytes([byte])) for byte in content]
        assert subwords.decode_bytes(ids) == content
        assert subwords.decode(ids) == content.decode("utf-8", errors="replace")


def by_the_library(subwords):
    """Return the library's tokenizer with our tokens and merges, at either level."""
    if subwords.level == "bytes":

        def written(token):
            return "".join(WRITTEN[byte] for byte in token)

        spelled = [written(token) for token in subwords.tokens]
        cut = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    else:
        spelled = [f"<0x{token[0]:02X}>" for token in subwords.tokens[:256]]
        spelled += [token.decode() for token in subwords.tokens[256:]]
        cut = None
    merges = [(spelled[left], spelled[right]) for left, right in subwords.merges]
    model = models.BPE(
        {token: i for i, token in enumerate(spelled)},
        merges,
        byte_fallback=subwords.level == "characters",
    )
    tokenizer = Tokenizer(model)
    if cut is not None:
        tokenizer.pre_tokenizer = cut
    return tokenizer


@given(st.text() | st.text("aeinorst '.1", max_size=60))
def test_the_ids_are_the_library_s(trained, text):
    for subwords in trained.values():
        tokenizer = by_the_library(subwords)
        pieces = byte_pairs.pieces(text)
        theirs = [i for encoding in tokenizer.encode_batch(pieces) for i in encoding.ids]
        assert subwords.encode(text) == theirs


def test_trained_and_applied_as_the_library_does_it_at_the_level_of_bytes(texts, trained):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE, min_frequency=2, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    held_out = corpora.load("newsroom").validation.texts
    for text in [*held_out, "It's 2026: naïve 你好 🙂\n\n  done "]:
        assert trained["bytes"].encode(text) == tokenizer.encode(text).ids


def test_trained_and_applied_as_the_library_does_it_at_the_level_of_characters(texts, trained):
    tokenizer = Tokenizer(models.BPE(byte_fallback=True))
    rule = Regex(byte_pairs.PIECE.pattern)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(rule, behavior="isolated")
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        min_frequency=2,
        special_tokens=[f"<0x{byte:02X}>" for byte in byte_pairs.BYTE_ORDER],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    ours = trained["characters"]
    said = [
        [ours.tokens[left].decode(), ours.tokens[right].decode()] for left, right in ours.merges
    ]
    assert said == merges and len(ours) == SIZE
    for text in [*corpora.load("newsroom").validation.texts, "naïve 你好 🙂"]:
        assert ours.encode(text) == tokenizer.encode(text).ids


def test_a_character_that_was_never_seen_is_spelled_in_bytes():
    subwords = Subwords.train(["low low"], 262, "characters")
    assert len(subwords) == 262  # the bytes; space, l, o, w; lo, low
    assert subwords.encode("low") == [261]
    assert [subwords.tokens[i] for i in subwords.encode("é")] == [b"\xc3", b"\xa9"]
    assert subwords.pieces("olé") == ["o", "l", "�", "�"]


def test_the_merge_learned_first_comes_first_not_the_left_one():
    single = [bytes([byte]) for byte in byte_pairs.BYTE_ORDER]
    a, b, c = (single.index(letter) for letter in (b"a", b"b", b"c"))
    subwords = Subwords([*single, b"bc", b"ab"], {(b, c): 256, (a, b): 257})
    assert subwords.pieces("abc") == ["a", "bc"]
    assert subwords.pieces("abab") == ["ab", "ab"]


def test_from_the_file_with_the_same_ids(trained, tmp_path):
    for level, subwords in trained.items():
        subwords.save(tmp_path / level)
        again = Subwords.load(tmp_path / level)
        assert (again.tokens, again.level) == (subwords.tokens, level)
        assert list(again.merges.items()) == list(subwords.merges.items())
        assert again.encode("The shares 你好") == subwords.encode("The shares 你好")


@pytest.mark.parametrize(
    "content",
    ['{"format": 1, "tok', "[]", '{"format": 2}', '{"counts": {}}',
     '{"format": 1, "level": "bytes", "tokens": ["61"], "merges": []}'],
)  # fmt: skip
def test_a_file_that_holds_something_else_is_refused(tmp_path, content):
    (tmp_path / "subwords.json").write_text(content)
    with pytest.raises(ValueError, match=r"subwords\.json holds no subwords .*; write a file with"):
        Subwords.load(tmp_path / "subwords.json")


def test_wrong_input_is_told(trained):
    single = [bytes([byte]) for byte in byte_pairs.BYTE_ORDER]
    with pytest.raises(ValueError, match="the level is 'words'; use one of bytes, characters"):
        Subwords.train(["a"], 300, "words")
    with pytest.raises(ValueError, match="size is 200, and there are 256 tokens to begin with"):
        Subwords.train(["a"], 200)
    with pytest.raises(TypeError, match="'a b' is a single text"):
        Subwords.train("a b", 300)
    for wrong in (-1, SIZE):
        with pytest.raises(IndexError, match=f"id {wrong} is not .*; ids go to 1,499"):
            trained["bytes"].decode([65, wrong])
    for do in (lambda: trained["bytes"].encode("ab\ud83d"), lambda: Subwords.train(["\ud83d"], 300),
               lambda: trained["characters"].encode("ab\ud83d")):  # fmt: skip
        with pytest.raises(ValueError, match=r"holds half a character, '\\ud83d' at place"):
            do()
    with pytest.raises(ValueError, match="the first 256 tokens must be the single bytes"):
        Subwords(single[1:], {})
    with pytest.raises(ValueError, match="token 256 isn't what 0 and 1 spell together"):
        Subwords([*single, b"ab"], {(0, 1): 256})
