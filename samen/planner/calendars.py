"""A standing agreement as other people's calendars read it (RFC 5545), and back again without loss.

Every hour stands on the wall clock with its zone.  An hour that comes twice is the one exception to what our own
database says: calendars take the first of the two, we the second; it is between two and three on one night a year.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone, vRecur

from samen.planner.recurrence import Freq, Rule, as_rrule, first, from_rrule, split

PRODUCT = "-//Samen//Agenda//NL"
HOME = "Europe/Amsterdam"
LOOK_AGAIN = timedelta(minutes=30)
# Since 1996 the whole Union changes its clocks by this rule; programs that know the zone by its name do not read it.
SUMMER = """\
BEGIN:VTIMEZONE
TZID:{zone}
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True, kw_only=True)
class Own:
    """One visit of a series that is otherwise: on another day or hour, with other words, or not at all."""

    day: date  # the day it stands for, whatever day it is on
    local_date: date
    local_start: time
    minutes: int
    title: str = ""
    where: str = ""
    cancelled: bool = False
    sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class Series:
    """Visits that recur by one rule.  `left_out` are the rule's days on which there is none to show."""

    uid: str
    rule: Rule
    local_start: time
    minutes: int
    zone: str
    changed_at: datetime
    title: str = ""
    where: str = ""
    left_out: frozenset[date] = frozenset()
    own: tuple[Own, ...] = ()
    cancelled: bool = False
    sequence: int = 0


def write(series: Iterable[Series], *, name: str) -> bytes:
    """The calendar of this name; a rule without a single day is not in it."""
    calendar = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        calendar.add(key, value)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    ordered = sorted(series, key=lambda one: one.uid)
    for zone in sorted({one.zone for one in ordered}):
        calendar.add_component(_timezone(zone))
    for one in ordered:
        for event in _events(one):
            calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def read(text: bytes) -> list[Series]:
    """What stands in a calendar of ours, as series again, by their name."""
    events: dict[str, list[Read]] = defaultdict(list)
    for event in Calendar.from_ical(text).walk("VEVENT"):
        events[str(event["UID"])].append(event)
    return [_series(uid, of_uid) for uid, of_uid in sorted(events.items())]


def since(rule: Rule, day: date) -> Rule | None:
    """The rule's days from this one on; None when it is over by then."""
    return split(rule, day)[1]


def once(day: date) -> Rule:
    """What does not come back."""
    return Rule(freq=Freq.ONCE, anchor=day, weekday=day.weekday(), start=day)


# --- Writing -----------------------------------------------------------------------------------------


@cache
def _timezone(zone: str) -> Component:
    if zone == HOME:
        return Timezone.from_ical(SUMMER.format(zone=zone))
    return Timezone.from_tzid(zone)


def _events(series: Series) -> Iterator[Event]:
    begins = first(series.rule)
    if begins is None:
        return
    event = _event(series, begins, series.local_start, series.minutes)
    _describe(event, series)
    rule = as_rrule(series.rule, series.local_start, series.zone)
    if rule:
        event.add("rrule", vRecur.from_ical(rule))
    for day in sorted(series.left_out):
        event.add("exdate", _moment(series, day, series.local_start))
    yield event
    for own in sorted(series.own, key=lambda own: own.day):
        other = _event(series, own.local_date, own.local_start, own.minutes)
        other.add("recurrence-id", _moment(series, own.day, series.local_start))
        _describe(other, own)
        yield other


def _event(series: Series, day: date, start: time, minutes: int) -> Event:
    event = Event()
    event.add("uid", series.uid)
    event.add("dtstamp", series.changed_at.astimezone(UTC))
    event.add("last-modified", series.changed_at.astimezone(UTC))
    begins = _moment(series, day, start)
    event.add("dtstart", begins)
    event.add("dtend", _end(begins, minutes))
    return event


def _end(begins: datetime, minutes: int) -> datetime:
    """On the wall clock; in the second of two equal hours as UTC, for there the wall clock would mean the first."""
    ends = begins.astimezone(UTC) + timedelta(minutes=minutes)
    on_the_wall = ends.astimezone(begins.tzinfo)
    return ends if on_the_wall.fold else on_the_wall


def _moment(series: Series, day: date, start: time) -> datetime:
    return datetime.combine(day, start, tzinfo=ZoneInfo(series.zone))


def _describe(event: Event, said: Series | Own) -> None:
    event.add("summary", said.title)
    if said.where:
        event.add("location", said.where)
    event.add("status", "CANCELLED" if said.cancelled else "CONFIRMED")
    event.add("sequence", said.sequence)
    event.add("class", "PRIVATE")


# --- Reading -----------------------------------------------------------------------------------------

Read = Mapping[str, Any]  # the package's words for what may stand behind a name are many, and ours are few


def _series(uid: str, events: list[Read]) -> Series:
    master = next(event for event in events if "RECURRENCE-ID" not in event)
    begins = _at(master, "DTSTART")
    return Series(
        uid=uid,
        rule=from_rrule(master["RRULE"].to_ical().decode() if "RRULE" in master else "", begins),
        local_start=begins.replace(tzinfo=None).time(),
        minutes=_minutes(master),
        zone=str(begins.tzinfo),
        changed_at=_at(master, "LAST-MODIFIED"),
        title=str(master.get("SUMMARY", "")),
        where=str(master.get("LOCATION", "")),
        left_out=frozenset(_left_out(master)),
        own=tuple(sorted((_own(event) for event in events if event is not master), key=lambda own: own.day)),
        cancelled=master.get("STATUS") == "CANCELLED",
        sequence=int(master.get("SEQUENCE", 0)),
    )


def _left_out(master: Read) -> Iterator[date]:
    found = master.get("EXDATE", [])
    for line in found if isinstance(found, list) else [found]:
        for value in line.dts:
            yield value.dt.date()


def _own(event: Read) -> Own:
    begins = _at(event, "DTSTART")
    return Own(
        day=_at(event, "RECURRENCE-ID").date(),
        local_date=begins.date(),
        local_start=begins.replace(tzinfo=None).time(),
        minutes=_minutes(event),
        title=str(event.get("SUMMARY", "")),
        where=str(event.get("LOCATION", "")),
        cancelled=event.get("STATUS") == "CANCELLED",
        sequence=int(event.get("SEQUENCE", 0)),
    )


def _minutes(event: Read) -> int:
    elapsed = _at(event, "DTEND").astimezone(UTC) - _at(event, "DTSTART").astimezone(UTC)
    return int(elapsed.total_seconds()) // 60


def _at(event: Read, name: str) -> datetime:
    moment: datetime = event[name].dt
    return moment
