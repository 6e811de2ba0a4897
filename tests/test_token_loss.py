"""The loss of a language model is a mean over tokens, whatever the shape of their batch."""

import torch

from helpers.models.token_loss import token_loss
from helpers.training.evaluating import evaluate


def test_token_loss_is_the_mean_over_what_is_scored():
    torch.manual_seed(0)
    scores, targets = torch.randn(2, 3, 5), torch.tensor([[1, 2, -100], [4, -100, -100]])
    logs = torch.log_softmax(scores, dim=-1)
    expected = -(logs[0, 0, 1] + logs[0, 1, 2] + logs[1, 0, 4]) / 3
    assert torch.allclose(token_loss(scores, targets), expected)


def test_a_mean_over_batches_counts_tokens():
    """One token with the loss ln 2 and three with ln 4: (ln 2 + 3 ln 4) / 4."""
    two, four = torch.tensor([[[0.0, 0.0, -1e9, -1e9]]]), torch.zeros(1, 3, 4)
    batches = [(two, torch.tensor([[1]])), (four, torch.tensor([[1, 2, 3]]))]
    found = evaluate(torch.nn.Identity(), batches, loss_function=token_loss)
    assert abs(found.loss - 7 * torch.log(torch.tensor(2.0)).item() / 4) < 1e-6
    assert found.accuracy == 0
