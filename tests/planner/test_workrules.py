"""What Dutch law asks of work in a home: each published example, and nothing asserted beyond the last table."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from samen.planner.workrules import (
    PUBLISHED,
    Caution,
    Figure,
    NoMinimumWage,
    NotKnown,
    NotKnownYet,
    Row,
    Shift,
    Unit,
    WorkRule,
    all_in_floor,
    average_week,
    below,
    figure,
    holiday_allowance,
    holiday_minutes,
    late_cancel,
    late_roster,
    minimum_wage,
    outside_scheme,
    rest,
    short_call,
    sick_count,
    sick_pay,
    too_many_days,
)

HOME = "Europe/Amsterdam"
AMSTERDAM = ZoneInfo(HOME)
TODAY = date(2026, 11, 25)
AGES = (21, 20, 19, 18, 17, 16, 15)

# --- The minimum wage --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "cents"),
    [
        (date(2024, 11, 25), 1368),
        (date(2025, 1, 1), 1406),
        (date(2025, 6, 30), 1406),
        (date(2025, 7, 1), 1440),
        (date(2025, 12, 31), 1440),
        (date(2026, 1, 1), 1471),
        (date(2026, 7, 1), 1499),
        (date(2026, 12, 31), 1499),
    ],
)
def test_the_minimum_wage_of_a_day(day: date, cents: int) -> None:
    wage = minimum_wage(day, 21)

    assert (wage.rule, wage.value, wage.unit, wage.sure) == (WorkRule.MINIMUM_WAGE, cents, Unit.CENTS, True)
    assert wage.source
    assert minimum_wage(day, 67).value == cents


@pytest.mark.parametrize(
    ("day", "published"),
    [
        # awvn.nl of 17 June 2024, svb.nl and vertiadvies.nl for 2025 and 2026, Rijksoverheid for July 2026.
        (date(2024, 7, 1), (1368, 1094, 821, 684, 540, 472, 410)),
        (date(2025, 1, 1), (1406, 1125, 844, 703, 555, 485, 422)),
        (date(2025, 7, 1), (1440, 1152, 864, 720, 569, 497, 432)),
        (date(2026, 1, 1), (1471, 1177, 883, 736, 581, 507, 441)),
        (date(2026, 7, 1), (1499, 1199, 899, 750, 592, 517, 450)),
    ],
)
def test_the_wage_of_the_young_is_the_published_one_to_the_cent(day: date, published: tuple[int, ...]) -> None:
    assert tuple(minimum_wage(day, age).value for age in AGES) == published


@pytest.mark.parametrize(("age", "permille"), [(20, 800), (19, 600), (18, 500), (17, 395), (16, 345), (15, 300)])
def test_the_shares_of_the_young(age: int, permille: int) -> None:
    assert figure(WorkRule.YOUTH_SHARE, TODAY, age=age).value == permille


def test_an_unknown_future_says_so() -> None:
    for age in AGES:
        with pytest.raises(NotKnownYet, match="MINIMUM_WAGE is not known on 2027-01-01") as unknown:
            minimum_wage(date(2027, 1, 1), age)
        assert unknown.value.edge == date(2027, 1, 1)
    for reckon in (all_in_floor, minimum_wage):
        with pytest.raises(NotKnownYet):
            reckon(date(2030, 5, 1), 21)
    with pytest.raises(NotKnownYet):
        sick_pay(1800, date(2027, 3, 1), 40)
    assert minimum_wage(TODAY, 21).known_until == date(2027, 1, 1)


def test_an_unknown_past_says_so_too() -> None:
    with pytest.raises(NotKnown) as unknown:
        minimum_wage(date(2023, 12, 31), 21)

    assert not isinstance(unknown.value, NotKnownYet)


def test_a_new_table_is_a_row() -> None:
    january = Row(WorkRule.MINIMUM_WAGE, 1525, Unit.CENTS, date(2027, 1, 1), date(2027, 7, 1), "made up", sure=False)

    wage = minimum_wage(date(2027, 2, 1), 20, (*PUBLISHED, january))

    # From 2027 the share of the young is 87.5 per cent: announced, so the figure is not sure for two reasons.
    assert (wage.value, wage.sure, wage.known_until) == (1334, False, date(2027, 7, 1))
    assert "made up" in wage.source


def test_the_law_knows_no_minimum_wage_below_fifteen() -> None:
    with pytest.raises(NoMinimumWage):
        minimum_wage(TODAY, 14)


def test_less_than_the_minimum_is_a_caution_that_names_the_rule() -> None:
    floor = minimum_wage(TODAY, 30)

    assert below(floor, 1499, TODAY) is None
    assert below(floor, 1498, TODAY) == Caution(floor, 1498, TODAY)
    assert Caution(floor, 1498, TODAY).rule is WorkRule.MINIMUM_WAGE


# --- All in, allowance, holiday ----------------------------------------------------------------------


def test_fourteen_ninety_nine_is_seventeen_fifty_four_all_in() -> None:
    floor = all_in_floor(TODAY, 21)

    assert (floor.rule, floor.value) == (WorkRule.ALL_IN_FLOOR, 1754)
    assert (floor.sure, floor.known_until) == (True, date(2027, 1, 1))


@pytest.mark.parametrize(
    ("age", "all_in"), [(21, 1646), (20, 1317), (19, 988), (18, 823), (17, 650), (16, 568), (15, 494)]
)
def test_all_in_is_what_the_svb_published_for_january_2025(age: int, all_in: int) -> None:
    assert all_in_floor(date(2025, 1, 1), age).value == all_in


@pytest.mark.parametrize(
    ("age", "with_allowance"), [(21, 1519), (20, 1215), (19, 912), (18, 760), (17, 600), (16, 524), (15, 456)]
)
def test_the_allowance_is_what_the_svb_published_for_january_2025(age: int, with_allowance: int) -> None:
    wage = minimum_wage(date(2025, 1, 1), age).value

    assert wage + holiday_allowance(wage, date(2025, 1, 1)).value == with_allowance


def test_two_hours_a_week_are_eight_hours_of_holiday_a_year() -> None:
    for year in (2026, 2028):
        earned = holiday_minutes(120, date(year, 1, 1), date(year + 1, 1, 1))
        assert (earned.value, earned.unit) == (480, Unit.MINUTES)
    assert holiday_minutes(120, date(2026, 7, 1), date(2027, 7, 1)).value == 480


def test_holiday_of_part_of_a_year_is_rounded_up_once() -> None:
    assert holiday_minutes(180, date(2026, 1, 1), date(2026, 7, 1)).value == 358  # 181 of 365 days of 720 minutes
    assert holiday_minutes(180, date(2027, 12, 31), date(2028, 1, 2)).value == 4
    assert holiday_minutes(180, TODAY, TODAY).value == 0


# --- The scheme for work in a home -------------------------------------------------------------------


def outside(**changes: object) -> list[WorkRule]:
    """Which rules keep ordinary household work, changed like this, out of the scheme."""
    ordinary: dict[str, object] = {"private_employer": True, "recurring": True, "days_a_week": 3, "from_pgb": False}
    day = changes.pop("day", TODAY)
    return [rule.rule for rule in outside_scheme(day, **ordinary | changes)]  # type: ignore[arg-type]


def test_the_scheme_is_for_a_private_employer_with_recurring_work_on_three_days() -> None:
    assert outside() == []
    assert outside(private_employer=False) == [WorkRule.PRIVATE_EMPLOYER]
    assert outside(recurring=False) == [WorkRule.RECURRING_WORK]
    assert outside(days_a_week=4) == [WorkRule.DAYS_A_WEEK]
    assert outside(private_employer=False, days_a_week=5) == [WorkRule.PRIVATE_EMPLOYER, WorkRule.DAYS_A_WEEK]


def test_work_paid_from_a_pgb_leaves_the_scheme_in_2026_and_that_is_not_sure() -> None:
    assert outside(from_pgb=True, day=date(2025, 12, 31)) == []
    assert outside(from_pgb=True, day=date(2026, 1, 1)) == [WorkRule.PGB_INSURED]
    assert not figure(WorkRule.PGB_INSURED, TODAY).sure
    assert outside(from_pgb=False) == []


def test_the_fourth_day_in_a_week_is_a_caution_and_hours_do_not_count() -> None:
    monday = date(2026, 12, 28)  # week 53, and half of it in 2027
    days = [monday, monday, monday + timedelta(days=2), monday + timedelta(days=6)]

    assert too_many_days(days) == []
    (caution,) = too_many_days([*days, monday + timedelta(days=4)])
    assert (caution.rule, caution.found, caution.limit.value) == (WorkRule.DAYS_A_WEEK, 4, 3)
    assert caution.day == monday + timedelta(days=6)


def test_three_days_in_each_of_two_weeks_are_no_caution() -> None:
    friday = date(2026, 11, 27)

    assert too_many_days(friday + timedelta(days=ahead) for ahead in range(6)) == []
    assert [caution.found for caution in too_many_days(TODAY + timedelta(days=ahead) for ahead in range(-2, 5))] == [
        4,
        5,
        6,
        7,
    ]


# --- Illness -----------------------------------------------------------------------------------------


def test_six_weeks_are_forty_two_days() -> None:
    ill_since = date(2026, 11, 2)

    first = sick_count([(ill_since, None)], ill_since)
    last = sick_count([(ill_since, None)], date(2026, 12, 13))
    after = sick_count([(ill_since, None)], date(2026, 12, 20))

    assert (first.used, first.left, first.last_day) == (1, 41, date(2026, 12, 13))
    assert (last.used, last.left, last.last_day) == (42, 0, date(2026, 12, 13))
    assert (after.used, after.left, after.last_day) == (49, 0, date(2026, 12, 13))
    assert first.limit.value == 42


@pytest.mark.parametrize(
    ("well", "used"),
    [(27, 11), (28, 1)],
)
def test_illness_within_four_weeks_counts_on(well: int, used: int) -> None:
    better = date(2026, 6, 11)
    again = better + timedelta(days=well)

    count = sick_count([(again, None), (date(2026, 6, 1), better)], again)

    assert count.used == used
    assert count.last_day == again + timedelta(days=42 - used)
    assert not count.limit.sure, "another cause would start again, and nobody may write a cause down"


@pytest.mark.parametrize(("well", "used"), [(1, 10), (27, 10), (28, 0), (100, 0)])
def test_whoever_is_well_for_four_weeks_starts_again(well: int, used: int) -> None:
    ill = [(date(2026, 6, 1), date(2026, 6, 11))]

    count = sick_count(ill, date(2026, 6, 10) + timedelta(days=well))

    assert (count.used, count.last_day) == (used, None)


def test_days_are_counted_once_and_not_ahead() -> None:
    ill = [
        (date(2026, 6, 1), date(2026, 6, 11)),
        (date(2026, 6, 5), date(2026, 6, 13)),
        (date(2026, 6, 20), date(2026, 6, 20)),
        (date(2026, 9, 1), None),
    ]

    assert sick_count(ill, date(2026, 6, 12)).used == 12
    assert sick_count(ill, date(2026, 6, 3)).used == 3
    assert sick_count([], TODAY).used == 0


@pytest.mark.parametrize(("agreed", "paid"), [(1499, 1499), (1800, 1499), (2141, 1499), (2142, 1500), (3000, 2100)])
def test_sick_pay_is_seventy_per_cent_but_at_least_the_minimum(agreed: int, paid: int) -> None:
    pay = sick_pay(agreed, TODAY, 40)

    assert (pay.rule, pay.value) == (WorkRule.SICK_SHARE, paid)
    assert not pay.sure, "the sources differ"


# --- Rest --------------------------------------------------------------------------------------------


def shifts(*hours: tuple[int, int, int]) -> list[Shift]:
    """Shifts on days after Monday 23 November 2026, from an hour to an hour on the wall clock."""
    monday = datetime(2026, 11, 23, tzinfo=AMSTERDAM)
    return [
        (monday + timedelta(days=day, hours=start), monday + timedelta(days=day, hours=end))
        for day, start, end in hours
    ]


def found(of: Iterable[Shift]) -> list[tuple[WorkRule, int, int]]:
    """The cautions: the rule, the hours found, the day after Monday."""
    return [(caution.rule, caution.found // 60, (caution.day - date(2026, 11, 23)).days) for caution in rest(of, HOME)]


def test_eleven_hours_between_two_days_are_enough() -> None:
    assert found(shifts((0, 9, 22), (1, 9, 17))) == []
    assert found([]) == []


def test_a_night_of_ten_hours_is_allowed_once_in_seven_days() -> None:
    late_and_early = ((0, 9, 23), (1, 9, 12))

    assert found(shifts(*late_and_early)) == [(WorkRule.SHORTENED_REST, 10, 0)]
    assert found(shifts(*late_and_early, (5, 9, 23), (6, 9, 12))) == [
        (WorkRule.SHORTENED_REST, 10, 0),
        (WorkRule.DAILY_REST, 10, 5),
    ]
    assert found(shifts(*late_and_early, (7, 9, 23), (8, 9, 12))) == [
        (WorkRule.SHORTENED_REST, 10, 0),
        (WorkRule.SHORTENED_REST, 10, 7),
    ]


def test_a_night_of_seven_hours_is_never_allowed() -> None:
    assert found(shifts((0, 9, 24), (1, 7, 9))) == [(WorkRule.DAILY_REST, 7, 0)]


def test_rest_may_come_before_the_evening_shift() -> None:
    assert found(shifts((0, 20, 23), (1, 7, 8), (1, 19, 22))) == []


def test_the_night_the_clock_goes_ahead_is_an_hour_shorter() -> None:
    saturday = datetime(2027, 3, 27, tzinfo=AMSTERDAM)
    late = (saturday.replace(hour=10), saturday.replace(hour=21))
    early = (saturday.replace(day=28, hour=8), saturday.replace(day=28, hour=12))  # eleven hours on the wall

    (caution,) = rest([late, early], HOME)

    assert (caution.rule, caution.found) == (WorkRule.SHORTENED_REST, 600)


def test_thirty_six_hours_a_week() -> None:
    five_days = [(day, 9, 17) for day in range(5)]

    assert found(shifts(*five_days, *[(day + 7, 9, 17) for day in range(5)])) == []
    assert found(shifts(*[(day, 9, 17) for day in range(6)], *[(day + 7, 9, 17) for day in range(6)])) == []
    assert found(shifts(*[(day, 9, 17) for day in range(21)])) == [
        (WorkRule.WEEKLY_REST, 16, 0),
        (WorkRule.WEEKLY_REST, 16, 7),
    ]


def test_seventy_two_hours_in_two_weeks_are_as_good_in_parts_of_thirty_two() -> None:
    busy = [*[(day, 9, 17) for day in range(6)], (7, 3, 11), *[(day, 9, 17) for day in range(8, 12)]]

    assert found(shifts(*busy, (13, 9, 17))) == []  # 34 hours in the first week, and 40 in the second
    assert found(shifts(*busy, (13, 3, 11))) == [(WorkRule.WEEKLY_REST, 34, 0)]  # 34 and 34
    assert found(shifts(*[(day, 9, 17) for day in range(12)])) == [(WorkRule.WEEKLY_REST, 16, 0)]  # 64 in one


def test_visits_of_several_employers_count_together_and_overlaps_once() -> None:
    at_once = shifts((0, 9, 12), (0, 11, 23), (1, 9, 12))

    assert found(at_once) == [(WorkRule.SHORTENED_REST, 10, 0)]
    assert found(reversed(at_once)) == found(at_once)
    assert found((begins.astimezone(UTC), ends.astimezone(UTC)) for begins, ends in at_once) == found(at_once)


@pytest.mark.parametrize(
    ("rule", "hours"),
    [
        (WorkRule.DAILY_REST, 11),
        (WorkRule.SHORTENED_REST, 8),
        (WorkRule.WEEKLY_REST, 36),
        (WorkRule.FORTNIGHT_REST, 72),
        (WorkRule.FORTNIGHT_PART, 32),
        (WorkRule.AVERAGE_WEEK, 48),
    ],
)
def test_the_hours_of_the_working_time_act(rule: WorkRule, hours: int) -> None:
    limit = figure(rule, TODAY)

    assert limit.value == 60 * hours
    assert limit.source.startswith("Arbeidstijdenwet")


# --- Much work, and told late ------------------------------------------------------------------------


def weeks_of(hours: int, weeks: int = 16) -> list[Shift]:
    """So many hours each week, six days of it, in the weeks before Monday 23 November 2026."""
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    days = [monday - timedelta(weeks=week, days=-day) for week in range(1, weeks + 1) for day in range(6)]
    return [(day, day + timedelta(hours=hours) / 6) for day in days]


def test_forty_eight_hours_a_week_on_average_over_sixteen_weeks() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    assert average_week(weeks_of(48), monday) is None
    assert average_week(weeks_of(60, weeks=12), monday) is None  # four free weeks between
    caution = average_week(weeks_of(54), monday)
    assert caution is not None
    assert (caution.rule, caution.found, caution.limit.sure) == (WorkRule.AVERAGE_WEEK, 54 * 60, False)


@pytest.mark.parametrize(
    ("ahead", "rule"),
    [
        (28, None),
        (27, WorkRule.ROSTER_NOTICE),
        (4, WorkRule.ROSTER_NOTICE),
        (3, WorkRule.TIMES_NOTICE),
        (0, WorkRule.TIMES_NOTICE),
    ],
)
def test_a_pattern_is_told_twenty_eight_days_ahead_and_its_hours_four(ahead: int, rule: WorkRule | None) -> None:
    caution = late_roster(TODAY + timedelta(days=ahead), TODAY)

    assert (caution.rule if caution else None) == rule


# --- On call, and agencies ---------------------------------------------------------------------------


def test_on_call_somebody_is_told_four_days_ahead() -> None:
    assert short_call(date(2026, 11, 27), date(2026, 11, 23)) is None
    caution = short_call(date(2026, 11, 27), date(2026, 11, 24))
    assert caution is not None
    assert (caution.rule, caution.found, caution.limit.value) == (WorkRule.CALL_NOTICE, 3, 4)
    assert not caution.limit.sure


def test_a_call_taken_back_too_late_is_paid() -> None:
    assert late_cancel(date(2026, 11, 27), date(2026, 11, 23), 180, 1500).value == 0
    owed = late_cancel(date(2026, 11, 27), date(2026, 11, 24), 180, 1500)
    assert (owed.rule, owed.value, owed.unit) == (WorkRule.LATE_CANCEL, 4500, Unit.CENTS)
    assert late_cancel(date(2026, 11, 27), date(2026, 11, 27), 50, 1499).value == 1249


def test_agencies_register_before_2027_and_are_fined_from_2028() -> None:
    def holds(rule: WorkRule, day: date) -> int:
        return figure(rule, day).value

    assert [holds(WorkRule.AGENCY_REGISTER, day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [0, 1]
    assert [holds(WorkRule.AGENCY_FINES, day) for day in (date(2027, 12, 31), date(2028, 1, 1))] == [0, 1]
    assert [holds(WorkRule.AGENCY_DEPOSIT, day) for day in (TODAY, date(2027, 1, 1))] == [0, 10_000_000]


# --- The rows ----------------------------------------------------------------------------------------


def test_every_row_has_a_source_and_no_day_has_two_rows() -> None:
    series: dict[tuple[WorkRule, int | None], list[Row]] = {}
    for row in PUBLISHED:
        assert row.source
        assert row.until is None or row.start < row.until
        series.setdefault((row.rule, row.age), []).append(row)

    for rows in series.values():
        for earlier, later in pairwise(rows):
            assert earlier.until == later.start
            assert earlier.unit == later.unit


def test_every_rule_is_in_the_rows_or_is_reckoned_from_them() -> None:
    reckoned = {WorkRule.ALL_IN_FLOOR, WorkRule.LATE_CANCEL}

    assert {row.rule for row in PUBLISHED} == set(WorkRule) - reckoned


def test_a_figure_is_as_sure_as_the_least_sure_of_its_parts() -> None:
    doubted = [
        row
        if row.rule is not WorkRule.HOLIDAY_WEEKS
        else Row(row.rule, row.value, row.unit, row.start, date(2026, 12, 1), "hearsay", sure=False)
        for row in PUBLISHED
    ]

    floor = all_in_floor(TODAY, 21, doubted)

    assert isinstance(floor, Figure)
    assert (floor.value, floor.sure, floor.known_until) == (1754, False, date(2026, 12, 1))
    assert "hearsay" in floor.source
