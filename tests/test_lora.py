"""LoRA equals peft's, trains nothing else, and merges and comes apart again exactly."""

import copy
import os

import pytest
import torch
from hypothesis import given, settings, strategies
from torch import nn
from torch.nn import functional
from toy_training import blobs, one_thread, same, weights_of  # noqa: F401 (a fixture)

from helpers.models.encoder import Encoder, EncoderClassifier, EncoderSizes
from helpers.models.lora import (
    LoRALinear,
    LoRASettings,
    inject,
    lora_layers,
    merge,
    remove,
    unmerge,
)
from helpers.training.loop import TrainSettings, train

SIZES = EncoderSizes(vocabulary=50, width=16, layers=2, heads=2, hidden=32, positions=12)
QUERY_VALUE = [f"encoder.blocks.{block}.attention.{kind}" for block in "01" for kind in ("query", "value")]  # fmt: skip # noqa: E501


def classifier(seed=0):
    torch.manual_seed(seed)
    return EncoderClassifier(Encoder(SIZES), classes=3)


def texts(seed=0, number=8):
    numbers = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, 12, (number,), generator=numbers)
    ids = torch.randint(0, 50, (number, 12), generator=numbers)
    return (ids, lengths), torch.randint(0, 3, (number,), generator=numbers)


def drawn(model, seed=1):
    """Give both matrices of each adapter random numbers, for B begins at 0."""
    numbers = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in lora_layers(model).values():
            for part in (layer.lora_a, layer.lora_b):
                part.weight.copy_(torch.randn(part.weight.shape, generator=numbers))
    return model


# ---- one layer -----------------------------------------------------------------------------


@settings(max_examples=30)
@given(
    strategies.integers(1, 9), strategies.integers(1, 9), strategies.integers(1, 9),
    strategies.floats(0.1, 64), strategies.booleans(),
)  # fmt: skip
def test_the_change_is_scaled_and_of_low_rank(inputs, outputs, rank, alpha, bias):
    rank = min(rank, inputs, outputs)
    linear = nn.Linear(inputs, outputs, bias)
    layer = LoRALinear(linear, LoRASettings(rank, alpha))
    x = torch.randn(5, inputs)
    assert torch.equal(layer(x), linear(x))  # B is 0
    nn.init.normal_(layer.lora_b.weight)
    a, b = layer.lora_a.weight.detach(), layer.lora_b.weight.detach()
    change = sum(torch.outer(b[:, i], a[i]) for i in range(rank)) * alpha / rank
    torch.testing.assert_close(layer.change().detach(), change, rtol=1e-4, atol=1e-4)
    expected = functional.linear(x, linear.weight + change, linear.bias)
    torch.testing.assert_close(layer(x), expected, rtol=1e-4, atol=1e-3)
    exact = (b.double() @ a.double()) * alpha / rank
    assert torch.linalg.matrix_rank(exact) <= rank


def test_dropout_silences_inputs_of_the_adapter_alone_and_only_while_training():
    layer = LoRALinear(nn.Linear(64, 64), LoRASettings(dropout=0.5))
    x = torch.ones(1, 64)
    assert torch.equal(layer.train()(x), layer.base(x))  # B is 0, and the base sees all of x
    nn.init.normal_(layer.lora_b.weight)
    torch.manual_seed(0)
    trained = layer.train()(x)
    torch.manual_seed(0)
    dropped = functional.dropout(x, 0.5)
    expected = layer.base(x) + layer.lora_b(layer.lora_a(dropped)) * layer.scale
    torch.testing.assert_close(trained, expected)
    torch.testing.assert_close(layer.eval()(x), functional.linear(x, layer.base.weight + layer.change(), layer.base.bias), rtol=1e-4, atol=1e-5)  # fmt: skip # noqa: E501


# ---- equal to peft -------------------------------------------------------------------------


def of_peft(model, chosen, targets):
    os.environ["HF_HUB_OFFLINE"] = "1"
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=chosen.rank, lora_alpha=chosen.alpha, lora_dropout=chosen.dropout,
        target_modules=targets, modules_to_save=["head"],
    )  # fmt: skip
    return get_peft_model(model, config)


def theirs_by_our_names(model):
    """The trainable parameters of a peft model, under the names that ours have."""
    return {
        name.removeprefix("base_model.model.")
        .replace("lora_A.default", "lora_a")
        .replace("lora_B.default", "lora_b")
        .replace("head.modules_to_save.default", "head"): parameter
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }


def ours_that_train(model):
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("chosen", "targets"),
    [
        (LoRASettings(rank=4, alpha=8), ["query", "value"]),
        (LoRASettings(rank=1, alpha=32, dropout=0.25), ["query", "value"]),
        (
            LoRASettings(rank=3, alpha=5, patterns=r"blocks.1.*.(?:up|output)"),
            r".*blocks\.1\..*(up|output)",
        ),
    ],
)
def test_equals_peft_from_the_same_seed_forward_backward_and_after_steps(chosen, targets):
    ours = classifier()
    theirs = copy.deepcopy(ours)
    torch.manual_seed(7)
    names = inject(ours, chosen)
    torch.manual_seed(7)
    theirs = of_peft(theirs, chosen, targets)
    assert len(names) == (2 if "1" in targets else 4)
    first, second = ours_that_train(ours), theirs_by_our_names(theirs)
    assert first.keys() == second.keys() and len(first) == 2 * len(names) + 2
    for name, parameter in first.items():
        assert torch.equal(parameter, second[name]), name

    optimizers = [torch.optim.AdamW(of.values(), lr=0.01) for of in (first, second)]
    for step in range(6):
        inputs, labels = texts(seed=step)
        losses = []
        for model, optimizer in zip((ours, theirs), optimizers, strict=True):
            torch.manual_seed(step)  # the same dropout, in encoder, head and adapters
            scores = model.train()(*inputs)
            loss = functional.cross_entropy(scores, labels)
            optimizer.zero_grad()
            loss.backward()
            losses.append(loss.item())
        assert losses[0] == pytest.approx(losses[1], abs=1e-6)
        for name, parameter in first.items():
            torch.testing.assert_close(parameter.grad, second[name].grad, rtol=0, atol=1e-6)
        for optimizer in optimizers:
            optimizer.step()
    for name, parameter in first.items():
        torch.testing.assert_close(parameter, second[name], rtol=0, atol=1e-6)
    assert all(first[name].abs().max() > 1e-3 for name in first if "lora_b" in name)

    inputs, _ = texts(seed=99)
    with torch.no_grad():
        expected = theirs.eval()(*inputs)
        torch.testing.assert_close(ours.eval()(*inputs), expected, rtol=0, atol=1e-6)
        merge(ours)
        torch.testing.assert_close(ours(*inputs), expected, rtol=0, atol=1e-6)
        plain = theirs.merge_and_unload()
        remove(ours, keep_change=True)
    for name, weight in plain.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], weight, rtol=0, atol=1e-6)


# ---- in a model ----------------------------------------------------------------------------


def test_only_adapters_and_the_head_train():
    model = classifier()
    assert inject(model, LoRASettings(rank=2)) == QUERY_VALUE
    before = weights_of(model)
    trains = set(ours_that_train(model))
    assert trains == {f"{name}.{part}.weight" for name in QUERY_VALUE for part in ("lora_a", "lora_b")} | {"head.weight", "head.bias"}  # fmt: skip # noqa: E501
    batches = [texts(seed) for seed in range(3)]
    train(model, batches, None, TrainSettings(epochs=2, learning_rate=0.01))
    moved = {name for name, w in weights_of(model).items() if not torch.equal(w, before[name])}
    assert moved == trains


def test_injecting_changes_no_output_until_training():
    model = classifier().eval()
    (inputs, _) = texts()
    before = model(*inputs)
    inject(model, LoRASettings(patterns=("query", "up", "down"), also_train=()))
    assert torch.equal(model(*inputs), before)
    assert not model.training and all(not m.training for m in model.modules())


def test_a_layer_in_two_places_gets_one_adapter():
    shared = nn.Linear(4, 4)
    model = nn.Sequential(shared, nn.ReLU(), shared)
    assert inject(model, LoRASettings(rank=1, patterns=r"\d", also_train=())) == ["0", "2"]
    assert model[0] is model[2] and len(ours_that_train(model)) == 2
    remove(model)
    assert model[0] is model[2] is shared


# ---- merging -------------------------------------------------------------------------------


def test_merged_computes_the_same_and_unmerged_is_bit_for_bit_what_it_was():
    model = drawn(classifier())
    inject(model, LoRASettings(rank=3))
    drawn(model).eval()
    before, (inputs, _) = weights_of(model), texts()
    with torch.no_grad():
        expected = model(*inputs)
        merge(model)
        assert all(layer.merged for layer in lora_layers(model).values())
        assert not same(weights_of(model), before)
        torch.testing.assert_close(model(*inputs), expected, rtol=1e-5, atol=1e-5)
        merge(model)  # a second time changes nothing
        torch.testing.assert_close(model(*inputs), expected, rtol=1e-5, atol=1e-5)
        unmerge(model)
        unmerge(model)
        assert same(weights_of(model), before)
        assert torch.equal(model(*inputs), expected)


def test_merging_leaves_a_weight_that_another_layer_shares():
    model = nn.ModuleDict({"words": nn.Embedding(5, 3), "scores": nn.Linear(3, 5, bias=False)})
    model["scores"].weight = model["words"].weight
    before = model["words"].weight.detach().clone()
    inject(model, LoRASettings(rank=1, patterns="scores", also_train=()))
    merge(drawn(model))
    assert torch.equal(model["words"].weight, before)
    assert not torch.equal(model["scores"].base.weight, before)
    unmerge(model)
    assert model["scores"].base.weight is model["words"].weight


def test_removed_leaves_a_plain_model_with_or_without_the_change():
    model = classifier()
    plain, (inputs, _) = weights_of(model), texts()
    inject(model, LoRASettings(rank=2))
    drawn(model).eval()
    twin = copy.deepcopy(model)
    with torch.no_grad():
        expected = model(*inputs)
        remove(model, keep_change=True)
        assert not lora_layers(model) and model.state_dict().keys() == plain.keys()
        torch.testing.assert_close(model(*inputs), expected, rtol=1e-5, atol=1e-5)
    merge(twin)
    remove(twin)
    assert same(weights_of(twin), plain)


def test_merged_refuses_to_train_and_a_copy_of_it_comes_apart_too():
    model = classifier()
    inject(model, LoRASettings(rank=2))
    before = weights_of(drawn(model))
    merge(model.eval())
    with pytest.raises(RuntimeError, match=r"merged into the base; unmerge\(model\) to train"):
        train(model, [texts()], None, TrainSettings(epochs=1))
    twin = copy.deepcopy(model)
    unmerge(twin)
    assert same(weights_of(twin), before) and not same(weights_of(model), before)


# ---- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rank": 0}, "rank is 0; use a whole number, 1 or more"),
        ({"rank": 2.0}, "rank is 2.0; use a whole number"),
        ({"alpha": 0}, "alpha is 0; use a number above 0"),
        ({"alpha": float("nan")}, "alpha is nan"),
        ({"dropout": 1.0}, "dropout is 1.0; use a share of at least 0, below 1"),
        ({"patterns": "quary"}, r"no linear layer has the part 'quary'; did you mean 'query'"),
        ({"patterns": ()}, "there is no pattern; give at least one part of a linear layer"),
        ({"patterns": ["query", "norm"]}, "no linear layer has the part 'norm'"),
        ({"also_train": "haed"}, "no parameter has the part 'haed'; did you mean 'head'"),
        ({"patterns": ["query", "head"]}, r"head.weight fits patterns and also_train"),
        (
            {"rank": 17},
            r"rank is 17, but encoder.blocks.0.attention.query has .*rank is at most 16",
        ),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(arguments, message):
    model = classifier()
    with pytest.raises(ValueError, match=message):
        inject(model, LoRASettings(**arguments))
    assert not lora_layers(model)
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_a_second_injection_and_a_missing_first_are_said():
    model = classifier()
    for doing in (merge, unmerge, remove):
        with pytest.raises(ValueError, match=r"this EncoderClassifier has no adapters; inject\("):
            doing(model)
    inject(model, LoRASettings())
    with pytest.raises(ValueError, match=r"query has adapters already \(4 layers have\)"):
        inject(model, LoRASettings())


def test_a_layer_that_is_never_called_gets_no_adapter():
    model = nn.TransformerEncoderLayer(8, 2, 16)
    with pytest.raises(ValueError, match=r"out_proj belongs to an nn.MultiheadAttention"):
        inject(model, LoRASettings(rank=1, patterns="out_proj", also_train=()))
