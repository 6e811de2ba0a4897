"""03-predicted: three numbers about trained vectors, committed before they are measured."""

from functools import cache

import numpy as np
import torch

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared
from helpers.vectors import word2vec

NEAR = (0.15, 0.15, 0.1)  # how far each prediction may be off
QUESTIONS = (
    (
        "the cosine of two words that never met",
        "The loss compares a centre with contexts, never one centre with another. Both are pulled "
        "to the same contexts and pushed off the same noise, so both end in the same place: that "
        "is how synonyms become neighbours",
    ),
    (
        "the loss without noise words",
        "If every answer is yes, large scores everywhere are never punished, and the loss falls "
        "nearly to 0 with nothing learned. Only the noise words make a wrong yes cost something",
    ),
    (
        "the probability of yes for a pair that meets as often as chance has it",
        "Such a pair comes up as noise k times for each time it comes from the text. Of six "
        "questions about it five have the answer no, so a model that knows its text says 1/6",
    ),
)
SETTINGS = {"dimensions": 16, "window": 3, "min_count": 1, "subsample": 0, "blocks": 2}


def _texts() -> list[list[str]]:
    """Three topics; each text of the third has *film* or *movie* once, never both."""
    random = np.random.default_rng(0)
    topics = ["bank loan money rate", "goal team match coach", "scene actor plot star"]
    texts = [random.choice(topics[i % 3].split(), 8).tolist() for i in range(600)]
    for i, text in enumerate(texts[2::3]):
        text[random.integers(8)] = ("film", "movie")[i % 2]
    return texts


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers."""
    settings = word2vec.SkipGramSettings(epochs=20, learning_rate=0.05, **SETTINGS)
    trained = word2vec.train(_texts(), settings)
    film, movie = (trained.matrix[trained.words.index(word)] for word in ("film", "movie"))
    cosine = film @ movie / np.linalg.norm(film) / np.linalg.norm(movie)

    text, random = word2vec.number(_texts()), np.random.default_rng(0)
    start = (random.random((len(text.words), 16), np.float32) - 0.5) / 16
    v, u = torch.from_numpy(start), torch.zeros(start.shape)
    for _, batch in word2vec.batches(text, settings, random):
        batch = batch._replace(weights=batch.weights * batch.truth)  # no noise word counts
        total, pairs = word2vec.loss(v, u, batch)
        word2vec.step(v, u, batch, rate=0.05, limit=2.0)

    chance = random.integers(50, size=(1_500, 20)).astype(str).tolist()
    settings = word2vec.SkipGramSettings(epochs=5, learning_rate=0.05, **SETTINGS)
    trained = word2vec.train(chance, settings)
    yes = 1 / (1 + np.exp(-trained.matrix @ trained.output_matrix.T))
    return float(cosine), float(total / pairs), float(yes.mean())


def _shape(answer: Answer) -> None:
    cosine, loss, yes = answer.array(shape=(3,))
    if not -1 <= cosine <= 1:
        raise Diagnosis(f"The first is {cosine:g}; a cosine lies between -1 and 1.")
    if loss < 0:
        raise Diagnosis(f"The second is {loss:g}; this loss is never negative.")
    if not 0 <= yes <= 1:
        raise Diagnosis(f"The third is {yes:g}; a probability lies between 0 and 1.")


PREDICTED = Exercise(
    name="03-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then trains small vectors and
explains the first number that is off. A prediction that misses is no mistake: it shows you where
your picture of word2vec differs from word2vec.

1. In a made-up language each text about the cinema has the word *film* once or the word *movie*
   once, never both, among the same other words. What is the **cosine** of their two vectors after
   training (within 0.15)?
2. Leave the noise words out, so that only true pairs are asked about, and train on the same texts.
   What does the **loss** of a pair end at, in nats (within 0.15)?
3. Now the texts are words drawn at random, so that every pair meets about as often as chance
   predicts. After training with $k = 5$ noise words, what **probability** of yes does the model
   give to a pair, on average (within 0.1)? (The optional section derives it; if you skipped that,
   the second hint leads there.)
""",
    answer="predicted",
    starter="""
# For example, if you enter [-0.5, 3, 0.9], the check tells you what the first turned out to be,
# and why.
predicted = ...  # your turn: [cosine, loss, probability]
""",
    hints=(
        "For the first: which pairs move the vector of *film*? Is *movie* ever in one? For the "
        "second: what would a model say that is asked only questions whose answer is yes?",
        "The two words are asked the same questions, with the same answers. For the third, count "
        "how often such a pair is asked about as a true pair, and how often as noise.",
    ),
    solution="""
# 1. Both words have the same contexts, so both vectors are moved to the same place: nearly 1.
# 2. Yes to everything is always correct, so scores grow without limit: nearly 0.
# 3. For one true pair there are five of noise, so the probability of yes is 1 / (1 + 5).
predicted = [0.95, 0.05, 1 / 6]
# Instead of guessing you could measure all three with `train` of the notebook.
""",
    stages={"shape": _shape, "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong(
            "gives two", "expected shape (3,)", ("0.95, 0.05, 1 / 6", "0.95, 0.05"), fails="shape"
        ),
        Wrong("writes a cosine in per cent", "between -1 and 1", ("[0.95", "[95"), fails="shape"),
        Wrong("gives a negative loss", "never negative", ("0.05", "-0.05"), fails="shape"),
        Wrong("writes per cent", "between 0 and 1", ("1 / 6", "17"), fails="shape"),
        Wrong("thinks that words must meet", "never one centre with another", ("[0.95", "[0.0")),
        Wrong("expects them pushed apart", "synonyms become neighbours", ("[0.95", "[-0.8")),
        Wrong("expects half a likeness", "synonyms become neighbours", ("[0.95", "[0.5")),
        Wrong("takes the loss of the start", "large scores everywhere", ("0.05", "0.69")),
        Wrong("takes the loss with noise", "large scores everywhere", ("0.05", "2.2")),
        Wrong("takes a coin", "says 1/6", ("1 / 6", "1 / 2")),
        Wrong("expects no", "says 1/6", ("1 / 6", "0.0")),
        Wrong("expects yes", "says 1/6", ("1 / 6", "5 / 6")),
    ),
    right=(
        Right("as a tuple", ("[0.95, 0.05, 1 / 6]", "(1.0, 0.0, 0.2)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.9, 0.1, 0.15])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.99, 0.02, 0.17])"),
        Right("by name", code="predicted = dict(cosine=0.9, loss=0.1, yes=0.2).values()"),
    ),
    shows=(
        "Measured: a cosine above 0.9 for words that never meet, a loss near 0 without noise, and "
        "1/6 for pairs of chance."
    ),
)
