"""Checkpoints written whole or not at all, and read without running any code in them.

Notebook 07 builds it. Knows files and weights; ``loop`` decides what a run puts into one.
"""

import os
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from helpers.whole_files import whole

KIND, FORMAT = "course checkpoint", 2  # raise the number when the meaning of the content changes
# What readers of a damaged zip file raise.
DAMAGED = OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError
_PLAIN = (str, int, float, bool, type(None), bytes, torch.dtype, torch.device, torch.Size)


class CheckpointError(RuntimeError):
    """A checkpoint that can't be written, read, or fitted to a model or run."""


def save(path: str | os.PathLike, content: Mapping) -> Path:
    """Write tensors and plain values, in dictionaries, lists and tuples, to a file."""
    _check_plain(dict(content), "content")
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as beside, open(beside, "wb") as file:
            torch.save({**content, "kind": KIND, "format": FORMAT}, file)
            file.flush()
            os.fsync(file.fileno())  # on the disk before it takes the old one's place
    except (OSError, RuntimeError) as error:
        raise CheckpointError(
            f"could not write the checkpoint {path} ({error}); what was there before is "
            "untouched. Free some disk space, or choose another path"
        ) from error
    return path


def load(path: str | os.PathLike) -> dict:
    """Read a checkpoint onto the CPU, every byte checked, no code in it run."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no checkpoint at {path}; train with checkpoint_path=")
    try:
        with zipfile.ZipFile(path) as archive:  # torch.load itself does not compare check sums
            if damaged := archive.testzip():
                raise zipfile.BadZipFile(f"check sum of {damaged}")
            if any(entry.external_attr & 0x10 for entry in archive.infolist()):
                raise zipfile.BadZipFile("a tensor calls itself a folder")  # and stays unread
        content = torch.load(path, map_location="cpu", weights_only=True)
    except DAMAGED as error:
        if getattr(error, "filename", None):
            raise  # says itself which file, and what is in the way
        raise CheckpointError(
            f"{path} is cut off, damaged, or no checkpoint ({error}); delete it and start again, "
            "or use an older copy"
        ) from error
    except Exception as error:  # the unpickler meets foreign content in many ways
        raise CheckpointError(
            f"{path} holds something other than tensors and plain values, and was not opened, "
            f"since that could run code ({(str(error) or repr(error)).splitlines()[0]})"
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


def take_up(path, run: dict, model: nn.Module, optimizer: torch.optim.Optimizer) -> dict:
    """Give model and optimizer what the checkpoint of the same ``run`` holds, and return it."""
    content = load(path)
    free = {"patience", "check_every"}  # where to stop looking changes no number
    if run["schedule"] == "constant" and not run["warmup_share"]:
        free.add("epochs")  # no decay to stretch: a longer run begins like a shorter one
    was = {name: content["run"].get(name) for name in run.keys() - free}
    other = [f"{k} was {was[k]!r} and is {run[k]!r}" for k in run if k in was and was[k] != run[k]]
    if other:
        raise CheckpointError(
            f"can't go on from {path}: {'; '.join(other)}. Use the same settings and data, or "
            "train anew with resume=False"
        )
    restore_weights(model, content["model"])
    optimizer.load_state_dict(content["optimizer"])
    return content


def restore_weights(model: nn.Module, weights: Mapping[str, torch.Tensor]) -> None:
    """Copy ``weights`` into ``model``, all or none; those of frozen parameters may be missing."""
    own, wrong = model.state_dict(), []
    for name in {**changing_weights(model), **weights}:
        if name not in weights or name not in own:
            wrong.append(f"{name} is {'missing' if name in own else 'unknown to the model'}")
        elif weights[name].shape != own[name].shape:
            theirs, ours = tuple(weights[name].shape), tuple(own[name].shape)
            wrong.append(f"{name} has shape {theirs}, the model's has {ours}")
    if wrong:
        raise CheckpointError(
            f"the weights do not fit this {type(model).__name__}: {'; '.join(wrong[:5])}. Make the "
            "model with the sizes (words, hidden units, classes) that it was trained with"
        )
    model.load_state_dict(weights, strict=False)


def changing_weights(model: nn.Module) -> dict[str, torch.Tensor]:
    """Return the model's weights without its frozen parameters, which training leaves alone."""
    named = model.named_parameters(remove_duplicate=False)
    frozen = {name for name, parameter in named if not parameter.requires_grad}
    return {name: w for name, w in model.state_dict().items() if name not in frozen}


def _check_plain(value, where: str) -> None:
    """Raise TypeError, naming the place, for what ``torch.load(weights_only=True)`` refuses."""
    if type(value) in (dict, OrderedDict, list, tuple):
        for key, part in value.items() if hasattr(value, "items") else enumerate(value):
            _check_plain(key, f"a key of {where}")
            _check_plain(part, f"{where}[{key!r}]")
    elif not isinstance(value, torch.Tensor) and type(value) not in _PLAIN:
        raise TypeError(
            f"{where} is a {type(value).__module__}.{type(value).__name__}, which a checkpoint "
            "can't hold; turn it into plain numbers, text, lists, dictionaries or tensors"
        )
