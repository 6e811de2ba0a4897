"""Perplexity is e to the loss, and bits per character don't depend on how a text is cut."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.evaluation.perplexity import bits_per_character, perplexity


@given(st.integers(1, 10_000))
def test_guessing_evenly_has_the_perplexity_of_the_number_of_choices(choices):
    assert perplexity(math.log(choices)) == pytest.approx(choices)


def test_it_is_one_over_the_geometric_mean_of_the_probabilities():
    p = np.random.default_rng(0).uniform(0.01, 1, size=50)
    assert perplexity(-np.log(p).mean()) == pytest.approx(1 / np.prod(p) ** (1 / 50))


@given(st.floats(0.1, 5), st.integers(1, 6))
def test_bits_do_not_depend_on_how_a_text_is_cut(loss, pieces):
    """A token that is guessed piece by piece costs the same, if its pieces multiply to it."""
    whole = bits_per_character(loss, tokens=100, characters=400)
    cut = bits_per_character(loss / pieces, tokens=100 * pieces, characters=400)
    assert whole == pytest.approx(cut)
    assert perplexity(loss / pieces) < perplexity(loss) or pieces == 1


def test_bits_by_hand():
    """8 tokens of 2 bits each are 16 bits; over 32 characters that is half a bit."""
    assert bits_per_character(2 * math.log(2), tokens=8, characters=32) == pytest.approx(0.5)


@pytest.mark.parametrize("loss", [-0.1, math.nan, math.inf])
def test_a_loss_that_is_none_is_refused(loss):
    for function in (perplexity, lambda loss: bits_per_character(loss, 1, 1)):
        with pytest.raises(ValueError, match=f"the loss is {loss}"):
            function(loss)


@pytest.mark.parametrize(("tokens", "characters"), [(0, 5), (5, 0), (-1, 5)])
def test_a_text_of_nothing_is_refused(tokens, characters):
    with pytest.raises(ValueError, match="a text has 1 or more"):
        bits_per_character(1.0, tokens, characters)
