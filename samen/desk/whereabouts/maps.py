"""A small map of our own: no tiles and nobody else's server, only what the database knows of the surroundings."""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from samen.people import places, postcodes
from samen.people.models import Border, Place
from samen.people.places import Point
from samen.teams.models import Team

WIDTH, HEIGHT = 640, 440
KM_ACROSS = 11
KM_PER_DEGREE = 111.32
MOST_LABELS = 90  # postcodes with their number; in the middle of a city the dots alone say enough


@dataclass(frozen=True)
class Frame:
    """The stretch of the country on the map; x and y are its pixels, as text without the reader's comma."""

    middle: Point

    @property
    def tall(self) -> float:
        """Degrees from bottom to top."""
        return KM_ACROSS * HEIGHT / WIDTH / KM_PER_DEGREE

    @property
    def wide(self) -> float:
        """Degrees from left to right."""
        return KM_ACROSS / KM_PER_DEGREE / math.cos(math.radians(self.middle.lat))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """South, west, north, east."""
        lat, lon = self.middle.lat, self.middle.lon
        return lat - self.tall / 2, lon - self.wide / 2, lat + self.tall / 2, lon + self.wide / 2

    def at(self, lat: float, lon: float) -> tuple[str, str]:
        """Where this point is drawn."""
        south, west, _north, _east = self.box
        x, y = (lon - west) / self.wide * WIDTH, HEIGHT - (lat - south) / self.tall * HEIGHT
        return f"{x:.1f}", f"{y:.1f}"


def around(place: Place | None, team: Team) -> dict[str, Any] | None:
    """The map around this place, or around where the team goes as long as it has no point; None without any point."""
    own = places.point(place)
    others = places.of_team(team)
    middle = own or _middle(others)
    if middle is None or (place is not None and place.secret):
        return None
    frame = Frame(middle)
    near = postcodes.around(*frame.box)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "box": [f"{degrees:.6f}" for degrees in frame.box],
        "borders": [path for border in postcodes.borders(*frame.box) if (path := _path(frame, border))],
        "codes": [(*frame.at(row.lat, row.lon), row.code if len(near) <= MOST_LABELS else "") for row in near],
        "towns": _towns(frame, near),
        "homes": [frame.at(point.lat, point.lon) for point in others if point != own and _inside(frame, point)],
        "pin": frame.at(own.lat, own.lon) if own else None,
    }


def _middle(points: list[Point]) -> Point | None:
    if not points:
        return None
    return Point(sum(point.lat for point in points) / len(points), sum(point.lon for point in points) / len(points))


def _inside(frame: Frame, point: Point) -> bool:
    south, west, north, east = frame.box
    return south <= point.lat <= north and west <= point.lon <= east


def _towns(frame: Frame, near: list[Any]) -> list[tuple[str, str, str]]:
    """Each town's name once, in the middle of its postcodes."""
    of_town: dict[str, list[Point]] = defaultdict(list)
    for row in near:
        of_town[row.town].append(Point(row.lat, row.lon))
    middles = ((name, _middle(points)) for name, points in sorted(of_town.items()) if name)
    return [(*frame.at(middle.lat, middle.lon), name) for name, middle in middles if middle]


def _path(frame: Frame, border: Border) -> str:
    """The outline as an SVG path."""
    rings = ([" ".join(frame.at(lat, lon)) for lon, lat in ring] for ring in border.rings)
    return " ".join(f"M{' L'.join(ring)}Z" for ring in rings)
