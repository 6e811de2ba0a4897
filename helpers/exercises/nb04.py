"""Notebook 04's exercises: softmax over rows, its backward step, label smoothing."""

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect, show
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Wrong
from helpers.scratch.functions import softmax, softmax_jacobian
from helpers.sources import corpora

SCORES = np.array([[2.0, 1.0, 0.1], [0.5, 0.5, 3.0], [-1.0, 0.0, 1.5], [0.2, 0.1, 0.0]])


def _rows_shape(answer: Answer) -> None:
    answer.array(SCORES, shape=SCORES.shape)


def _rows_values(answer: Answer) -> None:
    p = answer.array(SCORES, shape=SCORES.shape)
    if (p < 0).any():
        row = int(np.argmax((p < 0).any(axis=1)))
        raise Diagnosis(
            f"The scores {show(SCORES[row])} became {show(p[row])}: probabilities are never "
            "negative. Did you return logarithms, or leave out exp()?"
        )
    sums, expected = p.sum(axis=1), softmax(SCORES)
    if not np.allclose(sums, 1):
        worst = sums[np.argmax(abs(sums - 1))]
        if np.allclose(p.sum(axis=0), 1):
            why = "the columns sum to 1, so the sum runs over the wrong axis"
        elif np.isclose(p.sum(), 1):
            why = "the whole array sums to 1, so the sum runs over all axes instead of the last"
        elif np.allclose(p / sums[:, None], expected):
            why = "the row's sum has not been divided out"
        else:
            why = f"its columns sum to {show(p.sum(axis=0))}"
        raise Diagnosis(f"A row sums to {worst:.2f} where it should sum to 1; {why}.")
    columns_shifted = np.exp(SCORES - SCORES.max(axis=0))
    columns_shifted /= columns_shifted.sum(axis=1, keepdims=True)
    mistakes = {
        "the largest score of each column was taken away, which changes the row's probabilities; "
        "take away the largest of each row": columns_shifted,
        "exp() is missing: the scores themselves were divided by their sum": (
            SCORES / SCORES.sum(axis=1, keepdims=True)
        ),
    }
    expect(p, expected, "For the scores above", mistakes)


def _rows_real(answer: Answer) -> None:
    """Scores as a trained classifier gives them: far apart, from row to row as well."""
    expected = softmax(SCORES)
    apart = SCORES + np.array([[0.0], [2000.0], [0.0], [-2000.0]])
    for scores, words, cure in (
        (
            SCORES + 1000,
            "1000 added to every score",
            "exp(1000) overflows; take each row's largest score away first.",
        ),
        (
            apart,
            "one row 2000 above the others and one 2000 below",
            "each row needs its own largest score taken away, not the largest of the whole array.",
        ),
    ):
        try:
            expect(answer.array(scores, shape=scores.shape), expected, f"With {words}")
        except Diagnosis as found:
            raise Diagnosis(f"Right for small scores. With {words}: {found} {cure}") from None


ROWS = Exercise(
    name="04-rows",
    title="A softmax for a whole batch",
    difficulty=1,
    minutes=5,
    prompt="""
Write the softmax of every row of a batch, shape (rows, classes). Each row must sum to one, and
rows that lie thousands apart must not harm each other: a real network's scores do.
""",
    answer="softmax_rows",
    starter='''
import numpy as np


def softmax_rows(scores):
    """Scores (rows, classes) -> probabilities of the same shape."""
    return ...  # your turn
''',
    hints=(
        "Along which axis does each sum, and each maximum, have to run, and which shape must it "
        "keep to be divided row by row?",
        "scores.max(axis=1, keepdims=True) has the shape (rows, 1): one number a row, which can be "
        "taken away from all scores of that row. The sum goes the same way.",
    ),
    solution="""
import numpy as np


def softmax_rows(scores):
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
""",
    stages={"shape": _rows_shape, "values": _rows_values, "real data": _rows_real},
    wrong=(
        Wrong(
            "forgets to keep the axis",
            says="keepdims=True",
            change=("exponentials.sum(axis=1, keepdims=True)", "exponentials.sum(axis=1)"),
            fails="shape",
        ),
        Wrong(
            "sums down the columns",
            says="the sum runs over the wrong axis",
            change=("exponentials.sum(axis=1,", "exponentials.sum(axis=0,"),
        ),
        Wrong(
            "sums over the whole batch",
            says="the sum runs over all axes",
            change=("exponentials.sum(axis=1, keepdims=True)", "exponentials.sum()"),
        ),
        Wrong(
            "takes away the columns' largest scores",
            says="take away the largest of each row",
            change=("scores.max(axis=1,", "scores.max(axis=0,"),
        ),
        Wrong(
            "takes nothing away",
            says="exp(1000) overflows",
            change=("scores - scores.max(axis=1, keepdims=True)", "scores"),
            fails="real data",
        ),
        Wrong(
            "takes away the largest score of all",
            says="its own largest score",
            change=("scores.max(axis=1, keepdims=True)", "scores.max()"),
            fails="real data",
        ),
    ),
    shows="Each row is a distribution of its own, and scores of any size are safe.",
)


P = softmax(SCORES)
GRADIENT = np.array([[1.0, 0.0, 0.0], [0.0, -2.0, 1.0], [0.5, 0.25, 3.0], [-1.0, 2.0, 0.0]])


def _backward_shape(answer: Answer) -> None:
    answer.array(P, GRADIENT, shape=P.shape)


def _backward_values(answer: Answer) -> None:
    p, g = P, GRADIENT
    result = answer.array(p, g, shape=p.shape)
    expected = (softmax_jacobian(SCORES) @ g[..., None])[..., 0]
    weighed = (p * g).sum(axis=1, keepdims=True)
    mistakes = {
        "that is the diagonal of the Jacobian alone, p (1 - p) g; the other classes are missing": (
            p * (1 - p) * g
        ),
        "that is p * g; the part with -p_i p_j, a sum over the classes, is missing": p * g,
        "the factor p in front is missing": g - weighed,
        "the factor p has to multiply the whole bracket, the sum too": p * g - weighed,
        "the sum runs over the rows (axis 0) instead of the classes": p * (g - (p * g).sum(axis=0)),
        "the sum runs over rows and classes at once": p * (g - (p * g).sum()),
        "the g in the sum is not weighted by p": p * (g - g.sum(axis=1, keepdims=True)),
        "the mean of g is taken without p as its weights": p * (g - g.mean(axis=1, keepdims=True)),
        "the sign is turned round": -expected,
    }
    try:
        expect(result, expected, "For the probabilities and gradients of four texts", mistakes)
    except Diagnosis as found:
        sums = result.sum(axis=1)
        worst = sums[np.argmax(abs(sums))]
        also = f" A row of yours sums to {worst:.3f}; the Jacobian's columns sum to 0."
        raise Diagnosis(f"{found}{also if abs(worst) > 1e-9 else ''}") from None


def _backward_real(answer: Answer) -> None:
    """Through the cross-entropy of newsroom's own labels it must give p - y."""
    labels = np.array(corpora.load("newsroom").validation.labels)
    scores = np.random.default_rng(0).normal(size=(len(labels), 3))
    p, y = softmax(scores), np.eye(3)[labels]
    given = f"With g = -y / p, the gradient of cross-entropy for {len(y)} newsroom labels,"
    expect(answer.array(p, -y / p, shape=y.shape), p - y, given)


BACKWARD = Exercise(
    name="04-backward",
    title="Through softmax backwards",
    difficulty=2,
    minutes=10,
    prompt=r"""
Given $p$ and the gradient $g_i = \partial L/\partial p_i$, both of shape (rows, classes), return
$\partial L / \partial z_j = \sum_i g_i\, p_i (\delta_{ij} - p_j)$ for every row, without building
a Jacobian. Notebook 11 needs this step inside attention.
""",
    answer="softmax_backward",
    starter='''
def softmax_backward(p, g):
    """Probabilities and the loss's gradient in them -> its gradient in the scores, same shape."""
    return ...  # your turn
''',
    hints=(
        "Split the bracket as in the derivation of p - y. The second part has one sum a row, "
        "the sum of g times p.",
        "The first part is g_j p_j. The second is minus p_j times the row's sum. What do both "
        "have in common?",
    ),
    solution="""
def softmax_backward(p, g):
    return p * (g - (p * g).sum(axis=1, keepdims=True))
""",
    stages={"shape": _backward_shape, "values": _backward_values, "real data": _backward_real},
    wrong=(
        Wrong(
            "sums everything",
            says="shape (), expected shape (4, 3)",
            code="def softmax_backward(p, g):\n    return (p * (g - (p * g).sum())).sum()",
            fails="shape",
        ),
        Wrong(
            "takes the diagonal alone",
            says="diagonal of the Jacobian alone",
            code="def softmax_backward(p, g):\n    return p * (1 - p) * g",
        ),
        Wrong(
            "loses the bracket",
            says="multiply the whole bracket",
            change=(
                "p * (g - (p * g).sum(axis=1, keepdims=True))",
                "p * g - (p * g).sum(axis=1, keepdims=True)",
            ),
        ),
        Wrong(
            "sums over the texts",
            says="instead of the classes",
            change=("axis=1", "axis=0"),
        ),
        Wrong("weighs nothing", says="not weighted by p", change=("(p * g).sum(", "g.sum(")),
    ),
    shows="p * (g - sum(p * g)) is the product with the Jacobian, without ever building it.",
)


def _smoothing_shape(answer: Answer) -> None:
    answer.array(np.array([2, 0, 1, 2, 3]), 4, 0.2, shape=(5, 4))


def _smoothing_values(answer: Answer) -> None:
    labels = np.array([2, 0, 1, 2, 3])
    for classes, epsilon in ((4, 0.2), (5, 0.5)):
        y = answer.array(labels, classes, epsilon, shape=(5, classes))
        one_hot = np.eye(classes)[labels]
        others = epsilon / (classes - 1) * (1 - one_hot)
        expected = (1 - epsilon) * one_hot + epsilon / classes
        given = f"For label 2 of {classes} classes and epsilon = {epsilon}"
        missing = 1 - y[0].sum()
        mistakes = {
            "that is the plain one-hot row, epsilon has no effect": one_hot[0],
            f"epsilon is shared among the {classes - 1} other classes, a recipe of its own; here "
            f"all {classes} share it, the true one too": ((1 - epsilon) * one_hot + others)[0],
        }
        if abs(missing) > 1e-6:
            much = "is missing" if missing > 0 else "is too much"
            why = (
                f"it sums to {y[0].sum():.2f}, so {abs(missing):.2f} {much}. What is taken from "
                "the true class must equal what the even share hands out, to the true class too"
            )
            mistakes[why] = y[0]
        expect(y[0], expected[0], given, mistakes)
        expect(y, expected, f"For {classes} classes and epsilon = {epsilon}")


def _smoothing_real(answer: Answer) -> None:
    corpus = corpora.load("newsroom")
    labels = np.array(corpus.train.labels)
    y = answer.array(labels, 3, 0.1, shape=(len(labels), 3))
    for k, name in enumerate(corpus.label_names):
        # a class's mean target is its own share, drawn towards a third
        given = f"The mean target of the class {name!r} over {len(labels)} newsroom texts:"
        expect(y.mean(axis=0)[k], 0.9 * (labels == k).mean() + 0.1 / 3, given)


SMOOTHING = Exercise(
    name="04-smoothing",
    title="Label smoothing",
    difficulty=2,
    minutes=10,
    prompt="""
A one-hot target is reached only by infinite scores. Szegedy et al. (2016) take the share ε away
from the true class and spread it evenly over *all* K classes, the true one included; that is
*label smoothing (标签平滑)*. Return these target rows, shape (rows, classes). `cross_entropy` and
*p − y* take them as they are.
""",
    answer="smoothed_targets",
    starter='''
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    """Class numbers (rows,), how many classes, the share to spread -> targets (rows, classes)."""
    return ...  # your turn
''',
    hints=(
        "With 4 classes and epsilon = 0.2 every class gets 0.05, and the true one 0.8 in addition.",
        "np.eye(classes)[labels] holds the one-hot rows. Shrink them, then add the even share.",
    ),
    solution="""
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    return (1 - epsilon) * np.eye(classes)[labels] + epsilon / classes
""",
    stages={"shape": _smoothing_shape, "values": _smoothing_values, "real data": _smoothing_real},
    wrong=(
        Wrong(
            "smooths a single row",
            says="expected shape (5, 4)",
            change=("[labels]", "[labels[0]]"),
            fails="shape",
        ),
        Wrong(
            "leaves epsilon out",
            says="epsilon has no effect",
            change=(
                "(1 - epsilon) * np.eye(classes)[labels] + epsilon / classes",
                "np.eye(classes)[labels]",
            ),
        ),
        Wrong("takes nothing away", says="is too much", change=("(1 - epsilon) * ", "")),
        Wrong("hands nothing out", says="is missing", change=(" + epsilon / classes", "")),
        Wrong(
            "spares the true class",
            says="a recipe of its own",
            code="""
import numpy as np


def smoothed_targets(labels, classes, epsilon):
    y = np.eye(classes)[labels]
    return (1 - epsilon) * y + (1 - y) * epsilon / (classes - 1)
""",
        ),
        Wrong(
            "fixes the number of classes",
            says="expected shape (5, 5)",
            change=(
                "np.eye(classes)[labels] + epsilon / classes",
                "np.eye(4)[labels] + epsilon / 4",
            ),
        ),
    ),
    shows="The smoothed rows are distributions still, so the loss and p - y take them as they are.",
)

EXERCISES = (ROWS, BACKWARD, SMOOTHING)
