"""A region is split: first it is said exactly what would happen, then that happens, and it can be undone.

It is really done and then undone, so that the preview cannot say anything else than the change itself.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from samen.office.forms import NOBODY, written
from samen.office.models import Split
from samen.office.sitting import Office
from samen.people import helpers as helping
from samen.people import households as homes
from samen.people import places
from samen.people.models import Helper, Household
from samen.teams import access, colleagues, groups, regions
from samen.teams.models import Colleague, Region, Team, TeamMember
from samen.visits import holidays, rehearsals, settling, team_changes
from samen.visits.models import Arrangement
from samen.visits.rehearsals import ChangedMeanwhile, Rehearsal
from samen.visits.team_changes import Crossing

Person = TypeVar("Person", Household, Helper)


class NobodyLeft(Exception):
    """Somebody must stay in the team that keeps the rest of the region."""


REFUSALS = (regions.PostcodesTaken, regions.NameTaken, groups.NameTaken, NobodyLeft)


@dataclass(frozen=True)
class Mover:
    """A helper who moves, and why: so many of her visits go along, or where she lives."""

    helper: int
    along: int
    visits: int
    postcode: str = ""


@dataclass(frozen=True)
class Plan:
    """Who would go to the other team and who would stay, by number, as everything stands now."""

    teams: tuple[int, ...]
    households: tuple[int, ...]
    movers: tuple[Mover, ...]
    sought: tuple[int, ...]  # households that stay, because other hands are looked for
    busy: tuple[int, ...]  # helpers who stay, because a stand-in is looked for or they have a question to answer
    unknown: tuple[int, ...]  # households of which no postcode is known here: they go along where somebody says so
    unplaced: tuple[int, ...]  # helpers of whom nothing says where they belong: they too

    @property
    def helpers(self) -> list[int]:
        """Who moves."""
        return [mover.helper for mover in self.movers]


@dataclass(frozen=True)
class Outcome:
    """What a split would do, or did: everything the preview says, so that its fingerprint covers all of it."""

    plan: Plan
    left: tuple[tuple[int, int], ...]
    taken: tuple[tuple[int, int], ...]
    visits: int
    crossings: tuple[Crossing, ...]
    staying: tuple[str, ...]  # colleagues in the teams that keep the rest
    going: tuple[str, ...]  # colleagues in the team that answers for what moves


class Agreements(Collection[Arrangement]):
    """These agreements, read anew each time, because the team of their households changes meanwhile."""

    def __init__(self, numbers: Collection[int]) -> None:
        self.numbers = sorted(numbers)

    def __iter__(self) -> Iterator[Arrangement]:
        return iter(Arrangement.objects.filter(pk__in=self.numbers).select_related("household__team"))

    def __len__(self) -> int:
        return len(self.numbers)

    def __contains__(self, one: object) -> bool:
        return isinstance(one, Arrangement) and one.pk in self.numbers


class Splitting:
    """One region being split as somebody answered: what it would do, and doing it."""

    def __init__(self, here: Office, region: Region, answers: Mapping[str, Any]) -> None:
        self.here, self.region, self.answers = here, region, answers
        self.at, self.by = here.at, here.visitor.actor
        self.spans: list[tuple[int, int]] = answers["postcodes"]
        self.target = None if answers["region"] == NOBODY else access.region_for(here.visitor, answers["region"])
        self.outcome: Outcome | None = None
        self.split: Split | None = None

    def rehearse(self) -> tuple[Outcome, Rehearsal]:
        """What would happen; nothing does."""
        self.plan = self._plan()
        return self._tried(self._touched())

    def perform(self, seen: str) -> Split:
        """Do what was previewed, and nothing else: `ChangedMeanwhile`, and nothing is done, when it would differ."""
        with transaction.atomic():
            regions.hold(self.region)
            self.plan = self._plan()
            team_changes.hold(self.plan.households, self.plan.helpers, at=self.at)
            self.plan = self._plan()
            touched = self._touched()
            outcome, tried = self._tried(touched)
            if fingerprint(outcome, tried) != seen:
                raise ChangedMeanwhile(ChangedMeanwhile.__doc__)
            return self._act(touched)

    def _tried(self, touched: Agreements) -> tuple[Outcome, Rehearsal]:
        tried = rehearsals.rehearse(touched, lambda: self._act(touched), at=self.at)
        if self.outcome is None:
            raise LookupError("it was not tried")
        return self.outcome, tried

    # --- Who would move --------------------------------------------------------------------------------

    def _plan(self) -> Plan:
        """Whom the postcodes take along, and whom something keeps back, as everything stands now."""
        teams = list(Team.objects.filter(region=self.region).order_by("pk"))
        here = set(Household.objects.filter(team__in=teams).values_list("pk", flat=True))
        at_home = self._postcodes(places.of_households(here, self.here.today))
        unknown = {one for one in here if not at_home.get(one)}
        moving = {one for one in here if regions.within(at_home.get(one, ""), self.spans)}
        moving |= self._said(Household) & unknown
        sought = team_changes.sought(moving, at=self.at)
        movers, unplaced = self._movers(teams, moving)
        busy = team_changes.busy([one.helper for one in movers], at=self.at)
        return Plan(
            teams=tuple(team.pk for team in teams),
            households=tuple(sorted(moving - sought)),
            movers=tuple(one for one in movers if one.helper not in busy),
            sought=tuple(sorted(sought)),
            busy=tuple(sorted(busy)),
            unknown=tuple(sorted(unknown - sought)),
            unplaced=tuple(sorted(unplaced - busy)),
        )

    def _said(self, table: type[Person]) -> set[int]:
        """Those whom somebody ticked to go along."""
        found = table._default_manager.filter(public_id__in=self.answers["along"])
        return set(found.values_list("pk", flat=True))

    @staticmethod
    def _postcodes(found: Mapping[int, Any]) -> dict[int, str]:
        addresses = {number: places.address(place) for number, place in found.items()}
        return {number: one.postcode for number, one in addresses.items() if one}

    def _movers(self, teams: list[Team], moving: set[int]) -> tuple[list[Mover], set[int]]:
        """Who moves and why, and of whom nothing says so: those move where somebody ticked them."""
        rule = self.answers["helpers"]
        theirs = sorted(Helper.objects.filter(team__in=teams).values_list("pk", flat=True)) if rule != "NOBODY" else []
        at_home = self._postcodes(places.of_helpers(theirs, self.here.today))
        goes = team_changes.goes_to(theirs, at=self.at) if rule == "VISITS" else {}
        unplaced = {number for number in theirs if not goes.get(number) and not at_home.get(number)}
        ticked = self._said(Helper) & unplaced
        found = []
        for number in theirs:
            visits = goes.get(number, {})
            along, total = sum(visits[one] for one in visits.keys() & moving), sum(visits.values())
            if (total and along * 2 > total) or number in ticked:
                found.append(Mover(number, along, total))
            elif not total and regions.within(at_home.get(number, ""), self.spans):
                found.append(Mover(number, 0, 0, at_home[number][:4]))
        return found, unplaced

    def _touched(self) -> Agreements:
        """The agreements for which another team may have decided otherwise about a holiday."""
        households = list(Household.objects.filter(pk__in=self.plan.households).select_related("team"))
        teams = [*Team.objects.filter(pk__in=self.plan.teams), *([team] if (team := self._team_there()) else [])]
        return Agreements([one.pk for one in holidays.decided_about(households, teams, at=self.at)])

    def _team_there(self) -> Team | None:
        return Team.objects.filter(region=self.target).order_by("pk").first() if self.target else None

    # --- Doing it --------------------------------------------------------------------------------------

    def _act(self, touched: Agreements) -> Split:
        """Everything at once: postcodes, team, colleagues, people, and what is ahead of them."""
        sources = list(Team.objects.filter(pk__in=self.plan.teams).order_by("pk"))
        target, team = self._there(sources)
        ours, theirs = regions.spans_of(self.region), regions.spans_of(target)
        regions.give(spans=self.spans, source=self.region, target=target, by=self.by, at=self.at)
        moved = self._colleagues_move(sources, team)
        households = list(Household.objects.filter(pk__in=self.plan.households).select_related("team"))
        helpers = list(Helper.objects.filter(pk__in=self.plan.helpers).select_related("team"))
        split = Split.objects.create(
            source=self.region,
            target=target,
            team=team,
            spans=regions.shared(self.spans, ours),
            unserved=regions.without(regions.without(self.spans, ours), theirs),
            households={str(one.pk): one.team_id for one in households},
            helpers={str(one.pk): one.team_id for one in helpers},
            colleagues=moved,
            by_ref=self.by.ref,
            split_at=self.at,
        )
        holidays.except_again(households, team=team, at=self.at)
        visits = go(households, helpers, team=team, here=self.here)
        settling.settle(touched, at=self.at)
        self.outcome = Outcome(
            plan=self.plan,
            left=tuple(regions.spans_of(self.region)),
            taken=tuple(regions.spans_of(target)),
            visits=visits,
            crossings=tuple(team_changes.crossings(self.plan.households, self.plan.helpers, at=self.at)),
            staying=tuple(sorted({name for one in sources for name in _names_in(one, self.here.today)})),
            going=tuple(_names_in(team, self.here.today)),
        )
        return split

    def _there(self, sources: list[Team]) -> tuple[Region, Team]:
        """The region and the team that takes over; a new team begins with what the old one keeps to."""
        team = self._team_there()
        if self.target is not None and team is not None:
            return self.target, team
        by, at, answers = self.by, self.at, self.answers
        target = self.target or regions.make(name=answers["name"], spans=[], by=by, at=at)
        team = groups.make(region=target, name=answers["team"], phone=answers["phone"], by=by, at=at)
        for source in sources[:1]:
            groups.open_like(team, source, by=by, at=at)
            holidays.choose_like(team, source, by=by, at=at)
        return target, team

    def _colleagues_move(self, sources: list[Team], team: Team) -> dict[str, int]:
        """Those who were chosen are in the other team from today on; returns in which they were."""
        today, moved = self.here.today, {}
        chosen = Colleague.objects.filter(public_id__in=self.answers["colleagues"])
        rows = TeamMember.objects.filter(team__in=sources, colleague__in=chosen, period__contains=today)
        for member in rows.select_related("team", "colleague").order_by("pk"):
            moved[str(member.colleague_id)] = member.team_id
            change_over(member, team, here=self.here)
        if moved and not any(_names_in(one, today) for one in sources):
            raise NobodyLeft(NobodyLeft.__doc__)
        return moved


def go(households: list[Household], helpers: list[Helper], *, team: Team, here: Office) -> int:
    """All of these are of this team from now on, with what is ahead of them; returns how many visits went along."""
    by, at = here.visitor.actor, here.at
    homes.move_all(households, team=team, by=by, at=at)
    helping.move_all(helpers, team=team, by=by, at=at)
    access.hand_on([*households, *helpers], team=team)
    return team_changes.follow(households, helpers, team=team, by=by, at=at)


def change_over(member: TeamMember, team: Team, *, here: Office) -> None:
    """The colleague is in this team instead, from today on."""
    by, at, today = here.visitor.actor, here.at, here.today
    there = TeamMember.objects.filter(team=team, colleague=member.colleague, period__contains=today)
    colleagues.move_on(member, until=today, by=by, at=at)
    if not there.exists():
        colleagues.join(colleague=member.colleague, team=team, start=today, until=None, by=by, at=at)


def _names_in(team: Team, day: date) -> list[str]:
    found = Colleague.objects.filter(memberships__team=team, memberships__period__contains=day)
    return sorted(set(found.values_list("name", flat=True)))


def fingerprint(outcome: Outcome, tried: Rehearsal) -> str:
    """A short word that differs as soon as anything in the preview does."""
    return hashlib.sha256(f"{outcome!r}{tried.fingerprint}".encode()).hexdigest()[:16]


# --- What the page says --------------------------------------------------------------------------------


def of(here: Office, region: Region) -> dict[str, Any]:
    """What the page shows around the form."""
    slug = here.visitor.slug
    last = Split.objects.filter(source=region, undone_at=None).select_related("target", "team").order_by("-pk").first()
    return {
        "name": region.name,
        "postcodes": written(regions.spans_of(region)),
        "teams": list(Team.objects.filter(region=region).order_by("name").values_list("name", flat=True)),
        "url": reverse("office_region", args=[slug, region.public_id]),
        "last": last
        and {
            "target": last.target.name,
            "team": last.team.name,
            "at": last.split_at,
            "households": len(last.households),
            "helpers": len(last.helpers),
            "undo_url": reverse("office_undo_split", args=[slug, last.public_id]),
        },
    }


def choices(region: Region, day: date) -> dict[str, Any]:
    """To which regions postcodes can go, and which colleagues can go with them."""
    served = Region.objects.filter(pk__in=Team.objects.values("region")).exclude(pk=region.pk).order_by("name")
    there = TeamMember.objects.filter(team__region=region, period__contains=day).values("colleague")
    rows = Colleague.objects.filter(pk__in=there).order_by("name")
    return {
        "regions": [(str(one.public_id), one.name) for one in served],
        "colleagues": [(str(one.public_id), one.name) for one in rows],
    }


def preview(outcome: Outcome, tried: Rehearsal) -> dict[str, Any]:
    """What would happen, in words and counts."""
    plan = outcome.plan
    homes_by = Household.objects.in_bulk({*plan.households, *plan.sought, *plan.unknown, *_crossed(outcome)})
    numbers = {*plan.helpers, *plan.busy, *plan.unplaced, *(one.helper for one in outcome.crossings)}
    helpers_by = Helper.objects.select_related("person").in_bulk(numbers)
    helpers = {number: one.person.name for number, one in helpers_by.items()}
    return {
        "seen": fingerprint(outcome, tried),
        "households": sorted(homes_by[one].name for one in plan.households),
        "agreements": Arrangement.objects.filter(household__in=plan.households).count(),
        "visits": outcome.visits,
        "movers": [_mover(one, helpers[one.helper]) for one in plan.movers],
        "sought": sorted(homes_by[one].name for one in plan.sought),
        "busy": sorted(helpers[one] for one in plan.busy),
        "by_hand": [
            *_by_hand(
                {homes_by[one].public_id: homes_by[one].name for one in plan.unknown}, _ids(homes_by, plan.households)
            ),
            *_by_hand(
                {helpers_by[one].public_id: helpers[one] for one in plan.unplaced}, _ids(helpers_by, plan.helpers)
            ),
        ],
        "crossings": _crossings(outcome, helpers, {number: home.name for number, home in homes_by.items()}),
        "crossing_visits": sum(one.visits for one in outcome.crossings),
        "changes": len(tried.differences),
        "clashes": tried.clashes,
        "left": written(outcome.left),
        "taken": written(outcome.taken),
        "staying": outcome.staying,
        "going": outcome.going,
    }


def _ids(rows: Mapping[int, Any], numbers: Collection[int]) -> set[UUID]:
    return {rows[number].public_id for number in numbers}


def _by_hand(names: Mapping[UUID, str], along: set[UUID]) -> list[dict[str, Any]]:
    """Those of whom nobody knows where they belong, by name, and whether they go along."""
    rows = sorted((name, public_id) for public_id, name in names.items())
    return [{"id": str(public_id), "name": name, "along": public_id in along} for name, public_id in rows]


def _crossed(outcome: Outcome) -> set[int]:
    return {one.household for one in outcome.crossings}


def _crossings(outcome: Outcome, helpers: Mapping[int, str], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Of each helper to which households of the other team she goes."""
    found: dict[int, list[str]] = defaultdict(list)
    for one in outcome.crossings:
        found[one.helper].append(f"{names[one.household]} ({one.visits})")
    return [{"helper": helpers[number], "households": rows} for number, rows in found.items()]


def _mover(one: Mover, name: str) -> dict[str, str]:
    if not one.visits and not one.postcode:
        return {"name": name, "why": _("because you said so")}
    if not one.visits:
        return {"name": name, "why": _("lives in {postcode}").format(postcode=one.postcode)}
    why = _("{along} of {visits} visits ahead move along").format(along=one.along, visits=one.visits)
    return {"name": name, "why": why}
