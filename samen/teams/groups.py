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
def open_at(team: Team, hours: Hours, *, by: Actor, at: datetime) -> None:
    """The team can be reached in these hours of the week, and in no others."""
    team.hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(team=team, weekday=weekday, local_start=start, local_end=end)
        for weekday, (start, end) in sorted(hours.items())
    )
    journal.record(Fact.TEAM_CHANGED, about=[team], by=by, at=at)


@transaction.atomic
def open_like(team: Team, other: Team, *, by: Actor, at: datetime) -> None:
    """The team can be reached when the other can: in the same hours, and not on the same days ahead."""
    open_at(team, {row.weekday: (row.local_start, row.local_end) for row in other.hours.all()}, by=by, at=at)
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
