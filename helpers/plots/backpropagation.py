"""Figures of what flows through a network, forwards and backwards (notebook 05)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, BLUE, LINES, ORANGE, VERMILION

# Lines of spread_by_layer may lie on each other: wide and filled below, thin and hollow on top.
_LOOKS = (
    {"color": LINES[0], "marker": "o", "markersize": 9, "linewidth": 4, "alpha": 0.45},
    {"color": LINES[1], "marker": "s", "markersize": 5, "linestyle": "--"},
    {"color": LINES[2], "marker": "^", "markersize": 5, "linestyle": "-."},
    {"color": BLACK, "marker": "D", "markersize": 5, "linestyle": ":", "mfc": "white"},
)


def spread_by_layer(panels, title) -> plt.Figure:
    """Draw the size of outputs and of gradients in each layer, a line for each initialisation.

    ``panels`` maps a panel's name to a mapping from a scheme's name to one number for each layer.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(8.4, 3.7))
    for axis, (panel, lines) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        for look, (name, sizes) in zip(_LOOKS, lines.items(), strict=False):
            axis.semilogy(range(1, len(sizes) + 1), sizes, label=name, **look)
        axis.set(title=panel, xlabel="layer (1 = next to the input)")
    np.atleast_1d(axes)[0].set_ylabel("root mean square (logarithmic)")
    np.atleast_1d(axes)[-1].set_ylabel("root mean square (logarithmic)")
    key = np.atleast_1d(axes)[0].get_legend_handles_labels()
    figure.legend(*key, loc="outside lower center", ncols=4, fontsize=9, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def same_curves(ours, theirs, names, title) -> plt.Figure:
    """Draw two losses by step over each other, one as a wide pale line, one as dots."""
    figure, axis = plt.subplots(figsize=(7.5, 3.3))
    steps = np.arange(len(ours))
    axis.plot(steps, ours, color=LINES[4], linewidth=4, alpha=0.6, label=names[0])
    every = max(len(ours) // 60, 1)
    axis.plot(steps[::every], theirs[::every], ".", color=BLACK, label=names[1])
    axis.set(xlabel="step", ylabel="loss of the batch (nats)", title=title, ylim=(0, None))
    axis.legend(fontsize=9)
    return figure


def activations(z, curves, title) -> plt.Figure:
    """Draw activations and their derivatives; ``curves`` maps a name to (values, derivative)."""
    figure, axes = plt.subplots(1, 2, figsize=(8.0, 3.0), sharex=True)
    for color, style, (name, pair) in zip(LINES, ("-", "--", "-."), curves.items(), strict=False):
        for axis, values in zip(axes, pair, strict=True):
            axis.plot(z, values, style, color=color, label=name)
    axes[0].set(xlabel="input z", ylabel="output h", ylim=(-1.2, 3))
    axes[1].set(xlabel="input z", ylabel="derivative dh/dz")
    axes[0].legend(fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def borders(rows, title) -> plt.Figure:
    """Draw points of two classes, and where a classifier changes its mind.

    ``rows`` maps a row's name to a mapping from a panel's name to (points of shape (N, 2), labels,
    a function from points to 0 or 1, words to write below).
    """
    columns = max(map(len, rows.values()))
    figure, axes = plt.subplots(
        len(rows), columns, figsize=(2.6 * columns, 2.6 * len(rows) + 0.4), squeeze=False
    )
    for line, (row, panels) in zip(axes, rows.items(), strict=True):
        for axis, (panel, (points, labels, classify, words)) in zip(
            line, panels.items(), strict=True
        ):
            (left, low), (right, high) = points.min(axis=0) - 0.3, points.max(axis=0) + 0.3
            across, up = np.meshgrid(np.linspace(left, right, 120), np.linspace(low, high, 120))
            found = classify(np.column_stack([across.ravel(), up.ravel()])).reshape(across.shape)
            axis.contourf(across, up, found, [-0.5, 0.5, 1.5], colors=[BLUE, ORANGE], alpha=0.22)
            for label, color, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
                chosen = points[labels == label]
                axis.scatter(*chosen.T, s=9, color=color, marker=marker, linewidths=0)
            axis.set(title=panel, xlabel=words, xticks=[], yticks=[])
        line[0].set_ylabel(row)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def network_graph(columns, edges, title) -> plt.Figure:
    """Draw a small network with a value and a gradient at each place and each weight.

    ``columns`` holds (name, values, gradients) for each column of places, from left to right.
    ``edges`` holds, for each gap, (weights, gradients) of shape (from, to), or a word for what acts
    on each place by itself.
    """
    figure, axis = plt.subplots(figsize=(9.2, 3.8))
    axis.set(xlim=(-0.45, len(columns) - 0.55), ylim=(-0.5, 1.62), title=title)
    axis.axis("off")
    heights = [[0.5] if len(values) == 1 else [1.0, 0.0] for _, values, _ in columns]
    for place, edge in enumerate(edges):
        gap = [(i, j) for i in range(len(heights[place])) for j in range(len(heights[place + 1]))]
        if isinstance(edge, str):
            gap = [(i, j) for i, j in gap if i == j or len(heights[place + 1]) == 1]
            axis.text(place + 0.5, 1.33, edge, ha="center", fontsize=9, style="italic")
        for i, j in gap:
            start, end = heights[place][i], heights[place + 1][j]
            axis.plot([place, place + 1], [start, end], color="0.75", linewidth=1.2, zorder=1)
            if not isinstance(edge, str):
                share = 0.5 if i == j else 0.3  # of the way, so that crossing lines don't share it
                y = start + share * (end - start)
                _pair(axis, place + share, y, edge[0][i][j], edge[1][i][j], 9)
    for place, (name, values, gradients) in enumerate(columns):
        for k, height in enumerate(heights[place]):
            axis.scatter(place, height, s=2400, color="white", edgecolor=BLACK, zorder=2)
            label = f"{name}$_{k + 1}$" if len(values) > 1 else name
            axis.text(place, height + 0.27, label, ha="center", fontsize=11, zorder=3)
            _pair(axis, place, height, values[k], gradients[k], 10)
    axis.text(0, -0.45, "black: value", fontsize=9)
    axis.text(
        0.85, -0.45, "orange, below: derivative of the loss in it", fontsize=9, color=VERMILION
    )
    return figure


def _pair(axis, x, y, value, gradient, size) -> None:
    """Write a value and, below it, the gradient in it."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    for text, color, side in ((value, BLACK, "bottom"), (gradient, VERMILION, "top")):
        shown = f"{text + 0.0:.2f}".rstrip("0").rstrip(".")
        axis.text(x, y, shown, ha="center", va=side, fontsize=size, color=color, bbox=box, zorder=3)
