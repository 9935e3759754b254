"""A plan as a picture: every helper's day along the clock, and the routes on a map."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from samen.planner.evaluate import Timetable
from samen.planner.model import Plan, Problem, Stop

WIDTH, LEFT, ROW, MAP, TOP = 1200, 90, 18, 640, 40
LEGEND = "dark edge: for two helpers; red edge: late; red square: where days begin"
HUES = 11  # so many colours until they return
Spots = Sequence[tuple[float, float]]


def draw(problem: Problem, plan: Plan, begins: Timetable, spots: Spots, title: str) -> str:
    """An SVG of it all."""
    days = [day for day, route in enumerate(plan.routes) if route]
    height = TOP + ROW * (len(days) + 2)
    if spots:
        ys = [spot[1] for spot in spots]
        height += round((max(ys) - min(ys)) * _scale(spots)) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        ' font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fdfcfa"/>',
        f'<text x="12" y="22" font-size="15" fill="#26323a">{escape(title)}</text>',
        f'<text x="{WIDTH - 20}" y="22" text-anchor="end" fill="#5d6a72">{LEGEND}</text>',
        *_clock(problem, plan, begins, days),
        *(_map(problem, plan, spots, days, TOP + ROW * (len(days) + 2)) if spots else ()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _colour(row: int) -> str:
    return f"hsl({(row * 360 * 4) // HUES % 360},45%,{45 + 10 * (row // HUES % 2)}%)"


# --- The days along the clock -------------------------------------------------------------------------


def _clock(problem: Problem, plan: Plan, begins: Timetable, days: Sequence[int]) -> Iterator[str]:
    ends = [start + problem.visits[stop[0]].tasks[stop[1]].minutes for stop, start in begins.items()]
    first = math.floor(min(begins.values(), default=0.0) / 60) * 60
    last = max(math.ceil(max(ends, default=60.0) / 60) * 60, first + 60)
    scale = (WIDTH - LEFT - 20) / (last - first)
    bottom = TOP + ROW * len(days)
    for hour in range(int(first), int(last) + 1, 60):
        x = LEFT + (hour - first) * scale
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="#e4e0d8"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle" fill="#5d6a72">{hour // 60 % 24}.00</text>'
    for row, day in enumerate(days):
        y = TOP + ROW * row
        yield f'<text x="12" y="{y + 13}" fill="#26323a">{escape(problem.days[day][0].key)}</text>'
        for stop in plan.routes[day]:
            yield _bar(problem, stop, begins[stop], (LEFT + (begins[stop] - first) * scale, y, scale), _colour(row))


def _bar(problem: Problem, stop: Stop, start: float, at: tuple[float, float, float], colour: str) -> str:
    """A visit; one for two helpers has an edge, and one that is late a red one."""
    visit = problem.visits[stop[0]]
    x, y, scale = at
    wide = max(2.0, visit.tasks[stop[1]].minutes * scale)
    edge = ' stroke="#b3261e" stroke-width="2"' if start > visit.closes + 1e-6 else ""
    if not edge and len(visit.tasks) == 2:
        edge = ' stroke="#26323a"'
    told = f"{escape(visit.key)} {start // 60 % 24:.0f}.{start % 60:02.0f}"
    return (
        f'<rect x="{x:.1f}" y="{y + 2}" width="{wide:.1f}" height="{ROW - 4}" rx="3" fill="{colour}"{edge}>'
        f"<title>{told}</title></rect>"
    )


# --- The routes on a map ------------------------------------------------------------------------------


def _scale(spots: Spots) -> float:
    """As large as fits both ways."""
    xs, ys = [spot[0] for spot in spots], [spot[1] for spot in spots]
    wide, high = max(xs) - min(xs) or 1.0, max(ys) - min(ys) or 1.0
    return min((WIDTH - 2 * LEFT) / wide, MAP / high)


def _map(problem: Problem, plan: Plan, spots: Spots, days: Sequence[int], top: float) -> Iterator[str]:
    xs, ys = [spot[0] for spot in spots], [spot[1] for spot in spots]
    scale = _scale(spots)

    def at(place: int) -> tuple[float, float]:
        return LEFT + (xs[place] - min(xs)) * scale, top + 20 + (max(ys) - ys[place]) * scale

    for row, day in enumerate(days):
        _, shift = problem.days[day]
        places = [shift.leaves, *(problem.visits[stop[0]].place for stop in plan.routes[day]), shift.returns]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, places))
        yield f'<polyline points="{line}" fill="none" stroke="{_colour(row)}" stroke-width="1.5" opacity="0.8"/>'
    for visit in problem.visits:
        x, y = at(visit.place)
        told = f"<title>{escape(visit.key)}</title>"
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + len(visit.tasks)}" fill="#26323a">{told}</circle>'
    for place in sorted({shift.leaves for _, shift in problem.days}):
        x, y = at(place)
        yield f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="#b3261e"/>'
