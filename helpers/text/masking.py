"""Tokens hidden for an encoder to fill in: BERT's way of making a task out of plain text.

Notebook 12 builds it. Knows ids, not words; padding is ``batches``' way.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch.utils.data import Dataset

from helpers.text.batches import TextDataset

NOT_SCORED = -100  # PyTorch's own mark for targets that cross_entropy leaves out


def mask_tokens(
    ids: torch.Tensor,
    lengths: torch.Tensor,
    mask_id: int,
    vocabulary: int,
    special: Sequence[int] = (),
    share: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Choose tokens to be guessed, hide most of them, and say what they were.

    Each token is chosen with probability ``share``. Of those chosen, eight in ten become
    ``mask_id``, one in ten becomes any ordinary token, and one in ten stays as it is. Padding and
    special tokens are never chosen. A text in which nothing was chosen gets one token chosen.

    Parameters
    ----------
    ids, lengths
        Padded texts, int64, (batch, longest), and their real tokens, (batch,).
    mask_id, vocabulary
        The id that hides a token, and how many ids there are; ``mask_id`` is special itself.
    special
        Ids that carry no meaning of their own: the end of a text, say.
    generator
        What is drawn from; None: PyTorch's own, which ``train`` seeds at each epoch.

    Returns
    -------
    The ids with tokens hidden, and the targets: the token where one was chosen, -100 elsewhere.
    Both have the shape of ``ids``, which stays as it is.

    Raises
    ------
    ValueError
        If an id or ``share`` is out of range, or a text has no ordinary token.

    Source: Devlin et al. (2019), section 3.1.

    >>> ids, lengths = torch.tensor([[5, 6, 7, 0]]), torch.tensor([3])
    >>> hidden, targets = mask_tokens(ids, lengths, mask_id=1, vocabulary=9, share=1.0)
    >>> targets.tolist()
    [[5, 6, 7, -100]]
    """
    ordinary = torch.ones(vocabulary, dtype=torch.bool)  # which ids may be chosen, or drawn
    _check(ids, lengths, [mask_id, *special], vocabulary, share)
    ordinary[[mask_id, *special]] = False
    real = torch.arange(ids.shape[1]) < lengths[:, None]
    free = real & ordinary[torch.where(real, ids, mask_id)]  # (batch, longest)
    if not free.any(dim=1).all():
        row = int(free.any(dim=1).int().argmin())
        raise ValueError(
            f"text {row} of the batch has no token that may be hidden: it is empty, or has special "
            "tokens only; leave such texts out"
        )
    draws = torch.rand(ids.shape, generator=generator).masked_fill(~free, 2.0)
    # A draw below the share is chosen; and the lowest of each row is, in any case.
    chosen = free & ((draws < share) | (draws == draws.min(dim=1, keepdim=True).values))
    targets = torch.where(chosen, ids, NOT_SCORED)
    fate = torch.rand(ids.shape, generator=generator)
    hidden = torch.where(chosen & (fate < 0.8), mask_id, ids)
    others = ordinary.nonzero()[:, 0]
    drawn = others[torch.randint(len(others), ids.shape, generator=generator)]
    return torch.where(chosen & (fate >= 0.9), drawn, hidden), targets


class MaskedTexts(Dataset):
    """Texts as ids, hidden anew whenever a batch is asked for.

    A batch is ``((ids, lengths, places), targets)``: ``places`` are the chosen ones, (batch,
    longest), and ``targets`` what was there, (chosen,), row by row, as ``MaskedLanguageModel``
    scores them. For validation make the batches once, ``list(loader(...))``, so that the same
    tokens are hidden each time.

    Parameters
    ----------
    sequences
        Ids of each text, one ordinary token or more each.
    mask_id, vocabulary, special, share, generator
        As :func:`mask_tokens` takes them.
    max_length
        Longer texts lose their end.

    >>> texts = MaskedTexts([[5, 6, 7], [8]], mask_id=1, vocabulary=9)
    >>> (ids, lengths, places), targets = texts[[1]]
    >>> lengths.tolist(), places.tolist(), targets.tolist()
    ([1], [[True]], [8])
    """

    def __init__(
        self,
        sequences: Sequence[Sequence[int]],
        mask_id: int,
        vocabulary: int,
        special: Sequence[int] = (),
        share: float = 0.15,
        max_length: int | None = None,
        generator: torch.Generator | None = None,
    ):
        self._texts = TextDataset(sequences, [0] * len(sequences), max_length=max_length)
        self._how = mask_id, vocabulary, special, share, generator

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def lengths(self) -> np.ndarray:
        """Tokens of each text, int64, shape (texts,)."""
        return self._texts.lengths

    def __getitem__(self, indices: Sequence[int]):
        """Return ((ids, lengths, places), targets) of the texts at ``indices``."""
        (ids, lengths), _ = self._texts[indices]
        hidden, targets = mask_tokens(ids, lengths, *self._how)
        places = targets != NOT_SCORED
        return (hidden, lengths, places), targets[places]


def _check(ids, lengths, special: Sequence[int], vocabulary: int, share: float) -> None:
    if ids.ndim != 2 or lengths.shape != ids.shape[:1]:
        raise ValueError(
            f"ids have shape {tuple(ids.shape)} and lengths {tuple(lengths.shape)}; they are "
            "(batch, longest) and (batch,), as helpers.text.batches makes them"
        )
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share}; use a number from 0 to 1, 0.15 for 15 %")
    outside = [i for i in special if not 0 <= i < vocabulary]
    if outside:
        raise ValueError(f"special id {outside[0]} is outside the vocabulary of {vocabulary:,}")
    if len(set(special)) >= vocabulary:
        raise ValueError(f"all {vocabulary:,} ids are special; no ordinary token is left")
    if ids.numel() and not 0 <= int(ids.min()) <= int(ids.max()) < vocabulary:
        wrong = int(ids.min()) if ids.min() < 0 else int(ids.max())
        raise ValueError(f"id {wrong} is outside the vocabulary of {vocabulary:,}")
