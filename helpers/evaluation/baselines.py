"""What every network has to beat: the largest class, and a bag of words with a linear model.

Notebook 07 puts both on the ladder before it trains anything; notebook 09 explains why. Uses
scikit-learn throughout.
"""

import time
from dataclasses import dataclass

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from helpers.text.labelled_texts import Corpus, Split


@dataclass(frozen=True)
class Baseline:
    """A fitted baseline.

    ``pipeline.predict(texts)`` classifies new texts; ``seconds`` is the time to fit;
    ``parameters`` counts what was learned: class weights and offsets, and one inverse document
    frequency a feature; ``megabytes`` is their size in memory, vocabulary strings left out.
    """

    method: str
    pipeline: Pipeline
    seconds: float
    parameters: int
    megabytes: float

    def predict(self, split: Split) -> np.ndarray:
        """Return the predicted class of each text, shape (texts,)."""
        return self.pipeline.predict(split.texts)


def majority_class(corpus: Corpus) -> Baseline:
    """Fit the rule "always the class that is most frequent in the training part"."""
    return _fit("majority class", make_pipeline(DummyClassifier()), corpus)


def bag_of_words(corpus: Corpus, classifier: str = "svm") -> Baseline:
    """Fit TF-IDF of words and word pairs with a linear classifier.

    Parameters
    ----------
    corpus
        Its training part is fitted.
    classifier
        ``"svm"`` (linear support vector machine) or ``"logistic"`` (logistic regression,
        which also gives probabilities).

    Source: Salton and Buckley (1988) for TF-IDF; Joachims (1998) for SVMs on Reuters.
    """
    classifiers = {
        "svm": (LinearSVC(random_state=0), "linear SVM"),
        "logistic": (LogisticRegression(C=10, max_iter=1000), "logistic regression"),
    }
    if classifier not in classifiers:
        raise ValueError(f"classifier is {classifier!r}; it must be 'svm' or 'logistic'")
    model, name = classifiers[classifier]
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return _fit(f"bag of words (TF-IDF, {name})", make_pipeline(words, model), corpus)


def _fit(method: str, pipeline: Pipeline, corpus: Corpus) -> Baseline:
    began = time.perf_counter()
    pipeline.fit(corpus.train.texts, corpus.train.labels)
    seconds = time.perf_counter() - began
    arrays = []
    for _, step in pipeline.steps:
        names = ("idf_", "coef_", "intercept_")
        arrays += [np.asarray(getattr(step, name)) for name in names if hasattr(step, name)]
    return Baseline(
        method,
        pipeline,
        seconds,
        sum(array.size for array in arrays),
        sum(array.nbytes for array in arrays) / 1e6,
    )
