"""A change of many visits is tried before it is made: it is said exactly what would change, and nothing changes."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

from django.db import transaction

from samen.base import clock, tenancy
from samen.visits import locks, settling
from samen.visits.models import Arrangement, Assignment, Visit
from samen.visits.settling import Key, Settled

Done = TypeVar("Done")


@dataclass(frozen=True)
class State:
    """How a visit stands: when, for how long, with whom, or why nobody comes."""

    day: date
    start: time
    minutes: int
    helper: int | None
    why: str


@dataclass(frozen=True)
class Difference:
    """What becomes of one visit; `clash` when its helper has another visit then or is absent."""

    arrangement: int
    slot_no: int
    day: date
    before: State | None
    after: State | None
    clash: bool = False


@dataclass(frozen=True)
class Rehearsal:
    """All that would change, and how everything would stand."""

    differences: tuple[Difference, ...]
    after: dict[Key, State]

    @property
    def fingerprint(self) -> str:
        """A short word that differs as soon as anything in it does."""
        return hashlib.sha256(repr(self.differences).encode()).hexdigest()[:16]

    @property
    def clashes(self) -> int:
        """How many visits would have nobody, although somebody was meant to go."""
        return sum(one.clash for one in self.differences)


class ChangedMeanwhile(Exception):
    """Something changed since the preview was made, so nothing was done; look at the new preview."""


Window = tuple[date | None, date | None]
TODAY_TO_HORIZON: Window = (None, None)


def rehearse(
    arrangements: Collection[Arrangement],
    act: Callable[[], object],
    *,
    at: datetime,
    window: Window = TODAY_TO_HORIZON,
) -> Rehearsal:
    """What `act` would do to the visits of these agreements in a window, which may lie beyond the horizon.

    It is really done and then undone, so that the preview cannot say anything else than the change itself.
    """
    words = tenancy.current().last_words
    kept = dict(words)
    since, until = window
    with transaction.atomic():
        settling.settle(arrangements, at=at, since=since, until=until)
        before = _picture(arrangements, at, window)
        act()
        done = settling.settle(arrangements, at=at, since=since, until=until)
        after = _picture(arrangements, at, window)
        transaction.set_rollback(True)
    words.clear()
    words.update(kept)  # nobody's screen follows what did not happen
    return Rehearsal(_differences(before, after, done), after)


def perform(
    arrangements: Collection[Arrangement],
    act: Callable[[], Done],
    *,
    expected: str,
    at: datetime,
    window: Window = TODAY_TO_HORIZON,
) -> Done:
    """Do what was previewed, and nothing else: `ChangedMeanwhile`, and nothing is done, when it would be otherwise."""
    agreed = [one.pk for one in arrangements]
    rows = Visit.objects.filter(arrangement__in=agreed, occurrence_date__gte=_today(at))
    locks.visits(rows.values_list("pk", flat=True))
    tried = rehearse(arrangements, act, at=at, window=window)
    if tried.fingerprint != expected:
        raise ChangedMeanwhile(ChangedMeanwhile.__doc__)
    horizon = _today(at) + settling.AHEAD
    with transaction.atomic():
        done = act()
        now = _picture(arrangements, at, window)
        if now != {key: state for key, state in tried.after.items() if key[2] < horizon}:
            raise ChangedMeanwhile(ChangedMeanwhile.__doc__)
    return done


def _today(at: datetime) -> date:
    return at.astimezone(clock.HOME).date()


def _picture(arrangements: Collection[Arrangement], at: datetime, window: Window) -> dict[Key, State]:
    since, until = window
    rows = Visit.objects.filter(
        arrangement__in=[one.pk for one in arrangements], occurrence_date__gte=max(since or _today(at), _today(at))
    ).exclude(cancelled_why=settling.TERM_ENDED)
    if until is not None:
        rows = rows.filter(occurrence_date__lt=until)
    going = dict(Assignment.objects.standing().filter(visit__in=rows).values_list("visit_id", "helper_id"))
    fields = ("arrangement_id", "slot_no", "occurrence_date", "local_date", "local_start", "minutes", "cancelled_why")
    return {
        (agreement, slot, day): State(on, start, minutes, going.get(number), why)
        for number, agreement, slot, day, on, start, minutes, why in rows.values_list("pk", *fields)
    }


def _differences(before: dict[Key, State], after: dict[Key, State], done: Settled) -> tuple[Difference, ...]:
    clashes = {(visit.arrangement_id, visit.slot_no, visit.occurrence_date) for visit in done.clashes}
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    moved = _moved(changed - after.keys(), changed - before.keys())
    rows = [(key, moved.get(key, key)) for key in changed - set(moved.values())]
    rows.sort(key=lambda row: (row[0][2], *row[0]))
    return tuple(Difference(*old, before.get(old), after.get(new), bool({old, new} & clashes)) for old, new in rows)


def _moved(gone: set[Key], come: set[Key]) -> dict[Key, Key]:
    """Of each visit that is on another day of its week: as what it was known, and as what it is."""
    there = {(agreement, slot, day.isocalendar()[:2]): (agreement, slot, day) for agreement, slot, day in come}
    found = {key: there.get((key[0], key[1], key[2].isocalendar()[:2])) for key in gone}
    return {old: new for old, new in found.items() if new is not None}
