"""Label efficiency: nested draws, every method on few texts, runs taken up again, stored points."""

import itertools
import sys
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from helpers.evaluation import metrics
from helpers.experiments import __main__ as command_line
from helpers.experiments import label_efficiency as experiment
from helpers.experiments.store import Results
from helpers.sources import corpora
from helpers.text.labelled_texts import Split

PART = Split([f"text {i}" for i in range(60)], [0] * 40 + [1] * 17 + [2] * 3)


@pytest.fixture(scope="module")
def tiny():
    """Newsroom with a dozen test texts."""
    corpus = corpora.load("newsroom")
    return replace(corpus, test=experiment.draw(corpus.test, "4", seed=9))


@pytest.fixture
def own_results(empty_results):
    return empty_results(experiment)


# ---- draws ---------------------------------------------------------------------------------


def test_so_many_of_each_class_or_all_that_there_are():
    for labels, wanted in (("1", (1, 1, 1)), ("8", (8, 8, 3)), ("512", (40, 17, 3))):
        drawn = experiment.draw(PART, labels, seed=0)
        assert Counter(drawn.labels) == dict(enumerate(wanted))
        assert len(set(drawn.texts)) == len(drawn)
        for text, label in zip(drawn.texts, drawn.labels, strict=True):
            assert PART.labels[PART.texts.index(text)] == label
    everything = experiment.draw(PART, "all", seed=0)
    assert sorted(everything.texts) == sorted(PART.texts) and everything.texts != PART.texts


def test_more_labels_keep_the_fewer_ones_and_each_seed_draws_others():
    by_labels = [set(experiment.draw(PART, n, seed=3).texts) for n in ("2", "8", "30", "all")]
    assert all(few < more for few, more in itertools.pairwise(by_labels))
    assert experiment.draw(PART, "8", seed=3) == experiment.draw(PART, "8", seed=3)
    assert set(experiment.draw(PART, "8", seed=4).texts) != by_labels[1]


@pytest.mark.parametrize("labels", ["0", "-1", "8.5", "many", ""])
def test_a_number_of_labels_that_makes_no_sense(labels):
    with pytest.raises(ValueError, match=f"labels is '{labels}'; use 'all' or a number a class"):
        experiment.draw(PART, labels, seed=0)


def test_drawn_from_the_whole_official_training_part_and_never_from_the_test_part(tiny):
    few = experiment.few_labels(tiny, "all", seed=1)
    assert sorted(few.train.texts) == sorted(tiny.train.texts + tiny.validation.texts)
    assert len(few.validation) == 0 and few.test == tiny.test
    label_of = dict(zip(tiny.train.texts, tiny.train.labels, strict=True))
    label_of |= dict(zip(tiny.validation.texts, tiny.validation.labels, strict=True))
    assert [label_of[text] for text in few.train.texts] == few.train.labels


# ---- methods -------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("method", experiment.METHODS)
def test_each_method_learns_few_texts_and_the_same_seed_gives_the_same(method, tiny, monkeypatch):
    monkeypatch.setattr(experiment, "LEAST_STEPS", 6)
    few = experiment.few_labels(tiny, "4", seed=0)
    first = experiment.METHODS[method](few, 0)
    assert first.shape == (12,) and set(first.tolist()) <= {0, 1, 2}
    secret = replace(few, test=replace(few.test, labels=few.test.labels[::-1]))
    np.testing.assert_array_equal(experiment.METHODS[method](secret, 0), first)
    if method in ("frozen encoder", "fine-tuned encoder"):  # the others need more texts
        assert metrics.accuracy(few.test.labels, first) > 0.6


@pytest.mark.slow
def test_however_few_the_texts_a_network_takes_enough_steps(tiny, monkeypatch):
    seen = []

    def fine_tune(encoder, tokenizer, part, classes, *, settings, batch_size, **options):
        assert "validation_part" not in options  # nothing is chosen
        seen.append((settings.epochs * -(-len(part) // batch_size), settings.seed, batch_size))
        return SimpleNamespace(predictions=lambda split: np.zeros(len(split), int)), None

    monkeypatch.setattr(experiment.fine_tuning, "fine_tune", fine_tune)
    for labels in ("1", "8", "all"):
        for method in ("own transformer", "fine-tuned encoder"):
            experiment.METHODS[method](experiment.few_labels(tiny, labels, seed=7), 7)
    assert all(steps >= experiment.LEAST_STEPS and seed == 7 for steps, seed, _ in seen)
    assert {size for *_, size in seen} == {16}
    twice = replace(tiny, train=Split(tiny.train.texts * 2, tiny.train.labels * 2))
    experiment.fine_tuned_encoder(experiment.few_labels(twice, "all", 0), 0)
    assert seen[-1][2] == 32


def test_a_small_transformer_s_first_numbers_follow_from_its_seed(tiny, monkeypatch):
    begun = []
    monkeypatch.setattr(
        experiment, "_tuned", lambda encoder, *a, **o: begun.append(encoder.tokens.weight.clone())
    )
    for seed in (0, 0, 1):
        experiment.own_transformer(tiny, seed)
    assert torch.equal(begun[0], begun[1]) and not torch.equal(begun[0], begun[2])


def test_a_method_that_is_not_there(tiny):
    with pytest.raises(KeyError, match="there is no method 'svm'; there are bag of words, averag"):
        experiment.score(tiny, "svm", "8", 0)


# ---- runs and what is stored ---------------------------------------------------------------


def test_a_stopped_run_is_taken_up_again_by_the_same_command(
    tiny, own_results, monkeypatch, capsys
):
    calls = []

    def guess(corpus, seed):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append((corpus.name, len(corpus.train), seed))
        return np.asarray(corpus.test.labels) * (np.arange(len(corpus.test)) % 6 != seed)

    monkeypatch.setitem(experiment.METHODS, "bag of words", guess)
    monkeypatch.setattr(corpora, "load", lambda name: replace(tiny, name=name))
    wanted = ["label_efficiency", "method=bag of words", "labels=8,32", "corpus=movie-reviews"]
    with pytest.raises(KeyboardInterrupt):
        command_line.main(wanted)
    assert len(own_results.rows()) == 3
    calls.append("the one that was interrupted")
    assert command_line.main(wanted) == 0
    assert len(calls) == 2 * len(experiment.SEEDS) + 1
    rows = own_results.rows(corpus="movie-reviews", method="bag of words", labels="8")
    assert [row["seed"] for row in rows] == [0, 1, 2, 3, 4]
    drawn = [row["accuracy"] for row in rows]
    assert len(set(drawn)) > 1 and all(0.8 < accuracy <= 1 for accuracy in drawn)
    assert "10/10 movie-reviews 32 bag of words 4: accuracy " in capsys.readouterr().out
    assert rows[0]["command"] == (
        "python -m helpers.experiments label_efficiency corpus=movie-reviews labels=8 "
        "'method=bag of words' seed=0"
    )


def test_a_setting_that_is_not_there_is_named(capsys):
    for only, said in (("labels=9", "labels has no '9'"), ("size=8", "'size' is no setting")):
        with pytest.raises(SystemExit):
            command_line.main(["label_efficiency", only])
        assert said in capsys.readouterr().err


def test_bfloat16_is_refused_where_it_would_take_ten_times_as_long(monkeypatch, capsys):
    monkeypatch.setattr(command_line, "multiplies_bfloat16", lambda: False)
    with pytest.raises(SystemExit):
        command_line.main(["label_efficiency", "labels=8", "--bfloat16"])
    assert "no instructions for bfloat16" in capsys.readouterr().err


def test_what_is_published_goes_beside_the_course_s_data(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_RESULTS", "")  # put back at the end
    monkeypatch.setattr(command_line, "PUBLISHED", tmp_path)
    monkeypatch.delitem(sys.modules, "helpers.experiments.label_efficiency")
    command_line.main(["label_efficiency", "--publish", "labels=8", "seed=0",
                       "method=bag of words", "corpus=movie-reviews"])  # fmt: skip
    (file,) = tmp_path.glob("*.csv")
    assert file.name == "label_efficiency.csv" and file.read_text().count("\n") == 2


def stored():
    return Results(
        "label_efficiency", ("corpus", "method", "labels"), ("accuracy", "macro_f1"), own="nowhere"
    ).rows()


@pytest.mark.skipif(not stored(), reason="nothing is stored yet")
def test_stored_points_are_of_the_grid_and_plausible():
    for row in stored():
        for name, values in experiment.GRID.items():
            assert row[name] in values, row
        assert 0.1 < row["accuracy"] < 1 and 0 < row["macro_f1"] < 1 and row["seconds"] > 0, row
        # Runs with all labels are those of full_size, which saves models for averages.
        kinds = ("label_efficiency", "full_size") if row["labels"] == "all" else "label_efficiency"
        command, _, rest = row["command"].partition("python -m helpers.experiments ")
        assert command == "" and rest.startswith(kinds), row


@pytest.mark.slow
@pytest.mark.parametrize("method", ["bag of words", "averaged vectors"])
@pytest.mark.skipif(not stored(), reason="nothing is stored yet")
def test_stored_points_are_measured_again(method):
    rows = [row for row in stored() if row["method"] == method and row["labels"] in ("8", "32")]
    by_corpus = {row["corpus"]: row for row in rows}  # one each
    for name, row in by_corpus.items():
        found = experiment.score(corpora.load(name), method, row["labels"], row["seed"])
        # Another processor adds in another order: a few texts near the border may change sides.
        assert found["accuracy"] == pytest.approx(row["accuracy"], abs=0.005), row
        assert found["macro_f1"] == pytest.approx(row["macro_f1"], abs=0.01), row
