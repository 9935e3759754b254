"""What is proposed for a round: one steady face, nobody in two places, what a household wants, and a ladder."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from samen.base import clock, tenancy
from samen.people import asking, standing
from samen.people.models import Availability, Helper, PairWish, StandingWish
from samen.visits import absences, planning, words
from samen.visits.models import Absence, Assignment, Offer, Visit

AT = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
BY = tenancy.SYSTEM


@pytest.fixture
def here(stage, inside):
    with inside():
        yield stage


def ill(helper, *, days=14):
    absence = absences.report(helper=helper, kind="ILLNESS", start=AT, until=AT + timedelta(days=days), by=BY, at=AT)
    return absence.rounds.get()


def first(proposal):
    """By visit the helper who is asked first."""
    return {visit: ranking.asked[0] for visit, ranking in proposal.rankings.items() if ranking.asked}


def test_a_household_keeps_one_stand_in_over_the_weeks(here):
    proposal = planning.propose(ill(here.fatma), at=AT)

    weeks = [block for block in proposal.plan.blocks if len(block.goes) > 1]
    assert weeks
    assert all(len(block.faces) == 1 for block in weeks)
    assert any(part.part == "STEADY" and part.cost < 0 for part in one_of(proposal, weeks[0]).reasons)


def one_of(proposal, block):
    return proposal.rankings[block.goes[0].visit.id].candidates[0]


def test_two_rounds_of_a_team_never_show_one_helper_for_one_hour(here):
    Assignment.objects.filter(helper=here.riet).delete()
    for home in (here.homes["mevrouw De Vries"], here.homes["familie Smit"]):
        twin = Visit.objects.filter(household=home, local_date__gte=AT.date()).order_by("local_date").first()
        same = {"local_date": twin.local_date, "local_start": twin.local_start, "minutes": twin.minutes}
        hers = Visit.objects.create(household=home, team=home.team, **same)
        Assignment.objects.create(visit=hers, helper=here.riet, starts_at=hers.starts_at, ends_at=hers.ends_at)
    rounds = [ill(here.fatma), ill(here.riet)]

    shown = [pair for turn in rounds for pair in first(planning.propose(turn, at=AT)).items()]

    times = {visit.pk: (visit.starts_at, visit.ends_at) for visit in Visit.objects.filter(pk__in=dict(shown))}
    assert len(shown) == len(times)
    for visit, helper in shown:
        for other, same in shown:
            if visit < other and helper == same:
                assert times[visit][1] <= times[other][0] or times[other][1] <= times[visit][0]


def test_a_household_that_wants_nobody_else_keeps_no_helper_from_others(here):
    home = here.homes["mevrouw De Vries"]
    standing.say(home, wants={StandingWish.For.ILLNESS: StandingWish.Want.SKIP}, by=BY, at=AT)

    proposal = planning.propose(ill(here.fatma), at=AT)

    assert home.pk not in {block.household for block in proposal.plan.blocks}
    rankings = [proposal.rankings[visit.pk] for visit in home.visits.filter(pk__in=proposal.rankings)]
    assert rankings
    assert all(ranking.candidates == ranking.asked == () for ranking in rankings)
    assert proposal.wants[home.pk] == StandingWish.Want.SKIP


def test_what_a_household_wants_at_leave_does_not_hold_when_its_other_helper_is_ill(here):
    home = here.homes["mevrouw De Vries"]
    standing.say(home, wants={StandingWish.For.LEAVE: StandingWish.Want.SKIP}, by=BY, at=AT)
    visit = home.visits.filter(starts_at__gt=AT, assignments__helper=here.fatma).order_by("starts_at").first()
    later = Visit.objects.create(
        household=home, team=home.team, local_date=visit.local_date, local_start=time(20), minutes=60
    )
    Assignment.objects.create(visit=later, helper=here.riet, starts_at=later.starts_at, ends_at=later.ends_at)
    sick = ill(here.fatma)
    until = AT + timedelta(days=14)
    away = absences.report(helper=here.riet, kind="HOLIDAY", start=AT, until=until, by=BY, at=AT).rounds.get()

    wants = [planning.propose(turn, at=AT).wants[home.pk] for turn in (sick, away)]

    assert wants == [StandingWish.Want.ANYONE, StandingWish.Want.SKIP]
    assert planning.propose(sick, at=AT).rankings[visit.pk].candidates
    assert planning.propose(away, at=AT).rankings[later.pk].candidates == ()


def test_over_a_long_absence_hours_count_from_the_day_on_which_they_begin(here):
    Availability.objects.exclude(helper=here.joke).delete()
    turn_of_the_month = date(2026, 12, 2)
    hers = Availability.objects.filter(helper=here.joke)
    hers.update(local_start=time(7), local_end=time(20), period=DateRange(turn_of_the_month, None))

    rankings = planning.propose(ill(here.fatma), at=AT).rankings

    days = dict(Visit.objects.filter(pk__in=rankings).values_list("pk", "local_date"))
    able = {days[visit] for visit, ranking in rankings.items() if ranking.candidates}
    assert able
    assert all(day >= turn_of_the_month for day in able)
    assert any(day < turn_of_the_month for day in days.values())


def test_a_household_that_wants_whom_it_knows_is_offered_nobody_else(here):
    home = here.homes["familie Peters"]
    standing.say(home, wants={StandingWish.For.ILLNESS: StandingWish.Want.KNOWN}, by=BY, at=AT)

    proposal = planning.propose(ill(here.fatma), at=AT)

    shown = [proposal.rankings[visit.pk] for visit in home.visits.filter(pk__in=proposal.rankings)]
    assert shown
    for ranking in shown:
        assert all(any(part.part == "FAMILIAR" for part in one.reasons) for one in ranking.candidates)
        assert "ONLY_OTHERS" in {one.rule for one in ranking.refused}


def test_who_said_no_is_not_asked_again_in_this_round(here):
    turn = ill(here.fatma)
    visit, helper = next(iter(first(planning.propose(turn, at=AT)).items()))
    home = Visit.objects.get(pk=visit).household
    Offer.objects.create(round=turn, household=home, helper_id=helper, wave=1, reply_by=AT, sent_at=AT, answer="NO")

    ranking = planning.propose(turn, at=AT).rankings[visit]

    assert helper not in ranking.asked
    assert "SAID_NO" in {one.rule for one in ranking.refused if one.helper == helper}


def test_a_helper_who_may_be_asked_once_a_week_is_asked_for_one_household(here):
    for name in ("joke", "piet", "kim", "agnieszka", "riet"):
        asking.allow(getattr(here, name), week={}, per_week=1, by=BY, at=AT)

    proposal = planning.propose(ill(here.fatma), at=AT)

    for helper in set(first(proposal).values()):
        blocks = [block for block in proposal.plan.blocks if helper in block.faces]
        assert len(blocks) == 1


def test_only_this_one_means_nobody_else(here):
    home = here.homes["mevrouw De Vries"]
    PairWish.objects.create(household=home, helper=here.piet, strength="ONLY")

    proposal = planning.propose(ill(here.fatma), at=AT)

    able = {one.helper for visit in home.visits.filter(pk__in=proposal.rankings) for one in candidates(proposal, visit)}
    assert able <= {here.piet.pk}


def candidates(proposal, visit):
    return proposal.rankings[visit.pk].candidates


def test_who_left_is_not_proposed(here):
    Helper.objects.filter(pk=here.joke.pk).update(until_date=AT.date())

    proposal = planning.propose(ill(here.fatma), at=AT)

    assert here.joke.pk not in set(first(proposal).values())


def test_where_nobody_can_go_there_is_a_ladder_and_its_last_step_is_to_skip(here):
    Availability.objects.exclude(helper=here.joke).delete()
    Availability.objects.filter(helper=here.joke).update(local_start=time(13), local_end=time(18))
    Assignment.objects.filter(helper=here.joke).delete()

    proposal = planning.propose(ill(here.fatma), at=AT)

    ladders = planning.ladders(proposal, at=AT)
    nowhere = [visit for visit, ranking in proposal.rankings.items() if not ranking.candidates]
    assert set(ladders) == set(nowhere) != set()
    steps = [step for ladder in ladders.values() for step in ladder]
    assert all(ladder[-1].change == "SKIP" for ladder in ladders.values())
    later = next(step for step in steps if step.change == "OTHER_HOUR")
    assert (later.helper, later.starts_at.hour) == (here.joke.pk, 13)
    when = (later.starts_at, later.starts_at)
    assert words.step(later.change, name="Joke", when=when) == "Joke kan om 13.00"
    assert Absence.objects.count() == 1
