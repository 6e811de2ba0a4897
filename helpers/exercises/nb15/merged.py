"""15-merged: several adapters added into one weight."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.inputs import numbers

Adapters = list[tuple[np.ndarray, np.ndarray, float]]


def _reference(W: np.ndarray, adapters: Adapters) -> np.ndarray:
    return W + sum((alpha / len(A)) * (B @ A) for A, B, alpha in adapters)


def _cases() -> Iterator[tuple]:
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    yield W, [(np.array([[1.0, 0.0]]), np.array([[5.0], [0.0]]), 2.0)]
    yield W, [(np.array([[1.0, 0.0], [0.0, 3.0]]), np.array([[0.0, 1.0], [2.0, 0.0]]), 6.0)]
    random = np.random.default_rng(151)
    shapes = [(2, 3, (1,)), (3, 2, (1, 2)), (4, 5, (2, 3)), (5, 4, (3, 1, 2)), (6, 6, (4, 2))]
    for outputs, inputs, ranks in shapes * 3:
        adapters = [
            (
                numbers(random, rank, inputs),
                numbers(random, outputs, rank),
                float(random.integers(1, 33)),
            )
            for rank in ranks
        ]
        yield numbers(random, outputs, inputs), adapters


def _shape(answer: Answer) -> None:
    W, adapters = list(_cases())[3]
    answer.array(W, adapters, shape=W.shape)


def _values(answer: Answer) -> None:
    def other(scale=lambda alpha, A, B: alpha / len(A), W=1.0, take=slice(None)):
        return lambda weight, adapters: (
            W * weight + sum(scale(alpha, A, B) * (B @ A) for A, B, alpha in adapters[take])
        )

    mistakes = {
        "the scale alpha / r is missing": other(lambda alpha, A, B: 1.0),
        "that scales by alpha without dividing by the rank": other(lambda alpha, A, B: alpha),
        "that divides by the number of inputs; the rank is the number of A's rows": (
            other(lambda alpha, A, B: alpha / A.shape[1])
        ),
        "that divides by the number of outputs; the rank is the number of B's columns": (
            other(lambda alpha, A, B: alpha / len(B))
        ),
        "the scale is upside down: alpha / r, not r / alpha": (
            other(lambda alpha, A, B: len(A) / alpha)
        ),
        "W itself is missing; this is the change alone": other(W=0.0),
        "only the last adapter is in it": other(take=slice(-1, None)),
        "only the first adapter is in it": other(take=slice(0, 1)),
        "that is the mean over the adapters; they are added": lambda W, adapters: (
            W + (_reference(W, adapters) - W) / len(adapters)
        ),
        "every adapter is divided by the rank of the first; each has its own": (
            lambda W, adapters: (
                W + sum(alpha / len(adapters[0][0]) * (B @ A) for A, B, alpha in adapters)
            )
        ),
        "every adapter is divided by the sum of all ranks; each has its own": lambda W, adapters: (
            W
            + sum(alpha / sum(len(A) for A, _, _ in adapters) * (B @ A) for A, B, alpha in adapters)
        ),
        "the changes are subtracted": lambda W, adapters: 2 * W - _reference(W, adapters),
    }
    against(answer, _reference, _cases(), ["W", "adapters"], mistakes)


MERGED = Exercise(
    name="15-merged",
    title="Several adapters, one weight",
    difficulty=2,
    minutes=10,
    prompt="""
Two people have each trained an adapter over the same layer, and somebody wants both changes in one
weight. Write `merged(W, adapters)`. `W` has shape (outputs, inputs). Each adapter is a tuple
`(A, B, alpha)` with $A$ of shape $(r, \\text{inputs})$ and $B$ of shape $(\\text{outputs}, r)$;
each may have a rank $r$ of its own. Return the weight with all the changes added in. `W` must stay
as it is: others use it.
""",
    answer="merged",
    starter='''
import numpy as np


def merged(W, adapters):
    """W (outputs, inputs), adapters [(A, B, alpha), …] -> the weight with all changes in it.

    Example: W [[1, 2], [3, 4]] and one adapter, A [[1, 0]], B [[5], [0]], alpha 2, give
    [[11, 2], [3, 4]].
    """
    return ...  # your turn
''',
    hints=(
        "What does one adapter add to W? Its rank can be read off the shape of A.",
        "Start from a copy of W and add alpha / len(A) times B @ A for each; or use sum().",
    ),
    solution="""
import numpy as np


def merged(W, adapters):
    # Each adapter adds (alpha / r) B A, with the rank of its own. W + ... makes a new array.
    # Another way stacks them: one B of all columns, one A of all rows, and a single product.
    return W + sum((alpha / len(A)) * (B @ A) for A, B, alpha in adapters)
""",
    stages={"shape": _shape, "values": _values},
    wrong=(
        Wrong(
            "returns a row",
            "shape (2,), expected",
            code="""
def merged(W, adapters):
    return W[0]
""",
            fails="shape",
        ),
        Wrong(
            "multiplies the other way",
            "matmul",
            ("(B @ A)", "(A @ B)"),
            fails="shape",
        ),
        Wrong(
            "changes W",
            "changes its input",
            ("    return W + sum(", "    W += 1\n    return W - 1 + sum("),
            fails="shape",
        ),
        Wrong("forgets the scale", "alpha / r is missing", ("(alpha / len(A)) * ", "")),
        Wrong("scales by alpha", "without dividing", ("(alpha / len(A))", "alpha")),
        Wrong("divides by the inputs", "number of inputs", ("len(A)", "A.shape[1]")),
        Wrong("divides by the outputs", "number of outputs", ("len(A)", "len(B)")),
        Wrong("turns the scale round", "upside down", ("alpha / len(A)", "len(A) / alpha")),
        Wrong("forgets W", "the change alone", ("W + sum", "0 * W + sum")),
        Wrong("takes the last", "only the last", ("in adapters)", "in adapters[-1:])")),
        Wrong("takes the first", "only the first", ("in adapters)", "in adapters[:1])")),
        Wrong(
            "takes the mean",
            "the mean over the adapters",
            ("(alpha / len(A))", "(alpha / len(A) / len(adapters))"),
        ),
        Wrong(
            "takes one rank for all",
            "each has its own",
            ("len(A))", "len(adapters[0][0]))"),
        ),
        Wrong(
            "takes the sum of the ranks",
            "sum of all ranks",
            ("len(A))", "sum(len(other[0]) for other in adapters))"),
        ),
        Wrong("subtracts", "subtracted", ("W + sum", "W - sum")),
    ),
    right=(
        Right(
            "stacks them",
            code="""
import numpy as np


def merged(W, adapters):
    rows = np.concatenate([A * (alpha / len(A)) for A, B, alpha in adapters])
    columns = np.concatenate([B for A, B, alpha in adapters], axis=1)
    return W + columns @ rows
""",
        ),
        Right(
            "by outer products",
            code="""
def merged(W, adapters):
    found = W.copy()
    for A, B, alpha in adapters:
        for row, column in zip(A, B.T):
            found += alpha / len(A) * column[:, None] * row
    return found
""",
        ),
        Right(
            "as a tensor",
            code="""
import torch


def merged(W, adapters):
    found = torch.tensor(W)
    for A, B, alpha in adapters:
        found = found + alpha / A.shape[0] * torch.tensor(B) @ torch.tensor(A)
    return found
""",
        ),
        Right("as lists", ("return W +", "return [*W] +")),
        Right(
            "in float32",
            ("return W + sum(", 'return W.astype("float32") + sum('),
        ),
    ),
    shows="Adapters add up: each change is a matrix, and matrices of one shape can be added.",
)
