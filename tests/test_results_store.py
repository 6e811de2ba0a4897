"""Stored results: measured once, taken up again, held against their spread; faults are told."""

import numpy as np
import pytest
from scipy import stats

from helpers.experiments.store import Results, Spread


@pytest.fixture
def results(tmp_path):
    folders = {"own": tmp_path / "own", "published": tmp_path / "published"}
    return Results("trial", ("method", "labels"), ("accuracy",), **folders)


def fill(results, numbers, **setting):
    for seed, number in enumerate(numbers):
        results.run(lambda number=number: {"accuracy": number}, seed, "trial", **setting)


def test_a_run_is_measured_once(results):
    calls = []

    def measure():
        calls.append(1)
        return {"accuracy": 0.75}

    for _ in range(2):
        row = results.run(measure, 0, "python -m trial", method="svm", labels=8)
        assert row["accuracy"] == 0.75 and row["command"] == "python -m trial"
    assert len(calls) == 1
    results.run(measure, 1, "python -m trial", method="svm", labels=8)
    assert len(calls) == 2 and [row["seed"] for row in results.rows(method="svm")] == [0, 1]
    assert results.rows(labels="all") == []


def test_a_failed_run_leaves_no_row(results):
    with pytest.raises(KeyboardInterrupt):
        results.run(lambda: (_ for _ in ()).throw(KeyboardInterrupt), 0, "", method="a", labels=8)
    with pytest.raises(KeyError, match=r"the run gave \['f1'\]"):
        results.run(lambda: {"f1": 1.0}, 0, "", method="a", labels=8)
    assert results.rows() == []


def test_own_rows_count_in_the_place_of_published_ones(tmp_path, results):
    fill(
        Results("trial", ("method", "labels"), ("accuracy",), own=tmp_path / "published"),
        [0.5, 0.6],
        method="a",
        labels="8",
    )
    assert [row["accuracy"] for row in results.rows()] == [0.5, 0.6]
    fill(results, [0.9], method="a", labels="8")
    assert sorted(row["accuracy"] for row in results.rows(method="a")) == [0.6, 0.9]


def test_the_spread_is_over_the_seeds_of_one_setting(results):
    numbers = [0.90, 0.92, 0.94, 0.91]
    fill(results, numbers, method="a", labels=8)
    fill(results, [0.5, 0.7], method="b", labels=8)
    spread = results.spread("accuracy", method="a")
    assert spread.runs == 4
    assert spread.mean == pytest.approx(np.mean(numbers))
    assert spread.deviation == pytest.approx(np.std(numbers, ddof=1))
    low, high = spread.of_mean()
    assert (low, high) == pytest.approx(stats.t.interval(0.95, 3, spread.mean, stats.sem(numbers)))
    with pytest.raises(LookupError, match="2 settings fit"):
        results.spread("accuracy", labels=8)
    with pytest.raises(LookupError, match="no run is stored for method c"):
        results.spread("accuracy", method="c")
    with pytest.raises(KeyError, match="colour is no setting"):
        results.rows(colour="red")
    assert results.row(method="b", seed=1)["accuracy"] == 0.7
    with pytest.raises(LookupError, match="6 runs fit; name all"):
        results.row(labels=8)


def test_one_more_run_falls_into_the_interval_as_often_as_promised():
    draws = np.random.default_rng(0).normal(size=(4_000, 6))
    inside = 0
    for *seen, new in draws:
        low, high = Spread(np.mean(seen), np.std(seen, ddof=1), 5).next_run(0.9)
        inside += low <= new <= high
    assert inside / 4_000 == pytest.approx(0.9, abs=0.015)
    with pytest.raises(ValueError, match="1 run tells nothing of a spread"):
        Spread(0.9, 0.0, 1).next_run()


def test_a_spoilt_line_is_named(results):
    fill(results, [0.5], method="a", labels=8)
    text = results.own.read_text(encoding="utf-8")
    results.own.write_text(text.replace("0.5", "half"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2 of trial\.csv is no result"):
        results.rows()


def test_settings_must_be_complete(results):
    with pytest.raises(KeyError, match="give"):
        results.run(dict, 0, "", method="a")
