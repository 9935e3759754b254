"""Who could go where, found quickly: what is certain from the week or the map alone is looked at once for all.

The filters only leave out whom the rules would refuse; whoever is left, the rules judge.
"""

import math

from samen.planner.questions import rules
from samen.planner.questions.rules import Ways
from samen.planner.questions.sketches import HelperSketch, Region, VisitSketch
from samen.planner.travel import ESTIMATE_MARGIN, Point, too_far

FASTEST = 75 / 60  # kilometres a minute: nobody is faster by the crow than the fastest road
KM_PER_DEGREE = 111.0
SPEEDS = {"WALK": 4.8 / 60, "BIKE": 15.5 / 60, "EBIKE": 17 / 60, "TRANSIT": 17 / 60}


class Field:
    """A region with what was found out about it so far."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.prices = region.prices
        self.helpers = sorted(region.helpers, key=lambda helper: helper.id)
        self.by_number = {helper.id: helper for helper in self.helpers}
        self.before = {helper.id: dict(helper.visits_before) for helper in self.helpers}
        self.ways = Ways(region.known)
        self._near: dict[Point, set[int]] = {}
        self._working: dict[tuple[int, int, int], list[HelperSketch]] = {}

    def able(self, visit: VisitSketch) -> list[HelperSketch]:
        """Everybody who can go to this visit, by number."""
        near = self._near_to(visit.where) if visit.where is not None else None
        return [
            helper
            for helper in self._at_work(visit)
            if (near is None or helper.id in near) and rules.first_broken(visit, helper, self.ways) is None
        ]

    def _at_work(self, visit: VisitSketch) -> list[HelperSketch]:
        """Those whose week has room for the hours of this visit."""
        asked = (visit.weekday, visit.day_start, visit.minutes)
        found = self._working.get(asked)
        if found is None:
            found = [helper for helper in self.helpers if rules.outside_hours(visit, helper) == 0]
            self._working[asked] = found
        return found

    def _near_to(self, where: Point) -> set[int]:
        """Those for whom it is not too far, and those of whom nobody knows."""
        found = self._near.get(where)
        if found is None:
            told = where in self.ways.ends  # what somebody said may be shorter than any estimate
            found = self._near[where] = {
                helper.id for helper in self.helpers if self._reaches(helper, where, told=told)
            }
        return found

    def _reaches(self, helper: HelperSketch, where: Point, *, told: bool) -> bool:
        if helper.home is None:
            return True
        if not told:
            degrees = helper.reach * ESTIMATE_MARGIN * SPEEDS.get(helper.mode, FASTEST) / KM_PER_DEGREE
            if abs(where.lat - helper.home.lat) > degrees:
                return False
            if abs(where.lon - helper.home.lon) * math.cos(math.radians(where.lat)) > 1.05 * degrees:
                return False
        return not too_far(self.ways.between(helper.home, where, helper.mode), helper.reach)

    def apart(self, visit: VisitSketch, own: VisitSketch, helper: HelperSketch) -> bool:
        """Whether she can go to both."""
        return rules.apart(visit, own, helper.mode, self.ways)
