"""A block is PyTorch's encoder layer with the same weights: outputs and all gradients."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from helpers.models.attention import causal_mask, padding_mask
from helpers.models.blocks import Block, FeedForward
from helpers.models.positions import Rotary


def drawn(*shape, seed=0):
    source = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=source).requires_grad_()


def pair(norm_first, dropout=0.0, epsilon=1e-5):
    """Return a block and torch's layer of the same weights, none of them as it is at the start."""
    torch.manual_seed(0)
    ours = Block(8, 2, 12, dropout, norm_first, epsilon).double()
    theirs = nn.TransformerEncoderLayer(
        8, 2, 12, dropout, "gelu", epsilon, batch_first=True, norm_first=norm_first
    ).double()
    for parameter in theirs.parameters():
        nn.init.normal_(parameter, std=0.5)
    ours.load_state_dict(by_our_names({n: p.data for n, p in theirs.named_parameters()}))
    return ours, theirs


def by_our_names(theirs):
    """Rename torch's parameters, or their gradients, to ours."""
    attention = theirs["self_attn.in_proj_weight"], theirs["self_attn.in_proj_bias"]
    found = {
        f"attention.{name}.{kind}": part
        for kind, stacked in zip(("weight", "bias"), attention, strict=True)
        for name, part in zip(("query", "key", "value"), stacked.chunk(3), strict=True)
    }
    names = {
        "attention.output": "self_attn.out_proj",
        "attention_norm": "norm1",
        "feed_forward.up": "linear1",
        "feed_forward.down": "linear2",
        "feed_forward_norm": "norm2",
    }
    for kind in ("weight", "bias"):
        found |= {f"{our}.{kind}": theirs[f"{their}.{kind}"] for our, their in names.items()}
    return found


@pytest.mark.parametrize("norm_first", [True, False])
@pytest.mark.parametrize("mode", ["train", "eval"])
@pytest.mark.parametrize("hidden", ["nothing", "padding", "what follows"])
def test_a_block_is_torchs_layer_forward_and_backward(norm_first, mode, hidden):
    ours, theirs = pair(norm_first)
    ours.train(mode == "train")
    theirs.train(mode == "train")
    x, pull = drawn(3, 5, 8), drawn(3, 5, 8, seed=1)
    visible = padding_mask(torch.tensor([5, 2, 1]), 5) if hidden == "padding" else None
    causal = hidden == "what follows"
    a = ours(x, visible, causal)
    b = theirs(
        x,
        src_mask=~causal_mask(5) if causal else None,
        src_key_padding_mask=None if visible is None else ~visible[:, 0, 0],
    )
    torch.testing.assert_close(a, b)
    names, parameters = zip(*ours.named_parameters(), strict=True)
    in_x, *in_parameters = torch.autograd.grad((a * pull).sum(), [x, *parameters])
    (b * pull).sum().backward()
    torch.testing.assert_close(in_x, x.grad)
    expected = by_our_names({name: p.grad for name, p in theirs.named_parameters()})
    for name, gradient in zip(names, in_parameters, strict=True):
        torch.testing.assert_close(gradient, expected[name], atol=1e-11, rtol=1e-7)


@pytest.mark.parametrize("norm_first", [True, False])
def test_evaluated_without_gradients_it_is_torchs_fast_path(norm_first):
    ours, theirs = pair(norm_first, dropout=0.3)
    with torch.no_grad():
        x = drawn(2, 4, 8)
        torch.testing.assert_close(ours.eval()(x), theirs.eval()(x))


def test_epsilon_reaches_both_norms():
    ours, theirs = pair(norm_first=False, epsilon=0.5)
    x = drawn(2, 4, 8)
    torch.testing.assert_close(ours(x), theirs(x))
    assert ours.attention_norm.eps == ours.feed_forward_norm.eps == 0.5


def test_the_feed_forward_part_looks_at_one_position_at_a_time():
    torch.manual_seed(0)
    layers = FeedForward(8, 12).double()
    x = drawn(2, 5, 8)
    layers(x)[0, 3].sum().backward()
    assert set(x.grad.abs().sum(-1).nonzero()[:, 1].tolist()) == {3}
    torch.testing.assert_close(layers(x)[0, 3], layers(x[0, 3]))


@given(st.booleans(), st.integers(1, 6), st.integers(0, 10_000))
def test_what_stands_behind_a_text_changes_nothing(norm_first, length, seed):
    block = Block(8, 2, 12, 0.0, norm_first).double()
    x = drawn(1, 6, 8, seed=seed)
    padded = block(x, padding_mask(torch.tensor([length]), 6))
    torch.testing.assert_close(padded[:, :length], block(x[:, :length]))


@pytest.mark.parametrize("norm_first", [True, False])
def test_a_block_hands_rotary_positions_on(norm_first):
    block, x = pair(norm_first)[0], drawn(1, 5, 8)
    order = [3, 1, 4, 0, 2]
    torch.testing.assert_close(block(x[:, order]), block(x)[:, order])  # without, it knows no order
    turn = Rotary(width=4, length=5)
    turned = block(x, turn=turn)
    assert not torch.allclose(block(x[:, order], turn=turn), turned[:, order])
    later = block(x, turn=lambda vectors: Rotary(4, 9)(vectors, first=4))
    torch.testing.assert_close(later, turned, atol=1e-5, rtol=1e-5)  # distances alone count


def test_dropout_silences_while_training_only():
    block, _ = pair(norm_first=True, dropout=0.5)
    x = drawn(1, 4, 8)
    assert not torch.equal(block.train()(x), block(x))
    assert torch.equal(block.eval()(x), block(x))
    with torch.no_grad():  # attention's own weights are silenced as well
        block.train().dropout.p = 0.0
        assert not torch.equal(block(x), block(x))


@pytest.mark.parametrize(("dropout", "heads", "message"), [
    (1.5, 2, "dropout probability has to be between 0 and 1, but got 1.5"),
    (0.1, 3, "3 heads can't share 8 numbers evenly; use a divisor"),
])  # fmt: skip
def test_settings_that_can_not_be_are_named(dropout, heads, message):
    with pytest.raises(ValueError, match=message):
        Block(8, heads, 12, dropout)


def test_vectors_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 5, 6\); this attention takes \(batch, le"):
        Block(8, 2, 12)(torch.zeros(2, 5, 6))
