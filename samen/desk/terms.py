"""What was agreed, in words: every week on Wednesday from 10.00, three hours, Fatma."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import clock
from samen.desk.sitting import Desk
from samen.people.models import Household
from samen.visits.models import Arrangement, Term, Visit, WorkForm


def of_household(desk: Desk, household: Household) -> list[dict[str, Any]]:
    """The agreements of a household that still have a day ahead, each with its terms in words."""
    today = desk.at.astimezone(clock.HOME).date()
    agreed: dict[Arrangement, list[Term]] = defaultdict(list)
    rows = Term.objects.filter(arrangement__household=household).select_related("arrangement", "helper__person")
    for term in rows.order_by("arrangement", "pk"):
        if term.period.upper is None or term.period.upper > today:
            agreed[term.arrangement].append(term)
    return [_agreement(desk, arrangement, terms) for arrangement, terms in agreed.items()]


def _agreement(desk: Desk, arrangement: Arrangement, terms: list[Term]) -> dict[str, Any]:
    terms.sort(key=lambda term: (term.slot_no, term.period.lower))
    return {
        "work_form": str(_work_form(arrangement)),
        "url": reverse("arrangement", args=[desk.visitor.slug, arrangement.public_id]),
        "terms": [{"words": sentence(term), "since": term.period.lower, "until": term.period.upper} for term in terms],
    }


def _work_form(arrangement: Arrangement) -> str:
    return {
        WorkForm.HOUSEHOLD_EMPLOYS: _("the household employs"),
        WorkForm.AGENCY_EMPLOYS: _("the agency employs"),
        WorkForm.SELF_EMPLOYED: _("self-employed"),
    }[WorkForm(arrangement.work_form)]


def sentence(term: Term) -> str:
    """The term as one says it.  Every other week is told by a date, because week numbers jump at New Year."""
    return ", ".join(
        part for part in (_rhythm(term), _hours(term), term.helper.person.first_name if term.helper else "") if part
    )


def _rhythm(term: Term) -> str:
    weekday = formats.date_format(date(2024, 1, 1 + term.weekday), "l")
    if term.freq == Term.Freq.ONCE:
        return _("once on {day}").format(day=formats.date_format(term.anchor_date, _("l j F")))
    if term.freq == Term.Freq.MONTHLY_NTH:
        return _nth(term).format(weekday=weekday)
    if term.every_n == 1:
        return _("every week on {weekday}").format(weekday=weekday)
    rhythm = ngettext("every week on {weekday}", "every {count} weeks on {weekday}", term.every_n)
    first = formats.date_format(_a_day(term), "j F")
    return _("{rhythm}, among others {day}").format(
        rhythm=rhythm.format(count=term.every_n, weekday=weekday), day=first
    )


def _a_day(term: Term) -> date:
    monday = term.anchor_date.toordinal() - term.anchor_date.weekday()
    return date.fromordinal(monday + term.weekday)


def _nth(term: Term) -> str:
    return {
        1: _("every first {weekday} of the month"),
        2: _("every second {weekday} of the month"),
        3: _("every third {weekday} of the month"),
        4: _("every fourth {weekday} of the month"),
        5: _("every fifth {weekday} of the month"),
        -1: _("every last {weekday} of the month"),
    }[term.nth or 1]


def _hours(term: Term) -> str:
    end = datetime.combine(date.min, term.local_start) + timedelta(minutes=term.minutes)
    return _("from {start} to {end}").format(
        start=formats.time_format(term.local_start, _("H:i")), end=formats.time_format(end.time(), _("H:i"))
    )


def of_slot(visit: Visit) -> str:
    """The term that this visit comes from, in words; empty for a visit that stands alone."""
    if visit.arrangement is None or visit.occurrence_date is None:
        return ""
    term = visit.arrangement.terms.filter(slot_no=visit.slot_no, period__contains=visit.occurrence_date).first()
    return sentence(term) if term else ""


def week_url(slug: str, day: date) -> str:
    """The board of the week of this day."""
    week = day.isocalendar()
    return f"{reverse('week', args=[slug])}?week={week.year}-W{week.week:02}"
