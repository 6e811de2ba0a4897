"""The largest learning rate at which descent is stable."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora, published_vectors
from helpers.text.preprocess import simple_tokens

HESSIAN = np.array([[3.0, 1.0, 0.0], [1.0, 5.0, -2.0], [0.0, -2.0, 4.0]])


def _stable_shape(answer: Answer) -> None:
    answer.number(HESSIAN)


def _stable_cases() -> Iterator[tuple]:
    yield (np.diag([2.0, 8.0]),)
    yield (np.array([[3.0, 1.0], [1.0, 3.0]]),)
    yield (np.diag([5.0, 1.0, 3.0]),)
    yield (HESSIAN,)
    yield (np.array([[4.0]]),)
    yield (np.array([[1.0, 2.0], [2.0, 4.0]]),)  # flat in one direction
    random = np.random.default_rng(60)
    for d in (2, 3, 4, 5, 6):
        axes, _ = np.linalg.qr(random.normal(size=(d, d)))
        matrix = axes * random.permutation([*random.uniform(0.5, 3, size=d - 1), 5]) @ axes.T
        matrix = ((matrix + matrix.T) / 2).round(2)
        yield (matrix,)


def _stable(hessian: np.ndarray) -> float:
    return 2 / np.linalg.eigvalsh(hessian)[-1]


def _stable_values(answer: Answer) -> None:
    curvatures = np.linalg.eigvalsh
    mistakes = {
        "that is 1 / λ, the rate that needs one step in the steepest direction; stable is anything "
        "below twice that": lambda h: 1 / curvatures(h)[-1],
        "that is 2 / the smallest curvature; the steepest direction runs away first": (
            lambda h: 2 / curvatures(h)[0]
        ),
        "that is 2 / the largest number on the diagonal; the steepest direction lies between the "
        "axes, so take eigenvalues": lambda h: 2 / np.diag(h).max(),
        "that is 2 / the largest number of the matrix; the steepest direction lies between the "
        "axes, so take eigenvalues": lambda h: 2 / h.max(),
        "that is 2 / the mean curvature": lambda h: 2 / curvatures(h).mean(),
        "that is 2 / the middle curvature; the steepest direction runs away first": (
            lambda h: 2 / np.median(curvatures(h))
        ),
        "that is 2 / the sum of all curvatures": lambda h: 2 / np.trace(h),
        "that is 2 / the product of all curvatures": lambda h: 2 / np.linalg.det(h),
        "that is 2 / the root of the sum of all squares in the matrix; take eigenvalues": (
            lambda h: 2 / np.linalg.norm(h)
        ),
        "that is 2 / the largest sum of a row, which no curvature can exceed; the largest one may "
        "be smaller": lambda h: 2 / np.abs(h).sum(axis=1).max(),
        "that is the largest curvature itself; the rate is 2 divided by it": (
            lambda h: curvatures(h)[-1]
        ),
        "that is half the largest curvature; the fraction is turned round": (
            lambda h: curvatures(h)[-1] / 2
        ),
        "that is the rate at which the steepest and the flattest direction shrink equally fast; "
        "the steepest runs away only at a larger one": (
            lambda h: 2 / (curvatures(h)[0] + curvatures(h)[-1])
        ),
        "the root does not belong there: an eigenvalue of H is a curvature": (
            lambda h: 2 / np.sqrt(curvatures(h)[-1])
        ),
        "the square does not belong there: an eigenvalue of H is a curvature": (
            lambda h: 2 / curvatures(h)[-1] ** 2
        ),
    }
    against(answer, _stable, _stable_cases(), ["hessian"], mistakes, tolerance=1e-6)


def _stable_real(answer: Answer) -> None:
    """Descent on a least-squares fit of newsroom's vectors: safe just below, lost just above."""
    glove = published_vectors.load("glove-6b-50d")
    rows = []
    for text in corpora.load("newsroom").train.texts[:100]:
        known = [glove.index(word) for word in simple_tokens(text) if word in glove]
        rows.append(glove.matrix[known].mean(axis=0, dtype=np.float64))
    hessian = np.cov(np.array(rows).T)
    limit, start = answer.number(hessian), np.ones(50)
    for share, safe in ((0.98, True), (1.02, False)):
        w = start.copy()
        for _ in range(2000):
            w = w - share * limit * hessian @ w
        if (np.linalg.norm(w) < np.linalg.norm(start)) != safe:
            raise Diagnosis(
                f"For the averaged vectors of 100 newsroom texts you return {limit:.3g}, but "
                f"{share:.2f} times that {'runs away' if safe else 'is still stable'}."
            )


STABLE = Exercise(
    name="06-stable",
    title="The largest stable rate",
    difficulty=2,
    minutes=10,
    prompt="""
The notebook's valley lies along the axes: each weight has a curvature of its own. Most valleys lie
askew. Take the loss $f(w) = \\frac12 w^{\\mathsf T} H w$ with the gradient $H w$, where $H$ is a
symmetric matrix of shape $(d, d)$.

Such a matrix has $d$ directions at right angles to each other that it only stretches,
$H u = c\\, u$: its *eigenvectors* (特征向量), with the *eigenvalues* (特征值) $c$. Along each of
them descent behaves as on a parabola of curvature $c$. For example, $H = [[3, 1], [1, 3]]$
stretches $(1, 1)$ by 4 and $(1, -1)$ by 2. `np.linalg.eigvalsh(H)` returns all eigenvalues, here 2
and 4.

Return the learning rate above which gradient descent runs away.
""",
    answer="largest_stable_rate",
    starter='''
import numpy as np


def largest_stable_rate(hessian):
    """Symmetric matrix of curvatures (d, d) -> the rate above which descent runs away.

    Example: [[2, 0], [0, 8]] has the curvatures 2 and 8 and gives 0.25.
    """
    return ...  # your turn
''',
    hints=(
        "In the valley each direction had a limit of its own, 2 / c. Which one is lost first?",
        "A start that lies along one eigenvector stays on its line. So all directions must be "
        "stable, and the one with the largest eigenvalue allows the least.",
    ),
    solution="""
import numpy as np


def largest_stable_rate(hessian):
    # Each direction allows rates up to 2 / c; the steepest allows the least. The diagonal is not
    # enough: the steepest direction may lie between the axes. np.linalg.norm(hessian, 2) is the
    # largest eigenvalue as well, as long as no curvature is negative.
    return 2 / np.linalg.eigvalsh(hessian).max()
""",
    stages={"shape": _stable_shape, "values": _stable_values, "real data": _stable_real},
    wrong=(
        Wrong(
            "returns one rate a direction",
            "expected a single number",
            ("2 / np.linalg.eigvalsh(hessian).max()", "2 / np.linalg.eigvalsh(hessian)"),
            fails="shape",
        ),
        Wrong("forgets the 2", "stable is anything below twice that", ("2 / np", "1 / np")),
        Wrong("takes the flattest direction", "runs away first", (".max()", ".min()")),
        Wrong(
            "reads the diagonal",
            "between the axes",
            ("np.linalg.eigvalsh(hessian).max()", "np.diag(hessian).max()"),
        ),
        Wrong("averages", "the mean curvature", (".max()", ".mean()")),
        Wrong("returns the curvature", "the rate is 2 divided by it", ("2 / np", "np")),
        Wrong(
            "turns the fraction round",
            "is turned round",
            ("2 / np.linalg.eigvalsh(hessian).max()", "np.linalg.eigvalsh(hessian).max() / 2"),
        ),
        Wrong(
            "takes the whole matrix's length",
            "the root of the sum of all squares",
            ("np.linalg.eigvalsh(hessian).max()", "np.linalg.norm(hessian)"),
        ),
        Wrong(
            "takes the largest row",
            "the largest sum of a row",
            ("np.linalg.eigvalsh(hessian).max()", "np.abs(hessian).sum(axis=1).max()"),
        ),
        Wrong(
            "takes the fastest rate",
            "shrink equally fast",
            code="""
import numpy as np


def largest_stable_rate(hessian):
    curvatures = np.linalg.eigvalsh(hessian)
    return 2 / (curvatures[0] + curvatures[-1])
""",
        ),
        Wrong(
            "takes the first eigenvalue",
            "hessian = [[2, 0], [0, 8]]",
            ("eigvalsh(hessian).max()", "eigvals(hessian)[0]"),
        ),
        Wrong(
            "takes a root",
            "the root does not belong there",
            ("np.linalg.eigvalsh(hessian).max()", "np.sqrt(np.linalg.eigvalsh(hessian).max())"),
        ),
        Wrong(
            "reads the diagonal if it is small",
            "[[3, 1], [1, 3]]",
            (
                "    return",
                "    if len(hessian) < 3:\n        return 2 / np.diag(hessian).max()\n    return",
            ),
        ),
        Wrong(
            "rounds",
            "0.2971",
            (
                "2 / np.linalg.eigvalsh(hessian).max()",
                "round(2 / np.linalg.eigvalsh(hessian).max(), 3)",
            ),
        ),
    ),
    right=(
        Right(
            "the matrix's own norm",
            ("np.linalg.eigvalsh(hessian).max()", "np.linalg.norm(hessian, 2)"),
        ),
        Right(
            "in float32", ("eigvalsh(hessian).max()", 'eigvalsh(hessian.astype("float32")).max()')
        ),
        Right(
            "a tensor that wants a gradient",
            code="""
import torch


def largest_stable_rate(hessian):
    return 2 / torch.linalg.eigvalsh(torch.tensor(hessian, requires_grad=True))[-1]
""",
        ),
        Right(
            "by repeated multiplication",
            code="""
import numpy as np


def largest_stable_rate(hessian):
    direction = np.random.default_rng(1).normal(size=len(hessian))
    for _ in range(1000):
        direction = hessian @ direction
        direction /= np.linalg.norm(direction)
    return 2 / float(direction @ hessian @ direction)
""",
        ),
        Right(
            "the smallest of all directions' rates",
            code="""
import numpy as np


def largest_stable_rate(hessian):
    curvatures, _ = np.linalg.eigh(hessian)
    return min(2 / c for c in curvatures if c > 0)
""",
        ),
    ),
    shows="One steep direction sets the rate for all. Adam's division helps where the steep "
    "directions lie along the axes, and much less where they lie askew.",
)
