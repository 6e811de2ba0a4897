"""Running text to learn words from: the course's corpora as lists of words, without labels.

Notebook 03 trains word vectors on it. Only training parts are read, so that vectors learnt here
may serve a classifier that is later tested on the same corpora. Leaves counting words to
:mod:`helpers.text.vocabulary`.
"""

import random
from collections.abc import Sequence

from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens

SOURCES = ("news-articles", "20newsgroups", "reuters-r52", "movie-reviews")


def load(
    sources: Sequence[str] = SOURCES, max_words: int | None = None, seed: int = 0
) -> list[list[str]]:
    """Return the texts of the corpora's training parts, each as a list of lower-case words.

    Parameters
    ----------
    sources
        Names that :func:`helpers.sources.corpora.load` knows. By default news of 2017 (1.4 million
        words), newsgroup letters (2.7), financial news of 1987 (0.7) and film reviews (0.2).
    max_words
        Stop after the text with which so many words are reached; None reads everything.
    seed
        Texts come in an order shuffled with this seed, since the files are sorted by class; the
        same seed gives the same order on every machine.

    Returns
    -------
    One list for each text: no corpus but the first marks where sentences end, so windows may
    reach from one sentence into the next.

    Raises
    ------
    LookupError
        If no corpus has such a name.
    ValueError
        If there are no sources, or ``max_words`` is below 1.

    >>> texts = load(["newsroom"], max_words=50)
    >>> sum(map(len, texts)) >= 50
    True
    """
    if isinstance(sources, str) or not sources:
        raise ValueError(f"sources is {sources!r}; give a list of corpora's names")
    if max_words is not None and max_words < 1:
        raise ValueError(f"max_words is {max_words}; use 1 or more, or None for everything")
    texts = [text for name in sources for text in corpora.load(name).train.texts]
    random.Random(seed).shuffle(texts)
    taken, words = [], 0
    for text in texts:
        if max_words is not None and words >= max_words:
            break
        taken.append(simple_tokens(text))
        words += len(taken[-1])
    return taken
