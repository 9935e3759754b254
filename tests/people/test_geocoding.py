"""An address becomes a point by asking somebody outside: only when switched on, and never about a secret place."""

import json
import threading
from collections.abc import Iterator
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from samen.base import clock, tenancy
from samen.people import geocoding, places
from samen.people.models import Place
from samen.people.places import Address, Alias, Point

AT = datetime(2026, 11, 25, 7, 12, tzinfo=clock.HOME)
HOME = Address(street="Vijverlaan", house_number="14B", postcode="1211 AB", town="Hilversum")
KNOWN = json.dumps({"response": {"numFound": 1, "docs": [{"centroide_ll": "POINT(5.17 52.22)"}]}})


@pytest.fixture
def geocoder(settings) -> Iterator[SimpleNamespace]:
    """A server of our own that speaks as a Locatieserver does, and says what the test wants to hear."""
    fake = SimpleNamespace(answer=KNOWN, status=200, asked=[])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.asked.append(parse_qs(urlsplit(self.path).query))
            self.send_response(fake.status)
            self.end_headers()
            self.wfile.write(fake.answer.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.GEOCODER = f"http://127.0.0.1:{server.server_port}/free"
    yield fake
    server.shutdown()
    server.server_close()


def settle(inside, household, home, day=date(2026, 12, 7)):
    with inside():
        return places.settle(household, home=home, since=day, by=tenancy.SYSTEM, at=AT)


def kept(inside, place):
    with inside():
        row = Place.objects.get(pk=place.pk)
        return places.point(row), row.point_source


def test_an_address_is_asked_for_and_the_point_says_who_gave_it(geocoder, stage, inside, work):
    place = settle(inside, stage.homes["familie Peters"], HOME)

    work()

    assert kept(inside, place) == (Point(52.22, 5.17), "ADAPTER")
    assert geocoder.asked == [
        {
            "q": ["1211 AB 14B"],
            "fq": ["type:adres", "postcode:1211AB", "huisnummer:14"],
            "fl": ["centroide_ll"],
            "rows": ["1"],
        }
    ]


def test_nobody_is_asked_unless_it_is_switched_on(stage, inside, work):
    settle(inside, stage.homes["familie Peters"], HOME)

    assert not geocoding.is_on()
    assert work() == 0


def test_a_secret_place_is_never_asked_for(geocoder, stage, inside, work):
    settle(inside, stage.homes["familie Peters"], HOME)
    settle(inside, stage.homes["familie Peters"], Alias("Opvang Noord"))

    work()

    assert geocoder.asked == []


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (503, ""),
        (200, "geen JSON"),
        (200, "[]"),
        (200, '{"response": {"docs": [{"centroide_ll": "POINT(hier)"}]}}'),
        (200, '{"response": {"docs": [{}]}}'),
    ],
)
def test_no_answer_leaves_the_point_as_it_was_and_its_source_says_so(geocoder, stage, inside, work, status, answer):
    geocoder.status, geocoder.answer = status, answer
    place = settle(inside, stage.homes["familie Peters"], HOME)
    before = kept(inside, place)

    with pytest.raises(geocoding.NoAnswer):
        work()

    assert kept(inside, place) == before
    assert before[1] != "ADAPTER"


def test_a_geocoder_that_is_gone_is_no_answer(stage, inside, work, settings):
    settings.GEOCODER = "http://127.0.0.1:9/free"
    settle(inside, stage.homes["familie Peters"], HOME)

    with pytest.raises(geocoding.NoAnswer):
        work()


def test_an_address_it_does_not_know_keeps_its_postcode_point(geocoder, stage, inside, work):
    geocoder.answer = '{"response": {"docs": []}}'
    place = settle(inside, stage.homes["familie Peters"], HOME)
    before = kept(inside, place)

    work()

    assert kept(inside, place) == before
