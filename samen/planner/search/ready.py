"""Have everything compiled before anybody waits for it: the kernels, and what a start reads beside them."""

import contextlib
import fcntl
import py_compile
import sys
from collections.abc import Iterator
from pathlib import Path

from samen.planner.search import engine, kept

READ = ("numpy", "llvmlite", "samen")  # by whoever plans, in every process anew


def warm() -> None:
    """The kernels are compiled, or loaded."""
    with _alone():
        engine.entry()


def keep_what_is_read() -> None:
    """Python has its own short form of every module that a start reads, also where it keeps none by itself."""
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if spec is None or not name.startswith(READ) or not spec.has_location or not spec.cached or not spec.origin:
            continue
        if spec.origin.endswith(".py") and not Path(spec.cached).exists():
            with contextlib.suppress(OSError, py_compile.PyCompileError):
                py_compile.compile(spec.origin, spec.cached, doraise=True)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process compiles, and the next finds it done."""
    if kept.FOLDER is None:
        yield
        return
    with (kept.FOLDER / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
