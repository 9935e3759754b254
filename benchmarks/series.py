"""Ten thousand invented terms over 2026 to 2028: the same days and the same moments as python-dateutil.

The terms and the other hand are those of the tests, where `bin/test` walks five hundred of them.  The same terms go
through a calendar as well: written, parsed by `icalendar` and expanded by `recurring-ical-events`.
"""

import argparse
import time as stopwatch
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import icalendar
import recurring_ical_events

from benchmarks import machine
from samen.planner import calendars
from samen.planner.calendars import Series
from samen.planner.recurrence import Rule, occurrences, wall_clock
from tests.planner import test_recurrence as tests

IN_A_CALENDAR = 500
SHOWN = 5  # differences printed; one is enough to fail
# The week up to each clock change, and the week after it: there every moment is compared too.
CHANGING = {day + timedelta(days=near) for day in tests.CLOCK_CHANGES for near in range(-6, 8)}

Term = tuple[Rule, time]


@dataclass(frozen=True)
class Hand:
    """What one of the two found, and how long it took."""

    days: list[list[date]]
    seconds: float


def main(words: list[str]) -> int:
    """Let both walk all terms, say what was found; 1 when they differ anywhere."""
    parser = argparse.ArgumentParser(prog="bench series", description=__doc__)
    parser.add_argument("--terms", type=int, default=10_000, help="how many (10000)")
    parser.add_argument("--seed", type=int, default=3, help="which (3, those of the tests)")
    options = parser.parse_args(words)
    terms = list(islice(tests.invented(options.seed), options.terms))
    ours = walk(terms, lambda rule: list(occurrences(rule, *tests.YEARS)))
    theirs = walk(terms, lambda rule: tests.by_dateutil(rule, *tests.YEARS))
    wrong = [term for term, we, they in zip(terms, ours.days, theirs.days, strict=True) if we != they]
    moments, odd = compare_moments(terms, ours.days)
    _print(terms, ours, theirs)
    unread = compare_calendars(terms, ours.days)
    print(f"{moments} moments in the weeks around {len(tests.CLOCK_CHANGES)} clock changes compared as well")
    print(f"\n{len(wrong)} terms differ in a day, {len(odd)} visits in their moment, {len(unread)} terms in a calendar")
    for difference in [*wrong, *odd, *unread][:SHOWN]:
        print(f"  {difference}")
    return 1 if wrong or odd or unread else 0


def walk(terms: Sequence[Term], days_of: Callable[[Rule], list[date]]) -> Hand:
    """Every date of every term in the three years, from one hand."""
    began = stopwatch.perf_counter()
    found = [days_of(rule) for rule, _ in terms]
    return Hand(found, stopwatch.perf_counter() - began)


def compare_moments(terms: Sequence[Term], days: Sequence[list[date]]) -> tuple[int, list[tuple[date, time]]]:
    """How many visits around clock changes were compared, and those that begin at another moment."""
    visits = [(day, hour) for (_, hour), of_term in zip(terms, days, strict=True) for day in of_term if day in CHANGING]
    return len(visits), [visit for visit in sorted(set(visits)) if not _same_moment(*visit)]


def compare_calendars(terms: Sequence[Term], days: Sequence[list[date]]) -> list[Term]:
    """The terms of which somebody else's program reads other days in our calendar, or which come back changed."""
    unread: list[Term] = []
    wrote = read = expanded = 0.0
    for begin in range(0, len(terms), IN_A_CALENDAR):
        some = range(begin, min(begin + IN_A_CALENDAR, len(terms)))
        began = stopwatch.perf_counter()
        text = calendars.write([_series(number, *terms[number]) for number in some], name="Bezoeken")
        wrote, began = wrote + stopwatch.perf_counter() - began, stopwatch.perf_counter()
        again = {int(one.uid): list(occurrences(one.rule, *tests.YEARS)) for one in calendars.read(text)}
        read, began = read + stopwatch.perf_counter() - began, stopwatch.perf_counter()
        events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(*tests.YEARS)
        found = Counter((int(event["UID"]), event["DTSTART"].dt.replace(tzinfo=None)) for event in events)
        expanded += stopwatch.perf_counter() - began
        wanted = Counter((number, datetime.combine(day, terms[number][1])) for number in some for day in days[number])
        odd = {number for number, _ in (found - wanted) + (wanted - found)}
        unread += [terms[number] for number in some if number in odd or again.get(number, []) != days[number]]
    seconds = f"{wrote:.2f} s to write, {read:.2f} s to read back, {expanded:.2f} s expanded"
    print(f"calendars of {IN_A_CALENDAR} terms: {seconds}")
    return unread


def _series(number: int, rule: Rule, hour: time) -> Series:
    changed_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Series(
        uid=str(number), rule=rule, local_start=hour, minutes=60, zone=tests.HOME, changed_at=changed_at, title="Bezoek"
    )


def _same_moment(day: date, hour: time) -> bool:
    begins, _ = wall_clock(day, hour, 60, tests.HOME)
    return begins == tests.moment_by_dateutil(day, hour, tests.HOME)


def _print(terms: Sequence[Term], ours: Hand, theirs: Hand) -> None:
    kinds = Counter(f"{rule.freq} {'open' if rule.until is None else 'closed'}" for rule, _ in terms)
    falling = Counter(day for days in ours.days for day in days)
    print(f"\n{machine()}")
    print(f"{len(terms)} terms: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    print(f"{falling.total()} dates from {tests.YEARS[0]} until {tests.YEARS[1]}, among them")
    for name, start in WEEKS.items():
        week = sum(falling[start + timedelta(days=day)] for day in range(7))
        print(f"  {week:>6} in {name}")
    for name, hand in (("samen.planner.recurrence", ours), ("python-dateutil", theirs)):
        print(f"{name:<26} {hand.seconds:>7.2f} s  {1e6 * hand.seconds / max(falling.total(), 1):>7.1f} µs a date")
    print(f"{'ratio':<26} {theirs.seconds / ours.seconds:>7.1f}")


WEEKS = {
    "the week of 25 October 2026": date(2026, 10, 19),
    "week 53 of 2026": date(2026, 12, 28),
    "the week of 28 March 2027": date(2027, 3, 22),
}
