"""The door to the planner: what is known of ways between places, in the planner's words."""

from collections.abc import Iterable
from datetime import datetime

from samen.base import clock
from samen.people import places, travel
from samen.people.models import Helper, Household, Place, TravelFigure
from samen.planner.travel import Known, Point, Source, Way, way


def known(homes: Iterable[tuple[Place | None, str]], there: Iterable[Place], *, at: datetime) -> Known:
    """The ways of which somebody said how long they take; a colleague's word stands above the engine's."""
    found: dict[tuple[Point, Point, str], Way] = {}
    rows = travel.figures(homes, there, at=at)
    for row in sorted(rows, key=lambda row: row.source == TravelFigure.Source.MANUAL):
        start, end = _point(row.place_a), _point(row.place_b)
        if start and end:
            found[start, end, row.mode] = Way(row.minutes, Source(row.source))
    return found


def between(helper: Helper, household: Household, *, at: datetime) -> Way | None:
    """How long this helper is on the way to this household; None when either has no point on the map."""
    day = at.astimezone(clock.HOME).date()
    home = places.of_helpers([helper.pk], day).get(helper.pk)
    there = places.of_households([household.pk], day).get(household.pk)
    start, end = _point(home), _point(there)
    if there is None or start is None or end is None:
        return None
    return way(start, end, helper.mode, known([(home, helper.mode)], [there], at=at))


def _point(place: Place | None) -> Point | None:
    found = places.point(place)
    return Point(found.lat, found.lon) if found else None
