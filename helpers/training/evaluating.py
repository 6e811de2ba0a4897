"""Runs a model over batches without training it; exact also when the last batch is short.

Notebook 07 builds it. Leaves F1, confusion and intervals to ``helpers.evaluation``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from helpers.training.device import autocast, choose_device, read_back, to_device

NOT_SCORED = -100  # PyTorch's own mark for targets that cross_entropy leaves out


@dataclass(frozen=True)
class Evaluation:
    """What a model makes of some batches; tensors are on the CPU.

    ``loss`` is the mean over all scored targets, ``accuracy`` the share predicted rightly (None
    where the targets are no classes). ``predictions`` and ``labels`` are int64, one for each
    scored target, ``logits`` float32 with one row for each; all three are None if they were not
    to be kept.
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
    mixed_precision: bool = True,
) -> Evaluation:
    """Return a model's loss, accuracy and outputs over ``batches``, in their order.

    Dropout is off meanwhile; whether the model was training is restored at the end. The model is
    moved to ``device`` and stays there.

    Parameters
    ----------
    batches
        (inputs, targets) pairs as ``train`` takes them; targets of -100 are not scored.
    loss_function
        From (outputs, targets) to the mean loss over the scored targets, in nats.
    keep_outputs
        False saves memory where outputs are large (language models).

    Raises
    ------
    ValueError
        If there are no batches, or nothing in them to score.

    >>> from torch import nn
    >>> batches = [(torch.tensor([[2.0], [-3.0]]), torch.tensor([1, 0])),
    ...            (torch.tensor([[4.0]]), torch.tensor([0]))]
    >>> to_two_scores = nn.Linear(1, 2, bias=False)
    >>> _ = to_two_scores.weight.data.copy_(torch.tensor([[0.0], [1.0]]))
    >>> result = evaluate(to_two_scores, batches, "cpu")
    >>> round(result.accuracy, 3), result.predictions.tolist()
    (0.667, [1, 0, 1])
    """
    device = choose_device(device)
    was_training = model.training
    model.to(device).eval()
    sums, kept = [], []  # sums: loss x scored, scored, right; they stay on the device
    try:
        with torch.no_grad(), autocast(device, mixed_precision):
            for batch in batches:
                inputs, targets = inputs_and_targets(to_device(batch, device))
                outputs = call(model, inputs)
                scored = scored_targets(targets)
                right = _right(outputs, targets)
                # A batch with nothing to score has the loss 0/0; it counts for nothing.
                loss = torch.where(scored > 0, loss_function(outputs, targets) * scored, 0)
                sums.append(torch.stack([part.float() for part in (loss, scored, right)]))
                if keep_outputs:
                    kept.append((outputs.float().cpu(), targets.cpu()))
    finally:
        model.train(was_training)
    if not sums:
        raise ValueError(NO_BATCHES)
    rows = read_back(torch.stack(sums))  # the one wait; summed in double precision
    loss, scored, right = (sum(column) for column in zip(*rows, strict=True))
    if not scored:
        raise ValueError(f"nothing to score: every target is {NOT_SCORED}")
    classes = _are_classes(outputs, targets)
    found = _outputs_of(kept) if keep_outputs and classes else (None, None, None)
    return Evaluation(loss / scored, right / scored if classes else None, *found)


NO_BATCHES = (
    "there are no batches: the data set is empty, or the batches came from a generator, which "
    "can be gone through only once; use a list or a DataLoader with at least one batch"
)


def inputs_and_targets(batch) -> tuple:
    """Split a batch into the model's inputs (a list, tuple or mapping) and the targets.

    >>> inputs_and_targets((("ids", "lengths"), "labels"))
    (('ids', 'lengths'), 'labels')
    >>> inputs_and_targets(("ids", "labels"))
    (['ids'], 'labels')
    """
    if not isinstance(batch, tuple | list) or len(batch) < 2:
        raise TypeError(
            f"a batch is a {type(batch).__name__}; it must be a pair (inputs, targets), where "
            "inputs is what the model is called with"
        )
    *inputs, targets = batch
    if len(inputs) == 1 and isinstance(inputs[0], tuple | list | Mapping):
        inputs = inputs[0]
    return inputs, targets


def call(model: nn.Module, inputs):
    """Call ``model`` with a list of inputs, or with a mapping's by name."""
    return model(**inputs) if isinstance(inputs, Mapping) else model(*inputs)


def scored_targets(targets: torch.Tensor) -> torch.Tensor:
    """Count the targets that the loss is a mean over; a number on the targets' device.

    Whole numbers: all but those of -100. Others (regression, soft labels): one a row.

    >>> scored_targets(torch.tensor([2, 0, -100])), scored_targets(torch.zeros(5, 3))
    (tensor(2), tensor(5))
    """
    if targets.is_floating_point():
        return torch.full((), len(targets), device=targets.device)
    return (targets != NOT_SCORED).sum()


def _are_classes(outputs, targets: torch.Tensor) -> bool:
    """Whether outputs are scores (..., classes) for whole-number targets (...)."""
    if not isinstance(outputs, torch.Tensor) or targets.is_floating_point():
        return False
    return outputs.shape[:-1] == targets.shape


def _right(outputs, targets: torch.Tensor) -> torch.Tensor:
    """How many targets are predicted rightly; -100 is no class, so it never matches."""
    if not _are_classes(outputs, targets):
        return torch.zeros((), device=targets.device)
    return (outputs.argmax(-1) == targets).sum()


def _outputs_of(kept: list[tuple]) -> tuple[torch.Tensor, ...]:
    """Predictions, labels and logits of the scored targets, batches joined."""
    masks = [targets != NOT_SCORED for _, targets in kept]
    logits = torch.cat([out[mask] for (out, _), mask in zip(kept, masks, strict=True)])
    labels = torch.cat([targets[mask] for (_, targets), mask in zip(kept, masks, strict=True)])
    return logits.argmax(-1), labels, logits
