"""The pooled classifier against fastText and an SVM: seconds and accuracy, in turn, same run.

fastText's settings are chosen here on the validation part of each corpus, from a small grid; the
course's are the same for all corpora. Then all train on the whole official training part, five
times each, one after the other, every time in a new process. The SVM is the course's baseline,
over TF-IDF of words and pairs. fastText reads its lines in the order of the file and so gets them
shuffled: the files are sorted by class.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from pooled_worker import whole_training_part

from helpers.sources import corpora
from helpers.text.labelled_texts import Split

HERE = Path(__file__).parent
CORPORA = ("reuters-r8", "reuters-r52", "20newsgroups")
PAIRS = 2**18  # vectors that the course's word pairs share; fastText's share two million
GRID = [{"wordNgrams": pairs, "lr": rate, "epoch": 25} for pairs in (1, 2) for rate in (0.25, 0.5)]


def measure(rivals: str, rounds: int = 5) -> list[dict]:
    """Return a row for each corpus and method.

    Parameters
    ----------
    rivals
        The Python of an environment that has fastText.
    rounds
        How often each trains; medians are reported.
    """
    rows = []
    for name in CORPORA:
        with tempfile.TemporaryDirectory() as folder:
            files = _write(corpora.load(name), Path(folder))
            best = {pairs: _choose(rivals, files, pairs) for pairs in (1, 2)}
            runs: dict[str, list[dict]] = {}
            for seed in range(rounds):
                for pairs, (options, _) in best.items():
                    what = "words" if pairs == 1 else "words and pairs"
                    rows_of_pairs = 0 if pairs == 1 else PAIRS
                    ours = [sys.executable, HERE / "pooled_worker.py", name, seed, rows_of_pairs]
                    runs.setdefault(f"pooled (this course), {what}", []).append(_run(ours))
                    result = _fasttext(rivals, files["all"], files["test"], options)
                    runs.setdefault(f"fastText, {what}", []).append(result)
                svm = _run([sys.executable, HERE / "svm_worker.py", name])
                runs.setdefault("linear SVM (scikit-learn)", []).append(svm)
        for method, results in runs.items():
            chosen = {f"fastText, {n}": best[p] for p, n in ((1, "words"), (2, "words and pairs"))}
            rows.append(_row(name, method, results, chosen.get(method)))
    return rows


def _row(corpus: str, method: str, results: list[dict], chosen: tuple | None) -> dict:
    seconds = [result["seconds"] for result in results]
    processor = [result["processor"] for result in results]
    accuracies = [result["accuracy"] for result in results]
    row = {
        "corpus": corpus,
        "method": method,
        "accuracy (median)": f"{statistics.median(accuracies):.4f}",
        "accuracy (min to max)": f"{min(accuracies):.4f} to {max(accuracies):.4f}",
        "train s (median)": f"{statistics.median(seconds):.2f}",
        "train s (min to max)": f"{min(seconds):.2f} to {max(seconds):.2f}",
        "processor s (median)": f"{statistics.median(processor):.2f}",
        "settings": "the course's own",
        "crashes with NaN": sum(result.get("failures", 0) for result in results),
    }
    if chosen:
        row["settings"] = f"{chosen[0]}, validation {chosen[1]:.4f}"
    return row


def _write(corpus: corpora.Corpus, folder: Path) -> dict[str, Path]:
    everything = whole_training_part(corpus).train
    parts = {"train": corpus.train, "validation": corpus.validation, "test": corpus.test}
    files = {}
    for part, split in {**parts, "all": everything}.items():
        files[part] = folder / f"{part}.txt"
        files[part].write_text(_lines(split), encoding="utf-8")
    return files


def _lines(split: Split) -> str:
    lines = [f"__label__{n} {t}\n" for t, n in zip(split.texts, split.labels, strict=True)]
    random.Random(0).shuffle(lines)
    return "".join(lines)


def _choose(rivals: str, files: dict[str, Path], pairs: int) -> tuple[dict, float]:
    """Return the settings of the best validation accuracy, and that accuracy."""
    tried = []
    for options in GRID:
        if options["wordNgrams"] == pairs:
            result = _fasttext(rivals, files["train"], files["validation"], options, strict=False)
            if "accuracy" in result:
                tried.append((result["accuracy"], -len(tried), options))
    if not tried:
        raise RuntimeError(f"fastText failed with every setting for wordNgrams={pairs}")
    accuracy, _, options = max(tried, key=lambda entry: entry[:2])
    return options, accuracy


def _fasttext(rivals: str, train: Path, test: Path, options: dict, strict: bool = True) -> dict:
    """Run the worker; where it crashes with NaN, which it does at times, run it again."""
    command = [rivals, HERE / "fasttext_worker.py", train, test, json.dumps(options)]
    for failures in range(6):
        result = _run(command)
        if "failed" not in result:
            return result | {"failures": failures}
        if not strict:
            return result
    raise RuntimeError(f"fastText failed six times with {options}: {result['failed']}")


def _run(command: list) -> dict:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[1]} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])
