"""From the mean's gradient back to the words'."""

from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens

COUNTS = np.array([5, 2, 1])
D_MEAN = np.array([[10.0, -5.0], [2.0, 4.0], [1.0, 3.0]])


def _pooled(d_mean: np.ndarray, lengths: np.ndarray, longest: int) -> np.ndarray:
    real = np.arange(longest) < lengths[:, None]  # (texts, longest)
    return real[..., None] * (d_mean / lengths[:, None])[:, None, :]


def _mean_shape(answer: Answer) -> None:
    answer.array(D_MEAN, COUNTS, 5, shape=(3, 5, 2))


def _mean_cases() -> Iterator[tuple]:
    yield np.array([[6.0, -3.0]]), np.array([2]), 2
    yield np.array([[6.0, -3.0]]), np.array([2]), 3
    yield np.array([[2.5, 1.0, -4.0], [7.0, 0.5, 3.0]]), np.array([2, 1]), 4
    yield np.array([[4.5], [1.0]]), np.array([1, 3]), 3
    random = np.random.default_rng(52)
    for texts, d, most, longest in ((3, 2, 5, 5), (4, 4, 3, 4), (2, 3, 6, 9), (5, 1, 4, 4)) * 2:
        lengths = random.integers(1, most + 1, size=texts)
        yield random.normal(size=(texts, d)).round(1), lengths, longest


def _mean_values(answer: Answer) -> None:
    def masked(numbers: np.ndarray, lengths: np.ndarray, longest: int) -> np.ndarray:
        return (np.arange(longest) < lengths[:, None])[..., None] * numbers[:, None, :]

    def everywhere(numbers: np.ndarray, longest: int) -> np.ndarray:
        return np.repeat(numbers[:, None, :], longest, axis=1)

    mistakes = {
        "each word has the share 1 / n of the mean; the division is missing": masked,
        "the division is by the longest text's length; each text has its own": (
            lambda d, n, longest: masked(d / longest, n, longest)
        ),
        "padding took no part in the mean, so its gradient is zero": (
            lambda d, n, longest: everywhere(d / n[:, None], longest)
        ),
        "padding took no part in the mean, and n counts the real words alone": (
            lambda d, n, longest: everywhere(d / longest, longest)
        ),
        "these texts are padded further than the longest of them; the length of the result is "
        "longest": lambda d, n, longest: _pooled(d, n, int(n.max())),
        "the place after the last word has a gradient; places count from 0": (
            lambda d, n, longest: (
                (np.arange(longest) <= n[:, None])[..., None] * everywhere(d / n[:, None], longest)
            )
        ),
        "the last word of each text gets no gradient; places count from 0": (
            lambda d, n, longest: masked(d, n - 1, longest) / n[:, None, None]
        ),
        "padding stands behind the words, not in front of them": (
            lambda d, n, longest: _pooled(d, n, longest)[:, ::-1]
        ),
        "n is the number of a text's words; that divides by the size of the vectors": (
            lambda d, n, longest: masked(d / d.shape[1], n, longest)
        ),
        "n is the number of a text's words; that divides by the number of texts": (
            lambda d, n, longest: masked(d / len(d), n, longest)
        ),
        "the division is by the mean length; each text has its own": (
            lambda d, n, longest: masked(d / n.mean(), n, longest)
        ),
        "that multiplies by n; each word has the share 1 / n": (
            lambda d, n, longest: masked(d * n[:, None], n, longest)
        ),
        "all of it goes to the first word; every real word had a part in the mean": (
            lambda d, n, longest: masked(d, n * 0 + 1, longest)
        ),
        "the fractions are cut off": lambda d, n, longest: np.trunc(_pooled(d, n, longest)),
        "the fractions are rounded away; divide with /, not with //": (
            lambda d, n, longest: masked(d // n[:, None], n, longest)
        ),
    }
    against(answer, _pooled, _mean_cases(), ["d_mean", "lengths", "longest"], mistakes)


def _mean_real(answer: Answer) -> None:
    texts = corpora.load("newsroom").validation.texts[:30]
    lengths = np.array([len(simple_tokens(text)) for text in texts])
    d_mean = np.random.default_rng(0).normal(size=(30, 3))
    case = Case((d_mean, lengths, int(lengths.max()) + 2), "30 newsroom texts")
    against(answer, _pooled, [case])


POOL = Exercise(
    name="05-mean",
    title="From the mean back to the words",
    difficulty=2,
    minutes=12,
    prompt="""
The classifiers of this course average word vectors: $m = \\frac1n \\sum_{i=1}^{n} v_i$ over a
text's $n$ real words; padding behind them does not count. Given the loss's gradient in the
means, shape (texts, d), the numbers of real words, shape (texts), and the length to which texts
were padded, return its gradient in all the word vectors, shape (texts, longest, d).
""",
    answer="mean_backward",
    starter='''
import numpy as np


def mean_backward(d_mean, lengths, longest):
    """Gradient in the means (texts, d), lengths (texts), longest -> (texts, longest, d).

    Example: d_mean [[6, -3]], lengths [2] and longest 3 give [[[3, -1.5], [3, -1.5], [0, 0]]].
    """
    return ...  # your turn
''',
    hints=(
        "Each real word stands in the mean with the factor 1 / n. What is then the gradient in it?",
        "A mask of real words is np.arange(longest) < lengths[:, None], shape (texts, longest); "
        "with one more axis it multiplies d_mean[:, None, :].",
    ),
    solution="""
import numpy as np


def mean_backward(d_mean, lengths, longest):
    # Each real word is in the mean with the factor 1 / n, padding with the factor 0. Broadcasting
    # does it for all texts at once; a loop that fills np.zeros text by text is as good.
    real = np.arange(longest) < lengths[:, None]  # (texts, longest)
    share = d_mean / lengths[:, None]  # (texts, d)
    return real[:, :, None] * share[:, None, :]
""",
    stages={"shape": _mean_shape, "values": _mean_values, "real data": _mean_real},
    wrong=(
        Wrong(
            "returns one gradient a text",
            "shape (3, 2), expected shape (3, 5, 2)",
            ("real[:, :, None] * share[:, None, :]", "share"),
            fails="shape",
        ),
        Wrong(
            "swaps the axes",
            "shape (3, 2, 5)",
            ("real[:, :, None] * share[:, None, :]", "real[:, None, :] * share[:, :, None]"),
            fails="shape",
        ),
        Wrong(
            "divides by the lengths of others",
            "keepdims=True",
            ("lengths[:, None]  # (texts, d)", "lengths  # (texts, d)"),
            fails="shape",
        ),
        Wrong(
            "forgets to divide", "the division is missing", ("d_mean / lengths[:, None]", "d_mean")
        ),
        Wrong(
            "divides by the longest",
            "each text has its own",
            ("d_mean / lengths[:, None]", "d_mean / longest"),
        ),
        Wrong(
            "divides by the mean length",
            "the mean length",
            ("d_mean / lengths[:, None]", "d_mean / lengths.mean()"),
        ),
        Wrong(
            "divides by the vectors' size",
            "the size of the vectors",
            ("d_mean / lengths[:, None]", "d_mean / d_mean.shape[1]"),
        ),
        Wrong(
            "multiplies",
            "multiplies by n",
            ("d_mean / lengths[:, None]", "d_mean * lengths[:, None]"),
        ),
        Wrong(
            "gives padding a gradient",
            "so its gradient is zero",
            (
                "real = np.arange(longest) < lengths[:, None]",
                "real = np.arange(longest) < longest + 0 * lengths[:, None]",
            ),
        ),
        Wrong(
            "asks the lengths for the longest",
            "padded further than the longest",
            ("np.arange(longest)", "np.arange(lengths.max())"),
        ),
        Wrong("counts one word too many", "places count from 0", ("longest) <", "longest) <=")),
        Wrong(
            "counts one word too few",
            "last word of each text",
            ("np.arange(longest)", "np.arange(1, longest + 1)"),
        ),
        Wrong(
            "pads in front", "not in front", ("np.arange(longest) <", "np.arange(longest)[::-1] <")
        ),
        Wrong(
            "gives all to the first word",
            "goes to the first word",
            code="""
import numpy as np


def mean_backward(d_mean, lengths, longest):
    gradient = np.zeros((len(d_mean), longest, d_mean.shape[1]))
    gradient[:, 0] = d_mean
    return gradient
""",
        ),
        Wrong(
            "cuts the fractions off",
            "fractions are cut off",
            code="""
import numpy as np


def mean_backward(d_mean, lengths, longest):
    gradient = np.zeros((len(d_mean), longest, d_mean.shape[1]), dtype=int)
    for text, n in enumerate(lengths):
        gradient[text, :n] = d_mean[text] / n
    return gradient
""",
        ),
    ),
    right=(
        Right(
            "text by text",
            code="""
import numpy as np


def mean_backward(d_mean, lengths, longest):
    gradient = np.zeros((len(d_mean), longest, d_mean.shape[1]))
    for text, n in enumerate(lengths):
        gradient[text, :n] = d_mean[text] / n
    return gradient
""",
        ),
        Right(
            "a float32 tensor",
            code="""
import torch


def mean_backward(d_mean, lengths, longest):
    d, n = torch.tensor(d_mean, dtype=torch.float32), torch.tensor(lengths)
    real = torch.arange(longest) < n[:, None]
    return (real / n[:, None])[:, :, None] * d[:, None, :]
""",
        ),
        Right(
            "lists in lists",
            code="""
def mean_backward(d_mean, lengths, longest):
    gradient = []
    for d, n in zip(d_mean.tolist(), lengths.tolist(), strict=True):
        words = [[one / n for one in d]] * n
        gradient.append(words + [[0] * len(d)] * (longest - n))
    return gradient
""",
        ),
        Right(
            "from autograd",
            code="""
import torch


def mean_backward(d_mean, lengths, longest):
    vectors = torch.zeros(len(d_mean), longest, d_mean.shape[1], requires_grad=True)
    means = [text[:n].mean(dim=0) for text, n in zip(vectors, lengths, strict=True)]
    torch.stack(means).backward(torch.tensor(d_mean, dtype=torch.float32))
    return vectors.grad
""",
        ),
    ),
    shows="A mean hands its gradient back in equal shares, and padding gets none.",
)
