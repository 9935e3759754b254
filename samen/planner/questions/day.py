"""A helper's day: in which order she goes to her visits, so that she travels least and nobody waits.

Over the same model as the search (`planner.model`), and for one person exact: so few visits go into a day that every
order can be looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from samen.planner import evaluate, model
from samen.planner.evaluate import Cost, Timetable
from samen.planner.questions.rules import Ways
from samen.planner.questions.sketches import HelperSketch, Region, VisitSketch, Window

MOST = 9  # visits: more orders than of these nobody waits for
PRICES = model.Prices(travel=1, late=3, overtime=2)
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Day:
    """The visits (by number) in order with the minute of the day each begins, and what that costs in parts."""

    visits: tuple[int, ...]
    begins: tuple[int, ...]
    costs: tuple[Cost, ...]

    @property
    def cost(self) -> float:
        """All of it."""
        return sum(part.total for part in self.costs)


class TooMany(Exception):
    """So many visits do not fit into a day, so their order was not looked for."""


def day(helper: HelperSketch, visits: Sequence[VisitSketch], region: Region, *, slack: int = 0) -> Day:
    """The best order of these visits of one day, when each may begin so many minutes earlier or later than agreed.

    Where another begin gains nothing, a visit begins as agreed.  A begin after that is late and has its price.  Raises
    `TooMany`.
    """
    if len(visits) > MOST:
        raise TooMany(TooMany.__doc__)
    ordered = sorted(visits, key=lambda visit: (visit.day_start, visit.id))
    problem = problem_of(helper, ordered, region, slack=slack)
    route = _Orders(problem).best()
    plan = model.Plan((tuple((number, 0) for number in route),))
    begins = _as_agreed(problem, route, evaluate.timetable(problem, plan), [visit.day_start for visit in ordered])
    return Day(
        tuple(ordered[number].id for number in route),
        tuple(round(begins[number, 0]) for number in route),
        evaluate.costs(problem, plan, begins),
    )


def _as_agreed(problem: model.Problem, route: Sequence[int], begins: Timetable, agreed: Sequence[int]) -> Timetable:
    """The same day, with each visit as near to what was agreed as leaves the others and her way home no later."""
    way, found = problem.ways[0], dict(begins)
    place, free = 0, problem.helpers[0].shifts[0].until
    for number in reversed(route):
        visit = problem.visits[number]
        latest = free - way[visit.place][place] - visit.tasks[0].minutes
        found[number, 0] = max(begins[number, 0], min(float(agreed[number]), latest))
        place, free = visit.place, found[number, 0]
    return found


def problem_of(helper: HelperSketch, visits: Sequence[VisitSketch], region: Region, *, slack: int) -> model.Problem:
    """Her day in the words of the search: place 0 is her home; a way nobody knows takes no time."""
    ways, points = Ways(region.known), [helper.home, *(visit.where for visit in visits)]
    way = tuple(
        tuple(
            float(ways.between(one, other, helper.mode).minutes) if one and other and one != other else 0.0
            for other in points
        )
        for one in points
    )
    hours = [window for window in helper.windows if visits and window.is_on(visits[0].day)]
    shift = model.Shift(0, max((window.until for window in hours), default=MIDNIGHT))
    return model.Problem(
        (model.Helper(str(helper.id), frozenset({""}), (shift,)),),
        tuple(
            model.Visit(
                str(visit.id),
                place,
                max(visit.day_start - slack, _from(hours, visit)),
                visit.day_start + slack,
                (model.Task("", visit.minutes),),
            )
            for place, visit in enumerate(visits, start=1)
        ),
        (way,),
        PRICES,
    )


def _from(hours: Sequence[Window], visit: VisitSketch) -> int:
    """Since when she is at work for this visit; an hour that was agreed before that stands."""
    return max((window.start for window in hours if window.start <= visit.day_start), default=visit.day_start)


class _Orders:
    """Every order, as far as it can still be the best."""

    def __init__(self, problem: model.Problem) -> None:
        self.problem = problem
        self.way = problem.ways[0]
        self.found: tuple[float, tuple[int, ...]] = (float("inf"), ())

    def best(self) -> tuple[int, ...]:
        """The cheapest; of those that cost the same the first by number."""
        self._try((), 0, 0.0, 0.0)
        return self.found[1]

    def _try(self, route: tuple[int, ...], place: int, ready: float, cost: float) -> None:
        """`cost` is what the route costs so far: travel and lateness, which never fall."""
        if cost >= self.found[0]:
            return
        prices, visits = self.problem.prices, self.problem.visits
        if len(route) == len(visits):
            home_at = ready + self.way[place][0]
            over = max(0.0, home_at - self.problem.helpers[0].shifts[0].until)
            whole = cost + prices.travel * self.way[place][0] + prices.overtime * over
            self.found = min(self.found, (whole, route))
            return
        for number, visit in enumerate(visits):
            if number not in route:
                begin = max(visit.opens, ready + self.way[place][visit.place])
                late = max(0.0, begin - visit.closes)
                more = prices.travel * self.way[place][visit.place] + prices.late * late
                self._try((*route, number), visit.place, begin + visit.tasks[0].minutes, cost + more)
