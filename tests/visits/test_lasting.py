"""An absence without a known end lasts, and so does what is sought for; and nobody is asked oftener than she allows."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samen.base import clock, mail
from samen.base.models import JournalLine
from samen.base.tenancy import SYSTEM
from samen.people import asking
from samen.people.models import Helper
from samen.visits import absences, lasting, objections, replacements, settling
from samen.visits.models import Absence, Arrangement, Assignment, Offer, Replacement, Round, Visit
from samen.visits.replacements import Ask
from tests import conftest

MORNING = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
LATER = MORNING + timedelta(days=10)


def ill(helper: Helper) -> Round:
    absence = absences.report(
        helper=helper, kind=Absence.Kind.ILLNESS, start=MORNING, until=None, by=SYSTEM, at=MORNING
    )
    return Round.objects.get(absence=absence)


def reach_all() -> list[Round]:
    """The rounds that grow when everybody who is ill without an end is looked after."""
    grown = [lasting.last(absence, by=SYSTEM, at=LATER) for absence in lasting.without_end(at=LATER)]
    return [turn for turn in grown if turn is not None]


def ask(row: Replacement, helper: Helper) -> Ask:
    return Ask(row.pk, helper.pk, 10, ())


def test_who_stays_ill_has_no_visits_of_the_coming_two_weeks_any_more(stage, inside):
    with inside():
        turn = ill(stage.fatma)
        before = turn.replacements.count()

        grown = reach_all()

        hers = Assignment.objects.standing().filter(helper=stage.fatma, starts_at__gte=MORNING)
        assert grown == [turn]
        assert turn.replacements.count() > before
        assert not hers.filter(starts_at__lt=LATER + absences.HORIZON).exists()
        assert hers.filter(starts_at__gte=LATER + absences.HORIZON).exists(), "further than that nobody knows yet"
        assert reach_all() == [], "run twice, it does nothing"


def test_every_absence_is_a_step_of_its_own_and_takes_visits_before_its_helper(stage, inside):
    with inside():
        ill(stage.fatma)
        ill(stage.kim)
    conftest.set_clock("2026-12-05 02:53 Europe/Amsterdam")

    with CaptureQueriesContext(connection) as asked:
        lasting.last_on.run(org=stage.gooi.pk, actor=str(SYSTEM))

    assert sorted(taken for taken in steps(asked.captured_queries) if taken) == [["visits", "helper"]] * 2
    with inside():
        assert JournalLine.objects.filter(fact="absence_lasts").count() == 2


def steps(asked: list[dict[str, str]]) -> list[list[str]]:
    """The locks of each step, in order: it begins where an organisation is entered."""
    found: list[list[str]] = []
    for one in asked:
        if "set_config('app.org'" in one["sql"]:
            found.append([])
        elif "FOR UPDATE" in one["sql"] and 'FROM "visits_visit"' in one["sql"]:
            found[-1].append("visits")
        elif "pg_advisory_xact_lock" in one["sql"] and "helper:" in one["sql"]:
            found[-1].append("helper")
    return found


def test_who_is_better_keeps_her_visits(stage, inside):
    with inside():
        turn = ill(stage.fatma)
        absences.end(turn.absence, by=SYSTEM, at=LATER - timedelta(days=1))

        assert reach_all() == []


def test_a_visit_made_while_she_was_ill_is_sought_too(stage, inside):
    with inside():
        turn = ill(stage.fatma)
        home = stage.homes["mevrouw De Vries"]
        orphan = home.visits.filter(starts_at__gte=MORNING + absences.HORIZON, starts_at__lt=LATER + absences.HORIZON)
        Assignment.objects.filter(visit__in=orphan).delete()

        reach_all()

        assert orphan.exists()
        assert turn.replacements.filter(visit__in=orphan, closed_at=None).count() == orphan.count()


def test_who_was_asked_for_these_weeks_can_be_asked_for_the_weeks_after_them(stage, inside):
    with inside():
        turn = ill(stage.fatma)
        home = stage.homes["mevrouw De Vries"]
        first = turn.replacements.filter(visit__household=home).order_by("visit__starts_at")[0]
        replacements.send(turn, [ask(first, stage.joke)], by=SYSTEM, at=MORNING)
        reach_all()
        last = turn.replacements.filter(visit__household=home).order_by("-visit__starts_at")[0]

        replacements.send(turn, [ask(last, stage.joke)], by=SYSTEM, at=LATER)

        asked = Offer.objects.filter(helper=stage.joke, visits__visit=last.visit)
        assert asked.count() == 1
        replacements.send(turn, [ask(last, stage.joke)], by=SYSTEM, at=LATER + timedelta(days=1))
        assert asked.count() == 1, "of one visit she hears once"


def she_says_no(offer):
    replacements.decline(offer, by=SYSTEM, at=MORNING)


def they_would_rather_not_have_her(offer):
    offer = replacements.accept(offer, by=SYSTEM, at=MORNING)
    if offer.rule != Offer.Rule.FIRST_YES:
        replacements.choose(offer, by=SYSTEM, at=MORNING)
    objections.look_further(objections.say(offer, reason="", by=SYSTEM, at=MORNING), by=SYSTEM, at=MORNING)


@pytest.mark.parametrize("no", [she_says_no, they_would_rather_not_have_her])
def test_after_a_no_of_hers_or_theirs_she_is_not_asked_for_another_visit_of_a_household(stage, inside, no):
    with inside():
        turn = ill(stage.fatma)
        home = stage.homes["mevrouw De Vries"]
        first, *others = turn.replacements.filter(visit__household=home).order_by("visit__starts_at")
        assert others
        (offer,) = replacements.send(turn, [ask(first, stage.joke)], by=SYSTEM, at=MORNING)
        no(offer)

        replacements.send(turn, [ask(row, stage.joke) for row in others], by=SYSTEM, at=MORNING)
        replacements.send(turn, [ask(row, stage.piet) for row in others], by=SYSTEM, at=MORNING)

        assert Offer.objects.filter(helper=stage.joke).count() == 1, "on a page that was open before the no"
        assert Offer.objects.filter(helper=stage.piet).count() == 1


def test_of_several_questions_at_once_she_gets_no_more_than_she_allows(stage, inside, work):
    with inside():
        asking.allow(stage.joke, week={}, per_week=1, by=SYSTEM, at=MORNING)
        turn = ill(stage.fatma)
        rows = turn.replacements.order_by("visit__household_id", "pk").distinct("visit__household_id")
        assert len(rows) > 1

        replacements.send(turn, [ask(row, stage.joke) for row in rows], by=SYSTEM, at=MORNING)

        assert Offer.objects.filter(helper=stage.joke).count() == 1
    work(later=21)
    assert sum(letter.address.startswith("joke") for letter in mail.MEMORY) == 1


def test_who_is_better_has_the_visits_that_were_made_while_she_was_ill(stage, inside, work):
    with inside():
        turn = ill(stage.fatma)
    conftest.set_clock("2026-12-05 07:12 Europe/Amsterdam")
    with inside():
        hers = Arrangement.objects.filter(terms__helper=stage.fatma).distinct()
        settling.settle(list(hers.select_related("household__team")), at=LATER)
        made = Visit.objects.filter(arrangement__in=hers, local_date__gte=MORNING.date() + settling.AHEAD)
        assert made.exists()
        assert not Assignment.objects.standing().filter(visit__in=made).exists()

        absences.end(turn.absence, by=SYSTEM, at=LATER)
    work()

    with inside():
        assert Assignment.objects.standing().filter(visit__in=made, helper=stage.fatma).count() == made.count()
