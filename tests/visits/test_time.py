"""Wall-clock appointments and moments: the database makes one of the other, on the days the clocks change too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction

from samen.visits.models import Assignment, Visit
from samen.visits.periods import from_words, midnight

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def visit(stage, day, start, minutes=180):
    return Visit.objects.create(
        household=stage.homes["mevrouw De Vries"],
        team=stage.teams["Team Zuid"],
        local_date=day,
        local_start=start,
        minutes=minutes,
    )


def book(visit, helper):
    return Assignment.objects.create(visit=visit, helper=helper, starts_at=visit.starts_at, ends_at=visit.ends_at)


@pytest.mark.parametrize(
    ("day", "start", "minutes", "starts_at", "ends_at"),
    [
        (date(2026, 11, 25), time(10), 180, "2026-11-25T09:00", "2026-11-25T12:00"),
        # The night of 25 October 2026 has the hour from two to three twice.
        (date(2026, 10, 25), time(0, 30), 180, "2026-10-24T22:30", "2026-10-25T01:30"),
        (date(2026, 10, 25), time(10), 60, "2026-10-25T09:00", "2026-10-25T10:00"),
        # Half past two does not exist on 28 March 2027; the appointment moves forward.
        (date(2027, 3, 28), time(2, 30), 60, "2027-03-28T01:30", "2027-03-28T02:30"),
        (date(2027, 3, 28), time(10), 60, "2027-03-28T08:00", "2027-03-28T09:00"),
    ],
)
def test_a_visit_knows_its_moments(stage, inside, day, start, minutes, starts_at, ends_at):
    with inside():
        made = visit(stage, day, start, minutes)

        assert made.starts_at == datetime.fromisoformat(starts_at).replace(tzinfo=UTC)
        assert made.ends_at == datetime.fromisoformat(ends_at).replace(tzinfo=UTC)
        assert made.ends_at - made.starts_at == timedelta(minutes=minutes), "a duration is elapsed time"


def test_python_and_the_database_agree_on_every_clock_change(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT moment, moment AT TIME ZONE 'Europe/Amsterdam' FROM generate_series("
            "'2020-01-01T00:30Z'::timestamptz, '2037-12-31T23:30Z', '7 hours') AS moment"
        )
        rows = cursor.fetchall()

    assert len(rows) > 20_000
    differing = [moment for moment, local in rows if moment.astimezone(AMSTERDAM).replace(tzinfo=None) != local]
    assert differing == []


def test_moving_a_visit_moves_the_assignment(stage, inside):
    with inside():
        made = visit(stage, date(2026, 12, 9), time(10))
        booked = book(made, stage.joke)

        made.local_start = time(14)
        made.save()

        booked.refresh_from_db()
        made.refresh_from_db()
        assert booked.starts_at == made.starts_at == datetime(2026, 12, 9, 13, tzinfo=UTC)


def test_a_visit_cannot_be_moved_onto_another_of_the_same_helper(stage, inside):
    with inside():
        book(visit(stage, date(2026, 12, 9), time(14)), stage.joke)
        made = visit(stage, date(2026, 12, 9), time(9))
        book(made, stage.joke)

        made.local_start = time(13)
        with pytest.raises(IntegrityError, match="helper_not_double_booked"), transaction.atomic():
            made.save()


def test_nobody_is_in_two_places(stage, inside):
    with inside():
        book(visit(stage, date(2026, 12, 9), time(10)), stage.joke)
        other = visit(stage, date(2026, 12, 9), time(12, 59))

        with pytest.raises(IntegrityError, match="helper_not_double_booked"), transaction.atomic():
            book(other, stage.joke)
        book(visit(stage, date(2026, 12, 9), time(13)), stage.joke)


def test_a_seat_has_one_helper(stage, inside):
    with inside():
        made = visit(stage, date(2026, 12, 9), time(10))
        book(made, stage.joke)

        with pytest.raises(IntegrityError, match="one_helper_per_seat"), transaction.atomic():
            book(made, stage.piet)


@pytest.mark.parametrize("day", [date(2026, 10, 24), date(2027, 3, 27), date(2026, 12, 31)])
def test_tomorrow_begins_at_dutch_midnight_whatever_the_clocks_do(day):
    evening = datetime.combine(day, time(23, 50), tzinfo=AMSTERDAM).astimezone(UTC)

    start, until = from_words("tomorrow", "1w", at=evening)

    assert start.astimezone(AMSTERDAM).timetz().replace(tzinfo=None) == time(0)
    assert start.astimezone(AMSTERDAM).date() == day + timedelta(days=1)
    assert until.astimezone(AMSTERDAM).date() == day + timedelta(days=8)


def test_midnight_is_of_the_dutch_day_not_of_utc():
    just_after = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)  # half past midnight in Hilversum

    assert midnight(just_after, days=0).date() == date(2026, 7, 2)
