"""Random numbers: one seed for all, and their states for a checkpoint.

Notebook 07 builds it. Covers Python's, NumPy's and PyTorch's generators and those inside
data loaders. Leaves writing the states to ``checkpoint`` and ``loop``.
"""

import random

import numpy as np
import torch


def seed_everything(seed: int) -> None:
    """Seed Python's, NumPy's and PyTorch's global generators (CPU, and every GPU).

    The same seed gives the same numbers on the same machine and versions. GPUs add up in an
    order that varies, so there the last digits may still differ.

    Raises
    ------
    ValueError
        If the seed is not a whole number from 0 to 2**32 - 1 (NumPy's limit).

    >>> seed_everything(7)
    >>> first = torch.rand(1)
    >>> seed_everything(7)
    >>> torch.equal(first, torch.rand(1))
    True
    """
    if not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise ValueError(f"seed is {seed!r}; use a whole number from 0 to 4,294,967,295")
    random.seed(int(seed))
    np.random.seed(int(seed))
    torch.manual_seed(int(seed))  # the CPU's and every GPU's


def random_states() -> dict:
    """Return the states of all global generators as plain values and tensors.

    >>> before = random_states()
    >>> drawn = random.random(), np.random.rand(), torch.rand(1).item()
    >>> restore_random_states(before)
    >>> drawn == (random.random(), np.random.rand(), torch.rand(1).item())
    True
    """
    kind, key, *rest = np.random.get_state()
    cuda = torch.cuda.is_available() and torch.cuda.is_initialized()
    mps = torch.backends.mps.is_available()
    return {
        "python": random.getstate(),
        "numpy": [str(kind), torch.from_numpy(key.astype(np.int64)), *rest],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if cuda else [],
        "mps": torch.mps.get_rng_state() if mps else None,
    }


def restore_random_states(states: dict) -> None:
    """Set all global generators to ``states``, as ``random_states`` gave them.

    States of GPUs that this machine lacks are left out.
    """
    random.setstate(states["python"])
    kind, key, *rest = states["numpy"]
    np.random.set_state((kind, key.numpy().astype(np.uint32), *rest))
    torch.set_rng_state(states["torch"])
    if torch.cuda.is_available():
        for number, state in enumerate(states["cuda"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(state, number)
    if states["mps"] is not None and torch.backends.mps.is_available():
        torch.mps.set_rng_state(states["mps"])


def generators_of(batches) -> list[torch.Generator]:
    """Return the generators that a data loader and its samplers draw from, each once.

    >>> shuffled = torch.Generator()
    >>> batches = torch.utils.data.DataLoader(range(4), shuffle=True, generator=shuffled)
    >>> generators_of(batches) == [shuffled]
    True
    >>> generators_of([1, 2])
    []
    """
    found, queue, seen = [], [batches], set()
    while queue:
        part = queue.pop(0)
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, torch.Generator):
            found.append(part)
        else:
            names = ("generator", "batch_sampler", "sampler")
            queue += [getattr(part, name, None) for name in names]
    return found


def restart(batches) -> None:
    """Set a loader's generators back to their seeds, so that it shuffles as if it were new.

    >>> drawn = torch.Generator().manual_seed(3)
    >>> batches = torch.utils.data.DataLoader(range(9), shuffle=True, generator=drawn)
    >>> first = [int(item) for item in batches]
    >>> restart(batches)
    >>> first == [int(item) for item in batches]
    True
    """
    for generator in generators_of(batches):
        generator.manual_seed(generator.initial_seed())
