"""A BERT-shaped encoder: ids to one vector a token, or one a text; and a classifier on top.

Notebook 13 loads published weights into it (``published_weights``), notebook 14 fine-tunes it.
Takes ids and lengths as ``text.batches`` makes them; knows nothing of words.
"""

from dataclasses import dataclass

import torch
from torch import nn

from helpers.models.attention import padding_mask
from helpers.models.blocks import Block


@dataclass(frozen=True)
class EncoderSizes:
    """The numbers that shape an encoder; those of MiniLM-L6 unless others are given."""

    vocabulary: int = 30_522
    width: int = 384  # numbers of each vector
    layers: int = 6
    heads: int = 12
    hidden: int = 1_536  # units inside each block's two layers
    positions: int = 512  # most tokens of a text
    dropout: float = 0.1
    epsilon: float = 1e-12  # of the normalisations


class Encoder(nn.Module):
    """Reads a whole text at once: each token's vector comes to depend on all the others.

    Source: Devlin et al. (2019). Their second kind of sentence is left out, since one text is read
    at a time: what it adds to every token is loaded into the positions.

    >>> encoder = Encoder(EncoderSizes(vocabulary=100, width=8, layers=2, heads=2, hidden=16))
    >>> encoder(torch.tensor([[5, 7, 2], [9, 0, 0]]), torch.tensor([3, 1])).shape
    torch.Size([2, 3, 8])
    """

    def __init__(self, sizes: EncoderSizes):
        super().__init__()
        self.sizes = sizes
        self.tokens = nn.Embedding(sizes.vocabulary, sizes.width)
        self.positions = nn.Embedding(sizes.positions, sizes.width)
        self.norm = nn.LayerNorm(sizes.width, sizes.epsilon)
        self.dropout = nn.Dropout(sizes.dropout)
        shape = sizes.width, sizes.heads, sizes.hidden, sizes.dropout
        self.blocks = nn.ModuleList(
            Block(*shape, norm_first=False, epsilon=sizes.epsilon) for _ in range(sizes.layers)
        )
        self.apply(_small_weights)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Turn token ids into vectors that have seen their neighbours.

        Parameters
        ----------
        ids
            int64, shape (batch, longest); what follows a text's end may be any id.
        lengths
            Real tokens of each text, int64, shape (batch,); 1 or more each.

        Returns
        -------
        Vectors, shape (batch, longest, width); those after a text's end mean nothing.
        """
        longest = ids.shape[1]
        if longest > self.sizes.positions:
            raise ValueError(
                f"a text has {longest:,} tokens; this encoder has {self.sizes.positions:,} "
                "positions: cut its texts to that (max_length)"
            )
        vectors = self.tokens(ids) + self.positions.weight[:longest]
        vectors = self.dropout(self.norm(vectors))
        visible = padding_mask(lengths, longest)
        for block in self.blocks:
            vectors = block(vectors, visible)
        return vectors


def mean_of_tokens(vectors: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return the mean over each text's real tokens, shape (batch, width).

    >>> mean_of_tokens(torch.tensor([[[1.0], [3.0], [99.0]]]), torch.tensor([2])).tolist()
    [[2.0]]
    """
    real = torch.arange(vectors.shape[1], device=vectors.device) < lengths[:, None]
    total = (vectors * real[..., None]).sum(dim=1)
    return total / lengths[:, None]


def sentence_vectors(encoder: Encoder, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Return one vector of length 1 for each text, shape (batch, width): the mean of its tokens'.

    Source: Reimers and Gurevych (2019).
    """
    return nn.functional.normalize(mean_of_tokens(encoder(ids, lengths), lengths), dim=-1)


class EncoderClassifier(nn.Module):
    """An encoder with a head: a text's mean vector, then one layer of scores.

    >>> encoder = Encoder(EncoderSizes(vocabulary=100, width=8, layers=2, heads=2, hidden=16))
    >>> model = EncoderClassifier(encoder, classes=3)
    >>> model(torch.tensor([[5, 7, 2], [9, 0, 0]]), torch.tensor([3, 1])).shape
    torch.Size([2, 3])
    """

    def __init__(self, encoder: Encoder, classes: int, dropout: float = 0.1):
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.sizes.width, classes)
        _small_weights(self.head)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Turn token ids, (batch, longest), and lengths into scores, (batch, classes)."""
        pooled = mean_of_tokens(self.encoder(ids, lengths), lengths)
        return self.head(self.dropout(pooled))


def _small_weights(module: nn.Module) -> None:
    """Begin as BERT does: normal draws of standard deviation 0.02, biases 0."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
