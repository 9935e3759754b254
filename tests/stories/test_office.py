"""Beheer: who may come there, and how an organisation sets itself up."""

import html
import re
from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.test import Client

from samen.base import clock, mail, tenancy, texts
from samen.base.models import Audit, Login, Organisation
from samen.people.models import Helper
from samen.teams import regions, routing
from samen.teams.models import Colleague, PostcodeSpan, Region, TeamMember
from tests.conftest import set_clock


def test_a_coordinator_reads_who_can_help_and_the_audit_knows_it(stage, inside, signed_in) -> None:
    answer = signed_in("Bram").get("/o/zorgzaam/beheer/")

    assert answer.status_code == 403
    assert "Deze pagina is voor beheerders" in answer.content.decode()
    assert "Anja" in answer.content.decode()
    with inside():
        line = Audit.objects.filter(event="REFUSED").latest("id")
    assert (line.entrance, line.role) == ("office", "COLLEAGUE")


def test_a_manager_comes_in_and_sees_what_stands(anja) -> None:
    answer = anja.get("/o/zorgzaam/beheer/")

    assert answer.status_code == 200
    assert "6 van 8 klaar" in answer.content.decode()


def test_the_link_to_the_office_is_there_for_managers_only(anja, signed_in) -> None:
    assert "/o/zorgzaam/beheer/" in anja.get("/o/zorgzaam/").content.decode()
    assert "/o/zorgzaam/beheer/" not in signed_in("Bram").get("/o/zorgzaam/").content.decode()


def test_somebody_of_another_agency_finds_nothing_there(zoe) -> None:
    assert zoe.get("/o/zorgzaam/beheer/").status_code == 404


# --- Regions and teams ------------------------------------------------------------------------------


def test_a_postcode_belongs_to_one_region_and_its_team_answers(anja, inside) -> None:
    told = anja.post("/o/zorgzaam/beheer/regio/", {"name": "Eemland", "postcodes": "3811-3829, 3740\n3741"})
    assert told.status_code == 302
    region = _row(inside, Region, name="Eemland")
    made = anja.post(
        "/o/zorgzaam/beheer/team/", {"name": "Team Eem", "phone": "033 555 01 10", "region": region.public_id}
    )
    assert made.status_code == 302

    with inside():
        assert [routing.team_for(code).name for code in ("3811 AB", "3829", "3741xz")] == ["Team Eem"] * 3
        assert [routing.team_for(code) for code in ("3830", "12", "１２１１", "")] == [None] * 4
    clash = anja.post("/o/zorgzaam/beheer/regio/", {"name": "Vallei", "postcodes": "3820-3900"})
    assert clash.status_code == 422
    assert "3820-3829 ligt al in Eemland" in html.unescape(clash.content.decode())


def test_two_regions_cannot_share_a_postcode_whatever_the_program_says(inside) -> None:
    with inside():
        regions.make(name="Een", spans=[(9000, 9099)], by=tenancy.SYSTEM, at=clock.now())
        other = regions.make(name="Twee", spans=[(9200, 9200)], by=tenancy.SYSTEM, at=clock.now())

        with pytest.raises(IntegrityError, match="one_region_per_postcode"), transaction.atomic():
            PostcodeSpan.objects.create(region=other, span=NumericRange(9099, 9100))


def test_a_postcode_that_is_none_is_named(anja) -> None:
    told = anja.post("/o/zorgzaam/beheer/regio/", {"name": "Eemland", "postcodes": "3811, 38x9"})

    assert told.status_code == 422
    assert "“38x9” is geen postcode" in told.content.decode()


def test_a_team_keeps_its_hours_and_the_day_it_is_closed(anja, stage, inside) -> None:
    team = stage.teams["Team Zuid"]
    address = f"/o/zorgzaam/beheer/team/{team.public_id}/"
    assert "kantoortijden" in anja.get(address).content.decode()

    assert anja.post(f"{address}openingstijden/", {"from_0": "08:30", "until_0": "17:00"}).status_code == 302
    assert anja.post(f"{address}gesloten/", {"day": "2026-12-25", "name": "Kerst"}).status_code == 302
    late = anja.post(f"{address}openingstijden/", {"from_0": "17:00", "until_0": "08:30", "from_1": "09:00"})

    assert late.status_code == 422
    assert late.content.decode().count("Dit is niet later") == 2  # in the summary and at the field
    assert "25 december 2026" in anja.get(address).content.decode()
    with inside():
        assert [(row.weekday, row.local_start.hour) for row in team.hours.all()] == [(0, 8)]


def test_a_break_counts_on_the_days_that_are_open_before_and_after_it(anja, stage, inside):
    team = stage.teams["Team Zuid"]
    address = f"/o/zorgzaam/beheer/team/{team.public_id}/openingstijden/"
    week = {"from_0": "09:00", "until_0": "17:00", "from_2": "09:00", "until_2": "12:30"}

    late = anja.post(address, {"from_2": "09:00", "until_2": "12:30", "pause": "12:00–13:00"})
    odd = anja.post(address, week | {"pause": "03:00–04:00"})
    kept = anja.post(address, week | {"pause": "12:00–13:00"})

    assert (late.status_code, odd.status_code, kept.status_code) == (422, 422, 302)
    assert "vóór en na deze pauze" in late.content.decode()
    with inside():
        shown = [(row.weekday, row.break_start, row.break_end) for row in team.hours.order_by("weekday")]
    assert shown == [(0, time(12), time(13)), (2, None, None)]
    page = anja.get(f"/o/zorgzaam/beheer/team/{team.public_id}/").content.decode()
    assert '<option value="12:00–13:00" selected>' in page


# --- Colleagues ---------------------------------------------------------------------------------------


def test_an_invited_colleague_reads_how_to_sign_in_and_sees_the_board(anja, stage, inside, work) -> None:
    team = stage.teams["Team Zuid"]
    told = _invite(anja, "Gerda", team=str(team.public_id))
    assert told.status_code == 302
    work()

    assert [letter.address for letter in mail.MEMORY] == ["gerda@example.org"]
    assert "/aanmelden/code/" in mail.MEMORY[0].body
    gerda = _browser("gerda@example.org")
    assert gerda.get("/o/zorgzaam/").status_code == 200
    assert gerda.get("/o/zorgzaam/beheer/").status_code == 403
    assert _invite(anja, "Gerda").status_code == 422


def test_a_colleague_who_begins_later_stands_at_a_shut_door_until_that_day(anja, stage) -> None:
    _invite(anja, "Gerda", team=str(stage.teams["Team Zuid"].public_id), starts="2026-12-01")
    gerda = _browser("gerda@example.org")

    assert gerda.get("/o/zorgzaam/").status_code == 404
    set_clock("2026-12-01 08:00 Europe/Amsterdam")
    assert gerda.get("/o/zorgzaam/").status_code == 200


def test_out_of_service_ends_sessions_and_teams_at_that_moment_and_keeps_the_name(anja, inside, signed_in) -> None:
    bram = signed_in("Bram")
    assert bram.get("/o/zorgzaam/").status_code == 200
    row = _row(inside, Colleague, name="Bram")

    told = anja.post(f"/o/zorgzaam/beheer/collega/{row.public_id}/vertrek/", {"day": "2026-11-25"})

    assert told.status_code == 302
    assert bram.get("/o/zorgzaam/").status_code == 302, "signed out everywhere"
    page = anja.get("/o/zorgzaam/beheer/collega/").content.decode()
    assert "Bram" in page.partition("Vertrokken collega")[2]
    with inside():
        assert not row.memberships.filter(period__contains=date(2026, 11, 25)).exists()
        assert row.memberships.filter(period__contains=date(2026, 11, 24)).exists()


def test_who_leaves_on_a_later_day_works_until_then(anja, inside, signed_in, work) -> None:
    bram, row = signed_in("Bram"), _row(inside, Colleague, name="Bram")

    anja.post(f"/o/zorgzaam/beheer/collega/{row.public_id}/vertrek/", {"day": "2026-12-01"})

    assert bram.get("/o/zorgzaam/").status_code == 200
    set_clock("2026-12-01 00:00:01 Europe/Amsterdam")
    assert bram.get("/o/zorgzaam/").status_code == 404
    work(later=1)
    assert bram.get("/o/zorgzaam/").status_code == 302, "the session ended too"


def test_the_last_manager_stays(anja, inside) -> None:
    row = _row(inside, Colleague, name="Anja")
    address = f"/o/zorgzaam/beheer/collega/{row.public_id}/"

    down = anja.post(address, {"name": "Anja", "role": "COORDINATOR"})
    gone = anja.post(f"{address}vertrek/", {"day": "2026-11-25"})

    assert (down.status_code, gone.status_code) == (422, 422)
    assert "Maak eerst iemand anders beheerder" in down.content.decode()
    bram = _row(inside, Colleague, name="Bram")
    anja.post(f"/o/zorgzaam/beheer/collega/{bram.public_id}/", {"name": "Bram", "role": "MANAGER"})
    assert anja.post(address, {"name": "Anja", "role": "COORDINATOR"}).status_code == 302
    assert anja.get("/o/zorgzaam/beheer/").status_code == 403


# --- From nothing -------------------------------------------------------------------------------------


def test_an_organisation_begins_empty_with_its_manager_at_a_list_of_what_to_do(db) -> None:
    visitor = Client()
    told = visitor.post("/demo/beginnen/", {"name": "Thuishulp Zonder Naam", "manager": "Robin"})

    assert told.status_code == 302
    page = visitor.get(told["Location"]).content.decode()
    assert "0 van 8 klaar" in page
    board = visitor.get(told["Location"].removesuffix("beheer/"))
    assert board["Location"] == told["Location"], "no board yet, so the list"
    assert visitor.get("/o/zorgzaam/").status_code == 404


def test_a_colleague_without_a_team_reads_whom_to_ask(anja) -> None:
    _invite(anja, "Gerda")

    told = _browser("gerda@example.org").get("/o/zorgzaam/")

    assert told.status_code == 404
    assert "Je zit nog in geen team" in told.content.decode()
    assert "Anja" in told.content.decode()


# --- Words and messages -------------------------------------------------------------------------------


def test_the_whole_desk_and_the_mails_speak_the_words_that_were_chosen(anja, zoe, stage, phone) -> None:
    words = {"name": "Zorgzaam Thuis", "household": "CUSTOMER", "helper": "WORKER"}
    file = f"/o/zorgzaam/huishouden/{stage.homes['mevrouw De Vries'].public_id}/"
    assert anja.post("/o/zorgzaam/beheer/woorden/", words).status_code == 302

    assert "Klant" in anja.get(file).content.decode()
    assert "Huishouden" not in anja.get(file).content.decode()
    assert "Kies een medewerker" in anja.post("/o/zorgzaam/ziek/", {"helper": "niemand"}).content.decode()
    assert "huishouden" in anja.get("/o/zorgzaam/beheer/woorden/").content.decode(), "one can go back"
    assert "Klant" not in zoe.get("/o/buren/").content.decode()


def test_a_message_in_own_words_reaches_the_helper_from_the_own_sender(anja, stage, work) -> None:
    address = "/o/zorgzaam/beheer/berichten/tekst/?bericht=offer&taal=nl"
    own = {"subject": "{name}, kun jij?", "body": "Dag {name},\n\n{visits}\n\n{link}\n{team}"}
    sender = {"from_name": "Zorgzaam, team", "reply_to": "team@example.org"}
    assert anja.post(address, own | {"show": "1"}).status_code == 200
    assert "Version" not in anja.get(address).content.decode()
    assert anja.post(address, own).status_code == 302
    assert anja.post("/o/zorgzaam/beheer/berichten/", sender).status_code == 302

    _fatma_is_ill(anja, stage, work)

    letter = next(one for one in mail.MEMORY if one.subject == "Joke, kun jij?")
    assert letter.body.startswith("Dag Joke,\n\n- woensdag 25 november")
    assert "/l/" in letter.body
    assert (letter.from_name, letter.reply_to) == ("Zorgzaam, team", "team@example.org")


def test_a_field_that_is_none_is_refused_by_its_name_and_the_original_comes_back(anja, inside) -> None:
    address = "/o/zorgzaam/beheer/berichten/tekst/?bericht=offer&taal=nl"
    for wrong, named in (("{achternaam}", "{achternaam}"), ("{name.__class__}", "{name.__class__}"), ("{name", "{")):
        told = anja.post(address, {"subject": "Kun je?", "body": f"Dag {wrong}"})
        assert told.status_code == 422
        assert f"geen veld {named}" in html.unescape(told.content.decode())
    anja.post(address, {"subject": "Eén", "body": "{name}"})
    anja.post(address, {"subject": "Twee", "body": "{name}"})

    anja.post("/o/zorgzaam/beheer/berichten/origineel/?bericht=offer&taal=nl")

    page = anja.get(address).content.decode()
    assert "Kun jij invallen?" in page
    assert "Versie 2" in page, "what was, is kept"
    with inside():
        assert texts.in_force("offer", "nl") is None


@pytest.mark.parametrize("query", ["bericht=niets", "taal=xx", "bericht=%00"])
def test_a_message_there_is_not_is_not_there(anja, query: str) -> None:
    assert anja.get(f"/o/zorgzaam/beheer/berichten/tekst/?{query}").status_code == 404


def _fatma_is_ill(anja: Client, stage: Any, work: Any) -> None:
    """She is, and everybody who could go is asked about her first visit."""
    report = {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"}
    cockpit = anja.post("/o/zorgzaam/ziek/", report)["Location"]
    boxes = re.findall(r'name="ask" value="([^"]+)"', anja.get(cockpit).content.decode())
    anja.post(cockpit, {"ask": [one for one in boxes if one.startswith(boxes[0].partition(":")[0])]})
    work(later=30)


# --- Practising -----------------------------------------------------------------------------------------


def test_one_practises_beside_the_real_one_and_no_message_leaves(anja, zoe, signed_in, work) -> None:
    slug = _practice(anja, work)

    board = anja.get(f"/o/{slug}/")
    assert "Zorgzaam Thuis (oefenen)" in board.content.decode()
    assert "verzonnen" in board.content.decode()
    assert "verzonnen" not in anja.get("/o/zorgzaam/").content.decode()
    assert signed_in("Bram").get(f"/o/{slug}/").status_code == 200, "every colleague may practise"
    assert f"/o/{slug}/" in signed_in("Bram").get("/o/zorgzaam/").content.decode(), "and goes there from every page"
    assert zoe.get(f"/o/{slug}/").status_code == 404

    _somebody_is_ill_in(anja, slug, work)
    assert mail.MEMORY == []
    assert "Kun jij invallen?" in anja.get(f"/o/{slug}/beheer/oefenen/postvak/").content.decode()


def test_who_leaves_the_real_one_practises_no_more(anja, inside, signed_in, work) -> None:
    slug = _practice(anja, work)
    row = _row(inside, Colleague, name="Bram")

    anja.post(f"/o/zorgzaam/beheer/collega/{row.public_id}/vertrek/", {"day": "2026-11-25"})

    again = signed_in("Bram")
    assert [again.get(f"/o/{where}/").status_code for where in ("zorgzaam", slug)] == [404, 404]


def test_a_membership_that_is_over_stays_over(anja, inside, stage) -> None:
    with inside():
        bram = Colleague.objects.get(name="Bram")
        over = TeamMember.objects.create(
            team=stage.teams["Team Noord"], colleague=bram, period=DateRange(date(2024, 1, 1), date(2024, 6, 1))
        )

    anja.post(f"/o/zorgzaam/beheer/teamlid/{over.public_id}/einde/")

    with inside():
        assert TeamMember.objects.get(pk=over.pk).period.upper == date(2024, 6, 1)


def test_a_practice_organisation_begins_again_and_is_cleared_away(anja, work) -> None:
    first = _practice(anja, work)
    second = _practice(anja, work)

    assert anja.get(f"/o/{first}/").status_code == 404
    assert anja.get(f"/o/{second}/").status_code == 200
    anja.post("/o/zorgzaam/beheer/oefenen/einde/")
    work()
    assert anja.get(f"/o/{second}/").status_code == 404
    assert anja.get("/o/zorgzaam/").status_code == 200


def _practice(manager: Client, work: Any) -> str:
    manager.post("/o/zorgzaam/beheer/oefenen/")
    work()
    mail.MEMORY.clear()
    found = re.search(r'href="/o/(zorgzaam-oefenen-[0-9a-f]+)/"', manager.get("/o/zorgzaam/").content.decode())
    assert found
    return found[1]


def _somebody_is_ill_in(manager: Client, slug: str, work: Any) -> None:
    with tenancy.enter(Organisation.objects.get(slug=slug).pk, tenancy.SYSTEM):
        fatma = Helper.objects.get(person__first_name="Fatma").public_id
    cockpit = manager.post(f"/o/{slug}/ziek/", {"helper": fatma, "start": "today", "until": "unknown"})["Location"]
    boxes = re.findall(r'name="ask" value="([^"]+)"', manager.get(cockpit).content.decode())
    assert boxes
    manager.post(cockpit, {"ask": boxes})
    work(later=30)


def _invite(manager: Client, name: str, *, team: str = "", starts: str = "2026-11-25") -> Any:
    answers = {"name": name, "email": f"{name}@example.org", "role": "COORDINATOR", "team": team, "starts": starts}
    return manager.post("/o/zorgzaam/beheer/collega/", answers)


def _browser(email: str) -> Client:
    client = Client()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(Login.objects.get(email=email.lower()), backend=backend)
    return client


def _row(inside: Any, model: Any, **fields: Any) -> Any:
    with inside():
        return model.objects.get(**fields)
