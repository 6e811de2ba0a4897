"""Code that does not end is stopped, in the main thread and in others; nothing is left behind."""

import signal
import sys
import threading
import time

import pytest

from helpers.exercises.time_limit import TookTooLong, within


def spin():
    while True:
        pass


def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
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
    with pytest.raises(TookTooLong):
        within(0.1, function)
    assert 0.1 <= time.monotonic() - began < 60  # a loop that swallows all takes some tries


@pytest.mark.parametrize("function", [spin, swallow_exceptions])
def test_in_another_thread_too(function):
    assert in_a_thread(lambda: within(0.1, function)) == "TookTooLong"


def test_what_ends_in_time_is_left_alone_and_so_is_what_follows():
    before = signal.getsignal(signal.SIGALRM)
    assert within(1, lambda: 6 * 7) == 42
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    time.sleep(1.1)  # nothing is raised here

    def limited_then_busy():
        within(1, lambda: None)
        busy(1.1)

    assert in_a_thread(limited_then_busy) == "nothing"


def test_an_error_of_the_code_itself_comes_through():
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_no_time_is_refused(seconds):
    with pytest.raises(ValueError, match="leaves no time"):
        within(seconds, print)


@pytest.mark.parametrize("place", ["main thread", "another thread"])
def test_nothing_is_raised_once_the_function_is_left(place):
    before = signal.getsignal(signal.SIGALRM)

    def many_times():
        for place in range(60):
            limit = 0.002 + place * 0.00001
            try:
                within(limit, lambda limit=limit: busy(limit))  # ends about when it is stopped
            except TookTooLong:
                pass
            sum(range(20_000))  # raised here, it would end the test

    if place == "main thread":
        many_times()
        assert signal.getsignal(signal.SIGALRM) is before
    else:
        assert in_a_thread(many_times) == "nothing"


def test_the_report_of_an_exception_that_a_destructor_swallowed_is_left_alone(monkeypatch):
    reported = []

    def hook(unraisable):  # takes long, so that the next signal comes while it works
        busy(0.05)
        reported.append(unraisable.exc_type)

    class Slow:
        def __del__(self):
            busy(0.2)

    def endless():
        Slow()
        while True:
            pass

    monkeypatch.setattr(sys, "unraisablehook", hook)
    with pytest.raises(TookTooLong):
        within(0.05, endless)
    assert reported == [TookTooLong]
