"""The decoder gives what GPT-2 and GPT-NeoX give with the same weights, and never looks ahead."""

import copy
import math
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers.models.attention import Attention
from helpers.models.decoder import Decoder, DecoderSizes
from helpers.models.positions import Rotary
from helpers.models.token_loss import token_loss

SIZES = DecoderSizes(
    vocabulary=50, width=16, layers=3, heads=4, hidden=24, positions=12, epsilon=1e-5
)


def sizes(**changed):
    return DecoderSizes(**(vars(SIZES) | changed))


def random_weights(model, seed=0):
    """Large ones, biases and scales too, so that nothing hides behind a zero or a one."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(0.5 * torch.randn_like(weight))
    return model.eval()


def in_each_block(weights, layers, theirs, names, turned):
    """Copy linear layers and normalisations of published blocks under our names."""
    found = {}
    for n in range(layers):
        for their, our in names.items():
            for part in ("weight", "bias"):
                value = weights[f"{theirs}.{n}.{their}.{part}"]
                matrix = turned and value.ndim == 2
                found[f"blocks.{n}.{our}.{part}"] = value.T if matrix else value
    return found


def gpt2():
    transformers = pytest.importorskip("transformers")
    shape = dict(vocab_size=50, n_embd=16, n_layer=3, n_head=4, n_inner=24, n_positions=12)
    off = dict(resid_pdrop=0, embd_pdrop=0, attn_pdrop=0)
    config = transformers.GPT2Config(**shape, **off, activation_function="gelu")
    theirs = random_weights(transformers.GPT2LMHeadModel(config))
    weights = dict(theirs.named_parameters())
    names = {
        "attn.c_proj": "attention.output",
        "mlp.c_fc": "feed_forward.up",
        "mlp.c_proj": "feed_forward.down",
        "ln_1": "attention_norm",
        "ln_2": "feed_forward_norm",
    }
    ours = in_each_block(weights, 3, "transformer.h", names, turned=True)
    for n in range(3):  # queries, keys and values side by side
        for part in ("weight", "bias"):
            three = weights[f"transformer.h.{n}.attn.c_attn.{part}"].chunk(3, dim=-1)
            for name, value in zip(("query", "key", "value"), three, strict=True):
                ours[f"blocks.{n}.attention.{name}.{part}"] = value.T if value.ndim == 2 else value
    ours["tokens.weight"] = ours["output.weight"] = weights["transformer.wte.weight"]
    ours["positions.weight"] = weights["transformer.wpe.weight"]
    for part in ("weight", "bias"):
        ours[f"norm.{part}"] = weights[f"transformer.ln_f.{part}"]
    return theirs, ours, Decoder(SIZES), "transformer.wte.weight"


def gpt_neox():
    transformers = pytest.importorskip("transformers")
    shape = dict(vocab_size=50, hidden_size=16, num_hidden_layers=3, num_attention_heads=4)
    shape |= dict(intermediate_size=24, max_position_embeddings=12, hidden_act="gelu")
    rope = {"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 1.0}
    how = dict(use_parallel_residual=False, rope_parameters=rope, tie_word_embeddings=False)
    config = transformers.GPTNeoXConfig(**shape, **how)
    theirs = random_weights(transformers.GPTNeoXForCausalLM(config))
    weights = dict(theirs.named_parameters())
    names = {
        "attention.dense": "attention.output",
        "mlp.dense_h_to_4h": "feed_forward.up",
        "mlp.dense_4h_to_h": "feed_forward.down",
        "input_layernorm": "attention_norm",
        "post_attention_layernorm": "feed_forward_norm",
    }
    ours = in_each_block(weights, 3, "gpt_neox.layers", names, turned=False)
    for n in range(3):  # head by head: its queries, its keys, its values
        for part in ("weight", "bias"):
            joined = weights[f"gpt_neox.layers.{n}.attention.query_key_value.{part}"]
            heads = joined.unflatten(0, (4, 3, 4))
            for place, name in enumerate(("query", "key", "value")):
                ours[f"blocks.{n}.attention.{name}.{part}"] = heads[:, place].flatten(0, 1)
    ours["tokens.weight"] = weights["gpt_neox.embed_in.weight"]
    ours["output.weight"] = theirs.get_output_embeddings().weight
    for part in ("weight", "bias"):
        ours[f"norm.{part}"] = weights[f"gpt_neox.final_layer_norm.{part}"]
    rotary = Decoder(sizes(tied=False), make_turn=partial(Rotary, base=100.0))
    return theirs, ours, rotary, "gpt_neox.embed_in.weight"


@pytest.mark.slow
@pytest.mark.parametrize("published", [gpt2, gpt_neox])
def test_scores_and_gradients_are_those_of_transformers(published):
    theirs, weights, ours, table = published()
    ours.eval()
    ours.load_state_dict({name: value.detach().clone() for name, value in weights.items()})
    torch.manual_seed(1)
    ids = torch.randint(50, (3, 12))
    expected, got = theirs(ids).logits, ours(ids)
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)
    direction = torch.randn_like(got)
    (expected * direction).sum().backward()
    (got * direction).sum().backward()
    expected = dict(theirs.named_parameters())[table].grad
    torch.testing.assert_close(ours.tokens.weight.grad, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("turn", [None, Rotary])
@settings(deadline=None, max_examples=20)
@given(st.integers(1, 12), st.data())
def test_what_comes_later_changes_nothing_before(turn, length, data):
    place = data.draw(st.integers(0, length - 1))
    model = random_weights(Decoder(SIZES, make_turn=turn))
    ids = torch.randint(49, (2, length))
    changed = ids.clone()
    changed[:, place] += 1
    before, after = model(ids), model(changed)
    assert torch.allclose(before[:, :place], after[:, :place], atol=1e-5)
    assert not torch.allclose(before[:, place:], after[:, place:], atol=1e-3)


@pytest.mark.parametrize("turn", [None, Rotary])
def test_the_order_of_what_was_read_matters(turn):
    model = random_weights(Decoder(SIZES, make_turn=turn))
    one, other = model(torch.tensor([[3, 4, 5]])), model(torch.tensor([[4, 3, 5]]))
    assert not torch.allclose(one[:, -1], other[:, -1], atol=1e-3)


def test_a_tied_table_is_one_table_and_counted_once():
    tied, apart = Decoder(SIZES), Decoder(sizes(tied=False))
    count = [sum(p.numel() for p in model.parameters()) for model in (tied, apart)]
    assert count[1] - count[0] == 50 * 16
    assert tied.output.weight is tied.tokens.weight
    assert not any(
        "positions" in name for name, _ in Decoder(SIZES, make_turn=Rotary).named_parameters()
    )


def test_it_begins_by_guessing_evenly():
    torch.manual_seed(0)
    model, ids = Decoder(sizes(width=64, layers=8)), torch.randint(50, (16, 12))
    assert abs(token_loss(model(ids), ids.roll(1)).item() - math.log(50)) < 0.1
    downs = [block.feed_forward.down.weight.std().item() for block in model.blocks]
    assert downs == pytest.approx([0.02 / math.sqrt(16)] * 8, rel=0.1)
    assert model.blocks[0].feed_forward.up.weight.std().item() == pytest.approx(0.02, rel=0.1)


def test_another_kind_of_block_can_be_put_in():
    class OnlyAttention(nn.Module):
        def __init__(self, shape):
            super().__init__()
            self.attention = Attention(shape.width, shape.heads, bias=False)

        def forward(self, vectors, causal, turn):
            return vectors + self.attention(vectors, causal=causal, turn=turn)

    model = Decoder(SIZES, OnlyAttention, lambda shape: nn.RMSNorm(shape.width), Rotary)
    assert model(torch.tensor([[1, 2, 3]])).shape == (1, 3, 50)
    assert [type(block).__name__ for block in model.blocks] == ["OnlyAttention"] * 3


def test_a_copy_of_a_model_that_has_run_computes_the_same():
    model, ids = random_weights(Decoder(SIZES, make_turn=Rotary)), torch.tensor([[1, 2, 3]])
    scores = model(ids)
    assert torch.equal(copy.deepcopy(model)(ids), scores)


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (torch.zeros(1, 13, dtype=torch.int64), "13 tokens; this decoder has 12 positions"),
        (torch.zeros(4, dtype=torch.int64), r"shape \(4,\); give \(batch, length\)"),
        (torch.zeros(2, 0, dtype=torch.int64), "length 1 or more"),
    ],
)
@pytest.mark.parametrize("turn", [None, Rotary])
def test_ids_that_make_no_sense_are_refused(ids, said, turn):
    with pytest.raises(ValueError, match=said):
        Decoder(SIZES, make_turn=turn)(ids)
