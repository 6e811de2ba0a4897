"""Figures of a pre-trained encoder: its parameters, its cosines (notebook 13)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.glyphs import drawable
from helpers.plots.style import BLACK, BLUE, LINES


def parameter_counts(counts, title) -> plt.Figure:
    """Draw how many numbers each part of a file of weights has; ``counts`` maps names to counts."""
    figure, axis = plt.subplots(figsize=(7.2, 0.42 * len(counts) + 1.0))
    values, total = np.array(list(counts.values())), sum(counts.values())
    axis.barh(list(counts), values / 1e6, color=BLUE)
    for place, value in enumerate(values):
        words = f" {value / 1e6:.2f} M, {value / total:.0%}"
        axis.text(value / 1e6, place, words, va="center", fontsize=9)
    axis.set_ylim(len(counts) - 0.4, -0.6)  # the first on top
    axis.set_xlim(right=1.25 * values.max() / 1e6)
    axis.set(title=title, xlabel="millions of numbers")
    axis.grid(visible=False, axis="y")
    return figure


def pair_cosines(pairs, cosines, title) -> plt.Figure:
    """Draw the cosines of pairs of texts, one row a pair, one colour a kind of vector.

    ``pairs`` lists two texts each; ``cosines`` maps a kind of vector to one number a pair.
    """
    figure, axis = plt.subplots(figsize=(8.4, 0.55 * len(pairs) + 1.2))
    places = np.arange(len(pairs))
    for color, marker, (name, values) in zip(LINES, "osD^", cosines.items(), strict=False):
        axis.plot(values, places, marker, color=color, label=name)
    labels = ["\n".join(drawable(text, 48) for text in pair) for pair in pairs]
    axis.set_yticks(places, labels, fontsize=8)
    axis.set_ylim(len(pairs) - 0.5, -0.5)
    axis.set(title=title, xlabel="cosine")
    axis.set_xlim(right=1.02)
    axis.legend(fontsize=9, loc="lower left")
    return figure


def cosine_table(labels, cosines, title) -> plt.Figure:
    """Draw the cosine of each text with each as a square with its number, shape (texts, texts)."""
    cosines = np.asarray(cosines)
    figure, axis = plt.subplots(figsize=(8.0, 0.5 * len(labels) + 0.9))
    low = min(0.5, cosines.min())
    axis.imshow(cosines, cmap="Blues", vmin=low, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(cosines):
        dark = value > low + 0.6 * (1 - low)
        color = "white" if dark else BLACK
        axis.text(column, row, f"{value:.2f}", ha="center", va="center", color=color, fontsize=9)
    axis.set_yticks(range(len(labels)), [drawable(text, 44) for text in labels], fontsize=9)
    axis.set_xticks(range(len(labels)), range(1, len(labels) + 1))
    axis.set(title=title, xlabel="the same sentences, in the same order")
    axis.grid(visible=False)
    return figure
