"""Figures of what flows through a network, forwards and backwards (notebook 05)."""

import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.style import BLACK, LINES


def spread_by_layer(panels, title) -> plt.Figure:
    """Draw the size of outputs and of gradients in each layer, a line for each initialisation.

    ``panels`` maps a panel's name to a mapping from a scheme's name to one number for each layer.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(8.4, 3.7))
    for axis, (panel, lines) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        for color, marker, (name, sizes) in zip(LINES, "os^D", lines.items(), strict=False):
            layers = range(1, len(sizes) + 1)
            axis.semilogy(layers, sizes, marker + "-", color=color, label=name, markersize=4)
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
