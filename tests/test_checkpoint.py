"""A checkpoint is whole or absent, is refused if damaged, and takes up a run bit for bit."""

import os
import pickle
import signal
import subprocess
import sys
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings, strategies
from torch import nn
from toy_training import blobs, network, one_thread, same, weights_of  # noqa: F401 (a fixture)

from helpers.models.classifiers import PooledClassifier, TenWordClassifier
from helpers.text.batches import TextDataset, loader
from helpers.text.vocabulary import Vocabulary
from helpers.training import checkpoint
from helpers.training.checkpoint import CheckpointError
from helpers.training.loop import TrainSettings, train

LONG = TrainSettings(
    epochs=6, learning_rate=0.02, schedule="cosine", warmup_share=0.2, select_by="loss", seed=3
)


def shuffled(own_generator=True):
    """A loader that shuffles, from a generator of its own or from PyTorch's global one."""
    data = torch.utils.data.TensorDataset(*(torch.cat(part) for part in zip(*blobs(), strict=True)))
    generator = torch.Generator().manual_seed(7) if own_generator else None
    return torch.utils.data.DataLoader(data, batch_size=16, shuffle=True, generator=generator)


class CutOff(RuntimeError):
    """Stands for whatever ends a run in the middle of an epoch."""


class CutOffAfter(nn.Module):
    """The network, which dies at its n-th training step."""

    def __init__(self, inner, steps):
        super().__init__()
        self.inner, self.steps = inner, steps

    def forward(self, points):
        if self.training:
            self.steps -= 1
            if self.steps < 0:
                raise CutOff
        return self.inner(points)


def run(path=None, model=None, own_generator=True, chosen=LONG, **options):
    """Train anew with fresh objects, as a new process would have them."""
    model = model or CutOffAfter(network(dropout=0.5), 10**9)
    history = train(
        model, shuffled(own_generator), blobs(seed=1), chosen, device="cpu",
        checkpoint_path=path, **options,
    )  # fmt: skip
    return weights_of(model), history


def without_seconds(history):
    return {name: part for name, part in asdict(history).items() if name != "seconds"}


def assert_same_run(first, second):
    assert same(first[0], second[0])
    assert without_seconds(first[1]) == without_seconds(second[1])
    assert len(first[1].seconds) == len(second[1].seconds)


def assert_same_checkpoint(first, second):
    """Also what the returned model does not show: last weights, moments, history."""

    def flat(value, where=""):
        if isinstance(value, dict):
            return {k: v for key in value for k, v in flat(value[key], f"{where}/{key}").items()}
        if isinstance(value, list | tuple):
            return {k: v for i, e in enumerate(value) for k, v in flat(e, f"{where}/{i}").items()}
        return {where: value.tolist() if isinstance(value, torch.Tensor) else value}

    ours, theirs = (flat(checkpoint.load(path)) for path in (first, second))
    ours, theirs = (
        {key: value for key, value in part.items() if "/seconds/" not in key}
        for part in (ours, theirs)
    )
    assert len(ours) > 80 and ours == theirs


# ---- stopped and resumed equals unbroken ---------------------------------------------------


@pytest.mark.parametrize("own_generator", [True, False], ids=["own generator", "global generator"])
@pytest.mark.parametrize("stop", [1, 3, 5])
def test_stopped_after_an_epoch_and_resumed_equals_unbroken(tmp_path, own_generator, stop):
    unbroken = run(tmp_path / "unbroken.pt", own_generator=own_generator)
    _, first_part = run(tmp_path / "run.pt", own_generator=own_generator, stop_after=stop)
    assert first_part.epochs == stop
    torch.rand(17)  # a new process has another random state
    other = CutOffAfter(network(seed=99, dropout=0.5), 10**9)  # and other first weights
    resumed = run(tmp_path / "run.pt", other, own_generator, resume=True)
    assert resumed[1].epochs == 6
    assert_same_run(unbroken, resumed)
    assert_same_checkpoint(tmp_path / "unbroken.pt", tmp_path / "run.pt")


def test_dropout_and_shuffling_do_matter_in_these_tests(tmp_path):
    """Resuming must restore them: a run with another seed, or another order, is another run."""
    weights, _ = run()
    assert not same(weights, run(chosen=TrainSettings(**{**asdict(LONG), "seed": 4}))[0])
    assert not same(weights, run(own_generator=False)[0])


@pytest.mark.parametrize("step", [1, 8, 20, 35])
def test_cut_off_in_the_middle_of_an_epoch_and_resumed_equals_unbroken(tmp_path, step):
    """Six steps an epoch; step 1 is before the first checkpoint."""
    unbroken, path = run(), tmp_path / "run.pt"
    with pytest.raises(CutOff):
        run(path, CutOffAfter(network(dropout=0.5), step))
    assert path.exists() == (step > 6)
    assert_same_run(unbroken, run(path, resume=True))


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
import test_checkpoint as t
class Killed(t.CutOffAfter):
    def forward(self, points):
        if self.training and self.steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().forward(points)
t.run({path!r}, Killed(t.network(dropout=0.5), 16))
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_process_and_resumed_equals_unbroken(tmp_path):
    path = tmp_path / "run.pt"
    script = KILLED.format(tests=str(Path(__file__).parent), path=str(path))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert len(checkpoint.load(path)["history"]["train_loss"]) == 2
    assert_same_run(run(), run(path, resume=True))


def test_patience_survives_a_stop(tmp_path):
    """The resumed run stops at the same epoch, having counted those before its stop."""
    chosen = TrainSettings(epochs=60, learning_rate=0.1, patience=4)
    unbroken = run(chosen=chosen)
    assert unbroken[1].stopped_early and 5 < unbroken[1].epochs < 60
    path = tmp_path / "run.pt"
    run(path, chosen=chosen, stop_after=unbroken[1].epochs - 2)
    assert_same_run(unbroken, run(path, chosen=chosen, resume=True))
    assert_same_run(unbroken, run(path, chosen=chosen, resume=True))  # nothing left to do


def test_a_constant_rate_may_be_trained_longer_than_planned(tmp_path):
    short, long = (TrainSettings(epochs=epochs, select_by="loss") for epochs in (2, 4))
    run(tmp_path / "run.pt", chosen=short)
    assert_same_run(run(chosen=long), run(tmp_path / "run.pt", chosen=long, resume=True))


def test_a_frozen_part_is_kept_and_not_copied_as_best(tmp_path):
    def half_frozen():
        model = network()
        model[0].requires_grad_(False)
        return model

    path = tmp_path / "run.pt"
    expected = run(model=half_frozen())
    run(path, half_frozen(), stop_after=2)
    assert set(checkpoint.load(path)["best"]) == {"3.weight", "3.bias"}
    assert set(checkpoint.load(path)["model"]) == set(network().state_dict())
    assert_same_run(expected, run(path, half_frozen(), resume=True))


@pytest.mark.parametrize("kind", [TenWordClassifier, PooledClassifier])
def test_classifiers_on_padded_texts_resume_bit_for_bit(tmp_path, kind):
    """The course's own loader, embeddings with repeated words, two threads adding up."""
    torch.set_num_threads(2)
    numbers = torch.Generator().manual_seed(0)
    lengths = torch.randint(0, 120, (400,), generator=numbers).tolist()
    texts = [torch.randint(2, 900, (n,), generator=numbers).tolist() for n in lengths]
    labels = torch.randint(0, 5, (400,), generator=numbers).tolist()
    options = {"word_dropout": 0.1} if kind is PooledClassifier else {}
    chosen = TrainSettings(epochs=3, learning_rate=0.01, schedule="linear")

    def once(path=None, seed=0, **more):
        torch.manual_seed(seed)
        model = kind((900, 50), classes=5, hidden=32, dropout=0.3, **options)
        batches = loader(TextDataset(texts, labels), 64, shuffle=True, seed=2)
        validation = loader(TextDataset(texts[:90], labels[:90]), 64)
        history = train(
            model, batches, validation, chosen, device="cpu", checkpoint_path=path, **more
        )  # fmt: skip
        return weights_of(model), history

    once(tmp_path / "run.pt", stop_after=1)
    assert_same_run(once(), once(tmp_path / "run.pt", seed=1, resume=True))


# ---- what it holds -------------------------------------------------------------------------


def test_holds_vocabulary_label_names_and_notes(tmp_path):
    vocabulary, path = Vocabulary({"oil": 7, "wheat": 2}), tmp_path / "run.pt"
    notes = {"counts": vocabulary.counts, "label_names": ["earn", "crude"], "hidden": 8}
    run(path, notes=notes)
    content = checkpoint.load(path)
    again = Vocabulary(content["notes"]["counts"])
    assert again.ids(["wheat", "oil", "maize"]) == vocabulary.ids(["wheat", "oil", "maize"])
    assert content["notes"] == notes
    run(path)
    assert checkpoint.load(path)["notes"] == {}


def test_best_weights_can_be_put_into_a_new_model(tmp_path):
    chosen = TrainSettings(epochs=60, learning_rate=0.1, patience=4)
    weights, history = run(tmp_path / "run.pt", chosen=chosen)
    assert history.best_epoch < history.epochs
    fresh = CutOffAfter(network(seed=5), 0)
    content = checkpoint.load(tmp_path / "run.pt")
    checkpoint.restore_weights(fresh, content["model"] | content["best"])
    assert same(weights_of(fresh), weights)
    assert not same(content["model"], weights)  # or the test would not tell best from last


# ---- whole or not at all -------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    path = tmp_path_factory.mktemp("finished") / "run.pt"
    run(path, chosen=TrainSettings(epochs=1))
    return path.read_bytes()


def test_a_full_disk_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    path = checkpoint.save(tmp_path / "run.pt", {"epoch": 1})

    def full(content, file):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(CheckpointError, match=r"No space left on device.*untouched"):
        checkpoint.save(path, {"epoch": 2})
    assert checkpoint.load(path)["epoch"] == 1
    assert os.listdir(tmp_path) == ["run.pt"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_really_full_device_is_said(tmp_path, monkeypatch):
    """torch.save meets the error while writing; it must not come out as something else."""
    monkeypatch.setattr(Path, "with_name", lambda self, name: Path("/dev/full"))
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok: None)
    with pytest.raises(CheckpointError, match="could not write the checkpoint"):
        checkpoint.save(tmp_path / "run.pt", {"weights": torch.zeros(100_000)})


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["torch.save", "os.fsync", "os.replace"])
def test_killed_while_writing_leaves_the_old_checkpoint(tmp_path, moment):
    path = checkpoint.save(tmp_path / "run.pt", {"epoch": 1})
    script = f"""
import os, torch
from helpers.training import checkpoint
real = torch.save
def half(content, file):
    real(content, file)
    file.flush()
    file.truncate(file.tell() // 2)
    os._exit(9)
def gone(*_):
    os._exit(9)
{moment} = {"half" if moment == "torch.save" else "gone"}
checkpoint.save({str(path)!r}, {{"epoch": 2}})
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert ended.returncode == 9, ended.stderr.decode()
    assert checkpoint.load(path)["epoch"] == 1
    checkpoint.save(path, {"epoch": 3})
    assert checkpoint.load(path)["epoch"] == 3


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=strategies.floats(0, 0.999))
def test_a_cut_off_file_is_refused(finished, tmp_path, share):
    path = tmp_path / "cut.pt"
    path.write_bytes(finished[: int(len(finished) * share)])
    with pytest.raises(CheckpointError, match="cut off, damaged, or no checkpoint"):
        checkpoint.load(path)


def test_every_flipped_byte_of_a_weight_is_noticed(finished, tmp_path):
    path = tmp_path / "run.pt"
    path.write_bytes(finished)
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.file_size)
        start = finished.index(archive.read(largest))
    assert largest.file_size > 50
    for place in range(start, start + largest.file_size, 97):
        damaged = bytearray(finished)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError, match="cut off, damaged"):
            checkpoint.load(path)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=strategies.floats(0, 0.9999), bit=strategies.integers(0, 7))
def test_any_flipped_bit_is_noticed_or_changes_nothing(finished, tmp_path, share, bit):
    """Some bytes of a zip file carry no meaning (padding, dates)."""
    path = tmp_path / "run.pt"
    damaged = bytearray(finished)
    damaged[int(len(damaged) * share)] ^= 1 << bit
    path.write_bytes(damaged)
    try:
        content = checkpoint.load(path)
    except CheckpointError:
        return
    (tmp_path / "whole.pt").write_bytes(finished)
    assert same(content["model"], checkpoint.load(tmp_path / "whole.pt")["model"])


def test_every_flipped_bit_of_the_table_of_contents_is_noticed_or_changes_nothing(
    finished, tmp_path
):
    """Some flips name a place before the file's begin (an OSError), or make a tensor a folder."""
    path = tmp_path / "run.pt"
    path.write_bytes(finished)
    whole, refused = checkpoint.load(path)["model"], 0
    tensor = finished.rindex(b"archive/data/0") - 46  # where its line in the table begins
    for place in [*range(tensor, tensor + 60), *range(len(finished) - 98, len(finished))]:
        for bit in range(8):
            damaged = bytearray(finished)
            damaged[place] ^= 1 << bit
            path.write_bytes(damaged)
            try:
                assert same(checkpoint.load(path)["model"], whole)
            except CheckpointError:
                refused += 1
    assert refused > 100


class Malicious:
    def __reduce__(self):
        return (os.system, ("touch was_run",))


def test_foreign_files_are_refused_and_no_code_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("text.pt").write_text("not a checkpoint at all\n" * 50)
    Path("empty.pt").write_bytes(b"")
    Path("pickle.pt").write_bytes(pickle.dumps(Malicious()))
    with zipfile.ZipFile("zip.pt", "w") as archive:
        archive.writestr("readme", "hello")
    torch.save({"kind": checkpoint.KIND, "model": Malicious()}, "malicious.pt")
    torch.save(network().state_dict(), "bare.pt")
    torch.save({"kind": checkpoint.KIND, "format": 99}, "newer.pt")
    for name, message in {
        "text.pt": "cut off, damaged, or no checkpoint",
        "empty.pt": "cut off, damaged, or no checkpoint",
        "pickle.pt": "cut off, damaged, or no checkpoint",
        "zip.pt": r"zip\.pt",
        "malicious.pt": "not opened, since that could run code",
        "bare.pt": "may hold bare weights",
        "newer.pt": "format 99, and this version of the course reads 2",
    }.items():
        with pytest.raises(CheckpointError, match=message):
            checkpoint.load(name)
    assert not Path("was_run").exists()
    with pytest.raises(FileNotFoundError, match=r"no checkpoint at missing\.pt"):
        checkpoint.load("missing.pt")


def test_what_could_not_be_read_back_is_not_written(tmp_path):
    import numpy as np

    for value, kind in ((np.float64(1.5), "float64"), (network(), "Sequential"), ({1}, "set")):
        with pytest.raises(TypeError, match=rf"content\['notes'\]\['x'\] is a .*{kind}"):
            checkpoint.save(tmp_path / "run.pt", {"notes": {"x": value}})
    assert os.listdir(tmp_path) == []


# ---- a checkpoint of something else --------------------------------------------------------


def test_another_model_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "run.pt"
    run(path, network())
    wider = nn.Sequential(nn.Linear(4, 9), nn.ReLU(), nn.Dropout(), nn.Linear(9, 3))
    before = weights_of(wider)
    with pytest.raises(CheckpointError, match=r"0.weight has shape \(8, 4\), .* has \(9, 4\)"):
        run(path, wider, resume=True)
    assert same(weights_of(wider), before)
    with pytest.raises(CheckpointError, match=r"0.weight is unknown .*|inner.0.weight is missing"):
        run(path, CutOffAfter(network(), 9), resume=True)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"learning_rate": 0.5}, "learning_rate was 0.02 and is 0.5"),
        ({"epochs": 9}, "epochs was 6 and is 9"),
        ({"seed": 1, "schedule": "linear"}, "schedule was 'cosine' and is 'linear'; seed was 3"),
    ],
)
def test_other_settings_are_refused(tmp_path, changed, message):
    run(tmp_path / "run.pt", stop_after=1)
    chosen = TrainSettings(**{**asdict(LONG), **changed})
    with pytest.raises(CheckpointError, match=message):
        run(tmp_path / "run.pt", chosen=chosen, resume=True)


def test_other_data_and_another_optimizer_are_refused(tmp_path):
    path = tmp_path / "run.pt"
    run(path, network(), stop_after=1)
    with pytest.raises(CheckpointError, match="steps_per_epoch was 6 and is 2"):
        train(
            network(), blobs(60), blobs(), LONG, device="cpu", checkpoint_path=path, resume=True
        )  # fmt: skip
    with pytest.raises(CheckpointError, match="random_generators was 1 and is 0"):
        run(path, network(), own_generator=False, resume=True)
    with pytest.raises(
        CheckpointError, match=r"optimizer was 'AdamW of \[2, 2\]' and is 'SGD of \[4\]'"
    ):
        run(
            path, network(), resume=True,
            optimizer=lambda model: torch.optim.SGD(model.parameters(), lr=0.02),
        )  # fmt: skip


def test_resume_needs_a_path_and_stop_after_an_epoch(tmp_path):
    with pytest.raises(ValueError, match="stop_after is 0; use 1 or more"):
        run(tmp_path / "run.pt", stop_after=0)
    with pytest.raises(ValueError, match="need a checkpoint_path"):
        run(resume=True)
    with pytest.raises(ValueError, match="need a checkpoint_path"):
        run(stop_after=1)
