"""What is to be planned: helpers with their days, visits with their windows, what the ways take and what things cost.

Minutes count from midnight of the first day.  Nothing here changes once it is made; all planning questions are asked
of this one model.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

Way = tuple[tuple[float, ...], ...]  # minutes from each place to each other place


class Wish(StrEnum):
    """What a household says about a helper."""

    NEVER = "NEVER"
    RATHER_NOT = "RATHER_NOT"
    RATHER = "RATHER"
    ONLY = "ONLY"


@dataclass(frozen=True, slots=True)
class Shift:
    """One day of a helper: from when until when, where she leaves and where she returns."""

    start: float = 0.0
    until: float = math.inf
    leaves: int = 0
    returns: int = 0


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who can go, with one shift for every day she works."""

    key: str
    skills: frozenset[str]
    shifts: tuple[Shift, ...] = (Shift(),)
    mode: int = 0  # which of the problem's ways she goes by


@dataclass(frozen=True, slots=True)
class Task:
    """What one helper does at a visit."""

    skill: str
    minutes: float
    agreed: str = ""  # the helper in the plan so far; somebody else costs `other_helper`
    pinned: float | None = None  # must start at this minute, with the helper that was agreed


@dataclass(frozen=True, slots=True)
class Gap:
    """From the start of a visit's first task to that of its second: at least and at most so many minutes."""

    least: float = 0.0
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody comes, or two do: not before the window opens, and late after it closes."""

    key: str
    place: int
    opens: float
    closes: float
    tasks: tuple[Task, ...]
    gap: Gap = Gap()
    household: str = ""
    left_out: float = math.inf  # the price of nobody coming; infinite: somebody must


@dataclass(frozen=True, slots=True)
class Prices:
    """The objective: what a minute or a disappointment costs.  An infinite price of overtime forbids it."""

    travel: float = 1.0  # a minute on the way
    late: float = 0.0  # a minute after the window closed, for each helper
    worst: float = 0.0  # a minute that the latest of all is late
    overtime: float = math.inf  # a minute after the end of a shift
    new_face: float = 0.0  # a helper the household does not know
    unwished: float = 0.0  # a helper the household would rather not have
    not_favourite: float = 0.0  # another helper than those it would rather have
    other_helper: float = 0.0  # another helper than was agreed


UNITS = {
    "travel": "minutes",
    "late": "minutes",
    "worst": "minutes",
    "overtime": "minutes",
    "new_face": "tasks",
    "unwished": "tasks",
    "not_favourite": "tasks",
    "other_helper": "tasks",
    "left_out": "cost",
}

# The objective of the benchmark of Mankowska, Meisel and Bierwirth: travel, lateness and the worst of it, a third each.
HHCRSP = Prices(travel=1 / 3, late=1 / 3, worst=1 / 3)


@dataclass(frozen=True)
class Problem:
    """All of it."""

    helpers: tuple[Helper, ...]
    visits: tuple[Visit, ...]
    ways: tuple[Way, ...]
    prices: Prices = field(default_factory=Prices)
    wishes: Mapping[tuple[str, str], Wish] = field(default_factory=dict)  # by household and helper
    familiar: frozenset[tuple[str, str]] = frozenset()  # household and helper who know each other

    @cached_property
    def said(self) -> Mapping[str, Mapping[str, Wish]]:
        """The wishes of each household, by helper; looked up for every stop of every plan."""
        found: dict[str, dict[str, Wish]] = {}
        for (household, helper), wish in self.wishes.items():
            found.setdefault(household, {})[helper] = wish
        return found

    @property
    def days(self) -> tuple[tuple[Helper, Shift], ...]:
        """Every shift of every helper, in order: the routes of a plan."""
        return tuple((helper, shift) for helper in self.helpers for shift in helper.shifts)


Stop = tuple[int, int]  # the number of a visit, and of its task


@dataclass(frozen=True)
class Plan:
    """Who goes where, in which order: a route for every day of the problem.  Who is in none is left out."""

    routes: tuple[tuple[Stop, ...], ...]


def window(visit: Visit, task: Task) -> tuple[float, float]:
    """From when until when this task should start."""
    return (visit.opens, visit.closes) if task.pinned is None else (task.pinned, task.pinned)


def fits(problem: Problem, helper: Helper, visit: Visit, task: Task) -> bool:
    """Whether she may do this at all: she can, nobody forbids it, and nobody else was promised."""
    if task.skill not in helper.skills or (task.pinned is not None and task.agreed != helper.key):
        return False
    said = problem.said.get(visit.household, {})
    wish = said.get(helper.key)
    return wish is not Wish.NEVER and (wish is Wish.ONLY or Wish.ONLY not in said.values())


def disappointments(problem: Problem, helper: Helper, visit: Visit, task: Task) -> dict[str, int]:
    """What is not as the household likes it when she does this."""
    said = problem.said.get(visit.household, {})
    wish = said.get(helper.key)
    known = not visit.household or (visit.household, helper.key) in problem.familiar
    return {
        "new_face": int(not known),
        "unwished": int(wish is Wish.RATHER_NOT),
        "not_favourite": int(wish is not Wish.RATHER and Wish.RATHER in said.values()),
        "other_helper": int(bool(task.agreed) and task.agreed != helper.key),
    }
