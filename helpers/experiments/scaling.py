"""How do a decoder's size and its text decide its loss? The curve of notebook 12, point by point.

Each point is one pass over so many tokens of news, drawn anew for each seed, by a decoder of one
size. Everything else is the same for all: tokens, windows, batches, learning rate and schedule.
"""

import functools
import random

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn.utils import parameters_to_vector

from helpers.experiments.store import Results
from helpers.models.decoder import Decoder, DecoderSizes
from helpers.models.positions import Rotary
from helpers.models.token_loss import token_loss
from helpers.sources import corpora
from helpers.text.batches import loader
from helpers.text.windows import TokenWindows, join_texts
from helpers.training.loop import TrainSettings, evaluate, train

VOCABULARY, WINDOW, BATCH = 512, 64, 8
SPECIAL = ("<end>", "<pad>", "<mask>")  # the ids 0, 1 and 2
SIZES = {"16x1": (16, 1), "32x1": (32, 1), "64x2": (64, 2), "128x2": (128, 2)}  # width and layers
TOKENS = (30_000, 100_000, 300_000)
SEEDS = (0, 1, 2)
JUDGED = 40  # validation articles that every decoder is judged on
SETTINGS = TrainSettings(
    epochs=1, learning_rate=3e-3, weight_decay=0.1, schedule="linear", warmup_share=0.1
)

results = Results("scaling", ("size", "tokens"), ("parameters", "loss"))
GRID = {"tokens": TOKENS, "size": tuple(SIZES), "seed": SEEDS}


@functools.cache
def tokenizer() -> Tokenizer:
    """Return byte pairs learned from the training articles: 256 bytes, merges, and SPECIAL."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(corpora.load("news-articles").train.texts, trainer)
    return made


def stream(texts: list[str], tokens: int | None = None) -> np.ndarray:
    """Return texts as ids one after another, each with its end, cut after so many tokens.

    Raises
    ------
    ValueError
        If the texts have fewer.
    """
    found, count = [], 0
    for place in range(0, len(texts), 50):
        if tokens is None or count < tokens:
            found += [code.ids for code in tokenizer().encode_batch(texts[place : place + 50])]
            count = sum(map(len, found)) + len(found)
    if tokens is not None and count < tokens:
        raise ValueError(f"{len(texts):,} texts have {count:,} tokens; {tokens:,} are asked for")
    return join_texts(found, end_id=0)[:tokens]


def decoder(size: str) -> Decoder:
    """Return a decoder of one of SIZES, freshly drawn from PyTorch's generator.

    Raises
    ------
    KeyError
        If no size has that name.

    >>> decoder("16x1").sizes.width
    16
    """
    if size not in SIZES:
        raise KeyError(f"there is no size {size!r}; there are {', '.join(SIZES)}")
    width, layers = SIZES[size]
    heads = max(width // 32, 1)
    sizes = DecoderSizes(VOCABULARY, width, layers, heads, 4 * width, WINDOW)
    return Decoder(sizes, make_turn=Rotary)


def score(size: str, tokens: int, seed: int) -> dict[str, float]:
    """Train one decoder on so many tokens; return its parameters and its validation loss."""
    news = corpora.load("news-articles")
    texts = random.Random(seed).sample(news.train.texts, len(news.train.texts))
    windows = TokenWindows(stream(texts, tokens + 1), WINDOW)
    torch.manual_seed(seed)
    model = decoder(size)
    train(model, loader(windows, BATCH, True, seed), None, SETTINGS, loss_function=token_loss)
    judged = loader(TokenWindows(stream(news.validation.texts[:JUDGED]), WINDOW), 64)
    found = evaluate(model, judged, loss_function=token_loss, keep_outputs=False)
    return {"parameters": len(parameters_to_vector(model.parameters())), "loss": found.loss}


def point(size: str, tokens: int, seed: int, command: str = "") -> dict:
    """Return the stored row of one point; measure and store it first, if it is not there."""
    return results.run(lambda: score(size, tokens, seed), seed, command, size=size, tokens=tokens)
