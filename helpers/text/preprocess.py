"""From a raw text to words: cleaning, tokens, stop words, lemmas.

Notebook 01 builds it and shows where each step hurts. NLTK does the work; this module keeps
negations, and gives the lemmatizer the part of speech that it needs. Where NLTK finds its tables
is left to the caller: :mod:`helpers.sources.nltk_data`, or ``nltk.download``.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache

from nltk import corpus  # its names open a corpus when touched, so none is imported here
from nltk.tokenize import word_tokenize

NEGATIONS = frozenset(
    "no nor not n't don don't ain aren aren't couldn couldn't didn didn't doesn doesn't hadn "
    "hadn't hasn hasn't haven haven't isn isn't mightn mightn't mustn mustn't needn needn't shan "
    "shan't shouldn shouldn't wasn wasn't weren weren't won won't wouldn wouldn't".split()
)
# A tag needs a name, and its attributes an equals sign: "a <b and c> d" is no tag.
_MARKUP = re.compile(
    r"""<!--.*?-->|<![A-Za-z][^<>]*>|</?[A-Za-z][\w:-]*"""
    r"""(?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*/?>""",
    re.DOTALL,
)
_STRAIGHT = str.maketrans("‘’“”", "''\"\"", "\u00ad\u200b\ufeff")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_PENN = {"J": "a", "N": "n", "R": "r", "V": "v"}
_PARTS = {"n", "v", "a", "r"}


def clean(text: str) -> str:
    """Remove what is not text: markup, HTML entities, control characters, doubled spaces.

    Curly quotes become straight ones, look-alike characters one form (Unicode NFKC), and
    invisible ones (soft hyphen, zero-width space, byte-order mark) vanish. A ``<`` or ``>`` that
    belongs to no tag stays.

    Raises
    ------
    TypeError
        If it is no text; the message shows what it is.

    >>> clean("<b>Caf\\u00e9&nbsp;&amp;  Co</b>\\n\\u2019s")
    "Café & Co 's"
    """
    if not isinstance(text, str):
        raise TypeError(f"clean needs a text, not {type(text).__name__}: {text!r:.60}")
    text = html.unescape(_MARKUP.sub(" ", text))
    text = unicodedata.normalize("NFKC", text).translate(_STRAIGHT)
    text = "".join(" " if unicodedata.category(ch) == "Cc" else ch for ch in text)
    return " ".join(text.split())


def tokenize(text: str) -> list[str]:
    """Cut a text into lower-case words and marks with NLTK.

    Source: the Penn Treebank's conventions, after Punkt has found the sentences (Kiss and
    Strunk, 2006).

    >>> tokenize("They don't sell, do they?")
    ['they', 'do', "n't", 'sell', ',', 'do', 'they', '?']
    """
    with _tables_found():
        return word_tokenize(text.lower())


def simple_tokens(text: str) -> list[str]:
    """Cut a text into lower-case words, dropping marks and numbers; far faster than NLTK.

    >>> simple_tokens("They don't sell 3 cafés!")
    ['they', "don't", 'sell', 'cafés']
    """
    lower = text.lower()
    if lower.replace(" ", "").isalpha():  # nothing but letters and spaces: no pattern is needed
        return lower.split()
    return _WORD.findall(lower.replace("’", "'"))


@cache
def stop_words() -> frozenset[str]:
    """Return NLTK's English stop words (198 of them).

    >>> {"the", "not"} <= stop_words()
    True
    """
    with _tables_found():
        return frozenset(corpus.stopwords.words("english"))


def remove_stop_words(tokens: Iterable[str], keep: frozenset[str] = NEGATIONS) -> list[str]:
    """Drop stop words, but none that is in ``keep``.

    NLTK's list holds "not": dropping it turns "not good" into "good", so negations are kept
    unless you ask otherwise with ``keep=frozenset()``.

    >>> remove_stop_words(["this", "is", "not", "good"])
    ['not', 'good']
    """
    dropped = stop_words() - keep
    return [token for token in tokens if token not in dropped]


def lemmatize(tokens: Sequence[str], parts_of_speech: Sequence[str] | None = None) -> list[str]:
    """Bring each word to the form that a dictionary lists.

    Parameters
    ----------
    tokens
        Lower-case words.
    parts_of_speech
        One for each token: ``n``, ``v``, ``a``, ``r`` or a Penn Treebank tag such as ``VBG``;
        other tags leave the word alone. None takes, for each word by itself, the part of speech
        that WordNet's own sense counts make most frequent. That is a guess without context:
        "meeting" is a verb's form or a noun, and only a tagger that reads the sentence can tell.

    Raises
    ------
    ValueError
        If there are not as many parts of speech as tokens.

    Source: Miller (1995) for WordNet.

    >>> lemmatize(["running", "better", "shares"])
    ['run', 'good', 'share']
    >>> lemmatize(["running"], ["n"])
    ['running']
    """
    if parts_of_speech is None:
        return [_lemma(token, most_frequent_part(token)) for token in tokens]
    if len(parts_of_speech) != len(tokens):
        raise ValueError(
            f"{len(tokens)} tokens have {len(parts_of_speech)} parts of speech; give each one"
        )
    return [
        _lemma(token, part if part in _PARTS else _PENN.get(part[:1]))
        for token, part in zip(tokens, parts_of_speech, strict=True)
    ]


@lru_cache(maxsize=100_000)
def most_frequent_part(word: str) -> str | None:
    """Return ``n``, ``v``, ``a`` or ``r``, whichever WordNet counts most for a word's lemma.

    None if WordNet does not know the word.

    >>> most_frequent_part("running"), most_frequent_part("zzz")
    ('v', None)
    """
    found = {part: _best_lemma(word, part) for part in "nvar"}
    counts = {part: count for part, (lemma, count) in found.items() if lemma is not None}
    return max(counts, key=counts.get) if counts else None


def _lemma(word: str, part: str | None) -> str:
    return (_best_lemma(word, part)[0] if part else None) or word


@lru_cache(maxsize=400_000)
def _best_lemma(word: str, part: str) -> tuple[str | None, int]:
    """Return the lemma that WordNet counts most among those the word can come from.

    NLTK's own WordNetLemmatizer takes the shortest, which makes "rates" a form of "rat".
    """
    with _tables_found():
        candidates = corpus.wordnet._morphy(word, part)
        counts = [
            sum(sense.count() for sense in corpus.wordnet.lemmas(c, part)) for c in candidates
        ]
    return max(zip(candidates, counts, strict=True), key=lambda c: c[1], default=(None, 0))


@contextmanager
def _tables_found() -> Iterator[None]:
    """Turn NLTK's page about a missing table into one sentence with both remedies."""
    try:
        yield
    except LookupError as error:
        missing = re.search(r"Resource\W+(\w+)", str(error))
        raise LookupError(
            f"NLTK does not find its table {missing[1] if missing else ''!r}; in the course, call "
            "helpers.sources.nltk_data.use_course_data() first; elsewhere, "
            "nltk.download('punkt_tab'), 'stopwords' and 'wordnet'"
        ) from None
