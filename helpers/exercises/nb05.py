"""Notebook 05's exercises: dropout backwards, a residual layer backwards, the mean backwards."""

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.exercise import Exercise, Wrong
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens

RANDOM = np.random.default_rng(5)
D_H = RANDOM.normal(size=(4, 6))
KEPT = np.array([[1, 0, 1, 1, 0, 1], [0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 1], [1, 1, 0, 1, 1, 1]])


def _dropout_shape(answer: Answer) -> None:
    answer.array(D_H, KEPT, 0.25, shape=D_H.shape)


def _dropout_values(answer: Answer) -> None:
    mistakes = {
        "the same units must be silent as in the forward pass; the mask is missing": D_H / 0.75,
        "the forward pass divided by 1 - rate, so the backward pass does, too": D_H * KEPT,
        "that divides by the rate; what was kept is divided by 1 - rate": D_H * KEPT / 0.25,
        "that multiplies by 1 - rate instead of dividing": D_H * KEPT * 0.75,
        "the mask is turned round: the gradient of the units that were kept is wanted": (
            D_H * (1 - KEPT) / 0.75
        ),
    }
    expect(
        answer.array(D_H, KEPT, 0.25, shape=D_H.shape),
        D_H * KEPT / 0.75,
        "For a rate of 0.25",
        mistakes,
    )


def _dropout_real(answer: Answer) -> None:
    """On average over many masks the gradient is what it would be without dropout."""
    masks = (np.random.default_rng(0).random((3000, 5)) >= 0.4).astype(int)
    d_h = np.tile(np.arange(1.0, 6.0), (3000, 1))
    mean = answer.array(d_h, masks, 0.4, shape=d_h.shape).mean(axis=0)
    expect(mean, d_h[0], "Averaged over 3,000 masks with a rate of 0.4", tolerance=0.08)


DROPOUT = Exercise(
    name="05-dropout",
    title="Dropout backwards",
    difficulty=1,
    minutes=8,
    prompt="""
Dropout (随机失活) sets each hidden unit to zero with probability `rate` and divides the others by
$1 - \\text{rate}$, so that the mean stays: $h' = h \\cdot m / (1 - \\text{rate})$, entry by entry,
where the mask $m$ is 1 for a unit that is kept. Given the loss's gradient in $h'$ and the mask that
was used, both of shape (texts, units), return its gradient in $h$.
""",
    answer="dropout_backward",
    starter='''
def dropout_backward(d_out, mask, rate):
    """Gradient in the output (texts, units), mask of 0 and 1, rate -> gradient in the input."""
    return ...  # your turn
''',
    hints=(
        "Each number of h is multiplied by one number. What is the derivative of a product with a "
        "constant?",
        "The constant is mask / (1 - rate), forwards and backwards alike.",
    ),
    solution="""
def dropout_backward(d_out, mask, rate):
    return d_out * mask / (1 - rate)
""",
    stages={"shape": _dropout_shape, "values": _dropout_values, "real data": _dropout_real},
    wrong=(
        Wrong(
            "sums over the texts",
            "shape (6,), expected shape (4, 6)",
            ("d_out * mask / (1 - rate)", "(d_out * mask).sum(axis=0)"),
            fails="shape",
        ),
        Wrong(
            "changes its input",
            "changes its input",
            ("return d_out *", "d_out *= mask\n    return d_out *"),
            fails="shape",
        ),
        Wrong("forgets the mask", "the mask is missing", ("d_out * mask /", "d_out /")),
        Wrong("forgets the division", "divided by 1 - rate", (" / (1 - rate)", "")),
        Wrong("divides by the rate", "divides by the rate", ("/ (1 - rate)", "/ rate")),
        Wrong("multiplies", "instead of dividing", ("/ (1 - rate)", "* (1 - rate)")),
        Wrong("turns the mask round", "the mask is turned round", ("* mask", "* (1 - mask)")),
    ),
    shows="What multiplies forwards multiplies backwards: silent units get no gradient.",
)

X = RANDOM.normal(size=(3, 4))
W = RANDOM.normal(size=(4, 4))
G = RANDOM.normal(size=(3, 4))


def _residual_terms(w: np.ndarray, x: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    slope = (x @ w > 0).astype(float)
    return slope, (g * slope) @ w.T


def _residual_shape(answer: Answer) -> None:
    answer.array(X, W, G, shape=X.shape)


def _residual_values(answer: Answer) -> None:
    slope, through = _residual_terms(W, X, G)
    mistakes = {
        "that is the way through the layer alone; x also reaches the output directly": through,
        "that is the direct way alone; x also acts through the layer": G,
        "the activation's slope is missing on the way through the layer": G + G @ W.T,
        "the weights must be transposed on the way back": G + (G * slope) @ W,
        "the slope belongs to the layer's way alone, not to the direct one": G * slope + through,
        "the two ways are added, not multiplied": G * through,
    }
    given = "For three texts with four numbers"
    expect(answer.array(X, W, G, shape=X.shape), G + through, given, mistakes)


def _residual_real(answer: Answer) -> None:
    """Twenty such layers with small weights: the gradient arrives whole at the first."""
    w, g = np.full((4, 4), 1e-4), np.ones((2, 4))
    for _ in range(20):
        g = answer.array(np.ones((2, 4)), w, g, shape=(2, 4))
    expect(g, np.full((2, 4), (1 + 4e-4) ** 20), "Through twenty layers with tiny weights")


RESIDUAL = Exercise(
    name="05-residual",
    title="A way round the layer",
    difficulty=3,
    minutes=15,
    prompt="""
A *residual connection* (残差连接; He et al., 2016) lets the input pass beside a layer as well:
$Y = X + \\mathrm{relu}(X W)$, with $X$, $Y$ of shape (texts, d) and $W$ of shape (d, d). Every
block of a transformer has two. Given $X$, $W$ and the loss's gradient $G$ in $Y$, return its
gradient in $X$.
""",
    answer="residual_backward",
    starter='''
import numpy as np


def residual_backward(X, W, G):
    """Input (texts, d), weights (d, d), gradient in the output -> gradient in the input."""
    return ...  # your turn
''',
    hints=(
        "X reaches Y on two ways. Gradients of the two ways add up.",
        "On the direct way the gradient is G. On the other it goes through the ReLU (where X @ W "
        "is above 0) and then through the linear layer, @ W.T.",
    ),
    solution="""
import numpy as np


def residual_backward(X, W, G):
    return G + (G * (X @ W > 0)) @ W.T
""",
    stages={"shape": _residual_shape, "values": _residual_values, "real data": _residual_real},
    wrong=(
        Wrong(
            "returns the gradient in W",
            "shape (4, 4), expected shape (3, 4)",
            ("G + (G * (X @ W > 0)) @ W.T", "X.T @ (G * (X @ W > 0))"),
            fails="shape",
        ),
        Wrong("forgets the direct way", "reaches the output directly", ("G + (G", "(G")),
        Wrong(
            "forgets the layer", "x also acts through the layer", (" + (G * (X @ W > 0)) @ W.T", "")
        ),
        Wrong("forgets the slope", "slope is missing", ("(G * (X @ W > 0))", "G")),
        Wrong("forgets to transpose", "must be transposed", ("@ W.T", "@ W")),
        Wrong(
            "stops both ways",
            "not to the direct one",
            ("return G + (G", "G = G * (X @ W > 0)\n    return G + (G"),
        ),
    ),
    shows="The direct way passes the gradient whole, so a hundred layers can be trained.",
)

VECTORS_SHAPE = (3, 5, 2)
COUNTS = np.array([5, 2, 1])
D_MEAN = np.array([[10.0, -5.0], [2.0, 4.0], [1.0, 3.0]])


def _pooled(lengths: np.ndarray, d_mean: np.ndarray, longest: int) -> np.ndarray:
    real = np.arange(longest) < lengths[:, None]  # (texts, longest)
    return real[..., None] * (d_mean / lengths[:, None])[:, None, :]


def _mean_shape(answer: Answer) -> None:
    answer.array(D_MEAN, COUNTS, 5, shape=VECTORS_SHAPE)


def _mean_values(answer: Answer) -> None:
    real = (np.arange(5) < COUNTS[:, None])[..., None]
    each = np.repeat(D_MEAN[:, None, :], 5, axis=1)
    mistakes = {
        "each word has the share 1 / n of the mean; the division is missing": real * each,
        "the division is by the longest text's length; each text has its own": real * each / 5,
        "padding took no part in the mean, so its gradient is zero": each / COUNTS[:, None, None],
        "padding took no part in the mean, and n counts the real words alone": each / 5,
    }
    got = answer.array(D_MEAN, COUNTS, 5, shape=VECTORS_SHAPE)
    expect(got, _pooled(COUNTS, D_MEAN, 5), "For texts of 5, 2 and 1 words", mistakes)


def _mean_real(answer: Answer) -> None:
    texts = corpora.load("newsroom").validation.texts[:30]
    lengths = np.array([len(simple_tokens(text)) for text in texts])
    d_mean = np.random.default_rng(0).normal(size=(30, 3))
    got = answer.array(d_mean, lengths, int(lengths.max()), shape=(30, lengths.max(), 3))
    # every text's words together hand back exactly what the mean got
    expect(got.sum(axis=1), d_mean, "Summed over the words of 30 newsroom texts")


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
    """Gradient in the means (texts, d), lengths (texts), longest -> (texts, longest, d)."""
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
        Wrong("forgets to divide", "the division is missing", (" / lengths[:, None]", "")),
        Wrong(
            "divides by the longest",
            "each text has its own",
            ("d_mean / lengths[:, None]", "d_mean / longest"),
        ),
        Wrong(
            "gives padding a gradient",
            "so its gradient is zero",
            (
                "real = np.arange(longest) < lengths[:, None]",
                "real = np.arange(longest) < longest + 0 * lengths[:, None]",
            ),
        ),
    ),
    shows="A mean hands its gradient back in equal shares, and padding gets none.",
)

EXERCISES = (DROPOUT, RESIDUAL, POOL)
