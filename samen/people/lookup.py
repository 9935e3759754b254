"""Who is who: names behind soft ids, and how to reach somebody."""

import uuid
from collections.abc import Iterable

from samen.base.journal import Subject
from samen.people.models import ContactPoint, Helper, Household, HouseholdMember, Person

TOLD_FIRST = [
    HouseholdMember.Role.REPRESENTATIVE,
    HouseholdMember.Role.CONTACT,
    HouseholdMember.Role.RESIDENT,
]


def names(subjects: Iterable[Subject]) -> dict[Subject, str]:
    """The name of every household, helper and person among these that still exists."""
    wanted: dict[str, list[Subject]] = {}
    for subject in subjects:
        wanted.setdefault(subject.kind, []).append(subject)
    found: dict[Subject, str] = {}
    for helper in Helper.objects.filter(public_id__in=_refs(wanted, "helper")).select_related("person"):
        found[Subject("helper", helper.public_id)] = helper.person.name
    for household in Household.objects.filter(public_id__in=_refs(wanted, "household")):
        found[Subject("household", household.public_id)] = household.name
    for person in Person.objects.filter(public_id__in=_refs(wanted, "person")):
        found[Subject("person", person.public_id)] = person.name
    return found


def _refs(wanted: dict[str, list[Subject]], kind: str) -> list[uuid.UUID]:
    return [subject.ref for subject in wanted.get(kind, [])]


def email(person: Person) -> str | None:
    """The mail address of this person, the verified one first."""
    return _point(person, ContactPoint.Kind.EMAIL)


def phone(person: Person) -> str | None:
    """The phone number of this person."""
    return _point(person, ContactPoint.Kind.PHONE)


def _point(person: Person, kind: ContactPoint.Kind) -> str | None:
    points = ContactPoint.objects.filter(person=person, kind=kind)
    return points.order_by("-verified_at", "id").values_list("normalised", flat=True).first()


def told(household: Household) -> Person | None:
    """Who of a household hears about visits: a representative, else a contact, else who lives there."""
    members = HouseholdMember.objects.filter(household=household).select_related("person").order_by("id")
    by_role = {role: [member for member in members if member.role == role] for role in TOLD_FIRST}
    for role in TOLD_FIRST:
        for member in by_role[role]:
            person: Person = member.person
            return person
    return None
