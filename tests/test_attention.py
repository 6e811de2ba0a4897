"""Attention is PyTorch's, forward and backward: plain, masked, in several heads; and hides all."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from helpers.models.attention import Attention, attend, causal_mask, padding_mask

SEEDS = st.integers(0, 10_000)


def drawn(*shapes, seed=0):
    """Return double-precision draws that gradients can be taken in."""
    source = torch.Generator().manual_seed(seed)
    return [torch.randn(s, dtype=torch.float64, generator=source).requires_grad_() for s in shapes]


def some_hidden(shape, seed=0, share=0.5):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) > share


MASKS = {
    "none": None,
    "padding": padding_mask(torch.tensor([6, 2]), 6),
    "causal": causal_mask(5)[:, [0, 1, 2, 3, 4, 4]],  # 5 queries, 6 keys
    "any": some_hidden((2, 3, 5, 6)),
    "a query that sees nothing": some_hidden((2, 1, 5, 6)) & (torch.arange(5) != 3)[:, None],
    "nobody sees anything": torch.zeros(5, 6, dtype=torch.bool),
}
with_each_mask = pytest.mark.parametrize("visible", MASKS.values(), ids=MASKS)


@with_each_mask
def test_attend_is_torchs_routine_forward_and_backward(visible):
    inputs = drawn((2, 3, 5, 4), (2, 3, 6, 4), (2, 3, 6, 7))
    (pull,) = drawn((2, 3, 5, 7), seed=1)
    ours, weights = attend(*inputs, visible)
    theirs = functional.scaled_dot_product_attention(*inputs, visible)
    torch.testing.assert_close(ours, theirs)
    for a, b in zip(
        torch.autograd.grad((ours * pull).sum(), inputs),
        torch.autograd.grad((theirs * pull).sum(), inputs),
        strict=True,
    ):
        torch.testing.assert_close(a, b)
    assert weights.shape == (2, 3, 5, 6)
    seen = torch.ones(5, 6) if visible is None else visible
    assert (weights[~(seen.expand(2, 3, 5, 6) > 0)] == 0).all()


def test_a_query_that_sees_nothing_gets_zeros_and_no_gradient_is_nan_on_the_way():
    inputs = drawn((4, 3), (5, 3), (5, 2))
    visible = torch.ones(4, 5, dtype=torch.bool)
    visible[2] = False
    with torch.autograd.set_detect_anomaly(True):  # refuses a NaN that a later step would hide
        mixed, weights = attend(*inputs, visible)
        mixed.sum().backward()
    assert mixed[2].tolist() == [0, 0] and weights[2].tolist() == [0] * 5
    assert inputs[0].grad[2].tolist() == [0, 0, 0]
    assert all(torch.isfinite(x.grad).all() for x in inputs)


@given(SEEDS, st.integers(1, 6), st.integers(1, 6), st.floats(0, 0.9))
def test_rows_of_weights_sum_to_one_where_anything_is_seen(seed, queries, keys, share):
    q, k, v = drawn((2, queries, 3), (2, keys, 3), (2, keys, 1), seed=seed)
    visible = some_hidden((2, queries, keys), seed, share)
    mixed, weights = attend(q * 30, k * 30, v, visible)  # large scores as well
    assert (weights >= 0).all() and torch.isfinite(mixed).all()
    torch.testing.assert_close(weights.sum(-1), visible.any(-1).double())


@given(SEEDS)
def test_attention_knows_no_order(seed):
    x = drawn((2, 5, 8), seed=seed)[0]
    order = torch.randperm(5, generator=torch.Generator().manual_seed(seed))
    attention = Attention(8, 2).double()
    torch.testing.assert_close(attention(x[:, order]), attention(x)[:, order])


@given(SEEDS, st.lists(st.integers(1, 7), min_size=1, max_size=4))
def test_what_stands_behind_a_text_changes_nothing(seed, lengths):
    (x,) = drawn((len(lengths), 7, 8), seed=seed)
    visible = padding_mask(torch.tensor(lengths), 7)
    attention = Attention(8, 4).double()
    together = attention(x, visible)
    for row, length in enumerate(lengths):
        alone = attention(x[row : row + 1, :length])[0]
        torch.testing.assert_close(together[row, :length], alone)


@given(SEEDS, st.integers(0, 5))
def test_causal_attention_sees_nothing_of_what_follows(seed, place):
    (x,) = drawn((1, 6, 8), seed=seed)
    attention = Attention(8, 2).double()
    (gradient,) = torch.autograd.grad(attention(x, causal=True)[0, place].sum(), x)
    assert (gradient[0, place + 1 :] == 0).all()
    assert (gradient[0, : place + 1].abs().sum(-1) > 0).all()


def copied(ours, theirs):
    """Give torch's module the weights of ours, and return the pairs of parameters."""
    maps = ours.query, ours.key, ours.value
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([m.weight for m in maps]))
        theirs.out_proj.weight.copy_(ours.output.weight)
        if theirs.in_proj_bias is not None:
            theirs.in_proj_bias.copy_(torch.cat([m.bias for m in maps]))
            theirs.out_proj.bias.copy_(ours.output.bias)


@pytest.mark.parametrize("heads", [1, 2, 8])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("padded", [True, False])
def test_attention_is_torchs_with_the_same_weights(heads, bias, causal, padded):
    torch.manual_seed(0)
    ours = Attention(8, heads, bias=bias).double()
    theirs = nn.MultiheadAttention(8, heads, bias=bias, batch_first=True).double()
    copied(ours, theirs)
    (x,), (pull,) = drawn((3, 5, 8)), drawn((3, 5, 8), seed=1)
    visible = padding_mask(torch.tensor([5, 2, 1]), 5) if padded else None
    a = ours(x, visible, causal)
    b, _ = theirs(
        x, x, x,
        key_padding_mask=~visible[:, 0, 0] if padded else None,
        attn_mask=~causal_mask(5) if causal else None,
    )  # fmt: skip
    torch.testing.assert_close(a, b)
    wanted = [x, *ours.parameters()]
    ours_of = torch.autograd.grad((a * pull).sum(), wanted)
    names = [name for name, _ in ours.named_parameters()]
    found = dict(zip(names, ours_of[1:], strict=True))
    (b * pull).sum().backward()
    torch.testing.assert_close(ours_of[0], x.grad)
    stacked = torch.cat([found[f"{name}.weight"] for name in ("query", "key", "value")])
    torch.testing.assert_close(stacked, theirs.in_proj_weight.grad)
    torch.testing.assert_close(found["output.weight"], theirs.out_proj.weight.grad)
    if bias:
        stacked = torch.cat([found[f"{name}.bias"] for name in ("query", "key", "value")])
        torch.testing.assert_close(stacked, theirs.in_proj_bias.grad, atol=1e-12, rtol=1e-7)
        torch.testing.assert_close(found["output.bias"], theirs.out_proj.bias.grad)


def test_attention_is_its_own_projection_attended_head_by_head():
    torch.manual_seed(0)
    attention = Attention(8, 2).double()
    (x,) = drawn((3, 5, 8))
    heads = [
        attend(*(part[:, h] for part in attention.project(x)), causal_mask(5))[0] for h in (0, 1)
    ]
    torch.testing.assert_close(
        attention(x, causal=True), attention.output(torch.cat(heads, dim=-1))
    )
    assert attention.project(x)[0].shape == (3, 2, 5, 4)


def test_turn_is_done_to_queries_and_keys_alone():
    torch.manual_seed(0)
    attention = Attention(8, 2).double()
    (x,) = drawn((1, 5, 8))
    plain = attention.project(x)
    turned = attention.project(x, turn=lambda vectors: vectors * 3)
    for part, other, factor in zip(plain, turned, (3, 3, 1), strict=True):
        torch.testing.assert_close(other, part * factor)
    queries, keys, values = turned
    mixed, _ = attend(queries, keys, values)
    expected = attention.output(torch.cat([mixed[:, 0], mixed[:, 1]], dim=-1))
    torch.testing.assert_close(attention(x, turn=lambda vectors: vectors * 3), expected)


def test_dropout_silences_weights_while_training_and_keeps_their_mean():
    torch.manual_seed(0)
    attention = Attention(4, 1, dropout=0.5)
    x = torch.ones(20_000, 2, 4)
    mean = attention(x).mean(dim=0).detach()
    attention.eval()
    still = attention(x[:1]).detach()
    torch.testing.assert_close(mean, still[0], atol=0.02, rtol=0)
    assert torch.equal(still, attention(x[:1]))
    attention.train()
    assert len({tuple(row) for row in attention(x[:100])[:, 0].tolist()}) > 1


def test_scores_of_unit_draws_have_variance_one_after_the_division():
    q, k = torch.randn(2, 4_000, 64, generator=torch.Generator().manual_seed(0))
    assert (q * k).sum(-1).var() == pytest.approx(64, rel=0.1)
    _, weights = attend(q[:, None], k[:, None].expand(-1, 1, -1), k[:, None])
    assert (weights == 1).all()  # a single key
    _, pair = attend(q[:1], torch.stack([k[0], torch.zeros(64)]), torch.zeros(2, 1))
    assert math.log(pair[0, 0] / pair[0, 1]) == pytest.approx(float(q[0] @ k[0]) / 8, abs=1e-5)


# ---- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize("heads", [0, 3, -2])
def test_heads_that_do_not_divide_the_width_are_refused(heads):
    with pytest.raises(ValueError, match=rf"{heads} heads can't share 8 numbers evenly; use a div"):
        Attention(8, heads)


@pytest.mark.parametrize("kind", [torch.float32, torch.int64])
def test_a_mask_of_numbers_is_refused_it_would_be_added_to_the_scores(kind):
    x, visible = torch.zeros(1, 3, 8), torch.ones(3, 3, dtype=kind)
    message = rf"visible has type {kind}; make it torch.bool, True where a query may look"
    with pytest.raises(ValueError, match=message):
        attend(x, x, x, visible)
    with pytest.raises(ValueError, match=message):
        Attention(8, 2)(x, visible)


@pytest.mark.parametrize("shape", [(5, 8), (2, 5, 7), (2, 1, 5, 8)])
def test_vectors_of_another_shape_are_refused(shape):
    words = rf"shape \({', '.join(map(str, shape))}\); this attention takes \(batch, length, 8\)"
    with pytest.raises(ValueError, match=words):
        Attention(8, 1)(torch.zeros(shape))
