"""The frame around every page of the workplace: whose organisation, which team, who am I, and what may be followed."""

from typing import Any

from django.urls import reverse

from samen.base import clock
from samen.base.models import Organisation
from samen.desk import terms
from samen.desk.sitting import Desk


def shell(desk: Desk) -> dict[str, Any]:
    """What `base/desk.html` shows around a page, with the position of the live stream it was made at."""
    slug = desk.visitor.slug
    return {
        "organisation": Organisation.objects.get(pk=desk.visitor.org),
        "team": desk.team,
        "me": desk.me,
        "today_url": reverse("today", args=[slug]),
        "week_url": terms.week_url(slug, desk.at.astimezone(clock.HOME).date()),
        "report_url": reverse("report", args=[slug]),
        "live_url": f"/live/o/{slug}/",
        "live_after": desk.live_after,
        "logout_url": reverse("account_logout"),
    }
