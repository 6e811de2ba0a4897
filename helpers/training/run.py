"""The state of a training run: what a checkpoint holds, and how a run takes it up again.

Notebook 07 builds it. Files are ``checkpoint``'s affair, the steps ``loop``'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import nn

from helpers.training import seeding
from helpers.training.checkpoint import CheckpointError, changing_weights, restore_weights
from helpers.training.history import History
from helpers.training.settings import TrainSettings


@dataclass
class Run:
    """Everything that moves while a model is trained."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    settings: TrainSettings
    train_batches: Sequence
    validation_batches: Sequence | None = None
    history: History = field(default_factory=History)
    best: dict[str, torch.Tensor] | None = None
    rate: float = 0.0  # the learning rate of the latest step

    def begin(self) -> None:
        """Seed everything, so that the same call gives the same run however often it is made."""
        seeding.seed_everything(self.settings.seed)
        for batches in (self.train_batches, self.validation_batches):
            seeding.restart(batches)

    def remember_best(self) -> None:
        """Copy the present weights (on the CPU, so that a GPU's memory is not needed twice)."""
        changing = changing_weights(self.model)
        self.best = {name: w.detach().to("cpu", copy=True) for name, w in changing.items()}

    def restore_best(self) -> None:
        """Give the model the best weights so far, if there was a validation to judge by."""
        if self.best is not None:
            restore_weights(self.model, self.best)

    def state(self) -> dict:
        """Return all of it for ``checkpoint.save``; it shares memory with the model."""
        return {
            "model": self.model.state_dict(),
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "history": self.history.to_dict(),
            "settings": self.settings.to_dict(),
            "steps_per_epoch": len(self.train_batches),
            "random": seeding.random_states(),
            "shuffling": [
                [generator.get_state() for generator in seeding.generators_of(batches)]
                for batches in (self.train_batches, self.validation_batches)
            ],
        }

    def resume(self, content: dict, source: str) -> None:
        """Take up the run that ``content`` is the state of.

        Raises
        ------
        CheckpointError
            If the model, optimizer, settings or data differ from those of the checkpoint.
        """
        self._check_same_run(content, source)
        restore_weights(self.model, content["model"], source)
        try:
            self.optimizer.load_state_dict(content["optimizer"])
        except (ValueError, KeyError) as error:
            raise CheckpointError(
                f"the optimizer in {source} does not fit this one ({error}); give train() the "
                "same optimizer= as before"
            ) from error
        self.schedule.load_state_dict(content["schedule"])
        self.history = History(**content["history"])
        self.best = content["best"]
        loaders = (self.train_batches, self.validation_batches)
        for batches, states in zip(loaders, content["shuffling"], strict=True):
            for generator, state in zip(seeding.generators_of(batches), states, strict=True):
                generator.set_state(state)
        seeding.restore_random_states(content["random"])

    def _check_same_run(self, content: dict, source: str) -> None:
        """Refuse to go on under settings or data that make it another run."""
        then, now = content["settings"], self.settings.to_dict()
        free = {"patience", "check_every"}  # where to stop looking changes no number
        if then["schedule"] == "constant" and not then["warmup_share"]:
            free.add("epochs")  # no decay to stretch: a longer run begins like a shorter one
        different = [
            f"{name} was {then.get(name)!r} and is {now[name]!r}"
            for name in now
            if name not in free and then.get(name) != now[name]
        ]
        if content["steps_per_epoch"] != len(self.train_batches):
            different.append(
                f"an epoch had {content['steps_per_epoch']} steps and has {len(self.train_batches)}"
            )
        counts = [len(states) for states in content["shuffling"]]
        loaders = (self.train_batches, self.validation_batches)
        if counts != [len(seeding.generators_of(batches)) for batches in loaders]:
            different.append("the loaders have other random generators")
        if different:
            raise CheckpointError(
                f"can't go on from {source}: {'; '.join(different)}. Use the same settings and "
                "data, or train anew with resume=False"
            )
