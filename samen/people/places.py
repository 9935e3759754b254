"""Where people live: the only module that reads an address or a point, and the only one that writes them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from samen.base import journal
from samen.base.tenancy import Actor
from samen.people.facts import Fact
from samen.people.models import Helper, HelperPlace, Household, HouseholdPlace, Place

Stay = HouseholdPlace | HelperPlace


@dataclass(frozen=True)
class Point:
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
    place = Place.objects.create(**_columns(home))
    who.places.create(place=place, period=DateRange(since, min(later, default=None)))
    return place


def _correct(stay: Stay, home: Address | Alias) -> Place:
    """The same place with other words, unless others live there too: then they stay and this one moves."""
    place: Place = stay.place
    if _shared(place):
        moved = Place.objects.create(**_columns(home))
        stay.place = moved
        stay.save(update_fields=["place"])
        return moved
    columns = _columns(home)
    if (place.postcode, place.house_number) == (columns["postcode"], columns["house_number"]) and not place.secret:
        columns = {name: columns[name] for name in ("street", "town")}  # the point, perhaps put there by hand, stays
    for name, value in columns.items():
        setattr(place, name, value)
    place.save()
    return place


def _shared(place: Place) -> bool:
    return sum(table.objects.filter(place=place).count() for table in (HouseholdPlace, HelperPlace)) > 1


def _columns(home: Address | Alias) -> dict[str, Any]:
    """Every column that says where a place is, so that nothing of an earlier address stays behind."""
    nothing: dict[str, Any] = {"alias": "", "street": None, "house_number": None, "postcode": None, "town": ""}
    nothing |= {"lat": None, "lon": None, "point_source": "", "secret": False, "kind": Place.Kind.HOME}
    if isinstance(home, Alias):
        return nothing | {"alias": home.name, "secret": True, "kind": Place.Kind.SHELTER}
    return nothing | asdict(home)


def of_households(households: Iterable[int], on: date) -> dict[int, Place]:
    """The place of each household (by number) on this day."""
    found = HouseholdPlace.objects.filter(household_id__in=list(households), period__contains=on)
    return {row.household_id: row.place for row in found.select_related("place")}


def of_helpers(helpers: Iterable[int], on: date) -> dict[int, Place]:
    """The place of each helper (by number) on this day."""
    found = HelperPlace.objects.filter(helper_id__in=list(helpers), period__contains=on)
    return {row.helper_id: row.place for row in found.select_related("place")}


def point(place: Place | None) -> Point | None:
    """Where it is on the map; None when unknown or secret."""
    if place is None or place.secret or place.lat is None or place.lon is None:
        return None
    return Point(place.lat, place.lon)


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
