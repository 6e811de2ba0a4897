"""MiniLM's vectors of texts, as they are: one process computes each only once."""

import functools
from collections.abc import Sequence

import numpy as np

from helpers import fine_tuning
from helpers.sources import published_encoders


def frozen_vectors(texts: Sequence[str], max_length: int = fine_tuning.MAX_LENGTH) -> np.ndarray:
    """Return the vector of each text, cut at ``max_length`` tokens: shape (texts, width)."""
    known = _known(max_length)
    if new := [text for text in dict.fromkeys(texts) if text not in known]:
        published = published_encoders.load()
        found = fine_tuning.features(published.encoder, published.tokenizer, new, max_length)
        known.update(zip(new, found, strict=True))
    return np.stack([known[text] for text in texts])


@functools.cache
def _known(max_length: int) -> dict[str, np.ndarray]:
    return {}
