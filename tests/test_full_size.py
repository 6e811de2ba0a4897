"""Full-size runs: what teaches and what is scored, averages of models, models kept for later."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers.evaluation import metrics
from helpers.experiments import full_size, learning_rates, text_length
from helpers.sources import corpora


@pytest.fixture
def small(tmp_path, monkeypatch, empty_results):
    """Newsroom, few texts that teach, results and kept models in a folder of the test."""
    for experiment in (full_size, learning_rates, text_length):
        empty_results(experiment)
    monkeypatch.setattr(full_size, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(full_size, "TEACHING", 200)
    return tmp_path


def test_what_is_held_out_teaches_nothing_and_the_test_part_stays_closed():
    course = corpora.load("reuters-r8")
    held_out = full_size.prepared("reuters-r8", "held out")
    official = sorted(course.train.texts + course.validation.texts)
    assert sorted(held_out.train.texts + held_out.test.texts) == official
    assert len(held_out.train) == 1_000 and len(held_out.test) == 4_485
    final = full_size.prepared("reuters-r8", "test")
    assert sorted(final.train.texts) == official and final.test == course.test
    with pytest.raises(ValueError, match="part is 'validation'; it must be one of test, held out"):
        full_size.prepared("reuters-r8", "validation")


def test_models_are_averaged_with_equal_weight_and_fitted_once(small, monkeypatch):
    fitted, truth = [], np.array(corpora.load("newsroom").test.labels)
    random = np.random.default_rng(0)
    made = {seed: random.dirichlet(np.ones(3), len(truth)) for seed in full_size.SEEDS}

    def encoder(corpus, settings):
        fitted.append(settings.seed)
        return made[settings.seed]

    monkeypatch.setattr(full_size, "encoder", encoder)
    alone = full_size.point("newsroom", "test", "fine-tuned encoder", 4)
    two = full_size.point("newsroom", "test", "two encoders", 4)
    assert fitted == [4, 0]  # each once; the next of the last seed is the first
    assert alone["accuracy"] == pytest.approx(np.mean(made[4].argmax(1) == truth))
    assert two["accuracy"] == pytest.approx(np.mean((made[4] + made[0]).argmax(1) == truth))
    words = full_size.words(full_size.prepared("newsroom", "test"))
    five = full_size.point("newsroom", "test", "five encoders", 2)
    assert five["accuracy"] == pytest.approx(np.mean(sum(made.values()).argmax(1) == truth))
    assert fitted == [4, 0, 2, 3, 1]
    three = full_size.point("newsroom", "test", "words and two encoders", 4)
    expected = np.argmax(made[4] + made[0] + words, axis=1)
    assert three["macro_f1"] == pytest.approx(metrics.macro_f1(truth, expected))
    assert len(fitted) == 5
    assert np.allclose(words.sum(axis=1), 1) and words.shape == (len(truth), 3)


def test_a_class_that_no_text_teaches_gets_the_probability_0(small):
    corpus = full_size.prepared("newsroom", "test")
    two = [i for i, label in enumerate(corpus.train.labels) if label != 1]
    few = SimpleNamespace(
        train=corpus.train.take(two), test=corpus.test, label_names=corpus.label_names
    )
    found = full_size.words(few)
    assert found.shape == (len(corpus.test), 3)
    assert (found[:, 1] == 0).all() and (found[:, 2] > 0).all()


def test_methods_of_label_efficiency_are_scored_on_all_labels(small):
    row = full_size.point("newsroom", "held out", "bag of words", 0)
    assert 0.6 < row["accuracy"] < 1
    with pytest.raises(KeyError, match="no method 'magic'; there are words, fine-tuned encoder"):
        full_size.score("newsroom", "test", "magic", 0)


def test_a_learning_rate_is_scored_on_the_texts_held_out(small, monkeypatch):
    def encoder(corpus, settings):
        assert (settings.learning_rate, settings.seed, len(corpus.train)) == (2e-4, 1, 200)
        return np.eye(3)[corpus.test.labels]

    monkeypatch.setattr(full_size, "encoder", encoder)
    assert learning_rates.point("newsroom", "0.0002", 1)["accuracy"] == 1


def test_a_text_length_is_scored_on_the_texts_held_out_cut_as_those_that_teach(small, monkeypatch):
    def encoder(corpus, settings, max_length):
        assert (max_length, settings.seed, len(corpus.train)) == (256, 1, 200)
        return np.eye(3)[np.zeros(len(corpus.test), dtype=int)]

    monkeypatch.setattr(full_size, "encoder", encoder)
    row = text_length.point("newsroom", "256", 1)
    truth = np.array(full_size.prepared("newsroom", "held out").test.labels)
    assert row["accuracy"] == pytest.approx(np.mean(truth == 0))


def test_a_rung_tells_of_the_first_seed_and_what_its_models_cost_together(small, monkeypatch):
    def encoder(corpus, settings):
        return np.eye(3)[corpus.test.labels]

    monkeypatch.setattr(full_size, "encoder", encoder)
    with pytest.raises(LookupError, match="no run is stored for corpus newsroom, part test"):
        full_size.rung("newsroom", "two encoders")
    for method in ("words", "fine-tuned encoder", "words and two encoders"):
        full_size.point("newsroom", "test", method, 0)
    alone, words = (full_size.rung("newsroom", m) for m in ("fine-tuned encoder", "words"))
    together = full_size.rung("newsroom", "words and two encoders")
    assert alone.accuracy == 1 and 22_000_000 < alone.parameters < 23_000_000
    assert together.parameters == 2 * alone.parameters + words.parameters
    assert together.megabytes == pytest.approx(2 * alone.megabytes + words.megabytes)
    assert together.seconds == pytest.approx(2 * alone.seconds + words.seconds, abs=0.3)
