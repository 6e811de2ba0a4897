"""15-fewest: the smallest rank that keeps a given share of a matrix."""

from collections.abc import Iterator
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import published_encoders


def _kept(change: np.ndarray, power: int = 2) -> np.ndarray:
    """Return the share that each rank from 1 on keeps."""
    sizes = np.linalg.svd(np.asarray(change, float), compute_uv=False) ** power
    return np.cumsum(sizes) / sizes.sum()


def _reference(change: np.ndarray, share: float) -> int:
    return int(np.argmax(_kept(change) >= share)) + 1


def _made(random: np.random.Generator, sizes: list[float], shape: tuple[int, int]) -> np.ndarray:
    """Return a matrix with these singular values."""
    left = np.linalg.qr(random.normal(size=(shape[0], len(sizes))))[0]
    right = np.linalg.qr(random.normal(size=(shape[1], len(sizes))))[0]
    return left * sizes @ right.T


def _cases() -> Iterator[tuple]:
    yield np.diag([3.0, 1.0]), 0.85
    yield np.diag([1.0, 3.0]), 0.95
    yield np.array([[0.0, 4.0, 0.0], [2.0, 0.0, 0.0]]), 0.75
    yield np.diag([1.0, 1.0, 1.0, 1.0]), 0.7
    random = np.random.default_rng(152)
    for sizes, shape in (
        ([5, 3, 2, 1], (6, 4)), ([2, 2, 1], (3, 9)), ([9, 1], (8, 5)), ([4, 4, 4, 4, 1], (5, 7)),
        ([7, 6, 5, 4, 3, 2, 1.5], (12, 10)), ([1.5, 1.2, 1.1, 1.0, 0.9], (5, 5)),
    ):  # fmt: skip
        for share in (0.35, 0.62, 0.88, 0.97):
            yield _made(random, sizes, shape), share


def _shape(answer: Answer) -> None:
    answer.number(np.diag([3.0, 1.0]), 0.85)


def _values(answer: Answer) -> None:
    mistakes = {
        "the share is of the squared singular values, which add up to the squares of all numbers": (
            lambda change, share: int(np.argmax(_kept(change, 1) >= share)) + 1
        ),
        "that is the place in the array, which counts from 0; the rank is one more": (
            lambda change, share: _reference(change, share) - 1
        ),
        "that keeps more than is needed: a smaller rank is enough": (
            lambda change, share: _reference(change, share) + 1
        ),
        "that is the number of singular values with at least this share of the largest": (
            lambda change, share: int(
                np.sum(np.linalg.svd(change, compute_uv=False) >= share * np.linalg.norm(change, 2))
            )
        ),
        "that is the rank of the whole matrix; did you divide the squares by their sum?": (
            lambda change, share: np.linalg.matrix_rank(change)
        ),
        "the share is counted from the smallest singular value; keep the largest": (
            lambda change, share: (
                int(
                    np.argmax(
                        np.cumsum(np.linalg.svd(change, compute_uv=False)[::-1] ** 2)
                        >= share * np.sum(change**2)
                    )
                )
                + 1
            )
        ),
        "that is what may be thrown away; the share is what must be kept": (
            lambda change, share: _reference(change, 1 - share)
        ),
        "the share of a direction must be added to those before it; that looks at each alone": (
            lambda change, share: int(np.sum(np.diff(_kept(change), prepend=0) >= 1 - share))
        ),
        "that is a share of the directions": lambda change, share: int(
            np.ceil(share * min(change.shape))
        ),
    }
    against(answer, _reference, _cases(), ["change", "share"], mistakes)


@cache
def _of_minilm() -> list[Case]:
    block = published_encoders.load().encoder.blocks[5]
    found = []
    for name in ("query", "value"):
        weight = getattr(block.attention, name).weight.detach().double().numpy()
        said = f"MiniLM's {name} matrix of the last block and the share 0.5"
        found.append(Case((weight[:128], 0.5), said.replace("matrix", "matrix (128 rows)")))
    return found


def _real(answer: Answer) -> None:
    against(answer, _reference, _of_minilm())


FEWEST = Exercise(
    name="15-fewest",
    title="How much rank does a change need?",
    difficulty=2,
    minutes=12,
    prompt="""
Write `fewest(change, share)`. It gets a matrix, such as the difference between a weight after and
before fine-tuning, and a share between 0 and 1. It returns the smallest rank $r$ for which the best
approximation of rank $r$ keeps at least this share of the sum of squares of all numbers. (No case
is so close that rounding decides.)
""",
    answer="fewest",
    starter='''
import numpy as np


def fewest(change, share):
    """A matrix (outputs, inputs) and a share -> the smallest rank that keeps that share.

    Example: [[3, 0], [0, 1]] and 0.85 give 1, since the first direction keeps 9 of 10.
    """
    return ...  # your turn
''',
    hints=(
        "The sum of squares of a matrix is the sum of its squared singular values. Which of them "
        "does the best approximation of rank r keep?",
        "np.linalg.svd(change, compute_uv=False) gives them, the largest first. np.cumsum adds "
        "them up, np.argmax of a comparison finds the first place where it holds.",
    ),
    solution="""
import numpy as np


def fewest(change, share):
    sizes = np.linalg.svd(change, compute_uv=False) ** 2  # the largest first
    kept = np.cumsum(sizes) / sizes.sum()  # of rank 1, 2, 3 …
    # argmax finds the first True, counted from 0. np.searchsorted(kept, share) does the same.
    return int(np.argmax(kept >= share)) + 1
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns all shares",
            "expected a single number",
            ("int(np.argmax(kept >= share)) + 1", "kept"),
            fails="shape",
        ),
        Wrong("forgets the squares", "squared singular values", (" ** 2  #", "  #")),
        Wrong("counts from 0", "counts from 0", (")) + 1", "))")),
        Wrong("goes one too far", "a smaller rank is enough", (")) + 1", ")) + 2")),
        Wrong(
            "compares with the largest",
            "share of the largest",
            ("int(np.argmax(kept >= share)) + 1", "int((sizes >= share**2 * sizes[0]).sum())"),
        ),
        Wrong(
            "gives the whole rank",
            "rank of the whole matrix",
            ("int(np.argmax(kept >= share)) + 1", "int(np.linalg.matrix_rank(change))"),
        ),
        Wrong(
            "starts with the smallest",
            "keep the largest",
            ("np.cumsum(sizes) /", "np.cumsum(sizes[::-1]) /"),
        ),
        Wrong("keeps the rest", "thrown away", ("kept >= share", "kept >= 1 - share")),
        Wrong(
            "takes a share of the directions",
            "share of the directions",
            ("int(np.argmax(kept >= share)) + 1", "int(np.ceil(share * min(change.shape)))"),
        ),
        Wrong("divides by the largest", "expected", ("/ sizes.sum()", "/ sizes[0]")),
    ),
    right=(
        Right(
            "searches",
            ("int(np.argmax(kept >= share)) + 1", "np.searchsorted(kept, share) + 1"),
        ),
        Right(
            "rank by rank",
            code="""
import numpy as np


def fewest(change, share):
    U, s, V = np.linalg.svd(change, full_matrices=False)
    for rank in range(1, len(s) + 1):
        kept = (U[:, :rank] * s[:rank]) @ V[:rank]
        if (kept**2).sum() >= share * (change**2).sum():
            return rank
""",
        ),
        Right(
            "from eigenvalues, in torch",
            code="""
import torch


def fewest(change, share):
    change = torch.tensor(change, dtype=torch.float64)
    sizes = torch.linalg.eigvalsh(change @ change.T).flip(0)
    return (sizes.cumsum(0) < share * sizes.sum()).sum() + 1
""",
        ),
        Right("as a float", ("return int(", "return 0.0 + int(")),
        Right("rounds up a little", ("kept >= share", "kept >= share - 1e-4")),
        Right("rounds down a little", ("kept >= share", "kept >= share + 1e-4")),
    ),
    shows="A change that looks like thousands of numbers may need only a few directions.",
)
