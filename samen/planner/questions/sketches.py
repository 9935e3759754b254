"""What the planner must know of visits, of helpers, and of what things are worth.  Frozen: nothing here changes.

Minutes count from the epoch and are real time; hours of the day and days are those of the wall clock, because that is
what people agree on.  What there are thousands of is a named tuple, made and compared in a fraction of the time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from samen.planner.travel import NOTHING_KNOWN, Known, Point

QUARTER = 15  # minutes: hours of work are counted in these
ALWAYS = 2**31  # a day later than any


class Rule(StrEnum):
    """What keeps somebody from coming."""

    HERSELF_ABSENT = "HERSELF_ABSENT"
    NEVER = "NEVER"
    ONLY_OTHERS = "ONLY_OTHERS"
    SAID_NO = "SAID_NO"
    TOO_EXPENSIVE = "TOO_EXPENSIVE"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    BUSY = "BUSY"
    REST = "REST"
    TOO_FAR = "TOO_FAR"
    ASK_PAUSE = "ASK_PAUSE"
    ASKED_OFTEN = "ASKED_OFTEN"
    ASKED_ENOUGH = "ASKED_ENOUGH"
    ASK_HOURS = "ASK_HOURS"


class Stretch(NamedTuple):
    """From one minute until another, which is not in it."""

    start: int
    until: int


class Window(NamedTuple):
    """A stretch of the week in which a helper works: weekday (Monday 0), minutes since midnight on the wall clock.

    It holds on days (by number) from `first` up to `over`, which is not one of them.
    """

    weekday: int
    start: int
    until: int
    first: int = 0
    over: int = ALWAYS

    def is_on(self, day: int) -> bool:
        """Whether it is of this day."""
        return self.weekday == (day - 1) % 7 and self.first <= day < self.over


def joined(windows: Sequence[Window]) -> tuple[Window, ...]:
    """The same hours with no two windows of one day that touch or overlap, so that a visit may reach over the seam.

    Where windows hold on other days, each stretch of days is joined by itself.
    """
    if len({one.weekday for one in windows}) == len(windows):
        return tuple(windows)
    found: list[Window] = []
    for weekday in sorted({one.weekday for one in windows}):
        hers = sorted(one for one in windows if one.weekday == weekday)
        bounds = sorted({day for one in hers for day in (one.first, one.over)})
        for first, over in pairwise(bounds):
            found += _of_days([one for one in hers if one.first <= first and over <= one.over], first, over)
    return tuple(found)


def _of_days(windows: Iterable[Window], first: int, over: int) -> list[Window]:
    found: list[Window] = []
    for one in windows:
        if found and one.start <= found[-1].until:
            found[-1] = found[-1]._replace(until=max(found[-1].until, one.until))
        else:
            found.append(one._replace(first=first, over=over))
    return found


class VisitSketch(NamedTuple):
    """What the planner must know of a visit; its day is a number, as `date.toordinal` counts them."""

    id: int
    household: int
    start: int
    until: int
    day: int
    day_start: int
    where: Point | None = None
    pays: int | None = None  # cents an hour at most, where rates are a hard rule
    only: frozenset[int] | None = None  # the helpers it wants, where it wants no others
    team: int = 0
    least: int | None = None  # so many minutes are enough, where a shorter visit is fine
    urgent: bool = False  # so soon that the first good face goes; whoever comes later may be another

    @property
    def weekday(self) -> int:
        """Monday is 0."""
        return (self.day - 1) % 7

    @property
    def week(self) -> int:
        """Which week it is in; the number goes on over New Year."""
        return (self.day - 1) // 7

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.until - self.start

    @property
    def quarters(self) -> int:
        """How long it takes, in begun quarters of an hour."""
        return -(-(self.until - self.start) // QUARTER)

    def later(self, minutes: int) -> "VisitSketch":
        """The same visit so many minutes later on its day, or earlier."""
        return self._replace(start=self.start + minutes, until=self.until + minutes, day_start=self.day_start + minutes)


@dataclass(frozen=True, slots=True)
class HelperSketch:
    """What the planner must know of a helper."""

    id: int
    mode: str
    reach: int
    home: Point | None = None
    windows: tuple[Window, ...] = ()
    booked: tuple[VisitSketch, ...] = ()
    absent: tuple[Stretch, ...] = ()
    never: frozenset[int] = frozenset()
    rather: frozenset[int] = frozenset()
    rather_not: frozenset[int] = frozenset()
    said_no: frozenset[int] = frozenset()  # households, to this same question
    visits_before: tuple[tuple[int, int], ...] = ()  # household, how often
    asks: int | None = None  # cents an hour, where rates are a hard rule
    contract: int = 0  # minutes a week; 0: not known
    team: int = 0
    asked: int = 0  # questions to stand in, this week
    may_be_asked: int | None = None  # how many there may be in a week, says she
    fair: int | None = None  # how many there may be in a week, says the house: beyond it only for what is urgent
    quiet: Rule | None = None  # why she may not be asked at this moment


@dataclass(frozen=True, slots=True)
class Prices:
    """What everything is worth, in minutes of travel; below zero it is what we gladly pay for."""

    familiar: int = -30  # somebody the household knows
    rather: int = -15  # a pair that likes each other, either way
    rather_not: int = 15
    unknown_way: int = 30  # what a way of unknown length counts for
    neighbour: int = 20  # somebody of another team
    steady: int = -30  # every further visit of a household's block to which she can go too
    other_face: int = 90  # one more face in a household's block
    elsewhere: int = 60  # somebody whom another household needs at that time
    quarter_more: int = 2  # a quarter of an hour above the contract
    room: int = -10  # somebody who has hours to spare within her contract
    asked: int = 5  # for each question of this week before this one
    nobody: int = 1000  # a visit to which nobody goes


@dataclass(frozen=True)
class Region:
    """Everybody who could go, what is known of the ways, and what things are worth."""

    helpers: tuple[HelperSketch, ...]
    known: Known = field(default_factory=lambda: NOTHING_KNOWN)
    prices: Prices = field(default_factory=Prices)
    kept: dict[str, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )  # what was found out of it

    def with_booked(self, more: Iterable[tuple[int, VisitSketch]]) -> "Region":
        """The same region when these helpers (by number) go to these visits too."""
        given: dict[int, list[VisitSketch]] = {}
        for helper, visit in more:
            given.setdefault(helper, []).append(visit)
        helpers = tuple(
            replace(one, booked=(*one.booked, *given[one.id])) if one.id in given else one for one in self.helpers
        )
        return replace(self, helpers=helpers)
