"""Figures of sentiment: words' weights, behavioural tests, what each word does (notebook 16)."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, LINES, ORANGE, VERMILION


def word_weights(words, weights, low, high, films, title, few=5) -> plt.Figure:
    """Draw words by weight, those for praise on the left, each with a range and a count of films.

    All are lists, one item a word; weights above 0 speak for praise. Words from at most ``few``
    films have an open dot.
    """
    rows = list(zip(words, weights, low, high, films, strict=True))
    sides = [[row for row in rows if row[1] > 0], [row for row in rows if row[1] <= 0]]
    longest = max(map(len, sides))
    figure, axes = plt.subplots(1, 2, figsize=(8.4, 0.2 * longest + 1.3))
    for axis, side, color in zip(axes, sides, (BLUE, VERMILION), strict=True):
        side = sorted(side, key=lambda row: -abs(row[1]))
        for place, (_, weight, bottom, top, count) in enumerate(side):
            axis.plot([bottom, top], [place, place], color=color, linewidth=1.2)
            face = "white" if count <= few else color
            axis.plot(weight, place, "o", color=color, markerfacecolor=face, markersize=5)
        axis.axvline(0, color=BLACK, linewidth=0.8)
        names = [f"{word} ({count})" for word, *_, count in side]
        axis.set_yticks(range(len(side)), names, fontsize=8)
        axis.set_ylim(longest - 0.3, -0.7)
        axis.set_xlabel(f"weight (open dot: from at most {few} films)", fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def failure_table(models, tests, rates, kinds, title) -> plt.Figure:
    """Draw the failure rate of each model in each test, in per cent, darker for more.

    ``rates`` has shape (tests, models). ``kinds`` has the kind of each test: a line parts two
    kinds, and to the right of its tests stands each kind's name, once.
    """
    percent = 100 * np.asarray(rates, dtype=float)
    figure, axis = plt.subplots(figsize=(1.15 * len(models) + 3.5, 0.29 * len(tests) + 1.3))
    axis.imshow(percent, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    for row, values in enumerate(percent):
        for column, value in enumerate(values):
            shade = "white" if value > 55 else "black"
            axis.text(column, row, f"{value:.0f}", ha="center", va="center", color=shade)
    first = [row for row in range(len(tests)) if row == 0 or kinds[row] != kinds[row - 1]]
    for start, end in pairwise([*first, len(tests)]):
        if start:
            axis.axhline(start - 0.5, color=BLACK, linewidth=1.5)
        middle = (start + end - 1) / 2
        axis.text(len(models) - 0.4, middle, kinds[start], va="center", fontweight="bold")
    axis.set_xticks(range(len(models)), models, fontsize=9)
    axis.xaxis.tick_top()
    axis.set_yticks(range(len(tests)), tests)
    axis.tick_params(length=0)
    axis.grid(visible=False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.set_title(title, pad=14)
    return figure


def word_effects(words: Sequence[str], effects: Mapping[str, Sequence[float]], title) -> plt.Figure:
    """Draw a sentence once for each model, every word above the bar of what it does.

    ``effects`` maps a model to one number a word, above 0 for praise.
    """
    figure, axes = plt.subplots(
        len(effects), 1, figsize=(8, 1.5 * len(effects) + 0.6), sharex=True, sharey=True
    )
    places = range(len(words))
    for axis, (name, values) in zip(np.atleast_1d(axes), effects.items(), strict=True):
        axis.bar(places, values, color=[BLUE if v > 0 else VERMILION for v in values], width=0.7)
        axis.axhline(0, color=BLACK, linewidth=0.8)
        axis.set_xticks(places, words)
        axis.tick_params(axis="x", length=0)
        axis.set_ylabel("effect (log odds)", fontsize=9)
        axis.set_title(name, fontsize=9)
        axis.grid(visible=False, axis="x")
        axis.tick_params(labelbottom=True)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def before_after(tests, panels, title, words=("before", "after")) -> plt.Figure:
    """Draw each test's failure rate before and after a change, a panel for each model.

    ``panels`` maps a model to (before, after), each a list of shares, one a test.
    """
    figure, axes = plt.subplots(
        1, len(panels), figsize=(2.6 * len(panels) + 1.8, 0.27 * len(tests) + 1.4), sharey=True
    )
    places = np.arange(len(tests))
    for axis, (name, pair) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        before, after = (100 * np.asarray(values, dtype=float) for values in pair)
        axis.hlines(places, before, after, color="0.6", linewidth=1.5)
        axis.plot(before, places, "o", color=ORANGE, label=words[0], markersize=6)
        axis.plot(after, places, "D", color=BLUE, label=words[1], markersize=4)
        axis.set(title=name, xlabel="cases failed (%)", xlim=(-4, 104))
    first = np.atleast_1d(axes)[0]
    first.set_yticks(places, tests)
    first.set_ylim(len(tests) - 0.5, -0.5)
    handles, names = first.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def scores_by_word(groups: Mapping[str, Mapping[str, Sequence[float]]], title) -> plt.Figure:
    """Draw how a word in one place moves the score, a panel for each model.

    ``groups`` maps a model to {word: [change of the score in each sentence]}, in points.
    """
    figure, axes = plt.subplots(
        1, len(groups), figsize=(2.7 * len(groups) + 1.4, 3.4), sharey=True, sharex=True
    )
    for axis, (name, rows), color in zip(np.atleast_1d(axes), groups.items(), LINES, strict=False):
        for place, values in enumerate(rows.values()):
            axis.plot(values, [place] * len(values), "o", color=color, markersize=4, alpha=0.6)
            axis.plot(np.mean(values), place, "|", color=BLACK, markersize=13, markeredgewidth=2)
        axis.axvline(0, color=BLACK, linewidth=0.8)
        axis.set(title=name, xlabel="change of the score (points)")
    first, rows = np.atleast_1d(axes)[0], next(iter(groups.values()))
    first.set_yticks(range(len(rows)), list(rows))
    first.set_ylim(len(rows) - 0.5, -0.5)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure
