"""An engine that knows the roads: Valhalla inside our own process, when it is installed and somebody brought its tiles.

Nothing leaves: there is no server and no network.  Public transport it does not know; there the estimate stays.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from django.conf import settings

from samen.people.places import Point

try:
    import valhalla  # an extra: most installations do without
except ImportError:
    valhalla = None

COSTINGS = {"WALK": "pedestrian", "BIKE": "bicycle", "EBIKE": "bicycle", "CAR": "auto"}
EBIKE_KMH = 22
# The engine counts from kerb to kerb; the minutes to get going and to park are those of our estimate.
OVERHEAD_MINUTES = {"WALK": 1, "BIKE": 3, "EBIKE": 3, "CAR": 4}


class NoAnswer(Exception):
    """The engine did not say how long the ways take."""


class Engine(Protocol):
    """Whatever says how long ways take."""

    version: str

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], mode: str) -> list[list[tuple[int, float] | None]]:
        """Minutes from door to door and kilometres, a row per start and a cell per end; None where there is no way."""


class Valhalla:
    """Valhalla's own matrix, in this process."""

    def __init__(self, configuration: str) -> None:
        if valhalla is None:
            raise NoAnswer("Valhalla is not installed")
        try:
            self.actor: Any = valhalla.Actor(configuration)
        except (RuntimeError, OSError, ValueError) as error:
            raise NoAnswer(str(error)) from None
        self.version = "valhalla"

    def matrix(self, starts: Sequence[Point], ends: Sequence[Point], mode: str) -> list[list[tuple[int, float] | None]]:
        """Minutes and kilometres; a mode it does not know has no cells."""
        if mode not in COSTINGS:
            return [[None] * len(ends) for _ in starts]
        question: dict[str, Any] = {
            "sources": [{"lat": point.lat, "lon": point.lon} for point in starts],
            "targets": [{"lat": point.lat, "lon": point.lon} for point in ends],
            "costing": COSTINGS[mode],
        }
        if mode == "EBIKE":
            question["costing_options"] = {"bicycle": {"cycling_speed": EBIKE_KMH}}
        try:
            rows = json.loads(self.actor.matrix(json.dumps(question)))["sources_to_targets"]
        except (RuntimeError, ValueError, KeyError) as error:
            raise NoAnswer(str(error)) from None
        return [[_cell(cell, mode) for cell in row] for row in rows]


def _cell(cell: dict[str, Any], mode: str) -> tuple[int, float] | None:
    if cell.get("time") is None:
        return None
    return OVERHEAD_MINUTES[mode] + -(-int(cell["time"]) // 60), round(float(cell["distance"]), 2)


def configured() -> Engine | None:
    """The engine of this installation; None when there is none.  Raises `NoAnswer` when it cannot begin."""
    return _begun(settings.TRAVEL_ENGINE) if settings.TRAVEL_ENGINE else None


@cache
def _begun(configuration: str) -> Engine:
    return Valhalla(configuration)
