"""Where the numbers live: one place that chooses between NVIDIA's CUDA, Apple's MPS and the CPU.

Notebook 07 uses it first. Moving batches there and the precision are ``evaluating``'s part, and
can be imported from here as well.
"""

import os
import warnings
from functools import cache

import torch
from torch import nn

from helpers.training.evaluating import autocast, read_back, to_device

__all__ = ["autocast", "choose_device", "read_back", "synchronize", "to_device"]


def choose_device(prefer: str | torch.device | None = None) -> torch.device:
    """Return the device to compute on.

    Asked in this order: ``prefer``, the environment variable ``COURSE_DEVICE``, then the best of
    what is there: CUDA, MPS, CPU. A GPU is taken only after it has agreed with the CPU on a small
    forward and backward pass: some GPUs are listed that this PyTorch has no code for, and a few
    MPS releases computed wrong gradients. A GPU found by itself that fails is passed over with a
    warning; one that was asked for by name is an error.

    Raises
    ------
    ValueError
        If the device asked for has no such name or is not in this machine.
    RuntimeError
        If the GPU asked for does not agree with the CPU.

    >>> choose_device("cpu")
    device(type='cpu')
    """
    asked, by = (prefer, "the device asked for") if prefer else (_from_environment(), _VARIABLE)
    if asked:
        return _checked(asked, by)
    for kind in ("cuda", "mps"):
        if _present(kind):
            complaint = disagreement_with_cpu(kind)
            if complaint is None:
                return torch.device(kind)
            warnings.warn(f"passing over {kind!r}: {complaint}", RuntimeWarning, stacklevel=2)
    return torch.device("cpu")


_VARIABLE = "COURSE_DEVICE"


def _from_environment() -> str:
    return os.environ.get(_VARIABLE, "").strip().lower()


def _checked(asked: str | torch.device, by: str) -> torch.device:
    """Return the device that ``asked`` names, or say why it can't be had."""
    try:
        device = torch.device(asked)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"{by} is {asked!r}, which is no device; use 'cpu', 'cuda', 'cuda:1' or 'mps', "
            f"or leave {_VARIABLE} unset to have one chosen"
        ) from error
    if device.type in ("cuda", "mps"):
        count = torch.cuda.device_count() if device.type == "cuda" else 1
        if not _present(device.type) or (device.index or 0) >= count:
            raise ValueError(
                f"{by} is {str(device)!r}, but PyTorch {torch.__version__} sees no such GPU here; "
                f"use 'cpu', or leave {_VARIABLE} unset to have one chosen"
            )
        complaint = disagreement_with_cpu(str(device))
        if complaint is not None:
            raise RuntimeError(f"{by} is {str(device)!r}, but {complaint}; use 'cpu'")
    return device


def _present(kind: str) -> bool:
    return torch.cuda.is_available() if kind == "cuda" else torch.backends.mps.is_available()


@cache
def disagreement_with_cpu(device: str, tolerance: float = 1e-3) -> str | None:
    """Say how ``device`` differs from the CPU on a small network, or None if it agrees.

    An embedding, a masked mean, two linear layers and the cross-entropy, forward and backward,
    in float32. ``tolerance`` is the largest absolute difference allowed.

    >>> disagreement_with_cpu("cpu") is None
    True
    """
    try:
        difference = max(
            (ours - theirs).abs().max().nan_to_num(nan=float("inf")).item()
            for ours, theirs in zip(_small_pass("cpu"), _small_pass(device), strict=True)
        )
    except (RuntimeError, NotImplementedError) as error:  # no kernel, no driver, no memory
        return f"a small computation on it failed ({str(error).splitlines()[0]})"
    if difference > tolerance:
        return f"a small computation on it is off by {difference:.2g} from the CPU's"
    return None


def _small_pass(device: str) -> list[torch.Tensor]:
    """Loss and gradients of a fixed small network, computed on ``device``, brought to the CPU."""
    numbers = torch.Generator().manual_seed(0)
    table = torch.randn(20, 8, generator=numbers)
    first, second = torch.randn(16, 8, generator=numbers), torch.randn(3, 16, generator=numbers)
    weights = [w.to(device).requires_grad_() for w in (table, first, second)]
    ids = torch.randint(0, 20, (6, 5), generator=numbers).to(device)
    kept = (ids != 0).unsqueeze(-1)
    words = nn.functional.embedding(ids, weights[0])  # (6, 5, 8)
    pooled = (words * kept).sum(1) / kept.sum(1).clamp(min=1)  # (6, 8)
    logits = torch.tanh(pooled @ weights[1].T) @ weights[2].T  # (6, 3)
    loss = nn.functional.cross_entropy(logits, ids[:, 0] % 3)
    loss.backward()
    return [loss.detach().cpu(), *(w.grad.cpu() for w in weights)]


def synchronize(device: torch.device) -> None:
    """Wait until ``device`` has done what it was given; needed before reading a clock.

    >>> synchronize(torch.device("cpu"))
    """
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
