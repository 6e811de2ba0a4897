"""Figures of evaluation: F1 by size, intervals, coverage, reliability, learning curves (09)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, LINES, ORANGE, VERMILION


def f1_by_size(sizes, f1, levels, title) -> plt.Figure:
    """Draw each class's F1 against its number of texts (logarithmic), a dot a class.

    ``levels`` maps the name of an average to its value, drawn as a line.
    """
    figure, axis = plt.subplots(figsize=(7.5, 3.8))
    nudge = np.random.default_rng(0).uniform(0.93, 1.07, size=len(sizes))  # dots hide each other
    axis.semilogx(np.asarray(sizes) * nudge, f1, "o", color=BLUE, alpha=0.6, markersize=6)
    styles = zip(("--", ":"), (VERMILION, BLACK), levels.items(), strict=False)
    for style, color, (name, value) in styles:
        axis.axhline(value, color=color, linestyle=style, label=f"{name} {value:.2f}")
    ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    ticks = [tick for tick in ticks if tick <= max(sizes)]
    axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axis.minorticks_off()
    axis.set(xlabel="texts of the class (logarithmic)", ylabel="F1 of the class", title=title)
    axis.set_ylim(-0.05, 1.05)
    axis.legend(fontsize=9, loc="lower right")
    return figure


def intervals(rows, title, xlabel) -> plt.Figure:
    """Draw values with their intervals; ``rows`` maps a name to (value, low, high)."""
    figure, axis = plt.subplots(figsize=(7.5, 0.42 * len(rows) + 1.2))
    for place, (value, low, high) in enumerate(rows.values()):
        axis.plot([low, high], [place, place], color=BLACK, linewidth=1)
        axis.plot(value, place, "o", color=BLUE)
    axis.set_yticks(range(len(rows)), list(rows))
    axis.set_ylim(len(rows) - 0.5, -0.5)  # the first row on top
    axis.set(xlabel=xlabel, title=title)
    axis.grid(visible=False, axis="y")
    return figure


def coverage(sizes, shares, promised, title) -> plt.Figure:
    """Draw how often intervals contain the true value against the number of texts (logarithmic).

    ``shares`` maps a kind of interval to its shares, shape (sizes); ``promised`` is a line.
    """
    figure, axis = plt.subplots(figsize=(7.5, 3.6))
    axis.axhline(100 * promised, color=BLACK, linestyle=":", label=f"promised, {promised:.0%}")
    for color, style, (name, values) in zip(LINES, ("-", "--", "-."), shares.items(), strict=False):
        axis.semilogx(sizes, 100 * np.asarray(values), color=color, linestyle=style, label=name)
    ticks = [tick for tick in (10, 30, 100, 300, 1000, 3000) if min(sizes) <= tick <= max(sizes)]
    axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axis.minorticks_off()
    axis.set(xlabel="texts (logarithmic)", ylabel="contains the true value (%)", title=title)
    axis.set_ylim(top=101)
    axis.legend(fontsize=9, loc="lower right")
    return figure


def reliability(panels, title) -> plt.Figure:
    """Draw accuracy against confidence, bin by bin, before and after a temperature.

    ``panels`` maps a name to two results with ``confidence``, ``accuracy`` and ``items``.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(8.2, 3.9), sharey=True)
    for axis, (name, pair) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        axis.plot([0, 1], [0, 1], color=BLACK, linewidth=0.8, linestyle=":")
        for found, color, marker, word in zip(
            pair, (ORANGE, BLUE), "os", ("as trained", "with temperature"), strict=True
        ):
            axis.plot(found.confidence, found.accuracy, color=color, linewidth=0.8)
            sizes = 12 + 90 * np.sqrt(found.items / found.items.sum())
            axis.scatter(
                found.confidence, found.accuracy, s=sizes, color=color, marker=marker, label=word
            )
        axis.set(title=name, xlabel="mean confidence", xlim=(0, 1.03))
        axis.set_ylim(0, 1.03)
        axis.legend(fontsize=9, loc="lower right")
    np.atleast_1d(axes)[0].set_ylabel("share correct")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def scores_by_size(sizes, scores, title) -> plt.Figure:
    """Draw the learning curve of each method: mean accuracy by training texts, dots for seeds.

    ``scores`` maps a method to an array of shape (sizes, seeds), shares from 0 to 1.
    """
    figure, axis = plt.subplots(figsize=(7.5, 3.8))
    aside = 1.04 ** (np.arange(len(scores)) - (len(scores) - 1) / 2)  # so that no dot hides another
    marks = zip(LINES, "os^D", aside, scores.items(), strict=False)
    for color, marker, factor, (name, values) in marks:
        percent = 100 * np.asarray(values)
        axis.semilogx(sizes, percent.mean(axis=1), color=color)
        for seed in range(percent.shape[1]):
            label = name if seed == 0 else None
            at = factor * np.asarray(sizes)
            axis.semilogx(at, percent[:, seed], marker, color=color, markersize=5, label=label)
    axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axis.minorticks_off()
    axis.set(xlabel="training texts (logarithmic)", ylabel="accuracy (%)", title=title)
    axis.legend(fontsize=9, loc="lower right")
    return figure
