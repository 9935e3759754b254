"""A region grows too large: the manager splits it, sees beforehand who goes along, and can take it back."""

import re
from datetime import date

import pytest

from samen.office.models import Split
from samen.people.models import Helper, Household, HouseholdPlace
from samen.teams import routing
from samen.teams.models import Colleague, Region, Team
from samen.visits.models import Assignment, HolidayChoice, Visit
from tests.conftest import visit_of

AT = "/o/zorgzaam/"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def seen(answer):
    return re.findall(r'name="seen" value="([0-9a-f]+)"', answer.content.decode())[-1]


@pytest.fixture
def page(inside):
    with inside():
        return f"{AT}beheer/regio/{Region.objects.get(name='Gooi').public_id}/splitsen/"


@pytest.fixture
def answers(inside):
    """The middle and the south of Hilversum become a region with a team of its own; Bram and Chris go there."""
    with inside():
        going = Colleague.objects.filter(name__in=["Bram", "Chris"]).values_list("public_id", flat=True)
        return {
            "postcodes": "1211-1213",
            "name": "Hilversum",
            "team": "Team Hilversum",
            "phone": "035 555 01 70",
            "colleagues": [str(one) for one in going],
            "helpers": "VISITS",
        }


def team_of(inside, row):
    with inside():
        return type(row).objects.get(pk=row.pk).team.name


def do(anja, page, answers):
    look = anja.post(page, answers)
    return anja.post(page, answers | {"seen": seen(look), "commit": "1"})


def test_it_is_said_beforehand_and_nothing_happens(stage, anja, inside, page, answers):
    look = text(anja.post(page, answers))

    assert "huishoudens verhuizen" in look
    assert "mevrouw De Vries" in look
    assert "Bram, Chris" in look
    with inside():
        assert not Team.objects.filter(name="Team Hilversum").exists()
        assert not Split.objects.exists()


def test_households_helpers_and_what_is_ahead_go_along_and_the_past_stays(
    stage, anja, inside, signed_in, page, answers
):
    vries = stage.homes["mevrouw De Vries"]
    with inside():
        past = Visit.objects.filter(household=vries, local_date__lt=date(2026, 11, 25)).count()
    assert past

    assert do(anja, page, answers).status_code == 302

    assert team_of(inside, vries) == "Team Hilversum"
    assert team_of(inside, stage.homes["meneer Bakker"]) == "Team Zuid", "he lives in 1217"
    with inside():
        team = Team.objects.get(name="Team Hilversum")
        assert routing.team_for("1213 AB") == team
        behind = Visit.objects.filter(household=vries, local_date__lt=date(2026, 11, 25))
        assert {visit.team.name for visit in behind} == {"Team Zuid"}
        ahead = Visit.objects.filter(household=vries, local_date__gt=date(2026, 11, 25))
        assert {visit.team_id for visit in ahead} == {team.pk}
    bram = signed_in("Bram")
    assert "Team Hilversum" in text(bram.get(AT))
    assert bram.get(f"{AT}huishouden/{vries.public_id}/").status_code == 200
    assert signed_in("Dilek").get(f"{AT}huishouden/{vries.public_id}/").status_code == 403


def test_the_preview_and_the_split_are_the_same(stage, anja, inside, page, answers):
    look = text(anja.post(page, answers))
    said = {word: int(re.search(rf"(\d+) {word}", look)[1]) for word in ("huishoudens verhuizen", "bezoeken hierna")}

    do(anja, page, answers)

    with inside():
        team = Team.objects.get(name="Team Hilversum")
        found = Household.objects.filter(team=team).count(), Visit.objects.filter(team=team).count()
    assert found == (said["huishoudens verhuizen"], said["bezoeken hierna"])


def test_what_changed_meanwhile_is_shown_again_and_nothing_is_done(stage, anja, inside, page, answers):
    look = anja.post(page, answers)
    with inside():
        Household.objects.filter(name="mevrouw De Vries").update(team=stage.teams["Team Noord"])
        Household.objects.filter(name="meneer Bakker").update(team=stage.teams["Team Zuid"])
    anja.post(f"{AT}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "1w"})

    told = anja.post(page, answers | {"seen": seen(look), "commit": "1"})

    assert told.status_code == 200
    assert "er is niets gedaan" in text(told)
    with inside():
        assert not Split.objects.exists()


def test_who_waits_for_other_hands_stays_until_somebody_is_found(stage, anja, inside, page, answers):
    anja.post(f"{AT}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "1w"})
    with inside():
        missed = Assignment.objects.filter(helper=stage.fatma, ended_by_kind="absence").values("visit__household")
        waiting = list(Household.objects.filter(pk__in=missed))
    assert waiting

    look = text(anja.post(page, answers))
    assert "Er wordt een invaller gezocht" in look
    do(anja, page, answers)

    assert {team_of(inside, one) for one in waiting} == {"Team Zuid"}
    assert team_of(inside, stage.fatma) == "Team Zuid"


def test_everybody_comes_back_when_it_is_undone(stage, anja, inside, page, answers):
    with inside():
        before = [
            set(Household.objects.values_list("pk", "team")),
            set(Helper.objects.values_list("pk", "team")),
            set(Visit.objects.values_list("pk", "team", "cancelled_why")),
        ]
    do(anja, page, answers)
    with inside():
        split = Split.objects.get()

    undo = f"{AT}beheer/splitsing/{split.public_id}/ongedaan/"
    look = anja.get(undo)
    assert "huishoudens komen terug" in text(look)
    assert "Bram, Chris" in text(look)
    assert "er is niets gedaan" in text(anja.post(undo)), "nobody looked"

    told = anja.post(undo, {"seen": seen(look)}, follow=True)

    assert "Terug:" in text(told)
    with inside():
        after = [
            set(Household.objects.values_list("pk", "team")),
            set(Helper.objects.values_list("pk", "team")),
            set(Visit.objects.values_list("pk", "team", "cancelled_why")),
        ]
        assert routing.team_for("1213 AB") is None
    assert after == before
    assert anja.post(f"{AT}beheer/splitsing/{split.public_id}/ongedaan/").status_code == 404


def test_what_can_not_come_back_is_said_before_it_is_undone(stage, anja, inside, page, answers):
    do(anja, page, answers)
    anja.post(f"{AT}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "1w"})
    moved_on = stage.homes["mevrouw De Vries"]
    with inside():
        undo = f"{AT}beheer/splitsing/{Split.objects.get().public_id}/ongedaan/"
        Household.objects.filter(pk=moved_on.pk).update(team=stage.teams["Team Noord"])
    page_before = anja.get(undo)

    look = text(page_before).partition("Wat niet terugkomt")[2]
    anja.post(undo, {"seen": seen(page_before)})

    assert "mevrouw De Vries" in look
    assert "familie Smit Er wordt een invaller gezocht" in look
    assert team_of(inside, stage.homes["familie Smit"]) == "Team Hilversum"
    assert team_of(inside, moved_on) == "Team Noord"


def test_of_whom_no_postcode_is_known_goes_along_when_somebody_says_so(stage, anja, inside, page, answers):
    with inside():
        secret = HouseholdPlace.objects.get(place__secret=True, household__team=stage.teams["Team Zuid"]).household
    first = anja.post(page, answers)
    assert f'value="{secret.public_id}"' in first.content.decode()

    do(anja, page, answers)
    stayed = team_of(inside, secret)
    do(anja, page, answers | {"name": "", "team": "", "phone": "", "along": [str(secret.public_id), "onzin"],
       "region": _region(inside, "Hilversum"), "colleagues": [], "postcodes": "1214"})  # fmt: skip

    assert stayed == "Team Zuid"
    assert team_of(inside, secret) == "Team Hilversum"


def _region(inside, name):
    with inside():
        return str(Region.objects.get(name=name).public_id)


def test_what_the_team_decided_about_christmas_holds_in_the_new_team(stage, anja, inside, page, answers):
    christmas = f"{AT}feestdagen/keuze/?van=2026-12-25&tot=2026-12-26"
    look = anja.post(christmas, {"choice": "SKIP"})
    anja.post(christmas, {"choice": "SKIP", "seen": seen(look), "commit": "1"})
    vos = stage.homes["meneer Vos"]

    look = anja.post(page, answers | {"postcodes": "1200-1299"})
    assert "beslist" not in text(look), "nothing changes"
    do(anja, page, answers | {"postcodes": "1200-1299"})

    assert team_of(inside, vos) == "Team Hilversum"
    with inside():
        assert visit_of(vos, "2026-12-25").cancelled_why == "HOLIDAY"
        assert HolidayChoice.objects.filter(team__name="Team Hilversum").count() == 1


def test_a_helper_who_goes_to_both_teams_stands_on_both_boards(stage, anja, inside, signed_in, page, answers):
    do(anja, page, answers | {"helpers": "NOBODY"})
    vries = stage.homes["mevrouw De Vries"]

    for who in ("Bram", "Dilek"):
        board = signed_in(who).get(f"{AT}week/?week=2026-W49").content.decode()
        row = next(part for part in board.split("<tr")[1:] if "Fatma" in part.split("</th>")[0])
        assert vries.name in row


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Een nieuwe regio heeft dit nodig"),
        ({"colleagues": []}, "Een nieuwe regio heeft dit nodig"),
        ({"name": "Gooi"}, "Er is al een regio met deze naam"),
        ({"team": "Team Zuid"}, "Er is al een team met deze naam"),
        ({"postcodes": "12x"}, "is geen postcode"),
        ({"region": "nergens"}, ""),
    ],
)
def test_a_wrong_answer_is_told_at_its_field(anja, page, answers, wrong, told):
    answer = anja.post(page, answers | wrong)

    assert answer.status_code == 422
    assert told in text(answer)


def test_only_a_manager_of_this_agency_splits(stage, anja, inside, zoe, signed_in, page, answers):
    do(anja, page, answers)
    with inside():
        split = Split.objects.get()

    for visitor, status in ((zoe, 404), (signed_in("Bram"), 403)):
        assert visitor.get(page).status_code == status
        assert visitor.post(f"{AT}beheer/splitsing/{split.public_id}/ongedaan/").status_code == status


def existing_region(anja, inside):
    """Eemland with a team of its own, which decided nothing about Christmas."""
    anja.post(f"{AT}beheer/regio/", {"name": "Eemland", "postcodes": "3811-3829"})
    with inside():
        region = Region.objects.get(name="Eemland").public_id
    anja.post(f"{AT}beheer/team/", {"name": "Team Eem", "phone": "033 555 01 10", "region": region})
    return {"postcodes": "1215", "region": str(region), "helpers": "HOME"}


def test_a_team_that_decided_otherwise_about_christmas_is_said_beforehand(stage, anja, inside, page):
    christmas = f"{AT}feestdagen/keuze/?van=2026-12-25&tot=2026-12-26"
    look = anja.post(christmas, {"choice": "SKIP"})
    anja.post(christmas, {"choice": "SKIP", "seen": seen(look), "commit": "1"})
    to_eemland, vos = existing_region(anja, inside), stage.homes["meneer Vos"]

    look = text(anja.post(page, to_eemland))
    assert "bezoek verandert, want het andere team heeft anders over een feestdag beslist" in look
    assert do(anja, page, to_eemland).status_code == 302

    assert team_of(inside, vos) == "Team Eem"
    assert team_of(inside, stage.agnieszka) == "Team Eem", "she lives in 1215"
    with inside():
        assert visit_of(vos, "2026-12-25").cancelled_why == ""
        assert routing.team_for("1215").name == "Team Eem"


def test_who_stayed_behind_follows_when_the_search_is_over(stage, anja, inside, page):
    to_eemland, vos = existing_region(anja, inside), stage.homes["meneer Vos"]
    absent = anja.post(f"{AT}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "1w"})["Location"]
    do(anja, page, to_eemland)
    assert team_of(inside, vos) == "Team Zuid"

    anja.post(f"{absent}terugnemen/")
    do(anja, page, to_eemland)

    assert team_of(inside, vos) == "Team Eem"


def test_a_postcode_of_a_third_region_stays_there(stage, anja, inside, page):
    to_eemland = existing_region(anja, inside)
    anja.post(f"{AT}beheer/regio/", {"name": "Vallei", "postcodes": "6700-6799"})

    told = anja.post(page, to_eemland | {"postcodes": "6710"})

    assert told.status_code == 422
    assert "6710 ligt al in Vallei" in text(told)
