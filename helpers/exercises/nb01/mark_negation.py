"""01-mark-negation: NOT_ before every token from a negation to the next mark of punctuation."""

import re
from functools import cache

import numpy as np

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_list
from helpers.sources import corpora

MARKS, NEGATIONS = (".", ",", ";", ":", "!", "?"), ("not", "no", "n't")
TEXTS = (
    *(
        "good",
        "",
        "it is not good .",
        "not good , but long",
        "no plot",
        "is n't funny",
        "why not ?",
    ),
    *(
        "is n't very funny . great cast",
        "not a bad film",
        "no . not",
        "not good ; fine : no end ! or ?",
    ),
    *(
        "nothing to note",
        "i cannot know , can i ?",
        "a knot . nor a note",
        "it never ends",
        "nobody knew , neither did i",
        "not well-made - or so .",
    ),
    *("well ... not ... bad", "! good", "not !", "no , no , no", "no way ? yes", "not one : two"),
    *(
        "n't",
        "good not bad",
        "not a b c d e f g h i j k l m n o p , q r s t",
        "it is good , is n't it",
    ),
)
TOKENS = re.compile(r"n't\b|\w+(?=n't)|[\w'-]+|[.,;:!?]")


def _marked(
    tokens: list[str],
    marks: tuple[str, ...] = MARKS,
    negations: tuple[str, ...] = NEGATIONS,
    itself: bool = False,
    most: int = 10**6,
    off: bool = True,
    word: str = "NOT_",
) -> list[str]:
    """Return the right marking, or that of a known mistake."""
    marked, left = [], 0
    for token in tokens:
        if token in marks and off:
            left = 0
        if itself and token in negations:
            left = most
        marked.append(word + token if left else token)
        left = most if token in negations else max(0, left - 1)
    return marked


MISTAKES = {
    "nothing is marked; not, no and n't all begin a negation": lambda t: list(t),
    **{
        f"{' and '.join(sorted(set(NEGATIONS) - set(some)))} should begin a negation too": (
            lambda t, some=some: _marked(t, negations=some)
        )
        for some in (("not",), ("no",), ("n't",), ("not", "no"), ("not", "n't"), ("no", "n't"))
    },
    "the marking stops at the next mark of punctuation, which isn't marked itself": (
        lambda t: _marked(t, off=False)
    ),
    "each of the marks . , ; : ! ? ends a negation, not the full stop alone": (
        lambda t: _marked(t, marks=(".",))
    ),
    "each of the marks . , ; : ! ? ends a negation, not . and , alone": (
        lambda t: _marked(t, marks=(".", ","))
    ),
    "each of the marks . , ; : ! ? ends a negation, not . ! ? alone": (
        lambda t: _marked(t, marks=(".", "!", "?"))
    ),
    "the marking starts after the negation word, which stays as it is": (
        lambda t: _marked(t, itself=True)
    ),
    "every word is marked up to the next punctuation, not the first one only": (
        lambda t: _marked(t, most=1)
    ),
    "every word is marked up to the next punctuation, not two of them": (
        lambda t: _marked(t, most=2)
    ),
    "every word is marked up to the next punctuation, not three of them": (
        lambda t: _marked(t, most=3)
    ),
    "the mark is `NOT_`, as the task writes it": lambda t: _marked(t, word="not_"),
    "the mark is `NOT_`, with its underscore": lambda t: _marked(t, word="NOT"),
}


def _free(tokens: list[str]) -> set[int]:
    """Return the places that the task leaves open: from a second negation to the next mark."""
    open_to, free, scope = False, set(), False
    for place, token in enumerate(tokens):
        if token in MARKS:
            scope = open_to = False
        elif token in NEGATIONS:
            open_to, scope = scope, True
        if open_to:
            free.add(place)
    return free


def _read(result: object, expected: list[str]) -> list[str]:
    """Return the answer's tokens, with the expected ones where the task leaves them open."""
    got = as_list(result, str, "tokens")
    tokens = [token.removeprefix("NOT_") for token in expected]
    if len(got) != len(tokens):
        raise Diagnosis(
            f"You return {len(got)} tokens for {len(tokens)}, {' '.join(got)[:80]!r}; "
            "mark them, don't drop or add any."
        )
    for place in _free(tokens):
        if got[place].removeprefix("NOT_") == tokens[place]:
            got[place] = expected[place]
    return got


@cache
def _cases() -> list[Case]:
    random = np.random.default_rng(102)
    words = np.array([*("a", "film", "good", "not", "no", "n't", "know", "-"), *MARKS])
    drawn = [random.choice(words, n).tolist() for n in (3, 6, 6, 9, 9, 9, 20, 20, 20, 60, 400)]
    tried = [*(text.split() for text in TEXTS), *drawn]
    return [Case((tokens,), f"the tokens of {' '.join(tokens)[:120]!r}") for tokens in tried]


@cache
def _reviews() -> list[Case]:
    """Return reviews with their punctuation cut off the words, those with a negation first."""
    texts = corpora.load("movie-reviews").validation.texts
    tokens = [TOKENS.findall(text.lower()) for text in texts]
    tokens.sort(key=lambda words: (not set(words) & set(NEGATIONS), len(words)))
    return [Case((words,), f"the film review {' '.join(words)[:120]!r}") for words in tokens[:200]]


def _shape(answer: Answer) -> None:
    for text in ("it is not good .", "no plot"):
        _read(answer.result(text.split()), _marked(text.split()))


def _values(answer: Answer) -> None:
    against(answer, _marked, _cases(), mistakes=MISTAKES, read=_read)


def _real(answer: Answer) -> None:
    against(answer, _marked, _reviews(), mistakes=MISTAKES, read=_read)


MARK_NEGATION = Exercise(
    name="01-mark-negation",
    title="Glue the negation on",
    difficulty=3,
    minutes=15,
    prompt="""
An old trick for models of single words (Das and Chen, 2001): after *not*, *no* or *n't*, write
`NOT_` before every token up to the next of the marks `. , ; : ! ?`. So "it is not good ." becomes
"it is not NOT_good .". What happens to a second negation before the mark is up to you.

The check looks at the function alone. Then measure it, as a fifth treatment: after the cells of
the section on "not", run `glued = 100 * (correct(mark_negation) - hits["all tokens"])` and look at
`glued[:, negated].mean(axis=1)`. Does gluing gain more than keeping the negations does, and do the
shuffles agree? (The solution has the numbers.)
""",
    answer="mark_negation",
    starter='''
def mark_negation(tokens):
    """A list of tokens -> a list of as many tokens, some with NOT_ before them.

    Example: ["not", "good", ",", "but", "long"] gives ["not", "NOT_good", ",", "but", "long"].
    """
    return ...  # your turn
''',
    hints=(
        "Go through the tokens with one variable that says whether marking is on.",
        "Three things can happen at a token: a punctuation mark switches marking off, the token is "
        "written down (marked or not), and a negation switches marking on. The order matters.",
    ),
    solution="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        # First the mark, which isn't marked itself; last the negation, which isn't either.
        if token in {".", ",", ";", ":", "!", "?"}:
            on = False
        marked.append("NOT_" + token if on else token)
        if token in {"not", "no", "n't"}:
            on = True
    return marked


# Measured on the opinions with a negation, in the notebook's five shuffles: against all tokens,
# gluing gains 0.7 points (0.1, 0.3, 1.1, 0.7, 1.3), on top of the 0.9 for keeping the negations.
# All five agree in sign, but a single shuffle could have said "hardly anything".
# Another way: cut the list at the marks, and in each piece mark what follows the first negation.
""",
    stages={"shape": _shape, "values": _values, "real data": _real},
    wrong=(
        Wrong(
            "returns a text",
            "(a str), expected a list of tokens",
            ("return marked", 'return " ".join(marked)'),
            fails="shape",
        ),
        Wrong(
            "drops the negation word",
            "don't drop",
            fails="shape",
            code="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        on = on and token not in {".", ",", ";", ":", "!", "?"}
        if token in {"not", "no", "n't"}:
            on = True
        else:
            marked.append("NOT_" + token if on else token)
    return marked
""",
        ),
        Wrong(
            "marks nothing",
            "nothing is marked",
            code="""
def mark_negation(tokens):
    return list(tokens)
""",
        ),
        Wrong("knows only not", "n't and no should begin", ('{"not", "no", "n\'t"}', '{"not"}')),
        Wrong("forgets n't", "n't should begin", ('{"not", "no", "n\'t"}', '{"not", "no"}')),
        Wrong(
            "knows only the full stop",
            "not the full stop alone",
            ('{".", ",", ";", ":", "!", "?"}', '{"."}'),
        ),
        Wrong(
            "knows only the ends of sentences",
            "not . ! ? alone",
            ('{".", ",", ";", ":", "!", "?"}', '".!?"'),
        ),
        Wrong("forgets the colon", "expected [", ('";", ":",', '";",')),
        Wrong(
            "never stops",
            "which isn't marked itself",
            ("on = False\n        marked", "pass\n        marked"),
        ),
        Wrong(
            "marks the mark before it stops",
            "expected [",
            code="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        marked.append("NOT_" + token if on else token)
        if token in {".", ",", ";", ":", "!", "?"}:
            on = False
        if token in {"not", "no", "n't"}:
            on = True
    return marked
""",
        ),
        Wrong(
            "marks the negation itself",
            "starts after the negation word",
            code="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        on = (on or token in {"not", "no", "n't"}) and token not in {".", ",", ";", ":", "!", "?"}
        marked.append("NOT_" + token if on else token)
    return marked
""",
        ),
        Wrong(
            "marks one word only",
            "not the first one only",
            (
                'if token in {"not", "no", "n\'t"}:\n            on = True',
                'on = token in {"not", "no", "n\'t"}',
            ),
        ),
        Wrong(
            "looks for a negation within a word",
            "expected [",
            ('token in {"not", "no", "n\'t"}', 'any(n in token for n in ("not", "no", "n\'t"))'),
        ),
        Wrong(
            "takes every token without letters for a mark",
            "expected [",
            ('token in {".", ",", ";", ":", "!", "?"}', "not any(map(str.isalpha, token))"),
        ),
        Wrong("marks in lower case", "as the task writes it", ('"NOT_" + token', '"not_" + token')),
        Wrong(
            "stops at the first mark for good",
            "expected [",
            code="""
def mark_negation(tokens):
    for i, token in enumerate(tokens):
        if token in {"not", "no", "n't"}:
            ends = [j for j, t in enumerate(tokens) if j > i and t in list(".,;:!?")]
            end = ends[0] if ends else len(tokens)
            return tokens[: i + 1] + ["NOT_" + t for t in tokens[i + 1 : end]] + tokens[end:]
    return list(tokens)
""",
        ),
        Wrong(
            "changes its input",
            "changes its input",
            fails="shape",
            code="""
def mark_negation(tokens):
    on = False
    for i, token in enumerate(tokens):
        on = on and token not in {".", ",", ";", ":", "!", "?"}
        if on:
            tokens[i] = "NOT_" + token
        on = on or token in {"not", "no", "n't"}
    return tokens
""",
        ),
    ),
    right=(
        Right(
            "as a generator",
            code="""
def mark_negation(tokens):
    on = False
    for token in tokens:
        on = on and token not in list(".,;:!?")
        yield f"NOT_{token}" if on else token
        on = on or token in ("not", "no", "n't")
""",
        ),
        Right(
            "with a second negation left alone",
            code="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        if token in {".", ",", ";", ":", "!", "?"}:
            on = False
        if token in {"not", "no", "n't"}:
            on = True
            marked.append(token)
        else:
            marked.append("NOT_" * on + token)
    return tuple(marked)
""",
        ),
        Right(
            "with a second negation that ends the first",
            code="""
def mark_negation(tokens):
    marked, on = [], False
    for token in tokens:
        if token in {".", ",", ";", ":", "!", "?"}:
            on = False
        if token in {"not", "no", "n't"}:
            on = not on
            marked.append(token)
        else:
            marked.append("NOT_" + token if on else token)
    return marked
""",
        ),
        Right(
            "by recursion over the marks, as an array",
            code="""
import numpy as np


def mark_negation(tokens):
    result = []
    clause = []
    for token in [*tokens, None]:
        if token is None or token in ".,;:!?" and len(token) == 1:
            starts = [i for i, t in enumerate(clause) if t in ("not", "no", "n't")]
            start = starts[0] if starts else len(clause)
            result += clause[: start + 1] + ["NOT_" + t for t in clause[start + 1 :]]
            result += [token] if token else []
            clause = []
        else:
            clause.append(token)
    return np.array(result, dtype=object)
""",
        ),
    ),
    shows='After "not", "good" is now another word, even for a model that counts single words.',
)
