"""The masked-token head gives what BERT's gives, forwards and backwards, at all places or some."""

import pytest
import torch

from helpers.models import published_weights
from helpers.models.encoder import Encoder, EncoderSizes
from helpers.models.masked import MaskedLanguageModel

SIZES = EncoderSizes(
    vocabulary=60, width=16, layers=2, heads=4, hidden=24, positions=12, dropout=0.0
)
LENGTHS = torch.tensor([9, 4, 1])


def random_weights(model, seed=0):
    torch.manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(0.3 * torch.randn_like(weight))
    return model.eval()


@pytest.mark.slow
def test_scores_and_gradients_are_those_of_transformers():
    transformers = pytest.importorskip("transformers")
    shape = dict(vocab_size=60, hidden_size=16, num_hidden_layers=2, num_attention_heads=4)
    config = transformers.BertConfig(**shape, intermediate_size=24, max_position_embeddings=12)
    theirs = random_weights(transformers.BertForMaskedLM(config))
    weights = dict(theirs.named_parameters())
    ours = MaskedLanguageModel(Encoder(SIZES)).eval()
    inside = {name: w for name, w in weights.items() if not name.startswith("cls.")}
    kinds = weights["bert.embeddings.token_type_embeddings.weight"]
    head = {
        "layer.weight": "transform.dense.weight",
        "layer.bias": "transform.dense.bias",
        "norm.weight": "transform.LayerNorm.weight",
        "norm.bias": "transform.LayerNorm.bias",
        "bias": "bias",
    }
    state = {our: weights[f"cls.predictions.{their}"] for our, their in head.items()}
    names = published_weights.our_names(len(ours.encoder.blocks))
    for name, weight in inside.items():
        if (our := names.get(name.removeprefix("bert."))) is not None:
            first = kinds[0] if our == "positions.weight" else 0  # one kind of sentence
            state[f"encoder.{our}"] = weight + first
    ours.load_state_dict({name: w.detach().clone() for name, w in state.items()})
    ids = torch.randint(60, (3, 9), generator=torch.Generator().manual_seed(1))
    real = torch.arange(9) < LENGTHS[:, None]
    expected = theirs(ids, attention_mask=real.long()).logits
    got = ours(ids, LENGTHS)
    torch.testing.assert_close(got[real], expected[real], rtol=1e-4, atol=1e-4)
    direction = torch.randn(int(real.sum()), 60)
    (expected[real] * direction).sum().backward()
    (got[real] * direction).sum().backward()
    table = weights["bert.embeddings.word_embeddings.weight"].grad
    torch.testing.assert_close(ours.encoder.tokens.weight.grad, table, rtol=1e-3, atol=1e-3)


def test_some_places_are_scored_as_all_are():
    model = random_weights(MaskedLanguageModel(Encoder(SIZES)))
    ids = torch.randint(60, (3, 9))
    places = torch.rand(3, 9) < 0.3
    some, every = model(ids, LENGTHS, places), model(ids, LENGTHS)
    assert some.shape == (int(places.sum()), 60)
    torch.testing.assert_close(some, every[places])


def test_a_place_is_seen_from_both_sides():
    model = random_weights(MaskedLanguageModel(Encoder(SIZES)))
    ids = torch.randint(59, (1, 9))
    for other in (2, 8):  # before it and after it
        changed = ids.clone()
        changed[0, other] += 1
        lengths = torch.tensor([9])
        assert not torch.allclose(model(ids, lengths)[0, 5], model(changed, lengths)[0, 5])


@pytest.mark.parametrize(
    "places", [torch.zeros(3, 9), torch.zeros(3, 8, dtype=torch.bool), torch.tensor([True])]
)
def test_places_that_make_no_sense_are_refused(places):
    model = MaskedLanguageModel(Encoder(SIZES))
    with pytest.raises(ValueError, match=r"give True or False for each of the ids, \(3, 9\)"):
        model(torch.zeros(3, 9, dtype=torch.int64), LENGTHS, places)
