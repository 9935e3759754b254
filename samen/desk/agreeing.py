"""The page of a standing agreement: what it says, what it makes, and how it is changed."""

from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from samen.base import clock
from samen.desk import planning, terms
from samen.desk.forms import Slots
from samen.desk.sitting import Desk
from samen.people.models import Helper, Household
from samen.teams.models import Team
from samen.visits import arrangements, overrides, tasks
from samen.visits.arrangements import Slot
from samen.visits.models import Arrangement, Assignment, Term
from samen.visits.settling import Settled

MOST = 10


def helpers(team: Team, agreed: Arrangement | None = None) -> list[tuple[str, str]]:
    """The helpers of a team to choose from, and those of another team who come under this agreement already."""
    found = _able(team, agreed).select_related("person").order_by("person__first_name", "pk")
    return [(str(helper.public_id), helper.person.name) for helper in found]


def _able(team: Team, agreed: Arrangement | None) -> QuerySet[Helper]:
    there = Q(pk__in=agreed.terms.exclude(helper=None).values("helper")) if agreed else Q()
    return Helper.objects.filter(Q(team=team) | there)


def slots(arrangement: Arrangement, *, at: datetime) -> Slots:
    """What the form of change is filled with: the first slot as it is today."""
    today = at.astimezone(clock.HOME).date()
    current = _current(arrangement, today)
    first = current[0] if current else None
    initial: dict[str, Any] = {}
    if first is not None:
        initial = {
            "rhythm": terms.chosen(first, today),
            "weekday": first.weekday,
            "start": first.local_start,
            "minutes": first.minutes,
            "helper": str(first.helper.public_id) if first.helper else "",
            "slot_no": first.slot_no,
            "since": today,
        }
    return Slots(
        choices=[(term.slot_no, terms.sentence(term, today)) for term in current] or [(1, "1")],
        helpers=helpers(arrangement.household.team, arrangement),
        initial=initial,
        rarer=terms.rarer(current, today),
    )


def _current(arrangement: Arrangement, today: date) -> list[Term]:
    """Of each slot the term of today, or the next one."""
    found: dict[int, Term] = {}
    for term in sorted(arrangement.terms.select_related("helper__person"), key=lambda one: one.period.lower):
        if term.period.upper is None or term.period.upper > today:
            found.setdefault(term.slot_no, term)
    return [found[number] for number in sorted(found)]


def of(desk: Desk, arrangement: Arrangement) -> dict[str, Any]:
    """What the page of an agreement shows."""
    today = desk.at.astimezone(clock.HOME).date()
    ahead = (
        arrangement.visits.filter(local_date__gte=today, cancelled_at=None)
        .prefetch_related(Prefetch("assignments", Assignment.objects.standing().select_related("helper__person")))
        .order_by("starts_at")[:MOST]
    )
    slug = desk.visitor.slug
    return {
        "household_name": arrangement.household.name,
        "household_url": reverse("household", args=[slug, arrangement.household.public_id]),
        "team": arrangement.household.team,
        "terms": [
            terms.row(term, today)
            for term in sorted(
                arrangement.terms.select_related("helper__person"), key=lambda one: (one.slot_no, one.period.lower)
            )
        ],
        "visits": [_visit(slug, visit) for visit in ahead],
        "undo_url": reverse("undo_arrangement", args=[slug, arrangement.public_id])
        if arrangement.changes.filter(undone_at=None).exists()
        else "",
        "tasks": tasks.of(arrangement, today),
        "tasks_url": reverse("tasks", args=[slug, arrangement.public_id]),
        "overrides": [
            {"name": planning.name_of(row.rule), "reason": row.reason, "at": row.said_at}
            for row in overrides.of(arrangement)
        ],
        "end_url": reverse("end_arrangement", args=[slug, arrangement.public_id]),
        "add_url": reverse("add_slot", args=[slug, arrangement.public_id]),
        "ended": not _current(arrangement, today),
    }


def _visit(slug: str, visit: Any) -> dict[str, Any]:
    going = list(visit.assignments.all())
    return {
        "time": visit.starts_at,
        "ends_at": visit.ends_at,
        "minutes": visit.minutes,
        "helper_name": going[0].helper.person.first_name if going else None,
        "own": visit.own_date or visit.own_start or visit.own_minutes or visit.own_helper,
        "url": reverse("visit", args=[slug, visit.public_id]),
    }


def _helper(public_id: str, team: Team, agreed: Arrangement | None = None) -> Helper | None:
    return _able(team, agreed).filter(public_id=public_id).first() if public_id else None


def change(desk: Desk, arrangement: Arrangement, answers: dict[str, Any]) -> Settled:
    """The agreement is what was answered, from the chosen day on."""
    since = answers["since"] if answers["scope"] == "following" else desk.at.astimezone(clock.HOME).date()
    return arrangements.change_following(
        arrangement,
        slot_no=answers["slot_no"],
        since=since,
        by=desk.visitor.actor,
        at=desk.at,
        **_recurring(answers, since),
        helper=_helper(answers["helper"], arrangement.household.team, arrangement),
    )


def add(desk: Desk, arrangement: Arrangement, answers: dict[str, Any]) -> Settled:
    """From a day on somebody comes once more under this agreement."""
    slot = _slot(answers, arrangement.household.team, arrangement)
    since = terms.begins(vars(slot), answers["since"])
    return arrangements.add_slot(arrangement, slot, since=since, by=desk.visitor.actor, at=desk.at)


def end(desk: Desk, arrangement: Arrangement, answers: dict[str, Any]) -> Settled:
    """From a day on nobody comes any more, or this one visit of the week does not come back."""
    by, at, since, slot = desk.visitor.actor, desk.at, answers["since"], answers["slot_no"]
    if slot is None:
        return arrangements.end(arrangement, since=since, by=by, at=at)
    return arrangements.end_slot(arrangement, slot_no=slot, since=since, by=by, at=at)


def agree(desk: Desk, household: Household, answers: dict[str, Any]) -> tuple[Arrangement, Settled]:
    """The household has a new agreement; returns it with what its visits met."""
    slot = _slot(answers, household.team)
    made = arrangements.agree(
        household=household,
        work_form=answers["work_form"],
        slots=[slot],
        since=terms.begins(vars(slot), answers["since"]),
        by=desk.visitor.actor,
        at=desk.at,
    )
    return made, arrangements.settle(made, at=desk.at)


def _recurring(answers: dict[str, Any], since: date) -> dict[str, Any]:
    """The answers as the fields of a slot; an anchor only where the rhythm names one."""
    return terms.recurring(answers["rhythm"], answers["weekday"], since) | {
        "weekday": answers["weekday"],
        "local_start": answers["start"],
        "minutes": answers["minutes"],
    }


def _slot(answers: dict[str, Any], team: Team, agreed: Arrangement | None = None) -> Slot:
    """A new visit of the week or the month, as it was answered."""
    fields = {"anchor_date": answers["since"]} | _recurring(answers, answers["since"])
    return Slot(**fields, helper=_helper(answers["helper"], team, agreed))
