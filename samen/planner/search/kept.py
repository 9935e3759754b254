"""Where the compiled kernels are kept, so that they are compiled once for each machine and each change of theirs.

To ask whether they are kept, or to read them, the compiler need not be loaded.
"""

import contextlib
import hashlib
import os
import platform
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNELS = ("arrays", "compiled", "entry", "kernels", "moves", "places")
COMPILERS = ("numba", "llvmlite")
NAME = "kernels.bin"


def _fingerprint() -> str:
    """Of whatever makes the code another: the kernels, the compiler, and the processor it is for."""
    digest = hashlib.sha256(_processor())
    for compiler in COMPILERS:
        digest.update(_version(compiler))
    for name in KERNELS:
        digest.update((HERE / f"{name}.py").read_bytes())
    return digest.hexdigest()[:12]


def _processor() -> bytes:
    """What this processor can do."""
    try:
        told = Path("/proc/cpuinfo").read_bytes()
    except OSError:
        return f"{platform.machine()} {platform.processor()}".encode()
    first = told.partition(b"\n\n")[0].split(b"\n")
    return b"\n".join(line for line in first if line.startswith((b"model", b"vendor", b"flags", b"Features", b"CPU")))


def _version(package: str) -> bytes:
    """As its own file tells; to ask the installer's records takes as long as all the rest."""
    spec = find_spec(package)
    folder = Path(spec.origin).parent if spec and spec.origin else HERE
    file = folder / "_version.py"
    return file.read_bytes() if file.exists() else b""


def _folder() -> Path | None:
    """Where kernels are kept already, for whoever set up may be another account; else the first place to keep them."""
    name = f"kernels-{_fingerprint()}"
    folders = [place / name for place in _places()]
    there = [folder for folder in folders if os.access(folder / NAME, os.R_OK)]
    return there[0] if there else next(filter(_is_writable, folders), None)


def _places() -> Iterator[Path]:
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        yield Path(given)
    yield HERE / "__pycache__"
    if cache := os.environ.get("XDG_CACHE_HOME"):
        yield Path(cache) / "samen"
    else:
        with contextlib.suppress(RuntimeError):  # an account without a name has no home
            yield Path.home() / ".cache" / "samen"


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


FOLDER = _folder()


def are_kept() -> bool:
    """Whether kernels were compiled here before, so that only loading is left."""
    return FOLDER is not None and (FOLDER / NAME).exists()


def read() -> tuple[str, bytes] | None:
    """The name of the door and the code behind it; None if they are not here, or not whole."""
    try:
        digest, _, rest = (FOLDER / NAME).read_bytes().partition(b"\n") if FOLDER else (b"", b"", b"")
    except OSError:
        return None
    name, _, code = rest.partition(b"\n")
    whole = digest == hashlib.sha256(rest).hexdigest().encode()
    return (name.decode(), code) if whole else None


def write(name: str, code: bytes) -> None:
    """Keep them, if there is a place and room: whoever reads meanwhile reads all of it or nothing."""
    if FOLDER is None:
        return
    rest = name.encode() + b"\n" + code
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        fresh = Path(folder, NAME)
        fresh.write_bytes(hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)
        fresh.chmod(0o644)  # whoever serves may be another account than who set up
        fresh.replace(FOLDER / NAME)
