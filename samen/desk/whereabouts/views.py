"""The pages about places and calendars: gate, form, one verb, page."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from samen.base import audit
from samen.base.entrances import visitor
from samen.desk.shell import page
from samen.desk.sitting import Desk, desk
from samen.desk.whereabouts import calendars, homes, rides
from samen.desk.whereabouts.forms import CalendarForm, PinForm, PlaceForm, RideForm
from samen.people import access as people
from samen.people import travel
from samen.visits.feeds import Whose


def household_place(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """Where a household lives, and moving it."""
    here = desk(visitor(request))
    return _place(request, here, people.household_for(here.visitor, household))


def helper_place(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """Where a helper lives, and moving her."""
    here = desk(visitor(request))
    return _place(request, here, people.helper_for(here.visitor, helper))


def _place(request: HttpRequest, here: Desk, who: homes.Who) -> HttpResponse:
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=homes.said(here, who))
    if request.method == "POST" and form.is_valid():
        homes.write_down(here, who, form)
        messages.success(request, _("Kept."))
        return redirect(homes.url(here, who))
    return _place_page(request, here, who, form, PinForm(initial=homes.pinned(here, who)))


def pin_household(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """Put a household's pin elsewhere."""
    here = desk(visitor(request))
    return _pin(request, here, people.household_for(here.visitor, household))


def pin_helper(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """Put a helper's pin elsewhere."""
    here = desk(visitor(request))
    return _pin(request, here, people.helper_for(here.visitor, helper))


def _pin(request: HttpRequest, here: Desk, who: homes.Who) -> HttpResponse:
    form = PinForm(request.POST)
    if form.is_valid():
        if homes.put_pin(here, who, form):
            messages.success(request, _("Kept."))
            return redirect(homes.url(here, who))
        form.add_error("lat", _("There is no address here that can have a pin."))
    return _place_page(request, here, who, PlaceForm(initial=homes.said(here, who)), form)


def _place_page(request: HttpRequest, here: Desk, who: homes.Who, form: PlaceForm, pin_form: PinForm) -> HttpResponse:
    shown = {"file": homes.of(here, who), "form": form, "pin_form": pin_form, "section": "people"}
    return page(request, here, "place", shown, status=422 if form.errors or pin_form.errors else 200)


def household_calendar(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """The calendar of a household on its own telephone."""
    here = desk(visitor(request))
    return _calendar(request, here, people.household_for(here.visitor, household))


def helper_calendar(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """The calendar of a helper on her own telephone."""
    here = desk(visitor(request))
    return _calendar(request, here, people.helper_for(here.visitor, helper))


def team_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar of the team, for this colleague alone."""
    here = desk(visitor(request))
    audit.read(here.team, role=here.visitor.role, entrance=here.visitor.entrance)
    return _calendar(request, here, here.team)


def _calendar(request: HttpRequest, here: Desk, whose: Whose) -> HttpResponse:
    form = CalendarForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        calendars.change(here, whose, form.cleaned_data["wish"])
        return redirect(request.path)
    shown = {"file": calendars.of(here, whose), "form": form, "section": "people"}
    return page(request, here, "calendar", shown, status=422 if form.errors else 200)


def ride(request: HttpRequest, slug: str, helper: uuid.UUID, household: uuid.UUID) -> HttpResponse:
    """How long a helper is on the way to a household, and saying that it is otherwise."""
    here = desk(visitor(request))
    who, there = people.helper_for(here.visitor, helper), people.household_for(here.visitor, household)
    form = RideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        minutes = form.cleaned_data["minutes"]
        if travel.correct(who, there, minutes=minutes, by=here.visitor.actor, at=here.at):
            messages.success(request, _("Kept. From now on proposals count with it."))
            return redirect(request.path)
        form.add_error("minutes", _("One of the two is not on the map, so there is no way to keep."))
    shown = {"file": rides.of(here, who, there), "form": form, "section": "people"}
    return page(request, here, "ride", shown, status=422 if form.errors else 200)
