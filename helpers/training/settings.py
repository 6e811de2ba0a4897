"""The settings of a training run, checked before anything is computed.

Notebook 07 builds it. Plain numbers and words only, so that a checkpoint can hold them.
"""

import math
from dataclasses import asdict, dataclass

from helpers.training.schedule import SCHEDULES


@dataclass(frozen=True)
class TrainSettings:
    """What ``train`` does, and for how long.

    Attributes
    ----------
    epochs
        Most passes through the training batches.
    learning_rate, weight_decay
        For the optimizer that ``train`` makes by itself (AdamW).
    clip_norm
        Gradients longer than this, all together, are shortened to it; None leaves them alone.
    schedule, warmup_share
        'constant', 'linear' or 'cosine', after climbing over this share of all steps.
    select_by
        'accuracy' (ties go to the lower loss) or 'loss', on the validation batches: which
        epoch's weights are kept.
    patience
        Stop after so many epochs in a row without improvement; None runs all epochs.
    seed
        For dropout and everything else that draws from the global generators.
    mixed_precision
        Use bfloat16 where the GPU has it.
    check_every
        Look for NaN every so many steps. None: at every step on the CPU, where looking is free,
        and every 20 on a GPU, which would have to stop for it.

    Raises
    ------
    ValueError
        Naming the setting that makes no sense, and what would.

    >>> TrainSettings(epochs=3).schedule
    'constant'
    >>> TrainSettings(epochs=0)
    Traceback (most recent call last):
    ValueError: epochs is 0; use a whole number, 1 or more
    """

    epochs: int = 10
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    clip_norm: float | None = 1.0
    schedule: str = "constant"
    warmup_share: float = 0.0
    select_by: str = "accuracy"
    patience: int | None = None
    seed: int = 0
    mixed_precision: bool = True
    check_every: int | None = None

    def __post_init__(self):
        self._whole("epochs", self.epochs)
        self._whole("patience", self.patience, or_none=True)
        self._whole("check_every", self.check_every, or_none=True)
        self._number("learning_rate", self.learning_rate, above=0)
        self._number("weight_decay", self.weight_decay, least=0)
        self._number("clip_norm", self.clip_norm, above=0, or_none=True)
        self._number("warmup_share", self.warmup_share, least=0, most=1)
        self._one_of("schedule", self.schedule, SCHEDULES)
        self._one_of("select_by", self.select_by, ("accuracy", "loss"))

    @staticmethod
    def _whole(name: str, value, or_none: bool = False):
        if or_none and value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(
                f"{name} is {value!r}; use a whole number, 1 or more{', or None' * or_none}"
            )

    @staticmethod
    def _number(name, value, least=-math.inf, above=-math.inf, most=math.inf, or_none=False):
        if or_none and value is None:
            return
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not (least <= value <= most and value > above):
            limits = f"above {above}" if above > -math.inf else f"of at least {least}"
            limits += f" and at most {most}" * (most < math.inf) + ", or None" * or_none
            raise ValueError(f"{name} is {value!r}; use a number {limits}")

    @staticmethod
    def _one_of(name: str, value, choices: tuple[str, ...]):
        if value not in choices:
            raise ValueError(f"{name} is {value!r}; use one of {', '.join(choices)}")

    def to_dict(self) -> dict:
        """Return the settings as plain values.

        >>> TrainSettings(epochs=3).to_dict()["epochs"]
        3
        """
        return asdict(self)
