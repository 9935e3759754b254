"""The pages of many visits at once: gate, form, one verb, page."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base import audit
from samen.base.entrances import visitor
from samen.desk.season import going_away, handing_over
from samen.desk.season import holidays as seasons
from samen.desk.season.forms import AwayForm, BackForm, HandoverForm, HolidayForm, LeaveForm, RegionForm
from samen.desk.shell import shell
from samen.desk.sitting import Desk, desk
from samen.people import access as people
from samen.people.models import Household
from samen.visits import access as visits
from samen.visits import away as aways
from samen.visits import handovers, holidays, rehearsals
from samen.visits.holidays import Special
from samen.visits.models import SchoolRegion


def all_holidays(request: HttpRequest, slug: str) -> HttpResponse:
    """The holidays and school breaks of the coming year, and what the team decided."""
    here = desk(visitor(request))
    return _overview(request, here, RegionForm(initial={"school_region": holidays.school_region(here.team)}))


def school_region(request: HttpRequest, slug: str) -> HttpResponse:
    """In which school region the team works."""
    here = desk(visitor(request))
    form = RegionForm(request.POST)
    if not form.is_valid():
        return _overview(request, here, form)
    region = SchoolRegion(form.cleaned_data["school_region"])
    holidays.work_in(here.team, region, by=here.visitor.actor, at=here.at)
    return redirect("holidays", slug)


def _overview(request: HttpRequest, here: Desk, form: RegionForm) -> HttpResponse:
    audit.read(here.team, role=here.visitor.role, entrance=here.visitor.entrance)
    return _page(request, here, "holidays", {"year": seasons.overview(here), "form": form}, form)


def holiday(request: HttpRequest, slug: str) -> HttpResponse:
    """What the team does on one holiday or in one break: the answers, what they would do, and doing it."""
    here = desk(visitor(request))
    special = seasons.asked(here, request.GET.get("van", ""), request.GET.get("tot", ""))
    audit.read(here.team, role=here.visitor.role, entrance=here.visitor.entrance)
    form = seasons.form_of(here, special, request.POST if request.method == "POST" else None)
    wizard = seasons.Wizard(here, special)
    preview = None
    if request.method == "POST" and form.is_valid():
        try:
            if "commit" in request.POST:
                wizard.perform(form)
                messages.success(request, _("Decided. It holds for visits that are made later too."))
                return redirect("holidays", slug)
            preview = wizard.rehearse(form)
        except rehearsals.ChangedMeanwhile:
            preview = _again(request, wizard.rehearse(form))
        except holidays.ToNowhere:
            form.add_error("to_date" if form.answer().to_date else "exceptions", _("Choose another day to move to."))
    return _holiday_page(request, here, special, form, wizard, preview)


def _again(request: HttpRequest, preview: dict[str, Any]) -> dict[str, Any]:
    messages.error(request, _("Something changed meanwhile, so nothing was done. Look at it once more."))
    return preview


def _holiday_page(
    request: HttpRequest,
    here: Desk,
    special: Special,
    form: HolidayForm,
    wizard: seasons.Wizard,
    preview: dict[str, Any] | None,
) -> HttpResponse:
    picked = form["exceptions"].value() or []
    page = {
        "special": special,
        "last": special.until - holidays.ONE_DAY,
        "form": form,
        "rows": seasons.households(special, wizard.touched, [str(word) for word in picked]),
        "preview": preview,
    }
    return _page(request, here, "holiday", page, form)


def undo_holiday(request: HttpRequest, slug: str, choice: uuid.UUID) -> HttpResponse:
    """What the team decided last about this day is as if it never was."""
    here = desk(visitor(request))
    found = visits.holiday_choice_for(here.visitor, choice)
    try:
        holidays.undo(found, by=here.visitor.actor, at=here.at)
    except holidays.NothingToUndo:
        messages.error(request, _("There is nothing to undo."))
    else:
        messages.success(request, _("Undone. Everything stands as it did before."))
    return redirect("holidays", slug)


def away(request: HttpRequest, slug: str, household: uuid.UUID) -> HttpResponse:
    """When a household is away, and saying so."""
    here = desk(visitor(request))
    found = people.household_for(here.visitor, household)
    form = AwayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = going_away.tell(here, found, form.cleaned_data)
        except aways.AwayThenAlready:
            form.add_error("since", _("On some of these days it is noted already that they are away."))
        else:
            text = ngettext("Noted. {count} visit is skipped.", "Noted. {count} visits are skipped.", done.paused)
            messages.success(request, text.format(count=done.paused))
            return redirect("away", slug, household)
    return _away_page(request, here, found, form, BackForm())


def _away_page(request: HttpRequest, here: Desk, found: Household, form: AwayForm, back: BackForm) -> HttpResponse:
    page = {
        "household": found,
        "away": going_away.of_household(here, found),
        "form": form,
        "back_form": back,
    }
    return _page(request, here, "away", page, form, back)


def away_back(request: HttpRequest, slug: str, away: uuid.UUID) -> HttpResponse:
    """The household is home on another day than was said."""
    here = desk(visitor(request))
    found = visits.away_for(here.visitor, away)
    form = BackForm(request.POST)
    if not form.is_valid():
        return _away_page(request, here, found.household, AwayForm(), form)
    try:
        done = aways.back(found, on=form.cleaned_data["on"], by=here.visitor.actor, at=here.at)
    except aways.NothingToUndo:
        messages.error(request, _("These dates were changed already."))
    except aways.AwayThenAlready:
        form.add_error("on", _("On some of these days it is noted already that they are away."))
        return _away_page(request, here, found.household, AwayForm(), form)
    else:
        text = ngettext("Noted. {count} visit comes back.", "Noted. {count} visits come back.", done.resumed)
        messages.success(request, text.format(count=done.resumed))
    return redirect("away", slug, found.household.public_id)


def undo_away(request: HttpRequest, slug: str, away: uuid.UUID) -> HttpResponse:
    """What was noted last is as if it never was."""
    here = desk(visitor(request))
    found = visits.away_for(here.visitor, away)
    try:
        aways.undo(found, by=here.visitor.actor, at=here.at)
    except (aways.NothingToUndo, aways.AwayThenAlready):
        messages.error(request, _("There is nothing to undo."))
    else:
        messages.success(request, _("Undone. Everything stands as it did before."))
    return redirect("away", slug, found.household.public_id)


def leave(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """A helper has leave: from when until when, and then who stands in."""
    here = desk(visitor(request))
    found = people.helper_for(here.visitor, helper)
    form = LeaveForm(request.POST if request.method == "POST" else None, today=here.at.date())
    if request.method == "POST" and form.is_valid():
        absence = going_away.leave(here, found, form.cleaned_data)
        return redirect("cockpit", slug, absence.public_id)
    return _page(request, here, "leave", {"helper": found, "form": form}, form)


def hand_over(request: HttpRequest, slug: str, helper: uuid.UUID) -> HttpResponse:
    """A helper stops: what becomes of each agreement, what that would do, and doing it."""
    here = desk(visitor(request))
    found = people.helper_for(here.visitor, helper)
    form = HandoverForm(request.POST if request.method == "POST" else None)
    since = handing_over.day_of(here, "" if request.method == "POST" else request.GET.get("vanaf", ""))
    preview = None
    if request.method == "POST" and form.is_valid():
        since = form.cleaned_data["since"]
        try:
            change = handing_over.Handover(here, found, form)
            if "commit" in request.POST:
                change.perform()
                messages.success(request, _("Handed over. You can undo it as a whole, here."))
                return redirect("hand_over", slug, helper)
            preview = change.rehearse()
        except rehearsals.ChangedMeanwhile:
            preview = _again(request, change.rehearse())
        except handing_over.NotTheseAgreements:
            form.add_error("decisions", _("The agreements changed meanwhile. Choose once more for each of them."))
    picked = [str(word) for word in form["decisions"].value() or ()]
    page = {"file": handing_over.of(here, found, since, picked), "form": form, "preview": preview}
    return _page(request, here, "hand_over", page, form)


def undo_hand_over(request: HttpRequest, slug: str, bundle: uuid.UUID) -> HttpResponse:
    """All agreements of a hand-over are as they were."""
    here = desk(visitor(request))
    found = visits.bundle_for(here.visitor, bundle)
    try:
        handovers.undo(found, by=here.visitor.actor, at=here.at)
    except handovers.ChangedSince:
        messages.error(request, _("Some of these agreements were changed again, so it cannot be undone as a whole."))
    else:
        messages.success(request, _("Undone. Everything stands as it did before."))
    return redirect("hand_over", slug, found.helper.public_id if found.helper else "")


def _page(request: HttpRequest, here: Desk, name: str, page: dict[str, Any], *asked: forms.Form) -> HttpResponse:
    wrong = any(form.errors for form in asked)
    frame = {"shell": shell(here), "now": here.at, "section": name}
    return render(request, f"desk/{name}.html", page | frame, status=422 if wrong else 200)
