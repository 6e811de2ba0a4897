"""A model made again from its sizes and weights is the same; whole, or an error."""

import pytest
import torch

from helpers.models.classifiers import PooledClassifier, TenWordClassifier
from helpers.models.rebuilding import check_finite, describe, rebuild


@pytest.mark.parametrize(
    "model",
    [
        PooledClassifier((7, 3), 4),
        PooledClassifier((7, 3), 4, hidden=5, dropout=0.25, word_dropout=0.5, sparse=True),
        TenWordClassifier((7, 3), 4, hidden=2, words=3, dropout=0.125, pad_id=2),
        TenWordClassifier((7, 3), 4, train_vectors=False),
    ],
)
def test_the_same_scores_and_the_same_sizes(model):
    again = rebuild(describe(model), model.state_dict())
    assert describe(again) == describe(model)
    ids = torch.tensor([[3, 4, 5, 0], [6, 0, 0, 0]])
    assert torch.equal(model.eval()(ids), again.eval()(ids))
    wanted = [parameter.requires_grad for parameter in model.parameters()]
    assert [parameter.requires_grad for parameter in again.parameters()] == wanted


def test_the_rarity_of_words_comes_back():
    model = PooledClassifier((7, 3), 4, rarity=torch.rand(7))
    again = rebuild(describe(model), model.state_dict())
    bags = torch.tensor([3, 4, 5, 6]), torch.tensor([3, 1]), torch.tensor([1, 2, 1, 1])
    assert torch.equal(model.eval()(*bags), again.eval()(*bags))
    assert torch.equal(model.rarity, again.rarity)


def test_weights_are_copied_not_shared():
    model = PooledClassifier((7, 3), 4)
    again = rebuild(describe(model), model.state_dict())
    again.layers[1].bias.data += 1
    assert not torch.equal(again.layers[1].bias, model.layers[1].bias)


def test_a_subclass_is_no_kind_of_its_own():
    class Mine(PooledClassifier):
        pass

    with pytest.raises(ValueError, match=r"a Mine is no kind of model .* there are Pooled"):
        describe(Mine((7, 3), 4))


def test_many_misfits_are_counted():
    model = PooledClassifier((7, 3), 4)
    weights = {f"extra{n}": torch.ones(1) for n in range(5)} | model.state_dict()
    with pytest.raises(ValueError, match=r"extra0 is unknown.*extra2.*; and 2 more"):
        rebuild(describe(model), weights)


def test_nan_is_counted_where_it_is():
    with pytest.raises(ValueError, match="b has 2 numbers that are NaN or infinite"):
        check_finite({"a": torch.ones(3), "b": torch.tensor([torch.nan, 1, torch.inf])})
