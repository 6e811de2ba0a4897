"""A font for mathematics that the pages bring along, cut down to what their formulas use.

MathML needs a font that knows how roots and brackets grow, and few machines have one. STIX Two
Math lies in the package ziamath; whole it has 1.5 MB.
"""

import importlib.util
from pathlib import Path

from fontTools import subset

# Letters as formulas write them: italic, bold, sans-serif, script; what grows; spaces and signs.
RANGES = ((0x20, 0x7E), (0xA0, 0x17F), (0x2C6, 0x2DD), (0x300, 0x338), (0x370, 0x3FF))
RANGES += ((0x2000, 0x2044), (0x2061, 0x2064), (0x20D0, 0x20EF), (0x2100, 0x214F))
RANGES += ((0x2190, 0x21D5), (0x2200, 0x22FF), (0x2308, 0x230B), (0x23DC, 0x23E1))
RANGES += ((0x27E8, 0x27E9), (0x27F5, 0x27FA), (0x1D434, 0x1D467), (0x1D5A0, 0x1D5D3))
RANGES += ((0x1D6E2, 0x1D71B),)


def source() -> Path:
    """Return where the whole font lies."""
    package = importlib.util.find_spec("ziamath")
    return Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"


def write(target: Path) -> None:
    """Write the small font, as WOFF."""
    options = subset.Options(flavor="woff", layout_features=["ssty", "dtls", "kern"])
    options.hinting = False
    font = subset.load_font(str(source()), options)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=[n for first, last in RANGES for n in range(first, last + 1)])
    cut.subset(font)
    subset.save_font(font, str(target), options)
