"""Calling off and stopping: gate, form, one verb, page."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samen.base.entrances import visitor
from samen.desk import shell
from samen.desk.promised import calling_off
from samen.desk.promised.forms import CallOffForm
from samen.desk.sitting import desk
from samen.visits import access as visits
from samen.visits import cancellations, leaving


def call_off(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """What was asked or promised: who hears it when it is called off, what may be owed, and then doing it."""
    here = desk(visitor(request))
    found = visits.absence_for(here.visitor, absence)
    turn = visits.round_of(found)
    form = CallOffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count = calling_off.perform(here, turn, form.ticked())
        except cancellations.OtherwiseBy:
            form.add_error("offer", _("Somebody answered meanwhile. Look once more at what you call off."))
        except calling_off.NothingStands:
            form.add_error("offer", _("Nothing of this stands any more. Look at what is left."))
        else:
            text = ngettext("{count} thing is called off.", "{count} things are called off.", count)
            messages.success(
                request, text.format(count=count) + " " + _("Who cannot be written to is on the call list.")
            )
            return redirect("cockpit", slug, absence)
    wanted = request.POST.getlist("offer") or request.GET.getlist("vraag")
    page = {"file": calling_off.of(here, turn, found, ticked={one.partition(":")[0] for one in wanted}), "form": form}
    return shell.page(request, here, "call_off", page, status=422 if form.errors else 200)


def stop_leaving(request: HttpRequest, slug: str, absence: uuid.UUID) -> HttpResponse:
    """The proposal for today does not leave by itself."""
    here = desk(visitor(request))
    turn = visits.round_of(visits.absence_for(here.visitor, absence))
    if leaving.stop(turn, by=here.visitor.actor, at=here.at):
        messages.success(request, _("Stopped. Nothing leaves until somebody sends it."))
    else:
        messages.error(request, _("It has left already, or nothing was to leave by itself."))
    return redirect("cockpit", slug, absence)
