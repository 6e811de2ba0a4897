"""A stop for code that doesn't end, used on learners' answers by ``answer.py``.

Where the system has timers that signal (Linux, macOS) and the code runs in the main thread, as
notebooks' cells do, the signal also ends waits such as ``time.sleep``. Elsewhere a second thread
raises the exception, which reaches Python code but no single long call into C. For those calls
there is ``apart.py``.
"""

import ctypes
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

# Seconds until the next try, should the code swallow the exception: short, because a loop around
# ``except:`` is left only where the exception meets it outside of its ``try``.
_AGAIN = 0.001


class TookTooLong(BaseException):
    """Raised inside the code that is stopped; no ``except Exception`` catches it."""


def within(seconds: float, function: Callable[[], object]) -> object:
    """Return ``function()``; raise :class:`TookTooLong` in it if it takes more than ``seconds``.

    Raised again and again until the function is left, so that a loop around ``except:`` ends too;
    and never outside of it, however late the signal comes.

    Raises
    ------
    ValueError
        If ``seconds`` is not above 0.

    >>> within(5, lambda: 1 + 1)
    2
    """
    if not seconds > 0:
        raise ValueError(f"a time limit of {seconds} s leaves no time; give more than 0")
    main = threading.current_thread() is threading.main_thread()
    by_signal = main and hasattr(signal, "setitimer")
    return (_by_signal if by_signal else _by_thread)(seconds, function)


def _limited(function: Callable[[], object]) -> object:
    """Call the function; only where this stands in the stack may the exception be raised."""
    return function()


def _is_limited(frame: FrameType | None) -> bool:
    hook = getattr(sys.unraisablehook, "func", sys.unraisablehook)  # pytest's is a partial
    hooks_code = getattr(hook, "__code__", None)
    while frame is not None:
        if frame.f_code is hooks_code:
            return False  # a destructor swallowed the exception, which is just being reported
        if frame.f_code is _limited.__code__:
            return True
        frame = frame.f_back
    return False


def _by_signal(seconds: float, function: Callable[[], object]) -> object:
    def stop(number: int, frame: FrameType | None) -> None:
        if _is_limited(frame):
            raise TookTooLong

    handler = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        return _limited(function)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def _by_thread(seconds: float, function: Callable[[], object]) -> object:
    thread, done, lock = threading.get_ident(), threading.Event(), threading.Lock()
    raised = False

    def watch() -> None:
        nonlocal raised
        wait = seconds
        while not done.wait(wait):
            with lock:
                if not done.is_set() and _is_limited(sys._current_frames().get(thread)):
                    raised = True
                    _raise_in(thread)
            wait = _AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return _limited(function)
    finally:
        while not done.is_set():
            try:
                with lock:
                    done.set()
            except TookTooLong:
                continue
        if raised:
            _receive(thread)


def _receive(thread: int) -> None:
    """Wait for an exception that may be on its way to this thread, so that it can't come later.

    Taking it back would leave Python 3.11 looking for it for ever, which hangs where code is
    traced; so one more is sent, which takes the place of the other.
    """
    try:
        _raise_in(thread)
        while True:
            pass
    except TookTooLong:
        pass


def _raise_in(thread: int) -> None:
    raised = ctypes.py_object(TookTooLong)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
