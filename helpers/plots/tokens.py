"""Figures of words and their counts (notebook 01)."""

import matplotlib.pyplot as plt
from matplotlib.colors import ListedColormap

from helpers.plots.style import BLACK, BLUE, SKY, VERMILION

_WORDS = ListedColormap(["#E8E8E8", BLUE])  # padding, words


def zipf(counts, constants, title) -> plt.Figure:
    """Draw how often each type occurs against its rank, both axes logarithmic (notebook 01).

    ``counts`` maps a corpus' name to its types' counts, falling; ``constants`` maps the same
    names to the C of Zipf's law, whose line C / rank is drawn over all ranks.
    """
    figure, axis = plt.subplots()
    for color, marker, (name, falling) in zip((BLUE, VERMILION), "os", counts.items(), strict=True):
        drawn = sorted({min(round(1.12**k), len(falling)) for k in range(150)})  # 1, 2, 3 … last
        heights = [falling[rank - 1] for rank in drawn]
        axis.loglog(drawn, heights, marker, color=color, markersize=4, alpha=0.7, label=name)
        ends, constant = (1, len(falling)), constants[name]
        axis.loglog(
            *(ends, [constant / rank for rank in ends]),
            color=BLACK, linewidth=1, linestyle="-" if marker == "o" else "--",
            label=f"{constant:,} / rank",
        )  # fmt: skip
    axis.set(xlabel="rank of the type (1 = most frequent)", ylabel="occurrences", title=title)
    axis.legend()
    return figure


def unknown_share(sizes, shares, title) -> plt.Figure:
    """Draw the share of unknown tokens against the vocabulary's size (notebook 01).

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
        xlabel="types in the vocabulary (most frequent first)",
        ylabel="tokens that are unknown (%)",
        ylim=(0, None),
        title=title,
    )
    axis.legend()
    return figure


def padding(batches, title) -> plt.Figure:
    """Draw batches as rectangles, one beside the other: words dark, padding light (notebook 01).

    ``batches`` maps a batch's name to its ids, shape (texts, longest), where 0 is padding.
    """
    figure, axes = plt.subplots(1, len(batches), figsize=(7.5, 3.0), sharex=True, sharey=True)
    widest = max(ids.shape[1] for ids in batches.values())
    for axis, (name, ids) in zip(axes, batches.items(), strict=True):
        axis.imshow(ids != 0, aspect="auto", cmap=_WORDS, vmin=0, vmax=1, interpolation="nearest")
        axis.set(xlim=(-0.5, widest - 0.5), xlabel="place in the row", title=name)
        axis.grid(visible=False)
    axes[0].set_ylabel("text of the batch")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def negation_gains(gains, title) -> plt.Figure:
    """Draw what keeping the negations gains, a dot for each shuffle (notebook 01).

    ``gains`` maps a comparison's name to percentage points: shape (2, shuffles), first on texts
    with a negation, then on texts without one. A long stroke marks the mean.
    """
    figure, axis = plt.subplots(figsize=(7.5, 0.9 * len(gains) + 1.4))
    for row, pair in enumerate(gains.values()):
        for values, color, marker, name, up in (
            (pair[0], VERMILION, "o", "texts with a negation", -0.14),
            (pair[1], BLUE, "s", "texts without one", 0.14),
        ):
            heights = [row + up] * len(values)
            axis.plot(
                values, heights, marker, color=color, alpha=0.7, markersize=6,
                label=name if row == 0 else None,
            )  # fmt: skip
            mean = sum(values) / len(values)
            axis.plot([mean, mean], [row + up - 0.12, row + up + 0.12], color=color, linewidth=2.5)
    axis.axvline(0, color=BLACK, linewidth=0.8)
    axis.set_yticks(range(len(gains)), list(gains))
    axis.margins(x=0.1, y=0.25)
    axis.invert_yaxis()
    axis.set(xlabel="gain from keeping the negations (percentage points)", title=title)
    axis.grid(visible=False, axis="y")
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=2, frameon=False)
    return figure
