"""Evaluation is exact however samples are batched, and leaves the model as it was."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies
from torch import nn
from torch.nn import functional
from toy_training import blobs, network, one_thread  # noqa: F401 (a fixture)

from helpers.training.loop import TrainSettings, evaluate, train


def test_a_language_models_targets_with_gaps_are_weighted_by_scored_tokens():
    """Outputs (batch, length, vocabulary), targets (batch, length), -100 not scored."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Embedding(11, 6), nn.Linear(6, 11))
    targets = [torch.tensor([[1, 2, -100], [3, -100, -100]]), torch.tensor([[4, 5, 6]])]
    batches = [(t.clamp(min=0), t) for t in targets]

    def token_loss(outputs, targets):
        return functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())

    result = evaluate(model, batches, "cpu", loss_function=token_loss)
    log_probabilities = [torch.log_softmax(model(x), -1) for x, _ in batches]
    scored = [
        -row[place, token].item()
        for part, (_, t) in zip(log_probabilities, batches, strict=True)
        for row, tokens in zip(part, t, strict=True)
        for place, token in enumerate(tokens)
        if token != -100
    ]
    assert len(scored) == 6 == len(result.labels)
    assert result.labels.tolist() == [1, 2, 3, 4, 5, 6]
    assert result.loss == pytest.approx(np.mean(scored), rel=1e-5)
    history = train(
        model, batches, batches, TrainSettings(epochs=40, learning_rate=0.05),
        loss_function=token_loss,
    )  # fmt: skip
    assert history.train_loss[-1] < 0.5 < history.train_loss[0]


@settings(max_examples=25, deadline=None)
@given(strategies.lists(strategies.integers(1, 7), min_size=1, max_size=6))
def test_evaluate_does_not_depend_on_how_samples_are_batched(sizes):
    points, labels = (torch.cat(part) for part in zip(*blobs(sum(sizes)), strict=True))
    batches = list(zip(points.split(sizes), labels.split(sizes), strict=True))
    model = network()
    result = evaluate(model, batches, "cpu")
    logits = model(points)
    assert result.loss == pytest.approx(functional.cross_entropy(logits, labels).item(), rel=1e-5)
    assert result.accuracy == (logits.argmax(1) == labels).sum().item() / len(labels)
    assert torch.equal(result.labels, labels)
    assert torch.equal(result.predictions, result.logits.argmax(1))
    torch.testing.assert_close(result.logits, logits.detach())
    torch.testing.assert_close(result.probabilities.sum(1), torch.ones(len(labels)))


def test_a_small_example_checked_by_hand():
    scores, classes = torch.tensor([[2.0, 1.0], [0.0, 1.0]]), torch.tensor([0, 0])
    result = evaluate(
        nn.Identity(), [(scores, classes)]
    )  # a difference of 1, once for, once against
    assert result.accuracy == 0.5 and result.predictions.tolist() == [0, 1]
    assert result.loss == pytest.approx((np.log(1 + np.exp(-1)) + np.log(1 + np.e)) / 2)


@pytest.mark.parametrize("training", [True, False])
def test_evaluate_turns_dropout_off_and_restores_the_mode(training):
    model = network(dropout=0.9).train(training)
    first, second = (evaluate(model, blobs(), "cpu") for _ in range(2))
    assert torch.equal(first.logits, second.logits)
    assert model.training is training
    with pytest.raises(RuntimeError):
        evaluate(model, [(torch.zeros(2, 99), torch.zeros(2, dtype=torch.int64))], "cpu")
    assert model.training is training


def test_evaluate_can_forget_the_outputs():
    result = evaluate(network(), blobs(), "cpu", keep_outputs=False)
    assert result.logits is None and result.predictions is None
    with pytest.raises(ValueError, match="keep_outputs=True"):
        _ = result.probabilities
