"""Where a simulation plays: invented people of whole regions, what they said beforehand, and the weeks ahead made.

The people are the demo's (docs/decisions/0010); all that is said and made is said and made by the product's own verbs.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from samen.base import tenancy
from samen.base.tenancy import SYSTEM
from samen.demo import drawing, filling
from samen.demo.country import Region
from samen.demo.living import Life
from samen.people import asking, lookup, persons, standing, wishes
from samen.people.models import Channel, Helper, Household, PairWish, Person, StandingWish
from samen.simulation import figures
from samen.teams.models import Team
from samen.visits import settling
from samen.visits.models import Arrangement, Term

ROLLED_EVERY = timedelta(weeks=2)
# The nightly job need not be played every night where visits are made that much further ahead: what one household
# changes makes its own visits nine weeks ahead, and then those of all others must be there too.
MADE_AHEAD = settling.AHEAD + ROLLED_EVERY
OFFICE_HOURS = {weekday: [(time(8), time(18))] for weekday in range(5)}


def chance_of(seed: int, *of: object) -> random.Random:
    """The same words, the same chance: whatever was played before, and in whatever order."""
    return random.Random("|".join(map(str, (seed, *of))))  # noqa: S311  a story, not a secret


def identity(helper: Helper) -> object:
    """Who she is in every play: by the seed, and who began later by her number, for an identity is made by chance."""
    return helper.public_id if helper.since_date is None else helper.pk


def lives(
    regions: Sequence[Region],
    *,
    seed: int,
    begins: date,
    ends: date,
    households: int = drawing.HOUSEHOLDS,
    helpers: int = drawing.HELPERS,
) -> list[Life]:
    """The people of these regions as they are on the first day, and when each is ill or has leave until the last."""
    crews = [drawing.draw(one, seed=seed, day=begins, households=households, helpers=helpers) for one in regions]
    return [Life(crew, seed, ends) for crew in crews]


def plant(lives: Sequence[Life], org: int, logins: dict[str, int], *, seed: int, at: datetime) -> None:
    """Everybody lives, has said what they want, and has visits as far ahead as the horizon."""
    for life in lives:
        filling.fill_people(Life(life.crew, seed, at.date()), org, logins)
        with tenancy.enter(org, SYSTEM):
            team = Team.objects.get(name=life.crew.region.team)
            for helper in Helper.objects.filter(team=team).select_related("person", "team").order_by("pk"):
                _of_helper(helper, chance_of(seed, "said", helper.public_id), at=at)
            households = list(Household.objects.filter(team=team).select_related("team").order_by("pk"))
            told = lookup.told_of(household.pk for household in households)
            for household in households:
                _of_household(household, told.get(household.pk), chance_of(seed, "said", household.public_id), at=at)
            agreed = Arrangement.objects.filter(household__team=team).select_related("household__team").order_by("pk")
            settling.settle(list(agreed), at=at, until=at.date() + MADE_AHEAD)


def _of_helper(helper: Helper, chance: random.Random, *, at: datetime) -> None:
    """When, how often and by which way she may be asked; most say nothing of it."""
    has_hours = chance.random() < figures.HAS_HOURS_TO_BE_ASKED
    most = chance.randint(1, 3) if chance.random() < figures.HAS_A_MOST_PER_WEEK else None
    is_rung = chance.random() < figures.WANTS_TO_BE_RUNG
    if has_hours or most or is_rung:
        week = OFFICE_HOURS if has_hours else {}
        channel = Channel.PHONE if is_rung else Channel.EMAIL
        asking.allow(helper, week=week, channel=channel, per_week=most, by=SYSTEM, at=at)


def _of_household(household: Household, person: Person | None, chance: random.Random, *, at: datetime) -> None:
    """What it wants when its helper cannot come, how it hears, and whom it never wants again."""
    if chance.random() < figures.SAID_A_WISH:
        want = drawing.pick(chance, figures.WISHES)
        kinds = (StandingWish.For.ILLNESS, StandingWish.For.LEAVE)
        standing.say(household, wants=dict.fromkeys(kinds, want), by=SYSTEM, at=at - timedelta(days=30))
    if person is not None and chance.random() < figures.WANTS_TO_BE_RUNG:
        persons.change(person, said={"channel": Channel.PHONE}, whose=household, by=SYSTEM, at=at)
    if chance.random() < figures.NEVER_AGAIN:
        own = set(Term.objects.filter(arrangement__household=household).values_list("helper_id", flat=True))
        others = Helper.objects.filter(team=household.team).exclude(pk__in=own - {None}).order_by("pk")
        if others:
            wishes.pair(
                helper=chance.choice(list(others)),
                household=household,
                strength=PairWish.Strength.NEVER,
                reason="",
                until=None,
                by=SYSTEM,
                at=at,
            )
