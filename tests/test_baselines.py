"""The baselines do what their names say, and reach known figures."""

import numpy as np
import pytest

from helpers.evaluation import baselines, metrics
from helpers.sources import corpora


@pytest.fixture(scope="module")
def r8():
    return corpora.load("reuters-r8")


def test_majority_class_is_the_largest_of_the_training_part(r8):
    fitted = baselines.majority_class(r8)
    predictions = fitted.predict(r8.test)
    assert set(predictions) == {r8.label_names.index("earn")}
    assert metrics.accuracy(r8.test.labels, predictions) == pytest.approx(1083 / 2189)
    assert fitted.parameters == 0


@pytest.mark.slow
def test_bag_of_words_reaches_the_known_figure_on_r8(r8):
    fitted = baselines.bag_of_words(r8)
    assert 0.970 < metrics.accuracy(r8.test.labels, fitted.predict(r8.test)) < 0.982
    features = len(fitted.pipeline[0].vocabulary_)
    assert fitted.parameters == features + 8 * features + 8
    assert fitted.megabytes == pytest.approx(fitted.parameters * 8 / 1e6)
    assert fitted.seconds > 0


def test_logistic_regression_gives_probabilities():
    corpus = corpora.load("newsroom")
    fitted = baselines.bag_of_words(corpus, classifier="logistic")
    assert "logistic regression" in fitted.method
    probabilities = fitted.pipeline.predict_proba(corpus.test.texts)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities.argmax(axis=1) == fitted.predict(corpus.test)).all()


def test_an_unknown_classifier_is_refused():
    with pytest.raises(ValueError, match=r"classifier is 'forest'; it must be 'svm' or 'logistic'"):
        baselines.bag_of_words(None, classifier="forest")
