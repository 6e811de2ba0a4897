"""Figures of a classifier at work: curves of training, confusion, the ladder (notebooks 00, 07)."""

import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator

from helpers.plots.glyphs import BOX, drawable
from helpers.plots.style import BLACK, BLUE, LINES, SKY, VERMILION


def class_probabilities(probabilities, names, text) -> plt.Figure:
    """Draw one text's probability of each class (notebook 00); any text may be given.

    A character that no font of this machine has is drawn as a box, and the figure says so.
    """
    names = [drawable(name) for name in names]
    figure, axis = plt.subplots(figsize=(6.0, 1.9))
    best = max(range(len(names)), key=lambda i: probabilities[i])
    colors = [BLUE if i == best else SKY for i in range(len(names))]
    bars = axis.barh(range(len(names)), [100 * p for p in probabilities], color=colors)
    axis.bar_label(bars, [f"{100 * p:.1f} %" for p in probabilities], padding=3)
    axis.set_yticks(range(len(names)), names)
    axis.invert_yaxis()
    axis.set(xlabel="probability (%)", xlim=(0, 112))
    shown = drawable(text, columns=60)
    figure.suptitle(f"{names[best]}: “{shown}”", x=0.01, ha="left", fontsize=10)
    if BOX in shown and BOX not in text:
        figure.supxlabel(f"{BOX} no font of this machine has this character", fontsize=8)
    axis.grid(visible=False, axis="y")
    return figure


def learning_curves(logs, chance_loss, title) -> plt.Figure:
    """Draw loss and validation accuracy by epoch, one colour for each network (notebook 07).

    ``logs`` maps a network's name to a row for each epoch: training loss, validation loss,
    validation accuracy (0 to 1). ``chance_loss`` is that of guessing, ln K for K classes. A ring
    marks the best epoch: the highest accuracy, and of equals the lowest loss.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.4))
    for color, (name, log) in zip(LINES, logs.items(), strict=False):
        train_loss, loss, accuracy = zip(*log, strict=True)
        epochs, percent = range(1, len(log) + 1), [100 * share for share in accuracy]
        best = max(range(len(log)), key=lambda e: (accuracy[e], -loss[e]))
        left.plot(epochs, train_loss, "--", color=color, label=f"{name}, training")
        left.plot(epochs, loss, color=color, label=f"{name}, validation")
        right.plot(epochs, percent, ".-", color=color, label=name)
        for axis, height in ((left, loss[best]), (right, percent[best])):
            axis.plot(
                best + 1, height, "o", color=color, markerfacecolor="none", markersize=11,
                label="best epoch" if axis is right else None,
            )  # fmt: skip
    left.axhline(chance_loss, color=BLACK, linewidth=0.8, linestyle=":", label="chance, ln K")
    left.set(xlabel="epoch", ylabel="cross-entropy (nats, log scale)", yscale="log")
    right.set(xlabel="epoch", ylabel="validation accuracy (%)")
    for axis, place in ((left, "best"), (right, "lower right")):
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.legend(fontsize=8, loc=place)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def seeds(accuracies, to_beat, title) -> plt.Figure:
    """Draw the validation accuracy of each model and seed, a row for each model (notebook 07).

    ``accuracies`` maps a model's name to one number from 0 to 1 for each seed; ``to_beat`` maps
    the name of a baseline to its accuracy, a dotted line.
    """
    figure, axis = plt.subplots(figsize=(7.5, 0.45 * len(accuracies) + 1.4))
    for row, found in enumerate(accuracies.values()):
        percent = [100 * share for share in found]
        axis.plot(percent, [row] * len(percent), "o", color=BLUE, alpha=0.6)
        words, right = f"{sum(percent) / len(percent):.1f}", max(percent)
        axis.annotate(words, (right, row), (10, 0), textcoords="offset points", va="center")
    for name, accuracy in to_beat.items():
        axis.axvline(100 * accuracy, color=VERMILION, linestyle=":", label=name)
    axis.set_yticks(range(len(accuracies)), list(accuracies))
    axis.invert_yaxis()
    axis.margins(x=0.12, y=0.15)
    axis.set_xlabel("validation texts classified correctly (%)")
    axis.grid(visible=False, axis="y")
    axis.legend(loc="lower left", fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def confusion(counts, names, title) -> plt.Figure:
    """Draw how often each true class (row) was predicted as each class (column) (notebook 07)."""
    names = [drawable(name) for name in names]
    size = max(3.5, 0.55 * len(names) + 1.5)
    figure, axis = plt.subplots(figsize=(size + 1, size))
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / totals.clip(min=1)
    axis.imshow(shares, cmap="cividis", vmin=0, vmax=1)
    for row in range(len(names)):
        for column in range(len(names)):
            if counts[row, column]:
                color = BLACK if shares[row, column] > 0.5 else "white"
                words = f"{counts[row, column]}"
                axis.text(column, row, words, ha="center", va="center", color=color, fontsize=8)
    axis.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    axis.set_yticks(range(len(names)), names)
    axis.set(xlabel="predicted class", ylabel="true class", title=title)
    axis.grid(visible=False)
    return figure


def ladder(methods, accuracies, title) -> plt.Figure:
    """Draw the error rate of each method on one corpus, in the order given (notebook 07)."""
    figure, axis = plt.subplots(figsize=(7.5, 0.45 * len(methods) + 1.2))
    errors = [100 * (1 - accuracy) for accuracy in accuracies]
    places = range(len(methods))
    axis.plot(errors, places, "o", color=BLUE)  # dots: on a logarithmic axis a length says nothing
    for error, place in zip(errors, places, strict=True):
        words = f"{error:.1f} %"
        axis.annotate(words, (error, place), (8, 0), textcoords="offset points", va="center")
    axis.set_yticks(places, methods)
    axis.set_ylim(-0.5, len(methods) - 0.5)
    axis.invert_yaxis()
    axis.set(xlabel="errors on the test part (%, logarithmic scale)", title=title)
    axis.set_xscale("log")
    axis.set_xlim(1, 100)
    axis.set_xticks([1, 10, 100], ["1", "10", "100"])
    axis.grid(visible=False, axis="y")
    return figure
