"""On which days a standing agreement falls: every so many weeks, the nth weekday of a month, or once.

Only dates recur, on the wall clock; `wall_clock` makes moments of them, the same as the database's columns.

Parity hangs on the anchor, never on the number of the week.  2026 has a week 53, and week 1 of 2027 is odd as well:
who counts "odd weeks" comes twice in a row there, who counts from the anchor comes every other week.

A fifth weekday is skipped in the months without one, as in every calendar; who means the last, says the last.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain, islice
from zoneinfo import ZoneInfo

LAST = -1  # the nth of a last weekday
NTHS = (1, 2, 3, 4, 5, LAST)
RARELY = 52  # the largest number of weeks or months between two dates
MANY = 1_000  # dates that somebody else's COUNT may ask for
ONE_DAY = timedelta(days=1)


class NotARule(ValueError):
    """This cannot be a rule: `field` says which part, `why` says what is wrong with it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(field, why)
        self.field, self.why = field, why

    def __str__(self) -> str:
        return f"{self.field} {self.why}"


class Freq(StrEnum):
    """How an agreement comes back."""

    WEEKLY = "WEEKLY"
    MONTHLY_NTH = "MONTHLY_NTH"
    ONCE = "ONCE"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One slot of an agreement during one period; several visits a week are several slots, each with its own rule.

    WEEKLY: on `weekday` (Monday 0) of the anchor's week and of every nth week before and after it.
    MONTHLY_NTH: on the `nth` (1 to 5, -1 the last) `weekday` of the anchor's month and of every nth month around it.
    ONCE: on the anchor.  Nothing falls before `start`, nor on or after `until`; without it the rule stays open.
    The anchor need not fall on the weekday, nor in the period: it may stay what it was when either changes.
    """

    freq: Freq
    anchor: date
    weekday: int
    start: date
    until: date | None = None
    every_n: int = 1
    nth: int | None = None

    def __post_init__(self) -> None:
        for field, wrong, why in chain(_wrong_types(self), _wrong_values(self)):
            if wrong:
                raise NotARule(field, why)


def _wrong_types(rule: Rule) -> Iterator[tuple[str, bool, str]]:
    yield "freq", not isinstance(rule.freq, Freq), f"is one of {', '.join(Freq)}"
    for field in ("anchor", "start", "until"):
        day = getattr(rule, field)
        open_end = field == "until" and day is None
        # A datetime is a date to Python, and would be compared with dates one line later.
        yield field, not open_end and type(day) is not date, "is a date without a time"


def _wrong_values(rule: Rule) -> Iterator[tuple[str, bool, str]]:
    once, monthly = rule.freq is Freq.ONCE, rule.freq is Freq.MONTHLY_NTH
    yield "weekday", rule.weekday not in range(7), "is 0 for Monday to 6 for Sunday"
    yield "every_n", rule.every_n not in range(1, RARELY + 1), f"is 1 to {RARELY}"
    yield "every_n", once and rule.every_n != 1, "is 1 for what happens once"
    yield "nth", monthly and rule.nth not in NTHS, "is 1 to 5, or -1 for the last one of the month"
    yield "nth", not monthly and rule.nth is not None, "belongs to a monthly rule only"
    yield "until", rule.until is not None and rule.until <= rule.start, "comes after the start"
    yield "anchor", once and not _holds(rule.anchor, rule.start, rule.until), "lies between the start and until"
    yield "weekday", once and rule.weekday != rule.anchor.weekday(), "is the weekday of the anchor"


def _holds(day: date, start: date, until: date | None) -> bool:
    return start <= day and (until is None or day < until)


# --- The dates ---------------------------------------------------------------------------------------


def occurrences(rule: Rule, start: date, until: date) -> Iterator[date]:
    """The rule's dates in this stretch, in their order; `until` is excluded."""
    low = max(start, rule.start).toordinal()
    stop = min(until, rule.until or until).toordinal()
    if low < stop:
        yield from map(date.fromordinal, DATES[rule.freq](rule, low, stop))


def first(rule: Rule) -> date | None:
    """The first date of all, or None when the rule has none."""
    return next(occurrences(rule, rule.start, date.max), None)


def _weekly(rule: Rule, low: int, stop: int) -> Iterator[int]:
    step = 7 * rule.every_n
    in_anchors_week = rule.anchor.toordinal() - rule.anchor.weekday() + rule.weekday
    yield from range(low + (in_anchors_week - low) % step, stop, step)


def _monthly(rule: Rule, low: int, stop: int) -> Iterator[int]:
    nth = rule.nth or LAST
    for month in _months(rule, date.fromordinal(low), date.fromordinal(stop - 1)):
        days = _weekdays(month, rule.weekday)
        if nth <= len(days) and low <= (day := days[nth - 1 if nth > 0 else nth]) < stop:
            yield day


def _once(rule: Rule, low: int, stop: int) -> Iterator[int]:
    if low <= rule.anchor.toordinal() < stop:
        yield rule.anchor.toordinal()


DATES = {Freq.WEEKLY: _weekly, Freq.MONTHLY_NTH: _monthly, Freq.ONCE: _once}


def _months(rule: Rule, low: date, high: date) -> range:
    """The rule's months between two days, counted from the year 0."""
    of_anchor, start, last = (12 * day.year + day.month - 1 for day in (rule.anchor, low, high))
    return range(start + (of_anchor - start) % rule.every_n, last + 1, rule.every_n)


def _weekdays(month: int, weekday: int) -> range:
    """All days of a month that are this weekday."""
    year, index = divmod(month, 12)
    opening, length = calendar.monthrange(year, index + 1)
    day_one = date(year, index + 1, 1).toordinal()
    return range(day_one + (weekday - opening) % 7, day_one + length, 7)


def split(rule: Rule, at: date) -> tuple[Rule | None, Rule | None]:
    """What happens before this date, and this and following: together the same dates, parity kept.

    A half without a single day is None; of what happens once, so is the half without the date.
    """
    return _during(rule, rule.start, min(at, rule.until or at)), _during(rule, max(at, rule.start), rule.until)


def _during(rule: Rule, start: date, until: date | None) -> Rule | None:
    nothing = until is not None and until <= start
    elsewhere = rule.freq is Freq.ONCE and not _holds(rule.anchor, start, until)
    return None if nothing or elsewhere else replace(rule, start=start, until=until)


# --- The moments -------------------------------------------------------------------------------------


def wall_clock(day: date, start: time, minutes: int, zone: str) -> tuple[datetime, datetime]:
    """When a visit begins and ends, in UTC, as PostgreSQL's generated columns say it.

    An hour that does not exist moves forward, an hour that comes twice is the second one (standard time), and
    the duration is elapsed time.
    """
    if minutes not in range(1, 24 * 60 + 1):
        raise NotARule("minutes", "is 1 to 1440, a whole number")
    begins = _moment(day, start, zone)
    return begins, begins + timedelta(minutes=minutes)


def _moment(day: date, start: time, zone: str) -> datetime:
    # The later reading is right for both: in the gap it is the one that moves forward, in the fold the second one.
    local = datetime.combine(day, start, tzinfo=ZoneInfo(zone))
    return max(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


# --- iCalendar ---------------------------------------------------------------------------------------

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
BYDAY = re.compile(rf"([+-]?[0-9]{{1,2}})?({'|'.join(WEEKDAYS)})")
NUMBER = re.compile(r"[0-9]{1,4}")
UNTIL = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?")
FREQUENCIES = {"WEEKLY": Freq.WEEKLY, "MONTHLY": Freq.MONTHLY_NTH}
KNOWN_PARTS = ("FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST")
LONGEST = 200  # characters


def as_rrule(rule: Rule, local_start: time, zone: str) -> str:
    """The rule as an RRULE, for an event that starts on the rule's `first` date; empty for what happens once.

    UNTIL is included there and stands in UTC: the moment at which a visit on the last possible day would begin.
    """
    if rule.freq is Freq.ONCE:
        return ""
    parts = [f"FREQ={'WEEKLY' if rule.freq is Freq.WEEKLY else 'MONTHLY'}"]
    if rule.every_n > 1:
        parts.append(f"INTERVAL={rule.every_n}")
    parts += [f"BYDAY={rule.nth or ''}{WEEKDAYS[rule.weekday]}", "WKST=MO"]
    if rule.until is not None:
        parts.append(f"UNTIL={_moment(rule.until - ONE_DAY, local_start, zone):%Y%m%dT%H%M%SZ}")
    return ";".join(parts)


def from_rrule(text: str, dtstart: datetime) -> Rule:
    """The rule of an event that starts here; empty text is an event that happens once.

    Only what Samen can keep is taken, the rest is refused by its name: FREQ WEEKLY or MONTHLY, INTERVAL 1 to 52,
    BYDAY with one weekday (numbered in a monthly rule), UNTIL or COUNT up to 1,000, WKST=MO.
    """
    start = dtstart.date()
    if not text:
        return Rule(freq=Freq.ONCE, anchor=start, weekday=start.weekday(), start=start, until=start + ONE_DAY)
    parts = _parts(text)
    freq = _freq(parts)
    nth, weekday = _byday(parts, freq, start)
    every_n = _number(parts, "INTERVAL", RARELY)
    rule = Rule(freq=freq, anchor=start, weekday=weekday, start=start, every_n=every_n, nth=nth)
    if first(rule) != start:
        # Programs disagree whether such a first day counts, so nobody can say what was meant.
        raise NotARule("DTSTART", "is not a day of its own rule")
    return replace(rule, until=_end(parts, rule, dtstart))


def _parts(text: str) -> dict[str, str]:
    if len(text) > LONGEST:
        raise NotARule("RRULE", f"is longer than {LONGEST} characters")
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in KNOWN_PARTS:
            raise NotARule(name or "RRULE", f"is not known here, only {', '.join(KNOWN_PARTS)} are")
        if name in parts:
            raise NotARule(name, "stands there twice")
        parts[name] = value
    if parts.get("WKST", "MO") != "MO":
        raise NotARule("WKST", "is MO: weeks begin on Monday")
    return parts


def _freq(parts: dict[str, str]) -> Freq:
    if parts.get("FREQ") not in FREQUENCIES:
        raise NotARule("FREQ", f"is {' or '.join(FREQUENCIES)}")
    return FREQUENCIES[parts["FREQ"]]


def _byday(parts: dict[str, str], freq: Freq, start: date) -> tuple[int | None, int]:
    if "BYDAY" not in parts and freq is Freq.WEEKLY:
        return None, start.weekday()
    found = BYDAY.fullmatch(parts.get("BYDAY", ""))
    if found is None:
        raise NotARule("BYDAY", "is one weekday: several days a week are several rules")
    if (found[1] is None) is (freq is Freq.MONTHLY_NTH):
        raise NotARule("BYDAY", "has a number in a monthly rule, as in 2TU, and none in a weekly one")
    nth = int(found[1]) if found[1] else None
    if nth not in (None, *NTHS):
        raise NotARule("BYDAY", "counts 1 to 5, or -1 for the last one of the month")
    return nth, WEEKDAYS.index(found[2])


def _number(parts: dict[str, str], name: str, largest: int) -> int:
    text = parts.get(name, "1")
    if not NUMBER.fullmatch(text) or int(text) not in range(1, largest + 1):
        raise NotARule(name, f"is 1 to {largest}")
    return int(text)


def _end(parts: dict[str, str], rule: Rule, dtstart: datetime) -> date | None:
    if "COUNT" in parts and "UNTIL" in parts:
        raise NotARule("COUNT", "and UNTIL do not go together")
    if "COUNT" in parts:
        last = _after(rule, _number(parts, "COUNT", MANY))
    elif "UNTIL" in parts:
        last = _last_day(parts["UNTIL"], dtstart)
    else:
        return None
    if last < rule.start:
        raise NotARule("UNTIL", "is before DTSTART")
    return min(last, date.max - ONE_DAY) + ONE_DAY


def _after(rule: Rule, count: int) -> date:
    last = next(islice(occurrences(rule, rule.start, date.max), count - 1, None), None)
    if last is None:
        raise NotARule("COUNT", "goes beyond the calendar")
    return last


def _last_day(text: str, dtstart: datetime) -> date:
    if not UNTIL.fullmatch(text):
        raise NotARule("UNTIL", "is a date or a moment, as in 20261231 or 20261231T120000Z")
    if text.endswith("Z") and dtstart.tzinfo is None:
        raise NotARule("UNTIL", "is in UTC while DTSTART has no zone")
    try:
        return date.fromisoformat(text) if len(text) == len("20261231") else _last_day_by_moment(text, dtstart)
    except (ValueError, OverflowError):
        raise NotARule("UNTIL", "is not in the calendar") from None


def _last_day_by_moment(text: str, dtstart: datetime) -> date:
    """The last day on which the event still begins at or before this moment, which is included."""
    zone, end = dtstart.tzinfo or UTC, datetime.fromisoformat(text)
    local = end.astimezone(zone) if end.tzinfo else end.replace(tzinfo=zone)
    # Most programs take the first of an hour that comes twice: of the two readings the one that keeps the day.
    begins = datetime.combine(local.date(), dtstart.time().replace(fold=0), tzinfo=zone)
    return local.date() if begins.astimezone(UTC) <= local.astimezone(UTC) else local.date() - ONE_DAY
