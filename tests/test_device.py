"""The device is chosen in one place, and nothing is left behind on another.

The placement tests need no GPU: the model lives on PyTorch's ``meta`` device (shapes without
values), the batches come from the CPU, and a watch sees every operation. An operation that mixes
the two would have failed on a GPU.
"""

import collections
import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from toy_training import blobs, network, one_thread  # noqa: F401 (a fixture)

from helpers.models.classifiers import PooledClassifier, TenWordClassifier
from helpers.training import device as device_module
from helpers.training import evaluating
from helpers.training.device import (
    autocast,
    choose_device,
    disagreement_with_cpu,
    read_back,
    synchronize,
    to_device,
)
from helpers.training.evaluating import place
from helpers.training.loop import TrainSettings, evaluate, train

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def no_wish(monkeypatch):
    monkeypatch.delenv("COURSE_DEVICE", raising=False)


def pretend(monkeypatch, cuda=False, mps=False, disagree=()):
    """Let PyTorch say that it has these GPUs, which agree with the CPU or do not."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: int(cuda))
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(
        device_module,
        "disagreement_with_cpu",
        lambda device: "it is off by 3" if device.split(":")[0] in disagree else None,
    )


# ---- choosing ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cuda", "mps", "disagree", "chosen"),
    [
        (True, True, (), "cuda"),
        (True, False, (), "cuda"),
        (False, True, (), "mps"),
        (False, False, (), "cpu"),
        (False, True, ("mps",), "cpu"),
        (True, True, ("cuda",), "mps"),
        (True, True, ("cuda", "mps"), "cpu"),
    ],
)
def test_the_best_device_that_computes_rightly_is_chosen(monkeypatch, cuda, mps, disagree, chosen):
    pretend(monkeypatch, cuda, mps, disagree)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert choose_device() == torch.device(chosen)
    assert [str(w.message) for w in warned] == [
        f"passing over {kind!r}: it is off by 3" for kind in disagree
    ]


def test_the_environment_variable_outranks_what_is_there_and_the_argument_both(monkeypatch):
    pretend(monkeypatch, cuda=True, mps=True)
    monkeypatch.setenv("COURSE_DEVICE", " CPU ")
    assert choose_device() == CPU
    assert choose_device("mps") == torch.device("mps")
    assert choose_device(torch.device("cuda:0")) == torch.device("cuda:0")


def test_devices_that_do_not_exist_or_are_not_here_are_named(monkeypatch):
    pretend(monkeypatch)
    monkeypatch.setenv("COURSE_DEVICE", "gpu")
    with pytest.raises(ValueError, match="COURSE_DEVICE is 'gpu', which is no device; use 'cpu'"):
        choose_device()
    monkeypatch.setenv("COURSE_DEVICE", "cuda")
    with pytest.raises(ValueError, match=r"COURSE_DEVICE is 'cuda', but PyTorch .* no such GPU"):
        choose_device()
    with pytest.raises(ValueError, match="the device asked for is 'mps', but"):
        choose_device("mps")
    pretend(monkeypatch, cuda=True)
    with pytest.raises(ValueError, match="'cuda:1', but PyTorch"):
        choose_device("cuda:1")


def test_a_gpu_asked_for_that_computes_wrongly_is_an_error(monkeypatch):
    pretend(monkeypatch, mps=True, disagree=("mps",))
    monkeypatch.setenv("COURSE_DEVICE", "mps")
    with pytest.raises(RuntimeError, match="COURSE_DEVICE is 'mps', but it is off by 3; use 'cpu'"):
        choose_device()


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("wrong", [0.01, float("nan")])
def test_the_check_notices_a_wrong_loss_and_a_wrong_gradient(monkeypatch, index, wrong):
    """Index 0 is the loss, 1 to 3 are gradients; one of their entries goes wrong."""
    real = device_module._small_pass

    def broken(device):
        results = real("cpu")
        if device != "cpu":
            results[index].view(-1)[-1] += wrong
        return results

    monkeypatch.setattr(device_module, "_small_pass", broken)
    disagreement_with_cpu.cache_clear()
    assert "is off by" in disagreement_with_cpu("pretended")
    assert disagreement_with_cpu("cpu") is None
    disagreement_with_cpu.cache_clear()


def test_a_device_that_can_not_compute_disagrees():
    assert "failed" in disagreement_with_cpu("meta")
    assert disagreement_with_cpu("cpu") is None
    assert all(part.abs().max() > 0 for part in device_module._small_pass("cpu"))


# ---- moving, precision, waiting ------------------------------------------------------------


def test_to_device_goes_through_nested_batches_and_keeps_their_form():
    Pair = collections.namedtuple("Pair", "ids lengths")
    x = torch.ones(2)
    moved = to_device(
        ([x, (x,)], Pair(x, 3), {"mask": {"x": x}}, "text", None), torch.device("meta")
    )
    (a, (b,)), pair, named, text, nothing = moved
    assert [t.device.type for t in (a, b, pair.ids, named["mask"]["x"])] == ["meta"] * 4
    assert type(moved[0]) is list and type(pair) is Pair
    assert (pair.lengths, text, nothing) == (3, "text", None)


def test_precision_is_float32_except_on_a_gpu_that_has_bfloat16(monkeypatch):
    """Asked is the GPU in question: here a T4 (7.5) is the current one, beside an A100 (8.0)."""
    capabilities = {None: (7, 5), "cuda": (7, 5), "cuda:0": (7, 5), "cuda:1": (8, 0)}
    monkeypatch.setattr(
        torch.cuda,
        "get_device_capability",
        lambda device=None: capabilities[device and str(device)],
    )
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: False)
    for kind in ("cpu", "mps", "cuda", "cuda:0"):
        assert not isinstance(autocast(torch.device(kind)), torch.autocast)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch says that there is no CUDA here
        precision = autocast(torch.device("cuda:1"))
        assert isinstance(precision, torch.autocast)
        assert precision.fast_dtype == torch.bfloat16
        assert not isinstance(autocast(torch.device("cuda:1"), wanted=False), torch.autocast)


def test_synchronize_waits_for_the_right_device(monkeypatch):
    waited = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: waited.append(str(device)))
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waited.append("mps"))
    for kind in ("cpu", "mps", "cuda:1"):
        synchronize(torch.device(kind))
    assert waited == ["mps", "cuda:1"]


# ---- placement, without a GPU --------------------------------------------------------------


class Mixed(RuntimeError):
    """An operation on tensors of two devices."""


class OneDevice(TorchDispatchMode):
    """Refuses any operation that a GPU would refuse: tensors on two devices at once.

    Copies from one device to another are allowed. Counts what it sees happen on ``meta``.
    """

    def __init__(self):
        super().__init__()
        self.on_meta = collections.Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
        kinds = {t.device.type for t in tensors}
        name = function.overloadpacket.__name__
        if len(kinds) > 1 and name not in ("_to_copy", "copy_"):
            raise Mixed(f"{name} got tensors on {' and '.join(sorted(kinds))}")
        if "meta" in kinds:
            self.on_meta[name] += 1
        return function(*args, **(kwargs or {}))


@pytest.fixture
def no_values(monkeypatch):
    """Meta tensors have no values, so reading them back gives ones of the same shape."""

    def ones(tensor):
        assert tensor.device.type == "meta", f"a loss was gathered on {tensor.device}"
        return torch.ones(tensor.shape).tolist()

    monkeypatch.setattr("helpers.training.loop.read_back", ones)
    monkeypatch.setattr("helpers.training.evaluating.read_back", ones)


def texts():
    """Two batches of padded word ids on the CPU, of different sizes and lengths."""
    numbers = torch.Generator().manual_seed(0)
    ids = [torch.randint(0, 30, shape, generator=numbers) for shape in ((5, 12), (3, 7))]
    labels = [torch.randint(0, 3, (len(part),), generator=numbers) for part in ids]
    return [((i, (i != 0).sum(1)), y) for i, y in zip(ids, labels, strict=True)]


MODELS = {
    "points": (network, blobs),
    "ten words": (lambda: TenWordClassifier((30, 5), classes=3), texts),
    "pooled": (lambda: PooledClassifier((30, 5), classes=3, hidden=4), texts),
}


def one_run(model, batches, **options):
    """The whole of ``train`` (but for the best weights, which are values) on ``meta``."""
    chosen = TrainSettings(epochs=2, schedule="cosine", warmup_share=0.5)
    with OneDevice() as seen:
        train(model, batches, None, chosen, device="meta", **options)
        evaluate(model, batches, "meta", keep_outputs=False, **options)
    return seen.on_meta


@pytest.mark.parametrize("name", MODELS)
def test_everything_is_on_the_models_device(no_values, name):
    make, batches = MODELS[name]
    model = make()
    assert {p.device.type for p in model.parameters()} == {"cpu"}
    seen = one_run(model, batches())
    assert {p.device.type for p in model.parameters()} == {"meta"}
    assert {p.grad.device.type for p in model.parameters()} == {"meta"}
    # It watched real work: forward, loss, backward, clipping and the optimizer's step.
    steps = 2 * len(batches())
    assert seen["nll_loss_forward"] == steps + len(batches())
    assert seen["nll_loss_backward"] == steps
    assert seen["addmm"] >= steps and seen["argmax"] == len(batches())
    assert any("norm" in operation for operation in seen)
    assert any("addcdiv" in operation for operation in seen)  # Adam's division by the root


def test_targets_that_are_no_classes_stay_on_the_models_device(no_values):
    numbers = [(points, torch.randn(len(points), 3)) for points, _ in blobs()]
    seen = one_run(network(), numbers, loss_function=functional.mse_loss)
    assert seen["mse_loss"] == 3 * len(numbers)  # two epochs and the evaluation


def test_without_a_device_everything_stays_where_the_model_is(no_values, monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    model = network().to("meta")
    with OneDevice() as seen:
        train(model, blobs(), None, TrainSettings(epochs=2))
        evaluate(model, blobs(), keep_outputs=False)
    assert {p.device.type for p in model.parameters()} == {"meta"}
    assert seen.on_meta["argmax"] == len(blobs())
    assert place(nn.ReLU(), None) == CPU  # nothing in it could be anywhere else


def test_evaluation_moves_the_model_by_itself(no_values):
    model = network()
    with OneDevice() as seen:
        evaluate(model, blobs(), "meta", keep_outputs=False)
    assert {p.device.type for p in model.parameters()} == {"meta"}
    assert seen.on_meta["argmax"] == len(blobs())


def forget(part, training):
    """A ``to_device`` that leaves a part of the batch on the CPU, in training or in evaluation."""

    def forgetful(batch, device):
        inputs, targets = batch
        there_inputs, there_targets = tree_map(lambda tensor: tensor.to(device), (inputs, targets))
        if training != torch.is_grad_enabled():
            return there_inputs, there_targets
        if part == "everything":
            return batch
        return (inputs, there_targets) if part == "inputs" else (there_inputs, targets)

    return forgetful


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("part", ["inputs", "targets", "everything"])
@pytest.mark.parametrize("training", [True, False])
def test_a_forgotten_transfer_is_caught(no_values, monkeypatch, name, part, training):
    """The guard above has teeth: the same run without one of the transfers fails."""
    make, batches = MODELS[name]
    monkeypatch.setattr(evaluating, "to_device", forget(part, training))
    with pytest.raises(RuntimeError, match=r"on device|got tensors on cpu and meta"):
        one_run(make(), batches())


def test_a_model_left_on_the_cpu_is_caught(no_values, monkeypatch):
    class Stays(nn.Linear):
        def to(self, *_, **__):
            return self

    with pytest.raises(RuntimeError, match=r"on device|got tensors on cpu and meta"):
        one_run(Stays(4, 3), blobs())


@pytest.mark.parametrize("name", ["positions", "mask", "table", "weights of the loss"])
def test_a_model_or_loss_that_makes_cpu_tensors_is_caught(no_values, name):
    class Wrong(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.places = nn.Embedding(30, 5), nn.Embedding(20, 5)
            self.table = torch.randn(5, 3)  # not a buffer, so .to() does not take it along
            self.layer = nn.Linear(5, 3)

        def forward(self, ids, lengths):
            words = self.words(ids)
            if name == "positions":
                words = words + self.places(torch.arange(ids.shape[1]))
            if name == "mask":
                words = words * torch.ones(*ids.shape, 1)
            return words.mean(1) @ self.table if name == "table" else self.layer(words.mean(1))

    loss = functional.cross_entropy
    if name == "weights of the loss":
        by_class = torch.ones(3)

        def loss(outputs, targets):
            return functional.cross_entropy(outputs, targets, weight=by_class)

    with pytest.raises(RuntimeError, match=r"on device|got tensors on cpu and meta"):
        one_run(Wrong(), texts(), loss_function=loss)


def test_the_loop_reads_values_back_only_through_one_door(no_values, monkeypatch):
    """Any .item() or .tolist() elsewhere would fail on meta, and on a GPU would wait."""
    reads = []
    monkeypatch.setattr(
        "helpers.training.loop.read_back",
        lambda tensor: reads.append(len(tensor)) or torch.ones(tensor.shape).tolist(),
    )
    batches = blobs(samples=45 * 8, batch_size=8)
    chosen = TrainSettings(epochs=1)
    train(network(), batches, None, chosen, device="meta")
    assert reads == [20, 20, 5]  # steps between looks: 20, and the rest at the epoch's end


def test_read_back_gives_numbers():
    assert read_back(torch.tensor([[0.5], [2.0]], requires_grad=True)) == [[0.5], [2.0]]
