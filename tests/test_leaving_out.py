"""Leaving a word out of a model that adds weights gives back the weight."""

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from helpers.evaluation.leaving_out import leave_one_out, log_odds


def test_log_odds_are_scipys_and_stay_finite():
    p = np.random.default_rng(0).random(50)
    assert log_odds(p) == pytest.approx(logit(p)) and expit(log_odds(p)) == pytest.approx(p)
    assert np.isfinite(log_odds([0.0, 1.0])).all() and log_odds([0.0])[0] < -16


def test_a_linear_model_gives_its_weights_back():
    texts = ["fine film", "dull film", "fine story", "dull plot", "a fine plot", "a dull story"]
    model = make_pipeline(CountVectorizer(token_pattern=r"\w+"), LogisticRegression())
    model.fit(texts, [1, 0, 1, 0, 1, 0])
    weights = dict(zip(model[0].get_feature_names_out(), model[1].coef_[0], strict=True))
    words = "a fine plot film unheard".split()
    found = leave_one_out(words, lambda texts: model.predict_proba(texts)[:, 1])
    assert found == pytest.approx([weights.get(word, 0.0) for word in words])


def test_words_that_act_together():
    table = {"not dull": 0.8, "dull": 0.1, "not": 0.5}
    found = leave_one_out(["not", "dull"], lambda texts: [table[text] for text in texts])
    assert found == pytest.approx([logit(0.8) - logit(0.1), logit(0.8)])


def test_one_word_is_too_few():
    with pytest.raises(ValueError, match=r"\['fine'\] has 1 words; leaving one out needs two"):
        leave_one_out(["fine"], lambda texts: [0.5] * len(texts))
