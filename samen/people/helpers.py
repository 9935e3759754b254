"""A helper is known: who she is, where she lives, how she travels and when she can work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from samen.base import journal, many
from samen.base.tenancy import Actor
from samen.people import availability, persons, places
from samen.people.availability import Week
from samen.people.facts import Fact
from samen.people.models import Helper, TravelMode
from samen.people.persons import NewPerson
from samen.people.places import Address, Alias
from samen.teams.models import Team


@dataclass(frozen=True)
class NewHelper:
    """A helper who was not known yet; her hours and her home hold from `since` on."""

    person: NewPerson
    team: Team
    home: Address | Alias | None
    since: date
    mode: str = TravelMode.BIKE
    reach_minutes: int = 30
    contract_minutes: int = 0
    birth_date: date | None = None
    week: Week = field(default_factory=dict)


def register(*, new: NewHelper, by: Actor, at: datetime) -> Helper:
    """The helper is known, and can be planned."""
    return register_all(new=[new], by=by, at=at)[0]


def register_all(*, new: Sequence[NewHelper], by: Actor, at: datetime) -> list[Helper]:
    """All of them are known, in this order, in a number of statements that does not grow."""
    people = persons.make_all([one.person for one in new])
    made = many.keep(
        Helper(
            person=person,
            team=one.team,
            mode=one.mode,
            reach_minutes=one.reach_minutes,
            contract_minutes=one.contract_minutes,
            birth_date=one.birth_date,
            since_date=one.since,
        )
        for person, one in zip(people, new, strict=True)
    )
    both = list(zip(made, new, strict=True))
    places.settle_all((helper, one.home, one.since) for helper, one in both if one.home)
    availability.begin((helper, one.week, one.since) for helper, one in both)
    journal.record_all(Fact.HELPER_REGISTERED, about=[[helper, helper.team] for helper in made], by=by, at=at)
    return made


def change(helper: Helper, *, terms: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """What is agreed with her is this: any of mode, reach_minutes, contract_minutes, birth_date, until_date."""
    changed = [name for name, value in terms.items() if getattr(helper, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(helper, name, terms[name])
    helper.save(update_fields=changed)
    journal.record(Fact.HELPER_CHANGED, about=[helper, helper.team], by=by, at=at)


def move_all(helpers: Sequence[Helper], *, team: Team, by: Actor, at: datetime) -> None:
    """These helpers belong to this team from now on."""
    about = [[helper, helper.team, team] for helper in helpers]
    Helper.objects.filter(pk__in=[helper.pk for helper in helpers]).update(team=team)
    journal.record_all(Fact.HELPER_MOVED, about=about, by=by, at=at)
