"""What a year brings beside illness: holidays, households that are away, helpers who leave and others who begin.

When that is, is drawn from whom it is about, never from how the play went; what follows from it the verbs do.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from samen.base import clock
from samen.base.tenancy import Actor, ActorKind
from samen.demo import drawing
from samen.demo.living import SUMMER_WEEKS, Life
from samen.people import lookup
from samen.people.models import Helper, Household
from samen.simulation import figures, turnover
from samen.simulation.ground import chance_of
from samen.teams.models import Team
from samen.visits import away, holidays
from samen.visits.holidays import Answer, Special
from samen.visits.models import DayOff, Round

YEAR = 365  # days
BY_DAY = time(9)


@dataclass(frozen=True)
class Away:
    """Somebody is not there from this day until that one (None: for good); `told` is the day on which it is said."""

    told: date
    since: date
    until: date | None = None


def trips(seed: int, household: uuid.UUID, begins: date, until: date) -> list[Away]:
    """When this household is away in these weeks; what has begun on the first day was told before."""
    years = range(begins.year, until.year + 1)
    found = [trip for year in years for trip in _trips_of(chance_of(seed, "away", household, year), year)]
    return [Away(max(one.told, begins), one.since, one.until) for one in found if begins < one.since < until]


def _trips_of(chance: Random, year: int) -> Iterator[Away]:
    summer, christmas = chance.randint(*SUMMER_WEEKS), figures.CHRISTMAS_WEEK
    for part, week in ((figures.AWAY_IN_SUMMER, summer), (figures.AWAY_AT_CHRISTMAS, christmas)):
        since = date.fromisocalendar(year, week, 1)
        told = since - timedelta(weeks=chance.randint(*figures.AWAY_TOLD))
        trip = Away(told, since, since + timedelta(weeks=drawing.pick(chance, figures.AWAY_WEEKS)))
        if chance.random() < part:
            yield trip


def leaves(seed: int, helper: uuid.UUID, begins: date) -> Away | None:
    """When this helper gives notice in the year after the first day, if she does, and her first day elsewhere."""
    chance = chance_of(seed, "leaves", helper)
    if chance.random() >= figures.LEAVES:
        return None
    told = begins + timedelta(days=chance.randrange(YEAR))
    months = told.month + figures.NOTICE_MONTHS - (told.day == 1)  # from a month later on, to the end of that month
    return Away(told, date(told.year + months // 12, months % 12 + 1, 1))


def begin(seed: int, region: str, helpers: int, begins: date) -> Iterator[tuple[int, date]]:
    """By number who begins to help in the year after the first day, in a region of so many helpers, and when."""
    for number in range(helpers):
        chance = chance_of(seed, "begins", region, number)
        if chance.random() < figures.BEGIN:
            yield number, begins + timedelta(days=chance.randrange(YEAR))


@dataclass
class Year:
    """The year of one team: `at` puts a happening in the line, `now` is the moment it is by then."""

    team: Team
    by: Actor  # the colleague
    seed: int
    begins: date
    until: date
    at: Callable[[datetime, Callable[[], None]], None]
    now: Callable[[], datetime]
    look: Callable[[Round, datetime], None]
    roll: Callable[[date], None]  # on this day visits are made as far ahead for everybody
    met: Counter[str] = field(default_factory=Counter)

    def plan(self, life: Life) -> None:
        """Everything of these weeks stands in the line."""
        for special in holidays.between(self.begins, self.until):
            early = special.start - timedelta(weeks=figures.HOLIDAYS_DECIDED)
            moment = datetime.combine(max(early, self.begins), time(0), tzinfo=clock.HOME)
            self.at(moment, partial(self._decides, special))
        for key, number in Household.objects.filter(team=self.team).order_by("pk").values_list("public_id", "pk"):
            for trip in trips(self.seed, key, self.begins, self.until):
                self._on(trip.told, partial(self._goes_away, number, trip))
        for key, number in Helper.objects.filter(team=self.team).order_by("pk").values_list("public_id", "pk"):
            leaving = leaves(self.seed, key, self.begins)
            if leaving is not None:
                self.roll(leaving.told)
                self._on(leaving.told, partial(self._leaves, number, leaving.since))
        region = life.crew.region
        for number, day in begin(self.seed, region.name, len(life.crew.helpers), self.begins):
            newcomer = drawing.newcomer(region, seed=self.seed, number=number)
            self.roll(day)
            self._on(day, partial(self._begins, newcomer, day))

    def _on(self, day: date, do: Callable[[], None]) -> None:
        self.at(datetime.combine(day, BY_DAY, tzinfo=clock.HOME), do)

    def _decides(self, special: Special) -> None:
        """The team decides what the page proposes for a holiday: nobody comes."""
        answer = Answer(DayOff.SKIP)
        holidays.choose(special, answer, team=self.team, exceptions={}, by=self.by, at=self.now())
        self.met["holidays"] += 1

    def _goes_away(self, number: int, trip: Away) -> None:
        household = Household.objects.select_related("team").get(pk=number)
        person = lookup.told(household)
        if person is not None:
            by = Actor(ActorKind.PERSON, person.public_id)
            away.tell(household=household, since=trip.since, until=trip.until, choice=DayOff.SKIP, by=by, at=self.now())
            self.met["households away"] += 1

    def _leaves(self, number: int, since: date) -> None:
        helper = Helper.objects.select_related("person", "team").get(pk=number)
        for turn in turnover.leave(helper, since, by=self.by, at=self.now()):
            self.look(turn, self.now() + timedelta(minutes=figures.SEES_IT))
        self.met["helpers who leave"] += 1

    def _begins(self, newcomer: drawing.Helper, day: date) -> None:
        households = turnover.begin(newcomer, self.team, since=day, by=self.by, at=self.now())
        self.met["helpers who begin"] += 1
        self.met["households that waited and have her"] += households
