"""Is this somebody we know?  The same for certain, perhaps the same, or new; perhaps is asked, never decided."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from samen.office.drafts import HelperDraft, HouseholdDraft, Who
from samen.office.mapping import plain
from samen.people.places import Address

Trait = tuple[str, str]


@dataclass(frozen=True)
class Face:
    """By what somebody is known: a soft reference (a row of the file, or a public id), a name, and traits."""

    ref: str
    name: str
    names: frozenset[tuple[str, str]]  # surname and first name of everybody in it
    traits: frozenset[Trait]


@dataclass
class Crowd:
    """Everybody known so far, found by number and by trait."""

    numbers: dict[str, Face] = field(default_factory=dict)
    by_trait: dict[Trait, list[Face]] = field(default_factory=lambda: defaultdict(list))

    def add(self, face: Face, number: str) -> None:
        """From now on this one is known."""
        if number:
            self.numbers[number] = face
        for trait in face.traits | {("name", f"{first} {last}") for last, first in face.names}:
            self.by_trait[trait].append(face)


@dataclass(frozen=True)
class Likeness:
    """Who it is, for certain or perhaps; nobody when neither."""

    same: Face | None = None
    perhaps: tuple[Face, ...] = ()


def face(ref: str, draft: HouseholdDraft | HelperDraft) -> Face:
    """By what the one in this row will be known."""
    birth = draft.birth_date if isinstance(draft, HelperDraft) else None
    name = " ".join(part for part in (draft.who.first_name, draft.who.prefix, draft.who.last_name) if part)
    return Face(ref, name, frozenset({_name(draft.who)}), traits(draft.who, draft.home, birth))


def traits(who: Who, home: Address | None, birth_date: date | None) -> frozenset[Trait]:
    """What points to one and the same: a number, an address, a door, a day of birth."""
    found = {("phone", one) for one in who.phones} | {("email", one) for one in who.emails}
    if home and home.postcode and home.house_number:
        found.add(("door", f"{home.postcode} {home.house_number}"))
    if birth_date:
        found.add(("born", f"{birth_date} {plain(who.last_name)}"))
    if not found:
        last, first = _name(who)
        found.add(("name", f"{first} {last}"))  # nothing else is said of them
    return frozenset(found)


def find(crowd: Crowd, number: str, one: Face) -> Likeness:
    """The same when number or trait and name agree; perhaps when only one of the two does."""
    alike = list(_pointed_at(crowd, one.traits))
    if number and number in crowd.numbers:
        known = crowd.numbers[number]
        return Likeness(same=known) if _same_name(one, known) else Likeness(perhaps=(known,))
    certain = [known for known in alike if _same_name(one, known) and not _only_name(one, known)]
    if len(certain) == 1:
        return Likeness(same=certain[0])
    return Likeness(perhaps=tuple(certain or alike))


def _pointed_at(crowd: Crowd, found: Iterable[Trait]) -> Iterable[Face]:
    return dict.fromkeys(known for trait in sorted(found) for known in crowd.by_trait.get(trait, ()))


def _only_name(one: Face, known: Face) -> bool:
    return {kind for kind, _ in one.traits & known.traits} <= {"name"}


def _same_name(one: Face, other: Face) -> bool:
    return any(_agree(mine, theirs) for mine in one.names for theirs in other.names)


def _agree(mine: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """The same surname, and first names of which one may be the other's initial, or missing."""
    if mine[0] != theirs[0]:
        return False
    first, other = mine[1], theirs[1]
    if not first or not other or first == other:
        return True
    return first[0] == other[0] and (_is_initials(first) or _is_initials(other))


def _is_initials(name: str) -> bool:
    return all(len(part) == 1 for part in name.split())


def _name(who: Who) -> tuple[str, str]:
    return named(who.last_name, who.first_name)


def named(last_name: str, first_name: str) -> tuple[str, str]:
    """A name as it is compared."""
    return plain(last_name), plain(first_name.replace(".", " "))


def shortens(name: str, whole: str) -> bool:
    """Whether this is no more than the initials of that name."""
    short = plain(name.replace(".", " "))
    return _is_initials(short) and short[:1] == plain(whole)[:1]
