"""Holidays and school breaks: which there are, and what a team decided to do on them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import holidays
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samen.base import clock, journal
from samen.base.tenancy import Actor
from samen.people.models import Household
from samen.teams.models import Team
from samen.visits import planning, settling
from samen.visits.facts import Fact
from samen.visits.models import (
    Arrangement,
    HolidayChoice,
    HolidayException,
    SchoolBreak,
    SchoolRegion,
    TeamCalendar,
    Term,
    Visit,
)
from samen.visits.settling import Settled

ONE_DAY = timedelta(days=1)
SATURDAY = 5
LANGUAGES = {"nl": "nl", "en": "en_US"}  # what the list of holidays calls them
BREAKS = {
    SchoolBreak.Name.AUTUMN: _("Autumn break"),
    SchoolBreak.Name.CHRISTMAS: _("Christmas break"),
    SchoolBreak.Name.SPRING: _("Spring break"),
    SchoolBreak.Name.MAY: _("May break"),
    SchoolBreak.Name.SUMMER: _("Summer break"),
}


class NothingToUndo(Exception):
    """This choice does not stand any more, so there is nothing to undo."""


class ToNowhere(Exception):
    """A day of the holiday itself, or one that has passed, cannot be the day to move to."""


@dataclass(frozen=True)
class Special:
    """A holiday (one day) or a school break, from `start`; on `until` all is as always again."""

    kind: str
    name: str
    start: date
    until: date
    sure: bool = True
    source: str = ""


@dataclass(frozen=True)
class Answer:
    """What happens to the visits of one household, or of all: skip, keep, or move to another day."""

    choice: str
    to_date: date | None = None


def between(start: date, until: date) -> list[Special]:
    """The public holidays of the Netherlands in this stretch, by their day, in the reader's language."""
    language = LANGUAGES.get((get_language() or "nl")[:2], "nl")
    years = range(start.year, (until - ONE_DAY).year + 1) if start < until else ()
    found = holidays.country_holidays("NL", years=years, language=language, categories=("public", "optional"))
    return [
        Special(HolidayChoice.Kind.HOLIDAY, name, day, day + ONE_DAY)
        for day, name in sorted(found.items())
        if start <= day < until
    ]


def breaks_between(team: Team, start: date, until: date) -> list[Special]:
    """The school breaks of the team's region that touch this stretch; none when the team named no region."""
    region = school_region(team)
    rows = SchoolBreak.objects.filter(region=region, period__overlap=DateRange(start, until)).order_by("period")
    return [
        Special(
            HolidayChoice.Kind.SCHOOL_BREAK,
            str(BREAKS[SchoolBreak.Name(row.name)]),
            row.period.lower,
            row.period.upper,
            row.sure,
            row.source,
        )
        for row in rows
    ]


def school_region(team: Team) -> str:
    """In which school region the team works; empty when nobody said so."""
    found = TeamCalendar.objects.filter(team=team).first()
    return found.school_region if found else ""


def known_until(region: str) -> date | None:
    """The day after the last school break that this release knows of in a region."""
    last = SchoolBreak.objects.filter(region=region).order_by("-period").first()
    return last.period.upper if last else None


def work_in(team: Team, region: SchoolRegion, *, by: Actor, at: datetime) -> None:
    """The team works in this school region."""
    TeamCalendar.objects.update_or_create(team=team, defaults={"school_region": region})
    journal.record(Fact.SCHOOL_REGION_CHOSEN, about=[team], by=by, at=at)


def chosen(team: Team, start: date, until: date) -> dict[tuple[date, date], HolidayChoice]:
    """What the team decided, for whatever touches this stretch."""
    rows = HolidayChoice.objects.filter(team=team, withdrawn_at=None, period__overlap=DateRange(start, until))
    return {
        (row.period.lower, row.period.upper): row
        for row in rows.prefetch_related("exceptions__household").order_by("pk")
    }


def undecided(team: Team, start: date, until: date) -> list[Special]:
    """The public holidays in this stretch about which the team decided nothing yet."""
    found = between(start, until)
    rows = HolidayChoice.objects.filter(team=team, withdrawn_at=None, period__overlap=DateRange(start, until))
    decided = list(rows.values_list("period", flat=True)) if found else []
    return [one for one in found if not any(one.start in period for period in decided)]


def choose(
    special: Special,
    answer: Answer,
    *,
    team: Team,
    exceptions: Mapping[Household, Answer],
    by: Actor,
    at: datetime,
) -> tuple[HolidayChoice, Settled]:
    """The team does this on that holiday or in that break, and otherwise for these households.

    It holds for the visits that stand and for those made later.  Raises `ToNowhere`.
    """
    today = at.astimezone(clock.HOME).date()
    for one in (answer, *exceptions.values()):
        if one.to_date is not None and (special.start <= one.to_date < special.until or one.to_date < today):
            raise ToNowhere(ToNowhere.__doc__)
    period = DateRange(special.start, special.until)
    before = HolidayChoice.objects.select_for_update().filter(team=team, period=period, withdrawn_at=None).first()
    if before is not None:
        HolidayChoice.objects.filter(pk=before.pk).update(withdrawn_at=at)
    row = HolidayChoice.objects.create(
        team=team,
        kind=special.kind,
        period=period,
        choice=answer.choice,
        to_date=answer.to_date,
        replaces=before,
        chosen_by_kind=by.kind,
        chosen_by_ref=by.ref,
        chosen_at=at,
    )
    HolidayException.objects.bulk_create(
        HolidayException(chosen=row, household=household, choice=one.choice, to_date=one.to_date)
        for household, one in exceptions.items()
    )
    return row, _settled(row, Fact.HOLIDAY_CHOSEN, by=by, at=at)


def choose_like(team: Team, other: Team, *, by: Actor, at: datetime) -> None:
    """A team that decided nothing yet begins with what the other decided for what is ahead, and its school region."""
    region = school_region(other)
    if region:
        work_in(team, SchoolRegion(region), by=by, at=at)
    HolidayChoice.objects.bulk_create(
        HolidayChoice(
            team=team,
            kind=row.kind,
            period=row.period,
            choice=row.choice,
            to_date=row.to_date,
            chosen_by_kind=by.kind,
            chosen_by_ref=by.ref,
            chosen_at=at,
        )
        for row in _ahead([other], at)
    )


def except_again(households: Collection[Household], *, team: Team, at: datetime) -> None:
    """What these households want otherwise on a holiday is kept by their new team, where that decided about it too."""
    theirs = {(row.period.lower, row.period.upper): row for row in _ahead([team], at)}
    today = at.astimezone(clock.HOME).date()
    standing = HolidayException.objects.filter(
        household__in=households, chosen__withdrawn_at=None, chosen__period__endswith__gt=today
    )
    elsewhere = standing.exclude(chosen__team=team).select_related("chosen")
    found = ((row, theirs.get((row.chosen.period.lower, row.chosen.period.upper))) for row in elsewhere)
    HolidayException.objects.bulk_create(
        (
            HolidayException(chosen=chosen, household=row.household, choice=row.choice, to_date=row.to_date)
            for row, chosen in found
            if chosen is not None
        ),
        ignore_conflicts=True,
    )


def decided_about(households: Collection[Household], teams: Collection[Team], *, at: datetime) -> list[Arrangement]:
    """The agreements of these households that name a day about which one of these teams decided something."""
    found: dict[int, Arrangement] = {}
    numbers = {household.pk for household in households}
    stretches = {(row.period.lower, row.period.upper) for row in _ahead(teams, at)}
    for start, until in sorted(stretches):
        for team in {household.team_id: household.team for household in households}.values():
            found |= {one.pk: one for one in touched(team, start, until) if one.household_id in numbers}
    return list(found.values())


def _ahead(teams: Collection[Team], at: datetime) -> QuerySet[HolidayChoice]:
    today = at.astimezone(clock.HOME).date()
    return HolidayChoice.objects.filter(team__in=teams, withdrawn_at=None, period__endswith__gt=today).order_by("pk")


def undo(choice: HolidayChoice, *, by: Actor, at: datetime) -> Settled:
    """The choice is as if it never was: what was decided before it stands again."""
    if not HolidayChoice.objects.filter(pk=choice.pk, withdrawn_at=None).update(withdrawn_at=at):
        raise NothingToUndo(NothingToUndo.__doc__)
    if choice.replaces is not None:
        HolidayChoice.objects.filter(pk=choice.replaces.pk).update(withdrawn_at=None)
    return _settled(choice, Fact.HOLIDAY_UNDONE, by=by, at=at)


def _settled(choice: HolidayChoice, fact: str, *, by: Actor, at: datetime) -> Settled:
    journal.record(fact, about=[choice, choice.team], by=by, at=at, params={"day": choice.period.lower.isoformat()})
    return settling.settle(touched(choice.team, choice.period.lower, choice.period.upper), at=at)


def touched(team: Team, start: date, until: date) -> list[Arrangement]:
    """The agreements of a team that name a day in this stretch: those whose visits a choice may change."""
    terms = Term.objects.filter(arrangement__household__team=team, period__overlap=DateRange(start, until))
    numbers = {term.arrangement_id for term in terms if planning.days_of(term, start, until)}
    moved = Visit.objects.filter(team=team, occurrence_date__gte=start, occurrence_date__lt=until)
    numbers |= set(moved.exclude(arrangement=None).values_list("arrangement_id", flat=True))
    found = Arrangement.objects.filter(pk__in=numbers).select_related("household__team")
    return list(found.order_by("household__name", "pk"))


def workdays_around(special: Special, most: int = 4) -> list[date]:
    """The nearest days that are no weekend and no holiday: where visits could go instead."""
    near = [special.start - n * ONE_DAY for n in (1, 2, 3, 4)] + [special.until + n * ONE_DAY for n in range(5)]
    free = {one.start for one in between(min(near), max(near) + ONE_DAY)}
    found = [day for day in near if day.weekday() < SATURDAY and day not in free]
    return sorted(sorted(found, key=lambda day: abs((day - special.start).days))[:most])
