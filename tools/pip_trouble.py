"""What went wrong in pip, in one sentence with the remedy. Knows pip's words, runs nothing."""

import re

DISK = r"No space left on device|Errno 28\b|Errno 122\b|WinError 112\b|not enough space on the disk"
COMPILER = (
    r"Microsoft Visual C\+\+ .{0,20}is required|unable to execute '|command '[^']*' failed"
    r"|No such file or directory: '(gcc|cc|c\+\+|g\+\+|clang)|No CMAKE_C\w*_COMPILER"
    r"|Unknown compiler\(s\)|Failed (to build|building wheel)|subprocess-exited-with-error"
)
CERTIFICATE = r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSL: "
NETWORK = (
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Connection refused"
    r"|Connection reset|Connection aborted|Name or service not known|name resolution"
    r"|getaddrinfo failed|nodename nor servname|Network is unreachable|ProxyError|ProtocolError"
    r"|IncompleteRead|connection broken by"
)
MISSING = (
    r"(?:No matching distribution found for|find a version that satisfies the requirement) (\S+)"
)
DENIED = r"(?:Permission denied|Access is denied)[^\n]{0,200}"
BUILT = r"(?:Failed building (?:wheel|editable) for|Failed to build) ([\w.-]+)"


def explain(output: str, python: str) -> str:
    """Return the one sentence for what pip wrote before it failed.

    Parameters
    ----------
    output
        All that pip wrote, on both streams.
    python
        What to call the Python at work, e.g. ``Python 3.12 on Linux x86_64``.

    >>> explain("ERROR: Could not install packages: [Errno 28] No space left", "Python 3.12")[:17]
    'The disk is full:'
    """
    if re.search(DISK, output):
        return (
            "The disk is full: free some space where the project lies and where temporary files "
            "go (another place for those can be named in TMPDIR), then call again."
        )
    missing = re.search(MISSING, output)
    if re.search(CERTIFICATE, output):
        return (
            "The package index's certificate could not be checked: if a proxy signs anew in "
            "your network, name its certificate file in pip's `cert` setting, then call again."
        )
    if re.search(COMPILER, output) and not missing:
        package = re.search(BUILT, output)
        what = package[1] if package else "A package"
        return (
            f"{what} has no ready-made build for {python} and could not be built here: install a "
            "C++ compiler (on Debian and Ubuntu `apt install build-essential python3-dev`, on "
            "macOS `xcode-select --install`, on Windows the Visual C++ Build Tools), then call "
            "again."
        )
    if re.search(NETWORK, output):
        return (
            "The package index cannot be reached: check the network and pip's index and proxy "
            "settings (`pip config list`), then call again."
        )
    if missing:
        return (
            f"The package index has no {missing[1].rstrip(',')} for {python}: use another Python "
            "from 3.11 to 3.14, or, with a mirror, one that holds this version."
        )
    denied = re.search(DENIED, output)
    if denied:
        return f"A file may not be written ({denied[0].strip()}): mend its rights, then call again."
    said = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in said if line.lstrip().lower().startswith("error")]
    last = (errors or said or ["it said nothing"])[-1].strip().rstrip(".")
    return f"pip stopped: {last}."
