"""Notebook 07's exercises: counting weights, the masked mean, an exact mean loss."""

import numpy as np
import torch

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Wrong
from helpers.exercises.plain import as_array
from helpers.sources import corpora
from helpers.text.batches import pad
from helpers.text.preprocess import simple_tokens


def _count_shape(answer: Answer) -> None:
    number = answer.number()
    if number != round(number) or isinstance(answer.result(), bool):
        raise Diagnosis(f"You have {number:,}; weights are counted, so it is a whole number.")


def _count_values(answer: Answer) -> None:
    number = round(answer.number())
    first, second, last = 1000 * 128, 128 * 128, 128 * 3
    biases = 128 + 128 + 3
    right = first + second + last + biases
    known = {
        first + second + last: "the biases are missing: each layer adds one for each output",
        right - 256: "the biases of both hidden layers are missing",
        right - 131: "the biases of one hidden layer and of the last are missing",
        right + 400_000 * 100: "the word vectors are counted, too; the question leaves them out",
        right - 128: "the biases of one hidden layer are missing; both have 128",
        right - 3: "the three biases of the last layer are missing",
        first + last + 128 + 3: "that is two layers; between the hidden layers is a third matrix, "
        "128 by 128, with 128 biases",
        100 * 128 + second + last + biases: "the first matrix takes one word only; ten words of "
        "100 numbers are joined to 1,000 inputs",
        500 * 128 + second + last + biases: "that is for words of 50 numbers; here they have 100",
        right + 1000 + 128 - 128 - 3: "a layer has a bias for each output, not for each input",
    }
    if number != right:
        why = known.get(number, "add up inputs × outputs + outputs over the three layers")
        raise Diagnosis(f"You have {number:,}: {why}.")


COUNT = Exercise(
    name="07-count",
    title="How many weights?",
    difficulty=1,
    minutes=5,
    prompt="""
How many numbers does the article's network learn, apart from the word vectors, if words have 100
numbers, ten words are joined, both hidden layers have 128 units and there are 3 classes? Count the
biases, too.
""",
    answer="weights",
    starter="weights = ...  # your turn: a whole number",
    hints=(
        "The network has three layers. What goes into each of them, and what comes out?",
        "A layer from m inputs to n outputs has m × n weights and n biases. The first has "
        "10 × 100 inputs.",
    ),
    solution="""
joined = 10 * 100
weights = (joined * 128 + 128) + (128 * 128 + 128) + (128 * 3 + 3)
""",
    stages={"shape": _count_shape, "values": _count_values},
    wrong=(
        Wrong("gives a fraction", "a whole number", code="weights = 145_027.5", fails="shape"),
        Wrong("leaves the biases out", "the biases are missing", code="weights = 144_768"),
        Wrong("leaves a hidden layer's biases out", "one hidden layer", code="weights = 144_899"),
        Wrong("leaves out a layer", "that is two layers", code="weights = 128_515"),
        Wrong("takes one word", "takes one word only", change=("10 * 100", "100")),
        Wrong("takes this notebook's vectors", "words of 50 numbers", change=("* 100", "* 50")),
    ),
    shows="Nine tenths of the weights sit between the joined words and the first hidden layer.",
)

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


def _mean_values(answer: Answer) -> None:
    got = answer.array(VECTORS, LENGTHS, shape=(3, 3))
    v, n = VECTORS.double().numpy(), LENGTHS.numpy()
    real = (np.arange(4) < n[:, None])[..., None]  # (batch, length, 1)
    sums = (v * real).sum(axis=1)  # (batch, dimensions)
    mistakes = {
        "that is the mean of all rows, padding included": v.mean(axis=1),
        "that is the sum; divide by the number of real words": sums,
        "padding is left out of the sum but still counted below the line": sums / 4,
        "padding is left out below the line but still in the sum": v.sum(axis=1) / n[:, None],
        "lengths has the shape (batch), so it was laid along the dimensions: each column was "
        "divided by another text's length; lengths[:, None] divides each row": sums / n,
        "padding is still in the sum, and lengths needs [:, None] to divide each row": (
            v.sum(axis=1) / n
        ),
        "the word after the last real one is counted, too; places count from 0": (
            (v * (np.arange(4) <= n[:, None])[..., None]).sum(axis=1) / n[:, None]
        ),
    }
    expect(got, sums / n[:, None], "For the three short texts (lengths 2, 1 and 3)", mistakes)


def _mean_real(answer: Answer) -> None:
    texts = [*corpora.load("newsroom").validation.texts[:20], ""]
    lengths = [len(simple_tokens(text)) for text in texts]
    ids, n = pad([range(2, length + 2) for length in lengths])
    vectors = np.sin(np.arange(ids.max() + 1)[:, None] * np.arange(1, 6))[ids]  # (21, longest, 5)
    lasting = answer.result(torch.tensor(vectors), torch.tensor(n))
    last = np.asarray(lasting[-1], dtype=float)
    if not np.isfinite(last).all():
        raise Diagnosis(f"A text without words gives {last[0]}; divide by at least 1.")
    got = as_array(lasting, (21, 5))
    expected = np.array(
        [v[:k].mean(axis=0) if k else v[0] * 0 for v, k in zip(vectors, n, strict=True)]
    )
    expect(got, expected, "For 20 newsroom texts and one without words", tolerance=1e-5)


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
            code="""
import torch


def masked_mean(vectors, lengths):
    real = torch.arange(vectors.shape[1]) < lengths[:, None]
    return (vectors * real[..., None]).mean(dim=1)
""",
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
        Wrong(
            "divides by zero",
            says="divide by at least 1",
            change=(".clamp(min=1)", ""),
            fails="real data",
        ),
    ),
    shows="The mean over real words only: padding counts neither above nor below the line.",
)


def _loss_shape(answer: Answer) -> None:
    answer.number()


def _loss_values(answer: Answer) -> None:
    number = answer.number()
    known = {
        0.4: "that is the mean of the four batch means. The last batch has 100 texts, the others "
        "300, so it must count a third as much",
        1.6: "that is the sum of the batch means, nothing is divided",
        280.0: "that is the sum over all texts; divide by their number",
        1.0: "that is the loss of the last batch alone, which is what the article's program prints",
        0.2: "that is the loss of a full batch; the short one counts as well",
    }
    why = next((words for value, words in known.items() if abs(number - value) < 1e-6), None)
    advice = "add up loss × texts over the batches, then divide by 1,000"
    if abs(number - 0.28) > 1e-6:
        raise Diagnosis(f"You have {number:g}: {why or advice}.")


MEAN_LOSS = Exercise(
    name="07-mean-loss",
    title="The short last batch",
    difficulty=2,
    minutes=5,
    prompt="""
A validation part of 1,000 texts is run in batches of 300. The mean losses of its batches are 0.2,
0.2, 0.2 and, for the short last one, 1.0. What is the mean loss over all texts?
""",
    answer="mean_loss",
    starter="mean_loss = ...  # your turn: a number",
    hints=(
        "How many texts has the last batch, and how many losses are averaged in each batch mean?",
        "A batch mean times the number of its texts is the sum of their losses.",
    ),
    solution="mean_loss = (3 * 300 * 0.2 + 100 * 1.0) / 1000",
    stages={"shape": _loss_shape, "values": _loss_values},
    wrong=(
        Wrong("gives a text", "expected numbers", code='mean_loss = "0.28"', fails="shape"),
        Wrong("averages the means", "mean of the four batch means", code="mean_loss = 1.6 / 4"),
        Wrong("adds the means up", "nothing is divided", code="mean_loss = 0.2 * 3 + 1.0"),
        Wrong("does not divide", "divide by their number", change=(" / 1000", "")),
        Wrong("takes the last batch", "the last batch alone", code="mean_loss = 1.0"),
    ),
    shows="Weighted by its texts, the short batch counts 100 of 1,000 and not one of four.",
)

EXERCISES = (COUNT, MASKED_MEAN, MEAN_LOSS)
