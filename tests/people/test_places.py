"""Where people live, from when until when, and what nobody may know of a secret place."""

import os
from datetime import date, datetime, timedelta

import psycopg
import pytest

from samen.base import clock, tenancy
from samen.base.models import JournalLine
from samen.people import places
from samen.people.models import HelperPlace, HouseholdPlace, Place, TravelFigure
from samen.people.places import Address, Alias, Point

AT = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
TODAY = AT.date()
TOMORROW = TODAY + timedelta(days=1)
DECEMBER = date(2026, 12, 7)
NEW = Address(street="Vijverlaan", house_number="14B", postcode="1211 AB", town="Hilversum")
OTHER = Address(street="Kerkstraat", house_number="2", postcode="1211 AB", town="Hilversum")


@pytest.fixture
def gooi_postcodes(db):
    """Two postcodes of the world, as the operator loads them, gone after the test."""
    with psycopg.connect(os.environ["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
        owner.execute("INSERT INTO people_postcode VALUES ('1211', 'Hilversum', 52.22, 5.17, 'test')")
    yield
    with psycopg.connect(os.environ["SAMEN_MIGRATE_URL"], options="-c role=samen_owner") as owner:
        owner.execute("DELETE FROM people_postcode")


@pytest.fixture
def peters(stage, inside):
    with inside():
        yield stage.homes["familie Peters"]


def move(who, home, since):
    return places.settle(who, home=home, since=since, by=tenancy.SYSTEM, at=AT)


def home(household, day):
    return places.fully(places.of_households([household.pk], day).get(household.pk))


def test_a_household_moves_and_where_it_lived_before_ends_that_day(peters):
    before = home(peters, TODAY)

    move(peters, NEW, DECEMBER)

    assert home(peters, DECEMBER - timedelta(days=1)) == before
    assert home(peters, DECEMBER) == "Vijverlaan 14B, Hilversum"
    assert JournalLine.objects.latest("pk").fact == "household_settled"


def test_a_helper_moves_too(stage, peters):
    move(stage.fatma, NEW, DECEMBER)

    found = places.of_helpers([stage.fatma.pk], DECEMBER)[stage.fatma.pk]
    assert places.fully(found) == "Vijverlaan 14B, Hilversum"
    assert HelperPlace.objects.filter(helper=stage.fatma).count() == 2


def test_a_move_in_between_ends_where_the_next_one_begins(peters):
    move(peters, NEW, DECEMBER)
    move(peters, OTHER, TOMORROW)

    assert [home(peters, day).split()[0] for day in (TOMORROW, DECEMBER)] == ["Kerkstraat", "Vijverlaan"]
    last = HouseholdPlace.objects.filter(household=peters).order_by("period").last()
    assert last.period.upper is None


def test_said_again_for_the_same_day_it_is_a_correction(peters):
    first = move(peters, NEW, DECEMBER)
    second = move(peters, OTHER, DECEMBER)

    assert first.pk == second.pk
    assert home(peters, DECEMBER) == "Kerkstraat 2, Hilversum"


def test_a_correction_leaves_neighbours_where_they_are(stage, peters):
    shared = move(peters, NEW, DECEMBER)
    bos = stage.homes["mevrouw Bos"]
    HouseholdPlace.objects.filter(household=bos).update(place=shared)

    move(peters, OTHER, DECEMBER)

    assert home(bos, DECEMBER) == "Vijverlaan 14B, Hilversum"
    assert home(peters, DECEMBER) == "Kerkstraat 2, Hilversum"


def test_a_point_put_there_by_hand_stays_when_only_the_street_is_corrected(peters):
    place = move(peters, NEW, DECEMBER)
    Place.objects.filter(pk=place.pk).update(lat=52.2, lon=5.2, point_source="HAND")

    move(peters, Address("Vijverweg", "14B", "1211 AB", "Hilversum"), DECEMBER)

    assert places.point(Place.objects.get(pk=place.pk)) == Point(52.2, 5.2)
    assert home(peters, DECEMBER) == "Vijverweg 14B, Hilversum"


def test_an_address_that_becomes_secret_is_gone(peters):
    place = move(peters, NEW, DECEMBER)

    move(peters, Alias("Opvang Noord"), DECEMBER)

    kept = Place.objects.values("street", "house_number", "postcode", "town", "lat", "lon", "point_source")
    assert set(kept.get(pk=place.pk).values()) == {None, ""}
    assert home(peters, DECEMBER) == "Opvang Noord"
    assert places.point(Place.objects.get(pk=place.pk)) is None


def test_who_hides_has_no_address_left_anywhere(peters):
    move(peters, NEW, DECEMBER)

    places.hide(peters, alias="Opvang Noord", by=tenancy.SYSTEM, at=AT)

    theirs = [link.place for link in HouseholdPlace.objects.filter(household=peters).select_related("place")]
    assert len(theirs) == 2
    assert {place.street for place in theirs} == {None}
    assert {home(peters, day) for day in (TODAY, DECEMBER)} == {"Opvang Noord"}


def test_a_place_is_in_the_middle_of_its_postcode_until_somebody_knows_better(peters, gooi_postcodes):
    place = move(peters, NEW, DECEMBER)
    assert (places.point(place), place.point_source) == (Point(52.22, 5.17), "POSTCODE")

    places.pin(place, Point(52.3, 5.2), who=peters, by=tenancy.SYSTEM, at=AT)

    place = Place.objects.get(pk=place.pk)
    assert (places.point(place), place.point_source) == (Point(52.3, 5.2), "HAND")


def test_without_a_file_of_postcodes_a_place_has_no_point(peters):
    place = move(peters, NEW, DECEMBER)

    assert (places.point(place), place.point_source) == (None, "")


def test_a_secret_place_cannot_be_put_on_the_map(peters):
    place = move(peters, NEW, DECEMBER)
    move(peters, Alias("Opvang Noord"), DECEMBER)

    places.pin(place, Point(52.3, 5.2), who=peters, by=tenancy.SYSTEM, at=AT)

    assert places.point(Place.objects.get(pk=place.pk)) is None


def test_a_place_that_moves_takes_no_travel_time_along(peters, gooi_postcodes):
    place = move(peters, NEW, DECEMBER)
    other = places.of_households([peters.pk], TODAY)[peters.pk]
    TravelFigure.objects.create(place_a=place, place_b=other, mode="BIKE", minutes=9, source="MANUAL", computed_at=AT)

    move(peters, Alias("Opvang Noord"), DECEMBER)

    assert not TravelFigure.objects.exists()
