"""How parts 2 and 3 of 14-tuner are checked: what trains, and how fast.

What comes back is told by the parts of the model ("block 2", "head") and not by the place of a
parameter, so that a learner sees at once which part is wrong.
"""

from collections.abc import Callable, Iterable

import torch
from torch import nn

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.nb14.tuner_reference import (
    Reference,
    encoder_of,
    head_of,
    rates_of,
    trains,
)
from helpers.models.encoder import Encoder


def made_by(make: Callable, seed: int, layers: int = 3) -> nn.Module:
    """Return the learner's Tuner around a small encoder, with a known head."""
    made = make(encoder_of(seed, layers), 3)
    if not isinstance(made, nn.Module):
        raise Diagnosis("Your class isn't an nn.Module; begin it with class Tuner(nn.Module).")
    head = getattr(made, "head", None)
    if not isinstance(head, nn.Linear) or head.weight.shape != (3, 8) or head.bias is None:
        raise Diagnosis("self.head must be nn.Linear(encoder.sizes.width, classes), as it was.")
    if not isinstance(getattr(made, "encoder", None), Encoder):
        raise Diagnosis("self.encoder must be the encoder, as it was.")
    weight, bias = head_of(seed)
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(bias)
    return made


def _block(name: str) -> int | None:
    return int(name.split(".")[2]) if ".blocks." in name else None


def _part(name: str) -> str:
    if (block := _block(name)) is not None:
        return f"block {block}"
    return "head" if name.startswith("head") else name.split(".")[1]  # tokens, positions, norm


def _parts(every: Iterable[str], chosen: Iterable[str]) -> list[str]:
    """Return the parts of the model that the chosen parameters make up."""
    members: dict[str, list[bool]] = {}
    chosen = set(chosen)
    for name in every:
        members.setdefault(_part(name), []).append(name in chosen)
    return [part if all(has) else f"some of {part}" for part, has in members.items() if any(has)]


def part_2(answer: Answer) -> None:
    """What trains after train_only, and how many numbers that is."""

    def way(make: Callable, seed: int, layers: int, before: int, blocks: int, what: str) -> object:
        made = made_by(make, seed, layers)
        made.train_only(before)
        count = made.train_only(blocks)
        if count is ... or what == "count":
            return count
        names = [name for name, _ in made.named_parameters()]
        return _parts(names, [name for name, p in made.named_parameters() if p.requires_grad])

    def parts(chosen: Callable) -> Callable:  # chosen: model, layers, before, blocks -> names
        def found(seed: int, layers: int, before: int, blocks: int) -> list[str]:
            model = Reference(seed, layers)
            names = [name for name, _ in model.named_parameters()]
            return _parts(names, chosen(model, layers, before, blocks))

        return found

    def lowest(model: nn.Module, layers: int, before: int, blocks: int) -> list[str]:
        starts = ("head.", *(f"encoder.blocks.{k}." for k in range(blocks)))
        return [name for name in every(model) if name.startswith(starts)]

    def every(model: nn.Module, *_: int) -> list[str]:
        return [name for name, _ in model.named_parameters()]

    mistakes = {
        "those are the lowest blocks; the upper ones are asked for, and block 0 is the lowest": (
            lowest
        ),
        "the head is frozen; it's new and must train": lambda m, n, before, b: [
            name for name in trains(m, b) if _part(name) != "head"
        ],
        "those are the frozen ones; True and False have changed places": lambda m, n, before, b: [
            name for name in every(m) if name not in trains(m, b)
        ],
        "the embeddings train; freeze all that is in neither a block nor the head": (
            lambda m, n, before, b: [
                name for name in every(m) if name in trains(m, b) or "blocks" not in name
            ]
        ),
        "one block too few trains; your range ends before the top block, or begins too late": (
            lambda m, n, before, b: trains(m, max(b - 1, 0))
        ),
        "one block too many trains; your range begins one too early": (
            lambda m, n, before, b: trains(m, min(b + 1, n))
        ),
        "with 0 blocks only the head trains; a slice from -0 on takes all blocks": (
            lambda m, n, before, b: trains(m, b or n)
        ),
        "everything trains; freeze the rest with requires_grad_(False), which works on parameters "
        "and modules (setting requires_grad of a module does nothing)": every,
        "what an earlier call froze stays frozen; a second call must be able to free it": (
            lambda m, n, before, b: trains(m, min(before, b))
        ),
        "what an earlier call left free stays free; a second call must be able to freeze it": (
            lambda m, n, before, b: trains(m, max(before, b))
        ),
    }
    cases = [(1, 3, 0, 1), (2, 3, 2, 0), (3, 3, 1, 3), (4, 2, 2, 1), (5, 4, 1, 2), (6, 4, 3, 4)]

    def said(what: str) -> list[Case]:
        return [
            Case(a, f"{what} after train_only({a[2]}) and train_only({a[3]}) with {a[1]} blocks")
            for a in cases
        ]

    against(
        answer.through_class(lambda *a: way(*a, "parts")),
        parts(lambda m, n, before, b: trains(m, b)), said("what trains"),
        mistakes={words: parts(chosen) for words, chosen in mistakes.items()},
    )  # fmt: skip
    against(
        answer.through_class(lambda *a: way(*a, "count")), _count(), said("the count"),
        mistakes=_miscounts(),
    )  # fmt: skip


def _count(counted: Callable = lambda name, p, free: p.numel() * (name in free)) -> Callable:
    def count(seed: int, layers: int, before: int, blocks: int) -> int:
        model = Reference(seed, layers)
        free = set(trains(model, blocks))
        return sum(counted(name, p, free) for name, p in model.named_parameters())

    return count


def _miscounts() -> dict[str, Callable]:
    """Return the known mistakes of the count; what trains is right by then."""
    return {
        "that counts tensors; add up the numbers in them, p.numel()": _count(
            lambda name, p, free: name in free
        ),
        "that counts all numbers, the frozen ones as well": _count(lambda name, p, free: p.numel()),
        "that counts the frozen numbers; those that train are asked for": _count(
            lambda name, p, free: p.numel() * (name not in free)
        ),
        "only matrices are counted; biases and norms train as well": _count(
            lambda name, p, free: p.numel() * (name in free and p.ndim > 1)
        ),
        "the head isn't counted; it trains as well": _count(
            lambda name, p, free: p.numel() * (name in free and _part(name) != "head")
        ),
        "that is the count from before this call; count after you freeze and free": (
            lambda seed, layers, before, blocks: _count()(seed, layers, 0, before)
        ),
    }


def part_3(answer: Answer) -> None:
    """The learning rate of each part of the model."""

    def way(make: Callable, seed: int, layers: int, frozen: str, rate: float, decay: float):
        made = made_by(make, seed, layers)
        for name, p in made.named_parameters():
            p.requires_grad_(not name.startswith(frozen))
        groups = made.groups(rate, decay)
        if groups is ...:
            return ...
        groups = list(groups) if not isinstance(groups, dict) else [groups]
        if not all(isinstance(g, dict) and {"params", "lr"} <= set(g) for g in groups):
            raise Diagnosis("groups must be a list of {'params': [...], 'lr': ...}.")
        found: dict[int, float] = {}
        for group in groups:
            params = group["params"]
            params = [params] if isinstance(params, torch.Tensor) else list(params)
            for p in params:
                if id(p) in found:
                    raise Diagnosis("A parameter is in two groups; the optimizer refuses that.")
                found[id(p)] = float(group["lr"])
        return _by_part({name: found.get(id(p)) for name, p in made.named_parameters()})

    against(answer.through_class(way), _rates(), _cases_of_rates(), mistakes=_known_mistakes())


def _by_part(rates: dict[str, float | None]) -> dict[str, object]:
    """Return part -> its rate in four digits, or words if it has no rate, or several."""
    found: dict[str, set] = {}
    for name, rate in rates.items():
        text = "in no group" if rate is None else float(f"{rate:.4g}")
        found.setdefault(_part(name), set()).add(text)
    return {part: set_.pop() if len(set_) == 1 else "several" for part, set_ in found.items()}


def _rates(change: Callable | None = None, of_frozen: bool = False, head: float = 10.0) -> Callable:
    """Return the rates asked for, or those of a mistake.

    ``change`` gets a part (its block's number, "head" or "embeddings"), the number of blocks, rate,
    decay and the right rate.
    """

    def rates(seed: int, layers: int, frozen: str, rate: float, decay: float) -> dict[str, object]:
        found = rates_of(Reference(seed, layers), rate, decay, head)
        for name, right in found.items():
            if not of_frozen and name.startswith(frozen):
                found[name] = None
            elif change:
                block = _block(name)
                part = ("head" if name[:4] == "head" else "embeddings") if block is None else block
                found[name] = change(part, layers, rate, decay, right)
        return _by_part(found)

    return rates


def _blocks(block: Callable, *embeddings: Callable) -> tuple[Callable, ...]:
    """Return mistakes in the blocks' rates, one for each rate that embeddings may have with it."""

    def one(rest: Callable) -> Callable:
        return _rates(
            lambda part, n, rate, d, right: (
                right if part == "head" else rest(n, rate, d) if part == "embeddings"
                else block(part, n, rate, d)
            )
        )  # fmt: skip

    return tuple(one(rest) for rest in embeddings)


def _known_mistakes() -> dict[str, Callable | tuple[Callable, ...]]:
    def only(which: str, changed: Callable) -> Callable:
        return _rates(lambda part, n, rate, d, r: changed(rate, d, r) if part == which else r)

    def asked(n: int, rate: float, d: float) -> float:
        return rate * d**n

    def full(n: int, rate: float, d: float) -> float:
        return rate

    return {
        "what is frozen is in a group as well; leave it out (p.requires_grad tells)": (
            _rates(of_frozen=True)
        ),
        "the head learns ten times as fast as the top block": (_rates(head=1.0), _rates(head=0.1)),
        "the head's rate is ten times the top block's, without any decay": (
            only("head", lambda rate, d, r: r * d)
        ),
        "the rate rises from the bottom up: the top block learns with the full rate": _blocks(
            lambda k, n, rate, d: rate * d**k, asked, full
        ) + _blocks(lambda k, n, rate, d: rate * d ** (k + 1), asked, full),
        "the top block has the full rate; the first decay is for the block below it": _blocks(
            lambda k, n, rate, d: rate * d ** (n - k), asked, lambda n, rate, d: rate * d ** (n + 1)
        ),
        "the rates grow towards the bottom; the exponent has the wrong sign": _blocks(
            lambda k, n, rate, d: rate * d ** (k + 1 - n),
            asked, lambda n, rate, d: rate * d**-n, full,
        ),
        "decay is multiplied by the number of steps down; raise it to that power, decay ** steps": (
            _blocks(
                lambda k, n, rate, d: rate * d * (n - 1 - k),
                asked, lambda n, rate, d: rate * d * n,
            )
        ),
        "all blocks have the same rate; each has decay times that of the block above": _blocks(
            lambda k, n, rate, d: rate, asked, full, lambda n, rate, d: rate * d
        ),
        "only the first digit of a block's number is read, so block 11 is taken for block 1": (
            _blocks(lambda k, n, rate, d: rate * d ** (n - 1 - int(str(k)[0])), asked)
        ),
        "the embeddings have the lowest block's rate; they get one decay more": (
            only("embeddings", lambda rate, d, r: r / d)
        ),
        "the embeddings have the full rate; they lie below the lowest block": (
            only("embeddings", lambda rate, d, r: rate)
        ),
        "the embeddings are in no group; only what is frozen is left out": (
            only("embeddings", lambda rate, d, r: None)
        ),
        "the head is in no group; only what is frozen is left out": (
            only("head", lambda rate, d, r: None)
        ),
        "those are factors; multiply each by the rate": (
            _rates(lambda part, n, rate, d, r: r / rate)
        ),
    }  # fmt: skip


def _cases_of_rates() -> list[Case]:
    cases = [
        (seed, layers, frozen, rate, decay)
        for seed, (layers, frozen, rate, decay) in enumerate(
            [(3, "none", 1.0, 0.5), (2, "none", 0.25, 0.5), (3, "encoder.tokens", 1.0, 0.5),
             (4, "encoder.blocks.0", 0.5, 0.25), (3, "encoder", 1.0, 0.5), (4, "none", 1.0, 0.75),
             (3, "none", 0.125, 1.0), (12, "none", 1.0, 0.5)]
        )
    ]  # fmt: skip
    return [
        Case(a, f"the rates of {a[1]} blocks with "
             f"{'nothing' if a[2] == 'none' else a[2]} frozen, rate {a[3]:g} and decay {a[4]:g}")
        for a in cases
    ]  # fmt: skip
