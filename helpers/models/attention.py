"""Scaled dot-product attention, masks, and attention with several heads.

Notebook 11 builds it; encoder and decoder share it. Knows vectors and their positions, nothing of
tokens; what positions add to vectors is in ``positions``.
"""

import math
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional


def attend(
    queries: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    visible: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mix ``values`` for each query by how well their keys match it; return mixture and weights.

    The plain way, one step a line, for reading and for looking at the weights.

    Parameters
    ----------
    queries, keys, values
        Shapes (..., queries, width), (..., keys, width) and (..., keys, value width).
    visible
        True where a query may look at a key; anything that broadcasts to (..., queries, keys).
        A query that may look nowhere gets zeros.

    Returns
    -------
    Mixtures, (..., queries, value width), and weights, (..., queries, keys); rows sum to 1.

    Raises
    ------
    ValueError
        If ``visible`` isn't of type bool: numbers would be added to the scores elsewhere.

    Source: Vaswani et al. (2017), equation 1.

    >>> one = torch.eye(2)
    >>> mixed, weights = attend(one * 1_000, one, torch.tensor([[1.0], [5.0]]))
    >>> mixed.tolist(), weights.tolist()
    ([[1.0], [5.0]], [[1.0, 0.0], [0.0, 1.0]])
    """
    _check_mask(visible)
    scores = queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])
    if visible is not None:  # the lowest number, not -inf: a row of -inf alone would give 0/0
        scores = scores.masked_fill(~visible, torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1)
    if visible is not None:  # that leaves 0 for what is hidden, except where all of a row is
        weights = torch.where(visible, weights, 0.0)
    return weights @ values, weights


def padding_mask(lengths: torch.Tensor, longest: int) -> torch.Tensor:
    """Return which keys are real, shape (batch, 1, 1, longest): the same for each head and query.

    Parameters
    ----------
    lengths
        Real tokens of each text, int64, shape (batch,).

    >>> padding_mask(torch.tensor([2, 3]), 3).int().tolist()
    [[[[1, 1, 0]]], [[[1, 1, 1]]]]
    """
    columns = torch.arange(longest, device=lengths.device)
    return (columns < lengths[:, None])[:, None, None, :]


def causal_mask(length: int, device: torch.device | str | None = None) -> torch.Tensor:
    """Return who sees whom where nobody looks ahead, shape (length, length).

    >>> causal_mask(3).int().tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


class Attention(nn.Module):
    """Self-attention with several heads, by PyTorch's fused routine.

    Parameters
    ----------
    width
        Numbers of each vector, which the heads share out among themselves.
    heads
        How many; must divide ``width``.
    dropout
        Share of weights that is silenced while training.
    bias
        Whether the four maps have one.

    >>> attention = Attention(width=8, heads=2)
    >>> attention(torch.zeros(3, 5, 8)).shape
    torch.Size([3, 5, 8])
    """

    def __init__(self, width: int, heads: int, dropout: float = 0.0, bias: bool = True):
        super().__init__()
        if heads < 1 or width % heads:
            raise ValueError(f"{heads} heads can't share {width} numbers evenly; use a divisor")
        self.heads, self.dropout = heads, dropout
        self.query = nn.Linear(width, width, bias)
        self.key = nn.Linear(width, width, bias)
        self.value = nn.Linear(width, width, bias)
        self.output = nn.Linear(width, width, bias)

    def forward(
        self,
        vectors: torch.Tensor,
        visible: torch.Tensor | None = None,
        causal: bool = False,
        turn: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ) -> torch.Tensor:
        """Let every position of (batch, length, width) look at the others; same shape.

        Parameters
        ----------
        visible
            As :func:`attend` takes it, to broadcast to (batch, heads, length, length).
        causal
            Whether nobody may look ahead, on top of what ``visible`` hides.
        turn
            What is done to queries and keys, (batch, heads, length, width of a head), before
            they meet: rotary positions.

        Raises
        ------
        ValueError
            If the vectors have another shape, or ``visible`` isn't of type bool.
        """
        width = self.query.in_features
        if vectors.dim() != 3 or vectors.shape[-1] != width:
            raise ValueError(
                f"vectors have shape {tuple(vectors.shape)}; this attention takes (batch, length, "
                f"{width})"
            )
        _check_mask(visible)
        if causal and visible is not None:  # PyTorch's routine takes one or the other
            visible, causal = visible & causal_mask(vectors.shape[1], vectors.device), False
        queries, keys, values = self.project(vectors, turn)
        silenced = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(
            queries, keys, values, visible, silenced, is_causal=causal
        )
        return self.output(mixed.transpose(1, 2).flatten(2))  # heads side by side again

    def project(
        self,
        vectors: torch.Tensor,
        turn: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return queries, keys and values, each (batch, heads, length, width of a head)."""
        maps = self.query, self.key, self.value
        # (batch, length, width) -> (batch, length, heads, width of a head) -> heads before length
        queries, keys, values = (
            linear(vectors).unflatten(-1, (self.heads, -1)).transpose(1, 2) for linear in maps
        )
        if turn is not None:
            queries, keys = turn(queries), turn(keys)
        return queries, keys, values


def _check_mask(visible: torch.Tensor | None) -> None:
    if visible is not None and visible.dtype != torch.bool:
        raise ValueError(
            f"visible has type {visible.dtype}; make it torch.bool, True where a query may look"
        )
