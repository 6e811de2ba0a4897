"""A transformer's block: attention, then two layers on each position, each with a way around it.

Notebook 11 builds it; ``encoder`` and ``decoder`` stack it.
"""

from collections.abc import Callable

import torch
from torch import nn

from helpers.models.attention import Attention


class FeedForward(nn.Module):
    """Two layers that look at one position at a time.

    >>> FeedForward(width=8, hidden=32)(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Map each vector of (..., width) by itself; same shape."""
        return self.down(nn.functional.gelu(self.up(vectors)))


class Block(nn.Module):
    """One layer of a transformer.

    Parameters
    ----------
    width, heads, hidden
        Numbers of each vector, heads of its attention, units of its two layers.
    dropout
        Share silenced while training: of the attention's weights, and of what each half adds.
    norm_first
        True: each half reads normalised vectors, and the way around it is free (pre-norm, GPT-2
        and after). False: the sum is normalised (post-norm; Vaswani et al., 2017, and BERT).
    epsilon
        What keeps normalising from dividing by 0.

    Source: Vaswani et al. (2017); pre-norm, Xiong et al. (2020).

    >>> Block(width=8, heads=2, hidden=32)(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def __init__(
        self,
        width: int,
        heads: int,
        hidden: int,
        dropout: float = 0.1,
        norm_first: bool = False,
        epsilon: float = 1e-5,
    ):
        super().__init__()
        self.norm_first = norm_first
        self.attention = Attention(width, heads, dropout)
        self.attention_norm = nn.LayerNorm(width, epsilon)
        self.feed_forward = FeedForward(width, hidden)
        self.feed_forward_norm = nn.LayerNorm(width, epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        vectors: torch.Tensor,
        visible: torch.Tensor | None = None,
        causal: bool = False,
        turn: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ) -> torch.Tensor:
        """Return new vectors, (batch, length, width); the rest as :class:`Attention` takes it."""
        if self.norm_first:
            looked = self.attention(self.attention_norm(vectors), visible, causal, turn)
            vectors = vectors + self.dropout(looked)
            return vectors + self.dropout(self.feed_forward(self.feed_forward_norm(vectors)))
        looked = self.attention(vectors, visible, causal, turn)
        vectors = self.attention_norm(vectors + self.dropout(looked))
        return self.feed_forward_norm(vectors + self.dropout(self.feed_forward(vectors)))
