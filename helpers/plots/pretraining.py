"""Figures of small language models: loss while they learn, by place and by size (notebook 12)."""

import math

import matplotlib.pyplot as plt

from helpers.plots.style import BLACK, BLUE, LINES


def loss_and_perplexity(tokens, losses, levels, title) -> plt.Figure:
    """Draw a language model's loss against the tokens seen, with its perplexity at the right.

    ``losses`` maps a part's name to one loss for each number in ``tokens``; ``levels`` maps names
    to losses to compare with, each drawn as a line across.
    """
    figure, axis = plt.subplots(figsize=(7.5, 3.6))
    thousands = [count / 1e3 for count in tokens]
    for (name, values), color, style in zip(losses.items(), LINES, ("o-", "s--"), strict=False):
        axis.plot(thousands, values, style, color=color, markersize=4, label=name)
    for (name, level), style in zip(levels.items(), (":", "-.", "--"), strict=False):
        axis.axhline(level, color=BLACK, linewidth=1, linestyle=style, label=f"{name}, {level:.2f}")
    axis.set(xlabel="tokens seen (thousands)", ylabel="loss (nats a token)", title=title)
    right = axis.secondary_yaxis("right")
    low, high = axis.get_ylim()
    ticks = [p for p in (10, 20, 30, 50, 100, 200, 300, 500, 1000) if low < math.log(p) < high]
    right.set_yticks([math.log(p) for p in ticks], ticks)
    right.set_ylabel("perplexity")
    axis.legend(fontsize=9)
    return figure


def loss_by_place(losses, title) -> plt.Figure:
    """Draw the loss at each place of a window; ``losses`` maps a model to a row of them."""
    figure, axis = plt.subplots(figsize=(7.5, 3.2))
    for (name, values), color, style in zip(losses.items(), LINES, ("o-", "s--"), strict=False):
        places = range(1, len(values) + 1)
        axis.plot(places, values, style, color=color, markersize=3, label=name)
    axis.set(xlabel="tokens that can be seen", ylabel="loss (nats a token)", title=title)
    axis.set_xlim(0, None)
    axis.legend(fontsize=9)
    return figure


def scaling_curve(stored, live, title) -> plt.Figure:
    """Draw the loss of several sizes against the tokens seen, the tokens on a logarithmic axis.

    ``stored`` maps a size to (tokens, losses), with one list of losses, a seed each, for each
    number of tokens; ``live`` holds (tokens, loss) of runs just measured.
    """
    figure, axis = plt.subplots(figsize=(7.5, 4.0))
    for (name, (tokens, losses)), color, mark in zip(stored.items(), LINES, "os^Dv", strict=False):
        means = [sum(values) / len(values) for values in losses]
        axis.plot(tokens, means, "-", color=color)
        for place, values in zip(tokens, losses, strict=True):
            axis.plot([place] * len(values), values, mark, color=color, markersize=4, alpha=0.6)
        axis.plot([], [], mark + "-", color=color, markersize=4, label=name)
    for number, (tokens, loss) in enumerate(live):
        label = "just measured" if not number else None
        axis.plot(
            tokens, loss, "*", color=BLACK, markersize=12, markerfacecolor="none", label=label
        )
    axis.set(xlabel="tokens seen", ylabel="validation loss (nats a token)", title=title)
    axis.set_xscale("log")
    ticks = sorted({place for tokens, _ in stored.values() for place in tokens})
    axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axis.minorticks_off()
    axis.legend(fontsize=9)
    return figure


def filled_gaps(shares, title) -> plt.Figure:
    """Draw the share of gaps filled correctly with its interval.

    ``shares`` maps a way to fill gaps to (share, low end, high end), each from 0 to 1.
    """
    figure, axis = plt.subplots(figsize=(7.0, 2.4))
    for row, (share, low, high) in enumerate(shares.values()):
        axis.barh(row, 100 * share, 0.6, color=BLUE)
        ends = [[100 * (share - low)], [100 * (high - share)]]
        axis.errorbar(100 * share, row, xerr=ends, fmt="none", ecolor=BLACK, capsize=3)
        axis.annotate(
            f"{share:.0%}", (100 * high, row), (5, 0), textcoords="offset points", va="center"
        )
    axis.set_yticks(range(len(shares)), list(shares))
    axis.invert_yaxis()
    axis.set(xlabel="gaps filled correctly (%)", title=title)
    axis.grid(visible=False, axis="y")
    axis.margins(x=0.12)
    return figure
