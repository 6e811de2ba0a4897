"""Figures of probabilities and of losses, with a label and without one (notebook 04)."""

import matplotlib.pyplot as plt

from helpers.plots.style import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION


def temperatures(probabilities, values, names, title) -> plt.Figure:
    """Draw one distribution per temperature, side by side on one scale (notebook 04).

    ``probabilities`` has a row for each of ``values`` (temperatures) and a column for each
    of ``names`` (classes).
    """
    figure, axes = plt.subplots(1, len(values), sharey=True, figsize=(8.0, 2.9))
    for axis, row, value in zip(axes, probabilities, values, strict=True):
        bars = axis.bar(names, row, color=[BLUE, ORANGE, GREEN, PURPLE][: len(names)])
        axis.bar_label(bars, fmt="%.2f", fontsize=9)
        axis.set_title(f"T = {value:g}")
        plt.setp(axis.get_xticklabels(), rotation=30, ha="right", rotation_mode="anchor")
        axis.grid(visible=False, axis="x")
    axes[0].set(ylabel="probability", ylim=(0, 1))
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def pushes(names, p, y, probability, strengths, title) -> plt.Figure:
    """Draw what p − y asks of each score, and how hard losses push the right class's score.

    ``p`` and ``y`` are one prediction and its target, a number for each of ``names``;
    ``strengths`` maps a loss's name to the size of its gradient in the right class's score, at
    each ``probability`` that the right class may have.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.0, 3.3))
    left.bar(names, p, width=0.5, color=SKY, label="prediction p")
    left.hlines(
        y, [i - 0.36 for i in range(len(y))], [i + 0.36 for i in range(len(y))],
        color=BLACK, linewidth=2.5, label="target y",
    )  # fmt: skip
    for place, (said, true) in enumerate(zip(p, y, strict=True)):
        arrow = {"arrowstyle": "-|>", "color": VERMILION, "linewidth": 2}
        left.annotate("", (place, true), (place, said), arrowprops=arrow)
        short = abs(said - true) < 0.2  # no room beside the arrow
        x, height = (place, max(said, true) + 0.03) if short else (place + 0.06, (said + true) / 2)
        words = f"{said - true:+.1f}".replace("-", "−")
        left.text(x, height, words, color=VERMILION, fontsize=11, ha="center" if short else "left")
    left.set(
        title="One text: p − y, and a step against it (arrows)",
        ylabel="probability",
        ylim=(-0.03, 1.12),
    )
    left.legend(loc="upper left", fontsize=9)
    for (name, strength), style in zip(strengths.items(), ("-", "--"), strict=False):
        right.plot(probability, strength, style, label=name)
    right.set(
        title="Size of the gradient in the right score",
        xlabel="probability of the right class",
        ylabel="size of the gradient",
        ylim=(-0.03, 1.12),
    )
    right.legend(loc="upper right", fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def loss_shapes(probability, cross_entropy, entropy) -> plt.Figure:
    """Draw both losses of one two-class prediction against the right class's probability."""
    figure, axis = plt.subplots()
    axis.plot(probability, cross_entropy, label="cross-entropy, −ln p of the right class")
    axis.plot(probability, entropy, "--", label="prediction entropy, −Σ p ln p")
    for x, y, words, place in (
        (0.0, 0.0, "certain and wrong:\nlowest for\nprediction entropy", (0.04, 0.95)),
        (1.0, 0.0, "certain and right:\nlowest for both", (0.74, 1.25)),
    ):
        arrow = {"arrowstyle": "->", "color": BLACK}
        axis.annotate(words, (x, y), place, arrowprops=arrow, fontsize=9, color=BLACK)
    axis.set(
        title="Two losses of one two-class prediction",
        xlabel="probability that the prediction gives the right class",
        ylabel="loss (nats)",
        xlim=(-0.02, 1.02),
        ylim=(-0.08, 4.0),
    )
    axis.legend(loc="upper right")
    return figure


def two_losses(right, other, chance_loss, chance_accuracy, title) -> plt.Figure:
    """Draw loss and accuracy of two ways to train, one thin line for each start.

    ``right`` and ``other`` each hold two arrays of shape (starts, steps): loss in nats, and
    accuracy from 0 to 1. The axis of steps is logarithmic, and so are the steps drawn.
    """
    last = right[0].shape[1]
    drawn = sorted({min(round(1.15**k), last) for k in range(200)})  # 1, 2, 3 … last
    figure, axes = plt.subplots(1, 2, figsize=(7.8, 3.1))
    for panel, axis in enumerate(axes):
        for (values, name), color in zip(
            ((right, "cross-entropy"), (other, "prediction entropy")),
            (BLUE, VERMILION),
            strict=True,
        ):
            shown = values[panel][:, [step - 1 for step in drawn]].T  # (drawn, starts)
            lines = axis.plot(drawn, shown, color=color, linewidth=0.7)
            lines[0].set_label(f"trained with {name}")
        level = (chance_loss, chance_accuracy)[panel]
        axis.axhline(level, color=BLACK, linestyle=":", label="guessing evenly")
        axis.set(xlabel="step of gradient descent", xscale="log")
    axes[0].set(ylabel="own loss in training (nats)", ylim=(0, None))
    axes[1].set(ylabel="accuracy in validation", ylim=(0, 1.02))
    key = axes[0].get_legend_handles_labels()
    figure.legend(*key, loc="outside lower center", ncols=3, fontsize=9, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def probability_triangles(predictions, labels, names, title) -> plt.Figure:
    """Draw three-class predictions as points in a triangle whose corners are certainty.

    ``predictions`` maps a panel's name to an array (rows, 3) of probabilities; ``labels`` are
    the true class ids and ``names`` the three class names. Points in a corner hide each other,
    so every corner also says how often its class is chosen, and how often correctly.
    """
    figure, axes = plt.subplots(1, len(predictions), figsize=(8.5, 4.0))
    corners = ((0.0, 0.0), (1.0, 0.0), (0.5, 0.866))
    for axis, (panel, p) in zip(axes, predictions.items(), strict=True):
        axis.add_patch(plt.Polygon(corners, fill=False, color=BLACK, linewidth=0.8))
        across, up = p[:, 1] + 0.5 * p[:, 2], 0.866 * p[:, 2]
        for label, (color, marker) in enumerate(((BLUE, "o"), (ORANGE, "^"), (GREEN, "s"))):
            here = labels == label
            axis.scatter(
                across[here], up[here], s=22, color=color, marker=marker, alpha=0.6,
                edgecolors="none", label=f"truly {names[label]}", clip_on=False,
            )  # fmt: skip
        named = p.argmax(axis=1)
        for corner, (x, y) in enumerate(corners):
            hits = (labels[named == corner] == corner).sum()
            given = (named == corner).sum()
            words = f"{names[corner]}\nchosen {given} times" + (
                f", {hits} correctly" if given else ""
            )
            axis.text(x, y + (0.04 if y else -0.17), words, ha="center", fontsize=9)
        axis.set(title=panel, xlim=(-0.2, 1.2), ylim=(-0.2, 1.05), aspect="equal")
        axis.axis("off")
    key = axes[0].get_legend_handles_labels()
    figure.legend(*key, loc="outside lower center", ncols=3, fontsize=9, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure
