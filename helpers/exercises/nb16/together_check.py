"""How 16-together is checked: models that know pairs of words, and one that adds up weights."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer


def _without(words: list[str], *places: int) -> str:
    return " ".join(word for k, word in enumerate(words) if k not in places)


def _terms(words: list[str], i: int, j: int, z: Callable) -> np.ndarray:
    """Return z of the whole, without i, without j, and without both."""
    return np.asarray(z([_without(words, *out) for out in ((), (i,), (j,), (i, j))]), dtype=float)


def _together(words: list[str], i: int, j: int, z: Callable) -> float:
    whole, no_i, no_j, neither = _terms(words, i, j, z)
    return whole - no_i - no_j + neither


def _by_value(words: list[str], i: int, j: int, z: Callable) -> float:
    """Remove all words that look like the two."""
    texts = [[w for w in words if w not in out] for out in
             ((), (words[i],), (words[j],), (words[i], words[j]))]  # fmt: skip
    a, b, c, d = np.asarray(z([" ".join(text) for text in texts]), dtype=float)
    return a - b - c + d


def _shifted(words: list[str], i: int, j: int, z: Callable) -> float:
    """Delete i, then j from what is left, where the places have moved on."""
    left = words[:i] + words[i + 1 :]
    both = left[:j] + left[j + 1 :]
    whole, no_i, no_j, _ = _terms(words, i, j, z)
    return whole - no_i - no_j + float(np.asarray(z([" ".join(both)]))[0])


def _popped(words: list[str], i: int, j: int, z: Callable) -> float:
    """Pop i, then j from what is left; an error where j is no longer there."""
    left = list(words)
    left.pop(i)
    left.pop(j)
    whole, no_i, no_j, _ = _terms(words, i, j, z)
    return whole - no_i - no_j + float(np.asarray(z([" ".join(left)]))[0])


def _first_alike(words: list[str], i: int, j: int, z: Callable) -> float:
    """Remove the first word that looks like each of the two, as list.remove does."""
    texts = []
    for out in ((), (i,), (j,), (i, j)):
        left = list(words)
        for place in out:
            left.remove(words[place])
        texts.append(" ".join(left))
    a, b, c, d = np.asarray(z(texts), dtype=float)
    return a - b - c + d


def _gaps(words: list[str], i: int, j: int, z: Callable) -> float:
    """Empty the two places and keep the spaces on both sides."""
    outs = (), (i,), (j,), (i, j)
    texts = [" ".join("" if k in out else w for k, w in enumerate(words)) for out in outs]
    a, b, c, d = np.asarray(z(texts), dtype=float)
    return a - b - c + d


def _listed(texts: list[str]) -> list[str]:
    if isinstance(texts, str):
        raise TypeError("log_odds takes a list of texts, this is a single text")
    return texts


def _model(pairs: dict[tuple[str, str], float], seed: int, order: bool = True) -> Callable:
    """Return a model: a weight for each word, and more where a pair occurs in this order."""

    def one(text: str) -> float:
        words = text.split(" ") if text else []  # two spaces in a row have an empty word between
        total = sum(((sum(map(ord, w)) * 37 + seed) % 41 - 20) / 10 for w in words)
        for (first, second), value in pairs.items():
            if first in words and second in words:
                ahead = words.index(first) < len(words) - 1 - words[::-1].index(second)
                total += value if ahead or not order else -value
        return total + 0.01 * len(words) ** 2

    return lambda texts: np.array([one(text) for text in _listed(texts)])


def _cases() -> Iterator[Case]:
    pairs = {("not", "dull"): 3.0, ("so", "so"): -2.0, ("funny", "but"): -1.5}
    for number, (text, i, j) in enumerate((
        ("not dull ever", 0, 1),
        ("it is not dull", 2, 3),
        ("it is not dull", 3, 2),
        ("funny but long", 0, 2),
        ("funny but not dull", 0, 3),
        ("so long and so so", 0, 3),
        ("dull not dull", 1, 2),
        ("a film that is not at all dull", 4, 7),
        ("a film that is not at all dull", 7, 0),
        ("funny funny but dull", 1, 3),
    )):  # fmt: skip
        said = f"words = {text.split()}, i = {i}, j = {j} and a model that knows some pairs"
        yield Case((text.split(), i, j, _model(pairs, number)), said)
    random = np.random.default_rng(160)
    vocabulary = np.array("not dull so funny but a film it is very".split())
    for n in (4, 6, 9, 15, 30):
        words = random.choice(vocabulary, n).tolist()
        i, j = random.choice(n, 2, replace=False).tolist()
        yield Case((words, i, j, _model(pairs, n)), f"{n} drawn words, i = {i}, j = {j}")


def shape(answer: Answer) -> None:
    answer.number("it is not dull".split(), 1, 2, _model({("not", "dull"): 3.0}, 0))


def values(answer: Answer) -> None:
    def weighted(*factors: int) -> Callable:
        return lambda *a: _terms(*a) @ factors

    mistakes = {
        "the sign is turned round: first the effect with the other word there": (
            lambda *a: -_together(*a)
        ),
        "that is the effect of word i alone, with j there; subtract its effect without j": (
            weighted(1, -1, 0, 0)
        ),
        "that is the effect of word j alone, with i there; subtract its effect without i": (
            weighted(1, 0, -1, 0)
        ),
        "that is what both do, z(all) - z(without both); compare two effects of one word": (
            weighted(1, 0, 0, -1)
        ),
        "the text without both words is missing": weighted(1, -1, -1, 0),
        "the text without both words has the wrong sign": weighted(1, -1, -1, -1),
        "the two effects are added up; subtract the second from the first": (
            weighted(1, -1, 1, -1),
            weighted(1, 1, -1, -1),
        ),
        "that compares word i's effect with word j's; compare word i's effect with j there and "
        "without j": (weighted(0, -1, 1, 0), weighted(0, 1, -1, 0)),
        "words were taken out by what they are, not by their place; a word may come twice": (
            _by_value,
            _first_alike,
        ),
        "two spaces are left where a word was; join only the words that stay": _gaps,
        "after one word is taken out, the places of those behind it have moved": (
            _shifted,
            lambda words, i, j, z: _shifted(words, j, i, z),
            _popped,
        ),
    }
    against(answer, _together, _cases(), mistakes=mistakes)


def real(answer: Answer) -> None:
    """Return nothing for a sum, whatever the words."""
    weights = {"not": -0.19, "dull": -2.21, "never": -0.13, "french": 1.03, "flaws": 0.96}

    def sums(texts: list[str]) -> np.ndarray:
        return np.array([0.3 + sum(weights.get(w, 0.0) for w in t.split()) for t in _listed(texts)])

    texts = ("never not dull", "a french film with flaws that is not dull", "dull dull flaws")
    cases = [
        Case((text.split(), 0, len(text.split()) - 1, sums), f"a sum of weights and {text!r}")
        for text in texts
    ]
    against(answer, lambda *a: 0.0, cases)
