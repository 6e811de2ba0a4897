"""Gradient clipping by the length of all gradients together."""

import math
from collections.abc import Iterator

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect, near, show
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_array, as_list

GRADIENTS = [np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([12.0])]  # together of length 13


def _length(gradients: list[np.ndarray]) -> float:
    return math.sqrt(sum(float((g**2).sum()) for g in gradients))


def _joined(gradients: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.ravel(g) for g in gradients])


def _shortened(gradients: list[np.ndarray], longest: float) -> list[np.ndarray]:
    length = _length(gradients)
    return [g * (longest / length if length > longest else 1) for g in gradients]


class _Arrays:
    """Arrays as one result: alike if all are, written one after another."""

    def __init__(self, arrays: list[np.ndarray]) -> None:
        self.arrays = arrays

    def __eq__(self, other: object) -> bool:
        return all(near(a, b, 1e-5) for a, b in zip(self.arrays, other.arrays, strict=True))

    def __repr__(self) -> str:
        return " and ".join(show(array, digits=6) for array in self.arrays)

    def read(self, result: object) -> "_Arrays":
        """Return what the learner returned, if it is as many arrays of the same shapes."""
        most = len(self.arrays)
        got = as_list(result, what=f"{most} arrays" if most > 1 else "one array")
        if len(got) != most:
            raise Diagnosis(f"You return a list of {len(got)}, expected one of {most} arrays.")
        read = [as_array(one) for one in got]
        for i, (one, due) in enumerate(zip(read, self.arrays, strict=True)):
            if one.shape != due.shape:
                raise Diagnosis(f"Array {i} has shape {one.shape}, expected {due.shape}.")
        return _Arrays(read)


def _due(gradients: list[np.ndarray], longest: float) -> _Arrays:
    return _Arrays(_shortened(gradients, longest))


def _clip_shape(answer: Answer) -> None:
    _due(GRADIENTS, 1.0).read(answer.result(GRADIENTS, 1.0))


def _clip_cases() -> Iterator[Case]:
    def case(longest: float, *gradients: list) -> Case:
        arrays = [np.array(numbers, dtype=float) for numbers in gradients]
        said = " and ".join(map(show, arrays))
        return Case((arrays, longest), f"the gradients {said} and longest = {longest:g}")

    yield case(2.5, [3, -4])
    yield case(5.0, [3, -4])
    yield case(20.0, [3, -4])
    yield case(2.6, [[3, 0], [0, -4]], [12])
    yield case(12.5, [[3, 0], [0, -4]], [12])  # each short enough by itself, not all together
    yield case(100.0, [[3, 0], [0, -4]], [12])
    yield case(3.0, [2], [-4], [4])
    yield case(1.0, [0, 0], [0])
    yield case(1.0, [0, 0], [-2])
    yield case(0.5, [[0.1, 0.2]], [0.2], [0.4], [-1.2])
    random = np.random.default_rng(61)
    for shapes, longest in (([(3, 2), (2,)], 1.5), ([(4,)], 1.9), ([(2, 2), (2,), (1, 3)], 3.0)):
        arrays = [random.normal(size=shape).round(1) for shape in shapes]
        yield Case((arrays, longest), f"gradients of length {_length(arrays):.3g} and {longest=}")


def _clip_values(answer: Answer) -> None:
    def scaled(gradients: list, longest: float, length: float) -> list:
        return [g * min(1, longest / length) for g in gradients]

    def norms(gradients: list) -> list[float]:
        return [float(np.linalg.norm(g)) for g in gradients]

    mistakes = {
        "every number was cut off at the limit, which turns the direction; shorten all by one "
        "factor": lambda g, most: [np.clip(one, -most, most) for one in g],
        "numbers above the limit were cut off, which turns the direction; shorten all by one "
        "factor": lambda g, most: [np.minimum(one, most) for one in g],
        "each array was shortened by its own length; take one length over all of them": (
            lambda g, most: [_shortened([one], most)[0] for one in g]
        ),
        "each array was held against the limit by itself; all of them together are too long": (
            lambda g, most: g if max(norms(g)) <= most else _shortened(g, most)
        ),
        "that takes the longest array's length; take one length over all of them": (
            lambda g, most: scaled(g, most, max(max(norms(g)), 1e-12))
        ),
        "that takes the first array's length; take one length over all of them": (
            lambda g, most: scaled(g, most, max(norms(g)[0], 1e-12))
        ),
        "that adds up the arrays' lengths; add up the squares, then take one root": (
            lambda g, most: scaled(g, most, max(sum(norms(g)), 1e-12))
        ),
        "that is the root of the mean of the squares; the length is the root of their sum": (
            lambda g, most: scaled(g, most, max(np.sqrt((_joined(g) ** 2).mean()), 1e-12))
        ),
        "that adds up the sizes of the numbers; the length is the root of the sum of squares": (
            lambda g, most: scaled(g, most, max(np.abs(_joined(g)).sum(), 1e-12))
        ),
        "nothing was shortened": lambda g, most: g,
        "the factor is missing that makes the length the limit; this has the length 1": (
            lambda g, most: [g1 / _length(g) if _length(g) > most else g1 for g1 in g]
        ),
        "the squared length was divided out; take its root": (
            lambda g, most: scaled(g, most, max(_length(g) ** 2, 1e-12))
        ),
        "they were made longer; what is short enough stays as it is": (
            lambda g, most: [one * (most / max(_length(g), 1e-12)) for one in g]
        ),
        "the signs are lost": lambda g, most: [np.abs(one) for one in _shortened(g, most)],
        "what is too long is shortened, not set to zero": (
            lambda g, most: [one * (_length(g) <= most) for one in g]
        ),
        "a gradient of zeros has the length 0, which was divided by": (
            lambda g, most: [one / np.float64(_length(g)) * min(_length(g), most) for one in g]
        ),
    }

    against(answer, _due, _clip_cases(), mistakes=mistakes, read=lambda got, due: due.read(got))


def _clip_real(answer: Answer) -> None:
    random = np.random.default_rng(0)
    real = [random.normal(size=shape) * size for shape, size in (((50, 3), 5.0), ((3,), 0.01))]
    got = _due(real, 1.0).read(answer.result(real, 1.0))
    for one, due in zip(got.arrays, _shortened(real, 1.0), strict=True):
        expect(one, due, "For a layer of the size of newsroom's classifier")


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
    """A list of arrays, the largest length of all together -> a list of arrays.

    Example: [3, -4] and [12] have the length 13, so longest=6.5 gives [1.5, -2] and [6].
    """
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
    # One length over all arrays, so that one factor can keep the direction of the whole step.
    length = np.sqrt(sum((g**2).sum() for g in gradients))
    # min: what is short enough stays. max: gradients of zeros have no length to divide by.
    # PyTorch's clip_grad_norm_ adds 1e-6 to the length instead.
    factor = min(1.0, longest / max(length, 1e-12))
    return [factor * g for g in gradients]
""",
    stages={"shape": _clip_shape, "values": _clip_values, "real data": _clip_real},
    wrong=(
        Wrong(
            "returns one array",
            "Array 0 has shape (2,), expected (2, 2)",
            ("[factor * g for g in gradients]", "factor * gradients[0]"),
            fails="shape",
        ),
        Wrong(
            "joins them",
            "a list of 5, expected one of 2 arrays",
            (
                "[factor * g for g in gradients]",
                "np.concatenate([factor * g.ravel() for g in gradients])",
            ),
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
    return [g * min(1.0, longest / max(np.linalg.norm(g), 1e-12)) for g in gradients]
""",
        ),
        Wrong(
            "asks each array by itself",
            "all of them together are too long",
            (
                "    factor",
                "    if max(map(np.linalg.norm, gradients)) <= longest:\n"
                "        return gradients\n    factor",
            ),
        ),
        Wrong(
            "takes the longest array's length",
            "the longest array's length",
            (
                "np.sqrt(sum((g**2).sum() for g in gradients))",
                "max(np.linalg.norm(g) for g in gradients)",
            ),
        ),
        Wrong(
            "adds up the lengths",
            "add up the squares",
            (
                "np.sqrt(sum((g**2).sum() for g in gradients))",
                "sum(np.linalg.norm(g) for g in gradients)",
            ),
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
        Wrong(
            "expects two arrays",
            "not enough values to unpack",
            (
                "length = np.sqrt(sum((g**2).sum() for g in gradients))",
                "first, second = map(np.linalg.norm, gradients)\n"
                "    length = np.hypot(first, second)",
            ),
        ),
        Wrong(
            "makes the length 1",
            "this has the length 1",
            ("longest / max", "(1 if length > longest else length) / max"),
        ),
        Wrong(
            "divides by zero",
            "the length 0, which was divided by",
            (
                "[factor * g for g in gradients]",
                "[g / length * min(length, longest) for g in gradients]",
            ),
        ),
        Wrong("loses the signs", "the signs are lost", ("[factor * g", "[factor * np.abs(g)")),
        Wrong(
            "lets a little more through",
            "longest = 2.5 you return [3, -4]",
            (
                "min(1.0, longest / max(length, 1e-12))",
                "longest / length if length > 2 * longest else 1",
            ),
        ),
    ),
    right=(
        Right("as PyTorch does", ("max(length, 1e-12)", "(length + 1e-6)")),
        Right(
            "a tuple in float32",
            (
                "[factor * g for g in gradients]",
                "tuple((factor * g).astype(np.float32) for g in gradients)",
            ),
        ),
        Right(
            "the same list if it is short enough",
            code="""
def clipped(gradients, longest):
    length = sum((g * g).sum() for g in gradients) ** 0.5
    if length <= longest:
        return gradients
    return [g / length * longest for g in gradients]
""",
        ),
        Right(
            "one at a time",
            (
                "return [factor * g for g in gradients]",
                "for g in gradients:\n        yield factor * g",
            ),
        ),
        Right(
            "tensors that want a gradient",
            code="""
import torch


def clipped(gradients, longest):
    tensors = [torch.tensor(g, requires_grad=True) for g in gradients]
    length = torch.cat([t.flatten() for t in tensors]).norm()
    return [t * (longest / (length + 1e-12)).clamp(max=1) for t in tensors]
""",
        ),
    ),
    shows="One factor for all keeps the direction: only the length of the step is held back.",
)
