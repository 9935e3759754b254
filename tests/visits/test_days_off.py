"""Holidays, school breaks and households that are away: visits are off, and come back when the reason is gone."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import translation

from samen.base import clock, tenancy
from samen.visits import absences, arrangements, away, holidays, settling
from samen.visits.arrangements import Slot
from samen.visits.holidays import Answer
from samen.visits.models import Absence, Assignment, HolidayChoice, Replacement, SchoolBreak, SchoolRegion

AT = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
TODAY = AT.date()
BY = tenancy.SYSTEM
SKIP, KEEP = Answer("SKIP"), Answer("KEEP")


@pytest.fixture
def fridays(stage, inside):
    """Every Friday at four: Christmas Day and New Year's Day are on one."""
    with inside():
        slot = Slot(weekday=4, local_start=time(16), minutes=60, anchor_date=TODAY, helper=stage.riet)
        yield arrangements.agree(
            household=stage.homes["familie Peters"], work_form="AGENCY_EMPLOYS", slots=[slot], since=TODAY, by=BY, at=AT
        )


def days(arrangement):
    standing = arrangement.visits.filter(cancelled_at=None)
    return sorted(standing.values_list("local_date", flat=True))


def on(arrangement, day):
    return arrangement.visits.get(occurrence_date=day)


def who(visit):
    going = Assignment.objects.standing().filter(visit=visit).select_related("helper__person").first()
    return going.helper.person.first_name if going else None


def holiday(day):
    (found,) = holidays.between(day, day + timedelta(days=1))
    return found


def choose(stage, day, answer, exceptions=None):
    return holidays.choose(
        holiday(day), answer, team=stage.teams["Team Zuid"], exceptions=exceptions or {}, by=BY, at=AT
    )


def test_holidays_have_their_name_in_the_readers_language():
    with translation.override("nl"):
        assert holiday(date(2026, 12, 26)).name == "Tweede kerstdag"
    with translation.override("en"):
        assert holiday(date(2027, 4, 27)).name == "King's Day"


def test_easter_and_whitsun_of_2027_are_on_their_days():
    found = {special.start for special in holidays.between(date(2027, 1, 1), date(2028, 1, 1))}

    assert {date(2027, 3, 28), date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)} <= found


def test_a_household_that_is_away_gets_no_visits_and_gets_them_back(stage, fridays):
    before = days(fridays)

    row, done = away.tell(
        household=fridays.household, since=date(2026, 12, 1), until=date(2026, 12, 20), choice="SKIP", by=BY, at=AT
    )

    assert done.paused == 3 + 3  # three Fridays here, three Thursdays of its other agreement
    assert [day for day in before if day not in days(fridays)] == [date(2026, 12, d) for d in (4, 11, 18)]
    assert who(on(fridays, date(2026, 12, 4))) is None

    away.back(row, on=date(2026, 12, 10), by=BY, at=AT)

    assert [day for day in before if day not in days(fridays)] == [date(2026, 12, 4)]
    assert who(on(fridays, date(2026, 12, 11))) == "Riet"


def test_away_takes_the_visits_that_were_made_further_ahead_too(stage, fridays):
    settling.settle([fridays], at=AT, since=date(2027, 2, 15), until=date(2027, 3, 1))
    assert who(on(fridays, date(2027, 2, 19))) == "Riet"

    row, _ = away.tell(
        household=fridays.household, since=date(2027, 2, 14), until=date(2027, 2, 22), choice="SKIP", by=BY, at=AT
    )

    assert who(on(fridays, date(2027, 2, 19))) is None
    assert who(on(fridays, date(2027, 2, 26))) == "Riet"
    away.undo(row, by=BY, at=AT)
    assert who(on(fridays, date(2027, 2, 19))) == "Riet"


def test_coming_home_early_can_be_undone(stage, fridays):
    row, _ = away.tell(
        household=fridays.household, since=date(2026, 12, 1), until=date(2026, 12, 20), choice="SKIP", by=BY, at=AT
    )
    there = days(fridays)
    away.back(row, on=date(2026, 12, 10), by=BY, at=AT)
    latest = fridays.household.away.get(withdrawn_at=None)

    away.undo(latest, by=BY, at=AT)

    assert days(fridays) == there


def test_what_was_told_last_can_be_undone_once(stage, fridays):
    before = days(fridays)
    row, _ = away.tell(household=fridays.household, since=TODAY, until=None, choice="SKIP", by=BY, at=AT)
    assert days(fridays) == []

    away.undo(row, by=BY, at=AT)

    assert days(fridays) == before
    with pytest.raises(away.NothingToUndo):
        away.undo(row, by=BY, at=AT)


def test_being_away_twice_at_once_is_said(stage, fridays):
    away.tell(household=fridays.household, since=TODAY, until=date(2026, 12, 9), choice="SKIP", by=BY, at=AT)

    with pytest.raises(away.AwayThenAlready):
        away.tell(household=fridays.household, since=date(2026, 12, 8), until=None, choice="SKIP", by=BY, at=AT)


def test_visits_may_go_on_while_the_household_is_away(stage, fridays):
    before = days(fridays)

    away.tell(household=fridays.household, since=TODAY, until=None, choice="KEEP", by=BY, at=AT)

    assert days(fridays) == before


def test_who_was_to_go_this_once_goes_again_when_the_visit_comes_back(stage, fridays):
    visit = on(fridays, date(2026, 12, 4))
    arrangements.change_one(visit, helper=stage.kim, local_start=time(17), by=BY, at=AT)
    row, _ = away.tell(household=fridays.household, since=TODAY, until=None, choice="SKIP", by=BY, at=AT)

    away.withdraw(row, by=BY, at=AT)

    visit.refresh_from_db()
    assert (who(visit), visit.local_start, visit.cancelled_why) == ("Kim", time(17), "")


def test_a_skipped_holiday_takes_the_visits_that_are_made_later_too(stage, fridays):
    choose(stage, date(2027, 3, 26), SKIP)

    arrangements.settle(fridays, at=AT + timedelta(weeks=12))

    assert on(fridays, date(2027, 3, 26)).cancelled_why == "HOLIDAY"
    assert date(2027, 3, 26) not in days(fridays)
    assert date(2027, 4, 2) in days(fridays)


def test_a_holiday_moves_to_another_day_and_back(stage, fridays):
    row, _ = choose(stage, date(2026, 12, 25), Answer("MOVE", date(2026, 12, 28)))

    assert date(2026, 12, 28) in days(fridays)
    assert on(fridays, date(2026, 12, 25)).local_date == date(2026, 12, 28)
    assert who(on(fridays, date(2026, 12, 25))) == "Riet"

    holidays.undo(row, by=BY, at=AT)

    assert date(2026, 12, 25) in days(fridays)
    assert date(2026, 12, 28) not in days(fridays)


def test_one_household_may_want_it_otherwise(stage, fridays):
    choose(stage, date(2026, 12, 25), SKIP, {fridays.household: KEEP})

    assert date(2026, 12, 25) in days(fridays)


def test_another_choice_stands_in_the_place_of_the_first_and_undo_brings_it_back(stage, fridays):
    choose(stage, date(2026, 12, 25), SKIP)
    row, _ = choose(stage, date(2026, 12, 25), KEEP)
    assert date(2026, 12, 25) in days(fridays)

    holidays.undo(row, by=BY, at=AT)

    assert date(2026, 12, 25) not in days(fridays)


def test_what_was_agreed_for_that_day_alone_goes_before_the_choice(stage, fridays):
    visit = on(fridays, date(2026, 12, 25))
    arrangements.change_one(visit, local_date=date(2026, 12, 24), by=BY, at=AT)

    choose(stage, date(2026, 12, 25), SKIP)

    visit.refresh_from_db()
    assert (visit.local_date, visit.cancelled_why) == (date(2026, 12, 24), "")


def test_a_day_inside_a_break_has_its_own_choice(stage, fridays):
    team = stage.teams["Team Zuid"]
    holidays.work_in(team, SchoolRegion.MIDDLE, by=BY, at=AT)
    (christmas,) = holidays.breaks_between(team, date(2026, 12, 1), date(2027, 1, 20))
    holidays.choose(christmas, SKIP, team=team, exceptions={}, by=BY, at=AT)
    assert not {date(2026, 12, 25), date(2027, 1, 1)} & set(days(fridays))

    choose(stage, date(2027, 1, 1), KEEP)

    assert date(2027, 1, 1) in days(fridays)
    assert date(2026, 12, 25) not in days(fridays)


def test_a_holiday_cannot_move_to_itself(stage, fridays):
    with pytest.raises(holidays.ToNowhere):
        choose(stage, date(2026, 12, 25), Answer("MOVE", date(2026, 12, 25)))


def test_another_team_decides_for_itself(stage, fridays):
    holidays.choose(holiday(date(2026, 12, 25)), SKIP, team=stage.teams["Team Noord"], exceptions={}, by=BY, at=AT)

    assert date(2026, 12, 25) in days(fridays)
    assert not HolidayChoice.objects.filter(team=stage.teams["Team Zuid"]).exists()


def test_a_visit_that_is_off_is_not_sought_for_any_more(stage, fridays):
    absences.report(helper=stage.riet, kind=Absence.Kind.LEAVE, start=AT, until=AT + timedelta(weeks=3), by=BY, at=AT)
    visit = on(fridays, date(2026, 12, 4))
    assert Replacement.objects.filter(visit=visit, closed_at=None).exists()

    away.tell(household=fridays.household, since=date(2026, 12, 1), until=None, choice="SKIP", by=BY, at=AT)

    assert Replacement.objects.get(visit=visit).outcome == "PASSED"


def test_leave_months_ahead_takes_the_visits_that_are_made_later_into_its_round(stage, fridays):
    start, until = (datetime(2027, month, 1, tzinfo=clock.HOME) for month in (3, 4))
    leave = absences.report(helper=stage.riet, kind=Absence.Kind.LEAVE, start=start, until=until, by=BY, at=AT)
    assert not leave.rounds.get().replacements.exists()

    arrangements.settle(fridays, at=AT + timedelta(weeks=12))
    arrangements.settle(fridays, at=AT + timedelta(weeks=12))

    sought = {row.visit.local_date for row in leave.rounds.get().replacements.select_related("visit")}
    assert sought == {date(2027, 3, day) for day in (5, 12, 19, 26)}
    assert who(on(fridays, date(2027, 3, 5))) is None
    assert who(on(fridays, date(2027, 4, 2))) == "Riet"


def test_every_break_has_its_source(stage, inside):
    with inside():
        rows = list(SchoolBreak.objects.all())

    assert len(rows) == 3 * 3 * 5
    assert all(row.source and row.sure for row in rows)
    assert {row.source.split("/")[0].split(",")[0] for row in rows} == {"rijksoverheid.nl", "opendata.rijksoverheid.nl"}


@pytest.mark.parametrize(
    ("region", "year", "published"),
    [
        ("NORTH", "2026-2027", "10-10-2026 19-10-2026, 20-02-2027 01-03-2027, 10-07-2027 23-08-2027"),
        ("MIDDLE", "2026-2027", "17-10-2026 26-10-2026, 20-02-2027 01-03-2027, 17-07-2027 30-08-2027"),
        ("SOUTH", "2026-2027", "17-10-2026 26-10-2026, 13-02-2027 22-02-2027, 24-07-2027 06-09-2027"),
        ("NORTH", "2027-2028", "16-10-2027 25-10-2027, 19-02-2028 28-02-2028, 15-07-2028 28-08-2028"),
        ("MIDDLE", "2027-2028", "16-10-2027 25-10-2027, 26-02-2028 06-03-2028, 08-07-2028 21-08-2028"),
        ("SOUTH", "2027-2028", "23-10-2027 01-11-2027, 26-02-2028 06-03-2028, 22-07-2028 04-09-2028"),
        ("NORTH", "2028-2029", "14-10-2028 23-10-2028, 17-02-2029 26-02-2029, 21-07-2029 03-09-2029"),
        ("MIDDLE", "2028-2029", "21-10-2028 30-10-2028, 17-02-2029 26-02-2029, 07-07-2029 20-08-2029"),
        ("SOUTH", "2028-2029", "21-10-2028 30-10-2028, 10-02-2029 19-02-2029, 14-07-2029 27-08-2029"),
    ],
)
def test_the_breaks_in_which_regions_differ_are_the_published_ones(stage, inside, region, year, published):
    with inside():
        rows = SchoolBreak.objects.filter(region=region, school_year=year).order_by("period")
        found = [f"{row.period.lower:%d-%m-%Y} {row.period.upper:%d-%m-%Y}" for row in rows]

    assert ", ".join([found[0], found[2], found[4]]) == published
    assert all(row.period.lower.weekday() == 5 and row.period.upper.weekday() == 0 for row in rows)


def test_a_year_nobody_published_says_so(stage, inside):
    with inside():
        assert holidays.known_until(SchoolRegion.NORTH) == date(2029, 9, 3)
        team = stage.teams["Team Zuid"]
        holidays.work_in(team, SchoolRegion.NORTH, by=BY, at=AT)
        assert holidays.breaks_between(team, date(2029, 9, 3), date(2030, 9, 1)) == []


def test_settling_begun_visits_leaves_them_alone(stage, fridays):
    at = datetime(2026, 11, 27, 16, 30, tzinfo=clock.HOME)

    away.tell(household=fridays.household, since=at.date(), until=None, choice="SKIP", by=BY, at=at)

    assert days(fridays) == [date(2026, 11, 27)]
    assert settling.settle([fridays], at=at).changed == 0
