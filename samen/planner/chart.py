"""A plan as a picture: every helper's day along the clock, and the routes on a map."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from samen.planner.evaluate import Timetable
from samen.planner.model import Plan, Problem, Stop

WIDTH, LEFT, RIGHT, ROW, TOP = 1200, 100, 24, 18, 66
MAP, MOST_MAP = 500, 900  # high, and one more for each place
LEGEND = "dark edge: for two helpers; red edge: late; grey: the hours she works; red square: where days begin"
INK, FAINT, PAPER, GRID, RED = "#26323a", "#5d6a72", "#fdfcfa", "#e4e0d8", "#b3261e"
HUES = 11  # so many colours until they return
LETTER = 5.6  # about so wide
LONGEST = 13  # letters of a helper's name; the whole of it is told where the pointer rests
TITLE = 60
STEPS = (60, 120, 180, 360, 720, 1440)  # minutes between two lines of the clock; then whole days
MOST_LINES = 24
Spots = Sequence[tuple[float, float]]


def draw(problem: Problem, plan: Plan, begins: Timetable, spots: Spots, title: str) -> str:
    """An SVG of it all."""
    days = [day for day, route in enumerate(plan.routes) if route]
    bottom = TOP + ROW * (len(days) + 2)
    height = bottom + (round(_high(spots)) + 60 if spots else 0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"',
        ' font-family="sans-serif" font-size="11">',
        f"<title>{_words(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        f'<text x="12" y="24" font-size="15" fill="{INK}">{_words(_short(title, TITLE))}</text>',
        f'<text x="{WIDTH - RIGHT}" y="24" text-anchor="end" fill="{FAINT}">{LEGEND}</text>',
        *_clock(problem, plan, begins, days),
        *(_map(problem, plan, spots, days, bottom) if spots else ()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _colour(row: int) -> str:
    hue = 30 + row * 4 % HUES * 300 // HUES  # none is red: a red edge is for who is late
    return f"hsl({hue},{'50%,65%' if _is_light(row) else '45%,38%'})"


def _is_light(row: int) -> bool:
    """Whether the colours have returned for the second time: they are light then, and dark the next time."""
    return row // HUES % 2 == 1


def _words(text: str) -> str:
    """As an SVG may hold it: some signs stand in no file of its kind."""
    return escape("".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _hour(minute: float) -> str:
    return f"{minute // 60 % 24:.0f}.{minute % 60:02.0f}"


# --- The days along the clock -------------------------------------------------------------------------


class _Clock(NamedTuple):
    """From which minute until which the picture goes, and how wide a minute is."""

    first: float
    last: float
    step: float

    @property
    def scale(self) -> float:
        return (WIDTH - LEFT - RIGHT) / (self.last - self.first)

    def x(self, minute: float) -> float:
        return LEFT + (min(max(minute, self.first), self.last) - self.first) * self.scale

    def lines(self) -> Iterator[float]:
        return (self.first + self.step * number for number in range(round((self.last - self.first) / self.step) + 1))


def _clock_of(problem: Problem, begins: Timetable) -> _Clock:
    """As much of the clock as anybody is somewhere, in whole steps."""
    ends = [start + problem.visits[stop[0]].tasks[stop[1]].minutes for stop, start in begins.items()]
    first, last = min(begins.values(), default=0.0), max(ends, default=60.0)
    long = max(last - first, 60.0)
    step = next((one for one in STEPS if long / one < MOST_LINES), 1440 * math.ceil(long / MOST_LINES / 1440))
    first = math.floor(first / step) * step
    return _Clock(first, max(math.ceil(last / step) * step, first + step), step)


def _clock(problem: Problem, plan: Plan, begins: Timetable, days: Sequence[int]) -> Iterator[str]:
    clock = _clock_of(problem, begins)
    bottom = TOP + ROW * len(days)
    for row, day in enumerate(days):
        yield from _hours(problem, day, clock, TOP + ROW * row)
    for minute in clock.lines():
        x = clock.x(minute)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{GRID}"/>'
        for y in (TOP - 6, bottom + 14):
            yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle" fill="{FAINT}">{_hour(minute)}</text>'
    for row, day in enumerate(days):
        y = TOP + ROW * row
        key = problem.days[day][0].key
        told = f"<title>{_words(key)}</title>"
        yield f'<text x="12" y="{y + 13}" fill="{INK}">{_words(_short(key, LONGEST))}{told}</text>'
        for stop in plan.routes[day]:
            yield from _bar(problem, stop, begins[stop], (clock, y), row)


def _hours(problem: Problem, day: int, clock: _Clock, y: float) -> Iterator[str]:
    """The shift, if it ends some time."""
    _, shift = problem.days[day]
    if math.isfinite(shift.until):
        begin, end = clock.x(shift.start), clock.x(shift.until)
        yield f'<rect x="{begin:.1f}" y="{y + 1}" width="{end - begin:.1f}" height="{ROW - 2}" fill="#efece5"/>'


def _bar(problem: Problem, stop: Stop, start: float, at: tuple[_Clock, float], row: int) -> Iterator[str]:
    """A visit; one for two helpers has an edge, and one that is late a red one.  It is named if there is room."""
    visit = problem.visits[stop[0]]
    clock, y = at
    x, wide = clock.x(start), max(2.0, visit.tasks[stop[1]].minutes * clock.scale)
    edge = f' stroke="{RED}" stroke-width="2"' if start > visit.closes + 1e-6 else ""
    if not edge and len(visit.tasks) == 2:
        edge = f' stroke="{INK}"'
    told = f"<title>{_words(visit.key)} {_hour(start)}</title>"
    yield (
        f'<rect x="{x:.1f}" y="{y + 2}" width="{wide:.1f}" height="{ROW - 4}" rx="3" fill="{_colour(row)}"{edge}>'
        f"{told}</rect>"
    )
    if LETTER * len(visit.key) + 4 < wide:
        ink = INK if _is_light(row) else "#fff"
        yield (
            f'<text x="{x + wide / 2:.1f}" y="{y + 13}" font-size="10" text-anchor="middle" fill="{ink}"'
            f' pointer-events="none">{_words(visit.key)}</text>'
        )


# --- The routes on a map ------------------------------------------------------------------------------


def _scale(spots: Spots) -> float:
    """As large as fits both ways."""
    xs, ys = [spot[0] for spot in spots], [spot[1] for spot in spots]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    across, up = (
        (WIDTH - 2 * LEFT) / wide if wide else math.inf,
        min(MAP + len(spots), MOST_MAP) / high if high else math.inf,
    )
    return min(across, up) if wide or high else 1.0


def _high(spots: Spots) -> float:
    ys = [spot[1] for spot in spots]
    return (max(ys) - min(ys)) * _scale(spots)


def _map(problem: Problem, plan: Plan, spots: Spots, days: Sequence[int], top: float) -> Iterator[str]:
    """The way to the first visit of a day and back from the last is only hinted at: those of all helpers meet there."""
    xs, ys = [spot[0] for spot in spots], [spot[1] for spot in spots]
    scale = _scale(spots)
    left = (WIDTH - (max(xs) - min(xs)) * scale) / 2
    at = [(left + (x - min(xs)) * scale, top + 30 + (max(ys) - y) * scale) for x, y in spots]
    rows = {stop[0]: row for row, day in enumerate(days) for stop in plan.routes[day]}
    for row, day in enumerate(days):
        helper, shift = problem.days[day]
        places = [problem.visits[stop[0]].place for stop in plan.routes[day]]
        told = f"<title>{_words(helper.key)}</title>"
        for ends in ((shift.leaves, places[0]), (places[-1], shift.returns)):
            hint = f'{_stroke(row)} stroke-width="1" opacity="0.25"'
            yield f'<polyline points="{_line(at, ends)}" {hint}>{told}</polyline>'
        yield f'<polyline points="{_line(at, places)}" {_stroke(row)} stroke-width="1.8">{told}</polyline>'
    yield from _dots(problem, at, rows)
    for place in sorted({shift.leaves for _, shift in problem.days}):
        x, y = at[place]
        yield f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="{RED}" stroke="{PAPER}"/>'


def _line(at: Spots, places: Sequence[int]) -> str:
    return " ".join(f"{at[place][0]:.1f},{at[place][1]:.1f}" for place in places)


def _stroke(row: int) -> str:
    return f'fill="none" stroke-linejoin="round" stroke="{_colour(row)}"'


def _dots(problem: Problem, at: Spots, rows: Mapping[int, int]) -> Iterator[str]:
    """Each visit in the colour of who goes there; for two helpers with a dark edge, and hollow where nobody goes."""
    for number, visit in enumerate(problem.visits):
        x, y = at[visit.place]
        fill = _colour(rows[number]) if number in rows else PAPER
        size, edge = (4.5, INK) if len(visit.tasks) == 2 else (3.5, PAPER if number in rows else INK)
        told = f"<title>{_words(visit.key)}</title>"
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{fill}" stroke="{edge}">{told}</circle>'
