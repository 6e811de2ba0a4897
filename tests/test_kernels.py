"""The memory of a notebook's processes, as the runs of notebooks count it."""

import os
import subprocess
import sys
import time

import psutil
import pytest
from kernels import Memory, held, resident

MEGABYTES = 200
# A process that fills memory and then forks one that reads the same pages.
PROGRAM = f"""
import os, time
kept = b"x" * ({MEGABYTES} * 10**6)
child = os.fork()
print("ready", flush=True) if child else None
time.sleep(60)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="needs Linux's count")
def test_pages_that_a_forked_process_shares_count_once():
    root = psutil.Process()
    with Memory(every=0.02, at_least=0.2) as memory:
        process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE)
        try:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(1)
            twice, once = resident(root) / 1e6, held(root) / 1e6
        finally:
            for one in [*psutil.Process(process.pid).children(), psutil.Process(process.pid)]:
                one.kill()
            process.communicate()
    assert twice > 2 * MEGABYTES
    assert MEGABYTES < once < 1.5 * MEGABYTES
    assert MEGABYTES < memory.peak / 1e6 < 1.5 * MEGABYTES


def test_pages_are_walked_as_memory_grows_and_seldom_while_it_stays():
    grow = f"kept = [b'x' * {20 * 10**6} for _ in range(10)]"
    program = f"{grow}; print('full', flush=True); input()"
    with Memory(every=0.01, at_least=60) as memory:
        command = [sys.executable, "-c", program]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, **pipes) as process:
            assert process.stdout.readline() == b"full\n"
            time.sleep(0.3)
            grown = memory.counts
            time.sleep(0.5)
            assert memory.counts == grown  # though it looked some dozen times
            assert MEGABYTES < memory.peak / 1e6 < 1.5 * MEGABYTES
            process.communicate(b"\n")
