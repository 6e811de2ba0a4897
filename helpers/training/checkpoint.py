"""Checkpoints written whole or not at all, and read without running any code in them.

Notebook 07 builds it. Knows files and weights; what a training run puts into one is decided
by ``run``.
"""

import contextlib
import os
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

KIND = "course checkpoint"
FORMAT = 1  # raise it when the meaning of the content changes
_PLAIN = (str, int, float, bool, type(None), bytes, torch.dtype, torch.device, torch.Size)


class CheckpointError(RuntimeError):
    """A checkpoint that can't be written, read, or fitted to a model."""


def save(path: str | os.PathLike, content: Mapping) -> Path:
    """Write ``content`` to ``path``; after a crash at any moment the old or the new file is there.

    It is written beside, flushed to the disk, and then renamed over ``path``, which an operating
    system does in one piece.

    Parameters
    ----------
    content
        Tensors and plain values, in dictionaries with plain keys, lists and tuples.

    Raises
    ------
    TypeError
        If something else is in ``content``: reading it back would be refused.
    CheckpointError
        If it can't be written (a full disk, say); what was at ``path`` before is untouched.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = save(f"{folder}/run.pt", {"epoch": 3, "model": {"weight": torch.ones(2)}})
    ...     load(written)["epoch"]
    3
    """
    path = Path(path)
    _check_plain(dict(content), "content")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            torch.save({**content, "kind": KIND, "format": FORMAT}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError | RuntimeError):
            raise CheckpointError(
                f"could not write the checkpoint {path} ({error}); what was there before is "
                "untouched. Free some disk space, or choose another path"
            ) from error
        raise
    if os.name == "posix":  # make the new name itself last through a power cut
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return path


def load(path: str | os.PathLike) -> dict:
    """Read a checkpoint onto the CPU, every byte checked, no code in it run.

    Raises
    ------
    FileNotFoundError
        If there is none.
    CheckpointError
        If the file is cut off, damaged, of another kind, or of a format this course can't read.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no checkpoint at {path}; train with checkpoint_path=")
    try:
        with zipfile.ZipFile(path) as archive:  # torch.load itself does not compare check sums
            damaged = archive.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"check sum of {damaged}")
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise CheckpointError(f"could not read the checkpoint {path}: {error}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise CheckpointError(
            f"{path} is cut off, damaged, or no checkpoint ({error}); delete it and start again, "
            "or use an older copy"
        ) from error
    except Exception as error:  # the unpickler meets foreign content in many ways
        raise CheckpointError(
            f"{path} holds something other than tensors and plain values, and was not opened, "
            f"since that could run code ({str(error).splitlines()[0] if str(error) else error!r})"
        ) from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise CheckpointError(
            f"{path} was not written by this course's checkpoint.save (it may hold bare weights: "
            "read those with torch.load and model.load_state_dict)"
        )
    if content.get("format") != FORMAT:
        raise CheckpointError(
            f"{path} has format {content.get('format')}, and this version of the course reads "
            f"{FORMAT}; use the version that wrote it, or train again"
        )
    return content


def restore_weights(model: nn.Module, weights: Mapping[str, torch.Tensor], source="") -> None:
    """Copy ``weights`` into ``model``, all of them or, with an error, none.

    Weights of frozen parameters may be missing from ``weights``; the model keeps its own.

    Raises
    ------
    CheckpointError
        If names or shapes differ; the message lists the first of them.

    >>> layer = nn.Linear(2, 1)
    >>> restore_weights(layer, {"weight": torch.ones(1, 2), "bias": torch.zeros(1)})
    >>> layer.weight.tolist()
    [[1.0, 1.0]]
    """
    own = model.state_dict()
    needed = changing_weights(model)
    wrong = [f"{name} is missing" for name in needed if name not in weights]
    wrong += [f"{name} is unknown to the model" for name in weights if name not in own]
    wrong += [
        f"{name} has shape {tuple(theirs.shape)}, the model's has {tuple(own[name].shape)}"
        for name, theirs in weights.items()
        if name in own and theirs.shape != own[name].shape
    ]
    if wrong:
        raise CheckpointError(
            f"the weights {f'in {source} ' if source else ''}do not fit this "
            f"{type(model).__name__}: {'; '.join(wrong[:5])}"
            f"{f'; and {len(wrong) - 5} more' if len(wrong) > 5 else ''}. Make the model with the "
            "sizes (vocabulary, hidden units, classes) that it was trained with"
        )
    model.load_state_dict(weights, strict=False)


def best_weights(content: Mapping) -> dict[str, torch.Tensor]:
    """Return the weights of a checkpoint's best epoch; the last where nothing was validated.

    >>> best_weights({"model": {"frozen": 1, "head": 2}, "best": {"head": 3}})
    {'frozen': 1, 'head': 3}
    """
    return {**content["model"], **(content["best"] or {})}


def changing_weights(model: nn.Module) -> dict[str, torch.Tensor]:
    """Return the model's weights without its frozen parameters, which training leaves alone.

    >>> layer = nn.Linear(2, 1)
    >>> _ = layer.weight.requires_grad_(False)
    >>> list(changing_weights(layer))
    ['bias']
    """
    frozen = {
        name
        for name, parameter in model.named_parameters(remove_duplicate=False)
        if not parameter.requires_grad
    }
    return {name: w for name, w in model.state_dict().items() if name not in frozen}


def _check_plain(value, where: str) -> None:
    """Raise TypeError, naming the place, for what ``torch.load(weights_only=True)`` refuses."""
    if type(value) in (dict, OrderedDict):
        for key, part in value.items():
            _check_plain(key, f"a key of {where}")
            _check_plain(part, f"{where}[{key!r}]")
    elif type(value) in (list, tuple):
        for number, part in enumerate(value):
            _check_plain(part, f"{where}[{number}]")
    elif not isinstance(value, torch.Tensor) and type(value) not in _PLAIN:
        raise TypeError(
            f"{where} is a {type(value).__module__}.{type(value).__name__}, which a checkpoint "
            "can't hold; turn it into plain numbers, text, lists, dictionaries or tensors"
        )
