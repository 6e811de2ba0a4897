"""10-predicted: three numbers about tokens, committed before they are measured."""

from functools import cache

from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared
from helpers.sources import assets, corpora
from helpers.text import fast_tokens
from helpers.text.preprocess import simple_tokens
from helpers.text.subwords import Subwords

NEAR = (0.06, 0.4, 0.15)
QUESTIONS = (  # what it is, why it is more than a low prediction, and less than a high one
    (
        "the words that MiniLM cuts",
        "There are always names and rare words that no list of thirty thousand holds",
        "Of 30,522 tokens about 22,000 are whole words, and a text is mostly frequent ones. "
        "Each word counted once, the share is nearly twice as large, but rare words seldom come up",
    ),
    (
        "the factor for capitals",
        "The merges were learned from small letters, and A is another byte than a. Hardly any of "
        "them fits, so most words fall into single letters and pairs",
        "The tokens before were about two bytes and a half long, and some pairs of capitals were "
        "learned from abbreviations, so even single letters wouldn't be three times as many",
    ),
    (
        "the merged tokens that both halves share",
        "The frequent letters, endings and small words are the same in any English text, and they "
        "come first",
        "The first few hundred are the same, but later merges depend on what these few texts "
        "happen to be about",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers, measured on newsroom's training and validation parts."""
    train, held_out = (
        part.texts for part in (corpora.load("newsroom").train, corpora.load("newsroom").validation)
    )
    minilm = fast_tokens.load(assets.path("minilm-l6") / "tokenizer.json")
    words = [word for text in held_out for word in simple_tokens(text)]
    lengths = [len(e.ids) for e in minilm.encode_batch(words, add_special_tokens=False)]
    subwords = Subwords.train(train, 1_000)
    small, large = (
        sum(len(subwords.encode(change(text))) for text in held_out) for change in (str, str.upper)
    )
    one, other = (set(Subwords.train(train[k::2], 1_000).tokens[256:]) for k in (0, 1))
    cut = sum(length > 1 for length in lengths) / len(lengths)
    return cut, large / small, len(one & other) / len(one)


def _shape(answer: Answer) -> None:
    cut, factor, common = answer.array(shape=(3,))
    for which, share in (("first", cut), ("third", common)):
        if not 0 <= share <= 1:
            raise Diagnosis(
                f"The {which} is {share:g}; a share lies between 0 and 1 (30 % is 0.3)."
            )
    if factor < 1:
        raise Diagnosis(
            f"The second is {factor:g}; give new tokens divided by old ones. Can capitals, which "
            "the merges have hardly seen, need fewer tokens?"
        )
    if factor > 20:
        raise Diagnosis(
            f"The second is {factor:g}; a factor is asked for: 1.5 means half as many again."
        )


PREDICTED = Exercise(
    name="10-predicted",
    title="Predict, then run",
    difficulty=2,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them on newsroom and
explains the first that is off. A wrong guess is no mistake: it shows you where your picture of the
tokens differs from the tokens.

1. MiniLM's tokenizer cuts the validation items' words, as `simple_tokens` finds them. What **share
   of the words**, each counted as often as it occurs, becomes more than one token (within 0.06)?
2. A byte-level BPE of 1,000 tokens learns from the training items. Then the validation items are
   put in CAPITALS. By what **factor** does the number of their tokens grow (within 0.4)?
3. Two more such vocabularies learn from one half of the training items each. Each has 744 tokens
   that were merged. What **share of these tokens** do they have in common (within 0.15)?
""",
    answer="predicted",
    starter="""
# Try predicted = [0.5, 1, 0.1]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [share of words, factor, share of tokens]
""",
    hints=(
        "For the first, think of which words make up most of a text. For the second, which of the "
        "learned tokens can occur in a text without small letters?",
        "Most words of a text are frequent and whole: a few per cent are cut. In capitals nearly "
        "every token is one or two letters. The early merges are the same in both halves, and "
        "they're well over half of all.",
    ),
    solution="""
# 1. About 6 %: frequent words are whole, and they make up most of a text.
# 2. About 2: hardly a merge fits, and a token was between two and three letters long.
# 3. About two thirds: endings and small words in both, the topics in only one of them.
predicted = [0.06, 2.1, 0.65]
# Instead of guessing, measure: fast_tokens.encode, Subwords.train and two sets are enough.
""",
    stages={"shape": _shape, "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("0.06, 2.1, 0.65", "0.06, 2.1"), fails="shape"),
        Wrong("writes per cent", "30 % is 0.3", ("[0.06,", "[6,"), fails="shape"),
        Wrong("writes per cent at the end", "30 % is 0.3", ("0.65]", "65]"), fails="shape"),
        Wrong("turns the factor round", "divided by old ones", (", 2.1,", ", 0.5,"), fails="shape"),
        Wrong(
            "gives the growth in per cent",
            "a factor is asked for",
            (", 2.1,", ", 110,"),
            fails="shape",
        ),
        Wrong("expects half to be cut", "mostly frequent ones", ("[0.06,", "[0.5,")),
        Wrong("expects a quarter to be cut", "rare words seldom come up", ("[0.06,", "[0.25,")),
        Wrong("expects no difference", "another byte", (", 2.1,", ", 1.0,")),
        Wrong("expects single letters", "even single letters", (", 2.1,", ", 5,")),
        Wrong("expects the same merges", "happen to be about", ("0.65]", "1.0]")),
        Wrong("expects few in common", "they come first", ("0.65]", "0.2]")),
    ),
    right=(
        Right("as a tuple", ("[0.06, 2.1, 0.65]", "(0.05, 2, 0.7)")),
        Right("as an array", code="import numpy as np\npredicted = np.array([0.1, 2.3, 0.6])"),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([0.04, 1.9, 0.55])"),
        Right("by reckoning", code="predicted = [2 / 30, 2.5 / 1.2, 1 - 1 / 3]"),
    ),
    shows="Measured: 6 % of the words are cut, capitals double the tokens, and two halves of a "
    "corpus agree on two thirds of the merged tokens.",
)
