"""Run a check in a process of its own, which is ended from outside when nothing else can.

No signal and no thread ends ``sum(range(10**11))``, a single call into C. So, where the system can
fork (Linux), the check runs in a child: it has all of the notebook's functions without copying,
what it changes is gone with it, and it says on a pipe what it is about to do and for how long at
most. Elsewhere, and for work that a fork can't do (CUDA), the caller runs the check itself.
"""

import builtins
import contextlib
import ctypes
import faulthandler
import json
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

GRACE = 2.0  # seconds that a call gets beyond its limit, which it should keep by itself
_PATIENCE = 0.5  # seconds between looks whether the child is alive
_IDLE = 0.05  # the share of its limit that a busy child has computed; less is a child that hangs
_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG

Say = Callable[[str, object], object]


@dataclass
class Heard:
    """What the child said: the last value of each kind, all that it printed, how it ended.

    ``ending`` is "done", "too long", "hung" (over its limit without computing anything),
    "interrupted", or "died".
    """

    last: dict[str, object] = field(default_factory=dict)
    printed: str = ""
    ending: str = "died"


def can_fork() -> bool:
    """Whether checks run in a child here: on Linux, unless CUDA is in use in this process.

    macOS has fork too, but its own libraries may crash in the child.
    """
    torch = sys.modules.get("torch")
    on_gpu = torch is not None and torch.cuda.is_initialized()
    return sys.platform == "linux" and hasattr(os, "fork") and not on_gpu


def run_apart(job: Callable[[Say], object], grace: float = GRACE) -> Heard:
    """Run ``job`` in a child and return what it said.

    Parameters
    ----------
    job
        Called with ``say(kind, value)``, which sends any JSON value. Three kinds mean something
        here: "limit", the seconds that what follows may take, or None; "printed", a text; and
        "done", after which the child is ended.
    grace
        Seconds beyond the limit before the child is ended from outside.

    Raises
    ------
    OSError
        If no child can be made.
    KeyboardInterrupt
        If the reader interrupts, or ``job`` raises it; the child is ended first.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        with warnings.catch_warnings():  # of other threads, which a kernel always has
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    if child == 0:
        _be_the_child(job, reading, writing)
    os.close(writing)
    heard = Heard()
    try:
        limit, before = _listen(heard, reading, child, grace)
    finally:
        computed = _computed(child)
        _end(child)
        os.close(reading)
    if heard.ending == "too long" and computed - before < _IDLE * limit:
        heard.ending = "hung"
    if heard.ending == "interrupted":
        raise KeyboardInterrupt
    return heard


def _listen(heard: Heard, reading: int, child: int, grace: float) -> tuple[float, float]:
    """Take what the child says until it is done, over its limit or gone.

    Return its last limit, and the seconds that it had computed when it last said something.
    """
    pending, limit, computed, deadline = b"", 0.0, 0.0, None
    while True:
        wait = _PATIENCE if deadline is None else min(_PATIENCE, deadline - time.monotonic())
        if select.select([reading], [], [], max(0, wait))[0]:
            data = os.read(reading, 65536)
            if not data:
                return limit, computed
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                kind, value, computed = json.loads(line)
                if kind == "printed":
                    heard.printed += value
                elif kind == "limit":
                    limit = value or limit
                    deadline = None if value is None else time.monotonic() + value + grace
                elif kind in ("done", "interrupted"):
                    heard.ending = kind
                    heard.last |= {kind: value}
                    return limit, computed
                else:
                    heard.last[kind] = value
        elif deadline is not None and time.monotonic() >= deadline:
            heard.ending = "too long"
            return limit, computed
        elif not _alive(child):
            return limit, computed


def _alive(child: int) -> bool:
    try:
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False


def _computed(child: int) -> float:
    """Return the seconds that a child has computed so far.

    Asked before it is ended: the kernel charges a process for taking down its own memory, which
    for one with PyTorch in it is more than a hanging child ever computes.
    """
    clock = ~child << 3 | 2  # how Linux numbers the processor clock of another process
    try:
        return time.clock_gettime(clock)
    except OSError:
        return float("inf")


def _end(child: int) -> None:
    """End the child with all that it started."""
    for kill, number in ((os.killpg, child), (os.kill, child)):
        try:
            kill(number, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue  # it is gone, or no group of its own yet
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _be_the_child(job: Callable[[Say], object], reading: int, writing: int) -> None:
    """Run the job with nothing of the notebook's in reach; never return."""
    try:
        os.close(reading)
        os.setsid()  # an interrupt of the notebook goes to the parent alone
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        sys.stdin = open(0, closefd=False)
        builtins.input = _no_input
        faulthandler.disable()  # it may hold a copy of the notebook's error stream
        _show_nothing()
        if "torch" in sys.modules:  # its other threads did not come along
            sys.modules["torch"].set_num_threads(1)

        def say(kind: str, value: object) -> None:
            line = json.dumps([kind, value, time.process_time()])
            os.write(writing, line.encode() + b"\n")

        try:
            job(say)
            say("done", None)
        except KeyboardInterrupt:
            say("interrupted", None)
    finally:
        os._exit(0)


def _no_input(prompt: object = "") -> str:
    raise EOFError("the check can't answer input(); take the values from the arguments")


def _show_nothing() -> None:
    """Keep figures and tables that the answer displays off the notebook's page."""
    if (ipython := sys.modules.get("IPython")) and (shell := ipython.get_ipython()):
        shell.display_pub.publish = lambda *data, **more: None
