"""Settings that make no sense are named; the rate against its laws and PyTorch; the history."""

import math
from dataclasses import asdict

import pytest
import torch
from hypothesis import given, settings, strategies
from torch.optim import lr_scheduler
from toy_training import blobs, network

from helpers.training.loop import TrainSettings, train
from helpers.training.run import History, share_of_rate


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"epochs": 2.5}, "epochs is 2.5"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"learning_rate": math.nan}, "learning_rate is nan"),
        ({"learning_rate": True}, "learning_rate is True; use a number above 0$"),
        ({"weight_decay": -1}, "weight_decay is -1; use a number of at least 0"),
        ({"weight_decay": None}, "weight_decay is None; use a number of at least 0"),
        ({"clip_norm": 0}, "clip_norm is 0; use a number above 0, or None"),
        ({"warmup_share": 1.5}, "warmup_share is 1.5.*at most 1"),
        ({"schedule": "cosin"}, "schedule is 'cosin'; use one of constant, linear, cosine"),
        ({"select_by": "f1"}, "select_by is 'f1'; use one of accuracy, loss"),
        ({"patience": 0}, "patience is 0.*or None"),
        ({"seed": -1}, "seed is -1; use a whole number, 0 or more"),
        ({"check_every": True}, "check_every is True"),
    ],
)
def test_settings_that_make_no_sense_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        TrainSettings(**wrong)


def test_history_goes_to_plain_values_and_back():
    history = train(network(), blobs(), blobs(), TrainSettings(epochs=2))
    assert History(**asdict(history)) == history
    assert len(history.seconds) == len(history.learning_rate) == 2
    assert all(seconds > 0 for seconds in history.seconds)


def scheduler(optimizer, steps, schedule, warmup_share=0.0):
    """PyTorch's scheduler over our shares."""
    warmup = round(warmup_share * steps)
    return lr_scheduler.LambdaLR(optimizer, lambda i: share_of_rate(i, steps, schedule, warmup))


@settings(max_examples=50, deadline=None)
@given(
    strategies.integers(1, 200),
    strategies.floats(0, 1),
    strategies.sampled_from(["constant", "linear", "cosine"]),
)
def test_schedule_climbs_to_one_and_never_climbs_again(steps, warmup_share, name):
    warmup = round(steps * warmup_share)
    shares = [share_of_rate(step, steps, name, warmup) for step in range(steps)]
    assert all(0 < share <= 1 for share in shares)
    assert shares[:warmup] == sorted(shares[:warmup])
    assert shares[warmup:] == sorted(shares[warmup:], reverse=True)
    if warmup:
        assert shares[warmup - 1] == 1


def test_cosine_equals_pytorchs_own_scheduler():
    parameter = torch.zeros(1, requires_grad=True)
    ours, theirs = (torch.optim.SGD([parameter], lr=0.3) for _ in range(2))
    mine = scheduler(ours, steps=25, schedule="cosine")
    reference = torch.optim.lr_scheduler.CosineAnnealingLR(theirs, T_max=25)
    for _ in range(25):
        assert mine.get_last_lr() == pytest.approx(reference.get_last_lr(), abs=1e-9)
        for part in (ours, theirs, mine, reference):
            part.step()


@pytest.mark.parametrize("name", ["linear", "cosine"])
def test_warm_up_and_decay_equal_pytorchs_two_schedulers_in_a_row(name):
    parameter = torch.zeros(1, requires_grad=True)
    ours, theirs = (torch.optim.SGD([parameter], lr=0.3) for _ in range(2))
    mine = scheduler(ours, steps=50, schedule=name, warmup_share=0.2)
    # theirs climbs from 1/10 to 10/10 over 9 updates, and begins to fall at the 11th step
    climb = lr_scheduler.LinearLR(theirs, start_factor=0.1, total_iters=9)
    if name == "linear":
        fall = lr_scheduler.LinearLR(theirs, 1.0, end_factor=0.0, total_iters=40)
    else:
        fall = lr_scheduler.CosineAnnealingLR(theirs, T_max=40)
    reference = lr_scheduler.SequentialLR(theirs, [climb, fall], milestones=[10])
    for _ in range(50):
        assert mine.get_last_lr() == pytest.approx(reference.get_last_lr(), abs=1e-9)
        for part in (ours, theirs, mine, reference):
            part.step()


def test_schedule_errors():
    with pytest.raises(ValueError, match="schedule is 'step'"):
        share_of_rate(0, 10, "step")
    with pytest.raises(ValueError, match="warm-up of 11 steps does not fit"):
        share_of_rate(0, 10, "linear", warmup=11)
