"""The frame around every page of the workplace: whose organisation, which team, who am I, and what may be followed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from samen.base import live
from samen.base.entrances import Visitor
from samen.base.models import Organisation
from samen.teams import access
from samen.teams.models import Colleague, Team


@dataclass(frozen=True)
class Desk:
    """Who sits at this desk, in which team, at which moment."""

    visitor: Visitor
    me: Colleague
    team: Team
    at: datetime


def desk(visitor: Visitor) -> Desk:
    """The desk of this visitor; 404 for a colleague without a team."""
    return Desk(visitor, access.colleague(visitor), access.team(visitor), visitor.at)


def shell(desk: Desk) -> dict[str, Any]:
    """What `base/desk.html` shows around a page, with the position of the live stream it was made at."""
    slug = desk.visitor.slug
    return {
        "organisation": Organisation.objects.get(pk=desk.visitor.org),
        "team": desk.team,
        "me": desk.me,
        "today_url": reverse("today", args=[slug]),
        "report_url": reverse("report", args=[slug]),
        "live_url": f"/live/o/{slug}/",
        "live_after": live.position(desk.team.public_id),
        "logout_url": reverse("account_logout"),
    }
