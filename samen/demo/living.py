"""What happens to a region over the years: who falls ill and for how long, who has leave, who stands in.

Illness comes 1.1 times a year and more often in winter, and three of four times it lasts a week at most; now and then
it lasts a year (Vernet and CBS figures for care, fitted).  Every helper has four weeks of leave.
"""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from samen.demo.drawing import BETWEEN, Crew, Slot, key
from samen.demo.planning import minutes

ILL_A_YEAR = 1.1
SEASONS = (1.2, 0.92, 0.85, 1.05)  # by quarter
SPELLS = ((75.5, 1, 7, 3.6), (15, 8, 42, 22), (8, 43, 365, 190), (1.5, 366, 730, 470))  # share, days from, to, mean
LOOKING_BACK = timedelta(days=1600)  # illnesses that began so long ago are over
SUMMER_WEEKS, ANOTHER_WEEK = (27, 34), (8, 18, 43, 51)  # when leave is taken, by ISO week
SKIPPED_BY_HOUSEHOLD = 0.03
PLANNED_AHEAD = timedelta(days=14)  # as far as an illness without an end is planned
WITHOUT_STAND_IN = 0.12  # visits for which nobody could or would


@dataclass(frozen=True)
class Spell:
    """A helper is absent from this day until that one."""

    helper: int
    kind: str
    since: date
    until: date

    def covers(self, day: date) -> bool:
        """Whether the helper is absent on this day."""
        return self.since <= day < self.until


@dataclass(frozen=True)
class Visit:
    """One visit as it went, or will go: who comes, who would have come, and why that changed."""

    slot: Slot
    day: date
    helper: int | None
    missing: Spell | None = None
    skipped: bool = False

    @property
    def key(self) -> uuid.UUID:
        """Its identity."""
        return key(self.slot.key, self.day)


@dataclass
class Life:
    """The years of a region: the same seed, the same life, whichever part of it is told."""

    crew: Crew
    seed: int
    day: date
    spells: dict[int, list[Spell]] = field(default_factory=dict)
    fresh: list[int] = field(default_factory=list)  # who wakes up ill on the day of the demo
    near: dict[int, list[int]] = field(default_factory=dict)  # who lives near enough to a household, nearest first

    def __post_init__(self) -> None:
        for number, helper in enumerate(self.crew.helpers):
            chance = random.Random(f"{self.seed} {helper.key}")  # noqa: S311  a story, not a secret
            away = list(self._illnesses(number, chance))
            away += [spell for spell in self._leave(number, chance) if not any(_meet(spell, one) for one in away)]
            self.spells[number] = sorted(away, key=lambda spell: spell.since)
        well = [number for number, found in self.spells.items() if not any(spell.covers(self.day) for spell in found)]
        visits = {slot.helper for slot in self.crew.slots if slot.falls_on(self.day)}
        self.fresh = [number for number in well if number in visits][:2]
        for number in self.fresh:  # nothing else is known of them for the days ahead
            self.spells[number] = [spell for spell in self.spells[number] if spell.until <= self.day]

    def _illnesses(self, number: int, chance: random.Random) -> Iterator[Spell]:
        day = self.day - LOOKING_BACK
        while day < self.day:
            if chance.random() < ILL_A_YEAR / 365 * SEASONS[(day.month - 1) // 3]:
                _, least, most, mean = chance.choices(SPELLS, [spell[0] for spell in SPELLS])[0]
                length = round(min(most, max(least, least + chance.expovariate(1 / (mean - least)))))
                yield Spell(number, "ILLNESS", day, day + timedelta(days=length))
                day += timedelta(days=length)
            day += timedelta(days=1)

    def _leave(self, number: int, chance: random.Random) -> Iterator[Spell]:
        for year in range(self.day.year - 3, self.day.year + 2):
            summer = date.fromisocalendar(year, chance.randint(*SUMMER_WEEKS), 1)
            yield Spell(number, "LEAVE", summer, summer + timedelta(weeks=3))
            other = date.fromisocalendar(year, chance.choice(ANOTHER_WEEK), 1)
            yield Spell(number, "LEAVE", other, other + timedelta(weeks=1))

    def away(self, helper: int, day: date) -> Spell | None:
        """Why this helper does not come on this day, as far as it is known on the day of the demo."""
        found = next((spell for spell in self.spells[helper] if spell.covers(day)), None)
        known = found is not None and (found.kind == "LEAVE" or day < self.day + PLANNED_AHEAD)
        return found if known else None

    def tell(self, since: date, until: date) -> Iterator[Visit]:
        """Every visit of these days, day by day."""
        by_weekday: dict[int, list[Slot]] = defaultdict(list)
        for slot in self.crew.slots:
            by_weekday[slot.weekday].append(slot)
        steady: dict[int, int] = {}  # who stood in at a household last
        for number in range((until - since).days):
            day = since + timedelta(days=number)
            yield from self._a_day(day, [slot for slot in by_weekday[day.weekday()] if slot.falls_on(day)], steady)

    def _a_day(self, day: date, slots: list[Slot], steady: dict[int, int]) -> Iterator[Visit]:
        busy: dict[int, list[Slot]] = defaultdict(list)
        households = self.crew.households
        slots = [slot for slot in slots if households[slot.household].since <= day]
        for slot in slots:
            if slot.helper is not None:
                busy[slot.helper].append(slot)
        for slot in slots:
            chance = random.Random(f"{slot.key} {day}")  # noqa: S311  a story, not a secret
            missing = self.away(slot.helper, day) if slot.helper is not None else None
            if chance.random() < SKIPPED_BY_HOUSEHOLD and day < self.day:
                yield Visit(slot, day, slot.helper, missing, skipped=True)
            elif missing is None:
                yield Visit(slot, day, slot.helper)
            else:
                other = self._stand_in(slot, day, busy, steady) if chance.random() > WITHOUT_STAND_IN else None
                if other is not None:
                    busy[other].append(slot)
                    steady[slot.household] = other
                yield Visit(slot, day, other, missing, skipped=other is None and day < self.day)

    def _stand_in(self, slot: Slot, day: date, busy: dict[int, list[Slot]], steady: dict[int, int]) -> int | None:
        """Who comes instead: who did so before, else the nearest who is free."""
        if (before := steady.get(slot.household)) is not None and self._can(before, slot, day, busy):
            return before
        for number in self._nearest(slot.household):
            if self._can(number, slot, day, busy):
                return number
        return None

    def _nearest(self, number: int) -> list[int]:
        if number not in self.near:
            home = self.crew.households[number].home.point
            helpers = self.crew.helpers
            ways = sorted((minutes(one.home.point, home, one.mode), n) for n, one in enumerate(helpers))
            self.near[number] = [n for way, n in ways if way <= helpers[n].reach]
        return self.near[number]

    def _can(self, number: int, slot: Slot, day: date, busy: dict[int, list[Slot]]) -> bool:
        begins, ends = self.crew.helpers[number].days.get(day.weekday(), (0, 0))
        if not (begins <= slot.start and slot.until <= ends) or number in self.fresh or number == slot.helper:
            return False
        if any(slot.start < one.until + BETWEEN and one.start < slot.until + BETWEEN for one in busy[number]):
            return False
        return not any(spell.covers(day) for spell in self.spells[number])


def _meet(spell: Spell, other: Spell) -> bool:
    return spell.since < other.until and other.since < spell.until
