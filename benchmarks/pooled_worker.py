"""Train the course's pooled classifier on a corpus and print what it took, as JSON.

``python pooled_worker.py CORPUS SEED PAIRS``, where PAIRS is how many vectors word pairs share. The
clock runs as fastText's does: from texts on disk to a trained model, reading, vocabulary and
GloVe's vectors included, imports left out.
"""

import json
import sys
import time

import torch

from helpers import news_classifier
from helpers.evaluation import metrics
from helpers.sources import corpora
from helpers.text.labelled_texts import Corpus, Split


def main() -> None:
    """Train on the whole official training part, test, print."""
    name, seed, pairs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.optim.AdamW([torch.zeros(1, requires_grad=True)]).zero_grad()  # imports the rest of torch
    with Clock() as clock:
        corpus = whole_training_part(corpora.load(name))
        fitted, _ = news_classifier.fit_pooled(corpus, seed, pairs=pairs)
    predicted = news_classifier.predictions(fitted, corpus.test)
    accuracy = metrics.accuracy(corpus.test.labels, predicted)
    print(json.dumps(clock.times | {"accuracy": accuracy}))


class Clock:
    """Seconds on the wall and of the processor, all threads, that a block of code takes."""

    def __enter__(self) -> "Clock":
        self._began = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_) -> None:
        began, worked = self._began
        self.times = {
            "seconds": time.perf_counter() - began,
            "processor": time.process_time() - worked,
        }


def whole_training_part(corpus: Corpus) -> Corpus:
    """Put the validation part back; every choice was made on it before."""
    train = Split(
        corpus.train.texts + corpus.validation.texts,
        corpus.train.labels + corpus.validation.labels,
    )
    return Corpus(corpus.name, corpus.label_names, train, Split([], []), corpus.test)


if __name__ == "__main__":
    main()
