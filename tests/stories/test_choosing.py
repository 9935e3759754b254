"""For a period the coordinator chooses among those who said yes; who says no, or nothing, makes room for the next."""

import re

import pytest

from samen.base import clock, links, mail
from samen.base.models import Link, OutboxMessage
from samen.people import wishes
from samen.people.models import AskRight, Helper
from samen.visits.models import Absence, Assignment, Offer
from tests.conftest import visit_of
from tests.stories.test_calling import call_list, on_the_list, rang
from tests.stories.test_sick_helper import TODAY, links_to, report, send, ticked

PETERS = "familie Peters"


@pytest.fixture
def asked(stage, anja, work):
    """Fatma is ill, nobody knows until when, and everybody was asked for everything."""
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    send(anja, answer["Location"])
    work(later=21)
    return answer["Location"]


@pytest.fixture
def questions(stage, inside):
    """The address of every question to a household, by the helper's first name."""

    def of(household):
        with inside():
            offers = Offer.objects.filter(household=stage.homes[household], withdrawn_at=None)
            found = {
                offer.helper.person.first_name: offer.public_id for offer in offers.select_related("helper__person")
            }
            rows = Link.objects.filter(object_ref__in=found.values())
            by_offer = {link.object_ref: f"/l/{links.token(link.public_id)}/" for link in rows}
        return {name: by_offer[offer] for name, offer in found.items()}

    return of


def letters_to(name):
    return [letter for letter in mail.MEMORY if letter.address.startswith(name.lower())]


def choices(page):
    return re.findall(r'form="choose" name="offer" value="([^"]+)"[^>]*>\s*Kies (\w+)', page.content.decode())


def test_of_two_who_say_yes_the_coordinator_chooses_one_and_everybody_hears(
    anja, asked, questions, client, work, who_goes
):
    first, second, *_ = asked_for = questions(PETERS)
    for name in (first, second):
        page = client.post(asked_for[name], {"answer": "yes"}).content.decode()
        assert "Je team kiest wie er gaat" in page
        assert "Peters" not in page, "who is not chosen yet need not know who it is"
    assert who_goes(PETERS, "2026-11-26") is None
    assert "kies wie er gaat" in anja.get(TODAY).content.decode()
    mail.MEMORY.clear()

    offers = {name: offer for offer, name in choices(anja.get(asked))}
    assert set(offers) == {first, second}
    anja.post(f"{asked}keuze/", {"offer": offers[second]})
    work()

    assert who_goes(PETERS, "2026-11-26") == who_goes(PETERS, "2026-12-03") == second
    assert "familie P." in letters_to(second)[0].body
    assert "geregeld" in letters_to(first)[0].subject
    assert second in letters_to("ruud")[0].subject
    assert "Al geregeld" in client.get(asked_for[first]).content.decode()
    assert "Fijn, jij gaat" in client.get(asked_for[second]).content.decode()


def test_a_yes_to_a_part_is_booked_for_that_part_and_the_rest_stays_open(
    stage, anja, asked, questions, client, inside, who_goes
):
    name, address = next(iter(questions(PETERS).items()))
    with inside():
        later = visit_of(stage.homes[PETERS], "2026-12-03").public_id
    assert str(later) in client.get(address).content.decode()

    assert client.post(address, {"answer": "yes", "left_out": str(later)}).status_code == 200
    ((offer, _),) = choices(anja.get(asked))[:1]
    anja.post(f"{asked}keuze/", {"offer": offer})

    assert who_goes(PETERS, "2026-11-26") == name
    assert who_goes(PETERS, "2026-12-03") is None


def test_each_time_the_own_helper_has_visits_again_the_household_hears_it(
    stage, anja, asked, questions, client, inside, work, who_goes
):
    _name, address = next(iter(questions(PETERS).items()))
    with inside():
        sooner = visit_of(stage.homes[PETERS], "2026-11-26").public_id
    client.post(address, {"answer": "yes", "left_out": str(sooner)})
    anja.post(f"{asked}keuze/", {"offer": choices(anja.get(asked))[0][0]})
    work()
    mail.MEMORY.clear()

    anja.post(f"{asked}beter/")
    work()
    assert who_goes(PETERS, "2026-11-26") == "Fatma"
    (first,) = letters_to("ruud")
    assert "Fatma komt toch" in first.subject
    assert "26 november" in first.body
    mail.MEMORY.clear()

    offers = re.findall(r'name="offer" value="([^"]+)"', anja.get(f"{asked}afzeggen/").content.decode())
    anja.post(f"{asked}afzeggen/", {"offer": offers})
    work()
    assert who_goes(PETERS, "2026-12-03") == "Fatma"
    (second,) = letters_to("ruud")
    assert "Fatma komt toch" in second.subject
    assert "3 december" in second.body
    assert "26 november" not in second.body


def test_a_yes_to_nothing_is_no_yes(stage, asked, questions, client, inside):
    address = next(iter(questions(PETERS).values()))
    with inside():
        both = [str(visit_of(stage.homes[PETERS], day).public_id) for day in ("2026-11-26", "2026-12-03")]

    answer = client.post(address, {"answer": "yes", "left_out": both})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_who_was_chosen_elsewhere_meanwhile_is_not_booked_twice(
    stage, anja, asked, questions, client, inside, work, who_goes
):
    address = next(iter(questions(PETERS).values()))
    client.post(address, {"answer": "yes"})
    ((offer, name),) = choices(anja.get(asked))[:1]
    with inside():
        helper = Offer.objects.get(public_id=offer).helper
        own = visit_of(stage.homes[PETERS], "2026-11-26")
        elsewhere = visit_of(stage.homes["mevrouw Jansen"], "2026-11-26")
        Assignment.objects.standing().filter(visit=elsewhere).delete()
        Assignment.objects.standing().filter(
            helper=helper, starts_at__lt=own.ends_at, ends_at__gt=own.starts_at
        ).delete()
        Assignment.objects.create(
            visit=elsewhere, helper=helper, starts_at=elsewhere.starts_at, ends_at=elsewhere.ends_at
        )

    assert "gaat dan intussen ergens anders heen" in first_row(anja, asked)

    page = anja.post(f"{asked}keuze/", {"offer": offer}, follow=True).content.decode()

    assert "gaat, maar niet elke keer" in page
    assert who_goes(PETERS, "2026-11-26") is None
    assert who_goes(PETERS, "2026-12-03") == name
    work()
    assert not any("26 november" in letter.body for letter in letters_to("ruud"))


def first_row(anja, cockpit):
    """What the cockpit shows of the first visit of the Peters family."""
    rows = re.findall(r'<tr class="[^"]*" id="row-.*?</tr>', anja.get(cockpit).content.decode(), re.DOTALL)
    return next(row for row in rows if PETERS in row)


def test_who_falls_ill_while_the_choice_waits_drops_out_and_the_row_looks_further(
    stage, anja, asked, questions, client, phone
):
    links = questions(PETERS)
    first, second, *rest = links
    for name in (first, second):
        client.post(links[name], {"answer": "yes"})
    for name in rest:
        client.post(links[name], {"answer": "no"})
    assert {name for _offer, name in choices(anja.get(asked))} == {first, second}

    client.post(f"{phone(getattr(stage, first.lower()))}ziek/", {"start": "today", "until": "unknown"})
    row = first_row(anja, asked)
    assert {name for _offer, name in choices(anja.get(asked))} == {second}
    assert "zei ja, maar kan zelf niet meer komen" in row
    assert "ziek" not in row

    client.post(f"{phone(getattr(stage, second.lower()))}ziek/", {"start": "today", "until": "unknown"})
    row = first_row(anja, asked)
    assert choices(anja.get(asked)) == []
    assert "Wie ja zei, kan niet meer" in row
    assert "je kiest" not in row
    assert "wie ja zei, kan niet meer" in anja.get(TODAY).content.decode()
    assert "kies wie er gaat" not in anja.get(TODAY).content.decode()


def test_who_left_the_team_while_the_choice_waits_cannot_be_chosen(
    stage, anja, asked, questions, client, inside, who_goes
):
    name, address = next(iter(questions(PETERS).items()))
    client.post(address, {"answer": "yes"})
    ((offer, _),) = choices(anja.get(asked))[:1]
    with inside():
        Helper.objects.filter(person__first_name=name).update(team=stage.teams["Team Noord"])

    page = anja.post(f"{asked}keuze/", {"offer": offer}, follow=True).content.decode()

    assert "hoort niet meer bij dit team" in first_row(anja, asked)
    assert "kan zelf niet komen" in page
    assert who_goes(PETERS, "2026-11-26") is None


def test_when_all_said_no_others_are_proposed_and_nothing_sends_itself(stage, anja, work, questions, client, inside):
    cockpit = report(anja, stage.fatma)
    anja.post(cockpit, {"ask": ticked(anja.get(cockpit))[:1]})
    work(later=21)
    ((name, address),) = questions("mevrouw De Vries").items()
    client.post(address, {"answer": "no"})
    work()
    before = len(mail.MEMORY)

    page = anja.get(cockpit)
    assert "Hieronder staat wie je daarna kunt vragen" in page.content.decode()
    assert ticked(page), "the next ones are ticked already"
    work(later=7200)
    assert len(mail.MEMORY) == before
    send(anja, cockpit)
    work(later=21)

    with inside():
        second = Offer.objects.filter(wave=2, household=stage.homes["mevrouw De Vries"])
        asked = set(second.values_list("helper__person__first_name", flat=True))
    assert asked
    assert name not in asked


def test_when_the_time_to_answer_has_passed_today_says_so(stage, anja, work):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    assert "wacht op een ja" in anja.get(TODAY).content.decode()

    work(later=6 * 3600)

    assert "niemand zei ja" in anja.get(TODAY).content.decode()
    assert links_to("joke"), "and who answers late may still say yes"


@pytest.fixture
def kim_has_leave_between(stage, inside):
    with inside():
        leave = {"starts_at": "2026-11-30T00:00+01:00", "expected_until": "2026-12-02T00:00+01:00"}
        Absence.objects.create(helper=stage.kim, kind="LEAVE", reported_by_kind="SYSTEM", **leave)


def test_who_is_away_between_two_visits_can_say_yes_to_both(
    stage, kim_has_leave_between, asked, questions, client, inside
):
    assert client.post(questions(PETERS)["Kim"], {"answer": "yes"}).status_code == 200

    with inside():
        kim = Offer.objects.get(helper=stage.kim, answer="YES")
        visits = kim.visits.filter(left_out=False).order_by("visit__starts_at")
        assert [str(one.visit.local_date) for one in visits] == ["2026-11-26", "2026-12-03"]


def test_never_again_said_after_she_was_asked_is_never(stage, anja, asked, questions, client, inside, actor):
    client.post(questions(PETERS)["Kim"], {"answer": "yes"})
    kim, _name = choices(anja.get(asked))[0]
    never = {"strength": "NEVER", "reason": "", "until": None, "by": actor, "at": clock.now()}
    with inside():
        wishes.pair(helper=stage.kim, household=stage.homes[PETERS], **never)
        wishes.pair(helper=stage.joke, household=stage.homes["mevrouw De Vries"], **never)

    refused = client.post(questions("mevrouw De Vries")["Joke"], {"answer": "yes"})
    anja.post(f"{asked}keuze/", {"offer": kim})

    assert refused.status_code == 409
    with inside():
        assert not Assignment.objects.standing().filter(from_offer__isnull=False, starts_at__gt=clock.now()).exists()


def test_who_said_yes_by_telephone_is_rung_when_she_was_chosen_and_when_another_was(stage, anja, inside, work):
    with inside():
        for helper in Helper.objects.filter(team=stage.fatma.team):
            AskRight.objects.update_or_create(helper=helper, defaults={"channel": "PHONE"})
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    cockpit = answer["Location"]
    send(anja, cockpit)
    work(later=21)
    first, second, *_ = (call for call in call_list(anja.get(cockpit)) if PETERS in call["text"])
    rang(anja, cockpit, first, "YES")
    page = rang(anja, cockpit, second, "YES")

    anja.post(f"{cockpit}keuze/", {"offer": choices(page)[0][0]})

    page = anja.get(cockpit)
    chosen, other = on_the_list(page, first["name"], PETERS), on_the_list(page, second["name"], PETERS)
    assert chosen["must"]
    assert other["must"]
    assert "je gaat naar familie P., donderdag 26 november" in chosen["script"]
    assert "Je hoeft niet naar" in other["script"]
    assert "Peters" not in other["script"], "who is not chosen need not know who it is"
    rang(anja, cockpit, chosen, "TOLD")
    page = rang(anja, cockpit, other, "TOLD")
    left = [call["name"] for call in call_list(page) if PETERS in call["text"] and call["must"]]
    assert chosen["name"] not in left
    assert other["name"] not in left


def test_who_was_chosen_and_whose_mail_came_back_is_rung(anja, asked, questions, client, work, inside):
    (name, address), *_ = questions(PETERS).items()
    client.post(address, {"answer": "yes"})
    anja.post(f"{asked}keuze/", {"offer": choices(anja.get(asked))[0][0]})
    work()
    assert "naar familie P. Dank je wel!" in letters_to(name)[-1].body
    assert not any(name in call["name"] and PETERS in call["text"] for call in call_list(anja.get(asked)))

    with inside():
        OutboxMessage.objects.filter(cause_kind="chosen").update(state=OutboxMessage.State.FAILED)

    call = on_the_list(anja.get(asked), name, PETERS)
    assert call["must"]
    assert "je gaat naar familie P., donderdag 26 november" in call["script"]


def test_who_was_called_off_while_she_was_ill_has_nothing_of_it_again_when_she_is_better(
    stage, anja, asked, questions, client, phone, inside, work, who_goes
):
    (name, address), *_ = questions(PETERS).items()
    client.post(address, {"answer": "yes"})
    anja.post(f"{asked}keuze/", {"offer": choices(anja.get(asked))[0][0]})
    helper = getattr(stage, name.lower())
    client.post(f"{phone(helper)}ziek/", {"start": "today", "until": "3d"})
    assert [who_goes(PETERS, day) for day in ("2026-11-26", "2026-12-03")] == [None, name]
    home = phone(stage.homes[PETERS])
    promised = re.search(r'name="offer" value="([^"]+)"', client.get(home).content.decode())[1]
    client.post(f"{home}liever-niet/", {"offer": promised, "reason": ""})
    said = re.search(r'name="objection" value="([^"]+)"', anja.get(asked).content.decode())[1]
    anja.post(f"{asked}liever-niet/", {"objection": said, "decision": "LOOK"})
    work()
    mail.MEMORY.clear()

    with inside():
        hers = Absence.objects.get(helper=helper).public_id
    anja.post(f"{TODAY}afwezig/{hers}/beter/")
    work()

    assert [who_goes(PETERS, day) for day in ("2026-11-26", "2026-12-03")] == [None, None]
    assert letters_to("ruud") == []
    assert PETERS in anja.get(f"{TODAY}afwezig/{hers}/").content.decode()
    assert "niemand" in anja.get(TODAY).content.decode()


def test_who_waits_for_the_choice_may_still_say_no(anja, asked, questions, client):
    (first, address), (second, other), *_ = questions(PETERS).items()
    client.post(address, {"answer": "yes"})
    client.post(other, {"answer": "yes"})
    assert {name for _offer, name in choices(anja.get(asked))} == {first, second}

    assert client.post(address, {"answer": "no"}).status_code == 200

    assert {name for _offer, name in choices(anja.get(asked))} == {second}
