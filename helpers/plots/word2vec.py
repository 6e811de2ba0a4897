"""Figures of training word vectors: push and pull, subsampling, the loss, tests (notebook 03)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, LINES, VERMILION


def push_and_pull(moves, title) -> plt.Figure:
    """Draw vectors of two numbers as arrows from the origin, and where one step takes their tips.

    ``moves`` maps a vector's name to its place before the step and its place after it.
    """
    figure, axis = plt.subplots(figsize=(5.8, 4.4))
    for (name, ends), color in zip(moves.items(), LINES, strict=False):
        before, after = np.asarray(ends, dtype=float)
        for tip, style, faint in ((before, "-", 0.35), (after, "--", 1.0)):
            arrow = {"arrowstyle": "-|>", "color": color, "alpha": faint, "linestyle": style}
            axis.annotate("", tip, (0, 0), arrowprops=arrow | {"shrinkA": 0, "shrinkB": 0})
        step = {"arrowstyle": "-|>", "color": color, "linewidth": 2.6, "shrinkA": 3, "shrinkB": 3}
        axis.annotate("", after, before, arrowprops=step)
        axis.plot(*before, "o", color=color, markersize=5)
        axis.annotate(
            name, before, (6, 6), textcoords="offset points", color=color, fontsize=10, va="bottom"
        )
    tips = np.array([end for ends in moves.values() for end in ends])
    axis.plot(0, 0, "o", color=BLACK, markersize=4)
    axis.set(title=title, xlabel="first number", ylabel="second number", aspect="equal")
    axis.set_xlim(min(0, tips[:, 0].min()) - 0.6, tips[:, 0].max() + 0.7)
    axis.set_ylim(min(0, tips[:, 1].min()) - 0.2, tips[:, 1].max() + 0.3)
    return figure


def loss_by_words(words_seen, losses, levels, title) -> plt.Figure:
    """Draw the loss of word2vec against the words seen.

    ``levels`` maps names to losses to compare with, each drawn as a line across.
    """
    figure, axis = plt.subplots(figsize=(7.5, 3.2))
    axis.plot(np.asarray(words_seen) / 1e6, losses, color=BLUE)
    for (name, level), style in zip(levels.items(), (":", "--", "-."), strict=False):
        axis.axhline(level, color=BLACK, linestyle=style, label=f"{name}, {level:.2f}")
    axis.set(xlabel="words seen (millions)", ylabel="loss of a pair (nats)", title=title)
    axis.set_ylim(0, None)
    axis.legend(fontsize=9)
    return figure


def count_changes(shares, kept, noise, named, title) -> plt.Figure:
    """Draw what becomes of each word's share of the text, both axes logarithmic.

    ``shares`` are the words' shares of the text, falling; ``kept`` those after subsampling and
    ``noise`` those among the noise words. ``named`` maps words to their places, to be written.
    """
    figure, axis = plt.subplots(figsize=(7.5, 4.0))
    drawn = sorted({min(round(1.12**k), len(shares)) - 1 for k in range(200)})
    axis.loglog(shares[drawn], shares[drawn], color=BLACK, linewidth=0.8, label="as in the text")
    for values, color, style, name in (
        (kept, BLUE, "-", "after subsampling"),
        (noise, VERMILION, "--", "as noise, to the power 3/4"),
    ):
        axis.loglog(shares[drawn], values[drawn], style, color=color, label=name)
    for word, place in named.items():
        its = [of[place] for of in (shares, kept, noise)]
        axis.vlines(shares[place], min(its), max(its), color=BLACK, linewidth=0.8, linestyle=":")
        axis.annotate(
            word, (shares[place], min(its)), (0, -5), textcoords="offset points", fontsize=8,
            ha="center", va="top",
        )  # fmt: skip
    axis.set(
        xlabel="share of the word in the text",
        ylabel="share after thinning, or of the noise",
        title=title,
    )
    axis.legend(fontsize=9)
    return figure


def correlations(groups, title) -> plt.Figure:
    """Draw rank correlations with their intervals, a group of bars for each test.

    ``groups`` maps a test to a mapping from vectors to (correlation, low end, high end).
    """
    figure, axis = plt.subplots(figsize=(7.5, 3.6))
    names = list(next(iter(groups.values())))
    wide = 0.8 / len(names)
    for i, (name, color) in enumerate(zip(names, LINES, strict=False)):
        places = np.arange(len(groups)) + (i - (len(names) - 1) / 2) * wide
        value, low, high = np.array([group[name] for group in groups.values()]).T
        axis.bar(places, value, 0.9 * wide, color=color, label=name)
        axis.errorbar(
            places, value, (value - low, high - value), fmt="none", ecolor=BLACK, capsize=3
        )
        for place, number, top in zip(places, value, high, strict=True):
            axis.annotate(
                f"{number:.2f}", (place, max(top, 0)), (0, 3), textcoords="offset points",
                ha="center", fontsize=9,
            )  # fmt: skip
    axis.axhline(0, color=BLACK, linewidth=0.8)
    axis.set_xticks(range(len(groups)), list(groups))
    axis.set(ylabel="Spearman's correlation with people", title=title)
    axis.grid(visible=False, axis="x")
    axis.margins(y=0.12)
    figure.legend(loc="outside lower center", ncols=2, fontsize=9)
    return figure
