"""The gate of those without a login: what a signed link opens, and for whom."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import translation

from samen.base import audit, language, links
from samen.base.entrances import Role, visitor
from samen.base.models import Link
from samen.base.schema import Owned
from samen.base.tenancy import Actor, ActorKind
from samen.people.models import Helper, Household, Person
from samen.teams.models import Team
from samen.visits import access as visits
from samen.visits.models import Offer, Visit

Row = TypeVar("Row", bound=Owned)


class Expired(Exception):
    """The link is no longer valid; the team of whoever it was made for still answers the telephone."""

    def __init__(self, team: Team | None) -> None:
        super().__init__(self.__doc__)
        self.team = team


@dataclass(frozen=True)
class Guest:
    """Somebody who came in by a link: the link, and the person it was made for."""

    link: Link
    person: Person

    @property
    def actor(self) -> Actor:
        """The person, as the one who acts."""
        return Actor(ActorKind.PERSON, self.person.public_id)


def guest(request: HttpRequest) -> Guest:
    """Who came in; the page speaks their language from here on.  Raises `Expired` after its end."""
    link = Link.objects.get(public_id=visitor(request).actor.the_ref)
    person = Person.objects.filter(public_id=link.person_ref).first()
    if person is None:
        raise Http404
    if language.chosen(request) is None:
        translation.activate(person.language)
    if link.revoked_at is not None or link.expires_at <= visitor(request).at:
        raise Expired(_team_of(person))
    return Guest(link, person)


def _team_of(person: Person) -> Team | None:
    theirs = Q(pk__in=person.helpers.values("team")) | Q(
        pk__in=Household.objects.filter(members__person=person).values("team")
    )
    return Team.objects.filter(theirs).order_by("pk").first()


def helper(request: HttpRequest, guest: Guest) -> Helper:
    """The helper whose own page this link opens, else 404."""
    if guest.link.purpose != Link.Purpose.HELPER:
        raise Http404
    found = (
        Helper.objects.filter(public_id=guest.link.object_ref, person=guest.person)
        .select_related("person", "team")
        .first()
    )
    return _seen(request, found, Role.HELPER)


def visit(request: HttpRequest, helper: Helper, public_id: uuid.UUID) -> Visit:
    """A visit to which this helper goes, or of which she said how it went, else 404."""
    found = (
        Visit.objects.filter(public_id=public_id)
        .filter(
            Q(assignments__helper=helper, assignments__ended_at=None)
            | Q(results__helper=helper, results__replaced_at=None)
        )
        .select_related("household", "team", "arrangement")
        .first()
    )
    return _seen(request, found, Role.HELPER)


def hours_at(request: HttpRequest, helper: Helper, public_id: uuid.UUID) -> Household:
    """A household at which this helper ever worked, for her hours there, else 404."""
    found = Household.objects.filter(public_id=public_id, visits__results__helper=helper).select_related("team").first()
    return _seen(request, found, Role.HELPER)


def hours_by(request: HttpRequest, household: Household, public_id: uuid.UUID) -> Helper:
    """A helper who ever worked at this household, for the hours there, else 404."""
    found = (
        Helper.objects.filter(public_id=public_id, results__visit__household=household)
        .select_related("person", "team")
        .first()
    )
    return _seen(request, found, Role.HOUSEHOLD)


def household(request: HttpRequest, guest: Guest) -> Household:
    """The household whose own page this link opens, else 404."""
    if guest.link.purpose != Link.Purpose.HOUSEHOLD:
        raise Http404
    found = (
        Household.objects.filter(public_id=guest.link.object_ref, members__person=guest.person)
        .select_related("team")
        .first()
    )
    return _seen(request, found, Role.HOUSEHOLD)


def offer(request: HttpRequest, guest: Guest) -> Offer:
    """The offer this link opens, for nobody but the helper it was made to, else 404."""
    if guest.link.purpose != Link.Purpose.OFFER:
        raise Http404
    found = visits.offer_behind(guest.link.object_ref)
    if found.helper.person_id != guest.person.pk:
        raise Http404
    return _seen(request, found, Role.HELPER)


def promise(request: HttpRequest, household: Household, public_id: uuid.UUID) -> Offer:
    """The yes by which somebody was promised to this household, else 404."""
    rows = Offer.objects.filter(public_id=public_id, household=household, assignments__isnull=False)
    return _seen(request, rows.select_related("helper__person", "round__team").distinct().first(), Role.HOUSEHOLD)


def _seen(request: HttpRequest, found: Row | None, role: Role) -> Row:
    if found is None:
        raise Http404
    audit.read(found, role=role, entrance=visitor(request).entrance)
    return found


def home(helper: Helper, *, at: datetime) -> str | None:
    """The address of the helper's own page, when it has one that still opens."""
    link = Link.objects.filter(
        purpose=Link.Purpose.HELPER, object_ref=helper.public_id, revoked_at=None, expires_at__gt=at
    ).first()
    return links.url(link.public_id) if link else None
