"""What was agreed, in words: every week on Wednesday from 10.00, three hours, Fatma."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import clock
from samen.desk.forms import RHYTHMS
from samen.desk.sitting import Desk
from samen.people.models import Household
from samen.visits.models import Arrangement, Term, Visit, WorkForm

EVERY_OTHER = 2  # weeks
PARITIES = ("E", "O")  # by what is left of the number of a week divided by two
LONG_YEAR = 53  # weeks


def of_household(desk: Desk, household: Household) -> list[dict[str, Any]]:
    """The agreements of a household that still have a day ahead, each with its terms in words."""
    today = desk.at.astimezone(clock.HOME).date()
    agreed: dict[Arrangement, list[Term]] = defaultdict(list)
    rows = Term.objects.filter(arrangement__household=household).select_related("arrangement", "helper__person")
    for term in rows.order_by("arrangement", "pk"):
        if term.period.upper is None or term.period.upper > today:
            agreed[term.arrangement].append(term)
    return [_agreement(desk, arrangement, terms, today) for arrangement, terms in agreed.items()]


def _agreement(desk: Desk, arrangement: Arrangement, terms: list[Term], today: date) -> dict[str, Any]:
    terms.sort(key=lambda term: (term.slot_no, term.period.lower))
    return {
        "work_form": str(_work_form(arrangement)),
        "url": reverse("arrangement", args=[desk.visitor.slug, arrangement.public_id]),
        "terms": [row(term, today) for term in terms],
    }


def _work_form(arrangement: Arrangement) -> str:
    return {
        WorkForm.HOUSEHOLD_EMPLOYS: _("the household employs"),
        WorkForm.AGENCY_EMPLOYS: _("the agency employs"),
        WorkForm.SELF_EMPLOYED: _("self-employed"),
    }[WorkForm(arrangement.work_form)]


def row(term: Term, today: date) -> dict[str, Any]:
    """The term in words, and from when until when it holds."""
    return {"words": sentence(term, today), "since": term.period.lower, "until": term.period.upper}


def sentence(term: Term, on: date) -> str:
    """The term as one says it on this day."""
    return ", ".join(
        part for part in (_rhythm(term, on), _hours(term), term.helper.person.first_name if term.helper else "") if part
    )


def _rhythm(term: Term, on: date) -> str:
    weekday = formats.date_format(date(2024, 1, 1 + term.weekday), "l")
    if term.freq == Term.Freq.ONCE:
        return _("once on {day}").format(day=formats.date_format(term.anchor_date, _("l j F")))
    if term.freq == Term.Freq.MONTHLY_NTH:
        return _nth(term).format(weekday=weekday)
    rhythm = ngettext("every week on {weekday}", "every {count} weeks on {weekday}", term.every_n)
    rhythm = rhythm.format(count=term.every_n, weekday=weekday)
    if term.every_n == 1:
        return rhythm
    if term.every_n == EVERY_OTHER:
        return _("{rhythm}, {parity}").format(rhythm=rhythm, parity=_parity_words(term, on))
    first = formats.date_format(_next(term, on), "j F")
    return _("{rhythm}, among others {day}").format(rhythm=rhythm, day=first)


def _parity_words(term: Term, on: date) -> str:
    """In even or in odd weeks; a year of 53 weeks turns that around, so what comes after is said too."""
    year, week, _day = _next(term, on).isocalendar()
    words = (_("in even weeks"), _("in odd weeks"))
    if date(year, 12, 28).isocalendar().week == LONG_YEAR:
        parts = {"now": words[week % 2], "later": words[1 - week % 2], "year": year + 1}
        return _("{now} (from {year} {later})").format(**parts)
    return words[week % 2]


def _next(term: Term, on: date) -> date:
    """The first day on or after this one, within the term if it is over, on which it falls by its rhythm."""
    last = term.period.upper - timedelta(days=1) if term.period.upper else on
    on = max(term.period.lower, min(on, last))
    ahead = (on - _a_day(term)).days
    step = 7 * term.every_n
    return _a_day(term) + timedelta(days=-(-ahead // step) * step)


def parity(term: Term, on: date) -> str:
    """E for the even weeks, O for the odd ones."""
    return PARITIES[_next(term, on).isocalendar().week % 2]


def recurring(rhythm: str, weekday: int, since: date) -> dict[str, Any]:
    """The fields of a slot that a choice of `RHYTHMS` stands for: "2O" in odd weeks, "M-1" the last of the month."""
    if rhythm.startswith("M"):
        return {"freq": Term.Freq.MONTHLY_NTH, "every_n": 1, "nth": int(rhythm[1:])}
    weekly = {"freq": Term.Freq.WEEKLY, "every_n": int(rhythm.rstrip("EO")), "nth": None}
    if rhythm[-1] not in PARITIES:
        return weekly
    first = since + timedelta(days=(weekday - since.weekday()) % 7)
    turn = PARITIES[first.isocalendar().week % 2] != rhythm[-1]
    # Two odd weeks follow each other at the end of a year of 53: then the one after the next is of the other kind.
    after = first + timedelta(weeks=1)
    if turn and PARITIES[after.isocalendar().week % 2] != rhythm[-1]:
        after += timedelta(weeks=1)
    return weekly | {"anchor_date": after if turn else first}


def begins(slot: dict[str, Any], since: date) -> date:
    """The day from which a new slot holds: not the odd week before, when two odd ones follow each other."""
    anchor: date = slot.get("anchor_date", since)
    return max(since, anchor - timedelta(days=13))


def chosen(term: Term, on: date) -> str:
    """The choice of `RHYTHMS` that says how this term recurs."""
    if term.freq == Term.Freq.MONTHLY_NTH:
        return f"M{term.nth}"
    return f"2{parity(term, on)}" if term.every_n == EVERY_OTHER else str(term.every_n)


def nth_of(day: date, *, instead_of: int | None) -> int:
    """Which one of its month this day is: the last stays the last, and nobody means the fifth who did not say so."""
    fifth, nth = 5, (day.day + 6) // 7
    is_last = (day + timedelta(weeks=1)).month != day.month
    return -1 if is_last and (instead_of == -1 or nth == fifth != instead_of) else nth


def rarer(agreed: Iterable[Term], on: date) -> list[tuple[str, str]]:
    """The rhythms of these terms that `RHYTHMS` does not name, with their words: whoever changes the hour keeps it."""
    codes = {chosen(term, on) for term in agreed if term.freq != Term.Freq.ONCE} - dict(RHYTHMS).keys()
    return [(code, _("every {count} weeks").format(count=code)) for code in sorted(codes, key=int)]


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
    return sentence(term, visit.occurrence_date) if term else ""


def week_url(slug: str, day: date) -> str:
    """The board of the week of this day."""
    week = day.isocalendar()
    return f"{reverse('week', args=[slug])}?week={week.year}-W{week.week:02}"
