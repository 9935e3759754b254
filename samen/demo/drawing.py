"""A region as it could be: who lives there, who helps, when and how they come; the same seed draws the same people.

The measures are those of real agencies as far as published (docs/decisions/0010): visits of two to
five hours, 62 % weekly, 34 % every other week, 4 % twice a week, helpers with 4 to 36 hours around a median of 13.
"""

import math
import random
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import TypeVar

from samen.demo import names
from samen.demo.country import Area, Region
from samen.demo.names import Name
from samen.demo.planning import Point, minutes

Drawn = TypeVar("Drawn")
HOUSEHOLDS, HELPERS = 420, 95
LENGTHS = {120: 20, 150: 20, 180: 38, 210: 7, 240: 13, 300: 2}  # minutes of a visit, in parts of a hundred
RHYTHMS = {(1, 1): 62, (1, 2): 34, (2, 1): 4}  # visits a time, every so many weeks
WEEKDAYS = {0: 20, 1: 20, 2: 17, 3: 20, 4: 22, 5: 1}
BEGINS = {510: 28, 570: 36, 780: 28, 870: 8}  # minutes since midnight: half past eight, half past nine, one, …
MODES = {"BIKE": 42, "EBIKE": 25, "CAR": 27, "TRANSIT": 6}
WORK_FORMS = {"AGENCY_EMPLOYS": 70, "HOUSEHOLD_EMPLOYS": 22, "SELF_EMPLOYED": 8}
HOURS_MEDIAN, HOURS_SPREAD, HOURS_LEAST, HOURS_MOST = 13, 0.45, 4, 36
REACH = (20, 25, 30, 30, 35)  # minutes of travel a helper takes for granted
FLEXIBLE = 0.7  # how many households take another day or hour if that brings them somebody
BETWEEN = 30  # minutes between two visits of one helper
SWEEP_KM = 0.35  # homes lie around the middle of their postcode, in parts of the way to the next one
LEAVING = 0.22  # of a hundred households so many part a year: so old are the agreements that stand
NEW = 2  # how many households wait for their first helper
KM_PER_DEGREE_NORTH, KM_PER_DEGREE_EAST = 111.2, 68.0  # at the latitude of the Netherlands


@dataclass(frozen=True)
class Home:
    """Where somebody lives."""

    area: Area
    street: str
    number: str
    point: Point


@dataclass
class Helper:
    """Somebody who helps: hours a week, which weekdays (until which minute), and how she comes."""

    key: uuid.UUID
    name: Name
    home: Home
    mode: str
    reach: int
    minutes: int
    language: str
    days: dict[int, tuple[int, int]]
    load: float = 0
    slots: list["Slot"] = field(default_factory=list)


@dataclass
class Household:
    """The people at one door, what they are called, and since when somebody comes."""

    key: uuid.UUID
    called: str
    people: list[tuple[Name, str]]
    home: Home
    language: str
    work_form: str
    secret: str
    since: date
    slots: list["Slot"] = field(default_factory=list)


@dataclass
class Slot:
    """One visit that comes back: the weekday, the minute it begins, how long, and in which weeks."""

    key: uuid.UUID
    household: int
    number: int
    weekday: int
    start: int
    minutes: int
    every: int
    parity: int
    helper: int | None = None

    @property
    def until(self) -> int:
        """The minute it ends."""
        return self.start + self.minutes

    def falls_on(self, day: date) -> bool:
        """Whether it comes back on this day."""
        return day.weekday() == self.weekday and (self.every == 1 or week(day) % self.every == self.parity)

    def meets(self, other: "Slot") -> bool:
        """Whether both can fall on one day and leave no time between them."""
        if self.weekday != other.weekday or (self.every == other.every == 2 and self.parity != other.parity):
            return False
        return self.start < other.until + BETWEEN and other.start < self.until + BETWEEN


@dataclass
class Crew:
    """Everybody of a region."""

    region: Region
    helpers: list[Helper]
    households: list[Household]

    @property
    def slots(self) -> list[Slot]:
        """Every visit that comes back."""
        return [slot for household in self.households for slot in household.slots]


def week(day: date) -> int:
    """A number for the week of this day that goes on over New Year."""
    return (day.toordinal() - 1) // 7


def key(*parts: object) -> uuid.UUID:
    """The identity of what these words name: the same words, the same identity."""
    return uuid.UUID(bytes=sha256("|".join(map(str, parts)).encode()).digest()[:16], version=4)


def draw(region: Region, *, seed: int, day: date, households: int = HOUSEHOLDS, helpers: int = HELPERS) -> Crew:
    """The people of a region around this day, each household with the nearest helper that has room."""
    chance = random.Random(f"{seed} {region.name}")  # noqa: S311  a story, not a secret
    crew = Crew(
        region,
        [_helper(region, chance, seed, number) for number in range(helpers)],
        [_household(region, chance, seed, number, day) for number in range(households)],
    )
    for number in chance.sample(range(households), households)[NEW:]:
        _place(crew, crew.households[number], flexible=chance.random() < FLEXIBLE)
    return crew


def newcomer(region: Region, *, seed: int, number: int) -> Helper:
    """Somebody who begins to help later, drawn by her number: whoever was there before stays who they are."""
    chance = random.Random(f"{seed} {region.name} newcomer {number}")  # noqa: S311  a story, not a secret
    return _helper(region, chance, seed, HELPERS + number)


def pick(chance: random.Random, weights: dict[Drawn, int]) -> Drawn:
    """One of these, by weight."""
    return chance.choices(list(weights), list(weights.values()))[0]


def _home(region: Region, chance: random.Random) -> Home:
    area = chance.choices(region.areas, [one.weight for one in region.areas])[0]
    spread = area.size_km * SWEEP_KM
    point = Point(
        round(area.lat + chance.gauss(0, spread) / KM_PER_DEGREE_NORTH, 5),
        round(area.lon + chance.gauss(0, spread) / KM_PER_DEGREE_EAST, 5),
    )
    return Home(area, chance.choice(names.STREETS), str(chance.randint(1, 140)), point)


def _helper(region: Region, chance: random.Random, seed: int, number: int) -> Helper:
    hours = min(HOURS_MOST, max(HOURS_LEAST, chance.lognormvariate(math.log(HOURS_MEDIAN), HOURS_SPREAD)))
    days = chance.sample(range(5), k=min(5, round(hours / 6) + 1)) + ([5] if chance.random() < 0.12 else [])
    ends = 13 * 60 if hours < 10 and chance.random() < 0.4 else 18 * 60  # who has few hours often has mornings
    return Helper(
        key=key(seed, region.name, "helper", number),
        name=names.helper(chance),
        home=_home(region, chance),
        mode=pick(chance, MODES),
        reach=chance.choice(REACH),
        minutes=round(hours * 2) * 30,
        language="nl" if chance.random() < 0.9 else "en",
        days=dict.fromkeys(sorted(days), (8 * 60, ends)),
    )


def _household(region: Region, chance: random.Random, seed: int, number: int, day: date) -> Household:
    aged = chance.random() < 0.55
    first = names.old(chance) if aged else names.grown(chance)
    people = [(first, "RESIDENT")]
    family = not aged and chance.random() < 0.7
    if aged and chance.random() < 0.35:
        relative = names.grown(chance)
        people.append((Name(relative.first, first.prefix, first.last, relative.woman), "CONTACT"))
    title = "familie" if family else "mevrouw" if first.woman else "meneer"
    times, every = pick(chance, RHYTHMS)
    household = Household(
        key=key(seed, region.name, "household", number),
        called=f"{title} {first.formal}",
        people=people,
        home=_home(region, chance),
        language="nl" if chance.random() < 0.95 else "en",
        work_form=pick(chance, WORK_FORMS),
        secret=f"Locatie {number % 90 + 10}{region.name[0]}" if chance.random() < 0.005 else "",
        since=day - timedelta(days=min(3650, 30 + round(chance.expovariate(LEAVING) * 365))),
    )
    length, begin = pick(chance, LENGTHS), pick(chance, BEGINS)
    weekday, parity = pick(chance, WEEKDAYS), chance.randrange(every)
    for time in range(times):
        slot = key(household.key, "slot", time)
        household.slots.append(
            Slot(slot, number, time + 1, (weekday + 3 * time) % 5 if time else weekday, begin, length, every, parity)
        )
    return household


# --- Who comes ---------------------------------------------------------------------------------------


def _place(crew: Crew, household: Household, *, flexible: bool) -> None:
    """The nearest helper with room comes; whoever takes another day or hour has more to choose from."""
    ways = sorted((minutes(one.home.point, household.home.point, one.mode), number) for number, one in _all(crew))
    for slack, open_hours in ((1.0, False), (1.1, True), (1.5, True)):  # then a little more than was agreed
        for way, number in ways:
            helper = crew.helpers[number]
            if way <= helper.reach * slack and _fits(helper, household, slack, flexible=flexible or open_hours):
                return _give(crew, household, number)
    return None


def _all(crew: Crew) -> list[tuple[int, Helper]]:
    return list(enumerate(crew.helpers))


def _fits(helper: Helper, household: Household, slack: float, *, flexible: bool) -> bool:
    """Whether all visits of the household fit in the helper's week; then they stand where they fit."""
    if helper.load + _load(household) > helper.minutes * slack:
        return False
    before = [(slot.weekday, slot.start) for slot in household.slots]
    taken: list[Slot] = []
    for slot in household.slots:
        choices = [(slot.weekday, slot.start)]
        if flexible:
            choices += [(weekday, begin) for weekday in helper.days for begin in BEGINS]
        if not any(_free(helper, slot, taken, *choice) for choice in choices):
            for one, (weekday, start) in zip(household.slots, before, strict=True):
                one.weekday, one.start = weekday, start
            return False
        taken.append(slot)
    return True


def _free(helper: Helper, slot: Slot, taken: list[Slot], weekday: int, start: int) -> bool:
    """Whether the helper can come then; the slot stands there afterwards either way."""
    slot.weekday, slot.start = weekday, start
    if any(one.weekday == weekday for one in taken):
        return False
    begins, ends = helper.days.get(weekday, (0, 0))
    return begins <= start and slot.until <= ends and not any(slot.meets(one) for one in helper.slots)


def _load(household: Household) -> float:
    return sum(slot.minutes / slot.every for slot in household.slots)


def _give(crew: Crew, household: Household, number: int) -> None:
    helper = crew.helpers[number]
    helper.load += _load(household)
    helper.slots += household.slots
    for slot in household.slots:
        slot.helper = number
