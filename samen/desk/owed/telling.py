"""How one visit went, for colleagues: what stands, what was said before, and by whom."""

import uuid
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from samen.desk.sitting import Desk
from samen.people.models import Helper, Person
from samen.teams.models import Colleague
from samen.visits import hours, results, words
from samen.visits.models import Assignment, Visit, VisitResult


def report(desk: Desk, visit: Visit, answers: dict[str, Any]) -> None:
    """What a colleague heard is written down for whoever went."""
    helper = who_went(visit)
    if helper is None:
        raise results.NotThere(results.NotThere.__doc__)
    results.report(visit, helper=helper, **answers, by=desk.visitor.actor, at=desk.at)


def who_went(visit: Visit) -> Helper | None:
    """Whoever goes to the visit, or said how it went."""
    going = Assignment.objects.standing().filter(visit=visit).select_related("helper__person").first()
    said = VisitResult.objects.filter(visit=visit, replaced_at=None).select_related("helper__person").first()
    return said.helper if said else going.helper if going else None


def of_visit(desk: Desk, visit: Visit) -> dict[str, Any]:
    """The visit, who went, and everything that was said of how it went, the newest first."""
    helper = who_went(visit)
    return {
        "household_name": visit.household.name,
        "helper": helper.person.name if helper else "",
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "minutes": visit.minutes,
        "begun": visit.starts_at <= desk.at,
        "history": history(visit),
        "back_url": reverse("visit", args=[desk.visitor.slug, visit.public_id]),
    }


def history(visit: Visit) -> list[dict[str, Any]]:
    """What was said, by whom and when; the first that stands, the rest was replaced."""
    rows = list(VisitResult.objects.filter(visit=visit).select_related("helper__person").order_by("-pk"))
    names = _names(rows)
    return [
        {
            "words": words.outcome(row.outcome),
            "minutes": row.minutes,
            "helper": row.helper.person.first_name,
            "by": names.get(row.said_by_ref, "") if row.said_by_ref else "",
            "at": row.said_at,
            "stands": row.replaced_at is None,
        }
        for row in rows
    ]


def _names(rows: list[VisitResult]) -> dict[uuid.UUID, str]:
    refs = {row.said_by_ref for row in rows if row.said_by_ref}
    found = {one.public_id: one.name for one in Colleague.objects.filter(public_id__in=refs)}
    return found | {one.public_id: one.first_name for one in Person.objects.filter(public_id__in=refs)}


def field_of(refused: Exception) -> str:
    """At which answer a refusal is told."""
    return "minutes" if isinstance(refused, results.OddLength) else "outcome"


def kindly(refused: Exception) -> str:
    """A refusal, in words for a colleague."""
    said = {
        results.NotYet: _("The visit has not begun yet."),
        results.NotThere: _("Nobody goes to this visit, so nobody can have been there."),
        results.OddLength: _("Shorter means fewer minutes than planned."),
        hours.Changed: _("The hours changed meanwhile. Look once more."),
        hours.TooEarly: _("The month is not over yet."),
        hours.NothingToApprove: _("There are no hours in this month."),
    }
    return said[type(refused)]


def month_url(slug: str, month: date) -> str:
    """The page of hours of a month."""
    return f"{reverse('month_hours', args=[slug])}?maand={month:%Y-%m}"
