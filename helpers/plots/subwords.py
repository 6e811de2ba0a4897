"""Figures of texts cut into subwords, and of what a vocabulary costs (notebook 10)."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from helpers.plots.glyphs import drawable
from helpers.plots.style import BLUE, GREEN, ORANGE, SKY, VERMILION

_BOXES = ("#CFE3F2", "#FBDFC0", "#CBE8DD")  # light blue, orange, green: dark letters stay legible


def cut_texts(rows, title) -> plt.Figure:
    """Draw one text under several vocabularies, a box for each token (notebook 10).

    ``rows`` maps a name to the text's pieces, which join to the same text in each row. A space is
    drawn as a low bar.
    """
    longest = max(sum(map(len, pieces)) for pieces in rows.values())
    figure, axis = plt.subplots(figsize=(9.0, 0.5 * len(rows) + 0.8))
    for row, pieces in enumerate(rows.values()):
        start = 0
        for number, piece in enumerate(pieces):
            color = _BOXES[number % len(_BOXES)]
            box = Rectangle((start + 0.04, row - 0.38), len(piece) - 0.08, 0.76, facecolor=color)
            axis.add_patch(box)
            for place, letter in enumerate(piece):
                axis.text(
                    *(start + place + 0.5, row, drawable(letter.replace(" ", "_"))),
                    ha="center", va="center", family="DejaVu Sans Mono", fontsize=9.5,
                )  # fmt: skip
            start += len(piece)
        axis.text(longest + 0.6, row, f"{len(pieces)}", va="center", fontsize=10)
    axis.text(longest + 0.6, -0.75, "tokens", va="center", fontsize=10)
    axis.set(xlim=(0, longest + 3), ylim=(len(rows) - 0.5, -0.95), xticks=[], title=title)
    axis.set_xlabel("the same text in each row; a low bar is a space")
    axis.set_yticks(range(len(rows)), list(rows))
    axis.tick_params(length=0)
    axis.grid(visible=False)
    axis.spines[:].set_visible(False)
    return figure


def vocabulary_costs(sizes, tokens, unknown, parameters, title) -> plt.Figure:
    """Draw, against the vocabulary's size, what it saves and what it costs (notebook 10).

    For each of ``sizes``: ``tokens`` for each piece of text, the share of ``unknown`` words in a
    vocabulary of as many whole words (from 0 to 1), ``parameters`` of the embedding table.
    """
    figure, axes = plt.subplots(1, 3, figsize=(9.0, 3.0), sharex=True)
    curves = (
        (tokens, BLUE, "o-", "tokens for each piece"),
        ([100 * share for share in unknown], VERMILION, "s-", "words missing from the list (%)"),
        ([count / 1e6 for count in parameters], GREEN, "^-", "weights of the table (million)"),
    )
    held = ("tokens in the vocabulary", "words in the list", "tokens in the vocabulary")
    for axis, (values, color, marker, name), what in zip(axes, curves, held, strict=True):
        axis.plot(sizes, values, marker, color=color, markersize=5)
        axis.set(xscale="log", xlabel=what, ylabel=name, ylim=(0, None))
        for place in (0, -1):
            axis.annotate(
                f"{values[place]:.3g}", (sizes[place], values[place]),
                xytext=(0, 6), textcoords="offset points", fontsize=9, ha="center",
            )  # fmt: skip
        axis.margins(x=0.12, y=0.15)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def tokens_by_language(counts, series, title) -> plt.Figure:
    """Draw how many tokens the same sentence takes in each language (notebook 10).

    ``counts`` maps a language to one number for each name in ``series``.
    """
    figure, axis = plt.subplots(figsize=(7.5, 0.62 * len(counts) + 1.0))
    height = 0.8 / len(series)
    for number, (name, color) in enumerate(zip(series, (SKY, BLUE, ORANGE), strict=False)):
        for row, values in enumerate(counts.values()):
            place = row - 0.4 + (number + 0.5) * height
            axis.barh(
                *(place, values[number], height * 0.92), color=color,
                label=name if row == 0 else None,
            )  # fmt: skip
            axis.text(values[number] + 0.6, place, f"{values[number]}", va="center", fontsize=8.5)
    axis.set_yticks(range(len(counts)), list(counts))
    axis.invert_yaxis()
    axis.set(xlabel="tokens, or bytes", title=title)
    axis.grid(visible=False, axis="y")
    axis.legend(loc="upper right")
    return figure
