"""A household is not at home for some days, said as far ahead as one likes, and never why."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from samen.base import clock, journal
from samen.base.tenancy import Actor
from samen.people.models import Household
from samen.visits import settling
from samen.visits.facts import Fact
from samen.visits.models import Arrangement, HouseholdAway
from samen.visits.settling import Settled


class AwayThenAlready(Exception):
    """The household is away already on some of these days; change those dates instead."""


class NothingToUndo(Exception):
    """These dates do not stand any more, so there is nothing to undo."""


def tell(
    *, household: Household, since: date, until: date | None, choice: str, by: Actor, at: datetime
) -> tuple[HouseholdAway, Settled]:
    """From `since` the household is away, until it is back on `until` (None: nobody knows yet).

    Its visits are skipped or kept, those that stand and those that are made later.  Raises `AwayThenAlready`.
    """
    row = _write(household, DateRange(since, until), choice, replaces=None, by=by, at=at)
    return row, _settled(row, Fact.AWAY_TOLD, by=by, at=at)


def back(away: HouseholdAway, *, on: date, by: Actor, at: datetime) -> Settled:
    """The household is back on this day, sooner or later than was said; visits from that day on are given back."""
    on = max(on, _today(at), away.period.lower)
    if on == away.period.lower:
        return withdraw(away, by=by, at=at)
    _withdraw(away, at=at)
    row = _write(away.household, DateRange(away.period.lower, on), away.choice, replaces=away, by=by, at=at)
    return _settled(row, Fact.AWAY_CHANGED, by=by, at=at)


def withdraw(away: HouseholdAway, *, by: Actor, at: datetime) -> Settled:
    """The household does not go away after all: the visits that have not passed come back."""
    _withdraw(away, at=at)
    return _settled(away, Fact.AWAY_WITHDRAWN, by=by, at=at)


def undo(away: HouseholdAway, *, by: Actor, at: datetime) -> Settled:
    """What was told last is as if it never was: the dates before it stand again, if there were any."""
    _withdraw(away, at=at)
    if away.replaces is not None:
        with _once_at_a_time():
            HouseholdAway.objects.filter(pk=away.replaces.pk).update(withdrawn_at=None)
    return _settled(away, Fact.AWAY_UNDONE, by=by, at=at)


def _today(at: datetime) -> date:
    return at.astimezone(clock.HOME).date()


def _write(
    household: Household, period: DateRange, choice: str, *, replaces: HouseholdAway | None, by: Actor, at: datetime
) -> HouseholdAway:
    with _once_at_a_time():
        return HouseholdAway.objects.create(
            household=household,
            period=period,
            choice=choice,
            replaces=replaces,
            told_by_kind=by.kind,
            told_by_ref=by.ref,
            told_at=at,
        )


@contextmanager
def _once_at_a_time() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "away_once_at_a_time":
            raise AwayThenAlready(AwayThenAlready.__doc__) from error
        raise


def _withdraw(away: HouseholdAway, *, at: datetime) -> None:
    if not HouseholdAway.objects.filter(pk=away.pk, withdrawn_at=None).update(withdrawn_at=at):
        raise NothingToUndo(NothingToUndo.__doc__)


def _settled(away: HouseholdAway, fact: str, *, by: Actor, at: datetime) -> Settled:
    household = away.household
    journal.record(fact, about=[away, household, household.team], by=by, at=at)
    agreed = Arrangement.objects.filter(household=household).select_related("household__team")
    return settling.settle(list(agreed), at=at)
