"""An optimizer for word vectors and layers together: descent for rows, AdamW for the rest.

Notebook 07 uses it. A batch holds few of the vocabulary's words, and AdamW would move every row
at every step; here a step costs what the batch holds.
"""

import contextlib
from collections.abc import Iterator

import torch
from torch import nn


class RowDescent(torch.optim.AdamW):
    """AdamW, but plain gradient descent for whatever has a sparse gradient.

    Rows of a table of vectors need large steps: each is in few texts, and its part of the mean
    loss is small. Give them a group with a learning rate of their own.

    >>> table = nn.Embedding(3, 1, sparse=True)
    >>> optimizer = RowDescent([{"params": table.parameters(), "lr": 10.0}])
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
            for parameter in group["params"]:
                if parameter.grad is not None and parameter.grad.is_sparse:
                    parameter.add_(parameter.grad, alpha=-float(group["lr"]))
                    parameter.grad = None  # done: AdamW passes over what has no gradient
        super().step()
        return loss


def row_descent(model: nn.Module, rate: float, row_rate: float) -> RowDescent:
    """Return the optimizer for a model: ``row_rate`` for its sparse tables, ``rate`` for the rest.

    >>> model = nn.Sequential(nn.EmbeddingBag(9, 4, sparse=True), nn.Linear(4, 2))
    >>> groups = row_descent(model, rate=0.01, row_rate=200).param_groups
    >>> [(len(group["params"]), group["lr"]) for group in groups]
    [(2, 0.01), (1, 200)]
    """
    tables = nn.Embedding | nn.EmbeddingBag
    rows = [m.weight for m in model.modules() if isinstance(m, tables) and m.sparse]
    known = {id(table) for table in rows}
    rest = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
    groups = [{"params": rest}, {"params": rows, "lr": row_rate}]
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
