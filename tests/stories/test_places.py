"""A household moves, becomes secret, and has its calendar on its own telephone: at the desk."""

import re
from datetime import date

import pytest
from django.db import connection

from samen.people import places
from samen.people.models import Place

MOVED = {
    "kind": "OPEN",
    "since": "2026-12-07",
    "postcode": "1211ab",
    "house_number": "14 b",
    "street": "Kanariestraat",
    "town": "Kanariedorp",
}


@pytest.fixture
def page(stage):
    """The page about where mevrouw De Vries lives."""
    return f"/o/zorgzaam/huishouden/{stage.homes['mevrouw De Vries'].public_id}/plek/"


def home(inside, household, day):
    with inside():
        return places.of_households([household.pk], date.fromisoformat(day))[household.pk]


def test_a_household_moves_at_the_desk_and_the_map_shows_where(stage, inside, anja, page):
    assert "data-map" in anja.get(page).content.decode()

    answer = anja.post(page, MOVED, follow=True).content.decode()

    assert "Kanariestraat 14B, Kanariedorp" in answer
    assert home(inside, stage.homes["mevrouw De Vries"], "2026-12-07").postcode == "1211 AB"


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"postcode": "12 AB"}, "postcode", "Een postcode is vier cijfers en twee letters"),
        ({"house_number": "hoek"}, "house_number", "Een huisnummer begint met een getal"),
        ({"street": ""}, "street", "Vul de straat in"),
        ({"kind": "SECRET"}, "alias", "Geef het een naam waaruit niemand opmaakt waar het is"),
        ({"since": "1899-01-01"}, "since", "Kies een dag tussen 2000 en 2100"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_lost(anja, page, said, field, sentence):
    answer = anja.post(page, MOVED | said)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}' in text
    assert sentence in text
    assert 'value="Kanariedorp"' in text


def test_the_pin_is_put_where_somebody_says_with_or_without_a_mouse(stage, inside, anja, page):
    anja.post(f"{page}punt/", {"lat": "52,2301", "lon": "5,1702"})

    now = home(inside, stage.homes["mevrouw De Vries"], "2026-11-25")
    assert (now.lat, now.lon, now.point_source) == (52.2301, 5.1702, "HAND")
    assert "Daar gezet door een collega" in anja.get(page).content.decode()
    assert anja.post(f"{page}punt/", {"lat": "48.85", "lon": "2.35"}).status_code == 422


def test_of_an_address_that_becomes_secret_nothing_is_left_anywhere(stage, inside, anja, page):
    anja.post(page, MOVED | {"since": "2026-11-25"})
    anja.post(f"{page}punt/", {"lat": "52.23017", "lon": "5.17027"})
    canaries = ("Kanariestraat", "Kanariedorp", "1211 AB", "52.23017", "5.17027")
    with inside():
        assert [word for word in canaries if not _kept(word)] == []

    anja.post(page, {"kind": "HIDE", "alias": "Opvang Noord"})

    with inside():
        assert [word for word in canaries if _kept(word)] == [], "what is not kept is on no page, mail, feed or export"
    text = anja.get(page).content.decode()
    assert "Opvang Noord" in text
    assert "data-map" not in text
    refused = anja.post(f"{page}punt/", {"lat": "52.2", "lon": "5.2"})
    assert (refused.status_code, "Hier is geen adres" in refused.content.decode()) == (422, True)
    with inside():
        assert set(Place.objects.filter(secret=True).values_list("lat", "street")) == {(None, None)}


def _kept(word: str) -> list[str]:
    """Every table of the organisation in which this word stands, in whatever column."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'org_id'"
            " AND has_table_privilege(to_regclass('public.' || quote_ident(table_name)), 'SELECT')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT 1 FROM "{table}" AS row WHERE row::text LIKE %s LIMIT 1', [f"%{word}%"])
            found += [table] if cursor.fetchone() else []
    return found


def test_a_calendar_is_made_and_withdrawn_from_the_file(stage, anja, client):
    file = f"/o/zorgzaam/hulp/{stage.fatma.public_id}/"
    page = f"{file}agenda/"
    assert page in anja.get(file).content.decode()

    made = anja.post(page, {"wish": "share"}, follow=True).content.decode()
    (url,) = re.findall(r'value="http[^"]+(/l/[^"]+)"', made)
    assert "BEGIN:VEVENT" in client.get(url).content.decode()

    anja.post(page, {"wish": "full"})
    assert "Yılmaz" not in client.get(url).content.decode(), "only a colleague's own can be full"
    anja.post(page, {"wish": "withdraw"})
    assert client.get(url).status_code == 404


def test_a_colleague_has_the_team_on_her_own_telephone_from_today(anja, client):
    assert "/o/zorgzaam/agenda/" in anja.get("/o/zorgzaam/").content.decode()

    made = anja.post("/o/zorgzaam/agenda/", {"wish": "full"}, follow=True).content.decode()

    (url,) = re.findall(r'value="http[^"]+(/l/[^"]+)"', made)
    assert "Fatma Yılmaz" in client.get(url).content.decode()


def test_zoe_sees_neither_place_nor_calendar(stage, zoe, page):
    household = page.removesuffix("plek/")
    for path in (page, f"{household}agenda/"):
        assert zoe.get(path).status_code == 404
    assert zoe.post(f"{page}punt/", {"lat": "52.2", "lon": "5.2"}).status_code == 404
