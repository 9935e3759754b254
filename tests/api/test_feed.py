"""A calendar on somebody's own telephone: the right visits, nobody's surname, and closed the moment we say so."""

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import islice

import icalendar
import pytest
import recurring_ical_events
from django.test import Client

from samen.base import clock, logs, tenancy
from samen.base.journal import Subject
from samen.base.models import Audit, Link
from samen.base.tenancy import Actor, ActorKind
from samen.people import places
from samen.people.models import Household
from samen.people.places import Address
from samen.planner.recurrence import occurrences
from samen.teams.models import Colleague
from samen.visits import absences, arrangements, feeds
from samen.visits.arrangements import Slot
from samen.visits.models import Absence, Arrangement, Assignment, Visit
from tests.conftest import set_clock, visit_of
from tests.planner.test_recurrence import YEARS, invented

AT = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
FULL = Link.Purpose.FEED_FULL


@pytest.fixture
def address(stage, inside):
    """The secret address of somebody's calendar."""

    def make(whose, purpose=Link.Purpose.FEED, reader=None):
        with inside():
            ref = (reader or whose).public_id
            return feeds.url(feeds.share(whose, reader=ref, purpose=purpose, by=tenancy.SYSTEM, at=AT))

    return make


@pytest.fixture
def team_address(stage, inside, address):
    """The secret address of Anja's calendar of her team."""

    def make(purpose=Link.Purpose.FEED):
        with inside():
            anja = Colleague.objects.get(name="Anja")
        return address(stage.teams["Team Zuid"], purpose, anja)

    return make


def read(url, **headers):
    return Client().get(url.removeprefix("http://127.0.0.1:8000"), headers=headers)


def events(url):
    return list(icalendar.Calendar.from_ical(read(url).content).walk("VEVENT"))


def shown(url, start, until):
    """What a telephone shows in this stretch: the title and the moment of every visit."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(read(url).content)).between(start, until)
    return Counter(
        (str(event["SUMMARY"]), event["DTSTART"].dt) for event in found if event.get("STATUS") != "CANCELLED"
    )


# --- What is in it --------------------------------------------------------------------------------


def test_two_hundred_agreements_reach_somebody_elses_program_day_for_day(stage, inside, address):
    set_clock("2026-01-01 00:01 Europe/Amsterdam")
    new_year = datetime(2026, 1, 1, 0, 1, tzinfo=clock.HOME)
    terms = list(islice(invented(11), 200))
    with inside():
        Household.objects.filter(pk=stage.homes["familie Peters"].pk).update(name="familie Tweehonderd")
        home = Household.objects.create(name="familie Nieuw", team=stage.teams["Team Zuid"])
        for rule, hour in terms:
            slot = Slot(rule.weekday, hour, 60, rule.anchor, None, str(rule.freq), rule.every_n, rule.nth)
            arrangements.agree(
                household=home,
                work_form="AGENCY_EMPLOYS",
                slots=[slot],
                since=rule.start,
                until=rule.until,
                by=tenancy.SYSTEM,
                at=new_year,
            )
        made = Visit.objects.filter(household=home).count()

    found = shown(address(home), *YEARS)

    wanted = Counter(("Bezoek", day, hour) for rule, hour in terms for day in occurrences(rule, *YEARS))
    assert Counter((title, at.date(), at.time()) for title, at in found.elements()) == wanted
    assert made > 200
    weeks = {day.isocalendar()[:2] for _, day, _ in wanted}
    assert {(2026, 43), (2026, 53), (2027, 12)} <= weeks


def test_a_helper_reads_her_own_visits_and_those_she_stands_in_for(stage, inside, address):
    url = address(stage.joke)
    with inside():
        hers = _moments(stage.joke)
    assert hers
    assert _ahead(shown(url, "20261125", "20270120")) == hers

    with inside():
        visit = visit_of(stage.homes["mevrouw De Vries"], "2026-11-25")
        arrangements.change_one(visit, helper=stage.joke, by=tenancy.SYSTEM, at=AT)
        with_stand_in = _moments(stage.joke)

    assert with_stand_in - hers == {visit.starts_at}
    assert _ahead(shown(url, "20261125", "20270120")) == with_stand_in


def _moments(helper):
    return {row.starts_at for row in Assignment.objects.standing().filter(helper=helper, starts_at__gt=AT)} - {
        row.starts_at
        for row in Assignment.objects.standing().filter(helper=helper, starts_at__gt=AT + timedelta(days=56))
    }


def _ahead(found):
    return {at for _, at in found if AT < at <= AT + timedelta(days=56)}


def test_illness_is_in_no_calendar(stage, inside, address, team_address):
    urls = [address(stage.fatma), address(stage.homes["mevrouw De Vries"]), team_address(FULL)]
    before = shown(urls[0], "20261125", "20270120")
    with inside():
        absences.report(helper=stage.fatma, kind=Absence.Kind.ILLNESS, start=AT, until=None, by=tenancy.SYSTEM, at=AT)

        still_hers = _moments(stage.fatma)

    assert still_hers < _ahead(before)
    assert _ahead(shown(urls[0], "20261125", "20270120")) == still_hers
    for url in urls:
        text = read(url).content.decode()
        assert not re.findall(r"ziek|\bill\b|illness|sick|absen|afwezig|verlof", text, re.IGNORECASE)


def test_what_is_agreed_for_one_day_stands_beside_the_rule(stage, inside, address):
    smit = stage.homes["familie Smit"]
    url = address(smit)
    with inside():
        first, second, third = Visit.objects.filter(household=smit, starts_at__gt=AT).order_by("starts_at")[:3]
        uid = next(event for event in events(url) if "RRULE" in event)["UID"]
        arrangements.change_one(second, local_start=time(8), by=tenancy.SYSTEM, at=AT)
        arrangements.skip_one(third, by=tenancy.SYSTEM, at=AT)

    master, *own = [event for event in events(url) if event["UID"] == uid]
    moved, skipped = sorted(own, key=lambda event: event["RECURRENCE-ID"].dt)
    assert moved["RECURRENCE-ID"].dt == second.starts_at
    assert moved["DTSTART"].dt.time() == time(8)
    assert (skipped["STATUS"], skipped["RECURRENCE-ID"].dt) == ("CANCELLED", third.starts_at)
    assert int(master["SEQUENCE"]) == 2
    assert int(skipped["SEQUENCE"]) > int(master["SEQUENCE"])
    days = {at.date() for _, at in shown(url, "20261125", "20261231")}
    assert first.local_date in days
    assert third.local_date not in days


def test_a_visit_keeps_its_name_through_changes_and_undoing(stage, inside, address):
    smit = stage.homes["familie Smit"]
    url = address(smit)
    before = {str(event["UID"]) for event in events(url) if "RRULE" in event}
    sequence = max(int(event["SEQUENCE"]) for event in events(url))
    with inside():
        agreement = Arrangement.objects.get(household=smit)
        slot = agreement.terms.get().slot_no
        arrangements.change_following(
            agreement, slot_no=slot, since=date(2026, 12, 9), local_start=time(9), by=tenancy.SYSTEM, at=AT
        )
    between = {str(event["UID"]) for event in events(url) if "RRULE" in event}
    with inside():
        arrangements.undo(agreement, by=tenancy.SYSTEM, at=AT)

    assert before < between
    assert {str(event["UID"]) for event in events(url) if "RRULE" in event} == before
    assert max(int(event["SEQUENCE"]) for event in events(url)) > sequence


# --- What is not in it ----------------------------------------------------------------------------


def test_no_surname_and_no_address_by_default(stage, inside, address, team_address):
    with inside():
        for household in stage.homes.values():
            canary = Address(street="Kanariestraat", house_number="7", postcode="1211 AB", town="Kanariedorp")
            if not _secret(household):
                places.settle(household, home=canary, since=AT.date(), by=tenancy.SYSTEM, at=AT)
        names = {name.split()[-1] for name in stage.homes} | {"Yılmaz", "Smeets", "Molenaar", "Hofstra"}
    plain = [address(stage.fatma), address(stage.homes["mevrouw De Vries"]), team_address()]

    for url in plain:
        text = read(url).content.decode()
        assert "BEGIN:VEVENT" in text
        assert not [name for name in names if name in text]
        assert "Kanarie" not in text
        assert "LOCATION" not in text
    assert "SUMMARY:Bezoek V." in read(plain[0]).content.decode()
    full = read(team_address(FULL)).content.decode().replace("\r\n ", "")
    assert "Kanariestraat 7\\, Kanariedorp" in full
    assert "mevrouw De Vries · Fatma Yılmaz" in full


def test_of_a_secret_place_the_alias_only(stage, inside, team_address):
    with inside():
        (hidden,) = [household for household in stage.homes.values() if _secret(household)]
        alias = places.of_households([hidden.pk], AT.date())[hidden.pk].alias
        places.settle(
            stage.homes["meneer Vos"],
            home=Address("Kanariestraat", "7", "1211 AB", "Kanariedorp"),
            since=AT.date(),
            by=tenancy.SYSTEM,
            at=AT,
        )
        places.hide(stage.homes["meneer Vos"], alias="Opvang Kanarie-eiland", by=tenancy.SYSTEM, at=AT)

    text = read(team_address(FULL)).content.decode().replace("\r\n ", "")

    assert f"LOCATION:{alias}" in text
    assert "LOCATION:Opvang Kanarie-eiland" in text
    assert "Kanariestraat" not in text
    assert "Kanariedorp" not in text


def _secret(household):
    place = places.of_households([household.pk], AT.date()).get(household.pk)
    return place is not None and place.secret


# --- Who may read it ------------------------------------------------------------------------------


def test_a_telephone_hears_that_nothing_changed_and_the_address_goes_nowhere(stage, inside, address):
    url = address(stage.fatma)
    first = read(url)
    with inside():
        looked = Audit.objects.filter(entrance="feed").count()

    again = read(url, if_none_match=first.headers["ETag"])

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert "no-cache" in first.headers["Cache-Control"]
    for word in ("REFRESH-INTERVAL;VALUE=DURATION:PT30M", "X-PUBLISHED-TTL:PT30M", "TZID:Europe/Amsterdam"):
        assert word in first.content.decode()
    with inside():
        assert looked == Audit.objects.filter(entrance="feed").count() == 1
    token = url.split("/l/")[1].split("/")[0]
    assert token not in logs.mask(f"GET {url} 200")


def test_an_address_that_was_withdrawn_opens_nothing_and_the_next_one_is_another(stage, inside, address):
    old = address(stage.fatma)
    assert address(stage.fatma) == old
    with inside():
        feeds.withdraw(stage.fatma, reader=stage.fatma.public_id, by=tenancy.SYSTEM, at=AT)

    new = address(stage.fatma)

    assert new != old
    assert (read(old).status_code, read(new).status_code) == (404, 200)


def test_a_full_calendar_takes_the_place_of_a_plain_one(team_address):
    plain, full = team_address(), team_address(FULL)

    assert (read(plain).status_code, read(full).status_code) == (404, 200)


def test_a_colleague_who_leaves_reads_no_more(inside, team_address):
    url = team_address()
    assert read(url).status_code == 200
    with inside():
        Colleague.objects.filter(name="Anja").update(left_at=AT)

    assert read(url).status_code == 404


def test_a_calendar_is_no_way_in_and_a_way_in_is_no_calendar(stage, inside, address, phone):
    door, portal = phone(stage.fatma), address(stage.fatma).removesuffix("agenda.ics")

    assert read(portal).status_code == 404
    assert read(f"{portal}ziek/").status_code == 404
    assert read(f"{door}agenda.ics").status_code == 404


def test_a_calendar_of_another_organisation_is_not_there(stage, inside, address):
    with inside(stage.betuwe):
        theirs = feeds.share(
            stage.fatma, reader=stage.fatma.public_id, purpose=Link.Purpose.FEED, by=tenancy.SYSTEM, at=AT
        )
        assert Link.objects.get(pk=theirs.pk).object_ref == Subject.of(stage.fatma).ref

    assert read(feeds.url(theirs)).status_code == 404


def test_who_made_an_address_stands_in_the_journal(stage, inside, anja, address):
    with inside():
        by = Actor(ActorKind.COLLEAGUE, Colleague.objects.get(name="Anja").public_id)
        feeds.share(stage.fatma, reader=stage.fatma.public_id, purpose=Link.Purpose.FEED, by=by, at=AT)
        feeds.withdraw(stage.fatma, reader=stage.fatma.public_id, by=by, at=AT)

    page = anja.get(f"/o/zorgzaam/hulp/{stage.fatma.public_id}/").content.decode()

    assert "Anja maakte een geheim adres voor een agenda" in page
    assert "Anja trok het geheime adres van een agenda in" in page
