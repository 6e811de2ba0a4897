"""Batches of texts that are about equally long, so that little is computed for padding.

Notebook 13 measures what that saves, notebook 14 trains on them. Knows lengths, not ids: what a
batch holds is in ``batches``.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Sampler


class LengthBatches(Sampler[list[int]]):
    """Positions of texts in batches by length, in a new order each time it is gone through.

    All texts are shuffled and cut into pools of ``pool`` batches; within a pool they are sorted by
    length and cut into batches; then the batches are shuffled. So a batch is random but for its
    length, and each text comes once.

    Parameters
    ----------
    lengths
        Tokens of each text.
    batch_size
        Texts in a batch; the last one of all may be short.
    generator
        What the orders are drawn from; ``train`` seeds it anew for each epoch.
    pool
        Batches that are sorted together: 1 is plain shuffling, many leave little padding.

    Source: bucketing, as in Khomenko et al. (2016).

    >>> batches = LengthBatches([9, 1, 8, 2], batch_size=2)
    >>> sorted(sorted(batch) for batch in batches)
    [[0, 2], [1, 3]]
    """

    def __init__(
        self,
        lengths: Sequence[int],
        batch_size: int,
        generator: torch.Generator | None = None,
        pool: int = 50,
    ):
        for name, value in (("batch_size", batch_size), ("pool", pool)):
            if value < 1:
                raise ValueError(f"{name} is {value}; it must be 1 or more")
        self.lengths = np.asarray(lengths)
        self.batch_size, self.pool = batch_size, pool
        self.generator = generator or torch.Generator().manual_seed(0)

    def __len__(self) -> int:
        return -(-len(self.lengths) // self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        order = self._draw(len(self.lengths))
        size = self.pool * self.batch_size
        batches = []
        for start in range(0, len(order), size):
            pool = order[start : start + size]
            pool = pool[np.argsort(self.lengths[pool], kind="stable")]
            batches += [pool[i : i + self.batch_size] for i in range(0, len(pool), self.batch_size)]
        return (batches[i].tolist() for i in self._draw(len(batches)))

    def _draw(self, number: int) -> np.ndarray:
        return torch.randperm(number, generator=self.generator).numpy()


def length_loader(
    dataset: Dataset,
    batch_size: int,
    seed: int = 0,
    device: torch.device | None = None,
    pool: int = 50,
) -> DataLoader:
    """Return shuffled batches by length of a data set that has ``lengths``, as TextDataset.

    As ``batches.loader`` with ``shuffle``; ``pool`` as :class:`LengthBatches` takes it.
    """
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(
        dataset,
        sampler=LengthBatches(dataset.lengths, batch_size, generator, pool),
        batch_size=None,
        generator=generator,
        pin_memory=device is not None and torch.device(device).type == "cuda",
    )


def sorted_batches(lengths: Sequence[int], batch_size: int) -> list[list[int]]:
    """Return positions of texts in batches from long to short, for measuring and embedding.

    The longest come first: if memory is short, it shows at once.

    >>> sorted_batches([3, 9, 5], batch_size=2)
    [[1, 2], [0]]
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; it must be 1 or more")
    order = np.argsort(-np.asarray(lengths, dtype=np.int64), kind="stable")
    return [order[i : i + batch_size].tolist() for i in range(0, len(order), batch_size)]


def token_batches(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Return positions of texts from long to short, in batches of at most ``most`` places.

    A batch's places are its texts times its longest, so padding counts as well; short texts come
    many together. A text with more tokens than ``most`` has a batch of its own.

    >>> token_batches([3, 9, 5, 4, 20], most=12)
    [[4], [1], [2, 3], [0]]
    """
    if most < 1:
        raise ValueError(f"most is {most}; it must be 1 or more")
    lengths = np.asarray(lengths, dtype=np.int64)
    order = np.argsort(-lengths, kind="stable").tolist()
    batches, start = [], 0
    while start < len(order):
        together = max(most // max(int(lengths[order[start]]), 1), 1)
        batches.append(order[start : start + together])
        start += together
    return batches
