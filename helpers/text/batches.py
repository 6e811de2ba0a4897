"""Sequences of ids to padded batches, fast.

Notebook 01 shows padding, notebook 07 trains on these batches. Knows numbers, not words. Bags,
which need no padding, are in ``bags``.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import torch
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler, SequentialSampler


def pad(
    sequences: Sequence[Sequence[int]], pad_id: int = 0, max_length: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Lay sequences of different lengths into one rectangle.

    Parameters
    ----------
    sequences
        Ids of each text; a text may be empty.
    pad_id
        What fills the rest of a row.
    max_length
        Longer sequences lose their end.

    Returns
    -------
    ids
        int64, shape (sequences, longest); at least one column wide.
    lengths
        int64, shape (sequences,): how many of a row's ids are real.

    >>> ids, lengths = pad([[5, 6, 7], [8]])
    >>> ids.tolist(), lengths.tolist()
    ([[5, 6, 7], [8, 0, 0]], [3, 1])
    """
    return _pad_flat(*flatten(sequences, max_length), np.arange(len(sequences)), pad_id)


class TextDataset(Dataset):
    """Texts as ids, with their classes; gives whole padded batches.

    Parameters
    ----------
    sequences
        Ids of each text.
    labels
        Class of each text, shape (texts,).
    pad_id, max_length
        As :func:`pad` takes them.

    >>> dataset = TextDataset([[5, 6, 7], [8]], [0, 1])
    >>> (ids, lengths), labels = dataset[[1, 0]]
    >>> ids.tolist(), lengths.tolist(), labels.tolist()
    ([[8, 0, 0], [5, 6, 7]], [1, 3], [1, 0])
    """

    def __init__(
        self,
        sequences: Sequence[Sequence[int]],
        labels: Sequence[int],
        pad_id: int = 0,
        max_length: int | None = None,
    ):
        if len(sequences) != len(labels):
            raise ValueError(f"{len(sequences):,} texts have {len(labels):,} labels; give each one")
        self._flat, self._starts = flatten(sequences, max_length)
        self._labels = np.asarray(labels, dtype=np.int64)
        self._pad_id = pad_id

    def __len__(self) -> int:
        return len(self._labels)

    @property
    def lengths(self) -> np.ndarray:
        """Ids of each text, after the cut: int64, shape (texts,)."""
        return np.diff(self._starts)

    def __getitem__(self, indices: Sequence[int]):
        """Return ((ids, lengths), labels) of the texts at ``indices``, as int64 tensors.

        Shapes (batch, longest), (batch,) and (batch,). Raises IndexError for an index that is
        negative or too large.
        """
        chosen = check_indices(indices, len(self))
        ids, lengths = _pad_flat(self._flat, self._starts, chosen, self._pad_id)
        inputs = torch.from_numpy(ids), torch.from_numpy(lengths)
        return inputs, torch.from_numpy(self._labels[chosen])


def loader(
    dataset: Dataset,
    batch_size: int,
    shuffle: bool = False,
    seed: int = 0,
    device: torch.device | None = None,
) -> DataLoader:
    """Return a DataLoader that asks the data set for a whole batch at a time.

    Parameters
    ----------
    dataset
        Takes a list of indices, as :class:`TextDataset` does.
    batch_size
        Texts in a batch; the last one may be short.
    shuffle, seed
        A new order each epoch, drawn from ``loader.generator``, which a checkpoint can save.
    device
        Where the batches go: for a CUDA device they are put into pinned memory.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; it must be 1 or more")
    generator = torch.Generator().manual_seed(seed)
    order = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
    return DataLoader(
        dataset,
        sampler=BatchSampler(order, batch_size, drop_last=False),
        batch_size=None,
        generator=generator,
        pin_memory=device is not None and torch.device(device).type == "cuda",
    )


def flatten(
    sequences: Sequence[Sequence[int]], max_length: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Join sequences to one array and say where each starts; the last start is the end."""
    if max_length is not None:
        if max_length < 1:
            raise ValueError(f"max_length is {max_length}; it must be 1 or more")
        sequences = [sequence[:max_length] for sequence in sequences]
    lengths = np.fromiter(map(len, sequences), dtype=np.int64, count=len(sequences))
    starts = np.concatenate([[0], np.cumsum(lengths)])
    flat = np.fromiter(chain.from_iterable(sequences), dtype=np.int64, count=int(starts[-1]))
    return flat, starts


def check_indices(indices: Sequence[int], size: int) -> np.ndarray:
    """Return ``indices`` as an array, int64, or raise IndexError for one that is out of range."""
    chosen = np.asarray(indices, dtype=np.int64).reshape(-1)
    outside = (chosen < 0) | (chosen >= size)
    if outside.any():
        wrong = chosen[outside.argmax()]
        raise IndexError(f"text {wrong} is asked for; there are {size:,}, from 0 on")
    return chosen


def _pad_flat(
    flat: np.ndarray, starts: np.ndarray, chosen: np.ndarray, pad_id: int
) -> tuple[np.ndarray, np.ndarray]:
    """Gather the chosen sequences into a rectangle, all at once."""
    lengths = starts[chosen + 1] - starts[chosen]  # (batch,)
    columns = np.arange(max(int(lengths.max(initial=0)), 1))  # (longest,)
    real = columns < lengths[:, None]  # (batch, longest)
    ids = np.full(real.shape, pad_id, dtype=np.int64)
    ids[real] = flat[(starts[chosen][:, None] + columns)[real]]
    return ids, lengths
