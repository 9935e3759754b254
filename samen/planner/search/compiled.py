"""How kernels are compiled, and that they are kept."""

from typing import Any

import numba

from samen.planner.search.kept import FOLDER

if FOLDER is not None:
    numba.config.CACHE_DIR = str(FOLDER)

# They allocate nothing, so that nobody counts who holds which array: that took a third of the time.
PLAIN = {"_nrt": False, "error_model": "numpy"}


def kernel(function: Any) -> Any:
    """What Python calls: compiled, kept if that is possible, and other threads run meanwhile."""
    return numba.njit(function, cache=FOLDER is not None, nogil=True, **PLAIN)


def inline_always(function: Any) -> Any:
    """What is called in one place, so often that the call itself would count."""
    return numba.njit(function, nogil=True, no_cpython_wrapper=True, forceinline=True, **PLAIN)


def inline(function: Any) -> Any:
    """What only kernels call."""
    return numba.njit(function, nogil=True, no_cpython_wrapper=True, **PLAIN)
