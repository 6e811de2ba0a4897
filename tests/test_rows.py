"""Rows go down their gradient, layers by AdamW, and a resumed run is the same run."""

from functools import partial

import pytest
import torch
from torch import nn

from helpers.models.classifiers import PooledClassifier
from helpers.text.bags import BagDataset
from helpers.text.batches import loader
from helpers.training.loop import TrainSettings, train
from helpers.training.rows import one_thread, row_descent


class Words(nn.Module):
    def __init__(self, sparse):
        super().__init__()
        torch.manual_seed(0)
        self.table = nn.Embedding(20, 4, sparse=sparse)
        self.layer = nn.Linear(4, 3)

    def forward(self, ids):
        return self.layer(self.table(ids).mean(1))


@pytest.mark.parametrize("sparse", [True, False])
def test_equals_descent_on_the_rows_and_adamw_on_the_layer(sparse):
    ours, theirs = Words(sparse), Words(sparse=False)
    optimizer = row_descent(ours, rate=0.01, row_rate=3.0)
    descent = torch.optim.SGD(theirs.table.parameters(), lr=3.0)
    adamw = torch.optim.AdamW(theirs.layer.parameters(), lr=0.01, weight_decay=0.0)
    for step in range(5):
        ids = torch.randint(0, 15, (6, 7), generator=torch.Generator().manual_seed(step))
        for model in (ours, theirs):
            model.zero_grad()
            nn.functional.cross_entropy(model(ids), ids[:, 0] % 3).backward()
        optimizer.step()
        descent.step()
        adamw.step()
    for mine, reference in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, reference)
    assert torch.equal(ours.table.weight[15:], Words(sparse=True).table.weight[15:])  # never met


def test_a_closure_is_called_once_and_its_loss_returned():
    model, calls = Words(sparse=True), []
    optimizer = row_descent(model, 0.01, 1.0)
    before = model.table.weight.detach().clone()

    def closure():
        calls.append(1)
        loss = model(torch.tensor([[1, 2]])).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).requires_grad and calls == [1]
    moved = (model.table.weight != before).any(1)
    assert moved.nonzero().flatten().tolist() == [1, 2]


def test_frozen_vectors_are_in_no_group():
    model = PooledClassifier((9, 4), classes=2, train_vectors=False)
    (group,) = row_descent(model, 0.01, 5.0).param_groups
    assert group["lr"] == 0.01 and [p.shape for p in group["params"]] == [(2, 4), (2,)]


def test_bags_with_sparse_rows_resume_bit_for_bit(tmp_path):
    numbers = torch.Generator().manual_seed(0)
    texts = [torch.randint(2, 300, (40,), generator=numbers).tolist() for _ in range(200)]
    bags = BagDataset(texts, torch.randint(0, 3, (200,), generator=numbers).tolist())
    chosen = TrainSettings(epochs=3, schedule="linear", clip_norm=None)

    def once(seed=0, **more):
        torch.manual_seed(seed)
        rarity = bags.inverse_document_frequencies(300)
        model = PooledClassifier(
            (300, 8), classes=3, word_dropout=0.2, rarity=rarity, sparse=True
        )  # fmt: skip
        optimizer = partial(row_descent, rate=0.01, row_rate=50.0)
        batches = loader(bags, 32, shuffle=True, seed=2)
        train(model, batches, None, chosen, optimizer=optimizer, device="cpu", **more)
        return model.state_dict()

    path = {"checkpoint_path": tmp_path / "run.pt"}
    once(stop_after=1, **path)
    whole, resumed = once(), once(seed=1, resume=True, **path)
    assert whole.keys() == resumed.keys()
    for name, weight in whole.items():
        assert torch.equal(weight, resumed[name]), name


def test_one_thread_gives_the_others_back():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        with pytest.raises(KeyError), one_thread():
            assert torch.get_num_threads() == 1
            raise KeyError
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
