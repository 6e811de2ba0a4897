"""Adds up losses without making the device wait at every step, and finds the first NaN.

Notebook 07 builds it. Reading a number back from a GPU stops the GPU, so numbers are kept
there and read in bunches.
"""

import math

import torch

from helpers.training.device import read_back


class LossMeter:
    """The exact mean loss over samples, and a guard against NaN.

    Losses, weights and gradient lengths stay on the device until ``check_every`` steps have
    gathered; then they are read back in one go.

    >>> meter = LossMeter(check_every=2)
    >>> meter.add(torch.tensor(1.0), torch.tensor(3), None, "step 1")
    >>> meter.add(torch.tensor(2.0), torch.tensor(1), None, "step 2")
    >>> meter.mean()  # (3 samples x 1.0 + 1 sample x 2.0) / 4
    1.25
    """

    def __init__(self, check_every: int = 1):
        self.check_every = check_every
        self._waiting: list[torch.Tensor] = []
        self._where: list[str] = []
        self._total = self._weight = 0.0
        self.steps = 0

    def add(
        self,
        loss: torch.Tensor,
        weight: torch.Tensor,
        gradient_length: torch.Tensor | None,
        where: str,
    ) -> None:
        """Note a step's mean loss, over how many samples, and the gradients' length.

        Raises
        ------
        FloatingPointError
            At the first step whose loss or gradients are not finite; ``where`` is said with it.
        """
        self.steps += 1
        length = torch.zeros_like(loss) if gradient_length is None else gradient_length
        row = (loss.detach(), weight, length)
        self._waiting.append(torch.stack([part.to(torch.float32) for part in row]))
        self._where.append(where)
        if len(self._waiting) >= self.check_every:
            self.check()

    def check(self) -> None:
        """Read back what has gathered; raises as ``add`` does."""
        if not self._waiting:
            return
        rows, where = read_back(torch.stack(self._waiting)), self._where
        self._waiting, self._where = [], []
        for (loss, weight, length), place in zip(rows, where, strict=True):
            if not math.isfinite(loss) or not math.isfinite(length):
                what = "loss" if not math.isfinite(loss) else "length of the gradients"
                value = loss if not math.isfinite(loss) else length
                raise FloatingPointError(
                    f"the {what} is {value} at {place}. Remedies: a learning rate ten times "
                    "smaller, a longer warm-up, a smaller clip_norm; if it happens at the first "
                    "step, look for NaN or infinite numbers in the inputs, for a batch with "
                    "nothing to score, or for a logarithm or division of zero in the model"
                )
            self._total += loss * weight
            self._weight += weight

    def mean(self) -> float:
        """Return the mean over all samples noted so far."""
        self.check()
        return self._total / self._weight if self._weight else math.nan


def one_number(loss: torch.Tensor) -> torch.Tensor:
    """Return ``loss``, or raise ValueError if it is not a single number.

    >>> one_number(torch.tensor(0.5))
    tensor(0.5000)
    """
    if loss.ndim:
        raise ValueError(
            f"the loss has shape {tuple(loss.shape)}; loss_function must give one number, the "
            "mean over the targets"
        )
    return loss
