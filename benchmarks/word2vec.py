"""word2vec, ours against gensim's: words per second, and what the vectors know of meaning.

The same lists of words, dimensions, window, noise words, epochs, subsampling and learning rate,
in turn, every time in a new process. Either may use two threads; gensim does, the course's
training takes one. Both keep the same words, and the same function scores both.
Alone: ``python benchmarks/run.py --rivals PYTHON --only word2vec``.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from helpers.sources import running_text, word_tests
from helpers.vectors import tests_of_meaning, word_vectors
from helpers.vectors.word2vec import SkipGramSettings

HERE = Path(__file__).parent
SETTINGS = SkipGramSettings()
THREADS = 2
METHODS = {"gensim": "gensim", "this course": "course"}
TESTS = {"WordSim-353": "wordsim353", "SimLex-999": "simlex999"}


def measure(rivals: str, rounds: int = 3) -> list[dict]:
    """Return a row for each method.

    Parameters
    ----------
    rivals
        The Python of an environment that has gensim.
    rounds
        How often each trains, with another seed each time; medians are reported.

    Raises
    ------
    RuntimeError
        If a worker fails, or if the methods do not keep the same words.
    """
    sentences = running_text.load()
    words = sum(map(len, sentences)) * SETTINGS.epochs
    runs: dict[str, list[dict]] = {method: [] for method in METHODS}
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        text.write_text("".join(" ".join(s) + "\n" for s in sentences), "utf-8", newline="\n")
        vocabularies = set()
        for seed in range(1, rounds + 1):
            for method, way in METHODS.items():
                python = rivals if way == "gensim" else sys.executable
                result, vectors = _run(python, way, text, Path(folder), seed)
                vocabularies.add(frozenset(vectors.words))
                runs[method].append(result)
    if len(vocabularies) != 1:
        raise RuntimeError(f"the methods keep {sorted(map(len, vocabularies))} words")
    base = statistics.median(result["seconds"] for result in runs["gensim"])
    return [_row(method, results, words, base) for method, results in runs.items()]


def describe() -> str:
    """Return one line about what both were told."""
    s = SETTINGS
    return (
        f"Skip-gram with negative sampling on the course's running text: {s.dimensions} "
        f"dimensions, window {s.window}, {s.negatives} noise words, {s.epochs} epochs, words that "
        f"occur {s.min_count} times or more, subsampling at {s.subsample:g}, learning rate from "
        f"{s.learning_rate:g} to {s.final_learning_rate:g}. Each has {THREADS} threads, "
        "of which the course's steps take one. Words per second count all words of the text, from "
        "lists of words in memory to vectors; the tests are Spearman's correlation with people's "
        "scores over the same pairs of words."
    )


def _row(method: str, results: list[dict], words: int, base: float) -> dict:
    seconds = [result["seconds"] for result in results]
    speeds = [words / second for second in seconds]
    row = {
        "method": method,
        "words/s (median)": f"{statistics.median(speeds):,.0f}",
        "words/s (min to max)": f"{min(speeds):,.0f} to {max(speeds):,.0f}",
        "times gensim's": f"{base / statistics.median(seconds):.2f}",
        "processor s (median)": f"{_median(results, 'processor seconds'):.0f}",
    }
    for test in TESTS:
        scores = [result[test].correlation for result in results]
        row[f"{test} (median)"] = f"{statistics.median(scores):.3f}"
        row[f"{test} (min to max)"] = f"{min(scores):.3f} to {max(scores):.3f}"
    covered = [f"{results[0][test].covered} of {results[0][test].total}" for test in TESTS]
    return row | {"pairs": ", ".join(covered)}


def _median(results: list[dict], key: str) -> float:
    return statistics.median(result[key] for result in results)


def _run(
    python: str, way: str, text: Path, folder: Path, seed: int
) -> tuple[dict, word_vectors.WordVectors]:
    """Train in a new process; return what it took and how the vectors score, and the vectors."""
    options = json.dumps(asdict(SETTINGS) | {"seed": seed})
    worker = str(HERE / "word2vec_worker.py")
    command = [python, worker, way, str(text), str(folder), options, str(THREADS)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{way} failed:\n{done.stderr[-2000:]}")
    result = json.loads(done.stdout.strip().splitlines()[-1])
    vectors = word_vectors.load(folder)
    for test, name in TESTS.items():
        result[test] = tests_of_meaning.score_similarity(vectors, word_tests.similarity_pairs(name))
    return result, vectors


if __name__ == "__main__":
    for measured in measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3):
        print(json.dumps(measured))
