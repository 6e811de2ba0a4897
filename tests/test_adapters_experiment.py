"""Head only, LoRA, full: each trains what it says, from the same texts; the stored rows hold up."""

import math

import pytest
import torch
from test_lora import SIZES
from toy_training import one_thread  # noqa: F401 (a fixture)

from helpers.experiments import adapters
from helpers.experiments.store import MEASURED, Results
from helpers.models.encoder import Encoder, EncoderClassifier
from helpers.models.lora import lora_layers
from helpers.text.batches import TextDataset
from helpers.text.labelled_texts import Split


def texts(number=24):
    numbers = torch.Generator().manual_seed(0)
    lengths = torch.randint(1, 12, (number,), generator=numbers).tolist()
    ids = [torch.randint(0, 50, (n,), generator=numbers).tolist() for n in lengths]
    return TextDataset(ids, [i % 3 for i in range(number)])


def model():
    torch.manual_seed(0)
    return EncoderClassifier(Encoder(SIZES), classes=3)


@pytest.mark.parametrize(
    ("method", "moves"),
    [
        ("head", lambda name: name.startswith("head.")),
        ("lora-4", lambda name: name.startswith("head.") or "lora_" in name),
        ("full", lambda name: True),
    ],
)
def test_each_way_moves_what_it_says_and_nothing_else(method, moves):
    trained = model()
    before = {name: p.detach().clone() for name, p in trained.named_parameters()}
    assert adapters.fit(trained, texts(), method, "16", seed=0) > 0
    assert not trained.training
    plain = {name.replace(".base.", "."): (name, p) for name, p in trained.named_parameters()}
    for name, weight in before.items():
        now, parameter = plain[name]
        assert (not torch.equal(parameter, weight)) == moves(now), name
    adapted = lora_layers(trained)
    assert len(adapted) == (4 if method == "lora-4" else 0)
    assert all(layer.lora_b.weight.abs().max() > 0 for layer in adapted.values())
    ranks = {layer.lora_a.out_features for layer in adapted.values()}
    assert ranks == ({4} if adapted else set())


def test_the_head_learns_from_vectors_of_the_resting_encoder():
    """As it does when the encoder is computed at every step, without dropout."""
    trained = model()
    adapters.fit(trained, texts(), "head", "16", seed=0)
    batches = adapters._vectors(model(), texts(), 16, seed=0)
    (vectors, labels) = next(iter(batches))
    scores = trained.head(vectors)
    start = model()
    assert torch.nn.functional.cross_entropy(scores, labels) < torch.nn.functional.cross_entropy(
        start.head(vectors), labels
    )


def test_the_sample_is_the_same_for_all_and_the_whole_part_where_labels_are_many():
    part = Split([f"text {i}" for i in range(700)], [i % 8 for i in range(700)])
    few = adapters.to_measure_on(part, "16")
    assert len(few) == adapters.SAMPLE == len(set(few.texts))
    assert few == adapters.to_measure_on(part, "64")
    assert adapters.to_measure_on(part, "all") is part


def test_a_method_without_a_name_is_refused():
    with pytest.raises(KeyError, match="no method 'adapter'; there are head, lora-1, lora-4"):
        adapters.fit(model(), texts(), "adapter", "16", seed=0)


def test_a_point_is_measured_once_and_kept_with_its_command(tmp_path, monkeypatch):
    columns = adapters.results.settings, adapters.results.values
    monkeypatch.setattr(adapters, "results", Results("adapters", *columns, own=tmp_path))
    calls = []

    def score(method, labels, seed):
        calls.append((method, labels, seed))
        return dict.fromkeys(columns[1], 0.5)

    monkeypatch.setattr(adapters, "score", score)
    for _ in range(2):
        row = adapters.point("full", "16", 3, command="the command")
    assert calls == [("full", "16", 3)] and row["command"] == "the command"
    assert set(row) == {*columns[0], "seed", *columns[1], *MEASURED}


def test_the_stored_runs_are_whole():
    """Each way that notebook 15 compares has three seeds or more, and tells what it trains."""
    trained = {"head": 3_080, "lora-1": 12_296, "lora-4": 39_944, "lora-16": 150_536}
    trained["full"] = 22_567_688
    for method in ("head", "lora-4", "full"):
        rows = adapters.results.rows(method=method, labels="16")
        assert len(rows) >= 3 and len({row["seed"] for row in rows}) == len(rows)
    for row in adapters.results.rows():
        assert row["trainable"] == pytest.approx(trained[row["method"]], rel=1e-5)
        assert 0 < row["accuracy"] <= 1 and 0 < row["macro_f1"] <= 1
        assert math.isnan(row["test_accuracy"]) == (row["labels"] != "all")
        assert 0 < row["train_seconds"] < row["seconds"]
        assert row["command"].startswith("python -m helpers.experiments adapters method=")
        assert row["machine"] and row["threads"] >= 1


def test_a_rung_tells_of_the_first_seed_and_counts_the_adapters(empty_results):
    results = empty_results(adapters)
    with pytest.raises(LookupError, match="no run is stored for method lora-4, labels all"):
        adapters.rung("lora-4")
    values = dict.fromkeys(results.values, 0.5) | {"test_accuracy": 0.75, "train_seconds": 12.0}
    for seed in (1, 0):
        row = values | {"test_macro_f1": 0.25 + seed / 2}
        results.run(lambda row=row: row, seed, "a command", method="lora-4", labels="all")
    rung = adapters.rung("lora-4")
    assert (rung.method, rung.corpus, rung.notebook) == ("MiniLM with LoRA", "reuters-r8", "15")
    assert (rung.accuracy, rung.macro_f1, rung.seconds) == (0.75, 0.25, 12.0)
    head_and_adapters = 8 * 384 + 8 + 12 * 2 * 4 * 384
    assert rung.parameters == 22_564_608 + head_and_adapters
    assert rung.megabytes == pytest.approx(rung.parameters * 4 / 1e6)
