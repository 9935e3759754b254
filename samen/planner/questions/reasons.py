"""What makes somebody more or less fit, in parts with a sign that add up to what it costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from samen.planner.questions.field import Field
from samen.planner.questions.sketches import HelperSketch, VisitSketch


class Part(StrEnum):
    """What makes somebody more or less fit."""

    TRAVEL = "TRAVEL"
    TRAVEL_UNKNOWN = "TRAVEL_UNKNOWN"
    FAMILIAR = "FAMILIAR"
    NEW_FACE = "NEW_FACE"
    RATHER = "RATHER"
    RATHER_NOT = "RATHER_NOT"
    NEIGHBOUR = "NEIGHBOUR"
    STEADY = "STEADY"
    OTHER_FACE = "OTHER_FACE"
    MORE_HOURS = "MORE_HOURS"
    ROOM = "ROOM"
    ASKED = "ASKED"
    ELSEWHERE = "ELSEWHERE"
    NOBODY = "NOBODY"


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of the cost in minutes: below zero it speaks for the helper.  `count` is what it was made of."""

    part: Part
    cost: int
    count: int = 0


def of_pair(visit: VisitSketch, helper: HelperSketch, field: Field) -> list[Reason]:
    """What speaks for and against her at this visit, whatever else is planned."""
    prices, home = field.prices, visit.household
    there = field.ways.home(helper, visit)
    found = [Reason(Part.TRAVEL, there.minutes) if there else Reason(Part.TRAVEL_UNKNOWN, prices.unknown_way)]
    before = field.before(helper, home)
    found.append(Reason(Part.FAMILIAR, prices.familiar, before) if before else Reason(Part.NEW_FACE, 0))
    if home in helper.rather:
        found.append(Reason(Part.RATHER, prices.rather))
    if home in helper.rather_not:
        found.append(Reason(Part.RATHER_NOT, prices.rather_not))
    if visit.team != helper.team:
        found.append(Reason(Part.NEIGHBOUR, prices.neighbour))
    return found


def total(reasons: Iterable[Reason]) -> int:
    """What it costs."""
    return sum(reason.cost for reason in reasons)
