"""The small files of a helper and a household: who it is, what comes, what happened."""

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from samen.base import journal
from samen.base.journal import Subject
from samen.base.models import JournalLine
from samen.desk import terms
from samen.desk.sitting import Desk
from samen.people import lookup, places
from samen.people.models import Helper, Household
from samen.teams.models import Colleague
from samen.visits.models import Absence, Assignment, Visit

MOST_VISITS = 12


def of_helper(desk: Desk, helper: Helper) -> dict[str, Any]:
    """What a colleague must know of a helper."""
    place = places.of_helpers([helper.pk], desk.at.date()).get(helper.pk)
    visits = Visit.objects.standing().filter(
        assignments__helper=helper, assignments__ended_at=None, ends_at__gt=desk.at
    )
    absence = Absence.objects.filter(helper=helper, withdrawn_at=None, ended_at=None).order_by("-starts_at").first()
    return {
        "name": helper.person.name,
        "work_url": reverse("helper_work", args=[desk.visitor.slug, helper.public_id]),
        "team": helper.team,
        "place": places.fully(place),
        "place_url": reverse("helper_place", args=[desk.visitor.slug, helper.public_id]),
        "calendar_url": reverse("helper_calendar", args=[desk.visitor.slug, helper.public_id]),
        "phone": lookup.phone(helper.person),
        "email": lookup.email(helper.person),
        "mode": helper.mode.lower(),
        "reach": helper.reach_minutes,
        "absence": absence,
        "better_url": reverse("better", args=[desk.visitor.slug, absence.public_id]) if absence else "",
        "absence_url": reverse("cockpit", args=[desk.visitor.slug, absence.public_id]) if absence else "",
        "visits": _visits(desk, visits),
        "timeline": _timeline(Subject.of(helper)),
    }


def of_household(desk: Desk, household: Household) -> dict[str, Any]:
    """What a colleague must know of a household."""
    place = places.of_households([household.pk], desk.at.date()).get(household.pk)
    person = lookup.told(household)
    visits = Visit.objects.standing().filter(household=household, ends_at__gt=desk.at)
    return {
        "name": household.name,
        "rate_url": reverse("household_rate", args=[desk.visitor.slug, household.public_id]),
        "team": household.team,
        "place": places.fully(place),
        "place_url": reverse("household_place", args=[desk.visitor.slug, household.public_id]),
        "calendar_url": reverse("household_calendar", args=[desk.visitor.slug, household.public_id]),
        "public_id": household.public_id,
        "agreements": terms.of_household(desk, household),
        "told": person.name if person else "",
        "phone": lookup.phone(person) if person else None,
        "email": lookup.email(person) if person else None,
        "visits": _visits(desk, visits),
        "timeline": _timeline(Subject.of(household)),
    }


def _visits(desk: Desk, visits: Any) -> list[dict[str, Any]]:
    rows = (
        visits.select_related("household")
        .prefetch_related(Prefetch("assignments", Assignment.objects.standing().select_related("helper__person")))
        .order_by("starts_at")[:MOST_VISITS]
    )
    found = []
    for visit in rows:
        going = list(visit.assignments.all())
        found.append(
            {
                "date": visit.local_date,
                "time": visit.starts_at,
                "ends_at": visit.ends_at,
                "minutes": visit.minutes,
                "household_name": visit.household.name,
                "household_url": reverse("household", args=[desk.visitor.slug, visit.household.public_id]),
                "helper_name": going[0].helper.person.first_name if going else None,
                "replacing": bool(going and going[0].from_offer_id),
            }
        )
    return found


def _timeline(subject: Subject) -> list[dict[str, Any]]:
    lines = journal.about(subject, most=20)
    names = _names(lines)
    return [{"at": line.at, "text": journal.sentence(line, names)} for line in lines]


def _names(lines: list[JournalLine]) -> dict[Subject, str]:
    wanted = journal.refs(lines)
    found = lookup.names(wanted)
    refs = [subject.ref for subject in wanted if subject.kind == "colleague"]
    for colleague in Colleague.objects.filter(public_id__in=refs):
        found[Subject("colleague", colleague.public_id)] = colleague.name
    return found
