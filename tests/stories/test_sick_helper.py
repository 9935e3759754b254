"""Fatma is ill on Wednesday; Joke and Piet are asked; Joke goes; Mrs De Vries hears who comes."""

import re
from datetime import timedelta

from samen.base import clock, mail
from samen.base.models import Link
from samen.visits.models import Absence, Assignment, Offer
from tests import conftest
from tests.conftest import visit_of

TODAY = "/o/zorgzaam/"


def report(anja, fatma):
    answer = anja.post(f"{TODAY}ziek/", {"helper": fatma.public_id, "start": "today", "until": "3d"})
    assert answer.status_code == 302
    return answer["Location"]


def ticked(page):
    return re.findall(r'name="ask" value="([^"]+)"[^>]*checked', page.content.decode())


def send(anja, cockpit):
    return anja.post(cockpit, {"ask": ticked(anja.get(cockpit)), "send": "1"})


def links_to(name):
    """The links that were written to somebody, one for each question; that about Mrs De Vries comes first."""
    letters = [letter.body for letter in mail.MEMORY if letter.address.startswith(name) and "/l/" in letter.body]
    asked = [(link[1], body[: link.start()]) for body in letters for link in re.finditer(r"http://\S+?(/l/\S+/)", body)]
    asked.sort(key=lambda one: one[1].rpartition("/l/")[2].count("mevrouw De V.") == 0)
    return [link for link, _before in asked]


def test_the_whole_morning(stage, anja, phone, work, client, inside):
    cockpit = report(anja, stage.fatma)
    page = anja.get(cockpit).content.decode()
    assert "mevrouw De Vries" in page
    assert "Joke" in page
    assert "Piet" in page

    assert send(anja, cockpit).status_code == 302
    work()
    assert mail.MEMORY == [], "nothing leaves before the undo delay is over"
    work(later=21)
    asked = {letter.address.split(".")[0] for letter in mail.MEMORY}
    assert {"joke", "piet"} <= asked

    joke, piet = links_to("joke")[0], links_to("piet")[0]
    assert "Ja, ik ga" in client.get(joke).content.decode()
    with inside():
        assert (
            not Assignment.objects.standing()
            .filter(visit=visit_of(stage.homes["mevrouw De Vries"], "2026-11-25"))
            .exists()
        ), "opening changes nothing"
    assert client.post(joke, {"answer": "yes"}).status_code == 200
    assert client.post(piet, {"answer": "yes"}).status_code == 409
    work()

    to_household = [letter for letter in mail.MEMORY if letter.address.startswith("tineke")]
    assert len(to_household) == 1
    assert "Joke" in to_household[0].subject
    assert "ziek" not in to_household[0].body
    thanks = [letter for letter in mail.MEMORY if letter.address.startswith("piet") and "/l/" not in letter.body]
    assert len(thanks) == 1
    assert "Joke" in client.get(phone(stage.homes["mevrouw De Vries"])).content.decode()
    assert "mevrouw De Vries" in client.get(phone(stage.joke)).content.decode()


def test_fatma_reports_herself_in_two_taps_and_nobody_asks_why(stage, client, phone, inside):
    mine = phone(stage.fatma)
    assert "Ik ben ziek" in client.get(mine).content.decode()
    form = client.get(f"{mine}ziek/").content.decode()
    fields = set(re.findall(r'name="(\w+)"', form))
    assert fields - {"csrfmiddlewaretoken", "viewport", "language", "next"} == {"start", "until", "back"}

    answer = client.post(f"{mine}ziek/", {"start": "today", "until": "unknown"})

    assert "Beterschap" in answer.content.decode()
    with inside():
        absence = Absence.objects.get(helper=stage.fatma)
        assert absence.expected_until is None
        assert {field.name for field in Absence._meta.fields}.isdisjoint({"reason", "note", "text", "cause"})


def test_two_people_who_report_at_once_make_one_absence(stage, anja, client, phone, inside):
    report(anja, stage.fatma)
    client.post(f"{phone(stage.fatma)}ziek/", {"start": "today", "until": "unknown"})

    with inside():
        assert Absence.objects.filter(helper=stage.fatma).count() == 1


def test_the_first_yes_wins_and_the_answer_can_be_given_twice(stage, anja, work, client, inside):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    joke = links_to("joke")[0]

    assert client.post(joke, {"answer": "yes"}).status_code == 200
    assert client.post(joke, {"answer": "yes"}).status_code == 200

    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert Assignment.objects.standing().filter(visit=visit).count() == 1


def test_undo_calls_everything_back_before_it_leaves(stage, anja, work, inside):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)

    anja.post(f"{cockpit}ongedaan/")
    work(later=30)

    assert mail.MEMORY == []
    with inside():
        assert not Offer.objects.filter(withdrawn_at=None).exists()
    assert ticked(anja.get(cockpit)), "the proposal is there again"


def test_after_undo_the_questions_can_be_sent_again(stage, anja, work):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    anja.post(f"{cockpit}ongedaan/")

    send(anja, cockpit)
    work(later=30)

    assert links_to("joke")


def test_calling_back_the_next_questions_leaves_those_before_as_they_were(stage, anja, work, client, phone):
    cockpit = report(anja, stage.fatma)
    joke, *others = ticked(anja.get(cockpit))
    anja.post(cockpit, {"ask": joke})
    work(later=21)
    assert "mevrouw De V." in client.get(phone(stage.joke)).content.decode()

    anja.post(cockpit, {"ask": others})
    while_it_may_be_called_back = client.get(phone(stage.joke)).content.decode()
    anja.post(f"{cockpit}ongedaan/")

    assert "mevrouw De V." in while_it_may_be_called_back
    assert "mevrouw De V." in client.get(phone(stage.joke)).content.decode()


def test_what_never_left_counts_for_nobody_as_asked_however_late_it_is_called_back(stage, anja, inside):
    cockpit = report(anja, stage.fatma)
    before = ticked(anja.get(cockpit))
    for _ in range(2):
        anja.post(cockpit, {"ask": before})
        conftest.move_clock(seconds=120)  # nothing leaves: the worker is away

        page = anja.post(f"{cockpit}ongedaan/", follow=True)

        assert "Niemand heeft iets ontvangen" in page.content.decode()
        assert set(ticked(page)) == set(before)


def test_undo_is_too_late_when_the_first_has_left(stage, anja, work, inside):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)

    anja.post(f"{cockpit}ongedaan/")

    with inside():
        assert Offer.objects.filter(withdrawn_at=None).exists()


def test_pressing_send_twice_sends_once(stage, anja, work, inside):
    cockpit = report(anja, stage.fatma)
    asks = ticked(anja.get(cockpit))
    anja.post(cockpit, {"ask": asks})
    anja.post(cockpit, {"ask": asks})
    work(later=21)

    with inside():
        assert sum(letter.body.count("/l/") for letter in mail.MEMORY) == Offer.objects.count()
        assert len(mail.MEMORY) == Offer.objects.values("helper").distinct().count(), "one message for each helper"


def test_taking_the_report_back_gives_fatma_her_visits_again(stage, anja, inside):
    cockpit = report(anja, stage.fatma)

    assert anja.post(f"{cockpit}terugnemen/").status_code == 302

    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert Assignment.objects.standing().get(visit=visit).helper_id == stage.fatma.pk


def test_a_helper_who_became_ill_meanwhile_cannot_say_yes(stage, anja, work, client, phone):
    send(anja, report(anja, stage.fatma))
    work(later=21)
    joke = links_to("joke")[0]
    client.post(f"{phone(stage.joke)}ziek/", {"start": "today", "until": "unknown"})

    assert client.post(joke, {"answer": "yes"}).status_code == 409


def test_the_household_that_employs_its_helper_may_hear_of_illness_and_no_other(stage, anja, work, client):
    send(anja, report(anja, stage.fatma))
    work(later=21)
    for name in ("joke", "kim", "piet", "agnieszka"):
        for link in links_to(name):
            client.post(link, {"answer": "yes"})
    work()

    told = {letter.address.split(".")[0]: letter.body for letter in mail.MEMORY}
    assert "ziek gemeld" in told["marloes"]
    assert "ziek" not in told["tineke"]


def test_an_answer_no_asks_for_no_reason(stage, anja, work, client, inside):
    send(anja, report(anja, stage.fatma))
    work(later=21)

    page = client.post(links_to("piet")[0], {"answer": "no"})

    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    with inside():
        assert Offer.objects.filter(helper=stage.piet, answer="NO").count() == 1


def test_the_household_confirms_that_it_has_seen_who_comes(stage, anja, work, client, phone, inside):
    send(anja, report(anja, stage.fatma))
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    mine = phone(stage.homes["mevrouw De Vries"])

    assert client.post(f"{mine}gezien/").status_code == 302

    assert "Gezien, dank u" not in client.get(mine).content.decode()


def test_ill_again_weeks_later_is_a_new_absence_and_her_visits_are_looked_after(stage, anja, inside):
    with inside():
        Absence.objects.create(
            helper=stage.fatma,
            kind="ILLNESS",
            starts_at="2026-11-02T08:00+01:00",
            expected_until="2026-11-06T00:00+01:00",
            reported_by_kind="SYSTEM",
        )

    report(anja, stage.fatma)

    with inside():
        assert Absence.objects.filter(helper=stage.fatma).count() == 2
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert not Assignment.objects.standing().filter(visit=visit).exists()


def test_a_helper_who_is_better_can_be_ill_again(stage, anja, inside):
    cockpit = report(anja, stage.fatma)

    assert anja.post(f"{cockpit}beter/").status_code == 302

    assert "ziek gemeld sinds" not in anja.get(f"/o/zorgzaam/hulp/{stage.fatma.public_id}/").content.decode()
    assert report(anja, stage.fatma) != cockpit
    with inside():
        assert Absence.objects.filter(helper=stage.fatma, ended_at=None).count() == 1


def test_an_old_link_shows_nothing_but_whom_to_call(stage, client, phone, inside):
    mine = phone(stage.fatma)
    with inside():
        Link.objects.filter(object_ref=stage.fatma.public_id).update(expires_at=clock.now() - timedelta(seconds=1))

    answer = client.get(mine)

    assert answer.status_code == 410
    assert "035 555 01 10" in answer.content.decode()
    assert "De Vries" not in answer.content.decode()


def test_where_nobody_can_go_the_page_shows_what_would_make_it_possible(stage, anja, inside):
    for name in ("joke", "piet", "kim", "tom", "agnieszka", "riet"):
        report(anja, getattr(stage, name))
    cockpit = report(anja, stage.fatma)
    at_first = anja.get(cockpit).content.decode()
    page = anja.get(f"{cockpit}?mogelijk=1").content.decode()
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")

    assert at_first.count(f'hx-get="{cockpit}?mogelijk=1" hx-trigger="load"') == 1
    assert f'<a class="quiet-link" href="{cockpit}?mogelijk=1">Wat zou het mogelijk maken?</a>' in at_first
    assert 'hx-trigger="load"' not in page
    row = page.partition("mevrouw De Vries")[2].partition("</tr>")[0]
    assert "Niemand kan." in row
    assert "Zo zou het wel kunnen" in row
    steps = re.findall(r"<li>([^<]+)</li>", row)
    assert steps[-1] == "Overslaan, en het huishouden op tijd laten weten"
    assert f"/bezoek/{visit.public_id}/" in row


def test_why_the_others_cannot_is_told_in_full_by_who_opens_it(stage, anja, zoe, inside):
    cockpit = report(anja, stage.fatma)
    page = anja.get(cockpit).content.decode()
    found = re.search(rf'hx-get="({cockpit}waarom/[^"]+)"', page)[1]
    told = int(re.search(r"Waarom niet de anderen\? \((\d+)\)", page)[1])

    whole, part = anja.get(found), anja.get(found, headers={"HX-Request": "true"})

    reasons = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", part.content.decode())
    assert len(reasons) == told
    assert ("Fatma", "kan zelf ook niet") in reasons
    assert reasons == re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", whole.content.decode())
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert zoe.get(found).status_code == zoe.get(found.replace("zorgzaam", "buren")).status_code == 404


def test_no_after_yes_is_no_way_out_unseen(stage, anja, work, client, inside):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    joke = links_to("joke")[0]
    said = re.search(r'value="NO:(ask:[^:]+:' + str(stage.joke.public_id) + ')"', anja.get(cockpit).content.decode())[1]
    client.post(joke, {"answer": "yes"})

    page = client.post(joke, {"answer": "no"})  # back, and the other button of the old page
    rung = anja.post(f"{cockpit}gebeld/", {"said": f"NO:{said}"}, follow=True).content.decode()

    assert page.status_code == 409
    assert re.search(r'role="alert".*?Je zei al ja, dus we rekenen op je', page.content.decode(), re.DOTALL)
    assert "Dit is intussen veranderd" in rung
    assert "Genoteerd: nee" not in rung
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        assert Assignment.objects.standing().get(visit=visit).helper == stage.joke
