"""A visit that somebody said yes to is otherwise by now: she hears how it is, and so does the household."""

import re

import pytest

from samen.base import mail, sms
from samen.people.models import AskRight, Person
from samen.visits.models import Replacement
from tests.conftest import visit_of
from tests.stories import test_choosing
from tests.stories.test_calling import call_list, on_the_list, rang
from tests.stories.test_choosing import choices, letters_to
from tests.stories.test_sick_helper import TODAY, links_to, report, send

asked, questions = test_choosing.asked, test_choosing.questions  # the fixtures of who said yes and waits
DE_VRIES, DAY = "mevrouw De Vries", "2026-11-25"
MINUTE = 61


@pytest.fixture
def promised(stage, anja, work, client):
    """Fatma is ill, Joke said yes to Mrs De Vries, and Mrs De Vries was told; the address of the search."""
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    work()
    mail.MEMORY.clear()
    sms.MEMORY.clear()
    return cockpit


@pytest.fixture
def page_of(stage, inside):
    def address(household, day):
        with inside():
            return f"{TODAY}bezoek/{visit_of(stage.homes[household], day).public_id}/"

    return address


def move(anja, page, *, day=DAY, start="13:00", minutes="180"):
    assert anja.post(page, {"day": day, "start": start, "minutes": minutes}).status_code == 302


def test_a_visit_that_is_moved_after_her_yes_is_told_to_her_and_to_the_household_once(
    anja, promised, work, page_of, who_goes
):
    move(anja, page_of(DE_VRIES, DAY))
    work()
    assert mail.MEMORY == [], "what is put back at once nobody hears of"
    work(later=MINUTE)

    (hers,), (theirs,) = letters_to("joke"), letters_to("tineke")
    assert "woensdag 25 november van 13.00 tot 16.00" in hers.body
    assert "mevrouw De V." in hers.body
    assert "Komt dat niet uit?" in hers.body
    assert "woensdag 25 november van 13.00 tot 16.00 uur: Joke" in theirs.body
    assert "ziek" not in (hers.body + hers.subject).lower()
    assert who_goes(DE_VRIES, DAY) == "Joke"
    work(later=MINUTE)
    assert len(mail.MEMORY) == 2


def test_moved_again_it_is_told_again(anja, promised, work, page_of):
    move(anja, page_of(DE_VRIES, DAY))
    work(later=MINUTE)
    move(anja, page_of(DE_VRIES, DAY), start="14:00")
    work(later=MINUTE)

    assert ["14.00 tot 17.00" in letter.body for letter in letters_to("joke")] == [False, True]
    assert ["14.00 tot 17.00" in letter.body for letter in letters_to("tineke")] == [False, True]


def test_what_is_undone_within_the_minute_nobody_hears_of(anja, promised, work, page_of):
    page = page_of(DE_VRIES, DAY)
    move(anja, page)
    move(anja, page, start="10:00")
    work(later=MINUTE)

    assert mail.MEMORY == []


def test_a_visit_that_is_skipped_is_no_longer_hers_and_the_household_hears_that_nobody_comes(
    anja, promised, work, page_of
):
    anja.post(f"{page_of(DE_VRIES, DAY)}overslaan/")
    work(later=MINUTE)

    (hers,) = letters_to("joke")
    assert "Je hoeft niet meer te gaan" in hers.subject
    assert "woensdag 25 november van 10.00 tot 13.00" in hers.body
    assert "er komt niemand" in letters_to("tineke")[0].body


def test_skipped_and_given_back_after_she_heard_it_she_hears_that_it_goes_on(
    stage, anja, promised, work, page_of, inside
):
    anja.post(f"{page_of(DE_VRIES, DAY)}overslaan/")
    work(later=MINUTE)
    mail.MEMORY.clear()
    with inside():
        agreed = visit_of(stage.homes[DE_VRIES], DAY).arrangement.public_id
    undone = anja.post(f"{TODAY}afspraak/{agreed}/ongedaan/")
    assert undone.status_code == 302
    work(later=MINUTE)

    (hers,) = letters_to("joke")
    assert "woensdag 25 november van 10.00 tot 13.00" in hers.body
    assert "veranderd" in hers.subject


def test_given_to_another_she_need_not_go_and_the_household_hears_who_comes(stage, anja, promised, work, page_of):
    given = anja.post(f"{page_of(DE_VRIES, DAY)}hulp/", {"helper": stage.piet.public_id})
    assert given.status_code == 302
    work(later=MINUTE)

    assert "Je hoeft niet meer te gaan" in letters_to("joke")[0].subject
    assert "woensdag 25 november van 10.00 tot 13.00 uur: Piet" in letters_to("tineke")[0].body


def test_who_cannot_be_written_to_stands_on_the_call_list_until_she_is_told(
    stage, anja, promised, work, page_of, inside
):
    with inside():
        AskRight.objects.create(helper=stage.joke, channel="PHONE")
    move(anja, page_of(DE_VRIES, DAY))
    work(later=MINUTE)

    assert letters_to("joke") == []
    call = on_the_list(anja.get(promised), "Joke", "De Vries")
    assert call["must"]
    assert "van 13.00 tot 16.00" in call["script"]
    page = rang(anja, promised, call, "NO_ANSWER")
    assert "er werd niet opgenomen" in on_the_list(page, "Joke", "De Vries")["text"]
    page = rang(anja, promised, call, "TOLD")
    assert all(not one["about"].startswith("changed") for one in call_list(page))

    move(anja, page_of(DE_VRIES, DAY), start="14:00")
    work(later=MINUTE)
    assert "van 14.00 tot 17.00" in on_the_list(anja.get(promised), "Joke", "De Vries")["script"], "that is new again"


def test_by_text_message_it_fits_in_one(stage, anja, promised, work, page_of, inside):
    with inside():
        AskRight.objects.create(helper=stage.joke, channel="SMS")
    move(anja, page_of(DE_VRIES, DAY))
    work(later=MINUTE)

    (text,) = [one.body for one in sms.MEMORY]
    assert "13.00" in text
    assert len(text) <= 160


def test_who_waits_to_be_chosen_hears_that_it_moved_and_not_who_it_is(
    stage,
    anja,
    asked,
    questions,
    client,
    work,
    page_of,
):
    name, address = next(iter(questions("familie Peters").items()))
    client.post(address, {"answer": "yes"})
    mail.MEMORY.clear()
    move(anja, page_of("familie Peters", "2026-12-03"), day="2026-12-04")
    assert "horen het over een minuut" not in anja.get(TODAY).content.decode(), "the household does not"
    work(later=MINUTE)

    (hers,) = letters_to(name)
    assert "vrijdag 4 december" in hers.body
    assert "Peters" not in hers.body
    assert letters_to("ruud") == [], "to the household nobody was promised yet"
    anja.post(f"{asked}keuze/", {"offer": choices(anja.get(asked))[0][0]})
    work(later=MINUTE)
    assert "vrijdag 4 december" in letters_to(name)[1].body
    assert len(letters_to(name)) == 2, "chosen for what she knows, she hears nothing more"


def test_a_stand_in_who_falls_ill_hears_nothing_of_a_visit_that_is_moved_without_her(
    stage, anja, promised, work, page_of, client, phone, inside
):
    client.post(f"{phone(stage.joke)}ziek/", {"start": "today", "until": "unknown"})
    work(later=MINUTE)
    mail.MEMORY.clear()
    move(anja, page_of(DE_VRIES, DAY))
    work(later=MINUTE)

    assert letters_to("joke") == []
    with inside():
        assert Replacement.objects.filter(visit__household=stage.homes[DE_VRIES], closed_at=None).exists()


def test_a_visit_that_loses_its_stand_in_by_a_change_is_looked_for_again(stage, anja, promised, work, page_of, inside):
    with inside():
        row = Replacement.objects.get(visit__household=stage.homes[DE_VRIES], outcome="COVERED")
    nobody = {"day": DAY, "helper": "", "reason": "Joke is nodig bij een ander"}
    assert anja.post(f"{page_of(DE_VRIES, DAY)}plek/", nobody).status_code == 302
    work(later=MINUTE)

    with inside():
        row.refresh_from_db()
        assert row.closed_at is None
    assert "wij zoeken iemand" in letters_to("tineke")[0].body
    assert re.search("De Vries", anja.get(TODAY).content.decode())


def test_who_is_still_to_be_rung_stands_on_today_until_she_is_told(stage, anja, promised, work, page_of, inside):
    assert "Nog bellen" not in anja.get(TODAY).content.decode()
    with inside():
        AskRight.objects.create(helper=stage.joke, channel="PHONE")
    move(anja, page_of(DE_VRIES, DAY))
    work(later=MINUTE)

    assert "Nog bellen: Joke" in anja.get(TODAY).content.decode()
    rang(anja, promised, on_the_list(anja.get(promised), "Joke", "De Vries"), "TOLD")
    assert "Nog bellen" not in anja.get(TODAY).content.decode()


def test_a_household_that_only_hears_by_telephone_who_comes_stands_on_today(stage, anja, work, client, inside):
    with inside():
        Person.objects.filter(first_name="Tineke").update(channel="PHONE")
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})

    assert "Nog bellen: mevrouw De Vries" in anja.get(TODAY).content.decode()
    rang(anja, cockpit, on_the_list(anja.get(cockpit), "Tineke", "De Vries"), "TOLD")
    assert "Nog bellen" not in anja.get(TODAY).content.decode()


def test_a_promise_that_is_called_off_by_telephone_stands_on_today(stage, anja, promised, work, inside):
    with inside():
        AskRight.objects.create(helper=stage.joke, channel="PHONE")
    offers = re.findall(r'name="offer" value="([^"]+)"', anja.get(f"{promised}afzeggen/").content.decode())
    anja.post(f"{promised}afzeggen/", {"offer": offers})
    work(later=MINUTE)

    assert "Nog bellen: Joke" in anja.get(TODAY).content.decode()


def test_who_did_not_hear_yet_who_comes_is_rung_once_and_hears_it_as_it_is_now(
    stage, anja, work, client, inside, page_of
):
    with inside():
        Person.objects.filter(first_name="Tineke").update(channel="PHONE")
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    move(anja, page_of(DE_VRIES, DAY))
    work(later=MINUTE)

    (call,) = [one for one in call_list(anja.get(cockpit)) if "Tineke" in one["name"]]
    assert call["about"].startswith("covered")
    assert "van 13.00 tot 16.00" in call["script"]
    page = rang(anja, cockpit, call, "TOLD")
    assert all("Tineke" not in one["name"] for one in call_list(page))
    assert "Nog bellen" not in anja.get(TODAY).content.decode()


def test_who_took_her_yes_back_need_not_hear_that_it_moved(
    stage, anja, asked, questions, client, work, page_of, inside
):
    name, address = next(iter(questions("familie Peters").items()))
    client.post(address, {"answer": "yes"})
    with inside():
        AskRight.objects.create(helper=getattr(stage, name.lower()), channel="PHONE")
    move(anja, page_of("familie Peters", "2026-12-03"), day="2026-12-04")
    work(later=MINUTE)
    on_the_list(anja.get(asked), name, "Peters")

    client.post(address, {"answer": "no"})

    assert all(not one["about"].startswith("changed") for one in call_list(anja.get(asked)))
