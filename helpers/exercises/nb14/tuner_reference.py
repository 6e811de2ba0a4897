"""What 14-tuner asks for, as a reference: small encoders, their rates, a run's losses, texts.

Encoders are drawn by a seed, without dropout, so that a run can be compared number by number.
"""

from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from helpers.models.encoder import Encoder, EncoderSizes
from helpers.training.run import share_of_rate


def encoder_of(seed: int, layers: int = 3, width: int = 8) -> Encoder:
    """Return a small encoder without dropout; the same seed gives the same."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = Encoder(EncoderSizes(30, width, layers, 2, 16, positions=20, dropout=0.0))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(5)  # draws of 0.02 would make all texts alike
    return made


def batch_of(seed: int, size: int = 5) -> tuple:
    """Return ids (size, longest), lengths (size) and labels (size) of three classes."""
    numbers = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, 9, (size,), generator=numbers)
    ids = torch.randint(1, 30, (size, int(lengths.max())), generator=numbers)
    return ids, lengths, torch.randint(0, 3, (size,), generator=numbers)


def head_of(seed: int, width: int = 8) -> tuple:
    """Return weight and bias of a head for three classes."""
    numbers = torch.Generator().manual_seed(seed + 100)
    return torch.randn(3, width, generator=numbers), torch.randn(3, generator=numbers)


class Reference(nn.Module):
    """What is asked for; options make the known mistakes."""

    def __init__(self, seed: int, layers: int = 3) -> None:
        super().__init__()
        self.encoder, self.head = encoder_of(seed, layers), nn.Linear(8, 3)
        weight, bias = head_of(seed)
        self.head.load_state_dict({"weight": weight, "bias": bias})

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor, pool: str = "mean") -> torch.Tensor:
        vectors = self.encoder(ids, lengths)
        real = (torch.arange(ids.shape[1]) < lengths[:, None])[..., None]
        pooled = {
            "mean": lambda: (vectors * real).sum(1) / lengths[:, None],
            "all": lambda: vectors.mean(1),
            "sum": lambda: (vectors * real).sum(1),
            "first": lambda: vectors[:, 0],
            "longest": lambda: (vectors * real).sum(1) / ids.shape[1],
            "max": lambda: vectors.masked_fill(~real, -1e9).max(1).values,
        }[pool]()
        return self.head(pooled)


def trains(model: nn.Module, blocks: int) -> list[str]:
    top = len(model.encoder.blocks)
    starts = ("head.", *(f"encoder.blocks.{k}." for k in range(top - blocks, top)))
    return [name for name, _ in model.named_parameters() if name.startswith(starts)]


def rates_of(model: nn.Module, rate: float, decay: float, head: float = 10.0) -> dict[str, float]:
    blocks = len(model.encoder.blocks)

    def of(name: str) -> float:
        if name.startswith("head"):
            return head * rate
        if ".blocks." in name:
            return rate * decay ** (blocks - 1 - int(name.split(".")[2]))
        return rate * decay**blocks

    return {name: of(name) for name, _ in model.named_parameters()}


def run(seed: int, count: int, epochs: int, rate: float, warmup: int, **how: object) -> np.ndarray:
    """Return the loss before each step."""
    model = Reference(seed)
    batches = [batch_of(seed * 10 + i) for i in range(count)]
    rates = rates_of(model, rate, how.get("decay", 0.5), how.get("head", 10.0))
    if how.get("one_rate"):
        rates = dict.fromkeys(rates, rate)
    groups = [{"params": [p], "lr": rates[name]} for name, p in model.named_parameters()]
    optimizer = torch.optim.AdamW(groups, weight_decay=how.get("weight_decay", 0.0))
    steps, losses, chosen = count * epochs, [], how.get("share", share)
    for t in range(steps):
        ids, lengths, labels = batches[t % count]
        for group, full in zip(optimizer.param_groups, rates.values(), strict=True):
            group["lr"] = full * chosen(t, steps, warmup)
        loss = functional.cross_entropy(model(ids, lengths), labels)
        if how.get("zero", True):
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if how.get("after"):
            loss = functional.cross_entropy(model(ids, lengths), labels)
        losses.append(loss.item())
    return np.array(losses)


def share(t: int, steps: int, warmup: int) -> float:
    return share_of_rate(t, steps, "linear", warmup)


@cache
def texts(seed: int, classes: int) -> tuple:
    """Return made-up texts, (ids, lengths, labels): common tokens, and two of the class's own."""
    numbers = np.random.default_rng(seed)
    lengths = numbers.integers(4, 10, 120)
    labels = numbers.integers(0, classes, 120)
    ids = numbers.integers(15, 30, (120, 9))
    for row, label in enumerate(labels):
        places = numbers.choice(lengths[row], 2, replace=False)
        ids[row, places] = 1 + 4 * label + numbers.integers(0, 4, 2)
    return tuple(torch.tensor(part) for part in (ids, lengths, labels))
