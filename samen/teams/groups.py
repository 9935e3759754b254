"""Teams: who answers for a region, on which number, and when they can be reached."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.db import transaction

from samen.base import journal
from samen.base.tenancy import Actor
from samen.teams.facts import Fact
from samen.teams.models import ClosedDay, OpeningHours, Region, Team
from samen.teams.promises import unless

Hours = Mapping[int, tuple[time, time]]  # weekday, Monday 0: from, until
Break = tuple[time, time]  # from, until


class NameTaken(Exception):
    """There is another team of this name."""


class AlreadyClosed(Exception):
    """The team is closed on this day already."""


@transaction.atomic
def make(*, region: Region, name: str, phone: str, by: Actor, at: datetime) -> Team:
    """This team answers for the region."""
    with unless("one_team_per_name", NameTaken()):
        team = Team.objects.create(region=region, name=name, phone=phone)
    journal.record(Fact.TEAM_MADE, about=[team], by=by, at=at)
    return team


@transaction.atomic
def change(team: Team, *, region: Region, name: str, phone: str, by: Actor, at: datetime) -> None:
    """From now on the team is called so, answers on this number, for this region."""
    team.region, team.name, team.phone = region, name, phone
    with unless("one_team_per_name", NameTaken()):
        team.save(update_fields=["region", "name", "phone"])
    journal.record(Fact.TEAM_CHANGED, about=[team], by=by, at=at)


@transaction.atomic
def open_at(team: Team, hours: Hours, *, pause: Break | None = None, by: Actor, at: datetime) -> None:
    """The team can be reached in these hours of the week, and in no others.

    It takes the break on each day on which it is open before and after it.
    """
    _keep(team, [_day(team, weekday, hours[weekday], pause) for weekday in sorted(hours)], by=by, at=at)


def _day(team: Team, weekday: int, hours: tuple[time, time], pause: Break | None) -> OpeningHours:
    start, end = hours
    day = OpeningHours(team=team, weekday=weekday, local_start=start, local_end=end)
    if pause is not None and start < pause[0] and pause[1] < end:
        day.break_start, day.break_end = pause
    return day


def _keep(team: Team, days: list[OpeningHours], *, by: Actor, at: datetime) -> None:
    team.hours.all().delete()
    OpeningHours.objects.bulk_create(days)
    journal.record(Fact.TEAM_CHANGED, about=[team], by=by, at=at)


@transaction.atomic
def open_like(team: Team, other: Team, *, by: Actor, at: datetime) -> None:
    """The team can be reached when the other can: in the same hours, and not on the same days ahead."""
    hours = ("weekday", "local_start", "local_end", "break_start", "break_end")
    _keep(
        team, [OpeningHours(team=team, **row) for row in other.hours.order_by("weekday").values(*hours)], by=by, at=at
    )
    ClosedDay.objects.bulk_create(
        ClosedDay(team=team, date=row.date, name=row.name) for row in other.closed_days.filter(date__gte=at.date())
    )


@transaction.atomic
def close_on(team: Team, day: date, *, name: str, by: Actor, at: datetime) -> ClosedDay:
    """The team cannot be reached on this day."""
    with unless("one_closing_per_day", AlreadyClosed()):
        closed = ClosedDay.objects.create(team=team, date=day, name=name)
    journal.record(Fact.TEAM_CHANGED, about=[team], by=by, at=at)
    return closed


@transaction.atomic
def open_again(closed: ClosedDay, *, by: Actor, at: datetime) -> None:
    """That day is like any other of its week."""
    team = closed.team
    closed.delete()
    journal.record(Fact.TEAM_CHANGED, about=[team], by=by, at=at)
