"""Where people live: the only module that reads an address or a point."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from samen.people.models import HelperPlace, HouseholdPlace, Place


@dataclass(frozen=True)
class Point:
    """Degrees north and east (WGS84)."""

    lat: float
    lon: float


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
