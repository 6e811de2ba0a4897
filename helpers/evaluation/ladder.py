"""The ladder: one table in which the same news is classified by every method of the course.

Notebook 07 writes its first rungs and each later method adds its own. The rungs that come
with the course stand in ``data/ladder.csv``; yours are written to ``build/ladder.csv`` and
shown in their place as soon as you have run a notebook.
"""

import csv
import io
import math
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from torch import nn

from helpers.evaluation import metrics
from helpers.text.labelled_texts import Corpus

_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Rung:
    """One method on one corpus.

    ``accuracy`` and ``macro_f1`` are shares of the test part, ``parameters`` counts what was
    learned or loaded, ``seconds`` is the time to train, ``megabytes`` the size of the model,
    ``machine`` where it was measured, ``notebook`` which notebook did it.
    """

    method: str
    corpus: str
    accuracy: float
    macro_f1: float
    parameters: int
    seconds: float
    megabytes: float
    machine: str
    notebook: str

    def __post_init__(self) -> None:
        for name in ("accuracy", "macro_f1"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise ValueError(f"{name} of {self.method!r} is {value}; it must be 0 to 1")
        for name in ("parameters", "seconds", "megabytes"):
            value = getattr(self, name)
            if not (value >= 0 and math.isfinite(value)):
                raise ValueError(f"{name} of {self.method!r} is {value}; it can't be negative")


class Table(str):
    """Markdown text that a notebook draws as a table."""

    def _repr_markdown_(self) -> str:
        return str(self)


class Ladder:
    """Reads and writes rungs; a newer rung replaces the older of the same method and corpus.

    Parameters
    ----------
    own
        Your file, made at the first :meth:`record`; default what the environment variable
        ``COURSE_LADDER`` names, else ``build/ladder.csv``.
    published
        The file that comes with the course; default ``data/ladder.csv``.
    """

    def __init__(self, own: str | Path | None = None, published: str | Path | None = None):
        own = own or os.environ.get("COURSE_LADDER") or _PROJECT / "build" / "ladder.csv"
        self.own = Path(own)
        self.published = Path(published) if published else _PROJECT / "data" / "ladder.csv"

    def record(self, rung: Rung) -> None:
        """Write ``rung`` to your file, whole or not at all, also with other notebooks running."""
        self.own.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.own}.lock"):
            write(self.own, _merge(_read(self.own), [rung]))

    def add(
        self,
        method: str,
        corpus: Corpus,
        predictions: np.ndarray,
        parameters: int,
        seconds: float,
        megabytes: float,
        notebook: str,
        device: str | torch.device = "cpu",
    ) -> Rung:
        """Measure predictions of a corpus's test part, record the rung and return it."""
        truth = corpus.test.labels
        score = metrics.accuracy(truth, predictions), metrics.macro_f1(truth, predictions)
        size = parameters, seconds, megabytes
        rung = Rung(method, corpus.name, *score, *size, machine(device), notebook)
        self.record(rung)
        return rung

    def rungs(self, corpus: str | None = None, up_to: str = "99") -> list[Rung]:
        """Return the published rungs with yours in their place, oldest method first.

        ``up_to`` is the last notebook whose rungs are wanted, as "07".
        """
        merged = _merge(_read(self.published), _read(self.own))
        return [r for r in merged if corpus in (None, r.corpus) and r.notebook <= up_to]

    def table(self, corpus: str, up_to: str = "99") -> Table:
        """Return the rungs of one corpus as a Markdown table, in the order of the course."""
        head = "| method | accuracy | macro-F1 | parameters | train s | MB | machine | notebook |"
        rows = [
            f"| {r.method} | {r.accuracy:.4f} | {r.macro_f1:.4f} | {r.parameters:,} "
            f"| {r.seconds:.1f} | {r.megabytes:.1f} | {r.machine} | {r.notebook} |"
            for r in self.rungs(corpus, up_to)
        ]
        return Table("\n".join([head, "|---|--:|--:|--:|--:|--:|---|---|", *rows]))


def size_of(model: nn.Module, seconds: float) -> tuple[int, float, float]:
    """Return parameters, ``seconds`` and megabytes of a network, as :meth:`Ladder.add` takes them.

    >>> size_of(nn.Linear(2, 3), seconds=1.5)
    (9, 1.5, 3.6e-05)
    """
    weights = list(model.parameters())
    parameters = sum(weight.numel() for weight in weights)
    return parameters, seconds, sum(w.numel() * w.element_size() for w in weights) / 1e6


def machine(device: str | torch.device = "cpu") -> str:
    """Say in a few words on what something was measured.

    >>> machine("cpu").endswith(platform.machine())
    True
    """
    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    where = "Apple GPU" if torch.device(device).type == "mps" else f"{cores} CPU cores"
    return f"{where}, {platform.system()} {platform.machine()}"


def write(path: Path, rungs: Iterable[Rung]) -> None:
    """Write rungs as CSV beside ``path`` and rename the file into place."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [field.name for field in fields(Rung)], lineterminator="\n")
    writer.writeheader()
    for rung in rungs:
        row = asdict(rung)
        row |= {name: f"{row[name]:.4f}" for name in ("accuracy", "macro_f1")}
        row |= {name: f"{row[name]:.2f}" for name in ("seconds", "megabytes")}
        writer.writerow(row)
    beside = path.with_name(path.name + ".new")
    beside.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    os.replace(beside, path)


def _merge(old: Iterable[Rung], new: Iterable[Rung]) -> list[Rung]:
    merged = {(rung.corpus, rung.method): rung for rung in old}
    merged |= {(rung.corpus, rung.method): rung for rung in new}
    return list(merged.values())


def _read(path: Path) -> list[Rung]:
    if not path.exists():
        return []
    rungs = []
    with open(path, encoding="utf-8", newline="") as file:
        for row in (reader := csv.DictReader(file)):
            try:
                values = {field.name: field.type(row[field.name]) for field in fields(Rung)}
                rungs.append(Rung(**values))
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(
                    f"line {reader.line_num} of {path.name} is no rung ({error!r}); "
                    "mend or delete the line"
                ) from None
    return rungs
