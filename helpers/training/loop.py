"""The one training loop of the course, for classifiers, transformers and language models alike.

Notebook 07 builds it, later notebooks use it. Knows batches of (inputs, targets) and a loss
function; knows nothing of text. Its parts have files of their own: ``device``, ``optimizer``,
``schedule``, ``meter`` (losses, NaN), ``evaluating``, ``history``, ``run`` (what is saved) and
``checkpoint`` (how).
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from helpers.progress import progress
from helpers.training import checkpoint
from helpers.training.device import autocast, choose_device, synchronize, to_device
from helpers.training.evaluating import (
    NO_BATCHES,
    Evaluation,
    call,
    evaluate,
    inputs_and_targets,
    scored_targets,
)
from helpers.training.history import History
from helpers.training.meter import LossMeter, one_number
from helpers.training.optimizer import adamw, clip_gradients
from helpers.training.run import Run
from helpers.training.schedule import scheduler
from helpers.training.settings import TrainSettings

__all__ = ["Evaluation", "History", "TrainSettings", "evaluate", "train"]


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
    vocabulary=None,
    label_names: Sequence[str] | None = None,
    notes: Mapping | None = None,
) -> History:
    """Train ``model`` in place and return what happened in each epoch.

    However it ends (the last epoch, patience, an interrupt, NaN), the model is left with the
    weights of its best epoch on the validation batches, in evaluation mode, on ``device``.

    Parameters
    ----------
    train_batches, validation_batches
        DataLoaders or lists of (inputs, targets); the model is called with ``model(*inputs)``,
        or ``model(**inputs)`` for a mapping. Without validation batches (None) the last weights
        are kept.
    loss_function
        From (outputs, targets) to the mean loss over the targets, those of -100 left out.
    optimizer
        Makes an optimizer for the model it is given; None makes AdamW.
    device
        As ``choose_device`` takes it.
    checkpoint_path, resume
        Written after each epoch. With ``resume``, a run goes on from the file, if there is one:
        on the CPU bit for bit as if it had never stopped.
    stop_after
        End this call after so many epochs; a call with ``resume`` does the rest.
    vocabulary, label_names, notes
        Kept in the checkpoint: a ``Vocabulary`` or list of tokens, the classes' names, and a
        dictionary of plain values (the model's sizes, say).

    Raises
    ------
    FloatingPointError
        If the loss or the gradients become NaN or infinite; says at which step.
    CheckpointError
        If the checkpoint is damaged or of another model or run.
    ValueError
        If there are no batches, or ``resume`` lacks a path.

    >>> ones, zeros = torch.ones(4, 1), torch.zeros(4, dtype=torch.int64)
    >>> settings = TrainSettings(epochs=20)
    >>> history = train(nn.Linear(1, 2), [(ones, zeros)], None, settings, device="cpu")
    >>> history.train_loss[-1] < history.train_loss[0]
    True
    """
    if stop_after is not None and stop_after < 1:
        raise ValueError(f"stop_after is {stop_after}; use 1 or more epochs, or None")
    if (resume or stop_after) and checkpoint_path is None:
        raise ValueError("resume and stop_after need a checkpoint_path to go on from")
    device = choose_device(device)
    model.to(device)
    steps = _steps_per_epoch(train_batches)
    made = _made_by(optimizer, model) if optimizer else adamw(model, settings)
    plan = scheduler(made, steps * settings.epochs, settings.schedule, settings.warmup_share)
    run = Run(model, made, plan, settings, train_batches, validation_batches)
    if resume and Path(checkpoint_path).exists():
        run.resume(checkpoint.load(checkpoint_path), str(checkpoint_path))
    else:
        run.begin()
    extras = _extras(vocabulary, label_names, notes)
    history = run.history
    last = min(settings.epochs, history.epochs + (stop_after or settings.epochs))
    bar = progress(description="training", total=last * steps, initial=history.epochs * steps)
    try:
        while history.epochs < last and not history.out_of_patience(settings.patience):
            started = time.perf_counter()
            history.train_loss.append(_one_epoch(run, loss_function, device, bar))
            history.learning_rate.append(run.rate)
            if validation_batches is not None:
                result = evaluate(
                    model,
                    validation_batches,
                    device,
                    loss_function=loss_function,
                    keep_outputs=False,
                    mixed_precision=settings.mixed_precision,
                )
                if history.note_validation(result.loss, result.accuracy, settings.select_by):
                    run.remember_best()
                bar.set_postfix(validation_loss=f"{result.loss:.3f}", accuracy=result.accuracy)
            synchronize(device)
            history.seconds.append(time.perf_counter() - started)
            history.stopped_early = (
                history.out_of_patience(settings.patience) and history.epochs < settings.epochs
            )
            if checkpoint_path is not None:
                checkpoint.save(checkpoint_path, run.state() | extras)
    finally:
        bar.close()
        run.restore_best()
        model.eval()
    return history


def _one_epoch(run: Run, loss_function: Callable, device: torch.device, bar) -> float:
    """Take one step for each batch and return the mean loss over the epoch's samples."""
    settings, steps_before = run.settings, run.history.epochs * len(run.train_batches)
    parameters = [p for p in run.model.parameters() if p.requires_grad]
    meter = LossMeter(settings.check_every or (1 if device.type == "cpu" else 20))
    run.model.train()
    for number, batch in enumerate(run.train_batches, start=1):
        inputs, targets = inputs_and_targets(to_device(batch, device))
        with autocast(device, settings.mixed_precision):
            loss = one_number(loss_function(call(run.model, inputs), targets))
        run.optimizer.zero_grad()
        loss.backward()
        length = clip_gradients(parameters, settings.clip_norm) if settings.clip_norm else None
        run.rate = run.schedule.get_last_lr()[0]
        place = f"step {steps_before + number} (epoch {run.history.epochs + 1}, batch {number})"
        meter.add(loss, scored_targets(targets), length, f"{place}, learning rate {run.rate:g}")
        run.optimizer.step()
        run.schedule.step()
        bar.update()
    if not meter.steps:
        raise ValueError(NO_BATCHES)
    return meter.mean()


def _made_by(factory: Callable, model: nn.Module) -> torch.optim.Optimizer:
    """Return the caller's optimizer, made now that the model is on its device."""
    if isinstance(factory, torch.optim.Optimizer) or not callable(factory):
        raise TypeError(
            "optimizer must make an optimizer for a model, not be one; for example "
            "optimizer=lambda model: torch.optim.SGD(model.parameters(), lr=0.1)"
        )
    return factory(model)


def _steps_per_epoch(batches: Sequence) -> int:
    """Return how many batches there are, or say why that can't be known."""
    try:
        steps = len(batches)
    except TypeError as error:
        raise TypeError(
            f"the training batches ({type(batches).__name__}) have no length, which the schedule "
            "needs and every epoch again; use a DataLoader or a list"
        ) from error
    if not steps:
        raise ValueError(NO_BATCHES)
    return steps


def _extras(vocabulary, label_names: Sequence[str] | None, notes: Mapping | None) -> dict:
    """Turn what goes along in a checkpoint into plain values."""
    tokens = vocabulary
    if hasattr(vocabulary, "counts"):  # a Vocabulary; its ids are the tokens' places
        tokens = vocabulary.tokens(range(len(vocabulary)))
    return {
        "vocabulary": None if tokens is None else list(tokens),
        "counts": dict(vocabulary.counts) if hasattr(vocabulary, "counts") else None,
        "label_names": None if label_names is None else list(label_names),
        "notes": None if notes is None else dict(notes),
    }
