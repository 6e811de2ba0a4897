"""Published encoders by name: our own encoder with their weights in it, and their tokenizer.

Notebook 13 does by itself what is done here. The names inside the file of weights are the matter
of ``helpers.models.published_weights``; the tokenizer is used with ``helpers.text.fast_tokens``.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer

from helpers.models.encoder import Encoder, EncoderSizes
from helpers.models.published_weights import load_bert, sizes_of
from helpers.sources import assets
from helpers.text import fast_tokens

_NAMES = ("minilm-l6",)
_FILES = ("config.json", "model.safetensors", "tokenizer.json")


@dataclass(frozen=True)
class PublishedEncoder:
    """An encoder, and the tokenizer that its weights were trained with: neither is of use alone."""

    encoder: Encoder  # in evaluation mode, on the CPU, float32
    tokenizer: Tokenizer


def names() -> list[str]:
    """Return the names that :func:`load` knows.

    >>> names()
    ['minilm-l6']
    """
    return list(_NAMES)


def load(name: str = "minilm-l6") -> PublishedEncoder:
    """Open a published encoder; its files are fetched at the first use.

    Each call makes a new one, so that one can be trained while the other stays as it was.

    Parameters
    ----------
    name
        One of :func:`names`: ``minilm-l6``, all-MiniLM-L6-v2, with 22.7 million parameters.

    Raises
    ------
    LookupError
        If no encoder has that name.
    AssetError
        If its files can't be had.

    >>> published = load()
    >>> published.encoder.sizes.layers, published.tokenizer.get_vocab_size()
    (6, 30522)
    """
    if name not in _NAMES:
        raise LookupError(f"no encoder is called {name!r}; there are {', '.join(_NAMES)}")
    return read(assets.path(name))


def read(folder: str | Path) -> PublishedEncoder:
    """Read a BERT-shaped encoder from a folder as the library transformers saves it.

    PyTorch's random state is left as it was.

    Raises
    ------
    FileNotFoundError
        If config.json, model.safetensors or tokenizer.json is missing.
    ValueError
        If a file is damaged, or the weights are not those of an encoder like ours; the message
        names the folder, and each tensor that doesn't fit.
    """
    folder = Path(folder)
    if missing := [name for name in _FILES if not (folder / name).is_file()]:
        raise FileNotFoundError(
            f"{folder} has no {', '.join(missing)}; give a folder with {', '.join(_FILES)}"
        )
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "model.safetensors")
    except (ValueError, SafetensorError) as error:
        raise ValueError(
            f"{folder}: a file is damaged ({error}); fetch or copy the folder again"
        ) from error
    try:
        with torch.device("meta"):  # shapes alone: nothing is drawn that the file then replaces
            empty = Encoder(EncoderSizes(**sizes_of(config)))
        encoder = load_bert(empty.to_empty(device="cpu"), tensors)
    except ValueError as error:
        raise ValueError(f"{folder}: {error}") from error
    tokenizer = fast_tokens.load(folder / "tokenizer.json")
    if tokenizer.get_vocab_size() > encoder.sizes.vocabulary:
        raise ValueError(
            f"{folder}: the tokenizer has {tokenizer.get_vocab_size():,} ids, the weights have "
            f"vectors for {encoder.sizes.vocabulary:,}; take both from the same model"
        )
    return PublishedEncoder(encoder.eval(), tokenizer)
