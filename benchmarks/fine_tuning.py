"""Write ``fine_tuning.md`` from stored rows: ``full_size``, ``learning_rates``, ``text_length``.

``python benchmarks/fine_tuning.py``; it measures nothing. Long runs add rows:
``python -m helpers.experiments full_size --publish`` (see CONTRIBUTING).
"""

from pathlib import Path

from helpers import fine_tuning
from helpers.experiments import full_size, further_pretraining, learning_rates, text_length
from helpers.experiments.store import PUBLISHED as STORED
from helpers.experiments.store import Results
from helpers.whole_files import whole

FILE = Path(__file__).parent / "fine_tuning.md"
# Accuracy on the test part, as published. R8 by DeBERTa, BERT and DistilBERT: Karl and Scherp.
PUBLISHED = {
    "reuters-r8": "DeBERTa 0.9845 [1], RoBERTaGCN 0.982 [2], BERT 0.9817 [1], DistilBERT "
    "0.9798 [1], Text GCN 0.9707 [3]",
    "movie-reviews": "RoBERTaGCN 0.897 [2], Text GCN 0.7674 [3]; both on another "
    "collection of short reviews",
    "reuters-r52": "BertGCN 0.966 [2], Text GCN 0.9356 [3]",
    "20newsgroups": "RoBERTaGCN 0.895 [2], Text GCN 0.8634 [3]",
}
SOURCES = """\
[1] Karl, F. and Scherp, A. (2022). [Transformers are short text classifiers](https://arxiv.org/abs/2211.16878).
[2] Lin, Y. et al. (2021). [BertGCN](https://arxiv.org/abs/2105.05727). Its graph holds the test \
texts as well, without their labels.
[3] Yao, L., Mao, C. and Luo, Y. (2019). [Graph convolutional networks for text \
classification](https://arxiv.org/abs/1809.05679). Its graph holds the test texts too."""


def _stored(name: str, like: Results) -> Results:
    """Return the rows that come with the course, without those of the reader's own runs."""
    return Results(name, like.settings, like.values, own=STORED)


RUNS = _stored("full_size", full_size.results)
RATES = _stored("learning_rates", learning_rates.results)
LENGTHS = _stored("text_length", text_length.results)


def table() -> str:
    """Return the page's text."""
    lines = [
        "# Fine-tuning at full size",
        "",
        "MiniLM (6 layers, 22.6 million numbers) fine-tuned on all labels, beside the course's "
        "earlier methods; a method without a line hasn't been run on that corpus. Accuracy "
        "and macro-F1 on the test part are means over the seeds counted in the table, ± the "
        "standard deviation over seeds. Nothing was chosen on the test part. Seconds are of one "
        "core, for the longest run. An average costs the seconds of the models in it.",
    ]
    for corpus in full_size.CORPORA:
        lines += ["", f"## {corpus}", "", f"Published: {PUBLISHED[corpus]}.", ""]
        lines += [
            "| method | accuracy | macro-F1 | seeds | seconds |",
            "|---|---|---|---|---|",
        ]
        for method in full_size.GRID["method"]:
            if rows := RUNS.rows(corpus=corpus, part="test", method=method):
                lines.append(_line(rows, corpus=corpus, part="test", method=method))
    lines += ["", "## What was chosen, and on what", "", _choices(), ""]
    lines += ["## How it was run", "", _how(), "", *SOURCES.split("\n")]
    return "\n".join(lines) + "\n"


def summary() -> str:
    """Return the table of README: accuracies of the main methods, and the best published."""
    methods = ("bag of words", "averaged vectors", "frozen encoder", "fine-tuned encoder")
    methods = (*methods, "words and two encoders")
    lines = [
        f"| corpus | {' | '.join(methods)} | published |",
        f"|---|{'--:|' * len(methods)}---|",
    ]
    for corpus in full_size.CORPORA:
        cells = []
        for method in methods:
            where = {"corpus": corpus, "part": "test", "method": method}
            stored = RUNS.rows(**where)
            found = f"{RUNS.spread('accuracy', **where).mean:.4f}" if stored else ""
            cells.append(f"{found} ({len(stored)})" if len(stored) > 1 else found)
        best, _, _ = PUBLISHED[corpus].partition(" [")
        lines.append(f"| {corpus} | {' | '.join(cells)} | {best} |")
    return "\n".join(lines) + "\n"


def _line(rows: list[dict], **where) -> str:
    accuracy, macro = RUNS.spread("accuracy", **where), RUNS.spread("macro_f1", **where)
    seconds = max(row["cpu_seconds"] for row in rows)
    cost = f"{seconds:,.0f}" if len(full_size.AVERAGES.get(where["method"], " ")) == 1 else ""
    spread = f" ± {accuracy.deviation:.4f}" if len(rows) > 1 else ""
    return (
        f"| {where['method']} | {accuracy.mean:.4f}{spread} | {macro.mean:.3f} | {len(rows)} "
        f"| {cost} |"
    )


def _choices() -> str:
    r8, reviews = (
        len(full_size.prepared(corpus, "held out").test) for corpus in learning_rates.GRID["corpus"]
    )
    lines = [
        f"Models learn from {full_size.TEACHING:,} texts of the official training part (notebook "
        "14's training and validation parts together) and are scored on the others: "
        f"{r8:,} of R8's and {reviews:,} reviews. Tried were several learning rates, with texts "
        f"cut to {fine_tuning.MAX_LENGTH} tokens, another length at the rate chosen, and averages "
        "of models.",
        "",
        "| corpus | what | accuracy | seeds | matrix products in |",
        "|---|---|---|---|---|",
    ]
    if RUNS.rows(part="held out", method=full_size.FURTHER):
        lines[0] += (
            " MiniLM was also pre-trained further first: "
            f"{further_pretraining.SETTINGS.epochs} passes of guessing hidden tokens over all "
            "texts of the training part, without their labels."
        )
    for corpus in learning_rates.GRID["corpus"]:
        tried = [(RATES, f"rate {rate}", {"rate": rate}) for rate in learning_rates.RATES]
        tried += [(LENGTHS, f"{n} tokens", {"tokens": n}) for n in text_length.TOKENS]
        tried += [
            (RUNS, method, {"part": "held out", "method": method})
            for method in (*full_size.AVERAGES, full_size.FURTHER)
        ]
        for results, what, where in tried:
            if rows := results.rows(corpus=corpus, **where):
                mean = results.spread("accuracy", corpus=corpus, **where).mean
                told = f"{mean:.4f} | {len(rows)} | {_products(rows, what)}"
                lines.append(f"| {corpus} | {what} | {told} |")
    return "\n".join(lines)


def _products(rows: list[dict], what: str) -> str:
    """Return in what numbers these runs multiplied matrices; nothing for averages and words."""
    if what in full_size.AVERAGES and what != "fine-tuned encoder":
        return ""
    short = {"--bfloat16" in row["command"] for row in rows}
    return " and ".join("bfloat16" if one else "float32" for one in sorted(short))


def _how() -> str:
    rows = RUNS.rows(part="test", method="fine-tuned encoder")
    commands = sorted({row["command"].split(" corpus=")[0] for row in rows})
    short = {row["method"] for row in RUNS.rows(part="test") if "--bfloat16" in row["command"]}
    methods = [name for name in full_size.GRID["method"] if name in short]
    return (
        f"`{'`, `'.join(commands)}` with corpus, part, method and seed; each row of "
        "`data/results/full_size.csv` holds its command, seed, seconds and machine "
        f"({', '.join(sorted({row['machine'] for row in rows}))}). Runs of these methods "
        f"were given `--bfloat16`: {', '.join(methods)}. It multiplies matrices in bfloat16; the "
        "rest stays float32."
    )


if __name__ == "__main__":
    with whole(FILE) as beside:
        beside.write_text(table(), encoding="utf-8")
