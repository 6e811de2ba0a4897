"""The pooled classifier reaches its figure on R8, and a fitted one reads new texts."""

import dataclasses
import statistics

import numpy as np
import pytest
import torch

from helpers import news_classifier
from helpers.evaluation import metrics
from helpers.sources import corpora, published_vectors
from helpers.text.labelled_texts import Split


@pytest.fixture(scope="module")
def glove():
    return published_vectors.load("glove-6b-50d")


@pytest.fixture(scope="module")
def newsroom():
    return corpora.load("newsroom")


@pytest.mark.notebooks
def test_pooled_reaches_its_figure_on_r8_over_five_seeds(glove):
    corpus = corpora.load("reuters-r8")
    accuracies = []
    for seed in range(5):
        fitted, _ = news_classifier.fit_pooled(corpus, seed, vectors=glove)
        predicted = news_classifier.predictions(fitted, corpus.test)
        accuracies.append(metrics.accuracy(corpus.test.labels, predicted))
    assert statistics.mean(accuracies) >= 0.970, accuracies


def test_a_fitted_classifier_reads_new_texts(newsroom, glove):
    fitted, history = news_classifier.fit_pooled(newsroom, vectors=glove, device="cpu")
    texts = ["The central bank raised interest rates again", "A chip that needs no fan", ""]
    probabilities = fitted.probabilities(texts)
    assert probabilities.shape == (3, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    label, probability = fitted.classify(texts[0])
    assert label == "finance"
    assert probability == pytest.approx(probabilities[0].max(), abs=1e-6)
    assert max(history.validation_accuracy) > 0.7


def test_with_few_texts_frozen_vectors_are_better_and_know_words_never_trained_on(newsroom, glove):
    options = {"vectors": glove, "device": "cpu"}
    trained, _ = news_classifier.fit_pooled(newsroom, **options)
    frozen, _ = news_classifier.fit_pooled(newsroom, train_vectors=False, **options)
    accuracy = {
        name: metrics.accuracy(newsroom.test.labels, predicted)
        for name, predicted in (
            ("trained", news_classifier.predictions(trained, newsroom.test)),
            ("frozen", news_classifier.predictions(frozen, newsroom.test)),
        )
    }
    assert accuracy["frozen"] > max(accuracy["trained"], 0.93), accuracy
    assert "motherboard" not in trained.vocabulary
    assert frozen.classify("motherboard")[0] == "technology"
    begun = glove["motherboard"]
    kept = frozen.model.vectors.weight[frozen.vocabulary["motherboard"]].numpy()
    np.testing.assert_array_equal(kept, begun)


def test_probabilities_and_predictions_agree(newsroom, glove):
    fitted, _ = news_classifier.fit_pooled(newsroom, vectors=glove, device="cpu")
    predicted = news_classifier.predictions(fitted, newsroom.test)
    expected = fitted.probabilities(newsroom.test.texts).argmax(axis=1)
    assert (predicted == expected).all()


def test_same_seed_same_weights_and_the_test_part_is_not_looked_at(newsroom, glove):
    shuffled = Split(newsroom.test.texts, newsroom.test.labels[::-1])
    other = dataclasses.replace(newsroom, test=shuffled)
    first, _ = news_classifier.fit_pooled(newsroom, 3, vectors=glove, device="cpu")
    second, _ = news_classifier.fit_pooled(other, 3, vectors=glove, device="cpu")
    for name, weight in first.model.state_dict().items():
        assert torch.equal(weight, second.model.state_dict()[name]), name


def test_without_a_validation_part_the_last_weights_are_kept(newsroom, glove):
    corpus = dataclasses.replace(newsroom, validation=Split([], []))
    fitted, history = news_classifier.fit_pooled(corpus, vectors=glove, device="cpu")
    assert history.validation_accuracy == []
    predicted = news_classifier.predictions(fitted, corpus.test)
    assert metrics.accuracy(corpus.test.labels, predicted) > 0.7


def test_word_pairs_can_be_added_where_vectors_are_trained(newsroom, glove):
    options = {"vectors": glove, "device": "cpu", "pairs": 1000}
    fitted, _ = news_classifier.fit_pooled(newsroom, **options)
    words = len(fitted.vocabulary)
    assert fitted.model.vectors.num_embeddings == words + 1000
    (ids, _, _), _ = fitted.bags(["interest rates"])[[0]]
    assert (ids >= words).tolist() == [False, False, True]
    with pytest.raises(ValueError, match="word pairs have no vectors to begin with"):
        news_classifier.fit_pooled(newsroom, train_vectors=False, **options)


@pytest.mark.parametrize("train_vectors", [True, False])
def test_unknown_words_say_nothing(newsroom, glove, train_vectors):
    """Their row is never trained, so no answer may depend on what stands in it."""
    options = {"vectors": glove, "device": "cpu", "train_vectors": train_vectors}
    fitted, _ = news_classifier.fit_pooled(newsroom, **options)
    foreign, mixed, plain = "zoxq brimfl", "zoxq shares fall brimfl", "shares fall"
    assert fitted.vocabulary.ids(foreign.split()) == [1, 1]
    before = fitted.probabilities([foreign, mixed, plain, ""])
    with torch.no_grad():
        fitted.model.vectors.weight[1] = 100 * torch.randn(50)
    np.testing.assert_array_equal(before, fitted.probabilities([foreign, mixed, plain, ""]))
    np.testing.assert_allclose(before[0], before[3], rtol=1e-5)
    np.testing.assert_allclose(before[1], before[2], rtol=1e-5)


@pytest.mark.parametrize("train_vectors", [True, False])
def test_the_batch_size_decides_the_steps(newsroom, glove, train_vectors):
    settings = dataclasses.replace(news_classifier.TRAINED, epochs=2)
    options = {"train_vectors": train_vectors, "settings": settings, "batch_size": 100}
    _, history = news_classifier.fit_pooled(newsroom, vectors=glove, device="cpu", **options)
    steps = 2 * 4  # 342 texts are four batches; the last of all steps has the share 1 / steps
    assert history.learning_rate[-1] == pytest.approx(settings.learning_rate / steps)
