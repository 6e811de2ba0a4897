"""Two classifiers over word vectors: the article's ten-word network, and a pooled one.

Notebook 07 builds both. They take word ids and return scores; leaves tokenising, padding and
bags to ``text``, vectors to ``vectors``, and learning to ``training``.
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
    """The mean of a text's word vectors, plain or weighted by TF-IDF, then one or two layers.

    Every word counts, wherever it is. Texts come padded, or as bags without padding: each
    distinct word once, with its count, the words of one text after those of another.

    Parameters
    ----------
    vectors, dropout, pad_id, train_vectors
        As in ``TenWordClassifier``; dropout acts on the mean and on the hidden units.
    hidden
        Units of a hidden layer; 0 goes from the mean to the classes directly.
    word_dropout
        Share of words that are left out of the mean while training, anew each time: so no
        single word can be relied on.
    rarity
        Each word's inverse document frequency, shape (vocabulary,). A word then has the weight
        (1 + ln count) x rarity, and a text's weights are scaled to the length 1 (the sum of
        their squares). None gives every word its count, scaled to the sum 1: the plain mean.
    sparse
        Let the gradient of the vectors hold the rows of a batch's words and no others; needs an
        optimizer that takes it, as ``helpers.training.rows`` has one.

    Source: Iyyer et al. (2015) for the mean and word dropout; Salton and Buckley (1988) for
    TF-IDF.

    >>> model = PooledClassifier((100, 50), classes=3).eval()
    >>> padded = model(torch.tensor([[5, 7, 7], [9, 0, 0]]))
    >>> bags = torch.tensor([5, 7, 9]), torch.tensor([2, 1]), torch.tensor([1, 2, 1])
    >>> torch.allclose(padded, model(*bags))
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
        word_dropout: float = 0.0,
        rarity: torch.Tensor | None = None,
        sparse: bool = False,
    ):
        super().__init__()
        if not 0 <= word_dropout < 1:
            raise ValueError(f"word_dropout is {word_dropout}; use a share from 0 to below 1")
        self.pad_id, self.word_dropout = pad_id, word_dropout
        self.vectors = embedding(vectors, pad_id, train_vectors)
        self.vectors.sparse = sparse
        words, dimensions = self.vectors.weight.shape
        if rarity is not None and rarity.shape != (words,):
            raise ValueError(
                f"rarity has shape {tuple(rarity.shape)}; give each of {words:,} words one"
            )
        self.register_buffer("rarity", rarity)
        layers = [nn.Dropout(dropout)]
        if hidden:
            layers += [nn.Linear(dimensions, hidden), nn.ReLU(), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers, nn.Linear(hidden or dimensions, classes))

    def forward(
        self,
        ids: torch.Tensor,
        lengths: torch.Tensor | None = None,
        counts: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Turn texts into scores, (batch, classes); a text without words has the mean zero.

        Parameters
        ----------
        ids
            Padded word ids, int64 (batch, length); then nothing else is needed. Or those of
            bags, int64 (words,), the texts one after another.
        lengths, counts
            For bags: how many distinct words each text has, (batch,), and how often each of
            them occurs, (words,).
        """
        if counts is None:
            ids, lengths, counts = self._from_padded(ids)
        if ids.ndim != 1 or ids.shape != counts.shape:
            raise ValueError(
                f"ids of bags have shape {tuple(ids.shape)} and counts {tuple(counts.shape)}; "
                "both are (words,), as helpers.text.bags.BagDataset gives them"
            )
        mean = nn.functional.embedding_bag(  # adds while it reads: no (words, dim) is made
            ids,
            self.vectors.weight,
            lengths.cumsum(0) - lengths,  # where each text begins
            mode="sum",
            sparse=self.vectors.sparse,
            per_sample_weights=self._weights(ids, lengths, counts),
        )  # (batch, dim)
        return self.layers(mean)

    def _from_padded(self, ids: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Turn padded texts into bags: each place is a word that counts once, padding never."""
        _check_ids(ids)
        if self.rarity is not None:
            raise ValueError("weights by rarity need bags; see helpers.text.bags.BagDataset")
        texts, longest = ids.shape
        return ids.flatten(), ids.new_full((texts,), longest), (ids != self.pad_id).flatten()

    def _weights(
        self, ids: torch.Tensor, lengths: torch.Tensor, counts: torch.Tensor
    ) -> torch.Tensor:
        """Weigh each word of each text, (words,); while training, leave out a random share."""
        weights = counts.to(self.vectors.weight.dtype)
        if self.rarity is not None:
            weights = (1 + weights.log()) * self.rarity[ids]
        if self.training and self.word_dropout:
            weights = weights * (torch.rand_like(weights) >= self.word_dropout)
        power = 1 if self.rarity is None else 2
        text = torch.arange(len(lengths), device=ids.device)
        text = text.repeat_interleave(lengths, output_size=len(ids))  # (words,): whose word it is
        sizes = weights.new_zeros(len(lengths)).index_add(0, text, weights**power)  # (batch,)
        return weights / sizes.clamp(min=1e-9).pow(1 / power)[text]


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


def _check_ids(ids: torch.Tensor) -> None:
    if ids.ndim != 2 or ids.is_floating_point():
        raise ValueError(
            f"word ids have shape {tuple(ids.shape)} and type {ids.dtype}; use whole numbers of "
            "shape (batch, length), as helpers.text.batches pads them"
        )
