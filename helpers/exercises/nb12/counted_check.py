"""How 12-counted is checked: streams to try it on, and its five parts with known mistakes."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.nb12.counted_reference import (
    chosen,
    counts,
    drawn,
    losses,
    perplexity,
    probability,
)
from helpers.exercises.plain import as_number, short

NAMES = ("counts", "probability", "perplexity", "drawn", "chosen")
TOY = [0, 1, 0, 1, 0, 2]


def streams() -> list[tuple[list[int], int]]:
    """Return streams with their number of different tokens, the smallest first."""
    found, random = [(TOY, 3), ([2, 2, 2, 1], 3)], np.random.default_rng(5)
    for size, length in ((2, 9), (3, 15), (4, 30), (6, 40), (5, 80), (9, 120)):
        rows = random.dirichlet(np.full(size, 0.4), size)
        stream = [0]
        for _ in range(length):
            stream.append(int(random.choice(size, p=rows[stream[-1]])))
        found.append((stream, size))
    return found


def step(answer: Answer, place: int) -> Answer:
    """Return the answer's function at ``place`` as an answer of its own."""

    def call(*inputs: object) -> object:
        return answer.using(lambda steps: _function(steps, place)(*inputs))

    return Answer(call, 2 * answer.seconds)  # the inner limit is the one that counts


def _function(steps: object, place: int) -> Callable:
    if not isinstance(steps, tuple | list) or len(steps) != len(NAMES):
        raise Diagnosis(
            f"`steps` is {short(steps)}; leave its line as it is: steps = ({', '.join(NAMES)})."
        )
    if not callable(steps[place]):
        raise Diagnosis(f"Item {place} of `steps` is {short(steps[place])}, expected a function.")
    return steps[place]


def _tables(stream: list[int], m: int) -> list[dict]:
    return [counts(stream, length) for length in range(m + 1)]


def _read_counts(result: object, expected: object) -> dict:
    if not isinstance(result, Mapping):
        raise Diagnosis(f"You return {short(result)}; expected a dictionary of contexts.")
    found = {}
    for context, following in result.items():
        if not isinstance(context, tuple):
            raise Diagnosis(f"A context is {short(context)}; expected a tuple, such as (0, 1).")
        if not isinstance(following, Mapping):
            raise Diagnosis(
                f"For the context {context} there is {short(following)}; expected a dictionary "
                "from the next token to how often it came."
            )
        some = {int(token): int(as_number(n)) for token, n in following.items() if n}
        if some:
            found[tuple(int(token) for token in context)] = dict(sorted(some.items()))
    return dict(sorted(found.items()))


def _sorted(found: dict) -> dict:
    return {c: dict(sorted(following.items())) for c, following in sorted(found.items())}


def part_1(answer: Answer) -> None:
    """Check ``counts``."""
    cases = [(stream, m) for stream, _ in streams() for m in (1, 0, 2)]
    mistakes = {
        "that counts contexts, not what follows them": (
            lambda s, m: {c: {s[m]: sum(f.values())} for c, f in counts(s, m).items()}
        ),
        "the context is the m tokens *before* the token, in their order": (
            lambda s, m: _sorted({c[::-1]: f for c, f in counts(s, m).items()})
        ),
        "the last token of the stream follows a context too": (
            lambda s, m: _sorted(counts(s[:-1], m))
        ),
        "the contexts have one token too many": lambda s, m: _sorted(counts(s, m + 1)),
        "that says only whether a token came; count how often": (
            lambda s, m: _sorted({c: dict.fromkeys(f, 1) for c, f in counts(s, m).items()})
        ),
    }
    reference = lambda s, m: _sorted(counts(s, m))  # noqa: E731
    against(step(answer, 0), reference, cases, ("stream", "m"), mistakes, _read_counts)


def part_2(answer: Answer) -> None:
    """Check ``probability``."""
    step(answer, 1).result(0, (), _tables(TOY, 0), 1, 3)
    cases = []
    for stream, size in streams():
        for m, k in ((1, 2), (0, 1), (2, 0.5), (2, 3)):
            for token, context in ((0, (0,)), (1, (0, 1)), (size - 1, ()), (0, (1, 0))):
                cases.append(
                    (token, context[max(0, len(context) - m) :], _tables(stream, m), k, size)
                )
    mistakes = {
        "that mixes in 1/V at every length; mix in what the shorter context says": (
            lambda *a: probability(*a, mixed=False)
        ),
        "a shorter context is the *last* tokens of the longer one": (
            lambda *a: probability(*a, latest=False)
        ),
        "the innermost p is 1/V, guessing evenly": lambda *a: probability(*a, start=0.0),
        "the sum below lacks k, so the probabilities add up to more than 1": (
            lambda t, c, tables, k, v: _without_k(t, c, tables, k, v)
        ),
        "that is the share alone; mix k times the shorter context's p in": (
            lambda t, c, tables, k, v: probability(t, c, tables, 1e-12, v)
        ),
        "p_0, with the tokens' own shares, is left out; m begins at 0, with the empty tuple": (
            lambda *a: _by_lengths(*a, leave_out=lambda m, context: m == 0),
            lambda *a: _by_lengths(*a, leave_out=lambda m, context: m == 0 and context != ()),
        ),
        "the longest context is left out; m goes up to its length, that included": (
            lambda t, c, *rest: probability(t, c[1:], *rest) if c else 1 / rest[-1]
        ),
        "that uses the longest context alone; mix in what the shorter ones say": (
            lambda *a: _by_lengths(*a, leave_out=lambda m, context: m < len(context))
        ),
        "a context that was never seen leaves p as the shorter one has it": (
            lambda *a: _by_lengths(*a, unseen=0.0),
            lambda *a: _by_lengths(*a, unseen=1 / a[-1]),
        ),
        "that adds k to every token's count; add k times the shorter context's p": (
            lambda t, c, tables, k, v: _by_lengths(t, c, tables, k, v, added=k, total=k * v),
            lambda t, c, tables, k, v: _by_lengths(t, c, tables, k, v, added=k),
        ),
        "p of the shorter context goes in without its factor k": (
            lambda *a: _by_lengths(*a, factor=False)
        ),
        "n(c) is how often anything followed, the sum of the counts, not how many kinds": (
            lambda *a: _by_lengths(*a, count=len)
        ),
        "p_0 mixes k / V in, with the same k; the notebook's model has 1 in k / V's place": _adds_1,
        "that goes from long contexts to short ones; begin with the empty one": (
            lambda *a: _by_lengths(*a, order=reversed)
        ),
    }
    names = ("token", "context", "tables", "k", "size")
    against(step(answer, 1), probability, cases, names, mistakes)


def _by_lengths(
    token, context, tables, k, size, leave_out=None, unseen=None, added=None, total=None,
    factor=True, count=lambda following: sum(following.values()), start=None,
    order=iter,
) -> float:  # fmt: skip
    """Return p(token | context) with a known mistake, which the settings after ``size`` make."""
    p = 1 / size if start is None else start
    for m in order(range(min(len(tables) - 1, len(context)) + 1)):
        following = tables[m].get(tuple(context[len(context) - m :]), {})
        if leave_out and leave_out(m, context):
            continue
        if unseen is not None and not following:
            p = unseen
            continue
        more = added if added is not None else k * p if factor else p
        p = (following.get(token, 0) + more) / (count(following) + (total or k))
    return p


def _adds_1(token, context, tables, k, size) -> float:
    first = probability(token, (), tables, size, size)  # k / V is 1
    longer = [{(): {token: first}}, *tables[1:]]
    return _by_lengths(token, context, longer, k, size, leave_out=lambda m, _: m == 0, start=first)


def _without_k(token, context, tables, k, size) -> float:
    p = 1 / size
    for m in range(min(len(tables) - 1, len(context)) + 1):
        following = tables[m].get(tuple(context[len(context) - m :]), {})
        n = sum(following.values())
        p = (following.get(token, 0) + k * p) / n if n else p
    return p


def part_3(answer: Answer) -> None:
    """Check ``perplexity``."""
    step(answer, 2).result(TOY, _tables(TOY, 1), 1, 3)
    cases = [
        (stream[::-1], _tables(stream, m), k, size)
        for stream, size in streams()
        for m, k in ((1, 1), (0, 2), (2, 0.5))
    ]

    def mean_loss(*a):
        return math.log(perplexity(*a))

    mistakes = {
        "that is the mean loss; perplexity is e to it": mean_loss,
        "that is 2 to a loss in nats; take logarithms and power with the same base": (
            lambda *a: 2 ** mean_loss(*a)
        ),
        "that is one over the mean probability; average the logarithms": (
            lambda *a: len(a[0]) / sum(math.exp(-x) for x in losses(*a))
        ),
        "that is e to the sum; divide by the number of tokens": (
            lambda *a: math.exp(min(sum(losses(*a)), 700))
        ),
        "the first token is guessed too, from an empty context": (
            lambda *a: math.exp(np.mean(losses(*a)[1:]))
        ),
        "the sign is reversed: a loss is minus the logarithm": lambda *a: 1 / perplexity(*a),
        "the stream's first tokens count too, each with what context there is": (
            lambda *a: math.exp(np.mean(losses(*a)[len(a[1]) - 1 :]))
        ),
        "the first tokens lose their context: in a slice, a negative place counts from the end": (
            _from_negative_places
        ),
        "each token has at most one token of context there; the tables allow more": _one_back,
        "the tokens have no context there": lambda s, tables, *rest: perplexity(
            s, tables[:1], *rest
        ),
        "a token's context ends before it; there it has the token itself in it": _itself,
    }
    names = ("stream", "tables", "k", "size")
    against(step(answer, 2), perplexity, cases, names, mistakes)


def _from_negative_places(stream, tables, k, size) -> float:
    most = len(tables) - 1
    p = [
        probability(token, tuple(stream[i - most : i]), tables, k, size)
        for i, token in enumerate(stream)
    ]
    return math.exp(-np.mean(np.log(p)))


def _itself(stream, tables, k, size) -> float:
    most = len(tables) - 1
    p = [
        probability(token, tuple(stream[max(0, i - most + 1) : i + 1]), tables, k, size)
        for i, token in enumerate(stream)
    ]
    return math.exp(-np.mean(np.log(p)))


def _one_back(stream, tables, k, size) -> float:
    return perplexity(stream, tables[:2], k, size)


def part_4(answer: Answer) -> None:
    """Check ``drawn``."""
    step(answer, 3).result(0.5, (), _tables(TOY, 0), 1, 3)
    cases = []
    for stream, size in streams():
        for place, u in enumerate((0.0, 0.37, 0.62, 0.81, 0.993)):
            cases.append((u, tuple(stream[place % 3 : place % 3 + 1]), _tables(stream, 1), 1, size))

    for size in (2, 4):  # all counts are 1 and k is V: the sums are 1/V, 2/V … without rounding
        tables = _tables(list(range(size)), 0)
        cases += [(place / size, (), tables, size, size) for place in range(1, size)]

    def likeliest(u, *rest):
        return max(range(rest[-1]), key=lambda token: probability(token, *rest))

    mistakes = {
        "that is always the likeliest token; u decides": likeliest,
        "that draws evenly; likely tokens take a larger part of the way from 0 to 1": (
            lambda u, *rest: int(u * rest[-1])
        ),
        "where the sum equals u it isn't larger yet; the next token is drawn": (
            lambda u, *rest: drawn(u - 1e-12, *rest)
        ),
        "one token too early": lambda *a: max(drawn(*a) - 1, 0),
        "one token too late": lambda *a: min(drawn(*a) + 1, a[-1] - 1),
        "that goes through the tokens from the last one on; begin with 0": (
            lambda u, *rest: drawn(1 - u - 1e-12, *rest)
        ),
        "that compares each token's own probability with u; add them up": (
            lambda u, *rest: next(
                (token for token in range(rest[-1]) if probability(token, *rest) > u), rest[-1] - 1
            )
        ),
        "the context is left out": lambda u, context, *rest: drawn(u, (), *rest),
    }
    names = ("u", "context", "tables", "k", "size")
    against(step(answer, 3), drawn, cases, names, mistakes)


def part_5(answer: Answer) -> None:
    """Check ``chosen``."""
    step(answer, 4).result(TOY, TOY, 1, (1, 2), 3)
    cases = []
    for place, (stream, size) in enumerate(streams()[2:]):
        # In another order each time, so that the first k isn't always the smallest
        half, ks = len(stream) // 2, ((0.01, 0.3, 3, 100), (3, 0.01, 100, 0.3))[place % 2]
        cases += [(stream[:half], stream[half:], m, ks, size) for m in (0, 1, 2)]
        cases += [(stream[:half], stream[:half], 1, ks, size)]

    def by_train(train, held_out, m, ks, size):
        return chosen(train, train, m, ks, size)

    def worst(train, held_out, m, ks, size):
        tables = _tables(train, m)
        return max(ks, key=lambda k: perplexity(held_out, tables, k, size))

    mistakes = {
        "that chooses on the text the counts come from, which always likes a small k": by_train,
        "that is the k with the highest perplexity": worst,
        "that is the lowest perplexity; return its k": (
            lambda t, h, m, ks, v: min(perplexity(h, _tables(t, m), k, v) for k in ks)
        ),
        "the counts come from the training stream, not from the held-out one": (
            lambda t, h, m, ks, v: chosen(h, h, m, ks, v)
        ),
        "the held-out tokens are counted as well; count on train alone": (
            lambda t, h, m, ks, v: min(
                ks, key=lambda k: perplexity(h, _tables(list(t) + list(h), m), k, v)
            )
        ),
        "the list has one table for each length from 0 to m, not the longest alone": (
            lambda t, h, m, ks, v: min(ks, key=lambda k: perplexity(h, [counts(t, m)], k, v))
        ),
        "tables are needed for all lengths up to m, m included": (
            lambda t, h, m, ks, v: chosen(t, h, max(m - 1, 0), ks, v)
        ),
    }
    names = ("train", "held_out", "m", "ks", "size")
    against(step(answer, 4), chosen, cases, names, mistakes)


PARTS = (part_1, part_2, part_3, part_4, part_5)
