"""Texts as bags of words: each word once, with its count, in batches without any padding.

Notebook 07 trains on them. A network that only adds up word vectors needs no places and no
rectangle: the ids of a batch's texts lie one after another, and lengths say where each ends.
Leaves padded batches, and the loader for both, to ``batches``.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch.utils.data import Dataset

from helpers.text.batches import check_indices, flatten


class BagDataset(Dataset):
    """Texts as distinct ids with counts, and their classes; gives whole batches.

    Parameters
    ----------
    sequences
        Ids of each text, in any order.
    labels
        Class of each text, shape (texts,).
    left_out
        Ids that say nothing, padding and the unknown word: they are in no bag.

    >>> bags = BagDataset([[5, 7, 5], [1], [6]], [0, 1, 1])
    >>> (ids, lengths, counts), labels = bags[[0, 1, 2]]
    >>> ids.tolist(), lengths.tolist(), counts.tolist(), labels.tolist()
    ([5, 7, 6], [2, 0, 1], [2.0, 1.0, 1.0], [0, 1, 1])
    """

    def __init__(
        self,
        sequences: Sequence[Sequence[int]],
        labels: Sequence[int],
        left_out: Iterable[int] = (0, 1),
    ):
        if len(sequences) != len(labels):
            raise ValueError(f"{len(sequences):,} texts have {len(labels):,} labels; give each one")
        flat, starts = flatten(sequences)
        texts = np.repeat(np.arange(len(labels)), np.diff(starts))
        real = ~np.isin(flat, list(left_out))
        size = int(flat.max(initial=0)) + 1
        # Text and id in one number: equal numbers are the same word of the same text.
        words, counts = np.unique(texts[real] * size + flat[real], return_counts=True)
        texts, self._ids = np.divmod(words, size)
        self._counts = counts.astype(np.float32)
        self._starts = np.searchsorted(texts, np.arange(len(labels) + 1))
        self._labels = np.asarray(labels, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, indices: Sequence[int]):
        """Return ((ids, lengths, counts), labels) of the texts at ``indices``.

        Shapes (words,), (batch,), (words,) and (batch,), where ``words`` is the sum of the
        lengths; int64, but for the counts, which are float32. Raises IndexError for an index
        that is negative or too large.
        """
        chosen = check_indices(indices, len(self))
        begins = self._starts[chosen]
        lengths = self._starts[chosen + 1] - begins
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1] if len(ends) else 0) + np.repeat(
            begins - ends + lengths, lengths
        )
        arrays = self._ids[places], lengths, self._counts[places], self._labels[chosen]
        ids, lengths, counts, labels = map(torch.from_numpy, arrays)
        return (ids, lengths, counts), labels

    def inverse_document_frequencies(self, size: int) -> torch.Tensor:
        """Return how rare each id is over these texts, float32, shape (size,).

        ``1 + ln((1 + texts) / (1 + texts with the id))``, so that even a word that every text
        has counts a little.

        Source: Spärck Jones (1972), smoothed as scikit-learn does it.

        >>> bags = BagDataset([[2, 3], [2]], [0, 1])
        >>> bags.inverse_document_frequencies(4)
        tensor([2.0986, 2.0986, 1.0000, 1.4055])
        """
        texts_with = np.bincount(self._ids, minlength=size)
        frequencies = 1 + np.log((1 + len(self)) / (1 + texts_with))
        return torch.from_numpy(frequencies.astype(np.float32))


def with_pairs(ids: Sequence[int], first: int, rows: int) -> list[int]:
    """Append one id for each pair of neighbouring words, from ``first`` to ``first + rows - 1``.

    Pairs find their id by hashing, so that no list of them is kept; rare ones share an id. A
    neighbour that is padding or unknown (ids 0 and 1) makes no pair.

    Raises
    ------
    ValueError
        If there is no row to hash to.

    Source: Joulin et al. (2017) for hashed pairs; the mixing is MurmurHash3's last step (Appleby,
    2011).

    >>> one, other = with_pairs([5, 7], 100, 1000)[2], with_pairs([7, 5], 100, 1000)[2]
    >>> one != other, 100 <= one < 1100, with_pairs([5, 1, 7], 100, 1000)
    (True, True, [5, 1, 7])
    """
    if rows < 1:
        raise ValueError(f"word pairs are to share {rows} rows; use 1 or more")
    words = np.asarray(ids, dtype=np.uint64)
    left, right = words[:-1], words[1:]
    known = (left > 1) & (right > 1)
    mixed = (left[known] << np.uint64(32)) | right[known]
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(33)
    return [*ids, *(first + (mixed % np.uint64(rows)).astype(np.int64)).tolist()]
