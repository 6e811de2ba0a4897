"""A training run in plain values: its settings, its learning rate at each step, its history.

Notebook 06 derives the schedules, notebook 07 builds the rest. Knows nothing of models.
"""

import math
from dataclasses import dataclass, field

SCHEDULES = ("constant", "linear", "cosine")


@dataclass(frozen=True)
class TrainSettings:
    """What ``train`` does, and for how long; a setting that makes no sense is a ValueError."""

    epochs: int = 10  # most passes through the training batches
    learning_rate: float = 1e-3  # this and the next: of AdamW, which ``train`` makes by itself
    weight_decay: float = 0.01
    clip_norm: float | None = 1.0  # longer gradients, all together, are shortened to this length
    schedule: str = "constant"  # or "linear", "cosine": how the rate goes on after its climb
    warmup_share: float = 0.0  # of all steps: how long the rate climbs at first
    select_by: str = "accuracy"  # (ties: lower loss) or "loss": which epoch's weights are kept
    patience: int | None = None  # stop after so many epochs in a row without improvement
    seed: int = 0  # decides the order of the texts, dropout, and all else that is drawn
    mixed_precision: bool = True  # train in bfloat16 where the GPU has it
    check_every: int | None = None  # steps between looks for NaN; None: 1 on a CPU, 20 on a GPU

    def __post_init__(self):
        for name, (wanted, fits) in _WANTED.items():
            value = getattr(self, name)
            if not fits(value) and not (value is None and wanted.endswith("or None")):
                raise ValueError(f"{name} is {value!r}; use {wanted}")


def _real(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_WANTED = {
    "epochs": ("a whole number, 1 or more", lambda v: type(v) is int and v >= 1),
    "learning_rate": ("a number above 0", lambda v: _real(v) and v > 0),
    "weight_decay": ("a number of at least 0", lambda v: _real(v) and v >= 0),
    "clip_norm": ("a number above 0, or None", lambda v: _real(v) and v > 0),
    "schedule": (f"one of {', '.join(SCHEDULES)}", lambda v: v in SCHEDULES),
    "warmup_share": ("a number of at least 0 and at most 1", lambda v: _real(v) and 0 <= v <= 1),
    "select_by": ("one of accuracy, loss", lambda v: v in ("accuracy", "loss")),
    "patience": ("a whole number, 1 or more, or None", lambda v: type(v) is int and v >= 1),
    "seed": ("a whole number, 0 or more", lambda v: type(v) is int and v >= 0),
    "check_every": ("a whole number, 1 or more, or None", lambda v: type(v) is int and v >= 1),
}


def share_of_rate(step: int, steps: int, schedule: str = "constant", warmup: int = 0) -> float:
    """Return the share of the full learning rate to use at ``step`` (counted from 0).

    Over the first ``warmup`` steps the share climbs evenly and reaches 1 at the last of them;
    from there on it stays, or falls towards 0, which it would reach at step ``steps``. Source:
    warm-up, Goyal et al. (2017); cosine decay, Loshchilov and Hutter (2017).

    >>> [round(share_of_rate(step, 6, "cosine", warmup=2), 3) for step in range(6)]
    [0.5, 1.0, 1.0, 0.854, 0.5, 0.146]
    """
    if schedule not in SCHEDULES:
        raise ValueError(f"schedule is {schedule!r}; use one of {', '.join(SCHEDULES)}")
    if not 0 <= warmup <= steps:
        raise ValueError(f"warm-up of {warmup} steps does not fit into a run of {steps} steps")
    if step < warmup:
        return (step + 1) / warmup
    if schedule == "constant" or steps == warmup:
        return 1.0
    gone = min((step - warmup) / (steps - warmup), 1.0)
    return 1.0 - gone if schedule == "linear" else 0.5 * (1.0 + math.cos(math.pi * gone))


@dataclass
class History:
    """What happened, one number an epoch in each list; epochs are counted from 1.

    ``train_loss`` is the mean over all samples, each as the model was at its step, dropout on; the
    validation's numbers are after the epoch; ``learning_rate`` is that of its last step.
    """

    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float | None] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    best_epoch: int | None = None
    stopped_early: bool = False

    @property
    def epochs(self) -> int:  # how many were finished
        return len(self.train_loss)

    def note_validation(self, loss: float, accuracy: float | None, select_by: str) -> bool:
        """Add an epoch's validation and say whether it is the best epoch so far."""
        epoch = len(self.validation_loss) + 1
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"the validation loss is {loss} after epoch {epoch}, but every training loss was "
                "finite: look for a NaN in its inputs, or use a smaller learning rate"
            )
        if select_by == "accuracy" and accuracy is None:
            raise ValueError(
                "these outputs and targets have no accuracy (it needs whole-number targets and "
                "one more dimension of scores); use TrainSettings(select_by='loss')"
            )
        self.validation_loss.append(loss)
        self.validation_accuracy.append(accuracy)
        merits = [(-loss,) for loss in self.validation_loss]
        if select_by == "accuracy":  # ties go to the lower loss
            merits = list(zip(self.validation_accuracy, merits, strict=True))
        self.best_epoch = merits.index(max(merits)) + 1  # the first of equals
        return self.best_epoch == epoch

    def out_of_patience(self, patience: int | None) -> bool:
        """Whether the last ``patience`` epochs all failed to improve on the best."""
        waited = len(self.validation_loss) - (self.best_epoch or math.inf)
        return patience is not None and waited >= patience
