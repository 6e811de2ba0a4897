"""Figures of a classifier at work: curves of training, confusion, the ladder (notebooks 00, 07)."""

import matplotlib.pyplot as plt

from helpers.plots.glyphs import BOX, drawable
from helpers.plots.style import BLACK, BLUE, LINES, SKY


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


def learning_curves(histories, chance_loss, title) -> plt.Figure:
    """Draw loss and validation accuracy by epoch, one colour for each network (notebook 07).

    ``histories`` maps a network's name to its history: lists ``train_loss``,
    ``validation_loss`` and ``validation_accuracy``, one number an epoch. ``chance_loss`` is
    that of guessing, ln K for K classes.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.6))
    for color, (name, history) in zip(LINES, histories.items(), strict=False):
        epochs = range(1, len(history.train_loss) + 1)
        left.plot(epochs, history.train_loss, "--", color=color, label=f"{name}, training")
        left.plot(epochs, history.validation_loss, color=color, label=f"{name}, validation")
        accuracy = [100 * share for share in history.validation_accuracy]
        right.plot(epochs, accuracy, "o-", color=color, label=name, markersize=4)
    left.axhline(chance_loss, color=BLACK, linewidth=0.8, linestyle=":", label="chance, ln K")
    left.set(xlabel="epoch", ylabel="cross-entropy (nats)", ylim=(0, None))
    left.legend(fontsize=8)
    right.set(xlabel="epoch", ylabel="validation accuracy (%)")
    right.legend(fontsize=8, loc="lower right")
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
    axis.set(xlabel="test texts classified wrongly (%, logarithmic scale)", title=title)
    axis.set_xscale("log")
    axis.set_xlim(1, 100)
    axis.grid(visible=False, axis="y")
    return figure
