"""Results of long runs, one row a run, in a CSV file that a stopped run is taken up from.

Notebooks 12, 14 and 15 draw their large pictures from these rows and measure a few of them again.
Those that come with the course lie in ``data/results``; yours are written to ``build/results`` and
count beside them. Knows nothing of what is run.
"""

import csv
import io
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from scipy import stats

from helpers.evaluation.ladder import machine
from helpers.whole_files import whole

_PROJECT = Path(__file__).resolve().parents[2]
PUBLISHED = _PROJECT / "data" / "results"
OWN = _PROJECT / "build" / "results"
MEASURED = ("seconds", "cpu_seconds", "threads", "machine", "command")  # what every row ends with


@dataclass(frozen=True)
class Spread:
    """What several seeds gave: their mean, and where one more run would fall."""

    mean: float
    deviation: float  # standard deviation of the runs; 0 for one alone
    runs: int

    def next_run(self, share: float = 0.99) -> tuple[float, float]:
        """Return between what bounds one more run falls with probability ``share``.

        Student's prediction interval, mean ± t·s·√(1 + 1/n): it supposes that runs scatter
        like a bell curve, and needs two of them.

        >>> low, high = Spread(mean=0.9, deviation=0.01, runs=5).next_run()
        >>> round(low, 3), round(high, 3)
        (0.85, 0.95)
        """
        if self.runs < 2:
            raise ValueError(f"{self.runs} run tells nothing of a spread; store two or more seeds")
        half = float(stats.t.ppf(0.5 + share / 2, self.runs - 1)) * math.sqrt(1 + 1 / self.runs)
        return self.mean - half * self.deviation, self.mean + half * self.deviation

    def of_mean(self, share: float = 0.95) -> tuple[float, float]:
        """Return Student's confidence interval for the mean over all seeds."""
        if self.runs < 2:
            raise ValueError(f"{self.runs} run tells nothing of a spread; store two or more seeds")
        half = float(stats.t.ppf(0.5 + share / 2, self.runs - 1)) / math.sqrt(self.runs)
        return self.mean - half * self.deviation, self.mean + half * self.deviation


def check_method(method: str, methods: Iterable[str]) -> None:
    """Refuse a method that an experiment doesn't have.

    Raises
    ------
    KeyError
        If no method has that name; the message lists those that there are.
    """
    if method not in methods:
        raise KeyError(f"there is no method {method!r}; there are {', '.join(methods)}")


class Results:
    """The rows of one experiment.

    Parameters
    ----------
    name
        Of the experiment, and of its file: ``NAME.csv``.
    settings
        Columns that tell runs apart, beside ``seed``: method, corpus, labels.
    values
        Columns of what is measured, numbers.
    own, published
        Folders; default ``build/results`` (or what the environment variable ``COURSE_RESULTS``
        names) and ``data/results``.
    """

    def __init__(
        self,
        name: str,
        settings: Sequence[str],
        values: Sequence[str],
        own: str | Path | None = None,
        published: str | Path | None = None,
    ):
        self.settings, self.values = tuple(settings), tuple(values)
        folder = own or os.environ.get("COURSE_RESULTS") or OWN
        self.own = Path(folder) / f"{name}.csv"
        self.published = Path(published or PUBLISHED) / f"{name}.csv"
        self.columns = (*self.settings, "seed", *self.values, *MEASURED)

    def rows(self, **where) -> list[dict]:
        """Return the rows whose settings (or seed) are as asked, yours before published ones."""
        rows = {self._key(row): row for row in self._read(self.published)}
        rows |= {self._key(row): row for row in self._read(self.own)}
        for name in where:
            if name not in (*self.settings, "seed"):
                raise KeyError(f"{name} is no setting; there are {', '.join(self.settings)}, seed")
        wanted = {name: str(value) for name, value in where.items()}
        return [row for row in rows.values() if all(str(row[n]) == v for n, v in wanted.items())]

    def row(self, **where) -> dict:
        """Return the one row whose settings and seed are as asked.

        Raises
        ------
        LookupError
            If there is no such row, or more than one.
        """
        rows = self._some(where)
        if len(rows) > 1:
            raise LookupError(f"{len(rows)} runs fit; name all of {(*self.settings, 'seed')}")
        return rows[0]

    def spread(self, value: str, **where) -> Spread:
        """Return mean and deviation of a value over the seeds of one setting.

        Raises
        ------
        LookupError
            If there is no such row.
        """
        rows = self._some(where)
        different = {tuple(row[name] for name in self.settings) for row in rows}
        if len(different) > 1:
            raise LookupError(f"{len(different)} settings fit; name all of {self.settings}")
        numbers = np.array([row[value] for row in rows])
        deviation = float(numbers.std(ddof=1)) if len(numbers) > 1 else 0.0
        return Spread(float(numbers.mean()), deviation, len(numbers))

    def run(
        self,
        measure: Callable[[], Mapping[str, float]],
        seed: int,
        command: str,
        device: str = "cpu",
        **setting,
    ) -> dict:
        """Return the row of a setting and seed; measure it now, and keep it, if there is none yet.

        Only rows of the file that is written to count as there, so your own run of a published
        experiment measures everything anew, once.
        """
        if set(setting) != set(self.settings):
            raise KeyError(f"settings are {sorted(setting)}; give {sorted(self.settings)}")
        key = (*(str(setting[name]) for name in self.settings), seed)
        for row in self._read(self.own):
            if self._key(row) == key:
                return row
        wall, processor = time.perf_counter(), time.process_time()
        found = measure()
        if set(found) != set(self.values):
            raise KeyError(f"the run gave {sorted(found)}; {sorted(self.values)} are wanted")
        row = {**setting, "seed": seed, **{name: float(found[name]) for name in self.values}}
        row |= {
            "seconds": time.perf_counter() - wall,
            "cpu_seconds": time.process_time() - processor,
            "threads": torch.get_num_threads(),
            "machine": machine(device),
            "command": command,
        }
        self._add(row)
        return row

    def _some(self, where: Mapping) -> list[dict]:
        if rows := self.rows(**where):
            return rows
        asked = ", ".join(f"{name} {value}" for name, value in where.items())
        raise LookupError(f"no run is stored for {asked} in {self.published.name}")

    def _key(self, row: Mapping) -> tuple:
        return (*(str(row[name]) for name in self.settings), int(row["seed"]))

    def _add(self, row: Mapping) -> None:
        self.own.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.own}.lock"):
            rows = [old for old in self._read(self.own) if self._key(old) != self._key(row)]
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, self.columns, lineterminator="\n")
            writer.writeheader()
            for each in (*rows, row):
                writer.writerow(
                    each
                    | {name: f"{each[name]:.6g}" for name in self.values}
                    | {name: f"{each[name]:.1f}" for name in ("seconds", "cpu_seconds")}
                )
            with whole(self.own) as beside:
                beside.write_text(text.getvalue(), encoding="utf-8", newline="\n")

    def _read(self, path: Path) -> list[dict]:
        if not path.exists():
            return []
        numbers = {**dict.fromkeys(self.values, float), "seed": int, "threads": int}
        numbers |= {"seconds": float, "cpu_seconds": float}
        rows = []
        with open(path, encoding="utf-8", newline="") as file:
            for row in (reader := csv.DictReader(file)):
                try:
                    rows.append({n: numbers.get(n, str)(row[n]) for n in self.columns})
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(
                        f"line {reader.line_num} of {path.name} is no result ({error!r}); mend or "
                        "delete the line"
                    ) from None
        return rows
