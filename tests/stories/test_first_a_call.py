"""A household that said "call me first" is rung before anybody is asked, and what it says moves the search on."""

import pytest

from samen.base import clock, mail, tenancy
from samen.people import standing
from samen.people.models import StandingWish
from samen.visits.models import Offer, PhoneCall
from tests.conftest import set_clock, visit_of
from tests.stories.test_calling import call_list, on_the_list, rang
from tests.stories.test_choosing import letters_to
from tests.stories.test_sick_helper import TODAY, report, send, ticked

DE_VRIES, DAY = "mevrouw De Vries", "2026-11-25"
LATE = "mevrouw De Vries zou vóór"


@pytest.fixture
def wants(stage, inside):
    def say(want):
        with inside():
            kinds = {StandingWish.For.ILLNESS: want}
            standing.say(stage.homes[DE_VRIES], wants=kinds, by=tenancy.SYSTEM, at=clock.now())

    return say


def ticked_for(page, row):
    return [pair for pair in ticked(page) if pair.startswith(str(row))]


@pytest.fixture
def row_of_de_vries(stage, inside):
    def number():
        with inside():
            return visit_of(stage.homes[DE_VRIES], DAY).replacements.get().public_id

    return number


def test_it_is_rung_first_and_when_somebody_may_come_others_are_asked(
    stage, anja, work, inside, wants, row_of_de_vries
):
    wants("CALL")
    cockpit = report(anja, stage.fatma)
    page = anja.get(cockpit)
    tineke = on_the_list(page, "Tineke")
    assert tineke["must"]
    assert "wil eerst gebeld worden" in tineke["text"]
    assert "Mag er iemand anders komen" in tineke["script"]
    assert "ziek" not in tineke["script"]
    assert ticked_for(page, row_of_de_vries()) == []

    send(anja, cockpit)  # the others are asked meanwhile
    anja.post(f"{cockpit}zoeken/")
    work(later=21)
    tried = rang(anja, cockpit, tineke, "NO_ANSWER")
    assert "werd niet opgenomen" in on_the_list(tried, "Tineke")["text"]
    assert letters_to("tineke") == [], "nobody looks for her before she was rung"
    page = rang(anja, cockpit, tineke, "YES")

    assert "gebeld: er mag iemand anders komen" in page.content.decode()
    assert "Tineke de Vries" not in {one["name"] for one in call_list(page)}
    assert ticked_for(page, row_of_de_vries())
    send(anja, cockpit)
    with inside():
        assert Offer.objects.filter(household=stage.homes[DE_VRIES]).exists()


def test_when_it_would_rather_have_nobody_nobody_comes_and_the_row_is_closed(
    stage, anja, inside, wants, row_of_de_vries
):
    wants("MOVE")
    cockpit = report(anja, stage.fatma)
    tineke = on_the_list(anja.get(cockpit), "Tineke")
    assert "Welke dag" in tineke["script"]

    page = rang(anja, cockpit, tineke, "NO")

    assert "er komt niemand" in page.content.decode()
    assert not [one for one in call_list(page) if "De Vries" in one["text"]], "and nobody need ring her again"
    with inside():
        visit = visit_of(stage.homes[DE_VRIES], DAY)
        assert visit.cancelled_why == "SKIPPED"
        assert PhoneCall.objects.get().outcome == "NO"
    again = rang(anja, cockpit, tineke, "YES").content.decode()
    assert "intussen veranderd" in again


def test_a_visit_outside_any_agreement_is_not_skipped_and_that_is_said_kindly(stage, anja, inside, wants):
    wants("CALL")
    cockpit = report(anja, stage.fatma)
    tineke = on_the_list(anja.get(cockpit), "Tineke")
    with inside():
        visit = visit_of(stage.homes[DE_VRIES], DAY)
        visit.arrangement = visit.occurrence_date = None
        visit.save(update_fields=["arrangement", "occurrence_date"])

    page = rang(anja, cockpit, tineke, "NO")
    skipped = anja.post(f"/o/zorgzaam/bezoek/{visit.public_id}/overslaan/", follow=True)

    for told in (page, skipped):
        assert "hoort bij geen afspraak" in told.content.decode()
    with inside():
        assert visit_of(stage.homes[DE_VRIES], DAY).cancelled_at is None


def test_who_wants_nobody_else_does_not_hear_that_we_look_for_somebody(stage, anja, work, wants):
    wants("NOBODY")
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)

    anja.post(f"{cockpit}zoeken/")
    work(later=21)

    assert letters_to("tineke") == []
    assert any("zoeken" in letter.subject for letter in mail.MEMORY), "the others hear it"


def test_who_heard_that_we_look_and_then_wants_nobody_hears_no_more_that_we_look(stage, anja, work, wants):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    anja.post(f"{cockpit}zoeken/")
    work()

    wants("NOBODY")
    set_clock("2026-11-25 08:30 Europe/Amsterdam")  # it was to hear more before now

    tineke = [one for one in call_list(anja.get(cockpit)) if "Tineke" in one["name"]]
    assert ["Er komt niemand, zoals u wilde" in one["script"] for one in tineke] == [True]
    assert LATE in anja.get(TODAY).content.decode()
    page = rang(anja, cockpit, tineke[0], "TOLD")
    assert "Tineke de Vries" not in {one["name"] for one in call_list(page)}
    set_clock("2026-11-25 09:45 Europe/Amsterdam")
    assert LATE not in anja.get(TODAY).content.decode(), "it heard that nobody comes, and waits for nothing"
