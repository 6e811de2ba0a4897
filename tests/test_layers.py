"""Freezing by name, and a learning rate for each depth, inside the course's one loop."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional
from toy_training import blobs, one_thread, same, weights_of  # noqa: F401 (a fixture)

from helpers.training.checkpoint import CheckpointError
from helpers.training.layers import (
    count,
    freeze,
    layered_adamw,
    rate_factors,
    unfreeze,
)
from helpers.training.loop import TrainSettings, train


class Layered(nn.Module):
    """Named as an encoder with a head: what is below, three blocks, what is above."""

    def __init__(self, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.encoder = nn.ModuleDict(
            {
                "embeddings": nn.Linear(4, 8),
                "blocks": nn.ModuleList(nn.Linear(8, 8) for _ in range(3)),
                "norm": nn.LayerNorm(8),
            }
        )
        self.head = nn.Linear(8, 3)

    def forward(self, points):
        hidden = self.encoder["embeddings"](points)
        for block in self.encoder["blocks"]:
            hidden = hidden + torch.tanh(block(hidden))
        return self.head(self.encoder["norm"](hidden))


# ---- freezing ------------------------------------------------------------------------------


def test_what_is_frozen_does_not_move_and_the_rest_does():
    model = Layered()
    before = weights_of(model)
    assert freeze(model, ["embeddings", "blocks.[01]"]) == 40 + 2 * 72
    assert count(model) == (72 + 16 + 27, 40 + 3 * 72 + 16 + 27)
    train(model, blobs(), None, TrainSettings(epochs=2, learning_rate=0.05))
    moved = {name for name, w in weights_of(model).items() if not torch.equal(w, before[name])}
    assert moved == {
        f"{layer}.{kind}"
        for layer in ("encoder.blocks.2", "encoder.norm", "head")
        for kind in ("weight", "bias")
    }


def test_unfreezing_undoes_it_part_by_part():
    model = Layered()
    assert freeze(model, ".*") == count(model)[1]
    assert count(model)[0] == 0
    assert unfreeze(model, "head") == 27
    assert unfreeze(model, "blocks.2") == 72
    names = [name for name, p in model.named_parameters() if p.requires_grad]
    assert names == [
        "encoder.blocks.2.weight", "encoder.blocks.2.bias", "head.weight", "head.bias",
    ]  # fmt: skip


def test_a_shared_parameter_freezes_under_each_of_its_names_and_counts_once():
    model = nn.ModuleDict({"words": nn.Embedding(5, 3), "scores": nn.Linear(3, 5, bias=False)})
    model["scores"].weight = model["words"].weight
    assert freeze(model, "scores") == 15
    assert count(model) == (0, 15)
    assert unfreeze(model, ["words", "scores"]) == 15


def test_a_pattern_that_fits_nothing_changes_nothing():
    model = Layered()
    with pytest.raises(
        ValueError, match=r"no parameter has the part 'block'; did you mean 'blocks'"
    ):
        freeze(model, ["head", "block"])
    assert count(model)[0] == count(model)[1]


# ---- a rate for each depth -----------------------------------------------------------------


def test_factors_fall_with_the_depth_and_patterns_go_before():
    found = rate_factors(Layered(), decay=0.5, factors={"head": 10, "head.bias": 20})
    assert {name.removesuffix(".weight"): f for name, f in found.items() if "weight" in name} == {
        "encoder.embeddings": 0.125,
        "encoder.blocks.0": 0.25,
        "encoder.blocks.1": 0.5,
        "encoder.blocks.2": 1.0,
        "encoder.norm": 1.0,
        "head": 10.0,
    }
    assert found["head.bias"] == 20 and found["encoder.blocks.0.bias"] == 0.25


@pytest.mark.parametrize("name", ["blocks", "layers", "layer"])
def test_the_usual_names_of_blocks_are_known(name):
    model = nn.ModuleDict({name: nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])})
    assert set(rate_factors(model, decay=0.5).values()) == {0.5, 1.0}


def test_blocks_may_have_another_name_and_no_decay_needs_no_blocks():
    plain = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    assert set(rate_factors(plain, decay=1).values()) == {1.0}
    assert rate_factors(plain, decay=0.9, block=r"(\d+)")["0.weight"] == pytest.approx(0.81)


def test_equals_a_loop_written_out_with_the_rates_by_hand():
    """Warm-up and decay scale every group's rate alike; matrices decay and vectors don't."""
    batches, ours, theirs = blobs(), Layered(), Layered()
    chosen = TrainSettings(
        epochs=3, learning_rate=0.02, weight_decay=0.3, clip_norm=0.5, schedule="linear",
        warmup_share=0.25,
    )  # fmt: skip
    made = layered_adamw(chosen, decay=0.5, factors={"head": 10})
    history = train(ours, batches, None, chosen, optimizer=made)

    layers = {
        "encoder.embeddings": 0.125, "encoder.blocks.0": 0.25, "encoder.blocks.1": 0.5,
        "encoder.blocks.2": 1.0, "encoder.norm": 1.0, "head": 10.0,
    }  # fmt: skip
    groups = [
        {"params": [parameter], "factor": factor, "weight_decay": 0.3 * (parameter.ndim == 2)}
        for layer, factor in layers.items()
        for parameter in theirs.get_submodule(layer).parameters()
    ]
    optimizer = torch.optim.AdamW(groups, lr=0.02)
    step, total, warmup = 0, 3 * len(batches), round(0.25 * 3 * len(batches))
    for _ in range(3):
        for points, labels in batches:
            share = (step + 1) / warmup if step < warmup else (total - step) / (total - warmup)
            for group in optimizer.param_groups:
                group["lr"] = 0.02 * share * group["factor"]
            optimizer.zero_grad()
            functional.cross_entropy(theirs(points), labels).backward()
            nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
            optimizer.step()
            step += 1
    for name, weight in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], weight, rtol=1e-5, atol=1e-6)
    assert history.learning_rate[-1] == pytest.approx(0.02 * share)  # of the factor 1
    plain = Layered()
    train(plain, batches, None, chosen)
    assert not same(weights_of(plain), weights_of(ours))  # so the rates do matter


def test_equal_factors_are_the_loops_own_adamw():
    chosen, weights = TrainSettings(epochs=2, learning_rate=0.02), []
    for made in (None, layered_adamw(chosen, decay=1)):
        model = Layered()
        freeze(model, "blocks.0")
        train(model, blobs(), None, chosen, optimizer=made)
        weights.append(weights_of(model))
    assert same(*weights)


def test_a_run_goes_on_only_with_the_rates_it_began_with(tmp_path):
    chosen, path = TrainSettings(epochs=4, learning_rate=0.02), tmp_path / "run.pt"

    def run(model, decay, **more):
        made = layered_adamw(chosen, decay, {"head": 10})
        train(model, blobs(), None, chosen, optimizer=made, **more)
        return weights_of(model)

    unbroken = run(Layered(), 0.5)
    run(Layered(), 0.5, checkpoint_path=path, stop_after=2)
    with pytest.raises(CheckpointError, match=r"relative_rates was \[1.0, 1.0, 0.5, .* and is"):
        run(Layered(), 0.7, checkpoint_path=path, resume=True)
    assert same(unbroken, run(Layered(seed=9), 0.5, checkpoint_path=path, resume=True))


# ---- bad input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"decay": 0}, r"decay is 0; use a number above 0 and at most 1"),
        ({"decay": 1.1}, r"decay is 1.1; use a number above 0 and at most 1"),
        ({"decay": math.nan}, r"decay is nan; use a number above 0"),
        ({"factors": {"heads": 10}}, r"no parameter has the part 'heads'; did you mean 'head'"),
        ({"factors": {"head": 0}}, r"factor for 'head' is 0; use a number above 0, and freeze"),
        ({"factors": {"head": math.inf}}, r"factor for 'head' is inf"),
        ({"block": r"floors\.(\d+)"}, r"counts blocks as .*floors.*the first is 'encoder.emb"),
        ({"block": "blocks"}, r"block is 'blocks'; it needs one group for the number"),
        ({"block": "(blocks"}, r"block is '\(blocks', which is no regular expression"),
    ],
)
def test_what_makes_no_sense_is_said(arguments, message):
    with pytest.raises(ValueError, match=message):
        layered_adamw(TrainSettings(), **arguments)(Layered())


def test_with_everything_frozen_there_is_nothing_to_train():
    model = Layered()
    freeze(model, ".*")
    with pytest.raises(ValueError, match="no parameter is trainable"):
        layered_adamw(TrainSettings())(model)
