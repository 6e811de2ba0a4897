"""The one look of every figure: colours that colour-blind readers can tell apart, small files.

The palette is Okabe and Ito's (2008). ``LINES`` is the order in which curves take their colours.
"""

import matplotlib.pyplot as plt
from cycler import cycler

from helpers.plots.glyphs import families

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = PALETTE = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
LINES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)


def use_style() -> None:
    """Set matplotlib's defaults for the course: small files, readable text, safe colours."""
    plt.rcParams.update(
        {
            "figure.figsize": (7.0, 4.0),
            "figure.dpi": 90,
            "savefig.dpi": 90,
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": cycler(color=LINES),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "font.size": 10,
            "font.family": list(families()),
        }
    )
