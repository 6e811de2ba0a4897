"""Every task of the course with one command: python tools/course.py TASK

What make calls, and what to call where there is no make. ``help`` lists the tasks. This file
only sees to a Python that is new enough and leaves the rest to tasks.py; it must run in any
Python since 2.7, because its job there is to say so in one sentence.
"""

from __future__ import print_function

import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 14)  # the pinned packages have builds for these and all between


def version_of(python):
    """Return (major, minor) of the interpreter ``python``, or None if there is none."""
    ask = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        started = subprocess.Popen(
            [python, "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        numbers = started.communicate()[0].split()
        return (int(numbers[0]), int(numbers[1]))
    except (OSError, ValueError, IndexError):
        return None


def fitting_python():
    """Return the name of a fitting interpreter on the search path, or None."""
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        name = "python3.%d" % minor
        if version_of(name) == (3, minor):
            return name
    return None


def main(arguments):
    """Run the task, in another Python if this one does not fit; return its exit code."""
    here = sys.version_info[:2]
    if OLDEST <= here <= NEWEST:
        import tasks

        return tasks.main(arguments)
    other = fitting_python()
    if other:
        process = subprocess.Popen([other, os.path.abspath(__file__)] + arguments)  # noqa: RUF005
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # it got that too and ends in its own way
                continue
    print(
        "The course needs Python %d.%d to %d.%d, and this is Python %d.%d: install one of those "
        "and name it, as in `make lab PYTHON=python3.12`." % (OLDEST + NEWEST + here),
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
