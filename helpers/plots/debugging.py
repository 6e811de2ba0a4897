"""Figures of symptoms: what a faulty program prints and how it learns (notebook 08)."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, LINES, VERMILION


def printed_log(printed, measured, chance: float, title: str) -> plt.Figure:
    """Draw a log that was printed somewhere beside what several runs of the program give.

    ``printed`` is (losses, accuracies), a number an epoch. ``measured`` is the same of all runs,
    each of shape (runs, epochs), the accuracies on validation. ``chance`` is the loss of guessing
    evenly, ln K; the line of guessing on the right is at 1/K.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8.2, 3.2))
    epochs = np.arange(1, len(printed[0]) + 1)
    for axis, log, runs in zip(axes, printed, measured, strict=True):
        lines = axis.plot(epochs, np.transpose(runs), color=BLUE, linewidth=0.9)
        lines[0].set_label(f"the program run here ({len(runs)} seeds)")
        axis.plot(epochs, log, "o--", color=VERMILION, markersize=4, label="the printed log")
        axis.set(xlabel="epoch", xticks=epochs[1::2])
    axes[0].axhline(chance, color=BLACK, linestyle=":", label="guessing evenly")
    axes[0].set(ylabel="loss (nats)", ylim=(0, None))
    axes[1].axhline(np.exp(-chance), color=BLACK, linestyle=":")
    axes[1].set(xlabel="epoch (the program: validation texts)", ylabel="accuracy", ylim=(0, 1.04))
    return _finished(figure, axes[0], title)


def one_batch(runs: Mapping[str, np.ndarray], title: str) -> plt.Figure:
    """Draw what a network makes of one batch, step by step, trained with each of some losses.

    ``runs`` maps a loss's name to an array (steps, 2): the loss, and the share classified
    correctly.
    """
    figure, axes = plt.subplots(1, 2, figsize=(8.2, 3.0))
    for (name, values), color, style in zip(runs.items(), LINES, ("-", "--", "-."), strict=False):
        for axis, column in zip(axes, np.transpose(values), strict=True):
            axis.plot(column, style, color=color, linewidth=2, label=name)
            axis.set(xlabel="step on one batch")
    axes[0].set(ylabel="its own loss (nats)", ylim=(-0.03, None))
    axes[1].set(ylabel="classified correctly", ylim=(0, 1.04))
    return _finished(figure, axes[0], title)


def accuracy_by_seed(
    runs: Mapping[str, Sequence], level: tuple[str, float], stops: int, title: str
) -> plt.Figure:
    """Draw validation accuracy by epoch: a thin line for each seed, a wide one for their mean.

    ``runs`` maps a setting's name to an array (seeds, epochs), ``level`` names an accuracy to
    compare with, and ``stops`` is the epoch after which the program itself ends.
    """
    figure, axis = plt.subplots(figsize=(7.6, 3.6))
    for (name, lines), color, style in zip(
        runs.items(), LINES, ("-", "--", "-.", (0, (5, 1))), strict=False
    ):
        epochs = np.arange(1, np.shape(lines)[1] + 1)
        axis.plot(epochs, np.transpose(lines), color=color, linewidth=0.5, alpha=0.6)
        axis.plot(epochs, np.mean(lines, axis=0), linestyle=style, color=color, lw=2.2, label=name)
    axis.axhline(level[1], color=BLACK, linestyle=":", label=level[0])
    axis.axvline(stops, color="0.5", linewidth=0.8)
    axis.text(stops + 0.15, 0.22, "the program\nstops here", fontsize=9, color="0.3")
    axis.set(xlabel="epoch", ylabel="validation accuracy", ylim=(0.2, 1.02))
    axis.set_xticks(range(2, np.shape(lines)[1] + 1, 2))
    return _finished(figure, axis, title, columns=3)


def last_and_mean(last, mean, title: str) -> plt.Figure:
    """Draw the loss of an epoch's last batch beside the mean over all its texts."""
    figure, axis = plt.subplots(figsize=(7.4, 3.0))
    epochs = np.arange(1, len(last) + 1)
    axis.plot(epochs, last, "o-", color=VERMILION, markersize=4, linewidth=0.9, label="curve A")
    axis.plot(epochs, mean, "--", color=BLUE, linewidth=2.2, label="curve B")
    axis.set(xlabel="epoch", ylabel="training loss (nats)", ylim=(0, None))
    return _finished(figure, axis, title)


def dots_by_seed(results: Mapping[str, Sequence[float]], xlabel: str, title: str) -> plt.Figure:
    """Draw one dot for each seed and a bar at their mean, a row for each setting."""
    figure, axis = plt.subplots(figsize=(7.4, 0.42 * len(results) + 1.1))
    for row, values in enumerate(results.values()):
        spread = np.linspace(-0.16, 0.16, len(values)) if len(values) > 1 else [0.0]
        axis.plot(values, row + np.asarray(spread), "o", color=BLUE, markersize=5, alpha=0.75)
        axis.plot([np.mean(values)] * 2, [row - 0.3, row + 0.3], color=VERMILION, linewidth=2.5)
    axis.set_yticks(range(len(results)), list(results))
    axis.invert_yaxis()
    axis.grid(visible=False, axis="y")
    axis.set(xlabel=f"{xlabel} (dots: seeds, bar: mean)", title=title)
    return figure


def _finished(figure: plt.Figure, axis: plt.Axes, title: str, columns: int = 3) -> plt.Figure:
    figure.legend(
        *axis.get_legend_handles_labels(),
        loc="outside lower center", ncols=columns, fontsize=9, frameon=False,
    )  # fmt: skip
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure
