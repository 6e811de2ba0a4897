"""The runs behind notebook 16: what is learned from, and what is measured, without MiniLM."""

import numpy as np
import pytest

from helpers.experiments import behaviour
from helpers.experiments.store import Results
from helpers.text.labelled_texts import Corpus, Split

TEXTS = [f"He made {'a fine' if n % 2 else 'no good'} film, number {n}." for n in range(120)]
PART = Split(TEXTS, [1 - n % 2 for n in range(120)])
MOVIES = Corpus("movie-reviews", ["fresh", "rotten"], PART, PART, Split([], []))


def test_reviews_are_drawn_and_negations_follow():
    whole = behaviour.learned_from(MOVIES, "all", "0", 0)
    assert whole.texts == TEXTS and whole.labels == PART.labels
    some = behaviour.learned_from(MOVIES, "30", "20", 1)
    assert len(some) == 50 and set(some.texts[:30]) <= set(TEXTS)
    assert some.texts != behaviour.learned_from(MOVIES, "30", "20", 2).texts
    taught = dict(zip(some.texts[30:], some.labels[30:], strict=True))
    for text, label in taught.items():
        if text.startswith("It is "):  # plain praise is fresh, 0
            assert label == any(
                w in text for w in "bad poor weak silly bland lazy flat shal".split()
            )


def test_measured_by_a_model_that_knows_one_word():
    found = behaviour.measured(
        lambda texts: np.array([0.9 if "fine" in text else 0.1 for text in texts]), PART
    )
    assert found["accuracy"] == found["on_negations"] == 1.0
    assert found["praise"] == 1.0 and found["blame"] == found["blame added"] == 0.0
    assert set(found) == {"accuracy", "on_negations", *behaviour.columns()}


@pytest.mark.parametrize(
    ("text", "negated"),
    [("It isn’t so.", True), ("Not bad!", True), ("nothing.", True), ("noted; another", False)],
)
def test_has_negation(text, negated):
    assert behaviour.has_negation(text) == negated


def test_a_point_is_kept(monkeypatch, tmp_path):
    calls = []

    def fit(part, seed):
        calls.append((len(part), seed))
        return lambda texts: np.full(len(texts), 0.75)

    kept = Results("b", behaviour.results.settings, behaviour.results.values, tmp_path, tmp_path)
    monkeypatch.setattr(behaviour, "results", kept)
    monkeypatch.setattr(behaviour, "fine_tuned", fit)
    monkeypatch.setattr(behaviour.corpora, "load", lambda name: MOVIES)
    for _ in range(2):
        row = behaviour.point("fine-tuned", "all", "300", 2, "the command")
    assert calls == [(420, 2)]
    assert row["accuracy"] == 0.5 and row["blame"] == 1.0 and row["command"] == "the command"
    assert set(behaviour.GRID) == {*kept.settings, "seed"}


def test_a_layer_on_frozen_vectors(monkeypatch):
    def vectors(texts, max_length):
        return np.array([["fine" in text, "good" in text] for text in texts], dtype=float)

    monkeypatch.setattr(behaviour, "frozen_vectors", vectors)
    score = behaviour.frozen(PART)
    assert score(["a fine film"])[0] > 0.9 > 0.1 > score(["no good film"])[0]


def test_published_rows_are_whole():
    published = Results("behaviour", behaviour.results.settings, behaviour.results.values, "none")
    rows = published.rows()
    assert {row["method"] for row in rows} == set(behaviour.GRID["method"])
    assert all(0.5 < row["accuracy"] < 1 for row in rows)
    assert all(0 <= row[name] <= 1 for row in rows for name in behaviour.columns())
    assert all(f"texts={row['texts']} taught={row['taught']}" in row["command"] for row in rows)
