"""11-pool: one learned query mixes a text's vectors into one; mean pooling is a special case."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.inputs import numbers


def pooled(X, lengths, u, divide=True, hide=True) -> np.ndarray:
    """Return the mixtures, shape (batch, d)."""
    scores = X @ u / (np.sqrt(len(u)) if divide else 1)  # (batch, longest)
    if hide:
        scores = np.where(np.arange(X.shape[1]) < lengths[:, None], scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("bn,bnd->bd", weights, X)


def _shape(answer: Answer) -> None:
    X = numbers(np.random.default_rng(0), 3, 4, 5)
    answer.array(X, np.array([4, 1, 2]), np.ones(5), shape=(3, 5))


def _cases() -> Iterator[tuple | Case]:
    yield np.array([[[2.0, 0.0], [0.0, 2.0]]]), np.array([2]), np.array([1.0, 0.0])
    yield np.array([[[2.0, 0.0], [0.0, 2.0], [4.0, 1.0]]]), np.array([2]), np.array([1.0, 0.5])
    yield np.array([[[2.0], [1.0]], [[3.0], [1.0]]]), np.array([2, 1]), np.array([1.0])
    random = np.random.default_rng(111)
    for batch, longest, d in ((2, 3, 4), (3, 4, 2), (1, 5, 4), (4, 3, 3), (2, 6, 5), (3, 5, 8)):
        X, lengths = numbers(random, batch, longest, d), random.integers(1, longest, size=batch)
        yield X, lengths, numbers(random, d)
    X = numbers(random, 2, 4, 4)
    yield Case((X, np.array([3, 2]), np.zeros(4)), "a query of zeros")
    yield Case((X, np.array([3, 4]), 3000 * np.ones(4)), "a query of 3000s, so large scores")
    X = np.concatenate([X[:1] + 2, X[1:] - 2])
    yield Case(
        (X, np.array([3, 4]), 3000 * np.ones(4)),
        "a query of 3000s and two texts, one with large scores above 0, one below",
    )


def _values(answer: Answer) -> None:
    def after(X, lengths, u) -> np.ndarray:  # softmax first, then zeros
        scores = X @ u / np.sqrt(len(u))
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        real = np.arange(X.shape[1]) < lengths[:, None]
        return np.einsum("bn,bnd->bd", weights * real, X)

    def zero_scores(X, lengths, u) -> np.ndarray:
        real = np.arange(X.shape[1]) < lengths[:, None]
        scores = X @ u / np.sqrt(len(u)) * real
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.einsum("bn,bnd->bd", weights / weights.sum(axis=1, keepdims=True), X)

    def zero_scores_as_they_are(X, lengths, u) -> np.ndarray:
        real = np.arange(X.shape[1]) < lengths[:, None]
        weights = np.exp(X @ u / np.sqrt(len(u)) * real)
        return np.einsum("bn,bnd->bd", weights / weights.sum(axis=1, keepdims=True), X)

    def zero_vectors(X, lengths, u) -> np.ndarray:
        real = np.arange(X.shape[1]) < lengths[:, None]
        return pooled(X * real[:, :, None], lengths, u, hide=False)

    def mean(X, lengths, u) -> np.ndarray:
        return np.array([x[:n].mean(axis=0) for x, n in zip(X, lengths, strict=True)])

    def best(X, lengths, u) -> np.ndarray:
        scores = [x[:n] @ u for x, n in zip(X, lengths, strict=True)]  # equal ones share
        return np.array(
            [x[: len(s)][s == s.max()].mean(axis=0) for x, s in zip(X, scores, strict=True)]
        )

    def unnormalised(X, lengths, u) -> np.ndarray:
        real = np.arange(X.shape[1]) < lengths[:, None]
        return np.einsum("bn,bnd->bd", np.exp(X @ u / np.sqrt(len(u))) * real, X)

    def overflowing(X, lengths, u) -> np.ndarray:
        real = np.arange(X.shape[1]) < lengths[:, None]
        weights = np.exp(X @ u / np.sqrt(len(u))) * real
        return np.einsum("bn,bnd->bd", weights / weights.sum(axis=1, keepdims=True), X)

    def across(X, lengths, u) -> np.ndarray:  # softmax over the texts
        real = np.arange(X.shape[1]) < lengths[:, None]
        weights = np.exp(X @ u / np.sqrt(len(u))) * real
        return np.einsum("bn,bnd->bd", weights / weights.sum(axis=0), X)

    def as_one(X, lengths, u) -> np.ndarray:  # the largest score of all texts taken away
        scores = np.where(np.arange(X.shape[1]) < lengths[:, None], X @ u, -np.inf)
        weights = np.exp((scores - scores.max()) / np.sqrt(len(u)))
        return np.einsum("bn,bnd->bd", weights / weights.sum(), X)

    def shared_maximum(X, lengths, u) -> np.ndarray:
        scores = np.where(np.arange(X.shape[1]) < lengths[:, None], X @ u, -np.inf)
        weights = np.exp((scores - scores.max()) / np.sqrt(len(u)))
        return np.einsum("bn,bnd->bd", weights / weights.sum(axis=1, keepdims=True), X)

    def together(X, lengths, u) -> np.ndarray:
        scores = np.where(np.arange(X.shape[1]) < lengths[:, None], X @ u, -np.inf)
        scores = scores / np.sqrt(len(u))
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.einsum("bn,bnd->bd", weights / weights.sum(), X)

    mistakes = {
        "large scores overflow in exp; take the largest away first": overflowing,
        "the scores are not divided by the root of d": lambda *a: pooled(*a, divide=False),
        "the scores are divided by d, not by its root": (
            lambda X, n, u: pooled(X, n, u / np.sqrt(len(u)))
        ),
        "that is the root of the number of vectors; d is how many numbers a vector has": (
            lambda X, n, u: pooled(X, n, u * np.sqrt(len(u) / X.shape[1]))
        ),
        "padding takes part; its scores must be hidden before softmax": (
            lambda *a: pooled(*a, hide=False)
        ),
        "padding is set to 0 after softmax, so the weights that are left do not sum to 1": after,
        "padding has the score 0, and exp(0) is 1; a hidden score is very low": (
            zero_scores,
            zero_scores_as_they_are,
            zero_vectors,
        ),
        "that is the mean; the query plays no part": mean,
        "that takes the best token alone; a soft look-up mixes them": best,
        "the weights do not sum to 1; divide by their sum": unnormalised,
        "softmax runs over the texts of the batch; each text's tokens share the weight": across,
        "the weights of all texts together sum to 1; each text's should": (together, as_one),
        "the weights sum to 1 already; the mixture is a sum, not a mean": (
            lambda X, n, u: pooled(X, n, u) / X.shape[1]
        ),
        "each text needs its own largest score; with that of the batch all its exps can be 0": (
            shared_maximum
        ),
        "the query's sign is reversed": lambda X, n, u: pooled(X, n, -u),
        "the token after the last real one takes part; places count from 0": (
            lambda X, n, u: pooled(X, n + 1, u)
        ),
    }
    against(answer, pooled, _cases(), ["X", "lengths", "u"], mistakes)


def _real(answer: Answer) -> None:
    """As large as MiniLM's batches, with padding that would win if it were seen."""
    random = np.random.default_rng(7)
    X, lengths = random.normal(size=(16, 40, 384)), random.integers(1, 41, size=16)
    u = random.normal(size=384)
    X[np.arange(40) >= lengths[:, None]] = 5 * u
    against(
        answer, pooled, [Case((X, lengths, u), "16 texts of up to 40 tokens, 384 numbers each")]
    )


POOL = Exercise(
    name="11-pool",
    title="Pooling with a question",
    difficulty=3,
    minutes=15,
    prompt="""
Mean pooling treats all words alike. Let a learned query $u$, shape (d), choose: a text's vector is
the scaled dot-product attention of this one query over the text's own vectors, which are keys and
values at once. `X` has shape (batch, longest, d), and `lengths` says how many vectors of each text
are real; 1 or more. What follows them is padding and may hold any numbers. Return the mixtures,
shape (batch, d). Scores may be large.
""",
    answer="attention_pool",
    starter='''
import numpy as np


def attention_pool(X, lengths, u):
    """Vectors (batch, longest, d), lengths (batch), query (d) -> (batch, d).

    Example: X [[[2, 0], [0, 2]]], lengths [2] and u [1, 0] give [[1.609, 0.391]].
    """
    return ...  # your turn
''',
    hints=(
        "There are four steps: scores (batch, longest), hide padding, softmax over the tokens of "
        "each text, mixture. Which of them needs the root of d?",
        "np.where(real, scores, -np.inf) hides. Before exp, take each row's largest score away. "
        "For the mixture, weights need one axis more than they have.",
    ),
    solution="""
import numpy as np


def attention_pool(X, lengths, u):
    scores = X @ u / np.sqrt(len(u))  # (batch, longest)
    real = np.arange(X.shape[1]) < lengths[:, None]
    scores = np.where(real, scores, -np.inf)  # hidden before softmax, so the rest sums to 1
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))  # no overflow
    weights = weights / weights.sum(axis=1, keepdims=True)
    # Another way for the mixture: np.einsum("bn,bnd->bd", weights, X).
    return (weights[:, :, None] * X).sum(axis=1)
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong("returns the weights", "expected shape (3, 5)",
              ("(weights[:, :, None] * X).sum(axis=1)", "weights"), fails="shape"),
        Wrong("sums over the vectors' numbers", "expected shape (3, 5)",
              ("X).sum(axis=1)", "X).sum(axis=2)"), fails="shape"),
        Wrong("forgets the root", "not divided by the root", (" / np.sqrt(len(u))", "")),
        Wrong("divides by d", "divided by d, not by its root", ("np.sqrt(len(u))", "len(u)")),
        Wrong("divides by the root of the length", "root of the number of vectors",
              ("np.sqrt(len(u))", "np.sqrt(X.shape[1])")),
        Wrong("hides by zeros and overflows", "a hidden score is very low",
              code="""
import numpy as np


def attention_pool(X, lengths, u):
    real = np.arange(X.shape[1]) < lengths[:, None]
    weights = np.exp(np.where(real, X @ u / np.sqrt(len(u)), 0))
    return np.einsum("bn,bnd->bd", weights / weights.sum(axis=1, keepdims=True), X)
"""),
        Wrong("sees padding", "padding takes part", ("np.where(real, scores, -np.inf)", "scores")),
        Wrong("hides after softmax", "after softmax",
              code="""
import numpy as np


def attention_pool(X, lengths, u):
    scores = X @ u / np.sqrt(len(u))
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    weights = weights * (np.arange(X.shape[1]) < lengths[:, None])
    return (weights[:, :, None] * X).sum(axis=1)
"""),
        Wrong("hides by zeros", "a hidden score is very low",
              ("np.where(real, scores, -np.inf)", "np.where(real, scores, 0)")),
        Wrong("sets the padding's vectors to zeros", "a hidden score is very low",
              code="""
import numpy as np


def attention_pool(X, lengths, u):
    X = X * (np.arange(X.shape[1]) < lengths[:, None])[:, :, None]
    scores = X @ u / np.sqrt(len(u))
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = weights / weights.sum(axis=1, keepdims=True)
    return (weights[:, :, None] * X).sum(axis=1)
"""),
        Wrong("forgets the sum", "do not sum to 1",
              code="""
import numpy as np


def attention_pool(X, lengths, u):
    real = np.arange(X.shape[1]) < lengths[:, None]
    weights = np.exp(X @ u / np.sqrt(len(u))) * real
    return (weights[:, :, None] * X).sum(axis=1)
"""),
        Wrong("overflows", "overflow in exp",
              ("np.exp(scores - scores.max(axis=1, keepdims=True))", "np.exp(scores)")),
        Wrong("takes the mean", "the query plays no part",
              ("X @ u / np.sqrt(len(u))", "0 * X[:, :, 0]")),
        Wrong("takes the best", "a soft look-up mixes",
              ("np.exp(scores - scores.max(axis=1, keepdims=True))",
               "1.0 * (scores == scores.max(axis=1, keepdims=True))")),
        Wrong("sees one token too many", "places count from 0",
              ("< lengths[:, None]", "<= lengths[:, None]")),
        Wrong("turns the sign", "sign is reversed", ("X @ u /", "-X @ u /")),
        Wrong("sums all weights", "of all texts together",
              ("weights / weights.sum(axis=1, keepdims=True)", "weights / weights.sum()")),
        Wrong("takes one softmax over the batch", "of all texts together",
              ("scores - scores.max(axis=1, keepdims=True))  # no overflow\n"
               "    weights = weights / weights.sum(axis=1, keepdims=True)",
               "scores - scores.max())\n    weights = weights / weights.sum()")),
        Wrong("takes away the batch's largest score", "its own largest score",
              ("scores.max(axis=1, keepdims=True)", "scores.max()")),
        Wrong("takes a mean of the mixture", "a sum, not a mean",
              ("X).sum(axis=1)", "X).mean(axis=1)")),
    ),
    right=(
        Right("by einsum", ("(weights[:, :, None] * X).sum(axis=1)",
                            'np.einsum("bn,bnd->bd", weights, X)')),
        Right("text by text", code="""
import numpy as np


def attention_pool(X, lengths, u):
    found = []
    for x, n in zip(X, lengths):
        s = x[:n] @ u / len(u) ** 0.5
        a = np.exp(s - s.max())
        found.append(a / a.sum() @ x[:n])
    return found
"""),
        Right("in torch, by its own routine", code="""
import torch


def attention_pool(X, lengths, u):
    X, u = torch.tensor(X), torch.tensor(u)
    real = torch.arange(X.shape[1]) < torch.tensor(lengths)[:, None]
    query = u.expand(len(X), 1, -1)
    found = torch.nn.functional.scaled_dot_product_attention(query, X, X, real[:, None])
    return found[:, 0]
"""),
        Right("in float32", ("return (weights[:, :, None] * X)",
                             'return (weights.astype("float32")[:, :, None] * X)')),
        Right("with a very low score", ("-np.inf", "-1e30")),
    ),
    shows="A query of zeros gives mean pooling; a trained one can prefer some words to others.",
)  # fmt: skip
