"""Published tests of word vectors: the Google analogies, WordSim-353 and SimLex-999.

Notebook 02 uses all three. Only reads them, lower-cased as GloVe's words are; scoring is in
:mod:`helpers.vectors.tests_of_meaning`.
"""

from helpers.sources import assets

Question = tuple[str, str, str, str]
_PAIR_FILES = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}


def analogies() -> dict[str, list[Question]]:
    """Return the Google set's 19,544 questions by section: (a, b, c, d), a is to b as c is to d.

    The first five sections are about facts (semantic), the nine "gram" ones about grammar.

    Source: Mikolov, Chen, Corrado and Dean (2013).

    >>> analogies()["capital-common-countries"][0]
    ('athens', 'greece', 'baghdad', 'iraq')
    """
    text = (assets.path("word-tests") / "questions-words.txt").read_text(encoding="utf-8")
    sections: dict[str, list[Question]] = {}
    for line in text.lower().split("\n"):
        if line.startswith(":"):
            questions = sections[line[1:].strip()] = []
        elif line:
            a, b, c, d = line.split()
            questions.append((a, b, c, d))
    return sections


def similarity_pairs(name: str) -> list[tuple[str, str, float]]:
    """Return (word, word, people's mean score from 0 to 10) of ``wordsim353`` or ``simlex999``.

    WordSim-353 asked how related two words are, SimLex-999 how similar the things themselves.

    Sources: Finkelstein et al. (2002); Hill, Reichart and Korhonen (2015).

    Raises
    ------
    LookupError
        If there is no set of this name.

    >>> similarity_pairs("simlex999")[0]
    ('old', 'new', 1.58)
    """
    if name not in _PAIR_FILES:
        raise LookupError(f"no set of pairs is called {name!r}; use {' or '.join(_PAIR_FILES)}")
    text = (assets.path("word-tests") / _PAIR_FILES[name]).read_text(encoding="utf-8")
    lines = [line for line in text.lower().split("\n") if line and not line.startswith("#")]
    return [(a, b, float(score)) for a, b, score in (line.split("\t") for line in lines)]
