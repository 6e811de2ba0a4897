"""The encoder's own laws: padding changes nothing, order of texts neither, and what is refused."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from helpers.models.encoder import (
    Encoder,
    EncoderClassifier,
    EncoderSizes,
    mean_of_tokens,
    sentence_vectors,
)

SIZES = EncoderSizes(vocabulary=40, width=8, layers=2, heads=2, hidden=16, positions=12)
TEXTS = st.lists(st.lists(st.integers(0, 39), min_size=1, max_size=12), min_size=1, max_size=5)


def encoder(seed=0):
    torch.manual_seed(seed)
    made = Encoder(SIZES).eval()
    for parameter in made.parameters():  # larger than at the start, so that mistakes show
        nn.init.normal_(parameter, std=0.5)
    return made


def padded(texts, filler=0):
    longest = max(map(len, texts))
    ids = torch.tensor([text + [filler] * (longest - len(text)) for text in texts])
    return ids, torch.tensor([len(text) for text in texts])


@settings(max_examples=30)
@given(TEXTS, st.integers(0, 39))
def test_a_text_gets_the_same_vectors_alone_and_beside_longer_ones(texts, filler):
    model = encoder()
    together = model(*padded(texts, filler))
    pooled = sentence_vectors(model, *padded(texts, filler))
    for row, text in enumerate(texts):
        alone = model(*padded([text]))[0]
        torch.testing.assert_close(together[row, : len(text)], alone, atol=1e-5, rtol=1e-5)
        mean = alone.mean(dim=0)
        torch.testing.assert_close(pooled[row], mean / mean.norm(), atol=1e-5, rtol=1e-5)


def test_gradients_do_not_come_from_padding():
    model = encoder()
    ids, lengths = padded([[5, 7, 2], [9]], filler=33)
    mean_of_tokens(model(ids, lengths), lengths).sum().backward()
    touched = model.tokens.weight.grad.abs().sum(dim=1).nonzero().flatten().tolist()
    assert touched == [2, 5, 7, 9]


def test_word_order_matters():
    model = encoder()
    one, other = sentence_vectors(model, *padded([[5, 7, 2], [2, 7, 5]]))
    assert (one - other).abs().max() > 1e-3


def test_a_text_with_more_tokens_than_positions_is_refused():
    with pytest.raises(ValueError, match="a text has 13 tokens; this encoder has 12 positions"):
        encoder()(*padded([[1] * 13]))


def test_the_classifier_is_a_linear_layer_on_the_mean():
    model = EncoderClassifier(encoder(), classes=3).eval()
    inputs = padded([[5, 7, 2], [9]])
    expected = model.head(mean_of_tokens(model.encoder(*inputs), inputs[1]))
    torch.testing.assert_close(model(*inputs), expected)
    model.train()
    assert not torch.equal(model(*inputs), model(*inputs))  # dropout, of encoder and of head


def test_a_new_encoder_begins_as_bert_does():
    torch.manual_seed(0)
    made = Encoder(EncoderSizes(vocabulary=2_000, width=64, layers=1, heads=2, hidden=128))
    spread = {name: float(p.detach().std()) for name, p in made.named_parameters()}
    assert spread["tokens.weight"] == pytest.approx(0.02, rel=0.02)
    assert spread["blocks.0.feed_forward.up.weight"] == pytest.approx(0.02, rel=0.05)
    assert made.blocks[0].attention.query.bias.abs().max() == 0
    assert made.norm.weight.min() == made.norm.weight.max() == 1
