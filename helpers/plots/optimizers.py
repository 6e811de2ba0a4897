"""Figures of optimizers: paths through a valley, schedules, a learning-rate range (notebook 06)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, LINES, SKY


def valley_paths(surface, paths, title) -> plt.Figure:
    """Draw contours of a surface of two weights, and each optimizer's way down it.

    ``surface`` takes arrays of both weights and returns heights; ``paths`` maps a name to an
    array (steps, 2). Every path begins at the same place, marked with a ring, and ends in a cross.
    """
    figure, axes = plt.subplots(
        len(paths), 1, figsize=(7.2, 1.6 * len(paths)), sharex=True, sharey=True
    )
    every = np.concatenate(list(paths.values()))
    reach = np.abs(every).max(axis=0) * 1.1
    across, up = np.meshgrid(*(np.linspace(-r, r, 120) for r in reach))
    heights = surface(across, up)
    levels = heights.max() * np.geomspace(1e-3, 0.7, 6)
    for axis, color, (name, path) in zip(axes, LINES, paths.items(), strict=False):
        axis.contour(across, up, heights, levels=levels, colors=SKY, linewidths=0.5)
        axis.plot(path[:, 0], path[:, 1], ".-", color=color, linewidth=1, markersize=4)
        axis.plot(*path[0], "o", color=BLACK, markerfacecolor="none")
        axis.plot(*path[-1], "x", color=BLACK)
        axis.set(xlabel="flat direction", ylabel="steep")
        axis.set_title(name, fontsize=9)
        axis.grid(visible=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def schedules(shares, title) -> plt.Figure:
    """Draw the share of the full learning rate at each step, one line for each schedule."""
    figure, axis = plt.subplots(figsize=(7.0, 3.0))
    for color, style, (name, values) in zip(
        LINES, ("-", "--", "-.", ":"), shares.items(), strict=False
    ):
        axis.plot(range(len(values)), values, style, color=color, label=name)
    axis.set(xlabel="step", ylabel="share of the full rate", ylim=(0, 1.05), title=title)
    axis.legend(fontsize=9)
    return figure


def rate_range(rates, losses, smoothed, marks, title) -> plt.Figure:
    """Draw a learning-rate range test; ``marks`` maps a name to a rate to be pointed out."""
    figure, axis = plt.subplots(figsize=(7.5, 3.6))
    axis.plot(rates, losses, color=SKY, linewidth=0.8, label="loss of each batch")
    axis.plot(rates, smoothed, color=LINES[0], label="running mean")
    for style, (name, rate) in zip((":", "--", "-."), marks.items(), strict=False):
        axis.axvline(rate, color=LINES[1], linestyle=style, label=f"{name}: {rate:.2g}")
    axis.set(xscale="log", xlabel="learning rate (logarithmic)", ylabel="cross-entropy (nats)")
    axis.set(title=title, ylim=(0, None))
    axis.legend(fontsize=9, loc="upper left")
    return figure
