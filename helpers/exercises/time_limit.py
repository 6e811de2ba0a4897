"""A stop for code that doesn't end, used on learners' answers by ``answer.py``.

Where the system has timers that signal (Linux, macOS) and the code runs in the main thread, as
notebooks' cells do, the signal also ends waits such as ``time.sleep``. Elsewhere a second thread
raises the exception, which reaches Python code but no single long call into C.
"""

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds until the next try, should the code swallow the exception: short, because a loop around
# ``except:`` is left only where the exception meets it outside of its ``try``.
_AGAIN = 0.001


class TookTooLong(BaseException):
    """Raised inside the code that is stopped; no ``except Exception`` catches it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TookTooLong` in the block if it runs for more than ``seconds``.

    Raised again and again until the block is left, so that a loop around ``except:`` ends too.

    >>> with time_limit(5):
    ...     1 + 1
    2
    """
    if not seconds > 0:
        raise ValueError(f"a time limit of {seconds} s leaves no time; give more than 0")
    main = threading.current_thread() is threading.main_thread()
    stopper = _by_signal if main and hasattr(signal, "setitimer") else _by_thread
    with stopper(seconds):
        yield


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    running = True

    def stop(number: int, frame: object) -> None:
        if running:
            raise TookTooLong

    handler = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        try:
            yield
        finally:
            running = False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    thread, done, lock = threading.get_ident(), threading.Event(), threading.Lock()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            with lock:  # never after the block was left
                if not done.is_set():
                    _raise_in(thread)
            wait = _AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with lock:
            done.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), None)
    watcher.join()


def _raise_in(thread: int) -> None:
    raised = ctypes.py_object(TookTooLong)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
