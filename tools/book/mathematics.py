"""Turns LaTeX into MathML when the book is built, so that no page needs a renderer.

latex2mathml converts; this module mends what it leaves rough (norm bars that grow, no space after
the name of a function, a minus sign that stands far from its number) and refuses what it doesn't
know, with the formula. `setup` makes it Sphinx's renderer.
"""

import html
import re
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml import exceptions
from latex2mathml.converter import convert

FAULTS = tuple(e for e in vars(exceptions).values() if isinstance(e, type))
REPLACED = {
    r"\\arg(?![a-zA-Z])": r"\\operatorname{arg}",
    r"\\lVert(?![a-zA-Z])|\\rVert(?![a-zA-Z])": r"\\|",
    r"\\lvert(?![a-zA-Z])|\\rvert(?![a-zA-Z])": r"|",
}
NAMES = {"arg", "cos", "exp", "ln", "log", "max", "min", "sin", "tan", "tanh"}
OPERANDS = {"mi", "mn", "msub", "msup", "msubsup", "mfrac", "mover", "munder", "msqrt"}
ROWS = {"math", "menclose", "mpadded", "mrow", "msqrt", "mstyle", "mtd"}  # they hold any number
LETTERS, SIGNS = set("∞…⋯"), set("±⟶⟹⟺;")  # as browsers should space them
CLOSING, ENDS = set(")]}|‖!′"), set(")],")


def mathml(latex: str, display: bool) -> str:
    """Return a formula as a MathML element that also holds its LaTeX, to be copied.

    Raises
    ------
    ValueError
        If it is no LaTeX that can be converted; the message holds the formula.

    >>> "<mfrac>" in mathml(r"\\frac{1}{2}", display=False)
    True
    """
    source = latex.strip()
    mended = source
    for pattern, replacement in REPLACED.items():
        mended = re.sub(pattern, replacement, mended)
    try:
        made = convert(mended, display="block" if display else "inline")
    except (*FAULTS, ValueError, IndexError, KeyError) as error:
        raise ValueError(f"cannot convert the formula “{source}”: {error!r}") from None
    if left := re.search(r"<m[ion]>(\\[a-zA-Z]+)", made):
        raise ValueError(f"the formula “{source}” has {left[1]}, which is not known")
    head, body = re.fullmatch(r"(<math[^>]*>)(.*)</math>", made, re.DOTALL).groups()
    whole = ElementTree.fromstring(f"<math>{body}</math>")
    mend(whole)
    body = "".join(ElementTree.tostring(part, "unicode") for part in whole)
    note = f'<annotation encoding="application/x-tex">{html.escape(source)}</annotation>'
    return f"{head}<semantics>{body}{note}</semantics></math>"


def mend(element: Element) -> None:
    """Let a part of a formula be spaced as in print."""
    for part in element.iter():
        text = part.text or ""
        if part.tag == "mo" and (text in LETTERS or re.fullmatch("[A-Za-z]{2,}", text)):
            part.tag = "mi"
        elif part.tag == "mi" and text in SIGNS:
            part.tag = "mo"
        elif part.tag == "mo" and text in ("/", "∂"):
            part.attrib.update(lspace="0", rspace="0")
        elif part.tag == "msup" and part[1].text in ("′", "″"):  # as high as an exponent already
            part.tag, part[1].tag = "mrow", "mo"
            part[1].attrib.update(form="postfix", lspace="0", rspace="0")
    for row in list(element.iter()):
        if row.tag in ROWS:
            signs(list(row))
            row[:] = spaced(list(row))


def signs(parts: list[Element]) -> None:
    """Tell a sign of a number from one between two, and an empty place from a product."""
    for before, part, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        behind = before is None or (before.tag == "mo" and before.text not in CLOSING)
        if part.tag != "mo":
            continue
        if part.text in ("−", "+", "±") and behind and after is not None:
            part.set("form", "prefix")
        elif part.text == "·" and behind and after is not None and after.text in ENDS:
            part.tag = "mi"


def spaced(parts: list[Element]) -> list[Element]:
    """Return the parts of a row with a space where a function's name meets a letter or number."""
    made = parts[:1]
    for before, part in pairwise(parts):
        if {before.tag, part.tag} <= OPERANDS and (is_name(before) or is_name(part)):
            made.append(Element("mspace", width="0.167em"))
        made.append(part)
    return made


def is_name(part: Element) -> bool:
    """Say whether a part is the name of a function, maybe with an index."""
    while part.tag in ("msub", "msup", "msubsup", "munder", "mrow") and len(part):
        part = part[0]
    return part.tag == "mi" and part.text in NAMES


def setup(app) -> dict:
    """Make this Sphinx's renderer of mathematics, by the name ``mathml``."""
    from docutils import nodes

    def inline(self, node):
        self.body.append(mathml(node.astext(), display=False))
        raise nodes.SkipNode

    def block(self, node):
        self.body.append(f'<div class="math">{mathml(node.astext(), display=True)}</div>')
        raise nodes.SkipNode

    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
