"""How many labels does each method need? The picture of notebook 14, one point at a time.

The same few labels a class, drawn from the official training part, go to each method; all are
scored on the test part. Nothing is chosen here; the fine-tuning's rate was, by ``learning_rates``.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from helpers import fine_tuning, news_classifier
from helpers.evaluation import baselines, metrics
from helpers.experiments.frozen_vectors import frozen_vectors
from helpers.experiments.store import Results, check_method
from helpers.models.encoder import Encoder, EncoderSizes
from helpers.sources import corpora, published_encoders
from helpers.text.labelled_texts import Corpus, Split
from helpers.training.loop import TrainSettings

CORPORA = ("reuters-r8", "movie-reviews")
LABELS = ("8", "32", "128", "512", "all")  # a class, or as many as it has
SEEDS = (0, 1, 2, 3, 4)
ENCODER = "minilm-l6"
LEAST_STEPS = 60  # of a network's training, however few the texts
# A small encoder without pre-training: its own vectors of MiniLM's tokens, its own blocks.
SMALL = EncoderSizes(width=128, layers=2, heads=4, hidden=512)
FROM_ZERO = TrainSettings(epochs=8, learning_rate=1e-3, schedule="linear", warmup_share=0.1)

results = Results("label_efficiency", ("corpus", "method", "labels"), ("accuracy", "macro_f1"))


def draw(part: Split, labels: str, seed: int) -> Split:
    """Return so many texts of each class, or all of a class that has fewer, in random order.

    The texts of a smaller number are among those of a larger one of the same seed.

    Parameters
    ----------
    part
        Where to draw from.
    labels
        A whole number from 1 on, as text, or ``"all"``.
    seed
        Decides which texts, and their order.

    >>> part = Split(["a", "b", "c", "d", "e"], [0, 0, 0, 1, 1])
    >>> sorted(draw(part, "2", seed=0).labels)
    [0, 0, 1, 1]
    """
    if labels != "all" and not (labels.isdecimal() and int(labels)):
        raise ValueError(f"labels is {labels!r}; use 'all' or a number a class, as '8'")
    order = list(range(len(part)))
    random.Random(seed).shuffle(order)
    if labels == "all":
        return part.take(order)
    members = defaultdict(list)
    for i in order:
        members[part.labels[i]].append(i)
    chosen = {i for all_of_class in members.values() for i in all_of_class[: int(labels)]}
    return part.take([i for i in order if i in chosen])


def few_labels(corpus: Corpus, labels: str, seed: int) -> Corpus:
    """Return a corpus to learn from: so many labels a class, nothing to choose on, its test part.

    What was cut off for validation is drawn from as well: it belongs to the official training part.
    """
    first, second = corpus.train, corpus.validation
    whole = Split(first.texts + second.texts, first.labels + second.labels)
    return replace(corpus, train=draw(whole, labels, seed), validation=Split([], []))


def bag_of_words(corpus: Corpus, seed: int) -> np.ndarray:
    """TF-IDF of words and word pairs, and a linear SVM; only the draw of texts differs by seed."""
    return baselines.bag_of_words(corpus).predict(corpus.test)


def averaged_vectors(corpus: Corpus, seed: int) -> np.ndarray:
    """Averaged GloVe vectors; with few texts they stay as they are, as the helper advises."""
    fitted, _ = news_classifier.fit_pooled(corpus, seed, train_vectors=len(corpus.train) > 1_000)
    return news_classifier.predictions(fitted, corpus.test)


def own_transformer(corpus: Corpus, seed: int) -> np.ndarray:
    """A small encoder that begins with random numbers, as a whole."""
    torch.manual_seed(seed)
    encoder = Encoder(SMALL)
    return _tuned(encoder, corpus, replace(FROM_ZERO, seed=seed), head_factor=1.0)


def frozen_encoder(corpus: Corpus, seed: int) -> np.ndarray:
    """MiniLM's vectors of the texts, as they are, and a linear layer on them.

    How weakly its weights are held back, C, is chosen by cross-validation within the labels given.
    """
    head = GridSearchCV(LogisticRegression(max_iter=2_000), {"C": [1, 10, 100]}, cv=4)
    head.fit(frozen_vectors(corpus.train.texts), corpus.train.labels)
    return head.predict(frozen_vectors(corpus.test.texts))


def fine_tuned_encoder(corpus: Corpus, seed: int) -> np.ndarray:
    """MiniLM with a head, all of it trained."""
    encoder = published_encoders.load(ENCODER).encoder
    return _tuned(encoder, corpus, replace(fine_tuning.SETTINGS, seed=seed))


# Each takes a corpus and a seed, learns the training part, and returns the predicted classes of
# the test part, shape (texts,).
METHODS: dict[str, Callable[[Corpus, int], np.ndarray]] = {
    "bag of words": bag_of_words,
    "averaged vectors": averaged_vectors,
    "own transformer": own_transformer,
    "frozen encoder": frozen_encoder,
    "fine-tuned encoder": fine_tuned_encoder,
}
GRID = {"corpus": CORPORA, "labels": LABELS, "method": tuple(METHODS), "seed": SEEDS}


def score(corpus: Corpus, method: str, labels: str, seed: int) -> dict[str, float]:
    """Train one method on so many labels a class; return accuracy and macro-F1 on the test part.

    Raises
    ------
    KeyError
        If no method has that name.
    """
    check_method(method, METHODS)
    few = few_labels(corpus, labels, seed)
    return scores(corpus, METHODS[method](few, seed))


def scores(corpus: Corpus, predictions: np.ndarray) -> dict[str, float]:
    """Return accuracy and macro-F1 of predictions of a corpus's test part, shape (texts,)."""
    truth = corpus.test.labels
    return {
        "accuracy": metrics.accuracy(truth, predictions),
        "macro_f1": metrics.macro_f1(truth, predictions),
    }


def point(corpus: str, method: str, labels: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there.

    Its seconds are those of everything from the texts to the score, but for vectors of a frozen
    encoder that an earlier point of the same process has computed.
    """
    setting = {"corpus": corpus, "method": method, "labels": labels}
    return results.run(
        lambda: score(corpora.load(corpus), method, labels, seed), seed, command, **setting
    )


def _tuned(encoder: Encoder, corpus: Corpus, settings: TrainSettings, **options) -> np.ndarray:
    batch_size = 32 if len(corpus.train) > 500 else 16
    epochs = max(settings.epochs, -(-LEAST_STEPS * batch_size // len(corpus.train)))
    fitted, _ = fine_tuning.fine_tune(
        encoder,
        published_encoders.load(ENCODER).tokenizer,
        corpus.train,
        len(corpus.label_names),
        settings=replace(settings, epochs=epochs),
        batch_size=batch_size,
        **options,
    )
    return fitted.predictions(corpus.test)
