"""The flu goes round: many are ill at once, one page asks for all of them, and nobody gets more than one message."""

import html
import re
from collections import Counter
from datetime import timedelta

import pytest

from samen.base import clock, mail
from samen.base.models import OutboxMessage
from samen.people import asking
from samen.people.models import Helper, Person
from samen.visits import texting, words
from samen.visits.models import Absence, Offer
from tests.stories.test_languages import OTHERS, untranslated
from tests.stories.test_sick_helper import TODAY, report, ticked

__all__ = ["untranslated"]  # a fixture
ALL, LENT = f"{TODAY}vervanging/", f"{TODAY}uitlenen/"
ILL = ("fatma", "riet", "tom")


@pytest.fixture
def flu(stage, anja):
    """Three of eight are ill since this morning."""
    return [report(anja, getattr(stage, name)) for name in ILL]


def rows(page):
    """The text of every household's line, and to which part of the page it belongs."""
    text = page.content.decode()
    parts = re.split(r'<tr class="day">.*?scope="rowgroup">', text)[1:]
    return {
        part.split(" <")[0]: [re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", row))) for row in lines]
        for part in parts
        if (lines := re.findall(r'<tr class="\w+" id="row-.*?</tr>', part, re.DOTALL))
    }


def test_one_page_sends_all_questions_and_nobody_gets_two_messages(stage, anja, flu, work, inside):
    assert f'href="{ALL}"' in anja.get(TODAY).content.decode()
    page = anja.get(ALL)
    shown = rows(page)
    assert next(iter(shown)) == "Vandaag"
    assert "heeft de hulp zelf in dienst" in page.content.decode(), "whoever is sent there works for us"
    assert any("mevrouw De Vries" in row and "in plaats van Fatma" in row for row in shown["Vandaag"])
    assert len(shown) > 1

    for _hand in range(2):
        assert anja.post(ALL, {"ask": ticked(page)}).status_code == 302
    work(later=21)

    with inside():
        asked = list(Offer.objects.values_list("helper", "visits__visit__starts_at", "visits__visit__ends_at"))
        questions = Counter(Offer.objects.values_list("helper", flat=True))
    for helper, start, end in asked:
        at_once = [one for one in asked if one[0] == helper and one[1] < end and one[2] > start]
        assert len(at_once) == 1, "nobody is asked for two visits at once"
    got = Counter(letter.recipient_ref for letter in mail.MEMORY)
    assert max(questions.values()) > 1, "somebody was asked about more households than one"
    assert set(got.values()) == {1}, "and read it in one message"
    assert len(got) == len(questions)
    assert "gevraagd: " in anja.get(ALL).content.decode()
    assert anja.post(ALL, {}).status_code == 422


def test_each_question_of_one_message_is_answered_by_itself(stage, anja, flu, work, client, inside, untranslated):
    with inside():
        Person.objects.filter(helpers__isnull=False).update(language="ar")
    anja.post(ALL, {"ask": ticked(anja.get(ALL))})
    work(later=21)
    letter = max(mail.MEMORY, key=lambda one: one.body.count("/l/"))
    first, second, *_more = re.findall(r"http://testserver(/l/\S+)", letter.body)
    with inside():
        helper = Helper.objects.get(person__public_id=letter.recipient_ref)
        asked = [(one, [one.visits.first().visit], "https://x/") for one in helper.offers.order_by("pk")]
        for language in OTHERS:
            asked[0][0].helper.person.language = language
            assert texting.offers(asked).body
            assert words.offers(asked).body.count("https://x/") == len(asked)

    page = client.get(first).content.decode()
    assert second in page, "the page of one question leads to the next"
    assert 'dir="rtl"' in page
    assert client.post(first, {"answer": "yes"}).status_code == 200
    assert client.post(second, {"answer": "no"}).status_code == 200

    assert untranslated == set()
    with inside():
        assert Counter(helper.offers.values_list("answer", flat=True)) >= Counter({"YES": 1, "NO": 1})


def test_everything_is_called_back_at_once_or_one_absence_alone(stage, anja, flu, work, inside):
    anja.post(ALL, {"ask": ticked(anja.get(ALL))})
    assert "Ongedaan maken" in anja.get(ALL).content.decode()
    assert anja.post(f"{ALL}ongedaan/").status_code == 302
    work(later=30)
    assert mail.MEMORY == []
    with inside():
        assert not Offer.objects.filter(withdrawn_at=None).exists()

    anja.post(ALL, {"ask": ticked(anja.get(ALL))})
    anja.post(f"{flu[0]}ongedaan/")
    work(later=30)

    with inside():
        left = Offer.objects.filter(withdrawn_at=None).exclude(channel="PHONE")
        assert left.exists()
        assert not left.filter(round__absence__helper=stage.fatma).exists()
        links = [link for one in mail.MEMORY for link in re.findall(r"/l/\S+", one.body)]
        assert len(links) == len(set(links)) == left.count(), "what the others were asked left without the rest"
        assert not OutboxMessage.objects.filter(state="QUEUED").exists()


@pytest.fixture
def nobody(stage, anja, inside):
    """Of Team Zuid nobody is left; of Team Noord Lotte lives around the corner."""
    with inside():
        for helper in Helper.objects.filter(team=stage.fatma.team).exclude(pk=stage.fatma.pk):
            Absence.objects.create(helper=helper, kind="LEAVE", starts_at=clock.now(), reported_by_kind="SYSTEM")
    return report(anja, stage.fatma)


def lent(anja, cockpit):
    """The button by which somebody of another team is asked for mevrouw De Vries; "" when there is none."""
    page = anja.get(f"{cockpit}?mogelijk=1").content.decode()
    row = page.partition("mevrouw De Vries")[2].partition("</tr>")[0]
    found = re.search(r'form="neighbour" name="ask" value="([^"]+)"', row)
    return found[1] if found else ""


def test_a_neighbour_is_asked_with_the_knowledge_of_her_team_which_may_say_rather_not(
    stage, anja, nobody, signed_in, zoe, work, client, inside
):
    eva, ask = signed_in("Eva"), lent(anja, nobody)
    with inside():
        helper = Helper.objects.select_related("person").get(public_id=ask.split(":")[1])
    asks_her = f"Team Zuid vraagt {helper.person.first_name} van jullie team"
    anja.post(nobody, {"ask": ask})
    work(later=21)
    board = eva.get(TODAY).content.decode()
    assert asks_her in board
    assert "mevrouw De V." in board
    assert "mevrouw De Vries" not in board
    link = re.search(r"http://testserver(/l/\S+)", mail.MEMORY[0].body)[1]
    with inside():
        offer = {"offer": Offer.objects.get(helper=helper).public_id}
    assert zoe.post(LENT.replace("zorgzaam", "buren"), offer).status_code == 404
    assert anja.post(LENT, offer).status_code == 404, "it is her own question"

    assert eva.post(LENT, offer).status_code == 302
    work()

    assert client.post(link, {"answer": "yes"}).status_code == 409
    assert [letter.recipient_ref for letter in mail.MEMORY] == [helper.person.public_id] * 2, "she hears it too"
    assert asks_her not in eva.get(TODAY).content.decode()
    anja.post(nobody, {"ask": ask})
    with inside():
        assert Offer.objects.filter(helper=helper).count() == 1, "she is not asked again for this household"
    assert eva.post(LENT, {}).status_code == 422


def test_a_neighbour_who_does_not_want_to_be_asked_is_not(stage, anja, nobody, actor, inside):
    ask, at = lent(anja, nobody), clock.now()
    with inside():
        helper = Helper.objects.get(public_id=ask.split(":")[1])
        asking.allow(helper, week={}, pause_until=at.date() + timedelta(days=9), by=actor, at=at)

    anja.post(nobody, {"ask": ask})

    with inside():
        assert not Offer.objects.exists()
    assert str(helper.public_id) not in lent(anja, nobody)
