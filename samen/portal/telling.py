"""How visits went, and the hours that follow from it: what stands on the pages of helpers and households."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import clock
from samen.people import places, ways_in
from samen.people.models import Helper, Household, Place, WayIn
from samen.visits import hours, knowing, results, tasks, words
from samen.visits.hours import Sheet
from samen.visits.models import Assignment, Visit, VisitResult

STILL_ASKED = timedelta(days=14)  # after that the team asks, from its own page of hours
STILL_SHOWN = timedelta(hours=20)  # what was said today can be taken back with one tap


def waiting(helper: Helper, token: str, *, at: datetime) -> list[dict[str, Any]]:
    """The visits that began and of which she said nothing yet, the oldest first."""
    begun = (
        Visit.objects.standing()
        .filter(assignments__helper=helper, assignments__ended_at=None)
        .filter(starts_at__lte=at, starts_at__gt=at - STILL_ASKED)
        .exclude(results__in=VisitResult.objects.filter(helper=helper, replaced_at=None))
        .select_related("household")
        .order_by("starts_at")
    )
    full = knowing.in_full(helper, begun, at=at)
    return [_of_visit(visit, token, full) for visit in begun]


def just_told(helper: Helper, token: str, *, at: datetime) -> list[dict[str, Any]]:
    """What she said today, with the way back."""
    said = (
        VisitResult.objects.filter(helper=helper, replaced_at=None, said_at__gt=at - STILL_SHOWN)
        .filter(said_by_ref=helper.person.public_id)
        .select_related("visit__household")
        .order_by("-said_at")
    )
    full = knowing.in_full(helper, [row.visit for row in said], at=at)
    return [_of_visit(row.visit, token, full) | {"words": words.outcome(row.outcome)} for row in said]


def name_of(household: Household, *, full: bool) -> str:
    """To whom a helper goes, in full or by an initial."""
    return household.name if full else words.initial(household.name)


def place_of(place: Place | None, *, full: bool) -> str:
    """Where a helper goes, in full or no more than the town."""
    return places.fully(place) if full else places.roughly(place)


def _of_visit(visit: Visit, token: str, full: Collection[int]) -> dict[str, Any]:
    return {
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "minutes": visit.minutes,
        "household_name": name_of(visit.household, full=visit.pk in full),
        "url": reverse("told", args=[token, visit.public_id]),
        "undo_url": reverse("take_back", args=[token, visit.public_id]),
    }


def of_visit(helper: Helper, visit: Visit, token: str, *, at: datetime) -> dict[str, Any]:
    """One visit of hers: where, when, what comes first, and how it went."""
    place = places.of_households([visit.household_id], visit.local_date).get(visit.household_id)
    result = results.of(visit, helper)
    full = knowing.in_full(helper, [visit], at=at)
    return {
        "visit": _of_visit(visit, token, full) | {"place_name": place_of(place, full=bool(full))},
        "tasks": tasks.of_visit(visit),
        "begun": visit.starts_at <= at,
        "result": result,
        "result_words": words.outcome(result.outcome) if result else "",
        "goes": Assignment.objects.standing().filter(visit=visit, helper=helper).exists(),
        "helper": helper.person,
        "team": helper.team,
        "full_from": knowing.from_when(visit) if visit.starts_at > at and not full else None,
        "way_in": way_in(helper, visit, token, at=at) if full else None,
        "back_url": reverse("portal", args=[token]),
    }


def way_in(helper: Helper, visit: Visit, token: str, *, at: datetime) -> dict[str, Any] | None:
    """How she comes in, where she goes today or tomorrow; what is sealed of it needs a click, and is never of a place
    that is secret: there the team tells her.
    """
    today = at.astimezone(clock.HOME).date()
    soon = today <= visit.local_date <= today + timedelta(days=1) and visit.cancelled_at is None
    if not soon or not Assignment.objects.standing().filter(visit=visit, helper=helper).exists():
        return None
    row = ways_in.of(visit.household)
    if row is None:
        return None
    place = places.of_households([visit.household_id], visit.local_date).get(visit.household_id)
    secret = place is not None and places.address(place) is None
    sealed = ways_in.is_sealed(visit.household)
    return {
        "words": WayIn.Kind(row.kind).label,
        "asks_team": secret and sealed,
        "url": reverse("my_way_in", args=[token, visit.public_id]) if sealed and not secret else "",
    }


def field_of(refused: Exception) -> str:
    """At which answer a refusal is told."""
    return "minutes" if isinstance(refused, results.OddLength) else "outcome"


def kindly(refused: Exception) -> str:
    """A refusal, in words for who reads it on a phone."""
    said = {
        results.NotYet: _("The visit has not begun yet. Come back when it has."),
        results.NotThere: _("This visit is no longer yours. Call the team if you were there."),
        results.OddLength: _("Shorter means fewer minutes than planned."),
        hours.Changed: _("The hours changed while you looked. Look once more."),
        hours.TooEarly: _("The month is not over yet. You can say so from the first day of the next month."),
        hours.NothingToApprove: _("There are no hours in this month."),
    }
    return said[type(refused)]


# --- Hours ----------------------------------------------------------------------------------------


def hours_of_helper(helper: Helper, token: str, month: date, *, at: datetime) -> dict[str, Any]:
    """Her hours of this month, at each household."""
    found = hours.sheets(month, helpers=[helper.pk])
    names = _names(found, at=at)
    rows = [
        _row(one, names[one.household.pk], "hours_at", [token, one.household.public_id], hours.HELPER) for one in found
    ]
    waits = waiting(helper, token, at=at)
    page = {"for_household": False, "team": helper.team, "waiting": len(waits)}
    return page | _month_page(month, rows, token, at=at)


def hours_of_household(household: Household, token: str, month: date, *, at: datetime) -> dict[str, Any]:
    """The hours of this month at this household, of each helper."""
    found = hours.sheets(month, households=[household.pk])
    rows = [
        _row(one, one.helper.person.first_name, "hours_by", [token, one.helper.public_id], hours.HOUSEHOLD)
        for one in found
    ]
    return {"for_household": True, "team": household.team, "waiting": 0} | _month_page(month, rows, token, at=at)


def _names(found: list[Sheet], *, at: datetime) -> dict[int, str]:
    """How a helper reads each household (by number) of these sheets of hers."""
    visits = list(Visit.objects.filter(public_id__in={line.visit for one in found for line in one.lines}))
    full = knowing.in_full(found[0].helper, visits, at=at) if found else set[int]()
    known = {visit.household_id for visit in visits if visit.pk in full}
    return {one.household.pk: name_of(one.household, full=one.household.pk in known) for one in found}


def _row(found: Sheet, name: str, page: str, where: list[Any], side: str) -> dict[str, Any]:
    return {
        "name": name,
        "minutes": found.minutes,
        "visits": len({line.visit for line in found.lines}),
        "state": state(found, side),
        "url": f"{reverse(page, args=where)}?maand={found.month:%Y-%m}",
    }


def state(found: Sheet, side: str) -> str:
    """How far the approval came, for one side: fixed, given, reopened, or asked."""
    if found.approved is not None and found.approved.is_fixed:
        return "fixed"
    if found.approved is not None and getattr(found.approved, f"{side}_at"):
        return "given"
    return "reopened" if found.reopened is not None and getattr(found.reopened, f"{side}_at") else "asked"


def _month_page(month: date, rows: list[dict[str, Any]], token: str, *, at: datetime) -> dict[str, Any]:
    here = reverse("my_hours", args=[token])
    after = hours.next_of(month)
    return {
        "month": month,
        "rows": rows,
        "minutes": sum(row["minutes"] for row in rows),
        "before_url": f"{here}?maand={hours.before(month):%Y-%m}",
        "after_url": f"{here}?maand={after:%Y-%m}" if after <= at.astimezone(clock.HOME).date() else "",
        "over": hours.stretch(month)[1] <= at,
        "back_url": reverse("portal", args=[token]),
    }


def sheet(helper: Helper, household: Household, month: date, token: str, *, side: str, at: datetime) -> dict[str, Any]:
    """The hours of one helper at one household, visit by visit, and whether they are right."""
    found = hours.sheet(helper, household, month)
    asked = state(found, side)
    return {
        "for_household": side == hours.HOUSEHOLD,
        "name": helper.person.first_name if side == hours.HOUSEHOLD else _names([found], at=at)[household.pk],
        "month": month,
        "lines": [
            {"line": line, "words": words.outcome(line.outcome) if line.outcome != "DONE" else ""}
            for line in found.lines
        ],
        "minutes": found.minutes,
        "version": found.version,
        "state": asked,
        "before": found.reopened.minutes if asked == "reopened" and found.reopened else None,
        "can": hours.stretch(month)[1] <= at and bool(found.lines) and asked in ("asked", "reopened"),
        "over": hours.stretch(month)[1] <= at,
        "team": household.team if side == hours.HOUSEHOLD else helper.team,
        "back_url": f"{reverse('my_hours', args=[token])}?maand={month:%Y-%m}",
    }
