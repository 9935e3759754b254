"""The door to the planner: how long a way takes in the invented regions."""

from samen.planner import travel
from samen.planner.travel import Point

__all__ = ["Point", "minutes"]


def minutes(start: Point, end: Point, mode: str) -> int:
    """Minutes from door to door, about."""
    return travel.minutes(start, end, mode)
