"""The one training loop in several processes, which torchrun starts: on two GPUs, or two machines.

Data parallel: each process has the whole model and takes its share of every batch; then the
gradients are averaged, and all take the same step. Notebook 15 shows how to start it. Leaves
starting processes to torchrun, averaging to PyTorch, and the steps to ``loop``.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import distributed, nn
from torch.nn import functional

from helpers.training import loop
from helpers.training.device import choose_device
from helpers.training.evaluating import scored_targets
from helpers.training.run import History, TrainSettings

_GIVEN = "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"


@dataclass(frozen=True)
class Process:
    """Which process this is: its number, from 0, of how many, and the device that it has."""

    number: int
    of: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this one prints, and writes files."""
        return self.number == 0


@contextlib.contextmanager
def joined() -> Iterator[Process]:
    """Join the processes that torchrun started, and leave them at the end.

    Started without torchrun, there is one process, and nothing to join. The processes speak
    through nccl if each has a GPU of its own, else through gloo, on the CPU. Meanwhile only the
    first one's ``print`` and progress bars are seen.

    Raises
    ------
    RuntimeError
        If torchrun's variables are there in part, or this machine has fewer GPUs than processes.

    >>> with joined() as process:
    ...     process.number, process.of, process.first
    (0, 1, True)
    """
    there = [name for name in _GIVEN if name in os.environ]
    if "RANK" not in there and "WORLD_SIZE" not in there:
        yield Process(0, 1, choose_device())
        return
    if missing := [name for name in _GIVEN if name not in there]:
        raise RuntimeError(
            f"{', '.join(missing)} is missing among the variables that torchrun sets; start the "
            "program with: torchrun --nproc-per-node 2 program.py"
        )
    number, of = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    device = _device(int(os.environ["LOCAL_RANK"]), int(os.environ["LOCAL_WORLD_SIZE"]))
    with contextlib.ExitStack() as stack:
        if number:
            stack.enter_context(_silent())
        if device.type == "cuda":
            torch.cuda.set_device(device)
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        stack.callback(distributed.destroy_process_group)
        yield Process(number, of, device)


def train(
    model: nn.Module,
    train_batches: Sequence,
    validation_batches: Sequence | None,
    settings: TrainSettings,
    *,
    loss_function: Callable = functional.cross_entropy,
    device: str | torch.device | None = None,
    checkpoint_path: str | os.PathLike | None = None,
    resume: bool = False,
    **options,
) -> History:
    """Train as ``loop.train`` does, which this calls, with all processes that have ``joined``.

    Every process must call it with the same model and the same batches; each then computes its
    share of every batch. Without dropout, the weights and the history are those of one process on
    the same batches, up to rounding. Validation is computed by every process. Checkpoints are
    written by the first; with ``resume``, all must see the file.

    Arguments are those of ``loop.train``. Every tensor of a batch must have a row for each of its
    texts; so padded batches fit, and bags don't.

    Raises
    ------
    ValueError
        If a batch can't be shared out, a parameter gets no gradient, or the processes have unequal
        numbers of batches or only some of them see the checkpoint.

    >>> batches = [(torch.ones(4, 1), torch.zeros(4, dtype=torch.int64))]
    >>> train(nn.Linear(1, 2), batches, None, TrainSettings(epochs=2)).epochs  # alone
    2
    """
    options |= {"checkpoint_path": checkpoint_path, "resume": resume}
    if not (distributed.is_available() and distributed.is_initialized()):
        options |= {"loss_function": loss_function, "device": device}
        return loop.train(model, train_batches, validation_batches, settings, **options)
    seen = checkpoint_path is not None and resume and os.path.exists(checkpoint_path)
    _check_all_alike("batches to train on", len(train_batches))
    _check_all_alike("checkpoints to go on from (put it where every machine sees it)", int(seen))
    if device is not None:
        model.to(device)
    together, options["loss_function"] = _Together(model), _Share(loss_function)
    history = loop.train(together, train_batches, validation_batches, settings, **options)
    together.check_all_used()  # in the last step, too
    distributed.barrier()  # the last checkpoint is there, for all
    return history


class _Together(nn.parallel.DistributedDataParallel):
    """A model whose gradients are averaged over all processes; its weights keep their names."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.writes_checkpoints = distributed.get_rank() == 0  # ``loop`` asks for it
        self.steps = 0

    def forward(self, *inputs, **named):
        """Compute this process's rows while training, and all rows in validation."""
        if not (self.training and torch.is_grad_enabled()):
            return self.module(*inputs, **named)
        if self.steps:
            self.check_all_used()
        self.steps += 1
        _check_rows([*inputs, *named.values()])
        inputs, named = _ours(inputs), _ours(named)
        # Dropout draws other numbers in each process; what draws the order draws the same in all.
        draw = int(torch.randint(2**62, ()))
        gpus = {p.device for p in self.module.parameters() if p.device.type == "cuda"}
        with torch.random.fork_rng(devices=list(gpus)):
            torch.manual_seed(draw + distributed.get_rank())
            return super().forward(*inputs, **named)

    def check_all_used(self) -> None:
        """Refuse parameters without a gradient: PyTorch waits for all before it averages."""
        named = {name: p for name, p in self.named_parameters() if p.requires_grad}
        if self.steps and (unused := [name for name, p in named.items() if p.grad is None]):
            raise ValueError(
                f"{unused[0]} got no gradient ({len(unused)} of {len(named)} parameters didn't), "
                "and processes wait for all; let it rest with requires_grad_(False)"
            )

    def state_dict(self, *arguments, **options):
        return self.module.state_dict(*arguments, **options)

    def load_state_dict(self, *arguments, **options):
        return self.module.load_state_dict(*arguments, **options)

    def named_parameters(self, *arguments, **options):
        return self.module.named_parameters(*arguments, **options)


class _Share:
    """The mean loss over the whole batch, from this process's share of the outputs.

    Its gradient is that of this share, weighted so that the average over the processes is the
    gradient of the whole batch's mean, also where the shares differ in size.
    """

    def __init__(self, loss_function: Callable):
        self.loss_function = loss_function

    def __call__(self, outputs, targets: torch.Tensor) -> torch.Tensor:
        if not torch.is_grad_enabled():  # validation: every process has all the outputs
            return self.loss_function(outputs, targets)
        first, end = _bounds(len(targets))
        ours = targets[first:end] if end > first else targets[:1]  # as _rows borrows one
        scored = scored_targets(ours)
        if not ours.is_floating_point():  # with nothing to score, a loss is 0/0: score, and weigh 0
            ours = torch.where(scored > 0, ours, ours.clamp(min=0))
        weight = scored * (end > first) / scored_targets(targets)
        part = self.loss_function(outputs, ours) * weight  # (): anything else, the loop refuses
        whole = part.detach().clone()
        distributed.all_reduce(whole)
        averaged = part * distributed.get_world_size()  # for the gradients are divided by it
        return averaged + (whole - averaged).detach()


def _bounds(rows: int) -> tuple[int, int]:
    """Return where this process's share of a batch begins and ends; shares differ by 1 at most."""
    number, of = distributed.get_rank(), distributed.get_world_size()
    return rows * number // of, rows * (number + 1) // of


def _ours(part):
    """Cut this process's rows out of an input; where there are none, borrow the first."""
    if isinstance(part, torch.Tensor) and part.ndim:
        first, end = _bounds(len(part))
        return part[first:end] if end > first else part[:1]
    if isinstance(part, Mapping):
        return {name: _ours(inner) for name, inner in part.items()}
    if isinstance(part, tuple | list):
        parts = [_ours(inner) for inner in part]
        return type(part)(*parts) if hasattr(part, "_fields") else type(part)(parts)
    return part


def _check_rows(inputs: list) -> None:
    sizes = [len(part) for part in inputs if isinstance(part, torch.Tensor) and part.ndim]
    if len(set(sizes)) > 1:
        raise ValueError(
            f"the inputs of a batch have {' and '.join(map(str, sizes))} rows, so they can't be "
            "shared out among processes; give each tensor one row a text (padded, not bags)"
        )


def _check_all_alike(what: str, number: int) -> None:
    numbers = [0] * distributed.get_world_size()
    distributed.all_gather_object(numbers, number)
    for process, other in enumerate(numbers):
        if other != numbers[0]:
            raise ValueError(
                f"process 0 has {numbers[0]} {what}, and process {process} has {other}; all must "
                "have the same"
            )


def _device(number: int, of: int) -> torch.device:
    """Return the device of a process: its own GPU, or the CPU."""
    if choose_device().type != "cuda":
        return torch.device("cpu")
    if (gpus := torch.cuda.device_count()) < of:
        raise RuntimeError(
            f"torchrun started {of} processes on this machine, which has {gpus} GPUs; start "
            f"--nproc-per-node {gpus}, or set COURSE_DEVICE=cpu"
        )
    return torch.device("cuda", number)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Show neither prints nor progress bars; errors are shown."""
    os.environ["COURSE_QUIET"] = "1"
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        yield
