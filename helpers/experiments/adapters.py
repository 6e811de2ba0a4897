"""Head only, LoRA, or all of it: what each way of fine-tuning reaches. The picture of notebook 15.

MiniLM on R8, with few labels a class or all. Everything is measured on the validation part, which
the rates below were chosen on with other draws of texts; only runs with all labels open the test
part as well.
"""

import math
import time

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.utils.data import DataLoader, TensorDataset

from helpers import fine_tuning
from helpers.evaluation import ladder, metrics
from helpers.experiments.label_efficiency import draw
from helpers.experiments.store import Results, check_method
from helpers.models.encoder import EncoderClassifier, mean_of_tokens
from helpers.models.lora import LoRASettings, inject
from helpers.sources import corpora, published_encoders
from helpers.text.batches import TextDataset
from helpers.text.labelled_texts import Corpus, Split
from helpers.text.length_batches import length_loader, sorted_batches
from helpers.training.device import choose_device, to_device
from helpers.training.evaluating import Evaluation
from helpers.training.layers import count, freeze, layered_adamw
from helpers.training.loop import TrainSettings, evaluate, train

METHODS = ("head", "lora-1", "lora-4", "lora-16", "full")
LABELS = ("16", "64", "all")  # a class, or as many as there are
SEEDS = (0, 1, 2, 3, 4)
GRID = {"method": METHODS, "labels": LABELS, "seed": SEEDS}
TOKENS = {"16": 32, "64": 32, "all": 128}  # of a text that are read
EPOCHS = {"16": 4, "64": 2, "all": 4}
BATCH_SIZE = {"16": 16, "64": 16, "all": 32}
HEAD_EPOCHS = 30  # it learns from vectors that are computed once, so that an epoch costs nothing
SAMPLE = 256  # texts of the validation part to measure on, while labels are few
# Learning rate, and how many times that of the head.
RATES = {"head": (1e-2, 1.0), "lora": (3e-3, 3.0), "full": (3e-4, 10.0)}
RUNGS = {"lora-4": "MiniLM with LoRA"}  # that notebook 15 adds to the ladder, by method

results = Results(
    "adapters",
    ("method", "labels"),
    ("accuracy", "macro_f1", "test_accuracy", "test_macro_f1", "trainable", "train_seconds"),
)


def to_measure_on(part: Split, labels: str) -> Split:
    """Return a part's texts to measure on: a fixed sample while labels are few."""
    if labels == "all":
        return part
    chosen = np.random.default_rng(0).permutation(len(part))[:SAMPLE]
    return part.take(sorted(int(i) for i in chosen))


def settings_of(method: str, labels: str, seed: int) -> TrainSettings:
    """Return how a method is trained."""
    epochs = HEAD_EPOCHS if method == "head" else EPOCHS[labels]
    rate, _ = RATES[method.split("-")[0]]
    return TrainSettings(
        epochs=epochs, learning_rate=rate, schedule="linear", warmup_share=0.1, seed=seed
    )


def fit(
    model: EncoderClassifier, dataset: TextDataset, method: str, labels: str, seed: int
) -> float:
    """Train the head, the head and adapters of some rank, or all; return the seconds it took.

    In the one loop, without validation: the last weights stay.

    Raises
    ------
    KeyError
        If no method has that name.
    """
    check_method(method, METHODS)
    started, (kind, _, rank) = time.perf_counter(), method.partition("-")
    settings, learner = settings_of(method, labels, seed), model
    batches = length_loader(dataset, BATCH_SIZE[labels], seed)
    if kind == "head":
        freeze(model, "encoder")
        learner, batches = model.head, _vectors(model, dataset, BATCH_SIZE[labels], seed)
    elif kind == "lora":
        _give_adapters(model, int(rank))
    factors = {"head": RATES[kind][1]} if learner is model else None
    train(learner, batches, None, settings, optimizer=layered_adamw(settings, 1.0, factors))
    model.eval()
    return time.perf_counter() - started


def begin(seed: int) -> tuple[Corpus, Tokenizer, EncoderClassifier]:
    """Return R8, MiniLM's tokenizer, and MiniLM with a new head for R8's classes."""
    corpus, published = corpora.load("reuters-r8"), published_encoders.load()
    torch.manual_seed(seed)  # for head and adapters
    model = EncoderClassifier(published.encoder, len(corpus.label_names)).to(choose_device())
    return corpus, published.tokenizer, model


def judge(model: EncoderClassifier, tokenizer: Tokenizer, part: Split, tokens: int) -> Evaluation:
    """Measure a model on a part's texts, each cut to so many tokens."""
    cut = fine_tuning.tokens(tokenizer, part, tokens)
    return evaluate(model, fine_tuning.in_order_of_length(cut)[1])


def score(method: str, labels: str, seed: int) -> dict[str, float]:
    """Train with one method, and measure it on the validation part, with all labels on the test."""
    corpus, tokenizer, model = begin(seed)
    part = draw(corpus.train, labels, seed)
    dataset = fine_tuning.tokens(tokenizer, part, TOKENS[labels])
    found = {"train_seconds": fit(model, dataset, method, labels, seed)}
    found |= {"trainable": count(model)[0], "test_accuracy": math.nan, "test_macro_f1": math.nan}
    parts = {"": to_measure_on(corpus.validation, labels)}
    parts |= {"test_": corpus.test} if labels == "all" else {}
    for name, part in parts.items():
        result = judge(model, tokenizer, part, TOKENS[labels])
        found[f"{name}accuracy"] = result.accuracy
        found[f"{name}macro_f1"] = metrics.macro_f1(result.labels, result.predictions)
    return found


def _give_adapters(model: EncoderClassifier, rank: int) -> None:
    inject(model, LoRASettings(rank=rank, alpha=2 * rank))


def _vectors(model: EncoderClassifier, dataset: TextDataset, batch_size: int, seed: int):
    """Return batches of the frozen encoder's mean vectors, computed once, with their labels."""
    device = next(model.parameters()).device
    model.eval()
    found, labels = [], []
    with torch.no_grad():
        for chosen in sorted_batches(dataset.lengths, 64):
            (ids, lengths), truth = to_device(dataset[chosen], device)
            found.append(mean_of_tokens(model.encoder(ids, lengths), lengths))
            labels.append(truth)
    vectors = TensorDataset(torch.cat(found), torch.cat(labels))
    return DataLoader(
        vectors, batch_size, shuffle=True, generator=torch.Generator().manual_seed(seed)
    )


def stored(labels: str) -> dict[str, list[dict]]:
    """Return the rows of each method that has any with so many labels, by seed."""
    found = {method: results.rows(method=method, labels=labels) for method in METHODS}
    return {m: sorted(rows, key=lambda row: row["seed"]) for m, rows in found.items() if rows}


def point(method: str, labels: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there."""
    return results.run(
        lambda: score(method, labels, seed), seed, command, method=method, labels=labels
    )


def rung(method: str) -> ladder.Rung:
    """Return the ladder's rung of a method on all labels, from the stored run of the first seed.

    Raises
    ------
    LookupError
        If there is no such run.
    """
    row = results.row(method=method, labels="all", seed=SEEDS[0])
    corpus = corpora.load("reuters-r8")
    model = EncoderClassifier(published_encoders.load().encoder, len(corpus.label_names))
    kind, _, rank = method.partition("-")
    if kind == "lora":
        _give_adapters(model, int(rank))
    scores = row["test_accuracy"], row["test_macro_f1"]
    size = ladder.size_of(model, row["train_seconds"])
    return ladder.Rung(RUNGS[method], corpus.name, *scores, *size, row["machine"], "15")
