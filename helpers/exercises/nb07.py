"""Checks for notebook 07's exercises: counting weights, the masked mean, an exact mean loss.

Each check goes from shape to values to behaviour and names the mistake in the learner's own
numbers. The references are worked out here, never taken from the learner.
"""

from collections.abc import Callable

import torch


def count(answer: int) -> str | None:
    """Nine tenths of the weights sit between the joined words and the first hidden layer."""
    if isinstance(answer, bool) or not isinstance(answer, int):
        return f"{answer!r} is {type(answer).__name__}; the answer is a whole number."
    first, second, last = 1000 * 128, 128 * 128, 128 * 3
    biases = 128 + 128 + 3
    right = first + second + last + biases
    known = {
        first + second + last: "the biases are missing: each layer adds one for each output",
        first + last + 128 + 3: "that is two layers; between the hidden layers is a third matrix, "
        "128 by 128, with 128 biases",
        100 * 128 + second + last + biases: "the first matrix takes one word only; ten words of "
        "100 numbers are joined to 1,000 inputs",
        500 * 128 + second + last + biases: "that is for words of 50 numbers; here they have 100",
    }
    if answer != right:
        why = known.get(answer, "add up inputs × outputs + outputs over the three layers")
        return f"You have {answer:,}: {why}."
    return None


def masked_mean(answer: Callable) -> str | None:
    """The mean over real words only; padding counts neither above nor below the line."""
    if not callable(answer):
        return f"{type(answer).__name__} can't be called; give the function itself, without ()."
    vectors = torch.tensor(
        [[[2.0, 0.0], [0.0, 4.0], [9.0, 9.0]], [[5.0, 7.0], [9.0, 9.0], [9.0, 9.0]]]
    )
    lengths = torch.tensor([2, 1])
    expected = torch.tensor([[1.0, 2.0], [5.0, 7.0]])
    got = answer(vectors.clone(), lengths.clone())
    if not isinstance(got, torch.Tensor) or got.shape != (2, 2):
        shape = tuple(got.shape) if isinstance(got, torch.Tensor) else type(got).__name__
        return f"You return {shape}, expected a tensor of shape (2, 2): (batch, dimensions)."
    if not torch.allclose(got, expected):
        numbers = [round(x, 2) for x in got[0].tolist()]
        if torch.allclose(got, vectors.mean(1)):
            why = "that is the mean of all three rows, padding included"
        elif torch.allclose(got, torch.tensor([[2.0, 4.0], [5.0, 7.0]])):
            why = "that is the sum; divide by the number of real words"
        elif torch.allclose(got, torch.tensor([[2.0, 4.0], [5.0, 7.0]]) / 3):
            why = "padding is left out of the sum but still counted below the line"
        else:
            why = "mask the padding, add up along the words, divide by lengths"
        return f"(2, 0) and (0, 4) with one padding row gave {numbers}, expected [1, 2]: {why}."
    empty = answer(vectors.clone(), torch.tensor([0, 3]))
    if not torch.isfinite(empty).all():
        return f"A text without words gives {empty[0].tolist()}; divide by at least 1."
    if not torch.allclose(empty[0], torch.zeros(2)):
        return f"A text without words gives {empty[0].tolist()}, expected [0, 0]."
    return None


def mean_loss(answer: float) -> str | None:
    """Weighted by its texts, the short batch counts 100 of 1,000 and not one of four."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return f"{answer!r} is {type(answer).__name__}; the answer is a number."
    right = (3 * 300 * 0.2 + 100 * 1.0) / 1000
    if abs(answer - right) < 1e-6:
        return None
    if abs(answer - 0.4) < 1e-6:
        return (
            "0.4 is the mean of the four batch means. The last batch has 100 texts, the others "
            "300, so it must count a third as much."
        )
    if abs(answer - 1.6) < 1e-6:
        return f"You have {answer:g}: every batch counted as 300 texts; the last has 100."
    return f"You have {answer:g}. Add up loss × texts over the batches, then divide by 1,000."
