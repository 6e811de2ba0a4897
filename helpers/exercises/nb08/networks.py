"""Small networks after backward(), with gradients of every kind that a check should meet."""

from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional


class Faulty(nn.Module):
    """One layer cut off, one frozen, one multiplied by zero, one in order."""

    def __init__(self) -> None:
        super().__init__()
        self.cut, self.frozen = nn.Linear(4, 5), nn.Linear(5, 5)
        self.zero, self.last = nn.Linear(5, 5), nn.Linear(5, 3)
        self.frozen.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.frozen(self.cut(x).detach())
        return self.last(h + 0 * self.zero(h))


def weighted(**gradients: list | None) -> nn.Module:
    """A network after backward() whose parameters have these gradients; None is out of reach.

    A name such as encoder__0__weight stands for a layer of a layer, "encoder.0.weight".
    """
    network, loss = nn.Module(), torch.zeros(())
    for name, gradient in gradients.items():
        layer, (*path, last) = network, name.split("__")
        for step in path:
            if not hasattr(layer, step):
                layer.add_module(step, nn.Module())
            layer = getattr(layer, step)
        slope = torch.tensor([1.0] if gradient is None else gradient)
        layer.register_parameter(last, nn.Parameter(torch.full_like(slope, 0.5)))
        if gradient is not None:
            loss = loss + (getattr(layer, last) * slope).sum()
    if loss.requires_grad:
        loss.backward()
    return network


def filled(network: nn.Module, seed: int = 0) -> nn.Module:
    """Fill the weights from a generator of their own, so that the learner's is left alone."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(torch.randn(weight.shape, generator=random) / 2)
    return network


def networks() -> Iterator[tuple[nn.Module, str]]:
    """Networks after backward(), with what is special about each."""
    faulty = filled(Faulty())
    functional.cross_entropy(faulty(torch.ones(6, 4)), torch.arange(6) % 3).backward()
    yield faulty, "a network with a layer cut off, one frozen and one multiplied by zero"
    sums = weighted(hidden__weight=[[1.0, -1.0]], hidden__bias=[0.0, 0.0], last__bias=[2.0, -2.0])
    yield sums, "a network with gradients whose numbers cancel"
    equal = weighted(first__bias=[3.0, 3.0], second__bias=[0.0, 0.0])
    yield equal, "a network with gradients of equal numbers"
    signs = weighted(low__bias=[-1.0, 0.0], high__bias=[0.0, 3.0], out__bias=[0.0])
    yield signs, "a network with gradients of one sign"
    small = weighted(first__weight=[1e-12, 2e-12], second__weight=[0.0], third__bias=None)
    yield small, "a network with very small gradients"
    rows = weighted(words__weight=[[0.0, 0.0], [0.0, 0.0], [0.0, 5.0]], gate=[[0.0]], scale=[1.0])
    yield rows, "a network with one row of gradients"
    deep = weighted(encoder__0__weight=[1.0], encoder__0__bias=None, encoder__1__norm__bias=[0.0])
    yield deep, "a network with layers inside of layers"
    normed = filled(nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.Linear(2, 2)))
    normed[2].requires_grad_(False)
    normed(torch.eye(3)).pow(2).sum().backward()
    yield normed, "a network with batch normalisation, its last layer frozen"
    yield weighted(lost__weight=None, lost__bias=None), "a network that the loss does not reach"
