"""How long somebody is on the way, and who says so: a colleague, else the engine, else nobody and it is estimated.

What the engine said is kept until one of the two places moves.  An engine that fails is left alone for a while; until
it answers again every page says that times are estimated.
"""

import time as stopwatch
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from samen.base import clock, journal
from samen.base.tenancy import Actor
from samen.people import engines, places
from samen.people.facts import Fact
from samen.people.models import Helper, Household, Place, TravelFigure
from samen.people.places import Point

PATIENCE_SECONDS = 2.0
MOST_FAILURES = 3
REST_SECONDS = 60.0
MOST_CELLS = 2_500  # of one question, as the engine itself allows


@dataclass
class Breaker:
    """An engine that failed three times in a row is not asked for a minute."""

    failures: int = 0
    rests_until: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the engine rests."""
        return stopwatch.monotonic() < self.rests_until

    def failed(self) -> None:
        """Once more it gave no answer."""
        self.failures += 1
        if self.failures >= MOST_FAILURES:
            self.rests_until = stopwatch.monotonic() + REST_SECONDS

    def answered(self) -> None:
        """All is well."""
        self.failures, self.rests_until = 0, 0.0


BREAKER = Breaker()
_asking = ThreadPoolExecutor(max_workers=2, thread_name_prefix="travel")


def trouble() -> bool:
    """Whether there is an engine that did not answer the last time: then times are estimated, and pages say so."""
    return BREAKER.failures > 0


def about(minutes: int | None) -> int | None:
    """Minutes as they are told: whole ones under a quarter of an hour, fives above."""
    return minutes if minutes is None or minutes < 15 else 5 * round(minutes / 5)


def correct(helper: Helper, household: Household, *, minutes: int, by: Actor, at: datetime) -> bool:
    """A colleague knows better how long this way takes; False when either has no point to measure from."""
    day = at.astimezone(clock.HOME).date()
    home = places.of_helpers([helper.pk], day).get(helper.pk)
    there = places.of_households([household.pk], day).get(household.pk)
    if home is None or there is None or not (places.point(home) and places.point(there)):
        return False
    TravelFigure.objects.update_or_create(
        place_a=home,
        place_b=there,
        mode=helper.mode,
        source=TravelFigure.Source.MANUAL,
        defaults={"minutes": minutes, "computed_at": at},
    )
    journal.record(Fact.TRAVEL_CORRECTED, about=[helper, household], by=by, at=at)
    return True


def figures(homes: Iterable[tuple[Place | None, str]], there: Iterable[Place], *, at: datetime) -> list[TravelFigure]:
    """What is known of the ways from these homes, each by its own mode, to these places; the engine fills the gaps."""
    starts = [(place, mode) for place, mode in homes if place is not None and places.point(place)]
    ends = [place for place in there if places.point(place)]
    numbers = {place.pk for place, _ in starts} | {place.pk for place in ends}
    found = TravelFigure.objects.filter(Q(place_a__in=numbers), Q(place_b__in=numbers))
    known = list(found.select_related("place_a", "place_b"))
    return known + _asked(_missing(starts, ends, known), at=at)


def _missing(
    starts: list[tuple[Place, str]], ends: list[Place], known: list[TravelFigure]
) -> dict[str, tuple[list[Place], list[Place]]]:
    """By mode the homes of which something is not known yet, and the places nobody measured from them."""
    there = {(row.place_a_id, row.place_b_id, row.mode) for row in known}
    missing: dict[str, tuple[list[Place], list[Place]]] = {}
    for place, mode in starts:
        if any((place.pk, end.pk, mode) not in there for end in ends):
            missing.setdefault(mode, ([], ends))[0].append(place)
    return missing


def _asked(missing: dict[str, tuple[list[Place], list[Place]]], *, at: datetime) -> list[TravelFigure]:
    engine = _engine()
    if engine is None:
        return []
    fresh: list[TravelFigure] = []
    for mode, (starts, ends) in missing.items():
        for first in range(0, len(starts), max(1, MOST_CELLS // len(ends))):
            some = starts[first : first + max(1, MOST_CELLS // len(ends))]
            fresh += _measured(engine, some, ends, mode, at=at)
    TravelFigure.objects.bulk_create(fresh, ignore_conflicts=True)
    return fresh


def _engine() -> engines.Engine | None:
    if BREAKER.is_open:
        return None
    try:
        return engines.configured()
    except engines.NoAnswer:
        BREAKER.failed()
        return None


def _measured(
    engine: engines.Engine, starts: list[Place], ends: list[Place], mode: str, *, at: datetime
) -> list[TravelFigure]:
    if BREAKER.is_open:
        return []
    try:
        rows = _asking.submit(engine.matrix, _points(starts), _points(ends), mode).result(timeout=PATIENCE_SECONDS)
    except (engines.NoAnswer, TooSlow):
        BREAKER.failed()
        return []
    BREAKER.answered()
    return [
        TravelFigure(
            place_a=start,
            place_b=end,
            mode=mode,
            minutes=cell[0],
            km=cell[1],
            source=TravelFigure.Source.ENGINE,
            version=engine.version,
            computed_at=at,
        )
        for start, row in zip(starts, rows, strict=True)
        for end, cell in zip(ends, row, strict=True)
        if cell is not None
    ]


def _points(rows: list[Place]) -> list[Point]:
    return [point for place in rows if (point := places.point(place))]


def counts() -> dict[str, int]:
    """How many ways are told by a colleague and by the engine; all others are estimated."""
    return {
        source: TravelFigure.objects.filter(source=source).count()
        for source in (TravelFigure.Source.MANUAL, TravelFigure.Source.ENGINE)
    }
