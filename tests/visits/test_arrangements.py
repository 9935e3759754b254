"""A standing agreement through years of changes: no visit lost, none doubled, what was agreed for one day stays."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from samen.base import clock, tenancy
from samen.planner.recurrence import Freq, Rule, occurrences
from samen.visits import arrangements, away, holidays, settling
from samen.visits.arrangements import Slot
from samen.visits.models import Absence, Assignment, Change, HolidayChoice, HouseholdAway, Visit
from samen.visits.settling import AHEAD

TODAY = date(2026, 11, 25)
STARTS = (date(2026, 10, 14), TODAY, date(2027, 3, 15))  # the clocks change on 25 October and on 28 March
AT = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
BY = tenancy.SYSTEM


def agree(stage, **slot):
    words = {"weekday": 3, "local_start": time(16), "minutes": 60, "anchor_date": TODAY, "helper": stage.riet} | slot
    return arrangements.agree(
        household=stage.homes["familie Peters"],
        work_form="AGENCY_EMPLOYS",
        slots=[Slot(**words)],
        since=TODAY,
        by=BY,
        at=AT,
    )


def ahead(arrangement):
    return list(arrangement.visits.filter(cancelled_at=None).order_by("local_date", "local_start"))


def days(arrangement):
    return [visit.local_date for visit in ahead(arrangement)]


def who(visit):
    going = Assignment.objects.standing().filter(visit=visit).select_related("helper__person").first()
    return going.helper.person.first_name if going else None


def test_an_agreement_makes_its_visits_up_to_the_horizon(stage, inside):
    with inside():
        made = ahead(agree(stage))

        assert [visit.local_date for visit in made[:3]] == [date(2026, 11, 26), date(2026, 12, 3), date(2026, 12, 10)]
        assert made[-1].local_date < TODAY + AHEAD
        assert {who(visit) for visit in made} == {"Riet"}


def test_every_other_week_keeps_its_parity_over_week_53(stage, inside):
    with inside():
        made = days(agree(stage, every_n=2))

    assert all((later - earlier).days == 14 for earlier, later in pairwise(made))


def test_rolling_again_makes_nothing_new(stage, inside):
    with inside():
        arrangement = agree(stage)
        before = list(arrangement.visits.values_list("pk", "starts_at"))

        done = arrangements.settle(arrangement, at=AT)

        assert (done.made, done.moved, done.removed, done.clashes) == (0, 0, 0, [])
        assert list(arrangement.visits.values_list("pk", "starts_at")) == before


def test_a_week_later_there_is_one_week_more(stage, inside):
    with inside():
        arrangement = agree(stage)
        before = len(ahead(arrangement))

        arrangements.settle(arrangement, at=AT + timedelta(days=7))

        assert len(ahead(arrangement)) == before + 1


def test_only_this_one_moves_and_the_others_stay(stage, inside):
    with inside():
        arrangement = agree(stage)
        second = ahead(arrangement)[1]

        arrangements.change_one(second, local_start=time(17), by=BY, at=AT)

        starts = [visit.local_start for visit in ahead(arrangement)]
        assert starts[:3] == [time(16), time(17), time(16)]
        assert who(second) == "Riet"


def test_a_field_set_for_one_day_survives_the_change_of_all_others(stage, inside):
    with inside():
        arrangement = agree(stage)
        second = ahead(arrangement)[1]
        arrangements.change_one(second, local_start=time(17), by=BY, at=AT)

        arrangements.change_all(arrangement, slot_no=1, local_start=time(15), minutes=90, by=BY, at=AT)

        second.refresh_from_db()
        assert (second.local_start, second.minutes) == (time(17), 90), "its own hour, everybody's length"
        assert ahead(arrangement)[0].local_start == time(15)


def test_this_and_following_keeps_the_visits_and_their_identity(stage, inside):
    with inside():
        arrangement = agree(stage)
        before = {visit.pk for visit in ahead(arrangement)}
        first = ahead(arrangement)[0]

        arrangements.change_following(
            arrangement, slot_no=1, since=date(2026, 12, 1), weekday=1, helper=stage.riet, by=BY, at=AT
        )

        assert {visit.pk for visit in ahead(arrangement)} >= before
        assert ahead(arrangement)[0].pk == first.pk
        assert all(day.weekday() == 1 for day in days(arrangement)[1:])
        assert arrangement.terms.count() == 2


def test_ending_an_agreement_leaves_the_past_and_takes_the_future(stage, inside):
    with inside():
        arrangement = agree(stage)

        arrangements.end(arrangement, since=date(2026, 12, 10), by=BY, at=AT)

        assert days(arrangement) == [date(2026, 11, 26), date(2026, 12, 3)]


def test_a_moved_visit_is_not_lost_when_the_agreement_ends(stage, inside):
    with inside():
        arrangement = agree(stage)
        third = ahead(arrangement)[2]
        arrangements.change_one(third, local_start=time(17), by=BY, at=AT)

        arrangements.end(arrangement, since=date(2026, 12, 1), by=BY, at=AT)
        third.refresh_from_db()
        assert third.cancelled_why == settling.TERM_ENDED

        arrangements.undo(arrangement, by=BY, at=AT)
        third.refresh_from_db()
        assert (third.cancelled_why, third.local_start) == ("", time(17))


def test_a_skipped_visit_stays_skipped_when_the_hour_changes(stage, inside):
    with inside():
        arrangement = agree(stage)
        arrangements.skip_one(ahead(arrangement)[0], by=BY, at=AT)

        arrangements.change_all(arrangement, slot_no=1, local_start=time(15), by=BY, at=AT)

        assert date(2026, 11, 26) not in days(arrangement)


def test_a_helper_who_has_another_visit_is_said_and_nobody_is_in_two_places(stage, inside):
    with inside():
        done = arrangements.settle(agree(stage, weekday=3, local_start=time(9), helper=stage.joke), at=AT)
        clash = done.clashes[0]

        assert who(clash) is None


def test_an_absent_helper_is_not_sent(stage, inside):
    with inside():
        Absence.objects.create(
            helper=stage.riet,
            kind="LEAVE",
            starts_at=AT,
            expected_until=AT + timedelta(days=5),
            reported_by_kind="SYSTEM",
        )

        made = ahead(agree(stage))

        assert [who(visit) for visit in made[:3]] == [None, "Riet", "Riet"]


def test_undo_without_a_change_says_so(stage, inside):
    with inside(), pytest.raises(arrangements.NothingToUndo):
        arrangements.undo(agree(stage), by=BY, at=AT)


class Years(RuleBasedStateMachine):
    """Random changes to one agreement with two visits a week, beside a model of what must be true."""

    stage = None

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.own = {}
        self.away = None
        self.chosen = []

    @initialize(every=st.integers(1, 3), day=st.sampled_from(STARTS))
    def begin(self, every, day):
        self.at = datetime.combine(day, time(7, 12), tzinfo=clock.HOME)
        slots = [
            Slot(weekday=0, local_start=time(16), minutes=60, anchor_date=day, helper=self.stage.riet, every_n=every),
            Slot(weekday=3, local_start=time(16), minutes=60, anchor_date=day, helper=self.stage.tom),
        ]
        household = self.stage.homes["familie Peters"]
        self.arrangement = arrangements.agree(
            household=household, work_form="AGENCY_EMPLOYS", slots=slots, since=day, by=BY, at=self.at
        )

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)

    def visit(self, pick):
        found = [visit for visit in ahead(self.arrangement) if visit.local_date >= self.at.date()]
        return found[pick % len(found)] if found else None

    @rule(
        slot=st.integers(1, 2),
        later=st.integers(-3, 50),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "weekday": st.integers(0, 4),
                "local_start": st.sampled_from([time(16), time(17), time(18, 30)]),
                "minutes": st.sampled_from([45, 60, 90]),
                "every_n": st.integers(1, 3),
            },
        ),
    )
    def change_following(self, slot, later, changes):
        since = self.at.date() + timedelta(days=later)
        arrangements.change_following(self.arrangement, slot_no=slot, since=since, by=BY, at=self.at, **changes)

    @rule(pick=st.integers(0, 99), start=st.sampled_from([time(19), time(20)]), move=st.booleans())
    def change_one(self, pick, start, move):
        visit = self.visit(pick)
        if visit is None:
            return
        changes = {"local_start": start} | ({"local_date": visit.local_date + timedelta(days=1)} if move else {})
        arrangements.change_one(visit, by=BY, at=self.at, **changes)
        self.own[visit.pk] = self.own.get(visit.pk, {}) | changes

    @rule(pick=st.integers(0, 99))
    def skip_one(self, pick):
        visit = self.visit(pick)
        if visit is not None:
            arrangements.skip_one(visit, by=BY, at=self.at)

    @rule(later=st.integers(0, 60))
    def end(self, later):
        arrangements.end(self.arrangement, since=self.at.date() + timedelta(days=later), by=BY, at=self.at)

    @precondition(lambda self: self.away is None)
    @rule(later=st.integers(0, 40), long=st.integers(1, 20))
    def the_household_goes_away(self, later, long):
        since = self.at.date() + timedelta(days=later)
        household, until = self.arrangement.household, since + timedelta(days=long)
        self.away, _ = away.tell(household=household, since=since, until=until, choice="SKIP", by=BY, at=self.at)

    @precondition(lambda self: self.away is not None)
    @rule(long=st.integers(1, 30))
    def it_comes_back_on_another_day(self, long):
        away.back(self.away, on=self.away.period.lower + timedelta(days=long), by=BY, at=self.at)
        self.away = HouseholdAway.objects.filter(household=self.arrangement.household, withdrawn_at=None).first()

    @precondition(lambda self: self.away is not None)
    @rule()
    def undo_away(self):
        away.undo(self.away, by=BY, at=self.at)
        self.away = HouseholdAway.objects.filter(household=self.arrangement.household, withdrawn_at=None).first()

    @rule(later=st.integers(0, 50), long=st.integers(1, 9), answer=st.sampled_from(["SKIP", "KEEP", "MOVE"]))
    def the_team_decides_about_days(self, later, long, answer):
        start = self.at.date() + timedelta(days=later)
        some = holidays.Special("SCHOOL_BREAK", "", start, start + timedelta(days=long))
        what = holidays.Answer(answer, some.until if answer == "MOVE" else None)
        team = self.arrangement.household.team
        row, _ = holidays.choose(some, what, team=team, exceptions={}, by=BY, at=self.at)
        self.chosen.append(row)

    @precondition(lambda self: self.chosen)
    @rule()
    def undo_what_was_decided(self):
        holidays.undo(self.chosen.pop(), by=BY, at=self.at)

    @rule(later=st.integers(1, 9))
    def time_goes_by(self, later):
        self.at += timedelta(days=later)
        arrangements.settle(self.arrangement, at=self.at)
        Change.objects.filter(arrangement=self.arrangement).update(undone_at=self.at)  # undo is for the same day

    @precondition(lambda self: Change.objects.filter(arrangement=self.arrangement, undone_at=None).exists())
    @rule()
    def undo(self):
        arrangements.undo(self.arrangement, by=BY, at=self.at)
        standing = {visit.pk: visit for visit in self.arrangement.visits.all()}
        for number in list(self.own):
            visit = standing.get(number)
            if visit is None or not (visit.own_start or visit.own_date):
                del self.own[number]
            else:
                self.own[number] = {
                    name: getattr(visit, name)
                    for name, flag in (("local_start", visit.own_start), ("local_date", visit.own_date))
                    if flag
                }

    @rule(pick=st.integers(0, 99), start=st.sampled_from([time(19), time(20)]))
    def a_change_and_its_undo_leave_no_trace(self, pick, start):
        visit = self.visit(pick)
        if visit is None:
            return
        before = self.everything()
        arrangements.change_one(visit, local_start=start, by=BY, at=self.at)
        arrangements.undo(self.arrangement, by=BY, at=self.at)
        assert self.everything() == before

    @rule(slot=st.integers(1, 2), weekday=st.integers(0, 4), later=st.integers(0, 30))
    def a_split_and_its_undo_leave_no_trace(self, slot, weekday, later):
        before = self.everything()
        since = self.at.date() + timedelta(days=later)
        arrangements.change_following(self.arrangement, slot_no=slot, since=since, weekday=weekday, by=BY, at=self.at)
        arrangements.undo(self.arrangement, by=BY, at=self.at)
        assert self.everything() == before

    def everything(self):
        fields = ("slot_no", "occurrence_date", "local_date", "local_start", "minutes", "cancelled_why")
        visits = self.arrangement.visits.filter(occurrence_date__gte=self.at.date(), cancelled_at=None)
        return sorted((*(getattr(visit, name) for name in fields), who(visit)) for visit in visits)

    @invariant()
    def every_day_of_the_terms_has_one_visit_and_no_other_day_has(self):
        if not hasattr(self, "arrangement"):
            return
        today = self.at.date()
        wanted = {(term.slot_no, day) for term in self.arrangement.terms.all() for day in _days(term, today)}
        there = self.arrangement.visits.filter(occurrence_date__gte=today).exclude(cancelled_why=settling.TERM_ENDED)
        keys = [(visit.slot_no, visit.occurrence_date, visit.cancelled_why) for visit in there]
        found = [(slot, day) for slot, day, why in keys if why != settling.SKIPPED or (slot, day) in wanted]

        assert len(found) == len(set(found))
        assert set(found) == wanted

    @invariant()
    def what_was_agreed_for_one_day_stands(self):
        for visit in Visit.objects.filter(pk__in=self.own, cancelled_at=None):
            for name, value in self.own[visit.pk].items():
                assert getattr(visit, name) == value

    @invariant()
    def a_visit_is_off_when_a_choice_or_the_household_says_so_and_at_no_other_time(self):
        if not hasattr(self, "arrangement"):
            return
        for visit in self.arrangement.visits.filter(occurrence_date__gte=self.at.date()):
            if visit.cancelled_why not in (settling.TERM_ENDED, settling.SKIPPED):
                assert (visit.cancelled_why, visit.local_date) == self.verdict(visit)

    def verdict(self, visit):
        """By hand, so that the model does not lean on what it judges."""
        day, why = visit.occurrence_date, ""
        if visit.own_date:
            day = visit.local_date
        else:
            standing = HolidayChoice.objects.filter(team=visit.team, withdrawn_at=None)
            rows = [row for row in standing if row.period.lower <= day < row.period.upper]
            rows.sort(key=lambda row: (row.period.upper - row.period.lower, row.pk))
            if rows and rows[0].choice == "SKIP":
                why = "HOLIDAY"
            elif rows and rows[0].choice == "MOVE":
                day = rows[0].to_date
        gone = self.away
        if not why and gone is not None and gone.period.lower <= day < gone.period.upper:
            why = "AWAY"
        return why, day

    @invariant()
    def settling_again_changes_nothing(self):
        if not hasattr(self, "arrangement"):
            return
        done = arrangements.settle(self.arrangement, at=self.at)
        assert done.changed == 0

    @invariant()
    def an_assignment_has_the_time_of_its_visit(self):
        for row in Assignment.objects.standing().filter(visit__arrangement__isnull=False).select_related("visit"):
            assert (row.starts_at, row.ends_at) == (row.visit.starts_at, row.visit.ends_at)


def _days(term, today):
    """The term's days by the pure rule, so that the model does not lean on what it judges."""
    one = Rule(
        freq=Freq(term.freq),
        anchor=term.anchor_date,
        weekday=term.weekday,
        start=term.period.lower,
        until=term.period.upper,
        every_n=term.every_n,
        nth=term.nth,
    )
    return occurrences(one, today, today + AHEAD)


def test_years_of_changes_lose_no_visit_and_double_none(stage, inside):
    Years.stage = stage
    quick = settings(
        max_examples=10,
        stateful_step_count=10,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with inside():
        run_state_machine_as_test(Years, settings=quick)
