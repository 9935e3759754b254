"""Persons, with how they are addressed and reached: made for whoever registers somebody, and changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from samen.base import clock, journal, many
from samen.base.tenancy import Actor
from samen.people.facts import Fact
from samen.people.models import Channel, ContactPoint, Helper, Household, Language, Person


@dataclass(frozen=True)
class NewPerson:
    """Somebody who was not known yet.  Numbers are as `formats.phone` gives them, addresses in small letters."""

    last_name: str
    first_name: str = ""
    prefix: str = ""
    salutation: str = ""
    language: str = Language.NL
    channel: str = Channel.EMAIL
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


def make_all(newcomers: Sequence[NewPerson]) -> list[Person]:
    """Each of them is known, in this order, with how to reach them."""
    made = many.keep(
        Person(
            first_name=one.first_name,
            prefix=one.prefix,
            last_name=one.last_name,
            salutation=one.salutation,
            language=one.language,
            channel=one.channel,
        )
        for one in newcomers
    )
    many.keep(
        ContactPoint(person=person, kind=kind, normalised=point)
        for person, one in zip(made, newcomers, strict=True)
        for kind, points in ((ContactPoint.Kind.PHONE, one.phones), (ContactPoint.Kind.EMAIL, one.emails))
        for point in points
    )
    return made


def change(person: Person, *, said: Mapping[str, str], whose: Household | Helper, by: Actor, at: datetime) -> None:
    """Somebody is called, addressed and reached like this: any of names, salutation, language and channel."""
    changed = [name for name, value in said.items() if getattr(person, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(person, name, said[name])
    person.save(update_fields=changed)
    _tell(Fact.PERSON_CHANGED, person, whose, by=by, at=at)


def add_point(
    person: Person, *, kind: str, normalised: str, whose: Household | Helper, by: Actor, at: datetime
) -> ContactPoint:
    """Somebody is reached by this too.  Said twice, it is known once."""
    known = person.contact_points.filter(kind=kind, normalised=normalised, until_date=None).first()
    if known is not None:
        return known
    made = ContactPoint.objects.create(person=person, kind=kind, normalised=normalised)
    _tell(Fact.POINT_ADDED, person, whose, by=by, at=at)
    return made


def verify(point: ContactPoint, *, whose: Household | Helper, by: Actor, at: datetime) -> None:
    """It is right: somebody was reached by it, or said so."""
    point.verified_at = at
    point.save(update_fields=["verified_at"])
    _tell(Fact.POINT_VERIFIED, point.person, whose, by=by, at=at)


def end_point(point: ContactPoint, *, whose: Household | Helper, by: Actor, at: datetime) -> None:
    """Nobody is reached by it from today on; that it was theirs is kept."""
    point.until_date = at.astimezone(clock.HOME).date()
    point.save(update_fields=["until_date"])
    _tell(Fact.POINT_ENDED, point.person, whose, by=by, at=at)


def _tell(fact: str, person: Person, whose: Household | Helper, *, by: Actor, at: datetime) -> None:
    journal.record(fact, about=[person, whose, whose.team], by=by, at=at)
