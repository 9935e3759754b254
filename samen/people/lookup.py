"""Who is who: names behind soft ids, whoever is searched for, and how to reach somebody."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Value

from samen.base.journal import Subject
from samen.people import places
from samen.people.models import ContactPoint, Helper, Household, HouseholdMember, Person
from samen.teams.models import Colleague, Team

POSTCODE = re.compile(r"\d{4}\s*[a-z]{0,2}", re.ASCII | re.IGNORECASE)
NUMBER = re.compile(r"[\d\s()+-]{6,}", re.ASCII)
MOST_WORDS = 6

TOLD_FIRST = [
    HouseholdMember.Role.REPRESENTATIVE,
    HouseholdMember.Role.CONTACT,
    HouseholdMember.Role.RESIDENT,
]


def names(subjects: Iterable[Subject]) -> dict[Subject, str]:
    """The name of every household, helper, person and colleague among these that still exists."""
    wanted: dict[str, list[uuid.UUID]] = {}
    for subject in subjects:
        if subject.kind in ("helper", "household", "person", "colleague"):
            wanted.setdefault(subject.kind, []).append(subject.ref)
    sources = [
        _named_rows(Helper.objects.all(), wanted.get("helper"), "helper", "person__"),
        _named_rows(Person.objects.all(), wanted.get("person"), "person"),
        _known_as(Household.objects.all(), wanted.get("household"), "household"),
        _known_as(Colleague.objects.all(), wanted.get("colleague"), "colleague"),
    ]
    if not any(wanted.values()):
        return {}
    return {
        Subject(kind, ref): " ".join(part for part in name if part)
        for kind, ref, *name in sources[0].union(*sources[1:], all=True)
    }


def _named_rows(rows: QuerySet[Any], refs: list[uuid.UUID] | None, kind: str, path: str = "") -> QuerySet[Any, Any]:
    """Kind, identity and the parts of the name, so that all kinds come in one statement."""
    named = {"first": F(f"{path}first_name"), "between": F(f"{path}prefix"), "last": F(f"{path}last_name")}
    return _columns(rows, refs, kind, named)


def _known_as(rows: QuerySet[Any], refs: list[uuid.UUID] | None, kind: str) -> QuerySet[Any, Any]:
    return _columns(rows, refs, kind, {"first": Value(""), "between": Value(""), "last": F("name")})


def _columns(rows: QuerySet[Any], refs: list[uuid.UUID] | None, kind: str, named: dict[str, Any]) -> QuerySet[Any, Any]:
    found: QuerySet[Any, Any] = rows.filter(public_id__in=refs or ()).annotate(kind=Value(kind), **named)
    return found.values_list("kind", "public_id", "first", "between", "last")


def email(person: Person) -> str | None:
    """The mail address of this person, the verified one first."""
    return _point(person, ContactPoint.Kind.EMAIL)


def phone(person: Person) -> str | None:
    """The phone number of this person."""
    return _point(person, ContactPoint.Kind.PHONE)


def _point(person: Person, kind: ContactPoint.Kind) -> str | None:
    points = ContactPoint.objects.standing().filter(person=person, kind=kind)
    return next(iter(points.values_list("normalised", flat=True)[:1]), None)


def told(household: Household) -> Person | None:
    """Who of a household hears about visits: a representative, else a contact, else who lives there."""
    return first_told(
        HouseholdMember.objects.standing().filter(household=household).select_related("person").order_by("id")
    )


def told_of(households: Iterable[int]) -> dict[int, Person]:
    """Who of each of these households (by number) hears about visits; nobody is in it of whom nobody is known."""
    found: dict[int, list[HouseholdMember]] = defaultdict(list)
    rows = HouseholdMember.objects.standing().filter(household__in=households)
    for member in rows.select_related("person").order_by("id"):
        found[member.household_id].append(member)
    told = {household: first_told(members) for household, members in found.items()}
    return {household: person for household, person in told.items() if person is not None}


def joined(members: Sequence[HouseholdMember], people: Iterable[Person]) -> list[HouseholdMember]:
    """The members, each with the person it is, where both were fetched apart."""
    by_number = {person.pk: person for person in people}
    for member in members:
        member.person = by_number[member.person_id]
    return list(members)


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
    return (
        HouseholdMember.objects.standing()
        .filter(person__in=Person.objects.filter(who))
        .values_list("household", flat=True)
    )


def _named(word: str) -> Q:
    return Q(first_name__icontains=word) | Q(prefix__iexact=word) | Q(last_name__icontains=word)


def _reached_at(text: str) -> Q:
    """Without the zero or the country in front, so that 06 and +316 find the same."""
    number = "".join(sign for sign in text if sign.isdigit())
    rest = re.sub("^(0031|31|0)", "", number)
    return Q(
        contact_points__kind=ContactPoint.Kind.PHONE,
        contact_points__normalised__contains=rest,
        contact_points__until_date=None,
    )
