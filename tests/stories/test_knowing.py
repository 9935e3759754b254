"""Who stands in somewhere new reads an initial and a town, and the name and the address when she is about to go."""

import html
import re

import pytest

from samen.base import clock, links, mail
from samen.base.models import Link
from samen.base.tenancy import SYSTEM
from samen.people import ways_in
from samen.visits.models import Assignment
from tests.conftest import set_clock, visit_of
from tests.stories.test_choosing import choices, letters_to
from tests.stories.test_sick_helper import TODAY, report, send

PETERS, DE_VRIES = "familie Peters", "mevrouw De Vries"
WHO, WHERE = "Peters", "Dorpsstraat"


def text(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode())))


@pytest.fixture
def says_yes(anja, work, client, inside):
    """This helper says yes to what she was asked about this household; the answer is the page she sees then."""

    def say(helper, household):
        with inside():
            offer = helper.offers.get(household=household, withdrawn_at=None)
            row = Link.objects.get(object_ref=offer.public_id)
        address = f"/l/{links.token(row.public_id)}/"
        return address, client.post(address, {"answer": "yes"})

    return say


def test_name_and_address_come_at_six_in_the_evening_before_and_go_two_hours_after(
    stage, anja, work, client, phone, says_yes, inside
):
    with inside():
        tomorrow = visit_of(stage.homes[PETERS], "2026-11-26").public_id
        ways_in.describe(stage.homes[PETERS], kind="SAFE", secret="4711", by=SYSTEM, at=clock.now())
    send(anja, report(anja, stage.fatma))
    work(later=21)
    address, thanks = says_yes(stage.kim, stage.homes[PETERS])
    home = phone(stage.kim)
    one = f"{home}bezoek/{tomorrow}/"

    def read():
        return [text(client.get(page)) for page in (address, home, one)]

    for page in [text(thanks), *read()]:
        assert not [word for word in (WHO, WHERE, "Hoe je binnenkomt") if word in page]
        assert "familie P." in page
        assert "Hilversum" in page
        assert "anaf vandaag 18.00" in page
    assert "minuten" in text(thanks)
    assert "4711" not in text(client.post(f"{one}sleutel/"))
    set_clock("2026-11-25 17:59 Europe/Amsterdam")
    assert not any(WHO in page for page in read())

    set_clock("2026-11-25 18:00 Europe/Amsterdam")
    for page in read():
        assert WHO in page
        assert WHERE in page
        assert "anaf vandaag" not in page
    assert "4711" in text(client.post(f"{one}sleutel/"))

    set_clock("2026-11-26 14:29 Europe/Amsterdam")
    assert WHO in text(client.get(home))
    set_clock("2026-11-26 14:31 Europe/Amsterdam")
    client.post(one, {"outcome": "DONE"})
    hours = f"{home}uren/huishouden/{stage.homes[PETERS].public_id}/"
    for page in [*read()[1:], *(text(client.get(f"{one}?maand=2026-11")) for one in (f"{home}uren/", hours))]:
        assert "familie P." in page
        assert not [word for word in (WHO, WHERE) if word in page]


def test_what_begins_before_that_is_said_at_once_and_the_next_time_she_knows_them(
    stage, anja, work, client, phone, says_yes
):
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    send(anja, answer["Location"])
    work(later=21)

    _, thanks = says_yes(stage.piet, stage.homes[DE_VRIES])

    assert DE_VRIES in text(thanks)
    assert "Vijverlaan" in text(thanks)
    today, next_week = text(client.get(phone(stage.piet))).split("Daarna")
    assert "Vijverlaan" in today
    assert "mevrouw De V." in next_week
    assert DE_VRIES not in next_week
    set_clock("2026-11-25 15:01 Europe/Amsterdam")
    again = text(client.get(phone(stage.piet))).split("Daarna")[1]
    assert DE_VRIES in again, "she was there"
    assert "De V." not in again


def test_who_goes_there_of_her_own_or_was_there_before_knows_them_at_once(
    stage, anja, work, client, phone, says_yes, inside
):
    with inside():  # tomorrow she is at Mrs Jansen's for the first time, of her own
        before = Assignment.objects.filter(visit__household=stage.homes["mevrouw Jansen"], ends_at__lte=clock.now())
        before.delete()
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    send(anja, answer["Location"])
    work(later=21)

    says_yes(stage.joke, stage.homes[DE_VRIES])  # she stood in there some weeks ago

    page = text(client.get(phone(stage.joke)))
    assert page.count(DE_VRIES) == 2
    assert "mevrouw Jansen" in page
    assert "Naam en adres vanaf" not in page


def test_no_message_holds_what_its_page_keeps_for_the_evening_before(stage, anja, work, says_yes):
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    send(anja, answer["Location"])
    work(later=21)
    says_yes(stage.kim, stage.homes[PETERS])
    mail.MEMORY.clear()

    offer, _name = choices(anja.get(answer["Location"]))[0]
    anja.post(f"{answer['Location']}keuze/", {"offer": offer})
    work()

    (told,) = letters_to("kim")
    assert "familie P." in told.subject
    assert "18.00 uur de dag ervoor" in told.body
    assert WHO not in told.subject + told.body
