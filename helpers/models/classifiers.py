"""Two classifiers over word vectors: the article's ten-word network, and a pooled one.

Notebook 07 builds both. They take padded word ids and return scores; leaves tokenising and
padding to ``text``, vectors to ``vectors``, and learning to ``training``.
"""

import numpy as np
import torch
from torch import nn


class TenWordClassifier(nn.Module):
    """The article's network: the vectors of the first ten words, joined, then three layers.

    Ten words of 50 numbers make 500 inputs. A text that is shorter is filled up with zeros,
    which is what the article's fixed number of inputs leaves unsaid.

    Parameters
    ----------
    vectors
        Word vectors to begin with, shape (vocabulary, dimensions); or that pair of numbers, for
        random ones.
    hidden
        Units in each of the two hidden layers.
    words
        How many of a text's words are looked at.
    dropout
        Share of hidden units silenced while training.
    pad_id
        The id of padding; its vector is zero and stays zero.
    train_vectors
        False leaves the word vectors as they are.

    >>> model = TenWordClassifier((100, 50), classes=3)
    >>> model.layers[0].in_features
    500
    >>> model(torch.tensor([[5, 7, 2], [9, 0, 0]]), torch.tensor([3, 1])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        vectors: np.ndarray | torch.Tensor | tuple[int, int],
        classes: int,
        hidden: int = 128,
        words: int = 10,
        dropout: float = 0.5,
        pad_id: int = 0,
        train_vectors: bool = True,
    ):
        super().__init__()
        self.words, self.pad_id = words, pad_id
        self.vectors = embedding(vectors, pad_id, train_vectors)
        self.layers = nn.Sequential(
            nn.Linear(words * self.vectors.embedding_dim, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),
        )

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Turn word ids, int64 (batch, length), into scores, (batch, classes).

        ``lengths`` is taken so that both classifiers are called alike; padding says it already.
        """
        _check_ids(ids)
        missing = max(self.words - ids.shape[1], 0)
        first = nn.functional.pad(ids[:, : self.words], (0, missing), value=self.pad_id)
        joined = self.vectors(first).flatten(1)  # (batch, words, dim) -> (batch, words * dim)
        return self.layers(joined)


class PooledClassifier(nn.Module):
    """The mean of a text's word vectors, and of its word pairs' if wanted, then one or two layers.

    Every word counts, wherever it stands; padding counts for nothing. Word pairs (neighbouring
    words) bring back a little of the order: each pair has a vector of its own, found by hashing,
    so that rare pairs may share one.

    Parameters
    ----------
    vectors, dropout, pad_id, train_vectors
        As in ``TenWordClassifier``; dropout acts on the mean and on the hidden units.
    hidden
        Units of a hidden layer; 0 goes from the mean to the classes directly.
    pairs
        How many vectors the word pairs share; 0 leaves pairs out.
    word_dropout
        Share of words (and pairs) that are left out of the mean while training, anew each time:
        so no single word can be relied on.

    Source: Iyyer et al. (2015) for the mean and word dropout, Joulin et al. (2017) for pairs.

    >>> model = PooledClassifier((100, 50), classes=3, pairs=1000).eval()
    >>> short, padded = torch.tensor([[5, 7]]), torch.tensor([[5, 7, 0, 0]])
    >>> torch.allclose(model(short), model(padded))
    True
    """

    def __init__(
        self,
        vectors: np.ndarray | torch.Tensor | tuple[int, int],
        classes: int,
        hidden: int = 0,
        dropout: float = 0.0,
        pad_id: int = 0,
        train_vectors: bool = True,
        pairs: int = 0,
        word_dropout: float = 0.0,
    ):
        super().__init__()
        if not 0 <= word_dropout < 1:
            raise ValueError(f"word_dropout is {word_dropout}; use a share from 0 to below 1")
        self.pad_id, self.word_dropout = pad_id, word_dropout
        self.vectors = embedding(vectors, pad_id, train_vectors)
        dimensions = self.vectors.embedding_dim
        self.pair_vectors = nn.Embedding(pairs + 1, dimensions, padding_idx=0) if pairs else None
        if pairs:  # an unknown pair says nothing until it is learnt
            nn.init.zeros_(self.pair_vectors.weight)
        layers = [nn.Dropout(dropout)]
        if hidden:
            layers += [nn.Linear(dimensions, hidden), nn.ReLU(), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden or dimensions, classes))

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor | None = None) -> torch.Tensor:
        """Turn word ids, int64 (batch, length), into scores, (batch, classes).

        A text without words has the mean zero. ``lengths`` is not needed: padding is seen.
        """
        _check_ids(ids)
        kept = self._keep(ids != self.pad_id)  # (batch, length), true where a word counts
        total = _sum_of_rows(self.vectors, ids, kept)  # (batch, dim)
        count = kept.sum(1, keepdim=True)  # (batch, 1)
        if self.pair_vectors is not None:
            real = ids != self.pad_id
            together = self._keep(real[:, 1:] & real[:, :-1])  # (batch, length - 1)
            total = total + _sum_of_rows(self.pair_vectors, self.pair_ids(ids), together)
            count = count + together.sum(1, keepdim=True)
        return self.layers(total / count.clamp(min=1))

    def _keep(self, present: torch.Tensor) -> torch.Tensor:
        """Leave out a random share of what is present, while training."""
        if not (self.training and self.word_dropout):
            return present
        return present & (torch.rand(present.shape, device=present.device) >= self.word_dropout)

    def pair_ids(self, ids: torch.Tensor) -> torch.Tensor:
        """Hash neighbouring word ids, (batch, length), to pair ids, (batch, length - 1).

        Row 0 is kept for "no pair". The multiplier is a large prime, so that (a, b) and (b, a)
        fall apart.
        """
        return 1 + (ids[:, :-1] * 1_000_003 + ids[:, 1:]) % (self.pair_vectors.num_embeddings - 1)


def embedding(
    vectors: np.ndarray | torch.Tensor | tuple[int, int], pad_id: int = 0, trainable: bool = True
) -> nn.Embedding:
    """Return an embedding layer that begins with ``vectors``; the padding's row is zero.

    ``vectors`` is copied: a matrix (vocabulary, dimensions), or these two numbers for random
    vectors of length about 1.

    Raises
    ------
    ValueError
        If the matrix has not two dimensions, holds NaN or infinite numbers, or no row ``pad_id``.

    >>> embedding(np.ones((3, 2), dtype=np.float32)).weight.tolist()
    [[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]
    """
    if isinstance(vectors, tuple):
        table = torch.randn(vectors) / vectors[1] ** 0.5
    elif isinstance(vectors, torch.Tensor):
        table = vectors.detach().to("cpu", torch.float32, copy=True)
    else:
        table = torch.from_numpy(np.array(vectors, dtype=np.float32))
    if table.ndim != 2:
        raise ValueError(f"vectors have shape {tuple(table.shape)}; use (vocabulary, dimensions)")
    if not torch.isfinite(table).all():
        row = int((~torch.isfinite(table)).any(1).nonzero()[0])
        raise ValueError(f"row {row} of the vectors holds NaN or infinite numbers")
    if not 0 <= pad_id < len(table):
        raise ValueError(f"pad_id is {pad_id}, but the vectors' rows go from 0 to {len(table) - 1}")
    table[pad_id] = 0.0
    return nn.Embedding.from_pretrained(table, freeze=not trainable, padding_idx=pad_id)


def _sum_of_rows(table: nn.Embedding, ids: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """Add up the rows of ``table`` at ``ids`` (batch, length) where ``kept``; (batch, dim).

    ``embedding_bag`` adds while it reads, so that no (batch, length, dim) is ever made; it passes
    over the padding's row.
    """
    if not ids.shape[1]:  # pairs of one-word texts: embedding_bag refuses a width of nothing
        return table.weight.new_zeros(len(ids), table.embedding_dim)
    chosen = ids.masked_fill(~kept, table.padding_idx)
    return nn.functional.embedding_bag(
        chosen, table.weight, mode="sum", padding_idx=table.padding_idx
    )


def _check_ids(ids: torch.Tensor) -> None:
    if ids.ndim != 2 or ids.is_floating_point():
        raise ValueError(
            f"word ids have shape {tuple(ids.shape)} and type {ids.dtype}; use whole numbers of "
            "shape (batch, length), as helpers.text.batches pads them"
        )
