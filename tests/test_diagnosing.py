"""Each tool finds the fault that it is made for, and leaves the network as it was."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from helpers.training import diagnosing

X, Y = torch.randn(12, 5, generator=torch.Generator().manual_seed(0)), torch.arange(12) % 3


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3))


def entropy(scores, labels):
    return -(scores.softmax(-1) * scores.log_softmax(-1)).sum(-1).mean()


class Detached(nn.Module):
    """Its first layer is cut off from the loss."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(5, 4), nn.Linear(4, 3)

    def forward(self, x):
        return self.last(self.first(x).detach())


@pytest.mark.parametrize("training", [True, False])
def test_no_tool_changes_the_network(training):
    model = network().train(training)
    before = diagnosing.snapshot(model)
    diagnosing.shapes(model, [X])
    diagnosing.loss_at_start(model, (X, Y), 3)
    diagnosing.overfit_one_batch(model, (X, Y), steps=3)
    diagnosing.gradients(model, (X, Y))
    assert model.training is training
    assert (
        diagnosing.moved(model, before).verdict == "never moved: 0.weight, 0.bias, 3.weight, 3.bias"
    )
    assert all(weight.grad is None for weight in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())


def test_shapes_lists_every_module_in_order():
    report = diagnosing.shapes(network(), [X])
    assert [row[1:] for row in report.rows] == [
        ("Linear", "(12, 5)", "(12, 16)"),
        ("ReLU", "(12, 16)", "(12, 16)"),
        ("Dropout", "(12, 16)", "(12, 16)"),
        ("Linear", "(12, 16)", "(12, 3)"),
    ]
    assert str(report).splitlines()[0].split() == ["module", "kind", "in", "out"]


def test_shapes_says_where_a_network_stops():
    report = diagnosing.shapes(nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(6, 3)), [X])
    assert len(report.rows) == 2 and report.verdict.startswith("stopped after 1: RuntimeError")


@pytest.mark.parametrize(
    ("scale", "loss", "said"),
    [
        (1.0, functional.cross_entropy, "as it should be"),
        (100.0, functional.cross_entropy, "too high"),
        (math.nan, functional.cross_entropy, "no number"),
        (100.0, entropy, "too low"),
    ],
)
def test_the_loss_at_the_start(scale, loss, said):
    model = network()
    with torch.no_grad():
        model[3].weight *= scale
    assert said in diagnosing.loss_at_start(model, (X, Y), 3, loss).verdict


def test_one_batch_is_memorised_unless_the_loss_ignores_the_labels():
    report = diagnosing.overfit_one_batch(network(), (X, Y), steps=200)
    assert report.verdict.startswith("memorised") and report.rows[-1][2] == "100%"
    report = diagnosing.overfit_one_batch(network(), (X, Y), 200, loss_function=entropy)
    assert report.verdict.startswith("not learned")


def test_gradients_name_what_the_loss_does_not_reach():
    report = diagnosing.gradients(Detached(), (X, Y))
    assert report.verdict == (
        "no gradient: first.weight (the loss does not reach it), "
        "first.bias (the loss does not reach it)"
    )
    assert [row[2] == "none" for row in report.rows] == [True, True, False, False]
    dead = network()
    nn.init.constant_(dead[0].bias, -1e6)
    assert "0.weight (all zero)" in diagnosing.gradients(dead, (X, Y)).verdict
    assert diagnosing.gradients(network(), (X, Y)).verdict == "every weight gets a gradient"


def test_gradients_of_sparse_embeddings():
    model = nn.Sequential(nn.EmbeddingBag(9, 3, mode="mean", sparse=True))
    report = diagnosing.gradients(model, (torch.tensor([[1, 2], [3, 3]]), torch.tensor([0, 1])))
    assert report.verdict == "every weight gets a gradient"


def test_moved_tells_what_moved_and_what_did_not():
    model = Detached()
    before = diagnosing.snapshot(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    functional.cross_entropy(model(X), Y).backward()
    optimizer.step()
    report = diagnosing.moved(model, before)
    assert report.verdict == "never moved: first.weight, first.bias"
    assert report.rows[2][2].endswith("%") and report.rows[2][2] != "0.0%"


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (functional.cross_entropy, "as it should be"),
        (entropy, "does not look at the label"),
        (lambda scores, labels: -functional.cross_entropy(scores, labels), "order is wrong"),
    ],
)
def test_what_a_loss_rewards(loss, said):
    assert said in diagnosing.rewards(loss).verdict
