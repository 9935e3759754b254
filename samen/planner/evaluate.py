"""What a plan costs and which rules it breaks, in plain Python: slow, simple, and the judge of the compiled search."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from samen.planner.model import UNITS, Plan, Problem, Shift, Stop, Visit, disappointments, fits, window

HAIR = 1e-6  # minutes

Timetable = Mapping[Stop, float]  # the minute each task starts


class Deadlock(Exception):
    """Two helpers wait for each other, so that nobody ever begins."""


@dataclass(frozen=True)
class Cost:
    """A named part of what a plan costs."""

    name: str
    amount: float
    price: float

    @property
    def unit(self) -> str:
        """What is counted."""
        return UNITS[self.name]

    @property
    def total(self) -> float:
        """Its share in the whole."""
        return self.amount * self.price if self.amount else 0.0


# --- When ---------------------------------------------------------------------------------------------


def timetable(problem: Problem, plan: Plan) -> Timetable:
    """Everything as early as windows, ways and pairs allow; raises `Deadlock`."""
    begins = {stop: _window(problem, stop)[0] for route in plan.routes for stop in route}
    for _ in range(2 * len(begins) + 10):
        before = dict(begins)
        for (helper, shift), route in zip(problem.days, plan.routes, strict=True):
            ready, place = shift.start, shift.leaves
            for stop in route:
                visit = problem.visits[stop[0]]
                begins[stop] = max(begins[stop], ready + problem.ways[helper.mode][place][visit.place])
                ready, place = begins[stop] + visit.tasks[stop[1]].minutes, visit.place
        for first, second, visit in _pairs(problem, begins):
            begins[second] = max(begins[second], begins[first] + visit.gap.least)
            begins[first] = max(begins[first], begins[second] - visit.gap.most)
        if begins == before:
            return begins
    raise Deadlock


def _pairs(problem: Problem, begins: Timetable) -> Iterator[tuple[Stop, Stop, Visit]]:
    for number, visit in enumerate(problem.visits):
        if (number, 0) in begins and (number, 1) in begins:
            yield (number, 0), (number, 1), visit


# --- What it costs ------------------------------------------------------------------------------------


def costs(problem: Problem, plan: Plan, begins: Timetable) -> tuple[Cost, ...]:
    """Every part of the objective; together they are what the plan costs."""
    amounts = dict.fromkeys(UNITS, 0.0)
    for (helper, shift), route in zip(problem.days, plan.routes, strict=True):
        travelled, home_at = _day(problem, shift, helper.mode, route, begins)
        amounts["travel"] += travelled
        amounts["overtime"] += max(0.0, home_at - shift.until)
        for stop in route:
            visit = problem.visits[stop[0]]
            for name, many in disappointments(problem, helper, visit, visit.tasks[stop[1]]).items():
                amounts[name] += many
    lateness = [max(0.0, start - _window(problem, stop)[1]) for stop, start in begins.items()]
    amounts["late"], amounts["worst"] = sum(lateness), max(lateness, default=0.0)
    amounts["left_out"] = sum(
        visit.left_out for number, visit in enumerate(problem.visits) if (number, 0) not in begins
    )
    return tuple(Cost(name, amount, getattr(problem.prices, name, 1.0)) for name, amount in amounts.items())


def cost(problem: Problem, plan: Plan, begins: Timetable) -> float:
    """All of it in one number."""
    return math.fsum(part.total for part in costs(problem, plan, begins))


def _window(problem: Problem, stop: Stop) -> tuple[float, float]:
    visit = problem.visits[stop[0]]
    return window(visit, visit.tasks[stop[1]])


def _day(problem: Problem, shift: Shift, mode: int, route: tuple[Stop, ...], begins: Timetable) -> tuple[float, float]:
    """Minutes on the way, and when she is home; who has no visit stays there."""
    if not route:
        return 0.0, shift.start
    way, place, travelled, ready = problem.ways[mode], shift.leaves, 0.0, shift.start
    for stop in route:
        visit = problem.visits[stop[0]]
        travelled += way[place][visit.place]
        ready, place = begins[stop] + visit.tasks[stop[1]].minutes, visit.place
    return travelled + way[place][shift.returns], ready + way[place][shift.returns]


# --- What it breaks -----------------------------------------------------------------------------------


class Rule(StrEnum):
    """What no plan may break."""

    ONCE = "ONCE"  # every task is done once, or the whole visit is left out and may be
    FITS = "FITS"  # who does it may do it
    TWO_PEOPLE = "TWO_PEOPLE"
    WINDOW = "WINDOW"  # not before it opens
    WAY = "WAY"  # nobody is in two places
    GAP = "GAP"
    SHIFT = "SHIFT"
    PINNED = "PINNED"


@dataclass(frozen=True)
class Broken:
    """A rule that is broken, where, and by how much."""

    rule: Rule
    about: str
    by: float = 0.0


def broken(problem: Problem, plan: Plan, begins: Timetable) -> list[Broken]:
    """Every hard rule this plan with these starts breaks; knows nothing of how they were found."""
    found = [*_tasks_broken(problem, plan), *_visits_broken(problem, plan, begins)]
    for (helper, shift), route in zip(problem.days, plan.routes, strict=True):
        way, place, ready = problem.ways[helper.mode], shift.leaves, shift.start
        for stop in route:
            visit = problem.visits[stop[0]]
            early = ready + way[place][visit.place] - begins[stop]
            if early > HAIR:
                found.append(Broken(Rule.WAY, visit.key, early))
            ready, place = begins[stop] + visit.tasks[stop[1]].minutes, visit.place
        over = ready + way[place][shift.returns] - shift.until
        if route and math.isinf(problem.prices.overtime) and over > HAIR:
            found.append(Broken(Rule.SHIFT, helper.key, over))
    return found


def _tasks_broken(problem: Problem, plan: Plan) -> Iterator[Broken]:
    done = [stop for route in plan.routes for stop in route]
    for number, visit in enumerate(problem.visits):
        times = [done.count((number, task)) for task in range(len(visit.tasks))]
        absent = not any(times) and math.isfinite(visit.left_out)
        if times != [1] * len(times) and not absent:
            yield Broken(Rule.ONCE, visit.key)
    for (helper, _), route in zip(problem.days, plan.routes, strict=True):
        for number, task in route:
            visit = problem.visits[number]
            if not fits(problem, helper, visit, visit.tasks[task]):
                yield Broken(Rule.FITS, visit.key)


def _visits_broken(problem: Problem, plan: Plan, begins: Timetable) -> Iterator[Broken]:
    who = {stop: helper for (helper, _), route in zip(problem.days, plan.routes, strict=True) for stop in route}
    for stop, start in begins.items():
        visit = problem.visits[stop[0]]
        pinned = visit.tasks[stop[1]].pinned
        if start < visit.opens - HAIR:
            yield Broken(Rule.WINDOW, visit.key, visit.opens - start)
        if pinned is not None and abs(start - pinned) > HAIR:
            yield Broken(Rule.PINNED, visit.key, abs(start - pinned))
    for first, second, visit in _pairs(problem, begins):
        between = begins[second] - begins[first]
        if who[first] == who[second]:
            yield Broken(Rule.TWO_PEOPLE, visit.key)
        if not visit.gap.least - HAIR <= between <= visit.gap.most + HAIR:
            yield Broken(Rule.GAP, visit.key, max(visit.gap.least - between, between - visit.gap.most))
