"""How 13-search is checked: a reference for each of its five parts, and inputs to try it on."""

import inspect
from collections.abc import Callable

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.plain import as_array, as_list

CONSTANT = 60  # of reciprocal rank fusion


def _method(made: type, name: str) -> Callable:
    """Return a method of the learner's class, written with ``self`` or without."""
    thing, written = made(), inspect.getattr_static(made, name)
    bound = inspect.isfunction(written) and next(iter(inspect.signature(written).parameters), "")
    return getattr(thing if bound == "self" else made, name)


def unit_mean(vectors: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return each text's mean over its real tokens, divided by its length."""
    means = _mean(vectors, lengths)
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def _mean(vectors: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    real = np.arange(vectors.shape[1]) < lengths[:, None]
    return (vectors * real[..., None]).sum(axis=1) / lengths[:, None]


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def part_1(answer: Answer) -> None:
    """One vector a text."""
    random = np.random.default_rng(1)
    cases = [(np.array([[[1.0, 2], [5, 6], [99, 99]]]), np.array([2]))]
    for n, longest, d in ((2, 3, 2), (3, 4, 2), (4, 6, 3), (5, 5, 4), (6, 9, 3), (7, 8, 5)):
        lengths = random.integers(1, longest + 1, size=n)
        cases.append((random.normal(size=(n, longest, d)) * 9, lengths))
    mistakes = {
        "padding is in the mean": lambda v, n: _unit(v.mean(axis=1)),
        "the division by the vector's own length is missing": _mean,
        "that is the vector of the first token": lambda v, n: _unit(v[:, 0]),
        "each token was made a unit vector before the mean; take the mean first": (
            lambda v, n: _unit(_mean(v / np.linalg.norm(v, axis=2, keepdims=True), n))
        ),
        "all vectors are divided by one length; each has its own": (
            lambda v, n: _mean(v, n) / np.linalg.norm(_mean(v, n))
        ),
        "that is the largest number at each place, not the mean": lambda v, n: _unit(v.max(axis=1)),
    }
    part = answer.through_class(lambda made, *a: _method(made, "pooled")(*a), begun=False)
    against(part, unit_mean, cases, ["vectors", "lengths"], mistakes)


def part_2(answer: Answer) -> None:
    """Batches with a budget."""
    random = np.random.default_rng(2)
    part = answer.through_class(lambda made, *a: _method(made, "batches")(*a))
    cases = [([3, 9, 5, 4], 12), ([7], 3), ([5, 5, 5], 10)]
    for n, places in ((30, 64), (60, 100), (100, 200)):
        cases.append((random.integers(2, 40, size=n).tolist(), places))
    for lengths, places in cases:
        given = f"For lengths {lengths[:8]}{' …' if len(lengths) > 8 else ''} and places {places}, "
        batches = [as_list(batch, int, "positions") for batch in part.list(lengths, places)]
        flat = sorted(i for batch in batches for i in batch)
        if flat != list(range(len(lengths))):
            raise Diagnosis(
                f"{given}your batches hold the positions {flat[:12]}; each text must be in one "
                f"batch, once, from 0 to {len(lengths) - 1}."
            )
        used = sum(len(batch) * max(lengths[i] for i in batch) for batch in batches if batch)
        for batch in batches:
            if not batch:
                raise Diagnosis(f"{given}a batch is empty; leave it out.")
            longest = max(lengths[i] for i in batch)
            if len(batch) > 1 and len(batch) * longest > places:
                raise Diagnosis(
                    f"{given}a batch has {len(batch)} texts, the longest of {longest} tokens: "
                    f"{len(batch) * longest} places, padding included. Count its longest text for "
                    "each of its texts."
                )
        if len(lengths) >= 30 and 1 - sum(lengths) / used > 0.2:
            raise Diagnosis(
                f"{given}{1 - sum(lengths) / used:.0%} of the places are padding; at most 20 % is "
                "asked for. Sort by length before you cut."
            )
        ideal = sum(lengths) / places
        if len(lengths) >= 30 and len(batches) > 2 * ideal + 2:
            raise Diagnosis(
                f"{given}you make {len(batches)} batches, where about {ideal:.0f} would hold all; "
                "fill each as far as its places allow."
            )


class _Encode:
    """An encoder in whose place a check can see what it is given: one number a token, doubled."""

    def __init__(self, most: int) -> None:
        self.most, self.used, self.calls = most, 0, 0

    def __call__(self, ids: object, lengths: object) -> np.ndarray:
        try:
            ids = as_array(ids)
        except Diagnosis:
            raise Diagnosis(
                "encode got texts of different lengths; pad each with 0 to the batch's longest."
            ) from None
        lengths = as_array(lengths).astype(int)
        if ids.ndim != 2 or lengths.shape != (len(ids),):
            raise Diagnosis(
                f"encode got ids of shape {ids.shape} and lengths of shape {lengths.shape}; it "
                "takes (batch, longest) and (batch)."
            )
        self.used, self.calls = self.used + ids.size, self.calls + 1
        if len(ids) > 1 and ids.size > self.most:
            raise Diagnosis(f"encode got {ids.size} places at once; {self.most} were allowed.")
        real = np.arange(ids.shape[1]) < lengths[:, None]
        if len(wrong := np.flatnonzero((real != (ids != 0)).any(axis=1))):
            row = ids[wrong[0]].astype(int).tolist()
            raise Diagnosis(
                f"encode got the row {row} with length {lengths[wrong[0]]}; a row has a text's "
                "ids, then zeros, and its length counts the ids alone."
            )
        turned = np.stack([np.cos(ids), np.sin(ids), ids / 40], axis=-1)  # (batch, longest, 3)
        beside = np.where(real[..., None], turned, 0).sum(axis=1, keepdims=True)
        return np.where(real[..., None], turned + 0.1 * beside, 1e6)  # padding means nothing


def _embedded(sequences: list[list[int]], places: int) -> np.ndarray:
    rows = []
    for ids in sequences:
        one = np.array([ids]), np.array([len(ids)])
        rows.append(unit_mean(_Encode(10**9)(*one), one[1])[0])
    return np.array(rows)


def part_3(answer: Answer) -> None:
    """Many texts, in their own order."""
    random = np.random.default_rng(3)
    cases = [([[5, 7, 2], [9], [4, 4]], 6)]
    for n, places in ((6, 20), (12, 30), (25, 64), (40, 64)):
        lengths = random.integers(1, 20, size=n)
        cases.append(([random.integers(1, 40, size=k).tolist() for k in lengths], places))

    def sorted_first(sequences: list, places: int, sign: int = -1) -> np.ndarray:
        order = sorted(range(len(sequences)), key=lambda i: sign * len(sequences[i]))
        return _embedded(sequences, places)[order]

    mistakes = {
        "the vectors come in the order of the batches; put each back in its text's place": (
            sorted_first,
            lambda sequences, places: sorted_first(sequences, places, 1),
        )
    }
    part = answer.through_class(
        lambda made, s, places: _method(made, "embed")(_Encode(places), s, places)
    )
    against(part, _embedded, cases, ["sequences", "places"], mistakes)
    encode = _Encode(64)
    answer.through_class(lambda made, s: _method(made, "embed")(encode, s, 64)).result(cases[-1][0])
    tokens = sum(map(len, cases[-1][0]))
    if encode.used > 1.4 * tokens:
        raise Diagnosis(
            f"{tokens} tokens went to encode in {encode.used} places; use your batches of part 2."
        )
    if encode.calls > 2 * tokens / 64 + 2:
        raise Diagnosis(
            f"encode was called {encode.calls} times for {len(cases[-1][0])} texts, where about "
            f"{tokens / 64:.0f} batches of 64 places would do; use your batches of part 2."
        )


def nearest(vectors: np.ndarray, query: np.ndarray, k: int) -> list[int]:
    """Return the positions of the k highest cosines, best first."""
    return np.argsort(-(vectors @ query), kind="stable")[:k].tolist()


def part_4(answer: Answer) -> None:
    """The search."""
    random = np.random.default_rng(4)
    cases = []
    for n, d, k in ((3, 2, 1), (4, 2, 2), (8, 3, 3), (20, 4, 5), (30, 5, 1), (9, 3, 20)):
        rows = _unit(random.normal(size=(n, d)))
        cases.append((rows, _unit(random.normal(size=(1, d)))[0], k))
    mistakes: dict[str, Callable] = {
        "those are the farthest; sort from the highest cosine to the lowest": (
            lambda v, q, k: nearest(v, -q, k)
        ),
        "the right ones, but the best must come first": lambda v, q, k: nearest(v, q, k)[::-1],
        "those are in the order of their positions; the best must come first": (
            lambda v, q, k: sorted(nearest(v, q, k))
        ),
        "one too many is returned": lambda v, q, k: nearest(v, q, k + 1),
        "k is left out": lambda v, q, k: nearest(v, q, len(v)),
        "positions are asked for, not cosines": lambda v, q, k: sorted((v @ q).tolist())[::-1][:k],
    }
    part = answer.through_class(lambda made, *a: _method(made, "nearest")(*a))
    against(part, nearest, cases, ["vectors", "query", "k"], mistakes)


def fused(rankings: list[list[int]], constant: float = CONSTANT, first: int = 1) -> list[int]:
    """Return all positions of some rankings by the sum of 1 / (60 + place), best first."""
    sums = _sums(rankings, constant, first)
    return sorted(sums, key=lambda position: (-sums[position], position))


def _sums(
    rankings: list[list[int]], constant: float = CONSTANT, first: int = 1
) -> dict[int, float]:
    sums: dict[int, float] = {}
    for ranking in rankings:
        for place, position in enumerate(ranking, first):
            sums[position] = sums.get(position, 0) + 1 / (constant + place)
    return {position: round(total, 12) for position, total in sums.items()}


def _close(places: list[tuple[int, int]]) -> list[list[int]]:
    """Return two rankings in which positions 0 and 1 have these places; counting from 0 tells."""
    rankings = []
    for side, fillers in enumerate((range(2, 30), range(30, 60))):
        ranking = list(fillers)[: max(pair[side] for pair in places) - 2]
        for place, position in sorted((pair[side], i) for i, pair in enumerate(places)):
            ranking.insert(place - 1, position)
        rankings.append(ranking)
    return rankings


def part_5(answer: Answer) -> None:
    """Two rankings made one."""
    random = np.random.default_rng(5)
    cases: list[tuple] = [([[4, 2, 7], [2, 9]],), ([[1, 0]],), ([[3, 1], [1, 3]],)]
    for n, length, many in ((6, 4, 2), (10, 6, 2), (20, 8, 3), (30, 10, 2), (12, 12, 4)):
        cases.append(([random.permutation(n)[:length].tolist() for _ in range(many)],))
    cases += [(_close([(2, 14), (6, 9)]),), (_close([(6, 18), (11, 12)]),)]

    def best(rankings: list[list[int]]) -> list[int]:
        found = {i: min(one.index(i) for one in rankings if i in one) for i in fused(rankings)}
        return sorted(found, key=lambda position: (found[position], position))

    def lowest(rankings: list[list[int]], first: int = 0) -> list[int]:
        places: dict[int, list[int]] = {}
        for ranking in rankings:
            for place, position in enumerate(ranking, first):
                places.setdefault(position, []).append(place)
        return sorted(places, key=lambda position: (sum(places[position]), position))

    def by_sum(key: Callable[[float, int], tuple]) -> Callable[[list[list[int]]], list[int]]:
        def other(rankings: list[list[int]]) -> list[int]:
            sums = _sums(rankings)
            return sorted(sums, key=lambda position: key(sums[position], position))

        return other

    mistakes = {
        "60 is missing; the first place of one ranking then outweighs everything": (
            lambda rankings: fused(rankings, 0)
        ),
        "places are counted from 0 in it; the first has place 1": (
            lambda rankings: fused(rankings, first=0)
        ),
        "only a position's best place counts in it; add up what it gets from each ranking": best,
        "that is from worst to best": (
            lambda rankings: fused(rankings)[::-1],
            by_sum(lambda total, position: (total, position)),
            by_sum(lambda total, position: (total,)),
        ),
        "where two sums are equal, the smaller position should come first": (
            by_sum(lambda total, position: (-total,)),
            by_sum(lambda total, position: (-total, -position)),
        ),
        "only the first ranking counts in it": lambda rankings: rankings[0],
        "places are added; a text that is missing from a ranking then looks good": (
            lowest,
            lambda rankings: lowest(rankings, 1),
        ),
        "only what is in every ranking is returned; the others belong to it as well": (
            lambda rankings: [i for i in fused(rankings) if all(i in one for one in rankings)]
        ),
        "one ranking is put behind the other": (
            lambda rankings: list(dict.fromkeys(i for one in rankings for i in one))
        ),
    }
    part = answer.through_class(lambda made, r: _method(made, "fused")(r))
    against(part, fused, cases, ["rankings"], mistakes)


PARTS = (part_1, part_2, part_3, part_4, part_5)
