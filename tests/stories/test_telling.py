"""Households hear who comes, or before when they hear more; and nobody who should not can read that it was illness."""

import html
import itertools
import re
from urllib.parse import urlsplit

import pytest

from samen.base import clock, links, mail, sms, tenancy
from samen.base.models import Link
from samen.people import standing
from samen.people.models import AskRight, Language, Person, StandingWish
from samen.visits import feeds, waiting
from samen.visits.models import Absence
from tests.conftest import set_clock
from tests.stories.test_calling import call_list, must_be_rung, on_the_list, rang
from tests.stories.test_choosing import choices
from tests.stories.test_sick_helper import TODAY, links_to, report, send

DUTCH_AND_ENGLISH = r"\b(ziek\w*|beter\w*|griep|koorts|ill|illness|sick\w*|disease|ILLNESS|LEAVE|verlof)\b"
OTHER = r"\bchor(?:y|a|ob)\w*|\bхвор\w*|\bhasta(?:y|l)\w*|مري?ض\w*"  # Polish, Ukrainian, Turkish, Arabic
ILL = re.compile(f"{DUTCH_AND_ENGLISH}|{OTHER}", re.IGNORECASE)


OWN_BUTTON = re.compile("Ik ben ziek|I am sick|/ziek/")


def without_own_button(page):
    """All that stands in a page, but for the button with which a helper reports herself."""
    return OWN_BUTTON.sub("", html.unescape(page.content.decode()))


@pytest.fixture
def tineke_texts(stage, inside):
    with inside():
        Person.objects.filter(first_name="Tineke").update(channel="SMS")
        AskRight.objects.create(helper=stage.piet, channel="SMS")


def test_when_it_takes_longer_the_household_hears_before_when_it_hears_more(stage, anja, work):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    assert "weten dat niet" in anja.get(cockpit).content.decode()

    anja.post(f"{cockpit}zoeken/")
    anja.post(f"{cockpit}zoeken/")
    work()

    [told] = [letter for letter in mail.MEMORY if letter.address.startswith("tineke")]
    assert "Wij zoeken iemand" in told.subject
    assert "vóór woensdag 25 november 08.30" in told.body
    assert "ziek" not in told.body
    page = anja.get(cockpit).content.decode()
    assert "weten dat niet" not in page
    assert "huishouden weet dat we zoeken" in page


@pytest.mark.parametrize(
    ("starts_at", "at", "before"),
    [
        ("2026-11-27 10:00+01:00", "2026-11-25 07:12+01:00", "2026-11-26 17:00+01:00"),
        ("2026-11-25 10:00+01:00", "2026-11-25 07:12+01:00", "2026-11-25 08:30+01:00"),
        ("2026-11-26 09:00+01:00", "2026-11-25 18:00+01:00", "2026-11-26 01:30+01:00"),
        ("2026-10-25 10:00+01:00", "2026-10-24 12:00+02:00", "2026-10-24 17:00+02:00"),
    ],
)
def test_before_when_a_household_hears_more(starts_at, at, before):
    starts_at, at, before = (waiting.datetime.fromisoformat(text) for text in (starts_at, at, before))

    assert waiting.hears_before(starts_at, at=at) == before


def test_nobody_who_should_not_hear_it_can_read_that_it_was_illness(
    stage, anja, work, client, phone, inside, tineke_texts
):
    """Every message, every page by a link, every feed and every line to say, of all but who employs the helper.

    The helpers read six languages between them, and one household wants to be rung before anybody is asked.
    """
    with inside():
        readers = Person.objects.filter(helpers__isnull=False).order_by("pk")
        for person, language in zip(readers, itertools.cycle(Language.values), strict=False):
            Person.objects.filter(pk=person.pk).update(language=language)
        rung = {"wants": {StandingWish.For.ILLNESS: StandingWish.Want.CALL}, "by": tenancy.SYSTEM}
        standing.say(stage.homes["familie Peters"], **rung, at=clock.now())
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    cockpit = answer["Location"]
    send(anja, cockpit)
    work(later=21)
    anja.post(f"{cockpit}zoeken/")
    scripts = [one["script"] for one in call_list(anja.get(cockpit)) if "Marloes" not in one["name"]]
    pages = []
    for name in ("joke", "piet", "kim", "tom"):
        for link in links_to(name):
            pages += [client.get(link), client.post(link, {"answer": "yes"}), client.get(link)]
    for offer, _name in choices(anja.get(cockpit))[:1]:
        anja.post(f"{cockpit}keuze/", {"offer": offer})
    work()
    with inside():
        theirs = Link.objects.exclude(person_ref=stage.fatma.person.public_id)
        tokens = [links.token(link.public_id) for link in theirs]
        spared = Person.objects.get(first_name="Marloes").public_id  # she employs Fatma, and pays her wages when ill
        shared = {"by": tenancy.SYSTEM, "at": clock.now(), "purpose": Link.Purpose.FEED_FULL}
        calendars = [
            feeds.url(feeds.share(whose, reader=whose.public_id, **shared))
            for whose in (*stage.homes.values(), stage.joke, stage.kim)
            if whose.team_id == stage.fatma.team_id
        ]
    pages += [client.get(f"/l/{token}/") for token in tokens]
    pages += [client.get(urlsplit(url).path) for url in calendars]
    assert {page.status_code for page in pages} <= {200, 409}

    letters = [letter for letter in mail.MEMORY if letter.recipient_ref != spared]
    assert len(letters) > 10
    assert sms.MEMORY
    assert len(scripts) > 3
    assert any("wij u eerst bellen" in script for script in scripts)
    read = [f"{letter.subject} {letter.body}" for letter in letters] + [text.body for text in sms.MEMORY] + scripts
    for text in [*read, *(without_own_button(page) for page in pages)]:
        assert not ILL.findall(text), text[:2000]
    with inside():
        assert Absence.objects.get().kind == "ILLNESS", "there was something to hide"


def test_the_canary_would_have_been_heard():
    assert ILL.findall("Fatma is ziek.")
    assert ILL.findall('<li class="illness">')
    assert all(ILL.findall(word) for word in ("Fatma jest chora", "Фатма хворіє", "Fatma hastalandı", "فاطمة مريضة"))
    assert not ILL.findall("Het bezoek is geregeld. Fatma is een tijdje afwezig.")


def test_a_household_that_was_to_hear_more_by_now_stands_on_today(stage, anja, work, client):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    anja.post(f"{cockpit}zoeken/")
    work()
    late = "mevrouw De Vries zou vóór 08.30 uur van ons horen"
    set_clock("2026-11-25 08:29 Europe/Amsterdam")
    assert late not in anja.get(TODAY).content.decode()
    set_clock("2026-11-25 08:30 Europe/Amsterdam")

    assert late in anja.get(TODAY).content.decode()
    tineke = on_the_list(anja.get(cockpit), "Tineke")
    assert tineke["must"]
    rang(anja, cockpit, tineke, "TOLD")
    assert late not in anja.get(TODAY).content.decode()
    assert "Tineke de Vries" not in must_be_rung(anja.get(cockpit)), "she hears more later"
    client.post(links_to("joke")[0], {"answer": "yes"})
    assert late not in anja.get(TODAY).content.decode()
