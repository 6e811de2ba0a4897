"""Tokens drawn one after another from a language model's scores.

Notebook 12 builds it, in its plainest form. Knows ids, not words; choosing among the likeliest
tokens only, and remembering what was computed, is left to a later notebook.
"""

from collections.abc import Sequence

import torch
from torch import nn


def draw(
    scores: torch.Tensor, temperature: float = 1.0, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Draw an id from each row of scores, (..., vocabulary); int64, (...).

    Parameters
    ----------
    temperature
        Scores are divided by it: below 1 prefers likely tokens, above 1 evens them out; 0 takes
        the likeliest.
    generator
        What is drawn from, on the CPU; None: PyTorch's own.

    >>> draw(torch.tensor([[0.0, 9.0, 1.0]]), temperature=0).tolist()
    [1]
    """
    if not 0 <= temperature < float("inf"):
        raise ValueError(f"temperature is {temperature}; use a number, 0 or more")
    if temperature == 0:
        return scores.argmax(dim=-1)
    # On the CPU, in float32: then the same seed draws the same tokens wherever the model is.
    shares = torch.softmax(scores.detach().float().cpu() / temperature, dim=-1)
    drawn = torch.multinomial(shares.reshape(-1, shares.shape[-1]), 1, generator=generator)
    return drawn.reshape(shares.shape[:-1]).to(scores.device)


@torch.no_grad()
def continued(
    model: nn.Module,
    ids: Sequence[int],
    count: int,
    positions: int,
    temperature: float = 1.0,
    seed: int = 0,
    end_id: int | None = None,
    leave_out: Sequence[int] = (),
) -> list[int]:
    """Return ``ids`` with up to ``count`` more, each drawn from what the model makes of the rest.

    Parameters
    ----------
    model
        Called with ids (1, length), gives scores (1, length, vocabulary); dropout is off meanwhile.
    positions
        Most tokens that the model can look at; it sees the last so many.
    temperature, seed
        As :func:`draw` takes them; the same seed gives the same tokens.
    end_id
        Stop before this one is added.
    leave_out
        Ids that are never drawn.

    >>> class Counting(nn.Module):  # after i comes i + 1
    ...     def forward(self, ids):
    ...         return 99.0 * nn.functional.one_hot((ids + 1) % 10, 10)
    >>> continued(Counting(), [3], count=4, positions=8)
    [3, 4, 5, 6, 7]
    """
    if not len(ids):
        raise ValueError("there is nothing to go on from; give one id or more")
    if count < 0 or positions < 1:
        raise ValueError(f"count is {count} and positions {positions}; use at least 0 and 1")
    generator = torch.Generator().manual_seed(seed)
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    found, was_training = [int(i) for i in ids], model.training
    model.eval()
    try:
        for _ in range(count):
            seen = torch.tensor([found[-positions:]], device=device)
            scores = model(seen)[0, -1].clone()  # (vocabulary,)
            scores[list(leave_out)] = -float("inf")
            following = int(draw(scores[None], temperature, generator))
            if following == end_id:
                break
            found.append(following)
    finally:
        model.train(was_training)
    return found
