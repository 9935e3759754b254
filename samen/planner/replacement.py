"""Who can come instead, and why: everyone who is free and allowed, cheapest first, with reasons that add up.

Plain Python: frozen sketches in, ranked answers out.  A cost is minutes of travel gladly paid; ties are broken by
number, so the answer never wavers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from samen.planner.travel import NOTHING_KNOWN, Known, Point, Source, Way, too_far, way

FAMILIAR_FACE = 30  # minutes of travel we gladly pay for somebody the household knows
RATHER = 15  # and for a pair that likes each other, either way
UNKNOWN_WAY = 30  # what a way of unknown length counts for


class Rule(StrEnum):
    """What keeps somebody from coming."""

    HERSELF_ABSENT = "HERSELF_ABSENT"
    NEVER = "NEVER"
    TOO_EXPENSIVE = "TOO_EXPENSIVE"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    BUSY = "BUSY"
    TOO_FAR = "TOO_FAR"
    ASK_PAUSE = "ASK_PAUSE"
    ASKED_OFTEN = "ASKED_OFTEN"
    ASK_HOURS = "ASK_HOURS"


class Part(StrEnum):
    """What makes somebody more or less fit."""

    TRAVEL = "TRAVEL"
    TRAVEL_UNKNOWN = "TRAVEL_UNKNOWN"
    FAMILIAR = "FAMILIAR"
    NEW_FACE = "NEW_FACE"
    RATHER = "RATHER"
    RATHER_NOT = "RATHER_NOT"


@dataclass(frozen=True)
class Busy:
    """A stretch of time in which a helper is somewhere: minutes since the epoch, and where."""

    start: int
    until: int
    where: Point | None = None


@dataclass(frozen=True)
class Window:
    """A stretch of the week in which a helper works: weekday (Monday 0), minutes since midnight on the wall clock."""

    weekday: int
    start: int
    until: int


@dataclass(frozen=True)
class VisitSketch:
    """What the planner must know of a visit.  `weekday` and `day_start` are wall-clock, the rest is real time."""

    id: int
    household: int
    start: int
    until: int
    weekday: int
    day_start: int
    where: Point | None = None
    pays: int | None = None  # cents an hour at most, where rates are a hard rule


@dataclass(frozen=True)
class HelperSketch:
    """What the planner must know of a helper."""

    id: int
    mode: str
    reach: int
    home: Point | None = None
    windows: tuple[Window, ...] = ()
    busy: tuple[Busy, ...] = ()
    absent: tuple[Busy, ...] = ()
    never: frozenset[int] = frozenset()
    rather: frozenset[int] = frozenset()
    rather_not: frozenset[int] = frozenset()
    visits_before: tuple[tuple[int, int], ...] = ()  # household, how often
    asks: int | None = None  # cents an hour, where rates are a hard rule
    quiet: Rule | None = None  # why she may not be asked at this moment


@dataclass(frozen=True)
class Reason:
    """A part of the cost in minutes: below zero it speaks for the helper.  `count` is what it was made of."""

    part: Part
    cost: int
    count: int = 0


@dataclass(frozen=True)
class Candidate:
    """Somebody who can come; the cost is the sum of the reasons."""

    helper: int
    cost: int
    travel: int | None
    reasons: tuple[Reason, ...]
    source: Source = Source.ESTIMATE  # of the travel


@dataclass(frozen=True)
class Refusal:
    """Somebody who cannot: the first rule broken, and by how many minutes (or cents) where that can be said."""

    helper: int
    rule: Rule
    by: int = 0


@dataclass(frozen=True)
class Ranking:
    """The answer for one visit: who can, cheapest first, and who cannot, with the rule."""

    visit: int
    candidates: tuple[Candidate, ...]
    refused: tuple[Refusal, ...]


def rank(visit: VisitSketch, helpers: Iterable[HelperSketch], known: Known = NOTHING_KNOWN) -> Ranking:
    """Everyone, either as a candidate or as a refusal; ties by number, so the answer never wavers.

    `known` are the ways of which somebody said how long they take; the others are estimated.
    """
    candidates, refused = [], []
    for helper in helpers:
        refusal = _refusal(visit, helper, known)
        if refusal is None:
            candidates.append(_weigh(visit, helper, known))
        else:
            refused.append(refusal)
    return Ranking(
        visit.id,
        tuple(sorted(candidates, key=lambda candidate: (candidate.cost, candidate.helper))),
        tuple(sorted(refused, key=lambda refusal: (list(Rule).index(refusal.rule), refusal.helper))),
    )


def _refusal(visit: VisitSketch, helper: HelperSketch, known: Known) -> Refusal | None:
    if any(_overlap(absence, visit) > 0 for absence in helper.absent):
        return Refusal(helper.id, Rule.HERSELF_ABSENT)
    if visit.household in helper.never:
        return Refusal(helper.id, Rule.NEVER)
    if visit.pays is not None and helper.asks is not None and helper.asks > visit.pays:
        return Refusal(helper.id, Rule.TOO_EXPENSIVE, helper.asks - visit.pays)
    if not any(_inside(visit, window) for window in helper.windows):
        return Refusal(helper.id, Rule.NOT_AVAILABLE)
    clash = max((_clash(visit, helper, busy, known) for busy in helper.busy), default=0)
    if clash > 0:
        return Refusal(helper.id, Rule.BUSY, clash)
    there = _way(visit, helper, known)
    if there is not None and too_far(there, helper.reach):
        return Refusal(helper.id, Rule.TOO_FAR, there.minutes - helper.reach)
    return Refusal(helper.id, helper.quiet) if helper.quiet else None


def _overlap(busy: Busy, visit: VisitSketch) -> int:
    return min(busy.until, visit.until) - max(busy.start, visit.start)


def _inside(visit: VisitSketch, window: Window) -> bool:
    length = visit.until - visit.start
    return (
        window.weekday == visit.weekday and window.start <= visit.day_start and visit.day_start + length <= window.until
    )


def _clash(visit: VisitSketch, helper: HelperSketch, busy: Busy, known: Known) -> int:
    """By how many minutes the two, with the way between them, do not fit; 0 or less when they do."""
    between = way(busy.where, visit.where, helper.mode, known).minutes if busy.where and visit.where else 0
    return _overlap(Busy(busy.start - between, busy.until + between), visit)


def _way(visit: VisitSketch, helper: HelperSketch, known: Known) -> Way | None:
    return way(helper.home, visit.where, helper.mode, known) if helper.home and visit.where else None


def _weigh(visit: VisitSketch, helper: HelperSketch, known: Known) -> Candidate:
    there = _way(visit, helper, known)
    travel = Reason(Part.TRAVEL, there.minutes) if there else Reason(Part.TRAVEL_UNKNOWN, UNKNOWN_WAY)
    reasons = [travel]
    before = dict(helper.visits_before).get(visit.household, 0)
    reasons.append(Reason(Part.FAMILIAR, -FAMILIAR_FACE, before) if before else Reason(Part.NEW_FACE, 0))
    if visit.household in helper.rather:
        reasons.append(Reason(Part.RATHER, -RATHER))
    if visit.household in helper.rather_not:
        reasons.append(Reason(Part.RATHER_NOT, RATHER))
    cost = sum(reason.cost for reason in reasons)
    found = (there.minutes, there.source) if there else (None, Source.ESTIMATE)
    return Candidate(helper.id, cost, found[0], tuple(reasons), found[1])
