"""10-words: WordPiece's tokens joined to words again, each with the place of its first token."""

from functools import cache

from helpers.exercises.against import Case, against
from helpers.exercises.answer import Answer
from helpers.exercises.diagnosis import Diagnosis
from helpers.exercises.exercise import Exercise, Right, Wrong
from helpers.exercises.plain import as_list, as_number, short
from helpers.sources import assets, corpora
from helpers.text import fast_tokens

SPECIAL = ("[CLS]", "[SEP]", "[PAD]")
SMALL = (
    ["oil"],
    ["token", "##ization"],
    ["[CLS]", "bank", "##s", "rise", "[SEP]"],
    [],
    ["[CLS]", "[SEP]"],
    ["[CLS]", "br", "##ex", "##it", "vote", "[SEP]", "[PAD]", "[PAD]"],
    ["[CLS]", "[UNK]", "said", "[UNK]", "[SEP]"],
    ["[CLS]", "#", "1", "##st", "##s", ".", "[SEP]"],
    ["rate", "##s", "-", "rate", "##s"],
    ["[CLS]", "#", "#", "x", "[SEP]", "[PAD]"],
    ["a", "##b", "##c", "##d", "e"],
    ["[CLS]", "[", "bank", "##s", "]", "[SEP]"],
)


def hash_joins(tokens: list[str], whole: bool = True) -> list[tuple[str, int]]:
    """Return the words if one `#` were enough to continue a word; ``whole``: if there is one."""
    words: list[tuple[str, int]] = []
    for i, token in enumerate(tokens):
        if token in SPECIAL:
            continue
        if token.startswith("#") and (words or not whole):
            word, place = words[-1]
            words[-1] = (word + token[2:], place)
        else:
            words.append((token, i))
    return words


def joined(
    tokens: list[str],
    special: tuple[str, ...] = SPECIAL,
    keep: bool = False,
    place: str = "first",
    counted: str = "all",
) -> list[tuple[str, int]]:
    """Return the words with their places, or those of a known mistake."""
    words: list[tuple[str, int]] = []
    real = 0
    for i, token in enumerate(tokens):
        if token in special:
            continue
        here = {"all": i, "real": real, "words": len(words)}[counted]
        real += 1
        if token.startswith("##") and words:
            word, first = words[-1]
            grown = word + (token if keep else token[2:])
            words[-1] = (grown, here if place == "last" else first)
        else:
            words.append((token, here))
    return words


MISTAKES = {
    "[CLS], [SEP] and [PAD] are no words; leave them out": lambda t: joined(t, special=()),
    "padding is no word either; leave [PAD] out": lambda t: joined(t, special=("[CLS]", "[SEP]")),
    "the ## of a token belongs to no word; cut it off": lambda t: joined(t, keep=True),
    "that is the place of each word's last token; its first is asked for": (
        lambda t: joined(t, place="last")
    ),
    "places count all tokens, [CLS] too, since a model gives an answer for each of them": (
        lambda t: joined(t, counted="real")
    ),
    "places begin at 0, so the first token of all has the place 0": (
        lambda t: [(word, i + 1) for word, i in joined(t)]
    ),
    "that numbers the words; the place of a token among all tokens is asked for": (
        lambda t: joined(t, counted="words")
    ),
    "[UNK] is a word too, an unknown one; keep it": lambda t: joined(
        t, special=(*SPECIAL, "[UNK]")
    ),
    "each token became a word; one with ## belongs to the word before it": (
        lambda t: [(token, i) for i, token in enumerate(t) if token not in SPECIAL],
        lambda t: [
            (token.removeprefix("##"), i) for i, token in enumerate(t) if token not in SPECIAL
        ],
    ),
    "a lone # is a word; only a token that begins with ## continues one": (
        lambda t: hash_joins(t),
        lambda t: hash_joins(t, whole=False),
        lambda t: [(word, i) for word, i in joined(t) if word != "#"],
        lambda t: [(word.replace("#", ""), i) for word, i in joined(t)],
    ),
    "the last word is missing; no token after it says that it has ended": lambda t: joined(t)[:-1],
    "a bracket is a word like any other mark; leave out the three special tokens alone": (
        lambda t: [(word, i) for word, i in joined(t) if word not in "[]"],
        lambda t: [(word, i) for word, i in joined(t) if word[0] != "[" or word == "[UNK]"],
    ),
}


@cache
def real_tokens() -> list[list[str]]:
    """Return the tokens of newsroom's validation items, some with padding behind."""
    minilm = fast_tokens.load(assets.path("minilm-l6") / "tokenizer.json")
    texts = corpora.load("newsroom").validation.texts
    return [
        minilm.encode(text).tokens + ["[PAD]"] * (i % 3) for i, text in enumerate(texts) if i < 60
    ]


def _read(result: object, expected: object) -> list[tuple[str, int]]:
    pairs = []
    for item in as_list(result, what="pairs"):
        pair = as_list(item, what="a word and a place")
        if len(pair) != 2 or not isinstance(pair[0], str):
            raise Diagnosis(f"An item is {short(item)}; expected a word and a place.")
        pairs.append((str(pair[0]), int(as_number(pair[1]))))
    return pairs


def _values(answer: Answer) -> None:
    against(answer, joined, [(tokens,) for tokens in SMALL], ["tokens"], MISTAKES, _read)


def _real(answer: Answer) -> None:
    cases = [Case((tokens,), f"the tokens {short(tokens, 120)}") for tokens in real_tokens()]
    against(answer, joined, cases, mistakes=MISTAKES, read=_read)


WORDS = Exercise(
    name="10-words",
    title="From pieces back to words",
    difficulty=2,
    minutes=10,
    prompt="""
A model that finds names in texts gives an answer for each *token*, but people want one for each
*word*; usually the answer at the word's first token is taken. So write `words(tokens)`: from
WordPiece's tokens of one text, return a list of pairs, each a word and the place of its first
token. Places begin at 0 and count all tokens. A token that begins with `##` continues the word
before it, without its `##`. `[CLS]`, `[SEP]` and `[PAD]` are not words; `[UNK]` is one. A lone
`#` is a word like any other mark.
""",
    answer="words",
    starter='''
def words(tokens):
    """Tokens -> pairs (word, place of its first token).

    Example: ["[CLS]", "bank", "##s", "rise", "[SEP]"] gives [("banks", 1), ("rise", 3)].
    """
    return ...  # your turn
''',
    hints=(
        "Go through enumerate(tokens). Which two things can a token do: begin a word, or continue "
        "the last one?",
        "Skip the three special tokens first. If token.startswith('##'), replace the last pair by "
        "(word + token[2:], place); otherwise append (token, i).",
    ),
    solution="""
def words(tokens):
    found = []
    for i, token in enumerate(tokens):  # i counts [CLS] too: the model's outputs do so
        if token in ("[CLS]", "[SEP]", "[PAD]"):
            continue
        if token.startswith("##"):
            word, place = found[-1]
            found[-1] = (word + token[2:], place)  # the place stays that of the first token
        else:
            found.append((token, i))
    return found


# Another way: list the places where words begin, then join the tokens from one to the next.
""",
    stages={"values": _values, "real data": _real},
    wrong=(
        Wrong("keeps the marks", "belongs to no word", ("token[2:]", "token")),
        Wrong(
            "keeps special tokens",
            "are no words",
            ('if token in ("[CLS]", "[SEP]", "[PAD]")', "if False"),
        ),
        Wrong("keeps padding", "padding is no word", (', "[PAD]")', ")")),
        Wrong("drops [UNK]", "[UNK] is a word too", ('"[PAD]")', '"[PAD]", "[UNK]")')),
        Wrong("gives the last place", "last token", ("token[2:], place)", "token[2:], i)")),
        Wrong("numbers the words", "numbers the words", ("(token, i)", "(token, len(found))")),
        Wrong(
            "counts without [CLS]",
            "a model gives an answer for each",
            (
                "enumerate(tokens)",
                "enumerate(t for t in tokens if t[0] + t[-1] != '[]' or t == '[UNK]')",
            ),
        ),
        Wrong("counts from 1", "places begin at 0", ("enumerate(tokens)", "enumerate(tokens, 1)")),
        Wrong("never joins", "belongs to the word before it", ('token.startswith("##")', "False")),
        Wrong("takes # for ##", "a lone # is a word", ('startswith("##")', 'startswith("#")')),
        Wrong(
            "takes # for ## after a word",
            "a lone # is a word",
            ('token.startswith("##")', '"#" in token and found'),
        ),
        Wrong(
            "forgets the last word",
            "no token after it",
            ("return found", "return found[:-1]"),
        ),
        Wrong(
            "takes a bracket for a special token",
            "a bracket is a word",
            ('if token in ("[CLS]", "[SEP]", "[PAD]")', 'if token[0] == "[" and token != "[UNK]"'),
        ),
        Wrong("drops a lone #", "a lone # is a word", ('"[PAD]")', '"[PAD]", "#")')),
        Wrong(
            "cuts off every #",
            "a lone # is a word",
            ("(token, i)", '(token.replace("#", ""), i)'),
        ),
        Wrong(
            "returns words alone",
            "a word and a place",
            ("return found", "return [w for w, _ in found]"),
        ),
    ),
    right=(
        Right("lists instead of tuples", ("return found", "return [list(pair) for pair in found]")),
        Right("as a generator", ("return found", "return (pair for pair in found)")),
        Right(
            "by the places where words begin",
            code="""
def words(tokens):
    real = [(i, t) for i, t in enumerate(tokens) if t not in {"[CLS]", "[SEP]", "[PAD]"}]
    starts = [k for k, (_, t) in enumerate(real) if not t.startswith("##")] + [len(real)]
    return [
        ("".join(t.removeprefix("##") for _, t in real[a:b]), real[a][0])
        for a, b in zip(starts, starts[1:])
    ]
""",
        ),
        Right(
            "in numpy",
            code="""
import numpy as np


def words(tokens):
    special = np.isin(np.array(tokens, dtype=object), ["[CLS]", "[SEP]", "[PAD]"])
    places, spelled = [], []
    for i in np.flatnonzero(~special):
        if tokens[i][:2] == "##":
            spelled[-1] += tokens[i][2:]
        else:
            places.append(i)
            spelled.append(tokens[i])
    return list(zip(spelled, np.array(places)))
""",
        ),
    ),
    shows="The model answers for each token; a word takes the answer at its first one.",
)
