"""Embedding many texts: each as it would be alone, in the order given, little of it padding."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers.models.encoder import Encoder, EncoderSizes, mean_of_tokens, sentence_vectors
from helpers.training.embedding import embed

SIZES = EncoderSizes(vocabulary=40, width=8, layers=1, heads=2, hidden=16, positions=30)
TEXTS = st.lists(st.lists(st.integers(0, 39), min_size=1, max_size=30), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    made = Encoder(SIZES)
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.5)
    return made.eval()


class Counting(nn.Module):
    """An encoder in whose place one can see what it is given."""

    def __init__(self):
        super().__init__()
        self.weight, self.shapes = nn.Parameter(torch.ones(1)), []

    def forward(self, ids, lengths):
        assert not self.training and torch.is_inference_mode_enabled()
        self.shapes.append(tuple(ids.shape))
        return ids[..., None].float()


def mean(encoder, ids, lengths):
    return mean_of_tokens(encoder(ids, lengths), lengths)


@settings(max_examples=30)
@given(TEXTS, st.integers(1, 100))
def test_each_vector_is_that_of_its_text_alone(encoder, texts, most):
    found = embed(encoder, texts, batch_tokens=most)
    assert found.dtype == np.float32 and found.shape == (len(texts), 8)
    with torch.inference_mode():
        for row, text in zip(found, texts, strict=True):
            alone = sentence_vectors(encoder, torch.tensor([text]), torch.tensor([len(text)]))[0]
            np.testing.assert_allclose(row, alone, atol=1e-5)


@given(TEXTS, st.integers(1, 100))
def test_batches_keep_to_their_places_and_waste_few(texts, most):
    encoder = Counting()
    found = embed(encoder, texts, pool=mean, batch_tokens=most)
    np.testing.assert_allclose(found[:, 0], [np.mean(text) for text in texts], rtol=1e-5)
    assert sum(rows for rows, _ in encoder.shapes) == len(texts)
    longest = [columns for _, columns in encoder.shapes]
    assert longest == sorted(longest, reverse=True)
    assert all(rows * columns <= most or rows == 1 for rows, columns in encoder.shapes)


def test_texts_of_one_length_are_not_padded_at_all():
    encoder = Counting()
    embed(encoder, [[1] * 5] * 8 + [[1] * 2] * 4, pool=mean, batch_tokens=20)
    assert encoder.shapes == [(4, 5), (4, 5), (4, 2)]


def test_the_encoder_is_left_in_its_mode(encoder):
    for training in (True, False):
        encoder.train(training)
        first, again = embed(encoder, [[1, 2]]), embed(encoder, [[1, 2]])
        np.testing.assert_array_equal(first, again)  # no dropout
        assert encoder.training is training

    def broken(*_):
        raise RuntimeError("no memory")

    encoder.train()
    with pytest.raises(RuntimeError):
        embed(encoder, [[1, 2]], pool=broken)
    assert encoder.training
    encoder.eval()


@pytest.mark.parametrize(
    ("texts", "said"),
    [([[1], [], [2]], "text 1 has no ids, and nothing"), ([], "there are no texts")],
)
def test_what_has_no_vector_is_refused(encoder, texts, said):
    with pytest.raises(ValueError, match=said):
        embed(encoder, texts)
