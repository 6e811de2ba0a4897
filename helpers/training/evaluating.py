"""Runs batches through a model, and measures it; exact also when the last batch is short.

Notebook 07 builds it. Leaves choosing a device to ``device``, and F1 to ``helpers.evaluation``.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

NOT_SCORED = -100  # PyTorch's own mark for targets that cross_entropy leaves out
NO_BATCHES = (
    "there are no batches: the data set is empty, or the batches came from a generator, which "
    "can be gone through only once; use a list or a DataLoader with at least one batch"
)


@dataclass(frozen=True)
class Evaluation:
    """What a model makes of some batches; tensors are on the CPU, and None if they were not kept.

    ``loss`` is the mean over the scored targets; ``accuracy`` the share predicted correctly, if
    they are classes. ``predictions`` and ``labels`` are int64, ``logits`` float32, rows of scores.
    """

    loss: float
    accuracy: float | None
    predictions: torch.Tensor | None = None
    labels: torch.Tensor | None = None
    logits: torch.Tensor | None = None

    @property
    def probabilities(self) -> torch.Tensor:
        """The softmax of the logits, shape (targets, classes)."""
        if self.logits is None:
            raise ValueError("no outputs were kept; call evaluate(..., keep_outputs=True)")
        return torch.softmax(self.logits, dim=-1)


def evaluate(
    model: nn.Module,
    batches: Iterable,
    device: str | torch.device | None = None,
    *,
    loss_function: Callable = functional.cross_entropy,
    keep_outputs: bool = True,
) -> Evaluation:
    """Return a model's loss, accuracy and outputs over ``batches``, in their order.

    Arguments are as ``train`` takes them. Dropout is off meanwhile, and the precision is float32,
    as when the model predicts. ``keep_outputs=False`` saves memory where they are large.

    >>> scores, classes = torch.tensor([[2.0, 1.0], [0.0, 1.0]]), torch.tensor([0, 0])
    >>> evaluate(nn.Identity(), [(scores, classes)]).accuracy
    0.5
    """
    device, was_training = place(model, device), model.training
    sums, kept = [], []  # sums: loss x scored, scored, correct; they stay on the device
    model.eval()
    try:
        with torch.no_grad():
            for batch in batches:
                inputs, targets = inputs_and_targets(batch, device)
                outputs, scored = call(model, inputs), scored_targets(targets)
                # A batch with nothing to score has the loss 0/0; it counts for nothing.
                loss = torch.where(scored > 0, loss_function(outputs, targets) * scored, 0)
                classes = isinstance(outputs, torch.Tensor) and not targets.is_floating_point()
                classes = classes and outputs.shape[:-1] == targets.shape
                correct = (outputs.argmax(-1) == targets).sum() if classes else 0 * scored
                sums.append(torch.stack([part.float() for part in (loss, scored, correct)]))
                if keep_outputs and classes:
                    mask = targets != NOT_SCORED
                    logits, labels = outputs[mask].float().cpu(), targets[mask].cpu()
                    kept.append((logits.argmax(-1), labels, logits))
    finally:
        model.train(was_training)
    if not sums:
        raise ValueError(NO_BATCHES)
    rows = read_back(torch.stack(sums))  # the one wait; summed in double precision
    loss, scored, correct = (sum(column) for column in zip(*rows, strict=True))
    if not scored:
        raise ValueError(f"nothing to score: every target is {NOT_SCORED}")
    columns = map(torch.cat, zip(*kept, strict=True))  # nothing, where nothing was kept
    return Evaluation(loss / scored, correct / scored if classes else None, *columns)


def place(model: nn.Module, device: str | torch.device | None) -> torch.device:
    """Move ``model`` to ``device``, or leave it where it is (None); return the device."""
    if device is None:
        return next((p.device for p in model.parameters()), torch.device("cpu"))
    model.to(device)
    return torch.device(device)


def to_device(batch, device: torch.device):
    """Move every tensor in ``batch``, through tuples, lists and mappings; the rest stays.

    On CUDA the copy overlaps with computing if the batch lies in pinned (page-locked) memory.
    """
    if isinstance(batch, Mapping):
        return {name: to_device(part, device) for name, part in batch.items()}
    if isinstance(batch, tuple | list):
        parts = [to_device(part, device) for part in batch]
        return type(batch)(*parts) if hasattr(batch, "_fields") else type(batch)(parts)
    if isinstance(batch, torch.Tensor):
        return batch.to(device, non_blocking=device.type == "cuda")
    return batch


def inputs_and_targets(batch, device: torch.device) -> tuple:
    """Move a batch to ``device``, split into inputs (a list, tuple or mapping) and targets."""
    if not isinstance(batch, tuple | list) or len(batch) < 2:
        raise TypeError(
            f"a batch is a {type(batch).__name__}; it must be a pair (inputs, targets), where "
            "inputs is what the model is called with"
        )
    *inputs, targets = to_device(batch, device)
    single = len(inputs) == 1 and isinstance(inputs[0], tuple | list | Mapping)
    return inputs[0] if single else inputs, targets


def call(model: nn.Module, inputs):
    """Call ``model`` with a list of inputs, or with a mapping's by name."""
    return model(**inputs) if isinstance(inputs, Mapping) else model(*inputs)


def autocast(device: torch.device, wanted: bool = True) -> contextlib.AbstractContextManager:
    """Return ``device``'s mixed precision: bfloat16, with float32's range, on CUDA that has it."""
    if wanted and device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0):
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return contextlib.nullcontext()


def scored_targets(targets: torch.Tensor) -> torch.Tensor:
    """Count what the loss is a mean over: classes but for -100, or rows of other targets."""
    if targets.is_floating_point():
        return torch.full((), len(targets), device=targets.device)
    return (targets != NOT_SCORED).sum()


def read_back(tensor: torch.Tensor) -> list:
    """Bring values to the CPU as numbers; the one place where training waits for a GPU."""
    return tensor.detach().cpu().tolist()
