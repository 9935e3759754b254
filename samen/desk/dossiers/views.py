"""The pages of households and helpers: gate, form, one verb, page."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from samen.base import audit, clock, files
from samen.base.entrances import visitor
from samen.desk import files as dossier
from samen.desk.dossiers import lists, registering
from samen.desk.dossiers.forms import HelperForm, HouseholdForm, SearchForm, WeekForm
from samen.desk.shell import page
from samen.desk.sitting import Desk, desk
from samen.people import access as people
from samen.people import availability, ways_in, wishes
from samen.people.models import Household


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
        return redirect("standing_wish", slug, made.public_id)
    shown = {"form": form, "section": "people"}
    return page(request, here, "new_household", shown, status=422 if form.errors else 200)


def new_helper(request: HttpRequest, slug: str) -> HttpResponse:
    """A helper who was not known yet."""
    here = desk(visitor(request))
    form = HelperForm(request.POST if request.method == "POST" else None, today=here.at.astimezone(clock.HOME).date())
    if request.method == "POST" and form.is_valid():
        made = registering.helper(here, form)
        messages.success(request, _("{name} is known from now on.").format(name=made.person.first_name))
        return redirect("week_hours", slug, made.public_id)
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


def drop_wish(request: HttpRequest, slug: str, wish: uuid.UUID) -> HttpResponse:
    """A wish is no more."""
    here = desk(visitor(request))
    found = people.wish_for(here.visitor, wish)
    whose = found.household or found.helper
    wishes.drop(found, by=here.visitor.actor, at=here.at)
    messages.success(request, _("The wish is gone."))
    return redirect("household" if isinstance(whose, Household) else "helper", slug, whose.public_id)


def drop_pair(request: HttpRequest, slug: str, pair: uuid.UUID) -> HttpResponse:
    """Nothing is wished between these two any more."""
    here = desk(visitor(request))
    found = people.pair_for(here.visitor, pair)
    wishes.unpair(found, by=here.visitor.actor, at=here.at)
    messages.success(request, _("The wish is gone."))
    if request.GET.get("van") == "hulp":
        return redirect("helper", slug, found.helper.public_id)
    return redirect("household", slug, found.household.public_id)


def show_way_in(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """What is sealed of the way in, this one time; that it was read is written down."""
    here = desk(visitor(request))
    found = people.household_for(here.visitor, household)
    secret = ways_in.reveal(found, role=here.visitor.role, entrance=here.visitor.entrance)
    shown = {
        "file": dossier.of_household(here, found) | {"secret": secret or _("nothing is kept here")},
        "section": "people",
    }
    answer = page(request, here, "household", shown)
    answer["Cache-Control"] = "no-store"
    return answer


def document(request: HttpRequest, slug: str, document: uuid.UUID) -> HttpResponse:
    """The content of a file, for whoever may see whose it is."""
    here = desk(visitor(request))
    found = people.document_for(here.visitor, document)
    answer = HttpResponse(files.read(found.blob), content_type=found.blob.mime)
    answer["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"  # noqa: FBT003
    answer["Cache-Control"] = "no-store"
    return answer
