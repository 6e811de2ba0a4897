"""03-cbow: the gradient of CBOW's loss in the context vectors."""

from functools import cache

import numpy as np
from scipy.special import expit

from helpers.exercises.against import against
from helpers.exercises.answer import Answer
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.inputs import numbers

NAMES = ("contexts", "positive", "negatives")


def cbow_loss(contexts: np.ndarray, positive: np.ndarray, negatives: np.ndarray) -> float:
    """Return the loss of the task, for the tests: vectors (m, d), (d), (k, d) -> nats."""
    h = contexts.mean(axis=0)
    return float(np.logaddexp(0, -positive @ h) + np.logaddexp(0, negatives @ h).sum())


def cbow_gradient(
    contexts: np.ndarray,
    positive: np.ndarray,
    negatives: np.ndarray,
    truth: float = 1,
    yes: float = 1,
    no: float = 1,
    share: float | None = None,
    h: np.ndarray | None = None,
) -> np.ndarray:
    """Return the gradient in each context vector, (m, d), or that of a known mistake."""
    h = contexts.mean(axis=0) if h is None else h
    d_h = yes * (expit(positive @ h) - truth) * positive + no * expit(negatives @ h) @ negatives
    m = len(contexts)
    return np.tile(d_h / (m if share is None else share), (m, 1))


MISTAKES = {
    "each context has the share 1 / m of the mean; the division is missing": (
        lambda c, p, n: cbow_gradient(c, p, n, share=1)
    ),
    "the true word's part alone; the noise words pull as well": (
        lambda c, p, n: cbow_gradient(c, p, n, no=0)
    ),
    "the noise words' part alone; the true word pulls as well": (
        lambda c, p, n: cbow_gradient(c, p, n, yes=0)
    ),
    "the truth of the true word is 1: its error is sigma - 1": (
        lambda c, p, n: cbow_gradient(c, p, n, truth=0)
    ),
    "the error of a noise word is sigma, without the - 1": (
        lambda c, p, n: cbow_gradient(c, p, n) - np.tile(n.sum(axis=0) / len(c), (len(c), 1))
    ),
    "the sign is wrong": lambda c, p, n: -cbow_gradient(c, p, n),
    "the noise words' part has the wrong sign": lambda c, p, n: cbow_gradient(c, p, n, no=-1),
    "the scores are of the sum of the contexts; take their mean": (
        lambda c, p, n: cbow_gradient(c, p, n, h=c.sum(axis=0))
    ),
    "the contexts are added up; the mean also brings the share 1 / m to the gradient": (
        lambda c, p, n: cbow_gradient(c, p, n, share=1, h=c.sum(axis=0))
    ),
    "the noise words' parts are averaged; the loss adds them up": (
        lambda c, p, n: cbow_gradient(c, p, n, no=1 / len(n))
    ),
    "the division is by the number of noise words; it should be by that of context words": (
        lambda c, p, n: cbow_gradient(c, p, n, share=len(n))
    ),
    "the division is by the length of the vectors; it should be by the number of context words": (
        lambda c, p, n: cbow_gradient(c, p, n, share=len(p))
    ),
    "each context has scores of its own; all of them go through one mean": lambda c, p, n: (
        (expit(c @ p) - 1)[:, None] * p + expit(c @ n.T) @ n
    ) / len(c),
}  # fmt: skip


@cache
def _cases() -> list[tuple]:
    random = np.random.default_rng(303)
    shapes = (
        (1, 1, 1),
        (2, 1, 1),
        (2, 2, 1),
        (4, 5, 3),
        (5, 2, 3),
        (1, 3, 4),
        (3, 3, 3),
        (3, 1, 2),
    )
    cases = []
    for m, k, d in (*shapes, (10, 5, 50)):
        for scale in (1.0, 0.25, 4.0):
            sizes = ((m, d), (d,), (k, d))
            cases.append(tuple(numbers(random, *size, scale=scale) for size in sizes))
    return cases


@cache
def _at_the_ends() -> list[tuple]:
    """Return vectors as at the beginning of a training, all zero, and very large ones."""
    random = np.random.default_rng(304)
    positive, negatives = numbers(random, 3), numbers(random, 5, 3)
    far = np.full((1, 3), 512.0) * np.sign(positive)
    wide = numbers(random, 4, 3, scale=256.0)
    zero = [(np.zeros((m, 3)), positive, negatives) for m in (1, 2, 6)]
    return [
        *zero,
        (far, positive, negatives),
        (-far, positive, negatives),
        (wide, positive, negatives),
    ]


def _shape(answer: Answer) -> None:
    contexts, positive, negatives = _cases()[9]
    answer.array(contexts, positive, negatives, shape=contexts.shape)


def _values(answer: Answer) -> None:
    against(answer, cbow_gradient, _cases(), NAMES, MISTAKES)


def _real(answer: Answer) -> None:
    against(answer, cbow_gradient, _at_the_ends(), NAMES, MISTAKES)


CBOW = Exercise(
    name="03-cbow",
    title="The reverse: CBOW",
    difficulty=3,
    minutes=15,
    prompt="""
word2vec's second model, the *continuous bag of words* (CBOW, 连续词袋; Mikolov et al., 2013a),
guesses the word in the middle from the mean of the words around it. With
$h = \\frac1m \\sum_{i=1}^{m} v_i$ the loss is
$-\\ln\\sigma(u_o \\cdot h) - \\sum_j \\ln\\sigma(-u_{n_j} \\cdot h)$. Return its gradient in each
of the $m$ context vectors $v_i$, shape (m, d), given these vectors, the middle word's $u_o$, shape
(d), and the noise words', shape (k, d).
""",
    answer="cbow_gradient",
    starter='''
import numpy as np


def cbow_gradient(contexts, positive, negatives):
    """(m, d), (d), (k, d) -> the gradient in every context vector, (m, d).

    Example: contexts [[1, 0], [0, 0]], positive [2, 0] and negatives [[0, 1]], all as arrays, have
    the gradient [[-0.269, 0.25], [-0.269, 0.25]].
    """
    return ...  # your turn
''',
    hints=(
        "First the gradient in h: it is skip-gram's in v_c. Then ask how h depends on v_i.",
        "Move one v_i a little: how far does h move? The answer is the same for every context "
        "vector, and so is its row of the result.",
    ),
    solution="""
import numpy as np


def cbow_gradient(contexts, positive, negatives):
    def sigmoid(z):
        return 0.5 * (1 + np.tanh(z / 2))  # the same as 1 / (1 + exp(-z)), and never overflows

    h = contexts.mean(axis=0)
    # In h it is skip-gram's gradient: answer minus truth, times the other vector, added up.
    d_h = (sigmoid(positive @ h) - 1) * positive + sigmoid(negatives @ h) @ negatives
    # h moves by 1 / m of what one context vector moves, so each gets that share.
    return np.tile(d_h / len(contexts), (len(contexts), 1))


# Another way: write the loss with torch's logsigmoid and let autograd (notebook 05) do the rest.
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns the gradient in h",
            "shape (3,), expected shape (4, 3)",
            ("np.tile(d_h / len(contexts), (len(contexts), 1))", "d_h"),
            fails="shape",
        ),
        Wrong(
            "forgets the mean's share", "the division is missing", ("d_h / len(contexts)", "d_h")
        ),
        Wrong(
            "forgets the noise",
            "the noise words pull",
            (" + sigmoid(negatives @ h) @ negatives", ""),
        ),
        Wrong(
            "forgets the true word",
            "the true word pulls",
            ("(sigmoid(positive @ h) - 1) * positive + ", ""),
        ),
        Wrong(
            "forgets the truth",
            "its error is sigma - 1",
            ("(sigmoid(positive @ h) - 1)", "sigmoid(positive @ h)"),
        ),
        Wrong(
            "gives noise the truth 1",
            "without the - 1",
            ("sigmoid(negatives @ h) @", "(sigmoid(negatives @ h) - 1) @"),
        ),
        Wrong(
            "adds contexts up", "take their mean", ("contexts.mean(axis=0)", "contexts.sum(axis=0)")
        ),
        Wrong(
            "adds contexts up throughout",
            "the mean also brings the share 1 / m",
            code="""
import numpy as np
from scipy.special import expit


def cbow_gradient(contexts, positive, negatives):
    h = contexts.sum(axis=0)
    d_h = (expit(positive @ h) - 1) * positive + expit(negatives @ h) @ negatives
    return np.tile(d_h, (len(contexts), 1))
""",
        ),
        Wrong("turns the sign round", "the sign is wrong", ("np.tile(d_h /", "-np.tile(d_h /")),
        Wrong(
            "pushes noise the wrong way",
            "the noise words' part has the wrong sign",
            ("positive + sigmoid(n", "positive - sigmoid(n"),
        ),
        Wrong(
            "averages the noise",
            "the loss adds them up",
            ("@ negatives\n", "@ negatives / len(negatives)\n"),
        ),
        Wrong(
            "divides by the number of noise words",
            "by the number of noise words",
            ("d_h / len(contexts)", "d_h / len(negatives)"),
        ),
        Wrong(
            "divides by the dimensions",
            "by the length of the vectors",
            ("d_h / len(contexts)", "d_h / contexts.shape[1]"),
        ),
        Wrong(
            "gives each context scores of its own",
            "go through one mean",
            code="""
import numpy as np
from scipy.special import expit


def cbow_gradient(contexts, positive, negatives):
    yes = (expit(contexts @ positive) - 1)[:, None] * positive
    return (yes + expit(contexts @ negatives.T) @ negatives) / len(contexts)
""",
        ),
        Wrong(
            "takes the first context alone", "expected", ("contexts.mean(axis=0)", "contexts[0]")
        ),
        Wrong("forgets the sigmoid", "expected", ("sigmoid(negatives @ h) @", "(negatives @ h) @")),
        Wrong(
            "overflows to nan",
            "expected finite numbers",
            code="""
import numpy as np


def cbow_gradient(contexts, positive, negatives):
    def sigmoid(z):
        return np.exp(z) / (1 + np.exp(z))

    h = contexts.mean(axis=0)
    d_h = (sigmoid(positive @ h) - 1) * positive + sigmoid(negatives @ h) @ negatives
    return np.tile(d_h / len(contexts), (len(contexts), 1))
""",
            fails="real data",
        ),
    ),
    right=(
        Right(
            "by autograd, in torch",
            code="""
import torch
from torch.nn import functional


def cbow_gradient(contexts, positive, negatives):
    contexts = torch.tensor(contexts, requires_grad=True)
    h = contexts.mean(dim=0)
    loss = -functional.logsigmoid(torch.tensor(positive) @ h)
    loss = loss - functional.logsigmoid(-(torch.tensor(negatives) @ h)).sum()
    loss.backward()
    return contexts.grad
""",
        ),
        Right(
            "with loops, as a list",
            code="""
import numpy as np


def cbow_gradient(contexts, positive, negatives):
    h = sum(contexts) / len(contexts)
    total = -positive / (1 + np.exp(np.dot(positive, h)))
    for noise in negatives:
        total = total + noise / (1 + np.exp(-np.dot(noise, h)))
    return [total / len(contexts)] * len(contexts)
""",
        ),
        Right(
            "in float32",
            code="""
import numpy as np
from scipy.special import expit


def cbow_gradient(contexts, positive, negatives):
    words = np.vstack([positive, negatives]).astype(np.float32)
    truth = np.eye(len(words), dtype=np.float32)[0]
    errors = expit(words @ contexts.astype(np.float32).mean(axis=0)) - truth
    return np.ones_like(contexts, dtype=np.float32) * (errors @ words) / len(contexts)
""",
        ),
        Right(
            "as a broadcast view",
            (
                "np.tile(d_h / len(contexts), (len(contexts), 1))",
                "np.broadcast_to(d_h / len(contexts), contexts.shape)",
            ),
        ),
    ),
    shows="Answer minus truth again: only the mean's share 1 / m is new.",
)
