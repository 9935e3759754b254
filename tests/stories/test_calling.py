"""Who cannot be written to is rung: the call list is as good a way as a message, and nothing is sent for show."""

import contextlib
import html
import re
from datetime import date
from datetime import time as clock_time

import pytest

from samen.base import clock, mail, outbox, tenancy
from samen.base.models import JournalLine, OutboxMessage
from samen.people import asking
from samen.people.models import AskRight, ContactPoint, Person
from samen.visits.models import Assignment, Offer, PhoneCall, Replacement
from tests import conftest
from tests.conftest import visit_of
from tests.stories.test_sick_helper import TODAY, links_to, report, send, ticked


def call_list(page):
    """Everybody on the call list, in order: name, words to say, what the form posts, and whether it must be now."""
    listed = page.content.decode().partition('id="bellen"')[2]
    part = re.split(r'id="(?:may|later)-call"', listed)[0]
    behind = listed.removeprefix(part)
    return [
        {
            "name": html.unescape(re.search(r"<b>([^<]+)</b>", entry)[1]),
            "about": re.search(r'name="said" value="[A-Z_]+:([^"]+)"', entry)[1],
            "script": html.unescape(re.search(r'class="script"[^>]*>([^<]+)<', entry)[1]),
            "text": html.unescape(re.sub(r"<[^>]+>", " ", entry)),
            "must": must,
        }
        for must, text in ((True, part), (False, behind))
        for entry in text.split("<li>")[1:]
    ]


def on_the_list(page, name, household=""):
    """The first line of the call list with this name, about this household."""
    return next(one for one in call_list(page) if name in one["name"] and household in one["text"])


def must_be_rung(page):
    return {one["name"] for one in call_list(page) if one["must"]}


def rang(anja, cockpit, call, outcome):
    answer = anja.post(f"{cockpit}gebeld/", {"said": f"{outcome}:{call['about']}"})
    assert answer.status_code == 302
    return anja.get(cockpit)


@pytest.fixture
def joke_is_rung(stage, inside):
    with inside():
        AskRight.objects.create(helper=stage.joke, channel="PHONE")


def test_a_helper_who_wants_to_be_rung_is_asked_by_telephone_and_her_spoken_yes_is_a_yes(
    stage, anja, work, inside, joke_is_rung
):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    assert links_to("joke") == []

    joke = on_the_list(anja.get(cockpit), "Joke", "De Vries")
    assert "Hoi Joke, met Anja van Team Zuid" in joke["script"]
    assert "mevrouw De V." in joke["script"]
    assert "06 8500" in joke["text"]
    page = rang(anja, cockpit, joke, "YES").content.decode()
    work()

    assert "Joke gaat" in page
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert Assignment.objects.standing().get(visit=visit).helper_id == stage.joke.pk
        assert PhoneCall.objects.get(outcome="YES").made_by_ref
        assert JournalLine.objects.filter(fact="helper_said_yes", actor_kind="COLLEAGUE").exists()
    assert any(letter.address.startswith("tineke") for letter in mail.MEMORY), "the household is told"
    assert any(letter.address.startswith("piet") and "/l/" not in letter.body for letter in mail.MEMORY)


def test_a_spoken_yes_after_a_clicked_one_is_told_in_words(stage, anja, work, client, inside, joke_is_rung):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    joke = on_the_list(anja.get(cockpit), "Joke", "De Vries")
    assert client.post(links_to("piet")[0], {"answer": "yes"}).status_code == 200

    page = rang(anja, cockpit, joke, "YES").content.decode()

    assert "Iemand anders was eerder" in page
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert Assignment.objects.standing().get(visit=visit).helper_id == stage.piet.pk


def test_her_spoken_yes_holds_for_what_nobody_else_has_by_now(
    stage, anja, work, client, inside, joke_is_rung, who_goes
):
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    cockpit = answer["Location"]
    send(anja, cockpit)
    work(later=21)
    with inside():
        later = visit_of(stage.homes["mevrouw De Vries"], "2026-12-02").public_id
    client.post(links_to("piet")[0], {"answer": "yes", "left_out": str(later)})
    assert who_goes("mevrouw De Vries", "2026-11-25") == "Piet"

    joke = on_the_list(anja.get(cockpit), "Joke", "De Vries")
    assert "2 december" in joke["script"]
    assert "25 november" not in joke["script"]
    page = rang(anja, cockpit, joke, "YES").content.decode()

    assert "Genoteerd: ja" in page
    assert who_goes("mevrouw De Vries", "2026-11-25") == "Piet"
    assert who_goes("mevrouw De Vries", "2026-12-02") == "Joke"


def test_who_was_only_proposed_can_be_rung_at_once(stage, anja, work, inside):
    cockpit = report(anja, stage.fatma)
    first = anja.get(cockpit)
    assert [one["must"] for one in call_list(first)] == [], "the numbers of who was not asked come when they are wanted"
    behind = re.search(
        r'Bellen wie nog niet gevraagd is \((\d+)\).*?hx-get="([^"]+)" hx-select="#ring"', first.content.decode()
    )
    ring = html.unescape(behind[2])
    everybody = anja.get(ring)
    assert len(call_list(everybody)) == int(behind[1])
    assert '<ul class="calls" id="ring">' in anja.get(ring, headers={"HX-Request": "true"}).content.decode()
    piet = on_the_list(everybody, "Piet", "De Vries")

    rang(anja, cockpit, piet, "NO_ANSWER")
    assert "Anja belde: er werd niet opgenomen" in on_the_list(anja.get(ring), "Piet", "De Vries")["text"]
    with inside():
        assert not Offer.objects.exists(), "who was not reached was not asked"
    rang(anja, cockpit, piet, "YES")
    work(later=21)

    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert Assignment.objects.standing().get(visit=visit).helper_id == stage.piet.pk
        assert Offer.objects.get().channel == "PHONE"
    assert not any(letter.address.startswith("piet") for letter in mail.MEMORY), "he heard it already"


def test_a_household_without_mail_is_told_by_telephone_and_told_closes_it(stage, anja, work, client, inside):
    with inside():
        ContactPoint.objects.filter(person__first_name="Tineke", kind="EMAIL").delete()
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    work()
    with inside():
        assert not OutboxMessage.objects.filter(cause_kind="covered").exists(), "nothing is sent for show"

    page = anja.get(cockpit)
    tineke = on_the_list(page, "Tineke")
    assert "huishouden bellen" in page.content.decode()
    assert "Joke komt in plaats daarvan" in tineke["script"]
    assert "ziek" not in tineke["script"]
    told = rang(anja, cockpit, tineke, "TOLD")

    assert "Tineke de Vries" not in must_be_rung(told)
    assert "huishouden weet het per telefoon" in told.content.decode()


def test_when_the_mail_server_is_away_the_numbers_are_real_and_the_call_list_fills(stage, anja, inside, monkeypatch):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    sent = mail.send

    def away(letter):
        if letter.address.startswith("joke"):
            return sent(letter)
        raise mail.Refused("no mail server: ConnectionRefusedError")

    monkeypatch.setattr(mail, "send", away)
    conftest.move_clock(seconds=30)
    with inside():
        queued = list(OutboxMessage.objects.values_list("pk", flat=True))
    for number in queued:
        with contextlib.suppress(mail.Refused):
            outbox.deliver.run(org=stage.gooi.pk, actor=str(tenancy.SYSTEM), outbox=number)

    page = anja.get(cockpit)
    assert re.search(r"\d+ klaar, \d+ aangekomen", page.content.decode())
    assert "Piet van den Berg" in must_be_rung(page)
    assert "Joke Smeets" not in must_be_rung(page)
    together = anja.get(f"{TODAY}vervanging/").content.decode()
    assert re.search(r"\d+ klaar, [1-9]\d* aangekomen", together)
    assert "nog niet verstuurd: bel" in together
    today = anja.get(TODAY).content.decode()
    assert re.search(r"niet alles kon verstuurd worden.*?\d+ klaar, [1-9]\d* aangekomen", today, re.DOTALL)


@pytest.fixture
def joke_at_certain_hours(stage, inside):
    """Joke is asked by telephone, on this Wednesday from 7.00 to 7.30 and from 8.00 on."""
    hours = [(clock_time(7), clock_time(7, 30)), (clock_time(8), clock_time(18))]
    with inside():
        asking.allow(stage.joke, week={2: hours}, channel="PHONE", by=tenancy.SYSTEM, at=clock.now())


def test_who_may_not_be_asked_at_this_hour_is_not_rung_and_the_list_says_until_when(
    stage, anja, work, inside, joke_at_certain_hours
):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    assert "Joke Smeets" in must_be_rung(anja.get(cockpit))
    conftest.set_clock("2026-11-25 07:40 Europe/Amsterdam")

    page = anja.get(cockpit)
    listed, joke = call_list(page), on_the_list(page, "Joke", "De Vries")
    assert "niet vóór 08.00" in joke["text"]
    assert "Niemand nam op" not in joke["text"]
    assert "Joke Smeets" in listed[-1]["name"], "she stands below whoever can be rung"
    assert not joke["must"]
    for outcome in ("NO_ANSWER", "NO", "YES"):
        anja.post(f"{cockpit}gebeld/", {"said": f"{outcome}:{joke['about']}"})
    assert anja.get(cockpit).content.decode().count("wil niet gevraagd worden vóór 08.00") == 3

    with inside():
        assert not PhoneCall.objects.exists()
        assert not Assignment.objects.standing().filter(helper=stage.joke, from_offer__isnull=False).exists()
    conftest.set_clock("2026-11-25 08:00 Europe/Amsterdam")
    assert "Joke Smeets" in must_be_rung(anja.get(cockpit))


def test_she_who_rings_us_herself_may_speak_at_any_hour(stage, anja, work, inside, joke_at_certain_hours):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    conftest.set_clock("2026-11-25 07:40 Europe/Amsterdam")
    joke = on_the_list(anja.get(cockpit), "Joke", "De Vries")
    assert "Belde ons zelf" in joke["text"]

    nobody = anja.post(f"{cockpit}gebeld/", {"said": f"NO_ANSWER:{joke['about']}", "rang_us": "on"}, follow=True)
    anja.post(f"{cockpit}gebeld/", {"said": f"YES:{joke['about']}", "rang_us": "on"})

    assert "Wie ons belt, zegt ja of nee" in nobody.content.decode()
    assert "Joke gaat" in anja.get(cockpit).content.decode()
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert Assignment.objects.standing().get(visit=visit).helper_id == stage.joke.pk
        assert PhoneCall.objects.get().rang_us
        assert JournalLine.objects.filter(fact="helper_rang_yes").exists()


def test_from_when_on_somebody_may_be_asked(stage, inside):
    wednesday = clock.now()
    with inside():
        asking.allow(stage.joke, week={1: [(clock_time(9), clock_time(12))]}, by=tenancy.SYSTEM, at=wednesday)
        asking.allow(stage.piet, week={}, pause_until=date(2026, 12, 24), by=tenancy.SYSTEM, at=wednesday)
        asking.allow(
            stage.kim,
            week={2: [(clock_time(7), clock_time(8))]},
            pause_until=date(2026, 11, 26),
            by=tenancy.SYSTEM,
            at=wednesday,
        )
        asking.allow(stage.tom, week={2: [(clock_time(7), clock_time(8))]}, by=tenancy.SYSTEM, at=wednesday)
        everybody = [stage.joke.pk, stage.piet.pk, stage.kim.pk, stage.tom.pk, stage.riet.pk]

        found = asking.not_before(everybody, at=wednesday)

    assert {number: str(moment.astimezone(clock.HOME)) for number, moment in found.items()} == {
        stage.joke.pk: "2026-12-01 09:00:00+01:00",
        stage.piet.pk: "2026-12-24 00:00:00+01:00",
        stage.kim.pk: "2026-12-02 07:00:00+01:00",
    }


def test_zoe_of_another_agency_rings_nobody(stage, anja, zoe, inside):
    cockpit = report(anja, stage.fatma)
    joke = on_the_list(anja.get(f"{cockpit}?bellen=1"), "Joke")

    answer = zoe.post(f"{cockpit}gebeld/".replace("zorgzaam", "buren"), {"said": f"YES:{joke['about']}"})

    assert answer.status_code == 404
    with inside():
        assert not PhoneCall.objects.exists()


def test_a_call_about_nobody_on_the_list_says_so(stage, anja, inside):
    cockpit = report(anja, stage.fatma)
    with inside():
        stranger = Person.objects.first().public_id

    page = rang(anja, cockpit, {"about": f"searching:{stranger}"}, "TOLD").content.decode()

    assert "Kies uit de bellijst" in page


@pytest.fixture
def joke_until_a_quarter_past_seven(stage, inside):
    """Joke is asked by mail, on this Wednesday until 7.15 and from 8.00 on."""
    hours = [(clock_time(7), clock_time(7, 15)), (clock_time(8), clock_time(18))]
    with inside():
        asking.allow(stage.joke, week={2: hours}, channel="EMAIL", by=tenancy.SYSTEM, at=clock.now())


def row_of(page, household):
    """The text of the first line of a page about this household."""
    row = page.content.decode().partition(household)[2].partition("</tr>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", row)))


def test_a_question_that_waits_for_her_hours_leaves_then_unless_that_is_too_late(
    stage, anja, work, inside, joke_until_a_quarter_past_seven
):
    """No worker was there for some minutes: for today she would be asked after the time to answer, for later not."""
    cockpit = report(anja, stage.fatma)
    pairs = ticked(anja.get(cockpit))
    with inside():
        rows = Replacement.objects.values_list("public_id", "visit__local_date")
        days = {str(row): str(day) for row, day in rows}
    joke = [pair for pair in pairs if pair.endswith(str(stage.joke.public_id))]
    assert {days[pair.partition(":")[0]] == "2026-11-25" for pair in joke} == {True, False}
    anja.post(cockpit, {"ask": joke})
    conftest.set_clock("2026-11-25 07:15:30 Europe/Amsterdam")
    work(later=1)
    work(later=30)

    assert mail.MEMORY == [], "not outside her hours"
    page = anja.get(cockpit)
    assert "De vraag kon niet op tijd weg." in row_of(page, "mevrouw De Vries")
    assert row_of(page, "mevrouw De Vries").count("kon niet op tijd weg") == 2, "of Joke too"
    assert "nog open" in row_of(page, "mevrouw De Vries")
    assert "gaat om 08.00" in page.content.decode()
    assert any("nog niet gevraagd: gaat om 08.00" in one["text"] for one in call_list(page))
    assert "een vraag kon niet op tijd weg" in anja.get(TODAY).content.decode()
    with inside():
        of_today = [pair for pair in joke if days[pair.partition(":")[0]] == "2026-11-25"]
        assert JournalLine.objects.filter(fact="question_too_late").count() == len(of_today)
    conftest.set_clock("2026-11-25 08:00:01 Europe/Amsterdam")
    work(later=1)
    asked = [letter.body for letter in mail.MEMORY]
    assert asked
    assert not any("De V." in body for body in asked)
    with inside():
        assert not Offer.objects.filter(withdrawn_at=None, sent_at=None).exists()


def test_an_outcome_that_is_none_for_a_helper_is_refused_kindly(stage, anja):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    asked = next(call for call in call_list(anja.get(cockpit)) if call["about"].startswith("ask:"))

    page = anja.post(f"{cockpit}gebeld/", {"said": f"RATHER_NOT:{asked['about']}"}, follow=True).content.decode()

    assert "Kies uit de bellijst wie je belde" in page
