"""A small network and three small clouds of points, for the tests of training."""

import pytest
import torch
from torch import nn
from torch.nn import functional


def blobs(samples=90, batch_size=32, seed=0, classes=3):
    """Batches of points around one centre a class; the last batch is short on purpose."""
    numbers = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, classes, (samples,), generator=numbers)
    points = torch.randn(samples, 4, generator=numbers) + 3 * functional.one_hot(labels, 4)
    return list(zip(points.split(batch_size), labels.split(batch_size), strict=True))


def network(seed=0, dropout=0.0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 3))


def weights_of(model):
    return {name: w.clone() for name, w in model.state_dict().items()}


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


@pytest.fixture(autouse=True)
def one_thread():
    """Sums this small gain nothing from two threads, and lose much on a busy machine.

    Import it into a test file and it holds for each test there.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
