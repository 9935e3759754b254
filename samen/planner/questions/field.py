"""Who could go where, found quickly: the hours of the week first, then the map, and the rules for whoever is left.

The filters only leave out whom the rules would refuse.
"""

import functools
import math
from collections import defaultdict
from collections.abc import Collection

from samen.planner.questions import rules
from samen.planner.questions.rules import Ways
from samen.planner.questions.sketches import HelperSketch, Region, VisitSketch, Window
from samen.planner.travel import EARTH_KM, ESTIMATE_MARGIN, Point, minutes, too_far

KM_PER_DEGREE = math.pi * EARTH_KM / 360
FARTHEST_KM = 400.0
MIDNIGHT = 24 * 60
HAIR = 0.02  # as a share: who is so near to the border of a reach is measured exactly

Going = dict[int, list[VisitSketch]]  # the visits of a day, by who goes


class Field:
    """A region with what was found out about it so far; each region has one."""

    @classmethod
    def of(cls, region: Region) -> "Field":
        """The one of this region."""
        if "field" not in region.kept:
            region.kept["field"] = cls(region)
        found: Field = region.kept["field"]
        return found

    def __init__(self, region: Region) -> None:
        self.region = region
        self.prices = region.prices
        self.helpers = sorted(region.helpers, key=lambda helper: helper.id)
        self.by_number = {helper.id: helper for helper in self.helpers}
        self.ways = Ways(region.known)
        self._hours: list[list[tuple[Window, HelperSketch]]] = [[] for _ in range(7)]
        for helper in self.helpers:
            for window in helper.windows:
                self._hours[window.weekday].append((window, helper))
        self._homes = [
            (helper, helper.home.lat, helper.home.lon, reach_km(helper.mode, helper.reach) / KM_PER_DEGREE)
            for helper in self.helpers
            if helper.home is not None
        ]
        self._anywhere = {helper.id for helper in self.helpers if helper.home is None}
        self._near: dict[Point, set[int]] = {}
        self._before: dict[int, dict[int, int]] = {}
        self._goings: dict[int, Going] | None = None
        self._able: dict[VisitSketch, list[HelperSketch]] = {}

    def able(self, visit: VisitSketch) -> list[HelperSketch]:
        """Everybody who can go to this visit, by number."""
        found = self._able.get(visit)
        if found is None:
            found = self._able[visit] = self._who_can(visit)
        return found

    def _who_can(self, visit: VisitSketch) -> list[HelperSketch]:
        begins, ends = visit.day_start, visit.day_start + visit.minutes
        near, start, end = self.near(visit), visit.start, visit.until
        going = [self._on(day) for day in range(visit.day - 1, visit.days.stop + 1)]
        busy = {
            number
            for day in visit.days  # what meets it is in a day of its own
            for number, owns in self._on(day).items()
            for own in owns
            if own.start < end and start < own.until
        }
        free = {
            helper.id: helper
            for window, helper in self._hours[visit.weekday]
            if window.start <= begins and ends <= window.until and window.first <= visit.day < window.over
            if helper.id in near and helper.id not in busy
        }
        return [
            helper
            for number, helper in free.items()
            if rules.allows(visit, helper, [own for day in going if number in day for own in day[number]], self.ways)
        ]

    def near(self, visit: VisitSketch) -> Collection[int]:
        """Those (by number) for whom this visit is not too far."""
        return self._near_to(visit.where) if visit.where is not None else self.by_number

    def _near_to(self, where: Point) -> set[int]:
        """Those for whom it is not too far: by the flat map where that is certain, else by the way itself."""
        found = self._near.get(where)
        if found is not None:
            return found
        found = set(self._anywhere)
        told = where in self.ways.ends  # what somebody said may be shorter or longer than any estimate
        narrow = math.cos(math.radians(where.lat))
        for helper, lat, lon, limit in self._homes:
            north, east = where.lat - lat, (where.lon - lon) * narrow
            crow = math.sqrt(north * north + east * east)
            certain = not told and abs(crow - limit) > HAIR * crow
            if crow < limit if certain else not self._is_too_far(helper, where):
                found.add(helper.id)
        self._near[where] = found
        return found

    def _is_too_far(self, helper: HelperSketch, where: Point) -> bool:
        return helper.home is not None and too_far(self.ways.between(helper.home, where, helper.mode), helper.reach)

    def _on(self, day: int) -> Going:
        """Who goes where on this day; a visit over midnight is in two days."""
        if self._goings is None:
            self._goings = defaultdict(dict)
            for helper in self.helpers:
                for own in helper.booked:
                    for day_ in own.days if own.day_start + own.until - own.start > MIDNIGHT else (own.day,):
                        self._goings[day_].setdefault(helper.id, []).append(own)
        return self._goings.get(day, {})

    def before(self, helper: HelperSketch, household: int) -> int:
        """How often she has been at this household."""
        found = self._before.get(helper.id)
        if found is None:
            found = self._before[helper.id] = dict(helper.visits_before)
        return found.get(household, 0)

    def apart(self, visit: VisitSketch, own: VisitSketch, helper: HelperSketch) -> bool:
        """Whether she can go to both."""
        return rules.apart(visit, own, helper.mode, self.ways)


@functools.cache
def reach_km(mode: str, reach: int) -> float:
    """How far by the crow somebody comes who travels no longer than this, with the margin of an estimate."""
    near, far = 0.0, FARTHEST_KM
    here = Point(52.0, 5.0)
    while far - near > 0.01:
        middle = (near + far) / 2
        there = Point(52.0 + middle / KM_PER_DEGREE, 5.0)
        near, far = (middle, far) if minutes(here, there, mode) <= reach * ESTIMATE_MARGIN else (near, middle)
    return near
