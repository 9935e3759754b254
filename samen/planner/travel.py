"""How long the way takes, door to door, without a map: an estimate, always shown with a sign for about.

Great-circle distance times a detour factor that falls with distance, at Dutch survey speeds.  Sources: OViN by way of
KiM (bike 12.4 km/h over 3.6 km door to door), CBS (car about 9 minutes up to 5 km, public transport 23), detour ratios
of Giacomin and Levinson 2015.  Expect 3 minutes of error under 3 km, 5 under 8 km, and double at wide water.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

EARTH_KM = 12742.0  # diameter
NEAREST_KM = 0.15  # nobody is nearer than the next door
OVERHEAD_BY_URBANITY = {
    1: 7,
    2: 5,
    3: 4,
    4: 3,
    5: 3,
}  # minutes to park and walk, by CBS urbanity 1 (city) to 5


class Point(NamedTuple):
    """Degrees north and east (WGS84)."""

    lat: float
    lon: float


class Source(StrEnum):
    """Who says how long the way takes."""

    ESTIMATE = "ESTIMATE"
    ENGINE = "ENGINE"
    MANUAL = "MANUAL"


class Way(NamedTuple):
    """How long the way takes, and who says so."""

    minutes: int
    source: Source = Source.ESTIMATE


Known = Mapping[tuple[Point, Point, str], Way]  # from where, to where, how
NOTHING_KNOWN: Known = {}
ESTIMATE_MARGIN = 1.25  # an estimate hides nobody who is only a little too far


def way(start: Point, end: Point, mode: str, known: Known = NOTHING_KNOWN) -> Way:
    """What is known of this way, or of the way back; else an estimate, which says that it is one."""
    found = known.get((start, end, mode)) or known.get((end, start, mode))
    return found or Way(minutes(start, end, mode))


def least_reach(found: Way) -> int:
    """With how many minutes at the least this way is not too far."""
    return math.ceil(found.minutes / ESTIMATE_MARGIN) if found.source is Source.ESTIMATE else found.minutes


def too_far(found: Way, reach: int) -> bool:
    """Whether this way is more than somebody takes: an estimate has a margin, what is known has none."""
    return found.minutes > reach * (ESTIMATE_MARGIN if found.source is Source.ESTIMATE else 1)


@dataclass(frozen=True)
class _Mode:
    overhead: float  # minutes
    speed: float  # km/h
    detour: float
    detour_near: float
    fading_km: float


MODES = {
    "WALK": _Mode(1, 4.8, 1.20, 0.25, 1.0),
    "BIKE": _Mode(3, 15.5, 1.18, 0.30, 2.0),
    "EBIKE": _Mode(3, 17.0, 1.18, 0.30, 2.0),
    "TRANSIT": _Mode(13, 17.0, 1.25, 0.40, 4.0),
}
CAR = _Mode(4, 32.0, 1.22, 0.45, 4.0)


@functools.lru_cache(maxsize=2**16)  # the same homes and households come back in each proposal of a team
def minutes(start: Point, end: Point, mode: str, urbanity: int = 3) -> int:
    """Minutes from door to door, rounded up to a whole one."""
    crow = max(distance_km(start, end), NEAREST_KM)
    how = MODES.get(mode, CAR)
    road = crow * (how.detour + how.detour_near * math.exp(-crow / how.fading_km))
    if mode == "CAR":
        hours = min(road, 5) / 32 + min(max(road - 5, 0), 10) / 50 + max(road - 15, 0) / 75
        return math.ceil(OVERHEAD_BY_URBANITY[urbanity] + 60 * hours)
    return math.ceil(how.overhead + 60 * road / how.speed)


def distance_km(start: Point, end: Point) -> float:
    """The great-circle distance (haversine)."""
    lat1, lon1, lat2, lon2 = map(math.radians, (start.lat, start.lon, end.lat, end.lon))
    haversine = math.sin((lat2 - lat1) / 2) ** 2
    haversine += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return EARTH_KM * math.asin(min(1.0, math.sqrt(haversine)))
