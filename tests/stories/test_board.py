"""The board of the week: a visit goes to another cell, and what does not fit is said in words."""

import re

import pytest

from samen.visits.models import Assignment, Override, Visit
from tests.conftest import visit_of
from tests.stories.test_rules import agree

WEEK = "?week=2026-W48"
HTMX = {"HX-Request": "true"}


def place(visit: Visit) -> str:
    return f"/o/zorgzaam/bezoek/{visit.public_id}/plek/{WEEK}"


@pytest.fixture
def de_vries(stage, inside) -> Visit:
    with inside():
        return visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")


def fits(panel: str) -> dict[str, str]:
    found = re.search(r'data-fits="([^"]*)"', panel)
    assert found
    return dict(part.split(":") for part in found[1].split())


def test_the_cells_that_fit_are_those_of_who_is_free_near_and_welcome(stage, anja, de_vries):
    panel = anja.get(place(de_vries), headers=HTMX).content.decode()

    cells = fits(panel)
    assert "mevrouw De Vries" in panel
    assert "4" in cells[f"helper-{stage.joke.public_id}"].split(",")
    assert f"helper-{stage.agnieszka.public_id}" not in cells  # never there
    assert f"helper-{stage.lotte.public_id}" not in cells  # of another team
    assert cells["nobody"] == "2"
    assert "0" not in ",".join(cells.values()).split(",")  # Monday is over


def test_a_move_answers_with_the_two_rows_and_the_totals(stage, anja, inside, de_vries):
    answer = anja.post(place(de_vries), {"helper": stage.joke.public_id, "day": "2026-11-27"}, headers=HTMX)

    rows = re.findall(r'<tr id="row-([^"]+)" hx-swap-oob="true"', answer.content.decode())
    assert answer.status_code == 200
    assert sorted(rows) == sorted([f"helper-{stage.joke.public_id}", f"helper-{stage.fatma.public_id}", "totals"])
    with inside():
        moved = Visit.objects.get(pk=de_vries.pk)
        assert str(moved.local_date) == "2026-11-27"
        assert Assignment.objects.standing().get(visit=moved).helper == stage.joke


def test_without_a_script_the_board_comes_back_whole(stage, anja, inside, de_vries):
    page = anja.get(place(de_vries))
    answer = anja.post(place(de_vries), {"helper": "", "day": "2026-11-25"}, follow=True)

    assert "data-grid" in page.content.decode()
    assert "data-moving" in page.content.decode()
    assert "Verplaatst" in answer.content.decode()
    with inside():
        assert not Assignment.objects.standing().filter(visit=de_vries).exists()


def test_never_again_is_never(stage, anja, inside, de_vries):
    answer = anja.post(
        place(de_vries),
        {"helper": stage.agnieszka.public_id, "day": "2026-11-27", "reason": "Het kan niet anders."},
        headers=HTMX,
    )

    assert answer.status_code == 422
    assert "Agnieszka: nooit bij dit huishouden" in answer.content.decode()
    with inside():
        assert str(Visit.objects.get(pk=de_vries.pk).local_date) == "2026-11-25"
        assert not Override.objects.exists()


def test_where_a_rule_only_warns_a_reason_is_asked_and_kept(stage, anja, inside, de_vries):
    to_riet = {"helper": stage.riet.public_id, "day": "2026-11-27"}  # she does not work on Fridays

    asked = anja.post(place(de_vries), to_riet, headers=HTMX)
    done = anja.post(place(de_vries), to_riet | {"reason": "Ze bood het zelf aan."}, headers=HTMX)

    assert asked.status_code == 422
    assert "Toch doen" in asked.content.decode()
    assert done.status_code == 200
    with inside():
        said = Override.objects.get()
        assert (said.rule, said.reason, said.about_ref) == (
            "NOT_AVAILABLE", "Ze bood het zelf aan.", de_vries.public_id
        )  # fmt: skip


def test_a_rule_of_work_is_named_before_the_move_and_the_reason_is_kept(stage, anja, inside, de_vries):
    stage.joke.contract_minutes = 4 * 60  # she has five and a half this week already
    with inside():
        stage.joke.save()
    to_joke = {"helper": stage.joke.public_id, "day": "2026-11-27"}

    asked = anja.post(place(de_vries), to_joke, headers=HTMX)
    done = anja.post(place(de_vries), to_joke | {"reason": "Ze wil deze week meer werken."}, headers=HTMX)

    assert asked.status_code == 422
    assert "Uren van het contract: Joke zou 8,5 uur hebben" in asked.content.decode()
    assert "4 zijn er afgesproken" in asked.content.decode()
    assert done.status_code == 200
    with inside():
        said = Override.objects.get()
        assert (said.rule, said.found, said.about_ref) == ("CONTRACT_HOURS", 510, de_vries.public_id)


def test_a_fourth_day_at_who_employs_her_is_named_on_the_board(stage, anja, inside):
    for weekday in (0, 1):
        agree(anja, stage, weekday)  # familie Smit employs Fatma itself, who comes on Wednesdays
    with inside():
        smit = visit_of(stage.homes["familie Smit"], "2026-12-09")

    asked = anja.post(place(smit), {"helper": stage.fatma.public_id, "day": "2026-12-05"}, headers=HTMX)

    assert asked.status_code == 422
    assert "Hooguit drie dagen per week bij één huishouden" in asked.content.decode()
    assert "zou Fatma hier op 4 dagen komen" in asked.content.decode()


def test_a_visit_moves_to_a_day_on_which_whoever_went_before_is_busy(stage, anja, inside):
    with inside():
        smit = visit_of(stage.homes["familie Smit"], "2026-11-25")  # Fatma's, who is elsewhere on Friday at that hour

    answer = anja.post(place(smit), {"helper": stage.joke.public_id, "day": "2026-11-27"}, headers=HTMX)

    assert answer.status_code == 200
    with inside():
        assert Assignment.objects.standing().get(visit=smit).helper == stage.joke


def test_somebody_who_is_ill_is_seen_and_said_on_the_board(stage, anja, inside, de_vries):
    anja.post("/o/zorgzaam/ziek/", {"helper": stage.joke.public_id, "start": "today", "until": "3d"})
    answer = anja.post(place(de_vries), {"helper": stage.joke.public_id, "day": "2026-11-26"}, headers=HTMX)
    board = anja.get(f"/o/zorgzaam/week/{WEEK}").content.decode()

    assert answer.status_code == 422
    row = board[board.index(f"row-helper-{stage.joke.public_id}") :].partition("</tr>")[0]
    assert "kan niet komen" in row


def test_only_what_is_open_is_shown_when_asked(stage, anja):
    anja.post("/o/zorgzaam/ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "3d"})

    board = anja.get(f"/o/zorgzaam/week/{WEEK}&toon=open").content.decode()

    assert "row-nobody" in board
    assert "mevrouw De Vries" in board
    assert f"row-helper-{stage.kim.public_id}" not in board


def test_the_sheet_of_a_helper_has_her_week_and_keeps_a_secret_place_secret(stage, anja):
    page = anja.get(f"/o/zorgzaam/hulp/{stage.kim.public_id}/week/{WEEK}").content.decode()

    assert "familie Willems" in page
    assert "Locatie 7F" in page
    assert "meneer Kok" not in page


def test_the_board_asks_the_database_a_fixed_number_of_things(anja, django_assert_max_num_queries):
    anja.get(f"/o/zorgzaam/week/{WEEK}")

    with django_assert_max_num_queries(20):
        anja.get(f"/o/zorgzaam/week/{WEEK}")


def test_today_asks_the_database_no_more_than_twenty_things(stage, anja, django_assert_max_num_queries):
    anja.post("/o/zorgzaam/ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "3d"})

    with django_assert_max_num_queries(20):
        anja.get("/o/zorgzaam/")
