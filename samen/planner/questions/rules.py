"""What keeps somebody from coming: the rules in the order in which they are told, and by how much each is broken."""

from collections.abc import Iterable
from dataclasses import dataclass

from samen.planner.questions.sketches import HelperSketch, Rule, VisitSketch
from samen.planner.travel import Known, Point, Way, too_far, way

REST = 660  # minutes between the work of two days (Arbeidstijdenwet, art. 5:3)
FAR_APART = 720  # minutes: no way is so long, and no rest


ORDER = {rule: place for place, rule in enumerate(Rule)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Somebody who cannot: the first rule broken, and by how many minutes, cents or questions where that counts."""

    helper: int
    rule: Rule
    by: int = 0


class Ways:
    """How long each way takes; looked up or estimated once."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.ends = {point for pair in known for point in pair[:2]}
        self._found: dict[tuple[Point, Point, str], Way] = {}

    def between(self, start: Point, end: Point, mode: str) -> Way:
        """The way from one point to another."""
        asked = (start, end, mode)
        found = self._found.get(asked)
        if found is None:
            found = self._found[asked] = way(start, end, mode, self.known)
        return found

    def home(self, helper: HelperSketch, visit: VisitSketch) -> Way | None:
        """The way from her home to this visit; None when either is on no map."""
        if helper.home is None or visit.where is None:
            return None
        return self.between(helper.home, visit.where, helper.mode)


def first_broken(visit: VisitSketch, helper: HelperSketch, ways: Ways) -> Refusal | None:
    """The first rule that keeps her from this visit; None when she can go."""
    found = _of_the_pair(visit, helper) or _of_time(visit, helper, ways)
    if found is not None:
        return found
    there = ways.home(helper, visit)
    if there is not None and too_far(there, helper.reach):
        return Refusal(helper.id, Rule.TOO_FAR, there.minutes - helper.reach)
    if helper.quiet is not None:
        return Refusal(helper.id, helper.quiet)
    often = asked_often(visit, helper, helper.asked)
    return Refusal(helper.id, often, helper.asked) if often is not None else None


def asked_often(visit: VisitSketch, helper: HelperSketch, asked: int) -> Rule | None:
    """What keeps her from one more question about this visit, when she was asked so often this week."""
    if helper.may_be_asked is not None and asked >= helper.may_be_asked:
        return Rule.ASKED_OFTEN
    if helper.fair is not None and asked >= helper.fair and not visit.urgent:
        return Rule.ASKED_ENOUGH
    return None


def allows(visit: VisitSketch, helper: HelperSketch, around: Iterable[VisitSketch], ways: Ways) -> bool:
    """Whether no rule keeps her who is at work then and near enough; `around` are her visits not far apart."""
    if helper.quiet is not None or asked_often(visit, helper, helper.asked) is not None:
        return False
    for own in around:
        if not apart(visit, own, helper.mode, ways):
            return False
    return _of_the_pair(visit, helper) is None


def _of_the_pair(visit: VisitSketch, helper: HelperSketch) -> Refusal | None:
    for away in helper.absent:
        missed = min(away.until, visit.until) - max(away.start, visit.start)
        if missed > 0:
            return Refusal(helper.id, Rule.HERSELF_ABSENT, missed)
    if visit.household in helper.never:
        return Refusal(helper.id, Rule.NEVER)
    if visit.only is not None and helper.id not in visit.only:
        return Refusal(helper.id, Rule.ONLY_OTHERS)
    if visit.household in helper.said_no:
        return Refusal(helper.id, Rule.SAID_NO)
    if visit.pays is not None and helper.asks is not None and helper.asks > visit.pays:
        return Refusal(helper.id, Rule.TOO_EXPENSIVE, helper.asks - visit.pays)
    return None


def _of_time(visit: VisitSketch, helper: HelperSketch, ways: Ways) -> Refusal | None:
    outside = outside_hours(visit, helper)
    if outside is None or outside > 0:
        return Refusal(helper.id, Rule.NOT_AVAILABLE, outside or 0)
    overlap, unrest = 0, 0
    for own in helper.booked:
        overlap = max(overlap, clash(visit, own, helper.mode, ways))
        unrest = max(unrest, missing_rest(visit, own))
    if overlap > 0:
        return Refusal(helper.id, Rule.BUSY, overlap)
    return Refusal(helper.id, Rule.REST, unrest) if unrest > 0 else None


def outside_hours(visit: VisitSketch, helper: HelperSketch) -> int | None:
    """How many minutes of it lie outside the hours she works that day, at the least; None when she does not work."""
    begin, end = visit.day_start, visit.day_start + visit.minutes
    outside = [
        max(0, window.start - begin) + max(0, end - window.until)
        for window in helper.windows
        if window.is_on(visit.day)
    ]
    return min(outside, default=None)


def clash(visit: VisitSketch, own: VisitSketch, mode: str, ways: Ways) -> int:
    """By how many minutes two visits of one helper, with the way between them, do not fit; 0 or less when they do."""
    if not are_near(visit, own):
        return 0
    between = ways.between(own.where, visit.where, mode).minutes if own.where and visit.where else 0
    return min(own.until + between, visit.until) - max(own.start - between, visit.start)


def missing_rest(visit: VisitSketch, own: VisitSketch) -> int:
    """How many minutes of rest are missing between visits of two days."""
    if visit.day == own.day:
        return 0
    return max(0, REST - max(visit.start - own.until, own.start - visit.until))


def are_near(visit: VisitSketch, own: VisitSketch) -> bool:
    """Whether so little time lies between them that the way, or the rest, could matter."""
    return visit.start - own.until < FAR_APART and own.start - visit.until < FAR_APART


def apart(visit: VisitSketch, own: VisitSketch, mode: str, ways: Ways) -> bool:
    """Whether one helper can go to both."""
    if not are_near(visit, own):
        return True
    if own.start < visit.until and visit.start < own.until:
        return False
    return clash(visit, own, mode, ways) <= 0 and missing_rest(visit, own) == 0
