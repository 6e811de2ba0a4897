"""What 12-counted is held against: a model of counts that falls back on shorter contexts."""

import math


def counts(stream: list[int], m: int) -> dict:
    """Return {context of m tokens: {next token: how often}}."""
    found: dict = {}
    for i in range(m, len(stream)):
        following = found.setdefault(tuple(stream[i - m : i]), {})
        following[stream[i]] = following.get(stream[i], 0) + 1
    return found


def probability(token, context, tables, k, size, start=None, mixed=True, latest=True) -> float:
    """Return p(token | context); the last three settings make known mistakes."""
    p = 1 / size if start is None else start
    for m, table in enumerate(tables):
        if m > len(context):
            break
        seen = tuple(context[len(context) - m :] if latest else context[:m])
        following = table.get(seen, {})
        n = sum(following.values())
        if mixed:
            p = (following.get(token, 0) + k * p) / (n + k)
        elif n:
            p = (following.get(token, 0) + k / size) / (n + k)
    return p


def losses(stream, tables, k, size) -> list[float]:
    """Return each token's loss in nats, with all that the tables can use of what came before."""
    most = len(tables) - 1
    return [
        -math.log(probability(token, tuple(stream[max(0, i - most) : i]), tables, k, size))
        for i, token in enumerate(stream)
    ]


def perplexity(stream, tables, k, size) -> float:
    """Return e to the mean loss."""
    found = losses(stream, tables, k, size)
    return math.exp(sum(found) / len(found))


def drawn(u, context, tables, k, size) -> int:
    """Return the first token at which the probabilities, added up, exceed u."""
    total = 0.0
    for token in range(size):
        total += probability(token, context, tables, k, size)
        if u < total:
            return token
    return size - 1


def chosen(train, held_out, m, ks, size) -> float:
    """Return the k with the lowest perplexity on the held-out stream."""
    tables = [counts(train, length) for length in range(m + 1)]
    return min(ks, key=lambda k: perplexity(held_out, tables, k, size))
