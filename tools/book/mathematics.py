"""Turns LaTeX into MathML when the book is built, so that no page needs a renderer.

latex2mathml converts; this module mends what it leaves rough (norm bars that grow, no space after
the name of a function) and refuses what it doesn't know, with the formula. `setup` makes it
Sphinx's renderer.
"""

import html
import re

from latex2mathml import exceptions
from latex2mathml.converter import convert

FAULTS = tuple(e for e in vars(exceptions).values() if isinstance(e, type))
REPLACED = {
    r"\\arg(?![a-zA-Z])": r"\\operatorname{arg}",
    r"\\lVert(?![a-zA-Z])|\\rVert(?![a-zA-Z])": r"\\|",
    r"\\lvert(?![a-zA-Z])|\\rvert(?![a-zA-Z])": r"|",
}
NAMES = "arg|cos|exp|ln|log|max|min|sin|tan|tanh"
# A name, and what follows it: a space goes between unless brackets, an index or the end follow.
_NAME = f"<m[io]>(?:{NAMES})</m[io]>"
NAME = re.compile(rf"({_NAME})(?=<(?:mi|mn|msub|msup|msubsup|mfrac|mover|msqrt)\b)")
BEFORE = re.compile(rf"(</m(?:i|n|sub|sup|subsup|frac|over)>)(?={_NAME})")
SPACE = '<mspace width="0.167em" />'


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
    made = BEFORE.sub(rf"\1{SPACE}", NAME.sub(rf"\1{SPACE}", made))
    head, body = re.fullmatch(r"(<math[^>]*>)(.*)</math>", made, re.DOTALL).groups()
    note = f'<annotation encoding="application/x-tex">{html.escape(source)}</annotation>'
    return f"{head}<semantics>{body}{note}</semantics></math>"


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
