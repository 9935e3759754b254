"""The hours of a month: what a helper worked at a household, reckoned from the results until both approve them."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from samen.base import clock, journal
from samen.base.tenancy import Actor
from samen.people.models import Helper, Household
from samen.visits import locks
from samen.visits.facts import Fact
from samen.visits.models import MonthHours, VisitResult

HELPER, HOUSEHOLD = "helper", "household"
SIDES = (HELPER, HOUSEHOLD)
MINUTE = timedelta(minutes=1)


class Changed(Exception):
    """The hours changed since they were shown; look once more."""


class TooEarly(Exception):
    """The month is not over, so its hours can still grow."""


class NothingToApprove(Exception):
    """There are no hours in this month."""


@dataclass(frozen=True)
class Line:
    """What one visit adds to one calendar day of the month."""

    visit: str
    day: date
    starts_at: datetime
    outcome: str
    minutes: int

    def as_words(self) -> dict[str, Any]:
        """The line as it is kept and as it is hashed: no name, only numbers, days and keys."""
        return {
            "visit": self.visit,
            "day": self.day.isoformat(),
            "starts_at": self.starts_at.isoformat(),
            "outcome": self.outcome,
            "minutes": self.minutes,
        }


@dataclass
class Sheet:
    """The hours of one helper at one household in a month, as the results say today, with what was approved of them."""

    helper: Helper
    household: Household
    month: date
    lines: list[Line] = field(default_factory=list)
    approved: MonthHours | None = None
    reopened: MonthHours | None = None

    @property
    def minutes(self) -> int:
        """All minutes of the month."""
        return sum(line.minutes for line in self.lines)

    @property
    def version(self) -> str:
        """The fingerprint of the lines: another line, another version."""
        words = json.dumps([line.as_words() for line in self.lines], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(words.encode()).hexdigest()


def sheets(
    month: date, *, helpers: Iterable[int] | None = None, households: Iterable[int] | None = None
) -> list[Sheet]:
    """The hours of a month by helper and household, with what was approved; in three queries, however many."""
    found: dict[tuple[int, int], Sheet] = {}
    for result in _results(month, helpers, households):
        key = (result.helper_id, result.visit.household_id)
        lines = [line for line in lines_of(result) if first_of(line.day) == month]
        if lines:
            sheet = found.setdefault(key, Sheet(result.helper, result.visit.household, month))
            sheet.lines += lines
    approvals = _approvals(month, helpers, households)
    for key in approvals.keys() - found.keys():
        found[key] = Sheet(approvals[key][0].helper, approvals[key][0].household, month)
    for key, sheet in found.items():
        sheet.lines.sort(key=lambda line: (line.starts_at, line.day, line.visit))
        for row in approvals.get(key, ()):
            if row.reopened_at is None:
                sheet.approved = row
            else:
                sheet.reopened = row
        if sheet.approved is not None:
            sheet.reopened = None if sheet.approved.is_fixed else sheet.reopened
    return sorted(found.values(), key=lambda one: (one.helper.person.name, one.household.name, one.helper.pk))


def sheet(helper: Helper, household: Household, month: date) -> Sheet:
    """The hours of this helper at this household in this month; empty when nothing was done."""
    found = sheets(month, helpers=[helper.pk], households=[household.pk])
    return found[0] if found else Sheet(helper, household, month)


def _results(month: date, helpers: Iterable[int] | None, households: Iterable[int] | None) -> Iterable[VisitResult]:
    begins, ends = stretch(month)
    # A visit of the evening before may reach into the month: no visit is longer than a day.
    found = VisitResult.objects.filter(
        replaced_at=None, starts_at__gt=begins - timedelta(days=1), starts_at__lt=ends
    ).select_related("visit__household", "helper__person")
    if helpers is not None:
        found = found.filter(helper__in=list(helpers))
    if households is not None:
        found = found.filter(visit__household__in=list(households))
    return found.order_by("starts_at", "pk")


def _approvals(
    month: date, helpers: Iterable[int] | None, households: Iterable[int] | None
) -> dict[tuple[int, int], list[MonthHours]]:
    rows = MonthHours.objects.filter(month=month).select_related("helper__person", "household").order_by("pk")
    if helpers is not None:
        rows = rows.filter(helper__in=list(helpers))
    if households is not None:
        rows = rows.filter(household__in=list(households))
    found: dict[tuple[int, int], list[MonthHours]] = defaultdict(list)
    for row in rows:
        found[row.helper_id, row.household_id].append(row)
    return found


def lines_of(result: VisitResult) -> list[Line]:
    """One line for each calendar day that a visit touches; one that took no time is told on its first day."""
    days = by_day(result.starts_at, result.minutes)
    return [Line(str(result.visit.public_id), day, result.starts_at, result.outcome, took) for day, took in days]


def by_day(starts_at: datetime, minutes: int) -> list[tuple[date, int]]:
    """The minutes of each Dutch calendar day: elapsed time, so the night the clock goes back has its extra hour."""
    # In UTC: two moments of one zone are subtracted by the wall, and a day of 23 hours would count for 24.
    begins = starts_at.astimezone(UTC)
    until, found = begins + timedelta(minutes=minutes), list[tuple[date, int]]()
    while not found or begins < until:
        day = begins.astimezone(clock.HOME).date()
        ends = min(until, _midnight(day + timedelta(days=1)).astimezone(UTC))
        found.append((day, (ends - begins) // MINUTE))
        begins = ends
    return found


def stretch(month: date) -> tuple[datetime, datetime]:
    """The moments at which the month begins and the next one does."""
    return _midnight(month), _midnight(next_of(month))


def first_of(day: date) -> date:
    """The month of a day, as its first day."""
    return day.replace(day=1)


def next_of(month: date) -> date:
    """The month after this one."""
    return first_of(month + timedelta(days=31))


def before(month: date) -> date:
    """The month before this one."""
    return first_of(month - timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=clock.HOME)


# --- Approving ------------------------------------------------------------------------------------


def approve(
    *, helper: Helper, household: Household, month: date, side: str, version: str, by: Actor, at: datetime
) -> MonthHours:
    """This side says that the hours as they were shown (`version`) are right; said by both, they are fixed.

    Raises `Changed` when the hours are others by now, `TooEarly` before the month is over, `NothingToApprove`
    without hours.  Said twice, it is said once.
    """
    locks.helpers([helper.pk])
    now = sheet(helper, household, month)
    if stretch(month)[1] > at:
        raise TooEarly(TooEarly.__doc__)
    if not now.lines:
        raise NothingToApprove(NothingToApprove.__doc__)
    if now.version != version:
        raise Changed(Changed.__doc__)
    row = now.approved or MonthHours(
        helper=helper,
        household=household,
        month=month,
        version=version,
        minutes=now.minutes,
        lines=[line.as_words() for line in now.lines],
    )
    if getattr(row, f"{side}_at") is not None:
        return row
    for name, value in {"at": at, "by_kind": by.kind, "by_ref": by.ref}.items():
        setattr(row, f"{side}_{name}", value)
    row.save()
    about = [helper, household, household.team]
    fact = Fact.HOURS_FIXED if row.is_fixed else Fact.HOURS_APPROVED
    journal.record(fact, about=about, by=by, at=at, params={"month": f"{month:%Y-%m}"})
    return row


def reopen_changed(helper: Helper, household: Household, *, by: Actor, at: datetime) -> None:
    """Months whose hours are no longer what was approved are open again, visibly; the old version is kept."""
    standing = MonthHours.objects.filter(helper=helper, household=household, reopened_at=None)
    for row in standing.order_by("month"):
        if sheet(helper, household, row.month).version == row.version:
            continue
        row.reopened_at = at
        row.save(update_fields=["reopened_at"])
        about = [helper, household, household.team]
        journal.record(Fact.HOURS_REOPENED, about=about, by=by, at=at, params={"month": f"{row.month:%Y-%m}"})
