"""Where the compiled kernels are kept, so that they are compiled once for each machine and each change of theirs."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numba

HERE = Path(__file__).resolve().parent
KERNELS = ("arrays", "compiled", "kernels", "moves", "places")


def _fingerprint() -> str:
    """Numba compares only the file a kernel stands in, and not those it calls into."""
    digest = hashlib.sha256(numba.__version__.encode())
    for name in KERNELS:
        digest.update((HERE / f"{name}.py").read_bytes())
    return digest.hexdigest()[:12]


def _folder() -> Path | None:
    """The first place where kernels may be kept; None if there is none."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    places = [HERE / "__pycache__", cache / "samen"]
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        places.insert(0, Path(given))
    for place in places:
        folder = place / f"kernels-{_fingerprint()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


FOLDER = _folder()
if FOLDER is not None:
    numba.config.CACHE_DIR = str(FOLDER)


PLAIN = {"_nrt": False, "error_model": "numpy"}


def are_kept() -> bool:
    """Whether kernels were compiled here before, so that only loading is left."""
    return FOLDER is not None and any(FOLDER.rglob("*.nbc"))


def kernel(function: Any) -> Any:
    """What Python calls: compiled, kept if that is possible, and other threads run meanwhile."""
    return numba.njit(function, cache=FOLDER is not None, nogil=True, **PLAIN)


def inline_always(function: Any) -> Any:
    """What is called in one place, so often that the call itself would count."""
    return numba.njit(function, nogil=True, no_cpython_wrapper=True, forceinline=True, **PLAIN)


def inline(function: Any) -> Any:
    """What only kernels call."""
    return numba.njit(function, nogil=True, no_cpython_wrapper=True, **PLAIN)
