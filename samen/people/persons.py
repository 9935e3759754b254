"""Persons, with how they are addressed and reached: made for whoever registers a household or a helper."""

from collections.abc import Sequence
from dataclasses import dataclass

from samen.base import many
from samen.people.models import Channel, ContactPoint, Language, Person


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
