"""Open GloVe one way, find one word's ten neighbours, print what it took, as JSON.

``python vectors_worker.py WAY FILE WORD STARTED``, where STARTED is ``time.time()`` of the moment
before this process was started. Imports only what the way needs.
"""

import json
import sys
import time
from pathlib import Path


def course_mapped(folder):
    """The course's own way: the asset's files, memory-mapped."""
    from helpers.vectors import word_vectors

    yield
    vectors = word_vectors.load(Path(folder))
    yield
    yield lambda word: vectors.neighbours(word, 10)


def course_text(file):
    """The course on GloVe's text file."""
    from helpers.vectors import formats
    from helpers.vectors.word_vectors import WordVectors

    yield
    vectors = WordVectors(*formats.read_text(file))
    yield
    yield lambda word: vectors.neighbours(word, 10)


def gensim_text(file):
    """gensim on GloVe's text file."""
    from gensim.models import KeyedVectors

    yield
    vectors = KeyedVectors.load_word2vec_format(file, no_header=True)
    yield
    yield lambda word: vectors.most_similar(word, topn=10)


def gensim_mapped(file):
    """gensim on its own file, memory-mapped."""
    from gensim.models import KeyedVectors

    yield
    vectors = KeyedVectors.load(file, mmap="r")
    yield
    yield lambda word: vectors.most_similar(word, topn=10)


def gensim_save(text, file):
    """Let gensim write its own file from the text file; lengths included, as it keeps them."""
    from gensim.models import KeyedVectors

    vectors = KeyedVectors.load_word2vec_format(text, no_header=True)
    vectors.fill_norms()
    vectors.save(file)


def peak_megabytes() -> float:
    """Return the most memory this process had; not getrusage's, which a child inherits."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return float("nan")
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Do it, clock it, print it."""
    way, file = sys.argv[1:3]
    if way == "gensim_save":
        gensim_save(*sys.argv[2:4])
        return
    word, started = sys.argv[3], float(sys.argv[4])
    steps = globals()[way](file)
    begun = time.time()
    next(steps)
    imported = time.time()
    next(steps)
    loaded = time.time()
    neighbours = next(steps)
    found = neighbours(word)
    answered = time.time()
    neighbours("river")
    again = time.time()
    took = {
        "neighbours": [name for name, _ in found],
        "imports": imported - begun,
        "loading": loaded - imported,
        "first query": answered - loaded,
        "first answer": answered - started,
        "next query": again - answered,
        "megabytes": peak_megabytes(),
    }
    print(json.dumps(took))


if __name__ == "__main__":
    main()
