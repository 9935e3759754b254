"""The splitting of a region is undone: first it is said who comes back and who cannot, then exactly that happens."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from django.urls import reverse

from samen.base import journal
from samen.office import splitting
from samen.office.facts import Fact
from samen.office.forms import written
from samen.office.models import Split
from samen.office.sitting import Office
from samen.office.splitting import Agreements
from samen.people.models import Helper, Household
from samen.teams import regions
from samen.teams.models import Colleague, Team, TeamMember
from samen.visits import holidays, settling, team_changes
from samen.visits.rehearsals import ChangedMeanwhile

Person = TypeVar("Person", Household, Helper)


@dataclass(frozen=True)
class Back:
    """Who comes back and who stays where they went, by number, as everything stands now."""

    households: tuple[int, ...]
    helpers: tuple[int, ...]
    colleagues: tuple[int, ...]
    sought: tuple[int, ...]  # households that stay, because other hands are looked for
    busy: tuple[int, ...]  # helpers who stay, because a stand-in is looked for or they have a question to answer
    homes_gone: tuple[int, ...]  # households that moved on since, or are no more
    helpers_gone: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]  # postcodes that come back

    @property
    def fingerprint(self) -> str:
        """A short word that differs as soon as anybody here does."""
        return hashlib.sha256(f"{self!r}".encode()).hexdigest()[:16]


def back(split: Split, *, here: Office) -> Back:
    """Who would come back now, and who would not.

    Who went elsewhere meanwhile, or for whom other hands are looked for now, stays.
    """
    homes, helpers = _numbers(split.households), _numbers(split.helpers)
    homes_there, helpers_there = _still(Household, split, homes), _still(Helper, split, helpers)
    sought = team_changes.sought(homes_there, at=here.at)
    busy = team_changes.busy(helpers_there, at=here.at)
    return Back(
        households=tuple(sorted(homes_there - sought)),
        helpers=tuple(sorted(helpers_there - busy)),
        colleagues=tuple(sorted(_members(split, here).values_list("colleague_id", flat=True))),
        sought=tuple(sorted(sought)),
        busy=tuple(sorted(busy)),
        homes_gone=tuple(sorted({*homes} - homes_there)),
        helpers_gone=tuple(sorted({*helpers} - helpers_there)),
        spans=tuple(regions.shared(_served(split), split.spans)),
    )


def _numbers(words: Mapping[str, int]) -> list[int]:
    return [int(number) for number in words]


def _still(table: type[Person], split: Split, went: list[int]) -> set[int]:
    """Those who are of the team they went to."""
    return set(table._default_manager.filter(pk__in=went, team=split.team).values_list("pk", flat=True))


def _members(split: Split, here: Office) -> Any:
    went = _numbers(split.colleagues)
    return TeamMember.objects.filter(team=split.team, colleague__in=went, period__contains=here.today)


def _served(split: Split) -> list[tuple[int, int]]:
    """The postcodes of the other region but for those that nobody served before."""
    return list(regions.without(regions.spans_of(split.target), split.unserved))


@transaction.atomic
def undo(split: Split, *, seen: str, here: Office) -> Back:
    """Whoever comes back is of the team of before with what is ahead, and so are the postcodes and the colleagues.

    A region and a team that were made stand empty.  `ChangedMeanwhile`, and nothing is done, when it is not what was
    seen.
    """
    by, at = here.visitor.actor, here.at
    regions.hold(split.source)
    team_changes.hold(_numbers(split.households), _numbers(split.helpers), at=at)
    found = back(split, here=here)
    if found.fingerprint != seen:
        raise ChangedMeanwhile(ChangedMeanwhile.__doc__)
    households = list(Household.objects.filter(pk__in=found.households).select_related("team").order_by("pk"))
    helpers = list(Helper.objects.filter(pk__in=found.helpers).select_related("team").order_by("pk"))
    teams = Team.objects.filter(pk__in={*split.households.values(), *split.helpers.values()}).order_by("pk")
    touched = Agreements([one.pk for one in holidays.decided_about(households, [split.team, *teams], at=at)])
    _postcodes_come_back(split, here=here)
    for team in teams:
        homes = [one for one in households if split.households[str(one.pk)] == team.pk]
        hers = [one for one in helpers if split.helpers[str(one.pk)] == team.pk]
        splitting.go(homes, hers, team=team, here=here)
    settling.settle(touched, at=at)
    _colleagues_come_back(split, here=here)
    Split.objects.filter(pk=split.pk).update(undone_at=at)
    journal.record(Fact.SPLIT_UNDONE, about=[split, split.source, split.target], by=by, at=at)
    return found


def _postcodes_come_back(split: Split, *, here: Office) -> None:
    by, at, target = here.visitor.actor, here.at, split.target
    now = _served(split)
    regions.change(target, name=target.name, spans=now, by=by, at=at)
    regions.give(spans=regions.shared(now, split.spans), source=target, target=split.source, by=by, at=at)


def _colleagues_come_back(split: Split, *, here: Office) -> None:
    teams = Team.objects.in_bulk(set(split.colleagues.values()))
    for member in _members(split, here).select_related("team", "colleague").order_by("pk"):
        splitting.change_over(member, teams[split.colleagues[str(member.colleague_id)]], here=here)


def preview(split: Split, *, here: Office) -> dict[str, Any]:
    """What would come back and what cannot, by name."""
    found = back(split, here=here)
    homes = dict(Household.objects.filter(pk__in=_numbers(split.households)).values_list("pk", "name"))
    rows = Helper.objects.filter(pk__in=_numbers(split.helpers)).select_related("person")
    helpers = {one.pk: one.person.name for one in rows}
    colleagues = Colleague.objects.filter(pk__in=found.colleagues).order_by("name")
    return {
        "seen": found.fingerprint,
        "source": split.source.name,
        "target": split.target.name,
        "team": split.team.name,
        "at": split.split_at,
        "households": _names(homes, found.households),
        "helpers": _names(helpers, found.helpers),
        "colleagues": [one.name for one in colleagues],
        "postcodes": written(found.spans),
        "sought": _names(homes, found.sought),
        "busy": _names(helpers, found.busy),
        "gone": [*_names(homes, found.homes_gone), *_names(helpers, found.helpers_gone)],
        "url": reverse("office_split", args=[here.visitor.slug, split.source.public_id]),
    }


def _names(names: Mapping[int, str], numbers: tuple[int, ...]) -> list[str]:
    return sorted(names[number] for number in numbers if number in names)
