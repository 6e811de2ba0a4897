"""Which layers: each choice trains what it says, the measures tell what they should."""

import copy
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from helpers import fine_tuning
from helpers.experiments import which_layers as experiment
from helpers.experiments.store import Results
from helpers.models.encoder import Encoder, EncoderSizes
from helpers.sources import corpora, published_encoders
from helpers.text.labelled_texts import Split

SIZES = EncoderSizes(width=16, layers=6, heads=2, hidden=32)


@pytest.fixture(scope="module")
def small():
    """MiniLM's tokenizer, and an encoder of as many blocks that is quickly trained."""
    torch.manual_seed(0)
    return SimpleNamespace(
        encoder=Encoder(SIZES).eval(), tokenizer=published_encoders.load().tokenizer
    )


@pytest.fixture
def few(monkeypatch):
    """Newsroom in the place of R8, and six articles."""
    load = corpora.load
    newsroom = load("newsroom")
    newsroom = replace(newsroom, validation=newsroom.validation.take(range(10)))
    monkeypatch.setattr(
        corpora, "load", lambda name: newsroom if name == "reuters-r8" else load(name)
    )
    monkeypatch.setattr(experiment, "ARTICLES", 6)
    monkeypatch.setattr(experiment, "BASE", replace(experiment.BASE, epochs=2))


@pytest.mark.slow
@pytest.mark.parametrize("variant", experiment.VARIANTS)
def test_each_choice_moves_what_it_may_and_the_published_encoder_stays(variant, small, few):
    before = copy.deepcopy(small.encoder.state_dict())
    found = experiment.score(variant, 0, small)
    assert set(found) == set(experiment.results.values)
    assert 0 <= found["accuracy"] <= 1 and 0 <= found["found"] <= 1 and found["train_loss"] > 0
    assert (found["moved"] == 0) == (variant in (experiment.HEAD_ONLY, "last two blocks"))
    assert all(torch.equal(before[name], w) for name, w in small.encoder.state_dict().items())
    assert experiment.score(variant, 0, small) == found


def test_what_each_choice_asks_for(small, few, monkeypatch):
    asked = {}

    def fine_tune(encoder, tokenizer, part, classes, *, settings, **options):
        asked[variant] = settings, options
        raise InterruptedError

    monkeypatch.setattr(fine_tuning, "fine_tune", fine_tune)
    for variant in experiment.VARIANTS:
        if variant != experiment.HEAD_ONLY:
            with pytest.raises(InterruptedError):
                experiment.score(variant, 3, small)
    base = experiment.BASE
    assert asked["all"][0] == replace(base, seed=3)
    assert asked["all"][1] == {"batch_size": 16, "max_length": 32}  # one rate, the head ten times
    assert asked["all, no warm-up"][0].warmup_share == 0 < base.warmup_share
    assert asked["all, ten times the rate"][0].learning_rate == pytest.approx(
        10 * base.learning_rate
    )
    assert asked["all, half the rate a block down"][1]["decay"] == 0.5
    assert asked["all, head as slow as the rest"][1]["head_factor"] == 1


def test_headlines_that_find_their_article(monkeypatch):
    vectors = {"a": [1, 0], "b": [0, 1], "c": [0.6, 0.8], "A": [1, 0], "B": [0.6, 0.8], "C": [0, 1]}
    monkeypatch.setattr(
        fine_tuning,
        "features",
        lambda encoder, tokenizer, texts, longest: np.array([vectors[text] for text in texts]),
    )
    part = Split(["A", "B", "C"], [0, 0, 0], ["a", "b", "c"])
    assert experiment.headlines_found(None, None, part) == pytest.approx(1 / 3)


def test_how_far_weights_went_is_a_share_of_their_size(small):
    after = copy.deepcopy(small.encoder)
    with torch.no_grad():
        for parameter in after.blocks[0].parameters():
            parameter.mul_(1.25)
    assert experiment.moved(small.encoder, after, "blocks.0") == pytest.approx(0.25)
    assert experiment.moved(small.encoder, after, "blocks.1") == 0


def test_stored_runs_are_of_the_grid_and_plausible():
    columns = ("variant",), ("accuracy", "train_loss", "moved", "found")
    rows = Results("which_layers", *columns, own="nowhere").rows()
    assert {row["variant"] for row in rows} == set(experiment.VARIANTS)
    for row in rows:
        assert row["seed"] in experiment.SEEDS and row["seconds"] > 0, row
        assert 0 <= row["accuracy"] < 1 and 0 <= row["found"] < 1, row
        frozen = row["variant"] in (experiment.HEAD_ONLY, "last two blocks")
        assert (row["moved"] == 0) == frozen, row


def test_a_stored_run_is_taken_up_again(monkeypatch, empty_results):
    empty_results(experiment)
    monkeypatch.setattr(published_encoders, "load", lambda: None)
    monkeypatch.setattr(
        experiment, "score", lambda *a: dict.fromkeys(("accuracy", "train_loss", "moved"), 0.5)
        | {"found": 0.25},
    )  # fmt: skip
    first = experiment.point("all", 0, "the command")
    monkeypatch.setattr(experiment, "score", None)
    again = experiment.point("all", 0, "another")
    assert first["command"] == again["command"] == "the command" and again["found"] == 0.25
