"""Fatma stops on a day: her agreements go to others, wait or end, exactly as the preview said, and back again."""

from datetime import date, datetime, timedelta

import pytest

from samen.base import clock, tenancy
from samen.base.models import JournalLine
from samen.visits import arrangements, handovers, planning, rehearsals, settling
from samen.visits.handovers import Decision, Fate
from samen.visits.models import Arrangement, Assignment, Visit

AT = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
SINCE = date(2026, 12, 14)
BY = tenancy.SYSTEM


@pytest.fixture
def hers(stage, inside):
    with inside():
        yield {one.household.name: one for one in handovers.concerning(stage.fatma, SINCE)}


def picture(agreements):
    rows = Visit.objects.filter(arrangement__in=agreements, local_date__gte=AT.date(), cancelled_at=None)
    going = dict(Assignment.objects.standing().values_list("visit_id", "helper__person__first_name"))
    return sorted((visit.household_id, visit.local_date, visit.local_start, going.get(visit.pk)) for visit in rows)


def decide(stage, hers):
    decisions = {one: Decision(Fate.NOBODY) for one in hers.values()}
    decisions[hers["mevrouw De Vries"]] = Decision(Fate.GIVE, stage.riet)
    decisions[hers["familie Peters"]] = Decision(Fate.GIVE, stage.piet)  # who is at the Mulders from 13.00 only
    decisions[hers["meneer Vos"]] = Decision(Fate.END)
    return decisions


def who(arrangement, since=SINCE):
    rows = Assignment.objects.standing().filter(visit__arrangement=arrangement, visit__local_date__gte=since)
    return set(rows.values_list("helper__person__first_name", flat=True))


def test_all_her_agreements_are_found(hers):
    assert set(hers) == {"mevrouw De Vries", "familie Smit", "familie Peters", "meneer Vos", "mevrouw De Haan"}


def test_each_agreement_goes_as_was_decided(stage, hers):
    before = picture(hers.values())

    handovers.hand_over(stage.fatma, decide(stage, hers), since=SINCE, by=BY, at=AT)

    assert who(hers["mevrouw De Vries"]) == {"Riet"}
    assert who(hers["familie Smit"]) == set()
    assert who(hers["familie Peters"]) == {"Piet"}
    assert not hers["meneer Vos"].visits.filter(local_date__gte=SINCE, cancelled_at=None).exists()
    assert [row for row in picture(hers.values()) if row[1] < SINCE] == [row for row in before if row[1] < SINCE]


def test_visits_that_were_made_further_ahead_go_along(stage, hers):
    agreed = hers["mevrouw De Vries"]
    settling.settle([agreed], at=AT, since=date(2027, 2, 15), until=date(2027, 3, 1))

    handovers.hand_over(stage.fatma, {agreed: Decision(Fate.GIVE, stage.riet)}, since=SINCE, by=BY, at=AT)

    assert who(agreed, since=date(2027, 2, 15)) == {"Riet"}


def test_the_preview_changes_nothing_and_the_change_is_the_preview(stage, hers):
    decisions, before = decide(stage, hers), picture(hers.values())
    lines = JournalLine.objects.count()

    def act():
        return handovers.hand_over(stage.fatma, decisions, since=SINCE, by=BY, at=AT)

    tried = rehearsals.rehearse(hers.values(), act, at=AT)
    assert picture(hers.values()) == before
    assert JournalLine.objects.count() == lines

    rehearsals.perform(hers.values(), act, expected=tried.fingerprint, at=AT)

    there = {(one.arrangement, one.day): one.after.helper for one in tried.differences if one.after}
    for (agreement, day), helper in there.items():
        going = Assignment.objects.standing().filter(visit__arrangement=agreement, visit__occurrence_date=day).first()
        assert (going.helper_id if going else None) == helper
    assert JournalLine.objects.count() == lines + len(hers) + 1


def test_what_changed_after_the_preview_is_not_done(stage, hers):
    decisions = decide(stage, hers)

    def act():
        return handovers.hand_over(stage.fatma, decisions, since=SINCE, by=BY, at=AT)

    tried = rehearsals.rehearse(hers.values(), act, at=AT)
    visit = hers["mevrouw De Vries"].visits.get(local_date=date(2026, 12, 16))
    arrangements.skip_one(visit, by=BY, at=AT)
    before = picture(hers.values())

    with pytest.raises(rehearsals.ChangedMeanwhile):
        rehearsals.perform(hers.values(), act, expected=tried.fingerprint, at=AT)

    assert picture(hers.values()) == before


def test_a_clash_is_seen_months_ahead(stage, hers):
    march = date(2027, 3, 1)
    one = hers["familie Smit"]  # on Wednesdays at 13.30, and so is Piet at meneer Kok from 14.00
    kok = Arrangement.objects.get(household=stage.homes["meneer Kok"])

    def act():
        return handovers.hand_over(stage.fatma, {one: Decision(Fate.GIVE, stage.piet)}, since=march, by=BY, at=AT)

    tried = rehearsals.rehearse([one, kok], act, at=AT, window=handovers.window(march, AT))

    assert tried.clashes == len(tried.differences) == 5
    assert all(difference.after.helper is None for difference in tried.differences)
    assert not one.visits.filter(local_date__gte=march).exists()


def test_undo_brings_everything_back(stage, hers):
    before = picture(hers.values())
    bundle, _ = handovers.hand_over(stage.fatma, decide(stage, hers), since=SINCE, by=BY, at=AT)

    handovers.undo(bundle, by=BY, at=AT)

    assert picture(hers.values()) == before
    with pytest.raises(handovers.ChangedSince):
        handovers.undo(bundle, by=BY, at=AT)


def test_undo_does_not_wipe_out_what_was_agreed_later(stage, hers):
    bundle, _ = handovers.hand_over(stage.fatma, decide(stage, hers), since=SINCE, by=BY, at=AT)
    arrangements.change_all(hers["familie Smit"], slot_no=1, minutes=120, by=BY, at=AT)

    with pytest.raises(handovers.ChangedSince):
        handovers.undo(bundle, by=BY, at=AT)


def test_successors_are_ranked_and_who_has_another_visit_then_is_not_among_them(stage, hers):
    terms = [hers["familie Smit"].terms.select_related("arrangement__household__team", "helper").get()]

    for since in (SINCE, date(2027, 3, 1)):
        found = planning.successors(terms, since=since, at=AT)[hers["familie Smit"].pk]

        names = [row.helper for row in found]
        assert stage.fatma.pk not in names or found[-1].helper == stage.fatma.pk
        assert stage.piet.pk not in names, "he is at meneer Kok's then"
        assert all(row.of == 4 and 0 < row.able <= 4 for row in found)


def test_who_has_a_visit_then_that_is_not_made_yet_is_no_successor_though_others_are_made(stage, hers):
    terms = [hers["familie Smit"].terms.select_related("arrangement__household__team", "helper").get()]
    settling.settle([hers["familie Smit"]], at=AT, until=date(2027, 3, 1))  # all others nine weeks ahead

    found = planning.successors(terms, since=date(2027, 1, 29), at=AT)[hers["familie Smit"].pk]

    assert stage.piet.pk not in [row.helper for row in found], "he is at meneer Kok's then"


def test_what_was_agreed_for_one_day_survives_the_hand_over(stage, hers):
    one = hers["mevrouw De Vries"]
    visit = one.visits.get(local_date=date(2026, 12, 16))
    arrangements.change_one(visit, helper=stage.joke, by=BY, at=AT)

    bundle, _ = handovers.hand_over(stage.fatma, decide(stage, hers), since=SINCE, by=BY, at=AT + timedelta(hours=1))
    handovers.undo(bundle, by=BY, at=AT + timedelta(hours=2))

    assert Assignment.objects.standing().get(visit=visit).helper_id == stage.joke.pk
