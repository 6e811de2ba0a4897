"""LoRA adapters alone in a file: kilobytes, and only for the base that they were trained over.

Notebook 15 keeps its adapters so. Written whole or not at all, as safetensors; the file's head
tells rank, alpha, patterns, and a digest of each weight of the base.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from helpers.models.lora import (
    LoRALinear,
    LoRASettings,
    chosen_layers,
    inject,
    lora_layers,
    trained_whole,
)
from helpers.whole_files import whole

KIND, FORMAT = "course LoRA adapter", "1"


class AdapterError(ValueError):
    """An adapter that can't be read, or belongs to another model."""


def digests(model: nn.Module, settings: LoRASettings) -> dict[str, str]:
    """Return a digest of each weight that LoRA leaves alone, by its name without adapters.

    The same with and without adapters, on every device; 16 hexadecimal digits of SHA-256.

    >>> model = nn.ModuleDict({"query": nn.Linear(4, 4, bias=False), "head": nn.Linear(4, 2)})
    >>> settings = LoRASettings(rank=1, patterns="query")
    >>> before, names = digests(model, settings), inject(model, settings)
    >>> digests(model, settings) == before, list(before)
    (True, ['query.weight'])
    """
    layers = lora_layers(model)
    if merged := [name for name, layer in layers.items() if layer.merged]:
        raise ValueError(
            f"the adapter of {merged[0]} is merged into the base; unmerge(model) first"
        )
    trained = trained_whole(model, settings)
    everywhere = model.named_modules(remove_duplicate=False)
    places = {name for name, module in everywhere if isinstance(module, LoRALinear)}
    found = {}
    for name, tensor in model.state_dict().items():
        owner, _, part = name.rpartition(".")[0].rpartition(".")  # of query.base.weight: query
        if name in trained or (owner in places and part != "base"):
            continue
        told = f"{tuple(tensor.shape)} {tensor.dtype} ".encode()
        content = tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy()
        digest = hashlib.sha256(told + content.tobytes()).hexdigest()[:16]
        found[f"{owner}.{name.rpartition('.')[2]}" if owner in places else name] = digest
    return found


def save(path: str | os.PathLike, model: nn.Module, settings: LoRASettings) -> Path:
    """Write what LoRA trained, adapters and ``also_train``, to a file, and nothing of the base.

    Raises
    ------
    ValueError
        If the model has no adapters, others than ``settings`` say, merged ones, or a NaN in them.
    """
    if not lora_layers(model):
        raise ValueError(f"this {type(model).__name__} has no adapters; inject(model, …) first")
    _check_same(model, settings, "settings")
    content = {"kind": KIND, "format": FORMAT, "settings": json.dumps(asdict(settings))}
    content |= {"base": json.dumps(digests(model, settings))}
    trained = {name: model.get_parameter(name) for name in _shapes(model, settings)}
    tensors = {name: p.detach().cpu().contiguous() for name, p in trained.items()}
    if bad := [name for name, tensor in tensors.items() if not torch.isfinite(tensor).all()]:
        raise ValueError(f"{bad[0]} holds NaN or infinite numbers; nothing was saved")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as beside:
        save_file(tensors, beside, metadata=content)
    return path


def load(path: str | os.PathLike, model: nn.Module) -> LoRASettings:
    """Put a saved adapter into the model it was trained over, in place; return its settings.

    A model without adapters is given them; in one with adapters of the same settings their
    numbers are replaced, which is how one base serves several tasks. After an error nothing was
    changed.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    AdapterError
        If it is no adapter, is damaged, or belongs to another base; the message names the weight.
    """
    settings, base, tensors = _read(path)
    try:
        if lora_layers(model):
            _check_same(model, settings, f"file {path}")
        wanted = _shapes(model, settings)
        ours = digests(model, settings)
    except AdapterError:
        raise
    except ValueError as error:
        raise AdapterError(f"{path} doesn't fit this {type(model).__name__}: {error}") from error
    _check_base(path, base, ours)
    wrong = [f"{name} is missing" for name in wanted if name not in tensors]
    wrong += [f"{name} has no place in the model" for name in tensors if name not in wanted]
    wrong += [
        f"{name} has shape {tuple(tensors[name].shape)}, and the model with rank "
        f"{settings.rank} needs {shape}"
        for name, shape in wanted.items()
        if name in tensors and tuple(tensors[name].shape) != shape
    ]
    wrong += [f"{n} holds NaN or infinite numbers" for n, t in tensors.items() if not _finite(t)]
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise AdapterError(
            f"{path} does not fit: {'; '.join(wrong[:3])}{more}. Take an undamaged copy, or save "
            "the adapter again"
        )
    if not lora_layers(model):
        gpus = {p.device for p in model.parameters() if p.device.type == "cuda"}
        with torch.random.fork_rng(devices=list(gpus)):
            inject(model, settings)  # its random first numbers are written over
    with torch.no_grad():
        for name, tensor in tensors.items():
            model.get_parameter(name).copy_(tensor)
    return settings


def _read(path) -> tuple[LoRASettings, dict, dict[str, torch.Tensor]]:
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no adapter at {path}; check the name, or save one first")
    try:
        with safe_open(path, "pt") as file:
            head = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except SafetensorError as error:
        raise AdapterError(
            f"{path} is cut off, damaged, or no safetensors file ({error}); take an undamaged copy"
        ) from error
    if head.get("kind") != KIND or head.get("format") != FORMAT:
        told = f"kind {head.get('kind')!r}, format {head.get('format')!r}"
        raise AdapterError(
            f"{path} ({told}) is no adapter that this version of the course wrote; one of peft's "
            "is read by peft"
        )
    try:
        settings, base = json.loads(head["settings"]), json.loads(head["base"])
        return LoRASettings(**settings), dict(base), tensors
    except (KeyError, TypeError, ValueError) as error:
        raise AdapterError(
            f"the head of {path} was changed ({error}); take an undamaged copy"
        ) from error


def _check_base(path, theirs: Mapping[str, str], ours: Mapping[str, str]) -> None:
    """Refuse another base, and name the first weight that tells."""
    if theirs == ours:
        return
    other = [f"{name} is unknown here" for name in theirs if name not in ours]
    other += [f"{name} is new here" for name in ours if name not in theirs]
    other += [
        f"{name} has other numbers here" for name in theirs if ours.get(name, "") != theirs[name]
    ]
    raise AdapterError(
        f"{path} was trained over another base: {other[0]} ({len(other)} of {len(ours)} weights "
        "differ). Load it over the weights it was trained over, or train a new adapter for these"
    )


def _check_same(model: nn.Module, settings: LoRASettings, whose: str) -> None:
    """Refuse settings that aren't those of the adapters in the model."""
    layers = lora_layers(model)
    there = next(iter(layers.values()))
    has = {
        "rank": there.lora_a.out_features,
        "scale": there.scale,
        "layers": sorted(layers),
    }
    asked = {
        "rank": settings.rank,
        "scale": settings.alpha / settings.rank,
        "layers": sorted(_first_names(model, settings)),
    }
    for what, value in has.items():
        if value != asked[what]:
            raise AdapterError(
                f"the model has adapters of {what} {value}, and those of the {whose} have "
                f"{asked[what]}: take the model's out with remove(model), then go on"
            )


def _first_names(model: nn.Module, settings: LoRASettings) -> dict[str, nn.Linear]:
    """Return the layers to adapt, each under its first name."""
    named, seen = chosen_layers(model, settings.patterns), set()
    return {n: m for n, m in named.items() if not (m in seen or seen.add(m))}


def _shapes(model: nn.Module, settings: LoRASettings) -> dict[str, tuple]:
    """Return the shape of each trained tensor by name, as it is once the model has adapters."""
    shapes = {}
    for name, linear in _first_names(model, settings).items():
        shapes[f"{name}.lora_a.weight"] = settings.rank, linear.in_features
        shapes[f"{name}.lora_b.weight"] = linear.out_features, settings.rank
    whole = trained_whole(model, settings)
    return shapes | {name: tuple(parameter.shape) for name, parameter in whole.items()}


def _finite(tensor: torch.Tensor) -> bool:
    return bool(torch.isfinite(tensor).all())
