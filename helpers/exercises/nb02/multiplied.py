"""02-multiplied: 3CosMul, an analogy by a product of shifted cosines."""

from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.sources import published_vectors, word_tests


def _best(scores: np.ndarray, barred: tuple[int, ...]) -> int:
    rows = np.setdiff1d(np.arange(len(scores)), barred)
    return int(rows[np.argmax(scores[rows])])


def _scores(
    units: np.ndarray, a: int, b: int, c: int, shift: float = 1, more: float = 0.001
) -> np.ndarray:
    near_a, near_b, near_c = ((shift + units @ units[row]) / (1 + shift) for row in (a, b, c))
    return near_b * near_c / (near_a + more)


def _row(units: np.ndarray, a: int, b: int, c: int, **options: float) -> int:
    return _best(_scores(units, a, b, c, **options), (a, b, c))


def _add(units: np.ndarray, a: int, b: int, c: int) -> int:
    return _best(units @ (units[b] - units[a] + units[c]), (a, b, c))


def _undivided(units: np.ndarray, a: int, b: int, c: int) -> int:
    return _best((1 + units @ units[b]) * (1 + units @ units[c]), (a, b, c))


MISTAKES = {
    "that is 3CosAdd's answer, b - a + c; here cosines are multiplied and divided": _add,
    "the cosines went in without being shifted to (1 + cosine) / 2, so that two negative ones "
    "multiply to something good": lambda u, a, b, c: _row(u, a, b, c, shift=0),
    "a and b have changed places": lambda u, a, b, c: _row(u, b, a, c),
    "a and c have changed places": lambda u, a, b, c: _row(u, c, b, a),
    "the division by the nearness to a is missing": _undivided,
    "everything is right but the sign: that is the lowest score": (
        lambda u, a, b, c: _best(-_scores(u, a, b, c), (a, b, c))
    ),
    "0.001 is missing below the line; without it a word opposite to a wins, whatever it is": (
        lambda u, a, b, c: _row(u, a, b, c, more=0)
    ),
    "that is a word of the question; bar all three from being the answer": (
        lambda u, a, b, c: int(np.argmax(_scores(u, a, b, c)))
    ),
    "that is a word of the question; a has to be barred too": (
        lambda u, a, b, c: _best(_scores(u, a, b, c), (b, c))
    ),
    "that is a word of the question; b has to be barred too": (
        lambda u, a, b, c: _best(_scores(u, a, b, c), (a, c))
    ),
    "that is a word of the question; c has to be barred too": (
        lambda u, a, b, c: _best(_scores(u, a, b, c), (a, b))
    ),
    "that is the place among the words without the question's; return the row among all": (
        lambda u, a, b, c: int(np.argmax(np.delete(_scores(u, a, b, c), [a, b, c])))
    ),
}


def _units(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _clear(units: np.ndarray, a: int, b: int, c: int) -> bool:
    """Whether the best word is ahead by more than rounding in float32 could change."""
    scores = np.sort(np.delete(_scores(units, a, b, c), [a, b, c]))[::-1]
    return len(scores) < 2 or scores[0] > scores[1] * (1 + 1e-3)


@cache
def _cases() -> list[tuple]:
    """Return questions, among them some with words near a, b and c, or opposite to a."""
    random = np.random.default_rng(203)
    cases = []
    for words, d in (
        (4, 2),
        (5, 3),
        (6, 2),
        (9, 4),
        (40, 4),
        (40, 4),
        (150, 2),
        (150, 2),
        (300, 20),
    ):
        while True:
            units, question = _units(random.normal(size=(words, d))), random.permutation(words)[:3]
            if _clear(units, *question):
                break
        cases.append((units, *map(int, question)))
    for words in (8, 30, 30):  # the question's words near each other and far from all the others
        vectors = random.normal(size=(words, 5)) - 2
        vectors[-3:] += 4 + random.normal(size=(3, 5)) / 4
        for order in ((-3, -2, -1), (-1, -3, -2)):
            cases.append((_units(vectors), *(words + row for row in order)))
    for _ in range(4):  # b and c are one word; the answer is near it
        units = _units(random.normal(size=(12, 3)))
        cases.append((units, 0, 5, 5))
    for more in (0, 0.0005, 0.002, 0.01, 0.1, 1):  # where 0.001 decides, as some word is opposite a
        for _ in range(2):
            while True:
                units = _units(random.normal(size=(30, 2)))
                opposite = units[0] * -1 + random.normal(size=(6, 2)) / 8
                units = np.concatenate([units, _units(opposite)])
                if _clear(units, 0, 1, 2) and _row(units, 0, 1, 2) != _row(
                    units, 0, 1, 2, more=more
                ):
                    break
            cases.append((units, 0, 1, 2))
    return [case for case in cases if _clear(*case)]


def _shape(answer: Answer) -> None:
    units, *question = _cases()[4]
    row = answer.number(units, *question)
    if row not in range(len(units)):
        raise Diagnosis(f"You return {row:g}; a row from 0 to {len(units) - 1} is asked for.")


def _values(answer: Answer) -> None:
    against(answer, _row, _cases(), ("units", "a", "b", "c"), MISTAKES)


@cache
def _capitals() -> list[Case]:
    """Return questions about capitals among some hundred words of GloVe's."""
    glove = published_vectors.load("glove-6b-50d")
    questions = word_tests.analogies()["capital-common-countries"][:30]
    words = sorted({word.lower() for question in questions for word in question})
    units = _units(np.array([glove[word] for word in words], dtype=np.float64))
    cases = []
    for question in questions:
        a, b, c = (word.lower() for word in question[:3])
        rows = [words.index(word) for word in (a, b, c)]
        right = words[_row(units, *rows)]
        said = f'"{a} is to {b} as {c} is to …", where row {_row(units, *rows)} is {right},'
        cases.append(Case((units, *rows), said))
    return [case for case in cases if _clear(*case.inputs)]


def _real(answer: Answer) -> None:
    against(answer, _row, _capitals(), mistakes=MISTAKES)


MULTIPLIED = Exercise(
    name="02-multiplied",
    title="Another rule for analogies",
    difficulty=2,
    minutes=12,
    prompt="""
Levy and Goldberg (2014) noticed that in a sum one large cosine can drown the other two, and
proposed a product, *3CosMul*. With every cosine shifted into the range from 0 to 1,
$s(y, w) = (1 + \\cos(y, w))/2$, choose the word $y$ with the largest
$s(y, b)\\,s(y, c)\\,/\\,(s(y, a) + 0.001)$. Given unit vectors, shape $(V, d)$, and the rows $a$,
$b$, $c$, return the row of the answer; the question's words are barred.
""",
    answer="three_cos_mul",
    starter='''
import numpy as np


def three_cos_mul(units, a, b, c):
    """Unit vectors (V, d) and three rows -> the row of the answer."""
    return ...  # your turn
''',
    hints=(
        "units @ units[a] holds the cosine of every word with a.",
        "To bar three rows, set their scores to -1 before you take the largest with argmax.",
    ),
    solution="""
import numpy as np


def three_cos_mul(units, a, b, c):
    near_a, near_b, near_c = ((1 + units @ units[row]) / 2 for row in (a, b, c))
    scores = near_b * near_c / (near_a + 0.001)
    scores[[a, b, c]] = -1
    return np.argmax(scores)
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns the scores",
            "shape (40,), expected a single number",
            ("np.argmax(scores)", "scores"),
            fails="shape",
        ),
        Wrong(
            "returns the best score",
            "a row from 0 to 39",
            ("np.argmax(scores)", "scores.max()"),
            fails="shape",
        ),
        Wrong("bars nothing", "bar all three", ("    scores[[a, b, c]] = -1\n", "")),
        Wrong("bars b and c alone", "a has to be barred too", ("[[a, b, c]]", "[[b, c]]")),
        Wrong("bars a and b alone", "a word of the question", ("[[a, b, c]]", "[[a, b]]")),
        Wrong(
            "adds",
            "that is 3CosAdd's answer",
            ("near_b * near_c / (near_a + 0.001)", "near_b + near_c - near_a"),
        ),
        Wrong(
            "does not shift",
            "without being shifted",
            ("(1 + units @ units[row]) / 2", "units @ units[row]"),
        ),
        Wrong(
            "swaps a and b",
            "a and b have changed places",
            ("for row in (a, b, c)", "for row in (b, a, c)"),
        ),
        Wrong(
            "swaps a and c",
            "a and c have changed places",
            ("for row in (a, b, c)", "for row in (c, b, a)"),
        ),
        Wrong("forgets a", "the nearness to a is missing", (" / (near_a + 0.001)", "")),
        Wrong(
            "takes the lowest",
            "the lowest score",
            code="""
import numpy as np


def three_cos_mul(units, a, b, c):
    near_a, near_b, near_c = ((1 + units @ units[row]) / 2 for row in (a, b, c))
    scores = near_b * near_c / (near_a + 0.001)
    scores[[a, b, c]] = 9999
    return np.argmin(scores)
""",
        ),
        Wrong("adds nothing below the line", "0.001 is missing", (" + 0.001", "")),
        Wrong("adds 1 below the line", "expected", ("0.001", "1")),
        Wrong(
            "shifts without halving",
            "expected",
            ("(1 + units @ units[row]) / 2", "1 + units @ units[row]"),
        ),
        Wrong(
            "counts without the question's words",
            "return the row among all",
            code="""
import numpy as np


def three_cos_mul(units, a, b, c):
    near_a, near_b, near_c = ((1 + units @ units[row]) / 2 for row in (a, b, c))
    scores = near_b * near_c / (near_a + 0.001)
    return np.argmax(np.delete(scores, [a, b, c]))
""",
        ),
        Wrong(
            "skips the best three",
            "expected",
            code="""
import numpy as np


def three_cos_mul(units, a, b, c):
    near_a, near_b, near_c = ((1 + units @ units[row]) / 2 for row in (a, b, c))
    scores = near_b * near_c / (near_a + 0.001)
    return np.argsort(scores)[-4]
""",
        ),
        Wrong(
            "takes the absolute cosine",
            "expected",
            ("(1 + units @ units[row]) / 2", "abs(units @ units[row])"),
        ),
    ),
    right=(
        Right(
            "in torch, with a gradient",
            code="""
import torch


def three_cos_mul(units, a, b, c):
    units = torch.tensor(units, dtype=torch.float32, requires_grad=True)
    near = (1 + units @ units[[a, b, c]].T) / 2
    scores = near[:, 1] * near[:, 2] / (near[:, 0] + 0.001)
    scores = scores.index_fill(0, torch.tensor([a, b, c]), -torch.inf)
    return scores.argmax()
""",
        ),
        Right(
            "with a loop over the words",
            code="""
def three_cos_mul(units, a, b, c):
    best, answer = -1.0, None
    for row, unit in enumerate(units):
        if row in (a, b, c):
            continue
        s_a, s_b, s_c = ((1 + sum(unit * units[other])) / 2 for other in (a, b, c))
        if (score := s_b * s_c / (s_a + 0.001)) > best:
            best, answer = score, row
    return answer
""",
        ),
        Right(
            "by logarithms",
            code="""
import numpy as np


def three_cos_mul(units, a, b, c):
    near = (1 + np.clip(units[[a, b, c]] @ units.T, -1, 1)) / 2
    logs = np.log(near[1]) + np.log(near[2]) - np.log(near[0] + 0.001)
    order = np.argsort(-logs)
    return float(next(row for row in order if row not in {a, b, c}))
""",
        ),
        Right(
            "in float32 as an array of no axis",
            code="""
import numpy as np


def three_cos_mul(units, a, b, c):
    near = (1 + units.astype(np.float32) @ units[[a, b, c]].astype(np.float32).T) / 2
    scores = near[:, 1:].prod(axis=1) / (near[:, 0] + np.float32(0.001))
    allowed = np.setdiff1d(np.arange(len(units)), [a, b, c])
    return np.array(allowed[scores[allowed].argmax()])
""",
        ),
    ),
    shows="3CosMul weighs the cosines against each other, so no single one can drown the rest.",
)
