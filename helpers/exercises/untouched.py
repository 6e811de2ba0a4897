"""The reader's random state and settings, the same after a check as before it.

An answer, or a check of ours, may seed a generator, leave a folder or change how numbers are
printed. What the notebook does next must not depend on whether an exercise was checked.
"""

import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def untouched() -> Iterator[None]:
    """Put back what the block changes of the state that Python's libraries share.

    That is the random generators of Python, NumPy and torch; NumPy's ways with errors and with
    printing; torch's default type, number of threads and whether it keeps gradients; matplotlib's
    settings; the filters for warnings, the environment's variables, the folder, the profiler.

    >>> random.seed(1)
    >>> with untouched():
    ...     _ = random.random()
    >>> round(random.random(), 3)  # the first number after the seed
    0.134
    """
    restore = [*_of_python(), *_of_numpy(), *_of_torch(), *_of_matplotlib()]
    try:
        yield
    finally:
        for put_back in restore:
            put_back()


def _of_python() -> Iterator:
    state, folder, variables = random.getstate(), os.getcwd(), dict(os.environ)
    filters, limit = list(warnings.filters), sys.getrecursionlimit()
    trace, profile = sys.gettrace(), sys.getprofile()

    def put_back() -> None:
        random.setstate(state)
        if os.getcwd() != folder:
            os.chdir(folder)
        if dict(os.environ) != variables:
            os.environ.clear()
            os.environ.update(variables)
        if list(warnings.filters) != filters:
            warnings.filters[:] = filters
            warnings._filters_mutated()
        sys.setrecursionlimit(limit)
        if sys.gettrace() is not trace:
            sys.settrace(trace)
        if sys.getprofile() is not profile:
            sys.setprofile(profile)

    yield put_back


def _of_numpy() -> Iterator:
    state, errors, printing = np.random.get_state(), np.geterr(), np.get_printoptions()

    def put_back() -> None:
        np.random.set_state(state)
        np.seterr(**errors)
        if np.get_printoptions() != printing:
            np.set_printoptions(**printing)

    yield put_back


def _of_torch() -> Iterator:
    if not (torch := sys.modules.get("torch")):
        return
    state, kind, threads = torch.get_rng_state(), torch.get_default_dtype(), torch.get_num_threads()
    gradients, exact = torch.is_grad_enabled(), torch.are_deterministic_algorithms_enabled()

    def put_back() -> None:
        torch.set_rng_state(state)
        torch.set_default_dtype(kind)
        torch.set_grad_enabled(gradients)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        if torch.are_deterministic_algorithms_enabled() != exact:
            torch.use_deterministic_algorithms(exact)

    yield put_back


def _of_matplotlib() -> Iterator:
    if not (matplotlib := sys.modules.get("matplotlib")):
        return
    settings = dict(dict.items(matplotlib.rcParams))
    plt = sys.modules.get("matplotlib.pyplot")
    figures = set(plt.get_fignums()) if plt else set()

    def put_back() -> None:
        dict.update(matplotlib.rcParams, settings)
        if plt:
            for number in set(plt.get_fignums()) - figures:
                plt.close(number)

    yield put_back
