"""Figures of words as points: steps, angles, leanings, tests of meaning, a map (notebook 02)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, GREEN, LINES, ORANGE, SKY, VERMILION


def word_steps(panels, title) -> plt.Figure:
    """Draw an arrow from one word to the other for several pairs, one panel a kind of pair.

    ``panels`` maps a panel's name to its pairs of words and their places, shape (pairs, 2, 2):
    for each pair the two words, for each word its two coordinates (notebook 02).
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(7.6, 3.5), squeeze=False)
    for axis, (name, (pairs, places)) in zip(axes[0], panels.items(), strict=True):
        arrow = {"arrowstyle": "-|>", "color": BLUE, "linewidth": 1.4, "shrinkA": 4, "shrinkB": 4}
        for words, ends in zip(pairs, np.asarray(places, dtype=float), strict=True):
            axis.annotate("", ends[1], ends[0], arrowprops=arrow)
            down = np.sign(ends[0, 1] - ends[1, 1]) or 1.0  # labels go beyond the arrow's ends
            for word, end, side in zip(words, ends, (down, -down), strict=True):
                axis.plot(*end, "o", color=VERMILION, markersize=4)
                axis.annotate(
                    word, end, (0, 6 * side), textcoords="offset points", ha="center",
                    va="bottom" if side > 0 else "top", fontsize=9,
                )  # fmt: skip
        axis.set(title=name, xlabel="first direction", ylabel="second direction")
        axis.margins(x=0.2, y=0.15)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def angle_or_distance(points, title) -> plt.Figure:
    """Draw arrows from the origin, one a name, to compare angles with distances (notebook 02).

    ``points`` maps a name to its two coordinates.
    """
    figure, axis = plt.subplots(figsize=(7.0, 3.4))
    for (name, (x, y)), color in zip(points.items(), LINES, strict=False):
        arrow = {"arrowstyle": "-|>", "color": color, "linewidth": 1.8, "shrinkA": 0, "shrinkB": 0}
        axis.annotate("", (x, y), (0, 0), arrowprops=arrow)
        axis.annotate(
            f"{name} ({x:g}, {y:g})", (x, y), (4, 4), textcoords="offset points", color=color
        )
    across, up = zip(*points.values(), strict=True)
    axis.set(
        title=title, xlabel="first number of the vector", ylabel="second number",
        xlim=(min(0, *across) - 0.5, max(across) * 1.15 + 0.5),
        ylim=(min(0, *up) - 0.5, max(up) + 1), aspect="equal",
    )  # fmt: skip
    return figure


def leanings(words, values, ends, title) -> plt.Figure:
    """Draw how far each word leans to one of two ends of a direction, sorted (notebook 02).

    ``values`` has shape (words, directions): the bar is a word's mean over the directions, the
    dots are the single ones.
    """
    values = np.asarray(values, dtype=float)
    means = values.mean(axis=1)
    order = np.argsort(means, kind="stable")
    figure, axis = plt.subplots(figsize=(6.4, 0.8 + 0.2 * len(words)))
    colors = [BLUE if means[i] < 0 else ORANGE for i in order]
    axis.barh([words[i] for i in order], means[order], color=colors)
    for place, i in enumerate(order):
        axis.plot(values[i], [place] * values.shape[1], ".", color=BLACK, markersize=3)
    axis.axvline(0, color=BLACK, linewidth=0.8)
    axis.set(title=title, xlabel=f"cosine with the direction: {ends[0]} ←  0  → {ends[1]}")
    axis.grid(visible=False, axis="y")
    return figure


def opposites_and_synonyms(synonyms, opposites, named, title) -> plt.Figure:
    """Draw each word's cosine with its opposite over that with its synonym (notebook 02).

    ``synonyms`` and ``opposites`` hold a cosine for each word; ``named`` lists (index, text) of
    those to be labelled. On the dashed line, both are equally near.
    """
    figure, axis = plt.subplots(figsize=(5.6, 3.9))
    low = min(0.0, *synonyms, *opposites) - 0.03
    axis.plot([low, 1], [low, 1], color=BLACK, linewidth=0.9, linestyle="--")
    axis.scatter(synonyms, opposites, s=12, color=SKY, edgecolors="none")
    for i, text in named:
        axis.plot(synonyms[i], opposites[i], "o", color=VERMILION, markersize=5)
        left = synonyms[i] > 0.55
        axis.annotate(
            text, (synonyms[i], opposites[i]), (-7 if left else 7, 0), textcoords="offset points",
            va="center", ha="right" if left else "left", fontsize=9,
            bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    axis.text(0.02, 0.97, "opposite nearer", transform=axis.transAxes, va="top", style="italic")
    axis.text(0.98, 0.03, "synonym nearer", transform=axis.transAxes, ha="right", style="italic")
    axis.set(
        title=title, xlabel="cosine with its synonyms", ylabel="cosine with its opposites",
        xlim=(low, 1.02), ylim=(low, 1.02),
    )  # fmt: skip
    return figure


def section_accuracies(names, barred, free, title) -> plt.Figure:
    """Draw each section's share of correct answers under two rules (notebook 02).

    ``barred`` and ``free`` are shares from 0 to 1: with the question's words barred as answers,
    and with every word allowed.
    """
    figure, axis = plt.subplots(figsize=(6.6, 3.9))
    places = range(len(names))[::-1]
    axis.hlines(places, free, barred, color=BLACK, alpha=0.4, linewidth=1.2)
    axis.plot(free, places, "o", color=VERMILION, label="every word may be the answer")
    axis.plot(barred, places, "s", color=BLUE, label="the question's words barred")
    axis.set_yticks(places, names)
    axis.set(title=title, xlabel="share of correct answers", xlim=(0, 1))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def judgements(panels, title) -> plt.Figure:
    """Draw cosines against people's scores, one panel a set of word pairs (notebook 02).

    ``panels`` maps a panel's name to scores, cosines, and a list of (index, words) to be named.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(7.4, 3.2), sharey=True)
    for axis, (name, (scores, cosines, named)) in zip(axes, panels.items(), strict=True):
        axis.scatter(scores, cosines, s=6, color=SKY, linewidths=0, antialiased=False)
        for i, words in named:
            axis.plot(scores[i], cosines[i], "o", color=VERMILION, markersize=5)
            side = "right" if scores[i] > 5 else "left"
            axis.annotate(
                words, (scores[i], cosines[i]), (-6 if side == "right" else 6, 0),
                textcoords="offset points", ha=side, va="center", fontsize=9, color=BLACK,
                bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1},
            )  # fmt: skip
        axis.set(title=name, xlabel="mean score that people gave (0 to 10)", xlim=(-0.3, 10.3))
    axes[0].set_ylabel("cosine of the two words")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def word_map(points, words, groups, title) -> plt.Figure:
    """Draw words at their places in two dimensions, a colour and a mark for each group.

    ``points`` has shape (words, 2); ``groups`` names each word's group (notebook 02).
    """
    figure, axis = plt.subplots(figsize=(7.4, 5.0))
    styles = dict(
        zip(dict.fromkeys(groups), zip((BLUE, VERMILION, GREEN), "o^s", strict=True), strict=False)
    )
    for group, (color, marker) in styles.items():
        here = [i for i, name in enumerate(groups) if name == group]
        across, up = ([points[i][axes] for i in here] for axes in (0, 1))
        axis.scatter(across, up, s=22, color=color, marker=marker, label=group)
    axis.set(title=title, xlabel="first principal component", ylabel="second principal component")
    axis.margins(x=0.12, y=0.06)
    axis.legend(loc="best")
    figure.draw_without_rendering()  # so that places in the data are places on the paper
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in axis.transData.transform(points)]
    for i, word in enumerate(words):
        x, y = axis.transData.transform(points[i])
        wide, high = 6.5 * len(word), 11  # pixels, about
        places = [(6, -5), (-6 - wide, -5), (-wide / 2, 6), (-wide / 2, -17), (5, 6), (5, -16)]
        places += [(-5 - wide, 6), (-5 - wide, -16), (-wide / 2, 17), (-wide / 2, -28)]
        boxes = [(x + dx, y + dy, x + dx + wide, y + dy + high) for dx, dy in places]
        covered = [sum(_overlap(box, other) for other in taken) for box in boxes]
        left, low, right, top = boxes[covered.index(min(covered))]
        taken.append((left, low, right, top))
        where = axis.transData.inverted().transform((left, low))
        axis.annotate(word, where, fontsize=8.5, color=styles[groups[i]][0])
    return figure


def _overlap(one, other) -> float:
    """Return the area that two boxes (left, low, right, top) share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(0, wide) * max(0, high)
