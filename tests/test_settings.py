"""Settings that make no sense are named."""

import math

import pytest

from helpers.training.loop import TrainSettings


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"epochs": 2.5}, "epochs is 2.5"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"learning_rate": math.nan}, "learning_rate is nan"),
        ({"weight_decay": -1}, "weight_decay is -1; use a number of at least 0"),
        ({"clip_norm": 0}, "clip_norm is 0; use a number above 0, or None"),
        ({"warmup_share": 1.5}, "warmup_share is 1.5.*at most 1"),
        ({"schedule": "cosin"}, "schedule is 'cosin'; use one of constant, linear, cosine"),
        ({"select_by": "f1"}, "select_by is 'f1'; use one of accuracy, loss"),
        ({"patience": 0}, "patience is 0.*or None"),
        ({"check_every": True}, "check_every is True"),
    ],
)
def test_settings_that_make_no_sense_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        TrainSettings(**wrong)
