"""From word vectors to a model's first layer: one row for each word of a vocabulary.

Notebook 02 builds it, notebook 07 trains with it. NumPy only; knows no model.
"""

import numpy as np

from helpers.text.vocabulary import PAD, Vocabulary
from helpers.vectors.word_vectors import WordVectors


def matrix_for(
    vectors: WordVectors, vocabulary: Vocabulary, seed: int = 0
) -> tuple[np.ndarray, float]:
    """Collect the vectors of a vocabulary's words, row i for id i.

    Parameters
    ----------
    vectors
        Where to look the words up.
    vocabulary
        Whose words; the row of padding becomes zero. The unknown word and words without a
        vector get normal random rows around zero, as spread out as the rows that were found.
    seed
        Decides the random rows; the same seed gives the same matrix.

    Returns
    -------
    The matrix, float32, shape (len(vocabulary), dimensions), and the share of the vocabulary's
    words that were found (padding and unknown are not counted; 0.0 if there are no words).

    >>> vectors = WordVectors(["cat", "dog"], np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> matrix, share = matrix_for(vectors, Vocabulary({"dog": 5, "unicorn": 1}))
    >>> matrix[[0, 2]], share
    (array([[0., 0.],
           [3., 4.]], dtype=float32), 0.5)
    """
    found = {vocabulary[word]: vectors.index(word) for word in vocabulary.counts if word in vectors}
    ids, rows = list(found), list(found.values())
    matrix = np.empty((len(vocabulary), vectors.dimensions), np.float32)
    matrix[ids] = vectors.matrix[rows]
    spread = matrix[ids].std() if ids else 0.1
    without = np.ones(len(vocabulary), bool)
    without[ids] = False
    generator = np.random.default_rng(seed)
    matrix[without] = generator.normal(0, spread, (without.sum(), vectors.dimensions))
    matrix[vocabulary[PAD]] = 0
    return matrix, len(ids) / max(1, len(vocabulary.counts))


def share_of_tokens(vectors: WordVectors, vocabulary: Vocabulary) -> float:
    """Return the share of the running text that has a vector: each word counted as it occurs.

    Rare words make up most of a vocabulary and little of a text, so this share is larger than
    the one that :func:`matrix_for` gives.

    >>> vectors = WordVectors(["cat", "dog"], np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> share_of_tokens(vectors, Vocabulary({"dog": 5, "unicorn": 1}))
    0.8333333333333334
    """
    total = sum(vocabulary.counts.values())
    return sum(n for word, n in vocabulary.counts.items() if word in vectors) / max(1, total)
