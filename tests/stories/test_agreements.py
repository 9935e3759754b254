"""A household and its agreement: made, changed from a day on, moved once, undone, on the board of the week."""

import re
from datetime import date, time

import pytest
from django.utils import translation

from samen.base import clock, tenancy
from samen.visits import arrangements
from samen.visits.arrangements import Slot
from samen.visits.models import Arrangement, Assignment, Visit
from tests.conftest import visit_of

BOARD = "/o/zorgzaam/week/?week=2026-W48"


def agreement_of(household):
    return Arrangement.objects.get(household=household)


def page_of(row, kind):
    return f"/o/zorgzaam/{kind}/{row.public_id}/"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_board_shows_every_helper_and_each_visit_once(stage, anja, inside):
    page = anja.get(BOARD)

    words = text(page)
    assert "Nog niemand (0)" in words
    assert "Fatma Yılmaz" in words
    with inside():
        visits = Visit.objects.filter(team=stage.teams["Team Zuid"], local_date__range=("2026-11-23", "2026-11-29"))
        for visit in visits:
            assert page.content.decode().count(f"/bezoek/{visit.public_id}/") == 1


def test_a_week_that_does_not_exist_is_not_there(stage, anja):
    assert anja.get("/o/zorgzaam/week/?week=2026-W54").status_code == 404
    assert anja.get("/o/zorgzaam/week/?week=2026-W53").status_code == 200
    assert anja.get("/o/zorgzaam/week/?week=2027-W53").status_code == 404


def test_moving_one_visit_moves_no_other(stage, anja, inside):
    with inside():
        visit = visit_of(stage.homes["familie Peters"], "2026-11-26")

    answer = anja.post(page_of(visit, "bezoek"), {"day": "2026-11-27", "start": "15:00", "minutes": "120"})

    assert answer.status_code == 302
    with inside():
        visit.refresh_from_db()
        assert (str(visit.local_date), visit.minutes) == ("2026-11-27", 120)
        assert Assignment.objects.standing().get(visit=visit).helper_id == stage.fatma.pk
        assert visit_of(stage.homes["familie Peters"], "2026-12-03").minutes == 180


def test_a_move_onto_another_visit_changes_nothing_and_says_why(stage, anja, inside):
    with inside():
        visit = visit_of(stage.homes["familie Peters"], "2026-11-26")

    answer = anja.post(page_of(visit, "bezoek"), {"day": "2026-11-25", "start": "10:30", "minutes": "180"})

    assert answer.status_code == 422
    assert "Dat past niet" in text(answer)
    with inside():
        visit.refresh_from_db()
        assert str(visit.local_date) == "2026-11-26"
        assert not visit.own_date


def test_another_helper_goes_this_one_time(stage, anja, inside):
    with inside():
        visit = visit_of(stage.homes["familie Peters"], "2026-11-26")

    anja.post(f"{page_of(visit, 'bezoek')}hulp/", {"helper": stage.kim.public_id})

    with inside():
        assert Assignment.objects.standing().get(visit=visit).helper_id == stage.kim.pk


def seen(answer):
    return re.search(r'name="seen" value="([0-9a-f]+)"', answer.content.decode())[1]


def test_this_visit_and_all_that_follow_move_as_was_shown(stage, anja, inside):
    home = stage.homes["familie Peters"]
    with inside():
        visit = visit_of(home, "2026-12-03")
    answers = {"day": "2026-12-01", "start": "14:00", "minutes": "180", "scope": "following"}

    look = anja.post(page_of(visit, "bezoek"), answers)

    assert "9 bezoeken veranderen" in text(look), "eight move, and a ninth Tuesday falls within nine weeks"
    with inside():
        assert visit_of(home, "2026-12-03") == visit, "nothing happened yet"

    told = anja.post(page_of(visit, "bezoek"), answers | {"seen": seen(look), "commit": "1"})

    assert told.status_code == 302
    with inside():
        ahead = visit.arrangement.visits.filter(cancelled_at=None, local_date__gte="2026-11-25").order_by("local_date")
        days = [(str(one.local_date), str(one.local_start)) for one in ahead[:3]]
        assert days == [("2026-11-26", "09:30:00"), ("2026-12-01", "14:00:00"), ("2026-12-08", "14:00:00")]
        assert visit_of(home, "2026-12-01") == visit, "it is the same visit"


def test_this_and_following_over_an_own_time_is_one_undo(stage, anja, inside):
    home = stage.homes["familie Peters"]
    with inside():
        visit = visit_of(home, "2026-12-03")
        agreement = page_of(visit.arrangement, "afspraak")
    anja.post(page_of(visit, "bezoek"), {"day": "2026-12-03", "start": "11:00", "minutes": "180", "scope": "one"})
    answers = {"day": "2026-12-03", "start": "14:00", "minutes": "180", "scope": "following"}
    look = anja.post(page_of(visit, "bezoek"), answers)
    anja.post(page_of(visit, "bezoek"), answers | {"seen": seen(look), "commit": "1"})
    with inside():
        assert [str(visit_of(home, day).local_start) for day in ("2026-12-03", "2026-12-10")] == ["14:00:00"] * 2

    anja.post(f"{agreement}ongedaan/")

    with inside():
        starts = [str(visit_of(home, day).local_start) for day in ("2026-12-03", "2026-12-10")]
        assert starts == ["11:00:00", "09:30:00"], "the own time stands as before, and so do the others"


def test_another_helper_comes_from_now_on(stage, anja, inside):
    home = stage.homes["familie Peters"]
    with inside():
        visit = visit_of(home, "2026-12-03")
    page, answers = f"{page_of(visit, 'bezoek')}hulp/", {"helper": str(stage.riet.public_id), "scope": "all"}

    look = anja.post(page, answers)
    told = anja.post(page, answers | {"seen": seen(look), "commit": "1"})

    assert told.status_code == 302
    with inside():
        going = Assignment.objects.standing().filter(visit__household=home, visit__local_date__gte="2026-11-26")
        assert set(going.values_list("helper", flat=True)) == {stage.riet.pk}


def test_what_changed_since_the_preview_of_many_visits_is_shown_again(stage, anja, inside):
    with inside():
        visit = visit_of(stage.homes["familie Peters"], "2026-12-03")
    page = page_of(visit, "bezoek")
    answers = {"day": "2026-12-03", "start": "14:00", "minutes": "180", "scope": "all"}
    look = anja.post(page, answers)

    told = anja.post(page, answers | {"start": "15:00", "seen": seen(look), "commit": "1"})

    assert told.status_code == 200
    assert "er is niets gedaan" in text(told)
    with inside():
        visit.refresh_from_db()
        assert str(visit.local_start) == "09:30:00"
    for wrong, words in (({"day": "2026-12-10"}, "een dag in dezelfde week"), ({"start": "09:30"}, "Het is al zo")):
        told = anja.post(page, answers | wrong)
        assert told.status_code == 422
        assert words in text(told)


def test_an_agreement_changes_from_a_day_on_and_back(stage, anja, inside):
    with inside():
        arrangement = agreement_of(stage.homes["familie Peters"])
        before = list(arrangement.visits.order_by("pk").values_list("pk", "local_date", "local_start"))
    answers = {
        "slot_no": "1",
        "scope": "following",
        "since": "2026-12-01",
        "rhythm": "2O",
        "weekday": "1",
        "start": "14:00",
        "minutes": "120",
        "helper": str(stage.fatma.public_id),
    }

    assert anja.post(page_of(arrangement, "afspraak"), answers).status_code == 302

    with inside():
        after = arrangement.visits.filter(local_date__gte="2026-12-01", cancelled_at=None)
        days = [str(visit.local_date) for visit in after.order_by("local_date")]
        assert days[:4] == ["2026-12-01", "2026-12-15", "2026-12-29", "2027-01-12"]
        assert visit_of(stage.homes["familie Peters"], "2026-11-26").minutes == 180
    page = text(anja.get(page_of(arrangement, "afspraak")))
    assert "om de 2 weken op dinsdag, in oneven weken (vanaf 2027 in even weken)" in page, "2026 has a week 53"
    assert "elke week op donderdag" in page

    anja.post(f"{page_of(arrangement, 'afspraak')}ongedaan/")

    with inside():
        now = arrangement.visits.filter(cancelled_at=None).order_by("pk")
        assert sorted((day, start) for _, day, start in before) == sorted(now.values_list("local_date", "local_start"))


def test_a_new_agreement_makes_its_visits(stage, anja, inside):
    home = stage.homes["meneer Vos"]
    answers = {
        "rhythm": "M1",
        "weekday": "0",
        "start": "16:00",
        "minutes": "60",
        "since": "2026-12-01",
        "helper": str(stage.kim.public_id),
        "work_form": "AGENCY_EMPLOYS",
    }

    answer = anja.post(f"/o/zorgzaam/huishouden/{home.public_id}/afspraak/", answers)

    assert answer.status_code == 302
    with inside():
        made = Arrangement.objects.filter(household=home).order_by("-pk").first()
        assert [str(visit.local_date) for visit in made.visits.order_by("local_date")] == ["2026-12-07", "2027-01-04"]
    assert "elke eerste maandag van de maand" in text(anja.get(page_of(home, "huishouden")))


def test_even_weeks_begin_in_an_even_week_also_after_a_week_53(stage, anja, inside):
    home = stage.homes["familie Peters"]
    answers = {"rhythm": "2E", "weekday": "0", "start": "16:00", "minutes": "60", "since": "2026-12-28"}

    anja.post(f"/o/zorgzaam/huishouden/{home.public_id}/afspraak/", answers | {"work_form": "AGENCY_EMPLOYS"})

    with inside():
        made = Arrangement.objects.filter(household=home).order_by("-pk").first()
        days = [str(day) for day in made.visits.order_by("local_date").values_list("local_date", flat=True)]
    assert days == ["2027-01-11", "2027-01-25"], "28 December lies in week 53, and 4 January in week 1"


def test_by_the_month_another_day_may_be_another_of_the_month(stage, anja, inside):
    home = stage.homes["familie Peters"]
    first = {"rhythm": "M1", "weekday": "2", "start": "16:00", "minutes": "60", "since": "2026-12-01"}
    anja.post(f"/o/zorgzaam/huishouden/{home.public_id}/afspraak/", first | {"work_form": "AGENCY_EMPLOYS"})
    with inside():
        visit = visit_of(home, "2027-01-06")
    friday = {"day": "2027-01-08", "start": "16:00", "minutes": "60", "scope": "following"}

    look = anja.post(page_of(visit, "bezoek"), friday)
    anja.post(page_of(visit, "bezoek"), friday | {"seen": seen(look), "commit": "1"})

    with inside():
        visit.refresh_from_db()
        assert (str(visit.local_date), visit.cancelled_at) == ("2027-01-08", None), "it is not lost"
        agreement = page_of(visit.arrangement, "afspraak")
    assert "elke tweede vrijdag van de maand" in text(anja.get(agreement))


def test_a_rhythm_that_nobody_chooses_here_is_kept_when_the_hour_changes(stage, anja, inside):
    home = stage.homes["familie Peters"]
    with inside():
        slot = Slot(weekday=1, local_start=time(9), minutes=120, anchor_date=date(2026, 12, 1), every_n=7)
        made = arrangements.agree(
            household=home,
            work_form="AGENCY_EMPLOYS",
            slots=[slot],
            since=date(2026, 12, 1),
            by=tenancy.SYSTEM,
            at=clock.now(),
        )
    page = page_of(made, "afspraak")
    chosen = re.findall(r'<option value="([^"]+)" selected>([^<]*)', anja.get(page).content.decode())

    assert ("7", "om de 7 weken") in chosen
    answers = {"slot_no": "1", "scope": "all", "rhythm": "7", "weekday": "1", "start": "10:00", "minutes": "120"}
    assert anja.post(page, answers).status_code == 302
    with inside():
        days = made.visits.filter(cancelled_at=None).order_by("local_date").values_list("local_date", "local_start")
        assert [(str(day), start) for day, start in days] == [("2026-12-01", time(10)), ("2027-01-19", time(10))]


def test_ending_an_agreement_can_be_undone(stage, anja, inside):
    with inside():
        arrangement = agreement_of(stage.homes["familie Peters"])
        before = arrangement.visits.filter(cancelled_at=None).count()

    anja.post(f"{page_of(arrangement, 'afspraak')}einde/", {"since": "2026-12-01"})
    with inside():
        assert not arrangement.visits.filter(cancelled_at=None, local_date__gte="2026-12-01").exists()
    anja.post(f"{page_of(arrangement, 'afspraak')}ongedaan/")

    with inside():
        assert arrangement.visits.filter(cancelled_at=None).count() == before


def test_a_visit_is_added_to_the_week_and_ended_again(stage, anja, inside):
    home = stage.homes["familie Peters"]
    with inside():
        arrangement = agreement_of(home)
    page = page_of(arrangement, "afspraak")
    answers = {
        "rhythm": "2E",
        "weekday": "0",
        "start": "09:00",
        "minutes": "90",
        "since": "2026-12-01",
        "helper": str(stage.kim.public_id),
    }

    assert anja.post(f"{page}erbij/", answers).status_code == 302

    with inside():
        mondays = arrangement.visits.filter(slot_no=2).order_by("local_date").values_list("local_date", flat=True)
        assert [str(day) for day in mondays[:3]] == ["2026-12-07", "2026-12-21", "2027-01-04"]
        thursdays = arrangement.visits.filter(slot_no=1, cancelled_at=None).count()
    words = text(anja.get(page))
    assert "om de 2 weken op maandag, in even weken (vanaf 2027 in oneven weken)" in words
    assert "de hele afspraak" in words

    anja.post(f"{page}einde/", {"slot_no": "2", "since": "2026-12-20"})

    with inside():
        left = arrangement.visits.filter(slot_no=2, cancelled_at=None).values_list("local_date", flat=True)
        assert [str(day) for day in left] == ["2026-12-07"]
        assert arrangement.visits.filter(slot_no=1, cancelled_at=None).count() == thursdays
    assert anja.post(f"{page}erbij/", answers | {"start": "25:00"}).status_code == 422
    assert anja.post(f"{page}einde/", {"slot_no": "7", "since": "2026-12-20"}).status_code == 422


def test_another_team_sees_a_name_card(stage, signed_in, inside):
    with inside():
        visit = visit_of(stage.homes["familie Peters"], "2026-11-26")
        arrangement = agreement_of(stage.homes["familie Peters"])
    eva = signed_in("Eva")

    for page in (page_of(visit, "bezoek"), page_of(arrangement, "afspraak")):
        answer = eva.get(page)
        assert answer.status_code == 403
        with translation.override("nl"):
            assert "Lindenlaan" not in answer.content.decode()


def test_a_skipped_visit_leaves_the_board(stage, anja, inside):
    with inside():
        visit = visit_of(stage.homes["familie Peters"], "2026-11-26")

    anja.post(f"{page_of(visit, 'bezoek')}overslaan/")

    assert str(visit.public_id) not in anja.get(BOARD).content.decode()


@pytest.mark.parametrize("day", ["2025-11-25", "2026-11-24"])
def test_a_visit_to_come_is_not_moved_to_a_day_that_is_past(stage, anja, inside, day):
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")

    answer = anja.post(page_of(visit, "bezoek"), {"day": day, "start": "10:00", "minutes": "180"})

    assert answer.status_code == 422
    assert "Kies vandaag of een latere dag" in answer.content.decode()
    with inside():
        assert visit_of(stage.homes["mevrouw De Vries"], "2026-11-25").starts_at == visit.starts_at
