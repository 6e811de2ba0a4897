"""What holds for every test: no network beyond this machine, and an interrupt that interrupts."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")


@pytest.mark.parametrize("name", ["example.org", "192.0.2.1", "2001:db8::1"])
def test_a_test_that_reaches_for_the_network_is_told_so(name):
    with pytest.raises(OSError, match=f"without a network, and something reached for {name}"):
        socket.create_connection((name, 80), timeout=1)
    with (
        pytest.raises(OSError, match="without a network"),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.sendto(b"?", (name, 53))


def test_this_machine_may_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1]), timeout=5).close()


BEHIND = """\
import runpy, signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
if len(sys.argv) > 1:
    runpy.run_path(sys.argv[1])
ask = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
subprocess.run([sys.executable, "-c", ask])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows hands on no ignored signals")
@pytest.mark.parametrize(("arguments", "heeded"), [([], "False"), ([CONFTEST], "True")])
def test_a_run_in_the_background_hands_on_no_deaf_processes(arguments, heeded):
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    done = subprocess.run(
        [sys.executable, "-c", BEHIND, *arguments], capture_output=True, text=True
    )
    assert done.stdout.strip() == heeded, done.stderr
