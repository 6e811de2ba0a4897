"""A run as plain values."""

from toy_training import blobs, network

from helpers.training.history import History
from helpers.training.loop import TrainSettings, train


def test_history_goes_to_plain_values_and_back():
    history = train(network(), blobs(), blobs(), TrainSettings(epochs=2))
    assert History(**history.to_dict()) == history
    assert len(history.seconds) == len(history.learning_rate) == 2
    assert all(seconds > 0 for seconds in history.seconds)
