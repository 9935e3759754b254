"""Have the kernels compiled before anybody waits for them."""

import contextlib
import fcntl
from collections.abc import Iterator

from samen.planner.model import HHCRSP, Helper, Problem, Task, Visit
from samen.planner.search import kept
from samen.planner.search.solve import solve
from samen.planner.search.stop import Stop


def warm() -> None:
    """Every kernel is compiled, or loaded, by solving something tiny."""
    everything = frozenset({"care"})
    helpers = (Helper("a", everything), Helper("b", everything))
    task = Task("care", 10.0)
    visits = (Visit("one", 1, 0.0, 60.0, (task,)), Visit("two", 2, 0.0, 60.0, (task, task)))
    way = ((0.0, 5.0, 9.0), (5.0, 0.0, 6.0), (9.0, 6.0, 0.0))
    with _alone():
        solve(Problem(helpers, visits, (way,), HHCRSP), stop=Stop(moves=10))


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process compiles, and the next finds it done."""
    if kept.FOLDER is None:
        yield
        return
    with (kept.FOLDER / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
