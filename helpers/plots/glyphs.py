"""Texts of readers in figures: every text can be drawn, with the fonts that this machine has.

A figure's title may be any headline: with dollar signs, which matplotlib takes for mathematics,
in Chinese, with an emoji. Used by the figures of notebook 00 and by ``style.py``; matplotlib only.
"""

import functools
import unicodedata
from pathlib import Path

from matplotlib import font_manager, rcParams

# Families with Chinese characters on Linux, macOS and Windows, the better ones first, and how
# the names of their files begin.
CHINESE = {
    "Noto Sans CJK SC": "NotoSansCJK",
    "Noto Sans CJK JP": "NotoSansCJK",
    "Noto Sans SC": "NotoSansSC",
    "Source Han Sans SC": "SourceHanSans",
    "PingFang SC": "PingFang",
    "Hiragino Sans GB": "Hiragino Sans GB",
    "Heiti TC": "STHeiti",
    "Arial Unicode MS": "Arial Unicode",
    "Microsoft YaHei": "msyh",
    "SimHei": "simhei",
    "WenQuanYi Micro Hei": "wqy-microhei",
    "WenQuanYi Zen Hei": "wqy-zenhei",
    "Droid Sans Fallback": "DroidSansFallback",
}
BASE = "DejaVu Sans"  # comes with matplotlib
BOX = "□"  # stands for a character that no font has


@functools.cache
def families() -> tuple[str, ...]:
    """Return the font families for figures: matplotlib's own, then one with Chinese, if any."""
    chinese = _installed()
    if not chinese:  # fonts that came after matplotlib had made its list of them
        beginnings = tuple(CHINESE.values())
        for file in font_manager.findSystemFonts():
            if Path(file).name.startswith(beginnings) and "Bold" not in file:
                font_manager.fontManager.addfont(file)
        chinese = _installed()
    return (BASE, *chinese[:1])


def _installed() -> list[str]:
    known = {font.name for font in font_manager.fontManager.ttflist}
    return [family for family in CHINESE if family in known]


@functools.cache
def characters(family: str) -> frozenset[int]:
    """Return the code points that a family can draw."""
    return frozenset(font_manager.get_font(font_manager.findfont(family)).get_charmap())


def drawable(text: str, columns: int | None = None) -> str:
    r"""Return a text as matplotlib can draw it, in one line: no mathematics, no missing glyph.

    Parameters
    ----------
    text
        Any text.
    columns
        Cut it to so many columns, with … for the rest; a Chinese character takes two.

    Returns
    -------
    The text with ``\$`` for ``$``, a box for each character that no font has, and single spaces.

    >>> print(drawable("costs  $5 and\n$6"))
    costs \$5 and \$6
    >>> drawable("Shares fall", columns=7)
    'Shares…'
    """
    known = frozenset().union(*(characters(family) for family in _in_use()))
    line = " ".join(text.split())
    shown = [c if ord(c) in known else BOX for c in line if not _invisible(c)]
    if columns is not None and sum(map(_width, shown)) > columns:
        while sum(map(_width, shown)) > columns - 1:
            shown.pop()
        shown.append("…")
    return "".join(shown).replace("$", r"\$")


def _in_use() -> list[str]:
    families = rcParams["font.family"]
    return [rcParams[f"font.{f}"][0] if f in ("sans-serif", "serif") else f for f in families]


def _invisible(character: str) -> bool:
    """Say whether it only changes its neighbours: joiners, directions, variants, controls."""
    return unicodedata.category(character) in ("Cc", "Cf") or 0xFE00 <= ord(character) <= 0xFE0F


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
