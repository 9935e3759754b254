"""What a file says otherwise than we knew: households and helpers are corrected by it, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from samen.base import journal
from samen.base.tenancy import Actor
from samen.people import availability, helpers, households, numbers, places
from samen.people.facts import Fact
from samen.people.households import NewMember
from samen.people.models import ContactPoint, Helper, Household, Person
from samen.people.places import Address


@dataclass(frozen=True)
class Correction:
    """What is different of one household or helper: only what is named here changes."""

    whose: Household | Helper
    person: Person | None
    since: date
    number: str = ""
    name: str = ""  # of a household
    columns: Mapping[str, str] = field(default_factory=dict)  # of the person
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    home: Address | None = None
    contact: NewMember | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)  # of a helper
    week: availability.Week = field(default_factory=dict)


def correct(said: Correction, *, by: Actor, at: datetime) -> None:
    """They are known as the file says; where they live and when she works changes from that day on."""
    _correct_person(said)
    if said.number:
        numbers.give_all([(said.whose, said.number)])
    if said.home:
        places.settle(said.whose, home=said.home, since=said.since, by=by, at=at)
    if isinstance(said.whose, Household):
        if said.name:
            households.rename(said.whose, name=said.name, by=by, at=at)
        if said.contact:
            households.add_member(household=said.whose, new=said.contact, by=by, at=at)
    else:
        helpers.change(said.whose, terms=said.terms, by=by, at=at)
        if said.week:
            availability.change(said.whose, said.week, since=said.since, by=by, at=at)
    fact = Fact.HOUSEHOLD_CHANGED if isinstance(said.whose, Household) else Fact.HELPER_CHANGED
    journal.record(fact, about=[said.whose, said.whose.team], by=by, at=at)


def _correct_person(said: Correction) -> None:
    if said.person is None:  # a household of which only the name is known
        return
    if said.columns:
        for name, value in said.columns.items():
            setattr(said.person, name, value)
        said.person.save(update_fields=list(said.columns))
    ContactPoint.objects.bulk_create(
        ContactPoint(person=said.person, kind=kind, normalised=point)
        for kind, points in ((ContactPoint.Kind.PHONE, said.phones), (ContactPoint.Kind.EMAIL, said.emails))
        for point in points
    )
