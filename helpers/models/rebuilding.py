"""A classifier taken apart into plain sizes and weights, and put together again from them.

Notebook 07 keeps a trained classifier so. Knows models and tensors; which files they go into is
left to ``saved_classifier``.
"""

from collections.abc import Callable, Mapping
from itertools import chain

import torch
from torch import nn

from helpers.models.classifiers import PooledClassifier, TenWordClassifier


def _common(model: nn.Module) -> dict:
    return {
        "vectors": [model.vectors.num_embeddings, model.vectors.embedding_dim],
        "classes": model.layers[-1].out_features,
        "pad_id": model.pad_id,
        "train_vectors": model.vectors.weight.requires_grad,
    }


def _pooled(model: PooledClassifier) -> dict:
    *hidden, _ = (layer for layer in model.layers if isinstance(layer, nn.Linear))
    return {
        **_common(model),
        "hidden": hidden[0].out_features if hidden else 0,
        "dropout": model.layers[0].p,
        "word_dropout": model.word_dropout,
        "rarity": model.rarity is not None,  # its numbers are among the weights
        "sparse": model.vectors.sparse,
    }


def _ten_words(model: TenWordClassifier) -> dict:
    sizes = {"hidden": model.layers[0].out_features, "dropout": model.layers[2].p}
    return {**_common(model), **sizes, "words": model.words}


# Each kind of model that can be kept, and how what its constructor takes is read off it.
KINDS: dict[type[nn.Module], Callable[[nn.Module], dict]] = {
    PooledClassifier: _pooled,
    TenWordClassifier: _ten_words,
}


def describe(model: nn.Module) -> dict:
    """Return the model's kind and what its constructor takes, as plain values for JSON.

    Raises
    ------
    ValueError
        If the model is of no kind in ``KINDS``, or its parts were exchanged after it was made.

    >>> sizes = describe(PooledClassifier((100, 50), classes=3))
    >>> sizes["kind"], sizes["vectors"], sizes["classes"], sizes["hidden"]
    ('PooledClassifier', [100, 50], 3, 0)
    """
    kind = type(model)
    if kind not in KINDS:
        raise ValueError(
            f"a {kind.__name__} is no kind of model that can be kept; there are {_names()}. Add "
            "yours to KINDS in helpers/models/rebuilding.py, with what its constructor takes"
        )
    try:
        description = {"kind": kind.__name__, **KINDS[kind](model)}
        fits = _shapes(_make(description)) == _shapes(model)
    except (AttributeError, IndexError, TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(
            f"this {kind.__name__} has other parts than its constructor makes, and so can't be "
            "made again; give the changed model a class of its own"
        )
    return description


def rebuild(description: Mapping, weights: Mapping[str, torch.Tensor]) -> nn.Module:
    """Make the model of ``description`` again, with ``weights`` in it, on the CPU.

    Each parameter takes the number format of its weight. PyTorch's random state is left as it was.

    Raises
    ------
    ValueError
        If the kind or a size is unknown, or a weight is missing, unknown, of another shape, NaN
        or infinite; the message names the first of them.

    >>> model = PooledClassifier((100, 50), classes=3)
    >>> again = rebuild(describe(model), model.state_dict())
    >>> torch.equal(again.layers[1].weight, model.layers[1].weight)
    True
    """
    check_finite(weights)
    model = _make(description)
    own = dict(
        chain(
            model.named_parameters(remove_duplicate=False),
            model.named_buffers(remove_duplicate=False),
        )
    )
    wrong = [f"{name} is missing" for name in own if name not in weights]
    wrong += [f"{name} is unknown to the model" for name in weights if name not in own]
    wrong += [
        f"{name} has shape {tuple(weights[name].shape)} and type {weights[name].dtype}, the "
        f"model's has {tuple(tensor.shape)} and {tensor.dtype}"
        for name, tensor in own.items()
        if name in weights and not _alike(weights[name], tensor)
    ]
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise ValueError(
            f"the weights do not fit this {type(model).__name__}: {'; '.join(wrong[:3])}{more}"
        )
    for name, tensor in own.items():
        tensor.data = tensor.data.to(weights[name].dtype)
    model.load_state_dict(weights)
    return model


def check_finite(weights: Mapping[str, torch.Tensor]) -> None:
    """Raise ValueError, naming the first, if a weight is NaN or infinite."""
    for name, tensor in weights.items():
        if not torch.isfinite(tensor).all():
            count = int((~torch.isfinite(tensor)).sum())
            raise ValueError(f"{name} has {count:,} numbers that are NaN or infinite")


def _make(description: Mapping) -> nn.Module:
    """Call the constructor, with random weights that will be written over."""
    sizes = dict(description)
    name = sizes.pop("kind", None)
    kind = next((kind for kind in KINDS if kind.__name__ == name), None)
    if kind is None:
        raise ValueError(f"the kind of model {name!r} is unknown here; there are {_names()}")
    try:
        with torch.random.fork_rng(devices=[]):
            words, dimensions = sizes["vectors"]
            sizes["vectors"] = (words, dimensions)
            if "rarity" in sizes:
                sizes["rarity"] = torch.ones(words) if sizes["rarity"] else None
            return kind(**sizes)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"no {name} can be made with {dict(description)} ({reason})") from error


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and one.is_floating_point() == other.is_floating_point()


def _shapes(model: nn.Module) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in model.state_dict().items()}


def _names() -> str:
    return ", ".join(kind.__name__ for kind in KINDS)
