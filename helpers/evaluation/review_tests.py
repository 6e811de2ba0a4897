"""Behavioural tests of film reviews, and texts that teach negation: frames and words as data.

Notebook 16 writes a few of them and explains all. The score is the probability of praise. The
frames and words of :func:`taught_negations` occur in no test, so what is learned from them can be
tested on others.
"""

import random
import re
from collections.abc import Sequence

from helpers.evaluation.behaviour_cases import BehaviourTest, Case, fill

PRAISE = ["wonderful", "delightful", "brilliant", "moving", "funny", "gripping", "beautiful"]
BLAME = ["dull", "boring", "terrible", "clumsy", "stupid", "tedious", "pretentious"]
THINGS = ["film", "story", "acting"]
VERY = ["very", "really", "extremely", "incredibly", "truly"]
SOMEWHAT = ["somewhat", "rather", "a little", "fairly"]
WOMEN = ["Emily", "Anne", "Lakisha", "Aisha", "Mei", "Carmen"]
MEN = ["Greg", "Brad", "Jamal", "Darnell", "Wei", "Carlos"]
COUNTRIES = ["French", "Japanese", "Indian", "Mexican", "Iranian", "Nigerian", "German", "Russian"]
REAL = 80  # real reviews in each test that uses some
_HE = {"he": "she", "his": "her", "him": "her", "himself": "herself"}
_HE |= {"man": "woman", "men": "women", "actor": "actress", "actors": "actresses"}


def minimum() -> list[BehaviourTest]:
    """Return the tests of texts whose side is plain: praise, blame, and what turns them round."""
    rows = [
        ("praise", 1, PRAISE, "The {thing} is {word}.", "A {word} piece of work."),
        ("blame", -1, BLAME, "The {thing} is {word}.", "It is {word} from start to end."),
        (
            "praise negated",
            -1,
            PRAISE,
            "The {thing} is not {word}.",
            "This isn't a {word} film.",
            "Nothing about the {thing} is {word}.",
            "I didn't find it {word}.",
        ),
        (
            "blame negated",
            1,
            BLAME,
            "The {thing} is never {word}.",
            "There isn't a {word} moment in it.",
            "Nothing about the {thing} is {word}.",
            "I didn't find it {word} for a second.",
        ),
        (
            "negated twice",
            1,
            PRAISE,
            "Nobody can say that the {thing} is not {word}.",
            "It isn't true that the {thing} isn't {word}.",
            "There is no way not to find it {word}.",
        ),
        (
            "negation elsewhere",
            1,
            PRAISE,
            "I was not the only one who found it {word}.",
            "The cinema was not full, but the {thing} is {word}.",
            "I don't know the book, and the film is {word}.",
        ),
        (
            "not only",
            1,
            PRAISE,
            "The {thing} is not only {word} but also clever.",
            "It is not just {word}, it is a joy.",
        ),
    ]
    tests = []
    for name, wanted, words, *templates in rows:
        cases = []
        for frame in templates:
            things = {"thing": THINGS} if "{thing}" in frame else {}
            cases += fill(frame, wanted, word=words, **things)
        tests.append(BehaviourTest(name, "minimum", tuple(cases)))
    return [*tests, _order()]


def _order() -> BehaviourTest:
    """Return texts in pairs of the same words, of which only the order tells the side."""
    cases = []
    for good, bad in zip(PRAISE, BLAME, strict=True):
        for frame in (
            "I used to find these films {one}, now I find them {two}.",
            "What began as {one} became {two}.",
            "I expected something {one}, and it was {two}.",
        ):
            cases += [
                Case((frame.format(one=one, two=two),), wanted, frame)
                for one, two, wanted in ((bad, good, 1), (good, bad, -1))
            ]
    return BehaviourTest("then and now", "minimum", tuple(cases))


def direction(texts: Sequence[str], seed: int = 0) -> list[BehaviourTest]:
    """Return the tests of changes that must not lower (or raise) the score, by over 0.1.

    ``texts`` are real reviews, to some of which praise and blame are added.
    """
    some = _drawn(texts, random.Random(seed))
    frame, more = "The {thing} is {word}.", "The {thing} is {how} {word}."
    stronger, weaker = [], []
    for words, sign in ((PRAISE, 1), (BLAME, -1)):
        given = {"thing": THINGS[:2], "word": words}
        stronger += fill((frame, more), sign, how=VERY, **given)
        weaker += fill((frame, more), -sign, how=SOMEWHAT, **given)
    added = {"praise added": (" I loved it.", 1), "blame added": (" I hated it.", -1)}
    tests = {"made stronger": stronger, "made weaker": weaker}
    for name, (end, wanted) in added.items():
        tests[name] = [Case((text, text + end), wanted, "…" + end) for text in some]
    return [BehaviourTest(name, "direction", tuple(cs), 0.1) for name, cs in tests.items()]


def invariance(texts: Sequence[str], seed: int = 0) -> list[BehaviourTest]:
    """Return the tests of changes that must not move a text to the other side.

    ``texts`` are real reviews: some get a typing error, or a remark that says nothing.
    """
    frames = "{who} wrote and directed the film.", "A film with {who} in the main part."
    names = [Case(pair, 0, f) for f in frames for pair in _pairs(f)]
    places = [
        Case((frame.format(""), frame.format(country + " ")), 0, frame)
        for frame in (
            "This {}film is about two sisters.",
            "The {}director filmed it at the seaside.",
            "A family in this {}story looks for a house.",
        )
        for country in COUNTRIES
    ]
    draw = random.Random(seed)
    some, men = _drawn(texts, draw), _drawn([t for t in texts if he_to_she(t) != t], draw)
    remarks = " I saw it on Tuesday.", " It is 97 minutes long."
    tests = {
        "names swapped": names,
        "country named": places,
        "he for she": [Case((text, he_to_she(text)), 0, "he → she") for text in men],
        "typing error": [Case((text, mistyped(text, draw)), 0, "typing error") for text in some],
        "remark added": [Case((t, t + end), 0, "…" + end) for t in some for end in remarks],
    }
    return [BehaviourTest(name, "invariance", tuple(cases)) for name, cases in tests.items()]


def _drawn(texts: Sequence[str], draw: random.Random) -> list[str]:
    """Return at most REAL of the texts."""
    return draw.sample(list(texts), min(REAL, len(texts)))


def _pairs(frame: str) -> list[tuple[str, str]]:
    """Return a frame with a woman's and a man's name, each with each."""
    return [(frame.format(who=she), frame.format(who=he)) for she in WOMEN for he in MEN]


def he_to_she(text: str) -> str:
    """Return a text with men's words made women's (the other way round, "her" would be unclear).

    >>> he_to_she("His best part: he is a man lost in himself.")
    'Her best part: she is a woman lost in herself.'
    """

    def other(found: re.Match) -> str:
        word = _HE[found[0].lower()]
        return word.capitalize() if found[0][0].isupper() else word

    return re.sub(rf"\b({'|'.join(_HE)})\b", other, text, flags=re.IGNORECASE)


def mistyped(text: str, draw: random.Random) -> str:
    """Return a text with two inner letters of one word swapped; one of short words alone as it is.

    >>> mistyped("a dull story", random.Random(0))
    'a dull sotry'
    """
    places = [
        found.start() + i
        for found in re.finditer(r"[^\W\d_]{4,}", text)
        for i in range(1, len(found[0]) - 2)
        if found[0][i] != found[0][i + 1]
    ]
    if not places:
        return text
    at = draw.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def all_tests(texts: Sequence[str], seed: int = 0) -> list[BehaviourTest]:
    """Return all tests; ``texts`` are some real reviews, which no model has been trained on."""
    return [*minimum(), *direction(texts, seed), *invariance(texts, seed)]


def taught_negations(seed: int = 0, count: int = 300) -> tuple[list[str], list[int]]:
    """Return short texts that teach what "not" does, and 1 for praise, 0 for blame.

    Half are negated, half not, and each half is half praise; frames and words are in no test.
    """
    good = ["good", "great", "enjoyable", "lovely", "touching", "warm", "sharp", "tender"]
    bad = ["bad", "poor", "weak", "silly", "bland", "lazy", "flat", "shallow"]
    plain = ["It is {}.", "They made it {}.", "I would call the plot {}.", "The ending felt {}."]
    turned = ["It's hardly {}.", "They did not make it {}.", "I would not call the plot {}."]
    turned += ["The ending never felt {}."]
    draw, texts, praise = random.Random(seed), [], []
    for number in range(count):
        negated, positive = number % 2, number // 2 % 2
        word = draw.choice(good if positive else bad)
        texts.append(draw.choice(turned if negated else plain).format(word))
        praise.append(positive ^ negated)
    return texts, praise
