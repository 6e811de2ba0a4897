"""A pre-trained encoder made a classifier of your texts: the pieces put together once.

Notebook 14 builds it cell by cell. Leaves every piece to its own room: words to ``text``, the
network to ``models``, the steps to ``training``.
"""

import copy
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np
import torch
from tokenizers import Tokenizer

from helpers.models.encoder import Encoder, EncoderClassifier
from helpers.text import fast_tokens
from helpers.text.batches import TextDataset
from helpers.text.labelled_texts import Split
from helpers.text.length_batches import length_loader, sorted_batches
from helpers.training.device import choose_device
from helpers.training.embedding import embed
from helpers.training.layers import freeze, layered_adamw
from helpers.training.loop import History, TrainSettings, evaluate, train

# The rate is the best of three, or level with it, on texts held out (experiments/learning_rates).
SETTINGS = TrainSettings(
    epochs=4, learning_rate=1e-4, schedule="linear", warmup_share=0.1, select_by="accuracy"
)
HEAD_FACTOR = 10.0  # the head is new and may learn faster
BATCH_SIZE = 32
MAX_LENGTH = 128


@dataclass(frozen=True)
class FineTuned:
    """A classifier with all that it needs to read a new text."""

    model: EncoderClassifier
    tokenizer: Tokenizer
    max_length: int = MAX_LENGTH

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probability of each class for each text, shape (texts, classes)."""
        if not len(texts):
            return np.zeros((0, self.model.head.out_features), dtype=np.float32)
        dataset = tokens(self.tokenizer, Split(list(texts), [0] * len(texts)), self.max_length)
        order, batches = in_order_of_length(dataset)
        device = next(self.model.parameters()).device
        found = evaluate(self.model, batches, device).probabilities.numpy()
        rows = np.empty_like(found)
        rows[order] = found
        return rows

    def predictions(self, split: Split) -> np.ndarray:
        """Return the predicted class of each text of a part, shape (texts,)."""
        return self.probabilities(split.texts).argmax(axis=1)


def tokens(tokenizer: Tokenizer, split: Split, max_length: int = MAX_LENGTH) -> TextDataset:
    """Turn a part of a corpus into ids and labels; a text that is too long loses its end."""
    return TextDataset(cut_ids(tokenizer, split.texts, max_length), split.labels)


def in_order_of_length(dataset: TextDataset, batch_size: int = 64) -> tuple[list[int], list]:
    """Return positions of texts from long to short, and their batches: little is padding."""
    batches = sorted_batches(dataset.lengths, batch_size)
    return [i for batch in batches for i in batch], [dataset[batch] for batch in batches]


def fine_tune(
    encoder: Encoder,
    tokenizer: Tokenizer,
    train_part: Split,
    classes: int,
    *,
    validation_part: Split | None = None,
    settings: TrainSettings = SETTINGS,
    head_factor: float = HEAD_FACTOR,
    decay: float = 1.0,
    frozen: Iterable[str] = (),
    batch_size: int = BATCH_SIZE,
    max_length: int = MAX_LENGTH,
    device: str | torch.device | None = None,
    **options,
) -> tuple[FineTuned, History]:
    """Train an encoder and a new head on labelled texts; the encoder given stays as it is.

    Parameters
    ----------
    encoder, tokenizer
        As ``published_encoders`` loads them; an encoder with random weights will do as well.
    train_part, classes
        Texts with labels from 0 to ``classes`` - 1.
    validation_part
        Where the best epoch is chosen; None keeps the last weights.
    settings, options
        As ``train`` takes them; ``settings.seed`` decides the head and all that is drawn.
    head_factor, decay
        How many times the top block's learning rate the head learns with, and what share of a
        block's rate the block below it does.
    frozen
        Parts that keep their published weights, as patterns: ``encoder`` for all but the head,
        ``encoder.blocks.[0-3]`` for the lower four blocks.
    max_length
        Tokens of a text that are read.

    Raises
    ------
    TypeError, ValueError
        If a label is no whole number or is outside the range, the message names the first; also
        if the encoder has no positions for ``max_length``, or a pattern fits no parameter.
    """
    _check_labels(train_part, classes, "training")
    if validation_part is not None:
        _check_labels(validation_part, classes, "validation")
    if max_length > encoder.sizes.positions:
        raise ValueError(
            f"max_length is {max_length}; this encoder has {encoder.sizes.positions} positions: "
            "use that or less"
        )
    device = choose_device(device)
    torch.manual_seed(settings.seed)  # for the head
    model = EncoderClassifier(copy.deepcopy(encoder), classes)
    if frozen := list(frozen):
        freeze(model, frozen)
    dataset = tokens(tokenizer, train_part, max_length)
    batches = length_loader(dataset, batch_size, settings.seed, device)
    validation = None
    if validation_part is not None:
        validation = in_order_of_length(tokens(tokenizer, validation_part, max_length))[1]
    optimizer = layered_adamw(settings, decay, {"head": head_factor})
    history = train(
        model, batches, validation, settings, optimizer=optimizer, device=device, **options
    )
    return FineTuned(model, tokenizer, max_length), history


def features(
    encoder: Encoder,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    max_length: int = MAX_LENGTH,
    device: str | torch.device | None = None,
) -> np.ndarray:
    """Return a frozen encoder's vector of each text, shape (texts, width), each of length 1."""
    sequences = cut_ids(tokenizer, texts, max_length)
    return embed(copy.deepcopy(encoder), sequences, device=choose_device(device))


def cut_ids(tokenizer: Tokenizer, texts: Sequence[str], max_length: int) -> list[list[int]]:
    """Return the ids of each text, cut without a word: where to cut was chosen."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".* texts had more than .* tokens")
        return fast_tokens.encode(tokenizer, texts, max_length)


def _check_labels(part: Split, classes: int, name: str) -> None:
    if not len(part):
        raise ValueError(f"the {name} part has no texts")
    for i, label in enumerate(part.labels):
        if isinstance(label, bool) or not isinstance(label, Integral):
            raise TypeError(
                f"{name} text {i:,} has the label {label!r}; number the classes from 0 on"
            )
        if not 0 <= label < classes:
            raise ValueError(
                f"{name} text {i:,} has label {label}; labels of {classes} classes are 0 to "
                f"{classes - 1}"
            )
