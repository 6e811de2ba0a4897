"""Figures of words and their counts (notebook 01)."""

import matplotlib.pyplot as plt

from helpers.plots.style import BLACK, BLUE, SKY, VERMILION


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
