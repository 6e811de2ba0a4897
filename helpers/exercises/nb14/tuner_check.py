"""How 14-tuner is checked: four parts against the reference, and at last on texts.

Parts 2 and 3, what trains and how fast, are in ``tuner_layers.py``.
"""

import copy
import math
from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from torch import nn

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.nb14.tuner_layers import made_by, part_2, part_3
from helpers.exercises.nb14.tuner_reference import (
    Reference,
    batch_of,
    encoder_of,
    run,
    share,
    texts,
)
from helpers.exercises.plain import as_array

ACCURACY = 0.9  # what `solved` must reach
CLOSE = 1e-4


def part_1(answer: Answer) -> None:
    """Scores."""

    def scores(seed: int, pool: str = "mean") -> np.ndarray:
        ids, lengths, _ = batch_of(seed)
        return Reference(seed)(ids, lengths, pool).detach().numpy()

    def way(make: Callable, seed: int) -> object:
        ids, lengths, _ = batch_of(seed)
        return made_by(make, seed)(ids, lengths)

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


losses = cache(run)  # of a right answer: asked for again by each mistake, and at the next check


def part_4(answer: Answer) -> None:
    """The losses of a run, one a step."""

    def way(make: Callable, seed: int, count: int, epochs: int, rate: float, warmup: int):
        made = made_by(make, seed)
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
        "the rate only begins to fall after the warm-up, so count the fall from there": lambda *a: (
            run(*a, share=lambda t, n, w: (t + 1) / w if t < w else 1 - t / n)
        ),
        "the rate falls a step too early; the first step after the warm-up has all of it": (
            lambda *a: run(
                *a, share=lambda t, n, w: (t + 1) / w if t < w else (n - t - 1) / (n - w)
            )
        ),
        "each step has the share of the next one; count t from 0": lambda *a: run(
            *a, share=lambda t, n, w: (t + 2) / w if t + 1 < w else (n - t - 1) / (n - w)
        ),
        "t and T are counted in steps, not in epochs": lambda *a: run(
            *a, share=lambda t, n, w: _by_epoch(t // a[1], a[2], w)
        ),
        "all blocks have one rate; the groups need a decay of 0.5 from block to block": lambda *a: (
            run(*a, decay=1.0)
        ),
        "AdamW brings its own weight decay of 0.01; set it to 0": lambda *a: run(
            *a, weight_decay=0.01
        ),
        "a step's share is taken of the rate of the step before; take it from its full value": (
            lambda *a: run(
                *a, share=lambda t, n, w: math.prod(share(i, n, w) for i in range(t + 1))
            )
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
        Case(
            a,
            f"{_some(a[1], 'batch', 'batches')}, {a[2]} epochs, rate {a[3]}, "
            f"{_some(a[4], 'step', 'steps')} of warm-up",
        )
        for a in cases
    ]
    against(
        answer.through_class(way), losses, shown,
        mistakes=mistakes, read=lambda got, expected: as_array(got), tolerance=2e-3,
    )  # fmt: skip


def _by_epoch(epoch: int, epochs: int, warmup: int) -> float:
    return (epoch + 1) / warmup if epoch < warmup else (epochs - epoch) / (epochs - warmup)


def _some(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


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
