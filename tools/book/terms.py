"""The glossary: the key terms as the notebooks mark them, ``*word vector* (词向量)``.

Each term keeps the sentence and the section where it is first given. Nothing is written twice:
who adds a term to a notebook adds it to the glossary.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

HAN = r"[\u4e00-\u9fff]"
FORMS = (
    re.compile(rf"(?<!\*)\*{{1,2}}([^*\n()]{{2,60}})\*{{1,2}} ?\(([^()]*{HAN}[^()]*)\)"),
    re.compile(rf"\*{{1,2}}([^*\n()]{{2,60}}) \(([^()]*{HAN}[^()]*)\)\*{{1,2}}"),
    re.compile(rf"\(\*{{1,2}}([^*\n()]{{2,60}})\*{{1,2}}, ([^()]*{HAN}[^()]*)\)"),
)
NO_PROSE = re.compile(r"```.*?```|^\|.*$|^#.*$", re.DOTALL | re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z*\"“$(`\d])")

SHORT = 9  # words of a sentence that says little without the one before it


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
            for block in re.split(r"\n\s*\n", NO_PROSE.sub(lambda m: kept(m[0]), text)):
                if heading := re.match(r"#+ (.+)", block.strip()):
                    section = heading[1].strip()
                for term in in_block(block, page, section, everything):
                    found.setdefault(key(term), term)
    return sorted(found.values(), key=lambda term: term.english.casefold())


def kept(block: str) -> str:
    """Return a heading, set apart; nothing of code and tables."""
    return f"\n\n{block}\n\n" if block.startswith("#") else ""


def in_block(block: str, page: str, section: str, everything: str) -> Iterable[Term]:
    """Yield the terms of one paragraph."""
    before = ""
    for sentence in SENTENCE.split(re.sub(r"\s+", " ", block.strip())):
        whole = f"{before} {sentence}" if len(sentence.split()) < SHORT else sentence
        before = sentence
        for form in FORMS:
            for english, chinese in form.findall(sentence):
                word = as_in_a_dictionary(english.strip(), everything)
                if re.search(HAN, word) or len(word.split()) > 5:
                    continue
                yield Term(word, han_part(chinese), page, section, plain(whole))


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
    """Return a word without the capital of a sentence's start, unless it is always written so.

    >>> as_in_a_dictionary("Cleaning", "Cleaning a text. More cleaning."), \\
    ... as_in_a_dictionary("Jaccard similarity", "The Jaccard similarity.")
    ('cleaning', 'Jaccard similarity')
    """
    first = word.split()[0]
    small = first[0].lower() + first[1:]
    if small != first and re.search(rf"(?<![\w]){re.escape(small)}", everything):
        return small + word[len(first) :]
    return word


def plain(sentence: str) -> str:
    """Return a sentence for the glossary: no bold, no list's mark, links as words."""
    text = re.sub(r"^\s*(?:[-*+]|\d+\.) ", "", sentence)
    text = re.sub(r"(?<!!)\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return text.replace("**", "").strip()
