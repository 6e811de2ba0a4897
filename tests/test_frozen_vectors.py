"""Vectors of a frozen encoder: each text is read once."""

from types import SimpleNamespace

import numpy as np

from helpers.experiments import frozen_vectors
from helpers.sources import published_encoders


def test_a_frozen_encoder_reads_each_text_once(monkeypatch):
    frozen_vectors._known.cache_clear()
    read = []

    def features(encoder, tokenizer, texts, max_length):
        read.extend(texts)
        return np.array([[len(text), 1.0] for text in texts])

    monkeypatch.setattr(frozen_vectors.fine_tuning, "features", features)
    monkeypatch.setattr(
        published_encoders, "load", lambda *name: SimpleNamespace(encoder=None, tokenizer=None)
    )
    first = frozen_vectors.frozen_vectors(["a", "bb", "a"])
    again = frozen_vectors.frozen_vectors(["bb", "ccc"])
    assert read == ["a", "bb", "ccc"]
    assert first[:, 0].tolist() == [1, 2, 1] and again[:, 0].tolist() == [2, 3]
    frozen_vectors._known.cache_clear()
