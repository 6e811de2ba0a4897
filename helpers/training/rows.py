"""An optimizer for word vectors and layers together: descent for rows, AdamW for the rest.

Notebook 07 uses it. A batch holds few of the vocabulary's words, and AdamW would move every row
at every step; here a step costs what the batch holds.
"""

import contextlib
from collections.abc import Iterator

import torch
from torch import nn


class RowDescent(torch.optim.AdamW):
    """AdamW, but plain gradient descent for the groups that say ``"descent": True``.

    Made for tables of word vectors with sparse gradients, which AdamW refuses. Their rows need
    large steps: each word is in few texts, so its part of the mean loss is small.

    >>> table = nn.Embedding(3, 1, sparse=True)
    >>> optimizer = RowDescent([{"params": table.parameters(), "lr": 10.0, "descent": True}])
    >>> before = table.weight.detach().clone()
    >>> table(torch.tensor([1, 1])).sum().backward()
    >>> optimizer.step()
    >>> (before - table.weight).round().tolist()
    [[0.0], [20.0], [0.0]]
    """

    @torch.no_grad()
    def step(self, closure=None):
        """Move the rows, then all else as AdamW does; ``closure`` is called first."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"] if group.get("descent") else ():
                if parameter.grad is not None:
                    parameter.add_(parameter.grad, alpha=-float(group["lr"]))
                    parameter.grad = None  # done: AdamW passes over what has no gradient
        super().step()
        return loss


def row_descent(model: nn.Module, rate: float, row_rate: float) -> RowDescent:
    """Return the optimizer for a model: ``row_rate`` for its word vectors, ``rate`` for the rest.

    >>> model = nn.Sequential(nn.EmbeddingBag(9, 4, sparse=True), nn.Linear(4, 2))
    >>> groups = row_descent(model, rate=0.01, row_rate=200).param_groups
    >>> [(len(group["params"]), group["lr"]) for group in groups]
    [(2, 0.01), (1, 200)]
    """
    tables = nn.Embedding | nn.EmbeddingBag
    rows = [m.weight for m in model.modules() if isinstance(m, tables) and m.weight.requires_grad]
    rest = [p for p in model.parameters() if p.requires_grad and all(p is not r for r in rows)]
    groups = [{"params": rest}, {"params": rows, "lr": row_rate, "descent": True}]
    return RowDescent([g for g in groups if g["params"]], lr=rate, weight_decay=0.0)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch use one thread on the CPU meanwhile.

    A step over the rows of one batch takes a millisecond. Sharing it among threads gains next to
    nothing on an idle machine and makes it many times slower on a busy one.

    >>> with one_thread():
    ...     torch.get_num_threads()
    1
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
