"""What was promised turns out otherwise: the household would rather have another, or a yes is called off."""

import re

import pytest

from samen.base import mail
from samen.base.models import JournalLine
from samen.people.models import Person
from samen.visits.models import Assignment, Objection, Offer
from tests import conftest
from tests.conftest import visit_of
from tests.stories.test_calling import call_list, on_the_list
from tests.stories.test_choosing import letters_to
from tests.stories.test_sick_helper import TODAY, links_to, report, send

DE_VRIES, DAY = "mevrouw De Vries", "2026-11-25"


@pytest.fixture
def covered(stage, anja, work, client):
    """Fatma is ill, Joke said yes to Mrs De Vries, and Mrs De Vries was told."""
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    work()
    return cockpit


@pytest.fixture
def goes(stage, inside):
    def to(household=DE_VRIES, day=DAY):
        with inside():
            visit = visit_of(stage.homes[household], day)
            standing = Assignment.objects.standing().filter(visit=visit).select_related("helper__person").first()
            return standing.helper.person.first_name if standing else None

    return to


@pytest.fixture
def objected(stage, covered, client, phone):
    """Mrs De Vries would rather have somebody else, and says why."""
    mine = phone(stage.homes[DE_VRIES])
    page = client.get(mine).content.decode()
    assert "Liever niet Joke?" in page
    offer = re.search(r'name="offer" value="([^"]+)"', page)[1]
    answer = client.post(f"{mine}liever-niet/", {"offer": offer, "reason": "Zij praat zo hard"})
    assert answer.status_code == 302
    mail.MEMORY.clear()
    return mine


def decide(anja, cockpit, decision):
    page = anja.get(cockpit).content.decode()
    assert f'name="decision" value="{decision}"' in page
    answer = {"objection": re.search(r'name="objection" value="([^"]+)"', page)[1], "decision": decision}
    assert anja.post(f"{cockpit}liever-niet/", answer).status_code == 302
    return answer


def test_nothing_promised_goes_away_before_a_coordinator_decides(
    stage, anja, covered, objected, work, client, phone, goes
):
    work(later=60)

    assert goes() == "Joke"
    assert mail.MEMORY == [], "nobody hears anything yet"
    assert "Wij weten dat u liever een ander heeft dan Joke" in client.get(objected).content.decode()
    assert "Zij praat zo hard" not in client.get(phone(stage.joke)).content.decode()
    row = anja.get(covered).content.decode()
    assert "Het huishouden heeft liever een ander dan Joke" in row
    assert "Zij praat zo hard" in row
    assert "Ook kunnen" in row
    file = anja.get(f"{TODAY}huishouden/{stage.homes[DE_VRIES].public_id}/").content.decode()
    assert "Joke: “Zij praat zo hard”" in file
    assert f'href="{covered}"' in file
    assert "mevrouw De Vries liever niet Joke" in anja.get(TODAY).content.decode()


def test_said_twice_it_is_said_once_and_another_household_cannot_say_it(
    stage, covered, objected, client, phone, inside
):
    with inside():
        offer = str(Offer.objects.get(objections__isnull=False).public_id)

    client.post(f"{objected}liever-niet/", {"offer": offer, "reason": "Nog eens"})
    smit = phone(stage.homes["familie Smit"])

    assert client.post(f"{smit}liever-niet/", {"offer": offer}).status_code == 404
    assert client.post(f"{objected}liever-niet/", {"offer": "onzin"}).status_code == 422
    with inside():
        assert Objection.objects.get().reason == "Zij praat zo hard"


def test_what_it_says_by_telephone_a_colleague_notes_and_it_is_the_same(anja, covered, work, goes, client, inside):
    row = anja.get(covered).content.decode().partition(DE_VRIES)[2].partition("</tr>")[0]
    assert "Liever niet Joke, zegt het huishouden?" in row
    said = re.search(r'name="said" value="(RATHER_NOT:[^"]+)"', row)[1]
    mail.MEMORY.clear()

    noted = anja.post(f"{covered}gebeld/", {"said": said, "reason": "Zij praat zo hard"}, follow=True)
    work(later=60)

    page = noted.content.decode()
    assert "Genoteerd: liever niet Joke" in page
    assert "Zij praat zo hard" in page
    assert 'name="decision" value="LOOK"' in page
    assert "zegt het huishouden?" not in page, "it is noted once"
    assert goes() == "Joke"
    assert mail.MEMORY == [], "nobody hears anything before somebody decides"
    with inside():
        assert Objection.objects.get().said_by_kind == "COLLEAGUE"
    decide(anja, covered, "LOOK")
    assert goes() is None


def test_she_comes_after_all_and_the_household_hears_it(anja, covered, objected, work, client, goes):
    decide(anja, covered, "KEEP")
    work()

    assert goes() == "Joke"
    (told,) = mail.MEMORY
    assert told.address.startswith("tineke")
    assert "Joke komt wel" in told.body
    assert "Joke komt wel" in client.get(objected).content.decode()
    assert 'name="decision"' not in anja.get(covered).content.decode()


def test_look_further_thanks_her_kindly_tells_the_household_and_does_not_ask_her_again(
    stage, anja, covered, objected, work, client, goes
):
    decide(anja, covered, "LOOK")
    work()

    assert goes() is None
    (joke,) = letters_to("joke")
    assert "hoeft niet meer" in joke.subject
    assert "praat" not in joke.body
    assert "liever" not in joke.body
    (told,) = letters_to("tineke")
    assert "zoeken iemand anders" in told.subject
    assert "vóór" in told.body
    assert "Wij zoeken iemand voor u" in client.get(objected).content.decode()
    row = anja.get(covered).content.decode().partition(DE_VRIES)[2].partition("</tr>")[0]
    asked = re.findall(r'name="ask" value="([^"]+)"', row)
    assert asked, "the visit looks for somebody again"
    assert not [pair for pair in asked if pair.endswith(str(stage.joke.public_id))]
    why = re.search(r'"([^"]+\?bezoek=[^"]+)"', row)[1]
    assert "heeft liever een ander" in anja.get(why).content.decode()
    assert "huishouden weet dat we zoeken" in row


def test_nobody_comes_this_time_when_the_coordinator_says_so(anja, covered, objected, work, client, goes):
    decide(anja, covered, "SKIP")
    work()

    assert goes() is None
    assert "hoeft niet meer" in letters_to("joke")[0].subject
    assert "niemand" in letters_to("tineke")[0].subject
    assert "Er komt niemand: " in client.get(objected).content.decode()


def test_who_is_rung_stands_on_the_call_list_until_told(stage, anja, covered, objected, work, inside):
    with inside():
        Person.objects.filter(first_name__in=["Tineke", "Joke"]).update(channel="PHONE")

    decide(anja, covered, "LOOK")

    joke, tineke = (on_the_list(anja.get(covered), name) for name in ("Joke", "Tineke"))
    assert "Je hoeft niet naar mevrouw De Vries" in joke["script"]
    assert "Joke komt niet" in tineke["script"]
    for one in (joke, tineke):
        anja.post(f"{covered}gebeld/", {"said": f"TOLD:{one['about']}"})
    assert not {one["about"] for one in call_list(anja.get(covered))} & {joke["about"], tineke["about"]}


def test_the_first_decision_holds_and_the_journal_says_who_took_it(anja, covered, objected, goes, inside):
    answer = decide(anja, covered, "KEEP")

    anja.post(f"{covered}liever-niet/", answer | {"decision": "SKIP"})
    assert anja.post(f"{covered}liever-niet/", answer | {"decision": "onzin"}).status_code == 422

    assert goes() == "Joke"
    with inside():
        kept = JournalLine.objects.filter(fact="objection_kept")
        assert [line.actor_kind for line in kept] == ["COLLEAGUE"]


def test_a_yes_is_called_off_after_it_was_told_and_everybody_hears_it_in_their_own_way(
    stage, anja, covered, work, client, goes, inside
):
    joke = links_to("joke")[0]
    with inside():
        Person.objects.filter(first_name="Tineke").update(channel="PHONE")
    mail.MEMORY.clear()

    page = anja.get(f"{covered}afzeggen/").content.decode()
    line = page.partition("Joke gaat naar mevrouw De Vries")[2].partition("</li>")[0]
    assert "per mail" in line
    assert "komt op de bellijst" in line
    assert "binnen 4 dagen" in line
    assert "3 uur" in line
    assert "art. 628a" in line
    assert goes() == "Joke", "looking changes nothing"
    offers = re.findall(r'name="offer" value="([^"]+)"', page)
    answer = anja.post(f"{covered}afzeggen/", {"offer": offers}, follow=True).content.decode()
    work()

    assert goes() is None
    assert [letter.subject for letter in letters_to("joke")].count("Je hoeft niet meer te gaan") == 1
    assert "hoeft niet meer te antwoorden" in letters_to("kim")[0].subject
    assert "Joke komt niet" in on_the_list(anja.get(covered), "Tineke")["script"]
    assert "hoeft niet meer te gaan" in client.get(joke).content.decode()
    assert "zijn afgezegd" in answer
    assert anja.post(f"{covered}afzeggen/", {"offer": offers}).status_code == 422, "done twice, it is done once"
    with inside():
        facts = set(JournalLine.objects.filter(actor_kind="COLLEAGUE").values_list("fact", flat=True))
        assert {"promise_called_off", "question_called_off"} <= facts


def test_who_said_yes_after_the_page_was_looked_at_is_not_called_off_unseen(anja, stage, work, client, goes):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    offers = re.findall(r'name="offer" value="([^"]+)"', anja.get(f"{cockpit}afzeggen/").content.decode())
    client.post(links_to("joke")[0], {"answer": "yes"})

    answer = anja.post(f"{cockpit}afzeggen/", {"offer": offers})

    assert answer.status_code == 422
    assert "Iemand antwoordde intussen" in answer.content.decode()
    assert goes() == "Joke"


def test_back_early_who_was_told_that_we_look_hears_that_the_own_helper_comes(stage, anja, covered, work, goes):
    anja.post(f"{covered}zoeken/")
    work()
    mail.MEMORY.clear()

    anja.post(f"{covered}beter/")
    work()

    assert goes() == "Joke", "what was promised stays"
    assert goes("meneer Vos", "2026-11-27") == "Fatma"
    (henk,) = letters_to("henk")
    assert "Fatma komt toch" in henk.subject
    assert not letters_to("tineke"), "she keeps whom she was promised"

    offers = re.findall(r'name="offer" value="([^"]+)"', anja.get(f"{covered}afzeggen/").content.decode())
    anja.post(f"{covered}afzeggen/", {"offer": offers})
    work()

    assert goes() == "Fatma", "with a coordinator's yes"
    assert "Fatma komt toch" in letters_to("tineke")[0].subject


@pytest.mark.parametrize("decision", ["KEEP", "LOOK", "SKIP"])
def test_a_decision_that_comes_after_the_visit_began_is_none_and_says_so(anja, covered, objected, work, goes, decision):
    asked = re.search(r'name="objection" value="([^"]+)"', anja.get(covered).content.decode())[1]
    conftest.set_clock("2026-11-25 10:05 Europe/Amsterdam")

    answer = {"objection": asked, "decision": decision}
    page = anja.post(f"{covered}liever-niet/", answer, follow=True).content.decode()
    work()

    assert "Er is niets besloten" in page
    assert "hoort" not in " ".join(re.findall(r'<span class="text">(.*?)</span>', page))
    assert mail.MEMORY == []
    assert goes() == "Joke"


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("overslaan/", {}),
        ("hulp/", {"helper": "piet", "scope": "one"}),
        ("plek/", {"helper": "piet", "day": DAY}),
        ("", {"day": "2026-11-25", "start": "10:30", "minutes": "150", "scope": "one"}),
    ],
)
def test_a_colleague_who_changes_a_promised_visit_reads_who_hears_it(stage, anja, covered, inside, address, answer):
    with inside():
        visit = visit_of(stage.homes[DE_VRIES], DAY).public_id
    if "helper" in answer:
        answer = answer | {"helper": getattr(stage, answer["helper"]).public_id}

    page = anja.post(f"{TODAY}bezoek/{visit}/{address}", answer, follow=True).content.decode()

    said = " ".join(re.findall(r'<span class="text">(.*?)</span>', page))
    assert "Joke en mevrouw De Vries horen het over een minuut" in said


def test_what_looks_for_somebody_again_is_ticked_and_who_was_thanked_is_asked_once_more(
    anja, covered, objected, work, client, goes
):
    piet = len(links_to("piet"))
    decide(anja, covered, "LOOK")
    work()

    assert send(anja, covered).status_code == 302
    work(later=21)

    assert piet == 0
    asked = links_to("piet")
    assert "mevrouw De V." in client.get(asked[0]).content.decode()
    client.post(asked[0], {"answer": "yes"})
    assert goes() == "Piet"
