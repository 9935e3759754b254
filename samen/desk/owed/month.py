"""The page of a team's hours in a month: what is known, what is missing, and what both sides say of it."""

from collections import Counter
from datetime import date
from typing import Any

from django.urls import reverse

from samen.base import clock
from samen.desk.sitting import Desk
from samen.people.models import Helper, Household
from samen.visits import hours, words
from samen.visits.hours import Sheet
from samen.visits.models import Assignment

MOST_SHOWN = 12


def of_team(desk: Desk, month: date) -> dict[str, Any]:
    """Every helper of the team at every household, and what is still to be done for this month."""
    found = hours.of_team(desk.team, month)
    untold = hours.untold(desk.team, month, at=desk.at)
    named = untold.prefetch_related("visit__household", "helper__person")
    states = Counter(state(one) for one in found)
    after = hours.next_of(month)
    here = reverse("month_hours", args=[desk.visitor.slug])
    return {
        "team": desk.team,
        "month": month,
        "over": hours.stretch(month)[1] <= desk.at,
        "rows": [_row(desk, one) for one in found],
        "minutes": sum(one.minutes for one in found),
        "fixed": states["fixed"],
        "untold": [_untold(desk, row) for row in named[:MOST_SHOWN]],
        "untold_count": untold.count(),
        "nobody": _nobody(desk, month),
        "nobody_home": [_nobody_home(desk, one) for one in found if any(_is_nobody_home(line) for line in one.lines)],
        "before_url": f"{here}?maand={hours.before(month):%Y-%m}",
        "after_url": f"{here}?maand={after:%Y-%m}" if after <= desk.at.astimezone(clock.HOME).date() else "",
        "csv_url": f"{reverse('hours_csv', args=[desk.visitor.slug])}?maand={month:%Y-%m}",
        "visits_csv_url": f"{reverse('visits_csv', args=[desk.visitor.slug])}?maand={month:%Y-%m}",
        "remind_url": reverse("remind_hours", args=[desk.visitor.slug]),
    }


def state(one: Sheet) -> str:
    """How far it came: fixed, reopened after a correction, approved by one side, or asked."""
    row = one.approved
    if row is not None and row.is_fixed:
        return "fixed"
    if one.reopened is not None:
        return "reopened"
    return "half" if row is not None else "asked"


def _row(desk: Desk, one: Sheet) -> dict[str, Any]:
    return {
        "helper": one.helper.person.name,
        "household": one.household.name,
        "visits": len({line.visit for line in one.lines}),
        "minutes": one.minutes,
        "before": one.reopened.minutes if one.reopened and state(one) == "reopened" else None,
        "helper_at": one.approved.helper_at if one.approved else None,
        "household_at": one.approved.household_at if one.approved else None,
        "state": state(one),
        "url": _url(desk, one),
    }


def _url(desk: Desk, one: Sheet) -> str:
    where = [desk.visitor.slug, one.helper.public_id, one.household.public_id]
    return f"{reverse('hours_sheet', args=where)}?maand={one.month:%Y-%m}"


def _untold(desk: Desk, row: Assignment) -> dict[str, Any]:
    return {
        "helper": row.helper.person.first_name,
        "household": row.visit.household.name,
        "starts_at": row.visit.starts_at,
        "url": reverse("visit", args=[desk.visitor.slug, row.visit.public_id]),
    }


def _nobody(desk: Desk, month: date) -> list[dict[str, Any]]:
    return [
        {
            "household": visit.household.name,
            "starts_at": visit.starts_at,
            "url": reverse("visit", args=[desk.visitor.slug, visit.public_id]),
        }
        for visit in hours.unattended(desk.team, month, at=desk.at)[:MOST_SHOWN]
    ]


def _is_nobody_home(line: hours.Line) -> bool:
    return line.outcome == "NOBODY_HOME" and not line.minutes


def _nobody_home(desk: Desk, one: Sheet) -> dict[str, Any]:
    return {"helper": one.helper.person.first_name, "household": one.household.name, "url": _url(desk, one)}


def of_sheet(desk: Desk, helper: Helper, household: Household, month: date) -> dict[str, Any]:
    """The hours of one helper at one household: every visit, who approved what and when, every version."""
    found = hours.sheet(helper, household, month)
    slug = desk.visitor.slug
    return {
        "helper": helper.person.name,
        "household": household.name,
        "month": month,
        "minutes": found.minutes,
        "version": found.version,
        "state": state(found),
        "over": hours.stretch(month)[1] <= desk.at,
        "approved": found.approved,
        "versions": hours.versions(helper, household, month),
        "lines": [
            {
                "line": line,
                "words": words.outcome(line.outcome),
                "url": reverse("visit", args=[slug, line.visit]),
            }
            for line in found.lines
        ],
        "helper_url": reverse("helper", args=[slug, helper.public_id]),
        "household_url": reverse("household", args=[slug, household.public_id]),
        "back_url": f"{reverse('month_hours', args=[slug])}?maand={month:%Y-%m}",
    }
