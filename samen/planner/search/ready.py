"""Have the kernels compiled before anybody waits for them."""

import contextlib
import fcntl
from collections.abc import Iterator

from samen.planner.search import engine, kept


def warm() -> None:
    """The kernels are compiled, or loaded."""
    with _alone():
        engine.entry()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process compiles, and the next finds it done."""
    if kept.FOLDER is None or kept.are_kept():
        yield
        return
    with (kept.FOLDER / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
