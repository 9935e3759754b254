"""The hours of a month: what a helper worked at a household, reckoned from the results until both approve them."""

import hashlib
import json
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from samen.base import clock, journal, links, outbox, texts
from samen.base.journal import Subject
from samen.base.models import Link
from samen.base.tenancy import Actor
from samen.people import lookup
from samen.people.models import Helper, Household, Person
from samen.teams.models import Team
from samen.visits import locks, replacements, words
from samen.visits.facts import Fact
from samen.visits.models import Assignment, MonthHours, Visit, VisitResult

HELPER, HOUSEHOLD = "helper", "household"
SIDES = (HELPER, HOUSEHOLD)
MINUTE = timedelta(minutes=1)
HELPER_LINK_LIVES = timedelta(days=90)
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


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
    """The hours of a month by helper and household, with what was approved; in five queries, however many."""
    told: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for result in _results(month, helpers, households):
        lines = [line for line in lines_of(result) if first_of(line.day) == month]
        if lines:
            told[result.helper_id, result.visit.household_id] += lines
    who = {row.pk: row for row in Helper.objects.filter(pk__among={one for one, _ in told}).select_related("person")}
    where = {row.pk: row for row in Household.objects.filter(pk__among={home for _, home in told})}
    found = {(one, home): Sheet(who[one], where[home], month, lines) for (one, home), lines in told.items()}
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
    ).select_related("visit")
    if helpers is not None:
        found = found.filter(helper__among=list(helpers))
    if households is not None:
        found = found.filter(visit__household__among=list(households))
    shown = ("helper_id", "outcome", "starts_at", "minutes", "visit__public_id", "visit__household_id")
    return found.only(*shown).order_by("starts_at", "pk")


def _approvals(
    month: date, helpers: Iterable[int] | None, households: Iterable[int] | None
) -> dict[tuple[int, int], list[MonthHours]]:
    rows = MonthHours.objects.filter(month=month).select_related("helper__person", "household").order_by("pk")
    if helpers is not None:
        rows = rows.filter(helper__among=list(helpers))
    if households is not None:
        rows = rows.filter(household__among=list(households))
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


def month_of(words: str, *, at: datetime) -> date | None:
    """The month as it stands in an address (2026-10); the one that was, for no words; None for what is no month."""
    if not words:
        return before(first_of(at.astimezone(clock.HOME).date()))
    found = MONTH.fullmatch(words)
    return date(int(found[1]), int(found[2]), 1) if found else None


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


def of_team(team: Team, month: date) -> list[Sheet]:
    """The hours of this team's households in a month: also of a helper of another team who stood in."""
    homes = Household.objects.filter(team=team).values_list("pk", flat=True)
    return sheets(month, households=homes)


def versions(helper: Helper, household: Household, month: date) -> list[MonthHours]:
    """Every version that anybody approved, the newest first."""
    rows = MonthHours.objects.filter(helper=helper, household=household, month=month)
    return list(rows.order_by("-pk"))


def untold(team: Team, month: date, *, at: datetime) -> QuerySet[Assignment]:
    """Who went to a visit of this team that is over, and nobody said how it went; the oldest first.

    Who needs their names lets them be looked up after: joined to all of them, the database goes through everybody.
    """
    begins, ends = stretch(month)
    said = VisitResult.objects.filter(visit=OuterRef("visit"), helper=OuterRef("helper"), replaced_at=None)
    rows = Assignment.objects.standing().filter(
        visit__in=_of_month(team, month), starts_at__gte=begins, starts_at__lt=ends, ends_at__lte=at
    )
    return rows.filter(~Exists(said)).order_by("starts_at", "pk")


def unattended(team: Team, month: date, *, at: datetime) -> QuerySet[Visit]:
    """The visits of this team that began, and to which nobody went; the oldest first."""
    begins, ends = stretch(month)
    goes = Assignment.objects.standing().filter(visit=OuterRef("pk"), starts_at__gte=begins, starts_at__lt=ends)
    begun = _of_month(team, month).filter(starts_at__lt=at).filter(~Exists(goes))
    return begun.select_related("household").order_by("starts_at")


def _of_month(team: Team, month: date) -> QuerySet[Visit]:
    """By their day: by their moment the database would read all visits that there ever were."""
    return Visit.objects.standing().filter(team=team, local_date__gte=month, local_date__lt=next_of(month))


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


# --- Reminding ------------------------------------------------------------------------------------


def remind(team: Team, month: date, *, by: Actor, at: datetime) -> int:
    """Who has not looked yet at the hours of a month that is over is asked by mail, once a day at most.

    Helpers are asked for what they have not told as well.  Returns how many were asked; who has no address is not.
    """
    if stretch(month)[1] > at:
        raise TooEarly(TooEarly.__doc__)
    waiting = [one for one in of_team(team, month) if one.lines and not (one.approved and one.approved.is_fixed)]
    untold_by = untold(team, month, at=at).prefetch_related("helper__person", "helper__team")
    missing = Counter(row.helper for row in untold_by)
    helpers = {one.helper for one in waiting if not _said(one, HELPER)} | missing.keys()
    homes = {one.household for one in waiting if not _said(one, HOUSEHOLD)}
    asked = sum(_ask_helper(helper, month, missing[helper], at=at) for helper in sorted(helpers, key=_number))
    asked += sum(_ask_household(home, month, at=at) for home in sorted(homes, key=_number))
    params = {"count": asked, "month": f"{month:%Y-%m}"}
    journal.record(Fact.HOURS_REMINDED, about=[team], by=by, at=at, params=params)
    return asked


def _said(one: Sheet, side: str) -> bool:
    return one.approved is not None and getattr(one.approved, f"{side}_at") is not None


def _number(row: Helper | Household) -> int:
    return row.pk


def _ask_helper(helper: Helper, month: date, missing: int, *, at: datetime) -> bool:
    address = lookup.email(helper.person)
    if address is None:
        return False
    link = links.make(
        purpose=Link.Purpose.HELPER,
        person=helper.person.public_id,
        about=Subject.of(helper),
        expires_at=at + HELPER_LINK_LIVES,
    )
    letter = words.hours_ready(helper, month, missing, link=_page(link, month))
    return _put(helper, helper.person, address, letter, month, at=at)


def _ask_household(household: Household, month: date, *, at: datetime) -> bool:
    person = lookup.told(household)
    address = lookup.email(person) if person else None
    if person is None or address is None:
        return False
    link = replacements.household_link(household, person, at=at)
    letter = words.hours_to_approve(household, person, month, link=_page(link, month))
    return _put(household, person, address, letter, month, at=at)


def _page(link: Link, month: date) -> str:
    return f"{links.placeholder(link)}uren/?maand={month:%Y-%m}"


def _put(
    whose: Helper | Household, person: Person, address: str, letter: texts.Letter, month: date, *, at: datetime
) -> bool:
    today = at.astimezone(clock.HOME).date()
    cause = Subject("hours", uuid.uuid5(whose.public_id, f"hours {month} {today}"))
    if cause in outbox.states([cause]):
        return False
    outbox.put(
        cause=cause,
        recipient=person.public_id,
        address=address,
        subject=letter.subject,
        body=letter.body,
        at=at,
    )
    return True
