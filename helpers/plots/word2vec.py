"""Figures of training word vectors: the loss, subsampling and noise, tests (notebook 03)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, LINES, VERMILION


def loss_by_words(words_seen, losses, start, title) -> plt.Figure:
    """Draw the loss of word2vec against the words seen; ``start`` is the loss of chance."""
    figure, axis = plt.subplots(figsize=(7.5, 3.2))
    axis.plot(np.asarray(words_seen) / 1e6, losses, color=BLUE)
    axis.axhline(start, color=BLACK, linestyle=":", label=f"knowing nothing, {start:.2f}")
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
        axis.annotate(
            word, (shares[place], shares[place]), (4, -12), textcoords="offset points", fontsize=8
        )
    axis.set(xlabel="share of the word in the text", ylabel="its share afterwards", title=title)
    axis.legend(fontsize=9)
    return figure


def correlations(groups, title) -> plt.Figure:
    """Draw rank correlations; ``groups`` maps a test to a mapping from vectors to a value."""
    figure, axis = plt.subplots(figsize=(7.5, 3.2))
    names = list(next(iter(groups.values())))
    wide = 0.8 / len(names)
    for i, (name, color) in enumerate(zip(names, LINES, strict=False)):
        places = np.arange(len(groups)) + (i - (len(names) - 1) / 2) * wide
        bars = axis.bar(
            places, [group[name] for group in groups.values()], wide, color=color, label=name
        )
        axis.bar_label(bars, fmt="%.2f", fontsize=9)
    axis.set_xticks(range(len(groups)), list(groups))
    axis.set(ylabel="Spearman's correlation with people", title=title)
    axis.grid(visible=False, axis="x")
    axis.legend(fontsize=9)
    return figure
