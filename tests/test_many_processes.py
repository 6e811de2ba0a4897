"""Two processes, started by torchrun, train as one would on the joined batches."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional
from toy_training import blobs, network, one_thread, weights_of  # noqa: F401 (a fixture)

from helpers.training import checkpoint, loop, many_processes  # noqa: F401 (for the program)
from helpers.training.layers import layered_adamw
from helpers.training.loop import TrainSettings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="torchrun needs libuv, which is not there"),
]
CHOSEN = TrainSettings(
    epochs=3, learning_rate=0.05, clip_norm=0.5, schedule="cosine", warmup_share=0.3
)

# What each process runs: {work} with `process`, `train`, and all names of this file.
PROGRAM = """
import sys
sys.path[:0] = {paths!r}
import torch
torch.set_num_threads(1)
from test_many_processes import *
from helpers.training.many_processes import joined, train
folder = Path({folder!r})
with joined() as process:
{work}
"""


def torchrun(folder, work, processes):
    """Run some lines in each process; return what they printed."""
    root = Path(__file__).resolve().parent.parent
    indented = "\n".join("    " + line for line in work.strip().splitlines())
    program = folder / "program.py"
    paths = [str(root), str(root / "tests")]
    program.write_text(PROGRAM.format(paths=paths, folder=str(folder), work=indented))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(processes),
        "--master-addr", "127.0.0.1", "--master-port", str(port), str(program),
    ]  # fmt: skip
    ended = subprocess.run(
        command, env={**os.environ, "OMP_NUM_THREADS": "1", "COURSE_DEVICE": "cpu"},
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-5000:]
    return ended.stdout


def keep(folder, process, name, model, history):
    torch.save(model.state_dict(), folder / f"{name}-{process.number}.pt")
    (folder / f"{name}-{process.number}.json").write_text(json.dumps(vars(history)))


def assert_same_as_alone(folder, name, model, history, processes=2):
    """The weights after training, and all that the history tells, in every process."""
    for number in range(processes):
        weights = torch.load(folder / f"{name}-{number}.pt")
        assert weights.keys() == model.state_dict().keys()
        for part, weight in model.state_dict().items():
            torch.testing.assert_close(weights[part], weight, rtol=0, atol=2e-6)
        told = json.loads((folder / f"{name}-{number}.json").read_text())
        for part in ("train_loss", "validation_loss", "validation_accuracy", "learning_rate"):
            assert told[part] == pytest.approx(getattr(history, part), abs=2e-6), part
        assert told["best_epoch"] == history.best_epoch


def masked(samples):
    """Points with a class each, of which a third is not scored: in the last batch, one of two."""
    return [
        (points, torch.where(torch.arange(len(labels)) % 3 == 0, -100, labels))
        for points, labels in blobs(samples, batch_size=4)
    ]


def named(batches):
    return [({"input": points}, labels) for points, labels in batches]


# By name: model, batches, and what else train takes.
RUNS = {
    "even": lambda: (network(), blobs(64), {}),
    "odd last batch": lambda: (network(), blobs(93), {}),
    "last batch of one": lambda: (network(), named(blobs(65)), {}),
    "some not scored": lambda: (network(), masked(42), {}),
    "layered rates": lambda: (
        network(),
        blobs(93),
        {"optimizer": layered_adamw(CHOSEN, decay=0.5, block=r"(\d)", factors={"3": 3})},
    ),
    "real targets": lambda: (
        network(),
        [(points, functional.one_hot(labels, 3).float()) for points, labels in blobs(33)],
        {"loss_function": functional.mse_loss},
    ),
}

EVERY_RUN = """
from dataclasses import replace
for name, make in RUNS.items():
    model, batches, options = make()
    chosen = replace(CHOSEN, select_by="loss")
    if not process.first:  # all begin with the weights of the first
        nn.init.zeros_(model[0].weight)
    history = train(model, batches, batches, chosen, device=process.device, **options)
    assert not model.training
    keep(folder, process, name, model, history)
    print("done with", name)
"""


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory):
    return launched(tmp_path_factory, EVERY_RUN + STOPPED + DROPOUT + MISTAKES, 2)


@pytest.fixture(scope="module")
def three_processes(tmp_path_factory):
    return launched(tmp_path_factory, EVERY_RUN, 3)


def launched(tmp_path_factory, work, processes):
    folder = tmp_path_factory.mktemp(f"processes{processes}")
    printed = torchrun(folder, work, processes)
    assert printed == "".join(f"done with {name}\n" for name in RUNS)  # by the first alone
    return folder, processes


@pytest.mark.parametrize("number", ["two", "three"])
@pytest.mark.parametrize("name", RUNS)
def test_equals_one_process_on_the_joined_batches(name, number, request):
    folder, processes = request.getfixturevalue(f"{number}_processes")
    model, batches, options = RUNS[name]()
    chosen = TrainSettings(**{**vars(CHOSEN), "select_by": "loss"})
    before = weights_of(model)
    history = loop.train(model, batches, batches, chosen, **options)
    assert_same_as_alone(folder, name, model, history, processes)
    moved = [(w - before[part]).abs().max() for part, w in model.state_dict().items()]
    assert min(moved) > 1e-3  # so that 2e-6 tells something


STOPPED = """
path = folder / "run.pt"
for options in ({"stop_after": 1}, {"resume": True}):
    model = network()
    history = train(model, blobs(93), blobs(seed=1), CHOSEN, checkpoint_path=path, **options)
    assert len(checkpoint.load(path)["history"]["train_loss"]) == history.epochs
keep(folder, process, "resumed", model, history)
"""


def test_only_the_first_writes_a_checkpoint_and_all_go_on_from_it(two_processes):
    folder, _ = two_processes
    model = network()
    history = loop.train(model, blobs(93), blobs(seed=1), CHOSEN)
    assert_same_as_alone(folder, "resumed", model, history)
    alone = network(seed=9)  # what two processes wrote, one goes on from: all was done
    path = folder / "run.pt"
    loop.train(alone, blobs(93), blobs(seed=1), CHOSEN, checkpoint_path=path, resume=True)
    for name, weight in model.state_dict().items():
        torch.testing.assert_close(alone.state_dict()[name], weight, rtol=0, atol=2e-6)
    assert not list(folder.glob(".run*"))


class Seen(nn.Module):
    """Notes what its dropout left."""

    def __init__(self):
        super().__init__()
        self.weight, self.seen = nn.Parameter(torch.ones(3)), []

    def forward(self, points):
        self.seen.append(functional.dropout(torch.ones(8), 0.5).tolist())
        return points[:, :3] * self.weight


class Watched:
    """A loader that draws its order from the numbers that all share; the orders are noted."""

    def __init__(self):
        data = torch.utils.data.TensorDataset(*blobs(32)[0])
        self.loader = torch.utils.data.DataLoader(data, batch_size=8, shuffle=True)
        self.orders = []

    def __len__(self):
        return len(self.loader)

    def __iter__(self):
        for batch in self.loader:
            self.orders.append(batch[1].tolist())
            yield batch


DROPOUT = """
model, watched = Seen(), Watched()
train(model, watched, None, TrainSettings(epochs=2))
(folder / f"seen-{process.number}.json").write_text(json.dumps([watched.orders, model.seen]))
"""


def test_all_shuffle_alike_and_each_drops_out_its_own(two_processes):
    folder, _ = two_processes
    told = [json.loads((folder / f"seen-{number}.json").read_text()) for number in range(2)]
    (first_orders, first_seen), (second_orders, second_seen) = told
    assert first_orders == second_orders and len(first_orders) == 8
    assert first_orders[:4] != first_orders[4:]
    assert all(a != b for a, b in zip(first_seen, second_seen, strict=True))
    assert len({str(mask) for mask in first_seen}) > 4


# ---- what is refused, by all alike ---------------------------------------------------------


class OfTwo(nn.Linear):
    def forward(self, points, starts):
        return super().forward(points)


class HalfIdle(nn.ModuleDict):
    def forward(self, points):
        return self["used"](points)


def unequal_batches(process, train, folder):
    train(network(), blobs(64 + 32 * process.number), None, CHOSEN)


def half_seen_checkpoint(process, train, folder):
    path = folder / f"of-{process.number}.pt"
    if process.first:
        loop.train(network(), blobs(), None, CHOSEN, checkpoint_path=path)
    train(network(), blobs(), None, CHOSEN, checkpoint_path=path, resume=True)


def bags(process, train, folder):
    batches = [((points, labels[:5]), labels) for points, labels in blobs()]
    train(OfTwo(4, 3), batches, None, CHOSEN)


def unused(process, train, folder):
    model = HalfIdle({"used": nn.Linear(4, 3), "idle": nn.Linear(4, 3)})
    train(model, blobs(32), None, TrainSettings(epochs=1))


def nan(process, train, folder):
    first, *others = blobs()
    first[0][0] = torch.nan  # which only the first process reads
    train(network(), [first, *others], None, CHOSEN)


REFUSED = {
    unequal_batches: "process 0 has 2 batches to train on, and process 1 has 3; all must have",
    half_seen_checkpoint: "process 0 has 1 checkpoints to go on from (put it where every machine "
    "sees it), and process 1 has 0",
    bags: "the inputs of a batch have 32 and 5 rows, so they can't be shared out among processes",
    unused: "idle.weight got no gradient (2 of 4 parameters didn't), and processes wait for all",
    nan: "the loss is nan at step 1 (epoch 1, batch 1)",
}

MISTAKES = """
said = {}
for mistake in REFUSED:
    try:
        mistake(process, train, folder)
    except (ValueError, FloatingPointError) as error:
        said[mistake.__name__] = str(error)
(folder / f"said-{process.number}.json").write_text(json.dumps(said))
"""


@pytest.mark.parametrize("mistake", REFUSED)
def test_what_can_not_be_shared_out_is_said_in_every_process(two_processes, mistake):
    folder, _ = two_processes
    for number in range(2):
        said = json.loads((folder / f"said-{number}.json").read_text())
        assert REFUSED[mistake] in said[mistake.__name__]


def test_variables_of_torchrun_that_are_missing_are_named(monkeypatch):
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    for name in ("LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError, match=r"LOCAL_RANK, LOCAL_WORLD_SIZE, MASTER_ADDR, MASTER_P"):
        with many_processes.joined():
            pass


def test_fewer_gpus_than_processes_are_said(monkeypatch):
    monkeypatch.setattr(many_processes, "choose_device", lambda: torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert many_processes._device(1, of=2) == torch.device("cuda", 1)
    with pytest.raises(RuntimeError, match=r"started 4 processes .* has 2 GPUs; start --nproc-per"):
        many_processes._device(1, of=4)


def test_alone_it_is_the_loop_itself():
    weights = []
    for train in (loop.train, many_processes.train):
        model = network(dropout=0.5)
        train(model, blobs(), blobs(seed=1), CHOSEN)
        weights.append(weights_of(model))
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
