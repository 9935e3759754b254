"""The pages of holidays and school breaks: which come, what was decided, and who is touched."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import clock
from samen.desk.season import differences
from samen.desk.season.forms import HolidayForm
from samen.desk.sitting import Desk
from samen.people.models import Household
from samen.visits import holidays, rehearsals
from samen.visits.holidays import Answer, Special
from samen.visits.models import Arrangement, DayOff, HolidayChoice, Visit

YEAR = timedelta(days=366)
LONGEST = timedelta(days=60)


def overview(desk: Desk) -> dict[str, Any]:
    """The holidays and breaks of the coming year, with what the team decided for each."""
    today = desk.at.astimezone(clock.HOME).date()
    until = today + YEAR
    specials = holidays.between(today, until) + holidays.breaks_between(desk.team, today, until)
    chosen = holidays.chosen(desk.team, today, until)
    counts = _counts(desk, today, until)
    region = holidays.school_region(desk.team)
    known = holidays.known_until(region) if region else None
    return {
        "specials": [
            _line(desk, special, chosen.get((special.start, special.until)), counts)
            for special in sorted(specials, key=lambda one: (one.start, one.until))
        ],
        "region": region,
        "sources": list(dict.fromkeys(special.source for special in specials if special.source)),
        "unknown_from": known if known and known < until else None,
    }


def _counts(desk: Desk, start: date, until: date) -> list[date]:
    made = Visit.objects.filter(team=desk.team, occurrence_date__gte=start, occurrence_date__lt=until)
    return [day for day in made.values_list("occurrence_date", flat=True) if day is not None]


def _line(desk: Desk, special: Special, choice: HolidayChoice | None, made: list[date]) -> dict[str, Any]:
    slug = desk.visitor.slug
    return {
        "name": special.name,
        "start": special.start,
        "last": special.until - holidays.ONE_DAY,
        "is_break": special.kind == HolidayChoice.Kind.SCHOOL_BREAK,
        "sure": special.sure,
        "source": special.source,
        "visits": sum(special.start <= day < special.until for day in made),
        "choice": _words(choice) if choice else "",
        "exceptions": len(choice.exceptions.all()) if choice else 0,
        "url": f"{reverse('holiday', args=[slug])}?{urlencode({'van': special.start, 'tot': special.until})}",
        "undo_url": reverse("undo_holiday", args=[slug, choice.public_id]) if choice else "",
    }


def _words(choice: HolidayChoice) -> str:
    if choice.choice == DayOff.MOVE and choice.to_date:
        return _("moves to {day}").format(day=differences.day_words(choice.to_date))
    return _("visits are skipped") if choice.choice == DayOff.SKIP else _("visits go on")


def asked(desk: Desk, van: str, tot: str) -> Special:
    """The holiday or break that an address names, the next one when it names none; 404 for a day that is neither."""
    today = desk.at.astimezone(clock.HOME).date()
    if not van and not tot:
        return holidays.between(today, today + YEAR)[0]
    try:
        start, until = date.fromisoformat(van), date.fromisoformat(tot)
    except ValueError:
        raise Http404 from None
    if not today <= start < until <= start + LONGEST or start > today + YEAR:
        raise Http404
    known = holidays.between(start, until) + holidays.breaks_between(desk.team, start, until)
    found = [one for one in known if (one.start, one.until) == (start, until)]
    if not found:
        raise Http404
    return found[0]


def form_of(desk: Desk, special: Special, answers: Any) -> HolidayForm:
    """The form, filled with what was answered or with what stands; a break cannot move to one day."""
    standing = holidays.chosen(desk.team, special.start, special.until).get((special.start, special.until))
    initial: dict[str, Any] = {"choice": DayOff.SKIP if special.kind == HolidayChoice.Kind.HOLIDAY else DayOff.KEEP}
    if standing is not None:
        initial = {
            "choice": standing.choice,
            "to_date": standing.to_date,
            "exceptions": [_word(one.household, Answer(one.choice, one.to_date)) for one in standing.exceptions.all()],
        }
    form = HolidayForm(answers, initial=initial)
    if special.kind == HolidayChoice.Kind.SCHOOL_BREAK:
        form.on_many_days()
    return form


def _word(household: Household, answer: Answer) -> str:
    day = f":{answer.to_date:%Y-%m-%d}" if answer.to_date else ""
    return f"{household.public_id}:{answer.choice}{day}"


def households(special: Special, touched: list[Arrangement], picked: list[str]) -> list[dict[str, Any]]:
    """Each household with a visit then, with the answers it can give instead of everybody's."""
    rows: dict[int, Household] = {one.household_id: one.household for one in touched}
    days = holidays.workdays_around(special) if special.kind == HolidayChoice.Kind.HOLIDAY else []
    answers = [Answer(DayOff.KEEP), Answer(DayOff.SKIP), *(Answer(DayOff.MOVE, day) for day in days)]
    found = []
    for household in sorted(rows.values(), key=lambda one: (one.name, one.pk)):
        own = [word for word in picked if word.startswith(f"{household.public_id}:")]
        options = [(_word(household, answer), _label(answer)) for answer in answers]
        if own and own[0] not in dict(options):
            options.append((own[0], _label(Answer(DayOff.MOVE, date.fromisoformat(own[0][-10:])))))
        found.append({"name": household.name, "options": options, "picked": own[0] if own else ""})
    return found


def _label(answer: Answer) -> str:
    if answer.to_date:
        return _("moves to {day}").format(day=differences.day_words(answer.to_date))
    return _("visits are skipped") if answer.choice == DayOff.SKIP else _("visits go on")


class Wizard:
    """One holiday being decided: what the answers would do, and doing it."""

    def __init__(self, desk: Desk, special: Special) -> None:
        self.desk, self.special = desk, special
        self.touched = holidays.touched(desk.team, special.start, special.until)
        self.window = (special.start, special.until)

    def rehearse(self, form: HolidayForm) -> dict[str, Any]:
        """What would change."""
        tried = rehearsals.rehearse(self.touched, lambda: self._choose(form), at=self.desk.at, window=self.window)
        return differences.preview(tried, self.touched)

    def perform(self, form: HolidayForm) -> HolidayChoice:
        """Decide it; `ChangedMeanwhile` when it is not what was previewed."""
        seen = form.cleaned_data["seen"]
        return rehearsals.perform(
            self.touched, lambda: self._choose(form), expected=seen, at=self.desk.at, window=self.window
        )

    def _choose(self, form: HolidayForm) -> HolidayChoice:
        homes = {one.household.public_id: one.household for one in self.touched}
        wanted = {homes[ref]: answer for ref, answer in form.otherwise().items() if ref in homes}
        desk, special = self.desk, self.special
        row, _settled = holidays.choose(
            special, form.answer(), team=desk.team, exceptions=wanted, by=desk.visitor.actor, at=desk.at
        )
        return row
