"""Figures of notebook 15: outer products, what a rank keeps, three ways of fine-tuning."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, GREEN, LINES, VERMILION


def outer_products(parts, total, title) -> plt.Figure:
    """Draw matrices of rank 1 and their sum, each number in its cell.

    ``parts`` are arrays (rows, columns), each an outer product; ``total`` is their sum.
    """
    shown = [*parts, total]
    names = [*(f"outer product {i}: rank 1" for i in range(1, len(parts) + 1)), "sum: rank 2"]
    figure, axes = plt.subplots(1, len(shown), figsize=(8.0, 2.3))
    most = max(np.abs(matrix).max() for matrix in shown)
    for place, (axis, matrix, name) in enumerate(zip(axes, shown, names, strict=True)):
        axis.imshow(matrix, cmap="PuOr", vmin=-most, vmax=most)
        for (row, column), value in np.ndenumerate(matrix):
            dark = abs(value) > 0.6 * most
            words = f"{value + 0.0:g}".replace("-", "−")  # no −0
            color = "white" if dark else BLACK
            axis.text(column, row, words, ha="center", va="center", color=color)
        axis.set(title=name)
        axis.axis("off")
        sign = "" if place == 0 else ("=" if place == len(parts) else "+")
        axis.text(-0.12, 0.5, sign, transform=axis.transAxes, fontsize=16, ha="center", va="center")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def kept_by_rank(curves, marked, title) -> plt.Figure:
    """Draw which share of a matrix's squared size each rank keeps.

    ``curves`` maps a matrix's name to its shares for ranks 1, 2, 3 …; ``marked`` is a rank at
    which each curve's share is written.
    """
    figure, axis = plt.subplots(figsize=(7.0, 3.6))
    heights = sorted((kept[marked - 1] for kept in curves.values()), reverse=True)
    for (name, kept), color, style in zip(curves.items(), LINES, ("-", "--", ":"), strict=False):
        ranks = np.arange(1, len(kept) + 1)
        axis.plot(ranks, kept, style, color=color, label=name, linewidth=2)
        at = kept[marked - 1]
        axis.plot(marked, at, "o", color=color)
        place = (7, -7) if at == heights[-1] else ((7, 4) if at < heights[0] else (-30, 5))
        axis.annotate(f"{at:.0%}", (marked, at), place, textcoords="offset points", color=color)
    axis.axvline(marked, color=BLACK, linewidth=0.8, linestyle=":")
    axis.set(
        title=title,
        xlabel="rank r of the approximation",
        ylabel="share of the squared size kept",
        xscale="log",
        ylim=(0, 1.02),
    )
    ticks = [1, 2, 4, 8, 16, 32, 64, 128, 256]
    axis.set_xticks(ticks, [str(tick) for tick in ticks])
    axis.minorticks_off()
    axis.legend(loc="upper left", fontsize=9)
    return figure


def ways_of_tuning(stored, live, trained, title) -> plt.Figure:
    """Draw the accuracy of each way of fine-tuning, a dot a seed, and what was measured just now.

    ``stored`` maps a panel's name to the accuracies of each way's seeds, ``live`` a panel's name
    to those measured now, and ``trained`` a way's name to how many numbers it trains.
    """
    figure, axes = plt.subplots(1, len(stored), figsize=(8.4, 3.4), sharey=True, squeeze=False)
    for axis, (panel, ways) in zip(axes[0], stored.items(), strict=True):
        for place, (name, values) in enumerate(ways.items()):
            aside = np.linspace(-0.15, 0.15, len(values)) if len(values) > 1 else np.zeros(1)
            axis.plot(place + aside, values, "o", color=BLUE, alpha=0.75)
            mean = float(np.mean(values))
            axis.hlines(mean, place - 0.27, place + 0.27, color=BLACK, linewidth=1.5)
            if name in live.get(panel, {}):
                axis.plot(place + 0.34, live[panel][name], "D", color=VERMILION, markersize=7)
        names = [f"{name}\n{_short(trained[name])}" for name in ways]
        axis.set_xticks(range(len(ways)), names, fontsize=9)
        axis.set(title=panel, xlabel="what trains, and how many numbers", xlim=(-0.5, None))
    axes[0][0].set_ylabel("accuracy")
    axes[0][0].plot([], [], "o", color=BLUE, label="stored runs, a dot a seed")
    axes[0][0].plot([], [], color=BLACK, label="their mean")
    axes[0][0].plot([], [], "D", color=VERMILION, label="measured just now")
    figure.legend(loc="outside lower center", ncols=3, fontsize=9, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def memory_of_a_step(parts, title) -> plt.Figure:
    """Draw what one training step keeps in memory, stacked, a bar for each way.

    ``parts`` maps a way's name to a dictionary of megabytes by what they hold.
    """
    figure, axis = plt.subplots(figsize=(7.2, 2.6))
    names = list(parts)
    left = np.zeros(len(names))
    for what, color, hatch in zip(
        next(iter(parts.values())), (BLUE, VERMILION, GREEN), ("", "//", ".."), strict=False
    ):
        width = np.array([parts[name][what] for name in names])
        axis.barh(names, width, left=left, color=color, hatch=hatch, edgecolor="white", label=what)
        left += width
    for place, total in enumerate(left):
        axis.text(total + max(left) * 0.01, place, f"{total:.0f} MB", va="center")
    axis.set(title=title, xlabel="megabytes", xlim=(0, max(left) * 1.13))
    axis.invert_yaxis()
    figure.legend(loc="outside lower center", ncols=3, fontsize=9, frameon=False)
    return figure


def _short(number: int) -> str:
    """Write a count in few characters: 3,080, 40 k or 22.6 M."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 1e3:.0f} k" if number < 1e6 else f"{number / 1e6:.1f} M"
