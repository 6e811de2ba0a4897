"""Refuse the network (this machine itself excepted), so that no test depends on it.

Python runs a file of this name by itself at its start if its folder is on PYTHONPATH: so the
guard holds in every process that a test or a notebook starts. tests/conftest.py sets that up.
``COURSE_GUARD_FORBIDS=helpers`` also refuses to import a package: a cell that is to stand alone
must do without it.
"""

import ipaddress
import os
import socket
import sys


class NetworkRefused(OSError):
    """A test or a notebook reached for the network."""


def is_this_machine(host: object) -> bool:
    """Say whether an address or a name leads no further than this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse(host: object) -> None:
    """Raise NetworkRefused unless ``host`` is this machine."""
    if not is_this_machine(host):
        raise NetworkRefused(
            f"tests run without a network, and something reached for {host}: what it needs must "
            "be fetched before (make assets) or be in the project"
        )


def guarded_method(name: str, address_at: int):
    """Wrap the method of all sockets that takes an address as its argument ``address_at``."""
    original = getattr(socket.socket, name)

    def method(self, *arguments):
        if self.family in (socket.AF_INET, socket.AF_INET6) and len(arguments) > abs(address_at):
            address = arguments[address_at]
            refuse(address[0] if isinstance(address, tuple) else address)
        return original(self, *arguments)

    return method


def guarded_lookup(name: str):
    """Wrap a function that looks up the host in its first argument."""
    original = getattr(socket, name)

    def lookup(host, *arguments, **options):
        refuse(host)
        return original(host, *arguments, **options)

    return lookup


class Forbidden:
    """An import hook that refuses some packages."""

    def __init__(self, packages: list[str]) -> None:
        self.packages = packages

    def find_spec(self, name: str, path=None, target=None):
        """Raise ImportError for a refused package; leave the others to the next hook."""
        if name.partition(".")[0] in self.packages:
            raise ImportError(f"this code is to run without {name}")


def guard() -> None:
    """Put the guard up in this process, once."""
    if hasattr(socket, "refused_by_the_course"):
        return
    socket.refused_by_the_course = True
    for name, address_at in {"connect": 0, "connect_ex": 0, "sendto": -1}.items():
        setattr(socket.socket, name, guarded_method(name, address_at))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, guarded_lookup(name))
    if forbidden := os.environ.get("COURSE_GUARD_FORBIDS", "").split():
        sys.meta_path.insert(0, Forbidden(forbidden))


guard()
