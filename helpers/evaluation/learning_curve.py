"""How does a classifier grow with its training texts? The learning curve; notebook 09.

Trains on random parts of the training part. One half of the validation part is for choosing (an
epoch, a setting), the other half scores, so no choice flatters the curve. The classifier comes as a
function, so any kind will do; how long it trains is its own affair.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from helpers.progress import progress
from helpers.text.labelled_texts import Corpus, Split

Fit = Callable[[Corpus, int], Callable[[Split], np.ndarray]]


def learning_curve(
    corpus: Corpus,
    fit: Fit,
    sizes: Sequence[int],
    seeds: Sequence[int] = (0, 1, 2),
    metric: Callable[[Sequence[int], np.ndarray], float] | None = None,
) -> np.ndarray:
    """Measure a classifier trained on ever more texts, on half of the validation part.

    Parameters
    ----------
    corpus
        Its training part is drawn from, its validation part halved; the test part is not looked
        at.
    fit
        Takes a corpus with a smaller training part, whose validation part is the half to choose
        on, and a seed; returns a function from a part to its predicted classes, shape (texts).
    sizes
        Numbers of training texts. The texts of a smaller size are among those of a larger one of
        the same seed.
    seeds
        Each draws other texts and other halves.
    metric
        Of labels and predictions; default accuracy.

    Returns
    -------
    The metric, shape (sizes, seeds).

    Raises
    ------
    ValueError
        If a size is below 1 or above the training part's, or the validation part has fewer than
        two texts.
    """
    most, held = len(corpus.train), len(corpus.validation)
    if held < 2:
        raise ValueError(f"{corpus.name} has {held} validation texts; halves need two or more")
    for size in sizes:
        if not 1 <= size <= most:
            raise ValueError(f"a size is {size}; {corpus.name} has {most:,} training texts")
    measure = metric or (lambda labels, guesses: float(np.mean(np.asarray(labels) == guesses)))
    scores = np.empty((len(sizes), len(seeds)))
    places = [(i, j) for i in range(len(sizes)) for j in range(len(seeds))]
    for i, j in progress(places, "learning curve"):
        random = np.random.default_rng(seeds[j])
        texts, halves = random.permutation(most)[: sizes[i]], random.permutation(held)
        choosing, scoring = (
            corpus.validation.take(sorted(half.tolist())) for half in np.split(halves, [held // 2])
        )
        train = corpus.train.take(sorted(texts.tolist()))
        predict = fit(replace(corpus, train=train, validation=choosing), seeds[j])
        scores[i, j] = measure(scoring.labels, predict(scoring))
    return scores
