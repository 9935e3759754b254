"""Where the compiled kernels are kept, so that they are compiled once for each machine and each change of theirs.

To ask whether they are kept, the compiler need not be loaded.
"""

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNELS = ("arrays", "compiled", "kernels", "moves", "places")


def _fingerprint() -> str:
    """Numba compares only the file a kernel stands in, and not those it calls into."""
    digest = hashlib.sha256(version("numba").encode())
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


def are_kept() -> bool:
    """Whether kernels were compiled here before, so that only loading is left; the chain is the last of them."""
    return FOLDER is not None and any(FOLDER.rglob("moves.chain*.nbc"))
