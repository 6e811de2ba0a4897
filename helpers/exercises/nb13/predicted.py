"""13-predicted: three numbers about MiniLM, committed before they are measured."""

from functools import cache

import torch

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared, shares
from helpers.models.encoder import Encoder
from helpers.sources import corpora, published_encoders
from helpers.text import fast_tokens
from helpers.training.embedding import embed

DENIED = ("The drug is safe for children.", "The drug is not safe for children.")
TURNED = ("The dog bit the man.", "The man bit the dog.")
QUESTIONS = (
    (
        "the cosine of a statement and its denial",
        "Both are about the same thing in nearly the same words, and the model was trained to "
        "bring texts about one thing together",
    ),
    (
        "the cosine without positions",
        "Attention and the mean see a text as a bag of tokens; only positions tell their order. "
        "Both sentences have the same tokens, so their vectors are equal",
    ),
    (
        "the share of the table's rows",
        "Some 340 short texts have about 11,600 tokens, but most of those are the same few hundred "
        "words, so about 3,300 different rows are used",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers."""
    published = published_encoders.load()

    def cosine(encoder: Encoder, pair: tuple[str, str]) -> float:
        first, second = embed(encoder, fast_tokens.encode(published.tokenizer, pair))
        return float(first @ second)

    denied = cosine(published.encoder, DENIED)
    with torch.no_grad():
        places = published.encoder.positions.weight
        places[:] = places.mean(dim=0)
    texts = fast_tokens.encode(published.tokenizer, corpora.load("newsroom").train.texts)
    used = {i for ids in texts for i in ids}
    rows = published.encoder.sizes.vocabulary
    return denied, cosine(published.encoder, TURNED), len(used) / rows


PREDICTED = Exercise(
    name="13-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them and explains the
first that is off. It doesn't matter how often you guess wrong: each miss corrects your picture of
the encoder.

1. What **cosine** does MiniLM give "The drug is safe for children." and "The drug is not safe for
   children." (within 0.1)?
2. Suppose that each row of the positions is replaced by the mean of all rows. What **cosine** do
   "The dog bit the man." and "The man bit the dog." have then (within 0.01)?
3. The texts of newsroom's training part have about 11,600 tokens. What **share** of the 30,522
   rows of the token table do they use (within 0.07)?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.2, 0.5, 0.9]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [cosine, cosine, share]
""",
    hints=(
        "For the first: look at the section on what it doesn't know. For the second: which part of "
        "the network tells the third token from the fifth?",
        "The first is as high as for two sentences that mean the same, or higher. Without "
        "positions the same tokens in another order are the same text. For the third, remember "
        "Zipf's law: most tokens are repetitions.",
    ),
    solution="""
# 1. About 0.9: the same topic in the same words; "not" moves the mean of nine tokens a little.
# 2. Exactly 1: without positions nothing tells one order from another.
# 3. About 3,300 of 30,522: most of the tokens are repetitions.
predicted = [0.9, 1.0, 0.1]
# Instead of guessing you could measure all three with `embed` and `fast_tokens.encode`.
""",
    stages={
        "shape": shares(least=-1, what="a cosine or a share"),
        "values": compared(measured, QUESTIONS, (0.1, 0.01, 0.07)),
    },
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("0.9, 1.0, 0.1", "0.9, 1.0"), fails="shape"),
        Wrong("writes per cent", "write 30 % as 0.3", ("0.1]", "10]"), fails="shape"),
        Wrong("writes degrees", "between -1 and 1", ("[0.9", "[25"), fails="shape"),
        Wrong("expects opposites", "about the same thing", ("[0.9", "[-0.9")),
        Wrong("expects a right angle", "about the same thing", ("[0.9", "[0.0")),
        Wrong("expects half", "about the same thing", ("[0.9", "[0.5")),
        Wrong("takes the cosine with positions", "only positions tell", ("1.0", "0.98")),
        Wrong("expects nonsense without positions", "a bag of tokens", ("1.0", "0.0")),
        Wrong("expects all rows", "the same few hundred", ("0.1]", "1.0]")),
        Wrong("counts every token", "the same few hundred", ("0.1]", "0.38]")),
        Wrong("expects next to none", "different rows", ("0.1]", "0.01]")),
    ),
    right=(
        Right("as a tuple", ("[0.9, 1.0, 0.1]", "(0.88, 1, 0.12)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.85, 1.0, 0.15])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.95, 1.0, 0.08])"),
        Right("by arithmetic", code="predicted = [9 / 10, 1, 3_300 / 30_522]"),
    ),
    shows="Measured: 0.91 for a statement and its denial, 1 without positions, and 11 % of the "
    "table's rows.",
)
