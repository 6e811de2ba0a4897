"""How 03-skip-gram is checked: a reference for each of its five parts, and inputs to try it on.

Tables: v and u (V, d); ids are rows. The fifth part trains on texts of a made-up language.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.inputs import numbers
from helpers.exercises.plain import as_array

DIMENSIONS = 16  # of the vectors that are trained
NEEDED = 0.9  # of the topic words must be next to a word of their topic


def keep(counts: np.ndarray, t: float) -> np.ndarray:
    """Return how likely an occurrence of each word is to stay."""
    ratio = t * np.sum(counts) / np.asarray(counts, float)
    return np.minimum(1, np.sqrt(ratio) + ratio)


def noise(counts: np.ndarray, power: float) -> np.ndarray:
    """Return the noise distribution: counts to a power, divided by their sum."""
    raised = np.asarray(counts, float) ** power
    return raised / raised.sum()


def pairs(
    ids: list[int], reach: list[int], left: int = 0, right: int = 0, own: bool = False
) -> list[tuple[int, int]]:
    """Return the pairs, sorted, or with windows that are wider by ``left`` and ``right``."""
    places = range(len(ids))
    return sorted(
        (ids[i], ids[j])
        for i in places
        for j in places
        if -reach[i] - left <= j - i <= reach[i] + right and (own or i != j)
    )


def gradients(
    v: np.ndarray,
    u: np.ndarray,
    c: int,
    o: int,
    n: list[int],
    truth: tuple[float, float] = (1, 0),
    add: bool = True,
    once: bool = False,
    mean: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of a pair's loss in both tables, or those of a known mistake."""
    targets = np.array([o, *(dict.fromkeys(n) if once else n)])
    errors = (
        1 / (1 + np.exp(-u[targets] @ v[c]))
        - np.array([truth[0], *[truth[1]] * (len(n))])[: len(targets)]
    )
    if mean:
        errors[1:] /= len(n)
    d_v, d_u = np.zeros_like(v), np.zeros_like(u)
    d_v[c] = errors @ u[targets]
    if add:
        np.add.at(d_u, targets, np.outer(errors, v[c]))
    else:
        d_u[targets] = np.outer(errors, v[c])
    return d_v, d_u


def noise_first(v: np.ndarray, u: np.ndarray, c: int, o: int, n: list[int]) -> tuple:
    """Return the gradients as ``+=`` gives them when the noise words are listed first."""
    d_v, d_u = gradients(v, u, c, o, n)[0], np.zeros_like(u)
    for row in (*n, o):
        d_u[row] = (1 / (1 + np.exp(-u[row] @ v[c]))) * v[c]
    d_u[o] -= v[c]
    return d_v, d_u


def context_apart(v: np.ndarray, u: np.ndarray, c: int, o: int, n: list[int]) -> tuple:
    """Return the gradients as ``+=`` gives them, once for the context and once for the noise."""
    d_v, d_u = noise_first(v, u, c, o, n)
    if o in n:
        d_u[o] += (1 / (1 + np.exp(-u[o] @ v[c]))) * v[c]
    return d_v, d_u


KEEP_MISTAKES = {
    "the root alone is the paper's formula; here t / share is added to it": (
        lambda c, t: np.minimum(1, np.sqrt(t * c.sum() / c))
    ),
    "a probability is at most 1": lambda c, t: np.sqrt(t * c.sum() / c) + t * c.sum() / c,
    "that is the share dropped; the share kept is 1 minus it": lambda c, t: 1 - keep(c, t),
    "t is divided by the count, not by the share of the text": (
        lambda c, t: np.minimum(1, np.sqrt(t / c) + t / c)
    ),
    "the fraction is turned round: t / share": (
        lambda c, t: np.minimum(1, np.sqrt(c / c.sum() / t) + c / c.sum() / t)
    ),
    "t has no effect; yours is always 0.001": lambda c, t: keep(c, 0.001),
    "the root is missing": lambda c, t: np.minimum(1, 2 * t * c.sum() / c),
}
NOISE_MISTAKES = {
    "these are the shares of the text itself; the power is missing": lambda c, p: c / c.sum(),
    "the power comes before the division: raise the counts, then divide by their sum": (
        lambda c, p: (c / c.sum()) ** p
    ),
    "they do not sum to 1 yet; divide by the sum": lambda c, p: np.asarray(c, float) ** p,
    "the sum is that of the counts as they were": lambda c, p: np.asarray(c, float) ** p / c.sum(),
    "the sum was raised as well; divide by the sum of the raised counts": (
        lambda c, p: np.asarray(c, float) ** p / float(c.sum()) ** p
    ),
    "all words are equally likely; the counts are missing": lambda c, p: np.full(
        len(c), 1 / len(c)
    ),
    "the power has no effect; yours is always 0.75": lambda c, p: noise(c, 0.75),
    "the largest is 1; the sum should be": lambda c, p: (c / c.max()) ** p,
    "rare words are the likely ones: the sign of the power is turned round": (
        lambda c, p: noise(c, -p)
    ),
    "that is a softmax; raise the counts to the power": lambda c, p: (
        np.exp(c * p - (c * p).max()) / np.exp(c * p - (c * p).max()).sum()
    ),
}
PAIR_MISTAKES = {
    "a word is no context of itself": lambda i, r: pairs(i, r, own=True),
    "to the right the window ends one place too early": lambda i, r: pairs(i, r, right=-1),
    "to the left the window ends one place too early": lambda i, r: pairs(i, r, left=-1),
    "the window ends one place too early on both sides": lambda i, r: pairs(i, r, -1, -1),
    "the window ends one place too late on both sides": lambda i, r: pairs(i, r, 1, 1),
    "the reach of the context decides; it should be that of the centre": (
        lambda i, r: sorted((b, a) for a, b in pairs(i, r))
    ),
    "every place has the first one's reach": lambda i, r: pairs(i, [r[0]] * len(i)),
    "equal words at two places are a pair too": lambda i, r: [p for p in pairs(i, r) if len({*p})
        > 1],
    "a pair that occurs twice is listed twice": lambda i, r: sorted({*pairs(i, r)}),
}  # fmt: skip
GRADIENT_MISTAKES = {
    "the truth of the pair from the text is 1: its error is sigma - 1": {"truth": (0, 0)},
    "the truth of a noise word is 0: its error is sigma": {"truth": (1, 1)},
    "truth and noise have changed places": {"truth": (0, 1)},
    "a row that comes up more than once keeps its last gradient alone; add them up": {"add": False},
    "a noise word drawn twice counts twice": {"once": True},
    "the noise words' parts are averaged; the loss adds them up": {"mean": True},
}


@cache
def counted() -> list[tuple]:
    """Return (counts, number): the number is a threshold or a power."""
    random = np.random.default_rng(311)
    cases = [(np.array([40, 960]), 0.01), (np.array([10_000, 100, 16, 1]), 0.75)]
    cases += [(np.array([7]), 0.5), (np.array([5, 5, 5]), 0.05), (np.array([9, 1]), 0.5)]
    cases += [(np.array([90, 9, 1]), 0.125), (np.array([3, 1]), 0.25), (np.array([60, 40]), 0.3)]
    for size, number in ((5, 0.05), (12, 0.02), (40, 0.01), (300, 0.004), (30, 0.6)):
        cases.append((random.zipf(1.5, size).clip(max=10**6), number))
    return cases


@cache
def texts() -> list[tuple]:
    """Return (ids, reach), the shortest text first."""
    random = np.random.default_rng(312)
    made = [([4, 7], [1, 1]), ([4, 7, 9], [2, 1, 1]), ([5, 5, 6, 5], [1, 2, 1, 3])]
    made += [([3], [2]), ([8, 1, 8, 2, 6], [3, 1, 1, 2, 1]), ([1, 2, 3, 4, 5, 6], [5] * 6)]
    for size, most in ((6, 2), (9, 4), (12, 3), (20, 5), (40, 5), (60, 3)):
        ids, reach = random.integers(0, 9, size), random.integers(1, most + 1, size)
        made.append((ids.tolist(), reach.tolist()))
    return made


@cache
def tables() -> list[tuple]:
    """Return (v, u, c, o, n): noise words come twice, or are the context or the centre."""
    random = np.random.default_rng(313)
    v, u = np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([[0.0, 1.5], [1.0, 0.5]])
    made = [(v, u, 0, 0, [1]), (v, u, 1, 0, [1, 1]), (v, u, 0, 1, [0, 1])]
    for size, d, k in ((3, 1, 2), (4, 3, 3), (5, 2, 5), (6, 4, 2), (8, 3, 5), (9, 6, 4), (12, 8, 5),
                       (20, 5, 9), (30, 16, 5)):  # fmt: skip
        c, o, *n = random.integers(0, size, k + 2).tolist()
        n[-1] = n[0]
        made.append((numbers(random, size, d), numbers(random, size, d), c, o, n))
    return made


@cache
def language() -> tuple[list[list[str]], dict[str, int]]:
    """Return texts of a made-up language, and the topic of each topic word.

    Each of 240 texts has one of four topics. Half of its words are function words, which every
    topic shares; the others come from the eight words of its topic.
    """
    random = np.random.default_rng(314)
    names = [f"{a}{b}" for a in "bdfgklmnprst" for b in ("a", "e", "o")]
    random.shuffle(names)
    function, topics = names[:4], [names[4 + 8 * i : 12 + 8 * i] for i in range(4)]
    made = []
    for i in range(240):
        words = random.choice(topics[i % 4], 10)
        common = random.random(10) < 0.5
        made.append(np.where(common, random.choice(function, 10), words).tolist())
    return made, {word: i for i, topic in enumerate(topics) for word in topic}


def _begun(answer: Answer) -> Answer:
    """Return the answer once part 1 has run, so that `...` is a part left out."""
    answer.using(lambda own: own() and own.keep(np.array([1, 1]), 0.5))
    return answer


def part_1(answer: Answer) -> None:
    """Keep-probabilities."""
    against(
        _begun(answer).through(lambda own, *given: own.keep(*given)),
        keep, counted(), ("counts", "t"), KEEP_MISTAKES,
    )  # fmt: skip


def part_2(answer: Answer) -> None:
    """The noise distribution."""
    against(
        _begun(answer).through(lambda own, *given: own.noise(*given)),
        noise, counted(), ("counts", "power"), NOISE_MISTAKES,
    )  # fmt: skip


def part_3(answer: Answer) -> None:
    """The pairs of a text, in any order."""

    def read(result: object, expected: list) -> list:
        found = as_array(result) if len(result) else np.zeros((0, 2))
        if found.ndim != 2 or found.shape[1] != 2:
            raise Diagnosis("A list of pairs (centre, context) is asked for.")
        return sorted((int(a), int(b)) for a, b in found)

    against(
        _begun(answer).through(lambda own, *given: own.pairs(*given)),
        pairs, texts(), ("ids", "reach"), PAIR_MISTAKES, read,
    )  # fmt: skip


def part_4(answer: Answer) -> None:
    """The gradients of one pair, in both tables."""

    def one(own: object, place: int, *given: object) -> object:
        result = own.gradients(*given)
        if result is ...:
            return result
        if not isinstance(result, tuple | list) or len(result) != 2:
            kind = type(result).__name__
            raise Diagnosis(f"gradients returns one {kind}; two are asked for, d_v and d_u.")
        return result[place]

    def mistake(place: int, change: dict) -> Callable:
        return lambda *given: gradients(*given, **change)[place]

    for place, name in enumerate(("d_v", "d_u")):
        known = {
            "+= on rows keeps one gradient of a row that comes up twice; np.add.at adds all": (
                lambda *given, i=place: noise_first(*given)[i],
                lambda *given, i=place: context_apart(*given)[i],
            )
        }
        known |= {words: mistake(place, change) for words, change in GRADIENT_MISTAKES.items()}
        known["d_v and d_u have changed places"] = lambda *given, i=place: gradients(*given)[1 - i]
        known["the sign is wrong"] = lambda *given, i=place: -gradients(*given)[i]
        against(
            _begun(answer).through(lambda own, *given, i=place: one(own, i, *given)),
            lambda *given, i=place: gradients(*given)[i],
            tables(), (f"{name} where v", "u", "c", "o", "n"), known,
        )  # fmt: skip


def part_5(answer: Answer) -> None:
    """Trained: the nearest topic word of a topic word must be of its topic."""
    made, topic_of = language()
    said = "240 texts of a made-up language"
    case = Case((made, DIMENSIONS), said)
    result = _begun(answer).through(lambda own, *given: own.trained(*given)).result(*case.inputs)
    if not isinstance(result, dict):
        raise Diagnosis(f"trained returns a {type(result).__name__}; a dictionary is asked for.")
    if missing := [word for word in topic_of if word not in result]:
        raise Diagnosis(f"Your dictionary has no vector for {missing[0]!r}, a word of the texts.")
    vectors = np.array([as_array(result[word], (DIMENSIONS,)) for word in topic_of])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not lengths.all():
        raise Diagnosis(
            "Your vectors are zero. With v and u zero at the start all gradients are zero, and "
            "nothing ever moves: draw v at random."
        )
    cosines = vectors @ vectors.T / lengths / lengths.T
    topics = np.array(list(topic_of.values()))
    near = np.where(np.eye(len(topics), dtype=bool), -np.inf, cosines).argmax(axis=1)
    right = int((topics[near] == topics).sum())
    if right < NEEDED * len(topics):
        raise Diagnosis(
            f"After your training on {said}, the nearest topic word of {right} of the "
            f"{len(topics)} topic words is of the same topic; {round(NEEDED * len(topics))} are "
            f"needed, and chance gives 7. {_why(cosines, lengths)}"
        )


def _why(cosines: np.ndarray, lengths: np.ndarray) -> str:
    if cosines.mean() > 0.9:
        return (
            "All your vectors point the same way; do noise words push, and is u part of it? Or is "
            "it too little training: a small t drops most of so small a text. Try a larger one, "
            "more passes, a larger rate."
        )
    if lengths.max() < 0.3:
        return (
            "Your vectors have hardly moved: train longer, or at a larger learning rate (0.1, say)."
        )
    return "Does the loss fall? Do steps go against the gradient, and do they move both tables?"


PARTS = (part_1, part_2, part_3, part_4, part_5)
