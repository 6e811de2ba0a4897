"""A mean that leaves padding out."""

from collections.abc import Iterator

import numpy as np
import torch

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora
from helpers.text.batches import pad
from helpers.text.preprocess import simple_tokens

VECTORS = torch.tensor(
    [
        [[2.0, 0.0, 1.0], [0.0, 4.0, 1.0], [9.0, 9.0, 9.0], [9.0, 9.0, 9.0]],
        [[5.0, 7.0, 3.0], [9.0, 9.0, 9.0], [9.0, 9.0, 9.0], [9.0, 9.0, 9.0]],
        [[1.0, 1.0, 0.0], [2.0, 3.0, 0.0], [3.0, 5.0, 6.0], [9.0, 9.0, 9.0]],
    ]
)
LENGTHS = torch.tensor([2, 1, 3])


def _mean_shape(answer: Answer) -> None:
    answer.array(VECTORS, LENGTHS, shape=(3, 3))


def _masked_mean(vectors: torch.Tensor, lengths: torch.Tensor) -> np.ndarray:
    v, n = vectors.double().numpy(), lengths.numpy()
    return np.array(
        [one[:k].mean(axis=0) if k else one[0] * 0 for one, k in zip(v, n, strict=True)]
    )


def _mean_cases() -> Iterator[tuple | Case]:
    def case(lengths: list[int], *vectors: list) -> tuple:
        return torch.tensor(vectors, dtype=torch.float64), torch.tensor(lengths)

    yield case([2], [[2, 4], [5, 1], [9, 9]])
    yield case([1, 3], [[1, 2], [0, 0], [8, 8]], [[3, 0], [0, 0], [0, 1]])
    yield case([0, 1], [[7, 7], [6, 6]], [[3, 0], [8, 8]])
    yield case([0], [[5, 5, 5]])
    yield case([1, 2], [[1], [1e20], [1e20]], [[3], [2], [-1e20]])
    yield VECTORS, LENGTHS
    random = torch.Generator().manual_seed(70)
    for batch, length, d in ((3, 3, 3), (2, 5, 1), (1, 4, 3), (4, 2, 4), (5, 6, 2)):
        vectors = torch.randn(batch, length, d, generator=random)
        lengths = torch.randint(0, length + 1, (batch,), generator=random)
        yield Case((vectors, lengths), f"vectors of shape {tuple(vectors.shape)} and {lengths=}")


def _mean_values(answer: Answer) -> None:
    def mean(real: np.ndarray, v: np.ndarray, n: np.ndarray) -> np.ndarray:
        return (v * real[..., None]).sum(axis=1) / np.maximum(n, 1)[:, None]

    def known(function: object) -> object:
        """A mistake, of arrays and of the mask of real words (batch, length) as well."""

        def mistake(vectors: torch.Tensor, lengths: torch.Tensor) -> np.ndarray:
            v, n = vectors.double().numpy(), lengths.numpy()
            return function(v, n, np.arange(v.shape[1]) < n[:, None])

        return mistake

    mistakes = {
        "that is the mean of all rows, padding included": known(lambda v, n, m: v.mean(axis=1)),
        "that is the sum; divide by the number of real words": known(
            lambda v, n, m: mean(m, v, n * 0)
        ),
        "padding is left out of the sum but still counted below the line": known(
            lambda v, n, m: mean(m, v, n * 0 + v.shape[1])
        ),
        "padding is left out below the line but still in the sum": known(
            lambda v, n, m: mean(m | True, v, n)
        ),
        "lengths has the shape (batch), so it was laid along the dimensions: each column was "
        "divided by another text's length; lengths[:, None] divides each row": known(
            lambda v, n, m: (v * m[..., None]).sum(axis=1) / np.maximum(n, 1)
        ),
        "padding is still in the sum, and lengths needs [:, None] to divide each row": known(
            lambda v, n, m: v.sum(axis=1) / np.maximum(n, 1)
        ),
        "the word after the last real one is counted, too; places count from 0": known(
            lambda v, n, m: mean(np.arange(v.shape[1]) <= n[:, None], v, n)
        ),
        "the last real word is left out; places count from 0": known(
            lambda v, n, m: mean(np.arange(v.shape[1]) < n[:, None] - 1, v, n)
        ),
        "padding stands behind the words, not in front of them": known(
            lambda v, n, m: mean(np.arange(v.shape[1]) >= v.shape[1] - n[:, None], v, n)
        ),
        "a text without words was treated as if its first row were one": known(
            lambda v, n, m: mean(np.arange(v.shape[1]) < np.maximum(n, 1)[:, None], v, n)
        ),
        "a text without words got its padding's sum; at lengths - 1 it reads the last row": known(
            lambda v, n, m: mean(m | (n == 0)[:, None], v, n)
        ),
        "a text without words has 0 words to divide by; divide by at least 1": known(
            lambda v, n, m: (v * m[..., None]).sum(axis=1) / n[:, None]
        ),
        "padding was told by zeros or other numbers in it; it may hold any, so ask lengths": known(
            lambda v, n, m: mean((v != 0).any(axis=-1), v, (v != 0).any(axis=-1).sum(axis=1))
        ),
        "one is added below the line; divide by the number of real words": known(
            lambda v, n, m: mean(m, v, n + 1)
        ),
        "that divides by the root of the number of words": known(
            lambda v, n, m: mean(m, v, np.sqrt(n))
        ),
        "that is the first word alone": known(lambda v, n, m: v[:, 0] * (n > 0)[:, None]),
        "that is the largest number of each column": known(
            lambda v, n, m: np.array(
                [one[:k].max(axis=0) if k else one[0] * 0 for one, k in zip(v, n, strict=True)]
            )
        ),
        "the fractions are cut off": known(lambda v, n, m: np.trunc(mean(m, v, n))),
        "large numbers in the padding were added and taken away again, and took the others' "
        "digits along; multiply them by 0 before the sum": known(
            lambda v, n, m: (
                (v.sum(axis=1) - (v * ~m[..., None]).sum(axis=1)) / np.maximum(n, 1)[:, None]
            )
        ),
    }
    against(answer, _masked_mean, _mean_cases(), ["vectors", "lengths"], mistakes)


def _mean_real(answer: Answer) -> None:
    texts = [*corpora.load("newsroom").validation.texts[:20], ""]
    lengths = [len(simple_tokens(text)) for text in texts]
    ids, n = pad([range(2, length + 2) for length in lengths])
    vectors = np.cos(np.arange(ids.max() + 1)[:, None] * np.arange(1, 6))[ids]  # (21, longest, 5)
    case = Case((torch.tensor(vectors), torch.tensor(n)), "20 newsroom texts and one without words")
    against(answer, _masked_mean, [case])


MASKED_MEAN = Exercise(
    name="07-masked-mean",
    title="A mean that leaves padding out",
    difficulty=3,
    minutes=10,
    prompt="""
Write the masked mean yourself. `vectors`, shape (batch, length, dimensions), and `lengths`, shape
(batch), are PyTorch tensors; `lengths` says how many of each row's vectors are real words. The rest
is padding and may hold any finite numbers. A text without words has the mean zero. A tensor or a
NumPy array is fine as the answer.
""",
    answer="masked_mean",
    starter='''
import torch


def masked_mean(vectors, lengths):
    """(batch, length, dimensions) and (batch) -> means (batch, dimensions)."""
    return ...  # your turn
''',
    hints=(
        "Compare torch.arange(length) with lengths: which shape must lengths have, so that every "
        "text is compared with every place?",
        "real = torch.arange(vectors.shape[1]) < lengths[:, None] has the shape (batch, length). "
        "It needs one more axis to be multiplied with the vectors, and lengths one to divide.",
    ),
    solution="""
import torch


def masked_mean(vectors, lengths):
    places = torch.arange(vectors.shape[1], device=vectors.device)
    real = places < lengths[:, None]  # (batch, length)
    sums = (vectors * real[..., None]).sum(dim=1)  # (batch, dimensions)
    return sums / lengths.clamp(min=1)[:, None]
""",
    stages={"shape": _mean_shape, "values": _mean_values, "real data": _mean_real},
    wrong=(
        Wrong(
            "forgets to add up",
            says="shape (3, 4, 3), expected shape (3, 3)",
            code="def masked_mean(vectors, lengths):\n    return vectors",
            fails="shape",
        ),
        Wrong(
            "gives the mask no last axis",
            says="needs an axis more",
            change=("real[..., None]", "real"),
            fails="shape",
        ),
        Wrong(
            "writes into its input",
            "changes its input",
            ("    sums", "    vectors[~real] = 0\n    sums"),
            fails="shape",
        ),
        Wrong(
            "takes every row",
            says="padding included",
            code="def masked_mean(vectors, lengths):\n    return vectors.mean(dim=1)",
        ),
        Wrong(
            "adds up only", says="that is the sum", change=(" / lengths.clamp(min=1)[:, None]", "")
        ),
        Wrong(
            "divides by the longest",
            says="still counted below the line",
            change=("lengths.clamp(min=1)[:, None]", "vectors.shape[1]"),
        ),
        Wrong(
            "keeps padding in the sum",
            says="but still in the sum",
            change=("(vectors * real[..., None])", "vectors"),
        ),
        Wrong(
            "divides the wrong way round",
            says="divided by another text's length",
            change=("lengths.clamp(min=1)[:, None]", "lengths.clamp(min=1)"),
        ),
        Wrong("counts one too many", says="places count from 0", change=("places <", "places <=")),
        Wrong("pads in front", says="not in front", change=("places <", "places.flip(0) <")),
        Wrong(
            "asks which rows are zero",
            says="so ask lengths",
            code="""
def masked_mean(vectors, lengths):
    real = (vectors != 0).any(dim=-1)
    sums = (vectors * real[..., None]).sum(dim=1)
    return sums / real.sum(dim=1).clamp(min=1)[:, None]
""",
        ),
        Wrong(
            "takes a row from empty texts",
            says="as if its first row were one",
            change=("    places", "    lengths = lengths.clamp(min=1)\n    places"),
        ),
        Wrong(
            "reads a running sum at the end",
            says="it reads the last row",
            code="""
import torch


def masked_mean(vectors, lengths):
    last = vectors.cumsum(dim=1)[torch.arange(len(lengths)), lengths - 1]
    return last / lengths.clamp(min=1)[:, None]
""",
        ),
        Wrong(
            "takes padding away again",
            says="took the others' digits along",
            change=(
                "(vectors * real[..., None]).sum(dim=1)",
                "vectors.sum(dim=1) - (vectors * ~real[..., None]).sum(dim=1)",
            ),
        ),
        Wrong(
            "divides by zero",
            says="divide by at least 1",
            change=(".clamp(min=1)", ""),
        ),
    ),
    right=(
        Right(
            "text by text",
            code="""
import torch


def masked_mean(vectors, lengths):
    texts = zip(vectors, lengths.tolist(), strict=True)
    return torch.stack([v[:n].mean(dim=0) if n else torch.zeros_like(v[0]) for v, n in texts])
""",
        ),
        Right(
            "NumPy",
            code="""
import numpy as np


def masked_mean(vectors, lengths):
    v, n = vectors.numpy(), lengths.numpy()
    real = (np.arange(v.shape[1]) < n[:, None])[..., None]
    return np.where(real, v, 0).sum(axis=1) / np.maximum(n, 1)[:, None]
""",
        ),
        Right(
            "nan becomes zero",
            ("sums / lengths.clamp(min=1)[:, None]", "torch.nan_to_num(sums / lengths[:, None])"),
        ),
        Right(
            "padding is filled, lists",
            code="""
import torch


def masked_mean(vectors, lengths):
    padding = torch.arange(vectors.shape[1]) >= lengths[:, None]
    sums = vectors.masked_fill(padding[..., None], 0).sum(dim=1)
    return (sums / lengths.clamp(min=1)[:, None]).tolist()
""",
        ),
        Right(
            "float32, a gradient, something small below the line",
            (
                "sums / lengths.clamp(min=1)[:, None]",
                "(sums.float() / (lengths[:, None] + 1e-9)).requires_grad_()",
            ),
        ),
    ),
    shows="The mean over real words only: padding counts neither above nor below the line.",
)
