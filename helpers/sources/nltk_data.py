"""Makes NLTK find the course's own copies of its data, so that nothing is downloaded by NLTK.

Called by ``preprocess`` at first use. The data are two assets: Punkt and the stop words in
one, WordNet in the other.
"""

import nltk

from helpers.sources import assets


def use_course_data() -> None:
    """Put the two assets (fetched if need be) first on NLTK's search path; safe to repeat."""
    for name in ("wordnet-3.0", "nltk-data"):
        folder = str(assets.path(name))
        if folder not in nltk.data.path:
            nltk.data.path.insert(0, folder)
