"""GloVe to its first neighbours, ours against gensim's KeyedVectors, each in a new process.

Four ways to one answer: gensim from GloVe's text file, as its users do at first; gensim from
its own file, memory-mapped, as its manual advises for later; the course from its asset; and the
course from the same text file. All must name the same ten neighbours. The files are in the
system's cache for everyone, since the rounds come in turn.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from helpers.sources import assets, published_vectors

HERE = Path(__file__).parent
WORD = "frog"
WAYS = {
    "gensim, text file": "gensim_text",
    "gensim, its own file, memory-mapped": "gensim_mapped",
    "this course, asset, memory-mapped": "course_mapped",
    "this course, text file": "course_text",
}


def measure(rivals: str, rounds: int = 5) -> list[dict]:
    """Return a row for each way to the neighbours.

    Parameters
    ----------
    rivals
        The Python of an environment that has gensim.
    rounds
        How often each is measured; medians are reported.
    """
    runs: dict[str, list[dict]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        files = _write(Path(folder), rivals)
        for _ in range(rounds):
            for way, name in WAYS.items():
                python = rivals if name.startswith("gensim") else sys.executable
                runs[way].append(_run(python, name, files[name]))
    answers = {json.dumps(run["neighbours"]) for results in runs.values() for run in results}
    if len(answers) != 1:
        raise RuntimeError(f"the ways do not agree on the neighbours of {WORD!r}: {answers}")
    base = _median(runs["this course, asset, memory-mapped"], "first answer")
    return [_row(way, results, base) for way, results in runs.items()]


def _row(way: str, results: list[dict], base: float) -> dict:
    seconds = [run["first answer"] for run in results]
    return {
        "way": way,
        "first answer s (median)": f"{statistics.median(seconds):.2f}",
        "first answer s (min to max)": f"{min(seconds):.2f} to {max(seconds):.2f}",
        "of it imports s": f"{_median(results, 'imports'):.2f}",
        "loading s": f"{_median(results, 'loading'):.2f}",
        "neighbours s": f"{_median(results, 'first query'):.2f}",
        "next neighbours ms": f"{1000 * _median(results, 'next query'):.0f}",
        "peak MB": f"{_median(results, 'megabytes'):.0f}",
        "times the course's asset": f"{statistics.median(seconds) / base:.1f}",
    }


def _median(results: list[dict], key: str) -> float:
    return statistics.median(run[key] for run in results)


def _write(folder: Path, rivals: str) -> dict[str, Path]:
    """Write GloVe's text file again, as it is published, and have gensim write its own."""
    vectors = published_vectors.load("glove-6b-50d")
    text, own = folder / "glove.6B.50d.txt", folder / "glove.kv"
    line = "%s" + " %.6g" * vectors.dimensions + "\n"
    with open(text, "w", encoding="utf-8", newline="\n") as file:
        for word, row in zip(vectors.words, vectors.matrix, strict=True):
            file.write(line % (word, *row.tolist()))
    command = [rivals, HERE / "vectors_worker.py", "gensim_save", text, own]
    subprocess.run([str(part) for part in command], check=True)
    course = assets.path("glove-6b-50d")
    return {
        "gensim_text": text,
        "gensim_mapped": own,
        "course_mapped": course,
        "course_text": text,
    }


def _run(python: str, name: str, file: Path) -> dict:
    """Start a process, wait until it has answered; the clock starts before the process."""
    command = [python, str(HERE / "vectors_worker.py"), name, str(file), WORD, str(time.time())]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    for measured in measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5):
        print(json.dumps(measured))
