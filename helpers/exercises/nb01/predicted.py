"""01-predicted: three numbers about R8's words, committed before they are measured."""

from functools import cache

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared, shares
from helpers.sources import corpora, nltk_data
from helpers.text.preprocess import simple_tokens, stop_words

QUESTIONS = (  # what it is, why it is more than a low prediction, and less than a high one
    (
        "the types in half of the texts",
        "Half of the texts hold half of the tokens but far more than half of the types: the "
        "frequent ones are all there, and only some of the rare ones are lost. Turned round, the "
        "second half of the texts doubles the tokens and adds only two fifths to the types",
        "Of the types that occur a single time, 39 %, half are lost at one blow, and some of those "
        "that occur twice or three times go with them",
    ),
    (
        "the texts with an unknown word",
        "Only 2.3 % of the tokens are unknown, but a text has a hundred tokens, and each is "
        "another chance to meet a stranger. A small share of tokens is a large share of texts",
        "Spread evenly over texts of a hundred tokens, 1 - 0.977 ** 100 = 0.90 of them would have "
        "one. But strangers come in clusters, a name several times in one text, and half of the "
        "texts are shorter than 66 tokens",
    ),
    (
        "the stop words among the tokens",
        "The list is short, but it holds the commonest words of English, and a hundred types make "
        "up half of all tokens",
        "The list holds the small words of English, a third of these reports. The notebook's "
        "hundred most frequent types make up half because they include the agency's own: said, "
        "mln, dlrs, vs",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers, measured on R8's training and validation parts."""
    nltk_data.use_course_data()
    corpus = corpora.load("reuters-r8")
    train, held_out = (
        [simple_tokens(text) for text in part.texts] for part in (corpus.train, corpus.validation)
    )
    tokens = [token for text in train for token in text]
    types = set(tokens)
    half = {token for text in train[::2] for token in text}
    strangers = sum(not types.issuperset(text) for text in held_out)
    stopped = sum(token in stop_words() for token in tokens)
    return len(half) / len(types), strangers / len(held_out), stopped / len(tokens)


PREDICTED = Exercise(
    name="01-predicted",
    title="Predict, then run",
    difficulty=2,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them on Reuters R8, cut
by `simple_tokens`, and explains the first that is off by more than 0.1. A wrong guess is no
mistake: it shows you where your picture of the words differs from the words.

1. The training part has 19,040 types. Keep every other text, so half of the tokens. What **share of
   the types** is still there?
2. With all 19,040 types, 2.3 % of the validation part's *tokens* are unknown. What **share of its
   texts** contains at least one unknown token? (A report has about a hundred tokens.)
3. Drop NLTK's 198 stop words from the training part. What **share of the tokens** goes with them?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.1, 0.1, 0.1]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [share of types, share of texts, share of tokens]
""",
    hints=(
        "For the first: which types can be lost at all? For the second: a coin that shows tails "
        "2.3 % of the time is thrown a hundred times. For the third: the hundred most frequent "
        "types are half of the tokens, but are they all stop words?",
        "The first is nearer to three quarters than to a half. The second would be 0.9 if unknown "
        "tokens were spread evenly, but they come in clusters. The third is about a third.",
    ),
    solution="""
# 1. A frequent type occurs in both halves. Only types that occur once or a few times can be lost,
#    and of those that occur once (39 %) about half: 0.39 / 2 is 0.2, and a few more are lost.
# 2. Spread evenly, 1 - 0.977 ** 100 = 0.90 of the texts would have one. A strange name comes
#    several times in the same text, and half of the texts are short, so it is clearly less.
# 3. A hundred types make half of the tokens; many of those (said, mln, dlrs) are no stop words.
predicted = [0.75, 0.6, 0.35]
# Instead of guessing you could measure all three with `train` and `held_out` above.
""",
    stages={"shape": shares(), "values": compared(measured, QUESTIONS)},
    wrong=(
        Wrong(
            "gives two numbers",
            "expected shape (3,)",
            ("0.75, 0.6, 0.35", "0.75, 0.6"),
            fails="shape",
        ),
        Wrong(
            "writes per cent", "write 30 % as 0.3", ("0.75, 0.6, 0.35", "75, 60, 35"), fails="shape"
        ),
        Wrong(
            "writes a negative share", "between 0 and 1", ("0.75, 0.6", "0.75, -0.6"), fails="shape"
        ),
        Wrong(
            "writes words",
            "expected numbers",
            ("[0.75, 0.6, 0.35]", '"about a third"'),
            fails="shape",
        ),
        Wrong("leaves one open", "finite", ("0.6, 0.35", "0.6, float('nan')"), fails="shape"),
        Wrong("halves the types", "far more than half", ("0.75, 0.6", "0.5, 0.6")),
        Wrong("loses no type", "at one blow", ("0.75, 0.6", "0.98, 0.6")),
        Wrong("takes tokens for texts", "large share of texts", ("0.75, 0.6", "0.75, 0.023")),
        Wrong("spreads strangers evenly", "come in clusters", ("0.75, 0.6", "0.75, 0.9")),
        Wrong("takes the hundred for stop words", "the agency's own", ("0.6, 0.35", "0.6, 0.51")),
        Wrong("divides types", "commonest words of English", ("0.6, 0.35", "0.6, 198 / 19_040")),
    ),
    right=(
        Right("as a tuple", ("[0.75, 0.6, 0.35]", "(0.7, 0.65, 0.3)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.7, 0.7, 0.3])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.66, 0.58, 0.4])"),
        Right("as fractions of whole numbers", code="predicted = [3 / 4, 5 / 8, 1 / 3]"),
        Right("by name", code="predicted = dict(types=0.72, texts=0.64, stop=0.33).values()"),
    ),
    shows=(
        "Measured: 0.72 of the types in half of the texts, an unknown word in 0.64 of the texts, "
        "and 0.33 of the tokens on the stop list."
    ),
)
