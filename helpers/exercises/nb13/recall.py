"""13-recall: how often the right document is among the first k."""

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora, published_vectors
from helpers.text.preprocess import simple_tokens

NAMES = ["queries", "documents", "k"]


def _places(scores: np.ndarray) -> np.ndarray:
    """Return the place of each query's own document, from 0."""
    own = np.diag(scores)[:, None]
    return (scores > own).sum(axis=1)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def recall(queries: np.ndarray, documents: np.ndarray, k: int) -> float:
    """Return the share of queries whose own document is among the k of highest cosine."""
    return float(np.mean(_places(_unit(queries) @ _unit(documents).T) < k))


def _cases() -> list[tuple]:
    random, found = np.random.default_rng(13), []
    for n, d, k in (
        (2, 2, 1), (3, 2, 1), (5, 3, 2), (8, 3, 1), (8, 3, 3), (12, 4, 2), (20, 4, 5), (30, 5, 1),
        (30, 5, 10), (40, 6, 3), (50, 6, 7), (60, 8, 4), (25, 3, 24), (9, 3, 9),
    ):  # fmt: skip
        documents = random.normal(size=(n, d)) * random.uniform(0.2, 5, size=(n, 1))
        noise = random.normal(size=(n, d)) * np.linalg.norm(documents, axis=1, keepdims=True)
        queries = (documents + 0.5 * noise) * random.uniform(0.2, 5, size=(n, 1))
        found.append((queries, documents, k))
    return found


def _shape(answer: Answer) -> None:
    share = answer.number(np.eye(3), np.eye(3), 1)
    if not 0 <= share <= 1:
        raise Diagnosis(f"You return {share:g}; a share lies between 0 and 1.")


def _values(answer: Answer) -> None:
    def by(scores, among=lambda places, k: places < k):
        return lambda q, d, k: float(np.mean(among(_places(scores(q, d)), k)))

    def cosine(q, d):
        return _unit(q) @ _unit(d).T

    mistakes = {
        "the documents have different lengths, and long ones win; divide each by its length": by(
            lambda q, d: _unit(q) @ d.T
        ),
        "documents and queries aren't divided by their lengths; long documents win": by(
            lambda q, d: q @ d.T
        ),
        "that ranks the queries for each document; rank the documents for each query": by(
            lambda q, d: cosine(q, d).T
        ),
        "one document too many is looked at; the first k have the places 0 to k - 1": by(
            cosine, lambda places, k: places <= k
        ),
        "one document too few is looked at": by(cosine, lambda places, k: places < k - 1),
        "k is left out; that is the share in first place": by(cosine, lambda places, k: places < 1),
        "that is the share that is not found": by(cosine, lambda places, k: places >= k),
        "the k documents of the lowest cosine are taken; sort from high to low": by(
            lambda q, d: -cosine(q, d)
        ),
        "that is the distance between unequal lengths; the cosine is asked for": by(
            lambda q, d: -np.linalg.norm(q[:, None] - d[None], axis=2)
        ),
    }
    against(answer, recall, _cases(), NAMES, mistakes)


def _real(answer: Answer) -> None:
    glove = published_vectors.load("glove-6b-50d")
    halves = []
    for text in corpora.load("newsroom").validation.texts:
        words = [word for word in simple_tokens(text) if word in glove]
        middle = len(words) // 2
        if middle > 3:
            parts = words[:middle], words[middle:]
            halves.append([np.sum([glove[word] for word in part], axis=0) for part in parts])
    first, second = np.array(halves, dtype=float).transpose(1, 0, 2)
    said = "the first and second halves of {} newsroom texts (sums of GloVe), k = {}"
    cases = [Case((first, second, k), said.format(len(first), k)) for k in (1, 10)]
    against(answer, recall, cases, NAMES)


RECALL = Exercise(
    name="13-recall",
    title="How often is it found?",
    difficulty=2,
    minutes=12,
    prompt="""
Query number $i$ belongs to document number $i$. Return *recall@k*: the share of queries whose own
document is among the $k$ documents with the highest **cosine**. `queries` and `documents` have
shape (n, d); their rows have any length but 0. No two cosines of a query are equal.
""",
    answer="recall_at",
    starter='''
import numpy as np


def recall_at(queries, documents, k):
    """(n, d), (n, d) and k -> a share.

    Example: queries [[1, 0], [1, 2]], documents [[3, 1], [9, 1]], k 1 give 0: for the first query
    document 1 points in a closer direction, for the second document 0 does.
    """
    return ...  # your turn
''',
    hints=(
        "Make all rows unit vectors first. Then one matrix product holds every cosine; row i is "
        "query i.",
        "Query i's own cosine is on the diagonal. Count in each row how many are larger: that is "
        "the document's place, from 0. It is found if the place is below k.",
    ),
    solution="""
import numpy as np


def recall_at(queries, documents, k):
    # Unit vectors, so that a dot product is a cosine and no document wins by its length.
    q = queries / np.linalg.norm(queries, axis=1, keepdims=True)
    d = documents / np.linalg.norm(documents, axis=1, keepdims=True)
    cosines = q @ d.T  # (queries, documents)
    # How many documents are ahead of the right one? No sorting is needed; argsort would do, too.
    ahead = (cosines > np.diag(cosines)[:, None]).sum(axis=1)
    return np.mean(ahead < k)
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong("returns a count", "a share lies", ("np.mean(ahead", "np.sum(ahead"), fails="shape"),
        Wrong("returns a row", "expected", ("np.mean(ahead < k)", "(ahead < k)"), fails="shape"),
        Wrong(
            "forgets the documents' lengths",
            "long ones win",
            ("documents / np.linalg.norm(documents, axis=1, keepdims=True)", "documents"),
        ),
        Wrong(
            "forgets all lengths",
            "long",
            code="""
import numpy as np


def recall_at(queries, documents, k):
    scores = queries @ documents.T
    return np.mean((scores > np.diag(scores)[:, None]).sum(axis=1) < k)
""",
        ),
        Wrong("ranks the queries", "for each document", ("q @ d.T", "d @ q.T")),
        Wrong("looks at one too many", "one document too many", ("ahead < k", "ahead <= k")),
        Wrong("looks at one too few", "one document too few", ("ahead < k", "ahead < k - 1")),
        Wrong("leaves k out", "k is left out", ("ahead < k", "ahead < 1")),
        Wrong("counts the misses", "not found", ("ahead < k", "ahead >= k")),
        Wrong("sorts upwards", "lowest cosine", ("(cosines > np", "(cosines < np")),
        Wrong(
            "takes the distance",
            "the distance",
            (
                "cosines = q @ d.T",
                "cosines = -np.linalg.norm(queries[:, None] - documents[None], axis=2)",
            ),
        ),
    ),
    right=(
        Right(
            "by sorting",
            code="""
import numpy as np


def recall_at(queries, documents, k):
    d = documents / np.linalg.norm(documents, axis=1, keepdims=True)
    hits = 0
    for i, query in enumerate(queries):
        hits += i in np.argsort(-(d @ query))[:k]
    return hits / len(queries)
""",
        ),
        Right(
            "in torch",
            code="""
import torch
from torch.nn import functional


def recall_at(queries, documents, k):
    q = functional.normalize(torch.tensor(queries), dim=1)
    d = functional.normalize(torch.tensor(documents), dim=1)
    best = (q @ d.T).topk(k, dim=1).indices
    return (best == torch.arange(len(q))[:, None]).any(dim=1).double().mean()
""",
        ),
        Right(
            "with scikit-learn",
            code="""
import numpy as np
from sklearn.metrics.pairwise import cosine_similarity


def recall_at(queries, documents, k):
    places = np.argsort(np.argsort(-cosine_similarity(queries, documents), axis=1), axis=1)
    return float(np.mean(np.diag(places) < k))
""",
        ),
        Right(
            "by angles",
            ("cosines = q @ d.T", "cosines = -np.arccos(np.clip(q @ d.T, -1, 1))"),
        ),
    ),
    shows="With unit vectors one product ranks everything, and counting does the rest.",
)
