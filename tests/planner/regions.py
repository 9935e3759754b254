"""Small regions by chance, an independent judge of who may go where, and a search through everything as the oracle."""

import functools
import itertools
import random
from datetime import date, time

from samen.planner.questions.sketches import HelperSketch, Prices, Region, Rule, Stretch, VisitSketch, Window
from samen.planner.recurrence import wall_clock
from samen.planner.travel import ESTIMATE_MARGIN, Point, Source, Way, way

MONDAY = 740_000 - 740_000 % 7 + 1  # a day number that is a Monday
HOURS = (510, 570, 600, 660, 780, 870)
MODES = ("BIKE", "EBIKE", "CAR", "WALK", "TRANSIT")


def region(seed: int, *, helpers: int = 5, prices: Prices | None = None) -> Region:
    """A few helpers with all there is to know of them."""
    chance = random.Random(seed)
    people = tuple(_helper(chance, number + 1) for number in range(helpers))
    known = {}
    for _ in range(chance.choice((0, 0, 3))):
        start, end = (point(chance) for _ in range(2))
        known[start, end, chance.choice(MODES)] = Way(chance.randint(1, 60), Source.MANUAL)
    return Region(people, known, prices or Prices())


def visits(seed: int, many: int, *, households: int = 3, days: int = 9) -> list[VisitSketch]:
    """Visits of some households in the days ahead, several a day."""
    chance = random.Random(f"visits {seed}")
    where = {home: point(chance) if chance.random() < 0.9 else None for home in range(1, households + 1)}
    return [visit(chance, number + 1, where, days) for number in range(many)]


def visit(chance: random.Random, number: int, where: dict[int, Point | None], days: int) -> VisitSketch:
    home, day, hour = chance.choice(list(where)), chance.randrange(days), chance.choice(HOURS)
    return at(
        number,
        home,
        MONDAY + day,
        hour,
        chance.choice((60, 100, 120, 180)),
        where=where[home],
        pays=chance.choice((None, None, 2500)),
        only=frozenset(chance.sample(range(1, 6), 2)) if chance.random() < 0.05 else None,
        team=1,
        urgent=day == 0,
    )


def at(number: int, home: int, day: int, hour: int, minutes: int, **more: object) -> VisitSketch:
    """A visit at this hour of this day."""
    start = minute(day, hour)
    return VisitSketch(number, home, start, start + minutes, day, hour, **more)


def minute(day: int, hour: int) -> int:
    """This minute of this day, on the clock of Amsterdam, in minutes since the epoch."""
    begins, _ends = wall_clock(date.fromordinal(day), time(*divmod(hour, 60)), 60, "Europe/Amsterdam")
    return int(begins.timestamp()) // 60


def point(chance: random.Random) -> Point:
    """Somewhere in a region of some ten kilometres."""
    return Point(round(52.1 + chance.random() / 10, 3), round(5.1 + chance.random() / 8, 3))


def _helper(chance: random.Random, number: int) -> HelperSketch:
    begins, ends = chance.choice(((480, 1080), (480, 1080), (480, 780), (0, 1440)))
    days = [day for day in range(7) if chance.random() < 0.8]
    own = []
    for booked in range(chance.choice((0, 0, 1, 2, 4))):
        hour = chance.choice((*HOURS, 1140))
        own.append(
            at(1000 * number + booked, 90 + booked, MONDAY + chance.randrange(9), hour, 120, where=point(chance))
        )
    sick = minute(MONDAY, 0) + chance.randrange(9 * 1440)
    return HelperSketch(
        id=number,
        mode=chance.choice(MODES),
        reach=chance.choice((15, 25, 30, 45)),
        home=point(chance) if chance.random() < 0.95 else None,
        windows=tuple(Window(day, begins, ends) for day in days),
        booked=tuple(own),
        absent=(Stretch(sick, sick + 3000),) if chance.random() < 0.15 else (),
        never=_some(chance, 0.05),
        rather=_some(chance, 0.15),
        rather_not=_some(chance, 0.15),
        said_no=_some(chance, 0.05),
        visits_before=tuple((home, 2) for home in _some(chance, 0.3)),
        asks=chance.choice((None, 2400, 2600)),
        contract=chance.choice((0, 240, 480)),
        team=1 if chance.random() < 0.85 else 2,
        asked=chance.choice((0, 0, 1, 3)),
        may_be_asked=chance.choice((None, None, 2, 4)),
        quiet=Rule.ASK_PAUSE if chance.random() < 0.05 else None,
    )


def _some(chance: random.Random, share: float) -> frozenset[int]:
    return frozenset(home for home in range(1, 5) if chance.random() < share)


# --- The judge ----------------------------------------------------------------------------------------


def may(one: VisitSketch, helper: HelperSketch, here: Region, more: tuple[VisitSketch, ...] = ()) -> bool:
    """Whether she may go, said anew in other words than the planner's, minute by minute where that is simplest."""
    if not all(away.until <= one.start or one.until <= away.start for away in helper.absent):
        return False
    if one.household in helper.never | helper.said_no or helper.id not in (one.only or {helper.id}):
        return False
    if one.pays and helper.asks and helper.asks > one.pays:
        return False
    works = at_work(helper.windows, one.weekday)
    if not all(minute in works for minute in range(one.day_start, one.day_start + one.until - one.start)):
        return False
    if not all(together(one, own, helper, here) for own in (*helper.booked, *more)):
        return False
    if helper.home and one.where:
        there = way(helper.home, one.where, helper.mode, here.known)
        if there.minutes > helper.reach * (ESTIMATE_MARGIN if there.source is Source.ESTIMATE else 1):
            return False
    return helper.quiet is None and (helper.may_be_asked is None or helper.asked < helper.may_be_asked)


@functools.cache
def at_work(windows: tuple[Window, ...], weekday: int) -> frozenset[int]:
    """Each minute of the day in which she works."""
    return frozenset(minute for w in windows if w.weekday == weekday for minute in range(w.start, w.until))


def together(one: VisitSketch, own: VisitSketch, helper: HelperSketch, here: Region) -> bool:
    """Whether she can be at both: with the way between them, and with her rest between two days."""
    first, second = sorted((one, own), key=lambda visit: (visit.start, visit.until))
    between = way(first.where, second.where, helper.mode, here.known).minutes if first.where and second.where else 0
    if second.start < first.until + min(between, 720):
        return False
    return first.day == second.day or second.start - first.until >= 660


def plan_cost(here: Region, wanted: list[VisitSketch], who: list[HelperSketch | None]) -> int | None:
    """What it costs that these go, in this order; None where a rule is broken."""
    prices, cost = here.prices, 0
    for visit, helper in zip(wanted, who, strict=True):
        if helper is None:
            cost += prices.nobody
            continue
        others = tuple(v for v, other in zip(wanted, who, strict=True) if other is helper and v is not visit)
        if not may(visit, helper, here, others):
            return None
        cost += _pair_cost(visit, helper, here)
    asked: dict[int, set[object]] = {}
    faces: dict[object, set[int]] = {}
    for visit, helper in zip(wanted, who, strict=True):
        if helper is not None:
            block = (visit.household, visit.urgent)
            asked.setdefault(helper.id, set()).add(block)
            faces.setdefault(block, set()).add(helper.id)
    cost += sum(prices.other_face * (len(found) - 1) for found in faces.values())
    for helper in here.helpers:
        questions = len(asked.get(helper.id, ()))
        if questions and helper.may_be_asked is not None and helper.asked + questions > helper.may_be_asked:
            return None
        cost += sum(prices.asked * (helper.asked + before) for before in range(questions))
        cost += _hours_cost(helper, [v for v, other in zip(wanted, who, strict=True) if other is helper], prices)
    return cost


def _pair_cost(visit: VisitSketch, helper: HelperSketch, here: Region) -> int:
    prices, home = here.prices, visit.household
    cost = prices.unknown_way
    if helper.home and visit.where:
        cost = way(helper.home, visit.where, helper.mode, here.known).minutes
    cost += prices.familiar * bool(dict(helper.visits_before).get(home)) + prices.neighbour * (
        helper.team != visit.team
    )
    return cost + prices.rather * (home in helper.rather) + prices.rather_not * (home in helper.rather_not)


def _hours_cost(helper: HelperSketch, hers: list[VisitSketch], prices: Prices) -> int:
    if not helper.contract:
        return 0
    cost, agreed = 0, helper.contract // 15
    for week in {visit.week for visit in hers}:
        had = sum(visit.quarters for visit in helper.booked if visit.week == week)
        whole = had + sum(visit.quarters for visit in hers if visit.week == week)
        cost += prices.quarter_more * (max(0, whole - agreed) - max(0, had - agreed))
    return cost


def best(here: Region, wanted: list[VisitSketch]) -> int:
    """The least it can cost, by trying everything."""
    able = [[None, *(one for one in here.helpers if may(visit, one, here))] for visit in wanted]
    costs = (plan_cost(here, wanted, list(who)) for who in itertools.product(*able))
    return min(cost for cost in costs if cost is not None)
