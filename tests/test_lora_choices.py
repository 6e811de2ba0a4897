"""LoRA in more layers, for longer: each method trains what its name says."""

import pytest
import torch
from test_lora import SIZES

from helpers.experiments import lora_choices
from helpers.models.encoder import Encoder, EncoderClassifier
from helpers.models.lora import lora_layers


@pytest.mark.parametrize(
    ("method", "adapters", "head_rate"),
    [
        ("full", 0, 3e-3),
        ("query and value", 2, 9e-3),
        ("every layer", 6, 9e-3),
        ("every layer, a third of the rate", 6, 3e-3),
    ],
)
def test_what_trains_and_how_fast_the_head_learns(method, adapters, head_rate):
    torch.manual_seed(0)
    model = EncoderClassifier(Encoder(SIZES), classes=3)
    assert lora_choices.prepare(model, method) == pytest.approx(head_rate)
    assert len(lora_layers(model)) == adapters * SIZES.layers
    frozen = [name for name, p in model.named_parameters() if not p.requires_grad]
    assert bool(frozen) == bool(adapters) and "head.weight" not in frozen


def test_a_method_that_there_is_not():
    with pytest.raises(KeyError, match="no method 'everything'; there are full, query and value"):
        lora_choices.prepare(None, "everything")
