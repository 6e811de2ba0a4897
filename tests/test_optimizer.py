"""Which weights decay, and clipping of dense and sparse gradients against PyTorch."""

import pytest
import torch
from torch import nn

from helpers.training.loop import TrainSettings, adamw, clip_gradients, train


@pytest.mark.parametrize("longest", [0.01, 1000.0])
def test_clipping_sparse_gradients_equals_pytorch_on_dense_ones(longest):
    """Ids repeat, so the sparse gradient holds some rows twice."""
    torch.manual_seed(0)
    table, ids = torch.randn(20, 3), torch.tensor([[1, 1, 2], [2, 7, 1]])
    lengths, gradients = [], []
    for sparse, clip in ((True, clip_gradients), (False, nn.utils.clip_grad_norm_)):
        layer = nn.Embedding.from_pretrained(table.clone(), freeze=False, sparse=sparse)
        head = nn.Linear(3, 1, bias=False)
        nn.init.ones_(head.weight)
        head(layer(ids)).square().sum().backward()
        parts = [*layer.parameters(), *head.parameters()]
        lengths.append(clip(parts, longest))
        gradients.append([p.grad.to_dense() for p in parts])
    torch.testing.assert_close(lengths[0], lengths[1])
    torch.testing.assert_close(gradients[0], gradients[1])


def test_sparse_embeddings_train_with_an_optimizer_that_takes_them():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Embedding(9, 4, sparse=True), nn.Flatten(), nn.Linear(8, 3))
    batches = [(torch.tensor([[1, 2], [3, 4], [5, 6]]), torch.tensor([0, 1, 2]))]
    with pytest.raises(ValueError, match=r"0 has sparse gradients.*Adagrad"):
        train(model, batches, None, TrainSettings())
    history = train(
        model, batches, None, TrainSettings(epochs=60),
        optimizer=lambda model: torch.optim.Adagrad(model.parameters(), lr=0.2),
    )  # fmt: skip
    assert history.train_loss[-1] < 0.1


def test_a_gradient_of_three_and_four_is_five_long():
    weight = torch.zeros(2, requires_grad=True)
    weight.grad = torch.tensor([3.0, 4.0])
    for longest, left in ((None, [3.0, 4.0]), (1.0, [0.6, 0.8])):
        assert clip_gradients([weight], longest).item() == 5
        torch.testing.assert_close(weight.grad, torch.tensor(left))


def test_adamw_lets_matrices_decay_and_vectors_not():
    model = nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2))
    model[0].weight.requires_grad_(False)
    groups = adamw(model, TrainSettings(weight_decay=0.3)).param_groups
    assert [(len(g["params"]), g["weight_decay"]) for g in groups] == [(3, 0.0)]
