"""When in the week a helper can work, as people write it: 8-13, or 8.30-12 and 13-17."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from samen.base import journal, many
from samen.base.tenancy import Actor
from samen.people.facts import Fact
from samen.people.models import Availability, Helper

Stretch = tuple[time, time]
Week = Mapping[int, Sequence[Stretch]]  # Monday is 0

HOUR = r"(\d{1,2})(?:[.:](\d{2}))?"
STRETCH = re.compile(rf"\s*{HOUR}\s*(?:-|–|tot|to|until)\s*{HOUR}\s*", re.IGNORECASE | re.ASCII)
BETWEEN = re.compile(r"[,;&/]|\ben\b|\band\b", re.IGNORECASE)


class NoHours(Exception):
    """These are not hours of a day."""


def from_words(text: str) -> list[Stretch]:
    """The stretches of one day, none for an empty text.  Raises `NoHours`."""
    found = sorted(_stretch(part) for part in BETWEEN.split(text) if text.strip())
    if any(until > start for (_, until), (start, _) in itertools.pairwise(found)):
        raise NoHours(NoHours.__doc__)
    return found


def _stretch(text: str) -> Stretch:
    match = STRETCH.fullmatch(text)
    if match is None:
        raise NoHours(NoHours.__doc__)
    start, until = _time(match[1], match[2]), _time(match[3], match[4])
    if start >= until:
        raise NoHours(NoHours.__doc__)
    return start, until


def _time(hour: str, minute: str | None) -> time:
    try:
        return time(int(hour), int(minute or 0))
    except ValueError as error:
        raise NoHours(NoHours.__doc__) from error


def in_words(stretches: Iterable[Stretch]) -> str:
    """The same stretches as somebody would write them."""
    return ", ".join(f"{_hour(start)}-{_hour(until)}" for start, until in sorted(stretches))


def _hour(moment: time) -> str:
    return f"{moment:%H.%M}".removesuffix(".00").removeprefix("0") or "0"


def of(helper: Helper, on: date) -> dict[int, list[Stretch]]:
    """Her week as it is on this day."""
    found: dict[int, list[Stretch]] = {}
    for row in rows_of(helper, on):
        found.setdefault(row.weekday, []).append((row.local_start, row.local_end))
    return found


def rows_of(helper: Helper, on: date) -> QuerySet[Availability]:
    """The stretches of her week as it is on this day, in order."""
    return Availability.objects.filter(helper=helper, period__contains=on).order_by("weekday", "local_start")


def change(helper: Helper, week: Week, *, since: date, by: Actor, at: datetime) -> None:
    """From this day on her week is this; what it was before stays known."""
    mine = Availability.objects.filter(helper=helper)
    mine.filter(period__startswith__gte=since).delete()
    for row in mine.filter(period__contains=since):
        row.period = DateRange(row.period.lower, since)
        row.save(update_fields=["period"])
    begin([(helper, week, since)])
    journal.record(Fact.HOURS_CHANGED, about=[helper, helper.team], by=by, at=at)


def begin(weeks: Iterable[tuple[Helper, Week, date]]) -> None:
    """Those of whom no hours were known can work so, from that day on; who registers them writes the journal."""
    many.keep(
        Availability(helper=helper, weekday=weekday, local_start=start, local_end=until, period=DateRange(since, None))
        for helper, week, since in weeks
        for weekday, stretches in week.items()
        for start, until in stretches
    )
