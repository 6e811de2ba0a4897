"""Kernels in a fraction of a second: forks of one process that has imported everything before.

Most of the time of a graded hand-in goes into importing torch, the same for each. Here one process
imports what an assignment needs, and each kernel is a fork of it with a fresh namespace. For
Linux only; the grading's proof uses it (grading_proof.py), a teacher's own grading does not.

    with ForkedKernels(["helpers.exercises.nb04"]) as name:
        ...  # notebooks run with the kernel of this name
"""

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

NAME = "forked"
# What a kernel's starter does: hand over its connection file, and live as long as the kernel.
ASK = """\
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect(sys.argv[1])
server.sendall(json.dumps([sys.argv[2], os.getcwd()]).encode() + b"\\n")
server.recv(1)
"""


class ForkedKernels:
    """A kernel of the name ``forked`` in this process's JUPYTER_PATH, while the block runs."""

    def __init__(self, modules: list[str]) -> None:
        self._modules = modules

    def __enter__(self) -> str:
        self._closing = contextlib.ExitStack()
        folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory()))
        address = str(folder / "socket")
        command = [sys.executable, __file__, address, *self._modules]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._server = subprocess.Popen(command, **pipes)
        self._closing.callback(self._stop)
        if self._server.stdout.readline() != b"ready\n":
            self._closing.close()
            raise RuntimeError(f"the process with {', '.join(self._modules)} did not start")
        spec = {
            "argv": [sys.executable, "-I", "-S", "-c", ASK, address, "{connection_file}"],
            "display_name": "Forked Python 3",
            "language": "python",
            "interrupt_mode": "message",  # a signal would reach the starter, not the fork
        }
        (folder / "kernels" / NAME).mkdir(parents=True)
        (folder / "kernels" / NAME / "kernel.json").write_text(json.dumps(spec))
        self._before = os.environ.get("JUPYTER_PATH")
        os.environ["JUPYTER_PATH"] = str(folder)
        return NAME

    def __exit__(self, *error: object) -> None:
        if self._before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = self._before
        self._closing.close()

    def _stop(self) -> None:
        self._server.terminate()
        self._server.wait()
        self._server.stdin.close()
        self._server.stdout.close()


def serve(address: str, modules: list[str]) -> None:
    """Import the modules, then fork a kernel for whoever asks, until our starter ends."""
    for module in ("ipykernel.kernelapp", "ipykernel.ipkernel", *modules):
        importlib.import_module(module)
    kernels: dict[int, socket.socket] = {}  # process → its starter
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        print("ready", flush=True)
        try:
            waiting = []
            while 0 not in waiting:  # our starter would close it at its end, also if it is killed
                waiting, _, _ = select.select([0, listening, *kernels.values()], [], [], 0.05)
                if listening in waiting:
                    starter = listening.accept()[0]
                    kernels[fork(starter, [listening, *kernels.values()])] = starter
                for process, starter in list(kernels.items()):
                    if starter in waiting:  # it was killed, so its kernel must go, too
                        os.kill(process, signal.SIGKILL)
                    if starter in waiting or os.waitpid(process, os.WNOHANG)[0]:
                        if starter in waiting:
                            os.waitpid(process, 0)
                        kernels.pop(process).close()
        finally:
            for process in kernels:
                os.kill(process, signal.SIGKILL)


def fork(starter: socket.socket, others: list[socket.socket]) -> int:
    """Become two: return the kernel's process in the one, be the kernel in the other."""
    with starter.makefile("rb") as asked:
        connection_file, folder = json.loads(asked.readline())
    process = os.fork()
    if process:
        return process
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()  # an interrupt goes to the whole group
        for other in (starter, *others):
            other.close()
        with open(os.devnull) as nothing:
            os.dup2(nothing.fileno(), 0)
        os.chdir(folder)
        from ipykernel.kernelapp import IPKernelApp

        options = ["-f", connection_file, "--HistoryManager.hist_file=:memory:"]
        IPKernelApp.launch_instance([*options, "--IPKernelApp.log_level=40"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2:])
