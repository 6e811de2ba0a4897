"""12-predicted: three numbers about language models, committed before they are measured."""

from functools import cache

import numpy as np
import torch

from helpers.evaluation.perplexity import perplexity
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.predictions import compared
from helpers.models.sampling import draw
from helpers.text.masking import mask_tokens

NEAR = (0.3, 0.05, 0.04)
QUESTIONS = (
    (
        "the perplexity",
        "It is e to the *mean* loss. The losses are ln 16 and 0, the mean is half of ln 16, so the "
        "perplexity is the root of 16, the geometric mean of 16 and 1, and not their mean 8.5",
    ),
    (
        "the share of texts in which nothing would be chosen",
        "Each of the six tokens is left out with probability 0.85, all of them with 0.85 to the "
        "power 6",
    ),
    (
        "the share at temperature 0.5",
        "Dividing scores by 0.5 squares the probabilities before they are made to sum to 1: 0.64 "
        "and 0.04, so 16 to 1",
    ),
)


@cache
def measured() -> tuple[float, float, float]:
    """Return the three numbers; the last two are shares of many draws."""
    losses = np.where(np.arange(1000) % 2, np.log(16), 0.0)
    numbers = torch.Generator().manual_seed(0)
    ids, lengths = torch.full((40_000, 6), 5), torch.full((40_000,), 6)
    _, targets = mask_tokens(ids, lengths, 2, 50, generator=numbers)
    # The rule adds one to texts in which nothing was chosen: what 15 % of all tokens lack is theirs
    added = (targets != -100).float().mean().item() * 6 - 6 * 0.15
    scores = torch.tensor([0.8, 0.2]).log().expand(40_000, 2)
    likelier = (draw(scores, 0.5, numbers) == 0).float().mean().item()
    return perplexity(losses.mean()), added, likelier


def _shape(answer: Answer) -> None:
    choices, nothing, likelier = answer.array(shape=(3,))
    if choices < 1:
        raise Diagnosis(f"The first is {choices:g}; a perplexity is never below 1, one choice.")
    for which, share in (("second", nothing), ("third", likelier)):
        if not 0 <= share <= 1:
            raise Diagnosis(f"The {which} is {share:g}; a share lies between 0 and 1 (30 % is 0.3)")


PREDICTED = Exercise(
    name="12-predicted",
    title="Predict, then run",
    difficulty=3,
    minutes=10,
    prompt="""
Commit to three numbers before anything is measured. The check then measures them and explains the
first that is off. A wrong guess is no mistake: it shows you where your picture differs from what
the models do.

1. At every second token a model is certain, and right. At the others it chooses evenly among 16
   tokens. What is its **perplexity** over all of them (within 0.3)?
2. Texts have six ordinary tokens, and each is chosen with a probability of 15 %. In what **share**
   of the texts would nothing be chosen, if no rule added one (within 0.05)?
3. A model gives one token 80 % and another 20 %. What **share** does the first one get at a
   temperature of 0.5 (within 0.04)?
""",
    answer="predicted",
    starter="""
# Try predicted = [9, 0.5, 0.5]: the check says what the first was measured to be, and why.
predicted = ...  # your turn: [perplexity, share, share]
""",
    hints=(
        "For the first: what is averaged, the losses or the perplexities? For the third: what does "
        "halving the temperature do to exp(score)?",
        "The mean loss is half of ln 16. For the second, all six must be left out. At a "
        "temperature of 0.5 each probability is squared, then both are divided by their sum.",
    ),
    solution="""
# 1. The mean loss is (0 + ln 16) / 2 = ln 4, so the perplexity is 4.
# 2. 0.85 ** 6 = 0.38: more than a third of such texts would teach nothing.
# 3. exp(2 s) is exp(s) squared: 0.64 to 0.04, or 0.94.
predicted = [4, 0.38, 0.94]
# Instead of guessing you could measure all three with NumPy and `mask_tokens`.
""",
    stages={"shape": _shape, "values": compared(measured, QUESTIONS, NEAR)},
    wrong=(
        Wrong("gives two", "expected shape (3,)", ("4, 0.38, 0.94", "4, 0.38"), fails="shape"),
        Wrong("writes per cent", "30 % is 0.3", ("0.38, 0.94", "38, 0.94"), fails="shape"),
        Wrong("has per cent at the end", "The third is 94", ("0.94]", "94]"), fails="shape"),
        Wrong("gives a loss below 1", "never below 1", ("[4,", "[0.5,"), fails="shape"),
        Wrong("averages perplexities", "and not their mean 8.5", ("[4,", "[8.5,")),
        Wrong("gives the loss", "the root of 16", ("[4,", "[1.386,")),
        Wrong("takes the harder half", "geometric mean", ("[4,", "[16,")),
        Wrong("adds up the chances", "to the power 6", ("0.38,", "0.1,")),
        Wrong("takes one token", "left out with probability 0.85", ("0.38,", "0.85,")),
        Wrong("turns it round", "to the power 6", ("0.38,", "0.62,")),
        Wrong("leaves it as it is", "squares the probabilities", ("0.94]", "0.8]")),
        Wrong("evens it out", "16 to 1", ("0.94]", "0.67]")),
        Wrong("takes the square alone", "made to sum to 1", ("0.94]", "0.64]")),
    ),
    right=(
        Right("as a tuple", ("[4, 0.38, 0.94]", "(4.1, 0.4, 0.95)")),
        Right(
            "as an array",
            code="import numpy as np\npredicted = np.array([np.sqrt(16), 0.85**6, 16 / 17])",
        ),
        Right("as a tensor", code="import torch\npredicted = torch.tensor([4.0, 0.377, 0.941])"),
        Right(
            "by formulas",
            code="from math import exp, log\npredicted = [exp(log(16) / 2), 0.85**6, 0.64 / 0.68]",
        ),
    ),
    shows="A perplexity is a geometric mean, short texts need the rule, and half the temperature "
    "squares the odds.",
)
