"""The law is held beside what a coordinator decides: it warns by name and source, and a reason lets one go on."""

import html
import re
from datetime import date

import pytest

from samen.visits import rates, tasks
from samen.visits.models import Absence, Override, Task
from tests.conftest import visit_of
from tests.stories.test_hours import text
from tests.stories.test_sick_helper import report

SMIT = "familie Smit"  # employs Fatma itself, who comes on Wednesdays


def agree(anja, stage, weekday, **more):
    answers = {
        "rhythm": "1",
        "weekday": str(weekday),
        "start": "17:00",
        "minutes": "60",
        "since": "2026-11-30",
        "helper": str(stage.fatma.public_id),
        "work_form": "HOUSEHOLD_EMPLOYS",
    }
    return anja.post(f"/o/zorgzaam/huishouden/{stage.homes[SMIT].public_id}/afspraak/", answers | more)


def test_the_fourth_day_in_a_week_warns_by_name_and_a_reason_goes_on(stage, anja, inside):
    assert agree(anja, stage, 0).status_code == 302
    assert agree(anja, stage, 1).status_code == 302

    warned = agree(anja, stage, 3)

    assert warned.status_code == 422
    assert "Hooguit drie dagen per week bij één huishouden" in text(warned)
    assert "zou Fatma hier op 4 dagen komen" in text(warned)
    assert "Bron: Rijksoverheid" in text(warned)
    assert agree(anja, stage, 3, why="Alleen deze maand, afgesproken met de familie.").status_code == 302
    with inside():
        kept = Override.objects.get()
        assert (kept.rule, kept.found, kept.reason[:6]) == ("DAYS_A_WEEK", 4, "Alleen")
    assert "ging door waar een regel waarschuwde" in text(
        anja.get(f"/o/zorgzaam/huishouden/{stage.homes[SMIT].public_id}/")
    )


def test_changing_a_day_is_no_fourth_day(stage, anja, inside):
    agree(anja, stage, 0)
    agree(anja, stage, 1)
    with inside():
        last = stage.homes[SMIT].arrangements.order_by("-pk").first()
    answers = {"slot_no": "1", "scope": "following", "since": "2026-11-30", "rhythm": "1", "weekday": "3",
               "start": "17:00", "minutes": "60", "helper": str(stage.fatma.public_id)}  # fmt: skip

    assert anja.post(f"/o/zorgzaam/afspraak/{last.public_id}/", answers).status_code == 302


def test_an_agency_reads_what_comes_with_the_wtta(stage, anja):
    answer = agree(anja, stage, 0, work_form="AGENCY_EMPLOYS")

    assert answer.status_code == 302
    page = text(anja.get(answer["Location"]))
    assert "moet vanaf 1 januari 2027 geregistreerd zijn (Wtta), met een waarborgsom van € 100.000,00" in page
    assert "vanaf 1 januari 2028 zijn er boetes" in page


def test_too_little_rest_warns_and_the_visit_stays_where_it_was(stage, anja, inside):
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-12-02")
    late = {"day": "2026-12-02", "start": "22:00", "minutes": "180"}  # Thursday begins at half past nine

    answer = anja.post(f"/o/zorgzaam/bezoek/{visit.public_id}/", late)

    assert answer.status_code == 422
    assert "Verkorte rust, eens in de zeven dagen" in text(answer)
    assert "8,5 uur rust" in text(answer)
    assert "Arbeidstijdenwet" in text(answer)
    with inside():
        visit.refresh_from_db()
        assert str(visit.local_start) == "10:00:00"
    answer = anja.post(f"/o/zorgzaam/bezoek/{visit.public_id}/", late | {"why": "Zij wil het zelf."})
    assert answer.status_code == 302
    with inside():
        visit.refresh_from_db()
        assert str(visit.local_start) == "22:00:00"
        assert Override.objects.get().rule == "SHORTENED_REST"


def test_a_short_call_is_good_to_know_and_asks_no_reason(stage, anja, inside):
    with inside():
        visit = visit_of(stage.homes["familie Peters"], "2026-11-26")

    answer = anja.post(
        f"/o/zorgzaam/bezoek/{visit.public_id}/", {"day": "2026-11-27", "start": "15:00", "minutes": "120"}
    )

    assert answer.status_code == 302
    assert "binnen 4 dagen weigeren" in text(anja.get(answer["Location"]))
    with inside():
        assert not Override.objects.exists()


def test_a_stand_in_for_who_is_employed_by_the_household_changes_the_work_form(stage, anja, inside):
    page = text(anja.get(report(anja, stage.fatma)))

    assert "familie Smit heeft de hulp zelf in dienst. Wie wij sturen werkt voor ons" in page
    assert "mevrouw De Vries heeft de hulp zelf in dienst" not in page


def rate(anja, helper, **answers):
    return anja.post(f"/o/zorgzaam/hulp/{helper.public_id}/tarief/", {"since": "2026-12-01", **answers})


def test_a_rate_below_the_minimum_wage_warns_with_the_figure_of_that_day(stage, anja, inside):
    with inside():
        stage.joke.birth_date = date(1980, 5, 1)
        stage.joke.save()

    assert "het minimumloon bij deze leeftijd is € 14,99 op 1 december 2026" in text(
        rate(anja, stage.joke, euros="14,98")
    )
    assert rate(anja, stage.joke, euros="14,99").status_code == 302
    with inside():
        assert rates.of_helper(stage.joke, date(2026, 12, 1)) == 1499
        assert rates.of_helper(stage.joke, date(2026, 11, 30)) is None


def test_beyond_the_last_table_nothing_is_asserted(stage, anja, inside):
    with inside():
        stage.joke.birth_date = date(1980, 5, 1)
        stage.joke.save()

    answer = rate(anja, stage.joke, euros="12,00", since="2027-02-01")

    assert answer.status_code == 302
    page = text(anja.get(answer["Location"]))
    assert "vanaf 1 januari 2027 nog niet bekend. Samen beweert niets tot het gepubliceerd is" in page


def test_a_young_helper_has_the_wage_of_her_age_until_her_birthday(stage, anja, inside):
    with inside():
        stage.joke.birth_date = date(2007, 12, 2)  # eighteen today, nineteen next week
        stage.joke.save()

    assert "Minimumloon € 7,50 per uur" in text(anja.get(f"/o/zorgzaam/hulp/{stage.joke.public_id}/werk/"))
    assert rate(anja, stage.joke, euros="7,50").status_code == 302
    assert "is € 8,99 op 2 december 2026" in text(rate(anja, stage.joke, euros="8,98", since="2026-12-02"))


def test_where_rates_count_nobody_is_proposed_who_asks_more_than_is_paid(stage, anja, inside, actor):
    with inside():
        day = date(2026, 11, 1)
        at = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25").starts_at
        rates.asks(stage.joke, cents=2350, since=day, by=actor, at=at)
        rates.asks(stage.piet, cents=2000, since=day, by=actor, at=at)
        rates.pays(stage.homes["mevrouw De Vries"], cents=2000, since=day, by=actor, at=at)
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
    page = f"/o/zorgzaam/bezoek/{visit.public_id}/?wie=1"
    assert "Joke Smeets" in text(anja.get(page))

    with inside():
        rates.use(wanted=True, by=actor, at=at)

    page = text(anja.get(page))
    assert "Joke Smeets" not in page
    assert "Piet van den Berg" in page
    assert "vraagt € 3,50 per uur meer dan dit huishouden betaalt" in page


@pytest.mark.parametrize(("well_since", "used"), [("2026-11-20", 11), (None, 15)])
def test_the_sick_counter_is_for_colleagues_and_knows_no_cause(stage, anja, client, phone, inside, well_since, used):
    with inside():
        since = visit_of(stage.homes[SMIT], "2026-11-11").starts_at
        gone = visit_of(stage.homes[SMIT], "2026-11-25").starts_at
        ill = Absence.objects.create(helper=stage.fatma, kind="ILLNESS", starts_at=since)
        if well_since:
            Absence.objects.filter(pk=ill.pk).update(ended_at=gone.replace(day=20))
    page = text(anja.get(f"/o/zorgzaam/hulp/{stage.fatma.public_id}/werk/"))

    assert f"{used if not well_since else 9} / 42" in page
    assert "In dienst bij: familie Smit" in page
    for theirs in (phone(stage.homes[SMIT]), f"{phone(stage.fatma)}uren/", f"{phone(stage.homes[SMIT])}uren/"):
        assert "/ 42" not in text(client.get(theirs))


def test_who_works_for_no_household_directly_has_no_sick_counter(stage, anja, inside):
    with inside():
        since = visit_of(stage.homes["mevrouw Bos"], "2026-11-24").starts_at
        Absence.objects.create(helper=stage.joke, kind="ILLNESS", starts_at=since)

    assert "/ 42" not in text(anja.get(f"/o/zorgzaam/hulp/{stage.joke.public_id}/werk/"))


def test_every_rule_stands_on_its_page_with_its_source_and_its_doubts(stage, anja):
    page = text(anja.get("/o/zorgzaam/regels/"))

    for words in ("€ 14,99 nu", "1-7-2026", "daarna nog niet bekend", "niet zeker", "Arbeidstijdenwet, art. 5:3 lid 2",
                  "Burgerlijk Wetboek 7, art. 629", "87,5 %", "€ 100.000,00", "42 dagen", "11 uur"):  # fmt: skip
        assert words in page, words


# --- What comes first -----------------------------------------------------------------------------


def test_tasks_are_written_one_a_line_and_read_on_the_phone_in_that_order(stage, anja, client, phone, inside):
    with inside():
        visit = visit_of(stage.homes["mevrouw Jansen"], "2026-11-26")
        before = Task.objects.filter(arrangement=visit.arrangement).count()
    edit = f"/o/zorgzaam/afspraak/{visit.arrangement.public_id}/taken/"

    assert anja.post(edit, {"tasks": "Bed verschonen, 15\nBadkamer\nRamen 30 min"}).status_code == 302

    page = text(client.get(f"{phone(stage.joke)}bezoek/{visit.public_id}/"))
    assert re.search(r"Bed verschonen 15 minuten.*Badkamer.*Ramen 30 minuten", page)
    assert "Is er minder tijd? Doe dan eerst: Bed verschonen" in page
    assert "Bed verschonen" in text(anja.get(f"/o/zorgzaam/bezoek/{visit.public_id}/"))
    with inside():
        assert [task.what for task in tasks.of(visit.arrangement, date(2026, 11, 24))] != ["Bed verschonen"]
        assert Task.objects.filter(arrangement=visit.arrangement).count() == before + 3, "what was before is kept"


def test_twenty_one_tasks_are_too_many(stage, anja, inside):
    with inside():
        agreement = visit_of(stage.homes["mevrouw Jansen"], "2026-11-26").arrangement.public_id
    edit = f"/o/zorgzaam/afspraak/{agreement}/taken/"

    assert anja.post(edit, {"tasks": "\n".join(f"taak {n}" for n in range(21))}).status_code == 422
    assert anja.post(edit, {"tasks": "x" * 121}).status_code == 422


def test_the_office_makes_rates_a_hard_rule_and_ends_it_again(stage, anja, signed_in, inside):
    page = "/o/zorgzaam/beheer/tarieven/"
    assert "Er is niets afgesproken" in text(anja.get(page))
    rate(anja, stage.joke, euros="23,50")
    home = stage.homes["mevrouw De Vries"]
    anja.post(f"/o/zorgzaam/huishouden/{home.public_id}/tarief/", {"euros": "20,00", "since": "2026-11-01"})

    assert anja.post(page, {"count": "on"}).status_code == 302

    told = html.unescape(text(anja.get(page)))
    assert "Joke" in told
    assert "vanaf 1 december 2026 € 23,50" in told
    assert "mevrouw De Vries € 20,00" in told
    with inside():
        assert rates.count()
    assert rate(anja, stage.joke, since="2026-12-01").status_code == 302  # empty: it ends
    assert "€ 23,50" not in html.unescape(text(anja.get(page)))
    assert anja.post(page, {}).status_code == 302
    with inside():
        assert not rates.count()
    assert signed_in("Bram").post(page, {"count": "on"}).status_code == 403
