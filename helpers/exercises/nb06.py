"""Notebook 06's exercises: a stable rate, gradient clipping, a schedule of one's own."""

import numpy as np

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Wrong
from helpers.sources import corpora, published_vectors
from helpers.text.preprocess import simple_tokens

HESSIAN = np.array([[3.0, 1.0, 0.0], [1.0, 5.0, -2.0], [0.0, -2.0, 4.0]])


def _stable_shape(answer: Answer) -> None:
    answer.number(HESSIAN)


def _stable_values(answer: Answer) -> None:
    curvatures = np.linalg.eigvalsh(HESSIAN)
    mistakes = {
        "that is 1 / λ, the rate that needs one step in the steepest direction; stable is anything "
        "below twice that": 1 / curvatures[-1],
        "that is 2 / the smallest curvature; the steepest direction runs away first": (
            2 / curvatures[0]
        ),
        "that is 2 / the largest number on the diagonal; the steepest direction lies between the "
        "axes, so take eigenvalues": 2 / HESSIAN.max(),
        "that is 2 / the mean curvature": 2 / curvatures.mean(),
        "that is 2 / the sum of all curvatures": 2 / curvatures.sum(),
        "that is the largest curvature itself; the rate is 2 divided by it": curvatures[-1],
    }
    for matrix, named in ((HESSIAN, mistakes), (np.diag([25.0, 1.0]), {})):
        expected = 2 / np.linalg.eigvalsh(matrix)[-1]
        expect(answer.number(matrix), expected, f"For the curvatures {matrix.tolist()}", named)


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
A loss $f(w) = \\frac12 w^{\\mathsf T} H w$ has the gradient $H w$. Here $H$, shape $(d, d)$, is
symmetric, and its eigenvalues are the curvatures along its own axes, which need not be those of the
weights. Return the learning rate at which gradient descent stops being stable.
""",
    answer="largest_stable_rate",
    starter='''
import numpy as np


def largest_stable_rate(hessian):
    """Symmetric matrix of curvatures (d, d) -> the rate above which descent runs away."""
    return ...  # your turn
''',
    hints=(
        "In the valley each direction had a limit of its own, 2 / c. Which one is lost first?",
        "np.linalg.eigvalsh(hessian) returns the curvatures along the matrix's own axes, in rising "
        "order.",
    ),
    solution="""
import numpy as np


def largest_stable_rate(hessian):
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
    ),
    shows="One steep direction sets the rate for all: that is what Adam's division takes away.",
)

GRADIENTS = [np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([12.0])]  # together of length 13


def _clipped(answer: Answer, gradients: list, longest: float) -> list[np.ndarray]:
    got = answer.result(gradients, longest)
    if not isinstance(got, list | tuple) or len(got) != len(gradients):
        raise Diagnosis(
            f"You return {type(got).__name__}, expected a list of {len(gradients)} arrays."
        )
    for i, (one, before) in enumerate(zip(got, gradients, strict=True)):
        if np.shape(one) != before.shape:
            raise Diagnosis(f"Array {i} has shape {np.shape(one)}, expected {before.shape}.")
    return [np.asarray(one, dtype=float) for one in got]


def _clip_shape(answer: Answer) -> None:
    _clipped(answer, GRADIENTS, 1.0)


def _clip_values(answer: Answer) -> None:
    flat = np.concatenate([g.ravel() for g in GRADIENTS])
    mistakes = {
        "every number was cut off at the limit, which turns the direction; shorten all by one "
        "factor": np.clip(flat, -2.6, 2.6),
        "each array was shortened by its own length; take one length over all of them": (
            np.concatenate([(g * 2.6 / np.linalg.norm(g)).ravel() for g in GRADIENTS])
        ),
        "nothing was shortened": flat,
        "the factor is missing that makes the length the limit; this has the length 1": flat / 13,
        "the squared length was divided out; take its root": flat * 2.6 / 169,
    }
    got = np.concatenate([g.ravel() for g in _clipped(answer, GRADIENTS, 2.6)])
    expect(got, flat * 0.2, "For gradients of length 13 together and the limit 2.6", mistakes)
    short = np.concatenate([g.ravel() for g in _clipped(answer, GRADIENTS, 100.0)])
    longer = {"they were made longer; what is short enough stays as it is": flat * 100 / 13}
    expect(short, flat, "For gradients of length 13 and the limit 100", longer)


def _clip_real(answer: Answer) -> None:
    zeros = [np.zeros((50, 3)), np.zeros(3)]
    got = np.concatenate([g.ravel() for g in _clipped(answer, zeros, 1.0)])
    if not np.isfinite(got).all():
        raise Diagnosis("A gradient of zeros became NaN: its length 0 was divided by.")
    random = np.random.default_rng(0)
    real = [random.normal(size=shape) * size for shape, size in (((50, 3), 5.0), ((3,), 0.01))]
    length = np.sqrt(sum((g**2).sum() for g in real))
    for one, before in zip(_clipped(answer, real, 1.0), real, strict=True):
        expect(one, before / length, "For a layer of the size of newsroom's classifier")


CLIP = Exercise(
    name="06-clip",
    title="Gradients that are too long",
    difficulty=2,
    minutes=10,
    prompt="""
One strange batch can have a gradient a hundred times as long as usual, and a single step along it
ruins the weights. *Gradient clipping* (梯度裁剪; Pascanu et al., 2013) takes the length of **all**
gradients together, the root of the sum of all their squares; if it is above the limit, all of them
are multiplied by one factor that makes it the limit. Return the new gradients as a list.
""",
    answer="clipped",
    starter='''
import numpy as np


def clipped(gradients, longest):
    """A list of arrays, the largest length of all together -> a list of arrays."""
    return ...  # your turn
''',
    hints=(
        "First one number: the sum over all arrays of the sum of their squares, and its root.",
        "The factor is longest / length, but never more than 1; min(1.0, …) sees to that. What if "
        "the length is 0?",
    ),
    solution="""
import numpy as np


def clipped(gradients, longest):
    length = np.sqrt(sum((g**2).sum() for g in gradients))
    factor = min(1.0, longest / max(length, 1e-12))
    return [factor * g for g in gradients]
""",
    stages={"shape": _clip_shape, "values": _clip_values, "real data": _clip_real},
    wrong=(
        Wrong(
            "returns one array",
            "expected a list of 2 arrays",
            ("[factor * g for g in gradients]", "factor * gradients[0]"),
            fails="shape",
        ),
        Wrong(
            "changes its input",
            "changes its input",
            (
                "    return [factor * g for g in gradients]",
                "    for g in gradients:\n        g *= factor\n    return gradients",
            ),
            fails="shape",
        ),
        Wrong(
            "cuts each number off",
            "turns the direction",
            code="""
import numpy as np


def clipped(gradients, longest):
    return [np.clip(g, -longest, longest) for g in gradients]
""",
        ),
        Wrong(
            "shortens each array by itself",
            "one length over all",
            code="""
import numpy as np


def clipped(gradients, longest):
    return [g * min(1.0, longest / np.linalg.norm(g)) for g in gradients]
""",
        ),
        Wrong(
            "forgets the root",
            "take its root",
            (
                "np.sqrt(sum((g**2).sum() for g in gradients))",
                "sum((g**2).sum() for g in gradients)",
            ),
        ),
        Wrong(
            "makes short ones longer",
            "stays as it is",
            ("min(1.0, longest / max(length, 1e-12))", "longest / max(length, 1e-12)"),
        ),
    ),
    shows="One factor for all keeps the direction: only the length of the step is held back.",
)


def _root_shape(answer: Answer) -> None:
    answer.number(0, 10)


def _root_values(answer: Answer) -> None:
    for warmup, step in ((10, 0), (10, 4), (10, 9), (10, 10), (10, 39), (4, 99)):
        t = step + 1
        expected = min(t / warmup, (warmup / t) ** 0.5)
        mistakes = {
            "the climb is right, but after the warm-up the rate falls": min(t / warmup, 1.0),
            "steps count from 0, so the first of them is the share 1 / warmup, not 0": (
                min(step / warmup, (warmup / max(step, 1)) ** 0.5)
            ),
            "that falls as 1 / t, not as its root": min(t / warmup, warmup / t),
            "that is Vaswani's formula without the scale: the share is 1 at the end of the "
            "warm-up": min(t * warmup**-1.5, t**-0.5),
            "there is no climb": (warmup / t) ** 0.5,
        }
        expect(answer.number(step, warmup), expected, f"At step {step}, warm-up {warmup}", mistakes)


def _root_real(answer: Answer) -> None:
    shares = np.array([answer.number(step, 100) for step in range(0, 4000, 7)])
    if shares.max() > 1 + 1e-9 or shares.min() <= 0:
        raise Diagnosis(
            f"Over 4,000 steps the share goes from {shares.min():.3g} to {shares.max():.3g}; it "
            "stays above 0 and reaches 1 at most."
        )


ROOT = Exercise(
    name="06-root",
    title="A schedule without an end",
    difficulty=2,
    minutes=10,
    prompt="""
Cosine decay must know the number of steps beforehand. The first Transformer (Vaswani et al., 2017)
used a schedule that need not: the share of the full rate climbs evenly over the warm-up and is 1 at
its last step; from there it falls as one over the root of the number of steps done. Return the
share at `step`, which counts from 0, so that at step 0 one step's share of the climb is done
already, as in this notebook's formula.
""",
    answer="inverse_root",
    starter='''
def inverse_root(step, warmup):
    """Step counted from 0, length of the warm-up (1 or more) -> share of the full rate."""
    return ...  # your turn
''',
    hints=(
        "With t = step + 1, the climb is t / warmup. The fall is a constant divided by the root of "
        "t; which constant makes it 1 at t = warmup?",
        "The fall is (warmup / t) ** 0.5, and the smaller of the two is the share.",
    ),
    solution="""
def inverse_root(step, warmup):
    t = step + 1
    return min(t / warmup, (warmup / t) ** 0.5)
""",
    stages={"shape": _root_shape, "values": _root_values, "real data": _root_real},
    wrong=(
        Wrong("counts from 0", "not 0", ("t = step + 1", "t = max(step, 1e-9)")),
        Wrong("forgets the root", "not as its root", (" ** 0.5", "")),
        Wrong(
            "takes the paper's formula",
            "without the scale",
            ("min(t / warmup, (warmup / t) ** 0.5)", "min(t * warmup**-1.5, t**-0.5)"),
        ),
        Wrong("never falls", "after the warm-up the rate falls", ("(warmup / t) ** 0.5", "1.0")),
        Wrong(
            "never climbs",
            "there is no climb",
            ("min(t / warmup, (warmup / t) ** 0.5)", "(warmup / t) ** 0.5"),
        ),
        Wrong(
            "returns a text",
            "expected numbers",
            ("return min(t / warmup, (warmup / t) ** 0.5)", 'return "1"'),
            fails="shape",
        ),
    ),
    shows="The climb and the fall meet at the end of the warm-up, and no total is needed.",
)

EXERCISES = (STABLE, CLIP, ROOT)
