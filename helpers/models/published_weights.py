"""Published BERT weights by their own names, into our encoder: every key and shape accounted for.

Notebook 13 goes through the names. Knows names and tensors; which file they come from is its
caller's business (``safetensors``, never an unpickled file).
"""

from collections.abc import Mapping

import torch
from torch import nn

# What a part of a block is called in BERT's files, and in ours.
_IN_BLOCK = {
    "attention.self.query": "attention.query",
    "attention.self.key": "attention.key",
    "attention.self.value": "attention.value",
    "attention.output.dense": "attention.output",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "feed_forward.up",
    "output.dense": "feed_forward.down",
    "output.LayerNorm": "feed_forward_norm",
}
_OUTSIDE = {
    "embeddings.word_embeddings.weight": "tokens.weight",
    "embeddings.position_embeddings.weight": "positions.weight",
    "embeddings.LayerNorm.weight": "norm.weight",
    "embeddings.LayerNorm.bias": "norm.bias",
}
_KINDS = "embeddings.token_type_embeddings.weight"  # of which sentence of two a token is
# In BERT's files, but of no use for vectors of tokens: a counter, and a layer after the first one.
_LEFT_OUT = {"embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias"}


def our_names(layers: int) -> dict[str, str]:
    """Return what each tensor of BERT's file is called in our encoder, by its name in the file.

    >>> len(our_names(layers=6))
    100
    >>> our_names(layers=6)["encoder.layer.0.attention.self.query.weight"]
    'blocks.0.attention.query.weight'
    """
    return _OUTSIDE | {
        f"encoder.layer.{layer}.{theirs}.{kind}": f"blocks.{layer}.{ours}.{kind}"
        for layer in range(layers)
        for theirs, ours in _IN_BLOCK.items()
        for kind in ("weight", "bias")
    }


def sizes_of(config: Mapping) -> dict:
    """Read what ``EncoderSizes`` takes off the values of BERT's config.json.

    Raises
    ------
    ValueError
        If a size is missing, or the model computes something that our encoder doesn't.
    """
    for name, ours in {"hidden_act": "gelu", "position_embedding_type": "absolute"}.items():
        if (theirs := config.get(name, ours)) != ours:
            raise ValueError(f"{name} of the config is {theirs!r}; our encoder has only {ours!r}")
    names = {
        "vocabulary": "vocab_size",
        "width": "hidden_size",
        "layers": "num_hidden_layers",
        "heads": "num_attention_heads",
        "hidden": "intermediate_size",
        "positions": "max_position_embeddings",
        "dropout": "hidden_dropout_prob",
        "epsilon": "layer_norm_eps",
    }
    if missing := [theirs for theirs in names.values() if theirs not in config]:
        raise ValueError(f"the config has no {', '.join(missing)}; is it BERT's config.json?")
    return {ours: config[theirs] for ours, theirs in names.items()}


def load_bert(encoder: nn.Module, tensors: Mapping[str, torch.Tensor]) -> nn.Module:
    """Copy published weights into an ``Encoder``, and return it; all or, after an error, none.

    Our encoder reads one text at a time, so the vector that marks the first of two sentences is
    the same for every token; it is added to the positions here, once and for all.

    Parameters
    ----------
    tensors
        By BERT's names, as ``safetensors.torch.load_file`` gives them, float16 and bfloat16 too:
        each is turned into the number format of the encoder.

    Raises
    ------
    ValueError
        If a tensor is missing, has no place, has another shape, or holds anything but finite
        numbers; the message names each. Two tensors of one shape that changed places go unseen.
    """
    given = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
    if len(given) < len(tensors):
        twice = [name for name in tensors if f"bert.{name}" in tensors]
        raise ValueError(f"{', '.join(twice)}: there with 'bert.' in front and without; keep one")
    ours, own = our_names(len(encoder.blocks)), encoder.state_dict()
    positions = own["positions.weight"]
    shapes = {name: tuple(own[ours[name]].shape) for name in ours}
    shapes[_KINDS] = (2, positions.shape[1])
    wrong = [f"{name} is missing" for name in shapes if name not in given]
    for name, tensor in given.items():
        if name in _LEFT_OUT:
            continue
        if name not in shapes:
            wrong.append(f"{name} has no place in an encoder of {len(encoder.blocks)} layers")
        elif tensor.shape != shapes[name]:
            wrong.append(f"{name} has shape {tuple(tensor.shape)}, the encoder {shapes[name]}")
        elif not (tensor.is_floating_point() and torch.isfinite(tensor).all()):
            wrong.append(f"{name} ({tensor.dtype}) holds something else than finite numbers")
    if wrong:
        raise ValueError(
            f"these weights don't fit ({len(wrong)} reasons): {'; '.join(wrong[:5])}"
            f"{'; …' if len(wrong) > 5 else ''}. Make the encoder with sizes_of(config) of the "
            "same model"
        )
    # In the encoder's number format, before the sum is rounded.
    given = {name: given[name].to(positions) for name in shapes}
    weights = {ours[name]: tensor for name, tensor in given.items() if name in ours}
    weights["positions.weight"] = weights["positions.weight"] + given[_KINDS][0]
    encoder.load_state_dict(weights)
    return encoder
