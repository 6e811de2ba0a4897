"""The one training loop of the course, for classifiers, transformers and language models alike.

Notebook 07 builds it. Knows batches of (inputs, targets) and a loss function; nothing of text.
"""

import math
import os
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers.progress import progress
from helpers.training import checkpoint, evaluating
from helpers.training.evaluating import NO_BATCHES, evaluate, read_back
from helpers.training.run import History, TrainSettings, share_of_rate

__all__ = ["History", "TrainSettings", "adamw", "clip_gradients", "evaluate", "train"]


def train(
    model: nn.Module,
    train_batches: Sequence,
    validation_batches: Sequence | None,
    settings: TrainSettings,
    *,
    loss_function: Callable = functional.cross_entropy,
    optimizer: Callable[[nn.Module], torch.optim.Optimizer] | None = None,
    device: str | torch.device | None = None,
    checkpoint_path: str | os.PathLike | None = None,
    resume: bool = False,
    stop_after: int | None = None,
    notes: Mapping | None = None,
) -> History:
    """Train ``model`` in place and return what happened in each epoch.

    However it ends (the last epoch, patience, an interrupt, an error), the model is left with the
    weights of its best epoch on the validation batches, in evaluation mode, on ``device``. A loss
    or gradients that are NaN or infinite are a FloatingPointError, which names the step.

    Parameters
    ----------
    train_batches, validation_batches
        DataLoaders or lists of (inputs, targets); the model is called with ``model(*inputs)``,
        or ``model(**inputs)`` for a mapping. Without validation (None) the last weights stay.
    loss_function, optimizer
        From (outputs, targets) to the mean loss over the targets, those of -100 left out; from a
        model to its optimizer (None: to AdamW).
    device
        Where to move the model and train; None: where the model is.
    checkpoint_path, resume, stop_after
        A file to write after each epoch. With ``resume``, a run goes on from it, if it is there:
        on the CPU bit for bit as if the call before had not stopped, after so many epochs.
    notes
        Plain values to keep in the checkpoint: words, the classes' names, the model's sizes.

    >>> ones, zeros = torch.ones(4, 1), torch.zeros(4, dtype=torch.int64)
    >>> history = train(nn.Linear(1, 2), [(ones, zeros)], None, TrainSettings(epochs=20))
    >>> history.train_loss[-1] < history.train_loss[0]
    True
    """
    if stop_after is not None and stop_after < 1:
        raise ValueError(f"stop_after is {stop_after}; use 1 or more epochs, or None")
    if (resume or stop_after) and checkpoint_path is None:
        raise ValueError("resume and stop_after need a checkpoint_path to go on from")
    if optimizer is not None and not callable(optimizer):
        raise TypeError("give its maker: optimizer=lambda model: SGD(model.parameters(), lr=0.1)")
    if not (steps := len(train_batches) if hasattr(train_batches, "__len__") else 0):
        raise ValueError(NO_BATCHES)
    device = evaluating.place(model, device)
    made = optimizer(model) if optimizer else adamw(model, settings)
    for group in made.param_groups:
        group["initial_lr"] = group["lr"]  # what the schedule takes its shares of
    generators = _generators_of(train_batches) | _generators_of(validation_batches)
    sizes = [len(group["params"]) for group in made.param_groups]
    rates = [float(group["lr"]) / settings.learning_rate for group in made.param_groups]
    run = {"optimizer": f"{type(made).__name__} of {sizes}", "relative_rates": rates}
    run |= {"steps_per_epoch": steps, "random_generators": len(generators)} | asdict(settings)
    history, best = History(), None
    if resume and os.path.exists(checkpoint_path):
        then = checkpoint.take_up(checkpoint_path, run, model, made)
        history, best = History(**then["history"]), then["best"]
    last = min(settings.epochs, history.epochs + (stop_after or settings.epochs))
    bar = progress(description="training", total=last * steps, initial=history.epochs * steps)
    try:
        while history.epochs < last and not history.out_of_patience(settings.patience):
            started, done = time.perf_counter(), history.epochs
            _seed(settings.seed, done, generators)
            loss, rate = _one_epoch(
                model, train_batches, done, settings, loss_function, made, device, bar
            )
            history.train_loss.append(loss)
            history.learning_rate.append(rate)
            if validation_batches is not None:
                only = {"loss_function": loss_function, "keep_outputs": False}
                found = evaluate(model, validation_batches, device, **only)
                if history.note_validation(found.loss, found.accuracy, settings.select_by):
                    weights = checkpoint.changing_weights(model).items()
                    best = {name: w.detach().to("cpu", copy=True) for name, w in weights}
                bar.set_postfix(validation_loss=f"{found.loss:.3f}", accuracy=found.accuracy)
            history.seconds.append(time.perf_counter() - started)
            impatient = history.out_of_patience(settings.patience)
            history.stopped_early = impatient and history.epochs < settings.epochs
            if checkpoint_path is not None and getattr(model, "writes_checkpoints", True):
                state = {"model": model.state_dict(), "best": best, "optimizer": made.state_dict()}
                state |= {"history": asdict(history), "run": run, "notes": dict(notes or {})}
                checkpoint.save(checkpoint_path, state)
    finally:
        bar.close()
        if best is not None:
            checkpoint.restore_weights(model, best)
        model.eval()
    return history


def _one_epoch(model, batches, epochs_before, settings, loss_function, optimizer, device, bar):
    """Take one step for each batch; return the mean loss over samples, and the last rate."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    look_every = settings.check_every or (1 if device.type == "cpu" else 20)
    steps, step = settings.epochs * len(batches), epochs_before * len(batches)
    rows, waiting, rate = [], [], 0.0  # waiting on the device, each with the name of its step
    model.train()
    for number, batch in enumerate(batches, start=1):
        share = share_of_rate(step, steps, settings.schedule, round(settings.warmup_share * steps))
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * share
        rate, step = optimizer.param_groups[0]["lr"], step + 1
        inputs, targets = evaluating.inputs_and_targets(batch, device)
        with evaluating.autocast(device, settings.mixed_precision):
            loss = loss_function(evaluating.call(model, inputs), targets)
        if loss.ndim:
            raise ValueError(f"the loss has shape {tuple(loss.shape)}; give the mean, one number")
        optimizer.zero_grad()
        loss.backward()
        length = clip_gradients(parameters, settings.clip_norm)
        row = [part.detach().float() for part in (loss, evaluating.scored_targets(targets), length)]
        place = f"step {step} (epoch {epochs_before + 1}, batch {number}), learning rate {rate:g}"
        waiting.append((torch.stack(row), place))
        if len(waiting) == look_every:
            rows += _read(waiting)
        optimizer.step()
        bar.update()
    rows += _read(waiting)
    if not rows:
        raise ValueError(NO_BATCHES)
    samples = sum(row[1] for row in rows)
    return sum(row[0] * row[1] for row in rows) / samples if samples else math.nan, rate


def _read(waiting: list[tuple[torch.Tensor, str]]) -> list[list[float]]:
    """Read losses, samples and gradients' lengths back; none but finite ones may go on."""
    rows = read_back(torch.stack([row for row, _ in waiting])) if waiting else []
    for (loss, _, length), (_, place) in zip(rows, waiting, strict=True):
        for what, value in (("loss", loss), ("length of the gradients", length)):
            if not math.isfinite(value):
                raise FloatingPointError(
                    f"the {what} is {value} at {place}. Remedies: a learning rate ten times "
                    "smaller, a longer warm-up, a smaller clip_norm; at the first step, look for a "
                    "NaN in the inputs, a batch with nothing to score, or a logarithm of zero"
                )
    waiting.clear()
    return rows


def adamw(model: nn.Module, settings: TrainSettings) -> torch.optim.AdamW:
    """Return AdamW (Loshchilov and Hutter, 2019; notebook 06) over a model's trainable parameters.

    Matrices decay; biases and scales, which are vectors, do not: it would regularise nothing.
    """
    trainable = [p for p in model.parameters() if p.requires_grad]
    if not trainable:
        raise ValueError("no parameter is trainable: set requires_grad_(True) on some of them")
    for name, module in model.named_modules():
        if isinstance(module, nn.Embedding | nn.EmbeddingBag) and module.sparse:
            raise ValueError(
                f"{name or 'the model'} has sparse gradients, which AdamW can't use; give train() "
                "optimizer=lambda model: torch.optim.Adagrad(model.parameters(), lr=0.05)"
            )
    both = [
        {"params": [p for p in trainable if p.ndim >= 2], "weight_decay": settings.weight_decay},
        {"params": [p for p in trainable if p.ndim < 2], "weight_decay": 0.0},
    ]
    fused = all(p.device.type in ("cpu", "cuda") for p in trainable)  # one pass over memory
    return torch.optim.AdamW([g for g in both if g["params"]], settings.learning_rate, fused=fused)


def clip_gradients(parameters: Iterable[torch.Tensor], longest: float | None) -> torch.Tensor:
    """Shorten all gradients together to ``longest`` (None: not); return their length before.

    As ``torch.nn.utils.clip_grad_norm_`` (Pascanu et al., 2013), and sparse ones, too; with None
    what a row got twice is not added up first, which costs much: NaN shows all the same.
    """
    values = []
    for parameter in (p for p in parameters if p.grad is not None):
        if parameter.grad.is_sparse and longest is not None:  # add up what a row got twice
            parameter.grad = parameter.grad.coalesce()
        values.append(parameter.grad._values() if parameter.grad.is_sparse else parameter.grad)
    length = nn.utils.get_total_norm(values)
    if longest is not None:
        shrink = (longest / (length + 1e-6)).clamp(max=1.0)  # as PyTorch does it
        for value in values:
            value.mul_(shrink)
    return length


def _seed(seed: int, epoch: int, generators: Iterable[torch.Generator]) -> None:
    """Let what an epoch draws depend on these numbers alone, so that resuming needs no states."""
    for_all, for_loaders = np.random.SeedSequence((seed, epoch)).generate_state(2).tolist()
    random.seed(for_all)
    np.random.seed(for_all)
    torch.manual_seed(for_all)  # the CPU's and every GPU's
    for generator in generators:
        generator.manual_seed(for_loaders)


def _generators_of(part) -> set[torch.Generator]:
    """Return the generators that a data loader and its samplers draw from."""
    if isinstance(part, torch.Generator):
        return {part}
    parts = [getattr(part, name, None) for name in ("generator", "batch_sampler", "sampler")]
    return {found for inner in parts if inner is not None for found in _generators_of(inner)}
