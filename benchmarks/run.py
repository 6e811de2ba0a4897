"""Measure the course against the libraries of the field and write ``results.md``.

``make bench`` installs the rivals into an environment of their own and calls this with its
Python: ``python benchmarks/run.py --rivals PYTHON``. Takes about half an hour on two
cores; close what else is running. ``--only word2vec`` measures one part and leaves the others.
"""

import argparse
import datetime
import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path

import classifiers
import encoder
import vectors
import word2vec

from helpers.evaluation.ladder import machine

HERE = Path(__file__).parent
_VERSIONS = "import importlib.metadata as m; print(m.version('fasttext'), m.version('gensim'))"


SECTIONS = {
    "classifiers": (
        "## Text classification",
        "Seconds to train run from texts on disk to a trained model, imports left out; processor "
        "seconds count every thread. All train on the whole official training part; all settings "
        "were chosen on validation parts cut from it. fastText has two threads, the course's "
        "steps one.",
        classifiers.measure,
    ),
    "vectors": (
        "## Word vectors",
        "GloVe 6B, 400,000 words, 50 dimensions: from a new process to the ten neighbours of "
        "one word.",
        vectors.measure,
    ),
    "word2vec": ("## word2vec", word2vec.describe(), word2vec.measure),
    "encoder": ("## A pre-trained encoder", encoder.describe(), encoder.measure),
}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rivals", required=True, help="Python with fastText and gensim")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each; medians are kept")
    parser.add_argument("--only", choices=SECTIONS, help="measure this part, keep the others")
    options = parser.parse_args()
    os.environ["COURSE_QUIET"] = "1"
    asked = subprocess.run([options.rivals, "-c", _VERSIONS], capture_output=True, text=True)
    if asked.returncode:
        raise SystemExit(f"{options.rivals} lacks fastText or gensim; run make bench")
    fasttext, gensim = asked.stdout.split()
    measured = (
        f"Measured on {datetime.date.today()} by `make bench` on {machine()} ({processor()}), "
        f"Python {platform.python_version()}, torch {importlib.metadata.version('torch')}, "
        f"NumPy {importlib.metadata.version('numpy')}, fastText {fasttext}, gensim {gensim}. "
        f"Every figure is the median of {options.rounds} runs, each in a new process, the "
        "methods in turn."
    )
    parts = sections(HERE / "results.md")
    for name, (heading, text, measure) in SECTIONS.items():
        if options.only in (None, name):
            rows = measure(options.rivals, options.rounds)
            parts[heading] = "\n\n".join([heading, text, table(rows), measured]) + "\n"
            print(parts[heading])
    ordered = [parts[heading] for heading, *_ in SECTIONS.values() if heading in parts]
    beside = HERE / "results.md.new"
    beside.write_text("\n".join(["# Benchmarks\n", *ordered]), encoding="utf-8")
    os.replace(beside, HERE / "results.md")


def sections(path: Path) -> dict[str, str]:
    """Return the parts of a results file by their headings; none if there is no file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part.strip("\n") + "\n" for part in parts}


def processor() -> str:
    """Return the processor's name, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def table(rows: list[dict]) -> str:
    """Lay out rows of the same keys as a Markdown table."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(str(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
