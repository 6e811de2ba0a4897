"""Which layers to train, and how fast: the choices of notebook 14, each measured alone.

Eight labels a class of R8, texts cut at 32 tokens, 32 steps: small, so that a notebook can measure
one point again. Scored on the validation part, which choices are for, and by what is left of
what the encoder could do before: find the article that belongs to a headline.
"""

from dataclasses import replace

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from helpers import fine_tuning
from helpers.evaluation import metrics
from helpers.experiments.label_efficiency import draw
from helpers.experiments.store import Results
from helpers.models.encoder import Encoder
from helpers.sources import corpora, published_encoders
from helpers.sources.published_encoders import PublishedEncoder
from helpers.text.labelled_texts import Split

LENGTH, LABELS, ARTICLES = 32, "8", 150
SEEDS = (0, 1, 2, 3, 4)
# Few steps need a higher rate than an epoch of thousands of texts: 1e-4 and 2e-4 got less far.
BASE = replace(fine_tuning.SETTINGS, epochs=8, learning_rate=3e-4)
HEAD_ONLY = "head only"
# What each changes, compared with "all": keywords of fine_tune, and settings.
VARIANTS: dict[str, tuple[dict, dict]] = {
    HEAD_ONLY: ({}, {}),
    "last two blocks": (
        {"frozen": ["encoder.tokens", "encoder.positions", "encoder.norm", "encoder.blocks.[0-3]"]},
        {},
    ),
    "all": ({}, {}),
    "all, half the rate a block down": ({"decay": 0.5}, {}),
    "all, no warm-up": ({}, {"warmup_share": 0.0}),
    "all, head as slow as the rest": ({"head_factor": 1.0}, {}),
    "all, ten times the rate": ({"head_factor": 1.0}, {"learning_rate": 3e-3}),
}
GRID = {"seed": SEEDS, "variant": tuple(VARIANTS)}

results = Results("which_layers", ("variant",), ("accuracy", "train_loss", "moved", "found"))


def headlines_found(encoder: Encoder, tokenizer, part: Split) -> float:
    """Return the share of headlines whose nearest article, by cosine, is their own."""
    titles, articles = (
        fine_tuning.features(encoder, tokenizer, texts, LENGTH)
        for texts in (part.titles, part.texts)
    )
    return float(((titles @ articles.T).argmax(axis=1) == np.arange(len(part))).mean())


def moved(before: Encoder, after: Encoder, part: str) -> float:
    """Return how far a part's weights went, as a share of their own size (Euclidean length)."""
    there = dict(after.named_parameters())
    pairs = [(old, there[name]) for name, old in before.named_parameters() if part in name]
    with torch.no_grad():
        way = sum(float((new.to(old) - old).square().sum()) for old, new in pairs)
        size = sum(float(old.square().sum()) for old, _ in pairs)
    return (way / size) ** 0.5


def score(variant: str, seed: int, published: PublishedEncoder) -> dict[str, float]:
    """Train one variant; return what became of it.

    ``accuracy`` is on R8's validation part, ``train_loss`` of the last epoch, ``moved`` how far
    the lowest block's weights went, and ``found`` the share of headlines that find their article.
    """
    corpus = corpora.load("reuters-r8")
    few = draw(corpus.train, LABELS, seed)
    tune = _head if variant == HEAD_ONLY else _encoder
    guesses, loss, encoder = tune(variant, few, corpus, seed, published)
    news = corpora.load("news-articles").validation.take(range(ARTICLES))
    return {
        "accuracy": metrics.accuracy(corpus.validation.labels, guesses),
        "train_loss": loss,
        "moved": moved(published.encoder, encoder, "blocks.0"),
        "found": headlines_found(encoder, published.tokenizer, news),
    }


def _encoder(variant, few, corpus, seed, published) -> tuple[np.ndarray, float, Encoder]:
    options, changes = VARIANTS[variant]
    fitted, history = fine_tuning.fine_tune(
        published.encoder,
        published.tokenizer,
        few,
        len(corpus.label_names),
        settings=replace(BASE, seed=seed, **changes),
        batch_size=16,
        max_length=LENGTH,
        **options,
    )
    guesses = fitted.predictions(corpus.validation)
    return guesses, history.train_loss[-1], fitted.model.encoder


def _head(variant, few, corpus, seed, published) -> tuple[np.ndarray, float, Encoder]:
    """Vectors once, then a linear layer on them: the encoder is run over each text only once."""
    learn, held = (
        fine_tuning.features(published.encoder, published.tokenizer, part.texts, LENGTH)
        for part in (few, corpus.validation)
    )
    head = LogisticRegression(max_iter=2_000).fit(learn, few.labels)
    loss = log_loss(few.labels, head.predict_proba(learn))
    return head.predict(held), float(loss), published.encoder


def point(variant: str, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there."""
    return results.run(
        lambda: score(variant, seed, published_encoders.load()), seed, command, variant=variant
    )
