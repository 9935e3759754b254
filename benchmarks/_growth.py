"""How cost and time grow with the visits of a day, from 50 to 5,000, as a table and a plot."""

import math
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import machine, tell

SIZES = (50, 150, 500, 1500, 5000)
MOMENTS = (2.0, 8.0, 20.0)  # processor seconds of search of each of two threads after which a plan is looked at
WIDE, HIGH, EDGE = 640, 300, 56


@dataclass
class Grown:
    """A day of so many visits: how long until the first move, moves each second, and minutes a visit at each moment."""

    visits: int
    ready: float = 0.0
    moves: float = 0.0
    each: list[float] = field(default_factory=list)
    memory: float = 0.0


def measure(page: Path) -> int:
    """Measure all sizes, write the table and the plot beside this page."""
    from samen.planner.search import ready  # noqa: PLC0415  the compiler is loaded by who measures

    ready.warm()
    grown = []
    for visits in SIZES:
        grown.append(_grow(visits))
        print(_row(grown[-1]), flush=True)
    plot = page.with_name("growth.svg")
    plot.write_text(_drawn(grown))
    tell(page, "planner growth", _told(grown, plot.name))
    print(f"Written to {page} and {plot}.")
    return 0


def _grow(visits: int) -> Grown:
    from benchmarks._days import day  # noqa: PLC0415
    from samen.planner.search.solve import Progress, solve  # noqa: PLC0415
    from samen.planner.search.stop import Stop  # noqa: PLC0415

    problem, one = day(visits, seed=1), Grown(visits)
    began = time.process_time()
    stop = Stop(seconds=MOMENTS[-1], cpu=True)

    def look(progress: Progress) -> None:
        one.ready = one.ready or time.process_time() - began
        if len(one.each) < len(MOMENTS) and progress.part * stop.seconds >= MOMENTS[len(one.each)]:
            one.each.append(progress.cost / visits)

    answer = solve(problem, stop=stop, threads=2, progress=look)
    last = answer.cost / visits
    one.each = [*[*one.each, last, last][: len(MOMENTS) - 1], last]
    one.moves = answer.moves / (2 * stop.seconds)
    one.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return one


# --- What is told -------------------------------------------------------------------------------------


def _told(grown: Sequence[Grown], plot: str) -> str:
    moments = " | ".join(f"after {moment:g} s" for moment in MOMENTS)
    return "\n".join(
        [
            "# How the planner grows",
            "",
            "Days by chance, as crowded whatever their size; a helper for every five visits, three in ten are for two.",
            "Cost for each visit is the benchmark's objective divided by the visits; two threads, and all seconds are",
            "those of the processor, of each thread.",
            "",
            f"`bin/bench planner --growth`, seed 1, {time.strftime('%-d %B %Y')}; {machine('Numba', 'NumPy')}.",
            "",
            f"![Cost and time from 50 to 5,000 visits]({plot})",
            "",
            f"| visits | until the first move | moves a second | memory so far | {moments} |",
            "|---|---|---|---|---|---|---|",
            *map(_row, grown),
        ]
    )


def _row(one: Grown) -> str:
    costs = " | ".join(f"{cost:.3f}" for cost in one.each)
    return f"| {one.visits:,} | {one.ready:.2f} s | {one.moves / 1e6:.2f} million | {one.memory:.0f} MB | {costs} |"


def _drawn(grown: Sequence[Grown]) -> str:
    """Two plots beside each other: seconds until the first move, and cost for each visit at each moment."""
    left = _panel(0, "seconds until the first move", grown, [lambda one: one.ready], ["first move"])
    costs: list[Callable[[Grown], float]] = [lambda one, at=at: one.each[at] for at in range(len(MOMENTS))]  # type: ignore[misc]
    right = _panel(WIDE // 2, "cost for each visit", grown, costs, [f"{moment:g} s" for moment in MOMENTS])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="11">'
        f'<rect width="{WIDE}" height="{HIGH}" fill="white"/>{left}{right}</svg>\n'
    )


COLOURS = ("#b45309", "#0f766e", "#1d4ed8")


def _panel(
    x: int, title: str, grown: Sequence[Grown], lines: Sequence[Callable[[Grown], float]], names: Sequence[str]
) -> str:
    """Both axes count in powers."""
    wide, high = WIDE // 2 - EDGE - 20, HIGH - 2 * EDGE
    values = [line(one) for line in lines for one in grown]
    low, top = math.log(min(values)), math.log(max(values))
    first, last = math.log(grown[0].visits), math.log(grown[-1].visits)

    def spot(one: Grown, value: float) -> tuple[float, float]:
        far = (math.log(one.visits) - first) / (last - first)
        up = (math.log(value) - low) / (top - low or 1.0)
        return x + EDGE + far * wide, HIGH - EDGE - up * high

    drawn = [f'<text x="{x + EDGE}" y="{EDGE - 20}" font-weight="bold">{title}</text>']
    for one in grown:
        across, _ = spot(one, min(values))
        drawn.append(f'<text x="{across:.0f}" y="{HIGH - EDGE + 18}" text-anchor="middle">{one.visits:,}</text>')
    for number, (line, name) in enumerate(zip(lines, names, strict=True)):
        points = [spot(one, line(one)) for one in grown]
        path = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[number]}" stroke-width="2"/>')
        drawn.append(
            f'<text x="{points[0][0] + 4:.0f}" y="{points[0][1] - 6 - 12 * (len(names) - 1 - number):.0f}"'
            f' fill="{COLOURS[number]}">{name}</text>'
        )
    for value in (min(values), max(values)):
        _, down = spot(grown[0], value)
        drawn.append(f'<text x="{x + EDGE - 8}" y="{down + 4:.0f}" text-anchor="end">{value:.3g}</text>')
    return "".join(drawn)
