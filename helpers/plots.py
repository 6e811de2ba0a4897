"""Every figure of the course, one function each; matplotlib only.

Takes plain arrays, lists and names, returns the figure, and imports nothing else of the
course, so any notebook can use it and anyone can copy it. Colours are Okabe and Ito's
palette (2008), which colour-blind readers can tell apart.
"""

import matplotlib.pyplot as plt
from cycler import cycler

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = PALETTE = (
    "#000000",
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
_LINES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)


def use_style() -> None:
    """Set matplotlib's defaults for the course: small files, readable text, safe colours."""
    plt.rcParams.update(
        {
            "figure.figsize": (7.0, 4.0),
            "figure.dpi": 90,
            "savefig.dpi": 90,
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": cycler(color=_LINES),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.25,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "font.size": 10,
        }
    )


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


def loss_shapes(probability, cross_entropy, entropy) -> plt.Figure:
    """Draw both losses of one two-class prediction against the right class's probability."""
    figure, axis = plt.subplots()
    axis.plot(probability, cross_entropy, label="cross-entropy, −log p of the right class")
    axis.plot(probability, entropy, "--", label="the article's loss, −Σ y log y of the prediction")
    for x, y, words, place in (
        (0.0, 0.0, "certain and wrong:\nlowest for the article's loss", (0.04, 1.0)),
        (1.0, 0.0, "certain and right:\nlowest for both", (0.74, 1.25)),
    ):
        arrow = {"arrowstyle": "->", "color": BLACK}
        axis.annotate(words, (x, y), place, arrowprops=arrow, fontsize=9, color=BLACK)
    axis.set(
        title="Cross-entropy has one lowest point, the article's loss has one at either end",
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
    figure, axes = plt.subplots(1, 2, figsize=(7.8, 3.5))
    for panel, axis in enumerate(axes):
        for (values, name), color in zip(
            ((right, "cross-entropy"), (other, "article's loss")), (BLUE, VERMILION), strict=True
        ):
            shown = values[panel][:, [step - 1 for step in drawn]].T  # (drawn, starts)
            lines = axis.plot(drawn, shown, color=color, linewidth=0.9)
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
    so every corner also says how many rows are named so and how many of them truly are.
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
            words = f"{names[corner]}\n{(named == corner).sum()} named so, {hits} truly"
            axis.text(x, y + (0.04 if y else -0.17), words, ha="center", fontsize=9)
        axis.set(title=panel, xlim=(-0.2, 1.2), ylim=(-0.2, 1.05), aspect="equal")
        axis.axis("off")
    key = axes[0].get_legend_handles_labels()
    figure.legend(*key, loc="outside lower center", ncols=3, fontsize=9, frameon=False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def learning_curves(histories, chance_loss, title) -> plt.Figure:
    """Draw loss and validation accuracy by epoch, one colour for each network (notebook 07).

    ``histories`` maps a network's name to its history: lists ``train_loss``,
    ``validation_loss`` and ``validation_accuracy``, one number an epoch. ``chance_loss`` is
    that of guessing, ln K for K classes.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.6))
    for color, (name, history) in zip(_LINES, histories.items(), strict=False):
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
    bars = axis.barh(methods, errors, color=BLUE)
    axis.bar_label(bars, fmt="%.1f %%", padding=3, fontsize=9)
    axis.invert_yaxis()
    axis.set(xlabel="test texts classified wrongly (%, logarithmic scale)", title=title)
    axis.set_xscale("log")
    axis.set_xlim(1, 100)
    axis.grid(visible=False, axis="y")
    return figure


def class_probabilities(probabilities, names, text) -> plt.Figure:
    """Draw one text's probability of each class (notebook 00)."""
    figure, axis = plt.subplots(figsize=(6.0, 1.9))
    best = max(range(len(names)), key=lambda i: probabilities[i])
    colors = [BLUE if i == best else SKY for i in range(len(names))]
    bars = axis.barh(names, [100 * share for share in probabilities], color=colors)
    axis.bar_label(bars, fmt="%.0f %%", padding=3)
    axis.invert_yaxis()
    axis.set(xlabel="probability (%)", xlim=(0, 112))
    axis.set_title(f"{names[best]}: “{text if len(text) < 60 else text[:57] + '…'}”")
    axis.grid(visible=False, axis="y")
    return figure


def angle_or_distance(points, title) -> plt.Figure:
    """Draw arrows from the origin, one a name, to compare angles with distances (notebook 02).

    ``points`` maps a name to its two coordinates.
    """
    figure, axis = plt.subplots(figsize=(7.0, 3.4))
    for (name, (x, y)), color in zip(points.items(), _LINES, strict=False):
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
    """Draw how far each word leans to one of two ends of a direction, sorted (notebook 02)."""
    order = sorted(range(len(words)), key=lambda i: values[i])
    figure, axis = plt.subplots(figsize=(7.0, 0.6 + 0.23 * len(words)))
    colors = [BLUE if values[i] < 0 else ORANGE for i in order]
    axis.barh([words[i] for i in order], [values[i] for i in order], color=colors)
    axis.axvline(0, color=BLACK, linewidth=0.8)
    axis.set(title=title, xlabel=f"cosine with the direction: {ends[0]} ←  0  → {ends[1]}")
    axis.grid(visible=False, axis="y")
    return figure


def section_accuracies(names, barred, free, title) -> plt.Figure:
    """Draw each section's share of right answers under two rules (notebook 02).

    ``barred`` and ``free`` are shares from 0 to 1: with the question's words barred as answers,
    and with every word allowed.
    """
    figure, axis = plt.subplots(figsize=(7.5, 5.0))
    places = range(len(names))[::-1]
    axis.hlines(places, free, barred, color=BLACK, alpha=0.4, linewidth=1.2)
    axis.plot(free, places, "o", color=VERMILION, label="every word may be the answer")
    axis.plot(barred, places, "s", color=BLUE, label="the question's words barred")
    axis.set_yticks(places, names)
    axis.set(title=title, xlabel="share of right answers", xlim=(0, 1))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def judgements(panels, title) -> plt.Figure:
    """Draw cosines against people's scores, one panel a set of word pairs (notebook 02).

    ``panels`` maps a panel's name to scores, cosines, and a list of (index, words) to be named.
    """
    figure, axes = plt.subplots(1, len(panels), figsize=(8.5, 3.9), sharey=True)
    for axis, (name, (scores, cosines, named)) in zip(axes, panels.items(), strict=True):
        axis.scatter(scores, cosines, s=5, color=SKY, edgecolors="none")
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
    figure, axis = plt.subplots(figsize=(8.5, 6.0))
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


def zipf(counts, fits, title) -> plt.Figure:
    """Draw how often each word occurs against its rank, both axes logarithmic (notebook 01).

    ``counts`` maps a corpus' name to its words' counts, falling; ``fits`` maps the same names
    to a straight line, (slope, count at rank 1), drawn over the first 1,000 ranks.
    """
    figure, axis = plt.subplots()
    for color, marker, (name, falling) in zip((BLUE, VERMILION), "os", counts.items(), strict=True):
        drawn = sorted({min(round(1.12**k), len(falling)) for k in range(150)})  # 1, 2, 3 … last
        heights = [falling[rank - 1] for rank in drawn]
        axis.loglog(drawn, heights, marker, color=color, markersize=4, alpha=0.7, label=name)
        slope, first = fits[name]
        line = [first * rank**slope for rank in (1, 1000)]
        axis.loglog((1, 1000), line, color=color, linewidth=1, label=f"slope {slope:.2f}")
    axis.set(xlabel="rank of the word (1 = most frequent)", ylabel="occurrences", title=title)
    axis.legend()
    return figure


def unknown_share(sizes, shares, title) -> plt.Figure:
    """Draw the share of unknown words against the vocabulary's size (notebook 01).

    ``shares`` maps a part's name to one share, from 0 to 1, for each of ``sizes``.
    """
    figure, axis = plt.subplots()
    for color, marker, (name, values) in zip((SKY, BLUE), "so", shares.items(), strict=False):
        percent = [100 * share for share in values]
        axis.plot(sizes, percent, marker + "-", color=color, markersize=5, label=name)
    for size, share in zip(sizes, percent, strict=True):
        axis.annotate(f"{share:.0f}", (size, share), (0, 7), textcoords="offset points", fontsize=9)
    axis.set(
        xscale="log",
        xlabel="words in the vocabulary (most frequent first)",
        ylabel="tokens that are unknown (%)",
        ylim=(0, None),
        title=title,
    )
    axis.legend()
    return figure


def negation_accuracy(accuracies, title) -> plt.Figure:
    """Draw accuracy on texts with and without a negation, for each treatment (notebook 01).

    ``accuracies`` maps a treatment to two accuracies from 0 to 1: texts with a negation, texts
    without one.
    """
    figure, axis = plt.subplots(figsize=(7.5, 0.55 * len(accuracies) + 1.4))
    for row, (with_negation, without) in enumerate(accuracies.values()):
        axis.plot([100 * with_negation, 100 * without], [row, row], color=BLACK, linewidth=0.6)
        for value, color, marker, name, side in (
            (with_negation, VERMILION, "o", "texts with a negation", -1),
            (without, BLUE, "s", "texts without one", 1),
        ):
            axis.plot(100 * value, row, marker, color=color, label=name if row == 0 else None)
            axis.annotate(
                f"{100 * value:.1f}", (100 * value, row), (9 * side, 0), fontsize=9,
                textcoords="offset points", va="center", ha="right" if side < 0 else "left",
            )  # fmt: skip
    axis.set_yticks(range(len(accuracies)), list(accuracies))
    axis.margins(x=0.15, y=0.2)
    axis.invert_yaxis()
    axis.set(xlabel="accuracy (%)", title=title)
    axis.grid(visible=False, axis="y")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.3), ncols=2, frameon=False)
    return figure
