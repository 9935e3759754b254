"""The frame around every page of the workplace: the frame of colleagues, and what may be followed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from samen.base import clock
from samen.desk import terms
from samen.desk.sitting import Desk
from samen.teams import frame


def shell(desk: Desk) -> dict[str, Any]:
    """What `base/desk.html` shows around a page, with the position of the live stream it was made at."""
    slug = desk.visitor.slug
    return frame.frame(desk.visitor, me=desk.me, team=desk.team) | {
        "week_url": terms.week_url(slug, desk.at.astimezone(clock.HOME).date()),
        "live_url": f"/live/o/{slug}/",
        "live_after": desk.live_after,
    }


def page(request: HttpRequest, here: Desk, template: str, shown: dict[str, Any], status: int = 200) -> HttpResponse:
    """The whole page of this template, with the frame around it."""
    return render(request, f"desk/{template}.html", shown | {"shell": shell(here), "now": here.at}, status=status)
