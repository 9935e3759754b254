"""How kernels are compiled."""

from typing import Any

import numba

# They allocate nothing, so that nobody counts who holds which array: that took a third of the time.
PLAIN = {"_nrt": False, "error_model": "numpy", "nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def inline_always(function: Any) -> Any:
    """What is called in one place, so often that the call itself would count."""
    return numba.njit(function, forceinline=True, **PLAIN)


def inline(function: Any) -> Any:
    """What only kernels call."""
    return numba.njit(function, **PLAIN)
