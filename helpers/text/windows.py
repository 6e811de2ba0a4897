"""Running text to windows for training a language model: each token is to predict the next.

Notebook 12 builds them. Knows ids, not words; batches are drawn by ``batches.loader``.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch.utils.data import Dataset

from helpers.text.batches import check_indices

NOT_SCORED = -100  # PyTorch's own mark for targets that cross_entropy leaves out


def join_texts(sequences: Iterable[Sequence[int]], end_id: int) -> np.ndarray:
    """Lay texts one after another, with ``end_id`` after each; int64, shape (tokens,).

    >>> join_texts([[5, 6], [], [7]], end_id=0).tolist()
    [5, 6, 0, 0, 7, 0]
    """
    parts = [np.append(np.asarray(ids, dtype=np.int64), end_id) for ids in sequences]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


class TokenWindows(Dataset):
    """A stream of tokens cut into windows; gives whole batches of (ids, next ids).

    Every token but the first is a target just once. The last window is filled up with ``pad_id``,
    which nothing is to predict; a decoder looks at it nowhere, since it comes last.

    Parameters
    ----------
    stream
        Ids, shape (tokens,), two or more.
    length
        Tokens of a window.
    pad_id
        What fills the last window.

    Raises
    ------
    ValueError
        If the stream is no row of whole numbers from 0 on, or too short to predict anything.

    >>> windows = TokenWindows([5, 6, 7, 8], length=2)
    >>> ids, following = windows[[0, 1]]
    >>> ids.tolist(), following.tolist()
    ([[5, 6], [7, 8]], [[6, 7], [8, -100]])
    """

    def __init__(self, stream: Sequence[int] | np.ndarray, length: int, pad_id: int = 0):
        stream = np.asarray(stream)
        if stream.ndim != 1 or len(stream) < 2:
            raise ValueError(
                f"the stream has shape {stream.shape}; give a row of at least two tokens, as "
                "join_texts makes it"
            )
        if stream.dtype.kind not in "iu" or stream.min() < 0:
            raise ValueError(
                f"the stream holds {stream.dtype} numbers from {stream.min()}; ids are whole "
                "numbers, 0 or more"
            )
        if length < 1:
            raise ValueError(f"length is {length}; a window has 1 token or more")
        count = -(-(len(stream) - 1) // length)
        missing = count * length + 1 - len(stream)
        filled = np.concatenate([stream.astype(np.int64), np.full(missing, pad_id)])
        following = np.concatenate([stream[1:], np.full(missing, NOT_SCORED)]).astype(np.int64)
        self._ids = torch.from_numpy(filled[:-1].reshape(count, length))
        self._following = torch.from_numpy(following.reshape(count, length))

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, indices: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return ids and the ids that follow them, int64, both (batch, length)."""
        chosen = torch.from_numpy(check_indices(indices, len(self)))
        return self._ids[chosen], self._following[chosen]
