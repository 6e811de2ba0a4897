"""MiniLM in our encoder: the same numbers as transformers and sentence-transformers give, over real
texts; and what a folder of weights is refused for."""

import json
import os
import shutil
import warnings

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from helpers.models.encoder import mean_of_tokens, sentence_vectors
from helpers.sources import assets, corpora, published_encoders
from helpers.text import fast_tokens
from helpers.text.batches import pad

NEWS = 40  # of R8's texts, about 100 tokens each; and half of newsroom, about 25 each
LONGEST = 512


@pytest.fixture(scope="module")
def ours():
    return published_encoders.load()


@pytest.fixture(scope="module")
def texts():
    news = corpora.load("reuters-r8").validation.texts
    chosen = np.random.default_rng(0).permutation(len(news))[:NEWS]
    long = " ".join(news[:12])  # some 1,000 tokens
    return [*corpora.load("newsroom").train.texts[::2], *(news[i] for i in chosen), long]


@pytest.fixture(scope="module")
def ids(ours, texts):
    with pytest.warns(
        UserWarning, match=r"2 of \d+ texts had more than 512 tokens and lost their end"
    ):
        return fast_tokens.encode(ours.tokenizer, texts, LONGEST)


@pytest.fixture(scope="module")
def transformer():
    os.environ["HF_HUB_OFFLINE"] = "1"
    transformers = pytest.importorskip("transformers")
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    return transformers.BertModel.from_pretrained(assets.path("minilm-l6")).eval()


@pytest.fixture(scope="module")
def sentence_transformer(tmp_path_factory):
    """Read the asset as the library reads a model that somebody published."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    library = pytest.importorskip("sentence_transformers")
    folder = tmp_path_factory.mktemp("minilm")
    for name in ("config.json", "model.safetensors", "tokenizer.json", "vocab.txt"):
        shutil.copy(assets.path("minilm-l6") / name, folder)
    modules = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    listed = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(modules.items())
    ]
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    pooling = {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True}
    for name, value in {
        "modules.json": listed,
        "1_Pooling/config.json": pooling,
        "sentence_bert_config.json": {"max_seq_length": LONGEST, "do_lower_case": False},
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "do_lower_case": True},
    }.items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def batches(ids, size):
    """Sorted by length, so that the test is quick, and mixed a little, so that much is padded."""
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]) + 7 * (i % 5))
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        rows, lengths = pad([ids[i] for i in chosen])
        yield chosen, torch.from_numpy(rows), torch.from_numpy(lengths)


@pytest.fixture(scope="module")
def hidden(ours, ids):
    with torch.inference_mode():
        return [(chosen, *b, ours.encoder(*b)) for chosen, *b in batches(ids, 16)]


# ---- equal to the libraries -------------------------------------------------------------------


@pytest.mark.slow
@torch.inference_mode()
def test_hidden_states_equal_transformers_padded(hidden, transformer):
    worst = padding = 0
    for _, rows, lengths, mine in hidden:
        real = torch.arange(rows.shape[1]) < lengths[:, None]
        theirs = transformer(rows, attention_mask=real.long()).last_hidden_state
        worst = max(worst, float((mine - theirs)[real].abs().max()))
        padding += int((~real).sum())
    assert padding > 1_000  # so it mattered
    assert 0 < worst < 1e-5


@pytest.mark.slow
@torch.inference_mode()
def test_hidden_states_equal_transformers_one_text_at_a_time(ours, transformer, ids):
    for text in [*ids[::8], ids[-1]]:  # the last has 512 tokens
        row = torch.tensor([text])
        theirs = transformer(row).last_hidden_state
        torch.testing.assert_close(
            ours.encoder(row, torch.tensor([len(text)])), theirs, atol=1e-5, rtol=0
        )


@pytest.mark.slow
@torch.inference_mode()
def test_sentence_vectors_equal_sentence_transformers(ours, hidden, sentence_transformer, texts):
    assert [type(m).__name__ for m in sentence_transformer] == [
        "Transformer", "Pooling", "Normalize",
    ]  # fmt: skip
    theirs = sentence_transformer.encode(texts, show_progress_bar=False)
    mine = np.empty_like(theirs)
    for chosen, _, lengths, states in hidden:
        means = mean_of_tokens(states, lengths)
        mine[chosen] = torch.nn.functional.normalize(means, dim=-1).numpy()
    chosen, rows, lengths, _ = hidden[0]
    np.testing.assert_array_equal(sentence_vectors(ours.encoder, rows, lengths), mine[chosen])
    assert np.abs(mine - theirs).max() < 1e-5
    np.testing.assert_allclose(np.linalg.norm(mine, axis=1), 1, atol=1e-5)


# ---- what comes back ---------------------------------------------------------------------------


def test_every_load_gives_a_model_of_its_own_and_draws_nothing(ours):
    state = torch.get_rng_state()
    again = published_encoders.load("minilm-l6")
    assert torch.equal(torch.get_rng_state(), state)
    assert not again.encoder.training
    assert sum(p.numel() for p in again.encoder.parameters()) == 22_564_608
    assert all(p.requires_grad and p.device.type == "cpu" for p in again.encoder.parameters())
    with torch.no_grad():
        again.encoder.norm.weight.zero_()
    assert ours.encoder.norm.weight.abs().max() > 0


def test_the_tokenizer_neither_pads_nor_cuts_at_128(ours):
    short, long = fast_tokens.encode(ours.tokenizer, ["a", "a " * 300])
    assert (len(short), len(long)) == (3, 302)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "text 1 is empty"), (" \n", "text 1 is empty"), ("\u13a0\u13a1", "unknown to this")],
)
def test_a_text_from_which_nothing_can_be_read_is_refused(ours, text, said):
    with pytest.raises(ValueError, match=said):
        fast_tokens.encode(ours.tokenizer, ["rates rise", text])


# ---- bad folders ------------------------------------------------------------------------------


def test_unknown_name():
    assert published_encoders.names() == ["minilm-l6"]
    with pytest.raises(LookupError, match="no encoder is called 'bert'; there are minilm-l6"):
        published_encoders.load("bert")


@pytest.fixture
def folder(tmp_path):
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(assets.path("minilm-l6") / name, tmp_path)
    (tmp_path / "model.safetensors").symlink_to(assets.path("minilm-l6") / "model.safetensors")
    return tmp_path


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"has no {name}; give a folder with"):
        published_encoders.read(folder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_damaged_file_is_refused(folder, name):
    content = (folder / name).read_bytes()[:1_000]
    (folder / name).unlink()
    (folder / name).write_bytes(content[:-100])
    with pytest.raises(ValueError, match=r"damaged|holds no tokenizer"):
        published_encoders.read(folder)


def test_weights_that_do_not_fit_name_folder_and_tensor(folder):
    tensors = load_file(folder / "model.safetensors")
    del tensors["encoder.layer.3.output.LayerNorm.bias"]
    (folder / "model.safetensors").unlink()
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(ValueError, match=r"encoder.layer.3.output.LayerNorm.bias is missing") as it:
        published_encoders.read(folder)
    assert str(folder) in str(it.value)


def test_a_tokenizer_of_another_model_is_refused(folder):
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["vocab"] |= {f"[more{i}]": 30_522 + i for i in range(3)}
    (folder / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match="the tokenizer has 30,525 ids, the weights have vectors"):
        published_encoders.read(folder)
