"""Boxing Day, a household that goes away, leave in March, and Fatma who stops: many visits at once."""

import re

from samen.visits.models import Absence, Arrangement, Assignment, Bundle, HolidayChoice, HouseholdAway
from tests.conftest import visit_of

AT = "/o/zorgzaam/"
CHRISTMAS = f"{AT}feestdagen/keuze/?van=2026-12-25&tot=2026-12-26"


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def seen(answer):
    return re.search(r'name="seen" value="([0-9a-f]+)"', answer.content.decode())[1]


def going(household, day):
    row = Assignment.objects.standing().filter(visit=visit_of(household, day)).select_related("helper__person").first()
    return row.helper.person.first_name if row else None


def test_christmas_is_looked_at_decided_and_undone(stage, anja, inside):
    vos = stage.homes["meneer Vos"]  # a Friday visit
    assert "Tweede kerstdag" in text(anja.get(f"{AT}feestdagen/"))

    look = anja.post(CHRISTMAS, {"choice": "SKIP"})
    assert "meneer Vos" in text(look)
    assert "vervalt: feestdag" in text(look)
    with inside():
        assert not HolidayChoice.objects.exists()
        assert visit_of(vos, "2026-12-25").cancelled_at is None

    assert anja.post(CHRISTMAS, {"choice": "SKIP", "seen": seen(look), "commit": "1"}).status_code == 302
    with inside():
        assert visit_of(vos, "2026-12-25").cancelled_why == "HOLIDAY"
        choice = HolidayChoice.objects.get()
    assert "bezoeken vervallen" in text(anja.get(f"{AT}feestdagen/"))

    anja.post(f"{AT}feestdagen/{choice.public_id}/ongedaan/")
    with inside():
        assert visit_of(vos, "2026-12-25").cancelled_why == ""


def test_one_household_is_moved_and_the_others_are_skipped(stage, anja, inside):
    vos = stage.homes["meneer Vos"]
    answers = {"choice": "SKIP", "exceptions": ["", f"{vos.public_id}:MOVE:2026-12-28"]}

    look = anja.post(CHRISTMAS, answers)
    anja.post(CHRISTMAS, answers | {"seen": seen(look), "commit": "1"})

    with inside():
        assert visit_of(vos, "2026-12-28").occurrence_date.isoformat() == "2026-12-25"


def test_what_changed_since_the_preview_is_shown_again_and_not_done(stage, anja, inside):
    look = anja.post(CHRISTMAS, {"choice": "SKIP"})

    answer = anja.post(CHRISTMAS, {"choice": "KEEP", "seen": seen(look), "commit": "1"})

    assert answer.status_code == 200
    assert "er is niets gedaan" in text(answer)
    with inside():
        assert not HolidayChoice.objects.exists()


def test_moving_needs_a_day_and_not_the_day_itself(stage, anja):
    nowhere = anja.post(CHRISTMAS, {"choice": "MOVE"})
    assert nowhere.status_code == 422
    assert "Kies de dag" in text(nowhere)

    same = anja.post(CHRISTMAS, {"choice": "MOVE", "to_date": "2026-12-25"})
    assert same.status_code == 422


def test_a_day_that_is_no_holiday_is_not_there(stage, anja):
    for query in ("?van=2026-12-24&tot=2026-12-25", "?van=2026-12-25&tot=2026-12-27", "?van=x&tot=y"):
        assert anja.get(f"{AT}feestdagen/keuze/{query}").status_code == 404


def test_school_breaks_stand_in_the_list_once_the_region_is_known(stage, anja):
    assert "Kerstvakantie" not in text(anja.get(f"{AT}feestdagen/"))

    anja.post(f"{AT}feestdagen/schoolregio/", {"school_region": "MIDDLE"})

    page = text(anja.get(f"{AT}feestdagen/"))
    assert "Kerstvakantie" in page
    assert "opendata.rijksoverheid.nl" in page, "and who says so"
    assert "niet nagekeken" not in page
    assert "bekend" not in page.split("Het komende jaar")[0], "what is ahead is known"


def test_a_household_goes_away_and_is_home_early(stage, anja, inside):
    peters = stage.homes["familie Peters"]
    page = f"{AT}huishouden/{peters.public_id}/weg/"

    anja.post(page, {"since": "2026-12-01", "until": "2026-12-20", "choice": "SKIP"})

    with inside():
        assert visit_of(peters, "2026-12-03").cancelled_why == "AWAY"
        row = HouseholdAway.objects.get()
    assert "Weg vanaf 1 december 2026, weer thuis op 20 december 2026" in text(anja.get(page))
    assert "Weg vanaf 1 december 2026" in text(anja.get(f"{AT}huishouden/{peters.public_id}/"))

    anja.post(f"{AT}weg/{row.public_id}/terug/", {"on": "2026-12-10"})
    with inside():
        assert visit_of(peters, "2026-12-03").cancelled_why == "AWAY"
        assert going(peters, "2026-12-10") == "Fatma"


def test_the_board_says_who_is_away_and_which_holiday_waits_for_a_choice(stage, anja, inside):
    peters, vos = stage.homes["familie Peters"], stage.homes["meneer Vos"]
    anja.post(
        f"{AT}huishouden/{peters.public_id}/weg/", {"since": "2026-12-21", "until": "2026-12-26", "choice": "SKIP"}
    )
    with inside():
        away, christmas = visit_of(peters, "2026-12-24"), visit_of(vos, "2026-12-25")

    board = anja.get(f"{AT}week/?week=2026-W52")
    row = text(board).split("Fatma Yılmaz")[1].split("Joke")[0]
    assert "familie Peters huishouden afwezig" in row
    assert "meneer Vos feestdag: nog niets gekozen" in row
    assert "het huishouden is weg" in text(anja.get(f"{AT}bezoek/{away.public_id}/"))
    assert "voor die dag is nog niets gekozen" in text(anja.get(f"{AT}bezoek/{christmas.public_id}/"))

    look = anja.post(CHRISTMAS, {"choice": "KEEP"})
    anja.post(CHRISTMAS, {"choice": "KEEP", "seen": seen(look), "commit": "1"})

    assert "feestdag: nog niets gekozen" not in text(anja.get(f"{AT}week/?week=2026-W52"))
    assert "nog niets gekozen" not in text(anja.get(f"{AT}bezoek/{christmas.public_id}/"))


def test_going_away_twice_is_told_at_its_field(stage, anja):
    page = f"{AT}huishouden/{stage.homes['familie Peters'].public_id}/weg/"
    anja.post(page, {"since": "2026-12-01", "until": "2026-12-20", "choice": "SKIP"})

    answer = anja.post(page, {"since": "2026-12-10", "until": "2026-12-30", "choice": "SKIP"})

    assert answer.status_code == 422
    assert "staat al genoteerd" in text(answer)


def test_leave_is_a_search_for_stand_ins_and_nowhere_illness(stage, anja, inside, phone):
    page = f"{AT}hulp/{stage.fatma.public_id}/verlof/"

    answer = anja.post(page, {"since": "2026-12-07", "until": "2026-12-14"}, follow=True)

    assert "Fatma Yılmaz heeft verlof" in text(answer)
    with inside():
        assert Absence.objects.get().kind == "LEAVE"
        assert going(stage.homes["familie Peters"], "2026-12-10") is None
        assert going(stage.homes["familie Peters"], "2026-12-17") == "Fatma"
    main = answer.content.decode().split("<main")[1].split("</main")[0]
    for page in (main, text(anja.get(AT)), text(anja.get(phone(stage.homes["familie Peters"])))):
        assert "ziek gemeld" not in page


def test_leave_in_the_past_or_backwards_is_refused(stage, anja):
    page = f"{AT}hulp/{stage.fatma.public_id}/verlof/"

    for since, until in (("2026-11-01", "2026-12-14"), ("2026-12-14", "2026-12-14")):
        assert anja.post(page, {"since": since, "until": until}).status_code == 422


def decisions(answer):
    chosen = re.findall(r'<option value="([^"]+)" selected', answer.content.decode())
    assert chosen
    return chosen


def test_fatma_stops_and_everything_can_be_undone(stage, anja, inside):
    page = f"{AT}hulp/{stage.fatma.public_id}/overdragen/"
    first = anja.get(f"{page}?vanaf=2026-12-14")
    words = text(first)
    assert "Fatma stopt op 14 december 2026" in words
    with inside():
        ends = Arrangement.objects.get(household=stage.homes["meneer Vos"]).public_id
    answers = {
        "since": "2026-12-14",
        "decisions": [f"{ends}:END" if one.startswith(str(ends)) else one for one in decisions(first)],
    }

    look = anja.post(page, answers)
    assert "geen bezoek" in text(look)
    with inside():
        assert going(stage.homes["familie Peters"], "2026-12-17") == "Fatma"

    assert anja.post(page, answers | {"seen": seen(look), "commit": "1"}).status_code == 302
    with inside():
        assert going(stage.homes["familie Peters"], "2026-12-17") != "Fatma"
        assert not Arrangement.objects.get(public_id=ends).visits.filter(local_date="2026-12-18").exists()
        bundle = Bundle.objects.get()
    assert "5 afspraken zijn overgedragen" in text(anja.get(page))

    anja.post(f"{AT}overdracht/{bundle.public_id}/ongedaan/")
    with inside():
        assert going(stage.homes["familie Peters"], "2026-12-17") == "Fatma"
        assert going(stage.homes["meneer Vos"], "2026-12-18") == "Fatma"


def test_who_would_clash_is_said_by_row(stage, anja, inside):
    page = f"{AT}hulp/{stage.fatma.public_id}/overdragen/"
    with inside():
        smit = Arrangement.objects.get(household=stage.homes["familie Smit"]).public_id
    answers = [
        f"{smit}:GIVE:{stage.piet.public_id}" if one.startswith(str(smit)) else one
        for one in decisions(anja.get(f"{page}?vanaf=2027-03-01"))
    ]

    look = anja.post(page, {"since": "2027-03-01", "decisions": answers})

    assert "hebben dan niemand" in text(look), "he is at meneer Kok's at that hour"
    assert "past niet" in text(look)


def test_an_answer_for_another_agreement_is_refused(stage, anja):
    page = f"{AT}hulp/{stage.fatma.public_id}/overdragen/"

    answer = anja.post(page, {"since": "2026-12-14", "decisions": [f"{stage.fatma.public_id}:END"]})

    assert answer.status_code == 422


def test_zoe_and_the_other_team_see_nothing(stage, zoe, signed_in, anja, inside):
    peters = stage.homes["familie Peters"]
    anja.post(f"{AT}huishouden/{peters.public_id}/weg/", {"since": "2026-12-01", "until": "", "choice": "SKIP"})
    with inside():
        row = HouseholdAway.objects.get()
    eva = signed_in("Eva")

    assert eva.get(f"{AT}huishouden/{peters.public_id}/weg/").status_code == 403
    assert eva.post(f"{AT}weg/{row.public_id}/ongedaan/").status_code == 403
    assert zoe.get(f"{AT}huishouden/{peters.public_id}/weg/").status_code == 404
    assert zoe.post(f"/o/buren/weg/{row.public_id}/ongedaan/").status_code == 404
    with inside():
        assert HouseholdAway.objects.get().withdrawn_at is None
