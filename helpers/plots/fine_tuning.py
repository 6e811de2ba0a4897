"""Figures of fine-tuning: learning rates by depth, choices compared, label efficiency (14)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, LINES, VERMILION

MARKS = "os^Dv"


def rates_by_step(rates, title) -> plt.Figure:
    """Draw the learning rate of several parts of a model against the step (logarithmic).

    ``rates`` maps a part's name to its rate at each step.
    """
    figure, axis = plt.subplots(figsize=(6.4, 3.0))
    for color, style, (name, values) in zip(
        LINES, ("-", "--", "-.", ":"), rates.items(), strict=False
    ):
        axis.semilogy(range(1, len(values) + 1), values, color=color, linestyle=style, label=name)
    axis.set(xlabel="step", ylabel="learning rate (logarithmic)", title=title)
    axis.legend(fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def choices(runs, panels, live, title) -> plt.Figure:
    """Draw what each choice gave: a row for each, a panel for each thing that was measured.

    ``runs`` maps a choice to {measure: values of its seeds}, ``panels`` a measure to its axis
    label, and ``live`` a choice to {measure: value}, drawn as a star.
    """
    figure, axes = plt.subplots(
        1, len(panels), figsize=(8.4, 0.42 * len(runs) + 1.3), sharey=True, squeeze=False
    )
    for axis, color, (measure, label) in zip(
        axes[0], (BLUE, VERMILION), panels.items(), strict=False
    ):
        for place, (name, found) in enumerate(runs.items()):
            values = 100 * np.asarray(found[measure])
            axis.plot(values, np.full(len(values), place), "o", color=color, alpha=0.5, ms=5)
            axis.plot([values.mean()] * 2, [place - 0.3, place + 0.3], color=BLACK, linewidth=1.5)
            if name in live:
                star = 100 * live[name][measure]
                axis.plot(star, place, "*", color=BLACK, markerfacecolor="none", ms=13)
        axis.set(xlabel=label)
        axis.grid(visible=False, axis="y")
    axes[0, 0].set_yticks(range(len(runs)), list(runs))
    axes[0, 0].set_ylim(len(runs) - 0.5, -0.5)  # the first on top
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def label_efficiency(panels, live, title) -> plt.Figure:
    """Draw accuracy by labels a class, a panel for each corpus, a line for each method.

    ``panels`` maps a corpus to {method: {labels: (mean, low, high)}}, shares from 0 to 1; a method
    may lack some labels, and its line has a gap there. ``live`` maps a corpus to {method: {labels:
    accuracy}}, drawn as stars.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(8.8, 4.3), squeeze=False)
    every = [of_labels for methods in panels.values() for of_labels in methods.values()]
    numbers = {labels for of_labels in every for labels in of_labels}
    order = sorted(numbers, key=lambda labels: (labels == "all", int("0" + labels.strip("al"))))
    names = list(dict.fromkeys(name for methods in panels.values() for name in methods))
    for axis, (corpus, methods) in zip(axes[0], panels.items(), strict=True):
        for place, name in enumerate(names):
            of_labels = methods.get(name, {})
            at = np.arange(len(order))
            aside = 0.07 * (place - (len(names) - 1) / 2)  # so that no mark hides another
            gap = (np.nan,) * 3  # a line ends where a number of labels is missing
            mean, low, high = 100 * np.array([of_labels.get(labels, gap) for labels in order]).T
            axis.errorbar(
                at + aside, mean, [mean - low, high - mean], color=LINES[place],
                marker=MARKS[place % len(MARKS)], ms=5, linewidth=1.2, capsize=2, label=name,
            )  # fmt: skip
            for labels, value in live.get(corpus, {}).get(name, {}).items():
                axis.plot(
                    order.index(labels) + aside, 100 * value, "*", color=LINES[place],
                    markeredgecolor=BLACK, ms=14, zorder=5,
                )  # fmt: skip
        axis.set_xticks(range(len(order)), order)
        axis.set(title=corpus, xlabel="labels a class", ylabel="accuracy on the test part (%)")
    handles, said = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, said, fontsize=9, loc="outside lower center", ncols=len(names))
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure
