"""A GPT-shaped decoder: ids to scores for the token that follows each of them.

Notebook 12 builds it. Takes ids and knows nothing of words; drawing tokens from the scores is left
to ``sampling``, and learning to ``training``. Another kind of block makes another family of it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from helpers.models.blocks import Block


@dataclass(frozen=True)
class DecoderSizes:
    """The numbers that shape a decoder; those of the smallest GPT-2 unless others are given."""

    vocabulary: int = 50_257
    width: int = 768  # numbers of each vector
    layers: int = 12
    heads: int = 12
    hidden: int = 3_072  # units inside each block's two layers
    positions: int = 1_024  # most tokens that are looked at together
    tied: bool = True  # one table reads tokens and scores them
    dropout: float = 0.0
    epsilon: float = 1e-5  # of the normalisations


def pre_norm_block(sizes: DecoderSizes) -> nn.Module:
    """Return GPT-2's layer: each half reads normalised vectors."""
    shape = sizes.width, sizes.heads, sizes.hidden, sizes.dropout
    return Block(*shape, norm_first=True, epsilon=sizes.epsilon)


def layer_norm(sizes: DecoderSizes) -> nn.Module:
    """Return the normalisation after GPT-2's last layer."""
    return nn.LayerNorm(sizes.width, sizes.epsilon)


class Decoder(nn.Module):
    """Reads a text from left to right and scores, at each token, what may come next.

    Parameters
    ----------
    sizes
        Its shape.
    make_block
        Makes one layer: a module called with ``(vectors, causal=True, turn=...)`` that keeps
        their shape (batch, length, width) and lets nobody look ahead.
    make_norm
        Makes the normalisation after the last layer.
    make_turn
        None: a learned vector for each position. ``positions.Rotary``: queries and keys are
        turned instead; called with ``(width of a head, positions, device=...)``.

    Source: Radford et al. (2019) for the shape, the weights drawn at first and the tied table
    (Press and Wolf, 2017); Su et al. (2021) for rotary positions.

    >>> sizes = DecoderSizes(vocabulary=100, width=8, layers=2, heads=2, hidden=16, positions=5)
    >>> decoder = Decoder(sizes)
    >>> decoder(torch.tensor([[5, 7, 2], [9, 0, 0]])).shape
    torch.Size([2, 3, 100])
    """

    def __init__(
        self,
        sizes: DecoderSizes,
        make_block: Callable[[DecoderSizes], nn.Module] = pre_norm_block,
        make_norm: Callable[[DecoderSizes], nn.Module] = layer_norm,
        make_turn: Callable[..., Callable] | None = None,
    ):
        super().__init__()
        self.sizes = sizes
        self.tokens = nn.Embedding(sizes.vocabulary, sizes.width)
        self.positions = None if make_turn else nn.Embedding(sizes.positions, sizes.width)
        self.dropout = nn.Dropout(sizes.dropout)
        self.blocks = nn.ModuleList(make_block(sizes) for _ in range(sizes.layers))
        self.norm = make_norm(sizes)
        self.output = nn.Linear(sizes.width, sizes.vocabulary, bias=False)
        self._make_turn, self._turns = make_turn, {}  # one for each device, made when needed
        self.apply(_small_weights)
        self._shrink_what_is_added()
        if sizes.tied:
            self.output.weight = self.tokens.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Turn ids, int64 (batch, length), into scores, (batch, length, vocabulary).

        The scores at a place depend on the ids up to it. What follows a text's end in its row may
        therefore be any id.

        Raises
        ------
        ValueError
            If a row is longer than the model has positions, or empty.
        """
        return self.output(self.norm(self.vectors(ids)))

    def vectors(self, ids: torch.Tensor) -> torch.Tensor:
        """Return what the last layer makes of ids, (batch, length, width), not yet normalised."""
        if ids.ndim != 2 or not ids.shape[1]:
            raise ValueError(
                f"ids have shape {tuple(ids.shape)}; give (batch, length), length 1 or more"
            )
        length = ids.shape[1]
        if length > self.sizes.positions:
            raise ValueError(
                f"a row has {length:,} tokens; this decoder has {self.sizes.positions:,} "
                "positions: cut the text into windows, or keep its last tokens"
            )
        vectors = self.tokens(ids)  # (batch, length, width)
        if self.positions is not None:
            vectors = vectors + self.positions.weight[:length]
        vectors, turn = self.dropout(vectors), self._turn(ids.device)
        for block in self.blocks:
            vectors = block(vectors, causal=True, turn=turn)
        return vectors

    def _turn(self, device: torch.device) -> Callable | None:
        """Return what turns queries and keys on ``device``; None with learned positions."""
        if self._make_turn is not None and device not in self._turns:
            head = self.sizes.width // self.sizes.heads
            self._turns[device] = self._make_turn(head, self.sizes.positions, device=device)
        return self._turns.get(device)

    def _shrink_what_is_added(self) -> None:
        """Let all layers together add about as much at first as one would: GPT-2's rule."""
        for block in self.blocks:
            if isinstance(block, Block):
                for last in (block.attention.output, block.feed_forward.down):
                    with torch.no_grad():
                        last.weight /= math.sqrt(2 * self.sizes.layers)


def _small_weights(module: nn.Module) -> None:
    """Begin as GPT-2 does: normal draws of standard deviation 0.02, biases 0."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
