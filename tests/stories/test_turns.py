"""Mornings turn: somebody who said yes falls ill, somebody is better early, the night and the clock come between."""

import re
from datetime import date, datetime

import pytest

from samen.base import clock, mail
from samen.visits import lasting, periods, settling
from samen.visits.models import Absence, Assignment, Replacement, Visit
from tests import conftest
from tests.conftest import visit_of
from tests.stories.test_sick_helper import TODAY, links_to, report, send, ticked


def order_on_today(anja):
    """Whom the urgent lines of Today are about, from above."""
    return re.findall(r'<p class="what"><b>(\w+) ', anja.get(TODAY).content.decode())


def test_who_said_yes_falls_ill_and_the_visit_is_open_again_in_red(stage, anja, work, client, phone, who_goes):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    work()
    assert who_goes("mevrouw De Vries", "2026-11-25") == "Joke"

    client.post(f"{phone(stage.joke)}ziek/", {"start": "today", "until": "unknown"})

    page = anja.get(cockpit).content.decode()
    assert "Joke kan toch niet komen" in page
    assert "weer open" in page
    assert "Joke" in order_on_today(anja)
    assert who_goes("mevrouw De Vries", "2026-11-25") is None


def test_a_stand_in_who_was_ill_and_is_better_again_still_goes_after_the_night(
    stage, anja, work, client, phone, who_goes, inside
):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    client.post(f"{phone(stage.joke)}ziek/", {"start": "today", "until": "unknown"})
    with inside():
        hers = Absence.objects.get(helper=stage.joke).public_id
    assert who_goes("mevrouw De Vries", "2026-11-25") is None

    anja.post(f"{TODAY}afwezig/{hers}/beter/")
    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        settling.settle([visit.arrangement], at=clock.now())

    assert who_goes("mevrouw De Vries", "2026-11-25") == "Joke"
    with inside():
        assert Assignment.objects.standing().get(visit=visit).from_offer is not None, "she stands in; it is not her own"


def test_better_early_takes_nothing_that_was_promised_and_gives_back_what_nobody_has(
    stage, anja, work, client, who_goes
):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    work()
    mail.MEMORY.clear()

    anja.post(f"{cockpit}beter/")
    work()

    assert who_goes("mevrouw De Vries", "2026-11-25") == "Joke"
    assert who_goes("familie Smit", "2026-11-25") == "Fatma"
    assert any("geregeld" in letter.subject for letter in mail.MEMORY), "who was asked for it is thanked"
    assert not any(letter.address.startswith("joke") and "/l/" in letter.body for letter in mail.MEMORY)


def test_better_from_tomorrow_what_is_today_still_looks_for_somebody(stage, anja, client, phone, who_goes, inside):
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    with inside():
        absence = Absence.objects.get().public_id

    assert anja.post(f"{TODAY}afwezig/{absence}/beter/", {"tomorrow": "on"}).status_code == 302

    assert [who_goes("mevrouw De Vries", "2026-11-25"), who_goes("familie Peters", "2026-11-26")] == [None, "Fatma"]
    assert "mevrouw De Vries" in anja.get(answer["Location"]).content.decode()
    assert "ziek gemeld" in client.get(phone(stage.fatma)).content.decode()
    conftest.set_clock("2026-11-26 07:00 Europe/Amsterdam")
    assert "ziek gemeld" not in client.get(phone(stage.fatma)).content.decode()
    assert "is ziek gemeld" not in anja.get(f"{TODAY}hulp/{stage.fatma.public_id}/").content.decode()


def test_better_early_books_nobody_twice(stage, anja, work, inside, who_goes):
    cockpit = report(anja, stage.fatma)
    with inside():
        smit = visit_of(stage.homes["familie Smit"], "2026-11-25")
        other = visit_of(stage.homes["meneer Kok"], "2026-11-25")
        Assignment.objects.standing().filter(visit=other).delete()
        Assignment.objects.create(visit=other, helper=stage.fatma, starts_at=other.starts_at, ends_at=other.ends_at)

    anja.post(f"{cockpit}beter/")

    assert who_goes("meneer Kok", "2026-11-25") == "Fatma"
    assert who_goes("familie Smit", "2026-11-25") is None
    with inside():
        assert Replacement.objects.get(visit=smit).closed_at is None, "it still looks for somebody"


def test_today_is_ordered_by_the_time_left_until_harm(stage, anja):
    report(anja, stage.fatma)  # her first visit is at 10.00
    report(anja, stage.kim)  # reported later, and expected at 9.30

    assert order_on_today(anja)[:2] == ["Kim", "Fatma"]


def test_ill_just_before_midnight_the_visit_of_the_night_is_looked_after_too(stage, anja, inside):
    with inside():
        peters = visit_of(stage.homes["familie Peters"], "2026-11-26")
        Visit.objects.filter(pk=peters.pk).update(local_start="00:30")
        vries = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        Visit.objects.filter(pk=vries.pk).update(local_start="21:30")  # until 0.30, and under way
    conftest.set_clock("2026-11-25 23:50 Europe/Amsterdam")

    report(anja, stage.fatma)

    with inside():
        assert not Assignment.objects.standing().filter(visit__in=[peters, vries]).exists()
        assert Replacement.objects.filter(visit__in=[peters, vries], closed_at=None).count() == 2
        assert Absence.objects.get().expected_until == datetime.fromisoformat("2026-11-28 00:00+01:00")


@pytest.mark.parametrize(
    ("at", "start", "until"),
    [
        ("2026-10-24 12:00+02:00", "2026-10-25 00:00+02:00", "2026-10-28 00:00+01:00"),
        ("2027-03-27 12:00+01:00", "2027-03-28 00:00+01:00", "2027-03-31 00:00+02:00"),
    ],
)
def test_three_days_are_three_days_when_the_clock_changes(at, start, until):
    found = periods.from_words("tomorrow", "3d", at=datetime.fromisoformat(at))

    assert found == (datetime.fromisoformat(start), datetime.fromisoformat(until))


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ("2026-10-24 12:00 Europe/Amsterdam", "2026-10-25", "2026-10-28"),  # an hour longer
        ("2027-03-27 12:00 Europe/Amsterdam", "2027-03-28", "2027-03-31"),  # an hour shorter
    ],
)
def test_reported_over_the_change_of_the_clock_her_days_are_whole_days(stage, anja, inside, now, first, last):
    with inside():
        vries, peters = (
            Visit.objects.filter(household=stage.homes[name], assignments__helper=stage.fatma).earliest("starts_at")
            for name in ("mevrouw De Vries", "familie Peters")
        )
        Visit.objects.filter(pk=vries.pk).update(local_date=first, local_start="00:30", minutes=240)  # over the change
        Visit.objects.filter(pk=peters.pk).update(local_date=last, local_start="00:30")  # the day on which she is back
    conftest.set_clock(now)

    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "tomorrow", "until": "3d"})

    assert "mevrouw De Vries" in anja.get(answer["Location"]).content.decode()
    with inside():
        assert not Assignment.objects.standing().filter(visit=vries).exists()
        assert Assignment.objects.standing().get(visit=peters).helper_id == stage.fatma.pk


def test_an_end_that_nobody_knows_moves_on_by_itself_and_better_late_gives_back_what_nobody_has(
    stage, anja, work, inside, who_goes
):
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    cockpit = answer["Location"]
    again = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "1w"})
    assert again["Location"] == cockpit, "reported twice, it is one absence"
    with inside():
        sought = Replacement.objects.filter(round__absence__helper=stage.fatma)
        at_first = sought.count()
        lasting.last_on.later()
    conftest.set_clock("2026-12-02 07:00 Europe/Amsterdam")
    work()
    assert who_goes("mevrouw De Vries", "2026-12-09") is None
    with inside():
        assert sought.count() > at_first
        assert sought.latest("visit__starts_at").visit.local_date > date(2026, 12, 9)

    assert anja.post(f"{cockpit}beter/").status_code == 302

    assert who_goes("mevrouw De Vries", "2026-11-25") is None, "what was, was"
    assert who_goes("mevrouw De Vries", "2026-12-02") == who_goes("mevrouw De Vries", "2026-12-09") == "Fatma"


def test_better_after_the_day_that_was_expected_is_late_and_harms_nothing(stage, anja, work, client, inside, who_goes):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    client.post(links_to("joke")[0], {"answer": "yes"})
    conftest.set_clock("2026-11-30 09:00 Europe/Amsterdam")

    assert anja.post(f"{cockpit}beter/").status_code == 302

    assert who_goes("mevrouw De Vries", "2026-11-25") == "Joke"
    assert who_goes("mevrouw De Vries", "2026-12-02") == "Fatma"
    with inside():
        assert Absence.objects.get().ended_at is not None
    assert report(anja, stage.fatma) != cockpit, "ill again is another absence"


def test_of_a_long_absence_the_days_that_are_over_are_folded_away(stage, anja, work, client):
    cockpit = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "2w"})["Location"]
    at_first = anja.get(cockpit).content.decode()
    assert "van vóór vandaag" not in at_first
    send(anja, cockpit)
    conftest.set_clock("2026-12-02 07:30 Europe/Amsterdam")

    later, whole = (anja.get(address).content.decode() for address in (cockpit, f"{cockpit}?eerder=1"))

    days = at_first.count('id="row-'), later.count('id="row-'), whole.count('id="row-')
    assert days[0] == days[2] > days[1] > 0
    assert f"{days[0] - days[1]} bezoek" in later
    assert f'href="{cockpit}?eerder=1"' in later
    assert 'id="withdraw"' not in later, "others were asked, if only for days that are over"


def test_when_all_its_days_are_over_the_whole_search_is_shown(stage, anja):
    cockpit = report(anja, stage.fatma)
    rows = anja.get(cockpit).content.decode().count('id="row-')
    conftest.set_clock("2026-12-16 07:30 Europe/Amsterdam")

    assert anja.get(cockpit).content.decode().count('id="row-') == rows > 0


def test_who_was_asked_for_one_visit_is_not_proposed_for_another_at_that_hour(stage, anja, work):
    send(anja, report(anja, stage.fatma))
    work(later=21)
    asked = {letter.address.partition(".")[0].partition("@")[0] for letter in mail.MEMORY if "/l/" in letter.body}
    assert "joke" in asked

    page = anja.get(report(anja, stage.kim)).content.decode()

    today = re.search(r'<tr class="[^"]*" id="row-.*?</tr>', page, re.DOTALL)[0]
    assert "09.30" in today
    assert f'value="{stage.joke.public_id}' not in today
    assert f":{stage.joke.public_id}" not in today, "she may still say yes to 10.00"


def test_visits_that_come_up_after_the_questions_are_ticked_too(stage, anja, work):
    cockpit = report(anja, stage.fatma)
    send(anja, cockpit)
    work(later=21)
    assert ticked(anja.get(cockpit)) == []

    anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "2w"})

    assert ticked(anja.get(cockpit)), "she is ill for longer, and those visits have a proposal"


def test_ill_twice_the_household_hears_each_time_that_she_comes_after_all(stage, anja, work):
    said = []
    for _time in range(2):
        answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
        send(anja, answer["Location"])
        work(later=21)
        anja.post(f"{answer['Location']}zoeken/")
        work()
        mail.MEMORY.clear()
        anja.post(f"{answer['Location']}beter/")
        work()
        said += [letter.subject for letter in mail.MEMORY if letter.address.startswith("ruud")]
        conftest.move_clock(seconds=600)

    assert said == ["Fatma komt toch", "Fatma komt toch"]


def test_ill_again_before_the_day_on_which_she_was_to_be_back_is_news_again(stage, anja, work, client, phone, who_goes):
    peters = "familie Peters"
    answer = anja.post(f"{TODAY}ziek/", {"helper": stage.fatma.public_id, "start": "today", "until": "unknown"})
    cockpit = answer["Location"]
    send(anja, cockpit)
    work(later=21)
    anja.post(f"{cockpit}zoeken/")
    anja.post(f"{cockpit}beter/", {"tomorrow": "on"})
    work()
    assert [letter.subject for letter in mail.MEMORY if letter.address.startswith("ruud")][-1] == "Fatma komt toch"
    mail.MEMORY.clear()

    client.post(f"{phone(stage.fatma)}ziek/", {"start": "today", "until": "1w"})

    assert who_goes(peters, "2026-11-26") is None
    page = anja.get(cockpit)
    assert ticked(page), "what looks for somebody again is ticked"
    assert "weten dat niet" in page.content.decode()
    anja.post(f"{cockpit}zoeken/")
    work()
    assert [letter.subject for letter in mail.MEMORY if letter.address.startswith("ruud")] == [
        "Wij zoeken iemand voor u"
    ]
    anja.post(f"{cockpit}beter/")
    work()
    assert [letter.subject for letter in mail.MEMORY if letter.address.startswith("ruud")][-1] == "Fatma komt toch"
