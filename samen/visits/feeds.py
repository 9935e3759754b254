"""A calendar of one's own: a secret address that a telephone reads every half hour, until somebody withdraws it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from samen.base import journal, links
from samen.base.journal import Subject
from samen.base.models import Link
from samen.base.tenancy import Actor
from samen.people.models import Helper, Household
from samen.teams.models import Team
from samen.visits.facts import Fact

LIVES = timedelta(days=5 * 365)
Whose = Helper | Household | Team
PURPOSES = (Link.Purpose.FEED, Link.Purpose.FEED_FULL)


def share(whose: Whose, *, reader: uuid.UUID, purpose: str, by: Actor, at: datetime) -> Link:
    """There is one secret address of this calendar for this reader; asked twice, it is the same one.

    A full one, with surnames and addresses, takes the place of a plain one, and the other way round.
    """
    standing = of(whose, reader=reader, at=at)
    if standing is not None and standing.purpose == purpose:
        return standing
    if standing is not None:
        links.revoke(standing, at=at)
    link = links.make(purpose=purpose, person=reader, about=Subject.of(whose), expires_at=at + LIVES)
    journal.record(Fact.FEED_SHARED, about=[whose], by=by, at=at)
    return link


def withdraw(whose: Whose, *, reader: uuid.UUID, by: Actor, at: datetime) -> None:
    """The address of this calendar opens nothing any more; said twice, it is said once."""
    standing = of(whose, reader=reader, at=at)
    if standing is None:
        return
    links.revoke(standing, at=at)
    journal.record(Fact.FEED_WITHDRAWN, about=[whose], by=by, at=at)


def of(whose: Whose, *, reader: uuid.UUID, at: datetime) -> Link | None:
    """The address of this calendar for this reader that opens now."""
    found = Link.objects.filter(
        purpose__in=PURPOSES, object_ref=whose.public_id, person_ref=reader, revoked_at=None, expires_at__gt=at
    )
    return found.order_by("-pk").first()


def url(link: Link) -> str:
    """The whole address, for whoever may give it away."""
    return settings.ORIGIN + reverse("feed", args=[links.token(link.public_id)])
