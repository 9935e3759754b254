"""The pages of households and helpers: gate, form, one verb, page."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from samen.base import audit, clock
from samen.base.entrances import visitor
from samen.desk.dossiers import lists, registering
from samen.desk.dossiers.forms import HelperForm, HouseholdForm, SearchForm, WeekForm
from samen.desk.shell import page
from samen.desk.sitting import Desk, desk
from samen.people import access as people
from samen.people import availability


def households(request: HttpRequest, slug: str) -> HttpResponse:
    """The households of the team."""
    here = _looking(request)
    listed = lists.households(here, SearchForm(request.GET))
    return page(request, here, "people", {"people": listed, "section": "people"})


def helpers(request: HttpRequest, slug: str) -> HttpResponse:
    """The helpers of the team."""
    here = _looking(request)
    listed = lists.helpers(here, SearchForm(request.GET))
    return page(request, here, "people", {"people": listed, "section": "people"})


def _looking(request: HttpRequest) -> Desk:
    """Whose list it is; that it was looked at is written down."""
    here = desk(visitor(request))
    audit.read(here.team, role=here.visitor.role, entrance=here.visitor.entrance)
    return here


def new_household(request: HttpRequest, slug: str) -> HttpResponse:
    """A household that was not known yet."""
    here = desk(visitor(request))
    form = HouseholdForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = registering.household(here, form)
        messages.success(request, _("{name} is known from now on.").format(name=made.name))
        return redirect("household", slug, made.public_id)
    shown = {"form": form, "section": "people"}
    return page(request, here, "new_household", shown, status=422 if form.errors else 200)


def new_helper(request: HttpRequest, slug: str) -> HttpResponse:
    """A helper who was not known yet."""
    here = desk(visitor(request))
    form = HelperForm(request.POST if request.method == "POST" else None, today=here.at.astimezone(clock.HOME).date())
    if request.method == "POST" and form.is_valid():
        made = registering.helper(here, form)
        messages.success(request, _("{name} is known from now on.").format(name=made.person.first_name))
        return redirect("hours", slug, made.public_id)
    shown = {"form": form, "section": "people"}
    return page(request, here, "new_helper", shown, status=422 if form.errors else 200)


def hours(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """When a helper can work, from a day on."""
    here = desk(visitor(request))
    found = people.helper_for(here.visitor, helper)
    today = here.at.astimezone(clock.HOME).date()
    form = WeekForm(
        request.POST if request.method == "POST" else None, initial=registering.hours_now(found, today=today)
    )
    if request.method == "POST" and form.is_valid():
        since = form.cleaned_data["since"]
        availability.change(found, form.week(), since=since, by=here.visitor.actor, at=here.at)
        messages.success(request, _("Kept."))
        return redirect("helper", slug, helper)
    shown = {"form": form, "helper": found, "section": "people"}
    return page(request, here, "hours", shown, status=422 if form.errors else 200)
