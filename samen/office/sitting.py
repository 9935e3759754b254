"""Who sits in the office."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from samen.base import clock
from samen.base.entrances import Visitor, visitor
from samen.teams import access, frame
from samen.teams.models import Colleague, Team


@dataclass(frozen=True)
class Office:
    """Which manager came in, from which team if any, and when."""

    visitor: Visitor
    me: Colleague
    team: Team | None
    at: datetime

    @property
    def today(self) -> date:
        """The day it is here."""
        return self.at.astimezone(clock.HOME).date()


def office(request: HttpRequest) -> Office:
    """The office as this manager enters it; a manager without a team is welcome too."""
    who = visitor(request)
    me = access.colleague(who)
    return Office(who, me, next(iter(access.teams_of(me, who.at)), None), who.at)


def page(request: HttpRequest, here: Office, name: str, page: dict[str, Any], *, wrong: bool = False) -> HttpResponse:
    """A page of the office inside the frame of colleagues; `wrong` when an answer could not be taken."""
    around = {"shell": frame.frame(here.visitor, me=here.me, team=here.team), "section": "office", "now": here.at}
    return render(request, f"office/{name}.html", around | page, status=422 if wrong else 200)
