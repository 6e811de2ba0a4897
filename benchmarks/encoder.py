"""MiniLM on R8: our encoder and loop against sentence-transformers and transformers.

Two jobs, each in a new process, the libraries in turn, all from the same files of weights.
Embedding: 1,000 texts, from strings to vectors, which must agree. Training: one epoch over the same
320 texts in batches of 32, after 2 steps of warming up; ours draws its batches by length,
transformers' Trainer at random, both pad to the longest of a batch. Loading isn't counted.
"""

import json
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
TEXTS, MAX_LENGTH, STEPS = 1_000, 256, 10
JOBS = {
    "embedding": {"sentence-transformers": "library_embeds", "this course": "course_embeds"},
    "training": {"transformers": "library_trains", "this course": "course_trains"},
}


def describe() -> str:
    """Say what is measured."""
    versions = {name: version(name) for name in ("transformers", "sentence-transformers")}
    return (
        f"all-MiniLM-L6-v2 on texts of R8, cut at {MAX_LENGTH} tokens, in float32. Embedding: "
        f"{TEXTS:,} texts, from strings to sentence vectors, which agree to 1e-5. Training: an "
        f"epoch of {STEPS} steps over the same texts, 32 a step, with AdamW at the same learning "
        "rate; transformers' Trainer draws its batches at random, the course's loop by length. "
        "Times the library's: above 1 is faster, the two of a round compared. "
        + ", ".join(" ".join(pair) for pair in versions.items())
        + "."
    )


def measure(rivals: str, rounds: int = 5) -> list[dict]:
    """Return a row for each job and library.

    Parameters
    ----------
    rivals
        Not needed: both libraries are pinned among the course's own packages.
    rounds
        How often each is measured; medians are reported.
    """
    rows = []
    for job, ways in JOBS.items():
        runs: dict[str, list[dict]] = {who: [] for who in ways}
        for round_ in range(rounds):
            for who, way in ways.items():
                runs[who].append(_run(way, round_))
        _agree(job, runs)
        speeds = {who: [run["speed"] for run in found] for who, found in runs.items()}
        library, _ = ways
        rows += [_row(job, who, speeds[who], speeds[library], runs[who]) for who in ways]
    return rows


def _agree(job: str, runs: dict[str, list[dict]]) -> None:
    """Check that the same was computed: vectors, or the classes trained on."""
    ours, theirs = ([run["check"] for run in found] for found in runs.values())
    for one, other in zip(ours, theirs, strict=True):
        wrong = max(abs(a - b) for a, b in zip(one, other, strict=True))
        if wrong > 1e-5:
            raise RuntimeError(f"{job}: the libraries differ by {wrong:g}")


def _row(job, who, speeds, base, runs) -> dict:
    busy = [run["processor"] for run in runs]
    ratios = [ours / theirs for ours, theirs in zip(speeds, base, strict=True)]
    return {
        "job": job,
        "who": who,
        "texts/s (median)": f"{statistics.median(speeds):.1f}",
        "texts/s (min to max)": f"{min(speeds):.1f} to {max(speeds):.1f}",
        "times the library's (median of rounds)": f"{statistics.median(ratios):.2f}",
        "times (min to max)": f"{min(ratios):.2f} to {max(ratios):.2f}",
        "processor ms a text (median)": f"{1e3 * statistics.median(busy):.0f}",
        "places a text": f"{statistics.median(run['places'] for run in runs):.0f}",
        "peak MB": f"{statistics.median(run['megabytes'] for run in runs):.0f}",
    }


def _run(way: str, round_: int) -> dict:
    command = [sys.executable, HERE / "encoder_worker.py", way, TEXTS, MAX_LENGTH, STEPS, round_]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{way} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    for measured in measure("", int(sys.argv[1]) if len(sys.argv) > 1 else 5):
        print(json.dumps(measured))
