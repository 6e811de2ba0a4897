"""The range test finds the rates that work, and leaves the network alone."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from helpers.training.learning_rate_range import RangeTest, learning_rate_range

DATA = [
    (torch.randn(16, 5, generator=torch.Generator().manual_seed(i)), torch.arange(16) % 3)
    for i in range(4)
]


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))


def test_rates_grow_evenly_on_a_logarithmic_scale_and_batches_begin_again():
    found = learning_rate_range(network(), DATA, smallest=1e-4, largest=1e-1, steps=31)
    assert len(found.rates) == 31 > len(DATA)
    assert found.rates[0] == 1e-4 and found.rates[-1] == pytest.approx(0.1)
    factors = [b / a for a, b in zip(found.rates, found.rates[1:], strict=False)]
    assert factors == pytest.approx([10 ** (3 / 30)] * 30)


def test_the_network_stays_as_it_was():
    model = network().eval()
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    learning_rate_range(model, DATA, steps=20)
    assert not model.training
    assert all(torch.equal(before[name], w) for name, w in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())


def test_on_a_parabola_it_stops_beyond_the_stable_rates():
    """Loss c/2 w² by gradient descent is stable below the rate 2/c, here 0.2."""

    class Parabola(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.tensor(1.0, dtype=torch.float64))

        def forward(self, x):
            return 5 * self.w**2 + 0 * x.sum()

    found = learning_rate_range(
        Parabola(),
        [(torch.zeros(1), torch.zeros(1))],
        smallest=1e-4,
        largest=100.0,
        steps=120,
        loss_function=lambda out, target: out + 1.0,  # never 0, so that four times it is reached
        optimizer=lambda m: torch.optim.SGD(m.parameters(), lr=1.0),
        smoothing=0.0,
        device="cpu",
    )
    assert 0.2 < found.rates[-1] < 2 and found.fell_most < found.lowest < 0.4


def test_smoothing_is_the_corrected_running_mean():
    found = learning_rate_range(network(), DATA, steps=10, smoothing=0.5)
    mean, due = 0.0, []
    for t, loss in enumerate(found.losses, 1):
        mean = 0.5 * mean + 0.5 * loss
        due.append(mean / (1 - 0.5**t))
    assert found.smoothed == pytest.approx(due)
    assert found.smoothed[0] == pytest.approx(found.losses[0])


def test_where_it_fell_most_and_where_it_is_lowest():
    rates = [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    found = RangeTest(rates, [], [1.0, 0.9, 0.5, 0.4, 3.0])
    assert (found.fell_most, found.lowest) == (1e-2, 1e-1)
    assert found.advice == (
        "begin with about 0.01: the loss falls fastest there; it is lowest at 0.1, where steps "
        "are already at the edge"
    )
    falling = RangeTest(rates, [], [1.0, 0.9, 0.8, 0.4, 0.3])
    assert falling.advice == (
        "begin with about 0.1: the loss falls fastest there; it is still falling at 1, the "
        "largest tried; larger ones may do, too"
    )


def test_no_rate_is_recommended_where_the_loss_never_fell():
    rising = RangeTest([1e-4, 1e-3, 1e-2], [], [1.0, 1.1, 1.2])
    assert rising.lowest == 1e-4
    for ask in ("fell_most", "advice"):
        with pytest.raises(ValueError, match=r"never fell at rates from 0\.0001 to 0\.01"):
            getattr(rising, ask)


def test_a_loss_that_is_no_number_ends_it():
    def broken(scores, targets):
        calls.append(1)
        return functional.cross_entropy(scores, targets) * (math.nan if len(calls) > 5 else 1)

    calls = []
    assert len(learning_rate_range(network(), DATA, loss_function=broken).rates) == 5
    with pytest.raises(ValueError, match="0 of 100 steps: the loss was no number"):
        learning_rate_range(network(), DATA, loss_function=broken)
    calls = [1] * 4  # one more loss is a number
    with pytest.raises(ValueError, match=r"1 of 100 steps: .* try rates below 1e-05"):
        learning_rate_range(network(), DATA, loss_function=broken)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"smallest": 1.0, "largest": 0.1}, "give 0 < smallest < largest"),
        ({"smallest": 0.0}, "give 0 < smallest < largest"),
        ({"largest": math.inf}, "give 0 < smallest < largest"),
        ({"steps": 1}, "give 2 or more"),
        ({"smoothing": 1.0}, "0 to below 1"),
    ],
)
def test_settings_that_make_no_sense(options, said):
    with pytest.raises(ValueError, match=said):
        learning_rate_range(network(), DATA, **options)


def test_batches_that_are_none_or_can_be_gone_through_only_once():
    for batches in ([], (batch for batch in DATA)):
        with pytest.raises(ValueError, match="use a list or a DataLoader"):
            learning_rate_range(network(), batches, steps=10)


def test_the_same_seed_finds_the_same():
    found = []
    for _ in range(2):
        torch.manual_seed(1)
        model = network()
        found.append(learning_rate_range(model, DATA, steps=20, device="cpu").losses)
    assert found[0] == found[1] and len(set(found[0])) > 10
