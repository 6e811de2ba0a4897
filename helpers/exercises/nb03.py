"""Notebook 03's exercises: pairs of a text, the noise power, the gradient of CBOW."""

from collections import Counter

import numpy as np
from scipy.special import expit

from helpers.exercises.answer import Answer
from helpers.exercises.comparing import expect
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Wrong
from helpers.scratch.gradient_check import numerical_gradient
from helpers.sources import corpora
from helpers.text.preprocess import simple_tokens
from helpers.vectors.negative_sampling import noise_probabilities

WORDS = ["the", "bank", "raised", "its", "rates"]


def _pairs(answer: Answer, words: list[str], window: int) -> list[tuple[str, str]]:
    got = answer.result(words, window)
    if not isinstance(got, list | tuple):
        raise Diagnosis(f"You return {type(got).__name__}, expected a list of pairs.")
    for pair in got:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise Diagnosis(f"{pair!r} is no pair (centre, context).")
    return [tuple(pair) for pair in got]


def _pairs_shape(answer: Answer) -> None:
    _pairs(answer, WORDS, 1)


def _pairs_values(answer: Answer) -> None:
    for words, window in ((WORDS, 1), (WORDS, 2), (["a", "b", "a"], 2)):
        got = _pairs(answer, words, window)
        places = range(len(words))
        due = [(words[i], words[j]) for i in places for j in places if 0 < abs(i - j) <= window]
        missing = list((Counter(due) - Counter(got)).elements())
        extra = list((Counter(got) - Counter(due)).elements())
        said = f"For {words} and a window of {window}"
        if extra and extra[0][0] == extra[0][1] and words.count(extra[0][0]) == 1:
            raise Diagnosis(f"{said} you pair {extra[0][0]!r} with itself.")
        if extra and Counter(got) - Counter(extra) == Counter(due) and set(extra) <= set(due):
            raise Diagnosis(f"{said} you list {extra[0]} too often.")
        if extra:
            raise Diagnosis(
                f"{said} you have {extra[0]}, which do not stand within the window: is the "
                "distance taken between the right places, also at the beginning of the text?"
            )
        if missing:
            i, j = words.index(missing[0][0]), words.index(missing[0][1])
            side = "left" if j < i else "right"
            raise Diagnosis(
                f"{said} the pair {missing[0]} is missing; the context lies to the {side}."
            )


def _pairs_real(answer: Answer) -> None:
    words = simple_tokens(" ".join(corpora.load("newsroom").train.texts[:8]))
    reach = np.minimum(np.arange(len(words)), 5), np.minimum(np.arange(len(words))[::-1], 5)
    due = int(np.sum(reach))
    got = len(_pairs(answer, words, 5))
    if got != due:
        raise Diagnosis(f"For {len(words)} words of newsroom you list {got} pairs, expected {due}.")


PAIRS = Exercise(
    name="03-pairs",
    title="The pairs of a text",
    difficulty=1,
    minutes=8,
    prompt="""
List all pairs (centre, context) of a text for a window of fixed size: every word with each of the
words that stand at most `window` places to its left or right. The order does not matter.
""",
    answer="skip_gram",
    starter='''
def skip_gram(words, window):
    """A list of words, the largest distance -> a list of pairs (centre, context)."""
    return ...  # your turn
''',
    hints=(
        "For the word at place i, which places j does the window hold? Mind the ends of the text.",
        "range(max(0, i - window), min(len(words), i + window + 1)), without i itself.",
    ),
    solution="""
def skip_gram(words, window):
    pairs = []
    for i, centre in enumerate(words):
        for j in range(max(0, i - window), min(len(words), i + window + 1)):
            if j != i:
                pairs.append((centre, words[j]))
    return pairs
""",
    stages={"shape": _pairs_shape, "values": _pairs_values, "real data": _pairs_real},
    wrong=(
        Wrong(
            "lists contexts alone",
            "is no pair",
            ("(centre, words[j])", "words[j]"),
            fails="shape",
        ),
        Wrong("pairs a word with itself", "with itself", ("if j != i:", "if True:")),
        Wrong("looks to the right only", "to the left", ("max(0, i - window)", "i")),
        Wrong("stops one too early", "to the right", ("i + window + 1", "i + window")),
        Wrong(
            "forgets the beginning",
            "at the beginning of the text",
            code="""
def skip_gram(words, window):
    reach = [d for d in range(-window, window + 1) if d]
    places = range(len(words))
    return [(words[i], words[i + d]) for i in places for d in reach if i + d < len(words)]
""",
        ),
    ),
    shows="A text of n words has nearly 2 * window * n pairs: that is what word2vec learns from.",
)

COUNTS = np.array([10_000.0, 100.0, 16.0, 1.0])


def _noise_shape(answer: Answer) -> None:
    answer.array(COUNTS, 0.75, shape=(4,))


def _noise_values(answer: Answer) -> None:
    for power in (0.75, 0.5):
        expected = COUNTS**power / (COUNTS**power).sum()
        shares = COUNTS / COUNTS.sum()
        mistakes = {
            "these are the shares of the text itself; the power is missing": shares,
            "the power comes before the division: raise the counts, then divide by their sum": (
                shares**power
            ),
            "they do not sum to 1 yet; divide by the sum": COUNTS**power,
            "the sum is that of the counts as they were": COUNTS**power / COUNTS.sum(),
            "all words are alike likely; the counts are missing": np.full(4, 0.25),
        }
        got = answer.array(COUNTS, power, shape=(4,))
        expect(got, expected, f"For the counts {COUNTS.astype(int).tolist()}, {power}", mistakes)


def _noise_real(answer: Answer) -> None:
    texts = corpora.load("newsroom").train.texts
    counts = np.array(sorted(Counter(w for t in texts for w in simple_tokens(t)).values()))
    got = answer.array(counts, 0.75, shape=counts.shape)
    expect(got, noise_probabilities(counts), f"For newsroom's {len(counts):,} words")


NOISE = Exercise(
    name="03-noise",
    title="Where noise comes from",
    difficulty=1,
    minutes=6,
    prompt="""
Write the noise distribution yourself: the probability of each word is its count to the given power,
divided by what makes all of them sum to 1.
""",
    answer="noise_shares",
    starter='''
import numpy as np


def noise_shares(counts, power):
    """Counts (words,), a power -> probabilities (words,)."""
    return ...  # your turn
''',
    hints=(
        "counts ** power raises every count by itself.",
        "Divide by the sum of the raised counts, not by that of the counts.",
    ),
    solution="""
import numpy as np


def noise_shares(counts, power):
    raised = np.asarray(counts, dtype=float) ** power
    return raised / raised.sum()
""",
    stages={"shape": _noise_shape, "values": _noise_values, "real data": _noise_real},
    wrong=(
        Wrong(
            "returns the sum",
            "expected shape (4,)",
            ("return raised / raised.sum()", "return raised.sum()"),
            fails="shape",
        ),
        Wrong("forgets the power", "the power is missing", (" ** power", "")),
        Wrong("forgets to divide", "do not sum to 1", (" / raised.sum()", "")),
        Wrong(
            "divides first",
            "comes before the division",
            code="def noise_shares(counts, power):\n    return (counts / counts.sum()) ** power",
        ),
        Wrong("divides by the counts", "as they were", ("raised.sum()", "counts.sum()")),
    ),
    shows="The power lifts rare words: a hundred times rarer is only about 32 times less noise.",
)

_RANDOM = np.random.default_rng(3)
CONTEXTS, POSITIVE = _RANDOM.normal(size=(4, 3)), _RANDOM.normal(size=3)
NEGATIVES = _RANDOM.normal(size=(5, 3))


def _cbow_loss(contexts: np.ndarray) -> float:
    h = contexts.mean(axis=0)
    return float(-np.log(expit(POSITIVE @ h)) - np.log(expit(-NEGATIVES @ h)).sum())


def _cbow_shape(answer: Answer) -> None:
    answer.array(CONTEXTS, POSITIVE, NEGATIVES, shape=CONTEXTS.shape)


def _cbow_values(answer: Answer) -> None:
    h = CONTEXTS.mean(axis=0)
    yes, no = expit(POSITIVE @ h) - 1, expit(NEGATIVES @ h)
    d_h = yes * POSITIVE + no @ NEGATIVES
    each = np.tile(d_h, (4, 1))
    mistakes = {
        "each context has the share 1 / m of the mean; the division is missing": each,
        "the true word's part alone; the noise words pull as well": (
            np.tile(yes * POSITIVE / 4, (4, 1))
        ),
        "the noise words' part alone; the true word pulls as well": (
            np.tile(no @ NEGATIVES / 4, (4, 1))
        ),
        "the truth of the true word is 1: its error is sigma - 1": np.tile(
            ((yes + 1) * POSITIVE + no @ NEGATIVES) / 4, (4, 1)
        ),
        "the sign is turned round": -each / 4,
        "the scores are of the sum of the contexts; take their mean": np.tile(
            (
                (expit(POSITIVE @ h * 4) - 1) * POSITIVE + expit(NEGATIVES @ h * 4) @ NEGATIVES
            ) / 4,
            (4, 1),
        ),
    }  # fmt: skip
    got = answer.array(CONTEXTS, POSITIVE, NEGATIVES, shape=CONTEXTS.shape)
    measured = numerical_gradient(_cbow_loss, CONTEXTS)
    expect(got, measured, "For four context words and five noise words", mistakes, 1e-5)


def _cbow_real(answer: Answer) -> None:
    zeros = np.zeros((2, 3))
    got = answer.array(zeros, POSITIVE, NEGATIVES, shape=(2, 3))
    expect(got, np.tile((NEGATIVES.sum(axis=0) - POSITIVE) / 4, (2, 1)), "At the start, all zero,")
    far = np.full((1, 3), 500.0) * np.sign(POSITIVE)
    answer.array(far, POSITIVE, NEGATIVES, shape=(1, 3))


CBOW = Exercise(
    name="03-cbow",
    title="The other way round: CBOW",
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
    """(m, d), (d), (k, d) -> the gradient in every context vector, (m, d)."""
    return ...  # your turn
''',
    hints=(
        "First the gradient in h: it is skip-gram's in v_c. Then ask how h depends on v_i.",
        "h depends on each v_i with the factor 1 / m, so every context vector gets the same row, "
        "the gradient in h divided by m.",
    ),
    solution="""
import numpy as np


def cbow_gradient(contexts, positive, negatives):
    def sigmoid(z):
        return 0.5 * (1 + np.tanh(z / 2))

    h = contexts.mean(axis=0)
    d_h = (sigmoid(positive @ h) - 1) * positive + sigmoid(negatives @ h) @ negatives
    return np.tile(d_h / len(contexts), (len(contexts), 1))
""",
    stages={"shape": _cbow_shape, "values": _cbow_values, "real data": _cbow_real},
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
            "forgets the truth",
            "its error is sigma - 1",
            ("(sigmoid(positive @ h) - 1)", "sigmoid(positive @ h)"),
        ),
        Wrong(
            "adds contexts up", "take their mean", ("contexts.mean(axis=0)", "contexts.sum(axis=0)")
        ),
        Wrong(
            "turns the sign round", "the sign is turned round", ("np.tile(d_h /", "-np.tile(d_h /")
        ),
    ),
    shows="Answer minus truth again: only the mean's share 1 / m is new.",
)

EXERCISES = (PAIRS, NOISE, CBOW)
