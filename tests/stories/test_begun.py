"""A yes that comes when the visit has begun books nobody, and says kindly what is safe and what to do next."""

import re

from samen.base import mail
from samen.people.models import AskRight, Helper
from samen.visits.models import Offer
from tests import conftest
from tests.conftest import visit_of
from tests.stories.test_calling import call_list, on_the_list, rang
from tests.stories.test_sick_helper import TODAY, links_to, report, send, ticked

DE_VRIES = "mevrouw De Vries"


def test_a_yes_by_the_link_after_the_visit_began_is_refused_kindly(stage, anja, work, client, who_goes):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    joke = links_to("joke")[0]
    conftest.set_clock("2026-11-25 10:05 Europe/Amsterdam")

    looked, said = client.get(joke), client.post(joke, {"answer": "yes"})

    for page in (looked, said):
        assert "Dit bezoek is al begonnen" in page.content.decode()
        assert "niemand rekent op je" in page.content.decode()
        assert "035 555 01 10" in page.content.decode()
    assert (looked.status_code, said.status_code) == (200, 409)
    assert who_goes(DE_VRIES, "2026-11-25") is None
    row = anja.get(cockpit).content.decode().partition(DE_VRIES)[2].partition("</tr>")[0]
    assert "Dit bezoek is begonnen, en er gaat niemand" in row
    assert 'name="ask"' not in row, "nobody can be asked for it any more"


def test_who_stops_with_us_before_the_visit_cannot_say_yes_to_it(stage, anja, work, client, who_goes, inside):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    with inside():
        Helper.objects.filter(person__first_name="Joke").update(until_date="2026-11-25")

    said = client.post(links_to("joke")[0], {"answer": "yes"})

    assert said.status_code == 409
    assert who_goes(DE_VRIES, "2026-11-25") is None


def test_moved_to_a_later_hour_as_the_page_advises_it_can_be_asked_for_again(
    stage, anja, work, client, inside, who_goes
):
    cockpit = report(anja, stage.fatma)
    conftest.set_clock("2026-11-25 10:05 Europe/Amsterdam")
    with inside():
        visit = visit_of(stage.homes[DE_VRIES], "2026-11-25").public_id

    later = {"day": "2026-11-25", "start": "11:00", "minutes": "120", "scope": "one"}
    assert anja.post(f"/o/zorgzaam/bezoek/{visit}/", later).status_code == 302
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})

    assert who_goes(DE_VRIES, "2026-11-25") == "Joke"


def test_of_a_block_only_the_visits_still_to_come_are_booked(stage, anja, work, client, who_goes, inside):
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    send(anja, answer["Location"])
    work(later=21)
    joke = links_to("joke")[0]
    assert "De V." in client.get(joke).content.decode()
    conftest.set_clock("2026-11-25 10:05 Europe/Amsterdam")

    asked = client.get(joke).content.decode()
    said = client.post(joke, {"answer": "yes"})
    work()

    assert said.status_code == 200
    assert "25 nov" not in asked, "she is not asked for what has begun"
    assert who_goes(DE_VRIES, "2026-11-25") is None
    assert who_goes(DE_VRIES, "2026-12-02") == "Joke"
    [told] = [letter for letter in mail.MEMORY if letter.address.startswith("tineke")]
    assert "2 december" in told.body
    assert "25 november" not in told.body


def test_a_spoken_yes_after_the_visit_began_is_not_booked_and_says_what_to_do(stage, anja, work, inside, who_goes):
    with inside():
        AskRight.objects.create(helper=stage.joke, channel="PHONE")
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    joke = on_the_list(anja.get(cockpit), "Joke", "De Vries")
    conftest.set_clock("2026-11-25 10:05 Europe/Amsterdam")

    page = rang(anja, cockpit, joke, "YES")

    assert "verzet het bezoek naar een later uur" in page.content.decode()
    assert who_goes(DE_VRIES, "2026-11-25") is None
    assert joke["about"] not in {one["about"] for one in call_list(page)}, "nobody is rung for what has begun"
    with inside():
        assert Offer.objects.filter(helper=stage.joke, answer="").exists()


def test_nobody_is_asked_for_a_visit_that_has_begun(stage, anja, work, inside):
    cockpit = report(anja, stage.fatma)
    pairs = ticked(anja.get(cockpit))
    with inside():
        begun = visit_of(stage.homes[DE_VRIES], "2026-11-25")
    conftest.set_clock("2026-11-25 10:05 Europe/Amsterdam")

    anja.post(cockpit, {"ask": pairs})

    with inside():
        assert Offer.objects.exists(), "the others are asked"
        assert not Offer.objects.filter(visits__visit=begun).exists()


def test_a_yes_to_a_time_that_changed_since_she_looked_is_asked_once_more(stage, anja, work, client, who_goes, inside):
    send(anja, report(anja, stage.fatma))
    work(later=21)
    joke = links_to("joke")[0]
    seen = re.search(r'name="times" value="([^"]+)"', client.get(joke).content.decode())[1]
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
    anja.post(f"{TODAY}bezoek/{visit.public_id}/", {"day": "2026-11-26", "start": "15:00", "minutes": "180"})

    refused = client.post(joke, {"answer": "yes", "times": seen})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "De tijd is veranderd" in page
    assert ">15.00" in page
    assert who_goes("mevrouw De Vries", "2026-11-26") is None
    again = re.search(r'name="times" value="([^"]+)"', page)[1]
    assert client.post(joke, {"answer": "yes", "times": again}).status_code == 200
    assert who_goes("mevrouw De Vries", "2026-11-26") == "Joke"
