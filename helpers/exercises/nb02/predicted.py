"""02-predicted: three numbers about GloVe, committed before they are measured."""

from functools import cache

import numpy as np

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared, shares
from helpers.sources import published_vectors, word_tests

QUESTIONS = (
    (
        "the mean cosine of two words drawn at random",
        "All frequent words share part of their company, so all vectors have a part in common: "
        "two words that have nothing to do with each other are still not at a right angle. That "
        "is why subtracting the mean of all headlines made their lists readable",
        "Frequent words have a part in common, no more: most of each vector is the word's own. "
        "Much of that part lies in a single number, the one at index 30, which is large for all",
    ),
    (
        "the plurals found without the step",
        "A plural is so often the nearest neighbour of its singular that most of the section's "
        "accuracy needs no analogy. Report what the simplest rule scores beside what yours does",
        "Most of the section's accuracy needs no analogy, but not all of it: the step still helps "
        "where another word is nearer than the plural",
    ),
    (
        "the capitals with half the numbers",
        "Leaving half of the numbers out costs far more than a little, but what is left still "
        "knows something: each number holds a share of what is known about a word",
        "Nobody sorted the fifty numbers by importance. Each holds a share of what is known about "
        "a word, so leaving half of them out costs far more than a little (keeping the last 25 "
        "instead gives 0.59)",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers, measured on the 30,000 most frequent words."""
    glove = published_vectors.load("glove-6b-50d").most_frequent(30_000)
    rows = np.array(glove.matrix, dtype=np.float64)
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    one, other = np.random.default_rng(0).integers(0, 5_000, (2, 20_000))
    cosines = np.sum(units[one] * units[other], axis=1)
    sections = word_tests.analogies()

    def accuracy(section: str, table: np.ndarray, step: bool) -> float:
        known = [q for q in sections[section] if all(word in glove for word in q)]
        asked = np.array([[glove.index(word) for word in question] for question in known])
        table = table / np.linalg.norm(table, axis=1, keepdims=True)
        a, b, c, d = asked.T
        scores = (table[c] + step * (table[b] - table[a])) @ table.T
        scores[np.arange(len(asked))[:, None], asked[:, :3]] = -np.inf
        return float(np.mean(scores.argmax(axis=1) == d))

    plurals = accuracy("gram8-plural", rows, step=False)
    return float(cosines.mean()), plurals, accuracy("capital-common-countries", rows[:, :25], True)


PREDICTED = Exercise(
    name="02-predicted",
    title="Predict, then run",
    difficulty=2,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures, on the 30,000 most
frequent words of GloVe, and explains the first that is off by more than 0.1. A wrong guess
is no mistake: it shows you where your picture of the vectors differs from the vectors.

1. Two words are drawn at random from the 5,000 most frequent. What is their **mean cosine**?
2. In *gram8-plural* (*bird : birds = car : ?*), 64 % of the covered questions are answered
   correctly. Now leave the step out: answer with the nearest neighbour of $c$, whatever $a$ and $b$
   are (all three still barred). Which **share** is correct?
3. In *capital-common-countries*, 80 % are answered correctly with 50 numbers a word. Keep only the
   first 25 of each row. Which **share** is correct?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.9, 0.9, 0.9]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [mean cosine, share of plurals, share of capitals]
""",
    hints=(
        "For the first: is there company that all frequent words share? For the second: what is "
        "near to *car*?",
        "The first is far from 0, the second is most of 0.64, the third is rather less than half "
        "of 0.80.",
    ),
    solution="""
# 1. Words share company (the, of, and …), so their vectors share a part: clearly above 0.
# 2. A singular and its plural are near neighbours; the step adds less than one would think.
# 3. The numbers aren't sorted by importance, and some matter more than others: the first 25 give
#    0.37 and the last 25 would give 0.59.
predicted = [0.3, 0.5, 0.4]
# Instead of guessing you could compute all three with `units` and `answer_many` above.
""",
    stages={
        "shape": shares(least=-1, what="a cosine or a share"),
        "values": compared(measured, QUESTIONS),
    },
    wrong=(
        Wrong(
            "gives two numbers", "expected shape (3,)", ("0.3, 0.5, 0.4", "0.3, 0.5"), fails="shape"
        ),
        Wrong(
            "writes per cent", "write 30 % as 0.3", ("0.3, 0.5, 0.4", "30, 50, 40"), fails="shape"
        ),
        Wrong("writes words", "", ("[0.3, 0.5, 0.4]", '"about a third"'), fails="shape"),
        Wrong("leaves one open", "", ("0.3, 0.5, 0.4", "0.3, 0.5, float('nan')"), fails="shape"),
        Wrong("expects right angles", "a part in common", ("0.3, 0.5", "0.0, 0.5")),
        Wrong("expects all words alike", "a part in common", ("0.3, 0.5", "0.8, 0.5")),
        Wrong("trusts the step", "needs no analogy", ("0.3, 0.5", "0.3, 0.1")),
        Wrong("expects no loss of plurals", "not all of it", ("0.3, 0.5", "0.3, 0.64")),
        Wrong("expects no loss of capitals", "costs far more", ("0.5, 0.4", "0.5, 0.78")),
        Wrong("expects nothing left", "costs far more", ("0.5, 0.4", "0.5, 0.05")),
    ),
    right=(
        Right("as a tuple", ("[0.3, 0.5, 0.4]", "(0.35, 0.45, 0.3)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.25, 0.55, 0.45])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.4, 0.42, 0.42])"),
        Right("as fractions of whole numbers", code="predicted = [1 / 3, 1 / 2, 3 / 8]"),
        Right("by name", code="predicted = dict(mean=0.3, plurals=0.5, capitals=0.4).values()"),
    ),
    shows=(
        "Measured: 0.32 for two random words, 0.49 of the plurals without any step, 0.37 of the "
        "capitals with half the numbers."
    ),
)
