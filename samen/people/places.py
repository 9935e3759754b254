"""Where people live: the only module that reads an address or a point, and the only one that writes them."""

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from samen.base import jobs, journal, many, tenancy
from samen.base.tenancy import Actor
from samen.people import geocoding, postcodes
from samen.people.facts import Fact
from samen.people.models import Helper, HelperPlace, Household, HouseholdPlace, Place, TravelFigure
from samen.teams.models import Team

Stay = HouseholdPlace | HelperPlace
KM_PER_DEGREE = 111.2


class Point(NamedTuple):
    """Degrees north and east (WGS84)."""

    lat: float
    lon: float


@dataclass(frozen=True)
class Address:
    """A place everybody may find; postcode and house number are kept in one spelling (`formats`)."""

    street: str
    house_number: str
    postcode: str
    town: str


@dataclass(frozen=True)
class Alias:
    """A secret place, by the name it is spoken of.  Nothing else of it is known here."""

    name: str


def settle(who: Household | Helper, *, home: Address | Alias, since: date, by: Actor, at: datetime) -> Place:
    """From `since` on they live here, until the next move that is known; where they lived before ends that day.

    Said again for the same first day it corrects what was said, and an address that becomes secret is gone.
    """
    stays = _locked_stays(who)
    same = next((stay for stay in stays if stay.period.lower == since), None)
    place = _correct(same, home) if same else _move(who, stays, home, since)
    _record(who, by=by, at=at)
    return place


def hide(who: Household | Helper, *, alias: str, by: Actor, at: datetime) -> None:
    """Where they live, lived and will live is secret from now on: no address of theirs is kept here."""
    for stay in _locked_stays(who):
        _correct(stay, Alias(alias))
    _record(who, by=by, at=at)


def pin(place: Place, point: Point, *, who: Household | Helper, by: Actor, at: datetime) -> None:
    """Somebody who knows says where on the map it is; a secret place is on no map, so nothing is kept of it."""
    _locked_stays(who)
    row = Place.objects.select_for_update().get(pk=place.pk)  # as it is now: somebody may have hidden it meanwhile
    if row.secret:
        return
    _mark(row, point, Place.PointSource.HAND)
    row.save()
    _record(who, by=by, at=at)


@jobs.job(of={"place": Place}, stepwise=True)
def locate(org: int, actor: Actor, *, place: int) -> None:
    """Ask the geocoder where this address is; no answer leaves the point as it is, and its source says what it is."""
    with tenancy.enter(org, actor):
        asked = _asked(place)
    found = geocoding.find(asked) if asked else None
    if found is None:
        return
    with tenancy.enter(org, actor):
        row = Place.objects.select_for_update().get(pk=place)
        if _asked(place) == asked:  # nobody moved it or hid it meanwhile
            _mark(row, Point(*found), Place.PointSource.ADAPTER)
            row.save()


def _asked(place: int) -> geocoding.Question | None:
    """What the geocoder may know: the address, and nobody's name; nothing of a place that is secret or pinned."""
    row = Place.objects.filter(pk=place, secret=False).exclude(point_source=Place.PointSource.HAND).first()
    if row is None or not row.postcode or not row.house_number:
        return None
    return geocoding.Question(row.postcode, row.house_number)


def _mark(place: Place, point: Point | None, source: str) -> None:
    """Put a place on the map, or take it off; how long the way was from where it was is forgotten."""
    place.lat, place.lon = (point.lat, point.lon) if point else (None, None)
    place.point_source = source if point else ""
    if place.pk:
        TravelFigure.objects.filter(Q(place_a=place) | Q(place_b=place)).delete()


def _record(who: Household | Helper, *, by: Actor, at: datetime) -> None:
    fact = Fact.HOUSEHOLD_SETTLED if isinstance(who, Household) else Fact.HELPER_SETTLED
    journal.record(fact, about=[who], by=by, at=at)


def _locked_stays(who: Household | Helper) -> list[Stay]:
    """Where they live and lived, in order; two who write it down at once wait for each other."""
    type(who).objects.select_for_update(no_key=True).get(pk=who.pk)
    return sorted(who.places.select_related("place"), key=lambda stay: stay.period.lower or date.min)


def _move(who: Household | Helper, stays: list[Stay], home: Address | Alias, since: date) -> Place:
    later = [stay.period.lower for stay in stays if stay.period.lower and stay.period.lower > since]
    for stay in stays:
        if (stay.period.lower or date.min) < since and (stay.period.upper is None or stay.period.upper > since):
            stay.period = DateRange(stay.period.lower, since)
            stay.save(update_fields=["period"])
    place = _build(home)
    who.places.create(place=place, period=DateRange(since, min(later, default=None)))
    return place


def _correct(stay: Stay, home: Address | Alias) -> Place:
    """The same place with other words, unless others live there too: then they stay and this one moves."""
    place: Place = stay.place
    if _shared(place):
        moved = _build(home)
        stay.place = moved
        stay.save(update_fields=["place"])
        return moved
    before = (place.postcode, place.house_number)
    _describe(place, home)
    if place.secret or before != (place.postcode, place.house_number):
        _locate(place)
    else:
        place.save()  # the point, perhaps put there by hand, stays
    return place


def _shared(place: Place) -> bool:
    return sum(table.objects.filter(place=place).count() for table in (HouseholdPlace, HelperPlace)) > 1


def _build(home: Address | Alias) -> Place:
    place = _described(home)
    _locate(place)
    return place


def _described(home: Address | Alias) -> Place:
    place = Place()
    _describe(place, home)
    return place


def _describe(place: Place, home: Address | Alias) -> None:
    """Every column that says where it is, so that nothing of an earlier address stays behind."""
    open_ = home if isinstance(home, Address) else None
    place.street, place.house_number = (open_.street, open_.house_number) if open_ else (None, None)
    place.postcode, place.town = (open_.postcode, open_.town) if open_ else (None, "")
    place.alias = home.name if isinstance(home, Alias) else ""
    place.secret = open_ is None
    place.kind = Place.Kind.HOME if open_ else Place.Kind.SHELTER


def _locate(place: Place) -> None:
    """Keep it, in the middle of its postcode until somebody or something knows better."""
    _mark(place, _middle(place.postcode), Place.PointSource.POSTCODE)
    place.save()
    _ask_where([place])


def _middle(postcode: str | None) -> Point | None:
    known = postcodes.find(postcode) if postcode else None
    return Point(known.lat, known.lon) if known else None


def _ask_where(places: Iterable[Place]) -> None:
    for place in places if geocoding.is_on() else ():
        if not place.secret:
            locate.later(place=place.pk)


Newcomer = tuple[Household | Helper, Address | Alias, date]


def settle_all(newcomers: Iterable[Newcomer]) -> None:
    """Those who never lived anywhere live there from that day on; who registers them writes the journal."""
    rows = [(who, _described(home), DateRange(since, None)) for who, home, since in newcomers]
    places = [place for _, place, _ in rows]
    known = postcodes.find_all({place.postcode for place in places if place.postcode})
    for place in places:
        middle = known.get(place.postcode or "")
        _mark(place, Point(middle.lat, middle.lon) if middle else None, Place.PointSource.POSTCODE)
    many.keep(places)
    _ask_where(places)
    many.keep(
        HouseholdPlace(household=who, place=place, period=period)
        for who, place, period in rows
        if isinstance(who, Household)
    )
    many.keep(
        HelperPlace(helper=who, place=place, period=period) for who, place, period in rows if isinstance(who, Helper)
    )


def of_households(households: Iterable[int], on: date) -> dict[int, Place]:
    """The place of each household (by number) on this day."""
    found = HouseholdPlace.objects.filter(household_id__in=list(households), period__contains=on)
    return {row.household_id: row.place for row in found.select_related("place")}


def in_secret(refs: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these households and helpers (by public id) who live, lived or will live at a secret place."""
    wanted, found = list(refs), set[uuid.UUID]()
    for table, name in ((HouseholdPlace, "household"), (HelperPlace, "helper")):
        rows = table.objects.filter(**{f"{name}__public_id__in": wanted}, place__secret=True)
        found |= set(rows.values_list(f"{name}__public_id", flat=True))
    return found


def along(households: str) -> "Prefetch[Any]":
    """Where the households on this path live comes along, for who asks `of_household` of many."""
    return Prefetch(f"{households}__places", HouseholdPlace.objects.select_related("place"))


def of_household(household: Household, on: date) -> Place | None:
    """The place of this household on this day, at hand if it came along."""
    return next((stay.place for stay in household.places.all() if on in stay.period), None)


def points_of_households(households: Iterable[int], on: date) -> dict[int, Point]:
    """Where each household (by number) is on the map on this day, of those that are on it; for many at once."""
    found = HouseholdPlace.objects.filter(household__among=households, period__contains=on, place__secret=False)
    rows = found.values_list("household_id", "place__lat", "place__lon")
    return {number: Point(lat, lon) for number, lat, lon in rows if lat is not None and lon is not None}


def of_helpers(helpers: Iterable[int], on: date) -> dict[int, Place]:
    """The place of each helper (by number) on this day."""
    found = HelperPlace.objects.filter(helper_id__in=list(helpers), period__contains=on)
    return {row.helper_id: row.place for row in found.select_related("place")}


def homes_on_the_map(helpers: Iterable[int], on: date) -> dict[int, Place]:
    """Where each helper (by number) lives on this day, of those who are on the map: no more of a place than its point.

    For many at once.
    """
    found = HelperPlace.objects.filter(helper__among=helpers, period__contains=on, place__secret=False)
    rows = found.values_list("helper_id", "place_id", "place__secret", "place__lat", "place__lon")
    known = ("id", "secret", "lat", "lon")
    return {who: Place.from_db(None, known, [*home]) for who, *home in rows if home[-1] is not None}


def of_team(team: Team) -> list[Point]:
    """The points of everybody of this team, without a name and without the secret ones."""
    households = HouseholdPlace.objects.filter(household__team=team, period__endswith=None).select_related("place")
    helpers = HelperPlace.objects.filter(helper__team=team, period__endswith=None).select_related("place")
    rows: list[Stay] = [*households, *helpers]
    return [found for row in rows if (found := point(row.place)) is not None]


def stays(who: Household | Helper) -> list[tuple[date, date | None, Place]]:
    """Where they lived, live and will live, in order: from when, until when, and the place."""
    rows: list[Stay] = sorted(who.places.select_related("place"), key=lambda stay: stay.period.lower or date.min)
    return [(row.period.lower, row.period.upper, row.place) for row in rows]


def point(place: Place | None) -> Point | None:
    """Where it is on the map; None when unknown or secret."""
    if place is None or place.secret or place.lat is None or place.lon is None:
        return None
    return Point(place.lat, place.lon)


def is_secret(place: Place | None) -> bool:
    """Whether nobody may know where it is."""
    return place is not None and place.secret


def address(place: Place | None) -> Address | None:
    """The address as it was written down; None when unknown or secret."""
    if place is None or place.secret:
        return None
    return Address(place.street or "", place.house_number or "", place.postcode or "", place.town)


def roughly(place: Place | None) -> str:
    """The place for somebody who need not know the street: a town, or the alias of a secret place."""
    if place is None:
        return ""
    return place.alias if place.secret else place.town


def fully(place: Place | None) -> str:
    """The address for those who come there; a secret place stays its alias."""
    if place is None:
        return _("address unknown")
    if place.secret:
        return place.alias
    street = " ".join(part for part in (place.street, place.house_number) if part)
    return ", ".join(part for part in (street, place.town) if part)


def households_at(postcode: str, on: date) -> set[int]:
    """The households (by number) whose postcode begins like this, on this day."""
    found = HouseholdPlace.objects.filter(period__contains=on, place__postcode__istartswith=_spaced(postcode))
    return set(found.values_list("household_id", flat=True))


def helpers_at(postcode: str, on: date) -> set[int]:
    """The helpers (by number) whose postcode begins like this, on this day."""
    found = HelperPlace.objects.filter(period__contains=on, place__postcode__istartswith=_spaced(postcode))
    return set(found.values_list("helper_id", flat=True))


def helpers_around(places: Iterable[Place], kilometres: float, *, on: date) -> set[int]:
    """The helpers (by number) who live about so near to one of these places; who lives in secret is on no map."""
    around = Q(pk=None)
    for place in places:
        here = point(place)
        if here is not None:
            north = kilometres / KM_PER_DEGREE
            east = north / max(math.cos(math.radians(here.lat)), 0.01)
            around |= Q(
                place__lat__range=(here.lat - north, here.lat + north),
                place__lon__range=(here.lon - east, here.lon + east),
            )
    found = HelperPlace.objects.filter(around, period__contains=on, place__secret=False)
    return set(found.values_list("helper_id", flat=True))


def _spaced(postcode: str) -> str:
    """The beginning of a postcode in the one spelling in which postcodes are kept: 1211 AB."""
    tight = "".join(postcode.split())
    return f"{tight[:4]} {tight[4:]}".strip()
