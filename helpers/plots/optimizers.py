"""Figures of optimizers: valleys, searches for a rate, losses of several runs (notebook 06)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, LINES, SKY


def valley_paths(surface, paths, title) -> plt.Figure:
    """Draw contours of a surface of two weights, and each optimizer's way down it.

    ``surface`` takes arrays of both weights and returns heights, with the minimum at (0, 0);
    ``paths`` maps a name to an array (steps + 1, 2). All begin at the same place.
    """
    figure, axes = plt.subplots(
        len(paths), 1, figsize=(5.8, 1.3 * len(paths)), sharex=True, sharey=True
    )
    every = np.concatenate(list(paths.values()))
    reach = np.abs(every).max(axis=0) * 1.1
    across, up = np.meshgrid(*(np.linspace(-r, r, 120) for r in reach))
    heights = surface(across, up)
    levels = heights.max() * np.geomspace(3e-3, 0.5, 4)
    for axis, color, (name, path) in zip(axes, LINES, paths.items(), strict=False):
        axis.contour(across, up, heights, levels=levels, colors=SKY, linewidths=0.5)
        axis.plot(path[:, 0], path[:, 1], ".-", color=color, linewidth=1, markersize=4)
        axis.plot(*path[0], "o", color=BLACK, markerfacecolor="none", label="start")
        axis.plot(0, 0, "+", color=BLACK, markersize=10, label="minimum")
        axis.plot(*path[-1], "x", color=BLACK, label=f"after {len(path) - 1} steps")
        axis.set(xlabel="flat direction", ylabel="steep")
        axis.set_title(name, fontsize=9)
        axis.grid(visible=False)
    marks = axes[0].get_legend_handles_labels()
    figure.legend(*marks, fontsize=8, loc="outside upper right", ncols=3)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def steps_by_ratio(ratios, steps, title) -> plt.Figure:
    """Draw how many steps each optimizer needs in valleys of several curvature ratios.

    ``steps`` maps a name to as many numbers as there are ``ratios``.
    """
    figure, axis = plt.subplots(figsize=(5.6, 2.6))
    for color, mark, (name, needed) in zip(LINES, "os^D", steps.items(), strict=False):
        axis.plot(ratios, needed, f"{mark}-", color=color, label=name)
    axis.set(xscale="log", yscale="log", title=title, xticks=ratios)
    axis.set(xlabel="largest curvature / smallest (logarithmic)", ylabel="steps (logarithmic)")
    axis.set_xticklabels([f"{ratio:,}" for ratio in ratios])
    axis.minorticks_off()
    axis.legend(fontsize=9)
    return figure


def rate_search(steps, longest, title) -> plt.Figure:
    """Draw how many steps each learning rate needed; ``steps`` maps a name to {rate: steps}.

    ``longest`` is the length of the runs: what lies on or above the dashed line never got there.
    """
    figure, axis = plt.subplots(figsize=(5.8, 2.7))
    for color, mark, (name, of_rate) in zip(LINES, "os^Dv", steps.items(), strict=False):
        rates = sorted(of_rate)
        axis.plot(rates, [of_rate[r] for r in rates], f"{mark}-", color=color, label=name, ms=4)
    axis.axhline(longest, color=BLACK, linestyle="--", linewidth=0.8)
    axis.set(xscale="log", xlabel="learning rate (logarithmic)", ylabel="steps, mean of the seeds")
    axis.set(title=title, ylim=(0, None))
    axis.legend(fontsize=9, loc="lower right")
    return figure


def loss_bands(steps, runs, level, title) -> plt.Figure:
    """Draw the mean loss of several runs against the step, and the band from least to greatest.

    ``runs`` maps a name to an array (runs, points); ``steps`` has a number a point; ``level`` is
    drawn as a dashed line, or not, if it is None.
    """
    figure, axis = plt.subplots(figsize=(5.8, 2.9))
    dashes = ("-", "--", "-.", ":", (0, (3, 1, 1, 1)))
    for color, style, (name, losses) in zip(LINES, dashes, runs.items(), strict=False):
        losses = np.asarray(losses)
        axis.fill_between(
            steps,
            losses.min(axis=0),
            losses.max(axis=0),
            color=color,
            alpha=0.15,
            linewidth=0,
            antialiased=False,
        )
        axis.plot(steps, losses.mean(axis=0), linestyle=style, color=color, label=name)
    if level is not None:
        axis.axhline(level, color=BLACK, linestyle="--", linewidth=0.8)
    axis.set(xlabel="step", ylabel="training loss (nats, logarithmic)", title=title, yscale="log")
    ticks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
    low, high = axis.get_ylim()
    ticks = [tick for tick in ticks if low < tick < high]
    axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.legend(fontsize=9)
    return figure


def dots_by_setting(groups, ylabel, title) -> plt.Figure:
    """Draw each run as a dot, in columns: ``groups`` maps a heading to {setting: [numbers]}."""
    figure, axes = plt.subplots(1, len(groups), figsize=(6.4, 2.4), sharey=True)
    for axis, (heading, columns) in zip(axes, groups.items(), strict=True):
        for place, (color, numbers) in enumerate(zip(LINES, columns.values(), strict=False)):
            beside = place + np.linspace(-0.15, 0.15, len(numbers))
            axis.plot(beside, numbers, "o", color=color, markersize=4)
        axis.set_xticks(range(len(columns)), columns, fontsize=9)
        axis.set_xlim(-0.5, len(columns) - 0.5)
        axis.set_title(heading, fontsize=10)
    axes[0].set(ylabel=ylabel, ylim=(0, None))
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def rate_range(rates, losses, smoothed, marks, title) -> plt.Figure:
    """Draw a learning-rate range test; ``marks`` maps a name to a rate to be pointed out."""
    figure, axis = plt.subplots(figsize=(5.8, 2.7))
    axis.plot(rates, losses, color=SKY, linewidth=0.8, label="loss of each batch")
    axis.plot(rates, smoothed, color=LINES[0], label="running mean")
    for style, (name, rate) in zip((":", "--", "-."), marks.items(), strict=False):
        axis.axvline(rate, color=LINES[1], linestyle=style, label=f"{name}: {rate:.2g}")
    axis.set(xscale="log", xlabel="learning rate (logarithmic)", ylabel="cross-entropy (nats)")
    axis.set(title=title, ylim=(0, None))
    axis.legend(fontsize=9, loc="lower left")
    return figure
