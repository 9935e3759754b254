"""Whom the organisation knows already, as a file is compared with it: read in a few queries, whatever their number."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from samen.office import likeness
from samen.office.drafts import Who
from samen.office.likeness import Crowd, Face
from samen.office.mapping import Kind
from samen.people import availability, numbers, places
from samen.people.models import Availability, ContactPoint, Helper, Household, HouseholdMember, Person
from samen.people.places import Address


@dataclass(frozen=True)
class Known:
    """A household or a helper as we have it."""

    whose: Household | Helper
    person: Person | None  # who lives there, or who she is
    who: Who
    number: str = ""
    home: Address | None = None
    hidden: bool = False  # the place is secret: where it is, no file may say
    contacts: frozenset[tuple[str, str]] = frozenset()
    week: Mapping[int, list[availability.Stretch]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name by which a colleague knows them."""
        return self.whose.name if isinstance(self.whose, Household) else self.whose.person.name


Everybody = dict[str, Known]  # by public id


def everybody(kind: str, today: date) -> tuple[Everybody, Crowd]:
    """All of them, and by what they are found."""
    found = _households(today) if kind == Kind.HOUSEHOLDS else _helpers(today)
    crowd = Crowd()
    for ref, known in found.items():
        crowd.add(_face(ref, known), known.number)
    return found, crowd


def _face(ref: str, known: Known) -> Face:
    birth = known.whose.birth_date if isinstance(known.whose, Helper) else None
    name = likeness.named(known.who.last_name, known.who.first_name)
    return Face(ref, known.label, frozenset({name}), likeness.traits(known.who, known.home, birth))


def _households(today: date) -> Everybody:
    own = {pk: number for number, pk in numbers.of_households().items()}
    rows = list(Household.objects.select_related("team").order_by("pk"))
    homes = places.of_households([row.pk for row in rows], today)
    residents: dict[int, Person] = {}
    contacts = defaultdict(set)
    for member in HouseholdMember.objects.standing().select_related("person").order_by("pk"):
        if member.role == HouseholdMember.Role.RESIDENT:
            residents.setdefault(member.household_id, member.person)
        else:
            contacts[member.household_id].add(likeness.named(member.person.last_name, member.person.first_name))
    points = _points()
    return {
        str(row.public_id): Known(
            row,
            residents.get(row.pk),
            _who(residents.get(row.pk), points, otherwise=row.name),
            own.get(row.pk, ""),
            places.address(homes.get(row.pk)),
            places.is_secret(homes.get(row.pk)),
            frozenset(contacts[row.pk]),
        )
        for row in rows
    }


def _helpers(today: date) -> Everybody:
    own = {pk: number for number, pk in numbers.of_helpers().items()}
    rows = list(Helper.objects.select_related("person", "team").order_by("pk"))
    homes = places.of_helpers([row.pk for row in rows], today)
    weeks: dict[int, dict[int, list[availability.Stretch]]] = defaultdict(lambda: defaultdict(list))
    for hours in Availability.objects.filter(period__contains=today).order_by("weekday", "local_start"):
        weeks[hours.helper_id][hours.weekday].append((hours.local_start, hours.local_end))
    points = _points()
    return {
        str(row.public_id): Known(
            row,
            row.person,
            _who(row.person, points, otherwise=row.person.name),
            own.get(row.pk, ""),
            places.address(homes.get(row.pk)),
            places.is_secret(homes.get(row.pk)),
            week=weeks[row.pk],
        )
        for row in rows
    }


def _points() -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    for person, kind, normalised in ContactPoint.objects.standing().values_list("person_id", "kind", "normalised"):
        found[person, kind].append(normalised)
    return found


def _who(person: Person | None, points: Mapping[tuple[int, str], list[str]], *, otherwise: str) -> Who:
    if person is None:
        return Who(otherwise)
    return Who(
        last_name=person.last_name,
        first_name=person.first_name,
        prefix=person.prefix,
        salutation=person.salutation,
        language=person.language,
        phones=tuple(points.get((person.pk, ContactPoint.Kind.PHONE), ())),
        emails=tuple(points.get((person.pk, ContactPoint.Kind.EMAIL), ())),
    )
