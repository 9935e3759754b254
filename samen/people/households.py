"""A household is known: who lives there, who speaks for them, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from samen.base import journal, links, many
from samen.base.models import Link
from samen.base.tenancy import Actor
from samen.people import persons, places
from samen.people.facts import Fact
from samen.people.models import Household, HouseholdMember
from samen.people.persons import NewPerson
from samen.people.places import Address, Alias
from samen.teams.models import Team
from samen.teams.promises import unless


class NoMandate(Exception):
    """Who decides for somebody else needs a mandate, and since when."""


class RoleTaken(Exception):
    """This person has that part in the household already."""


class NobodyLeft(Exception):
    """Somebody must belong to the household: add who does before the last one leaves."""


@dataclass(frozen=True)
class NewMember:
    """Somebody's part in a household; a representative brings a mandate and the day it was given."""

    person: NewPerson
    role: str = HouseholdMember.Role.RESIDENT
    mandate: str = ""
    mandate_date: date | None = None


@dataclass(frozen=True)
class NewHousehold:
    """A household that was not known yet, and since when it lives where it lives."""

    name: str
    team: Team
    members: tuple[NewMember, ...]
    home: Address | Alias | None
    since: date


def register(*, new: NewHousehold, by: Actor, at: datetime) -> Household:
    """The household is known, with everybody in it.  Raises `NoMandate`."""
    return register_all(new=[new], by=by, at=at)[0]


def register_all(*, new: Sequence[NewHousehold], by: Actor, at: datetime) -> list[Household]:
    """All of them are known, in this order, in a number of statements that does not grow.  Raises `NoMandate`."""
    made = many.keep(Household(name=one.name, team=one.team) for one in new)
    joining = [(household, member) for household, one in zip(made, new, strict=True) for member in one.members]
    _join(joining, by=by)
    both = zip(made, new, strict=True)
    places.settle_all((household, one.home, one.since) for household, one in both if one.home)
    about = [[household, household.team] for household in made]
    journal.record_all(Fact.HOUSEHOLD_REGISTERED, about=about, by=by, at=at)
    return made


def add_member(*, household: Household, new: NewMember, by: Actor, at: datetime) -> HouseholdMember:
    """Somebody belongs to the household from now on.  Raises `NoMandate`."""
    member = _join([(household, new)], by=by)[0]
    journal.record(Fact.MEMBER_ADDED, about=[household, household.team, member.person], by=by, at=at)
    return member


def _join(joining: Sequence[tuple[Household, NewMember]], *, by: Actor) -> list[HouseholdMember]:
    if any(_lacks_mandate(member) for _, member in joining):
        raise NoMandate(NoMandate.__doc__)
    people = persons.make_all([member.person for _, member in joining])
    return many.keep(
        HouseholdMember(
            household=household,
            person=person,
            role=member.role,
            mandate=member.mandate,
            mandate_date=member.mandate_date,
            mandate_by_kind=by.kind if member.mandate else "",
            mandate_by_ref=by.ref if member.mandate else None,
        )
        for (household, member), person in zip(joining, people, strict=True)
    )


def _lacks_mandate(member: NewMember) -> bool:
    decides = member.role == HouseholdMember.Role.REPRESENTATIVE
    return decides and not (member.mandate and member.mandate_date)


def rename(household: Household, *, name: str, by: Actor, at: datetime) -> None:
    """The household is known under another name."""
    if household.name == name:
        return
    household.name = name
    household.save(update_fields=["name"])
    journal.record(Fact.HOUSEHOLD_CHANGED, about=[household, household.team], by=by, at=at)


def move_all(households: Sequence[Household], *, team: Team, by: Actor, at: datetime) -> None:
    """This team answers for these households from now on."""
    about = [[household, household.team, team] for household in households]
    Household.objects.filter(pk__in=[household.pk for household in households]).update(team=team)
    journal.record_all(Fact.HOUSEHOLD_MOVED, about=about, by=by, at=at)


def change_member(
    member: HouseholdMember, *, role: str, mandate: str, mandate_date: date | None, by: Actor, at: datetime
) -> None:
    """Somebody has this part in the household.  Raises `NoMandate`, and `RoleTaken` when they have that part too."""
    decides = role == HouseholdMember.Role.REPRESENTATIVE
    if decides and not (mandate and mandate_date):
        raise NoMandate(NoMandate.__doc__)
    said = (role, mandate if decides else "", mandate_date if decides else None)
    if (member.role, member.mandate, member.mandate_date) == said:
        return
    member.role, member.mandate, member.mandate_date = said
    member.mandate_by_kind, member.mandate_by_ref = (by.kind, by.ref) if decides else ("", None)
    with unless("one_role_once", RoleTaken()):
        member.save(update_fields=["role", "mandate", "mandate_date", "mandate_by_kind", "mandate_by_ref"])
    _tell(Fact.MEMBER_CHANGED, member, by=by, at=at)


def end_member(member: HouseholdMember, *, until: date, by: Actor, at: datetime) -> None:
    """Somebody has no part in the household from that day on, and no way in to its page; who they were is kept.

    Raises `NobodyLeft`.
    """
    household = Household.objects.select_for_update(no_key=True).get(pk=member.household_id)
    if not household.members.filter(until_date=None).exclude(pk=member.pk).exists():
        raise NobodyLeft(NobodyLeft.__doc__)
    member.until_date = until
    member.save(update_fields=["until_date"])
    for link in Link.objects.filter(person_ref=member.person.public_id, object_ref=household.public_id):
        links.revoke(link, at=at)
    _tell(Fact.MEMBER_REMOVED, member, by=by, at=at)


def _tell(fact: str, member: HouseholdMember, *, by: Actor, at: datetime) -> None:
    journal.record(fact, about=[member.household, member.household.team, member.person], by=by, at=at)
