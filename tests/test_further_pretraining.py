"""Pre-training MiniLM further: it learns the texts, keeps what was given, and is kept whole."""

from dataclasses import replace

import pytest
import torch

from helpers.experiments import full_size, further_pretraining
from helpers.models.encoder import Encoder, EncoderSizes
from helpers.sources import corpora, published_encoders
from helpers.training.loop import History

TINY = EncoderSizes(width=32, layers=1, heads=2, hidden=64)


@pytest.fixture
def tiny(monkeypatch, tmp_path, empty_results):
    """A small random encoder under MiniLM's name, weights kept in a folder of the test."""
    tokenizer = published_encoders.load().tokenizer

    def load(name="minilm-l6"):
        torch.manual_seed(0)
        return published_encoders.PublishedEncoder(Encoder(TINY), tokenizer)

    monkeypatch.setattr(published_encoders, "load", load)
    monkeypatch.setattr(further_pretraining, "KEPT", tmp_path / "kept")
    empty_results(further_pretraining)
    return load


def same(one, other):
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_it_learns_to_guess_the_texts_tokens_and_the_encoder_given_stays(tiny):
    published, texts = tiny(), corpora.load("newsroom").train.texts[:64]
    settings = replace(further_pretraining.SETTINGS, epochs=15, learning_rate=1e-2)
    found, history = further_pretraining.pretrain_further(published, texts, settings)
    assert history.train_loss[0] > 9  # ln 30,522 is 10.3
    assert history.train_loss[-1] < history.train_loss[0] - 2
    assert same(published.encoder, tiny().encoder) and not same(found, published.encoder)


def test_the_texts_are_those_of_the_training_part_and_weights_are_kept(tiny, tmp_path, monkeypatch):
    course, seen = corpora.load("newsroom"), []

    def pretrain(published, texts, settings):
        seen.append((texts, settings.seed))
        torch.manual_seed(1)
        return Encoder(TINY), History(train_loss=[9.0, 4.0])

    monkeypatch.setattr(further_pretraining, "pretrain_further", pretrain)
    row = further_pretraining.point("newsroom", 0, "a command")
    assert (row["first_loss"], row["last_loss"], row["command"]) == (9.0, 4.0, "a command")
    assert further_pretraining.point("newsroom", 0)["command"] == "a command"  # not run again
    ((texts, seed),) = seen
    assert texts == course.train.texts + course.validation.texts and seed == 0
    assert not set(texts) & set(course.test.texts)
    torch.manual_seed(1)
    made = Encoder(TINY)
    assert same(further_pretraining.load("newsroom"), made) and len(seen) == 1
    (tmp_path / "kept" / "newsroom-0.safetensors").unlink()
    assert same(further_pretraining.load("newsroom"), made) and len(seen) == 2


def test_a_full_size_run_begins_with_those_weights(tiny, monkeypatch, empty_results):
    empty_results(full_size)
    monkeypatch.setattr(full_size, "TEACHING", 100)
    kept, began = Encoder(TINY), []
    monkeypatch.setattr(further_pretraining, "load", lambda corpus: kept)
    fine_tune = full_size.fine_tuning.fine_tune

    def watched(encoder, *arguments, **options):
        began.append(encoder)
        return fine_tune(encoder, *arguments, **options)

    monkeypatch.setattr(full_size.fine_tuning, "fine_tune", watched)
    row = full_size.point("newsroom", "held out", full_size.FURTHER, 0)
    assert began == [kept] and 0 <= row["accuracy"] <= 1
