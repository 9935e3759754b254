"""An organisation begins, with nobody in it but its first manager."""

from datetime import datetime

from django.db import IntegrityError, connection, transaction

from samen.base import clock, journal, tenancy, wording
from samen.base.tenancy import Actor
from samen.teams import colleagues
from samen.teams.facts import Fact
from samen.teams.models import Colleague


class WordTaken(Exception):
    """Another organisation has this word in its addresses already."""


def speak(*, name: str, household: str, helper: str, by: Actor, at: datetime) -> None:
    """From now on the organisation is called so, and these are its words for whom it helps and for who helps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.rename_organisation(%s)", [name])
    wording.choose(household=household, helper=helper)
    journal.record(Fact.WORDS_CHOSEN, about=[], by=by, at=at)


def found(*, slug: str, name: str, manager: str, email: str, by: Actor, at: datetime) -> Colleague:
    """The organisation is there, empty, and its first manager has a mail that says how to sign in."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sec.found_organisation(%s, %s)", [slug, name])
            org: int = cursor.fetchone()[0]
    except IntegrityError:
        raise WordTaken from None
    with tenancy.enter(org, by):
        first = colleagues.invite(
            name=manager,
            email=email,
            role=Colleague.Role.MANAGER,
            teams=[],
            starts=at.astimezone(clock.HOME).date(),
            by=by,
            at=at,
        )
        journal.record(Fact.ORGANISATION_FOUNDED, about=[first], by=by, at=at)
    return first
