"""What would have to be otherwise so that somebody can come: the smallest change of each kind, as steps of a ladder.

A shorter visit where that is fine, another hour of that day, another day, a little more reach, another team's helper,
a visit that changes hands; and at the end nobody, told in time.  Each answer comes true: make the change, and the rules
let her go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from samen.planner.questions import rules
from samen.planner.questions.field import Field
from samen.planner.questions.reasons import of_pair, total
from samen.planner.questions.sketches import HelperSketch, Region, Rule, VisitSketch
from samen.planner.travel import least_reach

STEP = 15  # minutes
DAY_BEGINS, DAY_ENDS = 7 * 60, 21 * 60  # the hours of a day at which a household can be visited
TRIED = 12  # whose visits are tried to be given away: the nearest, whom a colleague would think of too
MORE_REACH = 20  # minutes: who is farther off is not asked to travel more


class Change(StrEnum):
    """What would be otherwise; in the order in which they are tried."""

    SHORTEN = "SHORTEN"
    OTHER_HOUR = "OTHER_HOUR"
    OTHER_DAY = "OTHER_DAY"
    MORE_REACH = "MORE_REACH"
    NEIGHBOUR = "NEIGHBOUR"
    SWAP = "SWAP"
    SKIP = "SKIP"


@dataclass(frozen=True)
class Swap:
    """Her own visit that would go to somebody else."""

    visit: VisitSketch
    helper: int


@dataclass(frozen=True)
class WhatIf:
    """One step: what changes, by how much (minutes, or days), who could go then, and to what."""

    change: Change
    by: int = 0
    helper: int | None = None
    visit: VisitSketch | None = None
    swap: Swap | None = None
    others: int = 0  # how many more could go with no greater change

    def made(self, region: Region) -> tuple[VisitSketch, Region]:
        """The visit and the region as they would be."""
        if self.visit is None or self.helper is None:
            raise ValueError("Where nobody comes there is nothing to make")
        helpers = region.helpers
        if self.change is Change.MORE_REACH:
            helpers = tuple(
                replace(one, reach=one.reach + self.by) if one.id == self.helper else one for one in helpers
            )
        if self.swap is not None:
            helpers = tuple(_swapped(one, self.helper, self.swap) for one in helpers)
        return self.visit, replace(region, helpers=helpers)


def _swapped(one: HelperSketch, giver: int, swap: Swap) -> HelperSketch:
    if one.id == giver:
        return replace(one, booked=tuple(own for own in one.booked if own.id != swap.visit.id))
    return replace(one, booked=(*one.booked, swap.visit)) if one.id == swap.helper else one


def ladder(
    visit: VisitSketch,
    region: Region,
    *,
    days: Iterable[VisitSketch] = (),
    neighbours: Sequence[HelperSketch] = (),
    earliest: int = 0,
) -> tuple[WhatIf, ...]:
    """The steps for a visit to which nobody can go, the smallest change of each kind; skipping is always the last.

    `days` is the same visit as it would be on each other day that may be, `neighbours` are helpers of other teams,
    `earliest` the first minute that can still be planned.
    """
    field = Field.of(region)
    found = [
        _shorter(visit, field, earliest),
        _other_hour(visit, field, earliest),
        _other_day(visit, field, [day for day in days if day.start >= earliest]),
        _more_reach(visit, field),
        _best(Change.NEIGHBOUR, visit, _beside(region, neighbours), 0),
        _swap(visit, field, earliest),
    ]
    return (*(step for step in found if step is not None), WhatIf(Change.SKIP))


def what_if(
    visit: VisitSketch, helper: int, region: Region, *, days: Iterable[VisitSketch] = (), earliest: int = 0
) -> WhatIf | None:
    """The smallest change that lets this one helper (by number) go; None when nothing small does."""
    field = Field.of(region)
    alone = Field.of(replace(region, helpers=(field.by_number[helper],)))
    later = [day for day in days if day.start >= earliest]
    return (
        _shorter(visit, alone, earliest)
        or _other_hour(visit, alone, earliest)
        or _other_day(visit, alone, later)
        or _more_reach(visit, alone)
        or _swap(visit, field, earliest, only=helper)
    )


def _shorter(visit: VisitSketch, field: Field, earliest: int) -> WhatIf | None:
    """The longest that is left of it within its own hours, where less is fine; of those the one that begins first."""
    if visit.least is None:
        return None
    could = _with(field, [one for one in field.helpers if _worth_an_hour(visit, one, field)])
    for cut in range(STEP, visit.minutes - visit.least + 1, STEP):
        for later in range(0, cut + 1, STEP):
            there = visit.later(later)._replace(until=visit.until - cut + later)
            if there.start >= earliest and (step := _best(Change.SHORTEN, there, could, cut)):
                return step
    return None


def _other_hour(visit: VisitSketch, field: Field, earliest: int) -> WhatIf | None:
    """The nearest hour of that day; earlier and later by as much, then later."""
    could = _with(field, [one for one in field.helpers if _worth_an_hour(visit, one, field)])
    if not could.helpers:
        return None
    for minutes in range(STEP, DAY_ENDS - DAY_BEGINS, STEP):
        for shift in (minutes, -minutes):
            there = visit.later(shift)
            inside = there.day_start >= DAY_BEGINS and there.day_start + there.minutes <= DAY_ENDS
            if inside and there.start >= earliest and (step := _best(Change.OTHER_HOUR, there, could, shift)):
                return step
    return None


def _worth_an_hour(visit: VisitSketch, helper: HelperSketch, field: Field) -> bool:
    """Whether the hour is all that could be wrong: she works that day, and no rule of another kind stands against."""
    if helper.id not in field.near(visit) or rules.outside_hours(visit, helper) is None:
        return False
    found = rules.first_broken(visit, helper, field.ways)
    return found is None or found.rule in (Rule.NOT_AVAILABLE, Rule.BUSY, Rule.REST, Rule.HERSELF_ABSENT)


def _with(field: Field, helpers: Sequence[HelperSketch]) -> Field:
    return Field.of(replace(field.region, helpers=tuple(helpers)))


def _best(change: Change, there: VisitSketch, field: Field, by: int) -> WhatIf | None:
    able = sorted(field.able(there), key=lambda one: (total(of_pair(there, one, field)), one.id))
    return WhatIf(change, by, able[0].id, there, others=len(able) - 1) if able else None


def _other_day(visit: VisitSketch, field: Field, days: Sequence[VisitSketch]) -> WhatIf | None:
    """The nearest day at its own hour; as near before as after, then after."""
    for there in sorted(days, key=lambda day: (abs(day.day - visit.day), day.day < visit.day)):
        if there.day != visit.day and (step := _best(Change.OTHER_DAY, there, field, there.day - visit.day)):
            return step
    return None


def _more_reach(visit: VisitSketch, field: Field) -> WhatIf | None:
    """She for whom it is the least too far."""
    far, near = [], field.near(visit)
    for helper in field.helpers:
        there = field.ways.home(helper, visit) if helper.id not in near else None
        by = least_reach(there) - helper.reach if there is not None else 0
        if not 0 < by <= MORE_REACH or rules.outside_hours(visit, helper) != 0:
            continue
        if rules.first_broken(visit, replace(helper, reach=helper.reach + by), field.ways) is None:
            far.append((by, helper.id))
    if not far:
        return None
    by, helper_id = min(far)
    return WhatIf(Change.MORE_REACH, by, helper_id, visit, others=sum(one[0] == by for one in far) - 1)


def _beside(region: Region, neighbours: Sequence[HelperSketch]) -> Field:
    """Those of other teams, with what was found out about them for the visits before this one."""
    kept: tuple[Sequence[HelperSketch], Field] | None = region.kept.get("beside")
    if kept is None or kept[0] is not neighbours:
        kept = region.kept["beside"] = (neighbours, Field.of(replace(region, helpers=tuple(neighbours))))
    return kept[1]


def _swap(visit: VisitSketch, field: Field, earliest: int, only: int | None = None) -> WhatIf | None:
    """Somebody is free when one of her own visits goes to another; the pair that costs least, ties by number."""
    gladly = field.prices.familiar + field.prices.rather  # nobody costs less than this
    best: tuple[int, int, int, Swap] | None = None
    for pair, helper in _nearest_first(visit, field, only):
        if best is not None and pair + gladly >= best[0]:
            break
        for own in _in_the_way(visit, helper, field, earliest):
            free = replace(helper, booked=tuple(one for one in helper.booked if one.id != own.id))
            if rules.first_broken(visit, free, field.ways) is not None:
                continue
            takers = ((total(of_pair(own, one, field)), one.id) for one in field.able(own) if one.id != helper.id)
            cost, taker = min(takers, default=(0, None))
            if taker is not None:
                found = (pair + cost, helper.id, taker, Swap(own, taker))
                best = found if best is None else min(best, found, key=lambda one: one[:3])
    return WhatIf(Change.SWAP, 0, best[1], visit, best[3]) if best is not None else None


def _nearest_first(visit: VisitSketch, field: Field, only: int | None) -> list[tuple[int, HelperSketch]]:
    """The few cheapest of those of whom only another visit may be in the way."""
    near = field.near(visit)
    able = [one for one in field.helpers if one.id in near and only in (None, one.id)]
    pairs = [(total(of_pair(visit, one, field)), one) for one in able if rules.outside_hours(visit, one) == 0]
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].id))[:TRIED]


def _in_the_way(visit: VisitSketch, helper: HelperSketch, field: Field, earliest: int) -> list[VisitSketch]:
    """Her own visits that clash with this one, if that is what keeps her, and there is still time."""
    refusal = rules.first_broken(visit, helper, field.ways)
    if refusal is None or refusal.rule not in (Rule.BUSY, Rule.REST):
        return []
    return [own for own in helper.booked if own.start >= earliest and not field.apart(visit, own, helper)]
