"""A visit moves on the board: who could have it on which day of the week, and the move itself."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from samen.base import clock
from samen.desk import board, cockpit, visiting
from samen.desk import planning as law_of
from samen.desk.board import NOBODY, Look
from samen.desk.sitting import Desk
from samen.people.models import Helper
from samen.visits import overrides, planning, words
from samen.visits.models import Assignment, Visit
from samen.visits.overrides import Warned

REST = "REST"
WARNINGS = ("NOT_AVAILABLE", REST, "TOO_FAR")  # a colleague may go on, and says why; the others nobody can


class NeedsReason(visiting.DoesNotFit):
    """Rules warn, a line each: whoever goes on says why."""


def panel(desk: Desk, visit: Visit, look: Look, asked: Mapping[str, str]) -> dict[str, Any]:
    """What stands above the board while a visit looks for a place: the cells that fit, and the same in a form."""
    today = desk.at.astimezone(clock.HOME).date()
    days = [day for day in board.days_of(look.monday) if day >= today]
    going = _going(visit)
    return {
        "visit": visit,
        "key": str(visit.public_id),
        "household_name": visit.household.name,
        "when": words.when(visit),
        "helper_name": going.person.first_name if going else "",
        "url": reverse("visit", args=[desk.visitor.slug, visit.public_id]),
        "place_url": f"{reverse('place', args=[desk.visitor.slug, visit.public_id])}?week={look.words}",
        "stop_url": look.url(desk.visitor.slug),
        "over": visit.ends_at <= desk.at or visit.arrangement is None,
        "days": [(day.isoformat(), formats.date_format(day, "l j F")) for day in days],
        "helpers": _names(desk),
        "fits": _fits(desk, visit, days, going),
        "day": asked.get("day", visit.local_date.isoformat()),
        "helper": asked.get("helper", str(going.public_id) if going else ""),
    }


def row_of(visit: Visit) -> str:
    """The key of the row in which the visit stands."""
    going = _going(visit)
    return f"helper-{going.public_id}" if going else NOBODY


def _going(visit: Visit) -> Helper | None:
    standing = Assignment.objects.standing().filter(visit=visit).select_related("helper__person").first()
    return standing.helper if standing else None


def _names(desk: Desk) -> list[tuple[str, str]]:
    helpers = Helper.objects.filter(team=desk.team).select_related("person").order_by("person__first_name", "pk")
    return [("", _("nobody yet")), *((str(one.public_id), one.person.name) for one in helpers)]


def _fits(desk: Desk, visit: Visit, days: list[date], going: Helper | None) -> str:
    """The cells that fit: `row:day,day row:day`, with the days as numbers of the week (Monday 0)."""
    found: dict[str, list[int]] = defaultdict(list)
    keys = dict(Helper.objects.filter(team=desk.team).values_list("pk", "public_id"))
    for day, ranking in (planning.fits(visit, days, at=desk.at) if days else {}).items():
        for candidate in ranking.candidates:
            if going is None or candidate.helper != going.pk or day != visit.local_date:
                found[f"helper-{keys[candidate.helper]}"].append(day.weekday())
    if going is not None:
        found[NOBODY] = [visit.local_date.weekday()]
    return " ".join(f"{key}:{','.join(map(str, sorted(numbers)))}" for key, numbers in found.items())


def place(desk: Desk, visit: Visit, *, day: date, helper: Helper | None, reason: str) -> None:
    """This visit alone is on this day and with this helper, or with nobody yet.

    Raises `NeedsReason` where a rule only warns and no reason is given, `DoesNotFit` where nobody can go on; then
    nothing changed.
    """
    if visit.ends_at <= desk.at or day < desk.at.astimezone(clock.HOME).date():
        raise visiting.DoesNotFit(_("What is over cannot be moved."))
    going = _going(visit)
    changes: dict[str, Any] = {"local_date": day} if day != visit.local_date else {}
    if going != helper:
        changes["helper"] = helper
    if not changes:
        return
    warned = _warned(desk, visit, day, helper, reason) if helper else []
    with transaction.atomic():
        visiting.all_or_nothing(desk, visit, **changes)
        subjects = [visit.household, visit.team, *([helper] if helper else [])]
        overrides.record(visit, warned, reason=reason, subjects=subjects, by=desk.visitor.actor, at=desk.at)


def _warned(desk: Desk, visit: Visit, day: date, helper: Helper, reason: str) -> list[Warned]:
    """The rules that warn of this place, with a reason to go on; else they are told."""
    refusal, law = _refusal(desk, visit, day, helper), law_of.of_place(visit, helper, day=day)
    news = [f"{one.name}: {one.text}" for one in law]
    warned = [Warned(one.rule, one.found, one.day) for one in law]
    if refusal and not (refusal.rule == REST and warned):  # the law says the same of rest, with its name
        news.insert(0, f"{helper.person.first_name}: {cockpit.why_not(refusal.rule, refusal.by)}.")
        warned.insert(0, Warned(refusal.rule, refusal.by, day))
        if refusal.rule not in WARNINGS:
            raise visiting.DoesNotFit(news[0])
    if news and not reason:
        raise NeedsReason(*news)
    return warned


def _refusal(desk: Desk, visit: Visit, day: date, helper: Helper) -> Any:
    refused = planning.fits(visit, [day], at=desk.at)[day].refused
    return next((one for one in refused if one.helper == helper.pk), None)
