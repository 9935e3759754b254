"""The page of a household that goes away, and of a helper's leave."""

from datetime import datetime, time
from typing import Any

from django.urls import reverse

from samen.base import clock
from samen.desk.sitting import Desk
from samen.people.models import Helper, Household
from samen.visits import absences, away
from samen.visits.models import Absence, DayOff, HouseholdAway
from samen.visits.settling import Settled


def of_household(desk: Desk, household: Household) -> list[dict[str, Any]]:
    """When the household is away, now and later, each with the way back."""
    today = desk.at.astimezone(clock.HOME).date()
    rows = HouseholdAway.objects.filter(household=household, withdrawn_at=None).order_by("period")
    slug = desk.visitor.slug
    return [
        {
            "since": row.period.lower,
            "back": row.period.upper,
            "skips": row.choice == DayOff.SKIP,
            "now": row.period.lower <= today,
            "back_url": reverse("away_back", args=[slug, row.public_id]),
            "undo_url": reverse("undo_away", args=[slug, row.public_id]),
        }
        for row in rows
        if row.period.upper is None or row.period.upper > today
    ]


def tell(desk: Desk, household: Household, answers: dict[str, Any]) -> Settled:
    """The household is away on these days."""
    _row, done = away.tell(
        household=household,
        since=answers["since"],
        until=answers["until"],
        choice=answers["choice"],
        by=desk.visitor.actor,
        at=desk.at,
    )
    return done


def leave(desk: Desk, helper: Helper, answers: dict[str, Any]) -> Absence:
    """The helper has leave; what begins today begins now, because what was this morning has been."""
    start = datetime.combine(answers["since"], time(0), tzinfo=clock.HOME)
    return absences.report(
        helper=helper,
        kind=Absence.Kind.LEAVE,
        start=max(start, desk.at),
        until=datetime.combine(answers["until"], time(0), tzinfo=clock.HOME),
        by=desk.visitor.actor,
        at=desk.at,
    )
