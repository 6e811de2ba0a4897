"""The learning-rate range test: which rates can this network learn with? Notebook 06.

A copy of the network takes one step on each batch while the rate grows from tiny to far too
large. Where the loss begins to fall, the rate is large enough; where it rises again, too large.
Works for any network, loss and device; the network that is given stays as it was.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import nn
from torch.nn import functional

from helpers.progress import progress
from helpers.training.evaluating import NO_BATCHES, call, inputs_and_targets, place


@dataclass(frozen=True)
class RangeTest:
    """Rates, the loss of each batch before the step with that rate, and the loss's running mean.

    All three have one entry a step, two or more; ``losses`` are in the loss function's unit.
    """

    rates: list[float]
    losses: list[float]
    smoothed: list[float]

    @property
    def lowest(self) -> float:
        """The rate with the lowest smoothed loss."""
        return self.rates[self._lowest_step]

    @property
    def fell_most(self) -> float:
        """The rate, up to the lowest loss, at which the smoothed loss falls most steeply.

        Raises
        ------
        ValueError
            If the loss never fell below that of the first step.
        """
        if not self._lowest_step:
            raise ValueError(
                f"the loss never fell at rates from {self.rates[0]:.2g} to {self.rates[-1]:.2g}: "
                "start with a smaller rate, or see whether the network can learn at all"
            )
        steps = range(1, self._lowest_step + 1)
        return self.rates[min(steps, key=lambda i: self.smoothed[i] - self.smoothed[i - 1])]

    @property
    def advice(self) -> str:
        """A rate to begin with, and why, as a sentence; raises as ``fell_most`` does."""
        edge = f"lowest at {self.lowest:.1g}, where steps are already at the edge"
        if self._lowest_step == len(self.rates) - 1:
            edge = f"still falling at {self.lowest:.1g}, the largest tried; larger ones may do, too"
        return f"begin with about {self.fell_most:.1g}: the loss falls fastest there; it is {edge}"

    @property
    def _lowest_step(self) -> int:
        return min(range(len(self.rates)), key=self.smoothed.__getitem__)


def learning_rate_range(
    model: nn.Module,
    batches: Iterable,
    *,
    smallest: float = 1e-5,
    largest: float = 10.0,
    steps: int = 100,
    loss_function: Callable = functional.cross_entropy,
    optimizer: Callable[[nn.Module], torch.optim.Optimizer] | None = None,
    device: str | torch.device | None = None,
    smoothing: float = 0.9,
) -> RangeTest:
    """Train a copy of ``model`` with a rate that grows by the same factor at each step.

    Parameters
    ----------
    batches
        Pairs (inputs, targets) as the loop takes them, in a list or DataLoader; begun again when
        they end.
    smallest, largest
        First and last learning rate. The test stops earlier if the loss is no number or four
        times its lowest.
    optimizer
        Makes the optimizer for a model; default AdamW without weight decay.
    smoothing
        Share of the past in the running mean of the loss, which is corrected for its start.

    Raises
    ------
    ValueError
        If the rates, steps or smoothing make no sense, there are no batches, or already the
        smallest rates end the test.

    Source: Smith (2017), Cyclical learning rates for training neural networks, section 3.3.

    >>> data = [(torch.ones(4, 2), torch.zeros(4, dtype=torch.long))]
    >>> _ = torch.manual_seed(0)
    >>> found = learning_rate_range(nn.Linear(2, 3), data, steps=40, device="cpu")
    >>> found.rates[0], 0.001 < found.fell_most <= found.lowest <= 10
    (1e-05, True)
    >>> found.advice[:16]
    'begin with about'
    """
    if not (0 < smallest < largest and math.isfinite(largest)):
        raise ValueError(f"rates from {smallest} to {largest}: give 0 < smallest < largest")
    if steps < 2 or not 0 <= smoothing < 1:
        raise ValueError(f"{steps} steps, smoothing {smoothing}: give 2 or more, and 0 to below 1")
    model = copy.deepcopy(model).train()
    device = place(model, device)
    make = optimizer or (lambda m: torch.optim.AdamW(m.parameters(), weight_decay=0.0))
    made, growth = make(model), (largest / smallest) ** (1 / (steps - 1))
    rates, losses, smoothed, mean = [], [], [], 0.0
    some = islice(_again_and_again(batches), steps)
    for step, batch in enumerate(progress(some, "learning rates", total=steps)):
        inputs, targets = inputs_and_targets(batch, device)
        loss = loss_function(call(model, inputs), targets)
        value = float(loss.detach())
        mean = smoothing * mean + (1 - smoothing) * value
        now = mean / (1 - smoothing ** (step + 1))
        if not math.isfinite(value) or (smoothed and now > 4 * min(smoothed)):
            break
        rates.append(smallest * growth**step)
        losses.append(value)
        smoothed.append(now)
        for group in made.param_groups:
            group["lr"] = rates[-1]
        made.zero_grad()
        loss.backward()
        made.step()
    if len(rates) < 2:
        raise ValueError(
            f"{len(rates)} of {steps} steps: the loss was no number, or four times its lowest, "
            f"right away. Look at the first batch, or try rates below {smallest:.2g}"
        )
    return RangeTest(rates, losses, smoothed)


def _again_and_again(batches: Iterable) -> Iterator:
    """Yield the batches, from the first again whenever they end."""
    while True:
        empty = True
        for batch in batches:
            empty = False
            yield batch
        if empty:  # nothing there, or a generator that has been gone through
            raise ValueError(NO_BATCHES)
