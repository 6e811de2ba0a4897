"""Tokens are drawn as often as the scores say, the same ones for the same seed."""

import pytest
import torch
from torch import nn

from helpers.models.decoder import Decoder, DecoderSizes
from helpers.models.sampling import continued, draw

SIZES = DecoderSizes(vocabulary=20, width=8, layers=1, heads=2, hidden=16, positions=6)


class Always(nn.Module):
    """The same scores at every place; notes how much it was shown."""

    def __init__(self, scores):
        super().__init__()
        self.scores, self.seen = torch.tensor(scores), []
        self.dropout = nn.Dropout(0.5)

    def forward(self, ids):
        self.seen.append(ids.tolist()[0])
        return self.dropout(self.scores.expand(1, ids.shape[1], -1))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_come_as_often_as_softmax_says(temperature):
    scores = torch.tensor([0.0, 1.0, 2.0, -1.0])
    expected = torch.softmax(scores / temperature, dim=0)
    drawn = draw(scores.expand(20_000, 4), temperature, torch.Generator().manual_seed(0))
    found = torch.bincount(drawn, minlength=4) / 20_000
    assert torch.allclose(found, expected, atol=0.015)  # four standard deviations


def test_shapes_and_types_of_what_is_drawn():
    for shape in ((5,), (2, 5), (2, 3, 5)):
        for temperature in (0, 1.0):
            drawn = draw(torch.randn(shape), temperature)
            assert drawn.shape == shape[:-1] and drawn.dtype == torch.int64


def test_temperature_zero_takes_the_likeliest():
    assert draw(torch.tensor([[1.0, 3.0, 2.0]]), 0).tolist() == [1]
    model = Decoder(SIZES)
    ids = continued(model, [3], 4, 6, temperature=0)
    for place in range(1, len(ids)):
        assert ids[place] == model.eval()(torch.tensor([ids[:place]]))[0, -1].argmax()


def test_the_same_seed_gives_the_same_tokens_and_leaves_the_other_draws_alone():
    model = Decoder(SIZES)
    torch.manual_seed(5)
    one = continued(model, [3, 4], 12, 6, seed=1)
    after = torch.rand(1)
    assert len(one) == 14 and one[:2] == [3, 4]
    assert continued(model, [3, 4], 12, 6, seed=1) == one
    assert continued(model, [3, 4], 12, 6, seed=2) != one
    torch.manual_seed(5)
    assert torch.equal(torch.rand(1), after)


def test_the_model_sees_the_last_tokens_and_no_more_than_it_can():
    model = Always([0.0, 0.0, 0.0])
    ids = continued(model.train(), [0, 1, 2, 0, 1], 3, positions=4)
    assert model.seen == [ids[place - 4 : place] for place in (5, 6, 7)]
    assert model.training  # as it was


def test_it_stops_at_the_end_and_never_draws_what_is_left_out():
    assert continued(Always([0.0, 9.9, 0.0]), [2], 9, 4, temperature=0, end_id=1) == [2]
    ids = continued(Always([0.0, 9.0, 0.0]), [2], 50, 4, leave_out=[1])
    assert 1 not in ids and set(ids) == {0, 2}
    assert continued(Always([0.0, 9.0]), [1], 0, 4) == [1]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"ids": []}, "nothing to go on from"),
        ({"count": -1}, "count is -1"),
        ({"positions": 0}, "positions 0"),
        ({"temperature": -1}, "temperature is -1; use a number, 0 or more"),
        ({"temperature": float("nan")}, "temperature is nan"),
    ],
)
def test_what_makes_no_sense_is_refused(how, said):
    with pytest.raises(ValueError, match=said):
        continued(Always([0.0, 1.0]), **{"ids": [0], "count": 1, "positions": 4} | how)
