"""An adapter goes into a file and back, over its own base and no other."""

import copy
import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from test_lora import SIZES, classifier, drawn, texts
from torch import nn
from toy_training import one_thread, same, weights_of  # noqa: F401 (a fixture)

from helpers.models.encoder import EncoderClassifier
from helpers.models.lora import LoRASettings, inject, lora_layers, merge, remove
from helpers.training import adapter_files
from helpers.training.adapter_files import AdapterError, digests, load, save

CHOSEN = LoRASettings(rank=2, alpha=6, dropout=0.25)


def trained(seed=1, chosen=CHOSEN, base=0):
    """A model whose adapters and head are no longer what they began as."""
    model = classifier(base)
    inject(model, chosen)
    drawn(model, seed)
    nn.init.normal_(model.head.weight, generator=torch.Generator().manual_seed(seed))
    return model.eval()


@pytest.fixture
def path(tmp_path):
    return save(tmp_path / "new" / "news.safetensors", trained(), CHOSEN)


def outputs(model):
    with torch.no_grad():
        return model.eval()(*texts()[0])


# ---- there and back ------------------------------------------------------------------------


def test_saved_and_loaded_computes_the_same_bit_for_bit(path):
    torch.manual_seed(5)
    fresh = EncoderClassifier(classifier().encoder, classes=3)  # the head is another at first
    state = torch.get_rng_state()
    assert load(path, fresh) == CHOSEN
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(outputs(fresh), outputs(trained()))
    assert same(weights_of(fresh), weights_of(trained()))
    trains = {name for name, p in fresh.named_parameters() if p.requires_grad}
    assert trains == {name for name, p in trained().named_parameters() if p.requires_grad}


def test_only_what_was_trained_is_in_the_file_and_the_head_tells_the_rest(path):
    tensors = load_file(path)
    expected = {n: p for n, p in trained().named_parameters() if p.requires_grad}
    assert tensors.keys() == expected.keys()
    assert all(torch.equal(tensors[name], expected[name]) for name in tensors)
    with safe_open(path, "pt") as file:
        head = file.metadata()
    told = json.loads(head["settings"])
    assert (told["rank"], told["alpha"], told["patterns"]) == (2, 6, ["query", "value"])
    assert json.loads(head["base"]).keys() == {
        name for name in classifier().state_dict() if not name.startswith("head.")
    }
    assert list(path.parent.iterdir()) == [path]  # nothing is left beside


def test_several_adapters_take_turns_over_one_base(tmp_path, path):
    other = save(tmp_path / "other.safetensors", trained(seed=2), CHOSEN)
    model = classifier()
    for file, seed in ((path, 1), (other, 2), (path, 1)):
        load(file, model)
        assert torch.equal(outputs(model), outputs(trained(seed)))
    remove(model)
    plain = classifier().state_dict()
    assert all(torch.equal(w, plain[n]) for n, w in model.state_dict().items() if "head" not in n)


def test_the_digests_are_those_of_the_base_with_and_without_adapters():
    plain = digests(classifier(), CHOSEN)
    assert plain == digests(trained(), CHOSEN) == digests(trained(seed=9), CHOSEN)
    assert plain.keys() != digests(classifier(), LoRASettings(also_train=())).keys()
    other = classifier()
    with torch.no_grad():
        other.encoder.norm.bias[3] += 1e-7
    changed = digests(other, CHOSEN)
    assert [name for name in plain if plain[name] != changed[name]] == ["encoder.norm.bias"]
    half = classifier()
    half.encoder.norm.bias.data = half.encoder.norm.bias.data.half()  # zeros, but another type
    assert digests(half, CHOSEN)["encoder.norm.bias"] != plain["encoder.norm.bias"]


def test_layers_in_two_places_are_kept_once(tmp_path):
    def shared():
        torch.manual_seed(0)
        linear = nn.Linear(4, 4)
        return nn.Sequential(linear, nn.ReLU(), linear)

    chosen = LoRASettings(rank=1, patterns=r"\d", also_train=())
    model = shared()
    inject(model, chosen)
    path = save(tmp_path / "shared.safetensors", drawn(model), chosen)
    assert len(load_file(path)) == 2
    fresh = shared()
    load(path, fresh)
    assert torch.equal(fresh(torch.ones(1, 4)), model(torch.ones(1, 4)))


def test_a_crash_while_writing_leaves_the_old_file(path, monkeypatch):
    before = path.read_bytes()

    def crash(tensors, file, metadata):
        file.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(adapter_files, "save_file", crash)
    with pytest.raises(KeyboardInterrupt):
        save(path, trained(seed=2), CHOSEN)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


# ---- what is refused, and changes nothing --------------------------------------------------


def refused(path, model, message):
    before, there = weights_of(model), list(lora_layers(model))
    with pytest.raises(AdapterError, match=message):
        load(path, model)
    assert same(weights_of(model), before) and list(lora_layers(model)) == there


def test_another_base_is_refused_and_the_first_weight_that_differs_is_named(path):
    refused(
        path, classifier(seed=1),
        r"news.safetensors was trained over another base: encoder.tokens.weight has other numbers "
        r"here \(14 of 36 weights differ\). Load it over the weights",
    )  # fmt: skip
    other = trained()
    with torch.no_grad():
        other.encoder.blocks[1].attention.query.base.weight[0, 0] += 1
    refused(path, other, r"blocks.1.attention.query.weight has other numbers here \(1 of 36")


def test_a_base_of_another_shape_is_refused(path):
    deeper = EncoderClassifier(
        type(classifier().encoder)(SIZES.__class__(**{**SIZES.__dict__, "layers": 3})), 3
    )
    refused(path, deeper, r"is new here|has other numbers here")
    refused(path, nn.Linear(3, 2), r"doesn't fit this Linear: no linear layer has the part 'query'")


def test_another_number_of_classes_is_refused(path):
    refused(
        path, EncoderClassifier(classifier().encoder, classes=5),
        r"head.weight has shape \(3, 16\), and the model with rank 2 needs \(5, 16\)",
    )  # fmt: skip


def rewritten(path, change, **head):
    with safe_open(path, "pt") as file:
        metadata = {**file.metadata(), **head}
    tensors = load_file(path)
    change(tensors)
    save_file(tensors, path, metadata=metadata)
    return path


NAME = "encoder.blocks.0.attention.query.lora_a.weight"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop(NAME), rf"does not fit: {NAME} is missing. Take an undamaged copy"),
        (lambda t: t.update(extra=torch.ones(1)), "extra has no place in the model"),
        (
            lambda t: t.update({NAME: torch.ones(3, 16)}),
            rf"{NAME} has shape \(3, 16\), and the model with rank 2 needs \(2, 16\)",
        ),
        (lambda t: t[NAME].fill_(torch.nan), rf"{NAME} holds NaN or infinite numbers"),
        (lambda t: t.clear(), "is missing; .* is missing; .* is missing; and 7 more"),
    ],
)
def test_missing_extra_misshapen_and_infinite_tensors_are_named(path, change, message):
    refused(rewritten(path, change), classifier(), message)


def test_a_wrong_rank_is_refused(path):
    settings = json.dumps({**CHOSEN.__dict__, "rank": 3})
    refused(
        rewritten(path, lambda t: None, settings=settings), classifier(),
        r"lora_a.weight has shape \(2, 16\), and the model with rank 3 needs \(3, 16\)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("has", "message"),
    [
        (LoRASettings(rank=4, alpha=6), r"adapters of rank 4, and those of the file .* have 2"),
        (LoRASettings(rank=2, alpha=8), r"adapters of scale 4.0, and those .* have 3.0"),
        (LoRASettings(rank=2, alpha=6, patterns="query"), r"adapters of layers .*: take the"),
    ],
)
def test_adapters_of_other_settings_in_the_model_are_refused(path, has, message):
    refused(path, trained(chosen=has), message)


def test_merged_adapters_are_neither_saved_nor_replaced(tmp_path, path):
    model = trained()
    merge(model)
    with pytest.raises(ValueError, match=r"query is merged into the base; unmerge\(model\) first"):
        save(tmp_path / "merged.safetensors", model, CHOSEN)
    refused(path, model, r"doesn't fit this EncoderClassifier: the adapter of .* is merged")
    assert not (tmp_path / "merged.safetensors").exists()


def test_what_can_not_be_saved_is_said(tmp_path):
    path = tmp_path / "adapter.safetensors"
    with pytest.raises(ValueError, match="this EncoderClassifier has no adapters"):
        save(path, classifier(), CHOSEN)
    with pytest.raises(ValueError, match="adapters of rank 2, and those of the settings have 4"):
        save(path, trained(), LoRASettings(rank=4, alpha=6))
    broken = trained()
    with torch.no_grad():
        broken.get_parameter(NAME)[0, 0] = torch.inf
    with pytest.raises(ValueError, match=f"{NAME} holds NaN or infinite numbers; nothing was"):
        save(path, broken, CHOSEN)
    assert not path.exists()


def test_a_missing_damaged_or_foreign_file_is_said(tmp_path, path):
    with pytest.raises(
        FileNotFoundError, match=r"no adapter at .*none.safetensors; check the name"
    ):
        load(tmp_path / "none.safetensors", classifier())
    foreign = tmp_path / "foreign.safetensors"
    save_file({"weight": torch.ones(2)}, foreign)
    refused(foreign, classifier(), r"\(kind None, format None\) is no adapter that this version")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, classifier(), "is cut off, damaged, or no safetensors file")
    path.write_bytes(whole)
    refused(rewritten(path, lambda t: None, base="{"), classifier(), "the head of .* was changed")
    rewritten(path, lambda t: None, base="{}", settings='{"rank": 0}')
    refused(path, classifier(), r"the head of .* was changed \(rank is 0")


def test_a_copy_of_the_model_takes_the_adapter_too(path):
    model = classifier()
    load(path, model)
    twin = copy.deepcopy(model)
    load(path, twin)
    assert torch.equal(outputs(twin), outputs(model))
