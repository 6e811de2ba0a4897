"""The learning rate over a run: warm-up, then constant, linear or cosine decay.

Notebook 06 derives why, notebook 07 uses it. Knows steps, not epochs; the loop counts them.
"""

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

SCHEDULES = ("constant", "linear", "cosine")


def share_of_rate(step: int, steps: int, schedule: str = "constant", warmup: int = 0) -> float:
    """Return the share of the full learning rate to use at ``step`` (counted from 0).

    Over the first ``warmup`` steps the share climbs evenly and reaches 1 at the last of them;
    from there on it stays, or falls towards 0, which it would reach at step ``steps``.

    Raises
    ------
    ValueError
        If the schedule's name is unknown, or the warm-up does not fit into the steps.

    Source: warm-up, Goyal et al. (2017); cosine decay, Loshchilov and Hutter (2017).

    >>> [share_of_rate(step, steps=4, schedule="linear") for step in range(4)]
    [1.0, 0.75, 0.5, 0.25]
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


def scheduler(
    optimizer: Optimizer, steps: int, schedule: str = "constant", warmup_share: float = 0.0
) -> LambdaLR:
    """Return PyTorch's scheduler for ``share_of_rate``; call its ``step()`` after each update.

    ``warmup_share`` is the part of all ``steps`` spent climbing, from 0 to 1.

    >>> import torch
    >>> sgd = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.2)
    >>> scheduler(sgd, steps=10, schedule="linear", warmup_share=0.2).get_last_lr()
    [0.1]
    """
    warmup = round(warmup_share * steps)
    return LambdaLR(optimizer, lambda step: share_of_rate(step, steps, schedule, warmup))
