"""A helper falls out of a solved day: how fast it is mended, how many other visits move, and what that costs."""

import dataclasses
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, tell
from samen.planner.model import HHCRSP, Plan, Problem, Stop

SIZES = (50, 100, 200, 300)
PRICE = 10.0  # of another helper for one task, in the objective's minutes
SOLVE, AGAIN = 5.0, 5.0  # seconds of processor of each thread: for the day, and for the full search beside it
MEND, ENOUGH = 0.7, 0.4  # seconds of the clock at most, so that there is an answer within one, and of processor
MOST_MOVED = 3
MOST_ABOVE = 3.0  # per cent


@dataclasses.dataclass(frozen=True)
class Mended:
    """One day that lost one helper."""

    seed: int
    visits: int
    hers: int  # tasks that need somebody else
    moved: int  # other tasks that go to somebody else
    seconds: float
    processor: float  # seconds of it, of both threads
    cost: float
    full: float  # of the best plan of a full search with the same price

    @property
    def above(self) -> float:
        """Per cent above the full search."""
        return 100 * (self.cost / self.full - 1)


def measure(page: Path, seeds: Sequence[int]) -> int:
    """Two helpers of a day of every size, for each of these seeds; 1 when a promise is broken."""
    from samen.planner.search import ready  # noqa: PLC0415  the compiler is loaded by who measures

    ready.warm()
    mended = []
    for seed in seeds:
        for visits in SIZES:
            for one in _of(visits, seed):
                mended.append(one)
                print(_row(one), flush=True)
    text = _told(mended, seeds)
    print(f"\n{text}")
    tell(page, "planner repair", text)
    return int(any(one.seconds >= 1 or one.moved > MOST_MOVED or one.above > MOST_ABOVE for one in mended))


def _of(visits: int, seed: int) -> list[Mended]:
    from benchmarks._days import day  # noqa: PLC0415
    from samen.planner.search import solve as search  # noqa: PLC0415
    from samen.planner.search import stop  # noqa: PLC0415

    whole = day(visits, seed)
    before = search.solve(whole, stop=stop.Stop(seconds=SOLVE, cpu=True), threads=2, seed=seed).plan
    out = [number for number in range(2, len(whole.helpers)) if before.routes[number]]
    busiest = sorted(out, key=lambda number: -len(before.routes[number]))
    mended = []
    for gone in (busiest[0], busiest[len(busiest) // 2]):
        left, kept = _without(whole, before, gone)
        began, worked = time.perf_counter(), time.process_time()
        mending = stop.Stop(seconds=MEND, enough=ENOUGH)
        quick = search.solve(left, stop=mending, threads=2, seed=seed, start=kept, most_moved=MOST_MOVED)
        seconds, processor = time.perf_counter() - began, time.process_time() - worked
        full = search.solve(left, stop=stop.Stop(seconds=AGAIN, cpu=True), threads=2, seed=seed)
        moved = _moved(left, quick.plan, set(before.routes[gone]))
        hers = len(before.routes[gone])
        mended.append(Mended(seed, visits, hers, moved, seconds, processor, quick.cost, full.cost))
    return mended


def _without(whole: Problem, plan: Plan, gone: int) -> tuple[Problem, Plan]:
    """The day without this helper, in which another helper than before has a price; and what is left of its plan."""
    agreed = {stop: whole.helpers[day].key for day, route in enumerate(plan.routes) for stop in route}
    visits = tuple(
        dataclasses.replace(
            visit,
            tasks=tuple(
                dataclasses.replace(task, agreed=agreed[number, place]) for place, task in enumerate(visit.tasks)
            ),
        )
        for number, visit in enumerate(whole.visits)
    )
    helpers = tuple(helper for number, helper in enumerate(whole.helpers) if number != gone)
    kept = Plan(tuple(route for number, route in enumerate(plan.routes) if number != gone))
    return Problem(helpers, visits, whole.ways, dataclasses.replace(HHCRSP, other_helper=PRICE)), kept


def _moved(problem: Problem, plan: Plan, hers: set[Stop]) -> int:
    return sum(
        problem.visits[number].tasks[task].agreed != problem.helpers[day].key
        for day, route in enumerate(plan.routes)
        for number, task in route
        if (number, task) not in hers
    )


def _told(mended: Sequence[Mended], seeds: Sequence[int]) -> str:
    above = [one.above for one in mended]
    many = f" --seeds {len(seeds)}" if len(seeds) > 1 else ""
    return "\n".join(
        [
            "# A helper falls out of a solved day",
            "",
            "The busiest helper of a day by chance, and one in the middle.",
            f"Another helper for a task costs {PRICE:g} minutes, and no more than {MOST_MOVED} others may move.",
            f"A mending ends after {ENOUGH:g} seconds of processor of each of two threads, or {MEND:g} of the clock.",
            f"A full search has {AGAIN:g} seconds of processor for each thread, begins with nothing and knows the same"
            " price.",
            "",
            f"`bin/bench planner --repair --seed {seeds[0]}{many}`, {time.strftime('%-d %B %Y')};"
            f" {machine('Numba', 'NumPy')}.  Median"
            f" {statistics.median(one.seconds for one in mended):.2f} s and {statistics.median(above):+.2f} %; at worst"
            f" {max(one.seconds for one in mended):.2f} s and {max(above):+.2f} %;"
            f" {sum(one > MOST_ABOVE for one in above)} of {len(above)} more than {MOST_ABOVE:g} % above.",
            "",
            "| seed | visits | hers | others moved | seconds | of processor, two threads | against a full search |",
            "|---|---|---|---|---|---|---|",
            *map(_row, mended),
        ]
    )


def _row(one: Mended) -> str:
    took = f"{one.seconds:.2f} | {one.processor:.2f}"
    return f"| {one.seed} | {one.visits} | {one.hers} | {one.moved} | {took} | {one.above:+.2f} % |"
