"""Households and helpers go to another team: what keeps them back, and what goes along with them.

What is ahead goes along; what was, stays with the team that did it.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from samen.base import journal
from samen.base.tenancy import Actor
from samen.people.models import Helper, Household
from samen.teams.models import Team
from samen.visits import locks
from samen.visits.facts import Fact
from samen.visits.models import Assignment, Offer, Replacement, Round, Visit


@dataclass(frozen=True)
class Crossing:
    """A helper goes to a household of another team, so many times ahead (all by number)."""

    helper: int
    household: int
    visits: int


def hold(households: Collection[int], helpers: Collection[int], *, at: datetime) -> None:
    """Nobody is asked, answers or falls ill around these until the transaction ends."""
    theirs = Visit.objects.filter(household__in=households, starts_at__gt=at).values_list("pk", flat=True)
    hers = Assignment.objects.standing().filter(helper__in=helpers, starts_at__gt=at)
    locks.visits({*theirs, *hers.values_list("visit_id", flat=True)})
    locks.helpers(helpers)


def sought(households: Collection[int], *, at: datetime) -> set[int]:
    """Those of these households (by number) for which other hands are looked for: they stay until somebody is found."""
    found = _searches(at).filter(visit__household__in=households)
    return set(found.values_list("visit__household_id", flat=True))


def busy(helpers: Collection[int], *, at: datetime) -> set[int]:
    """Those of these helpers (by number) for whom a stand-in is looked for, or who have a question to answer."""
    missed = _searches(at).filter(round__absence__helper__in=helpers)
    asked = Offer.objects.filter(helper__in=helpers, answer="", withdrawn_at=None, reply_by__gt=at)
    asked = asked.exclude(round__undone_at__isnull=False)
    return {*missed.values_list("round__absence__helper_id", flat=True), *asked.values_list("helper_id", flat=True)}


def _searches(at: datetime) -> QuerySet[Replacement]:
    return Replacement.objects.filter(closed_at=None, round__undone_at=None, visit__starts_at__gt=at)


def goes_to(helpers: Collection[int], *, at: datetime) -> dict[int, dict[int, int]]:
    """For each of these helpers (by number): to which households she goes, and how many times ahead."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for helper, household, visits in _ahead(at).filter(helper__in=helpers).values_list(*_PAIR).annotate(n=Count("pk")):
        found[helper][household] = visits
    return found


_PAIR = ("helper_id", "visit__household_id")


def _ahead(at: datetime) -> QuerySet[Assignment]:
    return Assignment.objects.standing().filter(starts_at__gt=at, visit__cancelled_at=None).order_by(*_PAIR)


def crossings(households: Collection[int], helpers: Collection[int], *, at: datetime) -> list[Crossing]:
    """Where one of these goes to, or is visited from, another team."""
    theirs = Q(visit__household__in=households) | Q(helper__in=helpers)
    rows = _ahead(at).filter(theirs).exclude(helper__team=F("visit__team")).values_list(*_PAIR)
    return [Crossing(*row) for row in rows.annotate(n=Count("pk"))]


def follow(
    households: Collection[Household], helpers: Collection[Helper], *, team: Team, by: Actor, at: datetime
) -> int:
    """The visits ahead of these households are this team's, and the absences of these helpers show there.

    Returns how many visits went along.
    """
    ahead = Visit.objects.filter(household__in=households, starts_at__gt=at).exclude(team=team)
    count = ahead.update(team=team)
    _absences_follow(helpers, team, at)
    journal.record(Fact.VISITS_FOLLOWED, about=[team], by=by, at=at, params={"count": count})
    return count


def _absences_follow(helpers: Collection[Helper], team: Team, at: datetime) -> None:
    """Whoever looks for stand-ins in what is left of an absence, looks in the team she is in."""
    lasting = Q(absence__ended_at=None) & (Q(absence__expected_until=None) | Q(absence__expected_until__gt=at))
    standing = Round.objects.filter(lasting, absence__helper__in=helpers, absence__withdrawn_at=None, undone_at=None)
    standing.update(team=team)
