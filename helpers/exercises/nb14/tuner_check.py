"""How 14-tuner is checked: its first four parts against the reference, and at last on texts."""

import copy
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.nb14.tuner_reference import (
    Reference,
    batch_of,
    encoder_of,
    head_of,
    rates_of,
    run,
    share,
    texts,
    trains,
)
from helpers.exercises.plain import as_array
from helpers.models.encoder import Encoder

ACCURACY = 0.9  # what `solved` must reach
CLOSE = 1e-4


def _made(make: Callable, seed: int, layers: int = 3) -> nn.Module:
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


def part_1(answer: Answer) -> None:
    """Scores."""

    def scores(seed: int, pool: str = "mean") -> np.ndarray:
        ids, lengths, _ = batch_of(seed)
        return Reference(seed)(ids, lengths, pool).detach().numpy()

    def way(make: Callable, seed: int) -> object:
        ids, lengths, _ = batch_of(seed)
        return _made(make, seed)(ids, lengths)

    pools = {
        "padding is in the mean; only a text's own tokens count": "all",
        "the sum isn't divided by the text's length": "sum",
        "that is the head on the first token's vector; the mean over the tokens is asked for": (
            "first"
        ),
        "the sum is divided by the longest length; divide by each text's own": "longest",
        "that is the largest value, not the mean": "max",
    }
    mistakes = {said: (lambda seed, pool=pool: scores(seed, pool)) for said, pool in pools.items()}
    mistakes["softmax is in it; scores are asked for, which cross_entropy takes"] = lambda seed: (
        torch.softmax(torch.tensor(scores(seed)), -1).numpy()
    )
    against(
        answer.through_class(way, begun=False), scores,
        [Case((seed,), f"five texts, encoder {seed}") for seed in range(8)],
        mistakes=mistakes, tolerance=CLOSE,
    )  # fmt: skip


def part_2(answer: Answer) -> None:
    """Which parameters train after train_only, and how many numbers that is."""

    def way(make: Callable, seed: int, layers: int, before: int, blocks: int, what: str) -> object:
        made = _made(make, seed, layers)
        made.train_only(before)
        count = made.train_only(blocks)
        if count is ... or what == "count":
            return count
        return [name for name, p in made.named_parameters() if p.requires_grad]

    def of(chosen: Callable) -> dict[str, Callable]:
        def names(seed: int, layers: int, before: int, blocks: int) -> list[str]:
            return chosen(Reference(seed, layers), layers, before, blocks)

        def count(*a: int) -> int:
            sizes = {n: p.numel() for n, p in Reference(*a[:2]).named_parameters()}
            return sum(sizes[name] for name in names(*a))

        return {"names": names, "count": count}

    def lowest(model: nn.Module, layers: int, before: int, blocks: int) -> list[str]:
        starts = ("head.", *(f"encoder.blocks.{k}." for k in range(blocks)))
        return [name for name, _ in model.named_parameters() if name.startswith(starts)]

    right = of(lambda model, layers, before, blocks: trains(model, blocks))
    ways = {
        "those are the lowest blocks; the upper ones are asked for": of(lowest),
        "the head is frozen; it's new and must train": of(
            lambda m, layers, before, b: [n for n in trains(m, b) if n[:4] != "head"]
        ),
        "those are the frozen ones": of(
            lambda m, layers, before, b: [
                n for n, _ in m.named_parameters() if n not in trains(m, b)
            ]
        ),
        "the embeddings train; with all blocks free they stay frozen as well": of(
            lambda m, layers, before, b: [
                n for n, _ in m.named_parameters() if n in trains(m, b) or "blocks" not in n
            ]
        ),
        "what an earlier call froze stays frozen; a second call must be able to free it": of(
            lambda m, layers, before, b: [n for n in trains(m, before) if n in trains(m, b)]
        ),
        "what an earlier call left free stays free; a second call must be able to freeze it": of(
            lambda m, layers, before, b: trains(m, max(before, b))
        ),
    }
    cases = [(1, 3, 0, 1), (2, 3, 2, 0), (3, 3, 1, 3), (4, 2, 2, 1), (5, 4, 1, 2), (6, 4, 3, 4)]
    for what in ("names", "count"):
        shown = [
            Case(a, f"{'the parameters' if what == 'names' else 'the count'} after "
                 f"train_only({a[2]}), train_only({a[3]}) with {a[1]} blocks")
            for a in cases
        ]  # fmt: skip
        against(
            answer.through_class(lambda *a, w=what: way(*a, w)), right[what], shown,
            mistakes={said: both[what] for said, both in ways.items()},
        )  # fmt: skip


def part_3(answer: Answer) -> None:
    """The learning rate of each parameter; 0 for what isn't in any group."""

    def way(make: Callable, seed: int, layers: int, frozen: str, rate: float, decay: float):
        made = _made(make, seed, layers)
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
        return np.array([found.get(id(p), 0.0) for p in made.parameters()])

    def of(change: Callable | None = None, all_of_them: bool = False, **how: float) -> Callable:
        def rates(seed: int, layers: int, frozen: str, rate: float, decay: float) -> np.ndarray:
            model = Reference(seed, layers)
            found = rates_of(model, rate, decay, **how)
            if change:
                found = {n: change(n, layers, rate, decay, r) for n, r in found.items()}
            kept = {n: r * (all_of_them or not n.startswith(frozen)) for n, r in found.items()}
            return np.array(list(kept.values()))

        return rates

    def block(name: str) -> int | None:
        return int(name.split(".")[2]) if ".blocks." in name else None

    mistakes = {
        "what is frozen is in a group as well; leave it out": of(all_of_them=True),
        "the head learns ten times as fast as the top block": (of(head=1.0), of(head=0.1)),
        "the rate rises from the bottom up: the top block learns with the full rate": of(
            lambda n, b, rate, d, r: r if block(n) is None else rate * d ** block(n)
        ),
        "the top block has the full rate; the first decay is for the block below it": of(
            lambda n, b, rate, d, r: r if block(n) is None else r * d
        ),
        "the embeddings have the lowest block's rate; they get one decay more": of(
            lambda n, b, rate, d, r: r if block(n) is not None or n[:4] == "head" else r / d
        ),
        "the embeddings have the full rate; they lie below the lowest block": of(
            lambda n, b, rate, d, r: r if block(n) is not None or n[:4] == "head" else rate
        ),
        "all blocks have the same rate": of(
            lambda n, b, rate, d, r: r if n[:4] == "head" else rate
        ),
    }  # fmt: skip
    cases = [
        (seed, layers, frozen, rate, decay)
        for seed, (layers, frozen, rate, decay) in enumerate(
            [(3, "none", 1.0, 0.5), (2, "none", 0.25, 0.5), (3, "encoder.tokens", 1.0, 0.5),
             (4, "encoder.blocks.0", 0.5, 0.25), (3, "encoder", 1.0, 0.5), (4, "none", 1.0, 0.75),
             (3, "none", 0.125, 1.0), (12, "none", 1.0, 0.5)]
        )
    ]  # fmt: skip
    shown = [
        Case(a, f"the rates of all parameters in order, {a[1]} blocks, "
             f"{'nothing' if a[2] == 'none' else a[2]} frozen, rate {a[3]:g}, decay {a[4]:g}")
        for a in cases
    ]  # fmt: skip
    against(answer.through_class(way), of(), shown, mistakes=mistakes)


def part_4(answer: Answer) -> None:
    """The losses of a run, one a step."""

    def way(make: Callable, seed: int, count: int, epochs: int, rate: float, warmup: int):
        made = _made(make, seed)
        batches = [batch_of(seed * 10 + i) for i in range(count)]
        batches = [((ids, lengths), labels) for ids, lengths, labels in batches]
        return made.fit(batches, epochs, rate, warmup)

    mistakes = {
        "the optimizer doesn't move anything": lambda *a: run(*a, share=lambda t, n, w: 0.0),
        "zero_grad() is missing: gradients add up from step to step": lambda *a: run(
            *a, zero=False
        ),
        "there is no warm-up": lambda *a: run(*a, share=lambda t, n, w: min(1, (n - t) / (n - w))),
        "the rate doesn't fall after the warm-up": lambda *a: run(
            *a, share=lambda t, n, w: min(1, (t + 1) / max(w, 1))
        ),
        "the rate never changes": lambda *a: run(*a, share=lambda t, n, w: 1.0),
        "the first step has the share 1 / warmup, not 0": (
            lambda *a: run(*a, share=lambda t, n, w: t / w if t < w else (n - t) / (n - w)),
            lambda *a: run(*a, share=lambda t, n, w: 0.0 if t == 0 else share(t - 1, n, w)),
        ),
        "the schedule is set after the step; the first step needs its share, too": lambda *a: run(
            *a, share=lambda t, n, w: 1.0 if t == 0 else share(t - 1, n, w)
        ),
        "all parameters have one rate; use your groups, with a decay of 0.5": (
            lambda *a: run(*a, one_rate=True)
        ),
        "the head isn't ten times as fast": lambda *a: run(*a, head=1.0),
        "those are the losses after the steps; each is meant as it was before": (
            lambda *a: run(*a, after=True)
        ),
        "that is a mean for each epoch; return the loss of each step": lambda *a: (
            run(*a).reshape(a[2], a[1]).mean(axis=1)
        ),
    }
    cases = [(1, 1, 3, 0.004, 1), (2, 2, 3, 0.004, 2), (3, 3, 2, 0.008, 3), (4, 2, 4, 0.002, 2)]
    cases += [(5, 3, 3, 0.004, 4), (6, 1, 9, 0.008, 3), (7, 2, 5, 0.004, 5)]
    shown = [
        Case(a, f"{a[1]} batches, {a[2]} epochs, rate {a[3]}, {a[4]} steps of warm-up")
        for a in cases
    ]
    against(
        answer.through_class(way), run, shown,
        mistakes=mistakes, read=lambda got, expected: as_array(got), tolerance=2e-3,
    )  # fmt: skip


def part_5(answer: Answer) -> None:
    """A classifier of new texts; the encoder given stays as it was."""
    for classes in (3, 2):
        train, held = texts(classes, classes), texts(classes + 10, classes)

        def way(
            make: Callable, classes: int = classes, train: tuple = train, held: tuple = held
        ) -> object:
            given = encoder_of(classes, layers=2, width=16)
            before = copy.deepcopy(given.state_dict())
            made = make.solved(given, train, classes)
            if made is ...:
                return ...
            if not isinstance(made, nn.Module):
                raise Diagnosis("solved must return a trained Tuner.")
            if not all(torch.equal(before[name], w) for name, w in given.state_dict().items()):
                raise Diagnosis(
                    "solved changes the encoder that it was given; train a copy (copy.deepcopy)."
                )
            made.eval()
            with torch.no_grad():
                return made(*held[:2])

        found = answer.through_class(way).result()
        right = (as_array(found, (120, classes)).argmax(1) == held[2].numpy()).mean()
        if right < ACCURACY:
            raise Diagnosis(
                f"Of 120 other texts in {classes} classes {right:.0%} are classified correctly; "
                f"{ACCURACY:.0%} are asked for. Train longer, or with another rate."
            )


PARTS = (part_1, part_2, part_3, part_4, part_5)
