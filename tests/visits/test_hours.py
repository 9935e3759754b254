"""Minutes of a calendar day are elapsed minutes, over midnight, the end of a month and the nights the clocks change."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from samen.visits import hours, results, tasks
from samen.visits.hours import by_day
from samen.visits.models import Assignment, VisitResult
from tests.conftest import visit_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BOS, DAY = "mevrouw Bos", "2026-11-24"


@pytest.mark.parametrize(
    ("begins", "minutes", "days"),
    [
        ("2026-11-24 10:00", 180, {24: 180}),
        ("2026-11-24 23:00", 180, {24: 60, 25: 120}),
        ("2026-11-24 23:00", 60, {24: 60}),
        ("2026-11-24 00:00", 1440, {24: 1440}),
        ("2026-11-24 10:00", 0, {24: 0}),
        # The clock goes back at three: half past midnight to half past three by the wall are four hours.
        ("2026-10-25 00:30", 240, {25: 240}),
        ("2026-10-25 00:00", 1440, {25: 1440}),  # a day of twenty-five hours: it is not over yet
        ("2026-10-24 23:00", 1440, {24: 60, 25: 1380}),
        # The clock goes ahead at two: the day has twenty-three hours.
        ("2027-03-28 00:00", 1440, {28: 1380, 29: 60}),
        ("2027-03-27 23:30", 120, {27: 30, 28: 90}),
    ],
)
def test_the_minutes_of_a_day_are_elapsed_minutes(begins, minutes, days):
    found = by_day(datetime.fromisoformat(begins).replace(tzinfo=AMSTERDAM), minutes)

    assert {day.day: took for day, took in found} == days
    assert sum(took for _, took in found) == minutes


def test_a_visit_over_the_end_of_a_month_is_in_both_months(stage, inside, actor):
    with inside():
        visit = visit_of(stage.homes[BOS], DAY)
        Assignment.objects.filter(visit=visit).update(ended_at=visit.ends_at)
        VisitResult.objects.filter(visit__household=visit.household).delete()
        night = datetime(2026, 10, 31, 23, tzinfo=AMSTERDAM)
        VisitResult.objects.create(
            visit=visit, helper=stage.joke, outcome="DONE", starts_at=night, minutes=180, said_at=night
        )

        months = {
            month: hours.sheet(stage.joke, stage.homes[BOS], date(2026, month, 1)).minutes for month in (9, 10, 11)
        }

    assert months == {9: 0, 10: 60, 11: 120}


def test_the_hours_stay_when_the_visit_moves_later(stage, inside, actor):
    with inside():
        visit = visit_of(stage.homes[BOS], DAY)
        VisitResult.objects.filter(visit__household=visit.household).delete()
        results.report(visit, helper=stage.joke, outcome="DONE", by=actor, at=visit.ends_at)
        before = hours.sheet(stage.joke, stage.homes[BOS], date(2026, 11, 1)).version

        visit.local_date -= timedelta(days=4)
        visit.save()

        assert hours.sheet(stage.joke, stage.homes[BOS], date(2026, 11, 1)).version == before


def test_what_was_corrected_twice_keeps_its_history(stage, inside, actor):
    with inside():
        visit = visit_of(stage.homes[BOS], DAY)
        VisitResult.objects.filter(visit=visit).delete()
        for minutes in (60, 90, 120):
            results.report(visit, helper=stage.joke, outcome="SHORTER", minutes=minutes, by=actor, at=visit.ends_at)

        rows = VisitResult.objects.filter(visit=visit).order_by("pk")
        assert [(row.minutes, row.replaced_at is None) for row in rows] == [(60, False), (90, False), (120, True)]


@pytest.mark.parametrize(
    ("line", "what", "minutes"),
    [
        ("Badkamer, 30", "Badkamer", 30),
        ("Badkamer 30 minuten", "Badkamer", 30),
        ("Badkamer; 45 min.", "Badkamer", 45),
        ("Slaapkamer 2", "Slaapkamer 2", None),
        ("Ramen (20 min)", "Ramen", 20),
        ("Bed, 0", "Bed, 0", None),
        ("30", "30", None),
        ("  bed   verschonen ", "bed verschonen", None),
    ],
)
def test_a_task_is_read_as_it_is_typed(line, what, minutes):
    assert tasks.read(f"\n{line}\n\n") == [tasks.Wanted(what, minutes)]
