"""LoRA: a linear layer learns a change of low rank while its own weights rest.

Notebook 15 builds it. Works on any model with ``nn.Linear`` layers; which layers, says a pattern
(``name_patterns``). Leaves training to the loop, and files to ``training.adapter_files``.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from helpers.models.name_patterns import matching


@dataclass(frozen=True)
class LoRASettings:
    """Which layers get adapters and how large; one that makes no sense is a ValueError."""

    rank: int = 8  # columns of B, rows of A: how many outer products the change is a sum of
    alpha: float = 16.0  # the change is scaled by alpha / rank
    dropout: float = 0.0  # share of the adapter's inputs that is silenced while training
    patterns: tuple[str, ...] = ("query", "value")  # parts of the names of linear layers
    also_train: tuple[str, ...] = ("head",)  # parts of the names of what trains as a whole

    def __post_init__(self):
        for name in ("patterns", "also_train"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        if type(self.rank) is not int or self.rank < 1:
            raise ValueError(f"rank is {self.rank!r}; use a whole number, 1 or more")
        if not (math.isfinite(self.alpha) and self.alpha > 0):
            raise ValueError(f"alpha is {self.alpha!r}; use a number above 0")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout is {self.dropout!r}; use a share of at least 0, below 1")


class LoRALinear(nn.Module):
    """A linear layer y = x Wᵀ + b that rests, and (alpha / rank) x Aᵀ Bᵀ, which learns.

    A, ``lora_a.weight``, has shape (rank, inputs) and begins as a linear layer does; B,
    ``lora_b.weight``, has shape (outputs, rank) and begins at 0, and so does the change.

    Raises
    ------
    ValueError
        If the rank is larger than the layer's smaller side: no matrix of its shape has more.

    Source: Hu et al. (2022), section 4.1; draws the same numbers as ``peft``.

    >>> layer = LoRALinear(nn.Linear(6, 4), LoRASettings(rank=2))
    >>> layer(torch.ones(3, 6)).shape, [tuple(p.shape) for p in layer.parameters()]
    (torch.Size([3, 4]), [(4, 6), (4,), (2, 6), (4, 2)])
    """

    def __init__(self, base: nn.Linear, settings: LoRASettings):
        super().__init__()
        rank = _fitting(base, settings.rank)
        self.base = base.requires_grad_(False)
        self.in_features, self.out_features = base.in_features, base.out_features  # others ask
        self.scale = settings.alpha / rank
        self.dropout = nn.Dropout(settings.dropout)
        like = {"device": base.weight.device, "dtype": base.weight.dtype}
        self.lora_a = nn.Linear(base.in_features, rank, bias=False, **like)
        self.lora_b = nn.Linear(rank, base.out_features, bias=False, **like)
        nn.init.kaiming_uniform_(self.lora_a.weight, a=math.sqrt(5))
        nn.init.zeros_(self.lora_b.weight)
        self._resting = []  # while merged: the weight that waits; in a list, so that none counts it

    @property
    def merged(self) -> bool:
        """Whether the change is added into the base's weight."""
        return bool(self._resting)

    def change(self) -> torch.Tensor:
        """Return what is added to the base's weight, (alpha / rank) B A, (outputs, inputs)."""
        return self.scale * (self.lora_b.weight @ self.lora_a.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (..., inputs) to (..., outputs)."""
        if self.merged:
            return self.base(x)
        return self.base(x) + self.lora_b(self.lora_a(self.dropout(x))) * self.scale

    def train(self, mode: bool = True):
        """Refuse to train while merged, since the adapters would get no gradient."""
        if mode and self.merged:
            raise RuntimeError("these adapters are merged into the base; unmerge(model) to train")
        return super().train(mode)

    @torch.no_grad()
    def merge(self) -> None:
        """Add the change into the base's weight: from now on the layer costs what it did before."""
        if not self.merged:
            self._resting.append(self.base.weight)
            # A new parameter, for another layer may share the old one.
            self.base.weight = nn.Parameter(self.base.weight + self.change(), requires_grad=False)

    def unmerge(self) -> None:
        """Put the base's own weight back, bit for bit: it was kept, at the cost of its memory."""
        if self.merged:
            device, weight = self.base.weight.device, self._resting.pop()
            weight.data = weight.data.to(device)
            self.base.weight = weight


def inject(model: nn.Module, settings: LoRASettings) -> list[str]:
    """Give the linear layers that fit the patterns adapters, in place; return their names.

    From now on only the adapters train, and what fits ``also_train``.

    Raises
    ------
    ValueError
        If a pattern fits nothing, the model has adapters already, or a layer can't have any; then
        nothing was changed.

    >>> model = nn.ModuleDict({name: nn.Linear(8, 8) for name in ("query", "up", "head")})
    >>> inject(model, LoRASettings(rank=2, patterns="query"))
    ['query']
    >>> [name for name, p in model.named_parameters() if p.requires_grad]
    ['query.lora_a.weight', 'query.lora_b.weight', 'head.weight', 'head.bias']
    """
    if there := lora_layers(model):
        raise ValueError(
            f"{next(iter(there))} has adapters already ({len(there)} layers have); take them out "
            "with remove(model), or use those"
        )
    places = chosen_layers(model, settings.patterns)
    whole = trained_whole(model, settings)
    for name, linear in places.items():
        if twice := [other for other in whole if other.startswith(f"{name}.")]:
            raise ValueError(f"{twice[0]} fits patterns and also_train; let it fit one of them")
        _fitting(linear, settings.rank, name)
    model.requires_grad_(False)
    made = {}  # one for each layer, also where two places share it
    for name, linear in places.items():
        if linear not in made:
            made[linear] = LoRALinear(linear, settings).train(linear.training)
        _put(model, name, made[linear])
    for parameter in whole.values():
        parameter.requires_grad_(True)
    return list(places)


def chosen_layers(model: nn.Module, patterns: Iterable[str]) -> dict[str, nn.Linear]:
    """Return the linear layers that fit the patterns, by name; of one with an adapter, its base."""
    modules = dict(model.named_modules(remove_duplicate=False))
    linear = {name: m.base for name, m in modules.items() if isinstance(m, LoRALinear)}
    inside = {f"{name}.{part}" for name in linear for part in ("base", "lora_a", "lora_b")}
    for name, module in modules.items():
        if name and isinstance(module, nn.Linear) and name not in inside:
            linear[name] = module
    linear = {name: linear[name] for name in modules if name in linear}  # in the model's order
    chosen = {name: linear[name] for name in matching(linear, patterns, "linear layer")}
    for name, module in chosen.items():
        if isinstance(module, nn.modules.linear.NonDynamicallyQuantizableLinear):
            raise ValueError(
                f"{name} belongs to an nn.MultiheadAttention, which reads its weight and never "
                "calls it, so that an adapter would be passed over; leave it out of the patterns"
            )
    return chosen


def trained_whole(model: nn.Module, settings: LoRASettings) -> dict[str, nn.Parameter]:
    """Return the parameters that fit ``also_train``, by name; adapters aren't among them."""
    named = {
        n: p for n, p in model.named_parameters() if not {"lora_a", "lora_b"} & {*n.split(".")}
    }
    if not settings.also_train:
        return {}
    return {name: named[name] for name in matching(named, settings.also_train, "parameter")}


def lora_layers(model: nn.Module) -> dict[str, LoRALinear]:
    """Return the layers of a model that have adapters, by name."""
    return {name: m for name, m in model.named_modules() if isinstance(m, LoRALinear)}


def merge(model: nn.Module) -> None:
    """Add every adapter into its layer; :func:`unmerge` undoes it exactly."""
    for layer in _those(model).values():
        layer.merge()


def unmerge(model: nn.Module) -> None:
    """Put back the weights that were there before :func:`merge`, bit for bit."""
    for layer in _those(model).values():
        layer.unmerge()


def remove(model: nn.Module, keep_change: bool = False) -> None:
    """Make the model plain again, in place: with the base's own weights, or the merged ones.

    What rested goes on resting; let it train with ``requires_grad_``.

    >>> model = nn.Sequential(nn.Linear(4, 4))
    >>> names = inject(model, LoRASettings(rank=1, patterns="0", also_train=()))
    >>> remove(model, keep_change=True)
    >>> model
    Sequential(
      (0): Linear(in_features=4, out_features=4, bias=True)
    )
    """
    layers = _those(model)
    everywhere = dict(model.named_modules(remove_duplicate=False))
    for layer in layers.values():
        layer.unmerge()
        if keep_change:
            layer.merge()
    for name, module in everywhere.items():
        if isinstance(module, LoRALinear):
            _put(model, name, module.base)


def _those(model: nn.Module) -> dict[str, LoRALinear]:
    if not (layers := lora_layers(model)):
        raise ValueError(f"this {type(model).__name__} has no adapters; inject(model, …) first")
    return layers


def _fitting(base: nn.Linear, rank: int, name: str = "the layer") -> int:
    most = min(base.weight.shape)
    if rank > most:
        raise ValueError(
            f"rank is {rank}, but {name} has a weight of shape {tuple(base.weight.shape)}, whose "
            f"rank is at most {most}: choose a smaller one, or leave the layer out"
        )
    return rank


def _put(model: nn.Module, name: str, module: nn.Module) -> None:
    """Set what is at a dotted name."""
    above, _, last = name.rpartition(".")
    setattr(model.get_submodule(above), last, module)
