"""Each of pip's failures becomes one sentence that says what to do."""

import pip_trouble
import pytest

# What pip wrote, cut to the telling lines, in real runs or as its sources have it.
RETRY = (
    "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by "
    "'NewConnectionError('<pip._vendor.urllib3...>: Failed to establish a new connection: "
    "[Errno -3] Temporary failure in name resolution')': /simple/torch/\n"
)
NONE = (
    "ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: "
    "none)\nERROR: No matching distribution found for torch==2.13.0\n"
)
OUTPUTS = {
    RETRY + NONE: "The package index cannot be reached: check the network",
    "ERROR: HTTPSConnectionPool: Read timed out.\n": "The package index cannot be reached",
    "WARNING: ... SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ...\n"
    + NONE: "The package index's certificate could not be checked: if a proxy",
    NONE: "The package index has no torch==2.13.0 for Python 3.12 on Plan 9: use another Python",
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n": (
        "The disk is full: free some space"
    ),
    RETRY + "OSError: [WinError 112] There is not enough space on the disk\n": "The disk is full",
    "  error: command 'gcc' failed: No such file or directory\n  ERROR: Failed building wheel for "
    "fasttext\nFailed to build fasttext\n": (
        "fasttext has no ready-made build for Python 3.12 on Plan 9 and could not be built here: "
        "install a C++ compiler"
    ),
    "error: Microsoft Visual C++ 14.0 or greater is required.\nERROR: Failed building wheel for "
    "psutil": "psutil has no ready-made build",
    "  ../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc']]\n"
    "error: metadata-generation-failed\n": "A package has no ready-made build for Python 3.12",
    "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'\n": (
        "A file may not be written (Permission denied: '/x'): mend its rights"
    ),
    "Collecting x\nERROR: Something new.\nmore\n": "pip stopped: ERROR: Something new.",
    "": "pip stopped: it said nothing.",
}


@pytest.mark.parametrize(("output", "said"), OUTPUTS.items())
def test_pips_failures_are_one_sentence_each(output, said):
    sentence = pip_trouble.explain(output, "Python 3.12 on Plan 9")
    assert sentence.startswith(said) and "\n" not in sentence
