"""The thin wrapper around a pre-trained tokenizer: the reference's ids, and clear refusals."""

import warnings

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from helpers.sources import assets, corpora
from helpers.text import fast_tokens
from helpers.text.batches import TextDataset

CLS, SEP = 101, 102


@pytest.fixture(scope="module")
def minilm():
    return fast_tokens.load(assets.path("minilm-l6") / "tokenizer.json")


def small():
    """Words of one letter, with a mark around each text."""
    tokenizer = Tokenizer(models.WordLevel({"?": 0, "<": 1, ">": 2, "a": 3, "b": 4}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(["<", ">"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="< $A >", special_tokens=[("<", 1), (">", 2)]
    )
    return tokenizer


def test_special_tokens_stand_around_and_nothing_is_padded_or_cut(minilm):
    assert fast_tokens.encode(minilm, ["Stocks rally.", "Oil"]) == [
        [CLS, 15768, 8320, 1012, SEP],
        [CLS, 3514, SEP],
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (ids,) = fast_tokens.encode(minilm, ["word " * 300])  # the file's own limit is 128
    assert len(ids) == 302


def test_the_ids_are_those_of_transformers(minilm):
    texts = [*corpora.load("newsroom").validation.texts, "naïve Café, 中国的股市", "don't\t!"]
    texts += corpora.load("reuters-r8").validation.texts[:80]
    from transformers import PreTrainedTokenizerFast

    file = assets.path("minilm-l6") / "tokenizer.json"
    reference = PreTrainedTokenizerFast(tokenizer_file=str(file))
    for max_length in (512, 128, 16):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ours = fast_tokens.encode(minilm, texts, max_length)
        theirs = reference(texts, truncation=True, max_length=max_length)["input_ids"]
        assert ours == theirs
        assert max(map(len, ours)) <= max_length


def test_one_warning_tells_of_all_texts_that_were_cut():
    texts = ["a", "a b a b a", "a b b b b b b", "b b"]
    with pytest.warns(UserWarning) as caught:
        ids = fast_tokens.encode(small(), texts, max_length=4)
    assert ids == [[1, 3, 2], [1, 3, 4, 2], [1, 3, 4, 2], [1, 4, 4, 2]]
    assert [str(w.message) for w in caught] == [
        "2 of 4 texts had more than 4 tokens and lost their end; the longest, text 2, had 9"
    ]
    assert caught[0].filename == __file__  # it names the caller's line, not the helper's
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fast_tokens.encode(small(), texts, max_length=9)


@pytest.mark.parametrize(
    ("texts", "error", "said"),
    [
        ("a b", TypeError, r"'a b' is a single text; give a list of texts"),
        (["a", None], TypeError, r"text 1 is of type NoneType: None; give strings"),
        (["a", ("a", "b")], TypeError, r"text 1 is of type tuple: \('a', 'b'\); give strings"),
        (["a", "a\ud800b"], ValueError, r"text 1 holds half a character, '\\ud800' at place 1"),
        (["a", ""], ValueError, r"text 1 is empty; take it out with its label, or"),
        (["a", " \n", "b", ""], ValueError, r"text 1 \(2 texts in all\) is empty; take it out"),
        (["a", "b c", "c d"], ValueError, r"text 2 has only characters unknown .*: 'c d'; take"),
    ],
)
def test_what_a_model_could_not_read_is_refused(texts, error, said):
    with pytest.raises(error, match=said):
        fast_tokens.encode(small(), texts)


@pytest.mark.parametrize("text", ["🦄", "\u200b", "\x00"])
def test_minilm_refuses_what_it_cannot_see(minilm, text):
    with pytest.raises(ValueError, match=r"text 1 .*take it out with its label"):
        fast_tokens.encode(minilm, ["Oil", text])
    assert len(fast_tokens.encode(minilm, ["Oil " + text])) == 1


def test_a_byte_level_tokenizer_knows_every_character():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    assert len(fast_tokens.encode(tokenizer, ["🦄"])[0]) == 4
    with pytest.raises(ValueError, match="text 0 is empty"):
        fast_tokens.encode(tokenizer, [""])


def test_no_text_gives_no_ids():
    assert fast_tokens.encode(small(), []) == []
    assert fast_tokens.decode(small(), []) == []


def test_a_limit_without_room_for_a_token_is_refused():
    with pytest.raises(ValueError, match=r"max_length is 2, and 2 special tokens .* use 3 or more"):
        fast_tokens.encode(small(), ["a"], max_length=2)


def test_the_lists_go_into_the_course_s_batches(minilm):
    ids = fast_tokens.encode(minilm, ["Oil", "Stocks rally."])
    (batch, lengths), _ = TextDataset(ids, [0, 1])[[0, 1]]
    assert batch.tolist() == [[CLS, 3514, SEP, 0, 0], ids[1]]
    assert lengths.tolist() == [3, 5]
    assert minilm.token_to_id("[PAD]") == 0


def test_back_to_text_without_special_tokens(minilm):
    texts = ["Stocks rally in Beijing.", "Oil"]
    ids = fast_tokens.encode(minilm, texts)
    padded = [row + [0] * 3 for row in ids]
    for rows in (ids, padded, [np.array(row) for row in ids]):
        assert fast_tokens.decode(minilm, rows) == ["stocks rally in beijing.", "oil"]
    for wrong in (30_522, -1):
        with pytest.raises(IndexError, match=f"text 1: id {wrong} is not .* go to 30,521"):
            fast_tokens.decode(minilm, [ids[0], [wrong]])


def test_a_file_that_is_none_or_holds_something_else(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"there is no file .*tokenizer.json; give the path"
    ):
        fast_tokens.load(tmp_path / "tokenizer.json")
    (tmp_path / "config.json").write_text('{"hidden_size": 384}')
    with pytest.raises(
        ValueError, match=r"config.json holds no tokenizer .*; give a tokenizer.json"
    ):
        fast_tokens.load(tmp_path / "config.json")
