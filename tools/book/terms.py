"""The glossary: the key terms as the notebooks mark them, ``*word vector* (词向量)``.

Each term keeps the sentence and the section where it is first given, with the sentence before or
after, or the formula below, where it says little alone. Nothing is written twice: whoever adds a
term to a notebook adds it to the glossary.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

HAN = r"[\u4e00-\u9fff]"
FORMS = (
    re.compile(rf"(?<!\*)\*{{1,2}}([^*\n()]{{2,60}})\*{{1,2}} ?\(([^()*]*{HAN}[^()*]*)\)"),
    re.compile(rf"\*{{1,2}}([^*\n()]{{2,60}}) \(([^()]*{HAN}[^()]*)\)\*{{1,2}}"),
    re.compile(rf"\(\*{{1,2}}([^*\n()]{{2,60}})\*{{1,2}}, ([^()]*{HAN}[^()]*)\)"),
)
NO_PROSE = re.compile(r"```.*?```|^\|.*$|^#.*$", re.DOTALL | re.MULTILINE)
SENTENCE = re.compile(r"(?:(?<=[.!?])(?<! al\.)|(?<=[.!?]\))|(?<=[.!?]\*\*)) +(?=[A-Z*\"“$(`\d])")

BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+\.) )")  # a paragraph or an item of a list ends
FORMULA = re.compile(r"\s*\$\$(.+?)\$\$\s*$", re.DOTALL)
WIDE = 90  # letters of LaTeX that a table's column has room for, about
POINTS_BACK = re.compile(
    r"\W*(?:This|That|That's|These|Those|They|They're|It|It's|Its|Then|Together|Once|So|There|"
    r"Their|Such|Both|(?:Taking|To find) (?:it|them)),? "
)
SHORT = 9  # words of a sentence that says little alone
LONG = 50  # words of an entry to which nothing is added


@dataclass(frozen=True)
class Term:
    """English and Chinese, where it is given first (page and heading), and in which sentence."""

    english: str
    chinese: str
    page: str
    section: str
    sentence: str


def terms(chapters: Iterable[tuple[str, list[str]]]) -> list[Term]:
    """Return the terms of all chapters, each once, in the alphabet's order.

    Parameters
    ----------
    chapters
        Name of the page and the Markdown of its cells, in the course's order.
    """
    pages = [(page, cells) for page, cells in chapters]
    everything = " ".join(text for _, cells in pages for text in cells)
    found: dict[str, Term] = {}
    for page, cells in pages:
        section = ""
        for text in cells:
            blocks = BLOCK.split(NO_PROSE.sub(lambda m: kept(m[0]), text))
            for block, below in zip(blocks, [*blocks[1:], ""], strict=True):
                if heading := re.match(r"#+ (.+)", block.strip()):
                    section = heading[1].strip()
                for term in in_block(block, below, page, section, everything):
                    found.setdefault(key(term), term)
    return sorted(found.values(), key=lambda term: term.english.casefold())


def kept(block: str) -> str:
    """Return a heading, set apart; nothing of code and tables."""
    return f"\n\n{block}\n\n" if block.startswith("#") else ""


def in_block(block: str, below: str, page: str, section: str, everything: str) -> Iterable[Term]:
    """Yield the terms of one paragraph, above the block ``below``."""
    sentences = SENTENCE.split(re.sub(r"\s+", " ", block.strip()))
    found = FORMULA.match(below)
    formula = in_a_line(found[1]) if found else ""
    for place, sentence in enumerate(sentences):
        for form in FORMS:
            for english, chinese in form.findall(sentence):
                word = as_in_a_dictionary(english.strip(), everything)
                if re.search(HAN, word) or len(word.split()) > 5:
                    continue
                said = explained(sentences, place, formula)
                yield Term(word, han_part(chinese), page, section, plain(said))


def in_a_line(latex: str) -> str:
    """Return a formula for a table: its first part, without a frame; … if that is too wide.

    >>> in_a_line(r"\\boxed{\\,x = 1\\,}"), in_a_line(r"x = 1, \\qquad y = 2.")
    ('$x = 1$', '$x = 1$')
    """
    whole = re.sub(r"^\\boxed\{(.*)\}$", r"\1", " ".join(latex.split()))
    first = re.split(r"\\q?quad", whole)[0]
    first = re.sub(r"^(?:\\,|\s)+|(?:\\,|[\s,.])+$", "", first)
    return "…" if len(first) > WIDE or r"\begin" in first else f"${first}$"


def explained(sentences: list[str], place: int, formula: str) -> str:
    """Return a paragraph's sentence with what it needs to be understood alone.

    >>> explained(["Cut it.", "That is *chopping* (切)."], 1, "")
    'Cut it. That is *chopping* (切).'
    >>> explained(["The *square* (平方) is"], 0, "$x^2$")
    'The *square* (平方) is $x^2$'
    """
    said = sentences[place]
    following = sentences[place + 1 :][:1]
    short = len(re.sub(r"\([^)]*\)", "", said).split()) < SHORT
    begins = re.match(r"(?:A |An |The )?\*", said)  # with the term itself
    if place and (POINTS_BACK.match(said) or (short and not begins)):
        said = f"{sentences[place - 1]} {said}"
    elif following and (short or (said.endswith("?") and POINTS_BACK.match(following[0]))):
        said, following = f"{said} {following[0]}", sentences[place + 2 :][:1]
    if formula and not following and said.rstrip("*")[-1] not in ".!?":
        said = f"{said} {formula}"
        said = re.sub(r"(?:;[^;()]*)?[:;,] …$", ".", said)  # what is only a formula's legend
    return said if len(said.split()) <= LONG else sentences[place]


def key(term: Term) -> str:
    """Return what is the same for a term's singular and plural."""
    word = term.english.casefold()
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def han_part(text: str) -> str:
    """Return the part of a bracket that holds the Chinese.

    >>> han_part("点互信息, PMI; Church and Hanks, 1990")
    '点互信息'
    """
    return next(part.strip() for part in re.split(r"[;,；，]", text) if re.search(HAN, part))


def as_in_a_dictionary(word: str, everything: str) -> str:
    """Return a word without the capital of a sentence's start, unless it is a name.

    A name has another capital or a digit in its first word, or is written so within a sentence.

    >>> as_in_a_dictionary("Cleaning", "Cleaning a text. More cleaning."), \\
    ... as_in_a_dictionary("Jaccard similarity", "The Jaccard similarity.")
    ('cleaning', 'Jaccard similarity')
    """
    first = word.split()[0]
    within = re.search(rf"[a-z,] \*{{0,2}}{re.escape(first)}\b", everything)
    small = first[0].lower() + first[1:]
    used = re.search(rf"(?<![\w]){re.escape(small)}", everything)
    if not used and (within or re.search(r"[A-Z\d']", first[1:])):
        return word
    return small + word[len(first) :]


def plain(sentence: str) -> str:
    """Return a sentence for the glossary: no bold, no list's mark, links as words."""
    text = re.sub(r"^\s*(?:[-*+]|\d+\.) ", "", sentence)
    text = re.sub(r"(?<!!)\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return text.replace("**", "").strip()
