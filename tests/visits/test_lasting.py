"""An absence without a known end lasts, and so does what is sought for; and nobody is asked oftener than she allows."""

from datetime import datetime, timedelta

from samen.base import clock, mail
from samen.base.tenancy import SYSTEM
from samen.people import asking
from samen.people.models import Helper
from samen.visits import absences, lasting, replacements
from samen.visits.models import Absence, Assignment, Offer, Replacement, Round
from samen.visits.replacements import Ask

MORNING = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
LATER = MORNING + timedelta(days=10)


def ill(helper: Helper) -> Round:
    absence = absences.report(
        helper=helper, kind=Absence.Kind.ILLNESS, start=MORNING, until=None, by=SYSTEM, at=MORNING
    )
    return Round.objects.get(absence=absence)


def ask(row: Replacement, helper: Helper) -> Ask:
    return Ask(row.pk, helper.pk, 10, ())


def test_who_stays_ill_has_no_visits_of_the_coming_two_weeks_any_more(stage, inside):
    with inside():
        turn = ill(stage.fatma)
        before = turn.replacements.count()

        grown = lasting.reach_all(by=SYSTEM, at=LATER)

        hers = Assignment.objects.standing().filter(helper=stage.fatma, starts_at__gte=MORNING)
        assert grown == [turn]
        assert turn.replacements.count() > before
        assert not hers.filter(starts_at__lt=LATER + absences.HORIZON).exists()
        assert hers.filter(starts_at__gte=LATER + absences.HORIZON).exists(), "further than that nobody knows yet"
        assert lasting.reach_all(by=SYSTEM, at=LATER) == [], "run twice, it does nothing"


def test_who_is_better_keeps_her_visits(stage, inside):
    with inside():
        turn = ill(stage.fatma)
        absences.end(turn.absence, by=SYSTEM, at=LATER - timedelta(days=1))

        assert lasting.reach_all(by=SYSTEM, at=LATER) == []


def test_a_visit_made_while_she_was_ill_is_sought_too(stage, inside):
    with inside():
        turn = ill(stage.fatma)
        home = stage.homes["mevrouw De Vries"]
        orphan = home.visits.filter(starts_at__gte=MORNING + absences.HORIZON, starts_at__lt=LATER + absences.HORIZON)
        Assignment.objects.filter(visit__in=orphan).delete()

        lasting.reach_all(by=SYSTEM, at=LATER)

        assert orphan.exists()
        assert turn.replacements.filter(visit__in=orphan, closed_at=None).count() == orphan.count()


def test_who_was_asked_for_these_weeks_can_be_asked_for_the_weeks_after_them(stage, inside):
    with inside():
        turn = ill(stage.fatma)
        home = stage.homes["mevrouw De Vries"]
        first = turn.replacements.filter(visit__household=home).order_by("visit__starts_at")[0]
        replacements.send(turn, [ask(first, stage.joke)], by=SYSTEM, at=MORNING)
        lasting.reach_all(by=SYSTEM, at=LATER)
        last = turn.replacements.filter(visit__household=home).order_by("-visit__starts_at")[0]

        replacements.send(turn, [ask(last, stage.joke)], by=SYSTEM, at=LATER)

        asked = Offer.objects.filter(helper=stage.joke, visits__visit=last.visit)
        assert asked.count() == 1
        replacements.send(turn, [ask(last, stage.joke)], by=SYSTEM, at=LATER + timedelta(days=1))
        assert asked.count() == 1, "of one visit she hears once"


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
