"""The page about where somebody lives: now, before and later, and the pin."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from samen.base import clock
from samen.desk.sitting import Desk
from samen.desk.whereabouts import maps
from samen.desk.whereabouts.forms import HIDE, OPEN, SECRET, PinForm, PlaceForm
from samen.people import places
from samen.people.models import Helper, Household, Place
from samen.people.places import Point

Who = Helper | Household


def of(here: Desk, who: Who) -> dict[str, Any]:
    """Everything the page shows."""
    now = _now(here, who)
    kind = _kind(who)
    return {
        "name": _name(who),
        "kind": kind,
        "team": who.team,
        "place": places.fully(now) if now else "",
        "secret": now is not None and now.secret,
        "source": _source(now),
        "homes": [
            {"since": start, "until": until, "place": places.fully(place), "now": place == now}
            for start, until, place in places.stays(who)
        ],
        "map": maps.around(now, who.team),
        "url": url(here, who),
        "can_have_pin": now is not None and not now.secret,
        "pin_url": reverse(f"pin_{kind}", args=[here.visitor.slug, who.public_id]),
        "file_url": reverse(kind, args=[here.visitor.slug, who.public_id]),
    }


def url(here: Desk, who: Who) -> str:
    """The address of the page."""
    return reverse(f"{_kind(who)}_place", args=[here.visitor.slug, who.public_id])


def said(here: Desk, who: Who) -> dict[str, Any]:
    """What the form says before anybody typed: the place as it is, from today on."""
    now = _now(here, who)
    if now is None or now.secret:
        return {"kind": SECRET if now else OPEN, "since": _today(here), "alias": now.alias if now else ""}
    kept = {name: getattr(now, name) or "" for name in ("postcode", "house_number", "street", "town")}
    return kept | {"kind": OPEN, "since": _today(here)}


def pinned(here: Desk, who: Who) -> dict[str, str]:
    """Where the pin is, in degrees."""
    point = places.point(_now(here, who))
    return {"lat": f"{point.lat:.5f}", "lon": f"{point.lon:.5f}"} if point else {}


def write_down(here: Desk, who: Who, form: PlaceForm) -> None:
    """Let the place be what the form says."""
    by, at = here.visitor.actor, here.at
    if form.cleaned_data["kind"] == HIDE:
        places.hide(who, alias=form.cleaned_data["alias"], by=by, at=at)
    else:
        places.settle(who, home=form.home(), since=form.cleaned_data["since"], by=by, at=at)


def put_pin(here: Desk, who: Who, form: PinForm) -> bool:
    """Let the place be where the pin is; whether there is an address that can have one."""
    now = _now(here, who)
    if now is None or now.secret:
        return False
    point = Point(form.cleaned_data["lat"], form.cleaned_data["lon"])
    places.pin(now, point, who=who, by=here.visitor.actor, at=here.at)
    return True


def _source(place: Place | None) -> str:
    sources = {
        Place.PointSource.POSTCODE: _("In the middle of its postcode. Move the pin if you know better."),
        Place.PointSource.HAND: _("Put there by a colleague."),
        Place.PointSource.ADAPTER: _("Found by the address."),
    }
    return sources.get(Place.PointSource(place.point_source), "") if place and place.point_source else ""


def _today(here: Desk) -> date:
    return here.at.astimezone(clock.HOME).date()


def _now(here: Desk, who: Who) -> Place | None:
    read = places.of_households if isinstance(who, Household) else places.of_helpers
    return read([who.pk], _today(here)).get(who.pk)


def _kind(who: Who) -> str:
    return "household" if isinstance(who, Household) else "helper"


def _name(who: Who) -> str:
    return who.name if isinstance(who, Household) else who.person.name
