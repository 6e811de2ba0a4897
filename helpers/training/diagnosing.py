"""Tools for a network that does not learn, each answering one question; notebook 08 uses all.

What goes in and out of each module? Is the loss at the start that of guessing? Can it memorise one
batch? Which weights get a gradient, and which have moved? What does the loss reward? Every
tool works on a copy or leaves the network as it was, on whatever device it is, and returns rows
that print as a table.
"""

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from helpers.training.evaluating import call, inputs_and_targets


@dataclass(frozen=True)
class Report:
    """Rows of a table with its ``head``, and a ``verdict`` in a sentence."""

    head: tuple[str, ...]
    rows: list[tuple]
    verdict: str

    def __str__(self) -> str:
        """Lay the table out, the verdict below it."""
        cells = [self.head, *(tuple(map(str, row)) for row in self.rows)]
        wide = [max(len(row[i]) for row in cells) for i in range(len(self.head))]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, wide, strict=True)) for row in cells]
        return "\n".join([*(line.rstrip() for line in lines), self.verdict])


def shapes(model: nn.Module, inputs: Sequence) -> Report:
    """Run the network and list what shape went into each module and what came out.

    If a module stops, the rows up to it are there and the verdict holds its error.

    >>> print(shapes(nn.Sequential(nn.Linear(4, 2), nn.ReLU()), [torch.ones(3, 4)]))
    module  kind    in      out
    0       Linear  (3, 4)  (3, 2)
    1       ReLU    (3, 2)  (3, 2)
    the network's output has shape (3, 2)
    """
    rows, hooks = [], []

    def note(name: str) -> Callable:
        def hook(module, given, result) -> None:
            rows.append((name, type(module).__name__, _shape(given), _shape(result)))

        return hook

    for name, module in model.named_modules():
        if name and not any(True for _ in module.children()):
            hooks.append(module.register_forward_hook(note(name)))
    was_training = model.training
    try:
        with torch.no_grad():
            result = call(model.eval(), inputs)
        verdict = f"the network's output has shape {_shape(result)}"
    except Exception as error:
        last = rows[-1][0] if rows else "the input"
        verdict = f"stopped after {last}: {type(error).__name__}: {error}"
    finally:
        model.train(was_training)
        for hook in hooks:
            hook.remove()
    return Report(("module", "kind", "in", "out"), rows, verdict)


def loss_at_start(
    model: nn.Module, batch, classes: int, loss_function: Callable = functional.cross_entropy
) -> Report:
    """Compare an untrained network's loss on a batch with ln K, that of guessing evenly.

    >>> even = nn.Linear(2, 3)
    >>> _ = nn.init.zeros_(even.weight), nn.init.zeros_(even.bias)
    >>> report = loss_at_start(even, (torch.ones(4, 2), torch.tensor([0, 1, 2, 0])), classes=3)
    >>> report.verdict
    'as it should be: an untrained network knows nothing'
    """
    loss = _loss(model, batch, loss_function)
    even = math.log(classes)
    if not math.isfinite(loss):
        verdict = "the loss is no number: look at the inputs and the first weights"
    elif abs(loss - even) < 0.25 * even:
        verdict = "as it should be: an untrained network knows nothing"
    elif loss > even:
        verdict = "too high: it is sure of wrong answers; are scores or first weights too large?"
    else:
        verdict = "too low: does the label reach the network, or does the loss ignore it?"
    return Report(("loss", f"ln {classes}"), [(f"{loss:.3f}", f"{even:.3f}")], verdict)


def overfit_one_batch(
    model: nn.Module,
    batch,
    steps: int = 100,
    learning_rate: float = 0.01,
    loss_function: Callable = functional.cross_entropy,
) -> Report:
    """Let a copy of the network memorise one batch, without dropout; it should manage.

    >>> _ = torch.manual_seed(0)
    >>> batch = torch.eye(6), torch.tensor([0, 1, 2, 2, 1, 0])
    >>> overfit_one_batch(nn.Linear(6, 3), batch, learning_rate=0.1).verdict
    'memorised: the path from the loss to the weights is whole'
    """
    model = copy.deepcopy(model).eval()  # dropout would keep it from memorising
    trainable = [p for p in model.parameters() if p.requires_grad]
    optimizer, rows = torch.optim.Adam(trainable, lr=learning_rate), []
    inputs, targets = _on_device(model, batch)
    for step in range(steps + 1):
        scores = call(model, inputs)
        loss = loss_function(scores, targets)
        right = (scores.argmax(dim=-1) == targets).float().mean().item()
        if step in (0, steps // 4, steps // 2, steps):
            rows.append((step, f"{loss.item():.3f}", f"{right:.0%}"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if right > 0.99:
        verdict = "memorised: the path from the loss to the weights is whole"
    else:
        verdict = "not learned: does the loss look at the labels, do all weights get a gradient?"
    return Report(("step", "loss", "right"), rows, verdict)


def gradients(
    model: nn.Module, batch, loss_function: Callable = functional.cross_entropy
) -> Report:
    """List the size of each weight's gradient on one batch, and name those without any.

    >>> layer = nn.Linear(2, 3)
    >>> _ = layer.bias.requires_grad_(False)
    >>> gradients(layer, (torch.ones(4, 2), torch.tensor([0, 1, 2, 0]))).verdict
    'no gradient: bias (frozen)'
    """
    model = copy.deepcopy(model)
    model.zero_grad(set_to_none=True)
    inputs, targets = _on_device(model, batch)
    loss_function(call(model, inputs), targets).backward()
    rows, silent = [], []
    for name, weight in model.named_parameters():
        if weight.grad is None:
            why = "frozen" if not weight.requires_grad else "the loss does not reach it"
            silent.append(f"{name} ({why})")
            size = "none"
        else:
            grad = weight.grad.coalesce().values() if weight.grad.is_sparse else weight.grad
            length = grad.float().norm().item()
            size = f"{length:.1e}"
            if not length or not math.isfinite(length):
                silent.append(f"{name} ({'all zero' if not length else 'no number'})")
        rows.append((name, tuple(weight.shape), size))
    verdict = f"no gradient: {', '.join(silent)}" if silent else "every weight gets a gradient"
    return Report(("weight", "shape", "gradient"), rows, verdict)


def snapshot(model: nn.Module) -> dict[str, torch.Tensor]:
    """Copy all weights, to be compared later by :func:`moved`."""
    return {name: weight.detach().clone() for name, weight in model.named_parameters()}


def moved(model: nn.Module, before: dict[str, torch.Tensor]) -> Report:
    """List how far each weight has moved since a snapshot, relative to its size then.

    >>> layer = nn.Linear(2, 3)
    >>> moved(layer, snapshot(layer)).verdict
    'never moved: weight, bias'
    """
    rows, still = [], []
    for name, weight in model.named_parameters():
        way = (weight.detach() - before[name]).float().norm().item()
        size = before[name].float().norm().item()
        rows.append((name, tuple(weight.shape), f"{way / size:.1%}" if size else f"{way:.1e}"))
        if not way:
            still.append(name)
    verdict = f"never moved: {', '.join(still)}" if still else "every weight has moved"
    return Report(("weight", "shape", "moved"), rows, verdict)


def rewards(loss_function: Callable, classes: int = 3) -> Report:
    """Show what a loss says to answers whose worth is plain: certain and right, even, wrong.

    >>> rewards(functional.cross_entropy).verdict
    'lowest for the certain and right answer, as it should be'
    """
    sure = torch.full((1, classes), -4.0)
    sure[0, 0] = 4.0  # the class 0, with a probability of nearly 1
    cases = {
        "certain and right": (sure, 0),
        "even": (torch.zeros(1, classes), 0),
        "certain and wrong": (sure, 1),
    }
    losses = {
        name: float(loss_function(scores, torch.tensor([label])))
        for name, (scores, label) in cases.items()
    }
    rows = [(name, f"{loss:.3f}") for name, loss in losses.items()]
    right, even, wrong = losses.values()
    if right < even < wrong:
        verdict = "lowest for the certain and right answer, as it should be"
    elif math.isclose(right, wrong, abs_tol=1e-6):
        verdict = "right and wrong cost the same: the loss does not look at the label"
    else:
        verdict = "the order is wrong: is a sign, or the order of the arguments, turned round?"
    return Report(("answer", "loss"), rows, verdict)


def _loss(model: nn.Module, batch, loss_function: Callable) -> float:
    was_training = model.training
    inputs, targets = _on_device(model, batch)
    try:
        with torch.no_grad():
            return float(loss_function(call(model.eval(), inputs), targets))
    finally:
        model.train(was_training)


def _on_device(model: nn.Module, batch) -> tuple:
    device = next(model.parameters()).device
    return inputs_and_targets(batch, device)


def _shape(value) -> str:
    if isinstance(value, torch.Tensor):
        return str(tuple(value.shape))
    if isinstance(value, tuple | list):
        return " ".join(_shape(one) for one in value)
    return type(value).__name__
