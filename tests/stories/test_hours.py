"""Joke says how her visits went; the month follows from it; both sides say it is right, and then it is fixed."""

import re
from datetime import date

import pytest

from samen.base import mail
from samen.base.models import Audit
from samen.visits import hours, results
from samen.visits.models import Assignment, MonthHours, VisitResult
from tests.conftest import set_clock, visit_of

BOS, DAY = "mevrouw Bos", "2026-11-24"  # Joke was there yesterday from half past eight, for two hours and a half


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def yesterday(stage, inside):
    """Yesterday's visit, of which nobody has said anything yet."""
    with inside():
        visit = visit_of(stage.homes[BOS], DAY)
        VisitResult.objects.filter(visit=visit).delete()
    return visit


def test_one_tap_says_done_and_one_tap_takes_it_back(stage, client, phone, inside, yesterday):
    mine = phone(stage.joke)
    assert f"{mine}bezoek/{yesterday.public_id}/" in client.get(mine).content.decode()

    assert client.post(f"{mine}bezoek/{yesterday.public_id}/", {"outcome": "DONE"}).status_code == 302

    assert "mevrouw Bos: gedaan" in text(client.get(mine))
    with inside():
        said = VisitResult.objects.get(visit=yesterday, replaced_at=None)
        assert (said.outcome, said.minutes, said.said_by_ref) == ("DONE", 150, stage.joke.person.public_id)
    client.post(f"{mine}bezoek/{yesterday.public_id}/terug/")
    assert "Hoe ging het?" in text(client.get(mine))
    with inside():
        assert not VisitResult.objects.filter(visit=yesterday, replaced_at=None).exists()
        assert VisitResult.objects.filter(visit=yesterday).count() == 1, "the history stays"


def test_looking_changes_nothing_and_saying_it_twice_says_it_once(stage, client, phone, inside, yesterday):
    page = f"{phone(stage.joke)}bezoek/{yesterday.public_id}/"
    client.get(page)
    with inside():
        assert not VisitResult.objects.filter(visit=yesterday).exists()

    for _ in range(3):
        client.post(page, {"outcome": "DONE"})

    with inside():
        assert VisitResult.objects.filter(visit=yesterday).count() == 1


def test_a_visit_that_has_not_begun_cannot_be_done(stage, client, phone, inside):
    with inside():
        visit = visit_of(stage.homes["mevrouw Jansen"], "2026-11-26")

    answer = client.post(f"{phone(stage.joke)}bezoek/{visit.public_id}/", {"outcome": "DONE"})

    assert answer.status_code == 422
    assert "nog niet begonnen" in text(answer)
    with inside():
        assert not VisitResult.objects.filter(visit=visit).exists()


def test_shorter_asks_how_long_and_means_shorter(stage, client, phone, inside, yesterday):
    page = f"{phone(stage.joke)}bezoek/{yesterday.public_id}/"

    assert "hoeveel minuten je er was" in text(client.post(page, {"outcome": "SHORTER"}))
    assert client.post(page, {"outcome": "SHORTER", "minutes": "150"}).status_code == 422
    assert client.post(page, {"outcome": "SHORTER", "minutes": "90"}).status_code == 302

    with inside():
        assert VisitResult.objects.get(visit=yesterday, replaced_at=None).minutes == 90


def test_nobody_says_how_the_visit_of_another_went(stage, client, phone, yesterday):
    assert client.get(f"{phone(stage.piet)}bezoek/{yesterday.public_id}/").status_code == 404
    assert client.post(f"{phone(stage.piet)}bezoek/{yesterday.public_id}/", {"outcome": "DONE"}).status_code == 404
    assert (
        client.post(f"{phone(stage.homes[BOS])}bezoek/{yesterday.public_id}/", {"outcome": "DONE"}).status_code == 404
    )


def worked(stage, inside, by, at="2026-12-01 09:00 Europe/Amsterdam"):
    """Joke worked yesterday at Mrs Bos; it is December."""
    with inside() as _:
        visit = visit_of(stage.homes[BOS], DAY)
        VisitResult.objects.filter(visit__household=visit.household).delete()
        results.report(visit, helper=stage.joke, outcome="DONE", by=by, at=visit.ends_at)
    set_clock(at)
    return visit


def approve(client, page):
    version = re.search(r'name="version" value="(\w+)"', client.get(f"{page}?maand=2026-11").content.decode())[1]
    return client.post(page, {"month": "2026-11-01", "version": version})


def test_both_sides_approve_and_the_month_is_fixed_until_somebody_corrects_it(stage, client, phone, inside, actor):
    visit = worked(stage, inside, actor)
    hers = f"{phone(stage.joke)}uren/huishouden/{stage.homes[BOS].public_id}/"
    theirs = f"{phone(stage.homes[BOS])}uren/hulp/{stage.joke.public_id}/"

    assert "Akkoord gegeven op deze uren" in text(approve(client, hers))
    approve(client, theirs)

    with inside():
        fixed = MonthHours.objects.get(helper=stage.joke, household=stage.homes[BOS])
        assert fixed.is_fixed
        assert (fixed.minutes, fixed.month, len(fixed.version)) == (150, date(2026, 11, 1), 64)
    assert "Ze staan vast" in text(client.get(f"{theirs}?maand=2026-11"))

    client.post(f"{phone(stage.joke)}bezoek/{visit.public_id}/", {"outcome": "SHORTER", "minutes": "60"})

    with inside():
        fixed.refresh_from_db()
        assert not fixed.is_fixed
        assert fixed.minutes == 150, "what was approved stays as it was"
    page = text(client.get(f"{theirs}?maand=2026-11"))
    assert "al akkoord (2,5 uur)" in page
    assert "1 uur" in page
    approve(client, hers)
    approve(client, theirs)
    with inside():
        assert [row.is_fixed for row in MonthHours.objects.filter(helper=stage.joke).order_by("pk")] == [False, True]


def test_hours_that_changed_meanwhile_are_looked_at_again(stage, client, phone, inside, actor):
    visit = worked(stage, inside, actor)
    page = f"{phone(stage.joke)}uren/huishouden/{stage.homes[BOS].public_id}/"
    shown = re.search(r'name="version" value="(\w+)"', client.get(f"{page}?maand=2026-11").content.decode())[1]
    with inside():
        results.report(visit, helper=stage.joke, outcome="SHORTER", minutes=30, by=actor, at=visit.ends_at)

    answer = client.post(page, {"month": "2026-11-01", "version": shown})

    assert answer.status_code == 422
    assert "net gewijzigd" in text(answer)
    with inside():
        assert not MonthHours.objects.exists()


def test_a_month_that_is_not_over_cannot_be_approved(stage, client, phone, inside, actor):
    worked(stage, inside, actor, at="2026-11-30 23:59 Europe/Amsterdam")
    page = f"{phone(stage.joke)}uren/huishouden/{stage.homes[BOS].public_id}/"
    with inside():
        version = hours.sheet(stage.joke, stage.homes[BOS], date(2026, 11, 1)).version

    answer = client.post(page, {"month": "2026-11-01", "version": version})

    assert answer.status_code == 422
    assert "nog niet voorbij" in text(answer)


def test_a_household_sees_no_hours_of_another_household(stage, client, phone, inside, actor):
    worked(stage, inside, actor)

    theirs = f"{phone(stage.homes['familie Willems'])}uren/"
    assert "2,5" not in text(client.get(f"{theirs}?maand=2026-11"))
    assert client.get(f"{theirs}hulp/{stage.joke.public_id}/?maand=2026-11").status_code == 404


def test_the_hours_of_illness_tell_no_household_that_somebody_was_ill(stage, client, phone, inside, actor, anja):
    worked(stage, inside, actor)
    anja.post("/o/zorgzaam/ziek/", {"helper": stage.joke.public_id, "start": "today", "until": "unknown"})

    theirs = f"{phone(stage.homes[BOS])}uren/"
    for page in (f"{theirs}?maand=2026-11", f"{theirs}hulp/{stage.joke.public_id}/?maand=2026-11"):
        assert not re.search(r"ziek|afwezig", text(client.get(page)), re.IGNORECASE)


def test_who_stood_in_has_the_hours(stage, client, phone, inside, actor):
    with inside():
        visit = visit_of(stage.homes[BOS], DAY)
        VisitResult.objects.filter(visit=visit).delete()
        Assignment.objects.filter(visit=visit).update(helper=stage.piet)
        results.report(visit, helper=stage.piet, outcome="DONE", by=actor, at=visit.ends_at)

        found = hours.sheets(date(2026, 11, 1), households=[stage.homes[BOS].pk])

    assert "Piet" in {one.helper.person.first_name for one in found}


# --- At the desk ----------------------------------------------------------------------------------


def test_the_team_sees_what_is_missing_and_a_colleague_writes_it_down(stage, anja, inside, yesterday):
    page = anja.get("/o/zorgzaam/uren/?maand=2026-11")
    assert "hoe ging het?" in text(page)
    assert f"/bezoek/{yesterday.public_id}/" in page.content.decode()

    answer = anja.post(
        f"/o/zorgzaam/bezoek/{yesterday.public_id}/uitkomst/", {"outcome": "NOBODY_HOME", "minutes": "30"}
    )

    assert answer.status_code == 302
    assert "volgens Anja" in text(anja.get(f"/o/zorgzaam/bezoek/{yesterday.public_id}/"))
    assert "Niemand thuis" in text(anja.get("/o/zorgzaam/week/?week=2026-W48"))
    assert "mevrouw Bos" in text(anja.get("/o/zorgzaam/uren/?maand=2026-11"))
    timeline = text(anja.get(f"/o/zorgzaam/huishouden/{stage.homes[BOS].public_id}/"))
    assert "Anja gaf door hoe het bezoek van Joke Smeets aan mevrouw Bos ging" in timeline


def test_the_hours_go_out_as_a_table_that_a_dutch_excel_reads(stage, anja, inside, actor):
    worked(stage, inside, actor)
    with inside():
        stage.homes[BOS].name = "=SOM(A1:A9)"
        stage.homes[BOS].save()

    by_home = anja.get("/o/zorgzaam/uren/maand.csv?maand=2026-11").content
    by_visit = anja.get("/o/zorgzaam/uren/bezoeken.csv?maand=2026-11").content

    assert by_home.startswith(b"\xef\xbb\xbfMaand;Hulp;Huishouden;")
    assert "11-2026;Joke Smeets;'=SOM(A1:A9);1;150;2,50;;;nee\r\n" in by_home.decode("utf-8-sig")
    assert "24-11-2026;08:30;Joke Smeets;'=SOM(A1:A9);Gedaan;150;2,50\r\n" in by_visit.decode("utf-8-sig")


def test_whoever_has_not_looked_is_asked_once_a_day(stage, anja, inside, actor, work, client):
    worked(stage, inside, actor)
    mail.MEMORY.clear()

    for _ in range(2):
        anja.post("/o/zorgzaam/uren/herinnering/", {"month": "2026-11-01"})
    work(later=30)

    letters = [letter for letter in mail.MEMORY if letter.address.startswith(("joke", "corrie"))]
    assert sorted(letter.address.split(".")[0] for letter in letters) == ["corrie", "joke"]
    for letter in letters:
        page = re.search(r"http://testserver(/l/\S+)", letter.body)[1]
        assert "2,5 uur" in text(client.get(page))
        assert not re.search("ziek", letter.body, re.IGNORECASE)


def test_what_was_said_by_phone_is_written_down_for_that_side(stage, anja, inside, actor):
    worked(stage, inside, actor)
    page = f"/o/zorgzaam/uren/{stage.joke.public_id}/{stage.homes[BOS].public_id}/"
    version = re.search(r'name="version" value="(\w+)"', anja.get(f"{page}?maand=2026-11").content.decode())[1]

    for side in ("helper", "household"):
        anja.post(page, {"month": "2026-11-01", "version": version, "side": side})

    with inside():
        row = MonthHours.objects.get(helper=stage.joke)
        assert row.is_fixed
        assert row.household_by_kind == "COLLEAGUE", "who wrote it down is kept apart from the side it is for"
    assert "staat vast" in text(anja.get("/o/zorgzaam/uren/?maand=2026-11"))


def test_the_hours_of_another_team_are_not_shown(stage, signed_in, inside, actor):
    worked(stage, inside, actor)
    eva = signed_in("Eva")

    assert "Joke" not in text(eva.get("/o/zorgzaam/uren/?maand=2026-11"))
    assert b"Joke" not in eva.get("/o/zorgzaam/uren/maand.csv?maand=2026-11").content
    page = f"/o/zorgzaam/uren/{stage.joke.public_id}/{stage.homes[BOS].public_id}/"
    assert eva.get(page).status_code == 403


def test_the_month_of_a_team_is_a_fixed_number_of_questions(stage, anja, inside, actor, django_assert_max_num_queries):
    worked(stage, inside, actor)
    with inside():
        for visit in stage.homes["mevrouw De Vries"].visits.filter(local_date__lt="2026-11-25"):
            helper = visit.assignments.get().helper
            results.report(visit, helper=helper, outcome="DONE", by=actor, at=visit.ends_at)

    with django_assert_max_num_queries(24):
        anja.get("/o/zorgzaam/uren/?maand=2026-11")


# The way in


def way_in_of(stage, anja, inside, name, day):
    """The code of a household, and its visit on this day."""
    home = stage.homes[name]
    anja.post(f"/o/zorgzaam/huishouden/{home.public_id}/sleutel/", {"kind": "SAFE", "secret": "4711#"})
    with inside():
        return visit_of(home, day)


def test_who_goes_there_tomorrow_reads_the_code_by_a_click_that_is_written_down(stage, anja, client, phone, inside):
    visit = way_in_of(stage, anja, inside, "familie Peters", "2026-11-26")
    page = f"{phone(stage.fatma)}bezoek/{visit.public_id}/"

    looked = client.get(page)
    shown = client.post(f"{page}sleutel/")

    assert "Sleutelkluis met code" in text(looked)
    assert "4711#" not in looked.content.decode()
    assert "4711#" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    with inside():
        line = Audit.objects.filter(event="SHOW_KEY").latest("pk")
    assert (line.entrance, line.role, line.subject_ref) == (
        "my_way_in",
        "HELPER",
        stage.homes["familie Peters"].public_id,
    )


def test_nobody_else_and_nobody_too_early_reads_it(stage, anja, client, phone, inside):
    visit = way_in_of(stage, anja, inside, "familie Peters", "2026-11-26")
    with inside():
        later = visit_of(stage.homes["familie Peters"], "2026-12-03")

    assert client.post(f"{phone(stage.joke)}bezoek/{visit.public_id}/sleutel/").status_code == 404
    early = client.post(f"{phone(stage.fatma)}bezoek/{later.public_id}/sleutel/")
    anja.post("/o/zorgzaam/ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "1w"})

    assert "4711#" not in early.content.decode()
    assert "Sleutelkluis" not in early.content.decode()
    assert client.post(f"{phone(stage.fatma)}bezoek/{visit.public_id}/sleutel/").status_code == 404, "not hers any more"
    with inside():
        assert not Audit.objects.filter(event="SHOW_KEY").exists()


def test_the_code_of_a_secret_place_stays_with_the_team(stage, anja, client, phone, inside):
    with inside():
        day = (
            stage.homes["een gezin"]
            .visits.filter(local_date__gte="2026-11-25")
            .order_by("local_date")
            .first()
            .local_date
        )
    set_clock(f"{day} 08:00 Europe/Amsterdam")
    visit = way_in_of(stage, anja, inside, "een gezin", day)

    shown = client.post(f"{phone(stage.kim)}bezoek/{visit.public_id}/sleutel/")

    assert "4711#" not in shown.content.decode()
    assert "Bel je team" in text(shown)
