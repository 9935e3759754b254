"""Told once more, otherwise: ill for longer, from an earlier day, during leave, better while a stand-in is ill."""

import html
import re

import pytest

from samen.base import clock, mail
from samen.visits.models import Absence, Replacement, Round
from tests import conftest
from tests.conftest import visit_of
from tests.stories.test_sick_helper import TODAY, links_to, report, send, ticked


@pytest.fixture
def leave(stage, anja):
    """Fatma has leave from this day until that one; returns the address of the search for stand-ins."""

    def said(since, until):
        address = f"{TODAY}hulp/{stage.fatma.public_id}/verlof/"
        answer = anja.post(address, {"since": since, "until": until})
        assert answer.status_code == 302
        return answer["Location"]

    return said


def ill(anja, helper, start, until):
    return anja.post(f"{TODAY}ziek/", {"helper": helper.public_id, "start": start, "until": until})["Location"]


def test_ill_for_longer_than_was_said_the_visits_after_it_are_looked_after_too(stage, anja, work, inside, who_goes):
    cockpit = ill(anja, stage.fatma, "today", "3d")
    send(anja, cockpit)
    work(later=21)
    conftest.set_clock("2026-11-27 08:00 Europe/Amsterdam")

    again = ill(anja, stage.fatma, "today", "2w")

    assert again == cockpit, "it is the same absence"
    assert who_goes("mevrouw De Vries", "2026-12-02") is None
    assert "vrijdag 11 december" in anja.get(cockpit).content.decode()
    with inside():
        before = Replacement.objects.count()
        assert Absence.objects.get().expected_until.astimezone(clock.HOME).isoformat() == "2026-12-11T00:00:00+01:00"
    ill(anja, stage.fatma, "today", "3d")
    with inside():
        assert Replacement.objects.count() == before
        assert Absence.objects.get().expected_until.astimezone(clock.HOME).day == 11, "never shorter"


def test_ill_until_the_day_on_which_she_is_back_as_a_colleague_and_as_she_says_it_herself(
    stage, anja, client, phone, inside, who_goes
):
    said = {"start": "today", "until": "unknown", "back": "2026-12-02"}
    cockpit = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id} | said)["Location"]
    client.post(f"{phone(stage.joke)}ziek/", said)

    assert "woensdag 2 december" in anja.get(cockpit).content.decode()
    days = ["2026-11-25", "2026-12-02"]
    assert [who_goes("mevrouw De Vries", day) for day in days] == [None, "Fatma"]
    assert [who_goes("mevrouw Bos", day) for day in ("2026-12-01", "2026-12-08")] == [None, "Joke"]
    wrong = [
        anja.post(f"{TODAY}ziek/", {"helper": stage.kim.public_id} | said | {"back": "2026-11-25"}),
        anja.post(
            f"{TODAY}ziek/", {"helper": stage.kim.public_id} | said | {"start": "tomorrow", "back": "2026-11-26"}
        ),
        client.post(f"{phone(stage.kim)}ziek/", said | {"back": "24 december"}),
    ]
    assert [page.status_code for page in wrong] == [422, 422, 422]
    assert all('href="#id_back"' in page.content.decode() for page in wrong)
    with inside():
        assert not Absence.objects.filter(helper=stage.kim).exists()


@pytest.mark.parametrize("by_herself", [False, True])
def test_who_was_ill_until_nobody_knew_when_is_expected_back_on_the_day_that_is_said_now(
    stage, anja, client, phone, work, inside, who_goes, by_herself
):
    cockpit = ill(anja, stage.fatma, "today", "unknown")
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    anja.post(f"{cockpit}zoeken/")
    work()
    mail.MEMORY.clear()

    said = {"helper": stage.fatma.public_id, "start": "today", "until": "unknown", "back": "2026-12-01"}
    if by_herself:
        client.post(f"{phone(stage.fatma)}ziek/", said)
    else:
        page = anja.post(f"{TODAY}ziek/", said, follow=True)
        assert page.redirect_chain[0][0] == cockpit, "it is the same absence"
        assert "Fatma is terug op dinsdag 1 december" in html.unescape(page.content.decode())
    work()

    assert "dinsdag 1 december" in anja.get(cockpit).content.decode()
    assert who_goes("mevrouw De Vries", "2026-12-02") == "Joke", "what was promised stays"
    assert [who_goes("familie Smit", day) for day in ("2026-11-25", "2026-12-02")] == [None, "Fatma"]
    [told] = [letter for letter in mail.MEMORY if letter.address.startswith("marloes")]
    assert "Fatma komt toch" in told.subject
    assert "2 december" in told.body
    assert "25 november" not in told.body
    assert anja.post(f"{cockpit}beter/").status_code == 302, "she may be better sooner all the same"
    assert who_goes("familie Smit", "2026-11-25") == "Fatma"


def test_an_estimate_shortens_nothing_and_what_nobody_knows_again_is_looked_after_again(stage, anja, who_goes):
    cockpit = ill(anja, stage.fatma, "today", "unknown")
    report = {"helper": stage.fatma.public_id, "start": "today", "until": "3d"}

    page = anja.post(f"{TODAY}ziek/", report, follow=True).content.decode()

    assert "Fatma was al gemeld, en niemand weet tot wanneer" in page
    assert who_goes("familie Smit", "2026-12-02") is None
    anja.post(f"{TODAY}ziek/", report | {"back": "2026-12-01"})
    assert who_goes("familie Smit", "2026-12-02") == "Fatma"
    assert ill(anja, stage.fatma, "today", "unknown") == cockpit
    assert who_goes("familie Smit", "2026-12-02") is None


def test_ill_from_an_earlier_day_than_was_said_the_visits_of_that_day_are_looked_after_too(stage, anja, who_goes):
    cockpit = ill(anja, stage.fatma, "tomorrow", "1w")
    assert who_goes("mevrouw De Vries", "2026-11-25") == "Fatma"

    assert ill(anja, stage.fatma, "today", "3d") == cockpit

    assert who_goes("mevrouw De Vries", "2026-11-25") is None
    assert who_goes("mevrouw De Vries", "2026-12-02") is None, "for as long as anybody said"


@pytest.mark.parametrize("button", ["beter", "terugnemen"])
def test_who_is_ill_goes_nowhere_when_her_leave_is_over_or_was_a_mistake(
    stage, anja, work, inside, who_goes, leave, button
):
    holiday = leave("2026-11-25", "2026-12-10")
    illness = ill(anja, stage.fatma, "today", "2w")

    anja.post(f"{holiday}{button}/")
    work()

    assert who_goes("mevrouw De Vries", "2026-11-25") is None
    with inside():
        sought = Replacement.objects.filter(closed_at=None, round__undone_at=None)
        assert sought.filter(visit=visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")).count() == 1
    anja.post(f"{illness}beter/")
    assert who_goes("mevrouw De Vries", "2026-11-25") == "Fatma", "once she is better they are hers"


def test_a_report_taken_back_after_a_visit_moved_gives_her_what_she_can_still_do(stage, anja, work, inside, who_goes):
    cockpit = report(anja, stage.fatma)
    with inside():
        moved = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25").public_id
    anja.post(f"{TODAY}bezoek/{moved}/", {"day": "2026-11-25", "start": "13:00", "minutes": "180"})

    assert anja.post(f"{cockpit}terugnemen/").status_code == 302

    assert [who_goes(home, "2026-11-25") for home in ("mevrouw De Vries", "familie Smit")] == ["Fatma", None]
    assert who_goes("familie Peters", "2026-11-26") == "Fatma"
    with inside():
        [left] = Replacement.objects.filter(closed_at=None)
        assert left.visit.household.name == "familie Smit", "it still looks for somebody"
        assert Round.objects.get().undone_at is None
    page = anja.get(cockpit).content.decode()
    assert "familie Smit" in page
    assert "is ziek gemeld" not in page, "nobody is ill"
    assert "De melding van Fatma Yılmaz is teruggenomen" in page
    assert "Niemand hoeft in te vallen" not in page
    assert ticked(anja.get(cockpit)), "somebody can be asked"
    board = anja.get(TODAY).content.decode()
    assert "is ziek gemeld" not in board
    assert "familie Smit: er gaat niemand" in board
    anja.post(f"{cockpit}zoeken/")
    work()
    [told] = [letter for letter in mail.MEMORY if letter.address.startswith("marloes")]
    assert "ziek" not in told.body, "also to who employs her"
    assert "Fatma kan niet komen." in told.body


def test_better_while_her_stand_in_is_ill_her_visit_is_hers_and_the_household_hears_it_once(
    stage, anja, work, client, phone, inside, who_goes
):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    client.post(f"{phone(stage.joke)}ziek/", {"start": "today", "until": "unknown"})
    work()
    with inside():
        of_joke = f"{TODAY}afwezig/{Absence.objects.get(helper=stage.joke).public_id}/"
    anja.post(f"{of_joke}zoeken/")
    work()
    mail.MEMORY.clear()

    anja.post(f"{cockpit}beter/")
    work()

    assert who_goes("mevrouw De Vries", "2026-11-25") == "Fatma"
    assert [letter.subject for letter in mail.MEMORY if letter.address.startswith("tineke")] == ["Fatma komt toch"]
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert set(Replacement.objects.filter(visit=visit).values_list("outcome", flat=True)) == {"WITHDRAWN"}
    for address in (cockpit, of_joke):
        assert "Joke gaat" not in anja.get(address).content.decode()
        assert "komt toch" not in anja.get(address).content.decode().partition('id="bellen"')[2], "nobody need ring"


def test_leave_before_and_over_other_leave_leaves_no_day_out(stage, anja, inside, who_goes, leave):
    leave("2027-01-04", "2027-01-11")
    leave("2026-12-07", "2026-12-11")
    assert who_goes("mevrouw De Vries", "2026-12-16") == "Fatma"

    leave("2026-12-10", "2027-01-06")

    assert who_goes("mevrouw De Vries", "2026-12-16") is None
    with inside():
        rows = Absence.objects.order_by("starts_at").values_list("starts_at", "expected_until")
        days = [tuple(str(moment.astimezone(clock.HOME).date()) for moment in row) for row in rows]
    assert days == [("2026-12-07", "2027-01-04"), ("2027-01-04", "2027-01-11")]


def test_leave_some_day_does_not_make_her_ill_today(stage, anja, client, phone, leave):
    leave("2026-12-28", "2027-01-04")

    mine = client.get(phone(stage.fatma)).content.decode()

    assert "ziek gemeld" not in mine
    assert re.search(r'href="[^"]+/ziek/"', mine), "she can still say that she is ill"
    ill(anja, stage.fatma, "today", "3d")
    assert "is ziek gemeld" in anja.get(f"{TODAY}hulp/{stage.fatma.public_id}/").content.decode()
