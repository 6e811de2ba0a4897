"""Train word vectors one way, save them, and print what it took, as JSON.

``python word2vec_worker.py course|gensim TEXT FOLDER '{"seed": 1, ...}' THREADS``: TEXT has one
sentence a line, its words parted by spaces. Imports only what the way needs. The clock runs from
lists of words in memory to vectors, so it includes each one's vocabulary; imports are left out.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np


def course(options: dict, threads: int):
    """Train with the course; settings by the course's names."""
    import torch

    from helpers.vectors.word2vec import SkipGramSettings, train

    torch.set_num_threads(threads)
    settings = SkipGramSettings(**options)
    warm_up = SkipGramSettings(dimensions=4, epochs=1, min_count=1, subsample=0)
    train([["imports", "the", "rest", "of", "torch"]], warm_up)

    def run(sentences):
        trained = train(sentences, settings)
        return trained.words, trained.matrix

    return run


def gensim(options: dict, threads: int):
    """Train with gensim; what is not named here is at gensim's default, as it is in the course."""
    from gensim.models import Word2Vec
    from gensim.models.word2vec import FAST_VERSION

    if FAST_VERSION < 0:
        raise RuntimeError("gensim was installed without its compiled training")
    settings = {
        "sg": 1,
        "hs": 0,
        "vector_size": options["dimensions"],
        "window": options["window"],
        "negative": options["negatives"],
        "epochs": options["epochs"],
        "min_count": options["min_count"],
        "sample": options["subsample"],
        "ns_exponent": options["noise_power"],
        "alpha": options["learning_rate"],
        "min_alpha": options["final_learning_rate"],
        "workers": threads,
        "seed": options["seed"],
    }

    def run(sentences):
        vectors = Word2Vec(sentences, **settings).wv
        return vectors.index_to_key, vectors.vectors

    return run


def main() -> None:
    """Do it, clock it, save it, print it."""
    way, text, folder, options, threads = sys.argv[1:]
    run = {"course": course, "gensim": gensim}[way](json.loads(options), int(threads))
    with open(text, encoding="utf-8") as lines:
        sentences = [line.split() for line in lines]
    began, began_processor = time.perf_counter(), time.process_time()
    words, matrix = run(sentences)
    took = {
        "seconds": time.perf_counter() - began,
        "processor seconds": time.process_time() - began_processor,
    }
    np.save(Path(folder) / "vectors.npy", matrix)
    (Path(folder) / "words.txt").write_text("\n".join(words) + "\n", "utf-8", newline="\n")
    print(json.dumps(took))


if __name__ == "__main__":
    main()
