"""Figures of attention: who looks at whom, turned vectors, depth and cost (notebook 11)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.glyphs import drawable
from helpers.plots.style import BLACK, BLUE, LINES, VERMILION

# Lines may lie on each other: the first wide and pale, the others thin, each with its mark.
_LOOKS = (
    {"color": LINES[0], "marker": "o", "markersize": 8, "linewidth": 4, "alpha": 0.5},
    {"color": LINES[1], "marker": "s", "markersize": 5, "linestyle": "--"},
    {"color": LINES[2], "marker": "^", "markersize": 5, "linestyle": "-."},
    {"color": BLACK, "marker": "D", "markersize": 4, "linestyle": ":"},
)


def attention_maps(panels, title, numbers=True) -> plt.Figure:
    """Draw weights as heat maps, a row for each query, a column for each key; 1 is dark.

    ``panels`` maps a panel's name to (weights of shape (queries, keys), names of the queries, names
    of the keys). With ``numbers`` each weight is written in hundredths if it rounds to one or more;
    a dot is exactly 0.
    """
    heights = [len(rows) for _, rows, _ in panels.values()]
    widths = [len(columns) for _, _, columns in panels.values()]
    place = min(0.32, (7.2 - 0.8 * len(panels)) / sum(widths))  # inches of a weight's square
    size = place * sum(widths) + 1.1 * len(panels), place * max(heights) + 1.5
    figure, axes = plt.subplots(1, len(panels), figsize=size, width_ratios=widths, squeeze=False)
    for axis, (name, (weights, rows, columns)) in zip(axes[0], panels.items(), strict=True):
        weights = np.asarray(weights, float)
        axis.imshow(weights, cmap="Blues", vmin=0, vmax=1)
        axis.set_title(drawable(name), fontsize=10)
        axis.set_xticks(range(len(columns)), [drawable(c) for c in columns], rotation=90)
        axis.set_yticks(range(len(rows)), [drawable(r) for r in rows])
        axis.tick_params(labelsize=9, length=0)
        axis.set_xlabel("is looked at (key)", fontsize=9)
        axis.grid(False)
        for (i, j), weight in np.ndenumerate(weights) if numbers else ():
            text = "·" if weight == 0 else f"{100 * weight:.0f}" if weight >= 0.005 else ""
            color = "white" if weight > 0.6 else BLACK
            axis.text(j, i, text, ha="center", va="center", fontsize=7.5, color=color)
    axes[0][0].set_ylabel("looks (query)", fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def line_panels(x, panels, xlabel, title, xscale="linear") -> plt.Figure:
    """Draw panels of lines over the same numbers.

    ``panels`` maps what a panel shows to (a mapping from a line's name to its values, "linear" or
    "log"); NaN leaves a gap. ``xscale`` is "linear" or "log", which marks just the numbers of x.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(7.3, 2.9), squeeze=False)
    for axis, (name, (lines, scale)) in zip(axes[0], panels.items(), strict=True):
        for look, (line, values) in zip(_LOOKS, lines.items(), strict=False):
            axis.plot(x, values, label=line, **look)
        axis.set(ylabel=name, xlabel=xlabel, yscale=scale, xscale=xscale)
        if xscale == "log":
            axis.set_xticks(x, [f"{number:,}" for number in x], fontsize=8, minor=False)
            axis.set_xticks([], minor=True)
    key = axes[0][0].get_legend_handles_labels()
    figure.legend(*key, loc="outside lower center", ncols=4, fontsize=9, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def turned_arrows(panels, distances, products, title) -> plt.Figure:
    """Draw pairs of turned vectors, and their product over the distance of their positions.

    ``panels`` maps a panel's name to ((name, x, y), (name, x, y)), a query and a key.
    """
    figure, axes = plt.subplots(
        1, len(panels) + 1, figsize=(7.8, 2.7), width_ratios=[1] * len(panels) + [1.7]
    )
    for axis, (panel, arrows) in zip(axes[:-1], panels.items(), strict=True):
        turns = np.linspace(0, 2 * np.pi, 200)
        axis.plot(np.cos(turns), np.sin(turns), color="0.8", linewidth=1)
        for (name, x, y), color in zip(arrows, (BLUE, VERMILION), strict=True):
            axis.annotate(
                "", (x, y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2}
            )
            axis.text(1.22 * x, 1.22 * y, name, color=color, ha="center", va="center", fontsize=9)
        axis.set(title=panel, xlim=(-1.6, 1.6), ylim=(-1.5, 1.5), aspect="equal")
        axis.title.set_fontsize(10)
        axis.axis("off")
    axes[-1].axhline(0, color="0.6", linewidth=1)
    axes[-1].plot(distances, products, color=BLUE)
    axes[-1].set(xlabel="distance of the positions", ylabel="product of query and key")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure
