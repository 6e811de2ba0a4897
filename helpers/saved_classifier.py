"""A trained classifier kept in a folder, and read back without running any code from it.

Notebook 07 keeps the reader's own classifier so. The weights are written as safetensors, the
vocabulary and the settings as JSON. Leaves files and their seals to ``training.sealed_folder``,
models to ``models.rebuilding``, and the middle of a training run to ``training.checkpoint``;
``classify`` reads a file of texts with it.
"""

import dataclasses
import importlib.metadata
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import safetensors
import safetensors.torch
import torch

from helpers.models import rebuilding
from helpers.news_classifier import NewsClassifier
from helpers.text import preprocess
from helpers.text.vocabulary import Vocabulary
from helpers.training import sealed_folder
from helpers.training.device import choose_device

KIND = "course news classifier"
FORMAT = 1  # raise it when the meaning of the files changes
# A tokenizer is kept by its name. Add your own here before you save, and before you load.
TOKENIZERS: dict[str, Callable[[str], list[str]]] = {
    "simple_tokens": preprocess.simple_tokens,
    "tokenize": preprocess.tokenize,
}
# How else the classifier reads a text: whole numbers, such as pairs.
_READING = [field.name for field in dataclasses.fields(NewsClassifier)[4:]]


class SavedClassifierError(RuntimeError):
    """A classifier that can't be kept, or files that are not one."""


def save(classifier: NewsClassifier, folder: str | os.PathLike, *, overwrite: bool = False) -> Path:
    """Write the classifier to ``folder``; after a crash at any moment it is there whole or not.

    Before the files are moved into place they are loaded once, and compared with the classifier.

    Parameters
    ----------
    folder
        A new folder, or an empty one.
    overwrite
        True replaces a classifier that is there; the old one stays until the new one is whole.

    Returns
    -------
    The folder.

    Raises
    ------
    FileExistsError
        If the folder holds a classifier and ``overwrite`` is False, or holds something else.
    SavedClassifierError
        If the model or the tokenizer is of no kind that can be kept, a weight is NaN or infinite,
        or the files can't be written. What was there is untouched.

    >>> import tempfile
    >>> words = Vocabulary({"rain": 2, "sun": 1})
    >>> model = rebuilding.PooledClassifier((len(words), 2), classes=2)
    >>> reader = NewsClassifier(model, words, ["wet", "dry"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load(save(reader, folder))
    >>> again.classify("Rain") == reader.classify("Rain")
    True
    """
    # Each is written out in full, also one that another shares, or that is on a GPU.
    weights = {
        name: tensor.detach().cpu().to_dense().clone(memory_format=torch.contiguous_format)
        for name, tensor in classifier.model.state_dict().items()
    }
    parts = {
        # Not by save_file, which lets nobody but the owner read the file.
        "weights.safetensors": lambda path: path.write_bytes(safetensors.torch.save(weights)),
        "vocabulary.json": classifier.vocabulary.save,
    }
    try:
        rebuilding.check_finite(weights)
        settings = _settings_of(classifier)
        return sealed_folder.write(
            folder, settings, parts, lambda work: _compare(work, classifier, weights), overwrite
        )
    except (ValueError, sealed_folder.SealError, safetensors.SafetensorError) as error:
        raise SavedClassifierError(f"this classifier can't be saved: {error}") from error


def load(folder: str | os.PathLike, device: str | torch.device | None = None) -> NewsClassifier:
    """Read what :func:`save` wrote; on the CPU it predicts the same as before, bit for bit.

    Parameters
    ----------
    device
        Where it shall compute, as ``training.device.choose_device`` takes it.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    SavedClassifierError
        If a file is missing, cut off, damaged, from another classifier, or of a kind that this
        version of the course doesn't know; the message names the file and says what to do.
    """
    path = Path(folder)
    try:
        settings = sealed_folder.read_settings(folder, KIND, FORMAT)
        path = sealed_folder.part_of(folder, settings, "vocabulary")
        vocabulary = Vocabulary.load(path)
        path = sealed_folder.part_of(folder, settings, "weights")
        # Not mapped into memory, so that the files can be replaced while the classifier is in use.
        weights = safetensors.torch.load(path.read_bytes())
        rebuilding.check_finite(weights)
        path = Path(folder) / sealed_folder.SETTINGS
        _check_settings(settings, len(vocabulary))
        model = rebuilding.rebuild(settings["model"], weights)
    except sealed_folder.SealError as error:
        raise SavedClassifierError(str(error)) from error
    except (ValueError, safetensors.SafetensorError) as error:
        raise SavedClassifierError(f"{path}: {error}; {sealed_folder.AGAIN}") from error
    return NewsClassifier(
        model.to(choose_device(device)).eval(),
        vocabulary,
        settings["label_names"],
        TOKENIZERS[settings["tokenizer"]],
        **settings["reading"],
    )


def _settings_of(classifier: NewsClassifier) -> dict:
    """Return what besides weights and vocabulary makes the classifier, as plain values."""
    names = [name for name, function in TOKENIZERS.items() if function is classifier.tokenize]
    own = getattr(classifier.tokenize, "__name__", repr(classifier.tokenize))
    try:
        version = importlib.metadata.version("word-vectors-to-fine-tuning")
    except importlib.metadata.PackageNotFoundError:  # this file was taken into another project
        version = "unknown"
    settings = {
        "kind": KIND,
        "format": FORMAT,
        "course_version": version,
        "model": rebuilding.describe(classifier.model),
        "label_names": list(classifier.label_names),
        "tokenizer": names[0] if names else own,
        "reading": {name: getattr(classifier, name) for name in _READING},
    }
    if not names:
        raise ValueError(_unknown_tokenizer(own))
    _check_settings(settings, len(classifier.vocabulary))
    return settings


def _check_settings(settings: Mapping, words: int) -> None:
    """Raise ValueError if something is missing, or settings and vocabulary don't go together."""
    kinds = {"model": dict, "label_names": list, "tokenizer": str, "reading": dict}
    for name, kind in kinds.items():
        if not isinstance(settings.get(name), kind):
            raise ValueError(f"{name} is {settings.get(name)!r}, which is no {kind.__name__}")
    model, names, reading = settings["model"], settings["label_names"], settings["reading"]
    if settings["tokenizer"] not in TOKENIZERS:
        raise ValueError(_unknown_tokenizer(settings["tokenizer"]))
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f"the class names are {names!r}; each must be a text")
    if list(reading) != _READING:
        raise ValueError(f"reading has {list(reading)}; it must have {_READING}")
    for name, value in reading.items():
        if type(value) is not int or value < 0:
            raise ValueError(f"{name} is {value!r}; it must be a whole number, 0 or more")
    vectors = model.get("vectors")
    if len(names) != model.get("classes"):
        raise ValueError(f"{len(names)} class names, for a model of {model.get('classes')} classes")

    words += reading["pairs"]  # word pairs have their vectors after those of the words
    if not isinstance(vectors, list) or vectors[:1] != [words]:
        raise ValueError(
            f"{words:,} words, marks and pairs, for a model with vectors of shape {vectors}"
        )


def _unknown_tokenizer(name: str) -> str:
    return (
        f"the tokenizer {name!r} is unknown here, there are {', '.join(TOKENIZERS)}. If it is your "
        "own, add it to saved_classifier.TOKENIZERS before you save, and before you load"
    )


def _compare(work: Path, classifier: NewsClassifier, weights: Mapping[str, torch.Tensor]) -> None:
    """Load what was written, and raise ValueError unless it is the same in every bit."""
    again = load(work, "cpu")
    read = again.model.state_dict()
    same = [torch.equal(tensor, read[name]) for name, tensor in weights.items()]
    if not all(same) or list(again.vocabulary) != list(classifier.vocabulary):
        raise ValueError("it reads back differently from what was written")
