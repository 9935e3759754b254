"""Who is who: names behind soft ids, whoever is searched for, and how to reach somebody."""

import re
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from samen.base.journal import Subject
from samen.base.schema import Owned
from samen.people import places
from samen.people.models import ContactPoint, Helper, Household, HouseholdMember, Person
from samen.teams.models import Team

POSTCODE = re.compile(r"\d{4}\s*[a-z]{0,2}", re.ASCII | re.IGNORECASE)
NUMBER = re.compile(r"[\d\s()+-]{6,}", re.ASCII)
MOST_WORDS = 6
Row = TypeVar("Row", bound=Owned)

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
    for helper in _rows(Helper.objects.select_related("person"), wanted, "helper"):
        found[Subject("helper", helper.public_id)] = helper.person.name
    for household in _rows(Household.objects.all(), wanted, "household"):
        found[Subject("household", household.public_id)] = household.name
    for person in _rows(Person.objects.all(), wanted, "person"):
        found[Subject("person", person.public_id)] = person.name
    return found


def _rows(rows: QuerySet[Row], wanted: dict[str, list[Subject]], kind: str) -> Iterable[Row]:
    """Those that are wanted; the database is not asked for nobody."""
    refs = [subject.ref for subject in wanted.get(kind, [])]
    return rows.filter(public_id__in=refs) if refs else ()


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
    return first_told(HouseholdMember.objects.filter(household=household).select_related("person").order_by("id"))


def first_told(members: Iterable[HouseholdMember]) -> Person | None:
    """Who of these members hears about visits."""
    members = list(members)
    by_role = {role: [member for member in members if member.role == role] for role in TOLD_FIRST}
    for role in TOLD_FIRST:
        for member in by_role[role]:
            person: Person = member.person
            return person
    return None


def find_households(team: Team, text: str, *, on: date) -> QuerySet[Household]:
    """The households of the team with this name, postcode or telephone number; all of them for an empty text."""
    rows = Household.objects.filter(team=team)
    if POSTCODE.fullmatch(text.strip()):
        return rows.filter(pk__in=places.households_at(text, on))
    if NUMBER.fullmatch(text.strip()):
        return rows.filter(pk__in=_members(_reached_at(text)))
    for word in text.split()[:MOST_WORDS]:
        rows = rows.filter(Q(name__icontains=word) | Q(pk__in=_members(_named(word))))
    return rows


def find_helpers(team: Team, text: str, *, on: date) -> QuerySet[Helper]:
    """The helpers of the team with this name, postcode or telephone number; all of them for an empty text."""
    rows = Helper.objects.filter(team=team)
    if POSTCODE.fullmatch(text.strip()):
        return rows.filter(pk__in=places.helpers_at(text, on))
    if NUMBER.fullmatch(text.strip()):
        return rows.filter(person__in=Person.objects.filter(_reached_at(text)))
    for word in text.split()[:MOST_WORDS]:
        rows = rows.filter(person__in=Person.objects.filter(_named(word)))
    return rows


def _members(who: Q) -> QuerySet[HouseholdMember, int]:
    return HouseholdMember.objects.filter(person__in=Person.objects.filter(who)).values_list("household", flat=True)


def _named(word: str) -> Q:
    return Q(first_name__icontains=word) | Q(prefix__iexact=word) | Q(last_name__icontains=word)


def _reached_at(text: str) -> Q:
    """Without the zero or the country in front, so that 06 and +316 find the same."""
    number = "".join(sign for sign in text if sign.isdigit())
    rest = re.sub("^(0031|31|0)", "", number)
    return Q(contact_points__kind=ContactPoint.Kind.PHONE, contact_points__normalised__contains=rest)
