"""The loop's own optimizer (AdamW), and the clipping of gradients.

Notebook 06 builds AdamW by hand; this is PyTorch's. Leaves the learning rate's course to
``schedule``.
"""

from collections.abc import Iterable

import torch
from torch import nn

from helpers.training.settings import TrainSettings


def adamw(model: nn.Module, settings: TrainSettings) -> torch.optim.AdamW:
    """Return AdamW over a model's trainable parameters; matrices decay, vectors do not.

    Biases and normalisation scales are vectors: shrinking them towards zero regularises
    nothing. Call it after the model is on its device.

    Raises
    ------
    ValueError
        If no parameter is trainable, or an embedding asks for sparse gradients, which AdamW
        can't use.

    Source: Loshchilov and Hutter (2019).

    >>> groups = adamw(nn.Linear(3, 2), TrainSettings(weight_decay=0.01)).param_groups
    >>> [(len(group["params"]), group["weight_decay"]) for group in groups]
    [(1, 0.01), (1, 0.0)]
    """
    trainable = [p for p in model.parameters() if p.requires_grad]
    if not trainable:
        raise ValueError("no parameter is trainable: set requires_grad_(True) on some of them")
    for name, module in model.named_modules():
        if isinstance(module, nn.Embedding | nn.EmbeddingBag) and module.sparse:
            raise ValueError(
                f"{name or 'the model'} was made with sparse=True, whose gradients AdamW can't "
                "use; make it with sparse=False, or give train() optimizer=lambda model: "
                "torch.optim.Adagrad(model.parameters(), lr=0.05)"
            )
    groups = [
        {"params": [p for p in trainable if p.ndim >= 2], "weight_decay": settings.weight_decay},
        {"params": [p for p in trainable if p.ndim < 2], "weight_decay": 0.0},
    ]
    fused = all(p.device.type in ("cpu", "cuda") for p in trainable)  # one pass over memory
    return torch.optim.AdamW(
        [g for g in groups if g["params"]], lr=settings.learning_rate, fused=fused
    )


def clip_gradients(parameters: Iterable[torch.Tensor], longest: float) -> torch.Tensor:
    """Shorten all gradients together to the length ``longest``, if they are longer.

    Like ``torch.nn.utils.clip_grad_norm_``, and also for sparse gradients, which that refuses.
    Returns the length before (a tensor without dimensions, on the device: nothing waits for
    it); it is NaN or infinite if a gradient is.

    Source: Pascanu et al. (2013).

    >>> weight = torch.zeros(2, requires_grad=True)
    >>> weight.grad = torch.tensor([3.0, 4.0])
    >>> clip_gradients([weight], 1.0), weight.grad
    (tensor(5.), tensor([0.6000, 0.8000]))
    """
    with_gradient = [p for p in parameters if p.grad is not None]
    if not any(p.grad.is_sparse for p in with_gradient):
        return nn.utils.clip_grad_norm_(with_gradient, longest)
    values = []
    for parameter in with_gradient:
        if parameter.grad.is_sparse:  # add up what the same row got twice, before measuring it
            parameter.grad = parameter.grad.coalesce()
        values.append(parameter.grad._values() if parameter.grad.is_sparse else parameter.grad)
    length = nn.utils.get_total_norm(values)
    shrink = (longest / (length + 1e-6)).clamp(max=1.0)  # as PyTorch does it
    for value in values:
        value.mul_(shrink)
    return length
