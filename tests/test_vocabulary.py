"""The vocabulary: same ids everywhere, and back from the file with the same ids."""

import json
import os
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.text.vocabulary import PAD, UNK, Vocabulary

TEXTS = [["b", "a", "b"], ["c", "a", "b"], ["d"]]
# Any text a tokenizer could hand out, lone surrogates excepted: they are no Unicode text.
TOKENS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).filter(
    lambda token: token not in (PAD, UNK)
)
COUNTS = st.dictionaries(TOKENS | st.sampled_from(["你好", "🙂", "👩‍👩‍👧", "", "\n", "\u2028"]),
                         st.integers(1, 10**12), max_size=20)  # fmt: skip


def test_frequent_tokens_come_first_and_equal_counts_in_the_order_of_characters():
    vocabulary = Vocabulary.from_tokens(TEXTS)
    assert vocabulary.counts == {"b": 3, "a": 2, "c": 1, "d": 1}
    assert list(vocabulary.counts) == ["b", "a", "c", "d"]
    assert [vocabulary[token] for token in (PAD, UNK, "b", "a", "c", "d")] == [0, 1, 2, 3, 4, 5]
    assert len(vocabulary) == 6


@given(st.lists(st.lists(TOKENS, max_size=6), max_size=8), st.randoms())
def test_the_order_of_texts_and_words_does_not_matter(texts, chance):
    shuffled = [chance.sample(tokens, len(tokens)) for tokens in texts]
    chance.shuffle(shuffled)
    one, other = Vocabulary.from_tokens(texts), Vocabulary.from_tokens(shuffled)
    assert list(one.counts.items()) == list(other.counts.items())
    words = [word for tokens in texts for word in tokens]
    assert one.ids(words) == other.ids(words)


def test_another_hash_seed_gives_the_same_ids():
    code = (
        "from helpers.text.vocabulary import Vocabulary\n"
        "print(list(Vocabulary.from_tokens([set('the quick brown fox jumps')]).counts))"
    )
    orders = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(orders) == 1


@given(st.lists(st.lists(TOKENS, min_size=1, max_size=6), min_size=1, max_size=8))
def test_there_and_back_is_the_identity(texts):
    vocabulary = Vocabulary.from_tokens(texts)
    for tokens in texts:
        assert vocabulary.tokens(vocabulary.ids(tokens)) == tokens
        assert 1 not in vocabulary.ids(tokens)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"min_count": 2}, ["b", "a"]),
        ({"min_count": 4}, []),
        ({"max_size": 3}, ["b", "a", "c"]),
        ({"max_size": 0}, []),
        ({"min_count": 2, "max_size": 1}, ["b"]),
    ],
)
def test_rare_tokens_and_those_past_the_size_become_unknown(options, kept):
    vocabulary = Vocabulary.from_tokens(TEXTS, **options)
    assert list(vocabulary.counts) == kept
    assert len(vocabulary) == len(kept) + 2
    for token in "abcd":
        assert (vocabulary[token] > 1) == (token in kept) == (token in vocabulary)


def test_an_unknown_token_has_the_id_1():
    vocabulary = Vocabulary.from_tokens(TEXTS)
    assert "zzz" not in vocabulary
    assert vocabulary["zzz"] == 1
    assert vocabulary.ids(["zzz", "b"]) == [1, 2]
    assert vocabulary.tokens([0, 1]) == [PAD, UNK]


@pytest.mark.parametrize("number", [-1, 6])
def test_an_id_outside_is_named(number):
    with pytest.raises(IndexError, match=f"id {number} is not in the vocabulary; ids go to 5"):
        Vocabulary.from_tokens(TEXTS).tokens([2, number])


@pytest.mark.parametrize("token", [PAD, UNK])
def test_the_vocabularys_own_tokens_are_refused(token):
    with pytest.raises(ValueError, match=f"'{token}' is the vocabulary's own; rename yours"):
        Vocabulary.from_tokens([["a", token]])


@pytest.mark.parametrize("count", [0, -3, 1.5, "2", True])
def test_a_count_that_is_none_is_refused(count):
    with pytest.raises(ValueError, match="'a' has the count"):
        Vocabulary({"a": count})


def test_a_text_instead_of_tokens_is_refused():
    with pytest.raises(TypeError, match="'shares fall' is a text; cut it into tokens first"):
        Vocabulary.from_tokens(["shares fall"])


@pytest.mark.parametrize(("name", "value"), [("min_count", 0), ("max_size", -1)])
def test_a_size_that_keeps_the_wrong_words_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        Vocabulary.from_tokens(TEXTS, **{name: value})


@given(COUNTS)
def test_saved_and_loaded_is_the_same(tmp_path_factory, counts):
    path = tmp_path_factory.mktemp("vocabulary") / "words.json"
    vocabulary = Vocabulary(counts)
    vocabulary.save(path)
    again = Vocabulary.load(path)
    assert list(again.counts.items()) == list(vocabulary.counts.items())
    assert again.ids(counts) == vocabulary.ids(counts)
    assert [entry.name for entry in path.parent.iterdir()] == ["words.json"]


def test_the_file_is_the_same_byte_for_byte(tmp_path):
    words = ["上海", "shares", "🙂", "café"]
    for name in ("one", "other"):
        random.Random(name).shuffle(words)
        Vocabulary.from_tokens([words]).save(tmp_path / name)
    content = (tmp_path / "one").read_bytes()
    assert content == (tmp_path / "other").read_bytes()
    assert "上海".encode() in content and b"\r" not in content


@pytest.mark.parametrize("left", [0.1, 0.5, 0.99])
def test_a_file_that_was_cut_off_is_refused(tmp_path, left):
    path = tmp_path / "words.json"
    Vocabulary.from_tokens(TEXTS).save(path)
    content = path.read_bytes().rstrip()
    path.write_bytes(content[: int(len(content) * left)])
    with pytest.raises(ValueError, match=r"words\.json is not readable as JSON"):
        Vocabulary.load(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (["a", "b"], "holds no vocabulary; write one with Vocabulary.save"),
        ({"a": 1}, "holds no vocabulary"),
        ({"format": 2, "counts": {"a": 1}}, "holds no vocabulary"),
        ({"format": 1, "counts": ["a"]}, "holds no vocabulary"),
        ({"format": 1, "counts": {"a": "many"}}, "'a' has the count 'many'"),
    ],
)
def test_json_that_is_no_vocabulary_is_refused(tmp_path, content, message):
    path = tmp_path / "words.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        Vocabulary.load(path)


def test_a_token_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "words.json"
    path.write_text('{"format": 1, "counts": {"a": 2, "a": 1}}', encoding="utf-8")
    with pytest.raises(ValueError, match="the token 'a' stands there twice"):
        Vocabulary.load(path)


@pytest.mark.parametrize("step", ["write_text", "replace"])
def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "words.json"
    Vocabulary({"old": 1}).save(path)

    def fail(*arguments, **options):
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(f"helpers.whole_files.{'Path' if step == 'write_text' else 'os'}.{step}",
                      fail)  # fmt: skip
        with pytest.raises(OSError, match="no space left"):
            Vocabulary({"new": 1}).save(path)
    assert "old" in Vocabulary.load(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["words.json"]
    Vocabulary({"new": 1}).save(path)
    assert list(Vocabulary.load(path).counts) == ["new"]
