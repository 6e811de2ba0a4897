"""The classifiers compute what they say: against plain NumPy, and whatever the padding."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies
from sklearn.feature_extraction.text import TfidfVectorizer
from torch import nn

from helpers.models.classifiers import PooledClassifier, TenWordClassifier, embedding
from helpers.text.bags import BagDataset

VECTORS = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
TEXTS = strategies.lists(
    strategies.lists(strategies.integers(1, 39), min_size=1, max_size=25), min_size=1, max_size=5
)


def padded(texts, more=0):
    longest = max(map(len, texts)) + more
    ids = torch.tensor([text + [0] * (longest - len(text)) for text in texts])
    return ids, torch.tensor([len(text) for text in texts])


def make(kind, **options):
    torch.manual_seed(0)
    return kind(VECTORS, classes=3, **options).eval()


def numbers(parameter):
    return parameter.detach().numpy()


# ---- the ten-word network ------------------------------------------------------------------


def test_the_articles_network_has_500_inputs_and_three_linear_layers():
    model = TenWordClassifier((100, 50), classes=3)
    linear = [layer for layer in model.layers if isinstance(layer, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == [
        (500, 128), (128, 128), (128, 3),
    ]  # fmt: skip


def test_ten_words_equals_numpy():
    model = make(TenWordClassifier, hidden=7, words=4, dropout=0.5)
    texts = [[5, 9, 2, 8, 30, 31], [7, 3]]
    first, second, third = (layer for layer in model.layers if isinstance(layer, nn.Linear))
    expected = []
    for text in ([5, 9, 2, 8], [7, 3, None, None]):
        rows = [np.zeros(6) if i is None else VECTORS[i] for i in text]
        hidden = np.concatenate(rows)
        for layer in (first, second):
            hidden = np.maximum(numbers(layer.weight) @ hidden + numbers(layer.bias), 0)
        expected.append(numbers(third.weight) @ hidden + numbers(third.bias))
    np.testing.assert_allclose(numbers(model(*padded(texts))), expected, rtol=1e-4, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_ten_words_sees_the_first_ten_and_no_other(texts):
    model = make(TenWordClassifier)
    full = model(*padded(texts))
    assert full.shape == (len(texts), 3)
    torch.testing.assert_close(full, model(*padded([text[:10] for text in texts])))
    torch.testing.assert_close(full, model(*padded(texts, more=13)))


def test_ten_words_depends_on_each_of_the_ten_and_on_their_order():
    model, text = make(TenWordClassifier), list(range(1, 13))
    before = model(*padded([text]))
    for place in range(12):
        changed = [39 if i == place else word for i, word in enumerate(text)]
        assert torch.equal(model(*padded([changed])), before) == (place >= 10)
    assert not torch.allclose(model(*padded([text[1::-1] + text[2:]])), before)


# ---- the pooled network --------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_pooled_is_the_mean_over_words_alone(texts):
    model = make(PooledClassifier)
    (layer,) = (layer for layer in model.layers if isinstance(layer, nn.Linear))
    means = np.stack([VECTORS[text].mean(0) for text in texts])
    expected = means @ numbers(layer.weight).T + numbers(layer.bias)
    for more in (0, 7):  # padding changes nothing
        np.testing.assert_allclose(
            numbers(model(*padded(texts, more))), expected, rtol=1e-4, atol=1e-5
        )


def bags(texts):
    (ids, lengths, counts), _ = BagDataset(texts, [0] * len(texts), left_out=[0])[range(len(texts))]
    return ids, lengths, counts


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_bags_without_rarity_equal_padded_texts(texts):
    model = make(PooledClassifier, hidden=5)
    torch.testing.assert_close(model(*bags(texts)), model(*padded(texts)))


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_weights_equal_scikit_learns_tf_idf(texts):
    rarity = BagDataset(texts, [0] * len(texts), left_out=[0]).inverse_document_frequencies(40)
    model = make(PooledClassifier, rarity=rarity)
    (layer,) = (layer for layer in model.layers if isinstance(layer, nn.Linear))
    words = {"analyzer": lambda text: map(str, text), "vocabulary": list(map(str, range(40)))}
    means = TfidfVectorizer(**words, sublinear_tf=True).fit_transform(texts) @ VECTORS
    expected = means @ numbers(layer.weight).T + numbers(layer.bias)
    np.testing.assert_allclose(numbers(model(*bags(texts))), expected, rtol=1e-4, atol=1e-5)


def test_rarity_needs_bags_and_a_number_for_each_word():
    model = make(PooledClassifier, rarity=torch.ones(40))
    with pytest.raises(ValueError, match="weights by rarity need bags"):
        model(*padded([[5, 6]]))
    with pytest.raises(ValueError, match=r"ids of bags have shape \(2,\) and counts \(3,\)"):
        model(torch.tensor([5, 6]), torch.tensor([2]), torch.ones(3))
    with pytest.raises(ValueError, match=r"rarity has shape \(39,\); give each of 40 words one"):
        make(PooledClassifier, rarity=torch.ones(39))


def test_sparse_gradients_hold_the_rows_of_the_batch_and_equal_the_dense_ones():
    gradients = []
    for sparse in (True, False):
        model = make(PooledClassifier, rarity=torch.linspace(1, 2, 40), sparse=sparse)
        nn.functional.cross_entropy(
            model(*bags([[5, 9, 5], [7, 9]])), torch.tensor([0, 2])
        ).backward()
        gradients.append(model.vectors.weight.grad)
    assert gradients[0].is_sparse and not gradients[1].is_sparse
    assert gradients[0].coalesce().indices()[0].tolist() == [5, 7, 9]
    torch.testing.assert_close(gradients[0].to_dense(), gradients[1])


def test_a_text_without_words_is_scored_by_the_bias():
    model = make(PooledClassifier)
    empty = torch.zeros(2, 4, dtype=torch.int64)
    bias = model.layers[-1].bias.expand(2, 3)
    torch.testing.assert_close(model(empty), bias)
    torch.testing.assert_close(model(empty[:, :0]), bias)
    for rarity in (None, torch.ones(40)):
        model = make(PooledClassifier, rarity=rarity)
        torch.testing.assert_close(model(*bags([[], []])), bias)


def test_word_dropout_leaves_out_words_while_training_only():
    model = make(PooledClassifier, word_dropout=0.5)
    batch = padded([list(range(1, 20))])
    torch.testing.assert_close(model(*batch), model(*batch))
    model.train()
    assert len({tuple(model(*batch)[0].tolist()) for _ in range(8)}) == 8
    with pytest.raises(ValueError, match=r"word_dropout is 1\.0"):
        make(PooledClassifier, word_dropout=1.0)


# ---- both ----------------------------------------------------------------------------------

BOTH = pytest.mark.parametrize("kind", [TenWordClassifier, PooledClassifier])


@BOTH
def test_learning_reaches_every_weight_but_never_the_padding(kind):
    model = make(kind, hidden=8).train()
    texts = [list(range(1, 11)), [5, 6]]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(*padded(texts)), torch.tensor([0, 1])).backward()
        optimizer.step()
    for name, parameter in model.named_parameters():
        assert not torch.equal(parameter, before[name]), name
    assert torch.equal(model.vectors.weight[0], torch.zeros(6))
    assert not torch.equal(model.vectors.weight[5], before["vectors.weight"][5])


@BOTH
def test_word_vectors_can_be_left_as_they_are(kind):
    model = make(kind, train_vectors=False).train()
    nn.functional.cross_entropy(model(*padded([[5, 6]])), torch.tensor([0])).backward()
    assert model.vectors.weight.grad is None and not model.vectors.weight.requires_grad
    assert model.layers[-1].weight.grad is not None


@BOTH
def test_another_padding_id(kind):
    model = make(kind, pad_id=3)
    short, long = torch.tensor([[7, 0, 2]]), torch.tensor([[7, 0, 2, 3, 3]])
    torch.testing.assert_close(model(short), model(long))
    assert torch.equal(model.vectors.weight[3], torch.zeros(6))
    np.testing.assert_array_equal(numbers(model.vectors.weight[0]), VECTORS[0])


@BOTH
def test_ids_of_the_wrong_form_are_named(kind):
    model = make(kind)
    with pytest.raises(ValueError, match=r"shape \(4,\) .* use whole numbers of shape \(batch"):
        model(torch.tensor([1, 2, 3, 4]), None)
    with pytest.raises(ValueError, match=r"type torch\.float32"):
        model(torch.zeros(2, 4), None)


def test_the_matrix_is_copied_not_shared():
    for matrix in (VECTORS.copy(), torch.tensor(VECTORS)):
        layer = embedding(matrix)
        layer.weight.data.fill_(7)
        np.testing.assert_array_equal(np.asarray(matrix), VECTORS)
    read_only = VECTORS.copy()
    read_only.flags.writeable = False  # as a memory-mapped file is
    np.testing.assert_array_equal(numbers(embedding(read_only).weight)[1:], VECTORS[1:])


def test_random_vectors_are_about_one_long_and_follow_the_seed():
    torch.manual_seed(1)
    first = embedding((500, 64)).weight
    torch.manual_seed(1)
    assert torch.equal(first, embedding((500, 64)).weight)
    assert 0.9 < first[1:].norm(dim=1).mean() < 1.1


@pytest.mark.parametrize(
    ("matrix", "pad_id", "message"),
    [
        (np.ones(5), 0, r"vectors have shape \(5,\)"),
        (np.array([[1.0, 2.0], [np.nan, 1.0]]), 0, "row 1 of the vectors holds NaN"),
        (np.ones((3, 2)), 3, "pad_id is 3, but the vectors' rows go from 0 to 2"),
    ],
)
def test_a_matrix_that_can_not_be_used_is_named(matrix, pad_id, message):
    with pytest.raises(ValueError, match=message):
        embedding(matrix, pad_id)
