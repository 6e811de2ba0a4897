"""Which layers train, and how fast: freezing by name, and a learning rate for each depth.

Notebook 14 fine-tunes with it. Leaves the steps to ``loop``, whose AdamW, schedule and warm-up it
uses, and the patterns to ``name_patterns``.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping

import torch
from torch import nn

from helpers.models.name_patterns import matching
from helpers.training.loop import TrainSettings, adamw

BLOCK = r"(?:blocks|layers|layer)\.(\d+)"  # how names count a model's blocks, from the input up


def freeze(model: nn.Module, patterns: str | Iterable[str]) -> int:
    """Leave the parameters that fit the patterns as they are; return how many numbers they hold.

    Patterns are those of :func:`helpers.models.name_patterns.matching`. Dropout in a frozen layer
    goes on while the model trains.

    Raises
    ------
    ValueError
        If a pattern fits no parameter; then nothing was changed.

    >>> model = nn.Sequential(nn.Linear(4, 2), nn.Linear(2, 1))
    >>> freeze(model, "0"), count(model)
    (10, (3, 13))
    """
    return _set_trainable(model, patterns, False)


def unfreeze(model: nn.Module, patterns: str | Iterable[str]) -> int:
    """Let the parameters that fit the patterns train; return how many numbers they hold.

    >>> model = nn.Sequential(nn.Linear(4, 2), nn.Linear(2, 1))
    >>> freeze(model, ".*"), unfreeze(model, "bias"), count(model)
    (13, 3, (3, 13))
    """
    return _set_trainable(model, patterns, True)


def count(model: nn.Module) -> tuple[int, int]:
    """Return how many numbers of a model train, and how many it has."""
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(size for size, trains in sizes if trains), sum(size for size, _ in sizes)


def rate_factors(
    model: nn.Module,
    decay: float = 0.9,
    factors: Mapping[str, float] | None = None,
    block: str = BLOCK,
) -> dict[str, float]:
    """Return what each parameter's learning rate is to be multiplied by, by name.

    The top block has factor 1, and each block below ``decay`` times that of the block above it.
    What comes before the first block (embeddings) has a factor of one more ``decay``; what comes
    after the last has 1.

    Parameters
    ----------
    model
        Its parameters' names count the blocks, as ``encoder.blocks.3.attention.query.weight``.
    decay
        Above 0, at most 1 (no difference between blocks).
    factors
        Factors by pattern that go before those of the depth; the last that fits counts.
    block
        A regular expression for the part of a name that counts, with the number in a group.

    Raises
    ------
    ValueError
        If no name counts blocks while ``decay`` is not 1, or a pattern fits no parameter.

    Source: discriminative fine-tuning, Howard and Ruder (2018), who divided by 2.6 a layer.

    >>> blocks = nn.ModuleList(nn.Linear(1, 1, bias=False) for _ in range(3))
    >>> model = nn.ModuleDict({"blocks": blocks, "head": nn.Linear(1, 1, bias=False)})
    >>> rate_factors(model, decay=0.5, factors={"head": 10})
    {'blocks.0.weight': 0.25, 'blocks.1.weight': 0.5, 'blocks.2.weight': 1.0, 'head.weight': 10.0}
    """
    if not 0 < decay <= 1:
        raise ValueError(f"decay is {decay!r}; use a number above 0 and at most 1 (no decay)")
    names = [name for name, _ in model.named_parameters()]
    depths = {name: int(found[1]) for name in names if (found := _counting(block).search(name))}
    if not depths and decay != 1:
        raise ValueError(
            f"no parameter's name counts blocks as {block!r} does (the first is "
            f"{names[0] if names else 'missing'!r}); give your own pattern as block=, or decay=1"
        )
    top = max(depths.values(), default=0)
    below = top + 1 - min(depths.values(), default=0)  # decays of what is under the lowest block
    first = next((place for place, name in enumerate(names) if name in depths), 0)
    found = {
        name: decay ** (top - depths[name] if name in depths else below if place < first else 0)
        for place, name in enumerate(names)
    }
    for pattern, factor in (factors or {}).items():
        if not (math.isfinite(factor) and factor > 0):
            raise ValueError(
                f"the factor for {pattern!r} is {factor!r}; use a number above 0, and freeze() "
                "for what must not move"
            )
        found |= dict.fromkeys(matching(names, pattern, "parameter"), float(factor))
    return found


def layered_adamw(
    settings: TrainSettings,
    decay: float = 0.9,
    factors: Mapping[str, float] | None = None,
    block: str = BLOCK,
) -> Callable[[nn.Module], torch.optim.AdamW]:
    """Return a maker of the loop's AdamW with a learning rate for each depth.

    Give it to ``train(..., optimizer=)``. Arguments are as :func:`rate_factors` takes them; each
    rate follows the schedule and the warm-up of the same ``settings``, and vectors don't decay.

    >>> model = nn.ModuleDict({"blocks": nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])})
    >>> made = layered_adamw(TrainSettings(learning_rate=0.1), decay=0.5)(model)
    >>> [(group["lr"], group["weight_decay"]) for group in made.param_groups]
    [(0.1, 0.01), (0.1, 0.0), (0.05, 0.01), (0.05, 0.0)]
    """

    def make(model: nn.Module) -> torch.optim.AdamW:
        by_name = rate_factors(model, decay, factors, block)
        factor_of = {p: by_name[name] for name, p in model.named_parameters()}
        plain = adamw(model, settings).param_groups  # one for matrices, one for vectors
        # First the group whose rate is nearest the settings' own: the history notes its rate.
        order = sorted(set(factor_of.values()), key=lambda factor: abs(math.log(factor)))
        groups = [
            {
                **group,
                "params": [p for p in group["params"] if factor_of[p] == factor],
                "lr": settings.learning_rate * factor,
            }
            for factor in order
            for group in plain
        ]
        return torch.optim.AdamW([group for group in groups if group["params"]])

    return make


def _set_trainable(model: nn.Module, patterns: str | Iterable[str], trains: bool) -> int:
    named = dict(model.named_parameters(remove_duplicate=False))  # a shared one has two names
    chosen = {named[name] for name in matching(named, patterns, "parameter")}
    for parameter in chosen:
        parameter.requires_grad_(trains)
    return sum(parameter.numel() for parameter in chosen)


def _counting(block: str) -> re.Pattern:
    try:
        compiled = re.compile(rf"(?:^|\.){block}(?:\.|$)")
    except re.error as error:
        raise ValueError(f"block is {block!r}, which is no regular expression ({error})") from error
    if compiled.groups != 1:
        raise ValueError(f"block is {block!r}; it needs one group for the number, as {BLOCK!r}")
    return compiled
