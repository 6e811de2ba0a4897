"""Published BERT weights by their own names, into our encoder: every key and shape accounted for.

Notebook 13 goes through the names. Knows names and tensors; which file they come from is its
caller's business (``safetensors``, never an unpickled file).
"""

import re
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
_BLOCK = re.compile(r"encoder\.layer\.(\d+)\.(.+)\.(weight|bias)")


def our_name(name: str) -> str | None:
    """Return what a tensor of BERT's file is called in our encoder, or None if it has no place.

    >>> our_name("encoder.layer.0.attention.self.query.weight")
    'blocks.0.attention.query.weight'
    """
    name = name.removeprefix("bert.")
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    found = _BLOCK.fullmatch(name)
    if found and found[2] in _IN_BLOCK:
        return f"blocks.{found[1]}.{_IN_BLOCK[found[2]]}.{found[3]}"
    return None


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
        By BERT's names, as ``safetensors.torch.load_file`` gives them.

    Raises
    ------
    ValueError
        If a tensor is missing, has no place, or has another shape; the message names each.
    """
    given = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
    given = {name: tensor for name, tensor in given.items() if name not in _LEFT_OUT}
    kinds = given.pop(_KINDS, None)
    wanted, width = encoder.state_dict(), encoder.norm.weight.numel()
    found = {our_name(name) or f"(none) {name}": tensor for name, tensor in given.items()}
    theirs = {our_name(name): name for name in given}
    wrong = [f"{name[7:]} has no place in the encoder" for name in found if name[:6] == "(none)"]
    wrong += [
        f"{theirs[name]} has no place in an encoder of {len(encoder.blocks)} layers"
        for name in found
        if name[:6] != "(none)" and name not in wanted
    ]
    wrong += [
        f"{name} is in the encoder, but nothing is given for it"
        for name in wanted
        if name not in found
    ]
    wrong += [
        f"{theirs[name]} has shape {tuple(tensor.shape)}; {name} has {tuple(wanted[name].shape)}"
        for name, tensor in found.items()
        if name in wanted and tensor.shape != wanted[name].shape
    ]
    if kinds is None or kinds.ndim != 2 or kinds.shape[1] != width:
        shape = "missing" if kinds is None else f"of shape {tuple(kinds.shape)}"
        wrong.append(f"{_KINDS} is {shape}; it must have rows of {width} numbers")
    if wrong:
        raise ValueError(
            f"these weights don't fit ({len(wrong)} reasons): {'; '.join(wrong[:5])}"
            f"{'; …' if len(wrong) > 5 else ''}. Make the encoder with sizes_of(config) of the "
            "same model"
        )
    found["positions.weight"] = found["positions.weight"] + kinds[0]
    encoder.load_state_dict(found)
    return encoder
