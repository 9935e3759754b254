"""Nobody is asked again and again: what the house finds fair in a week, who goes beyond it, and who rings herself."""

import html
import re
from collections import Counter
from datetime import time

import pytest

from samen.base import clock, tenancy
from samen.people import asking
from samen.visits.models import Assignment, Offer, Override, PhoneCall
from tests.conftest import visit_of
from tests.stories.test_sick_helper import TODAY, report, ticked

OFTEN = f"{TODAY}beheer/berichten/hoe-vaak/"


def why_not(anja, cockpit, row):
    """What stands beside each name that was not proposed for this visit."""
    page = anja.get(f"{cockpit}waarom/?bezoek={row}").content.decode()
    found = re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return {name: html.unescape(told) for name, told in found}


@pytest.fixture
def row(stage, inside):
    """By household and day: the search for that visit."""

    def found(household, day):
        with inside():
            return visit_of(stage.homes[household], day).replacements.latest("pk").public_id

    return found


@pytest.fixture
def once_a_week(stage, anja):
    """The organisation finds it fair to ask somebody once a week."""
    assert anja.post(OFTEN, {"at_most": "1"}).status_code == 302
    assert 'value="1"' in anja.get(f"{TODAY}beheer/berichten/").content.decode()
    assert anja.post(OFTEN, {"at_most": "0"}).status_code == 422


def test_nobody_is_asked_oftener_than_is_fair_but_for_today(stage, anja, once_a_week, inside):
    cockpit = report(anja, stage.fatma)
    anja.post(cockpit, {"ask": ticked(anja.get(cockpit))})
    page = anja.get(cockpit)
    anja.post(cockpit, {"ask": [pair for pair in re.findall(r'name="ask" value="([^"]+)"', page.content.decode())]})

    with inside():
        later = Offer.objects.exclude(visits__visit__local_date="2026-11-25").values_list("helper", flat=True)
        today = Offer.objects.filter(visits__visit__local_date="2026-11-25")
        assert max(Counter(later).values()) == 1
        assert today.count() > today.values("helper").distinct().count(), "what is urgent waits for nobody's turn"


def test_whoever_must_ask_her_all_the_same_says_why_and_it_is_kept(stage, anja, once_a_week, row, inside):
    cockpit = report(anja, stage.fatma)
    anja.post(cockpit, {"ask": ticked(anja.get(cockpit))})
    peters = row("familie Peters", "2026-11-26")
    assert "Vraag" not in " ".join(why_not(anja, cockpit, peters).values()), "others may still answer"
    with inside():
        Offer.objects.filter(household=stage.homes["familie Peters"]).update(answer="NO")
    told = why_not(anja, cockpit, peters)
    name, button = next((name, one) for name, one in told.items() if "is deze week al" in one)
    assert re.match(r"is deze week al \d keer gevraagd", button)
    pair = re.search(rf'name="ask" value="({peters}:[^"]+)"', button)[1]
    with inside():
        before = Offer.objects.count()

    anja.post(cockpit, {"ask": pair})
    with inside():
        assert Offer.objects.count() == before, "not without a reason"
    anja.post(cockpit, {"ask": pair, "why": "Zij kent het hondje"})

    with inside():
        assert Offer.objects.filter(helper__person__first_name=name).latest("pk").household.name == "familie Peters"
        said = Override.objects.get()
        assert (said.rule, said.reason) == ("ASKED_ENOUGH", "Zij kent het hondje")


def test_who_was_not_asked_yet_and_rings_us_herself_has_it(stage, anja, row, inside):
    with inside():
        hours = {2: [(time(9), time(18))]}
        asking.allow(stage.joke, week=hours, channel="EMAIL", by=tenancy.SYSTEM, at=clock.now())
    cockpit = report(anja, stage.fatma)
    vries = row("mevrouw De Vries", "2026-11-25")
    told = why_not(anja, cockpit, vries)["Joke"]
    assert "wil op dit uur niet gevraagd worden" in told
    said = re.search(r'name="said" value="([^"]+)"', told)[1]
    assert "Belde zelf: ja" in told

    asked = anja.post(f"{cockpit}gebeld/", {"said": said}, follow=True).content.decode()
    assert "wil niet gevraagd worden vóór 09.00" in asked, "we do not ring her"
    anja.post(f"{cockpit}gebeld/", {"said": said, "rang_us": "on"})

    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert Assignment.objects.standing().get(visit=visit).helper_id == stage.joke.pk
        assert PhoneCall.objects.get().rang_us
    busy = said.replace(str(stage.joke.public_id), str(stage.fatma.public_id))
    page = anja.post(f"{cockpit}gebeld/", {"said": busy, "rang_us": "on"}, follow=True).content.decode()
    assert "kan zij daar niet heen" in page
