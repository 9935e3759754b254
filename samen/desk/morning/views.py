"""The page of the morning: gate, one verb, page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from samen.base import audit, clock
from samen.base.entrances import visitor
from samen.desk import shell
from samen.desk.sitting import desk
from samen.teams import access
from samen.visits import mornings


def morning(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the plan of all teams is, team by team; or have it made."""
    here = desk(visitor(request))
    if request.method == "POST":
        mornings.seek.later()
        messages.success(request, _("Every team is looked at.  This page follows how far it is."))
        return redirect("morning", slug)
    audit.read(here.team, role=here.visitor.role, entrance=here.visitor.entrance)
    day = here.at.astimezone(clock.HOME).date()
    mine = access.teams_of(here.me, here.at)
    shown = {"rows": mornings.teams(day), "left": mornings.left(day, mine), "progress": mornings.progress(day)}
    return shell.page(request, here, "morning", shown | {"wanted": mornings.is_wanted(), "section": "today"})
