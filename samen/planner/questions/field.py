"""Who could go where, found quickly: the hours of the week first, then the map, and the rules for whoever is left.

The filters only leave out whom the rules would refuse.
"""

import functools
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samen.planner.questions import rules
from samen.planner.questions.rules import Ways
from samen.planner.questions.sketches import QUARTER, HelperSketch, Region, VisitSketch
from samen.planner.travel import EARTH_KM, ESTIMATE_MARGIN, Point, minutes, too_far

KM_PER_DEGREE = math.pi * EARTH_KM / 360
FARTHEST_KM = 400.0
HAIR = 0.02  # as a share: who is so near to the border of a reach is measured exactly

NOWHERE = Point(0.0, 0.0)
Marks = npt.NDArray[np.bool_]  # for each helper, in their order
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Hours:
    """The windows of one weekday, and whose they are: her place among the helpers."""

    places: Numbers
    begins: Numbers
    ends: Numbers
    first: Numbers
    over: Numbers

    @classmethod
    def of(cls, helpers: Sequence[HelperSketch], weekday: int) -> "_Hours":
        """Of these helpers, in their order."""
        rows = [
            (place, one.start, one.until, one.first, one.over)
            for place, helper in enumerate(helpers)
            for one in helper.windows
            if one.weekday == weekday
        ]
        return cls(*np.array(rows, dtype=np.int64).reshape(-1, 5).T)

    def around(self, visit: VisitSketch, near: Marks) -> Numbers:
        """Who works around the whole of this visit, of those who are near."""
        inside = (self.begins <= visit.day_start) & (visit.day_start + visit.minutes <= self.ends)
        return self.places[inside & (self.first <= visit.day) & (visit.day < self.over) & near[self.places]]


@dataclass(frozen=True, slots=True)
class _Going:
    """All that everybody does already: whose it is (her place among the helpers), from when until when."""

    places: Numbers
    start: Numbers
    until: Numbers

    @classmethod
    def of(cls, helpers: Sequence[HelperSketch]) -> "_Going":
        """Of these helpers, in their order."""
        own = [visit for helper in helpers for visit in helper.booked]
        return cls(
            np.repeat(np.arange(len(helpers)), [len(helper.booked) for helper in helpers]),
            np.array([visit.start for visit in own], dtype=np.int64),
            np.array([visit.until for visit in own], dtype=np.int64),
        )

    def of_whom(self, visit: VisitSketch, apart: int) -> Numbers:
        """Whose visits are less than so many minutes apart from this one; those that overlap are less than 0 apart."""
        return self.places[(visit.start - self.until < apart) & (self.start - visit.until < apart)]


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
        self._hours = [_Hours.of(self.helpers, weekday) for weekday in range(7)]
        self._going = _Going.of(self.helpers)
        homes = [helper.home or NOWHERE for helper in self.helpers]
        self._lat = np.array([home.lat for home in homes])
        self._lon = np.array([home.lon for home in homes])
        self._limit = np.array(
            [reach_km(one.mode, one.reach) / KM_PER_DEGREE if one.home else math.inf for one in self.helpers]
        )
        self._near: dict[Point | None, Marks] = {None: np.ones(len(self.helpers), dtype=bool)}
        self._numbers: dict[Point | None, set[int]] = {}
        self._before: dict[int, dict[int, int]] = {}
        self._spare: dict[tuple[int, int], int] = {}
        self._able: dict[VisitSketch, list[HelperSketch]] = {}

    def able(self, visit: VisitSketch) -> list[HelperSketch]:
        """Everybody who can go to this visit, by number."""
        found = self._able.get(visit)
        if found is None:
            found = self._able[visit] = self._who_can(visit)
        return found

    def _who_can(self, visit: VisitSketch) -> list[HelperSketch]:
        free = self._marks(visit.where).copy()
        free[self._going.of_whom(visit, 0)] = False
        beside = set(self._going.of_whom(visit, rules.FAR_APART).tolist())
        found = []
        for place in dict.fromkeys(self._hours[visit.weekday].around(visit, free).tolist()):
            helper = self.helpers[place]
            around = [own for own in helper.booked if rules.are_near(visit, own)] if place in beside else ()
            if rules.allows(visit, helper, around, self.ways):
                found.append(helper)
        return found

    def near(self, visit: VisitSketch) -> Collection[int]:
        """Those (by number) for whom this visit is not too far."""
        found = self._numbers.get(visit.where)
        if found is None:
            places = np.flatnonzero(self._marks(visit.where)).tolist()
            found = self._numbers[visit.where] = {self.helpers[place].id for place in places}
        return found

    def _marks(self, where: Point | None) -> Marks:
        """For whom (in their order) it is not too far: by the flat map where that is certain, else by the way itself.

        What somebody said of a way may be shorter or longer than any estimate.
        """
        found = self._near.get(where)
        if found is not None or where is None:
            return self._near[where]
        north, east = where.lat - self._lat, (where.lon - self._lon) * math.cos(math.radians(where.lat))
        crow = np.sqrt(north * north + east * east)
        found = crow < self._limit
        unsure = np.abs(crow - self._limit) <= HAIR * crow
        for place in np.flatnonzero(unsure | (where in self.ways.ends)).tolist():
            found[place] = not self._is_too_far(self.helpers[place], where)
        self._near[where] = found
        return found

    def _is_too_far(self, helper: HelperSketch, where: Point) -> bool:
        return helper.home is not None and too_far(self.ways.between(helper.home, where, helper.mode), helper.reach)

    def before(self, helper: HelperSketch, household: int) -> int:
        """How often she has been at this household."""
        found = self._before.get(helper.id)
        if found is None:
            found = self._before[helper.id] = dict(helper.visits_before)
        return found.get(household, 0)

    def spare(self, helper: HelperSketch, week: int) -> int:
        """How many quarters of her contract are left in this week; below zero when she has more."""
        left = self._spare.get((helper.id, week))
        if left is None:
            had = sum(own.quarters for own in helper.booked if own.week == week)
            left = self._spare[helper.id, week] = helper.contract // QUARTER - had
        return left

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
