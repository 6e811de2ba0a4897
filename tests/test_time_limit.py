"""Code that does not end is stopped, in the main thread and in others; nothing is left behind."""

import signal
import threading
import time

import pytest

from helpers.exercises.time_limit import TookTooLong, time_limit


def spin():
    while True:
        pass


def swallow():
    while True:
        try:
            sum(range(1000))
        except BaseException:
            continue


def swallow_exceptions():
    while True:
        try:
            spin()
        except Exception:
            pass


def wait():
    time.sleep(60)


def in_a_thread(function):
    """Run ``function`` in another thread; return what it raised, or "nothing"."""
    raised = []

    def run():
        try:
            function()
            raised.append("nothing")
        except BaseException as error:
            raised.append(type(error).__name__)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    return raised[0]


@pytest.mark.parametrize("function", [spin, swallow_exceptions, swallow, wait])
def test_what_does_not_end_is_stopped(function):
    began = time.monotonic()
    with pytest.raises(TookTooLong), time_limit(0.1):
        function()
    assert 0.1 <= time.monotonic() - began < 60  # a loop that swallows all takes some tries


@pytest.mark.parametrize("function", [spin, swallow_exceptions])
def test_in_another_thread_too(function):
    def limited():
        with time_limit(0.1):
            function()

    assert in_a_thread(limited) == "TookTooLong"


def test_what_ends_in_time_is_left_alone_and_so_is_what_follows():
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(1):
        value = 6 * 7
    assert value == 42
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    time.sleep(1.1)  # nothing is raised here

    def limited_then_busy():
        with time_limit(1):
            pass
        end = time.monotonic() + 1.1
        while time.monotonic() < end:
            pass

    assert in_a_thread(limited_then_busy) == "nothing"


def test_an_error_of_the_code_itself_comes_through():
    with pytest.raises(ZeroDivisionError), time_limit(5):
        raise ZeroDivisionError


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_no_time_is_refused(seconds):
    with pytest.raises(ValueError, match="leaves no time"), time_limit(seconds):
        pass
