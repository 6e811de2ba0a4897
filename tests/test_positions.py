"""Sinusoids follow their formula; rotary positions are Llama's, and know distances alone."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.models.positions import Rotary, sinusoids

EVEN = st.integers(1, 8).map(lambda half: 2 * half)


def drawn(*shape, seed=0):
    source = torch.Generator().manual_seed(seed)
    return torch.randn(shape, dtype=torch.float64, generator=source)


# ---- sinusoids -----------------------------------------------------------------------------


@given(st.integers(1, 20), EVEN, st.sampled_from([100.0, 10_000.0]))
def test_sinusoids_are_the_papers_with_the_halves_side_by_side(length, width, base):
    found = sinusoids(length, width, base)
    assert found.shape == (length, width)
    for place in range(length):
        for i in range(width // 2):
            angle = place / base ** (2 * i / width)
            assert found[place, i] == pytest.approx(math.sin(angle), abs=1e-5)
            assert found[place, i + width // 2] == pytest.approx(math.cos(angle), abs=1e-5)


@given(EVEN, st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_the_product_of_two_sinusoids_depends_on_their_distance(width, a, b, shift):
    all_of_them = sinusoids(61, width).double()
    here, there = all_of_them[a] @ all_of_them[b], all_of_them[a + shift] @ all_of_them[b + shift]
    assert here == pytest.approx(float(there), abs=1e-4)


# ---- rotary --------------------------------------------------------------------------------


@given(EVEN, st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 10_000))
def test_a_product_depends_on_the_distance_alone(width, m, n, shift, seed):
    q, k = drawn(2, 1, width, seed=seed)
    turn = Rotary(width, length=41)

    def product(i, j):
        return float((turn(q, first=i) @ turn(k, first=j).T).squeeze())

    assert product(m, n) == pytest.approx(product(m + shift, n + shift), abs=1e-5)


@given(EVEN, st.integers(1, 12), st.integers(0, 10_000))
def test_turning_keeps_lengths_and_leaves_position_0(width, length, seed):
    vectors = drawn(3, length, width, seed=seed)
    turned = Rotary(width, length)(vectors)
    torch.testing.assert_close(turned.norm(dim=-1), vectors.norm(dim=-1), atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(turned[:, 0], vectors[:, 0])


def test_two_numbers_turn_by_one_radian_a_position():
    turned = Rotary(width=2, length=4)(torch.tensor([[1.0, 0.0]]).expand(4, 2))
    expected = torch.tensor([[math.cos(n), math.sin(n)] for n in range(4)])
    torch.testing.assert_close(turned, expected)


def test_first_goes_on_where_an_earlier_piece_ended():
    vectors, turn = drawn(2, 7, 6), Rotary(6, 10)
    parts = [turn(vectors[:, :4]), turn(vectors[:, 4:], first=4)]
    torch.testing.assert_close(torch.cat(parts, dim=1), turn(vectors))


@pytest.mark.slow  # transformers takes seconds to import
@pytest.mark.parametrize("base", [10_000.0, 100_000.0])
def test_rotary_is_llamas_forward_and_backward(base):
    llama = pytest.importorskip("transformers.models.llama.modeling_llama")
    config = llama.LlamaConfig(
        hidden_size=48,
        num_attention_heads=3,
        num_key_value_heads=3,
        max_position_embeddings=32,
        rope_parameters={"rope_type": "default", "rope_theta": base},
    )
    queries, keys = drawn(2, 2, 3, 20, 16).float().requires_grad_()
    cos, sin = llama.LlamaRotaryEmbedding(config)(queries, torch.arange(20)[None])
    theirs = torch.stack(llama.apply_rotary_pos_emb(queries, keys, cos, sin))
    turn = Rotary(16, 20, base)
    ours = torch.stack([turn(queries), turn(keys)])
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-5)
    pull = drawn(*ours.shape, seed=1).float()
    wanted = queries, keys
    backward = [torch.autograd.grad((x * pull).sum(), wanted) for x in (ours, theirs)]
    torch.testing.assert_close(*backward, atol=1e-5, rtol=1e-5)


def test_a_halved_precision_stays():
    assert Rotary(4, 3)(torch.ones(3, 4, dtype=torch.bfloat16)).dtype == torch.bfloat16


# ---- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize("width", [7, 0, -2])
def test_an_odd_width_is_refused(width):
    for make in (lambda: sinusoids(3, width), lambda: Rotary(width, 3)):
        with pytest.raises(ValueError, match=f"{width} numbers can't be paired; use an even width"):
            make()


@pytest.mark.parametrize(("first", "last"), [(0, 4), (3, 7), (-1, 3)])
def test_positions_that_it_has_not_are_named(first, last):
    words = f"positions {first} to {last} are asked for; there are 0 to 3: make a Rotary of greater"
    with pytest.raises(ValueError, match=words):
        Rotary(2, 4)(torch.zeros(5, 2), first=first)


def test_vectors_of_another_width_are_refused():  # angles of one pair would broadcast over any
    with pytest.raises(ValueError, match="vectors have 6 numbers each; these angles are for 2"):
        Rotary(2, 4)(torch.zeros(4, 6))
