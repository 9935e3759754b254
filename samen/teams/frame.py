"""The frame around every page of colleagues: whose organisation, who am I, and where one can go from here."""

from typing import Any

from django.urls import reverse

from samen.base.entrances import Role, Visitor
from samen.teams.models import Colleague, Team


def frame(visitor: Visitor, *, me: Colleague, team: Team | None) -> dict[str, Any]:
    """What `base/desk.html` shows around a page; without a team there is no board yet, and nobody to report."""
    slug = visitor.slug
    everywhere = visitor.known.get("memberships", ())
    office = reverse("office", args=[slug]) if visitor.role is Role.MANAGER else None
    return {
        "organisation": next(one for one in everywhere if one.org == visitor.org),
        "team": team,
        "me": me,
        "elsewhere": [one for one in everywhere if one.org != visitor.org],
        "today_url": reverse("today", args=[slug]) if team else office,
        "week_url": reverse("week", args=[slug]) if team else None,
        "people_url": reverse("households", args=[slug]) if team else None,
        "search_url": reverse("households", args=[slug]) if team else None,
        "holidays_url": reverse("holidays", args=[slug]) if team else None,
        "hours_url": reverse("month_hours", args=[slug]) if team else None,
        "report_url": reverse("report", args=[slug]) if team else None,
        "office_url": office,
        "logout_url": reverse("account_logout"),
    }
