"""A calendar says what the terms say, and says it back without loss."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import icalendar
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from samen.planner import calendars
from samen.planner.calendars import Own, Series
from samen.planner.recurrence import Freq, first, occurrences
from tests.planner.test_recurrence import HOME, YEARS, invented, rules

CHANGED = datetime(2026, 11, 25, 6, 12, tzinfo=UTC)
HOURS = st.times().map(lambda hour: hour.replace(second=0, microsecond=0))
WORDS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=80).map(str.strip)


@st.composite
def series(draw: st.DrawFn) -> Series:
    """Any term, with days left out, days that are otherwise, and words of every alphabet."""
    rule = draw(rules().filter(lambda rule: first(rule) is not None))
    days = list(islice(occurrences(rule, rule.start, date.max), 20))
    kinds = draw(st.lists(st.sampled_from(["as agreed", "left out", "own"]), min_size=len(days), max_size=len(days)))
    owned = [day for day, kind in zip(days, kinds, strict=True) if kind == "own"]
    hour, minutes = draw(HOURS), draw(st.integers(1, 720))
    return Series(
        uid=draw(st.uuids()).hex,
        rule=rule,
        local_start=hour,
        minutes=minutes,
        zone=HOME,
        changed_at=CHANGED,
        title=draw(WORDS),
        where=draw(WORDS),
        left_out=frozenset(day for day, kind in zip(days, kinds, strict=True) if kind == "left out"),
        own=tuple(
            Own(
                day=day,
                local_date=day + timedelta(days=draw(st.integers(-3, 3))),
                local_start=draw(HOURS),
                minutes=draw(st.integers(1, 720)),
                title=draw(WORDS),
                cancelled=draw(st.booleans()),
                sequence=draw(st.integers(0, 99)),
            )
            for day in owned
        ),
        sequence=draw(st.integers(0, 99)),
    )


def plain(one: Series) -> Series:
    """The same with its rule in plain words: it counts from its first date, however it came about."""
    begins = first(one.rule)
    assert begins is not None
    once = one.rule.freq is Freq.ONCE
    until = begins + timedelta(days=1) if once else one.rule.until
    return replace(one, rule=replace(one.rule, anchor=begins, start=begins, until=until))


@settings(max_examples=60, deadline=None)
@given(written=series())
def test_what_is_written_is_read_back_without_loss(written: Series) -> None:
    (found,) = calendars.read(calendars.write([written], name="Bezoeken"))

    far = date(2040, 1, 1)
    assert replace(found, rule=plain(written).rule) == plain(written)
    assert list(occurrences(found.rule, date.min, far)) == list(occurrences(written.rule, date.min, far))
    assert calendars.write([found], name="Bezoeken") == calendars.write([written], name="Bezoeken")


def test_a_visit_that_ends_in_the_second_of_two_equal_hours_keeps_its_length() -> None:
    night = date(2026, 10, 25)
    written = replace(term(0, calendars.once(night), time(0)), minutes=180)

    (found,) = calendars.read(calendars.write([written], name="Bezoeken"))

    assert found.minutes == 180


def test_somebody_elses_program_finds_the_same_visits_as_we_do() -> None:
    terms = [(rule, hour) for rule, hour in islice(invented(7), 60) if first(rule) is not None]
    written = [term(number, *words) for number, words in enumerate(terms)]

    found = expanded(calendars.write(written, name="Bezoeken"))

    wanted = Counter(
        (f"{number:03}", day) for number, (rule, _) in enumerate(terms) for day in occurrences(rule, *YEARS)
    )
    assert found == wanted


def test_days_left_out_and_days_of_their_own_are_read_as_meant() -> None:
    weekly = next(rule for rule, _ in invented(1) if rule.freq is Freq.WEEKLY and rule.until is None)
    out, moved, off, *_ = occurrences(weekly, *YEARS)
    own = (
        Own(day=moved, local_date=moved + timedelta(days=1), local_start=time(9), minutes=60, title="000"),
        Own(day=off, local_date=off, local_start=time(10), minutes=60, title="000", cancelled=True),
    )
    text = calendars.write([replace(term(0, weekly, time(10)), left_out=frozenset({out}), own=own)], name="Bezoeken")

    found = expanded(text)

    days = Counter(("000", day) for day in occurrences(weekly, *YEARS) if day not in (out, moved, off))
    assert found == days + Counter([("000", moved + timedelta(days=1))])


def term(number: int, rule, hour: time) -> Series:
    """This rule as a series that bears its number."""
    title = f"{number:03}"
    return Series(uid=title, rule=rule, local_start=hour, minutes=60, zone=HOME, changed_at=CHANGED, title=title)


def expanded(text: bytes) -> Counter[tuple[str, date]]:
    """What a telephone would show of the three years: which event on which day."""
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(*YEARS)
    return Counter(
        (str(event["SUMMARY"]), event["DTSTART"].dt.date()) for event in events if event.get("STATUS") != "CANCELLED"
    )
