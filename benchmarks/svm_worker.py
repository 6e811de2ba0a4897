"""Fit the bag of words with a linear SVM on a corpus and print what it took, as JSON.

``python svm_worker.py CORPUS``. The clock runs as the others' do: from texts on disk to a fitted
model, imports left out.
"""

import json
import sys

from pooled_worker import Clock, whole_training_part

from helpers.evaluation import baselines, metrics
from helpers.sources import corpora


def main() -> None:
    """Fit on the whole official training part, test, print."""
    with Clock() as clock:
        corpus = whole_training_part(corpora.load(sys.argv[1]))
        fitted = baselines.bag_of_words(corpus)
    accuracy = metrics.accuracy(corpus.test.labels, fitted.predict(corpus.test))
    print(json.dumps(clock.times | {"accuracy": accuracy}))


if __name__ == "__main__":
    main()
