"""Somebody new: a household and a helper are registered, and found again by name, postcode and number."""

import re
from dataclasses import replace
from datetime import time

import pytest
from django.db import IntegrityError, transaction

from samen.base import clock
from samen.base.models import JournalLine
from samen.base.tenancy import SYSTEM
from samen.people import helpers, households
from samen.people.helpers import NewHelper
from samen.people.households import NewHousehold, NewMember
from samen.people.models import ContactPoint, Helper, Household, HouseholdMember, Mandate
from samen.people.persons import NewPerson
from samen.people.places import Address

BAKKER = {
    "name": "familie Bakker",
    "first_name": "Toos",
    "last_name": "Bakker",
    "phone": "035-555 01 33",
    "email": "Toos@Example.nl",
    "postcode": "1211ab",
    "house_number": "14 b",
    "street": "Vijverlaan",
    "town": "Hilversum",
}
SAAR = {
    "first_name": "Saar",
    "name_prefix": "van den",
    "last_name": "Berg",
    "phone": "0031 6 8765 4321",
    "mode": "EBIKE",
    "reach_minutes": "25",
    "contract_hours": "16,5",
    "since": "2026-12-01",
}
WEEK = {"since": "2026-12-01", "day_0": "8-13", "day_2": "8.30-12 en 13:00-17"}


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_household_is_registered_and_found_again(stage, anja, inside):
    answer = anja.post("/o/zorgzaam/huishouden/nieuw/", BAKKER)

    assert answer.status_code == 302
    assert "Vijverlaan 14B, Hilversum" in words(anja.get(answer["Location"].removesuffix("afwezig/")))
    for asked in ("bakker", "Toos", "1211 a", "035 555 01", "+31355550133"):
        assert "familie Bakker" in words(anja.get("/o/zorgzaam/huishoudens/", {"q": asked})), asked
    assert "familie Bakker" not in words(anja.get("/o/zorgzaam/huishoudens/", {"q": "06 999 99 999"}))
    with inside():
        points = ContactPoint.objects.filter(person__household_roles__household__name="familie Bakker")
        kept = set(points.values_list("normalised", flat=True))
        assert kept == {"+31355550133", "toos@example.nl"}
        assert JournalLine.objects.filter(fact="household_registered").count() == 1


def test_who_decides_for_a_resident_has_a_mandate(stage, inside):
    home, by, at = stage.homes["familie Peters"], SYSTEM, clock.now()
    marga = NewMember(NewPerson("Peters", "Marga"), HouseholdMember.Role.REPRESENTATIVE)

    with inside(), pytest.raises(households.NoMandate):
        households.add_member(household=home, new=marga, by=by, at=at)

    decides = replace(marga, mandate=Mandate.WRITTEN, mandate_date=at.date())
    with inside():
        member = households.add_member(household=home, new=decides, by=by, at=at)
        assert (member.mandate_by_kind, member.person.first_name) == ("SYSTEM", "Marga")
        with pytest.raises(IntegrityError, match="who_decides_for_others"), transaction.atomic():
            HouseholdMember.objects.filter(pk=member.pk).update(mandate="")


def test_a_secret_address_is_never_kept(stage, anja, inside):
    answer = anja.post("/o/zorgzaam/huishouden/nieuw/", BAKKER | {"alias": "De Eik"})

    page = words(anja.get(answer["Location"].removesuffix("afwezig/")))
    assert "De Eik" in page
    assert "Vijverlaan" not in page
    with inside():
        place = Household.objects.get(name="familie Bakker").places.get().place
        assert (place.secret, place.street, place.postcode) == (True, None, None)


def test_a_helper_is_registered_with_her_week(stage, anja, inside):
    hours = anja.post("/o/zorgzaam/hulp/nieuw/", SAAR)["Location"]

    assert anja.post(hours, WEEK).status_code == 302
    assert 'value="8.30-12, 13-17"' in anja.get(hours).content.decode()
    listed = words(anja.get("/o/zorgzaam/hulpen/", {"q": "saar"}))
    assert "Saar van den Berg" in listed
    assert "06 87654321" in listed
    with inside():
        saar = Helper.objects.get(person__first_name="Saar")
        assert (saar.contract_minutes, saar.mode, str(saar.since_date)) == (990, "EBIKE", "2026-12-01")
        rows = saar.availability.order_by("weekday", "local_start")
        assert [(row.weekday, f"{row.local_start:%H:%M}", f"{row.local_end:%H:%M}") for row in rows] == [
            (0, "08:00", "13:00"),
            (2, "08:30", "12:00"),
            (2, "13:00", "17:00"),
        ]


@pytest.mark.parametrize("hours", ["13-8", "acht tot een", "8-25", "8-12, 11-15"])
def test_hours_that_are_none_are_told_at_the_day(stage, anja, hours):
    refused = anja.post(f"/o/zorgzaam/hulp/{stage.fatma.public_id}/uren/", WEEK | {"day_4": hours})

    assert refused.status_code == 422
    assert "Schrijf de uren als 8-13" in words(refused)
    assert f'value="{hours}"' in refused.content.decode()


def test_the_parts_of_the_list_count_what_asks_for_care(stage, anja):
    anja.post("/o/zorgzaam/huishouden/nieuw/", BAKKER)

    waiting = words(anja.get("/o/zorgzaam/huishoudens/", {"deel": "zonder"}))

    assert "familie Bakker" in waiting
    assert "Geen bezoek gepland 1" in waiting
    assert "familie Peters" not in waiting


def test_a_team_sees_its_own_people_only(stage, signed_in, zoe):
    page = words(signed_in("Eva").get("/o/zorgzaam/hulpen/"))

    assert "Fatma" not in page
    assert zoe.get("/o/zorgzaam/hulpen/").status_code == 404


def test_hundreds_are_registered_in_a_fixed_number_of_statements(stage, inside, django_assert_max_num_queries):
    team = stage.teams["Team Zuid"]
    day = clock.now().date()

    def household(number):
        member = NewMember(NewPerson(f"Nieuw{number}", phones=("+31612345678",), emails=("x@example.nl",)))
        return NewHousehold(f"familie Nieuw{number}", team, (member,), Address("Laan", "1", "1211 AB", "Bussum"), day)

    def helper(number):
        person, home = NewPerson(f"Hulp{number}", "Nieuwe"), Address("Laan", "1", "1211 AB", "Bussum")
        return NewHelper(person, team, home, day, week={0: [(time(8), time(13))]})

    # From two hundred rows on each table is counted again, so that PostgreSQL plans for what is there now.
    with inside(), django_assert_max_num_queries(43):
        made = households.register_all(new=[household(n) for n in range(300)], by=SYSTEM, at=clock.now())
        helpers.register_all(new=[helper(n) for n in range(100)], by=SYSTEM, at=clock.now())
    with inside():
        assert [home.name for home in made[:2]] == ["familie Nieuw0", "familie Nieuw1"]
        assert made[7].members.get().person.last_name == "Nieuw7"
