"""Many texts through an encoder, one vector each, with next to nothing computed for padding.

Notebook 13 builds it and searches with the vectors; a frozen encoder's features in 14 are the same.
Leaves words to ``text.fast_tokens``, and the forming of one vector to ``models.encoder``.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import nn

from helpers.models.encoder import sentence_vectors
from helpers.text.batches import pad
from helpers.text.length_batches import token_batches
from helpers.training.evaluating import place, to_device

Pool = Callable[[nn.Module, torch.Tensor, torch.Tensor], torch.Tensor]


def embed(
    encoder: nn.Module,
    sequences: Sequence[Sequence[int]],
    *,
    pool: Pool = sentence_vectors,
    batch_tokens: int | None = None,
    device: str | torch.device | None = None,
) -> np.ndarray:
    """Return a vector of each text, in the order given: float32, shape (texts, width).

    Texts of like length share a batch. Dropout is off meanwhile, and no gradients are recorded;
    afterwards the encoder is in the mode that it was in.

    Parameters
    ----------
    encoder
        Takes ids, (batch, longest), and lengths, (batch,), as ``models.encoder.Encoder`` does.
    sequences
        Ids of each text, as ``fast_tokens.encode`` gives them: one or more each.
    pool
        Makes (batch, width) of the encoder, ids and lengths: ``sentence_vectors``, of length 1.
    batch_tokens
        Places in a batch, padding included: about 1,000 on a CPU, whose cache they should fit,
        and 32,000 on a GPU, unless you say otherwise. A longer text has a batch of its own.
    device
        Where to compute; None leaves the encoder where it is.

    Raises
    ------
    ValueError
        If a text has no ids, so that no mean can be taken; the message names it.

    >>> from helpers.models.encoder import Encoder, EncoderSizes
    >>> tiny = Encoder(EncoderSizes(vocabulary=100, width=8, layers=2, heads=2, hidden=16))
    >>> embed(tiny, [[5, 7, 2], [9], [4, 4]]).shape
    (3, 8)
    """
    if not len(sequences):
        raise ValueError("there are no texts; give one or more")
    lengths = np.fromiter(map(len, sequences), dtype=np.int64, count=len(sequences))
    if not lengths.all():
        empty = int(lengths.argmin())
        raise ValueError(
            f"text {empty:,} has no ids, and nothing has no vector; leave it out, or give it the "
            "special tokens that fast_tokens.encode puts around every text"
        )
    device, was_training = place(encoder, device), encoder.training
    budget = batch_tokens or (1_024 if device.type == "cpu" else 32_768)
    encoder.eval()
    found, order = [], []
    try:
        with torch.inference_mode():
            for batch in token_batches(lengths, budget):
                rows, real = pad([sequences[i] for i in batch])
                inputs = to_device((torch.from_numpy(rows), torch.from_numpy(real)), device)
                found.append(pool(encoder, *inputs).float())
                order += batch
    finally:
        encoder.train(was_training)
    vectors = torch.cat(found).cpu().numpy()  # the one wait for a GPU
    back = np.empty_like(vectors)
    back[order] = vectors
    return back
