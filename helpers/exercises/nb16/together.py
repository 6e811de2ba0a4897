"""16-together: how much more a word does while another is there."""

from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.nb16.together_check import real, shape, values

SOLUTION = """
def together(words, i, j, log_odds):
    def without(*places):
        # By place, not by value: the same word may stand elsewhere, too.
        return " ".join(word for place, word in enumerate(words) if place not in places)

    # One call for all four: a large model is faster on a batch.
    whole, no_i, no_j, neither = log_odds([without(), without(i), without(j), without(i, j)])
    return (whole - no_i) - (no_j - neither)


# Another way: leave_one_out on all words and on the words without j, and compare word i's effects.
"""

TOGETHER = Exercise(
    name="16-together",
    title="What two words do together",
    difficulty=3,
    minutes=20,
    prompt=r"""
Leaving out one word at a time can't tell whether two words work *together*. So compare: how far
do the log odds fall when word $i$ is left out while word $j$ is there, and how far when $j$ is
gone already? The difference is called their *interaction*,

$$I_{ij} = \bigl[z(\text{all}) - z(\text{without } i)\bigr]
- \bigl[z(\text{without } j) - z(\text{without both})\bigr] .$$

`together(words, i, j, log_odds)` returns it. `words` is a list; `i` and `j` are two different
places in it, in any order; `log_odds(texts)` takes a list of texts and returns an array of their
log odds. The words of a text are joined by single spaces, and a word may occur twice.

When it passes, try it in the notebook on "there is not a dull moment in this film", with
`lambda texts: leaving_out.log_odds(models[name](texts))` for "words" and for "tuned MiniLM".
""",
    answer="together",
    starter='''
def together(words, i, j, log_odds):
    """How much more word i does while word j is there: one number.

    Example: if z is 1 for "not dull", -2 for "dull", 0 for "not" and 0.5 for "", then
    together(["not", "dull"], 0, 1, z) is (1 - -2) - (0 - 0.5) = 3.5.
    """
    return ...  # your turn
''',
    hints=(
        "Which four texts does the formula ask for? Write a small function that joins the words "
        "but for some places.",
        "Keep the words whose place isn't among those left out; enumerate gives places. If you use "
        "del or pop instead, take out the later place first.",
    ),
    solution=SOLUTION,
    stages={"shape": shape, "values": values, "real data": real},
    wrong=(
        Wrong(
            "turns the sign round",
            "the sign is turned round",
            ("(whole - no_i) - (no_j - neither)", "(no_j - neither) - (whole - no_i)"),
        ),
        Wrong(
            "gives one effect",
            "the effect of word i alone",
            ("(whole - no_i) - (no_j - neither)", "whole - no_i"),
        ),
        Wrong(
            "gives the other effect",
            "the effect of word j alone",
            ("(whole - no_i) - (no_j - neither)", "whole - no_j"),
        ),
        Wrong(
            "gives what both do",
            "that is what both do",
            ("(whole - no_i) - (no_j - neither)", "whole - neither"),
        ),
        Wrong(
            "forgets the fourth text",
            "without both words is missing",
            ("(whole - no_i) - (no_j - neither)", "whole - no_i - no_j"),
        ),
        Wrong(
            "subtracts the fourth",
            "has the wrong sign",
            ("(whole - no_i) - (no_j - neither)", "whole - no_i - no_j - neither"),
        ),
        Wrong(
            "adds the effects",
            "are added up",
            ("(whole - no_i) - (no_j - neither)", "(whole - no_i) + (no_j - neither)"),
        ),
        Wrong(
            "goes by value",
            "not by their place",
            code="""
def together(words, i, j, log_odds):
    def without(*out):
        return " ".join(word for word in words if word not in out)

    a, b, c, d = log_odds([without(), without(words[i]), without(words[j]),
                           without(words[i], words[j])])
    return a - b - c + d
""",
        ),
        Wrong(
            "lets places move",
            "have moved",
            code="""
def together(words, i, j, log_odds):
    def without(*places):
        left = list(words)
        for place in places:
            left = left[:place] + left[place + 1:]
        return " ".join(left)

    a, b, c, d = log_odds([without(), without(i), without(j), without(i, j)])
    return a - b - c + d
""",
        ),
        Wrong(
            "pops one after the other",
            "have moved",
            code="""
def together(words, i, j, log_odds):
    def z(*places):
        left = list(words)
        for place in places:
            left.pop(place)
        return log_odds([" ".join(left)])[0]

    return z() - z(i) - z(j) + z(i, j)
""",
        ),
        Wrong(
            "removes the first word alike",
            "not by their place",
            code="""
def together(words, i, j, log_odds):
    def z(*out):
        left = list(words)
        for word in out:
            left.remove(word)
        return log_odds([" ".join(left)])[0]

    return z() - z(words[i]) - z(words[j]) + z(words[i], words[j])
""",
        ),
        Wrong(
            "compares the two words",
            "compares word i's effect with word j's",
            ("(whole - no_i) - (no_j - neither)", "(whole - no_i) - (whole - no_j)"),
        ),
        Wrong(
            "leaves a gap",
            "two spaces are left",
            code="""
def together(words, i, j, log_odds):
    def without(*places):
        return " ".join("" if k in places else word for k, word in enumerate(words))

    a, b, c, d = log_odds([without(), without(i), without(j), without(i, j)])
    return a - b - c + d
""",
        ),
        Wrong(
            "returns all four",
            "expected a single number",
            ("return (whole - no_i) - (no_j - neither)", "return whole, no_i, no_j, neither"),
            fails="shape",
        ),
        Wrong(
            "asks for one text at a time, not in a list",
            "takes a list of texts",
            ("log_odds([without(), without(i), without(j), without(i, j)])", "log_odds(without())"),
            fails="shape",
        ),
    ),
    right=(
        Right(
            "by deleting from behind, one call each",
            code="""
def together(words, i, j, log_odds):
    def z(*places):
        left = list(words)
        for place in sorted(places, reverse=True):
            del left[place]
        return float(log_odds([" ".join(left)])[0])

    return z() - z(i) - z(j) + z(i, j)
""",
        ),
        Right(
            "by effects",
            code="""
import numpy as np


def together(words, i, j, log_odds):
    def effect(kept, place):
        z = log_odds([" ".join(words[k] for k in kept),
                      " ".join(words[k] for k in kept if k != place)])
        return np.subtract(*z)

    everything = range(len(words))
    return effect(everything, i) - effect([k for k in everything if k != j], i)
""",
        ),
        Right(
            "by signs, as an array without axes",
            code="""
import numpy as np


def together(words, i, j, log_odds):
    out = [(), (i,), (j,), (i, j)]
    texts = [" ".join(w for k, w in enumerate(words) if k not in some) for some in out]
    return np.array(log_odds(texts)) @ np.array([1, -1, -1, 1])
""",
        ),
        Right(
            "as a float64 tensor",
            code="""
import torch


def together(words, i, j, log_odds):
    blank = [[w for k, w in enumerate(words) if k not in o] for o in ([], [i], [j], [i, j])]
    z = torch.as_tensor(log_odds([" ".join(text) for text in blank]))
    return z[0] - z[1] - z[2] + z[3]
""",
        ),
    ),
    shows="In a sum, two words never do anything together. Do 'not' and 'dull', in a transformer?",
)
